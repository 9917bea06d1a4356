"""Rows and summary -> tables to read."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from qa_bot.evaluation.calibration import LEAST_QUESTIONS, Calibration
from qa_bot.evaluation.fusion import FittedWeight
from qa_bot.evaluation.measures import DEFINITIONS
from qa_bot.evaluation.records import FAILURES, Comparison, Measure, Question, Row, Summary
from qa_bot.terminal import printable

_BY_TYPE = ("quote_hit", "mrr@10", "article", "answered", "false_answers")
_SIGNIFICANT = 0.05
_NAMED = 20  # questions won or lost that are named in a line


def format_summary(summary: Summary) -> str:
    """Return all measures, those of each type that matter most, and the comparison, if any."""
    lines = _table(("measure", "value", "95 % interval", "questions"), _measures(summary.measures))
    lines += ["", *_types(summary), ""]
    failed = [f"{kind} {count}" for kind, count in summary.failures.items() if count]
    lines.append(f"failed: {', '.join(failed) or 'none'}")
    if summary.comparison:
        lines += ["", *_comparison(summary.comparison)]
    return "\n".join(lines)


def format_failures(rows: Iterable[Row], *, most: int | None = None) -> str:
    """Return every failed question with what was expected and what came, by kind of failure.

    Args:
        rows: Of a run.
        most: How many to show at most; None: all.
    """
    failed = sorted(
        (row for row in rows if row.failure), key=lambda row: FAILURES.index(row.failure or "")
    )
    lines: list[str] = []
    kind = None
    for row in failed[:most]:
        if row.failure != kind:
            kind = row.failure
            count = sum(other.failure == kind for other in failed)
            lines += ["", f"### {kind} ({count})", ""]
        lines += _failure(row)
    if most is not None and len(failed) > most:
        lines += ["", f"and {len(failed) - most} more; --out FOLDER writes them all"]
    return "\n".join(lines).strip()


def format_report(summary: Summary, rows: Iterable[Row]) -> str:
    """Return the whole report in Markdown."""
    run = summary.run
    parts = [
        f"# Evaluation of {printable(run.questions)}",
        f"{summary.questions:,} questions, {run.began}, qa-bot {run.program}, model {run.model}, "
        f"threshold {run.threshold:g}. docs/evaluation.md says what the measures mean.",
        format_summary(summary),
        f"## Failed\n\n{format_failures(rows) or 'none'}",
    ]
    if summary.problems:
        listed = "\n".join(f"- {_line(problem)}" for problem in summary.problems)
        parts.append(f"## What is wrong with the set\n\n{listed}")
    return "\n\n".join(parts) + "\n"


def format_calibration(calibration: Calibration) -> str:
    """Return what the fitted confidence and threshold do on both sets."""
    trials = {"fitted on": calibration.fitted, "tried on": calibration.tested}
    rows = [
        (
            name,
            str(trial.questions),
            _cell(trial.precision) or "nothing answered",
            _cell(trial.coverage),
            f"{trial.calibration_error_before:.3f} -> {trial.calibration_error:.3f}",
        )
        for name, trial in trials.items()
    ]
    head = ("set", "questions", "right (of answered)", "answered", "calibration error")
    lines = _table(head, rows)
    if not calibration.holds:
        lines.append(f"the precision of {calibration.precision:g} was not kept on the other set")
    return "\n".join(lines)


def format_weight(weight: FittedWeight | None, *, in_use: float) -> str:
    """Return what became of the weight of the vectors, in a line."""
    if weight is None:
        return (
            f"dense_weight stays {in_use:g}: fewer than {LEAST_QUESTIONS} questions say what is "
            "right"
        )
    if weight.value == weight.default:
        return (
            f"dense_weight stays {weight.default:g}, as is usual for the model: on "
            f"{weight.questions} questions (MRR@10 {weight.mrr:.3f}) no other is better beyond "
            "chance"
        )
    return (
        f"dense_weight {weight.default:g} -> {weight.value:g}: MRR@10 {weight.mrr_default:.3f} -> "
        f"{weight.mrr:.3f} on {weight.questions} questions, {weight.gain:+.3f} on those kept aside"
    )


def format_value(name: str, value: float) -> str:
    """Return a figure with its unit."""
    unit = DEFINITIONS[name].unit
    return f"{value:.1f} {unit}" if unit else f"{value:.3f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    bar = r"\|"  # one in a cell would end it
    return [f"| {' | '.join(cell.replace('|', bar) for cell in row)} |" for row in cells]


def _measures(measures: dict[str, Measure]) -> Iterator[tuple[str, str, str, str]]:
    for name, result in measures.items():
        digits = 1 if DEFINITIONS[name].unit else 3
        yield (
            DEFINITIONS[name].label,
            format_value(name, result.value),
            f"{result.low:.{digits}f} to {result.high:.{digits}f}",
            str(result.count),
        )


def _types(summary: Summary) -> list[str]:
    """Return a table of the types; a cell holds value, interval and number of questions."""
    shown = [name for name in _BY_TYPE if name in summary.measures]
    head = ("type", *(DEFINITIONS[name].label for name in shown))
    rows = [
        (_line(kind), *(_cell(measures.get(name)) for name in shown))
        for kind, measures in summary.by_type.items()
    ]
    return _table(head, rows)


def _cell(result: Measure | None) -> str:
    if result is None:
        return ""
    return f"{result.value:.2f} ({result.low:.2f} to {result.high:.2f}; {result.count})"


def _comparison(comparison: Comparison) -> list[str]:
    changed = f"; {comparison.changed} that changed are left out" if comparison.changed else ""
    both = f"{comparison.questions} questions of both{changed}"
    lines = [f"against {printable(comparison.folder)}, {both}:", ""]
    rows = [
        (
            DEFINITIONS[name].label,
            format_value(name, found.old),
            format_value(name, found.new),
            f"{found.difference:+.3f} ({found.low:+.3f} to {found.high:+.3f})",
            f"{found.p_value:.3f}{' *' if found.p_value < _SIGNIFICANT else ''}",
            str(found.count),
        )
        for name, found in comparison.differences.items()
    ]
    head = ("measure", "old", "new", "difference (95 % interval)", "p", "questions")
    lines += [*_table(head, rows), ""]
    for what, ids in (("won", comparison.won), ("lost", comparison.lost)):
        named = ", ".join(map(printable, ids[:_NAMED]))
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        lines.append(f"{what} {len(ids)}: {named}{more}" if ids else f"{what} 0")
    return lines


def _failure(row: Row) -> list[str]:
    answer = row.answer
    quotes = answer["quotes"] or row.withheld
    quoted = [f"{_line(quote['text'])} ({_source(quote)})" for quote in quotes]
    what = "quoted" if answer["quotes"] else "withheld"
    lines = [f"- {_line(row.id)}: {_line(row.expected.question)}"]
    if row.expected.answerable:
        lines.append(f"  - expected: {_expected(row.expected)}")
    lines += [f"  - {what}: {quote}" for quote in quoted]
    lines.append(f"  - confidence {answer['confidence']:.2f}{_ranks(row)}")
    return lines


def _expected(question: Question) -> str:
    parts = [" + ".join(question.all_of), " / ".join(question.any_of)]
    parts.append(f"《{question.article}》" if question.article else "")
    parts.append(f"said by {question.speaker}" if question.speaker else "")
    parts += [f"article {id_}" for id_ in list(question.relevant)[:3]]
    return _line("; ".join(filter(None, parts)))


def _ranks(row: Row) -> str:
    if not row.expected.answerable:
        return ""
    article = "not found" if row.article_rank is None else f"at rank {row.article_rank}"
    passage = "not found" if row.passage_rank is None else f"at rank {row.passage_rank}"
    return f"; right passage {passage}, right article {article}"


def _source(quote: dict[str, Any]) -> str:
    who = f"{quote['speaker']['name']}, " if quote["speaker"] else ""
    return _line(f"{who}{quote['path']}:{quote['line_start']}")


def _line(text: str) -> str:
    return " ".join(printable(text).split())
