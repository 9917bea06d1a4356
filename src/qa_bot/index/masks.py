"""A store -> which numbers of passages are in a scope, or are there at all."""

import datetime as dt
import sqlite3
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from qa_bot.records import Scope

Mask: TypeAlias = npt.NDArray[np.bool_]


def read_living(database: sqlite3.Connection, passages: int) -> Mask | None:
    """Return which numbers have a passage, shape (passages,); None if all of them do.

    Raises:
        ValueError: If the store says what cannot be.
    """
    gone = database.execute("SELECT first, passages FROM gone").fetchall()
    return ~_covered(gone, passages) if gone else None


def read_mask(database: sqlite3.Connection, scope: Scope, passages: int) -> Mask:
    """Return which passages are in a scope, shape (passages,).

    Raises:
        ValueError: If the store says what cannot be.
    """
    mask = np.ones(passages, dtype=np.bool_)
    rows = "SELECT first_passage, passages FROM article WHERE"
    by_author = f"{rows} number IN (SELECT article FROM author WHERE name IN"  # noqa: S608 # constants
    # One by one: each is answered by an index alone, without a look at the articles' rows.
    runs = {
        f"SELECT number, 1 FROM passage WHERE speaker IN ({_marks(scope.speakers)})": (  # noqa: S608 # only marks
            scope.speakers
        ),
        f"{by_author} ({_marks(scope.authors)}))": scope.authors,
        f"{rows} source IN ({_marks(scope.sources)})": scope.sources,
        f"{rows} id IN ({_marks(scope.articles)})": scope.articles,
        f"{rows} date BETWEEN ? AND ?": (scope.since or scope.until)
        and ((scope.since or dt.date.min).isoformat(), (scope.until or dt.date.max).isoformat()),
    }
    for query, values in runs.items():
        if values:
            found = database.execute(query, values).fetchall()
            mask &= _covered(found, passages)
    return mask


def read_numbers(database: sqlite3.Connection) -> int:
    """Return how many numbers passages have or had.

    Raises:
        ValueError: If one has none that can be.
    """
    ((first, numbers),) = database.execute(
        "SELECT ifnull((SELECT min(number) FROM passage), 0), "
        "max(ifnull((SELECT max(number) + 1 FROM passage), 0), "
        "ifnull((SELECT max(first + passages) FROM gone), 0))"
    )
    if first < 0:
        raise ValueError("a passage has a number below 0")
    return int(numbers)


def _covered(runs: Sequence[tuple[int, int]], passages: int) -> Mask:
    """Return which numbers lie in runs, each given by its first number and its length."""
    first, count = np.array(runs, dtype=np.int64).reshape(-1, 2).T
    if np.any((first < 0) | (count < 0) | (count > passages - first)):
        raise ValueError("there are no such passages")
    steps = np.bincount(first, minlength=passages + 1)
    steps -= np.bincount(first + count, minlength=passages + 1)
    covered: Mask = np.cumsum(steps[:passages]) > 0
    return covered


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
