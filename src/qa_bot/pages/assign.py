"""Drafts -> drafts with their own titles and bylines, wherever these stood on the page."""

from collections.abc import Sequence
from dataclasses import replace

from qa_bot.pages.blocks import Block
from qa_bot.pages.borders import Draft, is_signed
from qa_bot.pages.items import Item
from qa_bot.pages.marks import is_numbered
from qa_bot.pages.records import Doubt
from qa_bot.pages.topics import share_of_pairs

# Share of a title's character pairs that its article uses too, if it stands elsewhere or inside.
_ENOUGH = 0.5
_ENOUGH_INSIDE = 0.1
_BLANK = 2  # lines from one line of a title to the next, a blank one between
_FARTHEST = 10  # articles between a stray byline and its own: a page holds no more


def assign_titles(drafts: Sequence[Draft]) -> list[Doubt]:
    """Give each draft without a title the heading that reads as its title.

    That is a line in its own body, or one that stands loose on the page, whose words the body
    uses. What is left of the loose headings stays loose.

    Returns:
        A doubt for each title found so.
    """
    doubts = []
    loose = [(other, item) for other in drafts for item in other.loose]
    for number, draft in enumerate(drafts, 1):
        if draft.titles:
            first = draft.titles[0].block
            if any(item.block.lines < first.lines for item in draft.body):
                doubts.append(_found(number, first, "inside its body", 0.8))
            continue
        inside = [item for item in draft.body if item.kind == "heading"]
        body = "".join(item.text for item in draft.body if item.kind == "body")
        ranked = [
            (share_of_pairs(item.text, body) + _form(item, inside), draft.body, item)
            for item in inside
        ]
        ranked += [
            (share_of_pairs(item.text, body), draft.others, item)
            for item in draft.others
            if item.is_between
        ]
        ranked += [(share_of_pairs(item.text, body), other.loose, item) for other, item in loose]
        # The first of equals: a title is printed above sections.
        score, home, title = max(ranked, key=lambda entry: entry[0], default=(0.0, [], None))
        is_inside = home is draft.body or home is draft.others
        if title is None or score < (_ENOUGH_INSIDE if is_inside else _ENOUGH):
            continue
        home.remove(title)
        loose = [entry for entry in loose if entry[1] is not title]
        lines = [title, *_lines_beside(title, home)]
        for line in lines[1:]:
            home.remove(line)
        draft.titles += [
            replace(line, kind="heading", reason=None)
            for line in sorted(lines, key=lambda line: line.block.lines)
        ]
        place = "inside its body" if is_inside else "away from it"
        doubts.append(_found(number, title.block, place, min(0.9, 0.4 + score / 3)))
    return doubts


def _lines_beside(title: Item, home: Sequence[Item]) -> list[Item]:
    """Return the other lines of a title: they stand right above and below, in its form."""
    lines = [title]
    for item in home:
        is_line = item.kind == "heading" or item.is_between
        top, bottom = lines[0].block.lines[0], lines[-1].block.lines[1]
        if item is title or not is_line or item.block.level != title.block.level:
            continue
        if 0 < item.block.lines[0] - bottom <= _BLANK:
            lines.append(item)
        elif 0 < top - item.block.lines[1] <= _BLANK:
            lines.insert(0, item)
    lines.remove(title)
    return lines


def _found(number: int, title: Block, place: str, confidence: float) -> Doubt:
    what = f"title of article {number} found {place}, line {title.lines[0]}"
    return Doubt(title.lines, what, confidence)


def _form(item: Item, headings: Sequence[Item]) -> float:
    """Return what a heading's form says: a title differs from the sections around it."""
    if is_numbered(item.text) or item.text.startswith(("—", "–")):
        return -1.0
    alike = sum(other.block.level == item.block.level for other in headings)
    return 0.3 if alike == 1 else -0.2


def assign_bylines(drafts: Sequence[Draft]) -> list[Doubt]:
    """Give each byline that stands below a body to the article that it signs.

    It signs the article above if nobody else does; else the next article that nobody signs.

    Returns:
        A doubt for each byline that signs another article than the one above it.
    """
    doubts = []
    for number, draft in enumerate(drafts):
        for byline in list(draft.tail):
            if not is_signed(draft):
                draft.head.append(byline)
                draft.tail.remove(byline)
                continue
            after = range(number + 1, min(len(drafts), number + 1 + _FARTHEST))
            before = range(number - 1, max(-1, number - 1 - _FARTHEST), -1)
            owner = next(
                (other for other in (*after, *before) if not is_signed(drafts[other])), None
            )
            if owner is None:
                draft.head.append(byline)
            else:
                drafts[owner].head.append(byline)
                names = ", ".join(person.name for person in byline.people)
                doubts.append(
                    Doubt(
                        byline.block.lines,
                        f"byline {names} stands away from article {owner + 1}, which it is "
                        "taken to sign",
                        0.75 if _has_note(drafts[owner]) else 0.6,
                    )
                )
            draft.tail.remove(byline)
    return doubts


def _has_note(draft: Draft) -> bool:
    return any(item.kind == "note" for item in draft.others)
