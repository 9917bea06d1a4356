"""Two sentences that answer with a figure -> whether they give the same one, or another."""

import re
from typing import NamedTuple

from qa_bot.answering.highlight import find_highlight
from qa_bot.answering.overlap import Overlap
from qa_bot.index.numerals import NUMERAL, numeral_value
from qa_bot.index.terms import fold
from qa_bot.records import Query

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ALONE = re.compile(r"[一二三四五六七八九十两](?![几百千万亿])")  # in a figure it is a number
_NOT_UNIT = re.compile(r"[\d\W]|(?:以上|以下|以内|左右|不等|上下|余|多)")


class Figure(NamedTuple):
    """A figure that would be marked: its numbers in digits, and the end of its unit."""

    numbers: tuple[str, ...]
    unit: str


def find_figure(query: Query, text: str, overlap: Overlap) -> Figure:
    """Find the figure with which a sentence answers a question for one.

    Args:
        query: The question as understood.
        text: The sentence.
        overlap: The query's terms with their weights.
    """
    start, end = find_highlight(query, text, overlap)
    marked = NUMERAL.sub(_in_digits, fold(text[start:end]))
    if not _NUMBER.search(marked):
        marked = _ALONE.sub(_in_digits, marked)
    numbers = (number.replace(",", "") for number in _NUMBER.findall(marked))
    return Figure(tuple(numbers), _NOT_UNIT.sub("", marked)[-1:])


def is_same(one: Figure, other: Figure) -> bool | None:
    """Return whether two figures are the same; None if they are of different things."""
    if not one.numbers or not other.numbers or one.unit != other.unit:
        return None
    shorter = min(len(one.numbers), len(other.numbers))  # a day may stand without its year
    return one.numbers[-shorter:] == other.numbers[-shorter:]


def _in_digits(numeral: re.Match[str]) -> str:
    value = numeral_value(numeral[0])
    return numeral[0] if value is None else str(value)
