"""What an answer quotes -> questions to ask next, each of which the bot really answers.

They are about the articles that were quoted: what another speaker says of the same, other sections,
figures. Each is asked before it is offered, so few are tried; which questions an article answers by
themselves is found once.
"""

import unicodedata
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from qa_bot.answering.bot import QABot
from qa_bot.corpus import is_host
from qa_bot.errors import QaBotError
from qa_bot.index.rows import StoredPassage
from qa_bot.records import Span
from qa_bot.web.markup import language_of
from qa_bot.web.samples import Sample, figures_of, in_turn, is_answered, views_of

COUNT = 3
_TRIES = 8  # questions asked about one article, once, and after one answer
_VOICES = 2  # other speakers who are asked about
_ARTICLES = 2  # of an answer
_KEPT = 500  # articles
_AND = {"zh-CN": "那{name}呢？", "en": "What about {name}?"}


class Quoted(NamedTuple):
    """What a suggestion needs to know of a quote."""

    article: str
    speaker: str | None
    section: str | None
    span: Span


def read_quoted(entries: Any) -> list[Quoted]:
    """Return what a browser sent of an answer's quotes; what is not one is left out."""
    quoted = []
    for entry in entries if isinstance(entries, list) else []:
        match entry:
            case {
                "article": str(article),
                "speaker": str() | None as speaker,
                "section": str() | None as section,
                "start": int(start),
                "end": int(end),
            }:
                quoted.append(Quoted(article, speaker, section, Span(start, end)))
    return quoted


class Suggestions:
    """Finds questions to ask next; safe for use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[Path, str], Sequence[Sample]] = OrderedDict()

    def after(self, bot: QABot, history: Sequence[str], quotes: Sequence[Quoted]) -> list[str]:
        """Return at most three questions.

        Args:
            bot: Over the articles.
            history: The conversation's questions; the last one got the answer.
            quotes: Of the answer.
        """
        found: list[str] = []
        tried = 0
        taken = {(quote.article, quote.span) for quote in quotes}
        asked = {_bare(question) for question in history}
        for sample in self._candidates(bot, history, quotes):
            is_new = not any(
                sample.article == article and _meet(sample.within, span) for article, span in taken
            )
            if not is_new or _bare(sample.question) in asked:
                continue
            # It will be asked in this conversation, which may change how it is understood.
            tried += 1
            if _is_good(bot, sample, history):
                found.append(sample.question)
                taken.add((sample.article, sample.within))
            if len(found) == COUNT or tried == _TRIES:
                break
        return found

    def _candidates(
        self, bot: QABot, history: Sequence[str], quotes: Sequence[Quoted]
    ) -> Iterator[Sample]:
        ids = list(dict.fromkeys(quote.article for quote in quotes))
        known = [id for id in ids if bot.snapshot.store.number(id) is not None][:_ARTICLES]
        yield from _voices(bot, history, [quote for quote in quotes if quote.article in known])
        for id in known:
            yield from self._of(bot, id)

    def _of(self, bot: QABot, article: str) -> Sequence[Sample]:
        """Return the questions about an article that are answered from it."""
        key = (bot.snapshot.folder, article)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        store = bot.snapshot.store
        number = store.number(article)
        stored = store.article(number or 0)
        passages = _body(bot, article)
        tried = islice(in_turn([views_of(stored, passages), figures_of(stored, passages)]), _TRIES)
        found = [sample for sample in tried if _is_good(bot, sample, [])]
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


def _voices(bot: QABot, history: Sequence[str], quotes: Sequence[Quoted]) -> list[Sample]:
    """Return follow-ups that other speakers of the quoted sections might answer."""
    form = _AND[language_of(history[-1])] if history else ""
    heard = {quote.speaker for quote in quotes}
    places = dict.fromkeys((quote.article, quote.section) for quote in quotes if quote.speaker)
    others: dict[str, Sample] = {}
    for id, section in places:
        for passage in _body(bot, id):
            name, speakers = passage.speaker, bot.snapshot.store.article(passage.article).speakers
            is_other = passage.section == section and name not in heard
            if name and is_other and name not in others and not is_host(name, speakers):
                others[name] = Sample(form.format(name=name), id, name, passage.span)
    return list(others.values())[:_VOICES]


def _body(bot: QABot, article: str) -> list[StoredPassage]:
    store = bot.snapshot.store
    number = store.number(article)
    passages = store.passages_of(number).values() if number is not None else ()
    return [passage for passage in passages if not passage.is_metadata]


def _is_good(bot: QABot, sample: Sample, history: Sequence[str]) -> bool:
    try:
        return is_answered(sample, bot.ask(sample.question, history=history))
    except QaBotError:  # a name or heading may be too long to ask about
        return False


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _bare(question: str) -> str:
    """Return a question without what does not matter: width, case, spaces, punctuation."""
    plain = unicodedata.normalize("NFKC", question).casefold()
    return "".join(char for char in plain if char.isalnum())
