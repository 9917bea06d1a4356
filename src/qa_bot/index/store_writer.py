"""Articles and passages -> an SQLite file, new or begun from another one; `store` reads it."""

import json
import shutil
import sqlite3
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qa_bot.index.name_tables import SCHEMA, fill_names
from qa_bot.index.plan import Indexed
from qa_bot.records import Article, Passage, Person, Sentence

_SCHEMA = """
CREATE TABLE article (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
    title TEXT NOT NULL, authors TEXT NOT NULL, source TEXT, section TEXT, date TEXT, url TEXT,
    kind TEXT, speakers TEXT NOT NULL, page_file TEXT, reprint_of INTEGER NOT NULL,
    first_passage INTEGER NOT NULL, passages INTEGER NOT NULL, checksum INTEGER NOT NULL);
CREATE INDEX article_reprints ON article (reprint_of);
CREATE INDEX article_of_source ON article (source, first_passage, passages);
CREATE INDEX article_of_date ON article (date, first_passage, passages);
CREATE TABLE author (
    name TEXT NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (name, article)) WITHOUT ROWID;
CREATE TABLE passage (
    number INTEGER PRIMARY KEY, article INTEGER NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, text TEXT NOT NULL, section TEXT, speaker TEXT,
    is_metadata INTEGER NOT NULL, line_start INTEGER NOT NULL, line_end INTEGER NOT NULL,
    context TEXT NOT NULL, digest BLOB NOT NULL, sentences BLOB NOT NULL,
    checksum INTEGER NOT NULL);
CREATE INDEX passage_of_article ON passage (article);
CREATE INDEX passage_of_speaker ON passage (speaker) WHERE speaker IS NOT NULL;
CREATE TABLE gone (first INTEGER NOT NULL, passages INTEGER NOT NULL);
"""
# Start, end, paragraph, lines in the file, lines on the imported page (0: not known).
SENTENCE = struct.Struct("<7i")

FRAMES = "SELECT id, number, sha256, reprint_of, passages FROM article"  # as of `Indexed`


class StoreWriter:
    """Writes a store; use as a context manager, nothing is kept if it ends in an error."""

    def __init__(self, path: Path, base: Path | None = None) -> None:
        """Begin.

        Args:
            path: Of the new file.
            base: Of a store whose articles it has too.

        Raises:
            OSError: If it cannot be written; or sqlite3.Error, here and later.
        """
        if base:
            shutil.copyfile(base, path)
        self._database = sqlite3.connect(path, isolation_level=None)
        # Atomicity is the snapshot's: a half-written folder is never used.
        self._database.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {'' if base else _SCHEMA + SCHEMA}"
            "CREATE TEMP TABLE removed (number INTEGER PRIMARY KEY)"
        )
        self._database.execute("BEGIN")

    def __enter__(self) -> "StoreWriter":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            fill_names(self._database)
            self._database.execute("COMMIT")
        self._database.close()

    def remove(self, articles: Iterable[int]) -> None:
        """Take articles out; the numbers of their passages are not used again."""
        self._database.executemany("INSERT INTO removed VALUES (?)", ((n,) for n in articles))
        for query in (
            "INSERT INTO gone SELECT first_passage, passages FROM article "
            "WHERE number IN (SELECT number FROM removed) AND passages > 0",
            "DELETE FROM passage WHERE article IN (SELECT number FROM removed)",
            "DELETE FROM author WHERE article IN (SELECT number FROM removed)",
            "DELETE FROM article WHERE number IN (SELECT number FROM removed)",
            "DELETE FROM removed",
        ):
            self._database.execute(query)

    def add_article(
        self, number: int, article: Article, *, first_passage: int, passages: int
    ) -> None:
        """Add an article's frame; until it is grouped, it is a reprint of none.

        Args:
            number: The article's number.
            article: The article.
            first_passage: Number of its first passage; the others follow.
            passages: How many there are.
        """
        page = article.imported_from
        frame = (
            number,
            article.id,
            article.sha256,
            article.title,
            _people_json(article.authors),
            article.source,
            article.section,
            article.date and article.date.isoformat(),
            article.url,
            article.kind,
            _people_json(article.speakers),
            page and page.file,
        )
        self._database.execute(
            "INSERT INTO article VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (*frame, number, first_passage, passages, checksum(frame)),
        )
        self._database.executemany(
            "INSERT OR IGNORE INTO author VALUES (?,?)",
            ((author.name, number) for author in article.authors),
        )

    def add_passage(
        self,
        number: int,
        article: int,
        passage: Passage,
        *,
        digest: bytes,
        lines: tuple[int, int],
        sentences: Iterable[tuple[Sentence, tuple[int, int], tuple[int, int] | None]],
    ) -> None:
        """Add a passage and its sentences.

        Args:
            number: The passage's number.
            article: Its article's number.
            passage: The passage.
            digest: Digest of what is embedded of it.
            lines: Its first and last line in the file.
            sentences: Each with its lines in the file and, if known, on the imported page.
        """
        # Read with every hit: a row each took most of the time.
        packed = b"".join(
            SENTENCE.pack(
                sentence.span.start,
                sentence.span.end,
                sentence.paragraph,
                *in_file,
                *(on_page or (0, 0)),
            )
            for sentence, in_file, on_page in sentences
        )
        values = (
            number,
            article,
            passage.span.start,
            passage.span.end,
            passage.text,
            passage.section,
            passage.speaker,
            int(passage.is_metadata),
            *lines,
            passage.context,
            packed,
        )
        self._database.execute(
            "INSERT INTO passage VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (*values[:-1], digest, packed, checksum(values)),
        )

    def group(self, groups: Iterable[tuple[int, int]]) -> None:
        """Set by an article's number that of the first article of its group of reprints."""
        self._database.executemany(
            "UPDATE article SET reprint_of = ? WHERE number = ?",
            [(first, number) for number, first in groups],
        )

    def frames(self) -> list[tuple[str, Indexed]]:
        """Return what there is of all articles, by id."""
        rows = self._database.execute(f"{FRAMES} ORDER BY id")
        return [(id_, Indexed(*rest)) for id_, *rest in rows]

    def body(self, article: int) -> str:
        """Return the text of an article, passage by passage, without its front matter."""
        rows = self._database.execute(
            "SELECT text FROM passage WHERE article = ? AND NOT is_metadata ORDER BY number",
            (article,),
        )
        return "\n".join(str(text) for (text,) in rows)  # a forged one may be no text

    def texts(self, first: int) -> Iterator[tuple[bytes, str]]:
        """Yield of each passage from this number on the digest and what is embedded of it."""
        rows = self._database.execute(
            "SELECT digest, context, text FROM passage WHERE number >= ? ORDER BY number", (first,)
        )
        for digest, context, text in rows:
            yield digest, embedded_text(context, text)


def checksum(row: Sequence[object]) -> int:
    """Return a number that tells a row from one in which a bit has flipped."""
    # `repr` would take twice as long: it looks whether each character can be printed.
    return zlib.crc32("\x1f".join(map(str, row)).encode("utf-8", "surrogatepass"))


def embedded_text(context: str, text: str) -> str:
    """Return what is embedded, and searched by words, of a passage and of what stands above it."""
    return f"{context}\n{text}".lstrip("\n")


def _people_json(people: Iterable[Person]) -> str:
    return json.dumps([[person.name, person.role] for person in people], ensure_ascii=False)
