"""A sentence in its block -> the sentences to quote with it so that it can be understood alone."""

import re

from qa_bot.answering.selection import Block

_WHOLE = 150  # characters up to which a neighbour that only helps is quoted too
_MOST = 300  # up to which one that is needed is
# A sentence that opens like this speaks of what was named before it ...
_POINTS_BACK = re.compile(
    r"[“\"'(（]*(?:它|其(?!次|他|实|间|余|[一二三四五])|他|她|该|此举|这|那(?!么|时|年)|两者|二者|前者|后者|上述"
    r"|(?:It|Its|They|Their|He|She|His|Her|This|These|Those|Such|Both)\b)"
)
# ... and like this goes on from what was said.
_GOES_ON = re.compile(
    r"(?:此外|因此|因而|所以|对此|为此|同时|与此同时|然而|但|不过|而且|并且|相反|另外|换言之|由此|否则"
    r"|(?:However|But|Therefore|Thus|Hence|Moreover|Instead|Yet|So|In addition|As a result"
    r"|At the same time|Meanwhile)\b)"
)
_OPENS = re.compile(
    r"[:：]$|(?:如下|下列|以下[^，。]{0,8})[。.]?$|(?i:\b(?:as follows|the following[^.]{0,30})\.$)"
)


def widen(block: Block, place: int) -> tuple[int, int]:
    """Return the first and the last sentence to quote; both are the sentence if it stands alone.

    Args:
        block: What the sentence stands in.
        place: The position of the sentence in it.
    """
    first = last = place
    if block.passage.is_metadata:
        return first, last
    if place and _needs_before(block, place):
        first -= 1
    while last + 1 < len(block.texts) and block.are_near(last, last + 1):
        opens = last == place and bool(_OPENS.search(block.texts[last]))
        goes_on = first <= place < last and block.texts[last].endswith(("；", ";"))
        if not (opens or goes_on or (last == place and _is_cut(block, last))):
            break
        if block.length(first, last + 1) > _MOST:
            break
        last += 1
    return first, last


def _needs_before(block: Block, place: int) -> bool:
    before, text = block.texts[place - 1], block.texts[place]
    if not block.are_near(place - 1, place) or block.length(place - 1, place) > _MOST:
        return False
    if _is_cut(block, place - 1):
        return True
    if block.paragraphs[place - 1] != block.paragraphs[place]:
        return False
    if _POINTS_BACK.match(text):
        return True
    is_piece = before.endswith(("；", ";"))
    return bool(is_piece or _GOES_ON.match(text)) and block.length(place - 1, place) <= _WHOLE


def _is_cut(block: Block, place: int) -> bool:
    """Whether a line break cuts the sentence from the next one."""
    if place + 1 == len(block.texts) or block.paragraphs[place] == block.paragraphs[place + 1]:
        return False
    return block.texts[place].endswith((",", "，", "、"))
