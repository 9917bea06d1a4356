"""The command `qa-bot eval`: its arguments, what it prints, and its exit status."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_bot.errors import EvaluationError
from qa_bot.scope import read_scope
from qa_bot.settings import Settings

if TYPE_CHECKING:
    from qa_bot.evaluation.records import Question, QuestionSet

# What computes is imported when the command runs: every other command imports this module too.

DESCRIPTION = (
    "Runs a question set. A set with documents of its own (SQuAD, DRCD, CMRC 2018, BEIR) is asked "
    "of them, in an index made for the purpose; any other is asked of your index. An interrupted "
    "run with --out goes on where it stopped when the same command is given again. What is read, "
    "measured and written: docs/evaluation.md."
)
_MOST_SHOWN = 20  # problems of a question set, and failed questions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments; those of settings are added by the caller."""
    parser.add_argument(
        "questions", metavar="QUESTIONS", help="a JSONL, CSV or SQuAD-like file, or a BEIR folder"
    )
    parser.add_argument(
        "--qrels", type=_name, metavar="FILE", help="relevance judgements (TREC or BEIR)"
    )
    parser.add_argument("--json", action="store_true", help="print the measures as a JSON object")
    parser.add_argument(
        "--out", type=_name, metavar="FOLDER", help="write the report and a row a question here"
    )
    parser.add_argument(
        "--against",
        type=_name,
        metavar="FOLDER",
        help="compare with the run that --out wrote there",
    )
    parser.add_argument(
        "--fail-under",
        metavar="MEASURE=VALUE",
        action="append",
        default=[],
        help="end with status 1 if a measure is lower; may be given several times",
    )
    parser.add_argument(
        "--calibrate",
        action="store_true",
        help="fit the weight of the vectors, confidence and threshold on this set, try them on "
        "--test, write them as settings",
    )
    parser.add_argument(
        "--test", type=_name, metavar="QUESTIONS", help="with --calibrate: another set"
    )
    parser.add_argument(
        "--precision",
        type=_precision,
        default=0.9,
        help="with --calibrate: share of right answers wanted (default: 0.9)",
    )


def _name(value: str) -> str:
    if not value.strip():
        raise argparse.ArgumentTypeError("must be a name, got nothing")
    return value


