"""A question -> the articles that it surely names, and the question without the words that do.

Read from right to left, from a word for an article ('张三2025年11月在《晨报》发表的文章'): as long
as what stands before it is an author, a source, a title or a date of the corpus, it says which.
A year elsewhere is mostly what the question is about, and a name alone may be too: names that are
not sure only boost (`metadata`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from qa_bot.index.lexical import letters_of
from qa_bot.index.names import Kind, Names
from qa_bot.patterns import compile_late
from qa_bot.records import Scope
from qa_bot.scope import read_period

_NAMES = ("authors", "sources", "articles")
_STEPS = 12  # words and names of one chain
_CHAINS = 8
_LONGEST = 30  # characters of a name
_SEARCHED = 300  # characters of a question in which names are looked for
_PART = 4  # letters of a title that may stand for all of it
_HEADLINE = 8  # letters; a shorter title may be the name of a treaty, a law, a film
_PIECE = r"(?:署名)?(?:文章|一文|报道|报导|访谈|专访|采访(?![了过])|社论|评论(?!员)|来稿|稿件|新闻)"
# Where a chain of names may end; what asks for the author stays in the question.
_END = compile_late(
    rf"(?P<piece>(?:[这那][篇则次组]|该)?{_PIECE}(?:[中里内]面?|上)?"
    r"|['’]s (?:article|report|piece|story|column)s?\b)"
    r"|(?:所写|撰写|执笔|采写|(?<![填书拼])写)的?"
    r"|(?<=》)(?:[中里]|(?=(?:这篇|一文)?的?作者))"
)
_LINK = compile_late(
    r"(?:的|上|在|于|据|写|撰|刊[登发载]|发表|登载|见报|署名|作者|记者|[这那][篇则次组]"
    r"|[、,，和与及\s])$"
)
_SAYS = compile_late(
    r"[,，]?\s*(?:还|也|都)?(?:提到|说到|说|指出|谈到|写到|写道|介绍|认为|提出)了?"
)
_LEADING = compile_late(r"(?:根据|[在据从由])$")
_TITLE = compile_late(r"《([^《》]{1,200})》$|“([^《》“”]{1,200})”$")
_BARE_TITLE = compile_late(r"([^，。？！,?!;；:：《》]{6,200})$")  # before 'this article'
_DATE = compile_late(
    r"(?<!\d)(?:(?P<year>\d{4})年)?(?:(?<!\d)(?P<month>\d{1,2})月份?(?:(?P<day>\d{1,2})[日号])?)?$"
)
_ISO_DATE = compile_late(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?$")
_RANGE = compile_late(r"[至到\-—~～]\s?$")
_BY = compile_late(
    r"\b(?:(?P<author>(?:articles?|reports?|pieces?|stor(?:y|ies)|columns?|interviews?|written)\s+by"
    r"|by)|(?P<source>according to|articles? in|reported? (?:in|by)|published in)(?:\s+the)?)\s+",
    re.IGNORECASE,
)
_WORD = compile_late(r"\s*[^\s,?.!;:'’]+")
_LEFT_OVER = compile_late(rf"(?:[这那]篇|该)?{_PIECE}(?:[中里内]面?)?")


def find_scope(text: str, names: Names) -> tuple[Scope, str]:
    """Find out which articles a question names for sure.

    Args:
        text: The question, its width folded.
        names: The names that the index knows.

    Returns:
        The scope, empty if there is none, and the question without the words that name it.
    """
    fields: dict[str, Any] = {}
    rest = text
    for start, end, found in (*_chains(text, names), *_english(text, names)):
        fields = _joined(fields, found)
        rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
    if not fields:
        return Scope(), text
    return Scope(**fields), _LEFT_OVER.sub(" ", rest)


def _joined(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of two scopes in one: names of either, of two dates the second."""
    names = {
        name: tuple(dict.fromkeys((*first.get(name, ()), *second.get(name, ()))))
        for name in _NAMES
        if name in first or name in second
    }
    return {**first, **second, **names}


def _chains(text: str, names: Names) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Yield start and end of each chain of names, with the fields of the scope that it gives."""
    for number, match in enumerate(_END.finditer(text)):
        if number == _CHAINS:
            return
        at = start = match.start()
        fields: dict[str, Any] = {}
        is_linked = False
        for _ in range(_STEPS):
            before = text[max(0, at - 220) : at]
            if link := _LINK.search(before):
                at -= len(link[0])
                is_linked = True
                continue
            length, found = _last_name(before, names, piece=match["piece"] or "")
            if not found and is_linked and "since" not in fields:
                length, found = _last_date(before, names)
            if not found:
                break
            fields = _joined(found, fields)
            at -= length
            start, is_linked = at, True
        if fields:
            leading = _LEADING.search(text[:start])
            says = _SAYS.match(text, match.end())
            yield (
                leading.start() if leading else start,
                says.end() if says else match.end(),
                fields,
            )


def _last_name(before: str, names: Names, *, piece: str) -> tuple[int, dict[str, Any]]:
    """Return the length and the field of the source, title or author that a text ends with.

    Args:
        before: The text.
        names: The names that the index knows.
        piece: What follows, if it is a word for an article.
    """
    title = _TITLE.search(before)
    if not title and piece.startswith(("一文", "这篇", "那篇")):
        title = _BARE_TITLE.search(before)
    if title:
        words = title[title.lastindex or 1]
        if sources := names.exact("source", words):
            return len(title[0]), {"sources": sources}
        articles, holding = names.titled(words)
        length = len(letters_of(words))
        if not piece and length < _HEADLINE:
            articles = []
        elif piece and not articles and len(holding) == 1 and length >= _PART:
            articles = holding
        if articles:
            return len(title[0]), {"articles": tuple(article.id for article in articles)}
    for length in range(min(_LONGEST, len(before)), 1, -1):
        name = before[-length:]
        if name[0].isspace() or _is_inside_word(before, len(before) - length):
            continue
        if authors := names.exact("author", name):
            return length, {"authors": authors}
        if sources := names.exact("source", name):
            return length, {"sources": sources}
    return 0, {}


def _last_date(before: str, names: Names) -> tuple[int, dict[str, Any]]:
    """Return the length and the fields of the date that a text ends with; of a range, none."""
    date = _ISO_DATE.search(before) or _DATE.search(before)
    if not date or not date[0] or _RANGE.search(before[: date.start()]):
        return 0, {}
    year, month, day = (int(part) if part else None for part in date.group("year", "month", "day"))
    if year is None and month:
        years = names.years_of(f"{month:02}" + (f"-{day:02}" if day else ""))
        year = int(years[0]) if len(years) == 1 else None
    period = read_period(year, month, day) if year else None
    return (len(date[0]), {"since": period[0], "until": period[1]}) if period else (0, {})


def _english(text: str, names: Names) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    for number, match in enumerate(_BY.finditer(text)):
        if number == _CHAINS:
            return
        kind: Kind = "source" if match["source"] else "author"
        at = match.end()
        ends: list[int] = []
        while (word := _WORD.match(text, at)) and len(ends) < _STEPS // 2:
            at = word.end()
            ends.append(at)
        for end in reversed(ends):
            if found := names.exact(kind, text[match.end() : end]):
                yield match.start(), end, {f"{kind}s": found}
                break


def _is_inside_word(text: str, at: int) -> bool:
    """Whether a Latin word or a number goes on at this place."""
    return bool(at) and text[at - 1 : at + 1].isascii() and text[at - 1 : at + 1].isalnum()
