"""Query terms and a short text -> how much of the query the text covers.

Texts are scored by counting the query's terms in them, so nothing has to be tokenized again at
question time; document frequencies come from the index.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice

from qa_bot.index.terms import fold
from qa_bot.records import Query

_K1 = 1.2
_B = 0.4  # sentences differ in length for reasons of style; see docs/decisions/0003
_NEAR = 6  # characters at which nearness halves
_USUAL_LENGTH = 40  # characters of a sentence


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
        self._weights = {
            term: weight * idf(document_frequency(term), documents)
            for term, weight in query.weights.items()
        }
        self._words = {term: _word_pattern(term) for term in query.weights if term.isascii()}
        self._others = [term for term in query.weights if not term.isascii()]
        self._core = query.core & self._weights.keys()
        self._core_total = sum(self._weights[term] for term in self._core)
        self._total = sum(self._weights.values())

    def matched(self, text: str) -> dict[str, int]:
        """Return how often each term stands in the text, without those that do not."""
        folded = _folded(text)
        # Most terms are not there: 'in' before 'count' makes an answer half as long.
        counts = {term: folded.count(term) for term in self._others if term in folded}
        for term, pattern in self._words.items():
            if found := pattern.findall(folded):
                counts[term] = len(found)
        return counts

    def bm25(self, text: str, matched: Mapping[str, int]) -> float:
        """Return the BM25 score of a text as a share of the query's weight, at least 0."""
        if not self._total:
            return 0.0
        norm = _K1 * (1 - _B + _B * len(text) / _USUAL_LENGTH)
        score = sum(self._weights[t] * n * (_K1 + 1) / (n + norm) for t, n in matched.items())
        return score / self._total

    def shares(self, text: str, *, limit: int) -> list[tuple[str, float]]:
        """Return the best terms that the text holds, each with its share of its BM25 score.

        Left out are the terms that are part of another one that is there as often.
        """
        matched = self.matched(text)
        norm = _K1 * (1 - _B + _B * len(text) / _USUAL_LENGTH)
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

    def coverage(self, terms: Mapping[str, int]) -> float:
        """Return the share, in [0, 1], of the weight of the query's words that these terms have."""
        if not self._core_total:
            return 0.0
        return sum(self._weights[t] for t in self._core.intersection(terms)) / self._core_total

    def proximity(self, text: str, start: int, end: int) -> float:
        """Return how near to a span of the text the query's terms stand, rare ones counting more.

        Terms before the span count double: '12 firms' belongs to what was named before it.
        """
        before, after = fold(text[:start]), fold(text[end:])
        total = 0.0
        for term, weight in self._weights.items():
            left, right = before.rfind(term), after.find(term)
            near_left = 2 / (1 + (len(before) - left - len(term)) / _NEAR) if left >= 0 else 0.0
            near_right = 1 / (1 + right / _NEAR) if right >= 0 else 0.0
            total += weight * max(near_left, near_right)
        return total


# The sentences of passages that are often found are folded once: a third of an answer's time.
_folded = lru_cache(maxsize=32_768)(fold)


def idf(document_frequency: int, documents: int) -> float:
    """Inverse document frequency as BM25 has it (Robertson & Zaragoza 2009, with + 1)."""
    return math.log(1 + (documents - document_frequency + 0.5) / (document_frequency + 0.5))


def _word_pattern(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(term)}(?:s|es)?(?![a-z0-9])")
