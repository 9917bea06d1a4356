"""Articles, passages and sentences with their offsets, read from one SQLite file.

Numbers count from 0 in the order of writing, and are not used again when an article is gone; a
passage's number is its row in the vectors too.
"""

import datetime as dt
import json
import sqlite3
import struct
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from qa_bot.errors import IndexDamagedError
from qa_bot.index.folded import FoldedPassage, fold_passage
from qa_bot.index.masks import Mask, read_living, read_mask
from qa_bot.index.name_tables import NameTables
from qa_bot.index.plan import Indexed
from qa_bot.index.store_writer import FRAMES, SENTENCE, checksum
from qa_bot.records import PageRef, Person, Scope, Span

_KEPT = 4096  # passages, and articles' frames, that stay in memory once read: some 35 MB
_DAMAGE = (sqlite3.Error, struct.error, LookupError, TypeError, ValueError, RecursionError)
_MAPPED = 1 << 40  # bytes at most: the whole file; SQLite lowers it to what it can
_KEPT_MASKS = 16  # a byte a passage each


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article's frame, without its text.

    Attributes:
        reprint_of: Number of the first article of its group of reprints; its own if it is alone.
    """

    number: int
    id: str
    sha256: str
    title: str
    authors: tuple[Person, ...]
    source: str | None
    section: str | None
    date: dt.date | None
    url: str | None
    kind: str | None
    speakers: tuple[Person, ...]
    page_file: str | None
    reprint_of: int


class StoredSentence(NamedTuple):
    """A sentence with its lines in the file and on the imported page."""

    span: Span
    paragraph: int
    line_start: int
    line_end: int
    page: PageRef | None


@dataclass(frozen=True)
class StoredPassage:
    """A passage with its place.

    Attributes:
        number: Of the passage.
        article: Number of its article.
        frame: What stands above it or is known of it: title, heading, kind of metadata.
    """

    number: int
    article: int
    frame: str
    span: Span
    text: str
    section: str | None
    speaker: str | None
    is_metadata: bool
    line_start: int
    line_end: int
    sentences: tuple[StoredSentence, ...]

    def text_of(self, span: Span) -> str:
        """Return the part of the passage at these offsets into the article."""
        return self.text[span.start - self.span.start : span.end - self.span.start]

    @cached_property
    def folded(self) -> FoldedPassage:
        """Its texts, folded; of a passage that is often found only once."""
        texts = [self.text_of(sentence.span) for sentence in self.sentences]
        return fold_passage(self.frame, self.text, texts)


class Store:
    """Reads a store; safe for use from many threads."""

    def __init__(self, path: Path) -> None:
        self._kept: dict[int, StoredPassage] = {}
        self._kept_articles: dict[int, StoredArticle] = {}
        self._kept_masks: dict[Scope, Mask] = {}
        self._path = path
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @property
    def _database(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
            self._local.connection = connection
            with self._lock:
                self._connections.append(connection)
        return connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Give this thread's connection; what cannot be made sense of is damage."""
        try:
            yield self._database
        except sqlite3.ProgrammingError:  # the store is closed
            raise
        except _DAMAGE as error:
            raise IndexDamagedError(
                f"{self._path}: is damaged; rebuild with qa-bot index --full"
            ) from error

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def articles(self) -> Iterator[StoredArticle]:
        """Yield all articles, by id."""
        query = "SELECT * FROM article ORDER BY id"
        with self._reading() as database, closing(database.execute(query)) as rows:
            yield from map(_article, rows)

    def article(self, number: int) -> StoredArticle:
        """Return one article; those often asked for are read once."""
        article = self._kept_articles.get(number)
        if article is None:
            with self._reading() as database:
                row = database.execute("SELECT * FROM article WHERE number = ?", (number,))
                article = _article(row.fetchone())
            if len(self._kept_articles) > _KEPT:
                self._kept_articles = {}
            self._kept_articles[number] = article
        return article

    def number(self, id: str) -> int | None:
        """Return the number of the article of this id."""
        with self._reading() as database:
            row = database.execute("SELECT number FROM article WHERE id = ?", (id,)).fetchone()
            return int(row[0]) if row else None

    def newest(self, limit: int) -> list[int]:
        """Return the numbers of the newest articles, newest first."""
        query = "SELECT number FROM article ORDER BY date DESC LIMIT ?"
        with self._reading() as database:
            return [number for (number,) in database.execute(query, (limit,))]

    def reprints(self, reprint_of: int) -> list[int]:
        """Return the numbers of all articles of one group of reprints."""
        query = "SELECT number FROM article WHERE reprint_of = ? ORDER BY number"
        with self._reading() as database:
            return [number for (number,) in database.execute(query, (reprint_of,))]

    def passages(self, numbers: Sequence[int]) -> dict[int, StoredPassage]:
        """Return passages by number; those often asked for are read once."""
        kept = self._kept  # another thread may start a new one meanwhile
        found = {number: kept[number] for number in numbers if number in kept}
        missing = [number for number in numbers if number not in found]
        if missing:
            marks = ",".join("?" * len(missing))
            found |= self._passages(f"number IN ({marks})", missing)
            with self._reading():
                found = {number: found[number] for number in numbers}
            if len(self._kept) > _KEPT:
                self._kept = {}
            self._kept.update(found)
        return found

    def passages_of(self, article: int) -> dict[int, StoredPassage]:
        """Return all passages of an article by number, in file order."""
        return self._passages("article = ?", (article,))

    def all_passages(self) -> Iterator[StoredPassage]:
        """Yield every passage, article by article."""
        for article in self.articles():
            yield from self.passages_of(article.number).values()

    def passage_texts(self) -> Iterator[tuple[int, Span, str | None, str]]:
        """Yield article number, span, speaker and text of every passage, in file order."""
        query = "SELECT article, start, end, speaker, text FROM passage ORDER BY number"
        with self._reading() as database:
            for article, start, end, speaker, text in database.execute(query):
                yield article, Span(start, end), speaker, text

    def passages_within(self, scopes: Sequence[Scope]) -> Mask | None:
        """Return which passages are in all of the scopes, whose names are the index's own.

        Returns:
            Shape (numbers,), false where a passage is gone; None if nothing is left out.
        """
        masks = [self._mask(scope) for scope in scopes if scope]
        return np.logical_and.reduce(masks) if masks else self._there

    @cached_property
    def _there(self) -> Mask | None:
        """Which numbers have a passage; None if all of them do."""
        with self._reading() as database:
            return read_living(database)

    def _mask(self, scope: Scope) -> Mask:
        """Return which passages are in a scope; those often asked for are read once."""
        mask = self._kept_masks.get(scope)
        if mask is None:
            with self._reading() as database:
                mask = read_mask(database, scope)
            kept = list(self._kept_masks.items())[1 - _KEPT_MASKS :]
            self._kept_masks = {**dict(kept), scope: mask}
        return mask

    def speakers(self) -> list[str]:
        """Return the names of all who speak in a passage, those with the most to say first."""
        return self._texts(
            "SELECT speaker FROM passage WHERE speaker IS NOT NULL "
            "GROUP BY speaker ORDER BY count(*) DESC, speaker"
        )

    def authors(self) -> list[str]:
        """Return the names of all authors, those with the most articles first."""
        return self._texts("SELECT name FROM author GROUP BY name ORDER BY count(*) DESC, name")

    def sources(self) -> list[str]:
        """Return the names of all sources, those with the most articles first."""
        return self._texts(
            "SELECT source FROM article WHERE source IS NOT NULL "
            "GROUP BY source ORDER BY count(*) DESC, source"
        )

    @cached_property
    def names(self) -> NameTables:
        """What looks names up."""
        return NameTables(self._rows)

    def _rows(self, query: str, values: Sequence[object]) -> list[Any]:
        with self._reading() as database:
            return database.execute(query, values).fetchall()

    def ids(self, names: Sequence[str]) -> list[str]:
        """Return those of the names that are ids of articles."""
        marks = ",".join("?" * len(names))
        query = f"SELECT id FROM article WHERE id IN ({marks}) ORDER BY number"  # noqa: S608 # only marks
        return self._texts(query, names)

    def years_of(self, day: str) -> list[str]:
        """Return the years that have an article of this month or day, such as `11` or `11-28`."""
        return self._texts(
            "SELECT DISTINCT substr(date, 1, 4) FROM article "
            "WHERE date IS NOT NULL AND substr(date, 6, ?) = ? ORDER BY 1",
            (len(day), day),
        )

    def _texts(self, query: str, values: Sequence[object] = ()) -> list[str]:
        with self._reading() as database:
            return [text for (text,) in database.execute(query, list(values))]

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return what a query, of ours, finds."""
        with self._reading() as database:
            return database.execute(query, list(values)).fetchall()

    def digests(self, articles: Iterable[int] | None = None) -> dict[bytes, int]:
        """Return a passage's number by the digest of what is embedded of it.

        Args:
            articles: Only of these; by default of all.
        """
        query = "SELECT digest, number FROM passage"
        with self._reading() as database:
            if articles is None:
                return dict(database.execute(query))
            rows = (database.execute(f"{query} WHERE article = ?", (n,)) for n in articles)
            return dict(chain.from_iterable(rows))

    def indexed(self) -> dict[str, Indexed]:
        """Return what there is of all articles, by id."""
        with self._reading() as database:
            return {id_: Indexed(*rest) for id_, *rest in database.execute(FRAMES)}

    def _passages(self, where: str, values: Sequence[int]) -> dict[int, StoredPassage]:
        with self._reading() as database:
            rows = database.execute(
                "SELECT number, article, start, end, text, section, speaker, is_metadata, "  # noqa: S608 # only marks
                f"line_start, line_end, context, sentences, checksum FROM passage WHERE {where} "
                "ORDER BY number",
                list(values),
            ).fetchall()
            return {row[0]: _passage(row, self.article(row[1]).page_file) for row in rows}


def _passage(checked: Sequence[Any], page_file: str | None) -> StoredPassage:
    row = _proven(checked)
    return StoredPassage(
        number=row[0],
        article=row[1],
        frame=row[10],
        span=Span(row[2], row[3]),
        text=row[4],
        section=row[5],
        speaker=row[6],
        is_metadata=bool(row[7]),
        line_start=row[8],
        line_end=row[9],
        sentences=tuple(
            StoredSentence(
                Span(start, end),
                paragraph,
                first,
                last,
                PageRef(page_file, *page) if page_file and all(page) else None,
            )
            for start, end, paragraph, first, last, *page in SENTENCE.iter_unpack(row[11])
        ),
    )


def _proven(row: Sequence[Any]) -> Sequence[Any]:
    """Return a row without its checksum, its last value, by which it is what was written."""
    *values, expected = row
    if checksum(values) != expected:
        raise ValueError("a row is damaged")
    return values


def _article(row: Sequence[Any]) -> StoredArticle:
    *frame, reprint_of, _, _, expected = row
    number, id_, sha256, title, authors, source, section, date, *rest = _proven((*frame, expected))
    url, kind, speakers, page = rest
    return StoredArticle(
        number=int(str(number)),
        id=str(id_),
        sha256=str(sha256),
        title=str(title),
        authors=_people(authors),
        source=_text(source),
        section=_text(section),
        date=dt.date.fromisoformat(str(date)) if date else None,
        url=_text(url),
        kind=_text(kind),
        speakers=_people(speakers),
        page_file=_text(page),
        reprint_of=int(str(reprint_of)),
    )


def _people(value: object) -> tuple[Person, ...]:
    if value == "[]":  # most articles: a third of the time that a hit's frame takes
        return ()
    return tuple(Person(name, role) for name, role in json.loads(str(value)))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
