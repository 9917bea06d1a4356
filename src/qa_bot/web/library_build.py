"""Corpus -> a new index, by `qa-bot index` in a process of its own that all readers can watch.

Questions are answered from the index before it meanwhile, and from the new one after.
"""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, fields
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any

from qa_bot.settings import Settings, as_flags
from qa_bot.web.live import LiveBot

_OF_INDEX = {"corpus", "index", "model", "device", "offline", "passage_size"}
_MAX_LINE = 10_000  # bytes of what the process says
_MAX_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the builds that went on without a pause.

    Attributes:
        number: Counts the outcomes of this server, from 1.
        added: Articles.
        changed: Articles.
        removed: Articles.
        articles: In the index now.
        problems: One line for each file that was skipped.
        seconds: Until the new index answered.
        error: Why there is no new index, in one line; empty if there is.
    """

    number: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    articles: int = 0
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str = ""


class IndexBuilds:
    """The builds of a server, one at a time; a context manager that ends the one that goes on.

    Attributes:
        outcome: Of the last one; its number is 0 while there was none.
        stage: Of the one that goes on, with how much of it is done and how much there is; None if
            none goes on.
    """

    def __init__(self, settings: Settings, live: LiveBot) -> None:
        others = {setting.name for setting in fields(settings)} - _OF_INDEX
        flags = as_flags(settings, without=others)
        self._command = [sys.executable, "-m", "qa_bot", "index", "--json", "--progress", *flags]
        self._live = live
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_wanted = self._is_closed = False
        self.outcome = Outcome(0)
        self.stage: tuple[str, int, int] | None = None

    def __enter__(self) -> "IndexBuilds":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_closed = True
            self._is_wanted = False
            if self._process:
                self._process.kill()
        if self._thread:
            self._thread.join()

    def begin(self) -> None:
        """Begin a build; if one goes on, another one follows it."""
        with self._lock:
            self._is_wanted = not self._is_closed
            if self.stage is None and self._is_wanted:
                self.stage = ("starting", 0, 0)
                self._thread = threading.Thread(target=self._build, daemon=True)
                self._thread.start()

    def _build(self) -> None:
        total = Outcome(self.outcome.number + 1)
        while True:
            with self._lock:
                if not self._is_wanted:
                    self.outcome, self.stage = total, None
                    return
                self._is_wanted = False
                self.stage = ("starting", 0, 0)
            outcome = self._build_once(total.number)
            total = Outcome(
                total.number,
                added=total.added + outcome.added,
                changed=total.changed + outcome.changed,
                removed=total.removed + outcome.removed,
                articles=outcome.articles,
                problems=outcome.problems,
                seconds=total.seconds + outcome.seconds,
                error=outcome.error,
            )

    def _build_once(self, number: int) -> Outcome:
        with TemporaryFile() as printed:
            with self._lock:
                if self._is_closed:
                    return Outcome(number)
                self._process = process = subprocess.Popen(  # noqa: S603 # our own program, without a shell
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=printed,
                    stderr=subprocess.PIPE,
                )
            with process:
                last = self._follow(process.stderr) if process.stderr else ""
            printed.seek(0)
            text = printed.read().decode("utf-8", "replace")
        try:
            report = json.loads(text)
        except ValueError:
            error = last.removeprefix("qa-bot: ") or f"ended with status {process.returncode}"
            return Outcome(number, error=error)
        self.stage = ("opening", 0, 0)
        self._live.wait()
        with self._live.lease() as bot:
            is_served = str(bot.snapshot.folder) == report["snapshot"]
        return Outcome(
            number,
            added=len(report["added"]),
            changed=len(report["changed"]),
            removed=len(report["removed"]),
            articles=report["articles"],
            problems=tuple(report["problems"][:_MAX_PROBLEMS]),
            seconds=report["seconds"],
            error="" if is_served else "the new index cannot be opened; the one before it serves",
        )

    def _follow(self, lines: IO[bytes]) -> str:
        """Take over what the process says of its progress; returns the last other line."""
        last = ""
        while line := lines.readline(_MAX_LINE):
            text = line.decode("utf-8", "replace").strip()
            stage = _read_stage(text)
            if stage:
                self.stage = stage
            elif text:
                last = text
        return last


def _read_stage(line: str) -> tuple[str, int, int] | None:
    try:
        entry: Any = json.loads(line)
        return str(entry["stage"]), int(entry["done"]), int(entry["total"])
    except (ValueError, TypeError, LookupError):
        return None
