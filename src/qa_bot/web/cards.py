"""An answer -> HTML: quotes with the answer marked and their source, or a plain no.

Every text passes through `markup.safe` last; nothing from an article or a question is ever HTML.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from qa_bot.records import Answer, ArticleRef, Person, Quote, ShownPassage
from qa_bot.web.conversation_texts import conversation_texts
from qa_bot.web.markup import element, language_of, link, mark, safe
from qa_bot.web.texts import Texts
from qa_bot.web.wording import (
    confidence_in_words,
    file_in_words,
    lines_in_words,
    percent_in_words,
    person_in_words,
    place_in_words,
    scope_in_words,
    understood_in_words,
)

_NEAREST = 3  # passages shown openly when the articles do not answer


def render_turn(
    answer: Answer,
    texts: Texts,
    *,
    titles: Mapping[str, str] | None = None,
    lost: Sequence[str] = (),
    is_withheld: bool = False,
) -> str:
    """Return a question and its answer as one `<article>`.

    Args:
        answer: What the question got.
        texts: In the reader's language.
        titles: Of the articles that the answer was looked for in, by id.
        lost: Paths of the files that no longer hold what was quoted; nothing of it is in *answer*.
        is_withheld: Whether that were all of its quotes.
    """
    question = element(
        "h2",
        "qa-question",
        element("span", "qa-hidden", safe(f"{texts.question}: ")),
        safe(answer.question.strip()),
        lang=language_of(answer.question),
    )
    body = _answered(answer, texts) if answer.answered else _abstained(answer, texts)
    return element(
        "article",
        "qa-turn",
        question,
        _said("qa-understood", understood_in_words(answer, texts)),
        _said("qa-understood qa-scope", scope_in_words(answer.scope, texts, titles or {})),
        *([] if is_withheld else body),
        _lost(lost, texts),
        _stale(answer, texts),
    )


def render_quotes(quotes: Sequence[Quote], texts: Texts) -> str:
    """Return quotes on cards with their sources; numbered through if there are several."""
    cards, number = [], 1
    for group in _cards(quotes):
        cards.append(_card(group, texts, first=number, numbered=len(quotes) > 1))
        number += len(group)
    return element("div", "qa-quotes", *cards)


def render_sides(quotes: Sequence[Quote], texts: Texts) -> str:
    """Return the quotes of a comparison: a column for each person, with their name on top."""
    sides = [list(group) for _, group in groupby(quotes, key=_side)]
    if len(sides) < 2:
        return render_quotes(quotes, texts)
    columns, number = [], 1
    for side in sides:
        cards, begin = [], number
        for group in _cards(side):
            numbered = len(side) > 1
            cards.append(_card(group, texts, first=number, numbered=numbered, side=begin))
            number += len(group)
        name = element("h3", "qa-speaker", *_named(_side(side[0])))
        columns.append(element("section", "qa-side", name, *cards))
    return element("div", "qa-sides", *columns)


def render_notice(text: str) -> str:
    """Return a calm message for above the question box; empty text clears it."""
    return element("p", "qa-notice", safe(text)) if text else ""


def _answered(answer: Answer, texts: Texts) -> list[str]:
    percent = percent_in_words(answer.confidence, texts)
    verdict = element(
        "p",
        "qa-verdict qa-parts",
        element("span", "qa-label", safe(texts.answer)),
        " ",
        element(
            "span",
            "qa-confidence",
            safe(confidence_in_words(answer.confidence, texts)),
            element("span", "qa-hidden", safe(f" ({percent})")),
            title=percent,
        ),
    )
    render = render_sides if answer.is_comparison else render_quotes
    fold = _fold(texts.passages, answer.passages, texts)
    return [verdict, render(answer.quotes, texts), fold]


def _abstained(answer: Answer, texts: Texts) -> list[str]:
    shown = answer.passages[:_NEAREST]
    nearest = [_passage(passage, number, texts) for number, passage in enumerate(shown, 1)]
    hint = texts.nearest if nearest else texts.no_passages
    return [
        element("p", "qa-abstained", safe(texts.abstained)),
        _line("qa-hint", hint),
        element("ul", "qa-passages", *nearest) if nearest else "",
        _fold(texts.more_passages, answer.passages, texts, after=_NEAREST),
    ]


def _cards(quotes: Iterable[Quote]) -> list[list[Quote]]:
    """Put neighbouring quotes of one speaker and section of one article on one card."""

    def source(quote: Quote) -> tuple[object, ...]:
        reprints = [reprint.article.id for reprint in quote.also_in]
        agreeing = [agreement.article.id for agreement in quote.agreeing]
        return quote.article.id, quote.speaker, quote.section, reprints, agreeing

    return [list(group) for _, group in groupby(quotes, key=source)]


def _side(quote: Quote) -> Person | tuple[Person, ...]:
    """Return whose side of a comparison a quote is: the speaker's, or else the authors'."""
    return quote.speaker or quote.article.authors


def _card(
    quotes: Sequence[Quote], texts: Texts, *, first: int, numbered: bool, side: int | None = None
) -> str:
    """Return a card of quotes with one source.

    Args:
        quotes: Of one speaker, in one section of an article.
        texts: In the reader's language.
        first: Which of the answer's quotes is the first of them, from 1.
        numbered: Whether to show which each is.
        side: Which is the first of the side that the card belongs to, if it does: it counts its
            points from there, and says above its cards who speaks.
    """
    places = [_places(quote, texts) for quote in quotes]
    place = safe(file_in_words(quotes[0].article))
    files = {quote.page.file for quote in quotes if quote.page}
    if len(set(places)) == 1:
        place, places = f"{place} {places[0]}", [""] * len(quotes)
    elif len(files) == 1:  # said once
        place += f" · {safe(texts.page.format(file=files.pop()))}"
        places = [_places(quote, texts, is_file_known=True) for quote in quotes]
    words = [_words(quote, number) for number, quote in enumerate(quotes, first)]
    if numbered:
        points = (
            element("li", "", each, line and element("p", "qa-place", line))
            for each, line in zip(words, places, strict=True)
        )
        body = element("ol", "qa-points", *points, start=str(first - (side or 1) + 1))
    else:
        body = words[0]
    return element(
        "figure", "qa-card", body, _source(quotes[0], place, texts, is_named=side is None)
    )


def _words(quote: Quote, number: int) -> str:
    """Return a quote's words; the scripts find the rest of it by its number, from 1."""
    words = mark(quote.text, quote.span.start, quote.highlights)
    return element(
        "blockquote", "qa-words", words, lang=language_of(quote.text), data_quote=str(number)
    )


