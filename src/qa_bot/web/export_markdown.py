"""A conversation -> a Markdown file in which every text is only text.

Whatever stands in an article, a question or a file name, it makes no heading, list, link, picture
or HTML; the only Markdown is ours.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from qa_bot.markdown import address, begin_line, escape, escape_line, is_web_address
from qa_bot.records import Answer, ArticleRef, Quote, Span
from qa_bot.web.conversation_texts import conversation_texts
from qa_bot.web.markup import visible
from qa_bot.web.restored import Restored
from qa_bot.web.texts import Texts
from qa_bot.web.wording import (
    confidence_in_words,
    lines_in_words,
    percent_in_words,
    person_in_words,
    place_in_words,
    scope_in_words,
    understood_in_words,
)

_BREAK = "\\\n"  # a new line of the same paragraph
_SPACE = re.compile(r"[ \t\n]+")
_LINE = re.compile(r"[^\r\n]+")


def export_markdown(kept: Sequence[Restored], texts: Texts, *, time: str) -> str:
    """Return the file.

    Args:
        kept: The answers, oldest first.
        texts: In the reader's language.
        time: Of the export, as it is shown.
    """
    words = conversation_texts(texts)
    parts = [f"# {_line(texts.name)}", _line(words.exported.format(time=time))]
    for each in kept:
        parts += _turn(each, texts)
    return "\n\n".join(part for part in parts if part) + "\n"


def _line(text: object) -> str:
    """Return a text as one line of Markdown that shows it as it is, white space aside."""
    return escape_line(_flat(text).strip(" "))


def _flat(text: object) -> str:
    return _SPACE.sub(" ", visible(text))


def _turn(kept: Restored, texts: Texts) -> Iterator[str]:
    answer, words = kept.answer, conversation_texts(texts)
    yield f"## {_line(answer.question)}"
    yield _line(understood_in_words(answer, texts))
    yield _line(scope_in_words(answer.scope, texts, kept.titles))
    if answer.answered:
        yield from _answered(answer, texts)
    elif not kept.is_withheld:
        yield _line(texts.abstained)
    if kept.lost:
        yield _line(words.lost)
        yield "\n".join(f"- {_line(path)}" for path in kept.lost)


def _answered(answer: Answer, texts: Texts) -> Iterator[str]:
    sure = confidence_in_words(answer.confidence, texts)
    percent = percent_in_words(answer.confidence, texts)
    yield f"**{_line(texts.answer)}** · {_line(f'{sure} ({percent})')}"
    for number, quote in enumerate(answer.quotes, 1):
        if len(answer.quotes) > 1:
            yield f"**{number}**"
        yield "\n>\n".join(f"> {line}" for line in _marked(quote))
        yield _BREAK.join(_source(quote, texts))


def _source(quote: Quote, texts: Texts) -> Iterator[str]:
    """Return who says it and where, a line each."""
    if quote.speaker:
        yield _line(f"— {person_in_words(quote.speaker, texts)}")
    yield _about(quote.article, quote.section, texts)
    lines = lines_in_words(quote.line_start, quote.line_end, texts)
    yield _line(f"{quote.article.path} {lines}")
    if quote.page:
        lines = lines_in_words(quote.page.line_start, quote.page.line_end, texts)
        yield _line(f"{texts.page.format(file=quote.page.file)} {lines}")
    for form, others in ((texts.also_in, quote.also_in), (texts.agreeing, quote.agreeing)):
        places = dict.fromkeys(place_in_words(other.article, texts) for other in others)
        if places:
            yield _line(form.format(places=texts.and_.join(places)))


def _about(article: ArticleRef, section: str | None, texts: Texts) -> str:
    authors = texts.and_.join(person_in_words(person, texts) for person in article.authors)
    title = texts.title.format(title=article.title)
    parts = filter(None, (title, authors, article.source, article.date, section))
    about = _line(" · ".join(parts))
    if article.url and is_web_address(article.url):
        about += f" · {address(article.url)}"
    return about


def _inline(text: str) -> str:
    return escape(_flat(text))


def _marked(quote: Quote) -> Iterator[str]:
    """Return a quote's lines, with the answer in bold."""
    text = quote.text
    bold = sorted({part for span in quote.highlights for part in _bold(quote, span)})
    for line in _LINE.finditer(text):
        parts, done = [], line.start()
        for start, end in bold:
            if done <= start and end <= line.end():
                parts += [_inline(text[done:start]), f"**{_inline(text[start:end])}**"]
                done = end
        yield begin_line("".join([*parts, _inline(text[done : line.end()])]).strip(" "))


def _bold(quote: Quote, highlight: Span) -> Iterator[tuple[int, int]]:
    """Return what of a highlight can be bold: of each line, from a letter to a letter.

    Beside a mark of punctuation, asterisks could be taken for text.
    """
    begin = quote.span.start
    first, last = max(0, highlight.start - begin), max(0, highlight.end - begin)
    for line in _LINE.finditer(quote.text[:last], first):
        letters = [i for i, char in enumerate(line[0], line.start()) if _is_letter(char)]
        if letters:
            yield letters[0], letters[-1] + 1


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"
