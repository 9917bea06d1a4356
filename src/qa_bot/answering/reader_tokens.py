"""A question and texts -> words with what they have in common, as numbers for the reader.

A token is a word of the segmenter: answers begin and end between words in 19 cases of 20.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import rjieba

from qa_bot.index.terms import fold

Ids: TypeAlias = npt.NDArray[np.int32]
Floats: TypeAlias = npt.NDArray[np.float32]
Flags: TypeAlias = npt.NDArray[np.bool_]

FEATURES = 8
_PLANE = 0x10000
_IDEOGRAPHIC = 0x2E80  # the first code that may be one
_SENTENCE_ENDS = frozenset("。！？!?；;…\n")
# Words that ask: the sentence that answers does not hold them.
_ASKING = re.compile(
    r"什么|为何|哪[一些个家种位里年]?|多少|几[个种年]?|怎[么样]*|如何|是?谁|何[时处地种]|请问|吗|呢|是|的"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|many|much|is|are|was|were|do|does|did|the"
    r"|an?|of|to|in|on|for|and|or|by|with|it|its)\b"
)
_PLURAL = re.compile(r"(?<=[a-z]{3})s$")


@dataclass(frozen=True)
class Vocabulary:
    """What the reader knows by number; 0 is anything else.

    Attributes:
        words: Number of a word.
        tags: Number of a part of speech.
        characters: Number by code, shape (65536,).
        rarity: By a character's number: minus the log of its share of all text, about in [0, 1].
    """

    words: Mapping[str, int]
    tags: Mapping[str, int]
    characters: Ids
    rarity: Floats


@dataclass(frozen=True)
class Text:
    """A text in tokens.

    Attributes:
        codes: Of the folded characters, one for each of the text, shape (characters,).
        starts: Where each token starts, in characters, shape (tokens,).
        forms: The tokens, folded.
        words: Their numbers.
        tags: The numbers of their parts of speech.
        breaks: The first token of each sentence.
    """

    codes: Ids
    starts: Ids
    forms: tuple[str, ...]
    words: Ids
    tags: Ids
    breaks: Ids

    @cached_property
    def ends(self) -> Ids:
        """Where each token ends, exclusive."""
        return np.append(self.starts[1:], len(self.codes)).astype(np.int32)

    def part(self, start: int, end: int) -> "Text":
        """Return the tokens that have a character in [start, end)."""
        low = int(np.searchsorted(self.starts, start, side="right")) - 1
        high = int(np.searchsorted(self.starts, end, side="left"))
        first = int(self.starts[low])
        return Text(
            codes=self.codes[first : int(self.ends[high - 1])],
            starts=self.starts[low:high] - first,
            forms=self.forms[low:high],
            words=self.words[low:high],
            tags=self.tags[low:high],
            breaks=np.unique(self.breaks[self.breaks < high].clip(low) - low),
        )


def tokenise(text: str, vocabulary: Vocabulary) -> Text:
    """Split a text, not empty, into tokens."""
    folded = fold(text)
    if len(folded) != len(text):  # some character became several
        folded = "".join((fold(c) or c)[0] for c in text)
    tagged = rjieba.tag(folded)
    forms = tuple(form for form, _ in tagged)
    lengths = np.fromiter(map(len, forms), dtype=np.int32, count=len(forms))
    ends = [form[-1] in _SENTENCE_ENDS for form in forms[:-1]]
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return Text(
        codes=np.where(codes < _PLANE, codes, 0).astype(np.int32),
        starts=(np.cumsum(lengths) - lengths).astype(np.int32),
        forms=forms,
        words=np.array([vocabulary.words.get(form, 0) for form in forms], dtype=np.int32),
        tags=np.array([vocabulary.tags.get(tag, 0) for _, tag in tagged], dtype=np.int32),
        breaks=np.append(0, np.flatnonzero(ends) + 1).astype(np.int32),
    )


@dataclass(frozen=True)
class Terms:
    """What of a question is looked for in a text.

    Attributes:
        forms: Its tokens, but no marks.
        pairs: Two neighbouring characters as one number, without those that only ask.
        pair_weights: How rare each is.
        words: In other scripts, and numbers.
        characters: Codes of all characters.
        character_weights: How rare each is.
    """

    forms: frozenset[str]
    pairs: npt.NDArray[np.int64]
    pair_weights: Floats
    words: tuple[str, ...]
    characters: Ids
    character_weights: Floats

    def only(self, is_kept: Callable[[int], bool]) -> "Terms":
        """Return some of the terms, told by a character of theirs, as if the rest were not."""
        pairs = np.array([is_kept(int(pair) // _PLANE) for pair in self.pairs], dtype=np.bool_)
        singles = np.array([is_kept(int(code)) for code in self.characters], dtype=np.bool_)
        return Terms(
            frozenset(form for form in self.forms if is_kept(ord(form[0]))),
            self.pairs[pairs],
            self.pair_weights[pairs],
            tuple(word for word in self.words if is_kept(ord(word[0]))),
            self.characters[singles],
            self.character_weights[singles],
        )


_WORD_WEIGHT = 1.0  # of a word in another script, beside a pair of characters


def find_terms(question: Text, vocabulary: Vocabulary) -> Terms:
    """Return the terms of a question, each once."""
    plain = "".join(map(chr, question.codes))
    codes = np.array([ord(c) for c in _ASKING.sub(lambda m: "\0" * len(m[0]), plain)], np.int64)
    rarity = vocabulary.rarity[vocabulary.characters[codes]]
    is_character = codes >= _IDEOGRAPHIC
    is_pair = is_character[:-1] & is_character[1:] & _is_letter(codes[:-1]) & _is_letter(codes[1:])
    pairs, places = np.unique((codes[:-1] * _PLANE + codes[1:])[is_pair], return_index=True)
    weights = (rarity[:-1] + rarity[1:])[is_pair][places]
    characters, places = np.unique(codes[is_character & _is_letter(codes)], return_index=True)
    singles = rarity[is_character & _is_letter(codes)][places]
    words = {_stem(f) for f in question.forms if f.isascii() and f.isalnum()}
    return Terms(
        forms=frozenset(form for form in question.forms if form.isalnum()),
        pairs=pairs,
        pair_weights=weights.astype(np.float32),
        words=tuple(sorted(w for w in words if not _ASKING.fullmatch(w))),
        characters=characters.astype(np.int32),
        character_weights=singles.astype(np.float32),
    )


def _stem(form: str) -> str:
    return _PLURAL.sub("", form) if form.isascii() else form


def _is_letter(codes: npt.NDArray[np.integer]) -> Flags:
    """Whether ideographic codes are not punctuation."""
    is_mark = ((codes >= 0x3000) & (codes < 0x3040) & (codes != 0x3007)) | (codes >= 0xFE00)
    return np.asarray(~is_mark)


def match(terms: Terms, texts: Sequence[Text], vocabulary: Vocabulary) -> Floats:
    """Measure what the tokens of texts have in common with a question.

    Returns:
        Shape (tokens of all texts, `FEATURES`), each about in [0, 1]: whether the token is a word
        of the question, the share of its characters that are, the rarest of the question's pairs
        of characters that it is part of, how rare it is itself; and what share of the question its
        sentence holds, in pairs and in characters, and its text, in pairs and in characters.
    """
    # A gap of one character keeps neighbouring texts apart.
    codes = np.concatenate([np.append(text.codes, 0) for text in texts]).astype(np.int64)
    sizes = np.array([len(text.codes) + 1 for text in texts])
    counts = np.array([len(text.starts) for text in texts])
    shifts = np.cumsum(sizes) - sizes
    tokens = np.cumsum(counts) - counts
    starts = np.concatenate([t.starts + shift for t, shift in zip(texts, shifts, strict=True)])
    ends = np.concatenate([t.ends + shift for t, shift in zip(texts, shifts, strict=True)])
    breaks = np.concatenate([t.breaks + first for t, first in zip(texts, tokens, strict=True)])
    forms = [form for text in texts for form in text.forms]
    lengths = (ends - starts).astype(np.float32)

    is_start = terms.pairs[:, None] == (codes[:-1] * _PLANE + codes[1:])[None]
    held = np.zeros((len(terms.pairs), len(codes)), dtype=np.bool_)
    held[:, :-1] |= is_start
    stems = [_stem(form) for form in forms] if terms.words else []
    by_word = np.array([[stem == word for stem in stems] for word in terms.words], dtype=np.bool_)
    by_word = by_word.reshape(len(terms.words), len(forms))
    begun = _any(held, starts)
    held[:, 1:] |= is_start
    strongest = (_any(held, starts) * terms.pair_weights[:, None]).max(axis=0, initial=0.0)
    single = terms.characters[:, None] == codes[None]
    rarity = vocabulary.rarity[vocabulary.characters[codes]]
    is_held = single.any(axis=0)

    weights = np.append(terms.pair_weights, np.full(len(terms.words), _WORD_WEIGHT, np.float32))
    pairs = np.concatenate([begun, by_word])
    singles = np.concatenate([_any(single, starts), by_word])
    single_weights = np.append(
        terms.character_weights, np.full(len(terms.words), _WORD_WEIGHT, np.float32)
    )
    sentence_sizes = np.diff(np.append(breaks, len(forms)))
    features = [
        np.array([form in terms.forms for form in forms]),
        np.add.reduceat(is_held, starts, dtype=np.float32) / lengths,
        strongest,
        np.add.reduceat(rarity, starts) / lengths,
        np.repeat(_coverage(pairs, breaks, weights), sentence_sizes),
        np.repeat(_coverage(singles, breaks, single_weights), sentence_sizes),
        np.repeat(_coverage(pairs, tokens, weights), counts),
        np.repeat(_coverage(singles, tokens, single_weights), counts),
    ]
    return np.stack(features, axis=1).astype(np.float32)


def _any(held: Flags, starts: npt.NDArray[np.integer]) -> Flags:
    return np.logical_or.reduceat(held, starts, axis=1)


def _coverage(held: Flags, starts: npt.NDArray[np.integer], weights: Floats) -> Floats:
    """Return the share of the terms' weight in each part that begins at *starts*."""
    found = np.logical_or.reduceat(held, starts, axis=1)
    share: Floats = weights @ found / max(float(weights.sum()), 1e-6)
    return share