def _source(quote: Quote, place: str, texts: Texts, *, is_named: bool) -> str:
    """Return who says it and where: speaker, title and authors, source and date, file."""
    article = quote.article
    lines = []
    if quote.speaker and is_named:
        lines.append(element("p", "qa-speaker", *_named(quote.speaker)))
    lines.append(_article(article, quote.section, texts))
    lines.append(element("p", "qa-place", place))
    lines.append(_also_in(quote, texts))
    agreeing = [agreement.article for agreement in quote.agreeing]
    lines.append(_elsewhere(agreeing, texts.agreeing, texts))
    return element("figcaption", "", *lines)


def _named(side: Person | tuple[Person, ...]) -> list[str]:
    people = (side,) if isinstance(side, Person) else side
    return [
        f"{element('span', 'qa-person', safe(person.name))} "
        + (element("span", "qa-role", safe(person.role)) if person.role else "")
        for person in people
    ]


def _also_in(quote: Quote | ShownPassage, texts: Texts) -> str:
    return _elsewhere([reprint.article for reprint in quote.also_in], texts.also_in, texts)


def _elsewhere(articles: Iterable[ArticleRef], text: str, texts: Texts) -> str:
    """Return other articles in one line: source and date, or the title where neither is known."""
    places = {
        article.path: link(article.url, safe(place_in_words(article, texts)))
        for article in articles
    }
    if not places:
        return ""
    before, _, after = text.partition("{places}")
    return element(
        "p", "qa-place qa-also", safe(before), safe(texts.and_).join(places.values()), safe(after)
    )


