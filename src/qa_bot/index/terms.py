"""Text -> search terms, for BM25 and for counting overlap.

Chinese is indexed by character and by character bigram, which needs no dictionary and was measured
as good as word segmentation once scores are fused (docs/decisions/0002); other scripts by word.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import filterfalse, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa_bot.index.numerals import NUMERAL, numeral_value

_IDEOGRAPHIC = (
    "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# The first character comes before what is asked of it: so the search for it is quick.
_WORD = rf"[^\W_{_IDEOGRAPHIC}](?:(?<=\d)\d*(?:[.,]\d+)*|(?<!\d)[^\W\d_{_IDEOGRAPHIC}]*\d*)"
_RUN = re.compile(rf"([{_IDEOGRAPHIC}]+)|{_WORD}")
_WORDS = re.compile(_WORD)
# tantivy refuses terms of more than 65,530 bytes; nothing of use is that long.
_MAX_TERM = 64
_LONGER = 0xFFFF  # no character: what stands here becomes several, or one beyond the plane
_SPACE = np.uint16(0x20)
# Made by scripts/make_folds.py of OpenCC and Unicode.
_FOLDS = Path(__file__).parent.parent / "models" / "folds.json"


def fold(text: str) -> str:
    """Fold away what does not change the meaning: width, case, and traditional characters.

    Character by character, so that a text and a part of it are folded alike.
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    table, longer = _folds()
    # A quarter of the time that str.translate takes. Surrogates stay what they are.
    codes = table.take(np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16))
    folded = codes.tobytes().decode("utf-16-le", "surrogatepass")
    return text.translate(longer) if chr(_LONGER) in folded else folded


@cache
def _folds() -> tuple[npt.NDArray[np.uint16], dict[int, int | str]]:
    """Return what each character of the basic plane becomes: as codes, and as text."""
    file = json.loads(_FOLDS.read_text(encoding="utf-8"))
    folds: dict[int, int | str] = {
        **str.maketrans(file["characters"], file["become"]),
        **str.maketrans(file["longer"]),
    }
    table = np.arange(0x10000, dtype=np.uint16)
    table[list(folds)] = [code if isinstance(code, int) else _LONGER for code in folds.values()]
    return table, folds


def split_terms(text: str) -> list[str]:
    """Split text into its terms, in order.

    Args:
        text: Any text, folded or not.

    Returns:
        Characters and bigrams of ideographic runs; words, with a plural s taken off; numbers
        without thousands separators, those in Chinese numerals in digits too. None of them holds
        white space.
    """
    terms: list[str] = []
    for match in _RUN.finditer(fold(text)):
        run = match[0]
        if match[1]:
            terms.extend(run)
            terms.extend(run[i : i + 2] for i in range(len(run) - 1))
            terms.extend(_numerals(run))
        else:
            terms.append(_word(run)[:_MAX_TERM])
    return terms


def join_terms(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return of each text what `split_terms` does, for whole corpora.

    A tenth of the time: ideographs are told apart and paired by the thousand.

    Returns:
        The single ideographs of each text, and its other terms, in any order, each followed by a
        space or the end.
    """
    folded = [fold(text) for text in texts]
    codes = np.frombuffer(" ".join(folded).encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    ends = np.cumsum([len(text) + 1 for text in folded])
    if not texts or codes.size != ends[-1] - 1:  # beyond the basic plane
        return [_joined(split_terms(text)) for text in texts]
    is_ideograph = _ideographs().take(codes)
    places = np.flatnonzero(is_ideograph)
    firsts = np.flatnonzero(is_ideograph[:-1] & is_ideograph[1:])
    spaced = np.full((places.size, 2), _SPACE)
    spaced[:, 0] = codes[places]
    pairs = np.full((firsts.size, 3), _SPACE)
    pairs[:, 0], pairs[:, 1] = codes[firsts], codes[firsts + 1]
    singles = _cut(spaced, 2 * np.searchsorted(places, ends))
    doubles = _cut(pairs, 3 * np.searchsorted(firsts, ends))
    return [
        (single, double + " ".join([*_words(text), *_numerals(text)]))
        for single, double, text in zip(singles, doubles, folded, strict=True)
    ]


def is_single(term: str) -> bool:
    """Whether a term is one ideograph: most texts hold it, and what it finds its bigrams find."""
    return len(term) == 1 and not term.isascii()


def _joined(terms: Sequence[str]) -> tuple[str, str]:
    return " ".join(filter(is_single, terms)) + " ", " ".join(filterfalse(is_single, terms))


def _cut(codes: npt.NDArray[np.uint16], ends: npt.NDArray[np.int64]) -> list[str]:
    """Return the text of these codes in parts, by where each ends."""
    text = codes.tobytes().decode("utf-16-le", "surrogatepass")
    return [text[start:end] for start, end in pairwise([0, *ends.tolist()])]


def _words(folded: str) -> Iterator[str]:
    return (_word(run)[:_MAX_TERM] for run in _WORDS.findall(folded))


def _numerals(folded: str) -> Iterator[str]:
    values = map(numeral_value, NUMERAL.findall(folded))
    return (str(value) for value in values if value is not None)


@cache
def _ideographs() -> npt.NDArray[np.bool_]:
    """Return which characters of the basic plane are ideographs."""
    table = np.zeros(0x10000, dtype=np.bool_)
    pattern = re.compile(f"[{_IDEOGRAPHIC}]")
    table[[code for code in range(0x10000) if pattern.match(chr(code))]] = True
    return table


def _word(run: str) -> str:
    """Harman's S-stemmer, shortened: firms -> firm; and 5,738 -> 5738."""
    if run[0].isdigit():
        return run.replace(",", "")
    if len(run) > 3 and run.endswith("s") and not run.endswith(("ss", "us", "is")):
        return f"{run[:-3]}y" if run.endswith("ies") else run[:-1]
    return run
