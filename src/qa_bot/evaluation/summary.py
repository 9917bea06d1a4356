"""Rows -> the summary of a run."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from qa_bot.evaluation.measures import measure
from qa_bot.evaluation.records import (
    FAILURES,
    Comparison,
    ReliabilityBin,
    RiskPoint,
    Row,
    Run,
    Summary,
)
from qa_bot.evaluation.statistics import BINS, Values, bin_numbers, risk_curve

_POINTS = 200


def summarize(
    rows: Sequence[Row],
    run: Run,
    *,
    problems: Sequence[str] = (),
    comparison: Comparison | None = None,
) -> Summary:
    """Compute all measures of a run, over all questions and by type.

    Args:
        rows: At least one.
        run: What was run on what.
        problems: What is wrong with the set.
        comparison: With an older run.
    """
    by_type: dict[str, list[Row]] = {}
    for row in rows:
        by_type.setdefault(row.type, []).append(row)
    failures = Counter(row.failure for row in rows)
    judged = [
        (row.values["confidence"], row.values["right"]) for row in rows if "right" in row.values
    ]
    confidence, right = np.array(judged, dtype=np.float64).reshape(-1, 2).T
    return Summary(
        run=run,
        questions=len(rows),
        measures=measure([row.values for row in rows]),
        by_type={kind: measure([row.values for row in by_type[kind]]) for kind in sorted(by_type)},
        failures={kind: failures[kind] for kind in FAILURES},
        risk_coverage=_risk_coverage(confidence, right),
        reliability=_reliability(confidence, right),
        problems=tuple(problems),
        comparison=comparison,
    )


def _risk_coverage(confidence: Values, right: Values) -> tuple[RiskPoint, ...]:
    if not confidence.size:
        return ()
    ordered, precisions, is_cut = risk_curve(confidence, right)
    cuts = np.flatnonzero(is_cut)
    if len(cuts) > _POINTS:
        cuts = cuts[np.linspace(0, len(cuts) - 1, _POINTS).round().astype(int)]
    return tuple(
        RiskPoint(float(ordered[cut]), (cut + 1) / len(ordered), 1 - float(precisions[cut]))
        for cut in map(int, cuts)
    )


def _reliability(confidence: Values, right: Values) -> tuple[ReliabilityBin, ...]:
    bins = bin_numbers(confidence)
    return tuple(
        ReliabilityBin(
            low=number / BINS,
            high=(number + 1) / BINS,
            confidence=float(confidence[bins == number].mean()),
            right=float(right[bins == number].mean()),
            count=int((bins == number).sum()),
        )
        for number in range(BINS)
        if (bins == number).any()
    )
