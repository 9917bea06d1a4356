"""What tests let happen to other processes: forked from one that has everything imported, so that a
process costs some milliseconds.
"""

import io
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import langchain_text_splitters  # noqa: F401 # before the fork

from qa_bot import cli
from qa_bot.answering import bot  # noqa: F401 # before the fork
from qa_bot.index import build as building
from qa_bot.index import lexical_writer, store_writer
from qa_bot.index.encoder import load_encoder

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # threads do not survive a fork
_ENCODER = load_encoder()
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
    here, there = _CONTEXT.Pipe(duplex=False)
    process = started(_call, there, function, arguments)
    there.close()
    try:
        return here.recv()
    except EOFError:
        raise AssertionError(f"ended with status {ended(process)}") from None


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


def command(arguments: list[str], most: int | None = None, user: int = 0) -> tuple[int, str, str]:
    """Run qa-bot.

    Args:
        arguments: Those of the command line.
        most: Bytes that a file may have, as on a disk that is full.
        user: Whose rights it has.

    Returns:
        Exit status, what it printed, and what it printed as errors.
    """
    if most is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    if user:
        os.setuid(user)
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in "12")
    with redirect_stdout(out), redirect_stderr(err):
        status = cli.main(arguments)
    printed = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined] # BytesIO
    return status, printed[0], printed[1]
