"""Files of a question set -> their bytes, their JSON lines, and errors that name the place."""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from qa_bot.errors import QuestionSetError

MAX_LINE = 10_000_000  # characters


def read_bytes(path: Path) -> bytes:
    """Read a file of a set whole.

    Raises:
        QuestionSetError: If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read the objects of a JSONL file.

    Yields:
        Line number, from 1, and object; empty lines are passed over.

    Raises:
        QuestionSetError: If the file cannot be read, or a line is not a JSON object.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if len(line) > MAX_LINE:
                    raise QuestionSetError(f"{path}:{number}: line is too long; split the set")
                if line.strip():
                    yield number, _object(line, path, number)
    except OSError as error:
        raise _unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise QuestionSetError(f"{path}: is not UTF-8 text; save it as UTF-8") from error


def parse(text: str, path: Path, *, line: int = 1) -> Any:
    """Read JSON.

    Args:
        text: Of the whole file or of one line.
        path: The file, for messages.
        line: Where the text begins in it.

    Raises:
        QuestionSetError: If it is not valid.
    """
    text = text.rstrip()  # what is missing at the end is missing on the last line with anything
    try:
        return loads(text)
    except (ValueError, RecursionError) as error:
        line += getattr(error, "lineno", 1) - 1
        reason = getattr(error, "msg", "too deep, or a number too long")
        raise QuestionSetError(f"{path}:{line}: is not valid JSON ({reason}); mend it") from error


def loads(text: str | bytes) -> Any:
    """Read JSON of somebody else, in which no number is NaN or infinite.

    Python would read such a number, and write what no other program reads.

    Raises:
        ValueError: If it is not valid.
        RecursionError: If it is too deep.
    """
    return json.loads(text, parse_constant=_no_number, parse_float=_finite)


def _no_number(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is no number", name, 0)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise json.JSONDecodeError(f"{digits[:20]} is too large a number", digits, 0)
    return number


def check_ids(places: Iterable[tuple[str, str]]) -> None:
    """Check that no id is given twice.

    Args:
        places: Each id with the place it stands at.

    Raises:
        QuestionSetError: If one is.
    """
    seen: dict[str, str] = {}
    for id_, place in places:
        if id_ in seen:
            raise QuestionSetError(f"{place}: id {id_!r} is also at {seen[id_]}; make it unique")
        seen[id_] = place


def _unreadable(path: Path, error: OSError) -> QuestionSetError:
    return QuestionSetError(f"{path}: cannot be read ({error.strerror}); check the name")


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    value = parse(line, path, line=number)
    if not isinstance(value, dict):
        raise QuestionSetError(f"{path}:{number}: must be an object with a question; mend it")
    return value
