"""A question set -> `qa-bot eval` in a process of its own, which can be watched and stopped.

A process can be stopped at once, whatever it is doing; a set that asks too much harms no answer of
the chat; and the figures are the command line's, because the command line computes them.
"""

import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import Lock
from types import TracebackType

from qa_bot.errors import EvaluationError
from qa_bot.evaluation.records import QuestionSet, Row, Run, Summary
from qa_bot.evaluation.storage import ROWS, RUN, SUMMARY, read_rows, read_summary
from qa_bot.settings import CHAT_ONLY, Settings, as_flags

# What is offered for download, where it was written.
_FILES = ("report.html", "rows.csv", ROWS, SUMMARY)
_ERRORS = "errors.txt"
_MOST_TYPES = 50  # that a part of a run is measured by


class EvaluationRun:
    """A run of one set, from its start to the removal of its folder.

    Attributes:
        key: Names the run in addresses; not to be guessed.
        name: Of the set, for people.
        total: Questions in the set.
    """

    def __init__(
        self, question_set: QuestionSet, settings: Settings, *, name: str, folder: Path
    ) -> None:
        """Begin the run, in a folder that is there."""
        self.key = secrets.token_urlsafe(16)
        self.name = name
        self.total = len(question_set.questions)
        self._path, self._digest = question_set.path, question_set.digest
        self._folder = folder
        flags = as_flags(settings, without=CHAT_ONLY)
        command = [sys.executable, "-m", "qa_bot", "eval", *flags, f"--out={folder}"]
        self._command = [*command, "--", self._path]
        self.begin()

    def begin(self) -> None:
        """Start the process, which goes on after the last row."""
        self._asked, self._read = 0, 0
        with (self._folder / _ERRORS).open("wb") as errors:
            self._process = subprocess.Popen(  # noqa: S603 # our own program, without a shell
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def stop(self) -> None:
        """End the process now; what was asked so far stays."""
        self._process.kill()
        self._process.wait()

    def has_ended(self, *, within: float = 0.0) -> bool:
        """Wait so many seconds for the end; return whether it came."""
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True

    def is_part_of(self, question_set: QuestionSet) -> bool:
        """Whether this run ended before it had asked the whole set."""
        is_same = (self._path, self._digest) == (question_set.path, question_set.digest)
        return is_same and not self.is_complete

    @property
    def is_complete(self) -> bool:
        """Whether the run came to its end."""
        return (self._folder / SUMMARY).exists()

    @property
    def asked(self) -> int:
        """How many questions were asked so far."""
        with suppress(FileNotFoundError), (self._folder / ROWS).open("rb") as file:
            file.seek(self._read)
            while chunk := file.read(1 << 20):
                self._read += len(chunk)
                self._asked += chunk.count(b"\n")
        return self._asked

    @property
    def error(self) -> str:
        """What ended the run early, in one line; empty if it was stopped or is complete."""
        status = self._process.returncode
        if self.is_complete or not status or status < 0:
            return ""
        text = (self._folder / _ERRORS).read_text("utf-8", errors="replace")
        last = (text.split("\n")[-2:] or [f"ended with status {status}"])[0]
        return self.in_words(last.removeprefix("qa-bot: "))

    def in_words(self, message: str) -> str:
        """Return a message with the set's name where the path of its file stands."""
        return message.replace(self._path, self.name)

    def rows(self) -> Iterator[Row]:
        """Yield the rows so far; the last line may not be written to its end."""
        return islice(read_rows(self._folder), self.asked)

    def row(self, number: int) -> Row:
        """Return a row by its place in the set, from 0.

        Raises:
            EvaluationError: If there is none.
        """
        row = next(islice(self.rows(), number, None), None) if number >= 0 else None
        if row is None:
            raise EvaluationError(f"there is no question {number} in this run")
        return row

    @property
    def record(self) -> Run:
        """What is run on what; there once a question was asked."""
        return Run(**json.loads((self._folder / RUN).read_text("utf-8")))

    def summary(self, rows: Sequence[Row]) -> Summary:
        """Return the summary; of a part of a run, that of its rows.

        Args:
            rows: Those of the run, at least one.
        """
        if self.is_complete:
            summary = read_summary(self._folder)
            return replace(summary, problems=tuple(map(self.in_words, summary.problems)))
        from qa_bot.evaluation.summary import summarize  # takes a second to import

        seconds = sum(row.values["latency_ms"] for row in rows) / 1000
        if len({row.type for row in rows}) > _MOST_TYPES:  # each takes a share of a second
            rows = [replace(row, type="") for row in rows]
        return summarize(rows, replace(self.record, seconds=seconds))

    def files(self) -> dict[str, Path]:
        """Return what can be downloaded, by name."""
        paths = {name: self._folder / name for name in _FILES}
        return {name: path for name, path in paths.items() if path.exists()}

    def discard(self) -> None:
        """Stop the run and remove its files."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


class EvaluationRuns:
    """The runs of a server, of which one goes on at a time; a context manager."""

    def __init__(self, settings: Settings) -> None:
        """Keep the runs in a temporary folder, which is made with the first one."""
        self._settings = settings
        self._folder: TemporaryDirectory[str] | None = None
        self._runs: dict[str, EvaluationRun] = {}
        self._lock = Lock()

    def __enter__(self) -> "EvaluationRuns":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for run in list(self._runs.values()):
            self.discard(run)
        if self._folder:
            self._folder.cleanup()

    @property
    def current(self) -> EvaluationRun | None:
        """The run that goes on now, if any."""
        runs = list(self._runs.values())
        return next((run for run in runs if not run.has_ended()), None)

    def begin(
        self, question_set: QuestionSet, *, name: str, before: EvaluationRun | None
    ) -> EvaluationRun | None:
        """Begin a run, or go on with one that was stopped.

        Args:
            question_set: The set.
            name: Of the set, for people.
            before: The reader's last run; gone on with if it is a part of this one, else removed.

        Returns:
            The run, or None while another one goes on.
        """
        with self._lock:
            if self.current:
                return None
            if before and before.is_part_of(question_set):
                before.begin()
                return before
            self.discard(before)
            run = EvaluationRun(question_set, self._settings, name=name, folder=self.new_folder())
            self._runs[run.key] = run
            return run

    def new_folder(self) -> Path:
        """Return a new folder, which is there until the server ends."""
        self._folder = self._folder or TemporaryDirectory(prefix="qa-bot-")
        return Path(mkdtemp(dir=self._folder.name))

    def discard(self, run: EvaluationRun | None) -> None:
        """Remove a run that nobody looks at any more."""
        if run:
            self._runs.pop(run.key, None)
            run.discard()

    def file(self, key: str, name: str) -> Path | None:
        """Return a file to download; None: there is no such run or file."""
        run = self._runs.get(key)
        return run.files().get(name) if run else None
