"""Sentences of a text -> the enumerations in it: 一是…二是…, 首先…其次…, (1)…(2)…, …：…；…；…."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ORDINALS = "一二三四五六七八九十"
_OPENING = r"(?:^|[:：,，;；。])\s*[“\"'*]*"
_STYLES = (
    re.compile(rf"{_OPENING}(?P<n>[{_ORDINALS}])是"),
    re.compile(rf"{_OPENING}(?P<n>[{_ORDINALS}])要"),
    re.compile(rf"{_OPENING}其(?P<n>[{_ORDINALS}])"),
    re.compile(rf"{_OPENING}第(?P<n>[{_ORDINALS}])[,，、是]"),
    re.compile(rf"{_OPENING}[(（](?P<n>[{_ORDINALS}]|\d{{1,2}})[)）]"),
    re.compile(r"^\s*(?P<n>\d{1,2})[.、]\s*"),
    re.compile(rf"{_OPENING}(?P<n>首先|其次|再次|然后|最后)"),
    re.compile(rf"{_OPENING}(?P<n>一|另一)方面"),
    re.compile(r"(?i)^\s*(?P<n>first|second|third|fourth|fifth|finally)(?:ly)?\b"),
)
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "然后": 3, "最后": 99, "另一": 2, "finally": 99}
_WORDS |= {word: n for n, word in enumerate(("first", "second", "third", "fourth", "fifth"), 1)}
_WORDS |= {word: n for n, word in enumerate(_ORDINALS, 1)}


@dataclass(frozen=True, slots=True)
class Enumeration:
    """An enumeration, by position in the sequence of sentences that it was found in.

    Attributes:
        lead: The sentence that leads in, or None if the first point's own sentence does.
        points: The sentences that open a point, in order.
        end: The position after the last sentence that belongs to the last point.
    """

    lead: int | None
    points: tuple[int, ...]
    end: int


def find_enumerations(texts: Sequence[str], paragraphs: Sequence[int]) -> list[Enumeration]:
    """Find the enumerations of at least two points.

    Args:
        texts: Neighbouring sentences of one article, in file order.
        paragraphs: The number of the paragraph that each stands in.

    Returns:
        Enumerations in the order of their first points.
    """
    found = []
    for style in _STYLES:
        points: list[tuple[int, int]] = []
        for position, text in enumerate(texts):
            for match in style.finditer(text):
                ordinal = _ordinal(match["n"])
                if points and ordinal > points[-1][1]:
                    points.append((position, ordinal))
                else:
                    found += _finished(points, paragraphs)
                    points = [(position, ordinal)] if ordinal == 1 else []
        found += _finished(points, paragraphs)
    found += _semicolon_lists(texts, paragraphs)
    return sorted(found, key=lambda enumeration: enumeration.points[0])


def _semicolon_lists(texts: Sequence[str], paragraphs: Sequence[int]) -> list[Enumeration]:
    """Find lists without marks: a colon, then at least three items with semicolons between."""
    found = []
    position = 0
    while position < len(texts):
        last = position
        while (
            last + 1 < len(texts)
            and texts[last].endswith((";", "；"))
            and paragraphs[last + 1] == paragraphs[position]
        ):
            last += 1
        if last - position >= 2 and re.search(r"[:：]", texts[position]):
            found.append(Enumeration(None, tuple(range(position, last + 1)), last + 1))
        position = last + 1
    return found


def _ordinal(mark: str) -> int:
    return int(mark) if mark.isdecimal() else _WORDS[mark.lower()]


def _finished(points: Sequence[tuple[int, int]], paragraphs: Sequence[int]) -> list[Enumeration]:
    if len(points) < 2:
        return []
    positions = tuple(dict.fromkeys(position for position, _ in points))
    first, last = positions[0], positions[-1]
    lead = first - 1 if first and paragraphs[first - 1] >= paragraphs[first] - 1 else None
    end = last + 1
    while end < len(paragraphs) and paragraphs[end] == paragraphs[last]:
        end += 1
    return [Enumeration(lead, positions, end)]
