"""Limits from the command line and measures -> what fell short of them."""

import re
from collections.abc import Iterable, Mapping

from qa_bot.errors import EvaluationError
from qa_bot.evaluation.measures import DEFINITIONS
from qa_bot.evaluation.records import Measure

_NUMBER = re.compile(r"\d*\.?\d+")


def read_limits(given: Iterable[str]) -> dict[str, float]:
    """Read limits such as `quote_hit=0.8`; of two for one measure the stricter holds.

    Raises:
        EvaluationError: If a measure is not known, or the limit is no number.
    """
    limits: dict[str, float] = {}
    for text in given:
        name, _, value = text.partition("=")
        name = name.strip()
        if name not in DEFINITIONS:
            known = ", ".join(n for n, d in DEFINITIONS.items() if d.is_better_high)
            raise EvaluationError(f"--fail-under: there is no measure {name!r}; known: {known}")
        if not DEFINITIONS[name].is_better_high:
            raise EvaluationError(
                f"--fail-under: {name} is better when lower; name one that is better when higher"
            )
        if not _NUMBER.fullmatch(value.strip()):
            raise EvaluationError(
                f"--fail-under must be MEASURE=NUMBER, such as quote_hit=0.8, got {text!r}"
            )
        limits[name] = max(limits.get(name, 0.0), float(value))
    return limits


def shortfalls(measures: Mapping[str, Measure], limits: Mapping[str, float]) -> list[str]:
    """Return a line for each measure under its limit; every quote shown must be verbatim."""
    lines = []
    for name, limit in {**limits, "quote_guarantee": 1.0}.items():
        if name in measures and measures[name].value < limit:
            lines.append(f"{name} is {measures[name].value:.4f}, under {limit:g}")
        elif name not in measures and name in limits:
            lines.append(f"{name} cannot be measured: no question of the set has it")
    return lines
