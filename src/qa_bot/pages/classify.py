"""Blocks -> items: what each block is, by its form and by what stands around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qa_bot.pages import marks
from qa_bot.pages.blocks import Block, Page
from qa_bot.pages.lines import (
    holds_word,
    is_balanced,
    is_closed,
    is_two_halves,
    is_word_across,
    width,
)
from qa_bot.pages.names import ends_in_post, is_job, is_name, read_cast, read_names
from qa_bot.pages.records import Reason
from qa_bot.pages.speakers import (
    QUESTIONERS,
    Labels,
    find_labels,
    labels_inside,
    opens_speech,
    split_cast,
)
from qa_bot.records import Person

Kind = Literal["body", "heading", "byline", "cast", "credit", "note", "left out"]

_HASHES = re.compile(r"(#{1,6})[ \t\u3000]*(?=\S)")
_BOLD = re.compile(r"(\*\*|__)(?:(?!\1).)+\1", re.DOTALL)
_BOLD_LEVEL = 7  # below every number of #
_SHORTEST_HEADING = 2
_LONGEST_HEADING = 32  # Chinese characters
_LONGEST_TITLE = 48  # the same, of one in two halves
_PHOTO_LINE = 14  # characters of a line that names only the photographer
_LONGEST_CAPTION = 150
_LONGEST_CAST = 80
_LONGEST_COLUMN = 6  # characters of a column's name
_TITLE_LINES = 3
# Words that a heading does not end with: the sentence goes on.
_NO_END = (
    "的",
    "而是",
    "和",
    "与",
    "及",
    "或",
    "把",
    "将",
    "被",
    "对",
    "从",
    "向",
    "在",
    "就是",
    "以及",
    "並",
    "與",
)
_MOST_HEADINGS = 4  # unmarked short lines in a row; more are a list, or verse


@dataclass(frozen=True, slots=True)
class Item:
    """A block and what it is.

    Attributes:
        people: Whom a byline or a cast line names.
        is_host: Whether a cast line names those who ask.
        label: The speaker's label that a body block opens with, without colon.
        reason: Why it is left out.
        is_report: Whether a body block opens as a news report does (本报讯…).
        is_between: Whether it is left out because a sentence goes on around it.
    """

    block: Block
    kind: Kind
    people: tuple[Person, ...] = ()
    is_host: bool = False
    label: str | None = None
    role: str | None = None
    reason: Reason | None = None
    is_report: bool = False
    is_between: bool = False

    @property
    def text(self) -> str:
        """The block's words."""
        return self.block.text

    @property
    def is_marked(self) -> bool:
        """Whether a heading is marked as one."""
        return self.block.level > 0


def opens_block(line: str) -> bool:
    """Whether a printed line opens a block by its form, wherever it stands."""
    if line[0] in "#【〖" or line[0] in marks.BULLETS or line.startswith(("——", "--", "**", "__")):
        return True
    return (
        stands_alone(line)
        or marks.is_footnote(line)
        or opens_speech(line)
        or split_cast(line) is not None
        or marks.read_dateline(line) is not None
        or marks.opens_caption(line)
    )


def stands_alone(line: str) -> bool:
    """Whether a printed line is a block by itself, by its form."""
    if line.startswith("#") or _BOLD.fullmatch(line):
        return True
    return (
        marks.left_out_reason(line) is not None
        or bool(marks.read_byline(line))
        or marks.read_source(line) is not None
        or line in QUESTIONERS
        or marks.is_editor_sign(line)
        or (
            line.endswith((")", "）")) and (marks.is_footnote(line) or split_cast(line) is not None)
        )
    )


def ends_block(line: str) -> bool:
    """Whether a block ends with a printed line, by its form, wherever it stands."""
    return stands_alone(line) or marks.ends_caption(line)


def classify(page: Page, blocks: Sequence[Block]) -> list[Item]:
    """Say what each block is.

    Args:
        page: The page that the blocks stand on.
        blocks: In the order of the page.

    Returns:
        Items in the same order; a block that holds two speeches, or a heading's mark, is split.
    """
    cast = [person for block in blocks for person in _cast_people(block.spaced)]
    labels = find_labels([b.text for b in blocks if not _cast_people(b.spaced)], cast)
    known = frozenset(person.name for person in cast) | labels.names
    items: list[Item] = []
    for block in blocks:
        for part in _split_parts(page, block, labels):
            items.append(_item(page, part, labels=labels, known=known))
    return list(_with_neighbours(_whole_captions(page, items)))


