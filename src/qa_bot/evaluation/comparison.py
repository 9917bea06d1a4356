"""The rows of two runs -> what changed, and whether chance explains it."""

from collections.abc import Sequence
from pathlib import Path

from qa_bot.errors import EvaluationError
from qa_bot.evaluation.measures import DEFINITIONS, columns_of
from qa_bot.evaluation.records import Comparison, Difference, Question, Row
from qa_bot.evaluation.statistics import paired_bootstrap, paired_test
from qa_bot.evaluation.storage import read_rows


def read_older(folder: Path) -> dict[str, Row]:
    """Read the rows of an older run by id, without the passages beside the answers.

    Raises:
        EvaluationError: If there are none.
    """
    return {row.id: row.without_passages() for row in read_rows(folder)}


def compare(rows: Sequence[Row], older: dict[str, Row], *, folder: str) -> Comparison:
    """Compare a run with an older one, over the questions that both have.

    Args:
        rows: Of this run.
        older: Of the older run, by id.
        folder: Of the older run, as it was given.

    Raises:
        EvaluationError: If they have no question in common.
    """
    pairs = [
        (row, older[row.id])
        for row in rows
        if row.id in older and _is_same(row.expected, older[row.id].expected)
    ]
    if not pairs:
        raise EvaluationError(
            f"{folder}: has no question in common with this set; name a run of the same set"
        )
    return Comparison(
        folder=folder,
        questions=len(pairs),
        differences=_differences(pairs),
        won=tuple(new.id for new, old in pairs if old.failure and not new.failure),
        lost=tuple(new.id for new, old in pairs if new.failure and not old.failure),
    )


def _is_same(one: Question, other: Question) -> bool:
    """Whether two questions ask the same and need the same, wherever they stand."""
    return (one.question, one.history, one.answerable, one.all_of, one.any_of) == (
        other.question,
        other.history,
        other.answerable,
        other.all_of,
        other.any_of,
    )


def _differences(pairs: Sequence[tuple[Row, Row]]) -> dict[str, Difference]:
    differences = {}
    for definition in DEFINITIONS.values():
        both = [
            (new.values, old.values)
            for new, old in pairs
            if all(name in new.values and name in old.values for name in definition.columns)
        ]
        if not both:
            continue
        new = columns_of(definition, [values for values, _ in both])
        old = columns_of(definition, [values for _, values in both])
        new_value, old_value = float(definition.statistic(*new)), float(definition.statistic(*old))
        if new_value != new_value or old_value != old_value:  # not defined, such as an AUROC of one
            continue
        low, high = paired_bootstrap(definition.statistic, new, old)
        differences[definition.name] = Difference(
            new=new_value,
            old=old_value,
            difference=new_value - old_value,
            low=low,
            high=high,
            p_value=paired_test(definition.statistic, new, old),
            count=len(both),
        )
    return differences
