"""A quoted sentence -> the span in it that answers.

What the reader marks (`answering.reread`), unless a figure is asked for and another one in the
sentence stands nearer to the question's words; where nothing was read, rules: a figure, a
definition, or the clause that covers the question best.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from qa_bot.answering.answer_kinds import FIGURES, find_kind
from qa_bot.answering.overlap import Overlap
from qa_bot.index.terms import fold
from qa_bot.records import Query

_CLAUSE = re.compile(r"(?:[^，,；;：:。！？!?]|(?<=\d)[,:](?=\d))+")
_DEFINES = re.compile(r"(?:是指|指的是|就是指|即是|定义为|\bmeans\b|\brefers to\b)[,，]?\s*")
_POST = re.compile(r"^name:.*\n?.*\brole:(?P<post>[^\n]+)")  # a person in the front matter
_COUNTED = re.compile(r"(?:多少|几)(\w)")
# Figures with a form of their own: of what the reader marks, too much or half of one otherwise.
_WHOLE = frozenset({"percent", "money", "duration"})
_APART = re.compile(r"[、，,；;。]")  # not 至: a range is one answer
_SEVERAL = re.compile(r"[和与及跟、]|分别|各|哪些|\band\b")
_SAID = frozenset({"reason", "way", "effect"})  # a clause at least, not a word
_SHORT = 5  # characters
_CLEARLY = 1.25  # times as near as the other figures that are marked too
_NEARER = 1.0  # times as near; a wrong number misleads, whatever is gained where all are right


def find_highlight(
    query: Query, text: str, overlap: Overlap, *, read: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Find the shortest span of a sentence that answers the question.

    Args:
        query: The question as understood.
        text: The sentence.
        overlap: The query's terms with their weights.
        read: Offsets of what the reader marks; None: nothing was read.

    Returns:
        Offsets into *text*; never empty if *text* is not.
    """
    figures = _figures(query, text) if query.kind in FIGURES else []
    if figures:
        nearness = dict(zip(figures, overlap.nearness(text, figures), strict=True))
        counted = _COUNTED.search(query.understood_as)
        figure = max(
            figures,
            key=lambda span: (
                bool(counted and counted[1] in text[slice(*span)]),
                nearness[span],
            ),
        )
        if read is None or query.kind in _WHOLE:
            return figure
        marked = [span for span in figures if span[0] < read[1] and read[0] < span[1]]
        if marked and nearness[figure] > _NEARER * max(nearness[span] for span in marked):
            return figure
        others = [nearness[span] for span in marked if span != figure]
        if _is_too_much(query, text, marked) and nearness[figure] > _CLEARLY * max(others):
            return figure
    clauses = [(match.start(), match.end()) for match in _CLAUSE.finditer(text)]
    if read:
        is_too_short = query.kind in _SAID and read[1] - read[0] < _SHORT
        around = (c for c in clauses if is_too_short and c[0] <= read[0] and read[1] <= c[1])
        return _stripped(text, *next(around, read))
    if not clauses:
        return 0, len(text)
    if post := _POST.search(text):
        return _stripped(text, *post.span("post"))
    if defines := _DEFINES.search(text):
        end = re.compile(r"[，,；;。]|$").search(text, defines.end())
        if end and end.start() > defines.end():
            return defines.end(), end.start()
    coverage = {span: overlap.coverage(overlap.matched(text[slice(*span)])) for span in clauses}
    # Of equals the first, but not 'meanwhile,'.
    best = max(clauses, key=lambda span: (coverage[span], span[1] - span[0] >= _SHORT))
    return _stripped(text, *best)


def _is_too_much(query: Query, text: str, marked: Sequence[tuple[int, int]]) -> bool:
    """Whether several figures are marked, one after the other, where one is asked for.

    Of dates two may be the answer: when it began and when it ended.
    """
    gaps = (text[one[1] : other[0]] for one, other in pairwise(marked))
    return (
        query.kind == "number"
        and any(map(_APART.search, gaps))
        and not _SEVERAL.search(query.understood_as)
    )


def _figures(query: Query, text: str) -> Sequence[tuple[int, int]]:
    """Return the figures of the kind asked for that the question does not give itself."""
    asked = fold(query.understood_as)
    found = (_stripped(text, *span) for span in find_kind(query.kind or "", text))
    return [span for span in found if fold(text[slice(*span)]) not in asked]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without white space at its ends, unless it is all white space."""
    part = text[start:end]
    if not part.strip():
        return start, end
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
