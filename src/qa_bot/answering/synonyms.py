"""The words of a question -> other words that say the same.

From a thesaurus of our own, `models/synonyms.txt`: readers ask in everyday words, newspapers
answer in official ones. One group of words a line, as Solr and Lucene have them.
"""

import re
from collections.abc import Mapping
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
    known, longest = _thesaurus()
    # Inside another word a single character seldom has its own meaning.
    words = set(rjieba.cut(text))
    found: dict[str, tuple[str, ...]] = {}
    at = 0
    while at < len(text):
        if latin := _LATIN.match(text, at):
            stem = split_terms(latin[0])[0]
            if stem in known:
                found[stem] = known[stem]
            at = latin.end()
            continue
        for end in range(min(len(text), at + longest), at, -1):
            word = text[at:end]
            if word in known and (len(word) > 1 or word in words):
                found[word] = known[word]
                at = end
                break
        else:
            at += 1
    return found


@cache
def _thesaurus() -> tuple[Mapping[str, tuple[str, ...]], int]:
    """Return the synonyms of each word, and the length of the longest word."""
    known: dict[str, dict[str, None]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            group = line.split(",")
            for word in group:
                known.setdefault(word, {}).update(dict.fromkeys(w for w in group if w != word))
    return {word: tuple(others) for word, others in known.items()}, max(map(len, known), default=0)
