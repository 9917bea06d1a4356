"""Query -> hits: passages by BM25 and by vectors, ranked by a weighted sum of signals.

Signals, each standardised over the candidates: BM25 of the passage, of its article and of its best
sentence; how much of the question's words that sentence, and of its characters and numbers that
passage, holds; whether a sentence holds the kind of thing that is asked for; the cosine of the
embeddings; how many names around the passage stand in the question; and in a conversation the
article that it is about. A weighted sum, not reciprocal rank fusion: with a small vector model,
fusing ranks loses what BM25 finds (docs/decisions/0002, 0015).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from qa_bot.answering.answer_kinds import holds_kind
from qa_bot.answering.metadata import Named
from qa_bot.answering.overlap import Overlap, PassageOverlap
from qa_bot.index.encoder import Encoder
from qa_bot.index.rows import StoredPassage
from qa_bot.index.snapshot import Snapshot
from qa_bot.index.terms import is_single
from qa_bot.records import Query, Scope

_Floats: TypeAlias = npt.NDArray[np.float64]

_MODEL = Path(__file__).parent.parent / "models" / "retrieval.json"
_CANDIDATES = 20  # passages taken from BM25; more find hardly more (docs/decisions/0015)
_NEAR = 8  # and from the vectors, or as many as from BM25 if they weigh as much
# Those of the signals that no training set has; the fitted ones add up to 2.
_WEIGHTS = {"metadata": 0.2, "anchor": 1.0}
_DENSE = {"static": 0.1, "transformer": 3.0}  # docs/decisions/0011 and 0015


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
    dense_weight: float | None = None,
) -> list[Hit]:
    """Find the passages that are nearest to a query.

    Args:
        query: The question as understood.
        snapshot: The index.
        encoder: The model that the index was built with.
        overlap: The query's terms with their weights.
        limit: How many hits are wanted; there may be some more.
        within: Only what is in all of these scopes, whose names are the index's own.
        anchor: Number of the article that the conversation is about, which is preferred.
        dense_weight: Of the vectors in the fusion, at least 0; by default `dense_weight_of` the
            model. Those of the words add up to 2.

    Returns:
        Hits, best first; those with equal scores in the order of the index.
    """
    dense = dense_weight_of(encoder) if dense_weight is None else dense_weight
    candidates = max(_CANDIDATES, limit)
    # Single characters have the longest lists and find hardly anything that bigrams do not.
    longer = {t: w for t, w in query.weights.items() if not is_single(t)} or query.weights
    lexical = snapshot.passage_terms.search(longer, limit=candidates, within=within)
    vector = encoder.encode_query(query.understood_as)
    near = snapshot.vectors.search(
        vector,
        limit=candidates if dense >= 1 else _NEAR,
        allowed=snapshot.store.passages_within(within),
    )
    numbers = sorted({*lexical, *near})
    if not numbers:
        return []
    passages = snapshot.store.passages(numbers)
    by_article = snapshot.article_terms.search(longer, limit=5 * candidates, within=within)
    named, article = Named(query.understood_as), snapshot.store.article
    rows = snapshot.vectors.vectors(np.array(numbers, dtype=np.int64))
    held = overlap.of_all(list(passages.values()))
    found = [
        _lexical_signals(query, passage, each)
        for passage, each in zip(passages.values(), held, strict=True)
    ]
    signals: dict[str, Sequence[float]] = {
        **{name: [signals[name] for signals in found] for name in found[0]},
        # An article that BM25 did not return scores below those that it did.
        "article": [by_article.get(passages[number].article, 0.0) for number in numbers],
        "dense": (rows @ vector).tolist(),
        "metadata": [named.count(passages[n], article(passages[n].article)) for n in numbers],
        "anchor": [float(passages[number].article == anchor) for number in numbers],
    }
    parts = _parts(signals, {**fitted_weights(), **_WEIGHTS, "dense": dense})
    scores = np.sum(list(parts.values()), axis=0)
    order = sorted(range(len(numbers)), key=lambda i: (-scores[i], numbers[i]))
    return [
        Hit(
            passages[numbers[i]],
            float(scores[i]),
            rank,
            {name: (signals[name][i], float(part[i])) for name, part in parts.items()},
        )
        for rank, i in enumerate(order, start=1)
    ]


def dense_weight_of(encoder: Encoder) -> float:
    """Return the weight of the vectors in the fusion, by the kind of model."""
    return _DENSE["static" if encoder.is_static else "transformer"]


@cache
def fitted_weights() -> Mapping[str, float]:
    """Return the weights that `scripts/fit_retrieval.py` fitted, by the signal's name."""
    weights: dict[str, float] = json.loads(_MODEL.read_text(encoding="utf-8"))["weights"]
    return weights


def standardised(values: npt.ArrayLike) -> _Floats:
    """Return values, along the last axis, at mean 0 and deviation 1; all 0 if they are equal."""
    signals = np.asarray(values, dtype=np.float64)
    apart = signals - signals.mean(axis=-1, keepdims=True)
    apart[np.ptp(signals, axis=-1) == 0] = 0.0
    deviation = apart.std(axis=-1, keepdims=True)
    standard: _Floats = apart / np.where(deviation > 0, deviation, 1.0)
    return standard


def _parts(
    signals: Mapping[str, Sequence[float]], by_name: Mapping[str, float]
) -> dict[str, _Floats]:
    """Return each signal's part of the scores: mean 0, deviation its share of the weights.

    A signal that is the same for all candidates says nothing and has no part.
    """
    parts = standardised(list(signals.values()))
    weights = np.array([by_name[name] for name in signals])
    weights /= weights[parts.any(axis=1)].sum() or 1.0
    return dict(zip(signals, weights[:, None] * parts, strict=True))


def _lexical_signals(
    query: Query, passage: StoredPassage, held: PassageOverlap
) -> dict[str, float]:
    """Measure what the words of a passage say of it, each at least 0 and about 1 at most."""
    scored = zip(held.sentence_bm25, passage.sentences, strict=True)
    fitting = (
        score
        for score, sentence in sorted(scored, key=lambda each: -each[0])
        if score > 0 and holds_kind(query.kind, passage.text_of(sentence.span))
    )
    return {
        "passage": held.bm25,
        "sentence": max(held.sentence_bm25, default=0.0),
        "words": max(held.coverage, default=0.0),
        "characters": held.characters,
        "numbers": held.numbers,
        "kind": next(fitting, 0.0),
    }
