"""The sets and the page beside the project -> lines, corpora made of them, and question sets."""

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from qa_bot.evaluation.records import Document, Question, QuestionSet
from qa_bot.pages import decode_page, read_page, write_articles


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSONL file, which may be packed as `path`.gz."""
    packed = path.with_name(f"{path.name}.gz")
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    yield from map(json.loads, re.split(rb"\r?\n", data.strip()))


def write_corpus(documents: Iterable[dict[str, Any]], corpus: Path) -> None:
    """Write each document as an article file named after its id."""
    corpus.mkdir()
    for document in documents:
        title = json.dumps(str(document["title"]) or document["id"], ensure_ascii=False)
        text = f"---\ntitle: {title}\n---\n{document['text']}"
        (corpus / f"{document['id']}.md").write_text(text, encoding="utf-8")


def import_page(page: Path, corpus: Path) -> None:
    """Write the articles of a newspaper page to a corpus."""
    data = page.read_bytes()
    write_articles(
        read_page(decode_page(data, file=page.name), file=page.name), data, corpus=corpus
    )


def sample_question_set(
    folder: Path, *, split: str | None, questions: int | None, documents: int | None, seed: int
) -> QuestionSet:
    """Draw questions of a public set, with its documents.

    Args:
        folder: Of the set.
        split: Which of its splits; None: all.
        questions: How many to draw at most; None: all.
        documents: How many documents to keep at most, those that answer among them; None: all.
        seed: Of the drawing.
    """
    chance = random.Random(seed)  # noqa: S311 # a repeatable sample
    asked = [
        query
        for query in read_jsonl(folder / "queries.jsonl")
        if query["text"].strip() and split in (None, query.get("split"))
    ]
    chance.shuffle(asked)
    # One set repeats an id.
    drawn = list({query["id"]: query for query in asked[:questions]}.values())
    kept = list(read_jsonl(folder / "corpus.jsonl"))
    if documents is not None:
        needed = {id_ for query in drawn for id_ in _answering(query)}
        chance.shuffle(kept)
        kept.sort(key=lambda document: document["id"] not in needed)
        kept = kept[: max(documents, len(needed))]
    return QuestionSet(
        path=folder.name,
        digest="",
        questions=tuple(map(_question, drawn)),
        documents=tuple(Document(d["id"], d["title"] or d["id"], d["text"]) for d in kept),
    )


def _question(query: dict[str, Any]) -> Question:
    is_answerable = bool(query["answerable"])
    return Question(
        id=query["id"],
        question=query["text"],
        type="fact" if is_answerable else "unanswerable",
        any_of=tuple(answer["text"] for answer in query["answers"]),
        answerable=is_answerable,
        relevant=dict.fromkeys(_answering(query), 1),
    )


def _answering(query: dict[str, Any]) -> list[str]:
    return list(query.get("positives") or [query["doc_id"]])
