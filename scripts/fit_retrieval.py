"""Fit the weights of the ranking's signals on public training sets; writes models/retrieval.json.

A conditional logit over the candidates of a question (McFadden 1974; in the field's words a
listwise softmax): the passages that hold the gold answer should be ahead of the others. Each set
counts alike, as it is and, where several paragraphs have one title, joined into long articles, so
that passages of one article compete too. The vectors have no part in it: the default model has seen
these questions. Half of the questions are kept aside to see what it is worth.
"""

import argparse
import json
import random
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp

from own_questions import read_own_questions
from public_sets import read_jsonl
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.retrieve import Hit, retrieve, standardised
from qa_bot.evaluation.records import Document
from qa_bot.evaluation.set_corpus import article_id, build_set_index
from qa_bot.index.build import PASSAGE_SIZE
from qa_bot.index.encoder import load_encoder
from qa_bot.index.snapshot import Snapshot
from qa_bot.records import Query

# Set: whether its paragraphs are also joined by title.
SETS = {"squad2_zh_mt": True, "drcd_simp": True, "cmrc2018_train_pseudo": False}
SIGNALS = ("passage", "article", "sentence", "words", "characters", "numbers", "kind")
_OUT = Path(__file__).parent.parent / "src/qa_bot/models/retrieval.json"
_TOTAL = 2.0  # what the weights add up to
_PENALTY = 1e-3  # times the squared weights, against chance
_OWN_DOCUMENTS = 400  # that our own questions are asked to, those that answer among them
_BETWEEN = "\n\n"

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """The candidates of a question: their standardised signals, and which hold the answer."""

    signals: Floats  # (candidates, signals)
    right: npt.NDArray[np.bool_]


def main() -> None:
    """Read the arguments, fit, write and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--questions", type=int, default=2000, help="of each set")
    parser.add_argument("--seed", type=int, default=0)
    flags = parser.parse_args()
    examples: dict[str, list[Example]] = {}
    for name, has_titles in SETS.items():
        for joined in (False, True) if has_titles else (False,):
            key = f"{name}, joined by title" if joined else name
            examples[key] = list(
                read_examples(flags.data / name, flags.questions, flags.seed, joined=joined)
            )
            print(f"{key}: {len(examples[key])} questions", flush=True)
    weights = fit([each[::2] for each in examples.values()])
    bm25 = np.eye(len(SIGNALS))[SIGNALS.index("passage")]
    result = {
        "made_by": "scripts/fit_retrieval.py",
        "questions": sum(len(each[::2]) for each in examples.values()),
        "kept_aside_recall@1": {
            key: {
                "bm25": round(recall(each[1::2], bm25), 3),
                "fitted": round(recall(each[1::2], weights), 3),
            }
            for key, each in examples.items()
        },
        "weights": {
            name: round(float(weight), 3) for name, weight in zip(SIGNALS, weights, strict=True)
        },
    }
    flags.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


@dataclass(frozen=True)
class Asked:
    """A question of a set and what was retrieved for it, without the vectors' part.

    Attributes:
        answers: The gold answers.
        article: Number of the article that answers.
        places: Where the answers begin in it.
    """

    query: Query
    overlap: Overlap
    hits: list[Hit]
    answers: list[str]
    article: int
    places: list[int]


def ask_set(
    folder: Path, count: int, seed: int, *, joined: bool = False, own: bool = False
) -> Iterator[Asked]:
    """Ask a set's questions to a new index of its documents.

    Args:
        folder: Of the set.
        count: Questions, drawn by *seed*.
        seed: Of the drawing.
        joined: Whether documents of one title become one article.
        own: Whether to ask our own questions (`own_questions`), to some of the documents.
    """
    documents, places = _documents(folder, joined=joined)
    if own:
        questions = _own_questions(folder, {document.id: document for document in documents})
        known = {question["doc_id"] for question in questions}
        documents = sorted(documents, key=lambda d: d.id not in known)[:_OWN_DOCUMENTS]
    else:
        questions = [
            q for q in read_jsonl(folder / "queries.jsonl") if q["answerable"] and q["answers"]
        ]
    random.Random(seed).shuffle(questions)  # noqa: S311 # a repeatable sample
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as scratch:
        build_set_index(documents, Path(scratch), encoder, passage_size=PASSAGE_SIZE)
        with Snapshot.open(Path(scratch, "index")) as snapshot:
            numbers = {article.id: article.number for article in snapshot.store.articles()}
            frames = {
                d.id: len(Path(scratch, "corpus", article_id(d.id)).read_text()) - len(d.text)
                for d in documents
            }
            passages = snapshot.manifest.passages
            for question in questions[:count]:
                query = analyse(question["text"])
                overlap = Overlap(query, snapshot.passage_terms.document_frequency, passages)
                document, offset = places[question["doc_id"]]
                yield Asked(
                    query,
                    overlap,
                    retrieve(query, snapshot, encoder, overlap, limit=20, dense_weight=0.0),
                    [answer["text"] for answer in question["answers"]],
                    numbers[article_id(document)],
                    [frames[document] + offset + answer["start"] for answer in question["answers"]],
                )


def _own_questions(folder: Path, documents: Mapping[str, Document]) -> list[dict[str, Any]]:
    """Return our own answerable questions, with all places where the answer stands."""
    return [
        {
            "text": question.text,
            "doc_id": question.document,
            "answers": [
                {"text": question.answer, "start": match.start()}
                for match in re.finditer(
                    re.escape(question.answer), documents[question.document].text
                )
            ],
        }
        for question in read_own_questions(folder)
        if question.answer
    ]


def read_examples(folder: Path, count: int, seed: int, *, joined: bool) -> Iterator[Example]:
    """Ask a set's questions; yields those with a right and a wrong candidate."""
    for asked in ask_set(folder, count, seed, joined=joined):
        example = _example(asked)
        if example.right.any() and not example.right.all():
            yield example


