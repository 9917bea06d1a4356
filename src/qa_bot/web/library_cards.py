"""Articles -> HTML: the entries of the library, and an article's text.

Every text passes through `markup.safe` last, as in `cards`.
"""

from collections.abc import Sequence
from urllib.parse import quote

from qa_bot.index.rows import StoredArticle
from qa_bot.records import Person
from qa_bot.web.library_texts import LibraryTexts
from qa_bot.web.markup import element, language_of, safe
from qa_bot.web.texts import Texts

_SPEAKERS = 4  # named of an article


def render_entries(
    articles: Sequence[StoredArticle], texts: Texts, words: LibraryTexts, *, may_change: bool
) -> str:
    """Return a list of articles; the script knows them by their place in it."""
    entries = (_entry(article, texts, words, may_change=may_change) for article in articles)
    return element("ol", "qa-entries", *entries, role="list")


def _entry(article: StoredArticle, texts: Texts, words: LibraryTexts, *, may_change: bool) -> str:
    address = f"#library/{quote(article.id, safe='')}"
    title = element(
        "h3",
        "",
        element("a", "", safe(article.title), href=address, lang=language_of(article.title)),
    )
    buttons = [_button(words.ask_only, "scope", article)]
    if may_change:
        buttons.append(_button(words.remove, "remove", article))
    tools = element("p", "qa-entry-tools", *buttons)
    return element("li", "qa-entry", title, _facts(article, texts, words), tools)


def _button(name: str, action: str, article: StoredArticle) -> str:
    hidden = element("span", "qa-hidden", safe(f" {article.title}"))
    return element("button", "qa-tool", safe(name), hidden, type="button", data_action=action)


def _facts(article: StoredArticle, texts: Texts, words: LibraryTexts) -> str:
    """Return source, date, kind and authors in a line, and who speaks in another."""
    kind = words.kinds.get(article.kind or "", article.kind)
    date = article.date.isoformat() if article.date else ""
    parts = [
        element("span", "", safe(article.source)) if article.source else "",
        element("span", "", element("time", "", safe(date), datetime=date)) if date else "",
        element("span", "", safe(kind)) if kind else "",
        *(element("span", "", safe(_person(author, texts))) for author in article.authors[:10]),
    ]
    lines = [element("p", "qa-facts qa-parts", *parts)]
    names = [speaker.name for speaker in article.speakers]
    if names:
        named = texts.and_.join(names[:_SPEAKERS])
        form = words.speakers_more if len(names) > _SPEAKERS else words.speakers
        line = form.format(names=named, count=len(names))
        lines.append(element("p", "qa-facts", safe(line)))
    return "".join(lines)


def _person(person: Person, texts: Texts) -> str:
    if not person.role:
        return person.name
    return texts.person.format(name=person.name, role=person.role)
