"""Query -> hits: passages by BM25 and by vectors, their scores fused.

Four signals, each standardised over the candidates: BM25 of the passage, of its article, of its
best sentence, and the cosine of the embeddings; in a conversation a fifth, its article. A weighted
sum, not reciprocal rank fusion: with a small vector model, fusing ranks loses what BM25 finds
(docs/decisions/0002).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_bot.answering.overlap import Overlap
from qa_bot.index.encoder import Encoder
from qa_bot.index.snapshot import Snapshot
from qa_bot.index.store import StoredPassage
from qa_bot.records import Query

_CANDIDATES = 50  # passages taken from BM25, and a third of that from the vectors
_WEIGHTS = {"passage": 1.0, "article": 0.5, "sentence": 0.5, "anchor": 1.0}
_DENSE = {"static": 0.3, "transformer": 3.0}  # docs/decisions/0011


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage.

    Attributes:
        passage: The passage.
        score: Fused score; higher is better, comparable within one question only.
        rank: From 1.
    """

    passage: StoredPassage
    score: float
    rank: int


def retrieve(
    query: Query,
    snapshot: Snapshot,
    encoder: Encoder,
    overlap: Overlap,
    *,
    limit: int,
    speakers: Sequence[str] = (),
    anchor: int | None = None,
    dense_weight: float | None = None,
) -> list[Hit]:
    """Find the passages that are nearest to a query.

    Args:
        query: The question as understood.
        snapshot: The index.
        encoder: The model that the index was built with.
        overlap: The query's terms with their weights.
        limit: How many hits at most.
        speakers: If any: only what these people say.
        anchor: Number of the article that the conversation is about, which is preferred.
        dense_weight: Of the vectors in the fusion, at least 0; by default `dense_weight_of` the
            model. That of BM25 is 1.

    Returns:
        Hits, best first; those with equal scores in the order of the index.
    """
    allowed = None
    if speakers:
        allowed = np.array(snapshot.store.numbers_said_by(speakers), dtype=np.int64)
    lexical = snapshot.passage_terms.search(query.weights, limit=_CANDIDATES, labels=speakers)
    vector = encoder.encode_query(query.understood_as)
    near = snapshot.vectors.search(vector, limit=_CANDIDATES // 3, allowed=allowed)
    numbers = sorted({*lexical, *near})
    if not numbers:
        return []
    passages = snapshot.store.passages(numbers)
    by_article = snapshot.article_terms.search(query.weights, limit=_CANDIDATES)
    rows = snapshot.vectors.vectors(np.array(numbers, dtype=np.int64))
    signals = {
        # A passage that BM25 did not return scores below those that it did.
        "passage": [lexical.get(number, 0.0) for number in numbers],
        "article": [by_article.get(passages[number].article, 0.0) for number in numbers],
        "sentence": [_best_sentence(passages[number], overlap) for number in numbers],
        "dense": (rows @ vector).tolist(),
        "anchor": [float(passages[number].article == anchor) for number in numbers],
    }
    dense = dense_weight_of(encoder) if dense_weight is None else dense_weight
    scores = _fuse(signals, {**_WEIGHTS, "dense": dense})
    order = sorted(range(len(numbers)), key=lambda i: (-scores[i], numbers[i]))
    return [
        Hit(passages[numbers[i]], float(scores[i]), rank)
        for rank, i in enumerate(order[:limit], start=1)
    ]


def dense_weight_of(encoder: Encoder) -> float:
    """Return the weight of the vectors in the fusion, by the kind of model."""
    return _DENSE["static" if encoder.is_static else "transformer"]


def standardized(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the values at mean 0 and deviation 1; all 0 if they are equal."""
    signal = np.asarray(values, dtype=np.float64)
    deviation = float(signal.std())
    return (signal - signal.mean()) / deviation if deviation > 0 else np.zeros_like(signal)


def _fuse(signals: Mapping[str, Sequence[float]], by_name: Mapping[str, float]) -> list[float]:
    """Return the weighted mean of the signals that tell passages apart, each standardised."""
    total = np.zeros(len(next(iter(signals.values()))))
    weights = 0.0
    for name, values in signals.items():
        signal = standardized(values)
        if signal.any():
            weights += by_name[name]
            total += by_name[name] * signal
    fused: list[float] = (total / (weights or 1)).tolist()
    return fused


def _best_sentence(passage: StoredPassage, overlap: Overlap) -> float:
    texts = (passage.text_of(sentence.span) for sentence in passage.sentences)
    return max((overlap.bm25(text, overlap.matched(text)) for text in texts), default=0.0)
