"""An article -> HTML to read it in: its frame, and its body with what is quoted marked.

The body's HTML holds every character of the file, in order: what is only Markdown's (`##`, the
stars of a speaker's name, line ends) is there, but hidden. So what is marked is what stands at the
offsets, nothing more or less, whatever the text is.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from qa_bot.corpus import match_heading
from qa_bot.front_matter import read_front_matter
from qa_bot.records import Article, Person, Span
from qa_bot.web.markup import element, language_of, link, safe
from qa_bot.web.source_texts import SourceTexts
from qa_bot.web.texts import Texts

WINDOW = 12_000  # characters shown before and after what is looked at: most articles whole
_LISTS = ("credits", "captions", "notes")  # front matter that is shown as it is printed

_Kind: TypeAlias = Literal["text", "label", "hidden"]
_TEXT: _Kind = "text"
_LABEL: _Kind = "label"


_EMPTY_LINES = re.compile(r"\s*\n")  # as many as there are


class _Run(NamedTuple):
    """Characters that are shown alike."""

    start: int
    end: int
    kind: _Kind


class _Block(NamedTuple):
    """A paragraph or heading with what stands before it."""

    tag: str
    runs: Sequence[_Run]

    @property
    def span(self) -> Span:
        return Span(self.runs[0].start, self.runs[-1].end)


@dataclass(frozen=True, slots=True)
class Body:
    """A part of an article's body: HTML of the text at `span`; is it the first, the last?"""

    html: str
    span: Span
    is_first: bool
    is_last: bool


class Reading:
    """An article that is shown, with what is quoted of it."""

    def __init__(
        self, article: Article, *, quoted: Span | None = None, highlights: Sequence[Span] = ()
    ) -> None:
        """Find the article's blocks.

        Args:
            article: That is shown.
            quoted: What is marked, if anything.
            highlights: The answer in it; marked more strongly.
        """
        self._article, self._quoted, self._highlights = article, quoted, sorted(highlights)
        _, _, self._start = read_front_matter(article.text, article.id)
        self._breaks = [match.start() for match in re.finditer("\n", article.text)]
        self._blocks = list(_blocks(article, self._start))

    def body(self, *, before: int | None = None, after: int | None = None) -> Body:
        """Render the part around what is quoted, or the beginning.

        Args:
            before: Render what ends here instead.
            after: Or what begins here.
        """
        left, right = self._start, len(self._article.text)
        centre = self._quoted or Span(left, left)
        window = Span(centre.start - WINDOW, centre.end + WINDOW)
        if before is not None:
            right = min(before, right)
            window = Span(right - WINDOW, right)
        elif after is not None:
            left = max(after, left)
            window = Span(left, left + WINDOW)
        parts: list[tuple[_Block, Span]] = []
        for block in self._blocks:
            start, end = block.span
            if start >= window.end or end <= window.start:
                continue
            if end - start > WINDOW:  # too long to be shown for one sentence of it
                start, end = max(start, window.start), min(end, window.end)
            start, end = max(start, left), min(end, right)
            if start < end:
                parts.append((block, Span(start, end)))
        if not parts:
            return Body("", Span(left, left), is_first=True, is_last=True)
        shown = Span(parts[0][1].start, parts[-1][1].end)
        return Body(
            "".join(self._block(block, span) for block, span in parts),
            shown,
            is_first=shown.start <= self._start,
            is_last=shown.end >= len(self._article.text),
        )

    def frame(self, texts: Texts, words: SourceTexts) -> str:
        """Render what stands above the body: title, people, imprint, and what was printed there."""
        article = self._article
        date = article.date.isoformat() if article.date else ""
        imprint = [
            safe(article.source or ""),
            safe(article.section or ""),
            element("time", "", safe(date), datetime=date) if date else "",
            safe(words.kinds.get(article.kind, article.kind) if article.kind else ""),
            link(article.url, safe(words.original)) if article.url else "",
        ]
        lists = [
            (words.speakers, [safe(_named(person, texts)) for person in article.speakers]),
            *((words.lists[key], self._facts(key)) for key in _LISTS),
        ]
        rows = [
            element("dt", "", safe(name)) + "".join(element("dd", "", item) for item in items)
            for name, items in lists
            if items
        ]
        authors = [element("span", "", safe(_named(person, texts))) for person in article.authors]
        return element(
            "header",
            "qa-frame",
            element("h2", "", safe(article.title), lang=language_of(article.title), tabindex="-1"),
            element("p", "qa-byline qa-parts", *authors) if authors else "",
            element(
                "p", "qa-imprint qa-parts", *(element("span", "", each) for each in imprint if each)
            ),
            element("dl", "", *rows) if rows else "",
            self._front_matter(words),
        )

    def _facts(self, key: str) -> list[str]:
        text = self._article.text
        return [
            element(
                "span",
                "",
                self._marked(*span) if self._is_in(span) else safe(text[span.start : span.end]),
                data_lines=self._lines(span),
                lang=language_of(text[span.start : span.end]),
            )
            for name, span in ((fact.key, fact.span) for fact in self._article.facts)
            if name == key
        ]

    def _is_in(self, span: Span) -> bool:
        """Whether what is quoted lies in the span, whole."""
        quoted = self._quoted
        return quoted is not None and span.start <= quoted.start and quoted.end <= span.end

    def _front_matter(self, words: SourceTexts) -> str:
        """Render the lines of the front matter that hold a quote which is not in a list above."""
        quoted, text = self._quoted, self._article.text
        if quoted is None or quoted.start >= self._start:
            return ""
        if any(fact.key in _LISTS and self._is_in(fact.span) for fact in self._article.facts):
            return ""
        start = text.rfind("\n", 0, quoted.start) + 1
        end = text.find("\n", quoted.end - 1, self._start)
        span = Span(start, self._start if end < 0 else max(end, quoted.end))
        heading = element("h3", "", safe(words.front_matter))
        lines = element("p", "", self._marked(*span), data_lines=self._lines(span))
        return element("section", "qa-front", heading, lines)

    def _block(self, block: _Block, span: Span) -> str:
        parts, shown = [], []
        for run in block.runs:
            start, end = max(run.start, span.start), min(run.end, span.end)
            if start >= end:
                continue
            marked = self._marked(start, end)
            if run.kind == "hidden":
                parts.append(f"<span hidden>{marked}</span>")
                continue
            shown.append(Span(start, end))
            parts.append(marked if run.kind == "text" else element("b", "qa-says", marked))
        if not shown:
            return f"<div hidden>{''.join(parts)}</div>"
        whole = Span(shown[0].start, shown[-1].end)
        return element(
            block.tag,
            "",
            *parts,
            data_lines=self._lines(whole),
            lang=language_of(self._article.text[whole.start : whole.end][:200]),
        )

    def _marked(self, start: int, end: int) -> str:
        """Return the text as HTML, what is quoted in `<mark>`, the answer in `<strong>`."""
        text, quoted = self._article.text, self._quoted
        if quoted is None or quoted.end <= start or end <= quoted.start:
            return safe(text[start:end])
        left, right = max(start, quoted.start), min(end, quoted.end)
        parts, done = [], left
        for span in self._highlights:
            first, last = max(done, span.start), min(right, span.end)
            if first < last:
                strong = element("strong", "", safe(text[first:last]))
                parts += [safe(text[done:first]), strong]
                done = last
        mark = element("mark", "qa-quoted", *parts, safe(text[done:right]))
        return safe(text[start:left]) + mark + safe(text[right:end])

    def _lines(self, span: Span) -> str:
        first = bisect_left(self._breaks, span.start) + 1
        last = bisect_left(self._breaks, span.end) + 1
        return f"{first}" if first == last else f"{first}–{last}"


