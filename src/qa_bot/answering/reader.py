"""A question and texts -> where in them the answer stands, and whether it does.

A small network, trained by this project (`scripts/train_reader.py`) and computed here in numpy:
importing torch takes seconds. Word, character and part-of-speech vectors and what a token has in
common with the question; one convolution; attention from text to question; four more convolutions;
the first and the last token of the answer, each against there being none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qa_bot.answering.reader_tokens import (
    Floats,
    Text,
    Vocabulary,
    find_terms,
    match,
    tokenise,
)
from qa_bot.errors import ModelError

DEFAULT_READER = Path(__file__).parent.parent / "models" / "reader" / "model.safetensors"
GAP = 8  # rows of zeros between two texts: as far as a convolution looks
_LONGEST = 40  # tokens of an answer
_PART = 1000  # tokens in which it is sought; a sentence has as many characters at most
_LENGTH_WEIGHT = 0.2  # of two spans about as likely, the shorter one; docs/decisions/0016
_KEPT = 4096  # texts whose tokens are kept: the same passages are found again and again


class Span(NamedTuple):
    """A place in a text as given, in characters, and how likely the answer stands there.

    Attributes:
        score: Log odds against the text holding no answer; comparable between the texts of a
            question, and roughly between questions.
    """

    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Reading:
    """What the reader found in one text.

    Attributes:
        first: How likely each token is the answer's first: log odds against there being none.
        last: The same of its last.
    """

    text: Text
    first: Floats
    last: Floats

    @cached_property
    def score(self) -> float:
        """Log odds that the text holds the answer."""
        return (_log_sum(self.first) + _log_sum(self.last)) / 2

    @cached_property
    def best(self) -> Span:
        """The likeliest answer in one of the text's sentences."""
        starts = [int(self.text.starts[token]) for token in self.text.breaks]
        ends = [*starts[1:], len(self.text.codes)]
        spans = (self.span(start, end) for start, end in zip(starts, ends, strict=True))
        return max(spans, key=lambda span: span.score)

    def span(self, start: int, end: int) -> Span:
        """Return the likeliest answer inside a part of the text, such as a sentence.

        Of a part of more than 1,000 tokens, in its first 1,000.
        """
        low, high = self._tokens(start, end)
        high = min(high, low + _PART)
        worth = _worth_of_lengths()[: high - low, : high - low]
        scores = self.first[low:high, None] + self.last[None, low:high] + worth
        i, j = divmod(int(scores.argmax()), high - low)
        return Span(
            max(start, int(self.text.starts[low + i])),
            min(end, int(self.text.ends[low + j])),
            float(scores[i, j]) / 2,
        )

    def score_of(self, start: int, end: int) -> float:
        """Return the log odds that the answer is in a part of the text against there being none."""
        low, high = self._tokens(start, end)
        return (_log_sum(self.first[low:high]) + _log_sum(self.last[low:high])) / 2

    def _tokens(self, start: int, end: int) -> tuple[int, int]:
        """Return the tokens that have a character in [start, end); at least one."""
        low = max(0, int(self.text.starts.searchsorted(start, side="right")) - 1)
        return low, max(low + 1, int(self.text.starts.searchsorted(end, side="left")))


@cache
def _worth_of_lengths() -> Floats:
    """Return what the length of a span is worth, by its first and its last token."""
    worth = np.full(2 * _PART - 1, -np.inf, dtype=np.float32)  # from last to first apart
    worth[_PART - 1 :][:_LONGEST] = -_LENGTH_WEIGHT * np.log1p(np.arange(_LONGEST))
    return np.lib.stride_tricks.sliding_window_view(worth, _PART)[::-1]


def _log_sum(values: Floats) -> float:
    most = float(values.max())
    return most + math.log(np.exp(values - most).sum())


