"""Parts of an answer -> what is said of them in the reader's language, as plain text."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path

from qa_bot.records import Answer, ArticleRef, Person, Scope
from qa_bot.web.texts import Texts

_SURE, _FAIRLY_SURE = 0.8, 0.5  # of a calibrated probability


def understood_in_words(answer: Answer, texts: Texts) -> str:
    """Say how the question was understood; nothing if that is what was typed, width aside."""
    typed = " ".join(unicodedata.normalize("NFKC", answer.question).split())
    if answer.understood_as in (typed, answer.question):
        return ""
    return texts.understood_as.format(question=answer.understood_as)


def scope_in_words(scope: Scope | None, texts: Texts, titles: Mapping[str, str]) -> str:
    """Say where alone the answer was looked for; nothing if that is everywhere.

    Args:
        scope: What was looked at.
        texts: In the reader's language.
        titles: Of its articles by id; of those that are not there, the id is said.
    """
    if not scope:
        return ""
    fields = scope.to_dict()
    if ids := fields.get("articles"):
        named = [texts.title.format(title=titles[id_]) if id_ in titles else id_ for id_ in ids]
        fields["articles"] = named
    parts = (
        texts.scope[name].format(names=texts.and_.join(value) if isinstance(value, list) else value)
        for name, value in fields.items()
    )
    return texts.only_in.format(scope=texts.and_.join(parts))


def confidence_in_words(confidence: float, texts: Texts) -> str:
    """Say how likely the answer is one."""
    if confidence >= _SURE:
        return texts.sure
    return texts.fairly_sure if confidence >= _FAIRLY_SURE else texts.unsure


def percent_in_words(confidence: float, texts: Texts) -> str:
    """Say how likely that is as a number."""
    return texts.confidence.format(percent=round(100 * confidence))


def person_in_words(person: Person, texts: Texts) -> str:
    """Say who somebody is."""
    if not person.role:
        return person.name
    return texts.person.format(name=person.name, role=person.role)


def lines_in_words(first: int, last: int, texts: Texts) -> str:
    """Say which lines are meant."""
    form = texts.line if first == last else texts.lines
    return form.format(first=first, last=last)


def file_in_words(article: ArticleRef) -> str:
    """Say which file is meant: as the corpus was given, or only where in it if that is long."""
    return article.id if Path(article.path).is_absolute() else article.path


def place_in_words(article: ArticleRef, texts: Texts) -> str:
    """Say in short which article is meant: source and date, or the title if neither is known."""
    place = " ".join(filter(None, (article.source, article.date)))
    return place or texts.title.format(title=article.title)
