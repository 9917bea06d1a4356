"""Two texts as sentences -> whether they say the same, and whether their figures differ."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from qa_bot.index.terms import fold

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*|[〇零一二三四五六七八九十百千万亿两]+")
_NO_LETTER = re.compile(r"[\W_]+")
# Who reports it, where and when, differs from paper to paper without contradiction.
_DATELINE = re.compile(
    r"^\s*(?:[\w ·]{0,20}?\d{1,2} ?月 ?\d{1,2} ?日 ?(?:电|讯|消息)"
    r"|新华社\w{0,8}电|\w{0,8}讯(?=[\s(]))"
    r"\s*(?:\([^()]{0,40}\))?[\s,:]*"
)
_SAME = 0.6  # of the pairs of characters in two sentences that are about the same thing
_REPEATED = 0.8  # of those in two sentences of which one is enough


@lru_cache(maxsize=8192)  # a question compares each sentence of its hits many times
def comparable(text: str) -> str:
    """Return a sentence as it is the same in every paper: its letters, without a dateline."""
    return _NO_LETTER.sub("", without_dateline(fold(text)))


def without_dateline(text: str) -> str:
    """Return a folded text without the place and day of writing that it opens with."""
    return _DATELINE.sub("", text)


def is_repeated(one: str, other: str) -> bool:
    """Whether two sentences say the same in the same words, with the same figures."""
    first, second = comparable(one), comparable(other)
    return first == second or (
        _figures(without_dateline(fold(one))) == _figures(without_dateline(fold(other)))
        and _likeness(first, second) >= _REPEATED
    )


def sentences_alone(
    one: Sequence[str], other: Sequence[str]
) -> tuple[Collection[str], Collection[str]]:
    """Return the sentences of each text that do not stand in the other one, letter by letter.

    Args:
        one: Folded sentences.
        other: Those of the other text.
    """
    first = {_NO_LETTER.sub("", sentence): sentence for sentence in one}
    second = {_NO_LETTER.sub("", sentence): sentence for sentence in other}
    return (
        [first[key] for key in first if key not in second],
        [second[key] for key in second if key not in first],
    )


def contradict(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two texts give different figures in what is otherwise the same sentence.

    Sentences are matched to each other both ways, so that of several alike ('county A grew by 3 %,
    county B by 5 %') only those are compared that belong together.

    Args:
        one: Sentences of one text, folded, those that stand in the other one left out.
        other: Sentences of the other text, likewise.
    """
    left = [sentence for sentence in one if _FIGURE.search(sentence)]
    right = [sentence for sentence in other if _FIGURE.search(sentence)]
    if not left or not right:
        return False
    columns = [_pairs(sentence) for sentence in right]
    alike = [[_dice(pairs, column) for column in columns] for pairs in map(_pairs, left)]
    for row, sentence in enumerate(left):
        column = max(range(len(right)), key=alike[row].__getitem__)
        is_best = all(alike[row][column] >= other_row[column] for other_row in alike)
        if is_best and _differ_in_figures(sentence, right[column]):
            return True
    return False


def _differ_in_figures(one: str, other: str) -> bool:
    """Whether each of two sentences that are alike has a figure that the other lacks."""
    first, second = _figures(one), _figures(other)
    if not (first - second and second - first):
        return False
    return _likeness(_FIGURE.sub("#", one), _FIGURE.sub("#", other)) >= _SAME


def _figures(sentence: str) -> set[str]:
    return {figure.replace(",", "") for figure in _FIGURE.findall(sentence)}


def _likeness(one: str, other: str) -> float:
    """Return the share of pairs of neighbouring characters in common, in [0, 1]."""
    return _dice(_pairs(one), _pairs(other))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _dice(first: set[str], second: set[str]) -> float:
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 0.0