def _documents(folder: Path, *, joined: bool) -> tuple[list[Document], dict[str, tuple[str, int]]]:
    """Return documents, and where each of the set's own begins: in which one, at what offset."""
    rows = list(read_jsonl(folder / "corpus.jsonl"))
    if not joined:
        places = {row["id"]: (row["id"], 0) for row in rows}
        return [Document(row["id"], row["title"], row["text"]) for row in rows], places
    documents: list[Document] = []
    places = {}
    rows.sort(key=lambda row: str(row["title"]))
    for title, group in groupby(rows, key=lambda row: str(row["title"])):
        text, id_ = "", f"joined-{len(documents)}"
        for row in group:
            places[row["id"]] = (id_, len(text))
            text += row["text"] + _BETWEEN
        documents.append(Document(id_, title, text))
    return documents, places


def _example(asked: Asked) -> Example:
    hits = asked.hits
    signals = [standardised([hit.signals[name][0] for hit in hits]) for name in SIGNALS]
    right = [
        hit.passage.article == asked.article
        and any(hit.passage.span.start <= place < hit.passage.span.end for place in asked.places)
        for hit in hits
    ]
    return Example(
        np.array(signals).T.reshape(len(hits), len(SIGNALS)), np.array(right, dtype=bool)
    )


def fit(sets: list[list[Example]]) -> Floats:
    """Return the weights, which add up to `_TOTAL`."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = _PENALTY * float(weights @ weights), 2 * _PENALTY * weights
        for examples in sets:
            for example in examples:
                scores = example.signals @ weights
                right = scores[example.right]
                everything, wanted = logsumexp(scores), logsumexp(right)
                total += float(everything - wanted) / len(examples) / len(sets)
                expected = np.exp(scores - everything) @ example.signals
                seen = np.exp(right - wanted) @ example.signals[example.right]
                slope = slope + (expected - seen) / len(examples) / len(sets)
        return total, slope

    found = minimize(loss, np.ones(len(SIGNALS)), jac=True, method="L-BFGS-B")
    weights: Floats = found.x / found.x.sum() * _TOTAL
    return weights


def recall(examples: list[Example], weights: Floats) -> float:
    """Return how often a right candidate is ahead of all wrong ones."""
    scored = ((example.signals @ weights, example.right) for example in examples)
    return float(np.mean([s[right].max() > s[~right].max() for s, right in scored]))


if __name__ == "__main__":
    main()
