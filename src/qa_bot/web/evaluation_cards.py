"""The result of an evaluation -> HTML: measures, plots, and failed questions that open.

Every text passes through `markup.safe` last, as in `cards.py`; the plots are SVG that
`evaluation.plots` has escaped.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qa_bot.answer_json import read_answer, read_quotes
from qa_bot.evaluation.html_texts import FAILURE_TEXTS, GROUPS, Term, Text
from qa_bot.evaluation.measures import DEFINITIONS
from qa_bot.evaluation.plots import CAPTIONS, draw_plots
from qa_bot.evaluation.records import Measure, Row, Summary
from qa_bot.web.cards import render_quotes, render_turn
from qa_bot.web.evaluation_texts import EvaluationTexts, evaluation_texts
from qa_bot.web.markup import element, language_of, safe
from qa_bot.web.texts import ZH, Texts

_MOST_FAILURES, _MOST_TYPES, _MOST_PROBLEMS = 500, 50, 200  # shown
_MOST_ID = 80  # characters of an id or a type that are shown


def render_result(
    summary: Summary,
    rows: Sequence[Row],
    texts: Texts,
    *,
    name: str,
    total: int,
    files: Mapping[str, str],
) -> str:
    """Return the result of a run.

    Args:
        summary: Of the run, or of the part that was asked.
        rows: Without passages, in the order of the set.
        texts: Of the page.
        name: Of the set.
        total: Questions in the set; more than there are rows: the run was stopped.
        files: Addresses to download files from, by their names.
    """
    words = evaluation_texts(texts)
    return element(
        "section",
        "qa-result",
        element("h2", "", safe(words.result.format(name=name)), tabindex="-1"),
        _partial(len(rows), total, words),
        _facts(summary, words),
        _problems(summary.problems, words),
        _heading(words.measures_heading),
        _table(summary.measures, texts),
        *_types(summary, rows, texts),
        _heading(words.plots),
        _plots(summary, rows, texts),
        _heading(words.failures_heading),
        *_failures(rows, texts),
        _downloads(files, words),
    )


def render_row(row: Row, texts: Texts, *, threshold: float) -> str:
    """Return a question's answer as the chat shows it, and what was expected."""
    words = evaluation_texts(texts)
    answer = read_answer(row.answer)
    withheld = words.withheld.format(
        confidence=f"{answer.confidence:.0%}", threshold=f"{threshold:.0%}"
    )
    parts = [render_turn(answer, texts)]
    if row.withheld:
        quotes = render_quotes(read_quotes(row.withheld), texts)
        parts.append(element("div", "qa-turn qa-withheld", _line("qa-hint", withheld), quotes))
    return "".join([*parts, _expected(row, texts)])


def _heading(text: str) -> str:
    return element("h3", "", safe(text))


def _line(css_class: str, text: str) -> str:
    return element("p", css_class, safe(text))


def _partial(asked: int, total: int, words: EvaluationTexts) -> str:
    if asked == total:
        return ""
    return _line("qa-partial", words.partial.format(asked=f"{asked:,}", total=f"{total:,}"))


def _facts(summary: Summary, words: EvaluationTexts) -> str:
    run = summary.run
    values = {
        "asked": f"{summary.questions:,}",
        "failed": f"{sum(summary.failures.values()):,}",
        "seconds": f"{run.seconds:.1f}",
        "model": run.model,
        "threshold": f"{run.threshold:.2f}",
    }
    facts = (element("span", "", safe(fact.format(**values))) for fact in words.facts)
    return element("p", "qa-parts", *facts)


def _problems(problems: Sequence[str], words: EvaluationTexts) -> str:
    if not problems:
        return ""
    items = (element("li", "", safe(problem)) for problem in problems[:_MOST_PROBLEMS])
    label = words.problems.format(count=f"{len(problems):,}")
    return _fold(label, element("ul", "qa-problems", *items))


def _fold(label: str, content: str) -> str:
    return element("details", "qa-fold", element("summary", "", safe(label)), content)


def _table(measures: Mapping[str, Measure], texts: Texts) -> str:
    words = evaluation_texts(texts)
    names = (words.measure, words.value, words.interval, words.count)
    head = element("tr", "", *(element("th", "", safe(name), scope="col") for name in names))
    return element("table", "qa-measures", element("thead", "", head), *_groups(measures, texts))


def _groups(measures: Mapping[str, Measure], texts: Texts) -> Iterator[str]:
    for title, terms in GROUPS:
        lines = [
            _measure(name, term, measures[name], texts)
            for name, term in terms.items()
            if name in measures
        ]
        if lines:
            label = safe(_in(texts, title))
            head = element("th", "", label, scope="rowgroup", colspan="4")
            yield element("tbody", "", element("tr", "", head), *lines)


