"""Items -> items, corrected by what stands around them: the form of a block is not all."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa_bot.pages import marks
from qa_bot.pages.blocks import Block, Page
from qa_bot.pages.items import Item, nearest
from qa_bot.pages.lines import HAN, holds_word, is_closed, is_word_across, width
from qa_bot.pages.names import ends_in_post, is_name, read_cast, read_names
from qa_bot.pages.records import Reason
from qa_bot.pages.topics import Bonds
from qa_bot.records import Person

BOLD_LEVEL = 7  # of a bold heading: below every number of #
LONGEST_TITLE = 48  # Chinese characters, of a title in two halves
PHOTO_LINE = 14  # characters of a line that names only the photographer
LONGEST_CAPTION = 150
_CAPITALS = "[A-Z]{4,12}"  # OPINION
# What the name of a column ends with.
_COLUMN = re.compile(
    "(?:时评|時評|观察|觀察|关注|关切|论坛|論壇|访谈|對話|对话|视点|评论|評論|茶座|周刊|专栏|广角|课堂|锐评|笔谈|漫谈|"
    "圆桌|聚焦|手记|快评|短评|论衡|論衡|百科|知识窗|说法|瞭望|纵横|视窗|园地|天地|之声|讲堂)$"
    rf"|^[{HAN}]{{2}}[谈談论論点點汇匯评評说說观觀]$"
    rf"|^{_CAPITALS}$"
)
_LONGEST_COLUMN = 6  # characters of a column's name
_TITLE_LINES = 3
_SURE_PAIR = 3  # times that two characters stand together on a page, of one word
_MOST_HEADINGS = 4  # unmarked short lines in a row; more are a list, or verse


def settle(page: Page, items: Sequence[Item], bonds: Bonds) -> list[Item]:
    """Correct what items are by what stands around them.

    Args:
        page: The page that they stand on.
        items: Each as its own form shows it, in order.
        bonds: Which characters stand together on it.

    Returns:
        Items in the same order; the lines of one caption are one.
    """
    return list(_settle(list(_without_notices(_whole_captions(page, items))), bonds))


def _without_notices(items: Sequence[Item]) -> Iterator[Item]:
    """Leave out the notices between articles: each a heading and the paragraph below it."""
    is_below = False
    for item in items:
        is_head = item.kind in ("heading", "body") and marks.heads_notice(item.text)
        is_notice = is_head or (is_below and item.kind == "body" and item.label is None)
        yield replace(item, kind="left out", reason="garbage") if is_notice else item
        is_below = is_head


def _whole_captions(page: Page, items: Sequence[Item]) -> list[Item]:
    """Join a photographer's line with the caption printed on the lines right above it."""
    whole: list[Item] = []
    for item in items:
        parts = [item.block]
        if (
            item.reason == "caption"
            and marks.ends_caption(item.text[-PHOTO_LINE:])
            and (len(item.text) <= PHOTO_LINE)
        ):
            while whole and _is_above(whole[-1], parts[0]) and len(whole[-1].text) <= PHOTO_LINE:
                parts.insert(0, whole.pop().block)
            above = whole[-1] if whole else None
            if (
                above
                and _is_above(above, parts[0])
                and (is_closed(above.text) or above.kind == "heading")
            ):
                parts.insert(0, whole.pop().block)
        whole.append(replace(item, block=page.merge(parts)) if len(parts) > 1 else item)
    return whole


def _is_above(item: Item, block: Block) -> bool:
    """Whether an item may be a part of the caption whose rest stands on the next line."""
    return (
        item.block.lines[1] + 1 == block.lines[0]
        and item.kind in ("body", "heading", "byline")
        and item.label is None
        and not item.is_marked
        and len(item.text) <= LONGEST_CAPTION
    )


def _settle(items: Sequence[Item], bonds: Bonds) -> Iterator[Item]:
    """Correct what only the neighbours show."""
    sections = _bracketed_sections(items)
    run = 0
    pending: Item | None = None  # a label on a line of its own
    before: Item | None = None
    for number, item in enumerate(items):
        after = items[number + 1] if number + 1 < len(items) else None
        if _is_above_title(item, before, items[number + 1 : number + 3]):
            is_column = holds_word(item.text) or _COLUMN.search(item.text)
            reason: Reason = "column name" if is_column else "garbage"
            item = replace(item, kind="left out", reason=reason)
        elif _heads_an_article(items, number):
            item = replace(item, kind="heading")
        elif _is_first_line(items, number, bonds):
            item = replace(item, kind="body")
        elif number in sections:
            item = replace(item, kind="heading", reason=None)
        is_line = item.kind == "heading" and not item.is_marked
        may_name = is_line or (item.kind == "heading" and item.block.level == BOLD_LEVEL)
        if may_name and before and before.kind in ("heading", "byline") and _is_name_line(item):
            people = (
                read_names(item.block.spaced, is_marked=True)
                or read_cast(item.block.spaced, known=())
                or (Person("".join(item.block.text.split())),)
            )
            before = replace(item, kind="byline", people=people)
            yield before
            continue
        if is_line and before and before.kind == "cast":
            people = read_cast(item.block.spaced, known=())
            if not before.people or (people and people[0].role):
                item = replace(item, kind="cast", people=people, is_host=before.is_host)
                is_line = False
        run = run + 1 if is_line and not item.text.startswith("—") else 0
        is_list = run > _MOST_HEADINGS or (
            is_line and after is not None and _continues_list(items, number)
        )
        if is_list:
            item = replace(item, kind="body")
        if pending and item.label is None and (item.kind == "body" or is_line):
            item = replace(item, kind="body")
            marks_ = pending.block.marks + item.block.marks
            block = replace(item.block, label=pending.block.label, marks=marks_)
            item = replace(item, block=block, label=pending.label, role=pending.role)
        elif pending:
            yield _as_credit(pending)
        pending = None
        if item.label is not None and not item.block.pieces:
            pending = item
        else:
            yield item
        before = item
    if pending:
        yield _as_credit(pending)


