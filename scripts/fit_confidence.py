"""Fit the confidence of an answer on public training sets and write models/confidence.json.

Of each set, half of the passages are indexed, and four kinds of questions asked: those that an
indexed passage answers (right or wrong by whether the quotes hold a gold answer), those whose
passage is not there, those in which a name or a year was exchanged for another one, and the set's
own unanswerable ones; and our own questions, in other words than the passages (`own_questions`),
which count a tenth. Of the sets only questions that the reader was not trained on
are asked: of those that it was it knows the answers. What was fitted is told from sets that were
left out; then all are used.
"""

import argparse
import json
import random
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import rjieba
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from own_questions import read_own_questions
from public_sets import read_jsonl, write_corpus
from qa_bot.answering.compose import compose
from qa_bot.answering.confidence import Signals, read_signals
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.reader import Reader
from qa_bot.answering.reread import reread
from qa_bot.answering.retrieve import retrieve
from qa_bot.answering.select import select
from qa_bot.evaluation.comparable import comparable
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.index.snapshot import Snapshot
from reader_sets import read_examples
from train_reader import hold_out

SETS = ("drcd_train_part_simp", "drcd_simp", "cmrc2018_train_pseudo", "squad2_zh_mt", "laws_zh")
_LAWS = 400  # documents indexed
_OUT = Path(__file__).parent.parent / "src/qa_bot/models/confidence.json"
# Readers mostly ask what the articles may answer: the share of such questions that is assumed.
_ANSWERABLE = 0.7
# What our own questions count of all: nearly nothing tells their unanswerable ones, which were
# written to look answerable, and as much as the sets' they would teach to trust nothing.
_OWN = 0.1
# Not fitted, as no set asks so: the mayor of a city is not whoever else is named beside it.
_BY_HAND = {"lacks_post": -3.0}
_KEPT = 0.9  # of right answers that are given; see docs/decisions/0020
_NAMES = {"ns": "place", "nr": "person", "nt": "organisation"}
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Example:
    """An answer: its signals, whether it is right, and whether there is a right one."""

    signals: Signals
    is_right: bool
    is_answerable: bool
    is_own: bool = False