def _measure(name: str, term: Term, measure: Measure, texts: Texts) -> str:
    digits = 1 if DEFINITIONS[name].unit else 3
    label = element(
        "details",
        "",
        element("summary", "", safe(_in(texts, term.label))),
        element("p", "", safe(_in(texts, term.meaning))),
    )
    cells = (
        f"{measure.value:.{digits}f}",
        f"{measure.low:.{digits}f}–{measure.high:.{digits}f}",
        f"{measure.count:,}",
    )
    return element(
        "tr",
        "",
        element("th", "", label, scope="row"),
        *(element("td", "", safe(cell)) for cell in cells),
        data_measure=name,
    )


def _in(texts: Texts, text: Text) -> str:
    return text.zh if texts is ZH else text.en


def _types(summary: Summary, rows: Iterable[Row], texts: Texts) -> list[str]:
    """Return a table for each type of question, folded."""
    if len(summary.by_type) < 2:
        return []
    words = evaluation_texts(texts)
    counts: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for row in rows:
        counts[row.type] += 1
        failed[row.type] += row.failure is not None
    folds = [
        _fold(
            words.type_summary.format(
                type=kind[:_MOST_ID], count=f"{counts[kind]:,}", failed=f"{failed[kind]:,}"
            ),
            _table(measures, texts),
        )
        for kind, measures in list(summary.by_type.items())[:_MOST_TYPES]
    ]
    return [_heading(words.by_type), *folds]


def _plots(summary: Summary, rows: Sequence[Row], texts: Texts) -> str:
    captions = CAPTIONS[texts.language]
    figures = [
        element(
            "figure",
            "qa-plot",
            plot,
            element(
                "figcaption",
                "",
                element("strong", "", safe(captions[name].title)),
                safe(captions[name].description),
            ),
        )
        for name, plot in draw_plots(summary, rows, language=texts.language).items()
    ]
    return element("div", "qa-plots", *figures)


def _failures(rows: Sequence[Row], texts: Texts) -> Iterator[str]:
    """Yield the failed questions by kind, each a button that opens its answer."""
    words = evaluation_texts(texts)
    left = _MOST_FAILURES
    for kind, term in FAILURE_TEXTS.items():
        failed = [(number, row) for number, row in enumerate(rows) if row.failure == kind]
        shown, left = failed[:left], max(0, left - len(failed))
        if shown:
            label = f"{_in(texts, term.label)} ({len(failed):,})"
            yield element("h4", "", safe(label))
            yield _line("qa-hint", _in(texts, term.meaning))
            yield element("ul", "qa-failures", *(_item(number, row) for number, row in shown))
    count = sum(row.failure is not None for row in rows)
    if not count:
        yield _line("qa-hint", words.no_failures)
    if count > _MOST_FAILURES:
        more = words.more_failures.format(count=f"{count - _MOST_FAILURES:,}")
        yield _line("qa-hint", more)


def _item(number: int, row: Row) -> str:
    question = row.expected.question.strip()
    panel = f"qa-opened-{number}"
    button = element(
        "button",
        "qa-failed",
        element("span", "", safe(question), lang=language_of(question)),
        element("small", "", safe(f"{row.id[:_MOST_ID]} · {row.type[:_MOST_ID]}")),
        type="button",
        data_row=str(number),
        aria_expanded="false",
        aria_controls=panel,
    )
    return element("li", "", button, element("div", "qa-opened", id=panel, hidden=""))


def _downloads(files: Mapping[str, str], words: EvaluationTexts) -> str:
    links = (
        element("a", "", safe(name), href=address, download=name) for name, address in files.items()
    )
    items = (element("li", "", link) for link in links)
    return _heading(words.downloads) + element("ul", "qa-downloads", *items)


def _expected(row: Row, texts: Texts) -> str:
    words, expected = evaluation_texts(texts), row.expected
    ranks = (
        words.passage_rank.format(rank=row.passage_rank or words.not_found),
        words.article_rank.format(rank=row.article_rank or words.not_found),
    )
    fields = {
        words.history: expected.history,
        words.all_of: expected.all_of,
        words.any_of: expected.any_of,
        words.article: [expected.article] if expected.article else [],
        words.speaker: [expected.speaker] if expected.speaker else [],
        words.relevant: list(expected.relevant)[:3],
        words.ranks: ranks if expected.answerable else (),
        words.expected: () if expected.answerable else [words.not_answerable],
    }
    parts = (
        element("dt", "", safe(label))
        + "".join(element("dd", "", safe(value), lang=language_of(value)) for value in values)
        for label, values in fields.items()
        if values
    )
    heading = element("h4", "", safe(words.expected))
    return element("section", "qa-expected", heading, element("dl", "", *parts))
