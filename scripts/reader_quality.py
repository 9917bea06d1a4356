"""The reader's weights and sets with an index -> how well it chooses, marks and abstains.

Run after `scripts/train_reader.py`. Needs an index of each set's documents, made as `make eval`
makes them; see --help. Prints, for each set, the share of questions whose one chosen sentence holds
an answer, by the sentence scorer alone, by the reader alone and by both; the F1 of the highlight;
and how well the reader tells questions that their passage answers from others.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from public_sets import read_jsonl, sample_question_set
from qa_bot.answering.highlight import find_highlight
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.reader import DEFAULT_READER, Reader
from qa_bot.answering.retrieve import retrieve
from qa_bot.answering.select import select
from qa_bot.evaluation.comparable import comparable
from qa_bot.evaluation.spans import exact_match, f1
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.index.snapshot import Snapshot
from training_sets import EVALUATION_SETS

WEIGHTS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)  # of the reader beside the sentence scorer
_PASSAGES = 8


@dataclass(frozen=True)
class Candidate:
    """A sentence that may be quoted.

    Attributes:
        passage: Which of the case's passages it stands in.
        score: The sentence scorer's.
        is_right: Whether it holds an answer.
        is_own: Whether it stands in the article that the question was asked about.
        highlight: The present highlight, in the sentence.
    """

    passage: int
    start: int
    end: int
    score: float
    is_right: bool
    is_own: bool
    highlight: str


@dataclass(frozen=True)
class Case:
    """A question with what was found for it."""

    question: str
    answers: tuple[str, ...]
    passages: tuple[str, ...]
    candidates: tuple[Candidate, ...]


def collect(
    folder: Path, index: Path, encoder: Encoder, *, split: str | None, count: int, seed: int
) -> list[Case]:
    """Retrieve for questions of a set and score the sentences, as the product does."""
    drawn = sample_question_set(folder, split=split, questions=count, documents=None, seed=seed)
    cases = []
    with Snapshot.open(index) as snapshot:
        ids = {a.number: a.id.removesuffix(".md") for a in snapshot.store.articles()}
        for question in drawn.questions:
            if not question.answerable:
                continue
            query = analyse(question.question)
            terms = snapshot.passage_terms
            overlap = Overlap(query, terms.document_frequency, snapshot.manifest.passages)
            hits = retrieve(query, snapshot, encoder, overlap, limit=20)
            scored = select(query, hits, overlap)
            passages = {s.passage.number: s.passage for s in scored}
            numbers = list(passages)
            compared = [comparable(answer) for answer in question.any_of]
            candidates = []
            for s in scored:
                low, high = find_highlight(query, s.text, overlap)
                start = s.sentence.span.start - s.passage.span.start
                candidates.append(
                    Candidate(
                        numbers.index(s.passage.number),
                        start,
                        start + len(s.text),
                        s.score,
                        any(a in comparable(s.text) for a in compared),
                        ids[s.passage.article] in question.relevant,
                        s.text[low:high],
                    )
                )
            texts = tuple(passage.text for passage in passages.values())
            cases.append(Case(query.understood_as, question.any_of, texts, tuple(candidates)))
    return cases


def assess(cases: Sequence[Case], reader: Reader) -> dict[str, float]:
    """Choose one sentence for each question in several ways, and mark the answer in it."""
    rows: dict[str, list[float]] = {}
    with_passage, without = [], []

    def add(name: str, value: float) -> None:
        rows.setdefault(name, []).append(float(value))

    for case in cases:
        if not case.candidates:
            add("select", 0.0)
            continue
        readings = reader.read(case.question, case.passages)
        own = np.log([c.score for c in case.candidates])  # shares of a probability
        read = np.array([readings[c.passage].span(c.start, c.end).score for c in case.candidates])
        held = np.array([readings[c.passage].score_of(c.start, c.end) for c in case.candidates])
        choices = {"select": own, "reader": read, "reader, sum": held}
        choices |= {f"select + {w:g} reader": _standard(own) + w * _standard(read) for w in WEIGHTS}
        choices |= {f"select + {w:g} sum": _standard(own) + w * _standard(held) for w in WEIGHTS}
        for name, scores in choices.items():
            chosen = case.candidates[int(scores.argmax())]
            add(name, chosen.is_right)
            if name in ("select", "select + 1 reader"):
                span = readings[chosen.passage].span(chosen.start, chosen.end)
                text = case.passages[chosen.passage][span.start : span.end]
                add(f"F1 of the reader's span, {name}", f1(text, case.answers))
                add(f"EM of the reader's span, {name}", exact_match(text, case.answers))
                add(f"F1 of the present span, {name}", f1(chosen.highlight, case.answers))
        for candidate in case.candidates:
            if candidate.is_right and candidate.is_own:
                span = readings[candidate.passage].span(candidate.start, candidate.end)
                text = case.passages[candidate.passage][span.start : span.end]
                add("F1 of the reader's span, right sentence", f1(text, case.answers))
                add("F1 of the present span, right sentence", f1(candidate.highlight, case.answers))
                break
        is_own = {c.passage: c.is_own for c in case.candidates}
        scores_ = [(readings[n].score, mine) for n, mine in is_own.items()]
        with_passage.append(max(score for score, _ in scores_))
        without.append(max((score for score, mine in scores_ if not mine), default=-20.0))
    measures = {name: sum(values) / len(values) for name, values in rows.items()}
    labels = [1] * len(with_passage) + [0] * len(without)
    measures["AUROC, its article found or taken away"] = roc_auc_score(
        labels, with_passage + without
    )
    return measures


def _standard(values: np.ndarray) -> np.ndarray:
    return np.asarray((values - values.mean()) / (values.std() or 1.0))


def given_passage(folder: Path, reader: Reader, *, split: str | None) -> float:
    """Return the AUROC of questions that the passage given answers against those it does not."""
    texts = {row["id"]: row["text"] for row in read_jsonl(folder / "corpus.jsonl")}
    labels, scores = [], []
    for row in read_jsonl(folder / "queries.jsonl"):
        if split in (None, row.get("split")) and row["text"].strip():
            labels.append(bool(row["answerable"]))
            scores.append(reader.read(row["text"], [texts[row["doc_id"]]])[0].score)
    return float(roc_auc_score(labels, scores))


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--indexes", type=Path, required=True, help="SET/index in this folder")
    parser.add_argument("--reader", type=Path, default=DEFAULT_READER)
    parser.add_argument("--questions", type=int, default=1000, help="of each set")
    parser.add_argument("--seed", type=int, default=0)
    flags = parser.parse_args()
    encoder, reader = load_encoder(), Reader.load(flags.reader)
    for name, split in EVALUATION_SETS.items():
        cases = collect(
            flags.data / name,
            flags.indexes / name / "index",
            encoder,
            split=split,
            count=flags.questions,
            seed=flags.seed,
        )
        print(f"{name}: {len(cases)} questions")
        for measure, value in assess(cases, reader).items():
            print(f"  {measure}: {value:.3f}", flush=True)
    area = given_passage(flags.data / "dureader_checklist", reader, split="dev")
    print(f"dureader_checklist, passage given: AUROC {area:.3f}")


if __name__ == "__main__":
    main()
