"""What tests let happen to other processes, which cost some milliseconds each.

They are forked from one that has everything imported.
"""

import io
import multiprocessing
import os
import random
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import langchain_text_splitters  # noqa: F401 # before the fork

from qa_bot import cli
from qa_bot.answering import bot
from qa_bot.answering.reader import Reader
from qa_bot.errors import IndexDamagedError
from qa_bot.index import build as building
from qa_bot.index import lexical_writer, store_writer
from qa_bot.index.encoder import load_encoder
from qa_bot.index.snapshot import Snapshot
from qa_bot.verify import verify_answers, verify_index
from qa_bot.web.feedback_file import FeedbackFile
from tests.editions import questions, wrong_in

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # threads do not survive a fork
_ENCODER = load_encoder()
Reader.load = cache(Reader.load)  # type: ignore[method-assign] # most of the time of an opening
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])
_STEPS = {
    "fcntl.flock",
    "os.chmod",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "sqlite3.connect",
}


def started(function: Callable[..., object], *arguments: object) -> BaseProcess:
    """Start a process that calls a function of a module."""
    process = _CONTEXT.Process(target=function, args=arguments, daemon=True)
    process.start()
    return process


def ended(process: BaseProcess) -> int:
    """Return the exit status of a process when it is over; that of a signal is negative."""
    process.join(120)
    status = process.exitcode
    assert status is not None, "it hangs"
    process.close()
    return status


def called(function: Callable[..., Any], *arguments: object) -> Any:
    """Return what a function returns in a process of its own."""
    return result_of(function, *arguments)()


def result_of(function: Callable[..., Any], *arguments: object) -> Callable[[], Any]:
    """Begin to call a function in a process of its own; returns what waits for its result."""
    here, there = _CONTEXT.Pipe(duplex=False)
    process = started(_call, there, function, arguments)
    there.close()

    def wait() -> Any:
        try:
            return here.recv()
        except EOFError:
            raise AssertionError(f"ended with status {ended(process)}") from None

    return wait


def _call(pipe: Any, function: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    pipe.send(function(*arguments))


def build(corpus: Path, index: Path, full: bool) -> None:
    """Bring an index up to date."""
    building.build_index(corpus, index, _ENCODER, full=full)


def build_in_steps(corpus: Path, index: Path, full: bool, last: int) -> int:
    """Build, and die right before the step of this number that changes the disk.

    A step is a call of the system that opens a file for writing, names, links, removes, locks or
    syncs one, and the beginning and end of what SQLite and tantivy write at once.

    Returns:
        How many steps there were, if there were fewer.
    """
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        is_written = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if event in _STEPS or is_written:
            step()

    def between(owner: Any, name: str) -> None:
        function = getattr(owner, name)

        def wrapped(*arguments: Any) -> Any:
            step()
            result = function(*arguments)
            step()
            return result

        setattr(owner, name, wrapped)

    between(os, "fsync")
    between(store_writer.StoreWriter, "__exit__")
    between(lexical_writer.LexicalWriter, "__exit__")
    sys.addaudithook(audit)
    build(corpus, index, full)
    return steps


def build_up_to(corpus: Path, index: Path, full: bool, size: int) -> None:
    """Build, and die in the middle of the write that makes a file longer than this."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    build(corpus, index, full)


def limited(most: int, function: Callable[..., object], *arguments: object) -> str:
    """Call a function where no file may have more bytes than this, as on a disk that is full.

    Returns:
        What it raised, or '' if it did not.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        function(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def judge(path: Path, number: int) -> None:
    """Add a line to a file of feedback, in place of the one before."""
    line = {"id": f"{number:032x}", "question": "春茶由谁收购?", "note": "好" * 50}
    FeedbackFile(path).replace(f"{number - 1:032x}", line)


def command(arguments: list[str], most: int | None = None) -> tuple[int, str, str]:
    """Run qa-bot.

    Args:
        arguments: Those of the command line.
        most: Bytes that a file may have, as on a disk that is full.

    Returns:
        Exit status, what it printed, and what it printed as errors.
    """
    if most is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in "12")
    with redirect_stdout(out), redirect_stderr(err):
        status = cli.main(arguments)
    printed = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return status, printed[0], printed[1]


def build_and_log(corpus: Path, index: Path) -> list[str]:
    """Build; returns the calls that say what is on the disk before what, as `call name`."""
    log = []
    fsync = os.fsync

    def logged(descriptor: int) -> None:
        fsync(descriptor)
        log.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink()}")

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.rename":
            log.append(f"rename {arguments[1]}")

    os.fsync = logged  # type: ignore[assignment] # of a file too
    sys.addaudithook(audit)
    build(corpus, index, False)
    return log


def read_damaged(index: Path, corpus: Path, seed: int, count: int) -> dict[str, int]:
    """Flip a bit somewhere in an index, read it, flip it back; again and again.

    Returns:
        How often the bit was found, and how often all that was read could be proven.
    """
    chance = random.Random(seed)  # noqa: S311 # the same each time
    files = sorted(p for p in index.rglob("*") if p.is_file() and not p.name.endswith(".lock"))
    outcomes = {"found": 0, "proven": 0}
    for _ in range(count):
        path = chance.choice(files)
        at, bit = chance.randrange(path.stat().st_size), chance.randrange(8)
        sys.stderr.write(f"{path.relative_to(index)}, byte {at}, bit {bit}\n")
        _flip(path, at, bit)
        outcomes[read(index, corpus, path)] += 1
        _flip(path, at, bit)
    return outcomes


def _flip(path: Path, at: int, bit: int) -> None:
    """Flip a bit where it stands: somebody may still have the file mapped."""
    with path.open("r+b") as file:
        file.seek(at)
        value = file.read(1)[0]
        file.seek(at)
        file.write(bytes([value ^ 1 << bit]))


def read(index: Path, corpus: Path, damaged: Path) -> str:
    """Ask an index in which a file is damaged, and verify it.

    Returns:
        `found`, or `proven` if the damage is in nothing that an answer says.
    """
    outcome = "proven"
    try:
        with bot.QABot.open(index, corpus=corpus) as opened:
            answers = [opened.ask(question).to_dict() for question in questions()[::3]]
        assert list(verify_answers(enumerate(answers), corpus)) == []
        assert all(answer["quotes"] for answer in answers[-1:])
    except IndexDamagedError as error:
        outcome = "found"
        _check_error(error, index)
    try:
        with Snapshot.open(index) as snapshot:
            problems = list(verify_index(snapshot, corpus))
            is_checked = damaged in {snapshot.folder / name for name in snapshot.manifest.files}
    except IndexDamagedError as error:
        _check_error(error, index)
    else:  # a space of another kind, in CURRENT, is none
        line = f"{damaged}: is damaged; rebuild with qa-bot index --full"
        assert problems == ([line] if is_checked else [])
    return outcome


def _check_error(error: IndexDamagedError, index: Path) -> None:
    """Check that an error names a place that is there, or should be, and what to do."""
    assert str(error).startswith(f"{index}/"), error
    assert "; rebuild with qa-bot index --full" in str(error), error


def ask_on_and_on(index: Path, corpus: Path, end: Path, opened: Path) -> tuple[int, list[str]]:
    """Open the index and ask, until a file is there.

    Returns:
        How many questions were asked, and what was wrong with the answers.
    """
    asked, faults = 0, []
    while not end.exists():
        with bot.QABot.open(index, corpus=corpus) as each:
            opened.touch()
            for question in questions():
                faults += wrong_in(question, each.ask(question))
                asked += 1
    return asked, faults
