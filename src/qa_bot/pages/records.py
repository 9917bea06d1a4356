"""What a page is read into: lines, paragraphs, articles, what was left out, and doubts."""

from dataclasses import dataclass
from typing import Any, Literal

from qa_bot.records import Person

Reason = Literal["caption", "header", "footer", "column name", "garbage"]
# A place in the result: field names and list positions, as in its JSON; () is for marks of form
# (#, **, ■, the colon of a speaker) that stand for structure and hold no words.
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PageLine:
    """A printed line.

    Attributes:
        number: From 1; lines end at a line feed.
        text: Without white space at its ends.
        start: Where `text` starts in the page's text.
        indent: Columns of white space before it.
    """

    number: int
    text: str
    start: int = 0
    indent: int = 0


@dataclass(frozen=True, slots=True)
class PageParagraph:
    """A paragraph of a body, whole again.

    Attributes:
        speaker: Who says it; None for narration.
        section: The heading above it.
        text: The page's characters; only white space at wraps is changed.
        page_lines: First and last line; other matter may stand between them.
        label: What is printed for the speaker, colon included; empty where nothing is.
    """

    speaker: str | None
    section: str | None
    text: str
    page_lines: tuple[int, int]
    label: str = ""


@dataclass(frozen=True, slots=True)
class PageArticle:
    """An article found on a page.

    Attributes:
        kind: `interview`, `opinion`, `news` or `explainer`, if its form says so.
        date: As `YYYY-MM-DD`.
        speakers: Host and guests of an interview.
        credits: Lines that say who made it or speaks in it, as printed.
        notes: Authors' footnotes and contact lines, as printed.
        page_lines: First and last line of what stands together; a stray byline may lie outside.
    """

    title: str
    authors: tuple[Person, ...]
    source: str | None
    section: str | None
    date: str | None
    kind: str | None
    speakers: tuple[Person, ...]
    credits: tuple[str, ...]
    captions: tuple[str, ...]
    notes: tuple[str, ...]
    paragraphs: tuple[PageParagraph, ...]
    page_lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text of the page that is in no body, and why."""

    page_lines: tuple[int, int]
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Doubt:
    """A decision that may be wrong; `confidence` in [0, 1] that it is right."""

    page_lines: tuple[int, int]
    what: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Trace:
    """Characters `start` to `end` of the page's text, and where in the result they stand now."""

    start: int
    end: int
    place: Place


@dataclass(frozen=True, slots=True)
class PageImport:
    """Everything that a page was read into.

    Attributes:
        traces: What became of the page's characters, place by place; see `unaccounted`.
    """

    file: str
    articles: tuple[PageArticle, ...]
    left_out: tuple[LeftOut, ...]
    doubts: tuple[Doubt, ...]
    traces: tuple[Trace, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for `json.dumps`, without the traces."""
        return {
            "file": self.file,
            "articles": [_article_dict(article) for article in self.articles],
            "left_out": [
                {"page_lines": list(item.page_lines), "text": item.text, "reason": item.reason}
                for item in self.left_out
            ],
            "doubts": [
                {
                    "page_lines": list(doubt.page_lines),
                    "what": doubt.what,
                    "confidence": round(doubt.confidence, 2),
                }
                for doubt in self.doubts
            ],
        }


def people_dicts(people: tuple[Person, ...]) -> list[dict[str, str | None]]:
    """Return people as plain data."""
    return [{"name": person.name, "role": person.role} for person in people]


def _article_dict(article: PageArticle) -> dict[str, Any]:
    return {
        "title": article.title,
        "authors": people_dicts(article.authors),
        "source": article.source,
        "section": article.section,
        "date": article.date,
        "kind": article.kind,
        "speakers": people_dicts(article.speakers),
        "credits": list(article.credits),
        "captions": list(article.captions),
        "notes": list(article.notes),
        "page_lines": list(article.page_lines),
        "paragraphs": [
            {
                "speaker": paragraph.speaker,
                "section": paragraph.section,
                "text": paragraph.text,
                "page_lines": list(paragraph.page_lines),
                "label": paragraph.label,
            }
            for paragraph in article.paragraphs
        ],
    }
