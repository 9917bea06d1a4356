"""The names that an index knows (authors, speakers, sources, titles), and the look-up of one."""

import difflib
from collections.abc import Callable
from typing import Literal, TypeAlias

from qa_bot.index.lexical import letters_of
from qa_bot.index.snapshot import Snapshot
from qa_bot.index.store import StoredArticle
from qa_bot.index.terms import fold, split_terms

Kind: TypeAlias = Literal["author", "speaker", "source"]

_TITLES = 50  # that are looked at for one name
_NEAR = 3  # names that an error offers


class Names:
    """Looks names up; each kind is read when it is first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[Kind, dict[str, list[str]]] = {}

    def exact(self, kind: Kind, name: str) -> tuple[str, ...]:
        """Return the names that are this one, width, case and white space aside."""
        return tuple(self._of(kind).get(_key(name), ()))

    def holding(self, kind: Kind, part: str) -> tuple[str, ...]:
        """Return the names that hold this part."""
        key = _key(part)
        return tuple(
            name for known, names in self._of(kind).items() if key in known for name in names
        )

    def near(self, kind: Kind, name: str) -> list[str]:
        """Return a few names that are written much like this one."""
        known = self._of(kind)
        return [known[key][0] for key in _near(_key(name), list(known))]

    def titled(self, words: str) -> tuple[list[StoredArticle], list[StoredArticle]]:
        """Return the articles of this title, and those whose titles hold these words."""
        found = self._snapshot.article_terms.titled(words, limit=_TITLES)
        articles = [self._snapshot.store.article(number) for number in found]
        whole = letters_of(words)
        return [a for a in articles if letters_of(a.title) == whole], articles

    def near_titles(self, words: str) -> list[str]:
        """Return a few titles that are written much like these words."""
        weights = dict.fromkeys(split_terms(words), 1.0)
        numbers = self._snapshot.article_terms.search(weights, limit=_TITLES)
        titles = {
            _key(article.title): article.title
            for article in map(self._snapshot.store.article, numbers)
        }
        return [titles[key] for key in _near(_key(words), list(titles))]

    def years_of(self, day: str) -> list[str]:
        """Return the years that have an article of this month or day, such as `11` or `11-28`."""
        return self._snapshot.store.years_of(day)

    def _of(self, kind: Kind) -> dict[str, list[str]]:
        """Return all names of a kind, by what they are compared by."""
        known = self._known.get(kind)
        if known is None:
            store = self._snapshot.store
            read: dict[Kind, Callable[[], list[str]]] = {
                "author": store.authors,
                "speaker": store.speakers,
                "source": store.sources,
            }
            known = {}
            for name in read[kind]():
                known.setdefault(_key(name), []).append(name)
            self._known[kind] = known  # two threads may both read it: the same
        return known


def _key(name: str) -> str:
    return "".join(fold(name).split())


def _near(key: str, known: list[str]) -> list[str]:
    return difflib.get_close_matches(key, known, n=_NEAR, cutoff=0.4)
