"""Fit the weights of the sentences' features on public training sets; writes models/sentences.json.

A conditional logit over the sentences of a question (McFadden 1974; in the field's words a listwise
softmax): the one with the gold answer should be ahead of those without it. Sets are used as they
are and, where several paragraphs have one title, joined into long articles; our own questions
(`own_questions`) are in other words than the documents. Each origin counts alike. The vectors have
no part in it: the default model has seen these questions. What it is worth is measured on each set
with weights that were fitted without any of the same origin.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from fit_retrieval import Asked, ask_set
from qa_bot.answering.features import measure
from qa_bot.answering.select import first_look, shortlist
from qa_bot.evaluation.comparable import comparable

# Origin, set, and how it is used.
SETS = (
    ("squad", "squad2_zh_mt", ""),
    ("squad", "squad2_zh_mt", "joined by title"),
    ("drcd", "drcd_simp", ""),
    ("drcd", "drcd_simp", "joined by title"),
    ("drcd", "drcd_train_part_simp", ""),
    ("cmrc", "cmrc2018_train_pseudo", ""),
    ("own", "squad2_zh_mt", "in other words"),
    ("own", "drcd_simp", "in other words"),
    ("own", "cmrc2018_train_pseudo", "in other words"),
    ("own", "laws_zh", "in other words"),
)
# Not fitted. No training set has interviews, where the host asks in the words of the question.
_BY_HAND = {"asks": -8.0, "bm25": 0.0}
# The plain score that is added to what was fitted on encyclopaedias, since newspapers are others.
_PLAIN = {"bm25": 4.0, "hit": 1.6, "kind": 0.6}
_OUT = Path(__file__).parent.parent / "src/qa_bot/models/sentences.json"
_PENALTY = 3e-3  # times the squared weights of the standardised features, against chance

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Examples:
    """The questions of a set: their sentences one after the other.

    Attributes:
        names: Of the features.
        features: Shape (sentences, features).
        first_look: What the sentences were shortlisted by.
        is_gold: Whether it stands where the answer was marked.
        holds: Whether it holds the words of a gold answer.
        firsts: Place of each question's first sentence.
        asked: How many questions were asked, those without a sentence among them.
    """

    names: list[str]
    features: Floats
    first_look: Floats
    is_gold: Flags
    holds: Flags
    firsts: npt.NDArray[np.int64]
    asked: int


def main() -> None:
    """Read the arguments, fit, write and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--questions", type=int, default=1000, help="of each set")
    parser.add_argument("--seed", type=int, default=0)
    flags = parser.parse_args()
    sets: dict[str, Examples] = {}
    origins: dict[str, str] = {}
    for origin, name, use in SETS:
        key = ", ".join(filter(None, (name, use)))
        asked = ask_set(
            flags.data / name,
            flags.questions,
            flags.seed,
            joined=use == "joined by title",
            own=origin == "own",
        )
        origins[key], sets[key] = origin, read_examples(asked)
        print(f"{key}: {sets[key].asked} questions", flush=True)
    result = write_result(sets, origins)
    flags.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def write_result(sets: Mapping[str, Examples], origins: Mapping[str, str]) -> dict[str, Any]:
    """Fit, and return what is kept in the file."""
    weights = fit(sets, origins)
    apart = {
        left_out: fit({k: e for k, e in sets.items() if origins[k] != left_out}, origins)
        for left_out in dict.fromkeys(origins.values())
    }
    return {
        "made_by": "scripts/fit_sentences.py",
        "questions": sum(examples.asked for examples in sets.values()),
        "first_sentence_right": {
            key: {
                "by_words_and_passage": round(share_right(examples, examples.first_look), 3),
                "fitted_without_its_origin": round(
                    share_right(examples, examples.features @ apart[origins[key]]), 3
                ),
                "fitted": round(share_right(examples, examples.features @ weights), 3),
            }
            for key, examples in sets.items()
        },
        "weights": {
            name: round(float(weight), 3)
            for name, weight in zip(next(iter(sets.values())).names, weights, strict=True)
        },
    }


