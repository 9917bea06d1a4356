"""A highlighted span and reference answers -> exact match and F1, as CMRC 2018 defines them.

Cui et al., 'A Span-Extraction Dataset for Chinese Machine Reading Comprehension', EMNLP 2019, and
its `cmrc2018_evaluate.py`: characters for Chinese, words for other scripts, punctuation and case
set aside; F1 counts the longest common run. Words are told apart by their characters here, where
the original asks NLTK.
"""

import re
from collections.abc import Iterable, Sequence

_PUNCTUATION = frozenset("-:_*^/\\~`+=，。：？！“”；’《》…·、「」（）－～『』")
_SEGMENT = re.compile(r"[\u4e00-\u9fa5]|[^\W\u4e00-\u9fa5]+(?:[.,]\d+)*|[^\w\s]")


def exact_match(span: str, references: Iterable[str]) -> float:
    """Return 1 if the span is one of the references, else 0."""
    return float(any(_plain(span) == _plain(reference) for reference in references))


def f1(span: str, references: Iterable[str]) -> float:
    """Return the highest F1, in [0, 1], of the span with one of the references."""
    segments = _segments(span)
    return max((_f1(segments, _segments(reference)) for reference in references), default=0.0)


def _f1(segments: Sequence[str], reference: Sequence[str]) -> float:
    common = _longest_common_run(segments, reference)
    return 2 * common / (len(segments) + len(reference)) if common else 0.0


def _segments(text: str) -> list[str]:
    return _SEGMENT.findall(_plain(text))


def _plain(text: str) -> str:
    return "".join(c for c in text.lower().strip() if c not in _PUNCTUATION)


def _longest_common_run(first: Sequence[str], second: Sequence[str]) -> int:
    longest = 0
    ending = [0] * (len(second) + 1)  # length of the common run that ends before each place
    for segment in first:
        ending = [0, *(ending[i] + 1 if segment == other else 0 for i, other in enumerate(second))]
        longest = max(longest, *ending)
    return longest
