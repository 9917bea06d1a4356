"""What a reader says of an answer -> a line of a question set, kept in the file of judgements.

A line's `id` is a secret of the reader who wrote it: who has it can replace or withdraw the line.
docs/evaluation.md says what each judgement expects of an answer.
"""

import datetime as dt
import logging
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa_bot.answer_json import read_answer
from qa_bot.answering.question import MAX_HISTORY, MAX_QUESTION
from qa_bot.errors import QaBotError
from qa_bot.evaluation.comparable import comparable
from qa_bot.records import Answer
from qa_bot.scope import read_scope
from qa_bot.web.calls import Call, Data, NoticeError
from qa_bot.web.feedback_file import FeedbackFile, FullError
from qa_bot.web.feedback_texts import FeedbackTexts, feedback_texts
from qa_bot.web.markup import visible
from qa_bot.web.texts import Texts

_LOG = logging.getLogger(__name__)
_REASONS = ("wrong", "speaker", "abstain", "missed", "incomplete", "other")
_MOST_WORDS, _MOST_NOTE = 500, 1000  # characters
_MOST_QUOTES, _MOST_QUOTED = 10, 500  # quotes of an answer, and characters of each, that are kept
_ID = re.compile(r"[0-9a-f]{32}")


class Feedback:
    """The calls of judging answers."""

    def __init__(self, path: Path, *, is_kept: bool = True) -> None:
        """Keep judgements in a file, which is made with the first.

        Args:
            path: The file.
            is_kept: Whether any are kept at all.
        """
        self._file = FeedbackFile(path)
        self.is_kept = is_kept

    @property
    def calls(self) -> Sequence[Call]:
        """The functions that the script may call."""
        return (self.judge, self.withdraw)

    def judge(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Keep a judgement of an answer, in place of the one of this `id` if there is one.

        Of `data`: `liked`, or a `reason` with `words` and `note`; the `answer`, and how it was
        `asked` for.
        """
        words = self._words(texts)
        try:
            line = {"id": secrets.token_hex(16), **_line(data, words)}
        except (LookupError, TypeError, ValueError, AttributeError, QaBotError) as error:
            raise NoticeError(words.feedback_invalid) from error
        self._change(_id(data), line, words)
        return {"id": line["id"]}

    def withdraw(self, data: Data, texts: Texts) -> dict[str, Any]:
        """Remove the judgement of this `id`."""
        self._change(_id(data), None, self._words(texts))
        return {}

    def _words(self, texts: Texts) -> FeedbackTexts:
        words = feedback_texts(texts)
        if not self.is_kept:
            raise NoticeError(words.feedback_off)
        return words

    def _change(self, old: str, line: dict[str, Any] | None, words: FeedbackTexts) -> None:
        try:
            self._file.replace(old, line)
        except FullError as error:
            raise NoticeError(words.feedback_full) from error
        except OSError as error:
            _LOG.warning("%s: cannot be written (%s)", self._file.path, error.strerror)
            raise NoticeError(words.feedback_failed) from error


def _id(data: Data) -> str:
    given = data.get("id")
    return given if isinstance(given, str) and _ID.fullmatch(given) else ""


def _line(data: Data, words: FeedbackTexts) -> dict[str, Any]:
    """Return the question with what a right answer to it has, as far as the reader says.

    Raises:
        NoticeError: If the reader can mend something.
        LookupError, TypeError, ValueError, AttributeError, QaBotError: If the data is none that
            the page sends.
    """
    answer, asked = read_answer(data["answer"]), _asked(data["asked"])
    liked, reason = data.get("liked") is True, data.get("reason")
    if not liked and reason not in _REASONS:
        raise NoticeError(words.feedback_no_reason)
    right = _text(data, "words", _MOST_WORDS, words.feedback_words, words)
    note = _text(data, "note", _MOST_NOTE, words.feedback_note, words)
    expected: dict[str, Any] = {}
    if (liked and not answer.answered) or (not liked and reason == "abstain"):
        expected = {"answerable": False}
    elif liked:
        expected = _shown(answer)
    elif right:
        given = [line.strip() for line in right.splitlines() if line.strip()]
        if not all(map(comparable, given)):  # it would always count as said
            raise NoticeError(words.feedback_no_words.format(name=words.feedback_words))
        marked = _marked(answer) if reason == "incomplete" else []
        expected = {"all_of": list(dict.fromkeys([*marked, *given]))}
    return {
        **asked,
        "type": "liked" if liked else "disliked",
        **expected,
        **({} if liked else {"reason": reason, "note": note}),
        "shown": [visible(quote.text[:_MOST_QUOTED]) for quote in answer.quotes[:_MOST_QUOTES]],
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }


def _asked(asked: dict[str, Any]) -> dict[str, Any]:
    """Return question, history and scope: what to ask to get the same answer."""
    texts = [asked["question"], *(asked.get("history") or [])]
    if not all(len(text) <= MAX_QUESTION for text in texts) or not comparable(texts[0]):
        raise ValueError("nobody could ask this")
    question, *history = map(visible, texts)
    scope = read_scope(asked.get("scope") or {}).to_dict()
    for name in scope.keys() - {"since", "until"}:
        scope[name] = list(map(visible, scope[name]))
    return {
        "question": question,
        **({"history": history[-MAX_HISTORY:]} if history else {}),
        **({"scope": scope} if scope else {}),
    }


def _text(data: Data, name: str, most: int, label: str, words: FeedbackTexts) -> str:
    given = data.get(name)
    text = visible(given.strip()) if isinstance(given, str) else ""
    if len(text) > most:
        raise NoticeError(words.feedback_too_long.format(name=label, most=f"{most:,}"))
    return text


def _shown(answer: Answer) -> dict[str, Any]:
    """Return what a right answer has, if this one is right."""
    first = answer.quotes[0]
    title = visible(first.article.title)[:_MOST_QUOTED]
    return {
        "all_of": _marked(answer),
        **({"article": title} if comparable(title) else {}),
        **({"speaker": visible(first.speaker.name)[:_MOST_QUOTED]} if first.speaker else {}),
    }


def _marked(answer: Answer) -> list[str]:
    """Return the highlights of an answer."""
    found = [
        quote.text[max(0, span.start - quote.span.start) : max(0, span.end - quote.span.start)]
        for quote in answer.quotes[:_MOST_QUOTES]
        for span in quote.highlights[:_MOST_QUOTES]
    ]
    texts = (visible(text[:_MOST_QUOTED]) for text in found)
    return [text for text in dict.fromkeys(texts) if comparable(text)]
