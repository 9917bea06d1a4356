"""The data that flows through qa-bot, from an article file to an answer: plain and frozen.

Read top to bottom, this is the life of an answer: a file becomes an `Article`, its text is cut
into `Passage`s of `Sentence`s, a question becomes a `Query`, the index returns passages,
sentences of them become `Quote`s, and quotes make an `Answer`.

Offsets are indices of code points into the text of the article's file (its bytes decoded as UTF-8,
line ends as they are), `start` inclusive, `end` exclusive. Lines count from 1.
"""

import datetime as dt
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote an article or speaks in it; `role` is the post as printed."""

    name: str
    role: str | None = None


class Span(NamedTuple):  # made by the hundred: a dataclass takes four times as long
    """A stretch of an article's text: `text[start:end]`."""

    start: int
    end: int

    @classmethod
    def stripped(cls, text: str, start: int, end: int) -> "Span":
        """Return the span without white space at its ends."""
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        return cls(start, end)


@dataclass(frozen=True, slots=True)
class ImportedFrom:
    """The page that an article was read from: file (inside the corpus folder) and its lines."""

    file: str
    line_start: int
    line_end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article's body, without its speaker label.

    Attributes:
        span: Where it stands; a label such as `**Li Wei:**` lies before `span.start`.
        section: Text of the heading above it, if any.
        speaker: Name of the person who says it, if anybody.
    """

    span: Span
    section: str | None
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A piece of front matter that can be quoted: a byline, a caption, an author's footnote.

    Attributes:
        key: The front matter field it stands in, such as `credits` or `date`.
        span: Where it stands in the file, without YAML's quotation marks.
    """

    key: str
    span: Span


