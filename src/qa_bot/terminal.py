"""An answer, or what an import made of a page -> text for a terminal."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qa_bot.records import Answer, ArticleRef, Person, Quote, Scope, Why

if TYPE_CHECKING:  # `ask` does without the importer
    from qa_bot.pages import PageImport, Written

_NEAREST = 3  # passages shown when the articles do not answer
_BOLD, _MARK, _DIM, _PLAIN = "\033[1m", "\033[7m", "\033[2m", "\033[0m"


def format_answer(answer: Answer, *, colours: bool, explain: bool = False) -> str:
    """Return an answer as text: quotes with the answer marked, each with its source.

    Without colours the answer inside a quote stands between 【 and 】.

    Args:
        answer: The answer.
        colours: Whether the terminal shows colours.
        explain: Whether to show all passages, each with why it was found.
    """
    lines = []
    if answer.understood_as != " ".join(answer.question.split()):
        lines.append(f"understood as: {printable(answer.understood_as)}")
    if answer.scope:
        lines.append(f"only in: {printable(_scope(answer.scope))}")
    if answer.answered:
        sources = [[_source(quote, colours), *_also_in(quote)] for quote in answer.quotes]
        for number, quote in enumerate(answer.quotes, start=1):
            lines.append(f"{number}. {_marked(quote, colours)}")
            if sources[number - 1 : number] != sources[number : number + 1]:
                lines += [f"   {line}" for line in sources[number - 1]]
        lines.append(f"confidence {answer.confidence:.0%}")
    else:
        lines.append("The articles do not answer this.")
    if answer.passages and (explain or not answer.answered):
        lines.append("Passages:" if answer.answered else "Nearest passages:")
        for passage in answer.passages[: None if explain else _NEAREST]:
            excerpt = printable(" ".join(passage.text.split()))[:80]
            lines.append(f"- {excerpt}… ({_place(passage.article, passage.line_start)})")
            if explain and passage.why:
                lines += (f"  {line}" for line in _why(passage.why, passage.score))
    for path in answer.stale:
        lines.append(
            f"{printable(path)} changed since the index was built and was left out; "
            "run: qa-bot index"
        )
    return "\n".join(lines)


def format_import(result: "PageImport") -> str:
    """Return what was made of a page: its articles, what was left out, and the doubts."""
    lines = [f"{printable(result.file)}: {len(result.articles)} articles"]
    for number, article in enumerate(result.articles, start=1):
        people = ", ".join(_person(person) for person in article.authors) or "author unknown"
        lines.append(
            f"{number}. {article.title} ({article.kind or 'kind unknown'}; {people}; "
            f"{len(article.paragraphs)} paragraphs; {_lines(article.page_lines)})"
        )
        said = dict.fromkeys(p.speaker for p in article.paragraphs if p.speaker)
        if said:
            lines.append(f"   speakers: {', '.join(said)}")
    if result.left_out:
        lines.append("left out of the articles:")
        lines += [f"- {_lines(x.page_lines)}: {x.reason}: {x.text}" for x in result.left_out]
    if result.doubts:
        lines.append("not sure of:")
        lines += [
            f"- {_lines(doubt.page_lines)}: {doubt.what} ({doubt.confidence:.0%})"
            for doubt in result.doubts
        ]
    return "\n".join(map(printable, lines))


def format_written(written: "Sequence[Written]") -> str:
    """Return what happened to each article file, with the difference where one was refused."""
    lines = []
    for entry in written:
        lines.append(f"{entry.status}: {printable(str(entry.path))}")
        if entry.status == "refused":
            lines.append("it was edited by hand; --force overwrites it; the difference would be:")
            lines.append(printable_lines(entry.diff))
        if entry.namesake:
            other = printable(str(entry.namesake))
            lines.append(f"{other} has the same title; if this page replaces that, remove it")
    if any(entry.status in ("written", "updated") for entry in written):
        lines.append("next: qa-bot index")
    return "".join(f"{line}\n" for line in lines)


def _scope(scope: Scope) -> str:
    """Return a scope as it may be typed: authors Zhang San; since 2025-01-01."""
    return "; ".join(
        f"{name} {', '.join(value) if isinstance(value, list) else value}"
        for name, value in scope.to_dict().items()
    )


def _why(why: Why, score: float) -> list[str]:
    """Return the best terms, and the parts that add up to the score, each with its raw value."""
    terms = (f"{printable(term)} {share:.0%}" for term, share in why.terms)
    parts = (
        f"{part:+.2f} {name} ({value:.2f})" for name, (value, part) in why.signals.items() if part
    )
    return [f"terms: {', '.join(terms) or 'none'}", f"score {score:.2f} = {' '.join(parts) or '0'}"]


def _person(person: Person) -> str:
    return f"{person.name} ({person.role})" if person.role else person.name


def _lines(lines: tuple[int, int]) -> str:
    return f"{'line' if lines[0] == lines[1] else 'lines'} {_range(*lines)}"


def printable(text: str) -> str:
    """Return the text as a line that cannot take over a terminal.

    It has no control characters, line breaks or marks that change the direction of writing.
    """
    return "".join(" " if _is_control(unicodedata.category(c)) else c for c in text)


def printable_lines(text: str) -> str:
    """Return a text of several lines as `printable` returns each."""
    return "\n".join(map(printable, text.split("\n")))


def _is_control(category: str) -> bool:
    return category[0] == "C" or category in ("Zl", "Zp")


def _marked(quote: Quote, colours: bool) -> str:
    before, after = (_MARK + _BOLD, _PLAIN) if colours else ("【", "】")
    parts, done = [], quote.span.start
    for mark in sorted(quote.highlights, key=lambda span: span.start):
        plain, answer = _slice(quote, done, mark.start), _slice(quote, mark.start, mark.end)
        parts += [plain, before, answer, after]
        done = mark.end
    return "".join([*parts, _slice(quote, done, quote.span.end)])


def _slice(quote: Quote, start: int, end: int) -> str:
    return printable_lines(quote.text[start - quote.span.start : end - quote.span.start])


def _source(quote: Quote, colours: bool) -> str:
    article = quote.article
    who = _person(quote.speaker) if quote.speaker else None
    authors = ", ".join(author.name for author in article.authors)
    parts = [who, f"《{article.title}》", authors, article.source, article.date, quote.section]
    page = quote.page
    place = _place(article, quote.line_start, quote.line_end)
    if page:
        place += f"; page {printable(page.file)}:{_range(page.line_start, page.line_end)}"
    text = printable(" · ".join(part for part in (*parts, place) if part))
    return f"{_DIM}{text}{_PLAIN}" if colours else text


def _also_in(quote: Quote) -> Iterator[str]:
    """Yield lines with the reprints and the articles that agree, if there are any."""
    for what, others in (("also in", quote.also_in), ("the same figure in", quote.agreeing)):
        where = (
            " ".join(filter(None, (article.source, article.date))) or f"《{article.title}》"
            for article in (other.article for other in others)
        )
        if others:
            yield printable(f"{what}: {'; '.join(dict.fromkeys(where))}")


def _place(article: ArticleRef, first: int, last: int | None = None) -> str:
    return f"{printable(article.path)}:{_range(first, last or first)}"


def _range(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}-{last}"
