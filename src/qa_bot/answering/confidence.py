"""What was quoted -> the probability that it answers the question.

A logistic regression on a few signals. Its coefficients are fitted by
`scripts/fit_confidence.py` on public training sets (questions with their passage, without it, with
another name or year in them, and unanswerable ones) and are kept as plain numbers in
`models/confidence.json`.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from pathlib import Path

import rjieba

from qa_bot.answering.answer_kinds import FIGURES, find_kind, has_form
from qa_bot.answering.content_words import core_terms
from qa_bot.answering.overlap import Overlap, merged
from qa_bot.answering.retrieve import Hit
from qa_bot.answering.selection import Selection
from qa_bot.answering.term_counts import Counts
from qa_bot.index.terms import fold, split_terms
from qa_bot.records import Query

_LEAST = 1e-6  # probability that log odds are taken of
_MOST = 700.0  # that a float holds the exponential of
_MODEL = Path(__file__).parent.parent / "models" / "confidence.json"
# Parts of speech of names, in the ICTCLAS tag set: places, persons, organisations, others.
_PROPER = frozenset({"ns", "nsf", "nr", "nrt", "nrfg", "nt", "nz"})
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_ASKED_BY_NAME = re.compile(
    r"的([^的,，。?？\s]{2,10}?)(?:是|为|叫|有|在|达|能|会|到底|一共|大概|大约|呢|，)*"
    r"(?:谁|多少|什么|哪|几|何|多[大高长久]|怎|如何|$|[?？])"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_AREA_SUFFIX = "省市县区"


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals of one answer, each about in [0, 1].

    Attributes:
        quoted: Share of the question's weight that all quoted sentences hold, together with the
            title, the heading and the host's question above them.
        characters: Share of the weight of the question's characters that their passage holds; of
            a question without Chinese ones, of its words.
        ahead: By how much its BM25 (a share of the highest possible) is above the best of what
            was found in other articles.
        other_place: Whether a place in the question stands neither in the quotes nor in their
            passage or its frame, nor in those that agree.
        other_name: Share of the question's names, places among them, that do not.
        other_year: Whether years are asked for, and others quoted.
        lacks_figure: Whether a figure is asked for and the best sentence has none of its kind,
            other than what the question says itself.
        lacks_name: The same of a person, a place or an organisation.
        lacks_asked: Share of the weight of what is asked for by name ('the mayor' of 'who is the
            mayor of X') that the quotes lack.
        lacks_post: Whether a person is asked for by a post that the quotes lack.
        words: Logarithm of one more than the number of the question's words.
    """

    quoted: float
    characters: float
    ahead: float
    other_place: float
    other_name: float
    other_year: float
    lacks_figure: float
    lacks_name: float
    lacks_asked: float
    lacks_post: float
    words: float


def read_signals(
    query: Query, hits: Sequence[Hit], selections: Sequence[Selection], overlap: Overlap
) -> Signals:
    """Measure the signals of an answer.

    Args:
        query: The question as understood.
        hits: What was retrieved, best first; at least one.
        selections: What is to be quoted, best first; at least one.
        overlap: The query's terms with their weights.
    """
    best = selections[0].best
    for selection in selections:
        best = max(best, selection.best, key=lambda sentence: overlap.coverage(sentence.matched))
    passage = best.passage
    held = overlap.matched(passage.frame)
    for selection in selections:
        held = merged(held, selection.best.matched)
    quoted = fold("\n".join(s.passage.text_of(x.span) for s in selections for x in s.sentences))
    # 'Our city' is named by another paper that gives the same figure.
    near = [passage, *(each.passage for s in selections for each in s.agreeing)]
    around = "\n".join([quoted, *(f"{fold(p.frame)}\n{fold(p.text)}" for p in near)])
    asked = fold(query.understood_as)
    # Whose words are quoted, or what article is meant, does not stand in them.
    names = [pair for pair in _names(asked) if not query.core.isdisjoint(split_terms(pair[0]))]
    missing = [pair for pair in names if pair[0] not in around]
    is_lacking = has_form(query.kind) and not _answers(query.kind or "", best.text, asked)
    years, other_years = set(_YEAR.findall(asked)), set(_YEAR.findall(quoted))
    found = overlap.of(passage)
    others = (hit.passage for hit in hits if hit.passage.article != passage.article)
    # Alone it is ahead of nothing.
    rival = max((overlap.of(other).bm25 for other in others), default=found.bm25)
    lacks_asked = _lacks_asked(asked, held, overlap)
    return Signals(
        quoted=overlap.coverage(held),
        characters=found.characters if _HAN.search(asked) else overlap.coverage(found.counts),
        ahead=found.bm25 - rival,
        other_place=float(any(tag == "ns" for _, tag in missing)),
        other_name=len(missing) / (len(names) or 1),
        other_year=float(bool(years and other_years and not years & other_years)),
        lacks_figure=float(is_lacking and query.kind in FIGURES),
        lacks_name=float(is_lacking and query.kind not in FIGURES),
        lacks_asked=lacks_asked,
        lacks_post=float(query.kind == "person" and lacks_asked == 1),
        words=math.log1p(sum(len(term) > 1 and not term.isdecimal() for term in query.core)),
    )


def _lacks_asked(asked: str, held: Counts, overlap: Overlap) -> float:
    name = _ASKED_BY_NAME.search(asked)
    if not name:
        return 0.0
    terms = overlap.among(core_terms(name[1]))
    of_all = overlap.coverage(terms)
    return 1 - overlap.coverage(terms * held) / of_all if of_all else 0.0


def _answers(kind: str, text: str, asked: str) -> bool:
    """Whether a text holds something of a kind that the question does not say itself."""
    return any(fold(text[start:end]) not in asked for start, end in find_kind(kind, text))


@lru_cache(maxsize=1024)
def _names(text: str) -> tuple[tuple[str, str], ...]:
    """Return the names in a text with their tags; of a place 'the city of' is no part."""
    found = (
        (word.rstrip(_AREA_SUFFIX) if tag == "ns" and len(word) > 2 else word, tag)
        for word, tag in rjieba.tag(text)
        if tag in _PROPER
    )
    return tuple((name, tag) for name, tag in found if len(name) > 1)


def estimate_confidence(signals: Signals) -> float:
    """Return the probability, in [0, 1], that the quotes answer the question; 0 without words."""
    if not signals.words:
        return 0.0
    weights = _coefficients()
    logit = weights["intercept"] + sum(
        weights[field.name] * getattr(signals, field.name) for field in fields(signals)
    )
    return _logistic(logit)


def rescale(confidence: float, *, slope: float, offset: float) -> float:
    """Return the confidence after a linear change of its log odds; 0 stays 0.

    What `qa-bot eval --calibrate` fits to the user's own questions (Platt scaling).
    """
    if not confidence or (slope, offset) == (1.0, 0.0):
        return confidence
    return _logistic(slope * log_odds(confidence) + offset)


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(min(-logit, _MOST)))


def log_odds(probability: float) -> float:
    """Return the log odds of a probability, at most about 14 either way."""
    bounded = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))


def default_threshold() -> float:
    """Return the confidence under which an answer abstains, unless a setting says otherwise."""
    return _coefficients()["threshold"]


@cache
def _coefficients() -> dict[str, float]:
    values: dict[str, float] = json.loads(_MODEL.read_text(encoding="utf-8"))["coefficients"]
    return values
