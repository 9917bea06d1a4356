"""A question and a passage -> how many of the names around the passage the question holds."""

import re

from qa_bot.index.lexical import letters_of
from qa_bot.index.store import StoredArticle, StoredPassage
from qa_bot.index.terms import fold

_LEAST_TITLE = 4  # letters
# A column's name is often a common word ('economy'): as a name it stands with one of these.
_COLUMN = ("栏", "专栏", "版", "专版", "专刊", "》", "”", " column", " section")
_TITLES = re.compile(r"[《“]([^《》“”]{2,200})[》”]")


class Named:
    """The names in one question."""

    def __init__(self, question: str) -> None:
        self._text = fold(question)
        self._letters = letters_of(question)
        titles = (letters_of(title) for title in _TITLES.findall(question)[:_LEAST_TITLE])
        self._titles = [title for title in titles if len(title) >= _LEAST_TITLE]

    def count(self, passage: StoredPassage, article: StoredArticle) -> float:
        """Return how many kinds of names of a passage and its article stand in the question."""
        column = fold(article.section or "")
        title = letters_of(article.title)
        return float(
            any(self._holds(author.name) for author in article.authors)
            + self._holds(passage.speaker)
            + self._holds(article.source)
            + self._holds(passage.section)
            + bool(column and any(f"{column}{word}" in self._text for word in _COLUMN))
            + self._names_title(title)
        )

    def _holds(self, name: str | None) -> bool:
        return name is not None and len(name) > 1 and fold(name) in self._text

    def _names_title(self, title: str) -> bool:
        is_whole = len(title) >= _LEAST_TITLE and title in self._letters
        return is_whole or any(part in title for part in self._titles)
