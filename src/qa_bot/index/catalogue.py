"""Words and filters -> the articles of a store that have them, newest first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from qa_bot.index.rows import StoredArticle
from qa_bot.index.store import Store

_MAX_WORDS = 5  # each is a walk through all texts
_MAX_CHOICES = 100
# A word stands in an article's frame or text.
_WORD = (
    "(title LIKE ? ESCAPE '!' OR source LIKE ? ESCAPE '!' "
    "OR number IN (SELECT article FROM author WHERE name LIKE ? ESCAPE '!') "
    "OR number IN (SELECT article FROM passage "
    "WHERE speaker LIKE ? ESCAPE '!' OR text LIKE ? ESCAPE '!'))"
)
_COUNTS = {
    "source": "SELECT source, count(*) FROM article WHERE source IS NOT NULL GROUP BY source",
    "author": "SELECT name, count(*) FROM author GROUP BY name",
    "speaker": "SELECT speaker, count(DISTINCT article) FROM passage "
    "WHERE speaker IS NOT NULL GROUP BY speaker",
    "kind": "SELECT kind, count(*) FROM article WHERE kind IS NOT NULL GROUP BY kind",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles are looked for; empty and None leave none out.

    Attributes:
        words: All of them, each somewhere in title, names, source or text; only the first five
            count.
        speaker: Who says something in it.
        since: The first day.
        until: The last one.
    """

    words: tuple[str, ...] = ()
    source: str | None = None
    author: str | None = None
    speaker: str | None = None
    kind: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None


def find_articles(
    store: Store, wanted: Wanted, *, first: int, count: int
) -> tuple[int, list[StoredArticle]]:
    """Find articles, newest first, those without a date last.

    Args:
        store: The articles.
        wanted: Which.
        first: How many of them to pass over.
        count: How many to return at most.

    Returns:
        How many there are, and those of this page.

    Raises:
        IndexDamagedError: If the store cannot be read.
    """
    conditions = list(_conditions(wanted))
    where = " AND ".join(condition for condition, _ in conditions) or "1"
    values = [value for _, parts in conditions for value in parts]
    # One walk gives the number and the page.
    numbers = store.rows(
        f"WITH found AS MATERIALIZED (SELECT number, date FROM article WHERE {where}) "  # noqa: S608 # only constants
        "SELECT number, (SELECT count(*) FROM found) FROM found "
        "ORDER BY date IS NULL, date DESC, number LIMIT ? OFFSET ?",
        [*values, count, first],
    )
    found = [store.article(number) for number, _ in numbers]
    return (int(numbers[0][1]) if numbers else 0), found


def choices(store: Store) -> dict[str, list[tuple[str, int]]]:
    """Return sources, authors, speakers and kinds with the number of their articles.

    Those with the most come first; there are 100 of each at most.
    """
    order = f" ORDER BY 2 DESC, 1 LIMIT {_MAX_CHOICES}"
    return {
        name: [(str(value), int(number)) for value, number in store.rows(query + order)]
        for name, query in _COUNTS.items()
    }


def _conditions(wanted: Wanted) -> Iterator[tuple[str, list[str]]]:
    for word in wanted.words[:_MAX_WORDS]:
        yield _WORD, [f"%{_literal(word)}%"] * _WORD.count("?")
    if wanted.source:
        yield "source = ?", [wanted.source]
    if wanted.author:
        yield "number IN (SELECT article FROM author WHERE name = ?)", [wanted.author]
    if wanted.speaker:
        yield "number IN (SELECT article FROM passage WHERE speaker = ?)", [wanted.speaker]
    if wanted.kind:
        yield "kind = ?", [wanted.kind]
    if wanted.since:
        yield "date >= ?", [wanted.since.isoformat()]
    if wanted.until:
        yield "date <= ?", [wanted.until.isoformat()]


def _literal(word: str) -> str:
    """Return a word whose signs mean themselves to LIKE."""
    return "".join(f"!{character}" if character in "%_!" else character for character in word)