def _is_first_line(items: Sequence[Item], number: int, bonds: Bonds) -> bool:
    """Whether a short line is but the start of a paragraph: a word goes on in the next part.

    That part stands on the next line, or behind what the layout put between.
    """
    item, after = items[number], nearest(items, number, 1)
    if item.kind != "heading" or item.is_marked or after is None or after.kind != "body":
        return False
    is_next = after.block.lines[0] == item.block.lines[1] + 1
    return (is_next or items[number + 1] is not after) and (
        after.label is None
        and (
            is_word_across(item.text[-12:], after.text[:12])
            or bonds.pairs[item.text[-1] + after.text[0]] >= _SURE_PAIR
        )
    )


def _is_above_title(item: Item, before: Item | None, following: Sequence[Item]) -> bool:
    """Whether a few words stand above a title, as a column's name or what is left of it.

    A byline may stand between; else the title's mark is the stronger one.
    """
    is_short = len(item.text) <= _LONGEST_COLUMN or re.fullmatch(_CAPITALS, item.text)
    if item.kind != "heading" or not is_short or not following:
        return False
    is_apart = before is None or before.kind not in ("body", "heading")
    kinds = ("heading", "byline", "body") if is_apart else ("heading", "byline")
    if _COLUMN.search(item.text) and following[0].kind in kinds:
        return True
    has_byline = following[0].kind == "byline"
    if has_byline and item.is_marked and not holds_word(item.text):
        return True
    title = following[-1] if has_byline else following[0]
    is_title = title.kind == "heading" and title.is_marked and item.is_marked
    return is_title and (has_byline or item.block.level > title.block.level)


def _bracketed_sections(items: Sequence[Item]) -> frozenset[int]:
    """Find the names in brackets 【】 that head sections and are no column's.

    They stand above a paragraph and below another, or below the cast of an interview. Where there
    are such, one right below a title heads a section too.
    """
    below = {"body": set[int](), "heading": set[int]()}
    for number, item in enumerate(items):
        if item.reason != "column name":
            continue
        before = nearest(items, number, -1)
        after = nearest(items, number, 1)
        if before is None or after is None or after.kind != "body" or after.is_report:
            continue
        if before.kind == "cast" or (before.kind == "body" and is_closed(before.text)):
            below["body"].add(number)
        elif before.kind in ("heading", "byline"):
            below["heading"].add(number)
    return frozenset(below["body"] | (below["heading"] if below["body"] else set()))


def _heads_an_article(items: Sequence[Item], number: int) -> bool:
    """Whether a block that does not look like a heading stands where only a title can.

    That is between a finished sentence and a byline or a dateline (本报讯…), in at most three
    lines of which none ends a sentence.
    """
    for item in items[number : number + _TITLE_LINES]:
        is_plain = item.kind == "body" and item.label is None and not item.is_report
        if not (is_plain or item.kind == "heading") or is_closed(item.text):
            return False
        if width(item.text) > LONGEST_TITLE or "。" in item.text:
            return False
        number += 1
        following = items[number] if number < len(items) else None
        if following and (following.is_report or following.kind == "byline"):
            break
    else:
        return False
    start = number - 1
    while (
        start >= max(0, number - _TITLE_LINES - 1)
        and items[start].kind in ("body", "heading")
        and not is_closed(items[start].text)
    ):
        start -= 1
    before = items[start] if start >= 0 else None
    return number - 1 - start <= _TITLE_LINES and (before is None or is_closed(before.text))


def _as_credit(item: Item) -> Item:
    """Keep a label that nothing follows as a printed line."""
    block = replace(item.block, pieces=item.block.label, label=(), text=item.block.spaced)
    return replace(item, block=block, kind="credit", label=None)


def _continues_list(items: Sequence[Item], number: int) -> bool:
    """Whether so many short lines follow that none of them is a heading."""
    following = items[number : number + _MOST_HEADINGS + 1]
    return len(following) > _MOST_HEADINGS and all(
        item.kind == "heading" and not item.is_marked for item in following
    )


def _is_name_line(item: Item) -> bool:
    """Whether a short line below a heading is a name, or a name with its post."""
    text = item.block.spaced
    if text.startswith(("—", "–", "─", "--")):  # a subtitle: ——对话某院院长某某
        return False
    compact = "".join(text.split())
    if is_name(compact) or (is_name(text) and text.isascii()):
        return not ends_in_post(compact)
    if len(text.split()) > 1 and read_names(text, is_marked=False):
        return True
    people = read_cast(text, known=())
    return len(people) == 1 and people[0].role is not None and ends_in_post(people[0].role)
