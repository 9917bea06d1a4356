"""Articles -> groups of reprints: one text, perhaps with another title, head, tail or cut.

MinHash signatures (rensa) in bands find pairs that may share most of their text; each is then
checked on the texts themselves. Two texts that give different figures in the same sentence are
never put into one group: which one is right is the reader's to see.

Broder, 'On the resemblance and containment of documents', 1997.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt
import rensa

from qa_bot.index.alike import contradict, sentences_alone, without_dateline
from qa_bot.index.terms import fold
from qa_bot.records import Article

_SHINGLE = 5  # letters and digits
_CONTAINED = 0.8  # share of the shorter text's shingles that the longer one has to hold
_PROBABLY = 0.65  # the same, estimated from signatures: below, the texts are not compared
# Cut to half, a text is found with a probability of 0.996, to a third with 0.8, to a tenth hardly.
_BANDS, _ROWS = 42, 3
_NEIGHBOURS = 5  # compared in each band: a phrase that thousands share must not cost their square
_MOST = 50  # articles of a group
_BATCH = _KEPT = 4096  # articles whose signatures are computed at once; whose texts are kept
_FACTOR = 0x9E3779B97F4A7C15  # odd, its bits well mixed: 2**64 divided by the golden ratio
_NO_LETTER = re.compile(r"[\W_]+")
_SENTENCE = re.compile(r"[^。！？!?;\n]+")  # a rough one will do for comparing

_Hashes = npt.NDArray[np.uint64]


def group_reprints(articles: Sequence[Article]) -> list[int]:
    """Find out which articles are reprints of one text.

    Args:
        articles: All articles, by number.

    Returns:
        For each article the number of the first article of its group; its own if it is alone.
    """
    groups = {number: [number] for number in range(len(articles))}
    group_of = list(range(len(articles)))

    @lru_cache(maxsize=_KEPT)
    def shingles_of(number: int) -> _Hashes:
        return np.unique(_shingles(articles[number]))

    @lru_cache(maxsize=_KEPT)
    def sentences_of(number: int) -> list[str]:
        return _sentences(articles[number])

    for one, other in _pairs(articles):
        first, second = sorted((group_of[one], group_of[other]))
        together = len(groups[first]) + len(groups[second])
        if first == second or together > _MOST:
            continue
        if not _is_contained(shingles_of(one), shingles_of(other)):
            continue
        # All with all: a short text can be part of two that contradict each other.
        if any(
            contradict(*sentences_alone(sentences_of(a), sentences_of(b)))
            for a, b in product(groups[first], groups[second])
        ):
            continue
        for number in groups[second]:
            group_of[number] = first
        groups[first] += groups.pop(second)
    return group_of


def _body(article: Article) -> str:
    return "\n".join(article.text[p.span.start : p.span.end] for p in article.paragraphs)


def _sentences(article: Article) -> list[str]:
    """Return the folded sentences of the body, the first one without its dateline."""
    return _SENTENCE.findall(without_dateline(fold(_body(article))))


def _shingles(article: Article) -> _Hashes:
    """Return a hash of each run of letters in the body, in order."""
    letters = fold(_NO_LETTER.sub("", _body(article)))  # what is left folds quickly
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if len(codes) < _SHINGLE:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.zeros(len(codes) - _SHINGLE + 1, dtype=np.uint64)
    for offset in range(_SHINGLE):  # a polynomial, modulo 2**64
        hashes *= np.uint64(_FACTOR)
        hashes += codes[offset : offset + len(hashes)]
    return hashes


def _pairs(articles: Sequence[Article]) -> list[tuple[int, int]]:
    """Return pairs of articles that probably hold the same text, the most alike first."""
    signatures, lengths = _signatures(articles)
    usable = np.flatnonzero(lengths)
    weights = np.array([_FACTOR ** (power + 1) % 2**64 for power in range(_ROWS)], dtype=np.uint64)
    found = []
    for band in range(0, _BANDS * _ROWS, _ROWS):
        keys = signatures[usable, band : band + _ROWS].astype(np.uint64) @ weights
        order = np.argsort(keys, kind="stable")
        keys, numbers = keys[order], usable[order]
        for gap in range(1, _NEIGHBOURS + 1):
            same = np.flatnonzero(keys[gap:] == keys[:-gap])
            found.append(np.stack([numbers[same], numbers[same + gap]], axis=1))
    pairs = np.unique(np.concatenate(found), axis=0)
    jaccard = np.array([(signatures[a] == signatures[b]).mean() for a, b in pairs])
    shared = jaccard / (1 + jaccard) * lengths[pairs].sum(axis=1)
    contained = shared / lengths[pairs].min(axis=1)
    likely = np.flatnonzero(contained >= _PROBABLY)
    order = likely[np.argsort(-contained[likely], kind="stable")]
    return [(int(a), int(b)) for a, b in pairs[order]]


def _signatures(
    articles: Sequence[Article],
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Return the MinHash signature of each article, and how many shingles it has."""
    signatures = np.zeros((len(articles), _BANDS * _ROWS), dtype=np.uint32)
    lengths = np.zeros(len(articles), dtype=np.int64)
    for start in range(0, len(articles), _BATCH):
        batch = [_shingles(article) for article in articles[start : start + _BATCH]]
        lengths[start : start + _BATCH] = list(map(len, batch))
        offsets = np.cumsum([0, *map(len, batch)], dtype=np.uint64)
        matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
            np.concatenate(batch), offsets, _BANDS * _ROWS, 0
        )
        signatures[start : start + _BATCH] = matrix.to_rows()
    return signatures, lengths


def _is_contained(one: _Hashes, other: _Hashes) -> bool:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared >= _CONTAINED * min(len(one), len(other))
