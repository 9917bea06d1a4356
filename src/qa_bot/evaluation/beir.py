"""A BEIR folder, or TREC relevance judgements -> a question set with grades by article.

BEIR: `corpus.jsonl` and `queries.jsonl` (fields `_id`, `title`, `text`) and `qrels/*.tsv`. Without
a corpus of its own, the questions are asked of the user's index, and documents are article ids.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa_bot.errors import QuestionSetError
from qa_bot.evaluation.lines import check_ids, read_bytes, read_lines
from qa_bot.evaluation.records import Document, Question, QuestionSet

_SPLITS = ("test", "dev", "train")  # the first that there is


def read_folder(folder: Path, *, qrels: Path | None = None) -> QuestionSet:
    """Read a BEIR folder; only queries with judgements are asked.

    Args:
        folder: The folder.
        qrels: Judgements to use instead of the folder's.

    Raises:
        QuestionSetError: If something in it cannot be read; the message names file and line.
    """
    queries, corpus = folder / "queries.jsonl", folder / "corpus.jsonl"
    if not queries.is_file():
        raise QuestionSetError(
            f"{folder}: has no queries.jsonl; name a file of questions or a BEIR folder"
        )
    judgements = qrels or _find_qrels(folder)
    questions = [
        Question(id=id_, question=text, line=line)
        for line, id_, text in (
            (line, _text(queries, line, entry, "_id"), _text(queries, line, entry, "text"))
            for line, entry in read_lines(queries)
        )
        if text.strip()
    ]
    check_ids((question.id, f"{queries}:{question.line}") for question in questions)
    documents, places = [], []
    used = [queries]
    if corpus.is_file():
        used.append(corpus)
        for line, entry in read_lines(corpus):
            id_ = _text(corpus, line, entry, "_id")
            title = entry.get("title") or id_
            documents.append(Document(id_, str(title), _text(corpus, line, entry, "text")))
            places.append((id_, f"{corpus}:{line}"))
    check_ids(places)
    digest = hashlib.sha256(b"".join(read_bytes(path) for path in used)).hexdigest()
    question_set = QuestionSet(
        str(folder), digest, tuple(questions), tuple(documents), file=str(queries)
    )
    judged = add_qrels(question_set, judgements)
    asked = tuple(question for question in judged.questions if question.relevant)
    if not asked:
        raise QuestionSetError(f"{judgements}: judges no query of {queries}; check the ids")
    return replace(judged, questions=asked, unjudged=len(questions) - len(asked))


def add_qrels(question_set: QuestionSet, path: Path) -> QuestionSet:
    """Add relevance judgements to the questions that they name.

    Raises:
        QuestionSetError: If the file cannot be read, a line of it is wrong, or it has none.
    """
    known = {question.id for question in question_set.questions}
    grades: dict[str, dict[str, int]] = {}
    judged_at = dict(question_set.judged_at)
    problems = list(question_set.problems)
    line = 0
    for line, id_, document, grade in _read_qrels(path):
        if id_ not in known:
            problems.append(f"{path}:{line}: there is no question {id_!r}")
        elif grade > 0:
            grades.setdefault(id_, {})[document] = grade
            judged_at[id_, document] = f"{path}:{line}"
    if not line:
        raise QuestionSetError(
            f"{path}: holds no judgement; write 'question 0 article grade' on each line"
        )
    questions = tuple(
        replace(question, relevant={**question.relevant, **grades.get(question.id, {})})
        for question in question_set.questions
    )
    digest = hashlib.sha256(question_set.digest.encode() + read_bytes(path)).hexdigest()
    return replace(
        question_set,
        questions=questions,
        digest=digest,
        problems=tuple(problems),
        judged_at=judged_at,
    )


def _find_qrels(folder: Path) -> Path:
    for name in _SPLITS:
        if (path := folder / "qrels" / f"{name}.tsv").is_file():
            return path
    raise QuestionSetError(
        f"{folder}: has no qrels/test.tsv, dev.tsv or train.tsv; name a file with --qrels"
    )


def _read_qrels(path: Path) -> Iterator[tuple[int, str, str, int]]:
    """Yield line, question, document and grade.

    TREC has four columns (the second means nothing), BEIR three below a line of names.
    """
    try:
        lines = read_bytes(path).decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise QuestionSetError(f"{path}: is not UTF-8 text; save it as UTF-8") from error
    for number, line in enumerate(lines, start=1):
        columns = line.split("\t") if line.count("\t") == 2 else line.split()
        if not columns or (number == 1 and columns[-1].strip() == "score"):
            continue
        try:
            grade = int(columns[-1])
        except ValueError:
            grade = None
        if grade is None or len(columns) not in (3, 4):
            raise QuestionSetError(
                f"{path}:{number}: must be 'question 0 article grade' (TREC) or 'question article "
                f"grade' (BEIR), got {line.strip()[:80]!r}"
            )
        yield number, columns[0].strip(), columns[-2].strip(), grade


def _text(path: Path, line: int, entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise QuestionSetError(f"{path}:{line}: {name} must be text, got {value!r:.60}")
    return value
