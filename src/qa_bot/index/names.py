"""The names that an index knows (authors, speakers, sources, titles), and the look-up of one."""

import difflib
from typing import Literal, TypeAlias

from qa_bot.index.lexical import letters_of
from qa_bot.index.name_tables import key_of
from qa_bot.index.rows import StoredArticle
from qa_bot.index.snapshot import Snapshot
from qa_bot.index.terms import split_terms

Kind: TypeAlias = Literal["author", "speaker", "source"]

_TITLES = 50  # that are looked at for one name
_NEAR = 3  # names that an error offers


class Names:
    """Looks names up."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._tables = snapshot.store.names

    def exact(self, kind: Kind, name: str) -> tuple[str, ...]:
        """Return the names that are this one, width, case and white space aside."""
        return self._tables.exact(kind, key_of(name))

    def holding(self, kind: Kind, part: str) -> tuple[str, ...]:
        """Return the names that hold this part."""
        return self._tables.holding(kind, key_of(part))

    def near(self, kind: Kind, name: str) -> list[str]:
        """Return a few names that are written much like this one."""
        known = self._tables.all(kind)
        return [known[key] for key in _near(key_of(name), list(known))]

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
            key_of(article.title): article.title
            for article in map(self._snapshot.store.article, numbers)
        }
        return [titles[key] for key in _near(key_of(words), list(titles))]

    def years_of(self, day: str) -> list[str]:
        """Return the years that have an article of this month or day, such as `11` or `11-28`."""
        return self._snapshot.store.years_of(day)


def _near(key: str, known: list[str]) -> list[str]:
    return difflib.get_close_matches(key, known, n=_NEAR, cutoff=0.4)
