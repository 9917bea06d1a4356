"""The command line: `qa-bot chat | ask | import | index | eval | verify | articles`.

Exit status 0: done; 1: done, but something was skipped or fell short; 2: bad use or bad input, with
one line on stderr.
"""

import argparse
import atexit
import gc
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from qa_bot import __version__
from qa_bot.errors import PageError, QaBotError, QuestionError
from qa_bot.evaluation import command as evaluation
from qa_bot.settings import CHAT_ONLY, Settings, add_flags, read_settings

# Heavy modules are imported by the command that needs them: `ask` must not wait for Gradio.

_FOLDERS = ("corpus", "index")
_MODEL = ("model", "device", "offline")
_ANSWERING = (
    *_FOLDERS,
    *_MODEL,
    "reranker",
    "dense_weight",
    "top_k",
    "threshold",
    "confidence_slope",
    "confidence_offset",
)
_FILTERS = {
    "author": "only articles by this author",
    "speaker": "only what this person says",
    "source": "only articles of this paper or site",
    "article": "only this article, named by its id or (a part of) its title",
}
_DATES = {
    "since": "only articles of this day, month or year (2025-11-28, 2025-11, 2025), and later ones",
    "until": "only articles of this day, month or year, and earlier ones",
}


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
    # What modules are made of is no garbage: not to look for it takes a tenth off a cold answer.
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # typed as TextIO, they are TextIOWrapper
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.filename is not None:  # it is of another file
            raise
        # What is left to print would fail once more, at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # as in `qa-bot articles | head`
            return 1
        print(
            f"qa-bot: standard output: cannot be written ({error.strerror}); make room, or send "
            "it elsewhere",
            file=sys.stderr,
        )
        return 2


def _run(arguments: Sequence[str] | None) -> int:
    flags = _parser().parse_args(arguments)
    try:
        settings = read_settings(vars(flags), environment=os.environ, folder=Path.cwd())
        _hold_blas_to_one_thread(settings)
        status: int = flags.run(flags, settings)
    except QaBotError as error:
        _print_error(error)
        return 2
    except KeyboardInterrupt:
        print("qa-bot: interrupted", file=sys.stderr)
        return 130
    return status


def _hold_blas_to_one_thread(settings: Settings) -> None:
    """Let numpy, which is not loaded yet, multiply small matrices in the thread that asks.

    A second thread is no faster at them, and on a busy machine its waiting takes four times the
    CPU time of the work. A transformer's matrices are large: it keeps its threads.
    """
    if settings.model == Settings().model and not settings.reranker:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


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
    add_flags(chat, *_ANSWERING, "passage_size", *CHAT_ONLY)
    chat.set_defaults(run=_chat)

    ask = commands.add_parser("ask", help="answer a question, or a file of questions")
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument("--json", action="store_true", help="print the answer as a JSON object")
    ask.add_argument(
        "--jsonl",
        metavar="FILE",
        help="answer the questions of a JSONL file, one JSON object a line",
    )
    ask.add_argument("--explain", action="store_true", help="show of each passage why it was found")
    only = ask.add_argument_group(
        "filters", "of one kind any, of several kinds all; a name may be a part that only one has"
    )
    for name, help_ in _FILTERS.items():
        only.add_argument(f"--{name}", action="append", metavar="NAME", help=help_)
    for name, help_ in _DATES.items():
        only.add_argument(f"--{name}", metavar="DATE", help=help_)
    add_flags(ask, *_ANSWERING)
    ask.set_defaults(run=_ask)

    import_ = commands.add_parser("import", help="turn newspaper pages into articles")
    import_.add_argument(
        "files", nargs="+", metavar="FILE", help="a page: text, Markdown, PDF, Word (.docx) or HTML"
    )
    import_.add_argument("--dry-run", action="store_true", help="show the result, write nothing")
    import_.add_argument("--json", action="store_true", help="print the result as a JSON object")
    import_.add_argument(
        "--force", action="store_true", help="overwrite articles that were edited by hand"
    )
    add_flags(import_, *_FOLDERS)
    import_.set_defaults(run=_import)

    index = commands.add_parser("index", help="bring the index up to date with the corpus")
    index.add_argument("--full", action="store_true", help="take nothing over from the old index")
    index.add_argument("--json", action="store_true", help="print what was done as a JSON object")
    index.add_argument(
        "--progress", action="store_true", help="print how far it is as JSON objects on stderr"
    )
    index.add_argument(
        "--watch", action="store_true", help="follow the folder and build after each change"
    )
    add_flags(index, *_FOLDERS, *_MODEL, "passage_size")
    index.set_defaults(run=_index)

    eval_ = commands.add_parser(
        "eval",
        help="run a question set and say how good the answers are",
        description=evaluation.DESCRIPTION,
    )
    evaluation.add_arguments(eval_)
    add_flags(eval_, *_ANSWERING, "passage_size")
    eval_.set_defaults(run=evaluation.run)

    verify = commands.add_parser("verify", help="prove answers, or the index, against the files")
    verify.add_argument(
        "answers", nargs="?", metavar="ANSWERS", help="what qa-bot ask --jsonl printed"
    )
    verify.add_argument("--json", action="store_true", help="print the result as a JSON object")
    add_flags(verify, *_FOLDERS)
    verify.set_defaults(run=_verify)

    articles = commands.add_parser("articles", help="list the articles in the index")
    articles.add_argument("--json", action="store_true", help="print a JSON object a line")
    add_flags(articles, *_FOLDERS)
    articles.set_defaults(run=_articles)
    return parser


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
        reranker=settings.reranker,
        dense_weight=settings.dense_weight if settings.dense_weight >= 0 else None,
        device=settings.device,
        offline=settings.offline,
    )


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _print_error(error: QaBotError) -> None:
    from qa_bot.terminal import printable

    print(f"qa-bot: {printable(' '.join(str(error).split()))}", file=sys.stderr)


