"""Texts and a tokenizer -> BM25 rankings: how other tools search, each by words of its own."""

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt
import rjieba
from scipy.sparse import csr_array

Tokenize = Callable[[str], Iterable[str]]

_K1, _B = 1.2, 0.75
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"([{_HAN}]+)|[^\W{_HAN}]+")
_UNICODE_WORD = re.compile(rf"[{_HAN}]|\d+(?:[.,]\d+)*|[^\W{_HAN}]+")
_TWO_LETTERS = re.compile(r"(?u)\b\w\w+\b")
_STOP_WORDS = {
    *("a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is"),
    *("it", "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there"),
    *("these", "they", "this", "to", "was", "will", "with"),
}


def bigrams(text: str) -> Iterator[str]:
    """Yield the pairs of neighbouring Chinese characters, and other words in lower case."""
    for match in _RUN.finditer(text.lower()):
        run = match[0]
        if match[1] and len(run) > 1:
            yield from (run[i : i + 2] for i in range(len(run) - 1))
        else:
            yield run


def unicode_words(text: str) -> list[str]:
    """Split as Unicode says (Standard Annex 29), lower-cased: each Chinese character is a word."""
    return _UNICODE_WORD.findall(text.lower())


def scikit_words(text: str) -> list[str]:
    """Find two or more letters in a row, lower-cased, without English stop words."""
    return [word for word in _TWO_LETTERS.findall(text.lower()) if word not in _STOP_WORDS]


def jieba_words(text: str) -> list[str]:
    """Segment Chinese into words."""
    words: list[str] = rjieba.cut(text)
    return words


# What ranks by BM25 beside qa-bot. Where a tool is named: as it comes, asked in Chinese.
TOKENIZERS: dict[str, Tokenize] = {
    "BM25 of character bigrams": bigrams,
    "BM25 of jieba's words": jieba_words,
    "BM25 of Unicode's words (txtai)": unicode_words,
    "BM25 of two letters or more (LlamaIndex)": scikit_words,
    "BM25 of what spaces part (LangChain)": str.split,
}


class PlainBM25:
    """Ranks texts for some questions, by the formula that Lucene and tantivy use."""

    def __init__(self, texts: Iterable[str], tokenize: Tokenize, questions: Iterable[str]) -> None:
        """Count words.

        Args:
            texts: At least one.
            tokenize: What makes words of them, and of questions.
            questions: All that will be asked: no other words are kept, which saves most of the
                memory.
        """
        self._tokenize = tokenize
        wanted = sorted({token for question in questions for token in tokenize(question)})
        self._columns = columns = {token: column for column, token in enumerate(wanted)}
        found, ends, lengths = array("i"), [0], []
        for text in texts:
            tokens = list(tokenize(text))
            found.extend(columns[token] for token in tokens if token in columns)
            ends.append(len(found))
            lengths.append(len(tokens))
        ones = np.ones(len(found), dtype=np.float32)
        shape = (len(lengths), len(wanted))
        counts = csr_array((ones, np.array(found, dtype=np.int32), np.array(ends)), shape=shape)
        counts.sum_duplicates()
        self._counts = counts.tocsc()
        relative = np.array(lengths) / (sum(lengths) / len(lengths) or 1)
        self._norms = _K1 * (1 - _B + _B * relative)

    def search(self, question: str, *, limit: int) -> list[int]:
        """Return the numbers of the best texts that hold a word of the question, best first."""
        scores = np.zeros(len(self._norms))
        for token, times in Counter(self._tokenize(question)).items():
            column = self._columns[token]
            part = slice(*self._counts.indptr[column : column + 2])
            rows, count = self._counts.indices[part], self._counts.data[part]
            rarity = log(1 + (len(scores) - len(rows) + 0.5) / (len(rows) + 0.5))
            scores[rows] += times * rarity * count * (_K1 + 1) / (count + self._norms[rows])
        return best(scores, limit=limit)


def best(scores: npt.NDArray[np.floating[Any]], *, limit: int) -> list[int]:
    """Return the places of the highest scores above 0, best first, equals in order."""
    found = np.flatnonzero(scores > 0)
    if len(found) > limit:
        least = np.partition(scores[found], -limit)[-limit]
        found = found[scores[found] >= least]
    order: list[int] = found[np.argsort(-scores[found], kind="stable")][:limit].tolist()
    return order