def _cast_people(text: str) -> tuple[Person, ...]:
    cast = split_cast(text) if len(text) <= 400 else None
    return read_cast(cast.people, known=()) if cast else ()


def _split_parts(page: Page, block: Block, labels: Labels) -> Iterator[Block]:
    """Part a block at (上接第N版), at each speaker inside it, and at (下转第N版)."""
    text = block.text
    cuts = {
        _caption_at_end(page, block),
        marks.turn_at_start(text) if text else 0,
        marks.turn_at_end(text),
    }
    cuts.update(labels_inside(text, labels.names) if labels.names else ())
    yield from page.split_all(block, sorted(cut for cut in cuts if 0 < cut < len(text)))


def _caption_at_end(page: Page, block: Block) -> int:
    """Return where a caption starts that was printed right below a cut paragraph, or 0."""
    last = block.pieces[-1] if block.pieces else None
    if (
        last is None
        or len(block.pieces) < 4
        or not marks.ends_caption(page.text[last.start : last.end])
    ):
        return 0
    for size in range(2, 5):
        head, tail = (
            page.block(part).text for part in (block.pieces[:-size], block.pieces[-size:])
        )
        if len(tail) > _PHOTO_LINE and not is_word_across(head[-12:], tail[:12]):
            return len(head) if len(tail) <= _LONGEST_CAPTION and marks.is_caption(tail) else 0
    return 0


def _item(page: Page, block: Block, *, labels: Labels, known: frozenset[str]) -> Item:
    hashes = _HASHES.match(block.spaced)
    if hashes:
        left, right = page.split(block, block.text.index("#") + len(hashes[1]))
        block = replace(right, level=len(hashes[1]), marks=left.pieces)
    if _BOLD.fullmatch(block.text):
        left, inner, right = page.split_all(block, [2, len(block.text) - 2])
        marks_ = (*block.marks, *left.pieces, *right.pieces)
        block = replace(inner, level=block.level or _BOLD_LEVEL, marks=marks_)
    text = block.spaced
    reason = marks.left_out_reason(text)
    if reason:
        return Item(block, "left out", reason=reason)
    source = marks.read_source(text)
    people = source[1] if source else marks.read_byline(text)
    if people:
        return Item(block, "byline", people=people)
    if source:
        return Item(block, "credit")
    if marks.is_editor_sign(text):
        return Item(block, "credit")
    cast = None if block.level else split_cast(text)
    if cast:
        return Item(block, "cast", people=read_cast(cast.people, known=known), is_host=cast.is_host)
    introduced = (
        ()
        if block.level or is_closed(text) or len(text) > _LONGEST_CAST
        else read_cast(text, known=())
    )
    if len(introduced) > 1 and all(one.role and ends_in_post(one.role) for one in introduced):
        return Item(block, "cast", people=introduced)
    if marks.is_footnote(text):
        return Item(block, "note")
    if marks.is_caption(text) or (page.is_space_wrapped and marks.is_caption(block.text)):
        return Item(block, "left out", reason="caption")
    if marks.is_garbage(text) or (block.level and marks.is_misread(block.text)):
        return Item(block, "left out", reason="garbage")
    if block.level and len(text) <= 2 * _LONGEST_HEADING and not text.endswith("。"):
        return Item(block, "heading")
    label = labels.read(block.text)
    if label:
        before, speech = page.split(block, label[2])
        if not speech.pieces:  # the words stand in the next block
            speech = replace(speech, spaced=before.text)
        speech = replace(speech, marks=block.marks, is_indented=True)
        named = replace(speech, label=before.pieces, shape=block.shape)
        return Item(named, "body", label=label[0], role=label[1])
    is_report = marks.read_dateline(block.text) is not None
    if not is_report and _is_short_line(text):
        return Item(block, "heading")
    return Item(block, "body", is_report=is_report)