@dataclass(frozen=True, slots=True)
class Article:
    """One article file as read.

    Attributes:
        id: Place in the corpus folder with `/`, such as `2025/interview.md`; unique.
        text: The whole file, front matter included; what all offsets point into.
        sha256: Hex digest of the file's bytes.
        facts: Quotable pieces of the front matter, in file order.
        paragraphs: The body, in file order; they never overlap.
    """

    id: str
    text: str
    sha256: str
    title: str
    authors: tuple[Person, ...] = ()
    source: str | None = None
    section: str | None = None
    date: dt.date | None = None
    url: str | None = None
    kind: str | None = None
    speakers: tuple[Person, ...] = ()
    imported_from: ImportedFrom | None = None
    facts: tuple[Fact, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()


# Where and when an article appeared. Its words say too little to be found by ('2025-11-28').
IMPRINT = frozenset({"source", "section", "date"})
METADATA_PARAGRAPH = -1  # the paragraph number of what stands in the front matter


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage; `paragraph` counts the article's paragraphs from 0."""

    span: Span
    paragraph: int


@dataclass(frozen=True, slots=True)
class Passage:
    """What is indexed and retrieved: neighbouring sentences of one section and one speaker.

    Attributes:
        text: `article.text[span.start:span.end]`.
        context: Words that help to find the passage but do not stand in it, the article's title
            first; indexed with it, never quoted.
        is_metadata: Whether it is the article's front matter.
    """

    span: Span
    text: str
    section: str | None
    speaker: str | None
    sentences: tuple[Sentence, ...]
    context: str = ""
    is_metadata: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles, and whose words, may answer: any of a field's values, in all of the fields.

    Attributes:
        authors: Names of authors.
        speakers: Names of those whose words alone are quoted.
        sources: Papers or sites.
        articles: Ids or titles.
        since: First date; an article without a date is outside of a range.
        until: Last date.
    """

    authors: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self != EVERYTHING

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that leave something out, ready for `json.dumps`."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {
            name: list(value) if isinstance(value, tuple) else value.isoformat()
            for name, value in values
            if value
        }


EVERYTHING = Scope()

# What a question may ask of an article itself; a post and a unit are somebody's: of the other one
# that is asked for (the author's), or of the people that the question names.
METADATA = frozenset(
    {
        *("author", "host", "guest", "reporter", "editor", "photographer"),
        *("post", "unit", "email", "source", "section", "date"),
    }
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood.

    Attributes:
        question: What was typed.
        understood_as: The question with what the conversation adds; equals `question` when
            nothing was added.
        weights: Terms to look for (see `index.terms`), each with its weight in (0, 1].
        core: Those of the terms that an answer should cover: none across two words. Empty if the
            question has no word of its own (`is_open`; 'who is the author?').
        synonyms: Words of the question, each with others that say the same.
        context: The question before, with what those before it add, if this one follows it up.
        speakers: Names whose words alone are asked for; empty: anybody's.
        part: Whose words are asked for if only their part in the article is named: `host`,
            `guest` or `author`.
        people: Names known to the corpus that the question says, asked for a view or not.
        metadata: What is asked of an article itself, of `METADATA`; empty: nothing. `core` then
            holds what says which article; if that is empty, it is the one of the conversation.
        scope: The articles that the question names, if it surely does.
        is_open: Whether a view is asked for without a topic: all that somebody has to say.
        more: How often more was asked for: what was quoted until then is not wanted again.
        is_list: Whether several points are asked for.
        is_comparison: Whether each speaker's own view is asked for, side by side.
        kind: Of thing that answers (`number`, `person`, ..., see `answering.answer_kinds`), if the
            words tell.
        focus: The noun that the asking word stands with: 家 of 多少家; '' if none.
    """

    question: str
    understood_as: str
    weights: dict[str, float]
    core: AbstractSet[str]
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    context: str = ""
    speakers: tuple[str, ...] = ()
    part: str | None = None
    people: tuple[str, ...] = ()
    metadata: frozenset[str] = frozenset()
    scope: Scope = EVERYTHING
    is_open: bool = False
    more: int = 0
    is_list: bool = False
    is_comparison: bool = False
    kind: str | None = None
    focus: str = ""


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """What an answer says of the article that a quote stands in.

    Attributes:
        path: The file: the corpus folder as it was given, joined with the article's id.
    """

    id: str
    path: str
    title: str
    authors: tuple[Person, ...]
    source: str | None
    date: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class PageRef:
    """Where a sentence stood on the page it was imported from."""

    file: str
    line_start: int
    line_end: int


@dataclass(frozen=True, slots=True)
class Reprint:
    """Where a quote or passage stands again: in another article with the same text.

    Attributes:
        is_verbatim: Whether the file's text at `span` is the very same; if not, it is set in
            other punctuation or spacing, or, of a passage, begins or ends elsewhere.
    """

    article: ArticleRef
    span: Span
    line_start: int
    line_end: int
    is_verbatim: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """Words of another article that give the same figure as a quote: `text` stands at `span`."""

    text: str
    article: ArticleRef
    span: Span
    line_start: int
    line_end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an article, proven: `text` is the file's text at `span`.

    Attributes:
        highlights: The answer inside the quote, as spans of the article's text.
        score: Of the best sentence in it; higher is better, within one question only.
        also_in: Reprints that hold it too, by date.
        agreeing: What other articles say with the same figure, if a figure was asked for.
    """

    text: str
    article: ArticleRef
    speaker: Person | None
    section: str | None
    span: Span
    line_start: int
    line_end: int
    page: PageRef | None
    highlights: tuple[Span, ...]
    score: float
    also_in: tuple[Reprint, ...] = ()
    agreeing: tuple[Agreement, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was found.

    Attributes:
        terms: Its best matched terms, each with its share of the BM25 score, in (0, 1].
        signals: By name, what was measured, and its part of the passage's score: the parts add up
            to it. A part of a signal that was below average is negative.
    """

    terms: tuple[tuple[str, float], ...]
    signals: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage as shown beside an answer, with its place, why it was found, and reprints."""

    text: str
    article: ArticleRef
    span: Span
    line_start: int
    line_end: int
    score: float
    why: Why | None = None
    also_in: tuple[Reprint, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got.

    Attributes:
        confidence: Calibrated probability in [0, 1] that the quotes answer the question.
        quotes: Empty exactly when `answered` is false.
        passages: The nearest passages, in rank order.
        stale: Paths of files that changed since the index was built; nothing of them is shown.
        timings_ms: Milliseconds for `retrieve`, `select` and in `total`.
        scope: What was looked at, if not everything: as asked for, and as the question says.
        is_comparison: Whether the quotes are a comparison's sides, one after the other.
    """

    question: str
    understood_as: str
    answered: bool
    confidence: float
    quotes: tuple[Quote, ...]
    passages: tuple[ShownPassage, ...]
    stale: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    scope: Scope | None = None
    is_comparison: bool = False

    def to_dict(self, *, id: object = None) -> dict[str, Any]:
        """Return the answer as plain data, ready for `json.dumps`.

        Args:
            id: The question's id, where a question set gave one; returned as it is.
        """
        from qa_bot.answer_json import write_answer  # which needs these records itself

        return write_answer(self, id=id)
