"""Items -> drafts: where one article ends and the next begins."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from qa_bot.pages.classify import Item, Kind, nearest
from qa_bot.pages.lines import is_closed
from qa_bot.pages.marks import (
    ending_people,
    is_ending,
    is_numbered,
    note_names,
    read_dateline,
    turns_back,
    turns_on,
)
from qa_bot.pages.topics import Topics, share_of_pairs

# What speaks for a heading being a title, in points.
_OPENS = 3.0  # nobody's article is open above it; or who wrote the article stands below it
_FORM = 3.0  # it is marked as the titles of the page are, and its sections are not
_ENOUGH = 3.0
_INTRODUCTION = 2  # paragraphs that may stand above the byline of their article
_SAME_TOPIC = 0.3  # cohesion from which two stretches are of one article
_AROUND = 6  # items above and below a heading that show what it is about


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
    def length(self) -> int:
        """How many paragraphs it has."""
        return sum(item.kind == "body" for item in self.body)

    @property
    def has_text(self) -> bool:
        """Whether it has a paragraph."""
        return any(item.kind == "body" for item in self.body)


def is_signed(draft: Draft) -> bool:
    """Whether somebody is known to have written it."""
    if draft.head or any(item.kind == "cast" and item.is_host for item in draft.others):
        return True
    return any(item.kind != "byline" and _signature(item) for item in (*draft.others, *draft.body))


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
    topics = Topics([item.text for item in items if item.kind == "body"])
    drafts = [Draft()]
    draft = drafts[0]
    waiting: list[Item] = []  # what stands above the title it belongs to
    is_over = False
    turned: Draft | None = None  # goes on elsewhere, perhaps on this page
    for number, item in enumerate(items):
        is_title = number in titles
        is_new = item.kind == "body" and draft.has_text and (is_over or item.is_report)
        if is_title and (draft.body or is_over) and not _goes_on(items, number, titles):
            is_new = not _is_displaced(draft, items, number)
        if item.kind == "left out" and turned and turns_back(item.text):
            draft, turned, is_over = turned, None, False
            is_new = False
        if (
            item.kind == "byline"
            and draft.has_text
            and _follows(items, number, "body")
            and (is_over or _changes_topic(items, number, topics))
        ):
            # It heads the article below, or ends the one above.
            is_new = is_signed(draft) or (is_over and bool(draft.titles))
            is_over = is_over or draft.length > _INTRODUCTION
        if is_new:
            draft = Draft()
            drafts.append(draft)
            is_over = False
        if draft.has_text and (
            item.reason == "column name"
            or (
                item.kind == "byline"
                and is_over
                and _follows(items, number, "heading")
                and _heads(items, number)
            )
        ):
            waiting.append(item)
            continue
        if item.kind in ("body", "heading"):
            for early in waiting:
                (draft.head if early.kind == "byline" else draft.others).append(early)
            waiting = []
        if is_title:
            draft.titles.append(item)
        elif item.kind in ("body", "heading"):
            draft.body.append(item)
            is_over = is_over or (item.kind == "body" and is_ending(item.text))
        elif item.kind == "byline":
            is_own = not draft.has_text and (draft.titles or _heads(items, number))
            (draft.head if is_own else draft.tail).append(item)
        else:
            draft.others.append(item)
            if draft.has_text and item.kind == "left out" and turns_on(item.text):
                turned, is_over = draft, True
            is_over = is_over or (item.kind == "note" and draft.has_text)
    for early in waiting:
        (draft.tail if early.kind == "byline" else draft.others).append(early)
    return _with_text(drafts)


def _is_displaced(draft: Draft, items: Sequence[Item], number: int) -> bool:
    """Whether a marked title was printed in the middle of its own article.

    Somebody signs that article, it has no title above, and nobody signs below this one.
    """
    following = (item for item in items[number : number + _AROUND] if item.kind != "heading")
    return (
        draft.has_text
        and not draft.titles
        and bool(draft.head)
        and items[number].is_marked
        and next((item.kind == "body" for item in following), False)
    )


def _changes_topic(items: Sequence[Item], number: int, topics: Topics) -> bool:
    """Whether the paragraphs below an item tell of something else than those above."""
    above, below = (
        [item.text for item in items[start:end] if item.kind == "body"]
        for start, end in ((max(0, number - _AROUND), number), (number + 1, number + 1 + _AROUND))
    )
    return topics.cohesion(above[-4:], below[:2]) < _SAME_TOPIC


def _heads(items: Sequence[Item], number: int) -> bool:
    """Whether a byline stands above the title of its article: that has none of its own."""
    following = items[number + 1 : number + 1 + _AROUND]
    kinds = [item.kind for item in following if item.kind not in ("left out", "credit")]
    return kinds[:1] != ["heading"] or next((k for k in kinds if k != "heading"), "") != "byline"


def _follows(items: Sequence[Item], number: int, kind: Kind) -> bool:
    """Whether an item of this kind comes next, past what belongs to the page."""
    after = nearest(items, number, 1)
    return after is not None and after.kind == kind


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


@dataclass(frozen=True, slots=True)
class _Group:
    """Headings that stand together, as the lines of one title do.

    Attributes:
        lines: Their numbers among the items.
        starts: Whether no article is open above them.
        introduces: Whether a byline, a cast line or a dateline follows.
        form: How they are marked; titles of one page look alike, and so do its sections.
    """

    lines: tuple[int, ...]
    starts: bool
    introduces: bool
    form: str


def _find_titles(items: Sequence[Item]) -> set[int]:
    """Find the headings that open articles; the lines of one title are all in it."""
    groups = _groups(items)
    title_forms = {group.form for group in groups if group.introduces or group.starts}
    counts = Counter(group.form for group in groups)
    other_forms = counts.keys() - title_forms
    titles: set[int] = set()
    for group in groups:
        score = _evidence(items, group)
        is_alone = counts[group.form] == 1 and group.form < max(counts) and _is_aside(items, group)
        if group.form in title_forms or is_alone:
            score += _FORM if other_forms else 0
        else:
            score -= _FORM
        if score >= _ENOUGH:
            titles.update(group.lines)
    return titles | _between_signatures(items, groups, titles)


def _between_signatures(
    items: Sequence[Item], groups: Sequence[_Group], titles: Set[int]
) -> set[int]:
    """Find the headings that must be titles, since other people sign below them than above.

    Nobody signs one article twice: of the headings between, it is the one that tells most of what
    follows and least of what stands before.
    """
    found: set[int] = set()
    above: frozenset[str] = frozenset()
    between: list[_Group] = []
    has_text = False  # since who signs above
    starts = {group.lines[0]: group for group in groups}
    for number, item in enumerate(items):
        if (number in titles and number - 1 not in titles) or (
            item.kind == "left out" and turns_on(item.text)
        ):
            above, between, has_text = frozenset(), [], False
        group = starts.get(number)
        has_text = has_text or item.kind == "body"
        if group and has_text and _evidence(items, group) >= 0:
            between.append(group)
        names = _signature(item)
        if not names:
            above = frozenset() if item.kind == "note" else above
            continue
        candidates = [
            group for group in between if _has_text(items, range(group.lines[-1] + 1, number + 1))
        ]
        if above and not names & above and candidates:
            title = max(candidates, key=lambda group: _foretells(items, group))
            found.update(title.lines)
        above, between, has_text = names, [], item.kind != "byline"
    return found


def _has_text(items: Sequence[Item], numbers: Iterable[int]) -> bool:
    return any(items[number].kind == "body" for number in numbers)


def _signature(item: Item) -> frozenset[str]:
    """Return who signs an article here: in a byline, a dateline, a footnote, or at its end."""
    if item.kind == "byline":
        people = item.people
    elif item.kind == "note":
        return frozenset(note_names(item.text))
    elif item.kind == "body":
        report = read_dateline(item.text) if item.is_report else None
        ending = ending_people(item.text)
        people = (report[1] if report else ()) + (ending[1] if ending else ())
    else:
        people = ()
    return frozenset(person.name for person in people)


def _foretells(items: Sequence[Item], group: _Group) -> float:
    """Return how much more of a heading's wording stands below it than above, in [-1, 1]."""
    words = "".join(items[line].text for line in group.lines)
    above, below = (
        "".join(item.text for item in part if item.kind == "body")
        for part in (
            items[max(0, group.lines[0] - _AROUND) : group.lines[0]],
            items[group.lines[-1] + 1 : group.lines[-1] + 1 + _AROUND],
        )
    )
    return share_of_pairs(words, below) - share_of_pairs(words, above)


