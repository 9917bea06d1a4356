"""Questions and a bot -> the weight of the vectors that finds the most, if that is beyond chance.

What a question needs is ranked with every weight of a grid. The best one is tried on questions that
it was not chosen by (cross-validation); unless it wins there by more than noise, the default stays.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from qa_bot.answering.bot import QABot
from qa_bot.evaluation.asking import ask_question
from qa_bot.evaluation.calibration import LEAST_QUESTIONS
from qa_bot.evaluation.gold import Gold
from qa_bot.evaluation.records import Question
from qa_bot.evaluation.retrieval import score_articles, score_passages
from qa_bot.evaluation.statistics import Values

GRID = (0.0, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 5.0)
_FOLDS = 5
_MARGIN = 1.64  # standard errors that the gain must have: 95 % sure, one-sided


@dataclass(frozen=True, slots=True)
class FittedWeight:
    """The weight of the vectors in the fusion, fitted to a question set.

    Attributes:
        value: The weight.
        default: The one by the kind of model; equal to `value` if no other is better.
        questions: That say what is right.
        mrr: MRR@10 of the right passages (articles, where no passage is known), with `value`.
        mrr_default: And with `default`.
        gain: What choosing brought on questions kept aside.
    """

    value: float
    default: float
    questions: int
    mrr: float
    mrr_default: float
    gain: float

    @property
    def setting(self) -> float:
        """What to write as `dense_weight`."""
        return -1.0 if self.value == self.default else self.value


def fit_dense_weight(
    bot: QABot,
    questions: Sequence[Question],
    gold: Mapping[str, Gold],
    *,
    show_progress: bool = False,
) -> FittedWeight | None:
    """Fit the weight; the bot keeps its own.

    Args:
        bot: Whose vectors are weighed; shows as many passages as are judged.
        questions: Of a set.
        gold: Where the answers stand, by question id.
        show_progress: Whether to draw a progress bar on stderr.

    Returns:
        The weight; None if fewer than `LEAST_QUESTIONS` say what is right.
    """
    judged = [q for q in questions if gold[q.id].passages or gold[q.id].articles]
    if len(judged) < LEAST_QUESTIONS:
        return None
    default = bot.default_dense_weight
    weights = sorted({*GRID, default})
    in_use, reranker = bot.dense_weight, bot.reranker
    bot.reranker = None  # it would put right any order, and take long
    try:
        bar = tqdm(judged, "weighing", unit="question", disable=not show_progress)
        scores = np.array([_scores(bot, question, gold[question.id], weights) for question in bar])
    finally:
        bot.dense_weight, bot.reranker = in_use, reranker
    return choose_weight(scores, weights, default=default)


def choose_weight(scores: Values, weights: Sequence[float], *, default: float) -> FittedWeight:
    """Choose a weight, or stay with the default.

    Args:
        scores: Shape (questions, weights), higher is better.
        weights: One a column, the default among them.
        default: What stays unless another is better beyond chance.
    """
    column = weights.index(default)
    # Equals keep to the default, or else near to it.
    order = sorted(range(len(weights)), key=lambda i: abs(weights[i] - default))

    def best(rows: Values) -> int:
        means = rows.mean(axis=0).round(9)
        return order[int(np.argmax(means[order]))]

    fold = np.arange(len(scores)) % _FOLDS
    gains = np.concatenate(
        [
            scores[fold == k, best(scores[fold != k])] - scores[fold == k, column]
            for k in range(_FOLDS)
        ]
    )
    gain = float(gains.mean())
    noise = float(gains.std(ddof=1)) / math.sqrt(len(gains))
    chosen = best(scores) if gain > _MARGIN * noise else column
    return FittedWeight(
        value=weights[chosen],
        default=default,
        questions=len(scores),
        mrr=float(scores[:, chosen].mean()),
        mrr_default=float(scores[:, column].mean()),
        gain=gain,
    )


def _scores(bot: QABot, question: Question, gold: Gold, weights: Iterable[float]) -> list[float]:
    """Return the reciprocal rank of what is right, by each weight."""
    scores = []
    for weight in weights:
        bot.dense_weight = weight
        passages = ask_question(bot, question).passages
        places = [(passage.article.id, passage.span) for passage in passages]
        ranking = list(dict.fromkeys(id_ for id_, _ in places))
        found = score_passages(places, gold.passages)
        found = found or score_articles(ranking, gold.articles)
        scores.append(found.get("passage_mrr@10", found.get("mrr@10", 0.0)))
    return scores
