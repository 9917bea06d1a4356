"""Drafts -> the import: articles, what was left out, and what became of each character."""

import re
from collections.abc import Sequence

from qa_bot.pages import marks, signatures
from qa_bot.pages.blocks import Block, Page, Piece
from qa_bot.pages.borders import Draft
from qa_bot.pages.items import Item
from qa_bot.pages.lines import is_word_across
from qa_bot.pages.metadata import find_kind, find_people
from qa_bot.pages.names import read_alias
from qa_bot.pages.records import (
    Doubt,
    LeftOut,
    PageArticle,
    PageParagraph,
    Place,
    Reason,
    Trace,
)
from qa_bot.pages.speakers import ANSWERERS, QUESTIONERS, resolve
from qa_bot.records import Person

_NEAR = 4  # lines between an article and a byline that belongs to its place
_AFTER_TALK = re.compile(
    r"(?:采访|座谈|访谈|对话|专访|採訪|座談|訪談|對話)(?:快要?|即将|就要)?(?:结束|結束|尾声)|(?:告别|临别|离开)"
)
_TITLE_LENGTH = 30  # characters of a title that had to be taken from the body


class Composer:
    """Collects the parts of an import; each character of the page is put into one place."""

    def __init__(self, page: Page, *, source: str | None, date: str | None) -> None:
        self._page, self._source, self._date = page, source, date
        self.articles: list[PageArticle] = []
        self.left_out: list[LeftOut] = []
        self.doubts: list[Doubt] = []
        self.traces: list[Trace] = []

    def leave_out(self, block: Block, reason: Reason) -> None:
        """List a block that is in no article."""
        self._trace(block.marks, ())
        self._trace(block.pieces, ("left_out", len(self.left_out), "text"))
        text = block.text if reason == "caption" else block.spaced
        self.left_out.append(LeftOut(block.lines, text, reason))

    def leave_out_all(self, draft: Draft) -> None:
        """List the items of a page that has no paragraph at all."""
        items = [*draft.titles, *draft.head, *draft.body, *draft.others, *draft.tail, *draft.loose]
        for item in sorted(items, key=lambda item: item.block.lines):
            self.leave_out(item.block, item.reason or "garbage")

    def add(self, draft: Draft) -> None:
        """Make an article of a draft."""
        number = len(self.articles)
        authors, speakers, hosts = find_people(draft, is_space_wrapped=self._page.is_space_wrapped)
        for item in draft.loose:
            self.leave_out(item.block, "garbage")
            self.doubts.append(Doubt(item.block.lines, "heading that nothing follows", 0.5))
        credits_: list[str] = []
        notes: list[str] = []
        captions: list[str] = []
        section = None
        for item in sorted([*draft.others, *draft.head], key=lambda item: item.block.lines):
            text = self._printed(item)
            if item.reason is not None:
                self.leave_out(item.block, item.reason)
                if item.reason == "caption":
                    captions.append(text)
                elif item.reason == "footer" and not marks.is_turn(text):
                    (credits_ if marks.is_staff_line(text) else notes).append(text)
                elif item.reason == "column name" and section is None:
                    section = text.strip("【】〖〗［］[]『』 ")
                continue
            key, home = ("notes", notes) if item.kind == "note" else ("credits", credits_)
            self._trace(item.block.marks, ())
            self._trace(item.block.pieces, ("articles", number, key, len(home)))
            home.append(text)
        for item in draft.body:
            report = signatures.read_dateline(item.text) if item.is_report else None
            signed = signatures.ending_people(item.text)
            if report and report[1]:
                credits_.append(item.text[: report[0]])
            if signed:
                credits_.append(signed[0])
        title = self._title(draft, number)
        paragraphs = self._paragraphs(draft, number, speakers, hosts)
        kept = [*draft.titles, *draft.body, *(i for i in draft.others if i.kind != "left out")]
        lines = [line for item in kept for line in item.block.lines]
        near = range(min(lines) - _NEAR, max(lines) + _NEAR + 1)
        # A byline may stand elsewhere on the page.
        lines += [item.block.lines[0] for item in draft.head if item.block.lines[0] in near]
        self.articles.append(
            PageArticle(
                title=title,
                authors=authors,
                source=self._source,
                section=section,
                date=self._date,
                kind=find_kind(draft, speakers),
                speakers=speakers,
                credits=tuple(credits_),
                captions=tuple(captions),
                notes=tuple(notes),
                paragraphs=paragraphs,
                page_lines=(min(lines), max(lines)),
            )
        )

    def _printed(self, item: Item) -> str:
        """Return a line as printed, without the spaces that wraps left inside it.

        Those around a name stay: they part it from the post.
        """
        if not self._page.is_space_wrapped or item.kind == "byline" or item.reason == "footer":
            return item.block.spaced
        text = item.text
        for person in item.people if item.kind == "cast" else ():
            text = re.sub(rf"(?<=[^\s(（、:：]){re.escape(person.name)}", rf" {person.name}", text)
            text = re.sub(rf"{re.escape(person.name)}(?=\w)", f"{person.name} ", text)
        return text

    def _title(self, draft: Draft, number: int) -> str:
        for item in draft.titles:
            self._trace(item.block.marks, ())
            self._trace(item.block.pieces, ("articles", number, "title"))
        if draft.titles:
            return _join_title([item.block.spaced for item in draft.titles])
        opening = next(item for item in draft.body if item.kind == "body")
        self.doubts.append(
            Doubt(
                opening.block.lines,
                f"article {number + 1} has no title on the page; its first words stand for it",
                0.2,
            )
        )
        return opening.text[:_TITLE_LENGTH]

    def _paragraphs(
        self,
        draft: Draft,
        number: int,
        speakers: Sequence[Person],
        hosts: frozenset[str],
    ) -> tuple[PageParagraph, ...]:
        paragraphs: list[PageParagraph] = []
        section: str | None = None
        speaker: str | None = None
        sure = {*QUESTIONERS, *ANSWERERS, *(person.name for person in speakers)}
        heading: list[Item] = []
        last_label = max(
            (n for n, item in enumerate(draft.body) if item.label is not None), default=-1
        )
        for at, item in enumerate(draft.body):
            if item.kind == "heading":
                heading.append(item)
                continue
            place: Place = ("articles", number, "paragraphs", len(paragraphs))
            if heading and item.label is None and speaker and _is_answer(draft, item):
                self.doubts.append(
                    Doubt(
                        item.block.lines,
                        f"paragraph below a heading taken as words of {speaker}, who spoke before",
                        0.6,
                    )
                )
            elif heading:
                section = " ".join(part.block.spaced for part in heading)
                for part in heading:
                    self._trace(part.block.marks, ())
                    self._trace(part.block.pieces, (*place, "section"))
                heading, speaker = [], None
            label = "".join(
                self._page.text[piece.start : piece.end] for piece in item.block.label
            ).strip()
            if item.label is not None:
                speaker = resolve(item.label, speakers, hosts=hosts)
                if speaker not in sure and read_alias(speaker):
                    sure.add(speaker)  # said once is enough
                    what = f"it is not certain for whom {speaker} stands"
                    self.doubts.append(Doubt(item.block.lines, what, 0.3))
            elif speaker and _tells_of(item.text, speakers) and at > last_label:
                speaker = None
            self._trace(item.block.marks, ())
            self._trace(item.block.label, (*place, "label"))
            self._trace(item.block.pieces, (*place, "text"))
            paragraphs.append(PageParagraph(speaker, section, item.text, item.block.lines, label))
        return tuple(paragraphs)

    def _trace(self, pieces: Sequence[Piece], place: Place) -> None:
        self.traces += [Trace(piece.start, piece.end, place) for piece in pieces]


def _tells_of(text: str, speakers: Sequence[Person]) -> bool:
    """Whether a paragraph tells of the interview from outside: of its end, or of its people."""
    names = any(person.name in text for person in speakers)
    return _AFTER_TALK.match(text) is not None or (names and "我" not in text)


def _join_title(lines: Sequence[str]) -> str:
    """Join the lines of a title: with a space, but none inside a word."""
    title = lines[0]
    for line in lines[1:]:
        title += ("" if is_word_across(title[-12:], line[:12]) else " ") + line
    return title


def _is_answer(draft: Draft, item: Item) -> bool:
    """Whether an unlabelled paragraph below a heading is the rest of an answer.

    In an interview a section opens with a question: what stands before it belongs to the last
    answer, and the layout put the heading above it.
    """
    at = next(number for number, other in enumerate(draft.body) if other is item)
    for other in draft.body[at + 1 :]:
        if other.kind == "heading":
            return False
        if other.label is not None:
            return True
    return False