def _precision(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < 1:
        raise argparse.ArgumentTypeError(f"must be a number between 0 and 1, got {value!r}")
    return number


def run(flags: argparse.Namespace, settings: Settings) -> int:
    """Run the command; returns the exit status."""
    from qa_bot.evaluation.comparison import compare, in_common, read_older
    from qa_bot.evaluation.export import write_report
    from qa_bot.evaluation.gate import read_limits, shortfalls
    from qa_bot.evaluation.html_report import write_html
    from qa_bot.evaluation.plots import require_matplotlib
    from qa_bot.evaluation.question_set import read_question_set
    from qa_bot.evaluation.report import format_failures, format_summary
    from qa_bot.evaluation.run import run_set
    from qa_bot.evaluation.storage import check_folder, summary_json
    from qa_bot.evaluation.summary import summarize
    from qa_bot.terminal import printable

    if flags.calibrate:
        return _calibrate(flags, settings)
    if flags.test:
        raise EvaluationError("--test is for --calibrate; give both, or neither")
    limits = read_limits(flags.fail_under)
    question_set = read_question_set(
        Path(flags.questions), qrels=Path(flags.qrels) if flags.qrels else None
    )
    if question_set.unjudged:
        left_out = f"queries without a relevant article, left out: {question_set.unjudged}"
        print(printable(f"{question_set.file}: {left_out}"), file=sys.stderr)
    out = Path(flags.out) if flags.out else None
    if out:
        read = [Path(name) for name in (flags.questions, flags.qrels) if name]
        check_folder(out, read=read, corpus=Path(settings.corpus))
    if out and flags.against and out.resolve() == Path(flags.against).resolve():
        raise EvaluationError("--out and --against name the same folder; write to another one")
    if out:
        require_matplotlib()
    older = read_older(Path(flags.against)) if flags.against else {}
    if flags.against:
        in_common(question_set.questions, older, folder=flags.against)
    try:
        outcome = run_set(
            question_set,
            settings,
            folder=out,
            report=_print_problems,
            show_progress=sys.stderr.isatty(),
        )
    except KeyboardInterrupt:
        if out:
            print("\nqa-bot: the same command goes on where it stopped", file=sys.stderr)
        raise
    comparison = compare(outcome.rows, older, folder=flags.against) if flags.against else None
    summary = summarize(outcome.rows, outcome.run, problems=outcome.problems, comparison=comparison)
    if out:
        write_html(out, summary)
        write_report(out, summary, outcome.rows)
    if flags.json:
        print(json.dumps(summary_json(summary), ensure_ascii=False))
    else:
        print(format_summary(summary))
        if failures := format_failures(outcome.rows, most=_MOST_SHOWN):
            print(f"\n{failures}")
    missed = shortfalls(summary.measures, limits)
    for line in missed:
        print(line, file=sys.stderr)
    return 1 if missed or outcome.problems else 0


def _calibrate(flags: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import asdict, replace

    from qa_bot.evaluation.calibration import calibrate
    from qa_bot.evaluation.question_set import read_question_set
    from qa_bot.evaluation.report import format_calibration, format_weight
    from qa_bot.evaluation.run import run_set
    from qa_bot.settings import write_settings

    if flags.out or flags.against or flags.qrels or flags.fail_under:
        raise EvaluationError(
            "--calibrate writes settings, no run; give only --test and --precision"
        )
    if not flags.test:
        raise EvaluationError("--calibrate needs another set to try the threshold on; give --test")
    as_it_comes = replace(settings, confidence_slope=1.0, confidence_offset=0.0)
    sets = [read_question_set(Path(name)) for name in (flags.questions, flags.test)]
    _check_apart(*sets)
    options: dict[str, Any] = {
        "report": _print_problems,
        "show_progress": sys.stderr.isatty(),
        "must_be_current": True,
    }
    fit = run_set(sets[0], as_it_comes, weigh=True, **options)
    test = run_set(sets[1], replace(as_it_comes, dense_weight=fit.run.dense_weight), **options)
    calibration = calibrate(
        fit.rows, test.rows, precision=flags.precision, names=(flags.questions, flags.test)
    )
    values = calibration.settings
    if fit.weight and fit.weight.setting != settings.dense_weight:
        values["dense_weight"] = fit.weight.setting
    file = write_settings(values, folder=Path.cwd())
    if flags.json:
        fitted = {**asdict(calibration), "weight": fit.weight and asdict(fit.weight)}
        print(json.dumps({**fitted, "written_to": str(file)}, ensure_ascii=False))
    else:
        print(format_calibration(calibration))
        print(format_weight(fit.weight, in_use=fit.run.dense_weight))
        written = ", ".join(f"{name} = {value:g}" for name, value in values.items())
        print(f"written to {file}: {written}")
    return 0 if calibration.holds else 1


def _check_apart(fit: "QuestionSet", test: "QuestionSet") -> None:
    """Check that a threshold is not tried on the questions that it was chosen by."""
    if fit.digest == test.digest:
        raise EvaluationError(f"--test {test.path} is the set to fit on; name another one")
    fitted = {_asked(question) for question in fit.questions}
    both = sum(_asked(question) in fitted for question in test.questions)
    if both:
        print(
            f"{test.path}: {both} of {len(test.questions)} questions are in {fit.path} too; what "
            "is tried on them says nothing of others",
            file=sys.stderr,
        )


def _asked(question: "Question") -> tuple[object, ...]:
    return question.question, question.history, read_scope(question.scope)


def _print_problems(problems: Sequence[str]) -> None:
    from qa_bot.terminal import printable

    for problem in problems[:_MOST_SHOWN]:
        print(printable(problem), file=sys.stderr)
    if len(problems) > _MOST_SHOWN:
        print(f"and {len(problems) - _MOST_SHOWN} more; --out FOLDER lists all", file=sys.stderr)
