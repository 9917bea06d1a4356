"""The rows of two runs -> what changed, and whether chance explains it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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


def in_common(
    questions: Iterable[Question], older: Mapping[str, Row], *, folder: str
) -> tuple[set[str], int]:
    """Find the questions that an older run asked in the same words, expecting the same.

    Args:
        questions: Of this run.
        older: Rows of the older run, by id.
        folder: Of the older run, as it was given.

    Returns:
        Their ids, and how many others of the same id have changed.

    Raises:
        EvaluationError: If there are none.
    """
    both = [question for question in questions if question.id in older]
    ids = {question.id for question in both if _is_same(question, older[question.id].expected)}
    if not ids:
        raise EvaluationError(
            f"{folder}: has no question in common with this set; name a run of the same set"
        )
    return ids, len(both) - len(ids)


def compare(rows: Sequence[Row], older: Mapping[str, Row], *, folder: str) -> Comparison:
    """Compare a run with an older one, over the questions that both have.

    Args:
        rows: Of this run.
        older: Of the older run, by id.
        folder: Of the older run, as it was given.

    Raises:
        EvaluationError: If they have no question in common.
    """
    ids, changed = in_common([row.expected for row in rows], older, folder=folder)
    pairs = [(row, older[row.id]) for row in rows if row.id in ids]
    return Comparison(
        folder=folder,
        questions=len(pairs),
        changed=changed,
        differences=_differences(pairs),
        won=tuple(new.id for new, old in pairs if old.failure and not new.failure),
        lost=tuple(new.id for new, old in pairs if new.failure and not old.failure),
    )


def _is_same(one: Question, other: Question) -> bool:
    """Whether two questions ask and expect the same, wherever they stand and are counted."""
    return replace(one, line=0, type="") == replace(other, line=0, type="")


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
