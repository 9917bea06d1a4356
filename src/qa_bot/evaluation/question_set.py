"""A file or folder of questions, in any of the formats known -> a question set."""

import hashlib
import json
from pathlib import Path
from typing import Any

from qa_bot.errors import QuestionSetError
from qa_bot.evaluation.beir import add_qrels, read_folder
from qa_bot.evaluation.lines import check_ids, read_bytes
from qa_bot.evaluation.own import read_csv, read_jsonl
from qa_bot.evaluation.records import QuestionSet
from qa_bot.evaluation.squad import read_squad


def read_question_set(path: Path, *, qrels: Path | None = None) -> QuestionSet:
    """Read a question set: JSONL, CSV, SQuAD-like JSON, or a BEIR folder.

    Args:
        path: The file or folder.
        qrels: A file of relevance judgements, as TREC or BEIR have them, for the ids of the set.

    Raises:
        QuestionSetError: If it cannot be read; the message names file and line.
    """
    if path.is_dir():
        return read_folder(path, qrels=qrels)
    data = read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    content = _whole_json(data) if path.suffix.lower() == ".json" else None
    if content is not None:
        question_set = read_squad(path, content, digest=digest)
    else:
        is_table = path.suffix.lower() == ".csv"
        questions = tuple(read_csv(path, data) if is_table else read_jsonl(path))
        check_ids((question.id, f"{path}:{question.line}") for question in questions)
        if not questions:
            raise QuestionSetError(f"{path}: holds no question; write one a line")
        question_set = QuestionSet(str(path), digest, questions)
    return add_qrels(question_set, qrels) if qrels else question_set


def _whole_json(data: bytes) -> Any:
    """Return what the file holds if it is one JSON text, not a question a line by that name."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return None if isinstance(content, dict) and "question" in content else content