def _is_short_line(text: str) -> bool:
    """Whether an unmarked block has the form of a heading."""
    longest = _LONGEST_TITLE if is_two_halves(text) else _LONGEST_HEADING
    if not _SHORTEST_HEADING <= len(text) <= 2 * longest or width(text) > longest:
        return False
    if is_job(text):
        return False
    if is_closed(text) and (text[-1] not in '？！?!” "' or width(text) > _LONGEST_HEADING / 2):
        return False
    if text[0] in "，。、；：,;:)）”" or text[-1] in "，、：,:;；" or not is_balanced(text):
        return False
    if text.endswith(_NO_END) or any(mark in text for mark in "；;"):
        return False
    return "。" not in text and sum(text.count(comma) for comma in ",，") <= 2


def _whole_captions(page: Page, items: Sequence[Item]) -> list[Item]:
    """Join a photographer's line with the caption printed on the lines right above it."""
    whole: list[Item] = []
    for item in items:
        parts = [item.block]
        if (
            item.reason == "caption"
            and marks.ends_caption(item.text[-_PHOTO_LINE:])
            and (len(item.text) <= _PHOTO_LINE)
        ):
            while whole and _is_above(whole[-1], parts[0]) and len(whole[-1].text) <= _PHOTO_LINE:
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
        and len(item.text) <= _LONGEST_CAPTION
    )


def _with_neighbours(items: Sequence[Item]) -> Iterator[Item]:
    """Correct what only the neighbours show."""
    sections = _bracketed_sections(items)
    run = 0
    pending: Item | None = None  # a label on a line of its own
    before: Item | None = None
    for number, item in enumerate(items):
        after = items[number + 1] if number + 1 < len(items) else None
        if _heads_an_article(items, number):
            item = replace(item, kind="heading")
        elif _is_first_line(items, number):
            item = replace(item, kind="body")
        elif item.is_marked and _is_above_title(item, after):
            item = replace(
                item, kind="left out", reason="column name" if holds_word(item.text) else "garbage"
            )
        elif number in sections:
            item = replace(item, kind="heading", reason=None)
        is_line = item.kind == "heading" and not item.is_marked
        may_name = is_line or (item.kind == "heading" and item.block.level == _BOLD_LEVEL)
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


def _is_first_line(items: Sequence[Item], number: int) -> bool:
    """Whether a short line is but the start of a paragraph: a word goes on in the next part.

    That part stands on the next line, or behind what the layout put between.
    """
    item, after = items[number], nearest(items, number, 1)
    if item.kind != "heading" or item.is_marked or after is None or after.kind != "body":
        return False
    is_next = after.block.lines[0] == item.block.lines[1] + 1
    return (is_next or items[number + 1] is not after) and (
        after.label is None and is_word_across(item.text[-12:], after.text[:12])
    )


def _is_above_title(item: Item, after: Item | None) -> bool:
    """Whether a few words stand right above a title, as a column's name or what is left of it."""
    if after is None or len(item.text) > _LONGEST_COLUMN or not after.is_marked:
        return False
    return after.kind == "heading" and item.block.level > after.block.level


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


def nearest(items: Sequence[Item], number: int, step: Literal[-1, 1]) -> Item | None:
    """Return the next item in one direction that belongs to an article and not to the page."""
    number += step
    while 0 <= number < len(items) and items[number].kind == "left out":
        number += step
    return items[number] if 0 <= number < len(items) else None


def _heads_an_article(items: Sequence[Item], number: int) -> bool:
    """Whether a block that does not look like a heading stands where only a title can.

    That is between a finished sentence and a byline or a dateline (本报讯…), in at most three
    lines of which none ends a sentence.
    """
    for item in items[number : number + _TITLE_LINES]:
        is_plain = item.kind == "body" and item.label is None and not item.is_report
        if not (is_plain or item.kind == "heading") or is_closed(item.text):
            return False
        if width(item.text) > _LONGEST_TITLE or "。" in item.text:
            return False
        number += 1
        following = items[number] if number < len(items) else None
        if following and (following.is_report or following.kind == "byline"):
            break
    else:
        return False
    start = number - 1
    while (
        start >= 0 and items[start].kind in ("body", "heading") and not is_closed(items[start].text)
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
    compact = "".join(text.split())
    if is_name(compact) or (is_name(text) and text.isascii()):
        return not ends_in_post(compact)
    if len(text.split()) > 1 and read_names(text, is_marked=False):
        return True
    people = read_cast(text, known=())
    return len(people) == 1 and people[0].role is not None and ends_in_post(people[0].role)
