"""Hits -> their sentences, the most likely answer first.

A weighted sum of features, as log odds between the sentences of one question. The weights are
fitted by `scripts/fit_sentences.py` on public training sets and are kept as plain numbers in
`models/sentences.json` (docs/decisions/0017).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa_bot.answering.features import Candidate, find_candidates, measure
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.retrieve import Hit
from qa_bot.answering.term_counts import Counts
from qa_bot.index.alike import is_repeated
from qa_bot.index.rows import StoredPassage, StoredSentence
from qa_bot.records import Query

_MODEL = Path(__file__).parent.parent / "models" / "sentences.json"
_PASSAGES = 8  # whose sentences are looked at
_SENTENCES = 20  # of them, that are measured: the others hardly ever answer
_PASSAGE_WEIGHT = 0.4  # beside BM25, to choose those
_LEADING = 3  # sentences that may be quoted: what repeats them is left out


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence that may answer, with its passage.

    Attributes:
        matched: How often it holds each of the question's terms.
        score: Its share, in [0, 1], of the probability that one of the sentences answers.
        answer: Offsets in its text of what the reader would mark.
    """

    passage: StoredPassage
    sentence: StoredSentence
    text: str
    matched: Counts = field(compare=False)
    score: float
    answer: tuple[int, int] | None = None


def select(query: Query, hits: Sequence[Hit], overlap: Overlap) -> list[ScoredSentence]:
    """Score the sentences of the best hits.

    Args:
        query: The question as understood.
        hits: Retrieved passages, best first.
        overlap: The query's terms with their weights.

    Returns:
        At most 20 sentences, best first; equals in the order of the hits and of the file. What a
        reprint repeats of the best ones is left out.
    """
    candidates = shortlist(hits, overlap)
    weights = fitted_weights()
    measured = measure(query, candidates, overlap)
    log_odds = [sum(weights[name] * f[name] for name in f) for f in measured]
    scored = [
        ScoredSentence(
            passage=candidate.passage,
            sentence=candidate.sentence,
            text=candidate.text,
            matched=candidate.matched,
            score=score,
        )
        for candidate, score in zip(candidates, share_probability(log_odds), strict=True)
    ]
    scored.sort(key=lambda sentence: -sentence.score)
    groups = {p.article: hit.group for hit in hits for p in (hit.passage, *hit.copies)}
    kept: list[ScoredSentence] = []
    for sentence in scored:
        if not any(_is_reprint(sentence, other, groups) for other in kept[:_LEADING]):
            kept.append(sentence)
    return kept


def rescore(sentences: Sequence[ScoredSentence], log_odds: npt.ArrayLike) -> list[ScoredSentence]:
    """Return sentences in the order of other scores, which a cross-encoder gave them.

    Args:
        sentences: As selected.
        log_odds: Of each, higher is better.
    """
    scored = [
        replace(sentence, score=score)
        for sentence, score in zip(sentences, share_probability(log_odds), strict=True)
    ]
    return sorted(scored, key=lambda sentence: -sentence.score)


def shortlist(hits: Sequence[Hit], overlap: Overlap) -> list[Candidate]:
    """Return the sentences that are worth measuring, in the order of the hits and of the file."""
    found = find_candidates(hits[:_PASSAGES], overlap)
    best = sorted(range(len(found)), key=lambda i: -first_look(found[i]))[:_SENTENCES]
    return [found[i] for i in sorted(best)]


def first_look(candidate: Candidate) -> float:
    """Return what a sentence is shortlisted by: its words and its passage."""
    return candidate.bm25 + _PASSAGE_WEIGHT * candidate.hit.score


def share_probability(log_odds: npt.ArrayLike) -> list[float]:
    """Return probabilities that add up to 1 (softmax)."""
    values = np.asarray(log_odds, dtype=np.float64)
    if not values.size:
        return []
    odds = np.exp(values - values.max())
    shares: list[float] = (odds / odds.sum()).tolist()
    return shares


@cache
def fitted_weights() -> Mapping[str, float]:
    """Return the weights that `scripts/fit_sentences.py` fitted, by the feature's name."""
    weights: dict[str, float] = json.loads(_MODEL.read_text(encoding="utf-8"))["weights"]
    return weights


def _is_reprint(
    one: ScoredSentence, other: ScoredSentence, groups: Mapping[int, int | None]
) -> bool:
    """Whether two sentences are one, in two articles of the same text."""
    first, second = one.passage.article, other.passage.article
    return (
        first != second
        and groups[first] is not None
        and groups[first] == groups[second]
        and one.passage.speaker == other.passage.speaker
        and is_repeated(one.text, other.text)
    )
