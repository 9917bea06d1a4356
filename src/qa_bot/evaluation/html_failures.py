"""Failed questions -> HTML cards by kind of failure, in both languages.

Texts of articles, questions and file names pass through `markup.safe`; none is ever HTML.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from qa_bot.evaluation import html_texts as texts
from qa_bot.evaluation.html_texts import FAILURE_TEXTS, Text
from qa_bot.evaluation.records import Question, Row
from qa_bot.records import Span
from qa_bot.web.markup import element, language_of, link, mark, safe

_MOST_TEXT = 600  # characters of a passage, a question or a string needed
_MOST_STRINGS = 10


def failure_cards(
    shown: Mapping[str, Sequence[Row]], counts: Mapping[str, int], anchors: Mapping[str, str]
) -> str:
    """Return the failed questions, the first cause first, and buttons that show one kind only.

    Args:
        shown: Rows to show, by kind of failure.
        counts: How many questions failed, by kind.
        anchors: Id of each card in the page, by that of the question.
    """
    kinds = [kind for kind in FAILURE_TEXTS if counts.get(kind)]
    if not kinds:
        return element("p", "none", texts.NONE_FAILED.html())
    return "".join(
        [
            element(
                "fieldset",
                "switch kinds",
                _choice("all", texts.ALL, sum(counts.values()), is_chosen=True),
                *(_choice(_key(kind), FAILURE_TEXTS[kind].label, counts[kind]) for kind in kinds),
            )
            if len(kinds) > 1
            else "",
            *(_kind(kind, shown.get(kind, ()), counts[kind], anchors) for kind in kinds),
        ]
    )


def _choice(key: str, label: Text, count: int, *, is_chosen: bool = False) -> str:
    checked = " checked" if is_chosen else ""
    button = f'<input type="radio" name="kind" id="kind-{key}" autocomplete="off"{checked}>'
    return element("label", "", button, label.html(), element("span", "count", f"{count:,}"))


def _key(kind: str) -> str:
    return kind.replace(" ", "-")


def _kind(kind: str, rows: Sequence[Row], count: int, anchors: Mapping[str, str]) -> str:
    more = count - len(rows)
    return element(
        "section",
        f"kind {_key(kind)}",
        element("h3", "", FAILURE_TEXTS[kind].label.html(), element("span", "count", f"{count:,}")),
        element("p", "hint", FAILURE_TEXTS[kind].meaning.html()),
        *(_card(row, anchors[row.id]) for row in rows),
        element("p", "hint more", texts.MORE_FAILED.html(shown=len(rows), count=f"{more:,}"))
        if more
        else "",
    )


def _card(row: Row, anchor: str) -> str:
    asked = row.expected
    place = [safe(_cut(row.id)), safe(_cut(row.type))]
    if asked.line:
        place.append(texts.LINE.html(first=asked.line))
    return element(
        "article",
        "failure",
        element("p", "place parts", *(element("span", "", part) for part in place)),
        element("h4", "", safe(_cut(asked.question)), lang=language_of(asked.question)),
        *(
            element("p", "hint", texts.EARLIER.html(), ": ", safe(_cut(earlier)))
            for earlier in asked.history[-3:]
        ),
        element("p", "hint", texts.ONLY_IN.html(), ": ", safe(_cut(_names(asked.scope))))
        if asked.scope
        else "",
        element(
            "div",
            "sides",
            element("dl", "facts", *_expected(asked), *_ranks(row), *_confidence(row)),
            element("div", "given", *_given(row)),
        ),
        _passages(row),
        id=anchor,
    )


def _names(scope: Mapping[str, Any]) -> str:
    values = (value if isinstance(value, list) else [value] for value in scope.values())
    return " · ".join(chain.from_iterable(values))


def _expected(question: Question) -> list[str]:
    if not question.answerable:
        return [_fact(texts.EXPECTED, texts.NO_ANSWER.html())]
    strings = [_strings(question.all_of, " + ")]
    if question.any_of:
        strings.append(f"{texts.ONE_OF.html()} {_strings(question.any_of, ' / ')}")
    facts = [_fact(texts.EXPECTED, *(element("p", "", part) for part in strings if part))]
    articles = [question.article] if question.article else list(question.relevant)[:3]
    if articles:
        facts.append(_fact(texts.ARTICLE, safe(_cut(" · ".join(articles)))))
    if question.speaker:
        facts.append(_fact(texts.SPEAKER, safe(_cut(question.speaker))))
    return [fact for fact in facts if fact]


def _strings(strings: Sequence[str], between: str) -> str:
    shown = [element("q", "", safe(_cut(string))) for string in strings[:_MOST_STRINGS]]
    return between.join(shown) + (" …" if len(strings) > _MOST_STRINGS else "")


def _ranks(row: Row) -> list[str]:
    """Return where the right passage and article stood, if it is known which are right."""
    ranks = (
        ("passage_success@1", texts.RIGHT_PASSAGE, row.passage_rank),
        ("recall@1", texts.RIGHT_ARTICLE, row.article_rank),
    )
    return [
        _fact(label, _rank(rank), css_class="short")
        for measure, label, rank in ranks
        if measure in row.values
    ]


def _rank(rank: int | None) -> str:
    return texts.NOT_FOUND.html() if rank is None else texts.RANK.html(rank=rank)


def _confidence(row: Row) -> list[str]:
    return [_fact(texts.CONFIDENCE, f"{row.answer['confidence']:.2f}", css_class="short")]


def _fact(label: Text, *content: str, css_class: str = "") -> str:
    if not any(content):
        return ""
    return element("div", css_class, element("dt", "", label.html()), element("dd", "", *content))


def _given(row: Row) -> list[str]:
    quotes = row.answer["quotes"]
    label = texts.QUOTED if quotes else texts.WITHHELD if row.withheld else texts.NOTHING
    head = element("p", "label", label.html())
    return [head, *(_quote(quote) for quote in quotes or row.withheld)]


def _quote(quote: Mapping[str, Any]) -> str:
    highlights = [Span(**span) for span in quote["highlights"]]
    words = mark(quote["text"], quote["start"], highlights)
    speaker = quote["speaker"]
    who = ""
    if speaker:
        role = element("span", "role", safe(speaker["role"])) if speaker["role"] else ""
        who = element("p", "speaker", element("b", "", safe(speaker["name"])), " ", role)
    return element(
        "figure",
        "",
        element("blockquote", "", words, lang=language_of(quote["text"])),
        element("figcaption", "", who, _source(quote)),
    )


def _source(found: Mapping[str, Any]) -> str:
    """Return what a quote or passage is from: article, then file and lines."""
    article = found["article"]
    parts = [
        link(article["url"], element("cite", "", safe(article["title"]))),
        safe(" · ".join(author["name"] for author in article["authors"])),
        *(safe(article[name] or "") for name in ("source", "date")),
        safe(found.get("section") or ""),
    ]
    page = found.get("page")
    place = f"{safe(found['path'])} {_lines(found)}"
    if page:
        place += f" · {texts.PAGE.html(file=page['file'])} {_lines(page)}"
    shown = (element("span", "", part) for part in parts if part)
    return element("p", "source parts", *shown) + element("p", "place", place)


def _lines(found: Mapping[str, Any]) -> str:
    first, last = found["line_start"], found["line_end"]
    return (texts.LINE if first == last else texts.LINES).html(first=first, last=last)


def _passages(row: Row) -> str:
    passages = row.answer["passages"]
    if not passages:
        return ""
    return element(
        "details",
        "fold",
        element("summary", "", texts.NEAREST.html(count=len(passages))),
        element(
            "ol",
            "passages",
            *(
                _passage(passage, is_right=rank == row.passage_rank)
                for rank, passage in enumerate(passages, start=1)
            ),
        ),
    )


def _passage(passage: Mapping[str, Any], *, is_right: bool) -> str:
    text = passage["text"]
    return element(
        "li",
        "right" if is_right else "",
        element("p", "label", texts.RIGHT_PASSAGE.html()) if is_right else "",
        element("p", "text", safe(_cut(text)), lang=language_of(text)),
        _source(passage),
    )


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"
