"""Articles' people and papers -> tables of their names, of which a question reads what it may hold.

Kinds of names: `author`, `speaker` and `source`, by their letters folded, without white space;
`person`, whoever speaks or writes but is no paper, by the folded name; and `last`, people with a
Latin name, by their last word.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from qa_bot.index.terms import fold
from qa_bot.records import Person

# Runs a query with values; returns the rows.
Rows: TypeAlias = Callable[[str, Sequence[object]], list[Any]]

SCHEMA = """
CREATE TABLE name (
    kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, key, name))
    WITHOUT ROWID;
CREATE TABLE post (
    name TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (name, role)) WITHOUT ROWID;
"""
_SOURCES = """
CREATE TABLE article (source TEXT, authors TEXT, speakers TEXT);
CREATE TABLE author (name TEXT);
CREATE TABLE passage (speaker TEXT);
"""
_FILL = """
DELETE FROM name;
DELETE FROM post;
INSERT OR IGNORE INTO name SELECT 'source', key_of(source), source
    FROM (SELECT DISTINCT source FROM article WHERE source IS NOT NULL);
INSERT OR IGNORE INTO name SELECT 'speaker', key_of(speaker), speaker
    FROM (SELECT DISTINCT speaker FROM passage WHERE speaker IS NOT NULL);
INSERT OR IGNORE INTO name SELECT 'author', key_of(name), name
    FROM (SELECT DISTINCT name FROM author);
INSERT OR IGNORE INTO name SELECT 'person', folded(name), name FROM (
    SELECT name FROM name WHERE kind = 'author' UNION
    SELECT name FROM name WHERE kind = 'speaker'
        AND name NOT IN (SELECT name FROM name WHERE kind = 'source'))
    WHERE length(name) > 1;
INSERT OR IGNORE INTO name SELECT 'last', last_word(name), name
    FROM (SELECT name FROM name WHERE kind = 'person') WHERE last_word(name) <> '';
INSERT OR IGNORE INTO post
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
    FROM article, json_each(article.speakers) WHERE json_extract(value, '$[1]') <> '' UNION
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
    FROM article, json_each(article.authors) WHERE json_extract(value, '$[1]') <> '';
"""
_AT_ONCE = 500  # names in one query
_AFTER = "\U0010ffff"  # behind all that goes on


def fill_names(database: sqlite3.Connection) -> None:
    """Write the tables anew from what the articles say."""
    for name, function in {"key_of": key_of, "folded": fold, "last_word": _last_word}.items():
        database.create_function(name, 1, function, deterministic=True)
    for statement in filter(str.strip, _FILL.split(";")):
        database.execute(statement)


def key_of(name: str) -> str:
    """Return what names are compared by: folded, without white space."""
    return "".join(fold(name).split())


class NameTables:
    """Looks names up."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    @classmethod
    def of(
        cls,
        speakers: Iterable[str] = (),
        *,
        authors: Iterable[str] = (),
        people: Iterable[Person] = (),
    ) -> "NameTables":
        """Make tables in memory, without articles."""
        database = sqlite3.connect(":memory:", check_same_thread=False)
        database.executescript(SCHEMA + _SOURCES)
        database.executemany("INSERT INTO passage VALUES (?)", ((name,) for name in speakers))
        database.executemany("INSERT INTO author VALUES (?)", ((name,) for name in authors))
        posts = json.dumps([[person.name, person.role] for person in people])
        database.execute("INSERT INTO article VALUES (NULL, '[]', ?)", (posts,))
        fill_names(database)
        return cls(lambda query, values: database.execute(query, values).fetchall())

    def exact(self, kind: str, key: str) -> tuple[str, ...]:
        """Return the names of a kind with this key."""
        query = "SELECT name FROM name WHERE kind = ? AND key = ? ORDER BY name"
        return self._names(query, kind, key)

    def holding(self, kind: str, part: str) -> tuple[str, ...]:
        """Return the names of a kind whose key holds this part; looks at all of them."""
        query = "SELECT name FROM name WHERE kind = ? AND instr(key, ?) ORDER BY name"
        return self._names(query, kind, part)

    def all(self, kind: str) -> dict[str, str]:
        """Return all names of a kind by key, of those with one key the first."""
        query = "SELECT key, name FROM name WHERE kind = ? ORDER BY name DESC"
        return dict(self._rows(query, (kind,)))

    def starting(self, kind: str, start: str) -> list[tuple[str, str]]:
        """Return keys and names of a kind whose key starts so, the longest first."""
        query = (
            "SELECT key, name FROM name WHERE kind = ? AND key >= ? AND key < ? "
            "ORDER BY length(key) DESC, name"
        )
        start = _encodable(start)
        return self._rows(query, (kind, start, start + _AFTER))

    def posts_holding(self, unit: str, *, spread: bool) -> list[tuple[str, str]]:
        """Return names and posts that hold a unit; looks at all of them.

        Args:
            unit: Chinese characters.
            spread: Whether others may stand between its characters.
        """
        pattern = f"%{('%' if spread else '').join(unit)}%"
        return self._rows("SELECT name, role FROM post WHERE role LIKE ?", (pattern,))

    def holders(self, names: Sequence[str], post: str) -> list[str]:
        """Return those of the names that have a post which holds these words."""
        found: set[str] = set()
        for start in range(0, len(names), _AT_ONCE):
            part = names[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            query = f"SELECT name FROM post WHERE name IN ({marks}) AND instr(role, ?)"  # noqa: S608 # only marks
            found |= {name for (name,) in self._rows(query, (*part, post))}
        return [name for name in names if name in found]

    def _names(self, query: str, kind: str, key: str) -> tuple[str, ...]:
        return tuple(name for (name,) in self._rows(query, (kind, _encodable(key))))


def _encodable(text: str) -> str:
    """Return the text with ? for halves of characters, which no name has."""
    return text.encode("utf-8", "replace").decode()


def _last_word(name: str) -> str:
    first, _, last = name.rpartition(" ")
    return last if first and name.isascii() else ""
