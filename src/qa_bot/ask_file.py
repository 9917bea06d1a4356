"""A file of questions -> a file of answers: `qa-bot ask --jsonl`."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qa_bot.answering.bot import QABot
from qa_bot.errors import QuestionError, QuestionSetError, ScopeError
from qa_bot.evaluation.lines import loads, read_bytes
from qa_bot.records import Answer, Scope
from qa_bot.scope import read_scope
from qa_bot.terminal import printable


def ask_all(bot: QABot, path: Path, *, scope: Scope) -> int:
    """Answer the questions of a JSONL file; prints one JSON object a line, in order.

    A line that cannot be asked is answered by an object with `error`; the others are still asked.

    Args:
        bot: The opened index.
        path: Lines with `question`, and optionally `id`, `history` and `scope`.
        scope: For the lines that have none.

    Returns:
        The exit status: 1 if a question could not be asked or a file changed since it was indexed,
        2 if a line is not such an object.

    Raises:
        QuestionSetError: If the file cannot be read.
    """
    status = 0
    for number, line in enumerate(read_bytes(path).splitlines(), start=1):
        if not line.strip():
            continue
        entry: dict[str, Any] = {}
        try:
            entry = parse_entry(line)
            answer = ask_entry(bot.ask, entry, scope=scope)
            print(json.dumps(answer.to_dict(id=entry.get("id")), ensure_ascii=False))
            status = max(status, 1 if answer.stale else 0)
        except (QuestionError, ScopeError, QuestionSetError) as error:
            known = {"id": entry.get("id"), "question": entry.get("question")}
            print(json.dumps({**known, "error": str(error)}, ensure_ascii=False))
            print(printable(f"{path}:{number}: {error}"), file=sys.stderr)
            status = max(status, 2 if isinstance(error, QuestionSetError) else 1)
    return status


def ask_entry(
    ask: Callable[..., Answer], entry: Mapping[str, Any], *, scope: Scope | None = None
) -> Answer:
    """Answer the question of an object that a program sent.

    Args:
        ask: As `QABot.ask`.
        entry: With `question`, and optionally `history` and `scope`.
        scope: If the entry has none.

    Raises:
        QuestionError: If it has no question, or one that cannot be asked.
        ScopeError: If its scope is none, or names what the index does not have.
    """
    question, history = entry.get("question"), entry.get("history") or []
    if not isinstance(question, str):
        raise QuestionError("question must be text")
    if not isinstance(history, list) or not all(isinstance(q, str) for q in history):
        raise QuestionError("history must be a list of earlier questions")
    fields = entry.get("scope")
    return ask(question, history=history, scope=scope if fields is None else read_scope(fields))


def parse_entry(line: bytes) -> dict[str, Any]:
    """Return the object of JSON in *line*.

    Raises:
        QuestionSetError: If it is none.
    """
    try:
        entry = loads(line)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "not UTF-8, too deep, or a number too long")
        raise QuestionSetError(f"is not valid JSON ({reason}); mend it") from error
    if not isinstance(entry, dict):
        raise QuestionSetError("must be an object with a question; mend it")
    return entry
