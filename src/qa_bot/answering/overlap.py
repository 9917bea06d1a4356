"""Query terms and a short text -> how much of the query the text covers.

Texts are scored by counting the query's terms in them, so nothing has to be tokenized again at
question time; document frequencies come from the index.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from qa_bot.index.numerals import spellings
from qa_bot.index.store import StoredPassage
from qa_bot.index.terms import fold, split_terms
from qa_bot.records import Query

# What a synonym counts where the question's own word would count 1.
_SYNONYM = 0.7

_K1 = 1.2
_B = 0.4  # sentences differ in length for reasons of style; see docs/decisions/0003
_NEAR = 6  # characters at which nearness halves
_USUAL_LENGTH = 40  # characters of a sentence
_USUAL_PASSAGE = 300  # characters of a passage
_PASSAGE_B = 0.75


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
        self._words = {
            term: _word_pattern(term)
            for term in query.weights
            if term.isascii() and not term[0].isdecimal()
        }
        self._numbers = {
            term: _number_pattern(term) for term in query.weights if term[0].isdecimal()
        }
        self._others = [term for term in query.weights if not term.isascii()]
        self._synonyms = [
            _Synonyms(word, others, tuple(t for t in split_terms(word) if t in self._weights))
            for word, others in query.synonyms.items()
        ]
        self._characters = [term for term in self._others if len(term) == 1]
        self._longer = self._weights.keys() - self._characters
        self._core = query.core & self._weights.keys()
        self._core_total = sum(self._weights[term] for term in self._core)
        self._total = sum(self._weights.values())
        self._characters_total = sum(self._weights[term] for term in self._characters)
        self._longer_total = sum(self._weights[term] for term in self._longer)
        self._kept: dict[int, PassageOverlap] = {}

    def matched(self, text: str) -> dict[str, float]:
        """Return how often each term stands in the text, without those that do not.

        Where a synonym stands in a word's place, its terms count `_SYNONYM`.
        """
        folded = _folded(text)
        counts = self._count(folded, self._others, self._words, self._numbers)
        return self._with_synonyms(folded, counts, self._synonyms)

    def of(self, passage: StoredPassage) -> "PassageOverlap":
        """Return what a passage and each of its sentences hold; counted once a question."""
        found = self._kept.get(passage.number)
        if found is None:
            whole, texts = _folded_sentences(passage)
            # An answer seldom repeats the words of the heading or of the host's question above it.
            # The title, which comes first, is the same for all of an article.
            _, _, above = passage.frame.partition("\n")
            framed = f"{_folded(above)}\n{whole}"
            counts = self._count(framed, self._others, self._words, self._numbers)
            # What the whole does not hold need not be looked for in its parts.
            others = [term for term in self._others if term in counts]
            words = {term: word for term, word in self._words.items() if term in counts}
            numbers = {term: number for term, number in self._numbers.items() if term in counts}
            synonyms = [word for word in self._synonyms if word.stand_in(framed)]
            sentences = tuple(
                self._with_synonyms(text, self._count(text, others, words, numbers), synonyms)
                for text in texts
            )
            counts = self._with_synonyms(framed, counts, synonyms)
            found = PassageOverlap(counts, sentences, tuple(texts))
            self._kept[passage.number] = found
        return found

    @staticmethod
    def _with_synonyms(
        folded: str, counts: dict[str, float], synonyms: Sequence["_Synonyms"]
    ) -> dict[str, float]:
        for word in synonyms:
            if word.word not in folded and word.stand_in(folded):
                for term in word.terms:
                    counts[term] = max(counts.get(term, 0.0), _SYNONYM)
        return counts

    @staticmethod
    def _count(
        folded: str,
        others: Iterable[str],
        words: Mapping[str, re.Pattern[str]],
        numbers: Mapping[str, re.Pattern[str]],
    ) -> dict[str, float]:
        # Most terms are not there: 'in' before 'count' makes an answer half as long.
        counts: dict[str, float] = {term: folded.count(term) for term in others if term in folded}
        present = [item for item in words.items() if item[0].removesuffix("y") in folded]
        for term, pattern in (*present, *numbers.items()):
            if found := pattern.findall(folded):
                counts[term] = len(found)
        return counts

    def bm25(self, text: str, matched: Mapping[str, float]) -> float:
        """Return the BM25 score of a text as a share of the query's weight, at least 0."""
        if not self._total:
            return 0.0
        norm = _K1 * (1 - _B + _B * len(text) / _USUAL_LENGTH)
        score = sum(self._weights[t] * n * (_K1 + 1) / (n + norm) for t, n in matched.items())
        return score / self._total

    def passage_bm25(self, passage: StoredPassage) -> float:
        """Return the BM25 score of a passage as a share of the query's weight."""
        norm = _K1 * (1 - _PASSAGE_B + _PASSAGE_B * len(passage.text) / _USUAL_PASSAGE)
        counts = self.of(passage).counts
        score = sum(self._weights[t] * n * (_K1 + 1) / (n + norm) for t, n in counts.items())
        return score / (self._total or 1.0)

    def characters(self, terms: Mapping[str, float]) -> float:
        """Return the share, in [0, 1], of the weight of the query's single characters."""
        found = (term for term in self._characters if term in terms)
        held = sum(self._weights[term] * min(1.0, terms[term]) for term in found)
        return held / (self._characters_total or 1.0)

    def longer(self, terms: Mapping[str, float]) -> float:
        """Return the share, in [0, 1], of the weight of its bigrams, words and numbers."""
        found = self._longer.intersection(terms)
        held = sum(self._weights[term] * min(1.0, terms[term]) for term in found)
        return held / (self._longer_total or 1.0)

    def numbers(self, terms: Mapping[str, float]) -> float:
        """Return the share, in [0, 1], of the query's numbers that are among these terms."""
        return sum(term in terms for term in self._numbers) / (len(self._numbers) or 1)

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

    def coverage(self, terms: Mapping[str, float]) -> float:
        """Return the share, in [0, 1], of the weight of the query's words that these terms have."""
        if not self._core_total:
            return 0.0
        held = self._core.intersection(terms)
        return sum(self._weights[t] * min(1.0, terms[t]) for t in held) / self._core_total

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


