"""A question and a passage -> how many of the names around the passage the question holds."""

import re
from functools import lru_cache

from qa_bot.index.lexical import letters_of
from qa_bot.index.rows import StoredArticle, StoredPassage
from qa_bot.index.terms import fold

_LEAST_TITLE = 4  # letters
_MOST_TITLES = 4  # of a question
# A column's name is often a common word ('economy'): as a name it stands with one of these.
_COLUMN = ("栏", "专栏", "版", "专版", "专刊", "》", "”", " column", " section")
_TITLES = re.compile(r"[《“]([^《》“”]{2,200})[》”]")
# Names come again with every question.
_folded = lru_cache(maxsize=32_768)(fold)
_letters = lru_cache(maxsize=8_192)(letters_of)


class Named:
    """The names in one question."""

    def __init__(self, question: str) -> None:
        self._text = fold(question)
        self._letters = letters_of(question)
        titles = (letters_of(title) for title in _TITLES.findall(question)[:_MOST_TITLES])
        self._titles = [title for title in titles if len(title) >= _LEAST_TITLE]
        self._counts: dict[int, int] = {}  # by the article's number

    def count(self, passage: StoredPassage, article: StoredArticle) -> float:
        """Return how many kinds of names of a passage and its article stand in the question."""
        count = self._counts.get(article.number)
        if count is None:
            count = self._counts[article.number] = (
                any(self._holds(author.name) for author in article.authors)
                + self._holds(article.source)
                + self._names_column(article.section)
                + self._names_title(article.title)
            )
        return float(count + self._holds(passage.speaker) + self._holds(passage.section))

    def _holds(self, name: str | None) -> bool:
        return name is not None and len(name) > 1 and _folded(name) in self._text

    def _names_column(self, name: str | None) -> bool:
        return bool(name) and any(f"{_folded(name or '')}{word}" in self._text for word in _COLUMN)

    def _names_title(self, title: str) -> bool:
        letters = _letters(title)
        is_whole = len(letters) >= _LEAST_TITLE and letters in self._letters
        return is_whole or any(part in letters for part in self._titles)
