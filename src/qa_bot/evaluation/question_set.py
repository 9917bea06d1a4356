"""A JSONL file of questions -> checked questions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_bot.errors import QuestionSetError

MAX_LINE = 10_000_000  # characters


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what a right answer to it has.

    Attributes:
        all_of: Strings that must all stand in the quotes.
        any_of: Strings of which at least one must stand in the quotes; empty: no matter.
        article: Part of the title of the article that the first quote must come from; None: any.
        speaker: Who must have said the first quote; None: no matter.
        answerable: Whether the corpus answers it.
    """

    id: str
    question: str
    type: str = "fact"
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    article: str | None = None
    speaker: str | None = None
    answerable: bool = True
    history: tuple[str, ...] = ()


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
        raise QuestionSetError(
            f"{path}: cannot be read ({error.strerror}); check the name"
        ) from error
    except UnicodeDecodeError as error:
        raise QuestionSetError(f"{path}: is not UTF-8 text; save it as UTF-8") from error


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = getattr(error, "msg", "too deep")
        raise QuestionSetError(f"{path}:{number}: is not valid JSON ({reason}); mend it") from error
    if not isinstance(value, dict):
        raise QuestionSetError(f"{path}:{number}: must be an object with a question; mend it")
    return value


def read_question_set(path: Path) -> list[Question]:
    """Read a question set.

    Raises:
        QuestionSetError: If a line is wrong; the message names file and line.
    """
    questions: list[Question] = []
    lines: dict[str, int] = {}
    for number, value in read_lines(path):
        question = _question(value, path, number)
        if question.id in lines:
            raise QuestionSetError(
                f"{path}:{number}: id {question.id!r} is also on line {lines[question.id]}; "
                "make it unique"
            )
        lines[question.id] = number
        questions.append(question)
    if not questions:
        raise QuestionSetError(f"{path}: holds no question; write one a line")
    return questions


def _question(value: dict[str, Any], path: Path, number: int) -> Question:
    def wrong(field: str, expected: str) -> QuestionSetError:
        return QuestionSetError(
            f"{path}:{number}: {field} must be {expected}, got {json.dumps(value.get(field))[:80]}"
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

    question = text("question")
    if not question or not question.strip():
        raise wrong("question", "a question")
    answerable = value.get("answerable", True)
    if not isinstance(answerable, bool):
        raise wrong("answerable", "true or false")
    return Question(
        id=str(value.get("id", number)),
        question=question,
        type=text("type") or "fact",
        all_of=texts("all_of"),
        any_of=texts("any_of"),
        article=text("article"),
        speaker=text("speaker"),
        answerable=answerable,
        history=texts("history"),
    )
