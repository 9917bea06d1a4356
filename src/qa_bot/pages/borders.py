"""Items -> drafts: where one article ends and the next begins."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from qa_bot.pages.items import Item, Kind, nearest
from qa_bot.pages.marks import turns_back, turns_on
from qa_bot.pages.signatures import is_ending
from qa_bot.pages.titles import changes_topic, find_titles, heads_article, signature
from qa_bot.pages.topics import Topics

_TALK = 12  # items, of which so many paragraphs at least must be without a speaker
_UNSPOKEN = 4
_INTRODUCTION = 2  # paragraphs that may stand above the byline of their article
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
        length: How many paragraphs the body has.
        has_talk: Whether somebody is named as speaking in it.
    """

    titles: list[Item] = field(default_factory=list)
    head: list[Item] = field(default_factory=list)
    tail: list[Item] = field(default_factory=list)
    body: list[Item] = field(default_factory=list)
    others: list[Item] = field(default_factory=list)
    loose: list[Item] = field(default_factory=list)
    length: int = 0
    has_talk: bool = False

    @property
    def has_text(self) -> bool:
        """Whether it has a paragraph."""
        return self.length > 0


def is_signed(draft: Draft) -> bool:
    """Whether somebody is known to have written it."""
    if draft.head or any(item.kind == "cast" and item.is_host for item in draft.others):
        return True
    return any(item.kind != "byline" and signature(item) for item in (*draft.others, *draft.body))


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
    topics = Topics([item.text for item in items if item.kind == "body"])
    titles = find_titles(items, topics)
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
        if item.kind == "body" and draft.has_talk and _ends_talk(items, number, titles, topics):
            is_new = True
        if item.kind == "left out" and turned and turns_back(item.text):
            draft, turned, is_over = turned, None, False
            is_new = False
        if (
            item.kind == "byline"
            and draft.has_text
            and _follows(items, number, "body")
            and (is_over or changes_topic(items, number, topics))
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
                and heads_article(items, number)
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
            draft.length += item.kind == "body"
            draft.has_talk = draft.has_talk or item.label is not None
            is_over = is_over or (item.kind == "body" and is_ending(item.text))
        elif item.kind == "byline":
            is_own = not draft.has_text and (draft.titles or heads_article(items, number))
            (draft.head if is_own else draft.tail).append(item)
        else:
            draft.others.append(item)
            if draft.has_text and item.kind == "left out" and turns_on(item.text):
                turned, is_over = draft, True
            is_over = is_over or (item.kind == "note" and draft.has_text)
    for early in waiting:
        (draft.tail if early.kind == "byline" else draft.others).append(early)
    return _with_text(drafts)


def _ends_talk(items: Sequence[Item], number: int, titles: Set[int], topics: Topics) -> bool:
    """Whether an article without a title above opens behind an interview.

    Nobody is named as speaking in the paragraphs up to the next title, and they tell of something
    else.
    """
    following: list[Item] = []
    for at in range(number, min(len(items), number + _TALK)):
        if at in titles:
            break
        following += [items[at]] if items[at].kind == "body" else []
    return (
        len(following) >= _UNSPOKEN
        and all(item.label is None for item in following)
        and changes_topic(items, number - 1, topics)
    )


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


def _goes_on(items: Sequence[Item], number: int, titles: set[int]) -> bool:
    """Whether a title line only goes on a title that has begun."""
    return number - 1 in titles and items[number - 1].kind == "heading"
