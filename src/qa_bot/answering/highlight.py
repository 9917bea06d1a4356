"""A quoted sentence -> the span in it that answers.

A first rule: where a number or a date is asked, the one in the clause that covers the question
best; otherwise that clause.
"""

import re

from qa_bot.answering.answer_kinds import FIGURES, find_kind
from qa_bot.answering.overlap import Overlap
from qa_bot.index.terms import fold
from qa_bot.records import Query

_CLAUSE = re.compile(r"(?:[^，,；;：:。！？!?]|(?<=\d)[,:](?=\d))+")
_DEFINES = re.compile(r"(?:是指|指的是|就是指|即是|定义为|\bmeans\b|\brefers to\b)[,，]?\s*")
_POST = re.compile(r"^name:.*\n?.*\brole:(?P<post>[^\n]+)")  # a person in the front matter
_COUNTED = re.compile(r"(?:多少|几)(\w)")


def find_highlight(query: Query, text: str, overlap: Overlap) -> tuple[int, int]:
    """Find the shortest span of a sentence that answers the question.

    Args:
        query: The question as understood.
        text: The sentence.
        overlap: The query's terms with their weights.

    Returns:
        Offsets into *text*; never empty if *text* is not.
    """
    clauses = [(match.start(), match.end()) for match in _CLAUSE.finditer(text)]
    if not clauses:
        return 0, len(text)
    if post := _POST.search(text):
        return _stripped(text, *post.span("post"))
    coverage = {span: overlap.coverage(overlap.matched(text[slice(*span)])) for span in clauses}
    best = max(clauses, key=lambda span: coverage[span])
    if query.kind in FIGURES:
        asked, counted = fold(query.understood_as), _COUNTED.search(query.understood_as)
        found = [_stripped(text, *span) for span in find_kind(query.kind, text)]
        found = [span for span in found if fold(text[slice(*span)]) not in asked]
        if found:
            return max(
                found,
                key=lambda span: (
                    bool(counted and counted[1] in text[slice(*span)]),
                    overlap.proximity(text, *span),
                ),
            )
    if defines := _DEFINES.search(text):
        end = re.compile(r"[，,；;。]|$").search(text, defines.end())
        if end and end.start() > defines.end():
            return defines.end(), end.start()
    return _stripped(text, *best)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without white space at its ends, unless it is all white space."""
    part = text[start:end]
    if not part.strip():
        return start, end
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
