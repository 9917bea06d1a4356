"""The sets for training -> questions with windows of text that hold the answer, or do not."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model_quality import rank_by_bm25
from public_sets import read_jsonl
from qa_bot.evaluation.comparable import comparable
from qa_bot.sentences import split_sentences
from training_sets import TRAIN_SETS, find_overlaps, letters, read_forbidden

NEGATIVES = 8  # windows kept a question
_WINDOW = 300  # characters of a window without an answer, at most if its sentences are shorter


@dataclass(frozen=True)
class Example:
    """A question, its passage, and where the answer stands in it.

    Attributes:
        group: Name of the set.
        title: Of the article.
        sentences: Offsets of the passage's sentences.
        span: Offsets of the answer; None: the passage does not answer.
        others: Windows that BM25 finds for the question and that do not hold the answer.
    """

    group: str
    title: str
    question: str
    passage: str
    sentences: tuple[tuple[int, int], ...]
    span: tuple[int, int] | None
    answers: tuple[str, ...]
    others: tuple[str, ...]


def read_examples(data: Path) -> list[Example]:
    """Read the sets, without what evaluation sets hold too."""
    texts, asked = read_forbidden(data)
    return [
        example
        for name in TRAIN_SETS
        for example in _read_set(data / name, forbidden=texts, asked=asked)
    ]


def _read_set(folder: Path, *, forbidden: Sequence[str], asked: set[str]) -> list[Example]:
    rows = {row["id"]: row for row in read_jsonl(folder / "corpus.jsonl")}
    near = find_overlaps({id_: row["text"] for id_, row in rows.items()}, forbidden)
    sentences = {id_: tuple(sentences_of(row["text"])) for id_, row in rows.items()}
    windows: list[tuple[str, str]] = []
    for id_, row in rows.items():
        if id_ not in near:
            windows += ((id_, part) for part in _cut(row["text"], sentences[id_]))
    queries = [
        query
        for query in read_jsonl(folder / "queries.jsonl")
        if query["doc_id"] not in near
        and query["text"].strip()
        and letters(query["text"]) not in asked
    ]
    found = _search([text for _, text in windows], [query["text"] for query in queries])
    examples = []
    for query, numbers in zip(queries, found, strict=True):
        row = rows[query["doc_id"]]
        answers = tuple(answer["text"] for answer in query["answers"])
        span = None
        if query["answerable"]:
            start = query["answers"][0]["start"]
            span = (start, start + len(answers[0]))
            if start < 0 or not answers[0].strip():
                continue
        compared = [comparable(answer) for answer in answers]
        others = [
            windows[n][1]
            for n in numbers
            if not any(a in comparable(windows[n][1]) for a in compared)
            and (query["answerable"] or windows[n][0] != query["doc_id"])
        ]
        examples.append(
            Example(
                group=folder.name,
                title=row["title"] or row["id"],
                question=query["text"],
                passage=row["text"],
                sentences=sentences[query["doc_id"]],
                span=span,
                answers=answers,
                others=tuple(others[:NEGATIVES]),
            )
        )
    print(f"{folder.name}: {len(near)} passages near to evaluation, {len(examples)} questions")
    return examples


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a text of several lines."""
    found: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        found += split_sentences(text, start, start + len(line))
        start += len(line) + 1
    return found


def _cut(text: str, sentences: Sequence[tuple[int, int]]) -> list[str]:
    """Cut a passage into windows of whole sentences."""
    parts: list[tuple[int, int]] = []
    for start, end in sentences:
        if parts and end - parts[-1][0] <= _WINDOW:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    return [text[start:end] for start, end in parts]


def window_around(example: Example, rng: random.Random) -> tuple[int, int]:
    """Return the offsets of a random window of whole sentences that holds the answer."""
    start, end = example.span or (0, 0)
    if example.span is None:  # the whole, or what of it can be read at once
        start = end = rng.randrange(len(example.passage))
    limit = rng.randint(60, 300) if example.span else 400
    holding = [(s, e) for s, e in example.sentences if s < end + 1 and e > start]
    first = min([start, *(s for s, _ in holding)])
    last = max([end, *(e for _, e in holding)])
    before = [s for s, _ in example.sentences if s < first][::-1]
    after = [e for _, e in example.sentences if e > last]
    while before or after:
        if before and (not after or rng.random() < 0.5):
            wider = (before.pop(0), last)
        else:
            wider = (first, after.pop(0))
        if wider[1] - wider[0] > limit:
            break
        first, last = wider
    return first, last


def _search(texts: Sequence[str], questions: Sequence[str]) -> list[list[int]]:
    """Return the numbers of the best texts by BM25, for each question."""
    wanted = min(2 * NEGATIVES, len(texts) - 1)
    found: list[list[int]] = []
    for scores in rank_by_bm25(texts, questions):
        best = np.argpartition(-scores, wanted)[:wanted]
        found.append(best[np.argsort(-scores[best])].tolist())
    return found