@dataclass(frozen=True, slots=True)
class _Synonyms:
    """A word of the question, what may stand in its place, and the terms that it is made of."""

    word: str
    others: tuple[str, ...]
    terms: tuple[str, ...]

    def stand_in(self, folded: str) -> bool:
        return any(
            other.removesuffix("y") in folded
            and (not other.isascii() or _word_pattern(other).search(folded))
            for other in self.others
        )


@dataclass(frozen=True, slots=True)
class PassageOverlap:
    """What a passage holds of a query: terms with their counts.

    Attributes:
        counts: Of the passage with the heading and the host's question above it.
        sentences: Of each of its sentences.
        folded: The sentences, folded.
    """

    counts: Mapping[str, float]
    sentences: tuple[Mapping[str, float], ...]
    folded: tuple[str, ...]


# The passages that are often found are folded once.
_folded = lru_cache(maxsize=8192)(fold)


def _folded_sentences(passage: StoredPassage) -> tuple[str, list[str]]:
    """Return the folded text of a passage and that of each of its sentences."""
    whole, start = _folded(passage.text), passage.span.start
    spans = [sentence.span for sentence in passage.sentences]
    if len(whole) != len(passage.text):  # some character became several
        return whole, [fold(passage.text_of(span)) for span in spans]
    return whole, [whole[span.start - start : span.end - start] for span in spans]


def _frequency(word: str, document_frequency: Callable[[str], int]) -> int:
    """Return in how many documents a word may stand: at most as its rarest term does."""
    terms = split_terms(word)
    longer = [term for term in terms if len(term) > 1] or terms
    return min(map(document_frequency, longer), default=0)


def idf(document_frequency: int, documents: int) -> float:
    """Inverse document frequency as BM25 has it (Robertson & Zaragoza 2009, with + 1)."""
    return math.log(1 + (documents - document_frequency + 0.5) / (document_frequency + 0.5))


def _number_pattern(term: str) -> re.Pattern[str]:
    """Match a number as it may be written: 5738, 5,738, 五千七百三十八."""
    whole, point, rest = term.partition(".")
    digits = rf"{re.sub(r'(?<=[0-9])(?=(?:[0-9]{3})+$)', ',?', whole)}{re.escape(point + rest)}"
    spelled = () if point else spellings(int(whole))
    return re.compile(
        "|".join((rf"(?<![a-z0-9])(?<![0-9][.,]){digits}(?![a-z0-9])", *sorted(spelled)))
    )


@lru_cache(maxsize=1024)
def _word_pattern(term: str) -> re.Pattern[str]:
    stem = rf"{re.escape(term[:-1])}(?:y|ies)" if term[-1] == "y" else re.escape(term)
    return re.compile(rf"(?<![a-z0-9]){stem}(?:s|es)?(?![a-z0-9])")
