"""A ranking and what is right in it -> retrieval measures, by ir_measures (trec_eval's own code).

MacAvaney et al., 'Streamlining Evaluation with ir-measures', ECIR 2022.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from qa_bot.errors import EvaluationError

_ARTICLES = {
    "recall@1": "R@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "mrr@10": "RR@10",
    "ndcg@10": "nDCG@10",
}
_PASSAGES = {
    "passage_success@1": "Success@1",
    "passage_success@5": "Success@5",
    "passage_mrr@10": "RR@10",
}


def score_articles(ranking: Sequence[str], right: Mapping[str, int]) -> dict[str, float]:
    """Return the measures of a ranking of articles; none if it is not known what is right.

    Args:
        ranking: Ids, best first.
        right: Grade, at least 1, by id.
    """
    return _scores(ranking, right, _ARTICLES) if right else {}


def score_passages(places: Sequence[object], right: Collection[object]) -> dict[str, float]:
    """Return the measures of a ranking of passages; none if it is not known what is right."""
    return _scores(places, dict.fromkeys(right, 1), _PASSAGES) if right else {}


def _scores(
    ranking: Sequence[object], right: Mapping[Any, int], measures: Mapping[str, str]
) -> dict[str, float]:
    # trec_eval orders by score, then by name: scores that fall with the rank keep the order.
    run = {"q": {str(found): 1 / rank for rank, found in enumerate(ranking, start=1)}}
    qrels = {"q": {str(place): grade for place, grade in right.items()}}
    parsed = _parsed(tuple(measures.values()))
    found = {metric.measure: metric.value for metric in _library().iter_calc(parsed, qrels, run)}
    return {name: found[measure] for name, measure in zip(measures, parsed, strict=True)}


@cache
def _parsed(names: tuple[str, ...]) -> list[Any]:
    return [_library().parse_measure(name) for name in names]


@cache
def _library() -> Any:
    try:
        import ir_measures
    except ImportError as error:
        raise EvaluationError(
            "qa-bot eval needs the package ir-measures, which has no wheel for this machine; with "
            "a C compiler: pip install ir-measures"
        ) from error
    return ir_measures
