"""Questions and their answers -> measures, each with its number of questions and an interval."""

import math
import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from qa_bot.evaluation.question_set import Question
from qa_bot.records import Answer

_NOT_COMPARED = re.compile(r"[\s\W_]+")
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """How one question was answered.

    Attributes:
        quote_hit: Whether all needed strings stand in the quotes; None if unanswerable.
        article_hit: Whether the first quote is from the right article; None if any will do.
        speaker_hit: Whether the first quote is the right speaker's; None if any will do.
        quoted: Characters quoted.
    """

    question: Question
    answer: Answer
    quote_hit: bool | None
    article_hit: bool | None
    speaker_hit: bool | None
    quoted: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean in [0, 1] over *count* questions, with a bootstrap 95 % interval."""

    value: float
    count: int
    low: float
    high: float


def judge(question: Question, answer: Answer) -> Row:
    """Compare an answer with what the question set says.

    Strings are compared after NFKC, without white space and punctuation, in lower case.
    """
    quotes = answer.quotes
    text = "\n".join(comparable(quote.text) for quote in quotes)
    first = quotes[0] if quotes else None
    hit = article = speaker = None
    if question.answerable:
        needed = all(comparable(part) in text for part in question.all_of)
        either = not question.any_of or any(comparable(part) in text for part in question.any_of)
        hit = bool(quotes) and needed and either
        if question.article:
            title = comparable(first.article.title) if first else ""
            article = comparable(question.article) in title
        if question.speaker:
            name = first.speaker.name if first and first.speaker else ""
            speaker = question.speaker == name
    return Row(question, answer, hit, article, speaker, sum(len(quote.text) for quote in quotes))


def comparable(text: str) -> str:
    """Return what is compared of a text: its letters and digits, folded."""
    return _NOT_COMPARED.sub("", unicodedata.normalize("NFKC", text)).casefold()


def measure(rows: Sequence[Row]) -> dict[str, Measure]:
    """Compute the measures of a run.

    Returns:
        By name: `quote_hit`, `article` and `speaker` over the answerable questions that ask for
        them (a refused one counts as missed), `answered` over the answerable, `abstained` over
        the unanswerable, `auroc` of the confidence over all. Those without a question are left
        out.
    """
    answerable = [row for row in rows if row.question.answerable]
    unanswerable = [row for row in rows if not row.question.answerable]
    shares: dict[str, list[bool | None]] = {
        "quote_hit": [row.quote_hit for row in answerable],
        "article": [row.article_hit for row in answerable if row.article_hit is not None],
        "speaker": [row.speaker_hit for row in answerable if row.speaker_hit is not None],
        "answered": [row.answer.answered for row in answerable],
        "abstained": [not row.answer.answered for row in unanswerable],
    }
    measures = {
        name: _share([float(bool(value)) for value in values])
        for name, values in shares.items()
        if values
    }
    if answerable and unanswerable:
        measures["auroc"] = _auroc(
            [row.answer.confidence for row in answerable],
            [row.answer.confidence for row in unanswerable],
        )
    return measures


def _share(values: Sequence[float]) -> Measure:
    chance = random.Random(0)  # noqa: S311 # a repeatable bootstrap, not a secret
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    return Measure(fmean(values), len(values), *_interval(means))


def _auroc(positive: Sequence[float], negative: Sequence[float]) -> Measure:
    """Return the chance that an answerable question has the higher confidence, ties half."""
    chance = random.Random(0)  # noqa: S311
    samples = sorted(
        _wins(chance.choices(positive, k=len(positive)), chance.choices(negative, k=len(negative)))
        for _ in range(_RESAMPLES if len(positive) * len(negative) < 10_000 else 50)
    )
    return Measure(_wins(positive, negative), len(positive) + len(negative), *_interval(samples))


def _wins(positive: Sequence[float], negative: Sequence[float]) -> float:
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def _interval(ordered: Sequence[float]) -> tuple[float, float]:
    last = len(ordered) - 1
    return ordered[math.floor(0.025 * last)], ordered[math.ceil(0.975 * last)]
