"""Items -> drafts: where one article ends and the next begins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qa_bot.pages.classify import Item
from qa_bot.pages.lines import is_closed
from qa_bot.pages.marks import is_ending, is_numbered

_SHORTEST_TITLE = 8  # characters of one that only its form tells from a section


@dataclass(slots=True)
class Draft:
    """An article while it is put together.

    Attributes:
        titles: Lines of the title.
        head: Bylines above the body.
        tail: Bylines below it; they may belong to another article.
        body: Paragraphs and section headings, in order.
        others: Everything else that stands among them: casts, notes, captions, footers.
        loose: Headings that nothing follows.
    """

    titles: list[Item] = field(default_factory=list)
    head: list[Item] = field(default_factory=list)
    tail: list[Item] = field(default_factory=list)
    body: list[Item] = field(default_factory=list)
    others: list[Item] = field(default_factory=list)
    loose: list[Item] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        """Whether it has a paragraph."""
        return any(item.kind == "body" for item in self.body)


def split_articles(items: Sequence[Item]) -> list[Draft]:
    """Group the items of a page into articles.

    An article opens with its title; or, where the title is lost or stands elsewhere, after an
    author's footnote, or with 本报讯.

    Args:
        items: The healed items of the page, in order.

    Returns:
        The drafts, in order, each with at least one paragraph; where the page has none at all,
        one draft that holds everything.
    """
    titles = _find_titles(items)
    drafts = [Draft()]
    waiting: list[Item] = []  # a column's name above the title it belongs to
    is_over = False
    for number, item in enumerate(items):
        draft = drafts[-1]
        is_title = number in titles
        if (is_title and (draft.body or is_over) and not _goes_on(items, number, titles)) or (
            item.kind == "body"
            and ((is_over and draft.has_text) or (item.is_report and draft.has_text))
        ):
            draft = Draft()
            drafts.append(draft)
            is_over = False
        if item.reason == "column name" and draft.has_text:
            waiting.append(item)
            continue
        if item.kind in ("body", "heading"):
            draft.others += waiting
            waiting = []
        if is_title:
            draft.titles.append(item)
        elif item.kind in ("body", "heading"):
            draft.body.append(item)
            is_over = is_over or (item.kind == "body" and is_ending(item.text))
        elif item.kind == "byline":
            (draft.tail if draft.has_text else draft.head).append(item)
        else:
            draft.others.append(item)
            is_over = is_over or (item.kind == "note" and draft.has_text)
    drafts[-1].others += waiting
    return _with_text(drafts)


def _with_text(drafts: Sequence[Draft]) -> list[Draft]:
    """Merge what has no paragraph into its neighbour, and set loose headings apart."""
    whole: list[Draft] = []
    ahead: list[Draft] = []
    for draft in drafts:
        if not draft.has_text:
            if whole:
                _absorb(whole[-1], draft)
            else:
                ahead.append(draft)
            continue
        for early in ahead:
            draft.others += early.others
            draft.head = early.head + draft.head
            draft.loose += early.titles + early.body
        ahead = []
        whole.append(draft)
    if not whole:
        whole = [Draft()]
        for draft in ahead:
            _absorb(whole[0], draft)
    for draft in whole:
        while draft.body and draft.body[-1].kind == "heading":
            draft.loose.insert(0, draft.body.pop())
    return whole


def _absorb(draft: Draft, empty: Draft) -> None:
    draft.others += empty.others
    draft.tail += empty.head + empty.tail
    draft.loose += empty.titles + empty.body


def _find_titles(items: Sequence[Item]) -> set[int]:
    """Find the headings that open articles; the lines of one title are all in it."""
    levels = {item.block.level for item in items if item.kind == "heading" and item.is_marked}
    top = min(levels, default=0)
    titles: set[int] = set()
    headings = [item for item in items if item.kind == "heading"]
    # One level of marks tells titles from sections too, if the sections have another form.
    has_levels = len(levels) > 1 or (
        bool(levels)
        and headings[0].is_marked
        and any(not item.is_marked for item in items if item.kind == "heading" or _is_column(item))
    )
    has_title = has_text = is_over = is_whole = is_title_marked = False
    for number, item in enumerate(items):
        if item.kind == "heading" and number not in titles:
            starts = is_over or not (has_text or has_title)
            group = list(_title_lines(items, number, top=top))
            # Where sections carry marks, a plain line between whole paragraphs is no section.
            is_plain = not (item.is_marked or is_title_marked) and len(item.text) >= _SHORTEST_TITLE
            if levels and is_plain and has_title and has_text and is_whole:
                starts = True
            if _is_title(items, group, starts=starts, top=top, has_levels=has_levels):
                is_title_marked = any(items[line].is_marked for line in group)
                titles.update(group)
                has_title, has_text, is_over = True, False, False
        elif item.kind == "body":
            has_title = has_title and not is_over
            has_text, is_over = True, is_ending(item.text)
            is_whole = is_closed(item.text)
        elif item.kind == "note" or (item.kind == "byline" and _signs_off(items, number)):
            is_over = has_text
    return titles


def _is_column(item: Item) -> bool:
    """Whether a line in brackets 【】 stands here, left out as a column's name."""
    return item.reason == "column name"


def _signs_off(items: Sequence[Item], number: int) -> bool:
    """Whether a byline ends the article above it: its last sentence is whole, a heading follows."""
    above = reversed(items[max(0, number - 6) : number])
    before = next((item for item in above if item.kind != "left out"), None)
    return (
        before is not None
        and before.kind == "body"
        and is_closed(before.text)
        and _kind_after(items, number) in ("heading", "")
    )


def _title_lines(items: Sequence[Item], number: int, *, top: int) -> Iterator[int]:
    """Yield the headings that may be lines of one title.

    They are neighbours of one form, a kicker above a marked title, or a subtitle below.
    """
    yield number
    first = items[number]
    for other in range(number + 1, min(len(items), number + 3)):
        item = items[other]
        if item.kind != "heading":
            return
        is_subtitle = item.text.startswith(("—", "–", "─", "--"))
        follows = _kind_after(items, other)
        same_form = item.block.level == first.block.level
        is_kicked = not first.is_marked and item.is_marked and item.block.level == top
        if not (is_subtitle or same_form or is_kicked or follows in ("byline", "cast", "report")):
            return
        yield other


def _is_title(
    items: Sequence[Item], group: Sequence[int], *, starts: bool, top: int, has_levels: bool
) -> bool:
    item = items[group[0]]
    if item.text[0] in "【〖":
        return False
    if is_numbered(item.text) and not starts:
        return False
    introduces = _kind_after(items, group[-1]) in ("byline", "cast", "report")
    if has_levels and any(items[line].block.level == top for line in group):
        return True
    if has_levels and item.is_marked and not starts:
        # A deeper heading is a section, unless somebody signs what follows.
        return introduces
    return starts or introduces


def _kind_after(items: Sequence[Item], number: int) -> str:
    """Return what follows a heading, past what belongs to the page."""
    for item in items[number + 1 : number + 6]:
        if item.kind == "left out" or item.kind == "credit":
            continue
        return "report" if item.is_report else item.kind
    return ""


def _goes_on(items: Sequence[Item], number: int, titles: set[int]) -> bool:
    """Whether a title line only goes on a title that has begun."""
    return number - 1 in titles and items[number - 1].kind == "heading"
