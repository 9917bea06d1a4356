"""An answer as `Answer.to_dict` writes it -> an `Answer` again."""

from collections.abc import Sequence
from typing import Any

from qa_bot.records import (
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


def read_answer(entry: dict[str, Any]) -> Answer:
    """Return the answer that an entry was written from."""
    return Answer(
        question=entry["question"],
        understood_as=entry["understood_as"],
        answered=entry["answered"],
        confidence=entry["confidence"],
        quotes=read_quotes(entry["quotes"]),
        passages=tuple(map(_passage, entry["passages"])),
        stale=tuple(entry["stale"]),
        timings_ms=entry["timings_ms"],
        scope=read_scope(entry["scope"]) if entry.get("scope") else None,
    )


def read_quotes(entries: Sequence[dict[str, Any]]) -> tuple[Quote, ...]:
    """Return the quotes that entries were written from."""
    return tuple(map(_quote, entries))


def _quote(entry: dict[str, Any]) -> Quote:
    return Quote(
        text=entry["text"],
        article=_article(entry),
        speaker=Person(**entry["speaker"]) if entry["speaker"] else None,
        section=entry["section"],
        span=Span(entry["start"], entry["end"]),
        line_start=entry["line_start"],
        line_end=entry["line_end"],
        page=PageRef(**entry["page"]) if entry["page"] else None,
        highlights=tuple(Span(**span) for span in entry["highlights"]),
        score=entry["score"],
        also_in=_reprints(entry),
    )


def _passage(entry: dict[str, Any]) -> ShownPassage:
    return ShownPassage(
        text=entry["text"],
        article=_article(entry),
        span=Span(entry["start"], entry["end"]),
        line_start=entry["line_start"],
        line_end=entry["line_end"],
        score=entry["score"],
        why=_why(entry["why"]) if entry.get("why") else None,
        also_in=_reprints(entry),
    )


def _why(entry: dict[str, Any]) -> Why:
    signals = entry["signals"].items()
    return Why(
        terms=tuple((term, share) for term, share in entry["terms"]),
        signals={name: (signal["value"], signal["part"]) for name, signal in signals},
    )


def _reprints(entry: dict[str, Any]) -> tuple[Reprint, ...]:
    return tuple(
        Reprint(
            article=_article(reprint),
            span=Span(reprint["start"], reprint["end"]),
            line_start=reprint["line_start"],
            line_end=reprint["line_end"],
            is_verbatim=reprint["verbatim"],
        )
        # Answers kept from an older version have none.
        for reprint in entry.get("also_in", ())
    )


def _article(entry: dict[str, Any]) -> ArticleRef:
    article = entry["article"]
    authors = tuple(Person(**author) for author in article["authors"])
    return ArticleRef(**{**article, "authors": authors}, path=entry["path"])
