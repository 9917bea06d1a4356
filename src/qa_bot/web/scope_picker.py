"""What a reader types into the choice of a scope -> names and articles that there are."""

from collections.abc import Iterable, Sequence
from typing import Any

from qa_bot.answering.bot import QABot
from qa_bot.index.names import Kind
from qa_bot.index.rows import StoredArticle
from qa_bot.records import Scope
from qa_bot.scope import read_scope
from qa_bot.web.calls import Call, Data
from qa_bot.web.live import LiveBot
from qa_bot.web.texts import Texts

_KINDS: dict[str, Kind] = {"authors": "author", "speakers": "speaker", "sources": "source"}
_SHOWN = 8  # suggestions
_MOST_TYPED = 100  # characters that are looked for


class ScopePicker:
    """The calls of the choice of a scope."""

    def __init__(self, live: LiveBot) -> None:
        self._live = live

    @property
    def calls(self) -> Sequence[Call]:
        """The functions that the script may call."""
        return (self.suggest_names, self.look_up)

    def suggest_names(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return what of a `field` holds this `text`; for no text the newest or most frequent."""
        field, text = data.get("field"), data.get("text")
        typed = text.strip()[:_MOST_TYPED] if isinstance(text, str) else ""
        found = []
        with self._live.lease() as bot:
            if field == "articles":
                found = [_article(article) for article in _articles(bot, typed)]
            elif isinstance(field, str) and field in _KINDS:
                names = _names(bot, _KINDS[field], typed)
                found = [{"value": name, "label": name} for name in names]
        return {"suggestions": found}

    def look_up(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return the titles of a `scope`'s articles by id, and what of it is no longer there."""
        given = data.get("scope")
        scope = read_scope(given if isinstance(given, dict) else {})
        with self._live.lease() as bot:
            titles = titles_of(bot, scope)
            missing = {
                field: [name for name in getattr(scope, field) if not bot.names.exact(kind, name)]
                for field, kind in _KINDS.items()
            }
        missing["articles"] = [id_ for id_ in scope.articles if id_ not in titles]
        return {"titles": titles, "missing": missing}


def titles_of(bot: QABot, scope: Scope | None) -> dict[str, str]:
    """Return the titles of a scope's articles by id; of those that are not there, none."""
    store = bot.snapshot.store
    ids = scope.articles if scope else ()
    numbers = {id_: store.number(id_.encode("utf-8", "replace").decode()) for id_ in ids}
    return {id_: store.article(n).title for id_, n in numbers.items() if n is not None}


def _articles(bot: QABot, text: str) -> Iterable[StoredArticle]:
    store, terms = bot.snapshot.store, bot.snapshot.article_terms
    numbers = terms.titled(text, limit=_SHOWN) if text else store.newest(_SHOWN)
    return map(store.article, numbers)


def _article(article: StoredArticle) -> dict[str, str]:
    printed = (article.source, article.date.isoformat() if article.date else None)
    return {"value": article.id, "label": article.title, "note": " · ".join(filter(None, printed))}


def _names(bot: QABot, kind: Kind, text: str) -> list[str]:
    """Return names: those that hold a text, beginning with it first; without one, the commonest."""
    store = bot.snapshot.store
    if not text:
        known = {"author": store.authors, "speaker": store.speakers, "source": store.sources}
        return known[kind]()[:_SHOWN]
    found = bot.names.holding(kind, text)
    return sorted(found, key=lambda name: not name.startswith(text))[:_SHOWN]
