"""Items -> titles: which headings open an article, and which a section of one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from qa_bot.pages.items import Item, nearest
from qa_bot.pages.lines import is_closed
from qa_bot.pages.marks import is_numbered, turns_on
from qa_bot.pages.signatures import ending_people, is_ending, note_names, read_dateline
from qa_bot.pages.topics import Topics, share_of_pairs

# What speaks for a heading being a title, in points.
_OPENS = 3.0  # nobody's article is open above it; or who wrote the article stands below it
_FORM = 3.0  # it is marked as the titles of the page are, and its sections are not
_ENOUGH = 3.0
_CUSTOM = 2  # titles with a byline below, from which on that is the custom of a page
_TOP = "level 1"  # one # before it: of a title, unless every heading of the page has it
_SAME_TOPIC = 0.3  # cohesion from which two stretches are of one article
_AROUND = 6  # items above and below a heading that show what it is about


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


def find_titles(items: Sequence[Item], topics: Topics) -> set[int]:
    """Find the headings that open articles.

    Args:
        items: The items of a page, in order.
        topics: Of its paragraphs.

    Returns:
        Numbers of items; the lines of one title are all in it.
    """
    groups = _groups(items)
    title_forms = {group.form for group in groups if group.introduces or group.starts}
    counts = Counter(group.form for group in groups)
    other_forms = counts.keys() - title_forms
    # Where a byline stands below each title, a heading without one must tell of something else.
    signed = Counter(group.form for group in groups if group.introduces)
    titles: set[int] = set()
    for group in groups:
        score = _evidence(items, group)
        is_alone = (
            counts[group.form] == 1
            and any(group.form < form for form in other_forms if form.startswith("level"))
            and _is_aside(items, group)
        )
        if group.form in title_forms or is_alone:
            is_sure = other_forms and signed[group.form] < _CUSTOM
            is_told = is_sure or (
                (other_forms or group.form == _TOP)
                and changes_topic(items, group.lines[-1], topics)
            )
            score += _FORM if is_told else 0
        else:
            score -= _FORM
        if score >= _ENOUGH:
            titles.update(group.lines)
    return titles | _between_signatures(items, groups, titles)


def changes_topic(items: Sequence[Item], number: int, topics: Topics) -> bool:
    """Whether the paragraphs below an item tell of something else than those above."""
    above, below = (
        [item.text for item in items[start:end] if item.kind == "body"]
        for start, end in ((max(0, number - _AROUND), number), (number + 1, number + 1 + _AROUND))
    )
    # Where a sentence is cut, more must speak for it.
    least = _SAME_TOPIC if not above or is_closed(above[-1]) else _SAME_TOPIC / 2
    return topics.cohesion(above[-4:], below[:2]) < least


def heads_article(items: Sequence[Item], number: int) -> bool:
    """Whether a byline stands above the title of its article: that has none of its own."""
    following = items[number + 1 : number + 1 + _AROUND]
    kinds = [item.kind for item in following if item.kind not in ("left out", "credit")]
    return kinds[:1] != ["heading"] or next((k for k in kinds if k != "heading"), "") != "byline"


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
        is_stray = item.kind == "byline" and not heads_article(items, number)
        names = frozenset() if is_stray else signature(item)
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


def signature(item: Item) -> frozenset[str]:
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
