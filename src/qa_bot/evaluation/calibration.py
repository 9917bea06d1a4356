"""Rows of one set -> a fitted confidence and a threshold, tried out on the rows of another.

Platt scaling: a logistic regression on the log odds of the confidence as it comes (Platt,
'Probabilistic Outputs for Support Vector Machines', 1999; Guo et al., 'On Calibration of Modern
Neural Networks', ICML 2017). Two figures can be fitted on some dozens of questions, and the order
of the answers stays the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa_bot.answering.confidence import log_odds, rescale
from qa_bot.errors import EvaluationError
from qa_bot.evaluation.records import Measure, Row
from qa_bot.evaluation.statistics import (
    Values,
    bootstrap,
    calibration_error,
    mean,
    risk_curve,
)

LEAST_QUESTIONS = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """What a calibration does on one set.

    Attributes:
        questions: That tell right from wrong.
        precision: Share of right answers among those that the threshold lets through; None: none.
        coverage: Share of the questions that it lets through.
        calibration_error: Expected calibration error of the fitted confidence.
        calibration_error_before: And of the confidence as it was.
    """

    questions: int
    precision: Measure | None
    coverage: Measure
    calibration_error: float
    calibration_error_before: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted confidence, and the threshold for a wanted precision.

    Attributes:
        precision: What was wanted.
        slope: Settings `confidence_slope`.
        offset: And `confidence_offset`.
        threshold: And `threshold`, on the fitted confidence.
        fitted: What it does on the set that it was fitted on.
        tested: And on another.
    """

    precision: float
    confidence_slope: float
    confidence_offset: float
    threshold: float
    fitted: Trial
    tested: Trial

    @property
    def settings(self) -> dict[str, float]:
        """What to write where settings are read."""
        return {
            "threshold": self.threshold,
            "confidence_slope": self.confidence_slope,
            "confidence_offset": self.confidence_offset,
        }

    @property
    def holds(self) -> bool:
        """Whether the precision was kept on the other set too."""
        tested = self.tested.precision
        return tested is not None and tested.value >= self.precision


def calibrate(
    fit: Sequence[Row], test: Sequence[Row], *, precision: float, names: tuple[str, str]
) -> Calibration:
    """Fit the confidence, and choose the lowest threshold that keeps a precision.

    Args:
        fit: Rows to fit on, with the confidence as it comes.
        test: Rows of another set, to see whether it holds there.
        precision: Wanted share of right answers among those given, in (0, 1).
        names: Of the two sets, for messages.

    Raises:
        EvaluationError: If the rows cannot be fitted, or no threshold keeps the precision.
    """
    from sklearn.linear_model import LogisticRegression

    confidence, right = _judged(fit, names[0])
    odds = np.array([[log_odds(value)] for value in confidence])
    model = LogisticRegression(C=10).fit(odds, right)
    slope, offset = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope <= 0:
        raise EvaluationError(
            f"{names[0]}: right answers have no more confidence than wrong ones; nothing was "
            "written; fit on a set with more questions"
        )
    slope, offset = round(slope, 4), round(offset, 4)
    threshold = _threshold(_rescaled(confidence, slope, offset), right, precision, names[0])
    return Calibration(
        precision=precision,
        confidence_slope=slope,
        confidence_offset=offset,
        threshold=threshold,
        fitted=_try(confidence, right, slope, offset, threshold),
        tested=_try(*_judged(test, names[1]), slope, offset, threshold),
    )


def _judged(rows: Sequence[Row], name: str) -> tuple[Values, Values]:
    """Return confidence and rightness of the questions that tell right from wrong."""
    found = [
        (row.values["confidence"], row.values["right"]) for row in rows if "right" in row.values
    ]
    confidence, right = np.array(found, dtype=np.float64).reshape(-1, 2).T
    if len(found) < LEAST_QUESTIONS or not 0 < right.sum() < len(found):
        raise EvaluationError(
            f"{name}: {len(found)} questions with {int(right.sum())} right answers; to calibrate "
            f"takes at least {LEAST_QUESTIONS} questions with answers both right and wrong"
        )
    return confidence, right


def _rescaled(confidence: Values, slope: float, offset: float) -> Values:
    return np.array([rescale(value, slope=slope, offset=offset) for value in confidence])


def _threshold(confidence: Values, right: Values, precision: float, name: str) -> float:
    ordered, precisions, is_cut = risk_curve(confidence, right)
    keeping = np.flatnonzero(is_cut & (precisions >= precision - 1e-12))
    if not keeping.size:
        raise EvaluationError(
            f"{name}: no threshold keeps a precision of {precision:g}, the best is "
            f"{precisions[is_cut].max():.3f}; nothing was written; ask for less"
        )
    last = int(keeping[-1])
    below = float(ordered[last + 1]) if last + 1 < len(ordered) else 0.0
    return round((float(ordered[last]) + below) / 2, 6)  # halfway to the next that is withheld


def _try(confidence: Values, right: Values, slope: float, offset: float, threshold: float) -> Trial:
    fitted = _rescaled(confidence, slope, offset)
    passes = fitted >= threshold
    return Trial(
        questions=len(right),
        precision=_share(right[passes]) if passes.any() else None,
        coverage=_share(passes.astype(np.float64)),
        calibration_error=float(calibration_error(fitted, right)),
        calibration_error_before=float(calibration_error(confidence, right)),
    )


def _share(values: Values) -> Measure:
    return Measure(float(mean(values)), len(values), *bootstrap(mean, [values]))
