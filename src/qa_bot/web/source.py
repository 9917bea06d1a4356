"""Where words of an article stand -> the article, or the page it was imported from, to read.

A place is what an answer, or a link, says: article, start, end, and the words or their digest. It
is compared with the file at the moment; the words are never searched for elsewhere.
"""

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from qa_bot.answering.bot import QABot
from qa_bot.citation import cite, cite_quote, digest
from qa_bot.corpus import parse_article, read_indexed, read_inside
from qa_bot.errors import CorpusError
from qa_bot.index.page_lines import read_page
from qa_bot.markdown import is_web_address
from qa_bot.records import Article, Span
from qa_bot.web.calls import Call, Data, NoticeError
from qa_bot.web.live import LiveBot
from qa_bot.web.page_view import find_on_page, render_page
from qa_bot.web.reading import Body, Reading
from qa_bot.web.source_texts import SourceTexts, source_texts
from qa_bot.web.texts import Texts

_MAX_ID = 1_000  # characters
_MAX_QUOTE = 20_000  # characters; what is marked is sent at once
_MAX_ADDRESS = 2_000
_MAX_HIGHLIGHTS = 100
# A reader looks at the same article again: its page, what is copied of it, what comes after.
_parsed = lru_cache(maxsize=4)(parse_article)


@dataclass(frozen=True, slots=True)
class _Place:
    """What was asked for, compared with the file.

    Attributes:
        quoted: The words, if they stand there.
        notice: Why nothing is marked, for the reader; '' if nothing was to be marked.
    """

    article: Article
    number: int
    quoted: Span | None
    notice: str

    @property
    def link(self) -> str | None:
        """The part after # of the address that reopens the quote."""
        if self.quoted is None:
            return None
        start, end = self.quoted
        words = digest(self.article.text[start:end])
        return f"quote/{quote(self.article.id, safe='', errors='replace')}/{start}-{end}/{words}"


class Source:
    """The calls of the source view."""

    def __init__(self, live: LiveBot) -> None:
        self._live = live

    @property
    def calls(self) -> Sequence[Call]:
        """The functions that a script may call."""
        return (self.source, self.source_more, self.source_page, self.cite)

    def source(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Show `article`, and in it what stands from `start` to `end`, with its `highlights`.

        With the quote's `text` or its `digest`, it is marked only if that stands there.
        """
        words = source_texts(texts)
        with self._live.lease() as bot:
            place = _find(bot, data, words)
        article = place.article
        reading = Reading(article, quoted=place.quoted, highlights=_spans(data.get("highlights")))
        return {
            "id": article.id,
            "title": article.title,
            "frame": reading.frame(texts, words),
            "notice": place.notice,
            "link": place.link,
            "page": article.imported_from and article.imported_from.file,
            "version": article.sha256,
            **_body(reading.body()),
        }

    def source_more(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Show what stands `before` or `after` a part of `version` of an article."""
        words = source_texts(texts)
        with self._live.lease() as bot:
            place = _find(bot, data, words)
        if data.get("version") != place.article.sha256:
            raise NoticeError(words.changed_meanwhile)
        reading = Reading(
            place.article, quoted=place.quoted, highlights=_spans(data.get("highlights"))
        )
        before, after = _number(data.get("before")), _number(data.get("after"))
        return _body(reading.body(before=before, after=after))

    def source_page(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Show the page that an article was imported from: around the quote, or more of it."""
        words = source_texts(texts)
        with self._live.lease() as bot:
            place = _find(bot, data, words)
            origin = place.article.imported_from
            page = read_page(Path(bot.corpus), origin.file) if origin else None
            if origin is None or page is None:
                raise NoticeError(words.no_page)
            lines = place.quoted and find_on_page(
                place.article,
                place.quoted,
                bot.snapshot.store.passages_of(place.number).values(),
                page,
            )
        shown = render_page(
            page,
            origin,
            quoted=lines,
            before=_number(data.get("before")),
            after=_number(data.get("after")),
        )
        return {
            "html": shown.html,
            "left": shown.first,
            "right": shown.last,
            "is_first": shown.first <= 1,
            "is_last": shown.last >= shown.count,
            "notice": place.notice or (words.not_on_page if place.quoted and not lines else ""),
        }

    def cite(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return a quote's reference, Markdown and link, below `address`, that of the page."""
        with self._live.lease() as bot:
            place = _find(bot, data, source_texts(texts))
        if place.quoted is None:
            raise NoticeError(place.notice or source_texts(texts).bad_link)
        address = data.get("address")
        if not isinstance(address, str) or len(address) > _MAX_ADDRESS:
            address = ""
        link = f"{address}#{place.link}" if is_web_address(address) else None
        today = dt.datetime.now(tz=dt.UTC).astimezone().date()
        return {
            "citation": cite(place.article, accessed=today),
            "markdown": cite_quote(place.article, place.quoted, link=link),
            "link": link,
        }


def _find(bot: QABot, data: Data, words: SourceTexts) -> _Place:
    """Read the article of a place and look whether the words stand there.

    Raises:
        NoticeError: If the index has no such article, or its file cannot be read.
    """
    id_ = data.get("article")
    number = None
    if isinstance(id_, str) and len(id_) <= _MAX_ID and not _has_surrogate(id_):
        number = bot.snapshot.store.number(id_)
    if number is None:
        raise NoticeError(words.unknown_article)
    known = bot.snapshot.store.article(number)
    root = os.path.realpath(bot.corpus)
    content = read_indexed(root, known.id, known.sha256)
    is_stale = content is None
    try:
        content = read_inside(root, known.id) if is_stale else content
        if content is None:
            raise NoticeError(words.not_readable)
        article = _parsed(content, id=known.id, shown_as=known.id)
    except CorpusError as error:
        raise NoticeError(words.not_readable) from error
    if is_stale:
        return _Place(article, number, None, words.stale_article)
    if data.get("start") is None and data.get("end") is None:
        return _Place(article, number, None, "")
    quoted = _proven(article.text, data)
    return _Place(article, number, quoted, "" if quoted else words.changed_since)


def _proven(text: str, data: Data) -> Span | None:
    """Return the span that is asked for, if what it is said to hold stands there."""
    start, end = _number(data.get("start")), _number(data.get("end"))
    if start is None or end is None or not 0 <= start < end <= len(text):
        return None
    if end - start > _MAX_QUOTE:
        return None
    claimed, sign = data.get("text"), data.get("digest")
    found = text[start:end]
    if (claimed is not None and claimed != found) or (sign is not None and sign != digest(found)):
        return None
    return Span(start, end)


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _spans(value: Any) -> list[Span]:
    spans = []
    for entry in value[:_MAX_HIGHLIGHTS] if isinstance(value, list) else ():
        match entry:
            case {"start": int(start), "end": int(end)}:
                spans.append(Span(start, end))
    return spans


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _body(body: Body) -> dict[str, Any]:
    return {
        "html": body.html,
        "left": body.span.start,
        "right": body.span.end,
        "is_first": body.is_first,
        "is_last": body.is_last,
    }
