"""Rows -> files for other programs: a spreadsheet, and trec_eval's run and qrels."""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote as percent_encode

from qa_bot.errors import EvaluationError
from qa_bot.evaluation.records import Row, Summary
from qa_bot.evaluation.report import format_report
from qa_bot.evaluation.storage import write_summary

_TAG = "qa-bot"
_FORMULA = re.compile(r"[=+\-@\t\r]")
_COLUMNS = (
    "id",
    "type",
    "question",
    "failure",
    "answered",
    "confidence",
    "quotes",
    "source",
    "all_of",
    "any_of",
    "article",
    "speaker",
    "article_rank",
    "passage_rank",
)


def write_report(folder: Path, summary: Summary, rows: Sequence[Row]) -> None:
    """Write all files of a complete run but for its rows, the summary last.

    Raises:
        EvaluationError: If the folder cannot be written.
    """
    try:
        report = format_report(summary, rows)
        (folder / "report.md").write_text(report, encoding="utf-8", errors="replace")
        _write_csv(folder / "rows.csv", rows)
        _write_lines(folder / "run.trec", _run_lines(rows))
        _write_lines(folder / "qrels.trec", _qrels_lines(rows))
    except OSError as error:
        raise EvaluationError(
            f"{folder}: cannot be written ({error.strerror}); choose another folder"
        ) from error
    write_summary(folder, summary)


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    values = list(dict.fromkeys(name for row in rows for name in row.values))
    values.remove("confidence")
    # With the mark that tells Excel that it is UTF-8.
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*_COLUMNS, *values])
        for row in rows:
            numbers = [row.values.get(name, "") for name in values]
            writer.writerow([*map(_cell, _fields(row)), *numbers])


def _fields(row: Row) -> tuple[object, ...]:
    quotes = row.answer["quotes"]
    expected = row.expected
    return (
        row.id,
        row.type,
        expected.question,
        row.failure,
        row.answer["answered"],
        row.values["confidence"],
        "\n".join(quote["text"] for quote in quotes),
        "\n".join(f"{quote['path']}:{quote['line_start']}" for quote in quotes),
        "|".join(expected.all_of),
        "|".join(expected.any_of),
        expected.article,
        expected.speaker,
        row.article_rank,
        row.passage_rank,
    )


def _cell(value: object) -> object:
    """Return a cell that a spreadsheet does not take for a formula (OWASP, 'CSV Injection')."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _run_lines(rows: Iterable[Row]) -> Iterable[str]:
    """Yield `question Q0 article rank score tag`; the score only says the rank again."""
    for row in rows:
        for rank, article in enumerate(row.ranking, start=1):
            yield f"{_token(row.id)} Q0 {_token(article)} {rank} {1 / rank:.6f} {_TAG}"


def _qrels_lines(rows: Iterable[Row]) -> Iterable[str]:
    for row in rows:
        for article, grade in row.right_articles.items():
            yield f"{_token(row.id)} 0 {_token(article)} {grade}"


def _token(name: str) -> str:
    """Return a name without the white space that parts the columns; two names stay two."""
    return re.sub(r"[\s%]", lambda match: percent_encode(match[0]), name)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    path.write_text(text, encoding="utf-8", errors="replace")
