"""Our own question sets, JSONL and CSV -> questions."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_bot.errors import QuestionSetError, ScopeError
from qa_bot.evaluation.comparable import comparable
from qa_bot.evaluation.lines import read_lines
from qa_bot.evaluation.records import Question
from qa_bot.scope import read_scope

_TEXTS = {"all_of", "any_of", "history"}
_FIELDS = {field.name for field in fields(Question)} - {"line", "relevant"}
_ALIKE = 0.81  # difflib's ratio: a letter missing, doubled or in another's place
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def read_jsonl(path: Path) -> Iterator[Question]:
    """Yield the questions of a JSONL file, one object a line.

    Raises:
        QuestionSetError: If a line is wrong; the message names it.
    """
    for line, given in read_lines(path):
        yield _question(given, path, line)


def read_csv(path: Path, data: bytes) -> Iterator[Question]:
    """Yield the questions of a CSV file whose first line names the fields.

    Several strings in one cell stand between bars: `30%|80 million`.

    Args:
        path: The file, for messages.
        data: What it holds.

    Raises:
        QuestionSetError: If a line is wrong; the message names it.
    """
    for line, given in _csv_fields(path, data):
        yield _question(given, path, line)


def _csv_fields(path: Path, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line and fields of each question, strings between bars as lists."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionSetError(f"{path}: is not UTF-8 text; save it as 'CSV UTF-8'") from error
    records = _csv_records(path, csv.reader(io.StringIO(text, newline=""), strict=True))
    _, names = next(records, (1, []))
    columns = [name.strip() for name in names]
    if "question" not in columns:
        raise QuestionSetError(f"{path}:1: has no column 'question'; name the columns there")
    for name in filter(None, columns):
        if columns.count(name) > 1:
            raise QuestionSetError(f"{path}:1: has two columns {name!r}; rename one")
        _check_field(name, path, 1)
    for line, cells in records:
        if len(cells) > len(columns):
            raise QuestionSetError(
                f"{path}:{line}: has {len(cells)} cells, the first line {len(columns)}; put cells "
                "with a comma in quotation marks"
            )
        given: dict[str, Any] = {
            name: cell.strip() for name, cell in zip(columns, cells, strict=False) if cell.strip()
        }
        for name in _TEXTS & given.keys():
            given[name] = [part.strip() for part in given[name].split("|") if part.strip()]
        if "answerable" in given:
            truth = given["answerable"]
            given["answerable"] = _TRUTH.get(truth.lower(), truth)
        if given:
            yield line, given


def _csv_records(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line that it begins on."""
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise QuestionSetError(f"{path}:{line}: is not valid CSV ({error}); mend it") from error


def _check_field(name: str, path: Path, line: int) -> None:
    """Check that a name is not one of ours with a slip; other fields are the reader's own."""
    if meant := _meant(name):
        raise QuestionSetError(f"{path}:{line}: there is no field {name!r}; write {meant!r}")


@lru_cache
def _meant(name: str) -> str | None:
    near = get_close_matches(name, _FIELDS, n=1, cutoff=_ALIKE)
    return near[0] if near and name not in _FIELDS else None


def _question(value: dict[str, Any], path: Path, line: int) -> Question:
    for name in value:
        _check_field(name, path, line)

    def wrong(field: str, expected: str) -> QuestionSetError:
        return QuestionSetError(
            f"{path}:{line}: {field} must be {expected}, got "
            f"{json.dumps(value.get(field), ensure_ascii=False)[:80]}"
        )

    def text(field: str, default: str | None = None) -> str | None:
        found = value.get(field)
        if found is not None and not isinstance(found, str):
            raise wrong(field, "text")
        return found or default

    def texts(field: str) -> tuple[str, ...]:
        found = value.get(field) or []
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise wrong(field, "a list of texts")
        return tuple(found)

    def needed(field: str) -> tuple[str, ...]:
        found = texts(field)
        if not all(map(comparable, found)):  # nothing to compare: it would always count as held
            raise wrong(field, "texts with a letter or digit each")
        return found

    scope = value.get("scope") or {}
    if not isinstance(scope, dict):
        raise wrong("scope", 'an object such as {"authors": [...]}')
    try:
        scope = read_scope(scope).to_dict()
    except ScopeError as error:
        raise QuestionSetError(f"{path}:{line}: {error}") from error
    question = text("question")
    if not question or not question.strip():
        raise wrong("question", "a question")
    article = text("article")
    if article and not comparable(article):
        raise wrong("article", "part of a title")
    answerable = value.get("answerable", True)
    if not isinstance(answerable, bool):
        raise wrong("answerable", "true or false")
    given = value.get("id")
    if given is not None and (isinstance(given, bool) or not isinstance(given, str | int)):
        raise wrong("id", "text or a whole number")
    return Question(
        id=str(line if given is None else given),
        question=question,
        type=text("type") or "fact",
        line=line,
        all_of=needed("all_of"),
        any_of=needed("any_of"),
        article=article,
        speaker=text("speaker"),
        answerable=answerable,
        history=texts("history"),
        scope=scope,
    )