def _groups(items: Sequence[Item]) -> list[_Group]:
    groups: list[_Group] = []
    levels = {item.block.level for item in items if item.kind == "heading" and item.is_marked}
    top = min(levels, default=0)
    taken: set[int] = set()
    has_title = has_text = is_over = False
    for number, item in enumerate(items):
        if item.kind == "heading" and number not in taken:
            lines = tuple(_title_lines(items, number, top=top))
            taken.update(lines)
            starts = is_over or not (has_text or has_title)
            introduces = _kind_after(items, lines[-1]) in ("byline", "cast", "report")
            marked = min((items[line] for line in lines), key=lambda one: -one.block.level)
            groups.append(_Group(lines, starts, introduces, _form(marked)))
            if starts or introduces:
                has_title, has_text, is_over = True, False, False
        elif item.kind == "body":
            has_text, is_over = True, is_ending(item.text)
        elif (
            item.kind == "note"
            or (item.kind == "left out" and turns_on(item.text))
            or (item.kind == "byline" and _signs_off(items, number))
        ):
            is_over = has_text
    return groups


def _form(item: Item) -> str:
    if item.text[0] in "【〖":
        return "bracketed"
    if is_numbered(item.text):
        return "numbered"
    return f"level {item.block.level}"


def _evidence(items: Sequence[Item], group: _Group) -> float:
    """Return how much speaks for a title; negative: for a section."""
    score = 0.0
    score += _OPENS if group.starts else 0
    score += _OPENS if group.introduces else 0
    score -= _OPENS if group.form in ("bracketed", "numbered") else 0
    score -= _OPENS if _is_inside_talk(items, group) else 0
    score += _OPENS if _ends_talk(items, group) or _is_below_column(items, group) else 0
    return score


