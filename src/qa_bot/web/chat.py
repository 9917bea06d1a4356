"""The conversation: what the page's script can ask of the server."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa_bot.answer_json import read_answer
from qa_bot.answering.bot import QABot
from qa_bot.answering.question import MAX_HISTORY, MAX_QUESTION
from qa_bot.errors import QaBotError, ScopeError
from qa_bot.scope import read_scope
from qa_bot.web.calls import Call, Data, NoticeError
from qa_bot.web.cards import render_turn
from qa_bot.web.live import LiveBot
from qa_bot.web.samples import sample_questions
from qa_bot.web.scope_picker import titles_of
from qa_bot.web.scope_texts import scope_texts
from qa_bot.web.texts import Texts

_MAX_RESTORED = 200  # turns


class Chat:
    """The calls of the conversation; nothing of it is kept on the server."""

    def __init__(self, live: LiveBot) -> None:
        self._live = live
        self._samples: tuple[Path | None, list[str]] = (None, [])

    @property
    def calls(self) -> Sequence[Call]:
        """The functions that the script may call."""
        return (self.ask, self.render, self.welcome)

    def ask(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Answer `question`, asked after `history`, within `scope`."""
        question, history = data.get("question"), data.get("history", [])
        if not isinstance(question, str) or not question.strip():
            raise NoticeError(texts.empty)
        if len(question) > MAX_QUESTION:
            raise NoticeError(
                texts.too_long.format(length=f"{len(question):,}", most=f"{MAX_QUESTION:,}")
            )
        if not isinstance(history, list) or not all(isinstance(each, str) for each in history):
            history = []
        given = data.get("scope")
        try:
            scope = read_scope(given if isinstance(given, dict) else {})
        except ScopeError as error:
            raise NoticeError(scope_texts(texts).scope_wrong) from error
        with self._live.lease() as bot:
            try:
                answer = bot.ask(question, history=history[-MAX_HISTORY:], scope=scope)
            except ScopeError as error:
                raise NoticeError(scope_texts(texts).scope_gone) from error
            html = render_turn(answer, texts, titles=titles_of(bot, answer.scope))
        return {"html": html, "answer": answer.to_dict()}

    def render(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Render `answers` that the browser kept; None for one that is none."""
        entries = data.get("answers")
        if not isinstance(entries, list):
            return {"html": []}
        with self._live.lease() as bot:
            return {"html": [_render(entry, texts, bot) for entry in entries[-_MAX_RESTORED:]]}

    def welcome(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Return sample questions and how many articles there are."""
        with self._live.lease() as bot:
            known, samples = self._samples
            if known != bot.snapshot.folder:
                samples = sample_questions(bot)
                self._samples = bot.snapshot.folder, samples
            return {"samples": samples, "articles": bot.snapshot.manifest.articles}


def _render(entry: Any, texts: Texts, bot: QABot) -> str | None:
    try:
        answer = read_answer(entry)
        return render_turn(answer, texts, titles=titles_of(bot, answer.scope))
    except (LookupError, TypeError, ValueError, AttributeError, QaBotError):
        return None  # kept by another version, or by nobody of ours
