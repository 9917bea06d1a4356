"""Article files on disk, compared with what was indexed: where every quote is cut from."""

import hashlib
import os
from pathlib import Path

from qa_bot.corpus import MAX_FILE_BYTES
from qa_bot.index.snapshot import Snapshot
from qa_bot.index.store import StoredArticle
from qa_bot.records import ArticleRef


class ArticleFiles:
    """The article files behind one answer, read once each and compared with the index."""

    def __init__(self, corpus: str, snapshot: Snapshot) -> None:
        self._corpus, self._store = corpus, snapshot.store
        self._articles: dict[int, StoredArticle] = {}
        self._texts: dict[int, str | None] = {}

    def article(self, number: int) -> StoredArticle:
        """Return what the index knows of an article."""
        if number not in self._articles:
            self._articles[number] = self._store.article(number)
        return self._articles[number]

    def text(self, number: int) -> str | None:
        """Return the file's text, or None if it is no longer the one that was indexed."""
        if number not in self._texts:
            article = self.article(number)
            data = _read(Path(self._corpus), article.id)
            is_same = hashlib.sha256(data).hexdigest() == article.sha256
            self._texts[number] = data.decode("utf-8") if is_same else None
        return self._texts[number]

    def is_current(self, number: int) -> bool:
        """Whether the file is still the one that was indexed."""
        return self.text(number) is not None

    @property
    def stale(self) -> tuple[str, ...]:
        """Paths of the files that are not what was indexed."""
        return tuple(
            sorted(
                self.reference(number).path for number, text in self._texts.items() if text is None
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


def _read(corpus: Path, id_: str) -> bytes:
    """Read a file of the corpus; nothing, if it is none that could have been indexed."""
    try:
        path = (corpus / id_).resolve()
        if not path.is_relative_to(corpus.resolve()) or not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError):  # no file can have such a name
        return b""
