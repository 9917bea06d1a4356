"""An answer -> plain data, ready for `json.dumps`, and back."""

from collections.abc import Sequence
from typing import Any

from qa_bot.records import (
    Agreement,
    Answer,
    ArticleRef,
    PageRef,
    Person,
    Quote,
    Reprint,
    ShownPassage,
    Span,
    Why,
)
from qa_bot.scope import read_scope


def write_answer(answer: Answer, *, id: object = None) -> dict[str, Any]:
    """Return an answer as plain data; `Answer.to_dict` says what *id* is."""
    return {
        "id": id,
        "question": answer.question,
        "understood_as": answer.understood_as,
        "scope": answer.scope.to_dict() if answer.scope else None,
        "answered": answer.answered,
        "confidence": round(answer.confidence, 4),
        "comparison": answer.is_comparison,
        "quotes": [_quote_data(quote) for quote in answer.quotes],
        "passages": [_passage_data(passage) for passage in answer.passages],
        "stale": list(answer.stale),
        "timings_ms": {name: round(ms, 3) for name, ms in answer.timings_ms.items()},
    }


def read_answer(entry: dict[str, Any]) -> Answer:
    """Return the answer that an entry was written from."""
    return Answer(
        question=entry["question"],
        understood_as=entry["understood_as"],
        answered=entry["answered"],
        confidence=entry["confidence"],
        quotes=read_quotes(entry["quotes"]),
        passages=tuple(map(_read_passage, entry["passages"])),
        stale=tuple(entry["stale"]),
        timings_ms=entry["timings_ms"],
        scope=read_scope(entry["scope"]) if entry.get("scope") else None,
        is_comparison=entry.get("comparison", False),  # an older version did not say
    )


def read_quotes(entries: Sequence[dict[str, Any]]) -> tuple[Quote, ...]:
    """Return the quotes that entries were written from."""
    return tuple(map(_read_quote, entries))


def _article_data(article: ArticleRef) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "authors": [{"name": author.name, "role": author.role} for author in article.authors],
        "source": article.source,
        "date": article.date,
        "url": article.url,
    }


def _quote_data(quote: Quote) -> dict[str, Any]:
    speaker, page = quote.speaker, quote.page
    return {
        "text": quote.text,
        "article": _article_data(quote.article),
        "speaker": speaker and {"name": speaker.name, "role": speaker.role},
        "section": quote.section,
        "path": quote.article.path,
        "start": quote.span.start,
        "end": quote.span.end,
        "line_start": quote.line_start,
        "line_end": quote.line_end,
        "page": page
        and {"file": page.file, "line_start": page.line_start, "line_end": page.line_end},
        "highlights": [{"start": span.start, "end": span.end} for span in quote.highlights],
        "score": round(quote.score, 4),
        "also_in": [_reprint_data(reprint) for reprint in quote.also_in],
        "agreeing": [_agreement_data(agreement) for agreement in quote.agreeing],
    }


def _agreement_data(agreement: Agreement) -> dict[str, Any]:
    return {
        "text": agreement.text,
        "article": _article_data(agreement.article),
        "path": agreement.article.path,
        "start": agreement.span.start,
        "end": agreement.span.end,
        "line_start": agreement.line_start,
        "line_end": agreement.line_end,
    }


def _passage_data(passage: ShownPassage) -> dict[str, Any]:
    return {
        "text": passage.text,
        "article": _article_data(passage.article),
        "path": passage.article.path,
        "start": passage.span.start,
        "end": passage.span.end,
        "line_start": passage.line_start,
        "line_end": passage.line_end,
        "score": round(passage.score, 4),
        "why": passage.why and _why_data(passage.why),
        "also_in": [_reprint_data(reprint) for reprint in passage.also_in],
    }


def _why_data(why: Why) -> dict[str, Any]:
    return {
        "terms": [[term, round(share, 4)] for term, share in why.terms],
        "signals": {
            name: {"value": round(value, 4), "part": round(part, 4)}
            for name, (value, part) in why.signals.items()
        },
    }


def _reprint_data(reprint: Reprint) -> dict[str, Any]:
    return {
        "article": _article_data(reprint.article),
        "path": reprint.article.path,
        "start": reprint.span.start,
        "end": reprint.span.end,
        "line_start": reprint.line_start,
        "line_end": reprint.line_end,
        "verbatim": reprint.is_verbatim,
    }


def _read_quote(entry: dict[str, Any]) -> Quote:
    return Quote(
        text=entry["text"],
        article=_read_article(entry),
        speaker=Person(**entry["speaker"]) if entry["speaker"] else None,
        section=entry["section"],
        span=Span(entry["start"], entry["end"]),
        line_start=entry["line_start"],
        line_end=entry["line_end"],
        page=PageRef(**entry["page"]) if entry["page"] else None,
        highlights=tuple(Span(**span) for span in entry["highlights"]),
        score=entry["score"],
        also_in=_read_reprints(entry),
        # Answers kept from an older version have none.
        agreeing=tuple(map(_read_agreement, entry.get("agreeing", ()))),
    )


def _read_agreement(entry: dict[str, Any]) -> Agreement:
    return Agreement(
        text=entry["text"],
        article=_read_article(entry),
        span=Span(entry["start"], entry["end"]),
        line_start=entry["line_start"],
        line_end=entry["line_end"],
    )


def _read_passage(entry: dict[str, Any]) -> ShownPassage:
    return ShownPassage(
        text=entry["text"],
        article=_read_article(entry),
        span=Span(entry["start"], entry["end"]),
        line_start=entry["line_start"],
        line_end=entry["line_end"],
        score=entry["score"],
        why=_read_why(entry["why"]) if entry.get("why") else None,
        also_in=_read_reprints(entry),
    )


def _read_why(entry: dict[str, Any]) -> Why:
    signals = entry["signals"].items()
    return Why(
        terms=tuple((term, share) for term, share in entry["terms"]),
        signals={name: (signal["value"], signal["part"]) for name, signal in signals},
    )


def _read_reprints(entry: dict[str, Any]) -> tuple[Reprint, ...]:
    return tuple(
        Reprint(
            article=_read_article(reprint),
            span=Span(reprint["start"], reprint["end"]),
            line_start=reprint["line_start"],
            line_end=reprint["line_end"],
            is_verbatim=reprint["verbatim"],
        )
        # Answers kept from an older version have none.
        for reprint in entry.get("also_in", ())
    )


def _read_article(entry: dict[str, Any]) -> ArticleRef:
    article = entry["article"]
    authors = tuple(Person(**author) for author in article["authors"])
    return ArticleRef(**{**article, "authors": authors}, path=entry["path"])
