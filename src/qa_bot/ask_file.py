"""A file of questions -> a file of answers: `qa-bot ask --jsonl`."""

import json
import sys
from pathlib import Path
from typing import Any

from qa_bot.answering.bot import QABot
from qa_bot.errors import QuestionError, QuestionSetError, ScopeError
from qa_bot.evaluation.lines import read_bytes
from qa_bot.records import Scope
from qa_bot.scope import read_scope


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
            entry = _parsed(line)
            question, history = entry.get("question"), entry.get("history") or []
            if not isinstance(question, str):
                raise QuestionError("question must be text")
            if not isinstance(history, list) or not all(isinstance(q, str) for q in history):
                raise QuestionError("history must be a list of earlier questions")
            answer = bot.ask(question, history=history, scope=_scope(entry) or scope)
            print(json.dumps(answer.to_dict(id=entry.get("id")), ensure_ascii=False))
            status = max(status, 1 if answer.stale else 0)
        except (QuestionError, ScopeError, QuestionSetError) as error:
            known = {"id": entry.get("id"), "question": entry.get("question")}
            print(json.dumps({**known, "error": str(error)}, ensure_ascii=False))
            print(f"{path}:{number}: {error}", file=sys.stderr)
            status = max(status, 2 if isinstance(error, QuestionSetError) else 1)
    return status


def _scope(entry: dict[str, Any]) -> Scope | None:
    fields = entry.get("scope")
    if fields is None:
        return None
    if not isinstance(fields, dict):
        raise ScopeError(f'scope must be an object such as {{"authors": [...]}}, got {fields!r}')
    return read_scope(fields)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "not UTF-8, too deep, or a number too long")
        raise QuestionSetError(f"is not valid JSON ({reason}); mend it") from error
    if not isinstance(entry, dict):
        raise QuestionSetError("must be an object with a question; mend it")
    return entry
