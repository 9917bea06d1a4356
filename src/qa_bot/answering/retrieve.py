"""Query -> hits: passages by BM25 and by vectors, their scores fused.

Signals, each standardised over the candidates: BM25 of the passage, of its article, of its best
sentence, the cosine of the embeddings, how many names around the passage stand in the question, and
in a conversation the article that it is about. A weighted sum, not reciprocal rank fusion: with a
small vector model, fusing ranks loses what BM25 finds (docs/decisions/0002).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from qa_bot.answering.metadata import Named
from qa_bot.answering.overlap import Overlap
from qa_bot.index.encoder import Encoder
from qa_bot.index.snapshot import Snapshot
from qa_bot.index.store import StoredPassage
from qa_bot.records import Query, Scope

_Floats: TypeAlias = npt.NDArray[np.float64]

_CANDIDATES = 50  # passages taken from BM25, and a third of that from the vectors
_WEIGHTS = {
    "passage": 1.0,
    "article": 0.5,
    "sentence": 0.5,
    "dense": 0.3,
    "anchor": 1.0,
    "metadata": 0.2,
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage.

    Attributes:
        passage: The passage.
        score: Fused score; higher is better, comparable within one question only.
        rank: From 1.
        signals: What was measured, by name, and its part of the score, which the parts add up to.
        group: Number of the first article with the same text; None: not looked for.
        copies: The same passage in reprints, see `answering.reprints`.
    """

    passage: StoredPassage
    score: float
    rank: int
    signals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    group: int | None = None
    copies: tuple[StoredPassage, ...] = ()


def retrieve(
    query: Query,
    snapshot: Snapshot,
    encoder: Encoder,
    overlap: Overlap,
    *,
    limit: int,
    within: Sequence[Scope] = (),
    anchor: int | None = None,
) -> list[Hit]:
    """Find the passages that are nearest to a query.

    Args:
        query: The question as understood.
        snapshot: The index.
        encoder: The model that the index was built with.
        overlap: The query's terms with their weights.
        limit: How many hits at most.
        within: Only what is in all of these scopes, whose names are the index's own.
        anchor: Number of the article that the conversation is about, which is preferred.

    Returns:
        Hits, best first; those with equal scores in the order of the index.
    """
    allowed = snapshot.store.passages_within(within)
    lexical = snapshot.passage_terms.search(query.weights, limit=_CANDIDATES, within=within)
    vector = encoder.encode_query(query.understood_as)
    near = snapshot.vectors.search(vector, limit=_CANDIDATES // 3, allowed=allowed)
    numbers = sorted({*lexical, *near})
    if not numbers:
        return []
    passages = snapshot.store.passages(numbers)
    by_article = snapshot.article_terms.search(query.weights, limit=_CANDIDATES, within=within)
    named, article = Named(query.understood_as), snapshot.store.article
    rows = snapshot.vectors.vectors(np.array(numbers, dtype=np.int64))
    signals = {
        # A passage that BM25 did not return scores below those that it did.
        "passage": [lexical.get(number, 0.0) for number in numbers],
        "article": [by_article.get(passages[number].article, 0.0) for number in numbers],
        "sentence": [_best_sentence(passages[number], overlap) for number in numbers],
        "dense": (rows @ vector).tolist(),
        "metadata": [named.count(passages[n], article(passages[n].article)) for n in numbers],
        "anchor": [float(passages[number].article == anchor) for number in numbers],
    }
    parts = _standardise(signals)
    scores = np.sum(list(parts.values()), axis=0)
    order = sorted(range(len(numbers)), key=lambda i: (-scores[i], numbers[i]))
    return [
        Hit(
            passages[numbers[i]],
            float(scores[i]),
            rank,
            {name: (signals[name][i], float(part[i])) for name, part in parts.items()},
        )
        for rank, i in enumerate(order[:limit], start=1)
    ]


def _standardise(signals: Mapping[str, Sequence[float]]) -> dict[str, _Floats]:
    """Return each signal's part of the scores: mean 0, deviation its share of the weights.

    A signal that is the same for all candidates says nothing and has no part.
    """
    parts = {}
    for name, values in signals.items():
        signal = np.asarray(values, dtype=np.float64)
        deviation = float(signal.std())
        if deviation > 0:
            parts[name] = _WEIGHTS[name] * (signal - signal.mean()) / deviation
    weights = sum(_WEIGHTS[name] for name in parts) or 1.0
    nothing = np.zeros(len(next(iter(signals.values()))))
    return {name: parts[name] / weights if name in parts else nothing for name in signals}


def _best_sentence(passage: StoredPassage, overlap: Overlap) -> float:
    texts = (passage.text_of(sentence.span) for sentence in passage.sentences)
    return max((overlap.bm25(text, overlap.matched(text)) for text in texts), default=0.0)
