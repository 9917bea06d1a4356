"""A file or folder of questions, in any of the formats known -> a question set."""

import hashlib
from pathlib import Path
from typing import Any

from qa_bot.answering.question import MAX_QUESTION, analyse
from qa_bot.errors import QuestionError, QuestionSetError
from qa_bot.evaluation.beir import add_qrels, read_folder
from qa_bot.evaluation.comparable import comparable
from qa_bot.evaluation.lines import check_ids, parse, read_bytes
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
        question_set = read_folder(path, qrels=qrels)
    else:
        question_set = _read_file(path)
        if qrels:
            question_set = add_qrels(question_set, qrels)
    _check_askable(question_set)
    return question_set


def _read_file(path: Path) -> QuestionSet:
    data = read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    content = _whole_json(path, data) if path.suffix.lower() == ".json" else None
    if content is not None:
        return read_squad(path, content, digest=digest)
    is_table = path.suffix.lower() == ".csv"
    questions = tuple(read_csv(path, data) if is_table else read_jsonl(path))
    check_ids((question.id, f"{path}:{question.line}") for question in questions)
    if not questions:
        raise QuestionSetError(f"{path}: holds no question; write one a line")
    return QuestionSet(str(path), digest, questions)


def _whole_json(path: Path, data: bytes) -> Any:
    """Return what the file holds if it is one JSON text, not a question a line by that name."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionSetError(f"{path}: is not UTF-8 text; save it as UTF-8") from error
    try:
        content = parse(text, path)
    except QuestionSetError:
        first = text.lstrip().partition("\n")[0].rstrip()
        if not (first.startswith("{") and first.endswith("}")):
            raise
        return None
    return None if isinstance(content, dict) and "question" in content else content


def _check_askable(question_set: QuestionSet) -> None:
    """Check that every question can be asked, so that no run breaks off in the middle."""
    for question in question_set.questions:
        # Working out a question takes its time; of most it can be told at once that they can be.
        if len(question.question) <= MAX_QUESTION and comparable(question.question):
            continue
        try:
            analyse(question.question)
        except QuestionError as error:
            raise QuestionSetError(f"{question_set.place(question)}: {error}") from error
