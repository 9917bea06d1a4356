"""Examples -> batches of questions with their windows, in tokens, for the reader's network."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import rjieba
import torch
from torch import Tensor

from qa_bot.answering.reader_tokens import Floats, Text, Vocabulary, find_terms, match, tokenise
from qa_bot.index.terms import fold
from reader_network import Row, lay_out
from reader_sets import Example, window_around

WORDS = 30_000
CHARACTERS = 5_000
# In this share of the questions, this share of the characters is not looked for in the texts.
DISGUISED, _LOST = 0.3, 0.3


def make_vocabulary(texts: Sequence[str]) -> Vocabulary:
    """Number the commonest words and characters, and all parts of speech, from 1."""
    words: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for text in texts:
        folded = fold(text)
        characters.update(folded)
        for word, tag in rjieba.tag(folded):
            words[word] += 1
            tags[tag] += 1
    kept = [c for c, n in characters.most_common(CHARACTERS - 1) if n > 2 and ord(c) < 0x10000]
    codes = np.zeros(0x10000, dtype=np.int32)
    codes[[ord(c) for c in kept]] = np.arange(1, len(kept) + 1)
    total = characters.total()
    share = np.array([1.0, *(characters[c] for c in kept)]) / total
    rarity = -np.log(share)
    # A line feed parts them in the file.
    kept_words = [w for w, _ in words.most_common(WORDS) if "\n" not in w][: WORDS - 1]
    return Vocabulary(
        words={w: n for n, w in enumerate(kept_words, start=1)},
        tags={t: n for n, (t, _) in enumerate(tags.most_common(), start=1)},
        characters=codes,
        rarity=(rarity / rarity.max()).astype(np.float32),
    )


@dataclass(frozen=True)
class Group:
    """A question with its windows; the first holds the answer, if any does.

    Attributes:
        target: The first and the last token of the answer in the first window.
    """

    question: Text
    windows: list[Text]
    features: Floats
    target: tuple[int, int] | None


class Maker:
    """Makes groups of examples; texts are split into tokens once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._kept: dict[str, Text] = {}

    def text(self, text: str) -> Text:
        """Return the tokens of a text."""
        if text not in self._kept:
            self._kept[text] = tokenise(text, self.vocabulary)
        return self._kept[text]

    def group(
        self, example: Example, rng: random.Random, *, negatives: int, dropped: float
    ) -> Group:
        """Draw a window that holds the answer, and *negatives* others.

        Args:
            example: The question.
            rng: Draws.
            negatives: How many others.
            dropped: Share of the groups in which some of the question's characters are not looked
                for, as if the text said it in other words.
        """
        question = self.text(example.question)
        passage = self.text(example.passage)
        window_start, window_end = window_around(example, rng)
        window = passage.part(window_start, window_end)
        target = None
        if example.span:
            low = np.searchsorted(passage.starts, window_start, side="right") - 1
            first = np.searchsorted(passage.starts, example.span[0], side="right") - 1 - low
            last = np.searchsorted(passage.starts, example.span[1], side="left") - 1 - low
            target = (int(first), int(last))
        others = rng.sample(example.others, min(negatives, len(example.others)))
        windows = [window, *map(self.text, others)]
        terms = find_terms(question, self.vocabulary)
        if rng.random() < dropped:
            lost = {c for c in example.question if rng.random() < _LOST}
            terms = terms.only(lambda code: chr(code) not in lost)
        return Group(question, windows, match(terms, windows, self.vocabulary), target)


@dataclass(frozen=True)
class Batch:
    """Groups laid out for the network."""

    questions: Row
    texts: Row
    features: Tensor
    group_places: Tensor
    owner: Tensor
    groups: Sequence[Group]


def make_batch(groups: Sequence[Group], vocabulary: Vocabulary) -> Batch:
    """Lay groups out for the network."""
    texts = lay_out([w for g in groups for w in g.windows], vocabulary.characters)
    owner = np.repeat(np.arange(len(groups)), [len(g.windows) for g in groups])
    counts = [sum(len(w.starts) for w in g.windows) for g in groups]
    places = np.full((len(groups), max(counts)), texts.length - 1)
    ends = np.cumsum(counts)
    for number, (end, count) in enumerate(zip(ends, counts, strict=True)):
        places[number, :count] = texts.places[end - count : end]
    return Batch(
        lay_out([g.question for g in groups], vocabulary.characters),
        texts,
        torch.from_numpy(np.concatenate([g.features for g in groups])),
        torch.from_numpy(places),
        torch.from_numpy(owner),
        groups,
    )


def batches(
    examples: Sequence[Example],
    maker: Maker,
    rng: random.Random,
    *,
    size: int,
    negatives: int,
    dropped: float = 0.0,
) -> Iterator[Batch]:
    """Yield all examples once, in random order, *size* in a batch; see `Maker.group`."""
    order = list(examples)
    rng.shuffle(order)
    for start in range(0, len(order), size):
        groups = [
            maker.group(example, rng, negatives=negatives, dropped=dropped)
            for example in order[start : start + size]
        ]
        yield make_batch(groups, maker.vocabulary)


def whole_group(example: Example, maker: Maker) -> Group:
    """Return the question with its whole passage and four others, to measure by."""
    question = maker.text(example.question)
    windows = [maker.text(example.passage), *map(maker.text, example.others[:4])]
    terms = find_terms(question, maker.vocabulary)
    return Group(question, windows, match(terms, windows, maker.vocabulary), None)
