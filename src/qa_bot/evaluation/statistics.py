"""Values by question -> figures, their bootstrap intervals and paired significance tests.

A statistic takes one or several columns of values, aligned by question along the last axis, and
returns a figure for each row of the axes before it: so that it can be computed of one run and of a
thousand resamples alike. It is NaN where it is not defined.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Values: TypeAlias = npt.NDArray[np.float64]
Statistic: TypeAlias = Callable[..., Values]

BINS = 10
_RESAMPLES = 1000
_LEAST_RESAMPLES = 100
_AT_ONCE = 2_000_000  # values resampled at once: 16 MB a column
_SEED = 0


def mean(values: Values) -> Values:
    """Return the mean."""
    result: Values = values.mean(axis=-1)
    return result


def percentile(percent: float) -> Statistic:
    """Return the statistic that is the given percentile, linear between two values."""

    def statistic(values: Values) -> Values:
        result: Values = np.percentile(values, percent, axis=-1)
        return result

    return statistic


def auroc(confidence: Values, label: Values) -> Values:
    """Return the area under the ROC curve: the chance that a 1 has more confidence than a 0.

    Equals count half (Fawcett, 'An introduction to ROC analysis', 2006); by ranks, as Mann-Whitney.
    """
    ranks = rankdata(confidence, axis=-1)
    ones = label.sum(axis=-1)
    zeros = label.shape[-1] - ones
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Values = ((ranks * label).sum(axis=-1) - ones * (ones + 1) / 2) / (ones * zeros)
    return result


def coverage_at(precision: float) -> Statistic:
    """Return the statistic that is the coverage at a precision.

    The largest share of the questions that can be answered, the most confident first and all of
    one confidence together, with at least that share of right ones among them (El-Yaniv and Wiener,
    'On the Foundations of Noise-free Selective Classification', 2010).
    """

    def statistic(confidence: Values, right: Values) -> Values:
        _, precisions, is_cut = risk_curve(confidence, right)
        count = confidence.shape[-1]
        coverage = np.arange(1, count + 1) / count
        # A hair under: 9 right ones of 10 are 90 %, whatever binary fractions make of it.
        result: Values = (coverage * (is_cut & (precisions >= precision - 1e-12))).max(axis=-1)
        return result

    return statistic


def risk_curve(confidence: Values, right: Values) -> tuple[Values, Values, npt.NDArray[np.bool_]]:
    """Order questions by confidence, the highest first.

    Returns:
        Three arrays of the same shape: the confidence; the share of right ones among the questions
        up to this one; whether a threshold can cut here: the next one has less confidence.
    """
    order = np.argsort(-confidence, axis=-1, kind="stable")
    ordered = np.take_along_axis(confidence, order, axis=-1)
    hits = np.take_along_axis(right, order, axis=-1).cumsum(axis=-1)
    is_cut = np.ones(ordered.shape, dtype=np.bool_)
    is_cut[..., :-1] = ordered[..., :-1] > ordered[..., 1:]
    return ordered, hits / np.arange(1, ordered.shape[-1] + 1), is_cut


def calibration_error(confidence: Values, right: Values) -> Values:
    """Return the expected calibration error over ten bins of equal width.

    The mean distance between confidence and share of right ones in a bin, weighted by questions
    (Naeini et al., 'Obtaining Well Calibrated Probabilities Using Bayesian Binning', AAAI 2015).
    """
    bins = bin_numbers(confidence)
    gap = confidence - right
    distances = [abs(np.where(bins == number, gap, 0).sum(axis=-1)) for number in range(BINS)]
    result: Values = sum(distances, np.zeros(gap.shape[:-1])) / gap.shape[-1]
    return result


def bin_numbers(confidence: Values) -> npt.NDArray[np.int64]:
    """Return in which of the bins of equal width each confidence falls, from 0."""
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def bootstrap(statistic: Statistic, columns: Sequence[Values]) -> tuple[float, float]:
    """Return the 95 % percentile interval of a statistic, over questions drawn with replacement.

    1,000 resamples, seeded; from 20,000 questions on fewer, at least 100 (Efron and Tibshirani,
    'An Introduction to the Bootstrap', 1993). Resamples in which it is not defined are left out.
    """
    samples = [statistic(*(column[drawn] for column in columns)) for drawn in _draws(columns[0])]
    low, high = np.nanpercentile(np.concatenate(samples), [2.5, 97.5])
    return float(low), float(high)


def paired_test(statistic: Statistic, new: Sequence[Values], old: Sequence[Values]) -> float:
    """Return the two-sided p-value of a paired randomisation test.

    How often the difference is at least as large when, for each question, chance says which of
    its two answers is called new (Smucker et al., 'A Comparison of Statistical Significance Tests
    for Information Retrieval Evaluation', CIKM 2007).
    """
    observed = abs(float(statistic(*new) - statistic(*old)))
    as_large = total = 0
    chance = np.random.default_rng(_SEED)
    for rows in _batches(len(new[0])):
        swaps = chance.random((rows, len(new[0]))) < 0.5
        one = statistic(*(np.where(swaps, o, n) for n, o in zip(new, old, strict=True)))
        other = statistic(*(np.where(swaps, n, o) for n, o in zip(new, old, strict=True)))
        differences = abs(one - other)
        as_large += int((differences >= observed - 1e-12).sum())
        total += int(np.isfinite(differences).sum())
    return (as_large + 1) / (total + 1)


def paired_bootstrap(
    statistic: Statistic, new: Sequence[Values], old: Sequence[Values]
) -> tuple[float, float]:
    """Return the 95 % interval of the difference, over questions drawn with replacement."""
    samples = [
        statistic(*(column[drawn] for column in new))
        - statistic(*(column[drawn] for column in old))
        for drawn in _draws(new[0])
    ]
    low, high = np.nanpercentile(np.concatenate(samples), [2.5, 97.5])
    return float(low), float(high)


def _draws(column: Values) -> Iterator[npt.NDArray[np.int64]]:
    """Yield arrays of places in a column, drawn with replacement, one resample a row."""
    chance = np.random.default_rng(_SEED)
    for rows in _batches(len(column)):
        yield chance.integers(0, len(column), (rows, len(column)))


def _batches(count: int) -> Iterator[int]:
    """Yield how many resamples of so many questions to make at once, until there are enough."""
    remaining = min(_RESAMPLES, max(_LEAST_RESAMPLES, 10 * _AT_ONCE // count))
    while remaining > 0:
        rows = min(remaining, max(1, _AT_ONCE // count))
        yield rows
        remaining -= rows
