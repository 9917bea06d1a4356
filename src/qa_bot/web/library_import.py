"""A file that a reader sent -> what the import makes of it; corrected -> files of the corpus."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from qa_bot.corpus import parse_article
from qa_bot.front_matter import correct_fields
from qa_bot.pages import (
    PageArticle,
    PageImport,
    Written,
    convert_page,
    write_articles,
)
from qa_bot.pages.apart import read_page_apart
from qa_bot.pages.article_file import add_article
from qa_bot.pages.decode import decode_text, is_article
from qa_bot.pages.records import people_dicts
from qa_bot.records import Article, Person
from qa_bot.web.calls import NoticeError
from qa_bot.web.library_doubts import in_words
from qa_bot.web.library_texts import LibraryTexts, library_texts
from qa_bot.web.markup import visible
from qa_bot.web.texts import Texts

KINDS = ("news", "opinion", "interview", "explainer")
_FIRST = 3  # paragraphs that are shown of an article
_EXCERPT = 200  # characters of each
_MOST_SHOWN = 200  # doubts, lines left out
_MOST_PEOPLE = 50
_MAX_LINE = 300  # characters of a corrected field
_FIELDS = ("title", "authors", "source", "date", "kind")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file, and what was read from it.

    Attributes:
        name: As the reader calls it, without folders.
        data: Its bytes.
        text: Of the page or the article.
        converted: Whether the text was made from a PDF, Word or HTML file.
        page: What the import made of a page; None if the file is an article already.
        article: The article if it is one.
        lost: Line and words of what the import does not account for.
    """

    name: str
    data: bytes
    text: str
    converted: bool
    page: PageImport | None
    article: Article | None
    lost: tuple[tuple[int, str], ...] = ()


def read_upload(data: bytes, name: str) -> Upload:
    """Read a page, or a file that is an article already.

    Args:
        data: The file's bytes.
        name: As it was sent; anything.

    Raises:
        PageError: If it cannot be read as a page.
        CorpusError: If its front matter is wrong.
    """
    name = _plain_name(name)
    converted = convert_page(data, file=name)
    text = converted if converted is not None else decode_text(data, file=name)
    if converted is None and is_article(text):
        article = parse_article(text.encode(), id=name, shown_as=name)
        return Upload(name, data, text, False, None, article)
    page, lost = read_page_apart(text, file=name)
    return Upload(name, data, text, converted is not None, page, None, tuple(lost))


def preview(upload: Upload, texts: Texts) -> dict[str, Any]:
    """Return what was read, as plain data for the page; no text of it hides or reorders others."""
    words = library_texts(texts)
    page = upload.page
    kinds = {kind: words.kinds[kind] for kind in KINDS}
    frame = {"name": upload.name, "kinds": kinds}
    if page is None:
        articles = [_article(upload.article)] if upload.article else []
        return {**frame, "articles": _visible(articles), "is_article": True}
    doubts = sorted(page.doubts, key=lambda doubt: doubt.confidence)
    shown = {
        "articles": [_page_article(article) for article in page.articles],
        "doubts": [
            {
                "what": in_words(doubt.what, texts),
                "lines": _lines(doubt.page_lines, texts),
                "sure": _sure(doubt.confidence, words),
            }
            for doubt in doubts[:_MOST_SHOWN]
        ],
        "left_out": [
            {
                "text": item.text[:_EXCERPT],
                "lines": _lines(item.page_lines, texts),
                "reason": words.reasons[item.reason],
            }
            for item in page.left_out[:_MOST_SHOWN]
        ],
        "lost": [
            {"text": text[:_EXCERPT], "lines": _lines((line, line), texts)}
            for line, text in upload.lost[:_MOST_SHOWN]
        ],
    }
    return {**frame, "is_article": False, **_visible(shown)}


