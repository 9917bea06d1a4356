"""Rows of a store, which anybody may have written -> articles, passages and sentences, checked.

A checksum tells a row from one in which a bit has flipped; of one that was forged with a checksum
that fits, types and offsets are checked, so that whatever is asked of it has an answer.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import NoneType
from typing import Any, NamedTuple

from qa_bot.corpus import MAX_FILE_BYTES
from qa_bot.index.folded import FoldedPassage, fold_passage
from qa_bot.index.store_writer import SENTENCE, checksum
from qa_bot.records import Person, Span

_TEXT = (str, NoneType)
_ARTICLE = (int, str, str, str, str, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, str, _TEXT)
_PASSAGE = (int, int, int, int, str, _TEXT, _TEXT, int, int, int, str, bytes)


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article's frame, without its text.

    Attributes:
        reprint_of: Number of the first article of its group of reprints; its own if it is alone.
    """

    number: int
    id: str
    sha256: str
    title: str
    authors: tuple[Person, ...]
    source: str | None
    section: str | None
    date: dt.date | None
    url: str | None
    kind: str | None
    speakers: tuple[Person, ...]
    page_file: str | None
    reprint_of: int


class StoredSentence(NamedTuple):
    """A sentence with its lines in the file and on the imported page; those 0 if not known."""

    span: Span
    paragraph: int
    line_start: int
    line_end: int
    page_line_start: int = 0
    page_line_end: int = 0


@dataclass(frozen=True)
class StoredPassage:
    """A passage with its place.

    Attributes:
        number: Of the passage.
        article: Number of its article.
        frame: What stands above it or is known of it: title, heading, kind of metadata.
    """

    number: int
    article: int
    frame: str
    span: Span
    text: str
    section: str | None
    speaker: str | None
    is_metadata: bool
    line_start: int
    line_end: int
    sentences: tuple[StoredSentence, ...]

    def text_of(self, span: Span) -> str:
        """Return the part of the passage at these offsets into the article."""
        return self.text[span.start - self.span.start : span.end - self.span.start]

    @cached_property
    def folded(self) -> FoldedPassage:
        """Its texts, folded; of a passage that is often found only once."""
        texts = [self.text_of(sentence.span) for sentence in self.sentences]
        return fold_passage(self.frame, self.text, texts)


def read_passage(checked: Sequence[Any]) -> StoredPassage:
    """Return a passage from its row with its checksum.

    Raises:
        ValueError, LookupError, struct.error: If the row is not what a build writes.
    """
    number, article, start, end, text, *rest = _proven(checked, _PASSAGE)
    section, speaker, is_metadata, first, last, frame, packed = rest
    if not 0 <= start <= end <= MAX_FILE_BYTES or len(text) != end - start:
        raise ValueError("a passage is not as long as its place")
    # All by name: `*others` takes half as long again, and there are hundreds of them.
    sentences = tuple(
        StoredSentence(Span(begins, ends), paragraph, line, last_line, page_line, last_page_line)
        for begins, ends, paragraph, line, last_line, page_line, last_page_line in (
            SENTENCE.iter_unpack(packed)
        )
    )
    at = start
    for sentence in sentences:
        if not at <= sentence.span.start < sentence.span.end <= end:
            raise ValueError("a sentence is not where it can be")
        at = sentence.span.end
    return StoredPassage(
        number=number,
        article=article,
        frame=frame,
        span=Span(start, end),
        text=text,
        section=section,
        speaker=speaker,
        is_metadata=bool(is_metadata),
        line_start=first,
        line_end=last,
        sentences=sentences,
    )


def read_article(row: Sequence[Any]) -> StoredArticle:
    """Return an article from its row.

    Raises:
        ValueError, TypeError, LookupError, RecursionError: If the row is not what a build writes.
    """
    *frame, reprint_of, _, _, expected = row
    number, id_, sha256, title, authors, source, section, date, *rest = _proven(
        (*frame, expected), _ARTICLE
    )
    url, kind, speakers, page = rest
    return StoredArticle(
        number=number,
        id=id_,
        sha256=sha256,
        title=title,
        authors=_people(authors),
        source=source,
        section=section,
        date=dt.date.fromisoformat(date) if date else None,
        url=url,
        kind=kind,
        speakers=_people(speakers),
        page_file=page,
        reprint_of=int(reprint_of),
    )


def all_are(kind: type, rows: Sequence[Sequence[object]]) -> bool:
    """Whether all values of some rows are of a type."""
    return all(isinstance(value, kind) for row in rows for value in row)


def _proven(row: Sequence[Any], types: Sequence[Any]) -> Sequence[Any]:
    """Return a row without its checksum, its last value, by which it is what was written."""
    *values, expected = row
    if checksum(values) != expected:
        raise ValueError("a row is damaged")
    if not all(map(isinstance, values, types)):
        raise ValueError("a row holds what its columns do not")
    return values


def _people(value: str) -> tuple[Person, ...]:
    if value == "[]":  # most articles: a third of the time that a hit's frame takes
        return ()
    pairs = json.loads(value)
    if not all(isinstance(name, str) and isinstance(role, _TEXT) for name, role in pairs):
        raise ValueError("people are named otherwise")
    return tuple(Person(name, role) for name, role in pairs)
