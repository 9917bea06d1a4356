"""Questions of our own about the training sets' documents, in other words than theirs.

The sets' questions were written with the passage in view, and repeat its words; readers' do not.
Half as many again ask, in a document's own words, for what it does not say.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from public_sets import read_jsonl

_FILE = Path(__file__).parent / "own_questions.jsonl"


class OwnQuestion(NamedTuple):
    """A question, the document that it is about, and the answer; '' if that does not answer."""

    text: str
    document: str
    answer: str


def read_own_questions(folder: Path) -> Iterator[OwnQuestion]:
    """Yield our questions about the documents of a set.

    A line of the file names document and answer, or the set's own question that has the same
    answer (`like`) or the same document (`beside`).
    """
    asked: Mapping[str, dict[str, Any]] | None = None
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["set"] != folder.name:
            continue
        if "document" in row:
            yield OwnQuestion(row["question"], row["document"], row.get("answer", ""))
            continue
        asked = asked or {q["id"]: q for q in read_jsonl(folder / "queries.jsonl")}
        question = asked[row.get("like") or row["beside"]]
        answer = question["answers"][0]["text"] if "like" in row else ""
        yield OwnQuestion(row["question"], question["doc_id"], answer)
