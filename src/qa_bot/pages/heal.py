"""Items -> items in which paragraphs that a column's end had cut are whole again."""

from collections.abc import Sequence
from dataclasses import replace

from qa_bot.pages.blocks import Block, Page
from qa_bot.pages.items import Item
from qa_bot.pages.lines import is_closed, is_word_across
from qa_bot.pages.marks import is_turn
from qa_bot.pages.records import Doubt
from qa_bot.pages.topics import Bonds

# How much must speak for a continuation: more where a heading or a byline stands between.
_NEXT_TO = 0.0
_SHORT_LINE = 1.5
_ACROSS_HEADING = 2.0
_ACROSS_ARTICLE = 3.0
_FARTHEST = 8  # items between two halves
_LONGEST_CAPTION = 150
_JOINS_ON = tuple("，。、；：！？,;:!?)）》”】」』")
_UNITS = frozenset("年月日号时点分万亿千百家个名人次项种件户倍元%％")
_NUMERALS = "一二三四五六七八九十百千万亿"
_EXPECTS_MORE = tuple("，、,（(《“「『—和与及的在对将把为從从向被")


def heal(page: Page, items: Sequence[Item], bonds: Bonds) -> tuple[list[Item], list[Doubt]]:
    """Put the halves of cut paragraphs together, at the place of the first.

    A paragraph that does not end as a sentence does goes on in the next one that opens in
    mid-sentence, past a caption, a heading or a byline that the layout put between. What stands
    where its text is lost stays as printed.

    Args:
        page: The page.
        items: Its classified blocks, in order.
        bonds: Which characters stand together on it.

    Returns:
        The items, and how sure each doubtful decision is.
    """
    has_marks = any(item.kind == "heading" and item.is_marked for item in items)
    work = list(items)
    taken: set[int] = set()
    doubts: list[Doubt] = []
    healed: list[Item] = []
    for number in range(len(work)):
        if number in taken:
            continue
        item = work[number]
        position = number
        parts = [item.block]
        while item.kind == "body" and _is_open(parts[-1].text):
            found = _find_rest(work, position, parts[-1], taken, bonds, has_marks=has_marks)
            if found is None:
                break
            other, score = found
            between = [k for k in range(position + 1, other) if k not in taken]
            taken.add(other)
            for k in between:
                work[k] = _between_halves(work[k], has_marks=has_marks)
            parts.append(work[other].block)
            if score < _SHORT_LINE or between:
                doubts.append(
                    Doubt(
                        (work[number].block.lines[0], work[other].block.lines[1]),
                        f"paragraph cut after line {work[position].block.lines[1]} goes on in "
                        f"line {work[other].block.lines[0]}",
                        min(0.95, 0.6 + 0.1 * max(0.0, score)),
                    )
                )
            position = other
        if len(parts) > 1:
            item = replace(item, block=page.merge(parts))
        if item.kind == "body" and _is_open(item.text) and len(item.text) > 20:
            last = item.block.pieces[-1].line
            doubts.append(Doubt((last, last), "the end of this sentence is lost", 0.7))
        healed.append(item)
    return healed, doubts


def _is_open(text: str) -> bool:
    return not is_closed(text) and not text.endswith(("：", ":", "”", "」", "』"))


def _find_rest(
    items: Sequence[Item],
    position: int,
    cut: Block,
    taken: set[int],
    bonds: Bonds,
    *,
    has_marks: bool,
) -> tuple[int, float] | None:
    """Find the item that goes on where *cut* ends, and how much speaks for it."""
    needed = _NEXT_TO
    end = min(len(items), position + 1 + _FARTHEST)
    for number in range(position + 1, end):
        other = items[number]
        if number in taken:
            continue
        if other.kind == "note" or other.label is not None or is_turn(other.text):
            return None
        if other.kind == "body" and not other.is_report:
            score = _score(cut, other.block, bonds)
            skipped = _past_caption(items, number, cut, score, bonds)
            if skipped is not None:
                return skipped
            return (number, score) if score >= needed else None
        if other.kind == "heading":
            score = _score(cut, other.block, bonds)
            if has_marks and any(comma in other.text for comma in ",，"):
                score += _SHORT_LINE  # where headings are marked, a clause is none
            if not other.is_marked and score >= max(needed, _SHORT_LINE):
                return number, score
            needed = max(needed, _ACROSS_HEADING)
        elif other.kind in ("byline", "cast"):
            needed = _ACROSS_ARTICLE
        elif other.is_report:
            return None
    return None


def _past_caption(
    items: Sequence[Item], number: int, cut: Block, score: float, bonds: Bonds
) -> tuple[int, float] | None:
    """Find the rest behind a block that has the place of a caption: between two halves."""
    other = items[number]
    if number + 1 == len(items) or len(other.text) > _LONGEST_CAPTION or not is_closed(other.text):
        return None
    after = items[number + 1]
    if after.kind != "body" or after.label is not None or after.is_report:
        return None
    score_after = _score(cut, after.block, bonds)
    is_better = score_after >= _ACROSS_HEADING and score_after >= score + 2
    return (number + 1, score_after) if is_better else None


def _between_halves(item: Item, *, has_marks: bool) -> Item:
    """What a block is that stands in the middle of a sentence."""
    is_short_line = item.kind == "heading" and not item.is_marked and has_marks
    if item.kind == "body" or is_short_line:
        return replace(item, kind="left out", reason="caption", is_between=True)
    return item


def _score(first: Block, second: Block, bonds: Bonds) -> float:
    """Return how much speaks for *second* going on where *first* ends; negative: against it."""
    tail, head = first.text[-12:], second.text[:12]
    if not tail or not head:
        return -9.0
    score = 0.0
    if head.startswith(_JOINS_ON):
        score += 3
    if tail.endswith(_EXPECTS_MORE):
        score += 1
    if tail[-1].isdecimal() and (head[0].isdecimal() or head[0] in _UNITS):
        score += 3
    if tail[-1] in _NUMERALS and head[0] in _NUMERALS + "点":
        score += 3
    if tail[-1].isascii() and tail[-1].islower():
        score += 1 if head[0].islower() else -1
    if is_word_across(tail, head):
        score += 2
    bond = bonds.bond(tail[-1] + head[0])
    if bond > 2:
        score += 1.5 if bonds.pairs[tail[-1] + head[0]] > 2 else 1
    return score + _print_score(first, second)


def _print_score(first: Block, second: Block) -> float:
    """Return what the widths of printed lines say: an indent opens a paragraph."""
    score = 0.0
    shape = second.shape
    if second.is_indented:
        score -= 4
    elif shape.first is not None and shape.full is not None:
        indent = shape.full - shape.first
        if 1.4 < indent < 4.5:
            score -= 2.5
        elif -1.5 < indent < 1:
            score += 1.5
    if first.shape.last is not None and first.shape.full is not None:
        score -= 1.5 if first.shape.last < first.shape.full - 3 else 0
    return score
