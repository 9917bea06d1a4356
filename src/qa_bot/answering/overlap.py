"""Query terms and texts -> how much of the query each text covers.

`answering.term_counts` counts the terms; document frequencies come from the index.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from qa_bot.answering.term_counts import Counts, TermCounter
from qa_bot.index.folded import FoldedPassage
from qa_bot.index.rows import StoredPassage
from qa_bot.index.terms import fold, is_single, split_terms
from qa_bot.records import Query

_Floats: TypeAlias = npt.NDArray[np.float64]

_K1 = 1.2
_B = 0.4  # sentences differ in length for reasons of style; see docs/decisions/0003
_NEAR = 6  # characters at which nearness halves
_USUAL_LENGTH = 40  # characters of a sentence
_USUAL_PASSAGE = 300  # characters of a passage
_PASSAGE_B = 0.75


class Shares(NamedTuple):
    """What texts hold of a query, each of shape (texts,), in [0, 1].

    Attributes:
        coverage: Share of the weight of its words, see `Query.core`.
        characters: Of the weight of its single characters.
        longer: Of the weight of its bigrams, words and numbers.
        numbers: Of its numbers.
    """

    coverage: _Floats
    characters: _Floats
    longer: _Floats
    numbers: _Floats


class Overlap:
    """Scores texts against one query."""

    def __init__(
        self,
        query: Query,
        document_frequency: Callable[[str], int],
        documents: int,
    ) -> None:
        """Prepare a query.

        Args:
            query: The question as understood.
            document_frequency: In how many passages a term occurs.
            documents: How many passages there are.
        """
        found = {term: document_frequency(term) for term in query.weights}
        for word, others in query.synonyms.items():
            # As rare as all of them together: one is not in place of a rarer word.
            if word in found:
                found[word] += sum(_frequency(other, document_frequency) for other in others)
        self._weights = {
            term: weight * idf(min(found[term], documents), documents)
            for term, weight in query.weights.items()
        }
        self._counter = TermCounter(self._weights, query.synonyms)
        is_character = np.array([is_single(term) for term in self._weights], np.bool_)
        every = np.array(list(self._weights.values()), np.float64)
        self._all = _in_shares(every)
        self._core = _in_shares(every * [term in query.core for term in self._weights])
        self._characters = _in_shares(every * is_character)
        self._longer = _in_shares(every * ~is_character)
        self._numbers = _in_shares(np.array([t[0].isdecimal() for t in self._weights], np.float64))
        self._kept: dict[int, PassageOverlap] = {}

    def matched(self, text: str) -> Counts:
        """Return how often each term stands in the text, shape (terms,).

        Where a synonym stands in a word's place, its terms count less than 1.
        """
        return self._counter.count(text)

    def among(self, terms: Iterable[str]) -> Counts:
        """Return 1 for each of the query's terms that is among these, 0 for the others."""
        wanted = frozenset(terms)
        return np.array([float(term in wanted) for term in self._weights])

    def of(self, passage: StoredPassage) -> "PassageOverlap":
        """Return what a passage and each of its sentences hold; counted once a question."""
        return self.of_all([passage])[0]

    def of_all(self, passages: Sequence[StoredPassage]) -> "list[PassageOverlap]":
        """Return what passages hold; together they take a small part of the time."""
        new = {p.number: p.folded for p in passages if p.number not in self._kept}
        if new:
            self._kept.update(zip(new, self._count(list(new.values())), strict=True))
        return [self._kept[passage.number] for passage in passages]

    def _count(self, passages: Sequence[FoldedPassage]) -> "Iterator[PassageOverlap]":
        counts = self._counter.count_all(passages)
        lengths = np.concatenate([passage.lengths for passage in passages])
        ends = np.cumsum([len(passage.texts) for passage in passages]).tolist()
        wholes = [end - len(passage.texts) + 1 for end, passage in zip(ends, passages, strict=True)]
        norms = _norm(lengths, _B, _USUAL_LENGTH)
        norms[wholes] = _norm(lengths[wholes], _PASSAGE_B, _USUAL_PASSAGE)
        scores = self._bm25(counts, norms[:, None]).tolist()
        shares = [share.tolist() for share in self.shares(counts)]
        for passage, whole, end in zip(passages, wholes, ends, strict=True):
            coverage, characters, _, numbers = shares
            yield PassageOverlap(
                title=counts[whole - 1],
                counts=counts[whole],
                bm25=scores[whole],
                characters=characters[whole],
                numbers=numbers[whole],
                folded=passage.texts[2:],
                sentences=counts[whole + 1 : end],
                sentence_bm25=scores[whole + 1 : end],
                coverage=coverage[whole + 1 : end],
            )

    def bm25(self, text: str, counts: Counts) -> float:
        """Return the BM25 score of a text as a share of the query's weight, at least 0."""
        return float(self._bm25(counts, _norm(len(text), _B, _USUAL_LENGTH)))

    def _bm25(self, counts: Counts, norms: _Floats | float) -> _Floats:
        return _weighed(self._all, counts * (_K1 + 1) / (counts + norms))

    def coverage(self, counts: Counts) -> float:
        """Return the share, in [0, 1], of the weight of the query's words that a text holds."""
        return float(_weighed(self._core, np.minimum(counts, 1.0)))

    def shares(self, counts: Counts) -> Shares:
        """Return what texts hold of the query by their counts, shape (texts, terms)."""
        held = np.minimum(counts, 1.0)
        return Shares(
            coverage=_weighed(self._core, held),
            characters=_weighed(self._characters, held),
            longer=_weighed(self._longer, held),
            numbers=_weighed(self._numbers, np.ceil(held)),
        )

    def best_terms(self, passage: StoredPassage, *, limit: int) -> list[tuple[str, float]]:
        """Return the best terms that a passage, or what stands above it, holds.

        Left out are the terms that are part of another one that is there as often.

        Returns:
            Each with its share of its BM25 score.
        """
        held = self.of(passage)
        counts = zip(self._weights, (held.title + held.counts).tolist(), strict=True)
        matched = {term: count for term, count in counts if count}
        norm = _norm(len(passage.frame) + len(passage.text), _B, _USUAL_LENGTH)
        scores = {t: self._weights[t] * n / (n + norm) for t, n in matched.items()}
        total = sum(scores.values()) or 1.0
        whole = (
            term
            for term in sorted(scores, key=lambda term: (-scores[term], term))
            if not any(
                term in other and term != other and matched[term] == count
                for other, count in matched.items()
            )
        )
        return [(term, scores[term] / total) for term in islice(whole, limit)]

    def nearness(self, text: str, spans: Iterable[tuple[int, int]]) -> list[float]:
        """Return how near to each span of a text the query's terms stand, rare ones counting more.

        Terms before the span count double: '12 firms' belongs to what was named before it.
        """
        folded = fold(text)
        there = [(term, weight) for term, weight in self._weights.items() if term in folded]
        found = []
        for start, end in spans:
            before, after = fold(text[:start]), fold(text[end:])
            total = 0.0
            for term, weight in there:
                left, right = before.rfind(term), after.find(term)
                near_left = 2 / (1 + (len(before) - left - len(term)) / _NEAR) if left >= 0 else 0.0
                near_right = 1 / (1 + right / _NEAR) if right >= 0 else 0.0
                total += weight * max(near_left, near_right)
            found.append(total)
        return found