def _is_inside_talk(items: Sequence[Item], group: _Group) -> bool:
    """Whether speakers talk right above and right below: an interview's section."""
    above = nearest(items, group.lines[0], -1)
    below = nearest(items, group.lines[-1], 1)
    if above is None or below is None or above.kind != "body" or below.kind != "body":
        return False
    # Below a cut sentence a heading stands before the rest of a speech.
    return above.label is not None and (below.label is not None or not is_closed(above.text))


def _is_aside(items: Sequence[Item], group: _Group) -> bool:
    """Whether a marked heading stands below a whole paragraph that nobody speaks."""
    above = nearest(items, group.lines[0], -1)
    is_marked = group.form.startswith("level") and items[group.lines[0]].is_marked
    return is_marked and above is not None and above.label is None and is_closed(above.text)


def _ends_talk(items: Sequence[Item], group: _Group) -> bool:
    """Whether speakers talk above and nobody does below: an interview's section opens with one."""
    above = nearest(items, group.lines[0], -1)
    below = [
        item for item in items[group.lines[-1] + 1 : group.lines[-1] + 4] if item.kind == "body"
    ]
    return (
        above is not None
        and above.label is not None
        and is_closed(above.text)
        and len(below) > 1
        and all(item.label is None for item in below)
    )


def _is_below_column(items: Sequence[Item], group: _Group) -> bool:
    """Whether the name of a column stands right above: a new article opens there."""
    number = group.lines[0] - 1
    return number >= 0 and items[number].reason == "column name"


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
