"""What was quoted -> the probability that it answers the question.

A logistic regression on a few signals. Its coefficients are fitted by
`scripts/fit_confidence.py` on public training sets (questions with their passage, without it, and
unanswerable ones) and are kept as plain numbers in `models/confidence.json`.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from qa_bot.answering.answer_kinds import has_form, holds_kind
from qa_bot.answering.compose import MAX_SINGLE, Selection
from qa_bot.answering.overlap import Overlap
from qa_bot.records import Query

_LEAST = 1e-6  # probability that log odds are taken of
_MOST = 700.0  # that a float holds the exponential of
_MODEL = Path(__file__).parent.parent / "models" / "confidence.json"


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals of one answer, each about in [0, 1].

    Attributes:
        quoted: Share of the question's weight that all quoted sentences hold, together with the
            title and the heading above them.
        best: Share that the best sentence holds by itself; of what no sentence gives alone
            (a view in reply to the host's question, several points, a line of front matter),
            the share that all of it holds.
        has_type: Whether the best sentence holds what is asked for (a number, a date); 0.5 if
            that is not known.
    """

    quoted: float
    best: float
    has_type: float


def read_signals(query: Query, selections: Sequence[Selection], overlap: Overlap) -> Signals:
    """Measure the signals of an answer.

    Args:
        query: The question as understood.
        selections: What is to be quoted, best first; at least one.
        overlap: The query's terms with their weights.
    """
    best = selections[0].best
    for selection in selections:
        best = max(best, selection.best, key=lambda sentence: overlap.coverage(sentence.matched))
    quoted = overlap.matched(best.passage.frame)
    for selection in selections:
        quoted |= selection.best.matched
    is_view = bool(query.speakers) or query.is_comparison
    is_whole = is_view or len(selections) > MAX_SINGLE or best.passage.is_metadata
    return Signals(
        quoted=overlap.coverage(quoted),
        best=overlap.coverage(quoted if is_whole else best.matched),
        has_type=float(holds_kind(query.kind, best.text)) if has_form(query.kind) else 0.5,
    )


def estimate_confidence(signals: Signals) -> float:
    """Return the probability, in [0, 1], that the quotes answer the question."""
    weights = _coefficients()
    logit = weights["intercept"] + sum(
        weights[field.name] * getattr(signals, field.name) for field in fields(signals)
    )
    return _logistic(logit)


def rescale(confidence: float, *, slope: float, offset: float) -> float:
    """Return the confidence after a linear change of its log odds; 0 stays 0.

    What `qa-bot eval --calibrate` fits to the user's own questions (Platt scaling).
    """
    if not confidence or (slope, offset) == (1.0, 0.0):
        return confidence
    return _logistic(slope * log_odds(confidence) + offset)


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(min(-logit, _MOST)))


def log_odds(probability: float) -> float:
    """Return the log odds of a probability, at most about 14 either way."""
    bounded = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))


def default_threshold() -> float:
    """Return the confidence under which an answer abstains, unless a setting says otherwise."""
    return _coefficients()["threshold"]


@cache
def _coefficients() -> dict[str, float]:
    values: dict[str, float] = json.loads(_MODEL.read_text(encoding="utf-8"))["coefficients"]
    return values
