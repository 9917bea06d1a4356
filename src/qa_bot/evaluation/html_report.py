"""Summary and rows of a run -> `report.html`: one file that needs nothing else, in two languages.

It asks nothing of a network and runs no code but its own few lines: its content security policy
forbids everything else, and every text from articles, questions and file names is escaped. It is
read without a script too.
"""

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from qa_bot.errors import EvaluationError
from qa_bot.evaluation import html_texts as texts
from qa_bot.evaluation.html_failures import failure_cards
from qa_bot.evaluation.html_tables import comparison_table, key_figures, measure_tables
from qa_bot.evaluation.html_texts import Text
from qa_bot.evaluation.plots import CAPTIONS, draw_plots
from qa_bot.evaluation.records import Row, Run, Summary
from qa_bot.evaluation.storage import read_rows
from qa_bot.web.markup import element, safe

REPORT = "report.html"
_MOST_SHOWN = 100  # failed questions of a kind
_MOST_PROBLEMS = 200


def write_html(folder: Path, summary: Summary) -> None:
    """Write `report.html` beside the rows of a run.

    Args:
        folder: Of the run; all rows are there.
        summary: Of the run.

    Raises:
        EvaluationError: If matplotlib is not installed, the rows cannot be read or the folder
            cannot be written.
    """
    page = render_html(summary, read_rows(folder))
    try:
        (folder / REPORT).write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise EvaluationError(
            f"{folder}: cannot be written ({error.strerror}); choose another folder"
        ) from error


def render_html(summary: Summary, rows: Iterable[Row]) -> str:
    """Return the report as an HTML document; the same run always gives the same.

    Args:
        summary: Of a run.
        rows: Of the run, with their passages; gone through once, most are not kept whole.

    Raises:
        EvaluationError: If matplotlib is not installed.
    """
    light: list[Row] = []
    shown: dict[str, list[Row]] = {kind: [] for kind in texts.FAILURE_TEXTS}
    for row in rows:
        light.append(row.without_passages())
        if row.failure and len(shown[row.failure]) < _MOST_SHOWN:
            shown[row.failure].append(row)
    failed = [row for kind in shown.values() for row in kind]
    anchors = {row.id: f"q{number}" for number, row in enumerate(failed, start=1)}
    failures = sum(summary.failures.values())
    sections = [
        _section(
            "measures", texts.MEASURED.html(), _hint(texts.HOW_TO_READ), measure_tables(summary)
        ),
        _compared(summary, anchors),
        _section("plots", texts.PLOTS.html(), _plots(summary, light)),
        _section(
            "failed",
            texts.FAILED.html(count=f"{failures:,}"),
            failure_cards(shown, summary.failures, anchors),
        ),
    ]
    body = element("main", "", _header(summary), _problems(summary.problems), *sections)
    return _document(body, title=f"{texts.TITLE.zh} · {texts.TITLE.en} · {summary.run.questions}")


def _document(body: str, *, title: str) -> str:
    style, script = _file("report.css"), _file("report.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        element("title", "", safe(title)),
        f"<style>{style}</style>",
    ]
    parts = ["<!doctype html>", '<html lang="zh-CN">', "<head>", *head, "</head>", "<body>"]
    # The script comes early: it chooses the language before the page is painted.
    parts += [_languages(), f"<script>{script}</script>", body, "</body>", "</html>", ""]
    return "\n".join(parts)


def _file(name: str) -> str:
    return files("qa_bot.evaluation").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _languages() -> str:
    """Return the choice of the language; the style sheet shows what is chosen."""
    button = '<input type="radio" name="language" id="language-{}" autocomplete="off"{}>'
    return element(
        "fieldset",
        "switch languages",
        element("label", "", button.format("zh", " checked"), "中文", lang="zh-CN"),
        element("label", "", button.format("en", ""), "English", lang="en"),
    )


def _header(summary: Summary) -> str:
    run = summary.run
    began = run.began.replace("T", " ").replace("+00:00", " UTC")
    about = texts.ABOUT.html(
        questions=f"{summary.questions:,}", began=began, seconds=f"{run.seconds:,.1f}"
    )
    return element(
        "header",
        "",
        element("h1", "", texts.TITLE.html()),
        element("p", "set", safe(run.questions)),
        element("p", "hint", about),
        key_figures(summary),
        _run(run),
    )


def _run(run: Run) -> str:
    facts = (
        (texts.MODEL, run.model),
        (texts.THRESHOLD, f"{run.threshold:g}"),
        (texts.PROGRAM, f"qa-bot {run.program}"),
    )
    return element(
        "p",
        "hint parts",
        *(element("span", "", label.html(), " ", safe(value)) for label, value in facts),
    )


def _problems(problems: tuple[str, ...]) -> str:
    if not problems:
        return ""
    more = len(problems) - _MOST_PROBLEMS
    return element(
        "details",
        "problems",
        element("summary", "", texts.PROBLEMS.html(count=len(problems))),
        element("ul", "", *(element("li", "", safe(line)) for line in problems[:_MOST_PROBLEMS])),
        _hint(texts.MORE_PROBLEMS, count=more) if more > 0 else "",
    )


def _compared(summary: Summary, anchors: dict[str, str]) -> str:
    comparison = summary.comparison
    if comparison is None:
        return ""
    title = texts.COMPARED.html(folder=comparison.folder)
    return _section("compared", title, comparison_table(comparison, anchors))


def _plots(summary: Summary, rows: list[Row]) -> str:
    chinese = draw_plots(summary, rows, language="zh-CN")
    english = draw_plots(summary, rows, language="en")
    figures = []
    for name, plot in chinese.items():
        zh, en = CAPTIONS["zh-CN"][name], CAPTIONS["en"][name]
        figures.append(
            element(
                "figure",
                "plot",
                element("h3", "", Text(zh.title, en.title).html()),
                element("div", "zh", plot),
                element("div", "en", english[name]),
                element("figcaption", "", Text(zh.description, en.description).html()),
            )
        )
    return element("div", "plots", *figures)


def _section(name: str, title: str, *content: str) -> str:
    return element("section", "", element("h2", "", title), *content, id=name)


def _hint(text: Text, **values: object) -> str:
    return element("p", "hint", text.html(**values))
