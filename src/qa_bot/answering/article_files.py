"""Article files on disk, compared with what was indexed: where every quote is cut from."""

import os

from qa_bot.corpus import read_indexed
from qa_bot.index.rows import StoredArticle
from qa_bot.index.snapshot import Snapshot
from qa_bot.records import ArticleRef


class ArticleFiles:
    """The article files behind one answer, read once each and compared with the index."""

    def __init__(self, corpus: str, snapshot: Snapshot) -> None:
        self._corpus, self._store = corpus, snapshot.store
        self._root = os.path.realpath(corpus)
        self._files: dict[int, bytes | None] = {}
        self._texts: dict[int, str | None] = {}

    def article(self, number: int) -> StoredArticle:
        """Return what the index knows of an article."""
        return self._store.article(number)

    def text(self, number: int) -> str | None:
        """Return the file's text, or None if it is no longer the one that was indexed."""
        if number not in self._texts:
            data = self._file(number)
            self._texts[number] = None if data is None else data.decode("utf-8")
        return self._texts[number]

    def is_current(self, number: int) -> bool:
        """Whether the file is still the one that was indexed."""
        return self._file(number) is not None

    def _file(self, number: int) -> bytes | None:
        if number not in self._files:
            article = self.article(number)
            self._files[number] = read_indexed(self._root, article.id, article.sha256)
        return self._files[number]

    @property
    def stale(self) -> tuple[str, ...]:
        """Paths of the files that are not what was indexed."""
        return tuple(
            sorted(
                self.reference(number).path for number, data in self._files.items() if data is None
            )
        )

    def reference(self, number: int) -> ArticleRef:
        """Return what an answer says of the article."""
        article = self.article(number)
        return ArticleRef(
            id=article.id,
            path=os.path.join(self._corpus, article.id),  # noqa: PTH118 # as it was given
            title=article.title,
            authors=article.authors,
            source=article.source,
            date=article.date.isoformat() if article.date else None,
            url=article.url,
        )