class Reader:
    """The network; safe for use from many threads."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        """Take weights as `scripts/train_reader.py` saves them.

        Raises:
            LookupError, ValueError: If one is missing or has the wrong shape.
        """
        self._words = weights["words"]  # int8: it is nearly all there is
        self._dilations = weights["dilations"].tolist()
        if max(self._dilations) > GAP:
            raise ValueError(f"its convolutions look further than {GAP} tokens")
        self._word_scales = weights["word_scales"]
        self._weights = {
            name: value.astype(np.float32)
            for name, value in weights.items()
            if value.dtype == np.float16
        }
        characters = np.zeros(0x10000, dtype=np.int32)
        codes = np.frombuffer(weights["character_forms"].tobytes(), dtype=np.uint16)
        characters[codes] = np.arange(1, len(codes) + 1)
        self.vocabulary = Vocabulary(
            words=_numbered(weights["word_forms"]),
            tags=_numbered(weights["tag_forms"]),
            characters=characters,
            rarity=self._weights["rarity"],
        )
        self._kernels = [
            np.split(np.ascontiguousarray(self._weights[f"blocks.{n}.linear.weight"].T), 3)
            for n in range(len(self._dilations))
        ]
        self._tokenised = lru_cache(maxsize=_KEPT)(self._tokenise)
        self.read("?", ["。"])  # shapes that do not fit are seen now

    @classmethod
    def load(cls, path: Path = DEFAULT_READER) -> "Reader":
        """Load the weights.

        Raises:
            ModelError: If they are missing or damaged.
        """
        # Not needed for `--help`.
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        if not path.is_file():
            raise ModelError(f"{path}: is missing from the package; make it with make train-reader")
        try:
            return cls(load_file(path))
        except (OSError, LookupError, ValueError, SafetensorError) as error:
            raise ModelError(f"{path}: cannot be read ({error}); install qa-bot again") from error

    def read(self, question: str, texts: Sequence[str]) -> list[Reading]:
        """Read texts, such as sentences or passages, with a question in mind.

        Args:
            question: As understood; not empty.
            texts: Each by itself: what stands before or after one is not seen.

        Returns:
            One reading a text, in order.
        """
        if not texts:
            return []
        asked = self._tokenise(question)
        read = [self._tokenised(text) for text in texts]
        features = match(find_terms(asked, self.vocabulary), read, self.vocabulary)
        first, last = self._logits(asked, read, features)
        ends = np.cumsum([len(text.starts) for text in read])
        return [
            Reading(text, first[end - len(text.starts) : end], last[end - len(text.starts) : end])
            for text, end in zip(read, ends, strict=True)
        ]

    def _tokenise(self, text: str) -> Text:
        return tokenise(text or " ", self.vocabulary)

    def _logits(
        self, asked: Text, texts: Sequence[Text], features: Floats
    ) -> tuple[Floats, Floats]:
        """Return the log odds of each token to be the first and the last."""
        weights = self._weights
        row = _Row([len(asked.starts)])
        words = self._convolved(row.laid(self._embed([asked]) + weights["asks"]), row, 0)
        words = words[row.places]
        salience = words @ weights["salience.weight"][0] + weights["salience.bias"]
        summary = _softmax(salience[None])[0] @ words

        row = _Row([len(text.starts) for text in texts])
        hidden = row.laid(self._embed(texts) + self._linear("features", features))
        hidden = self._convolved(hidden, row, 0)
        scores = self._linear("key", hidden) @ self._linear("key", words).T
        answer = _softmax(scores / np.float32(np.sqrt(len(weights["key.bias"])))) @ words
        together = [hidden, answer, hidden * answer, row.laid(features)]
        scale, shift = np.split(self._linear("tell", summary[None])[0], 2)
        hidden = self._linear("fuse", np.concatenate(together, axis=1))
        hidden *= 1 + scale
        hidden += shift
        hidden[row.gaps] = 0
        for block in range(1, len(self._dilations)):
            hidden = self._convolved(hidden, row, block)
        hidden = _active(hidden)

        pooled = np.stack([hidden[part].max(axis=0) for part in row.parts])
        both = np.concatenate([pooled, np.broadcast_to(summary, pooled.shape)], axis=1)
        whole = np.maximum(self._linear("whole", both), 0)
        holds = np.repeat(self._linear("answerable", whole)[:, 0], row.counts)
        heads = self._linear("heads", summary[None]).reshape(2, -1) / np.sqrt(len(summary))
        pointers = (heads + weights["pointers.weight"]).astype(np.float32)
        logits = (hidden @ pointers.T)[row.places] + weights["pointers.bias"] + holds[:, None]
        return logits[:, 0], logits[:, 1]

    def _embed(self, texts: Sequence[Text]) -> Floats:
        """Return the sum of each token's vectors, shape (tokens, width)."""
        words = np.concatenate([text.words for text in texts])
        tags = np.concatenate([text.tags for text in texts])
        codes = np.concatenate([text.codes for text in texts])
        sizes = np.array([len(text.codes) for text in texts])
        shifts = np.cumsum(sizes) - sizes
        starts = np.concatenate([t.starts + s for t, s in zip(texts, shifts, strict=True)])
        lengths = np.diff(np.append(starts, len(codes)))
        characters = self.vocabulary.characters[codes]
        table = self._weights["characters"]
        letters: Floats = table.take(characters[starts], axis=0)
        for place in range(1, int(lengths.max())):
            longer = np.flatnonzero(lengths > place)
            letters[longer] += table.take(characters[starts[longer] + place], axis=0)
        letters /= lengths[:, None].astype(np.float32)
        letters += self._words.take(words, axis=0) * self._word_scales.take(words)[:, None]
        letters += self._weights["tags"].take(tags, axis=0)
        return letters

    def _convolved(self, hidden: Floats, row: "_Row", block: int) -> Floats:
        """Return h + convolution(relu(norm(h))), three tokens wide; between the texts still 0."""
        active, apart = _active(hidden), self._dilations[block]
        size = len(hidden) - 2 * GAP
        first, same, last = self._kernels[block]
        convolved = np.empty_like(hidden)
        near = convolved[GAP:][:size]
        np.matmul(active[GAP - apart :][:size], first, out=near)
        near += active[GAP:][:size] @ same
        near += active[GAP + apart :][:size] @ last
        near += self._weights[f"blocks.{block}.linear.bias"]
        near += hidden[GAP:][:size]
        convolved[row.gaps] = 0
        return convolved

    def _linear(self, name: str, values: Floats) -> Floats:
        result: Floats = values @ self._weights[f"{name}.weight"].T
        result += self._weights[f"{name}.bias"]
        return result


