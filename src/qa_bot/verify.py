"""Answers, or an index, and the files on disk -> proof that every quote stands where it says."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_bot.corpus import line_of, read_article, read_indexed
from qa_bot.errors import CorpusError
from qa_bot.index.alike import comparable
from qa_bot.index.page_lines import PageLines
from qa_bot.index.snapshot import Snapshot, damaged_files
from qa_bot.records import Article, ImportedFrom, Person, Span


def is_verbatim(article: str, start: int, end: int, text: str) -> bool:
    """Whether the article's text holds these words at these offsets."""
    return 0 <= start < end <= len(article) and article[start:end] == text


def is_on_lines(article: str, start: int, end: int, lines: tuple[int, int]) -> bool:
    """Whether what stands at these offsets stands on these lines, first and last."""
    return lines == (line_of(article, start), line_of(article, end - 1))


def verify_answers(answers: Iterable[tuple[int, dict[str, Any]]], corpus: Path) -> Iterator[str]:
    """Check answers, as `Answer.to_dict` gives them, against the article files.

    Of each quote and passage: the words, their place and lines, what is said of the article, and
    the same of the reprints and the agreeing articles named; of a quote also speaker, section,
    lines on the imported page, and that it holds its highlights.

    Args:
        answers: Each with the line that it was read from.
        corpus: The corpus folder; a path outside of it is refused.

    Yields:
        What is wrong, one line each.
    """
    prover = Prover(corpus)
    for line, answer in answers:
        quotes, passages = answer.get("quotes"), answer.get("passages")
        if not isinstance(quotes, list) or not isinstance(passages, list):
            yield f"line {line}: is not an answer of qa-bot"
            continue
        if bool(quotes) != answer.get("answered"):
            yield f"line {line}: " + (
                "quotes without an answer" if quotes else "answered without a quote"
            )
        for kind, claims in (("quote", quotes), ("passage", passages)):
            for number, claim in enumerate(claims, start=1):
                fault = prover.fault_in(claim, kind)
                if fault:
                    yield f"line {line}, {kind} {number}: {fault}"


class Prover:
    """Proves quotes and passages, as they stand in an answer's JSON; reads each article once."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus
        self._read = lru_cache(maxsize=16)(read_article)

    def fault_in(self, claim: Any, kind: str) -> str | None:
        """Return what is wrong with a claim in one line, or None if all of it is proven.

        Args:
            claim: Anything that is said to be a quote or passage.
            kind: `quote` or `passage`.
        """
        corpus, read = self._corpus, self._read
        try:
            article = _proven_article(claim, kind, corpus, read)
            if kind == "quote":
                _prove_attribution(claim, article, corpus)
                for agreement in _listed(claim, "agreeing"):
                    _proven_article(agreement, kind, corpus, read)
            _prove_reprints(claim, kind, corpus, read)
        except _NotProvenError as error:
            return " ".join(str(error).split())
        return None


class _NotProvenError(Exception):
    """Something that an answer says is not what the files say."""


def _proven_article(claim: Any, kind: str, corpus: Path, read: Callable[..., Article]) -> Article:
    """Return the article that a quote or passage stands in, where and as it says."""
    path, text, (start, end), (first, last), id_ = _claimed(claim)
    article = _read_inside(corpus, path, id_, read)
    if not is_verbatim(article.text, start, end, text):
        raise _NotProvenError(f"{path} does not hold the {kind} at {start}-{end}")
    if not is_on_lines(article.text, start, end, (first, last)):
        raise _NotProvenError(f"{path} does not hold the {kind} on lines {first}-{last}")
    about = {
        "title": article.title,
        "authors": [asdict(author) for author in article.authors],
        "source": article.source,
        "date": article.date and article.date.isoformat(),
        "url": article.url,
    }
    for name, value in about.items():
        _prove_equal(name, claim["article"].get(name), value)
    return article


def _read_inside(corpus: Path, path: str, id_: str, read: Callable[..., Article]) -> Article:
    """Read an article, which has to lie in the corpus where its id says."""
    try:
        place = Path(path).resolve()
        if not place.is_relative_to(corpus.resolve()):
            raise _NotProvenError(f"{path} is not in {corpus}")
        article = read(place, id=id_, shown_as=path)
        if place != (corpus / id_).resolve():
            raise _NotProvenError(f"{path} is not the article {id_!r}")
        return article
    except CorpusError as error:
        raise _NotProvenError(str(error)) from error
    except ValueError as error:  # no file can have such a name
        raise _NotProvenError(f"{path!r} cannot be read") from error


def _claimed(claim: Any) -> tuple[str, str, tuple[int, int], tuple[int, int], str]:
    """Return a quote's or passage's path, text, offsets, lines and article id."""
    match claim:
        case {
            "path": str(path),
            "text": str(text),
            "start": int(start),
            "end": int(end),
            "line_start": int(first),
            "line_end": int(last),
            "article": {"id": str(id_)},
        }:
            return path, text, (start, end), (first, last), id_
    raise _NotProvenError("lacks a field, or has one of the wrong type")


def _prove_attribution(quote: dict[str, Any], article: Article, corpus: Path) -> None:
    """Prove who says a quote, under which heading, where on the page, and its highlights."""
    span = Span(quote["start"], quote["end"])
    places = [(part.span, part.section, part.speaker) for part in article.paragraphs]
    places += [(fact.span, None, None) for fact in article.facts]
    said = {
        (section, name)
        for place, section, name in places
        if place.start < span.end and span.start < place.end
    }
    if len(said) != 1:
        raise _NotProvenError("does not come from one section and one speaker")
    ((section, name),) = said
    speakers = {person.name: person for person in article.speakers}
    speaker = asdict(speakers.get(name, Person(name))) if name else None
    _prove_equal("speaker", quote.get("speaker"), speaker)
    _prove_equal("section", quote.get("section"), section)
    marks = quote.get("highlights")
    if not isinstance(marks, list) or not all(_lies_within(mark, span) for mark in marks):
        raise _NotProvenError("highlights what it does not quote")
    if quote.get("page") is not None:
        _prove_page(quote["page"], span, article, corpus)


def _prove_reprints(
    claim: dict[str, Any], kind: str, corpus: Path, read: Callable[..., Article]
) -> None:
    """Prove where else a quote or passage is said to stand, and that a quote does."""
    for reprint in _listed(claim, "also_in"):
        match reprint:
            case {"verbatim": bool(verbatim), "start": int(start), "end": int(end)}:
                text = claim["text"]
            case _:
                raise _NotProvenError("lacks a field of a reprint, or has one of the wrong type")
        if not verbatim:
            path, _, _, _, id_ = _claimed({**reprint, "text": ""})
            text = _read_inside(corpus, path, id_, read).text[start:end]
            if kind == "quote" and comparable(text) != comparable(claim["text"]):
                raise _NotProvenError(f"{path} does not say the same at {start}-{end}")
        _proven_article({**reprint, "text": text}, kind, corpus, read)


def _listed(claim: dict[str, Any], name: str) -> list[Any]:
    """Return what a claim lists under a name, which older versions do not have."""
    values = claim.get(name) or []
    if not isinstance(values, list):
        raise _NotProvenError(f"{name} is no list")
    return values


def _lies_within(mark: Any, span: Span) -> bool:
    match mark:
        case {"start": int(start), "end": int(end)}:
            return span.start <= start < end <= span.end
    return False


def _prove_page(page: Any, span: Span, article: Article, corpus: Path) -> None:
    """Prove that a quote stands on these lines of the page that its article was imported from."""
    origin = article.imported_from
    match page:
        case {"file": str(file), "line_start": int(first), "line_end": int(last)} if (
            origin and file == origin.file and origin.line_start <= first <= last <= origin.line_end
        ):
            lines = PageLines.open(corpus, ImportedFrom(file, first, last))
            if lines and next(lines.align(article.text, [span])) == (first, last):
                return
    raise _NotProvenError(f"says page {page!r}, where it does not stand")


def _prove_equal(name: str, said: Any, expected: Any) -> None:
    if said != expected:
        raise _NotProvenError(f"says {name} {said!r}, the file says {expected!r}")


def verify_index(snapshot: Snapshot, corpus: Path) -> Iterator[str]:
    """Check a snapshot's files against its checksums, and its texts against the article files.

    Yields:
        What is wrong, one line each.
    """
    damaged = list(damaged_files(snapshot.folder, snapshot.manifest))
    yield from (f"{path}: is damaged; rebuild with qa-bot index --full" for path in damaged)
    if damaged:
        return
    root = os.path.realpath(corpus)
    for article in snapshot.store.articles():
        path = corpus / article.id
        data = read_indexed(root, article.id, article.sha256)
        if data is None:
            yield f"{path}: is gone or changed since the index was built; run qa-bot index"
            continue
        text = data.decode("utf-8")
        for passage in snapshot.store.passages_of(article.number).values():
            if text[passage.span.start : passage.span.end] != passage.text:
                yield f"{path}:{passage.line_start}: is not what the index holds; run qa-bot index"
