"""Judged questions -> a table to read, an object for programs, and files to keep."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from qa_bot.evaluation.measures import Measure, Row, measure

_NAMES = {
    "quote_hit": "quote hit",
    "article": "article right",
    "speaker": "speaker right",
    "answered": "answered (of answerable)",
    "abstained": "abstained (of unanswerable)",
    "auroc": "AUROC of the confidence",
}


def summarize(rows: Sequence[Row]) -> dict[str, Any]:
    """Return all measures of a run as plain data, over all questions and by type."""
    types = sorted({row.question.type for row in rows})
    quoted = [row.quoted for row in rows if row.answer.answered]
    return {
        "questions": len(rows),
        "measures": _plain(measure(rows)),
        "by_type": {
            kind: _plain(measure([row for row in rows if row.question.type == kind]))
            for kind in types
        },
        "characters_quoted_median": median(quoted) if quoted else None,
        "milliseconds_median": median(row.answer.timings_ms["total"] for row in rows),
    }


def format_table(summary: dict[str, Any]) -> str:
    """Return the summary as a Markdown table."""
    lines = ["| measure | value | 95 % interval | questions |", "| --- | --- | --- | --- |"]
    for name, values in summary["measures"].items():
        interval = f"{values['low']:.3f} to {values['high']:.3f}"
        lines.append(f"| {_NAMES[name]} | {values['value']:.3f} | {interval} | {values['count']} |")
    by_type = [
        f"{kind} {values['quote_hit']['value']:.2f} ({values['quote_hit']['count']})"
        for kind, values in summary["by_type"].items()
        if "quote_hit" in values
    ]
    lines.append("")
    lines.append(f"quote hit by type: {', '.join(by_type) or 'none'}")
    lines.append(f"characters quoted, median: {summary['characters_quoted_median']}")
    lines.append(f"milliseconds an answer, median: {summary['milliseconds_median']:.1f}")
    return "\n".join(lines)


def format_failures(rows: Sequence[Row]) -> str:
    """Return a line for each question that was not answered as it should have been."""
    lines = []
    for row in rows:
        if kind := failure(row):
            first = row.answer.quotes[0].text[:60] if row.answer.quotes else "(abstained)"
            lines.append(f"{row.question.id}\t{kind}\t{row.question.question}\t{first}")
    return "\n".join(lines)


def failure(row: Row) -> str | None:
    """Return in what way a question failed, or None."""
    if not row.question.answerable:
        return "answered although unanswerable" if row.answer.answered else None
    if not row.answer.answered:
        return "abstained although answerable"
    if not row.quote_hit:
        return "not quoted"
    if row.article_hit is False:
        return "wrong article"
    return "wrong speaker" if row.speaker_hit is False else None


def write_report(folder: Path, rows: Sequence[Row], summary: dict[str, Any]) -> None:
    """Write `summary.json`, `report.md` and `rows.jsonl` (one question a line) to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    report = f"# Evaluation\n\n{format_table(summary)}\n\n## Failed\n\n{format_failures(rows)}\n"
    (folder / "report.md").write_text(report, encoding="utf-8")
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
        for row in rows:
            entry = {
                "expected": asdict(row.question),
                "answer": row.answer.to_dict(id=row.question.id),
                "quote_hit": row.quote_hit,
                "article_hit": row.article_hit,
                "speaker_hit": row.speaker_hit,
                "failure": failure(row),
            }
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _plain(measures: dict[str, Measure]) -> dict[str, Any]:
    return {
        name: {key: round(value, 4) for key, value in asdict(result).items()}
        for name, result in measures.items()
    }
