"""The words of a question -> other words that say the same.

From a thesaurus of our own, `models/synonyms.txt`: readers ask in everyday words, newspapers
answer in official ones. One group of words a line, as Solr and Lucene have them.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import rjieba

from qa_bot.index.terms import split_terms

_FILE = Path(__file__).parent.parent / "models" / "synonyms.txt"
_LATIN = re.compile(r"[a-z]+")


def find_synonyms(text: str) -> dict[str, tuple[str, ...]]:
    """Find the words of a text that have synonyms, the longest ones first where they meet.

    Args:
        text: Folded (see `index.terms.fold`).

    Returns:
        Words in their order, each with its synonyms.
    """
    lines, longest = _thesaurus()
    # Inside another word a single character seldom has its own meaning.
    words = set(rjieba.cut(text))
    found: dict[str, tuple[str, ...]] = {}
    at = 0
    while at < len(text):
        if latin := _LATIN.match(text, at):
            stem = split_terms(latin[0])[0]
            if stem in lines:
                found[stem] = _others(stem, lines[stem])
            at = latin.end()
            continue
        for end in range(min(len(text), at + longest), at, -1):
            word = text[at:end]
            if word in lines and (len(word) > 1 or word in words):
                found[word] = _others(word, lines[word])
                at = end
                break
        else:
            at += 1
    return found


def _others(word: str, lines: Sequence[str]) -> tuple[str, ...]:
    together = dict.fromkeys(other for line in lines for other in line.split(","))
    return tuple(other for other in together if other != word)


@cache
def _thesaurus() -> tuple[Mapping[str, Sequence[str]], int]:
    """Return the lines that each word stands in, and the length of the longest word."""
    lines: dict[str, list[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            for word in line.split(","):
                lines.setdefault(word, []).append(line)
    return lines, max(map(len, lines), default=0)
