"""Answers, or an index, and the files on disk -> proof that every quote stands where it says."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from qa_bot.corpus import line_of
from qa_bot.index.snapshot import Snapshot, damaged_files


def is_verbatim(article: str, start: int, end: int, text: str) -> bool:
    """Whether the article's text holds these words at these offsets."""
    return 0 <= start < end <= len(article) and article[start:end] == text


def is_on_lines(article: str, start: int, end: int, lines: tuple[int, int]) -> bool:
    """Whether what stands at these offsets stands on these lines, first and last."""
    return lines == (line_of(article, start), line_of(article, end - 1))


def verify_answers(answers: Iterable[tuple[int, dict[str, Any]]], corpus: Path) -> Iterator[str]:
    """Check answers, as `Answer.to_dict` gives them, against the article files.

    Args:
        answers: Each with the line that it was read from.
        corpus: The corpus folder; a path outside of it is refused.

    Yields:
        What is wrong, one line each.
    """
    for line, answer in answers:
        quotes = answer.get("quotes")
        if not isinstance(quotes, list) or bool(quotes) != answer.get("answered"):
            yield f"line {line}: is not an answer of qa-bot"
            continue
        for number, quote in enumerate(quotes, start=1):
            reason = _quote_problem(quote, corpus)
            if reason:
                yield f"line {line}, quote {number}: {reason}"


def _quote_problem(quote: Any, corpus: Path) -> str | None:
    try:
        path, text = Path(quote["path"]), str(quote["text"])
        start, end = int(quote["start"]), int(quote["end"])
        lines = (int(quote["line_start"]), int(quote["line_end"]))
        marks = [(int(mark["start"]), int(mark["end"])) for mark in quote["highlights"]]
    except (LookupError, TypeError, ValueError):
        return "lacks a field"
    if not path.resolve().is_relative_to(corpus.resolve()):
        return f"{path} is not in {corpus}"
    try:
        article = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return f"{path} cannot be read"
    if not is_verbatim(article, start, end, text):
        return f"{path} does not hold the quote at {start}-{end}"
    if not is_on_lines(article, start, end, lines):
        return f"{path} does not hold the quote on lines {lines[0]}-{lines[1]}"
    if any(not start <= first < last <= end for first, last in marks):
        return "highlights what it does not quote"
    return None


def verify_index(snapshot: Snapshot, corpus: Path) -> Iterator[str]:
    """Check a snapshot's files against its checksums, and its texts against the article files.

    Yields:
        What is wrong, one line each.
    """
    damaged = list(damaged_files(snapshot.folder, snapshot.manifest))
    yield from (f"{path}: is damaged; rebuild with qa-bot index --full" for path in damaged)
    if damaged:
        return
    for article in snapshot.store.articles():
        path = corpus / article.id
        try:
            data = path.read_bytes()
        except OSError:
            yield f"{path}: is gone; run qa-bot index"
            continue
        if hashlib.sha256(data).hexdigest() != article.sha256:
            yield f"{path}: changed since the index was built; run qa-bot index"
            continue
        text = data.decode("utf-8")
        for passage in snapshot.store.passages_of(article.number).values():
            if text[passage.span.start : passage.span.end] != passage.text:
                yield f"{path}:{passage.line_start}: is not what the index holds; run qa-bot index"