def read_examples(asked: Iterator[Asked]) -> Examples:
    """Measure the sentences of questions."""
    names: list[str] = []
    features: list[list[float]] = []
    looks: list[float] = []
    is_gold: list[bool] = []
    holds: list[bool] = []
    firsts: list[int] = []
    count = 0
    for one in asked:
        count += 1
        candidates = shortlist(one.hits, one.overlap)
        if not candidates:
            continue
        answers = [answer for text in one.answers if (answer := comparable(text))]
        firsts.append(len(features))
        for candidate, measured in zip(
            candidates, measure(one.query, candidates, one.overlap), strict=True
        ):
            names = list(measured)
            features.append(list(measured.values()))
            looks.append(first_look(candidate))
            start, end = candidate.sentence.span
            is_gold.append(
                candidate.passage.article == one.article
                and any(start <= place < end for place in one.places)
            )
            text = comparable(candidate.text)
            holds.append(any(answer in text for answer in answers))
    return Examples(
        names,
        np.array(features),
        np.array(looks),
        np.array(is_gold),
        np.array(holds),
        np.array(firsts),
        count,
    )


def fit(sets: Mapping[str, Examples], origins: Mapping[str, str]) -> Floats:
    """Return the weights under which gold sentences are likeliest."""
    counts = Counter(origins[key] for key in sets)
    shares = np.array([1 / counts[origins[key]] / len(counts) for key in sets])
    names = next(iter(sets.values())).names
    by_hand = np.array([_BY_HAND.get(name, 0.0) for name in names])
    is_free = np.array([name not in _BY_HAND for name in names])
    mean = np.mean([examples.features.mean(axis=0) for examples in sets.values()], axis=0)
    deviation = np.mean([examples.features.std(axis=0) for examples in sets.values()], axis=0)
    deviation[deviation == 0] = 1.0
    parts = [_comparable_sentences(examples, mean, deviation) for examples in sets.values()]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = _PENALTY * float(weights @ weights), 2 * _PENALTY * weights
        for (features, is_gold, firsts), part in zip(parts, shares, strict=True):
            log_odds = features @ np.where(is_free, weights, by_hand * deviation)
            odds = np.exp(np.clip(log_odds, -50, 50))
            questions = np.repeat(np.arange(len(firsts)), np.diff(np.append(firsts, len(is_gold))))
            everything = np.add.reduceat(odds, firsts)
            wanted = np.add.reduceat(odds * is_gold, firsts)
            share = odds / everything[questions] - odds * is_gold / wanted[questions]
            total += part * float(np.log(everything / wanted).mean())
            slope = slope + part * (share @ features) / len(firsts)
        return total, slope * is_free

    found = minimize(loss, np.zeros(len(mean)), jac=True, method="L-BFGS-B")
    plain = np.array([_PLAIN.get(name, 0.0) for name in names])
    weights: Floats = np.where(is_free, found.x / deviation, by_hand) + plain
    return weights


def _comparable_sentences(
    examples: Examples, mean: Floats, deviation: Floats
) -> tuple[Floats, Flags, npt.NDArray[np.int64]]:
    """Return the questions with a gold sentence, without sentences that also hold its words."""
    questions = np.repeat(
        np.arange(len(examples.firsts)), np.diff(np.append(examples.firsts, len(examples.holds)))
    )
    has_gold = np.logical_or.reduceat(examples.is_gold, examples.firsts)
    kept = has_gold[questions] & (examples.is_gold | ~examples.holds)
    _, firsts = np.unique(questions[kept], return_index=True)
    return (examples.features[kept] - mean) / deviation, examples.is_gold[kept], firsts


def share_right(examples: Examples, scores: Floats) -> float:
    """Return how often the sentence with the highest score holds the words of a gold answer."""
    bounds = np.append(examples.firsts, len(scores))
    best = [start + scores[start:end].argmax() for start, end in pairwise(bounds)]
    return float(examples.holds[best].sum() / examples.asked)


if __name__ == "__main__":
    main()
