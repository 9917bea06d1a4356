"""The command line: `qa-bot chat | ask | import | index | eval | verify | articles`.

Exit status 0: done; 1: done, but something was skipped or fell short; 2: bad use or bad input, with
one line on stderr.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from qa_bot import __version__
from qa_bot.errors import EvaluationError, PageError, QaBotError, QuestionError
from qa_bot.settings import Settings, add_flags, read_settings

# Heavy modules are imported by the command that needs them: `ask` must not wait for Gradio.

_FOLDERS = ("corpus", "index")
_ANSWERING = (
    *_FOLDERS,
    "model",
    "top_k",
    "threshold",
    "confidence_slope",
    "confidence_offset",
)
_MOST_SHOWN = 20  # problems of a question set, and failed questions
_EVAL = (
    "Runs a question set. A set with documents of its own (SQuAD, DRCD, CMRC 2018, BEIR) is asked "
    "of them, in an index made for the purpose; any other is asked of your index. An interrupted "
    "run with --out goes on where it stopped when the same command is given again. What is read, "
    "measured and written: docs/evaluation.md."
)


class _Parser(argparse.ArgumentParser):
    """Reports bad use in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; by default those of the process.

    Returns:
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    flags = _parser().parse_args(arguments)
    try:
        settings = read_settings(vars(flags), environment=os.environ, folder=Path.cwd())
        status: int = flags.run(flags, settings)
        sys.stdout.flush()
    except QaBotError as error:
        print(f"qa-bot: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("qa-bot: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away, as in `qa-bot articles | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="qa-bot",
        description="Answers questions in the articles' own words, or says that they do not say.",
        epilog="Every setting can also stand in the environment (QA_BOT_CORPUS, ...), in "
        "qa-bot.toml or in pyproject.toml under [tool.qa-bot].",
    )
    parser.add_argument("--version", action="version", version=f"qa-bot {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    chat = commands.add_parser("chat", help="start the web chat, building the index if needed")
    add_flags(chat, *_ANSWERING, "passage_size", "host", "port")
    chat.set_defaults(run=_chat)

    ask = commands.add_parser("ask", help="answer a question, or a file of questions")
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument("--json", action="store_true", help="print the answer as a JSON object")
    ask.add_argument(
        "--jsonl",
        metavar="FILE",
        help="answer the questions of a JSONL file, one JSON object a line",
    )
    add_flags(ask, *_ANSWERING)
    ask.set_defaults(run=_ask)

    import_ = commands.add_parser("import", help="turn newspaper pages into articles")
    import_.add_argument("files", nargs="+", metavar="FILE", help="the text of a page")
    import_.add_argument("--dry-run", action="store_true", help="show the result, write nothing")
    import_.add_argument("--json", action="store_true", help="print the result as a JSON object")
    import_.add_argument(
        "--force", action="store_true", help="overwrite articles that were edited by hand"
    )
    add_flags(import_, "corpus")
    import_.set_defaults(run=_import)

    index = commands.add_parser("index", help="bring the index up to date with the corpus")
    index.add_argument("--full", action="store_true", help="take nothing over from the old index")
    index.add_argument("--json", action="store_true", help="print what was done as a JSON object")
    add_flags(index, *_FOLDERS, "model", "passage_size")
    index.set_defaults(run=_index)

    eval_ = commands.add_parser(
        "eval", help="run a question set and say how good the answers are", description=_EVAL
    )
    eval_.add_argument(
        "questions", metavar="QUESTIONS", help="a JSONL, CSV or SQuAD-like file, or a BEIR folder"
    )
    eval_.add_argument("--qrels", metavar="FILE", help="relevance judgements (TREC or BEIR)")
    eval_.add_argument("--json", action="store_true", help="print the measures as a JSON object")
    eval_.add_argument("--out", metavar="FOLDER", help="write the report and a row a question here")
    eval_.add_argument(
        "--against", metavar="FOLDER", help="compare with the run that --out wrote there"
    )
    eval_.add_argument(
        "--fail-under",
        metavar="MEASURE=VALUE",
        action="append",
        default=[],
        help="end with status 1 if a measure is lower; may be given several times",
    )
    eval_.add_argument(
        "--calibrate",
        action="store_true",
        help="fit confidence and threshold on this set, try them on --test, write them as settings",
    )
    eval_.add_argument("--test", metavar="QUESTIONS", help="with --calibrate: another set")
    eval_.add_argument(
        "--precision",
        type=_precision,
        default=0.9,
        help="with --calibrate: share of right answers wanted (default: 0.9)",
    )
    add_flags(eval_, *_ANSWERING, "passage_size")
    eval_.set_defaults(run=_eval)

    verify = commands.add_parser("verify", help="prove answers, or the index, against the files")
    verify.add_argument(
        "answers", nargs="?", metavar="ANSWERS", help="what qa-bot ask --jsonl printed"
    )
    add_flags(verify, *_FOLDERS)
    verify.set_defaults(run=_verify)

    articles = commands.add_parser("articles", help="list the articles in the index")
    articles.add_argument("--json", action="store_true", help="print a JSON object a line")
    add_flags(articles, *_FOLDERS)
    articles.set_defaults(run=_articles)
    return parser


def _precision(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < 1:
        raise argparse.ArgumentTypeError(f"must be a number between 0 and 1, got {value!r}")
    return number


def _open_bot(settings: Settings) -> Any:
    from qa_bot.answering.bot import QABot

    return QABot.open(
        settings.index,
        corpus=settings.corpus,
        model=settings.model,
        top_k=settings.top_k,
        threshold=settings.threshold if settings.threshold >= 0 else None,
        confidence_slope=settings.confidence_slope,
        confidence_offset=settings.confidence_offset,
    )


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _chat(flags: argparse.Namespace, settings: Settings) -> int:
    _build(settings)
    if settings.host not in ("127.0.0.1", "localhost", "::1"):
        print(
            f"warning: everybody who reaches {settings.host} can ask, there is no password; use "
            "--host 127.0.0.1 to keep it on this machine",
            file=sys.stderr,
        )
    # Gradio takes seconds to import: only once there is something to show.
    from qa_bot.web.page import launch
    from qa_bot.web.samples import sample_questions

    with _open_bot(settings) as bot:
        launch(
            bot,
            host=settings.host,
            port=settings.port,
            samples=sample_questions(bot),
            ready=lambda url: print(f"qa-bot is ready at {url} (stop with Ctrl+C)", flush=True),
        )
    return 0


def _ask(flags: argparse.Namespace, settings: Settings) -> int:
    from qa_bot.terminal import format_answer

    if (flags.question is None) == (flags.jsonl is None):
        raise QuestionError("give one question, or --jsonl FILE; see qa-bot ask --help")
    with _open_bot(settings) as bot:
        if flags.jsonl:
            return _ask_all(bot, Path(flags.jsonl))
        answer = bot.ask(flags.question)
    if flags.json:
        _print_json(answer.to_dict())
    else:
        print(format_answer(answer, colours=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    return 1 if answer.stale else 0


def _ask_all(bot: Any, path: Path) -> int:
    from qa_bot.evaluation.lines import read_lines

    status = 0
    for number, entry in read_lines(path):
        question, history = entry.get("question"), entry.get("history") or []
        try:
            if not isinstance(question, str):
                raise QuestionError("question must be text")
            if not isinstance(history, list) or not all(isinstance(q, str) for q in history):
                raise QuestionError("history must be a list of earlier questions")
            _print_json(bot.ask(question, history=history).to_dict(id=entry.get("id")))
        except QuestionError as error:
            # The others are still answered, and the lines of output match those of input.
            _print_json({"id": entry.get("id"), "question": question, "error": str(error)})
            print(f"{path}:{number}: {error}", file=sys.stderr)
            status = 1
    return status


def _import(flags: argparse.Namespace, settings: Settings) -> int:
    from qa_bot.pages import decode_page, read_page, unaccounted, write_articles
    from qa_bot.terminal import format_import, format_written

    status = 0
    for name in flags.files:
        try:
            data = Path(name).read_bytes()
        except OSError as error:
            raise PageError(f"{name}: cannot be read ({error.strerror}); check the name") from error
        text = decode_page(data, file=name)
        result = read_page(text, file=name)
        written = []
        if not flags.dry_run:
            written = write_articles(result, data, corpus=Path(settings.corpus), force=flags.force)
        if flags.json:
            _print_json(result.to_dict())
        else:
            print(format_import(result))
        print(format_written(written), file=sys.stderr if flags.json else sys.stdout, end="")
        for line, lost in unaccounted(text, result):
            print(f"{name}:{line}: not accounted for: {lost}", file=sys.stderr)
            status = 1
        if not result.articles or any(entry.status == "refused" for entry in written):
            status = 1
    return status


def _index(flags: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import asdict

    report = _build(settings, full=flags.full)
    if flags.json:
        _print_json({**asdict(report), "snapshot": str(report.snapshot)})
    else:
        print(
            f"{report.articles} articles, {report.passages} passages "
            f"({len(report.added)} articles added, {len(report.changed)} changed, "
            f"{len(report.removed)} removed; {report.reused} embeddings reused) "
            f"in {report.seconds:.1f} s"
        )
    return 1 if report.problems else 0


def _build(settings: Settings, *, full: bool = False) -> Any:
    from qa_bot.index.build import build_index
    from qa_bot.index.encoder import load_encoder

    report = build_index(
        Path(settings.corpus),
        Path(settings.index),
        load_encoder(settings.model),
        passage_size=settings.passage_size,
        full=full,
        show_progress=sys.stderr.isatty(),
    )
    for problem in report.problems:
        print(f"skipped {problem}", file=sys.stderr)
    return report


def _eval(flags: argparse.Namespace, settings: Settings) -> int:
    from qa_bot.evaluation.comparison import compare, read_older
    from qa_bot.evaluation.export import write_report
    from qa_bot.evaluation.gate import read_limits, shortfalls
    from qa_bot.evaluation.html_report import write_html
    from qa_bot.evaluation.plots import require_matplotlib
    from qa_bot.evaluation.question_set import read_question_set
    from qa_bot.evaluation.report import format_failures, format_summary
    from qa_bot.evaluation.run import run_set
    from qa_bot.evaluation.storage import summary_json
    from qa_bot.evaluation.summary import summarize

    if flags.calibrate:
        return _calibrate(flags, settings)
    if flags.test:
        raise EvaluationError("--test is for --calibrate; give both, or neither")
    limits = read_limits(flags.fail_under)
    question_set = read_question_set(
        Path(flags.questions), qrels=Path(flags.qrels) if flags.qrels else None
    )
    out = Path(flags.out) if flags.out else None
    if out and flags.against and out.resolve() == Path(flags.against).resolve():
        raise EvaluationError("--out and --against name the same folder; write to another one")
    if out:
        require_matplotlib()
    older = read_older(Path(flags.against)) if flags.against else {}
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
        _print_json(summary_json(summary))
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
    from qa_bot.evaluation.report import format_calibration
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
    fit, test = [
        run_set(
            question_set,
            as_it_comes,
            report=_print_problems,
            show_progress=sys.stderr.isatty(),
        )
        for question_set in sets
    ]
    calibration = calibrate(
        fit.rows, test.rows, precision=flags.precision, names=(flags.questions, flags.test)
    )
    file = write_settings(calibration.settings, folder=Path.cwd())
    if flags.json:
        _print_json({**asdict(calibration), "written_to": str(file)})
    else:
        print(format_calibration(calibration, file=str(file)))
    return 0 if calibration.holds else 1


def _print_problems(problems: Sequence[str]) -> None:
    for problem in problems[:_MOST_SHOWN]:
        print(problem, file=sys.stderr)
    if len(problems) > _MOST_SHOWN:
        print(f"and {len(problems) - _MOST_SHOWN} more; --out FOLDER lists all", file=sys.stderr)


def _verify(flags: argparse.Namespace, settings: Settings) -> int:
    from qa_bot.evaluation.lines import read_lines
    from qa_bot.index.snapshot import Snapshot
    from qa_bot.verify import verify_answers, verify_index

    corpus = Path(settings.corpus)
    if flags.answers:
        answers = list(read_lines(Path(flags.answers)))
        problems = list(verify_answers(answers, corpus))
        done = f"{sum(len(answer.get('quotes') or ()) for _, answer in answers)} quotes proven"
    else:
        with Snapshot.open(Path(settings.index)) as snapshot:
            problems = list(verify_index(snapshot, corpus))
            done = f"{snapshot.manifest.passages} passages proven"
    print("\n".join(problems) or done)
    return 1 if problems else 0


def _articles(flags: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import asdict

    from qa_bot.index.snapshot import Snapshot

    with Snapshot.open(Path(settings.index)) as snapshot:
        for article in snapshot.store.articles():
            if flags.json:
                entry = asdict(article)
                del entry["number"], entry["sha256"]
                _print_json({**entry, "date": article.date and article.date.isoformat()})
            else:
                authors = ", ".join(author.name for author in article.authors)
                parts = (article.id, article.title, authors, article.source, article.date)
                print("\t".join(str(part or "") for part in parts))
    return 0
