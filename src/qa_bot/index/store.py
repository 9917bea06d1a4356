"""Articles, passages and sentences with their offsets, read from one SQLite file.

Numbers count from 0 in the order of writing, and are not used again when an article is gone; a
passage's number is its row in the vectors too.
"""

import sqlite3
import struct
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.errors import IndexDamagedError
from qa_bot.index.masks import Mask, read_living, read_mask, read_numbers
from qa_bot.index.name_tables import NameTables
from qa_bot.index.plan import Indexed
from qa_bot.index.rows import StoredArticle, StoredPassage, all_are, read_article, read_passage
from qa_bot.index.store_writer import FRAMES
from qa_bot.records import Scope, Span

_KEPT = 4096  # passages, and articles' frames, that stay in memory once read: some 35 MB
_DAMAGE = (
    sqlite3.Error,
    struct.error,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)
_MAPPED = 1 << 40  # bytes at most: the whole file; SQLite lowers it to what it can
_KEPT_MASKS = 16  # a byte a passage each


class Store:
    """Reads a store; safe for use from many threads."""

    def __init__(self, path: Path, *, numbers: int) -> None:
        """Prepare to read.

        Args:
            path: The file.
            numbers: How many numbers its passages have or had.
        """
        self._expected = numbers
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
            yield from map(read_article, rows)

    def article(self, number: int) -> StoredArticle:
        """Return one article; those often asked for are read once."""
        article = self._kept_articles.get(number)
        if article is None:
            with self._reading() as database:
                row = database.execute("SELECT * FROM article WHERE number = ?", (number,))
                article = read_article(row.fetchone())
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
        found = self._passages("article = ?", (article,))
        with self._reading():
            if any(after.span.start < one.span.end for one, after in pairwise(found.values())):
                raise ValueError("passages overlap")
        return found

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
    def _numbers(self) -> int:
        """How many numbers passages have or had: as many as there are vectors."""
        with self._reading() as database:
            if read_numbers(database) != self._expected:
                raise ValueError("other numbers than those of the vectors")
        return self._expected

    @cached_property
    def _there(self) -> Mask | None:
        """Which numbers have a passage; None if all of them do."""
        with self._reading() as database:
            return read_living(database, self._numbers)

    def _mask(self, scope: Scope) -> Mask:
        """Return which passages are in a scope; those often asked for are read once."""
        mask = self._kept_masks.get(scope)
        if mask is None:
            with self._reading() as database:
                mask = read_mask(database, scope, self._numbers)
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

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """Return rows of texts."""
        with self._reading() as database:
            rows = database.execute(query, list(values)).fetchall()
            if not all_are(str, rows):
                raise ValueError("a name is no text")
            return rows

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
        return [text for (text,) in self._rows(query, values)]

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
                found = database.execute(query).fetchall()
            else:
                query += " WHERE article = ?"
                found = [row for n in articles for row in database.execute(query, (n,))]
            digests = dict(found)
            if not all(isinstance(n, int) and 0 <= n < self._numbers for n in digests.values()):
                raise ValueError("a passage has no vector")
            return digests

    def indexed(self) -> dict[str, Indexed]:
        """Return what there is of all articles, by id."""
        with self._reading() as database:
            rows = database.execute(FRAMES).fetchall()
            found = {id_: Indexed(*rest) for id_, *rest in rows}
            numbers = {each.number for each in found.values()}
            counts = [(each.number, each.reprint_of, each.passages) for each in found.values()]
            texts = [(id_, each.sha256) for id_, each in found.items()]
            if len(numbers) != len(rows) or not (all_are(int, counts) and all_are(str, texts)):
                raise ValueError("articles are not told apart")
            return found

    def _passages(self, where: str, values: Sequence[int]) -> dict[int, StoredPassage]:
        with self._reading() as database:
            rows = database.execute(
                "SELECT number, article, start, end, text, section, speaker, is_metadata, "  # noqa: S608 # only marks
                f"line_start, line_end, context, sentences, checksum FROM passage WHERE {where} "
                "ORDER BY number",
                list(values),
            ).fetchall()
            return {row[0]: read_passage(row) for row in rows}
