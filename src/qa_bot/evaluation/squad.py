"""SQuAD, DRCD and CMRC 2018 files (JSON) -> a question set that brings its own articles.

A passage becomes an article of that name; passages with the same text become one. Answers are what
at least one of must be quoted. Both forms of CMRC 2018 are read: the original and the SQuAD-like.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_bot.errors import QuestionSetError
from qa_bot.evaluation.comparable import comparable
from qa_bot.evaluation.lines import check_ids
from qa_bot.evaluation.records import Document, Question, QuestionSet


@dataclass(frozen=True, slots=True)
class _Passage:
    id: str
    title: str
    text: str
    questions: list[Any]


def read_squad(path: Path, content: Any, *, digest: str) -> QuestionSet:
    """Read the questions of a SQuAD-like file.

    Args:
        path: The file, for messages.
        content: What it holds, as `json.loads` gives it.
        digest: SHA-256 of the file.

    Raises:
        QuestionSetError: If it is of another form.
    """
    documents: dict[str, Document] = {}  # by text
    questions: list[Question] = []
    problems: list[str] = []
    try:
        for passage in _passages(content):
            document = documents.setdefault(
                passage.text, Document(passage.id, passage.title, passage.text)
            )
            for entry in passage.questions:
                question = _question(entry, document)
                if question.question.strip():
                    questions.append(question)
                else:
                    problems.append(f"{path}: question {question.id!r} is empty; it was left out")
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise QuestionSetError(
            f"{path}: is not like SQuAD or CMRC 2018 ({_reason(error)}); mend it, or write one "
            "question a line (JSONL)"
        ) from error
    if not questions:
        raise QuestionSetError(f"{path}: holds no question; check the file")
    check_ids((question.id, str(path)) for question in questions)
    check_ids((document.id, f"{path}: passage") for document in documents.values())
    return QuestionSet(
        str(path), digest, tuple(questions), tuple(documents.values()), tuple(problems)
    )


def _passages(content: Any) -> Iterator[_Passage]:
    if isinstance(content, list):  # CMRC 2018, original
        for number, entry in enumerate(content):
            id_ = _text(entry.get("context_id", number))
            title = _text(entry.get("title") or id_)
            yield _Passage(id_, title, _text(entry["context_text"]), entry["qas"])
        return
    for number, article in enumerate(content["data"]):
        for place, entry in enumerate(article["paragraphs"]):
            id_ = _text(entry.get("id", f"{number}-{place}"))
            title = _text(article.get("title") or id_)
            yield _Passage(id_, title, _text(entry["context"]), entry["qas"])


def _question(entry: Any, document: Document) -> Question:
    id_ = _text(entry.get("id", entry.get("query_id")))
    text = _text(entry["question"] if "question" in entry else entry["query_text"])
    is_answerable = not entry.get("is_impossible", False)
    given = [a if isinstance(a, str) else _text(a["text"]) for a in entry.get("answers") or ()]
    answers = [answer for answer in dict.fromkeys(given) if comparable(answer)]
    # Annotators' slips do no harm beside an answer that does stand there.
    standing = [answer for answer in answers if answer in document.text]
    return Question(
        id=id_,
        question=text,
        type="fact" if is_answerable else "unanswerable",
        any_of=tuple(standing or answers) if is_answerable else (),
        answerable=is_answerable,
        relevant={document.id: 1} if is_answerable else {},
    )


def _text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"text expected, got {value!r:.60}")
    return value


def _reason(error: Exception) -> str:
    return f"no field {error}" if isinstance(error, KeyError) else str(error)
