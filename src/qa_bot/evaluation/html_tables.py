"""Measures and a comparison -> HTML tables, in both languages."""

from collections.abc import Mapping, Sequence

from qa_bot.evaluation import html_texts as texts
from qa_bot.evaluation.html_texts import GROUPS, MEASURES, Term, Text
from qa_bot.evaluation.measures import DEFINITIONS
from qa_bot.evaluation.records import Comparison, Difference, Measure, Summary
from qa_bot.web.markup import element, safe

_KEY_FIGURES = ("quote_hit", "precision", "false_answers", "latency_p95")
_MOST_TYPES = 50
_MOST_IDS = 100
_SIGNIFICANT = 0.05


def key_figures(summary: Summary) -> str:
    """Return the four figures to look at first."""
    return element(
        "dl",
        "figures",
        *(
            element(
                "div",
                "",
                element("dt", "", MEASURES[name].label.html()),
                element("dd", "", _figure(name, summary.measures[name].value)),
            )
            for name in _KEY_FIGURES
            if name in summary.measures
        ),
    )


def measure_tables(summary: Summary) -> str:
    """Return a table for each group of measures, with those of each type in a fold."""
    parts = []
    for title, group in GROUPS:
        shown = {name: term for name, term in group.items() if name in summary.measures}
        if shown:
            rows = (_measure(name, term, summary.measures[name]) for name, term in shown.items())
            numbers = (texts.VALUE, texts.INTERVAL, texts.COUNT)
            head = _head((texts.MEASURE, ""), *((label, "number") for label in numbers))
            parts.append(
                element(
                    "section",
                    "group",
                    element("h3", "", title.html()),
                    element("table", "measures", head, element("tbody", "", *rows)),
                    _types(summary.by_type, shown),
                )
            )
    return element("div", "groups", *parts)


def comparison_table(comparison: Comparison, anchors: Mapping[str, str]) -> str:
    """Return the comparison with an older run.

    Args:
        comparison: At hand.
        anchors: Where on the page a failed question stands, by its id.
    """
    head = _head(
        (texts.MEASURE, ""),
        (texts.VALUE, "number"),
        (texts.DIFFERENCE, "number"),
        (texts.INTERVAL, "number wide"),
        (texts.P_VALUE, "number wide"),
        (texts.COUNT, "number wide"),
    )
    rows = (_difference(*item) for item in comparison.differences.items())
    return "".join(
        [
            element("p", "hint", _compared_over(comparison)),
            element("table", "compared", head, element("tbody", "", *rows)),
            _ids(texts.LOST, comparison.lost, anchors),
            _ids(texts.WON, comparison.won, anchors),
        ]
    )


def _compared_over(comparison: Comparison) -> str:
    return texts.COMPARED_OVER.html(questions=comparison.questions, changed=comparison.changed)


def _measure(name: str, term: Term, result: Measure) -> str:
    return element(
        "tr",
        "",
        element("th", "", _explained(term), scope="row"),
        element("td", "number", _figure(name, result.value)),
        element(
            "td",
            "number interval",
            "" if DEFINITIONS[name].unit else _bar(result),
            _range(name, result.low, result.high),
        ),
        element("td", "number soft", f"{result.count:,}"),
    )


def _explained(term: Term) -> str:
    return element(
        "details",
        "term",
        element("summary", "", term.label.html()),
        element("p", "", term.meaning.html()),
    )


def _bar(result: Measure) -> str:
    """Return the interval drawn on the way from 0 to 1."""
    low, high, value = (f"{100 * part:.1f}" for part in (result.low, result.high, result.value))
    line = '<line x1="{}" x2="{}" y1="6" y2="6" class="{}"/>'
    return (
        '<svg class="bar" viewBox="-4 0 108 12" aria-hidden="true">'
        f"{line.format(0, 100, 'whole')}{line.format(low, high, 'part')}"
        f'<circle cx="{value}" cy="6" r="3.5"/></svg>'
    )


def _types(by_type: Mapping[str, Mapping[str, Measure]], shown: Mapping[str, Term]) -> str:
    """Return a fold with a row for each type of question."""
    if len(by_type) < 2:
        return ""
    rows = [
        element(
            "tr",
            "",
            element("th", "", safe(kind), scope="row"),
            *(_cell(name, measures.get(name)) for name in shown),
        )
        for kind, measures in list(by_type.items())[:_MOST_TYPES]
    ]
    more = len(by_type) - _MOST_TYPES
    head = _head((texts.TYPE, ""), *((term.label, "number") for term in shown.values()))
    return element(
        "details",
        "fold",
        element("summary", "", texts.BY_TYPE.html()),
        _scrolled(element("table", "types", head, element("tbody", "", *rows))),
        element("p", "hint", texts.MORE_TYPES.html(count=more)) if more > 0 else "",
    )


def _cell(name: str, result: Measure | None) -> str:
    if result is None:
        return element("td", "number", "")
    return element(
        "td",
        "number",
        _figure(name, result.value),
        element("small", "", f"{_range(name, result.low, result.high)} · n {result.count:,}"),
    )


def _difference(name: str, found: Difference) -> str:
    is_better = (found.difference > 0) == DEFINITIONS[name].is_better_high
    is_significant = found.p_value < _SIGNIFICANT
    verdict = ""
    if found.difference and is_significant:
        arrow = "▲" if found.difference > 0 else "▼"
        word = texts.BETTER if is_better else texts.WORSE
        colour = "better" if is_better else "worse"
        verdict = element("span", f"verdict {colour}", f" {arrow} ", word.html())
    change = f"{_figure(name, found.old)} → {_figure(name, found.new)}"
    return element(
        "tr",
        "" if found.difference else "same",
        element("th", "", MEASURES[name].label.html(), scope="row"),
        element("td", "number", change),
        element("td", "number", _signed(name, found.difference), verdict),
        element(
            "td", "number soft wide", f"[{_signed(name, found.low)}, {_signed(name, found.high)}]"
        ),
        element("td", "number wide", f"{found.p_value:.3f}{' ★' if is_significant else ''}"),
        element("td", "number soft wide", f"{found.count:,}"),
    )


def _ids(label: Text, ids: Sequence[str], anchors: Mapping[str, str]) -> str:
    if not ids:
        return element("p", "ids", label.html(count=0))
    named = (
        element("a", "", safe(id_), href=f"#{anchors[id_]}") if id_ in anchors else safe(id_)
        for id_ in ids[:_MOST_IDS]
    )
    more = len(ids) - _MOST_IDS
    return element(
        "p",
        "ids",
        label.html(count=len(ids)),
        element("span", "list", *(element("span", "id", one) for one in named)),
        texts.MORE_IDS.html(count=more) if more > 0 else "",
    )


def _head(*columns: tuple[Text, str]) -> str:
    """Return the head of a table, of labels and the classes of their columns."""
    cells = (element("th", css_class, label.html(), scope="col") for label, css_class in columns)
    return element("thead", "", element("tr", "", *cells))


def _scrolled(table: str) -> str:
    """Return a wide table in a box that scrolls, by keyboard too."""
    return element("div", "scrolled", table, tabindex="0", role="group")


def _figure(name: str, value: float) -> str:
    return f"{value:,.{_digits(name)}f}"


def _signed(name: str, value: float) -> str:
    digits = _digits(name)
    if not round(value, digits):
        return "0"
    return f"{value:+,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _range(name: str, low: float, high: float) -> str:
    return f"{_figure(name, low)} – {_figure(name, high)}"


def _digits(name: str) -> int:
    return 1 if DEFINITIONS[name].unit else 3
