"""The terms of a query and texts -> how often each term stands in each text.

Nothing is tokenized again at question time: the terms are looked for in the folded texts. Most of
them are characters and pairs of characters, which are counted in all passages at once.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from qa_bot.index.folded import PLANE, FoldedPassage
from qa_bot.index.numerals import spellings
from qa_bot.index.terms import fold, split_terms

Counts: TypeAlias = npt.NDArray[np.float64]  # shape (..., terms)

# What a synonym counts where the question's own word would count 1.
_SYNONYM = 0.7


class TermCounter:
    """Counts the terms of one query."""

    def __init__(self, terms: Iterable[str], synonyms: Mapping[str, tuple[str, ...]]) -> None:
        """Prepare a query.

        Args:
            terms: What to count, each once.
            synonyms: Words, each with others that may stand in its place; their terms then count
                `_SYNONYM`.
        """
        self.places = {term: place for place, term in enumerate(terms)}
        self._counters = {term: _counter(term) for term in self.places}
        self._synonyms = [
            _Synonyms(word, others, [self.places[t] for t in split_terms(word) if t in self.places])
            for word, others in synonyms.items()
        ]
        letters = {term for term in self.places if _is_of_letters(term)}
        self._others = [(p, self._counters[t]) for t, p in self.places.items() if t not in letters]
        numbers = {c: number for number, c in enumerate(sorted({*"".join(letters)}), start=1)}
        self._numbers = np.zeros(PLANE, dtype=np.uint16)  # of a letter; 0: none of them
        self._numbers[[ord(c) for c in numbers]] = list(numbers.values())
        # Which term a letter is, and which one a letter and the next one are; or none.
        none = len(self.places)
        self._alone = np.full(len(numbers) + 1, none)
        self._pairs = np.full((len(numbers) + 1, len(numbers) + 1), none)
        for term in letters:
            first, *second = (numbers[c] for c in term)
            if second:
                self._pairs[first, second] = self.places[term]
            else:
                self._alone[first] = self.places[term]

    def count(self, text: str) -> Counts:
        """Count in one text; shape (terms,)."""
        folded = _folded(text)
        counts = np.array([float(count(folded)) for count in self._counters.values()])
        self._add_synonyms(folded, counts, self._synonyms)
        return counts

    def count_all(self, passages: Sequence[FoldedPassage]) -> Counts:
        """Count in all texts of passages; shape (texts, terms)."""
        sizes = np.concatenate([passage.sizes for passage in passages])
        letters = self._numbers.take(np.concatenate([passage.codes for passage in passages]))
        at = np.flatnonzero(letters)
        first, second = letters[at], letters[at + 1]  # a gap is at the end
        columns = len(self.places) + 1
        cells = columns * np.repeat(np.arange(len(sizes)), sizes)[at]
        found = np.concatenate([cells + self._alone[first], cells + self._pairs[first, second]])
        counts = np.bincount(found, minlength=columns * len(sizes)).astype(np.float64)
        counts = counts.reshape(-1, columns)[:, :-1].copy()
        row = 0
        for passage in passages:
            rows = counts[row : (row := row + len(passage.texts))]
            self._count_others(passage.texts, rows)
        return counts

    def _count_others(self, texts: Sequence[str], counts: Counts) -> None:
        # What a passage does not hold need not be looked for in its sentences.
        everything = f"{texts[0]}\n{texts[1]}"
        for place, count in self._others:
            if count(everything):
                counts[:, place] = [count(text) for text in texts]
        synonyms = [word for word in self._synonyms if word.stand_in(everything)]
        if synonyms:
            for text, row in zip(texts, counts, strict=True):
                self._add_synonyms(text, row, synonyms)

    @staticmethod
    def _add_synonyms(folded: str, counts: Counts, synonyms: Iterable["_Synonyms"]) -> None:
        for word in synonyms:
            if word.word not in folded and word.stand_in(folded):
                counts[word.places] = np.maximum(counts[word.places], _SYNONYM)


@dataclass(frozen=True, slots=True)
class _Synonyms:
    """A word of the question, what may stand in its place, and the places of its terms."""

    word: str
    others: tuple[str, ...]
    places: list[int]

    def stand_in(self, folded: str) -> bool:
        return any(
            other.removesuffix("y") in folded
            and (not other.isascii() or _word_pattern(other).search(folded))
            for other in self.others
        )


# The same titles and sentences are looked at again and again.
_folded = lru_cache(maxsize=8192)(fold)


def _is_of_letters(term: str) -> bool:
    """Whether a term is a character, or two that differ: 人人 stands in 人人人 once, not twice."""
    is_plain = not term.isascii() and not term[0].isdecimal() and max(map(ord, term)) < PLANE
    return is_plain and len(term) <= 2 and len({*term}) == len(term)


def _counter(term: str) -> Callable[[str], int]:
    """Return what counts a term in a folded text."""
    if term[0].isdecimal():
        return partial(_count_pattern, _number_pattern(term), "")
    if term.isascii():
        return partial(_count_pattern, _word_pattern(term), term.removesuffix("y"))
    return lambda folded: folded.count(term)


def _count_pattern(pattern: re.Pattern[str], part: str, folded: str) -> int:
    # Most words are not there: 'in' is fast.
    return len(pattern.findall(folded)) if part in folded else 0


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
