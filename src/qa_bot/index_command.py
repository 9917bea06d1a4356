"""`qa-bot index`: brings the index up to date, once or after each change, and says what it did."""

import argparse
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from qa_bot.errors import IndexBusyError, IndexNotFoundError, IndexWriteError, QaBotError
from qa_bot.index.build import BuildReport, build_index
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.index.plan import Plan
from qa_bot.index.progress import ProgressLines
from qa_bot.index.snapshot import Snapshot
from qa_bot.index.watch import follow
from qa_bot.settings import Settings
from qa_bot.terminal import printable


def run(flags: argparse.Namespace, settings: Settings) -> int:
    """Run the command; returns the exit status."""
    encoder = _load(settings)
    if not flags.watch:
        report = _build(
            settings, encoder, full=flags.full, as_lines=flags.progress, on_plan=_print_plan
        )
        _print_report(report, as_json=flags.json)
        return 1 if report.problems else 0
    # Ended by its process's manager, as by Ctrl+C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        follow(Path(settings.corpus), _Rebuild(flags, settings, encoder))
    except KeyboardInterrupt:  # how it is meant to end
        return 0


def build_or_keep(settings: Settings) -> None:
    """Bring the index up to date, and say what was skipped.

    If the index cannot be written now, the snapshot in use is as good as it was: that is said.

    Raises:
        QaBotError: If it cannot be brought up to date, and there is none or it cannot be used.
    """
    encoder = _load(settings)
    try:
        _build(settings, encoder)
    except (IndexBusyError, IndexWriteError) as error:
        try:
            with Snapshot.open(Path(settings.index)) as snapshot:
                snapshot.check_encoder(encoder)
        except IndexNotFoundError:
            raise error from None
        print(
            f"warning: the index may not be up to date: {_in_a_line(error)}; questions are "
            "answered from the one in use",
            file=sys.stderr,
        )


class _Rebuild:
    """Builds for `follow`: prints a line if something changed, and an error once."""

    def __init__(self, flags: argparse.Namespace, settings: Settings, encoder: Encoder) -> None:
        self._flags, self._settings, self._encoder = flags, settings, encoder
        self._full = flags.full  # once
        self._snapshot: Path | None = None
        self._said = ""

    def __call__(self) -> bool:
        try:
            report = _build(
                self._settings, self._encoder, full=self._full, as_lines=self._flags.progress
            )
        except QaBotError as error:
            if str(error) != self._said:
                self._said = str(error)
                print(f"qa-bot: {_in_a_line(error)}", file=sys.stderr)
            return not isinstance(error, IndexBusyError)
        if report.snapshot != self._snapshot:
            _print_report(report, as_json=self._flags.json)
        self._snapshot, self._said, self._full = report.snapshot, "", False
        return True


def _in_a_line(error: QaBotError) -> str:
    return printable(" ".join(str(error).split()))


def _load(settings: Settings) -> Encoder:
    return load_encoder(settings.model, device=settings.device, offline=settings.offline)


def _build(
    settings: Settings,
    encoder: Encoder,
    *,
    full: bool = False,
    as_lines: bool = False,
    on_plan: Callable[[Plan], None] | None = None,
) -> BuildReport:
    report = build_index(
        Path(settings.corpus),
        Path(settings.index),
        encoder,
        passage_size=settings.passage_size,
        full=full,
        show_progress=as_lines or sys.stderr.isatty(),
        bars=ProgressLines if as_lines else tqdm,
        on_plan=on_plan,
    )
    for problem in report.problems:
        print(f"skipped {printable(problem)}", file=sys.stderr)
    return report


def _print_plan(plan: Plan) -> None:
    print(
        f"plan: {len(plan.added):,} added, {len(plan.changed):,} changed, "
        f"{len(plan.removed):,} removed, {plan.unchanged:,} unchanged",
        file=sys.stderr,
        flush=True,
    )


def _print_report(report: BuildReport, *, as_json: bool) -> None:
    if as_json:
        text = json.dumps({**asdict(report), "snapshot": str(report.snapshot)}, ensure_ascii=False)
    else:
        text = (
            f"{report.articles} articles, {report.passages} passages "
            f"({len(report.added)} articles added, {len(report.changed)} changed, "
            f"{len(report.removed)} removed; {report.reused} embeddings reused) "
            f"in {report.seconds:.1f} s"
        )
    print(text, flush=True)
