"""An answer -> HTML: quotes with the answer marked and their source, or a plain no.

Every text passes through `markup.safe` last; nothing from an article or a question is ever HTML.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from qa_bot.records import Answer, ArticleRef, Person, Quote, ShownPassage
from qa_bot.web.markup import element, language_of, link, mark, safe
from qa_bot.web.texts import Texts

_NEAREST = 3  # passages shown openly when the articles do not answer
_SURE, _FAIRLY_SURE = 0.8, 0.5  # of a calibrated probability


def render_turn(answer: Answer, texts: Texts, *, titles: Mapping[str, str] | None = None) -> str:
    """Return a question and its answer as one `<article>`.

    Args:
        answer: The answer.
        texts: Of the page.
        titles: Of the articles that the answer was looked for in, by id.
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
        _understood(answer, texts),
        _scope(answer, texts, titles or {}),
        *body,
        _stale(answer, texts),
    )


def render_quotes(quotes: Sequence[Quote], texts: Texts) -> str:
    """Return quotes on cards with their sources; numbered through if there are several."""
    cards, number = [], 1
    for group in _cards(quotes):
        cards.append(_card(group, texts, first=number, numbered=len(quotes) > 1))
        number += len(group)
    return element("div", "qa-quotes", *cards)


def render_notice(text: str) -> str:
    """Return a calm message for above the question box; empty text clears it."""
    return element("p", "qa-notice", safe(text)) if text else ""


def _understood(answer: Answer, texts: Texts) -> str:
    """Return how the question was understood, unless that is what was typed, width aside."""
    typed = " ".join(unicodedata.normalize("NFKC", answer.question).split())
    if answer.understood_as in (typed, answer.question):
        return ""
    return _line("qa-understood", texts.understood_as.format(question=answer.understood_as))


def _scope(answer: Answer, texts: Texts, titles: Mapping[str, str]) -> str:
    """Return where alone the answer was looked for, if not everywhere."""
    if not answer.scope:
        return ""
    fields = answer.scope.to_dict()
    if ids := fields.get("articles"):
        named = [texts.title.format(title=titles[id_]) if id_ in titles else id_ for id_ in ids]
        fields["articles"] = named
    parts = (
        texts.scope[name].format(names=texts.and_.join(value) if isinstance(value, list) else value)
        for name, value in fields.items()
    )
    return _line("qa-understood qa-scope", texts.only_in.format(scope=texts.and_.join(parts)))


def _answered(answer: Answer, texts: Texts) -> list[str]:
    percent = texts.confidence.format(percent=round(100 * answer.confidence))
    verdict = element(
        "p",
        "qa-verdict qa-parts",
        element("span", "qa-label", safe(texts.answer)),
        " ",
        element(
            "span",
            "qa-confidence",
            safe(_confidence(answer.confidence, texts)),
            element("span", "qa-hidden", safe(f" ({percent})")),
            title=percent,
        ),
    )
    fold = _fold(texts.passages, answer.passages, texts)
    return [verdict, render_quotes(answer.quotes, texts), fold]


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


def _confidence(confidence: float, texts: Texts) -> str:
    if confidence >= _SURE:
        return texts.sure
    return texts.fairly_sure if confidence >= _FAIRLY_SURE else texts.unsure


def _cards(quotes: Iterable[Quote]) -> list[list[Quote]]:
    """Put neighbouring quotes of one speaker and section of one article on one card."""

    def source(quote: Quote) -> tuple[object, ...]:
        reprints = [reprint.article.id for reprint in quote.also_in]
        agreeing = [agreement.article.id for agreement in quote.agreeing]
        return quote.article.id, quote.speaker, quote.section, reprints, agreeing

    return [list(group) for _, group in groupby(quotes, key=source)]


def _card(quotes: Sequence[Quote], texts: Texts, *, first: int, numbered: bool) -> str:
    """Return a card of quotes with one source, the first of which is the answer's *first*."""
    places = [_places(quote, texts) for quote in quotes]
    place = safe(quotes[0].article.path)
    if len(set(places)) == 1:
        place, places = f"{place} {places[0]}", [""] * len(quotes)
    words = [_words(quote, number) for number, quote in enumerate(quotes, first)]
    if numbered:
        points = (
            element("li", "", each, line and element("p", "qa-place", line))
            for each, line in zip(words, places, strict=True)
        )
        body = element("ol", "qa-points", *points, start=str(first))
    else:
        body = words[0]
    return element("figure", "qa-card", body, _source(quotes[0], place, texts))


def _words(quote: Quote, number: int) -> str:
    """Return a quote's words; the scripts find the rest of it by its number, from 1."""
    words = mark(quote.text, quote.span.start, quote.highlights)
    return element(
        "blockquote", "qa-words", words, lang=language_of(quote.text), data_quote=str(number)
    )


def _source(quote: Quote, place: str, texts: Texts) -> str:
    """Return who says it and where: speaker, title and authors, source and date, file."""
    article = quote.article
    lines = []
    if quote.speaker:
        role = element("span", "qa-role", safe(quote.speaker.role)) if quote.speaker.role else ""
        name = element("span", "qa-person", safe(quote.speaker.name))
        lines.append(element("p", "qa-speaker", name, " ", role))
    lines.append(_article(article, quote.section, texts))
    lines.append(element("p", "qa-place", place))
    lines.append(_also_in(quote, texts))
    agreeing = [agreement.article for agreement in quote.agreeing]
    lines.append(_elsewhere(agreeing, texts.agreeing, texts))
    return element("figcaption", "", *lines)


def _also_in(quote: Quote | ShownPassage, texts: Texts) -> str:
    return _elsewhere([reprint.article for reprint in quote.also_in], texts.also_in, texts)


def _elsewhere(articles: Iterable[ArticleRef], text: str, texts: Texts) -> str:
    """Return other articles in one line: source and date, or the title where neither is known."""
    places = {
        article.path: link(
            article.url,
            safe(
                " ".join(filter(None, (article.source, article.date)))
                or texts.title.format(title=article.title)
            ),
        )
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
        safe(texts.and_.join(_person(person, texts) for person in article.authors)),
        safe(article.source or ""),
        date,
        safe(section or ""),
    ]
    return element(
        "p", "qa-source qa-parts", *(element("span", "", part) for part in parts if part)
    )


def _person(person: Person, texts: Texts) -> str:
    if not person.role:
        return person.name
    return texts.person.format(name=person.name, role=person.role)


def _places(quote: Quote, texts: Texts) -> str:
    """Return the lines in the file and, for an imported article, on the page."""
    lines = _lines(quote.line_start, quote.line_end, texts)
    page = quote.page
    if page is None:
        return lines
    on_page = _lines(page.line_start, page.line_end, texts)
    return f"{lines} · {safe(texts.page.format(file=page.file))} {on_page}"


def _lines(first: int, last: int, texts: Texts) -> str:
    form = texts.line if first == last else texts.lines
    return element("span", "qa-lines", safe(form.format(first=first, last=last)))


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
        element("p", "qa-place", f"{safe(article.path)} {lines}"),
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


def _line(css_class: str, text: str) -> str:
    return element("p", css_class, safe(text))
