"""Values by question -> measures: which there are, what each is computed from, and how."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qa_bot.evaluation.records import Measure
from qa_bot.evaluation.statistics import (
    Statistic,
    Values,
    auroc,
    bootstrap,
    calibration_error,
    coverage_at,
    mean,
    percentile,
)


@dataclass(frozen=True, slots=True)
class Definition:
    """How a measure is computed; docs/evaluation.md says what it means.

    Attributes:
        name: As in `summary.json`.
        label: For people.
        columns: Names of the values that it is computed from; only questions that have them all
            count.
        statistic: Of those columns.
        is_better_high: Whether higher is better.
        unit: Of the figure; empty: a share in [0, 1].
    """

    name: str
    label: str
    columns: tuple[str, ...]
    statistic: Statistic = mean
    is_better_high: bool = True
    unit: str = ""


def _mean(name: str, label: str, *, is_better_high: bool = True, unit: str = "") -> Definition:
    return Definition(name, label, (name,), is_better_high=is_better_high, unit=unit)


def _latency(percent: int) -> Definition:
    return Definition(
        f"latency_p{percent}",
        f"latency, {percent} % within",
        ("latency_ms",),
        percentile(percent),
        is_better_high=False,
        unit="ms",
    )


DEFINITIONS = {
    definition.name: definition
    for definition in (
        _mean("recall@1", "recall@1 of articles"),
        _mean("recall@5", "recall@5 of articles"),
        _mean("recall@10", "recall@10 of articles"),
        _mean("mrr@10", "MRR@10 of articles"),
        _mean("ndcg@10", "nDCG@10 of articles"),
        _mean("passage_success@1", "success@1 of passages"),
        _mean("passage_success@5", "success@5 of passages"),
        _mean("passage_mrr@10", "MRR@10 of passages"),
        _mean("quote_hit", "quote hit"),
        _mean("quote_precision", "quote precision"),
        _mean("quote_length", "length of the quotes", is_better_high=False, unit="characters"),
        _mean("highlight_f1", "highlight F1"),
        _mean("highlight_em", "highlight exact match"),
        _mean("article", "article right"),
        _mean("speaker", "speaker right"),
        _mean("lines", "lines right"),
        _mean("quote_guarantee", "quotes verbatim"),
        _mean("answered", "answered (of answerable)"),
        _mean("false_answers", "answered (of unanswerable)", is_better_high=False),
        _mean("precision", "right (of answered)"),
        Definition("auroc", "AUROC, answerable or not", ("confidence", "answerable"), auroc),
        Definition("auroc_right", "AUROC, right or not", ("confidence", "right"), auroc),
        Definition(
            "coverage@90", "coverage at 90 % precision", ("confidence", "right"), coverage_at(0.9)
        ),
        Definition(
            "coverage@95", "coverage at 95 % precision", ("confidence", "right"), coverage_at(0.95)
        ),
        Definition(
            "calibration_error",
            "expected calibration error",
            ("confidence", "right"),
            calibration_error,
            is_better_high=False,
        ),
        _latency(50),
        _latency(95),
        _latency(99),
    )
}


def measure(rows: Sequence[Mapping[str, float]]) -> dict[str, Measure]:
    """Compute all measures that the questions have values for.

    Args:
        rows: The values of each question.

    Returns:
        By name, in the order of `DEFINITIONS`.
    """
    measures = {}
    for definition in DEFINITIONS.values():
        columns = columns_of(definition, rows)
        value = float(definition.statistic(*columns)) if columns[0].size else math.nan
        if math.isfinite(value):
            low, high = bootstrap(definition.statistic, columns)
            measures[definition.name] = Measure(value, columns[0].size, low, high)
    return measures


def columns_of(definition: Definition, rows: Iterable[Mapping[str, float]]) -> tuple[Values, ...]:
    """Return a measure's columns, over the questions that have all of them."""
    found = [
        [row[name] for name in definition.columns]
        for row in rows
        if all(name in row for name in definition.columns)
    ]
    return tuple(np.array(found, dtype=np.float64).reshape(-1, len(definition.columns)).T)
