"""Two sentences that answer with a figure -> whether they give the same one, or another."""

import re

from qa_bot.answering.highlight import find_highlight
from qa_bot.answering.overlap import Overlap
from qa_bot.index.numerals import NUMERAL, numeral_value
from qa_bot.index.terms import fold
from qa_bot.records import Query

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NOT_UNIT = re.compile(r"[\d\W]|(?:以上|以下|以内|左右|不等|上下|余|多)")


def compare_figures(query: Query, one: str, other: str, overlap: Overlap) -> bool | None:
    """Compare the figures with which two sentences answer a question for one.

    Args:
        query: The question as understood.
        one: A sentence.
        other: Another one.
        overlap: The query's terms with their weights.

    Returns:
        Whether they are the same; None if they are figures of different things.
    """
    (first, unit), (second, other_unit) = (_figure(query, text, overlap) for text in (one, other))
    if not first or not second or unit != other_unit:
        return None
    shorter = min(len(first), len(second))  # a day may stand without its year
    return first[-shorter:] == second[-shorter:]


def _figure(query: Query, text: str, overlap: Overlap) -> tuple[list[str], str]:
    """Return the numbers of the figure that would be marked, and the end of its unit."""
    start, end = find_highlight(query, text, overlap)
    marked = NUMERAL.sub(_in_digits, fold(text[start:end]))
    numbers = _NUMBER.findall(marked)
    return [number.replace(",", "") for number in numbers], _NOT_UNIT.sub("", marked)[-1:]


def _in_digits(numeral: re.Match[str]) -> str:
    value = numeral_value(numeral[0])
    return numeral[0] if value is None else str(value)
