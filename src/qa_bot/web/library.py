"""The library view: what the page's script can ask of the server."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa_bot.corpus_removal import remove_article, restore_article
from qa_bot.index.catalogue import Wanted, choices, find_articles
from qa_bot.pages.decode import MAX_PAGE_BYTES
from qa_bot.web.calls import Call, Data, NoticeError
from qa_bot.web.library_build import IndexBuilds
from qa_bot.web.library_cards import render_entries
from qa_bot.web.library_import import add_upload
from qa_bot.web.library_texts import LibraryTexts, library_texts
from qa_bot.web.library_uploads import Uploads
from qa_bot.web.live import LiveBot
from qa_bot.web.markup import visible
from qa_bot.web.texts import Texts

_PAGE = 50  # articles
_MAX_WORDS = 200  # characters of a search
_MOST_UNDONE = 100  # removals that can be undone


class Library:
    """The calls of the view."""

    def __init__(
        self,
        live: LiveBot,
        uploads: Uploads,
        builds: IndexBuilds,
        corpus: Path,
        *,
        may_change: bool,
    ) -> None:
        """Make the calls.

        Args:
            live: Knows the articles.
            uploads: What readers sent.
            builds: Bring the index up to date.
            corpus: The corpus folder.
            may_change: Whether readers may add and remove articles.
        """
        self._live, self._uploads, self._builds = live, uploads, builds
        self._corpus, self._may_change = corpus, may_change
        self._removed: dict[str, tuple[str, Path]] = {}  # id and place of what can be put back

    @property
    def calls(self) -> Sequence[Call]:
        """The functions that the script may call."""
        changing = (self.add, self.forget, self.remove, self.restore, self.rebuild)
        return (self.overview, self.find, self.progress, *changing)

    def overview(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return how many articles there are, and what they can be filtered by."""
        words = library_texts(texts)
        with self._live.lease() as bot:
            known = choices(bot.snapshot.store)
            count = bot.snapshot.manifest.articles
        return {
            "articles": count,
            "choices": {
                name: [
                    {"value": value, "label": visible(_label(name, value, words)), "count": number}
                    for value, number in entries
                ]
                for name, entries in known.items()
            },
            "may_change": self._may_change,
            "most_bytes": MAX_PAGE_BYTES,
            **self._progress(),
        }

    def find(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return the articles with `words` that pass the filters, from the one numbered `first`."""
        words = library_texts(texts)
        wanted = Wanted(
            words=tuple(_text(data, "words")[:_MAX_WORDS].split()),
            source=_text(data, "source") or None,
            author=_text(data, "author") or None,
            speaker=_text(data, "speaker") or None,
            kind=_text(data, "kind") or None,
            since=_date(data, "since"),
            until=_date(data, "until"),
        )
        first = data.get("first")
        first = first if isinstance(first, int) and 0 <= first < 1 << 31 else 0
        with self._live.lease() as bot:
            total, articles = find_articles(bot.snapshot.store, wanted, first=first, count=_PAGE)
        return {
            "total": total,
            "ids": [article.id for article in articles],
            "titles": [visible(article.title) for article in articles],
            "html": render_entries(articles, texts, words, may_change=self._may_change),
        }

    def progress(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return how far the build is that goes on, and what came of the last one."""
        return self._progress()

    def add(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Write the articles of the upload `key`, corrected, and bring the index up to date."""
        words = self._check(texts)
        upload = self._uploads.get(data.get("key"))
        if upload is None:
            raise NoticeError(words.gone)
        written = add_upload(upload, data.get("articles"), corpus=self._corpus, words=words)
        self._uploads.forget(data.get("key"))
        if any(entry.status in ("written", "updated") for _, entry in written):
            self._builds.begin()
        return {
            "written": [
                {
                    "title": visible(title),
                    "status": entry.status,
                    "what": words.statuses[entry.status].format(name=visible(entry.path.name)),
                    "namesake": words.namesake.format(name=visible(entry.namesake.name))
                    if entry.namesake
                    else "",
                }
                for title, entry in written
            ],
            **self._progress(),
        }

    def forget(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Forget the upload `key`."""
        self._uploads.forget(data.get("key"))
        return {}

    def remove(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Take the article `id` out of the corpus; the key returned puts it back."""
        words = self._check(texts)
        id = _text(data, "id")
        with self._live.lease() as bot:
            if bot.snapshot.store.number(id) is None:
                raise NoticeError(words.no_article)
        removed = remove_article(self._corpus, id)
        key = secrets.token_urlsafe(16)
        self._removed[key] = id, removed
        for old in list(self._removed)[:-_MOST_UNDONE]:
            del self._removed[old]
        self._builds.begin()
        return {"key": key, **self._progress()}

    def restore(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Put back what `remove` took out and gave the key of."""
        words = self._check(texts)
        entry = self._removed.pop(_text(data, "key"), None)
        if entry is None:
            raise NoticeError(words.gone)
        restore_article(self._corpus, *entry)
        self._builds.begin()
        return self._progress()

    def rebuild(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Bring the index up to date with the corpus."""
        self._check(texts)
        self._builds.begin()
        return self._progress()

    def _check(self, texts: Texts) -> LibraryTexts:
        words = library_texts(texts)
        if not self._may_change:
            raise NoticeError(words.read_only)
        return words

    def _progress(self) -> dict[str, Any]:
        outcome, stage = asdict(self._builds.outcome), self._builds.stage
        if not self._may_change:  # where the files lie is nothing for every reader
            outcome.update(error="", problems=())
        names = ("stage", "done", "total")
        return {"outcome": outcome, "build": stage and dict(zip(names, stage, strict=True))}


def _label(filter_: str, value: str, words: LibraryTexts) -> str:
    return words.kinds.get(value, value) if filter_ == "kind" else value


def _text(data: Data, name: str) -> str:
    """Return a text that the script sent, without half characters, which no index knows."""
    value = data.get(name)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _date(data: Data, name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(_text(data, name))
    except ValueError:
        return None
