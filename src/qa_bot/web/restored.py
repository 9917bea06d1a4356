"""Answers that a browser kept -> what of them still stands in the files, proven again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from qa_bot.answer_json import read_answer
from qa_bot.answering.bot import QABot
from qa_bot.answering.question import MAX_QUESTION
from qa_bot.errors import QaBotError
from qa_bot.records import Answer
from qa_bot.verify import Prover
from qa_bot.web.scope_picker import titles_of

_MAX_ANSWERS = 200
_MAX_CLAIMS = 200  # quotes, or passages, of one answer
_MAX_UNDERSTOOD = 4 * MAX_QUESTION  # characters; the conversation may add to a question

Entry: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """An answer with only the quotes and passages that the files still hold.

    Attributes:
        answer: `answered` if a quote is left.
        lost: Paths of the files that no longer hold what the answer quoted or showed.
        is_withheld: Whether it had quotes, and none is left.
        titles: Of the articles that it was looked for in, by id.
    """

    answer: Answer
    lost: tuple[str, ...]
    is_withheld: bool
    titles: Mapping[str, str]


def restore(entries: Any, bot: QABot) -> list[Restored | None]:
    """Prove answers again that were kept as JSON.

    Args:
        entries: Anything; the last 200 of a list are looked at.
        bot: Over the files that the quotes must stand in.

    Returns:
        One for each entry; None for what is no answer of this program.
    """
    prover = Prover(Path(bot.corpus))
    kept = entries[-_MAX_ANSWERS:] if isinstance(entries, list) else []
    return [_restore(entry, prover, bot) for entry in kept]


def _restore(entry: Any, prover: Prover, bot: QABot) -> Restored | None:
    if not _is_answer(entry):
        return None
    lost: set[str] = set()
    proven = {
        **entry,
        "quotes": list(_proven(entry["quotes"], "quote", prover, lost)),
        "passages": list(_proven(entry["passages"], "passage", prover, lost)),
        "stale": [],  # what was so then
    }
    proven["answered"] = bool(proven["quotes"])
    try:
        json.dumps(proven, allow_nan=False)
        answer = read_answer(proven)
        answer.to_dict()  # fails if what is not proven, such as a score, is no number
    except (LookupError, TypeError, ValueError, AttributeError, QaBotError):
        return None
    return Restored(
        answer,
        tuple(sorted(lost)),
        is_withheld=entry["answered"] > answer.answered,
        titles=titles_of(bot, answer.scope),
    )


def _proven(claims: Sequence[Any], kind: str, prover: Prover, lost: set[str]) -> Iterator[Entry]:
    for claim in claims:
        if prover.fault_in(claim, kind) is None:
            yield claim
        else:
            lost.add(str(claim.get("path", "?") if isinstance(claim, dict) else "?")[:500])


def _is_answer(entry: Any) -> bool:
    match entry:
        case {
            "question": str(question),
            "understood_as": str(understood),
            "answered": bool(answered),
            "confidence": float() | int() as confidence,
            "quotes": list(quotes),
            "passages": list(passages),
        }:
            return (
                0 < len(question) <= MAX_QUESTION
                and len(understood) <= _MAX_UNDERSTOOD
                and 0 <= confidence <= 1
                and answered == bool(quotes)
                and len(quotes) <= _MAX_CLAIMS
                and len(passages) <= _MAX_CLAIMS
            )
    return False