@dataclass(frozen=True, slots=True)
class PassageOverlap:
    """What a passage holds of a query.

    Attributes:
        title: Counts of the terms in its title, shape (terms,).
        counts: In the passage with the heading and the host's question above it.
        bm25: Score of the passage as a share of the query's weight; its terms are counted with
            what stands above it.
        characters: Share of the weight of the query's characters, as of `counts`.
        numbers: Share of the query's numbers, likewise.
        folded: Its sentences, folded.
        sentences: Counts of each, shape (sentences, terms).
        sentence_bm25: Score of each.
        coverage: Share of the weight of the query's words of each.
    """

    title: Counts
    counts: Counts
    bm25: float
    characters: float
    numbers: float
    folded: Sequence[str]
    sentences: Counts
    sentence_bm25: Sequence[float]
    coverage: Sequence[float]


def merged(one: Counts, other: Counts) -> Counts:
    """Return the counts of one text, and those of another one where that holds a term."""
    return np.where(other > 0, other, one)


def _norm(lengths: npt.ArrayLike, b: float, usual: int) -> _Floats:
    norm: _Floats = _K1 * (1 - b + b * np.asarray(lengths) / usual)
    return norm


def _in_shares(weights: _Floats) -> _Floats:
    """Return weights as shares of their sum."""
    shares: _Floats = weights / (weights.sum() or 1.0)
    return shares


def _weighed(shares: _Floats, held: _Floats) -> _Floats:
    # Row by row alike, as a matrix product is not: equal texts have equal scores.
    weighed: _Floats = (shares * held).sum(axis=-1)
    return weighed


def _frequency(word: str, document_frequency: Callable[[str], int]) -> int:
    """Return in how many documents a word may stand: at most as its rarest term does."""
    terms = split_terms(word)
    longer = [term for term in terms if len(term) > 1] or terms
    return min(map(document_frequency, longer), default=0)


def idf(document_frequency: int, documents: int) -> float:
    """Inverse document frequency as BM25 has it (Robertson & Zaragoza 2009, with + 1)."""
    return math.log(1 + (documents - document_frequency + 0.5) / (document_frequency + 0.5))
