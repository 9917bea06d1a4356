"""Text -> search terms, for BM25 and for counting overlap.

Chinese is indexed by character and by character bigram, which needs no dictionary and was measured
as good as word segmentation once scores are fused (docs/decisions/0002); other scripts by word.
"""

import re
import unicodedata
from functools import cache

from qa_bot.index.numerals import NUMERAL, numeral_value

_IDEOGRAPHIC = (
    "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"([{_IDEOGRAPHIC}]+)|\d+(?:[.,]\d+)*|[^\W\d_{_IDEOGRAPHIC}]+\d*")
# tantivy refuses terms of more than 65,530 bytes; nothing of use is that long.
_MAX_TERM = 64


def fold(text: str) -> str:
    """Fold away what does not change the meaning: width, case, and traditional characters.

    Character by character, so that a text and a part of it are folded alike.
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.translate(_folds())


@cache
def _folds() -> dict[int, str]:
    """Return what each character that is not folded yet becomes."""
    # Not needed for `--help`. Its phrases (乾隆, but 乾燥 -> 干燥) are not wanted: alike is enough.
    from opencc import OpenCC

    characters = map(chr, (*range(0x3400), *range(0xFB00, 0xFFF0)))
    folds = {c: unicodedata.normalize("NFKC", c).casefold() for c in characters}
    ideographs = "\n".join(map(chr, (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))))
    simplified = OpenCC("t2s").convert(unicodedata.normalize("NFKC", ideographs))
    folds |= zip(ideographs.split("\n"), simplified.split("\n"), strict=True)
    return {ord(c): folded for c, folded in folds.items() if c != folded}


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
            values = (numeral_value(numeral[0]) for numeral in NUMERAL.finditer(run))
            terms.extend(str(value) for value in values if value is not None)
        else:
            terms.append(_word(run)[:_MAX_TERM])
    return terms


def _word(run: str) -> str:
    """Harman's S-stemmer, shortened: firms -> firm; and 5,738 -> 5738."""
    if run[0].isdigit():
        return run.replace(",", "")
    if len(run) > 3 and run.endswith("s") and not run.endswith(("ss", "us", "is")):
        return f"{run[:-3]}y" if run.endswith("ies") else run[:-1]
    return run