def add_upload(
    upload: Upload, corrections: object, *, corpus: Path, words: LibraryTexts
) -> list[tuple[str, Written]]:
    """Write what was read into the corpus.

    Args:
        upload: The file.
        corrections: For each article its new fields, only those that change, or `None` where it
            is left out; from the page's script, so anything.
        corpus: The corpus folder.
        words: For the reader.

    Returns:
        For each article that is written its title, and what happened.

    Raises:
        NoticeError: If a correction cannot be used.
        QaBotError: If the corpus cannot be written.
    """
    count = len(upload.page.articles) if upload.page else 1
    entries = corrections if isinstance(corrections, list) else []
    if len(entries) != count:
        raise NoticeError(words.gone)
    checked = [None if entry is None else _checked(entry, words) for entry in entries]
    if not any(entry is not None for entry in checked):
        raise NoticeError(words.none_chosen)
    if upload.page is None:
        return [_add_article(upload, checked[0] or {}, corpus)]
    pairs = zip(upload.page.articles, checked, strict=True)
    articles = tuple(replace(article, **(entry or {})) for article, entry in pairs)
    written = write_articles(
        replace(upload.page, articles=articles),
        upload.data,
        corpus=corpus,
        converted=upload.text if upload.converted else None,
        without=[number for number, entry in enumerate(checked, 1) if entry is None],
    )
    kept = [article for article, entry in zip(articles, checked, strict=True) if entry is not None]
    return [(article.title, entry) for article, entry in zip(kept, written, strict=True)]


def _add_article(
    upload: Upload, corrections: Mapping[str, Any], corpus: Path
) -> tuple[str, Written]:
    fields = dict(corrections)
    if fields.get("date"):
        fields["date"] = dt.date.fromisoformat(fields["date"])
    if "authors" in fields:
        people = people_dicts(fields["authors"])
        fields["authors"] = [{key: text for key, text in each.items() if text} for each in people]
    text = correct_fields(upload.text, fields, upload.name) if fields else upload.text
    article = parse_article(text.encode(), id=upload.name, shown_as=upload.name)
    return article.title, add_article(text, upload.data, name=upload.name, corpus=corpus)


def _checked(entry: object, words: LibraryTexts) -> dict[str, Any]:
    """Return the corrections of one article as fields of `PageArticle`."""
    if not isinstance(entry, dict):
        raise NoticeError(words.gone)
    fields: dict[str, Any] = {}
    for name in entry.keys() & set(_FIELDS):
        value = entry[name]
        if name == "authors":
            fields[name] = _people(value, words)
            continue
        line = _line(value, words)
        if name == "title" and not line:
            raise NoticeError(words.no_title)
        if name == "date" and line and not _is_date(line):
            raise NoticeError(words.no_date.format(date=line))
        if name == "kind" and line and line not in KINDS:
            raise NoticeError(words.gone)
        fields[name] = line or None
    return fields


def _people(value: object, words: LibraryTexts) -> tuple[Person, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise NoticeError(words.gone)
    lines = [(_line(each.get("name"), words), _line(each.get("role"), words)) for each in value]
    return tuple(Person(name, role or None) for name, role in lines[:_MOST_PEOPLE] if name)


def _line(value: object, words: LibraryTexts) -> str:
    """Return a field's text on one line, without what no file can hold or nobody can see."""
    line = " ".join(visible(value if isinstance(value, str) else "").split())
    if len(line) > _MAX_LINE:
        raise NoticeError(words.field_too_long.format(most=_MAX_LINE))
    return line


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _plain_name(name: str) -> str:
    return visible(PurePosixPath(name.replace("\\", "/")).name)[:200].strip() or "page.txt"


def _page_article(article: PageArticle) -> dict[str, Any]:
    texts = [paragraph.text for paragraph in article.paragraphs]
    return _frame(article, article.date, texts)


def _article(article: Article) -> dict[str, Any]:
    texts = [article.text[p.span.start : p.span.end] for p in article.paragraphs]
    return _frame(article, article.date.isoformat() if article.date else None, texts)


def _frame(
    article: Article | PageArticle, date: str | None, paragraphs: Sequence[str]
) -> dict[str, Any]:
    return {
        "title": article.title,
        "authors": people_dicts(article.authors),
        "source": article.source,
        "date": date,
        "kind": article.kind,
        "speakers": people_dicts(article.speakers),
        "count": len(paragraphs),
        "first": [text[:_EXCERPT] for text in paragraphs[:_FIRST]],
    }


def _lines(lines: tuple[int, int], texts: Texts) -> str:
    form = texts.line if lines[0] == lines[1] else texts.lines
    return form.format(first=lines[0], last=lines[1])


def _sure(confidence: float, words: LibraryTexts) -> str:
    if confidence >= 0.7:
        return words.rather_sure
    return words.half_sure if confidence >= 0.4 else words.hardly_sure


def _visible(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _visible(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_visible(each) for each in value]
    return visible(value) if isinstance(value, str) else value