def _chat(flags: argparse.Namespace, settings: Settings) -> int:
    from qa_bot.index_command import build_or_keep
    from qa_bot.web.address import is_loopback
    from qa_bot.web.password import read_account

    account = read_account(settings.auth)
    if account and account.is_exposed:
        print(
            f"warning: other users of this machine can read the password in {account.file}; "
            f"run: chmod 600 {account.file}",
            file=sys.stderr,
        )
    if not account and not is_loopback(settings.host):
        print(
            f"warning: everybody who reaches {settings.host} can ask, there is no password; set "
            "one with --auth, or use --host 127.0.0.1 to keep it on this machine",
            file=sys.stderr,
        )
    build_or_keep(settings)
    # Gradio takes seconds to import: only once there is something to show.
    from qa_bot.web.server import launch

    launch(
        lambda: _open_bot(settings),
        settings,
        ready=lambda url: print(f"qa-bot is ready at {url} (stop with Ctrl+C)", flush=True),
    )
    return 0


def _ask(flags: argparse.Namespace, settings: Settings) -> int:
    from qa_bot.ask_file import ask_all
    from qa_bot.scope import read_scope
    from qa_bot.terminal import format_answer

    if (flags.question is None) == (flags.jsonl is None):
        raise QuestionError("give one question, or --jsonl FILE; see qa-bot ask --help")
    names = {f"{name}s": getattr(flags, name) for name in _FILTERS}
    scope = read_scope({**names, **{name: getattr(flags, name) for name in _DATES}})
    with _open_bot(settings) as bot:
        if flags.jsonl:
            return ask_all(bot, Path(flags.jsonl), scope=scope)
        answer = bot.ask(flags.question, scope=scope)
    if flags.json:
        _print_json(answer.to_dict())
    else:
        colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        print(format_answer(answer, colours=colours, explain=flags.explain))
    return 1 if answer.stale else 0


def _import(flags: argparse.Namespace, settings: Settings) -> int:
    status = 0
    for name in flags.files:
        try:
            status = max(status, _import_page(name, flags, settings))
        except PageError as error:
            # The other pages are still imported.
            _print_error(error)
            status = 2
    return status


def _import_page(name: str, flags: argparse.Namespace, settings: Settings) -> int:
    from qa_bot.pages import convert_page, decode_page, read_page, unaccounted, write_articles
    from qa_bot.terminal import format_import, format_written, printable

    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise PageError(f"{name}: cannot be read ({error.strerror}); check the name") from error
    converted = convert_page(data, file=name)
    text = decode_page(data, file=name) if converted is None else converted
    result = read_page(text, file=name)
    written = []
    if not flags.dry_run:
        written = write_articles(
            result,
            data,
            converted=converted,
            corpus=Path(settings.corpus),
            force=flags.force,
        )
    if flags.json:
        _print_json(result.to_dict())
    else:
        print(format_import(result))
    print(format_written(written), file=sys.stderr if flags.json else sys.stdout, end="")
    lost = list(unaccounted(text, result))
    for line, words in lost:
        print(printable(f"{name}:{line}: not accounted for: {words}"), file=sys.stderr)
    was_refused = any(entry.status == "refused" for entry in written)
    return 1 if lost or was_refused or not result.articles else 0


def _index(flags: argparse.Namespace, settings: Settings) -> int:
    from qa_bot.index_command import run

    return run(flags, settings)


def _verify(flags: argparse.Namespace, settings: Settings) -> int:
    from qa_bot.evaluation.lines import read_lines
    from qa_bot.index.snapshot import Snapshot
    from qa_bot.terminal import printable
    from qa_bot.verify import verify_answers, verify_index

    corpus = Path(settings.corpus)
    if flags.answers:
        answers = list(read_lines(Path(flags.answers)))
        problems = list(verify_answers(answers, corpus))
        what, count = "quotes", 0 if problems else sum(len(entry["quotes"]) for _, entry in answers)
    else:
        with Snapshot.open(Path(settings.index)) as snapshot:
            problems = list(verify_index(snapshot, corpus))
            what, count = "passages", snapshot.manifest.passages
    if flags.json:
        _print_json({f"{what}_proven": 0 if problems else count, "problems": problems})
    else:
        print("\n".join(map(printable, problems)) or f"{count} {what} proven")
    return 1 if problems else 0


def _articles(flags: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import asdict

    from qa_bot.index.snapshot import Snapshot
    from qa_bot.terminal import printable

    with Snapshot.open(Path(settings.index)) as snapshot:
        for article in snapshot.store.articles():
            if flags.json:
                entry = asdict(article)
                del entry["number"], entry["sha256"]
                _print_json({**entry, "date": article.date and article.date.isoformat()})
            else:
                authors = ", ".join(author.name for author in article.authors)
                parts = (article.id, article.title, authors, article.source, article.date)
                print("\t".join(printable(str(part or "")) for part in parts))
    return 0