def main() -> None:
    """Read the arguments, fit, write and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--seed", type=int, default=0)
    flags = parser.parse_args()
    encoder, reader = load_encoder(), Reader.load()
    _, kept = hold_out(read_examples(flags.data), seed=0)
    unread = {example.question for found in kept.values() for example in found}
    examples = {}
    for name in SETS:
        examples[name] = list(_examples(flags.data / name, encoder, reader, unread, flags.seed))
        print(f"{name}: {len(examples[name])} examples", flush=True)
    left_out = {name: _left_out(examples, name) for name in SETS}
    everything = [example for found in examples.values() for example in found]
    model = _fit(everything)
    chance = _chances(model, everything)
    right = np.array([example.is_right for example in everything])
    # A quote beside the point can be seen to be so, a refused answer cannot: most are given.
    threshold = float(np.quantile(chance[right], 1 - _KEPT))
    names = [field.name for field in fields(Signals) if field.name not in _BY_HAND]
    result = {
        "made_by": "scripts/fit_confidence.py",
        "examples": len(everything),
        "when_left_out": left_out,
        "coefficients": {
            **{n: round(float(w), 4) for n, w in zip(names, model.coef_[0], strict=True)},
            **_BY_HAND,
            "intercept": round(float(model.intercept_[0]), 4),
            "threshold": round(threshold, 3),
        },
    }
    flags.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def _fit(examples: Sequence[Example]) -> LogisticRegression:
    answerable = np.array([example.is_answerable for example in examples])
    own = np.array([example.is_own for example in examples])
    weights = np.ones(len(examples))
    for which, part in ((own, _OWN), (~own, 1 - _OWN)):
        for kind, share in ((answerable, _ANSWERABLE), (~answerable, 1 - _ANSWERABLE)):
            weights[which & kind] = part * share / max(1, (which & kind).sum())
    weights *= len(examples) / weights.sum()
    right = [example.is_right for example in examples]
    return LogisticRegression(C=10, max_iter=2000).fit(
        _features(examples), right, sample_weight=weights
    )


def _chances(model: LogisticRegression, examples: Sequence[Example]) -> Any:
    return model.predict_proba(_features(examples))[:, 1]


def _features(examples: Sequence[Example]) -> list[list[float]]:
    names = [field.name for field in fields(Signals) if field.name not in _BY_HAND]
    return [[getattr(example.signals, name) for name in names] for example in examples]


def _left_out(examples: dict[str, list[Example]], name: str) -> dict[str, float]:
    """Fit without a set and say how good the confidence is on it."""
    model = _fit([example for other in SETS if other != name for example in examples[other]])
    kept = examples[name]
    chance, right = _chances(model, kept), np.array([example.is_right for example in kept])
    answerable = np.array([example.is_answerable for example in kept])
    asked = {"all": right | ~right, "answerable": answerable}
    return {
        "auroc": round(float(roc_auc_score(answerable, chance)), 3),
        "auroc_right": round(float(roc_auc_score(right, chance)), 3),
        **{
            f"calibration_error, {which}": round(_calibration_error(chance[of], right[of]), 3)
            for which, of in asked.items()
        },
    }


def _examples(
    folder: Path, encoder: Encoder, reader: Reader, unread: AbstractSet[str], seed: int
) -> Iterator[Example]:
    chance = random.Random(seed)  # noqa: S311 # a repeatable sample
    own = list(read_own_questions(folder))
    known = {question.document for question in own}
    questions = []
    if (folder / "queries.jsonl").exists() or (folder / "queries.jsonl.gz").exists():
        questions = [q for q in read_jsonl(folder / "queries.jsonl") if q["text"] in unread]
    chance.shuffle(questions)
    answerable = [q for q in questions if q["answerable"] and q["answers"]]
    documents = list(read_jsonl(folder / "corpus.jsonl"))
    if not questions:
        documents = sorted(documents, key=lambda d: d["id"] not in known)[:_LAWS]
    here = {d["id"] for d in documents if d["id"] in known or zlib.crc32(d["id"].encode()) % 2}
    indexed = [d for d in documents if d["id"] in here]
    with tempfile.TemporaryDirectory() as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        write_corpus(indexed, corpus)
        build_index(corpus, index, encoder)
        with Snapshot.open(index) as snapshot:
            for question in answerable:
                answers = [comparable(answer["text"]) for answer in question["answers"]]
                is_here = question["doc_id"] in here
                yield from _ask(
                    snapshot, encoder, reader, question["text"], answers if is_here else []
                )
            others = (_with_another(q["text"], answerable, chance) for q in answerable)
            for text in filter(None, others):
                yield from _ask(snapshot, encoder, reader, text, [])
            unanswerable = (q for q in questions if not q["answerable"])
            near = [q for q in unanswerable if q["doc_id"] in here]
            for question in near:
                yield from _ask(snapshot, encoder, reader, question["text"], [])
            for text, _, answer in own:
                for example in _ask(
                    snapshot, encoder, reader, text, [comparable(answer)] if answer else []
                ):
                    yield replace(example, is_own=True)


def _with_another(text: str, others: Sequence[dict[str, Any]], chance: random.Random) -> str | None:
    """Return a question with another name or year in the place of its own, if it has one."""
    if years := _YEAR.findall(text):
        year = chance.choice(years)
        return text.replace(year, str(int(year) + chance.choice((-3, -2, -1, 1, 2, 3))))
    for word, tag in rjieba.tag(text):
        if tag in _NAMES and len(word) > 1:
            for _ in range(50):
                found = [w for w, t in rjieba.tag(chance.choice(others)["text"]) if t == tag]
                if found and len(found[0]) > 1 and found[0] not in text:
                    return text.replace(word, found[0])
    return None


def _ask(
    snapshot: Snapshot, encoder: Encoder, reader: Reader, text: str, answers: Sequence[str]
) -> Iterator[Example]:
    """Yield the answer to a question; *answers* are empty if there is no right one."""
    query = analyse(text)
    overlap = Overlap(query, snapshot.passage_terms.document_frequency, snapshot.manifest.passages)
    hits = retrieve(query, snapshot, encoder, overlap, limit=20)
    selections = compose(
        query,
        reread(query, select(query, hits, overlap), reader),
        overlap,
        lambda number: list(snapshot.store.passages_of(number).values()),
    )
    if selections:
        quoted = comparable(
            "\n".join(s.passage.text_of(x.span) for s in selections for x in s.sentences)
        )
        is_right = any(answer in quoted for answer in answers if answer)
        signals = read_signals(query, hits, selections, overlap)
        yield Example(signals, is_right, bool(answers))


def _calibration_error(chance: Any, right: Any, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Naeini et al. 2015)."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    parts = (place == i for i in range(bins))
    return float(sum(p.mean() * abs(chance[p].mean() - right[p].mean()) for p in parts if p.any()))


if __name__ == "__main__":
    main()
