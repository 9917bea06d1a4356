"""An embedding model and a question set -> how well it finds passages, alone and beside BM25."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from qa_bot.answering.question import analyse
from qa_bot.index.encoder import Encoder
from qa_bot.index.terms import split_terms
from training_sets import QuestionSet

FUSION_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5)
_CANDIDATES = 50  # as in answering/retrieve.py
_K1, _B = 1.2, 0.75

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Quality:
    """Measures of the passage that answers, sought among all passages of its set, in [0, 1].

    Attributes:
        mrr: MRR@10 by the cosine alone.
        recall: recall@1 by the cosine alone.
        fused: recall@1 by z(BM25) + w z(cosine), for each w of `FUSION_WEIGHTS`.
    """

    mrr: float
    recall: float
    fused: tuple[float, ...]


def measure(encoder: Encoder, questions: QuestionSet, *, limit: int = 1500) -> Quality:
    """Ask the questions (evenly drawn, if there are more than *limit*), passages taken whole."""
    rows = {passage_id: row for row, passage_id in enumerate(questions.passages)}
    step = -(-len(questions.questions) // limit)
    asked = questions.questions[::step]
    texts = list(questions.passages.values())
    gold = np.array([rows[q.passage_id] for q in asked])
    dense = encoder.encode_passages([q.text for q in asked]) @ encoder.encode_passages(texts).T
    ranks = 1 + (dense > dense[np.arange(len(gold)), gold][:, None]).sum(axis=1)
    best = np.zeros((len(gold), len(FUSION_WEIGHTS)), dtype=np.int64)
    for number, lexical in enumerate(rank_by_bm25(texts, [q.text for q in asked])):
        found = np.argpartition(-lexical, _CANDIDATES)[:_CANDIDATES]
        near = np.argpartition(-dense[number], _CANDIDATES // 3)[: _CANDIDATES // 3]
        candidates = np.union1d(found, near)
        # A passage that BM25 did not return scores as if nothing matched.
        matched = np.where(np.isin(candidates, found), lexical[candidates], 0.0)
        for column, weight in enumerate(FUSION_WEIGHTS):
            fused = _standardise(matched) + weight * _standardise(dense[number, candidates])
            best[number, column] = candidates[fused.argmax()]
    return Quality(
        mrr=float(np.where(ranks <= 10, 1 / ranks, 0.0).mean()),
        recall=float((ranks == 1).mean()),
        fused=tuple((best == gold[:, None]).mean(axis=0).tolist()),
    )


def rank_by_bm25(texts: Sequence[str], questions: Sequence[str]) -> Iterator[Scores]:
    """Yield BM25 scores, shape (len(texts),), for each question."""
    counter = CountVectorizer(analyzer=split_terms, dtype=np.float32)
    counts = sparse.coo_matrix(counter.fit_transform(texts))
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    holding = np.bincount(counts.col, minlength=counts.shape[1])
    rarity = np.log1p((len(texts) - holding + 0.5) / (holding + 0.5))
    norm = _K1 * (1 - _B + _B * lengths / lengths.mean())
    values = rarity[counts.col] * counts.data * (_K1 + 1) / (counts.data + norm[counts.row])
    table = sparse.csc_matrix((values, (counts.row, counts.col)), counts.shape, dtype=np.float32)
    columns = counter.vocabulary_
    for question in questions:
        scores = np.zeros(len(texts), dtype=np.float32)
        for column in (columns[t] for t in analyse(question).weights if t in columns):
            part = slice(table.indptr[column], table.indptr[column + 1])
            scores[table.indices[part]] += table.data[part]
        yield scores


def _standardise(values: Scores) -> Scores:
    deviation = values.std()
    return (values - values.mean()) / deviation if deviation > 0 else np.zeros_like(values)