def _blocks(article: Article, start: int) -> Iterator[_Block]:
    """Yield the body's paragraphs and headings; each begins where the one before ends."""
    position = start
    before: list[_Run] = []  # hidden characters, and names, that the next block begins with
    for paragraph in article.paragraphs:
        for tag, runs in _between(article, position, paragraph.span.start, paragraph.speaker):
            before = _joined(before, runs)
            if tag:
                yield _Block(tag, before)
                before = []
        yield _Block("p", [*before, _Run(*paragraph.span, "text")])
        before, position = [], paragraph.span.end
    for tag, runs in _between(article, position, len(article.text), None):
        before = _joined(before, runs)
        if tag:
            yield _Block(tag, before)
            before = []
    if before:
        yield _Block("p", before)


def _joined(before: list[_Run], runs: Iterator[_Run]) -> list[_Run]:
    """Add runs; of hidden ones that touch, one is made: there may be a million empty lines."""
    for run in runs:
        if before and before[-1].kind == run.kind == "hidden":
            before[-1] = _Run(before[-1].start, run.end, "hidden")
        elif run.start < run.end:
            before.append(run)
    return before


def _between(
    article: Article, start: int, end: int, speaker: str | None
) -> Iterator[tuple[str, Iterator[_Run]]]:
    """Yield each line before a paragraph: the tag of a heading, or ''; and its characters.

    What is no heading is empty, a thematic break, or the speaker's name.
    """
    text = article.text
    while start < end:
        empty = _EMPTY_LINES.match(text, start, end)
        line_end = text.find("\n", start, end)
        stop = empty.end() if empty else end if line_end < 0 else line_end + 1
        line = "" if empty else text[start:stop]
        heading = match_heading(line)
        tag, kind, first, length = "", _LABEL, stop, 0
        if heading and heading[2] and heading[2] != article.title:
            tag, kind = f"h{min(max(len(heading[1]), 2) + 1, 6)}", _TEXT
            first = start + len(line) - len(line.lstrip()) + heading.start(2)
            length = len(heading[2])
        elif speaker and speaker in line:
            first, length = start + line.index(speaker), len(speaker)
        shown = _Run(first, first + length, kind)
        yield tag, iter((_Run(start, first, "hidden"), shown, _Run(shown.end, stop, "hidden")))
        start = stop


def _named(person: Person, texts: Texts) -> str:
    if not person.role:
        return person.name
    return texts.person.format(name=person.name, role=person.role)
