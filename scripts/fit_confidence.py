"""Fit the confidence of an answer on public training sets and write models/confidence.json.

Three kinds of questions, from sets that are marked for training: with their passage in the index
(right or wrong by whether the quotes hold a gold answer), with their passage taken away, and
unanswerable ones. Half of the questions fit the regression, the other half choose the threshold.
"""

import argparse
import json
import random
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from public_sets import read_jsonl, write_corpus
from qa_bot.answering.compose import compose
from qa_bot.answering.confidence import Signals, read_signals
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.retrieve import retrieve
from qa_bot.answering.select import select
from qa_bot.index.build import build_index
from qa_bot.index.encoder import load_encoder
from qa_bot.index.snapshot import Snapshot

SETS = ("drcd_train_part_simp", "drcd_simp", "cmrc2018_train_pseudo", "squad2_zh_mt")
_OUT = Path(__file__).parent.parent / "src/qa_bot/models/confidence.json"


def main() -> None:
    """Read the arguments, fit, write and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--questions", type=int, default=1500, help="of each set and kind")
    parser.add_argument("--keep", type=float, default=0.9, help="share of right answers to give")
    parser.add_argument("--seed", type=int, default=0)
    flags = parser.parse_args()
    rows: list[list[float]] = []
    labels: list[bool] = []
    for name in SETS:
        for signals, label in _examples(flags.data / name, flags.questions, flags.seed):
            rows.append([getattr(signals, field.name) for field in fields(Signals)])
            labels.append(label)
        print(f"{name}: {len(labels)} examples so far", flush=True)
    features, right = np.array(rows), np.array(labels)
    order = np.random.default_rng(flags.seed).permutation(len(labels))
    fitted, kept = order[::2], order[1::2]
    model = LogisticRegression(C=10, max_iter=1000).fit(features[fitted], right[fitted])
    chance = model.predict_proba(features[kept])[:, 1]
    # A quote beside the point can be seen to be so, a refused answer cannot: most are given.
    threshold = float(np.quantile(chance[right[kept]], 1 - flags.keep))
    answered = chance >= threshold
    coefficients = dict(
        zip((field.name for field in fields(Signals)), model.coef_[0].tolist(), strict=True)
    )
    result = {
        "made_by": "scripts/fit_confidence.py",
        "fitted_on": list(SETS),
        "examples": len(fitted),
        "kept_aside": {
            "auroc": round(float(roc_auc_score(right[kept], chance)), 3),
            "precision": round(float(right[kept][answered].mean()), 3),
            "answered": round(float(answered.mean()), 3),
            "right_ones_answered": round(float(answered[right[kept]].mean()), 3),
            "wrong_ones_answered": round(float(answered[~right[kept]].mean()), 3),
            "calibration_error": round(_calibration_error(chance, right[kept]), 3),
        },
        "coefficients": {
            **{name: round(value, 4) for name, value in coefficients.items()},
            "intercept": round(float(model.intercept_[0]), 4),
            "threshold": round(threshold, 3),
        },
    }
    flags.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def _examples(folder: Path, count: int, seed: int) -> Iterator[tuple[Signals, bool]]:
    """Yield the signals of answers, and whether the quotes held a gold answer."""
    questions = [q for q in read_jsonl(folder / "queries.jsonl") if q["text"].strip()]
    random.Random(seed).shuffle(questions)  # noqa: S311 # a repeatable sample
    answerable = [q for q in questions if q["answerable"] and q["answers"]][:count]
    unanswerable = [q for q in questions if not q["answerable"]][:count]
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        write_corpus(read_jsonl(folder / "corpus.jsonl"), corpus)
        build_index(corpus, index, encoder)
        with Snapshot.open(index) as snapshot:
            numbers = {article.id: article.number for article in snapshot.store.articles()}
            for question in answerable:
                gold = numbers.get(f"{question['doc_id']}.md", -1)
                answers = [_comparable(answer["text"]) for answer in question["answers"]]
                yield from _one(snapshot, encoder, question["text"], answers, None)
                yield from _one(snapshot, encoder, question["text"], [], gold)
            for question in unanswerable:
                yield from _one(snapshot, encoder, question["text"], [], None)


def _one(
    snapshot: Snapshot, encoder: Any, text: str, answers: list[str], without: int | None
) -> Iterator[tuple[Signals, bool]]:
    query = analyse(text)
    overlap = Overlap(query, snapshot.passage_terms.document_frequency, snapshot.manifest.passages)
    hits = retrieve(query, snapshot, encoder, overlap, limit=20)
    candidates = select(query, [h for h in hits if h.passage.article != without], overlap)
    if candidates:
        chosen = compose(
            query, candidates, overlap, lambda n: list(snapshot.store.passages_of(n).values())
        )
        quoted = _comparable(
            " ".join(s.passage.text_of(x.span) for s in chosen for x in s.sentences)
        )
        yield read_signals(query, chosen, overlap), any(a in quoted for a in answers if a)


def _calibration_error(chance: Any, right: Any, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Naeini et al. 2015)."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    parts = (place == i for i in range(bins))
    return float(sum(p.mean() * abs(chance[p].mean() - right[p].mean()) for p in parts if p.any()))


def _comparable(text: str) -> str:
    return re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


if __name__ == "__main__":
    main()