def _article(article: ArticleRef, section: str | None, texts: Texts) -> str:
    title = element("cite", "", safe(texts.title.format(title=article.title)))
    date = element("time", "", safe(article.date), datetime=article.date) if article.date else ""
    parts = [
        link(article.url, title),
        safe(texts.and_.join(person_in_words(person, texts) for person in article.authors)),
        safe(article.source or ""),
        date,
        safe(section or ""),
    ]
    return element(
        "p", "qa-source qa-parts", *(element("span", "", part) for part in parts if part)
    )


def _places(quote: Quote, texts: Texts, *, is_file_known: bool = False) -> str:
    """Return the lines in the file and, for an imported article, on the page."""
    lines = _lines(quote.line_start, quote.line_end, texts)
    page = quote.page
    if page is None:
        return lines
    on_page = _lines(page.line_start, page.line_end, texts)
    file = texts.page_only if is_file_known else texts.page.format(file=page.file)
    return f"{lines} · {safe(file)} {on_page}"


def _lines(first: int, last: int, texts: Texts) -> str:
    return element("span", "qa-lines", safe(lines_in_words(first, last, texts)))


def _fold(label: str, passages: Sequence[ShownPassage], texts: Texts, *, after: int = 0) -> str:
    """Return, folded away, the passages after the first ones."""
    rest = list(enumerate(passages, 1))[after:]
    if not rest:
        return ""
    return element(
        "details",
        "qa-fold",
        element("summary", "", safe(label.format(count=len(rest)))),
        element("ul", "qa-passages", *(_passage(each, number, texts) for number, each in rest)),
    )


def _passage(passage: ShownPassage, number: int, texts: Texts) -> str:
    article = passage.article
    lines = _lines(passage.line_start, passage.line_end, texts)
    # The style sheet shows the first lines of a closed excerpt, all of an open one.
    excerpt = element("summary", "", safe(passage.text), lang=language_of(passage.text))
    return element(
        "li",
        "qa-passage",
        element("details", "qa-excerpt", excerpt),
        _article(article, None, texts),
        element("p", "qa-place", f"{safe(file_in_words(article))} {lines}"),
        _also_in(passage, texts),
        _why(passage, texts),
        data_passage=str(number),
    )


def _why(passage: ShownPassage, texts: Texts) -> str:
    """Return, folded away, the words that a passage was found by and the parts of its score."""
    why = passage.why
    if why is None:
        return ""
    terms = texts.and_.join(f"{term} {share:.0%}" for term, share in why.terms)
    parts = texts.and_.join(
        f"{texts.signals.get(name, name)} {part:+.2f} ({value:.2f})"
        for name, (value, part) in why.signals.items()
        if part
    )
    score = texts.why_score.format(score=f"{passage.score:.2f}", parts=parts)
    return element(
        "details",
        "qa-why",
        element("summary", "", safe(texts.why)),
        _line("", texts.why_terms.format(terms=terms)) if terms else "",
        _line("", score) if parts else "",
    )


def _lost(paths: Sequence[str], texts: Texts) -> str:
    if not paths:
        return ""
    return element(
        "div",
        "qa-stale",
        _line("", conversation_texts(texts).lost),
        element("ul", "", *(element("li", "", safe(path)) for path in paths)),
    )


def _stale(answer: Answer, texts: Texts) -> str:
    if not answer.stale:
        return ""
    before, _, after = texts.stale.partition("{command}")
    command = element("code", "", "qa-bot index")
    return element(
        "div",
        "qa-stale",
        element("p", "", safe(before), command, safe(after)),
        element("ul", "", *(element("li", "", safe(path)) for path in answer.stale)),
    )


def _said(css_class: str, text: str) -> str:
    return _line(css_class, text) if text else ""


def _line(css_class: str, text: str) -> str:
    return element("p", css_class, safe(text))
