"""Texts of articles -> groups of reprints: one text, perhaps with another title, head, tail or cut.

MinHash signatures (rensa) in bands find pairs that may share most of their text; each is then
checked on the texts themselves. Two texts that give different figures in the same sentence are
never put into one group: which one is right is the reader's to see.

What was grouped before is looked at again only as far as new texts, or gaps left by old ones, reach
from pair to pair: the groups are those that all the texts at once would give (docs/decisions/0023).

Broder, 'On the resemblance and containment of documents', 1997.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import rensa

from qa_bot.index.alike import contradict, sentences_alone, without_dateline
from qa_bot.index.terms import fold

_SHINGLE = 5  # letters and digits
_CONTAINED = 0.8  # share of the shorter text's shingles that the longer one has to hold
_PROBABLY = 0.65  # the same, estimated from signatures: below, the texts are not compared
# Cut to half, a text is found with a probability of 0.996, to a third with 0.8, to a tenth hardly.
_BANDS, _ROWS = 42, 3
_NEIGHBOURS = 5  # compared in each band: a phrase that thousands share must not cost their square
_MOST = 50  # articles of a group
WIDTH = 1 + _BANDS * _ROWS  # of a row of signatures
_KEPT = 4096  # articles whose texts are kept
_FACTOR = 0x9E3779B97F4A7C15  # odd, its bits well mixed: 2**64 divided by the golden ratio
_NO_LETTER = re.compile(r"[\W_]+")
_SENTENCE = re.compile(r"[^。！？!?;\n]+")  # a rough one will do for comparing

Signatures: TypeAlias = npt.NDArray[np.uint32]
_Hashes: TypeAlias = npt.NDArray[np.uint64]


def group_reprints(
    signatures: Signatures,
    body_of: Callable[[int], str],
    *,
    groups: Sequence[int],
    looked_at: Sequence[int],
) -> dict[int, int]:
    """Find out which articles are reprints of one text.

    Args:
        signatures: Of all articles, as `sign` makes them; their places here are their numbers.
        body_of: Returns the text of an article.
        groups: For each article its group before; that of a new one is its own.
        looked_at: Articles that are new, or whose group lost one.

    Returns:
        For each article whose group may have changed the number of the first one of its group; its
        own if it is alone.
    """
    members, pairs = _reached(signatures, groups=np.array(groups), looked_at=looked_at)
    together = {number: [number] for number in members}
    group_of = dict(zip(members, members, strict=True))

    @lru_cache(maxsize=_KEPT)
    def shingles_of(number: int) -> _Hashes:
        return np.unique(_shingles(body_of(number)))

    @lru_cache(maxsize=_KEPT)
    def sentences_of(number: int) -> list[str]:
        return _sentences(body_of(number))

    for one, other in pairs:
        first, second = sorted((group_of[one], group_of[other]))
        if first == second or len(together[first]) + len(together[second]) > _MOST:
            continue
        if not _is_contained(shingles_of(one), shingles_of(other)):
            continue
        # All with all: a short text can be part of two that contradict each other.
        if any(
            contradict(*sentences_alone(sentences_of(a), sentences_of(b)))
            for a, b in product(together[first], together[second])
        ):
            continue
        for number in together[second]:
            group_of[number] = first
        together[first] += together.pop(second)
    return group_of


def sign(bodies: Sequence[str]) -> Signatures:
    """Return how many shingles each text has, and its MinHash signature: shape (n, WIDTH)."""
    shingles = list(map(_shingles, bodies))
    offsets = np.cumsum([0, *map(len, shingles)], dtype=np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        np.concatenate(shingles), offsets, WIDTH - 1, 0
    )
    lengths = np.array(list(map(len, shingles)), dtype=np.uint32)
    return np.column_stack([lengths, np.array(matrix.to_rows(), dtype=np.uint32)])


def _sentences(body: str) -> list[str]:
    """Return the folded sentences of a body, the first one without its dateline."""
    return _SENTENCE.findall(without_dateline(fold(body)))


def _shingles(body: str) -> _Hashes:
    """Return a hash of each run of letters in a body, in order."""
    letters = fold(_NO_LETTER.sub("", body))  # what is left folds quickly
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if len(codes) < _SHINGLE:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.zeros(len(codes) - _SHINGLE + 1, dtype=np.uint64)
    for offset in range(_SHINGLE):  # a polynomial, modulo 2**64
        hashes *= np.uint64(_FACTOR)
        hashes += codes[offset : offset + len(hashes)]
    return hashes


def _reached(
    signatures: Signatures, *, groups: npt.NDArray[np.int64], looked_at: Sequence[int]
) -> tuple[list[int], list[tuple[int, int]]]:
    """Find what can be in a group with the articles looked at, directly or by way of others.

    Returns:
        These articles, and all pairs of them that probably hold the same text, the most alike
        first.
    """
    keys = _band_keys(signatures)
    _, group = np.unique(groups, return_inverse=True)
    reached = np.zeros(len(signatures), dtype=np.bool_)
    latest = reached.copy()
    latest[list(looked_at)] = True
    pairs = np.zeros((0, 2), dtype=np.int64)
    while latest.any():
        reached |= latest
        pairs = np.unique(np.concatenate([pairs, _likely(signatures, keys, latest)]), axis=0)
        latest = np.zeros_like(reached)
        latest[pairs[reached[pairs].any(axis=1)]] = True
        latest |= np.isin(group, group[reached | latest])
        latest &= ~reached
    pairs = pairs[reached[pairs].any(axis=1)]
    order = np.argsort(-_containment(signatures, pairs), kind="stable")
    return np.flatnonzero(reached).tolist(), [(int(a), int(b)) for a, b in pairs[order]]


def _band_keys(signatures: Signatures) -> _Hashes:
    """Return a number for each band of each signature, shape (n, _BANDS)."""
    weights = np.array([_FACTOR ** (power + 1) % 2**64 for power in range(_ROWS)], dtype=np.uint64)
    keys = np.zeros((len(signatures), _BANDS), dtype=np.uint64)
    for row in range(_ROWS):
        keys += signatures[:, 1 + row :: _ROWS] * weights[row]
    return keys


def _likely(
    signatures: Signatures, keys: _Hashes, wanted: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return pairs that probably hold the same text, from the bands of the articles wanted."""
    usable = signatures[:, 0] > 0
    wanted = wanted & usable
    found = []
    for key in keys.T:
        is_near = (
            usable if (wanted == usable).all() else usable & np.isin(key, np.unique(key[wanted]))
        )
        numbers = np.flatnonzero(is_near)
        numbers = numbers[np.argsort(key[numbers], kind="stable")]
        near = key[numbers]
        for gap in range(1, _NEIGHBOURS + 1):
            same = np.flatnonzero(near[gap:] == near[:-gap])
            found.append(np.stack([numbers[same], numbers[same + gap]], axis=1))
    pairs = np.unique(np.concatenate(found), axis=0)
    return pairs[_containment(signatures, pairs) >= _PROBABLY]


def _containment(signatures: Signatures, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Estimate what share of the shorter text of each pair the longer one holds."""
    jaccard = np.array([(signatures[a, 1:] == signatures[b, 1:]).mean() for a, b in pairs])
    lengths = signatures[:, 0].astype(np.int64)[pairs]
    shared = jaccard / (1 + jaccard) * lengths.sum(axis=1)
    contained: npt.NDArray[np.float64] = shared / lengths.min(axis=1)
    return contained


def _is_contained(one: _Hashes, other: _Hashes) -> bool:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared >= _CONTAINED * min(len(one), len(other))
