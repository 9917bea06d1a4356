"""A page and its import -> what is missing: the proof that nothing was lost or invented."""

from collections import defaultdict
from typing import Any

from qa_bot.pages.records import PageImport, Place
from qa_bot.pages.signatures import BULLETS

# Marks of form: they became structure, and hold no words.
_MARKS = frozenset("#*_" + BULLETS)


def unaccounted(text: str, page_import: PageImport) -> list[tuple[int, str]]:
    """Find the characters of a page that an import does not account for.

    A place in the import (a paragraph, a title, a line left out) counts for the characters that it
    claims only if it consists of exactly these, in this order, white space aside.

    Args:
        text: The page's text.
        page_import: What was made of it.

    Returns:
        Line number and characters, for each stretch that is nowhere, or that some place claims but
        does not hold; empty if every non-white character is accounted for.
    """
    claims: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    for trace in page_import.traces:
        claims[trace.place].append((trace.start, trace.end))
    result = page_import.to_dict()
    is_kept = bytearray(len(text))
    for place, spans in claims.items():
        claimed = "".join("".join(text[start:end].split()) for start, end in spans)
        held = _MARKS.issuperset(claimed) if not place else claimed == _held(result, place)
        for start, end in spans if held else ():
            is_kept[start:end] = b"\x01" * (end - start)
    return _missing(text, is_kept)


def _held(result: dict[str, Any], place: Place) -> str | None:
    """Return the characters that stand at a place of the import, or None."""
    value: Any = result
    try:
        for step in place:
            value = value[step]
    except (KeyError, IndexError, TypeError):
        return None
    return "".join(value.split()) if isinstance(value, str) else None


def _missing(text: str, is_kept: bytearray) -> list[tuple[int, str]]:
    missing: list[tuple[int, str]] = []
    at = is_kept.find(0)
    line, counted = 1, 0
    while at >= 0:
        end = is_kept.find(1, at)
        end = len(text) if end < 0 else end
        for row, stretch in enumerate(text[at:end].split("\n")):
            if row == 0:
                line += text.count("\n", counted, at)
                counted = at
            if stretch.strip():
                missing.append((line + row, stretch.strip()))
        at = is_kept.find(0, end)
    return missing
