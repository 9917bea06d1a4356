"""Rows and summary <-> the folder of a run: `run.json`, `rows.jsonl` and `summary.json`.

A row is written as soon as its question is answered, so that an interrupted run can go on. The
summary is written last: a folder that holds one holds a complete run.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from qa_bot.errors import EvaluationError
from qa_bot.evaluation.records import (
    Comparison,
    Difference,
    Measure,
    Question,
    ReliabilityBin,
    RiskPoint,
    Row,
    Run,
    Summary,
)

ROWS, SUMMARY, RUN = "rows.jsonl", "summary.json", "run.json"
# What a complete run leaves beside them.
_REPORTS = ("report.html", "report.md", "rows.csv", "run.trec", "qrels.trec")
_WRITTEN = (RUN, ROWS, SUMMARY, *_REPORTS)


def read_rows(folder: Path) -> Iterator[Row]:
    """Read the rows of a run, in the order of the set.

    Raises:
        EvaluationError: If there are none, or a line is not a row.
    """
    path = folder / ROWS
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield _row(json.loads(line))
                except (ValueError, LookupError, TypeError, RecursionError) as error:
                    raise EvaluationError(
                        f"{path}:{number}: is not a row of this version of qa-bot eval; run the "
                        "set again"
                    ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(
            f"{path}: cannot be read; name a folder that qa-bot eval --out wrote"
        ) from error


def _entry(row: Row) -> dict[str, Any]:
    shallow = {field.name: getattr(row, field.name) for field in fields(row)}
    return {**shallow, "expected": asdict(row.expected)}


def _row(entry: dict[str, Any]) -> Row:
    expected = entry["expected"]
    texts = {name: tuple(expected[name]) for name in ("all_of", "any_of", "history")}
    return Row(**{**entry, "expected": Question(**{**expected, **texts})})


def read_summary(folder: Path) -> Summary:
    """Read the summary of a complete run.

    Raises:
        EvaluationError: If there is none, or it is of another version.
    """
    path = folder / SUMMARY
    try:
        return _summary(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise EvaluationError(
            f"{path}: cannot be read; name a folder of a run that came to its end"
        ) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EvaluationError(
            f"{path}: is not a summary of this version of qa-bot eval; run the set again"
        ) from error


def _summary(entry: dict[str, Any]) -> Summary:
    comparison = entry["comparison"]
    return Summary(
        run=Run(**entry["run"]),
        questions=entry["questions"],
        measures=_measures(entry["measures"]),
        by_type={kind: _measures(values) for kind, values in entry["by_type"].items()},
        failures=entry["failures"],
        risk_coverage=tuple(RiskPoint(**point) for point in entry["risk_coverage"]),
        reliability=tuple(ReliabilityBin(**point) for point in entry["reliability"]),
        problems=tuple(entry["problems"]),
        comparison=comparison and _comparison(comparison),
    )


def _measures(entry: dict[str, Any]) -> dict[str, Measure]:
    return {name: Measure(**values) for name, values in entry.items()}


def _comparison(entry: dict[str, Any]) -> Comparison:
    differences = {name: Difference(**value) for name, value in entry["differences"].items()}
    won, lost = tuple(entry["won"]), tuple(entry["lost"])
    return Comparison(**{**entry, "differences": differences, "won": won, "lost": lost})


def summary_json(summary: Summary) -> dict[str, Any]:
    """Return a summary as plain data, figures rounded to 4 decimals."""
    plain: dict[str, Any] = _rounded(asdict(summary))
    return plain


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, (list, tuple)) else value


def check_folder(folder: Path, *, read: Iterable[Path], corpus: Path) -> None:
    """Check that a run can be written to a folder without harm to what is there.

    Args:
        folder: The folder of the run; it need not be there.
        read: Files and folders that the question set is read from.
        corpus: The folder of the articles.

    Raises:
        EvaluationError: If the set or the articles lie there, files that no run has written, or
            links, which would lead elsewhere.
    """
    place = folder.resolve()
    if place.is_relative_to(corpus.resolve()):
        reason = f"is in the corpus {corpus}"
    elif held := [path for path in read if path.resolve().is_relative_to(place)]:
        reason = f"{held[0]} is read from there"
    elif led := [name for name in _WRITTEN if _is_no_file(folder / name)]:
        reason = f"{led[0]} there is a link or no file"
    elif strange := _strangers(folder):
        reason = f"{strange[0]} there is not from a run of qa-bot eval"
    else:
        return
    raise EvaluationError(f"{folder}: cannot be written: {reason}; choose another folder")


def _strangers(folder: Path) -> list[str]:
    """Return the files that a run would overwrite, unless a run has written them."""
    try:
        run = json.loads((folder / RUN).read_text(encoding="utf-8"))
        if "set_digest" in run:
            return []
    except (OSError, ValueError, TypeError, RecursionError):
        pass  # no run, or not ours
    return [name for name in _WRITTEN if (folder / name).exists()]


def _is_no_file(path: Path) -> bool:
    return path.is_symlink() or (path.exists() and not path.is_file())


class RowWriter:
    """Writes the rows of a run as they come; a context manager.

    Attributes:
        done: The rows that an interrupted run on the same set, index, program and settings left.
    """

    def __init__(self, folder: Path, run: Run) -> None:
        """Open the folder of a run; it is made if it is not there.

        What stands in it is gone on with if it is an interrupted run of the same kind, and
        written anew otherwise.

        Raises:
            EvaluationError: If the folder cannot be written.
        """
        self.done: list[Row] = []
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self._is_interrupted(run):
                self._keep_complete_rows()
            else:
                # Rows go before `run.json` changes: they are never taken for those of this run.
                for name in (SUMMARY, *_REPORTS, ROWS):
                    (folder / name).unlink(missing_ok=True)
                _write_json(folder / RUN, asdict(run))
            self._file = (folder / ROWS).open("a", encoding="utf-8", errors="replace")
        except OSError as error:
            raise _not_writable(folder, error) from error

    def __enter__(self) -> "RowWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._file.close()
        except OSError as failed:
            # What could not be written is written once more; the first error is the one to show.
            if error is None:
                raise _not_writable(self._folder, failed) from failed

    def write(self, row: Row) -> None:
        """Add a row.

        Raises:
            EvaluationError: If it cannot be written.
        """
        try:
            self._file.write(json.dumps(_entry(row), ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise _not_writable(self._folder, error) from error

    def _is_interrupted(self, run: Run) -> bool:
        if (self._folder / SUMMARY).exists() or not (self._folder / ROWS).exists():
            return False
        try:
            before = Run(**json.loads((self._folder / RUN).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            return False
        return replace(before, began=run.began) == run

    def _keep_complete_rows(self) -> None:
        """Read the rows, and cut off a last line that was not written to its end."""
        path = self._folder / ROWS
        data = path.read_bytes()
        complete = data[: data.rfind(b"\n") + 1]
        if len(complete) < len(data):
            path.write_bytes(complete)
        self.done = [row.without_passages() for row in read_rows(self._folder)]


def write_summary(folder: Path, summary: Summary) -> None:
    """Write the summary, which makes the run a complete one.

    Raises:
        EvaluationError: If the folder cannot be written.
    """
    try:
        _write_json(folder / SUMMARY, summary_json(summary))
    except OSError as error:
        raise _not_writable(folder, error) from error


def _write_json(path: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", errors="replace")


def _not_writable(folder: Path, error: OSError) -> EvaluationError:
    return EvaluationError(f"{folder}: cannot be written ({error.strerror}); choose another folder")
