"""The conversation: what the page's script can ask of the server."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa_bot.answering.question import MAX_HISTORY, MAX_QUESTION
from qa_bot.errors import ScopeError
from qa_bot.scope import read_scope
from qa_bot.web.calls import Call, Data, NoticeError, counted
from qa_bot.web.cards import render_turn
from qa_bot.web.conversation_texts import conversation_texts
from qa_bot.web.export_html import export_html
from qa_bot.web.export_markdown import export_markdown
from qa_bot.web.live import LiveBot
from qa_bot.web.restored import Restored, restore
from qa_bot.web.samples import sample_questions
from qa_bot.web.scope_picker import titles_of
from qa_bot.web.scope_texts import scope_texts
from qa_bot.web.suggestions import Suggestions, read_quoted
from qa_bot.web.texts import Texts


class Chat:
    """The calls of the conversation; nothing of it is kept on the server."""

    def __init__(self, live: LiveBot) -> None:
        self._live = live
        self._samples: tuple[Path | None, list[str]] = (None, [])
        self._suggestions = Suggestions()

    @property
    def calls(self) -> Sequence[Call]:
        """The functions that the script may call."""
        return (self.ask, self.render, self.welcome, self.suggest, self.export)

    @counted
    def ask(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Answer `question`, asked after `history`, within `scope`."""
        question = data.get("question")
        if not isinstance(question, str) or not question.strip():
            raise NoticeError(texts.empty)
        if len(question) > MAX_QUESTION:
            raise NoticeError(
                texts.too_long.format(length=f"{len(question):,}", most=f"{MAX_QUESTION:,}")
            )
        given = data.get("scope")
        try:
            scope = read_scope(given if isinstance(given, dict) else {})
        except ScopeError as error:
            raise NoticeError(scope_texts(texts).scope_wrong) from error
        with self._live.turn() as bot:
            try:
                answer = bot.ask(question, history=_history(data), scope=scope)
            except ScopeError as error:
                raise NoticeError(scope_texts(texts).scope_gone) from error
            html = render_turn(answer, texts, titles=titles_of(bot, answer.scope))
        return {"html": html, "answer": answer.to_dict()}

    def render(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Render `answers` that the browser kept, proven again; None for one that is none."""
        with self._live.lease() as bot:
            kept = restore(data.get("answers"), bot)
            return {"turns": [each and _turn(each, texts) for each in kept]}

    def welcome(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return sample questions and how many articles there are."""
        with self._live.lease() as bot:
            known, samples = self._samples
            if known != bot.snapshot.folder:
                samples = sample_questions(bot)
                self._samples = bot.snapshot.folder, samples
            return {"samples": samples, "articles": bot.snapshot.manifest.articles}

    def suggest(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return questions to ask after an answer, of whose `quotes` the place is sent."""
        quotes = read_quoted(data.get("quotes"))
        with self._live.lease() as bot:
            return {"questions": self._suggestions.after(bot, _history(data), quotes)}

    def export(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return a file of `answers` that the browser kept, proven again, in a `format`."""
        is_markdown = data.get("format") == "markdown"
        with self._live.lease() as bot:
            kept = [each for each in restore(data.get("answers"), bot) if each]
        now = dt.datetime.now().astimezone()
        write = export_markdown if is_markdown else export_html
        suffix = "md" if is_markdown else "html"
        return {
            "name": f"{conversation_texts(texts).file_name}-{now:%Y%m%d-%H%M}.{suffix}",
            "type": f"text/{'markdown' if is_markdown else 'html'};charset=utf-8",
            "text": write(kept, texts, time=f"{now:%Y-%m-%d %H:%M}"),
        }


def _history(data: Data) -> list[str]:
    """Return the questions asked before, as far as they can be read."""
    history = data.get("history")
    if not isinstance(history, list) or not all(isinstance(each, str) for each in history):
        return []
    return [each[:MAX_QUESTION] for each in history[-MAX_HISTORY:]]


def _turn(kept: Restored, texts: Texts) -> dict[str, Any]:
    html = render_turn(
        kept.answer, texts, titles=kept.titles, lost=kept.lost, is_withheld=kept.is_withheld
    )
    return {"html": html, "answer": kept.answer.to_dict()}
