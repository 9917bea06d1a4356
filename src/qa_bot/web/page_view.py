"""The text of an imported page -> HTML of its lines, those of a quote marked."""

from collections.abc import Iterable
from dataclasses import dataclass

from qa_bot.index.page_lines import PageLines
from qa_bot.index.rows import StoredPassage
from qa_bot.records import Article, ImportedFrom, Span
from qa_bot.web.markup import element, language_of, safe

LINES = 80  # shown before and after what is looked at
_CHARACTERS = 20_000  # at most before, and after
_LINE = 4_000  # of one line; a file may have but one


@dataclass(frozen=True, slots=True)
class PageLinesShown:
    """Some lines of a page: HTML, the first and last line shown, and how many the page has."""

    html: str
    first: int
    last: int
    count: int


def find_on_page(
    article: Article, quoted: Span, passages: Iterable[StoredPassage], page: str
) -> tuple[int, int] | None:
    """Return the first and last line of the page that hold what is quoted; None if none does.

    The page is read anew and the whole article aligned with it, as when the index is built: lines
    that were true then may be wrong now.
    """
    origin = article.imported_from
    if origin is None:
        return None
    found = list(passages)
    is_metadata = any(
        passage.is_metadata and passage.span.start < quoted.end and quoted.start < passage.span.end
        for passage in found
    )
    spans = [
        sentence.span
        for passage in found
        if passage.is_metadata == is_metadata
        for sentence in passage.sentences
    ]
    lines = [
        place
        for span, place in zip(
            spans, PageLines(page, origin).align(article.text, spans), strict=True
        )
        if place and span.start < quoted.end and quoted.start < span.end
    ]
    if not lines:
        return None
    return min(first for first, _ in lines), max(last for _, last in lines)


def render_page(
    page: str,
    origin: ImportedFrom,
    *,
    quoted: tuple[int, int] | None,
    before: int | None = None,
    after: int | None = None,
) -> PageLinesShown:
    """Render the lines around the quote, or around the beginning of the article's part.

    Args:
        page: Its text.
        origin: The article's part of it; what stands outside of it is shown fainter.
        quoted: First and last line of the quote.
        before: Render the lines that end before this one instead.
        after: Or those that follow this one.
    """
    lines = page.split("\n")
    count = len(lines)
    top, bottom = quoted or (origin.line_start, origin.line_start)
    bottom = min(bottom, top + LINES)  # an article may claim any lines
    if before is not None:
        top, bottom = before, before - 1
        first, last = _reach(lines, top, -1), bottom
    elif after is not None:
        first, last = after + 1, _reach(lines, after, 1)
    else:
        first, last = _reach(lines, top, -1), _reach(lines, bottom, 1)
    first, last = max(first, 1), min(last, count)
    shown = (_line(number, lines[number - 1], origin, quoted) for number in range(first, last + 1))
    return PageLinesShown("".join(shown), first, last, count)


def _reach(lines: list[str], number: int, step: int) -> int:
    """Return how far from a line the lines fit that are shown beside it."""
    room, reached = _CHARACTERS, number
    for _ in range(LINES):
        following = reached + step
        if not 1 <= following <= len(lines):
            break
        room -= min(len(lines[following - 1]), _LINE)
        if room < 0 and reached != number:
            break
        reached = following
    return reached


def _line(number: int, text: str, origin: ImportedFrom, quoted: tuple[int, int] | None) -> str:
    text = text.strip("\r\f")
    shown = safe(text if len(text) <= _LINE else f"{text[:_LINE]}…")
    if quoted and quoted[0] <= number <= quoted[1] and text.strip():
        shown = element("mark", "qa-quoted", shown)
    is_inside = origin.line_start <= number <= origin.line_end
    return element(
        "p",
        "" if is_inside else "qa-outside",
        shown,
        data_lines=str(number),
        lang=language_of(text[:200]),
    )