def _numbered(forms: np.ndarray) -> dict[str, int]:
    """Number the lines of a text in bytes, from 1."""
    lines = forms.tobytes().decode("utf-8").split("\n")
    return dict(zip(lines, range(1, len(lines) + 1), strict=True))


class _Row:
    """Texts in one row of tokens, rows of zeros around each.

    Attributes:
        counts: Tokens of each text.
        parts: Where each lies.
        places: Where each token lies.
        gaps: The other rows.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = np.array(counts)
        starts = np.cumsum(self.counts + GAP) - self.counts
        self.parts = [slice(s, s + n) for s, n in zip(starts, counts, strict=True)]
        is_token = np.zeros(int(self.parts[-1].stop) + GAP, dtype=np.bool_)
        for part in self.parts:
            is_token[part] = True
        self.places, self.gaps = np.flatnonzero(is_token), np.flatnonzero(~is_token)

    def laid(self, values: Floats) -> Floats:
        """Lay out what each token has, shape (length, width)."""
        laid = np.zeros((len(self.places) + len(self.gaps), values.shape[1]), dtype=np.float32)
        laid[self.places] = values
        return laid


def _active(values: Floats) -> Floats:
    scale = 1 / np.sqrt(np.einsum("ij,ij->i", values, values) / values.shape[1] + 1e-6)
    active: Floats = values * scale[:, None].astype(np.float32)
    return np.maximum(active, np.zeros_like(active), out=active)  # with a number it takes thrice


def _softmax(values: Floats) -> Floats:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares
