"""Text of freely licensed question sets and laws enters; the default embedding model leaves.

The model is a table of one vector a token; a text's embedding is the mean of its tokens' vectors,
scaled to length 1. The steps, in order: read, train the tokenizer, initialise the vectors by PPMI
and a truncated SVD, fine-tune them on question and passage pairs, choose by the development set,
measure, save with a model card. Run with --help for the options.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import shutil
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import (
    MatryoshkaLoss,
    MultipleNegativesRankingLoss,
)
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from sklearn.utils.extmath import randomized_svd
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

DIMENSIONS = 256
VOCABULARY = 13_312  # float32 rows of 1 KiB: with tokenizer and card under 15 MB
UNKNOWN = "[UNK]"  # row 0, kept at zero: an unknown character changes no direction
TRAIN_SETS = ("cmrc2018_train_pseudo", "drcd_simp", "drcd_train_part_simp", "squad2_zh_mt")
DEVELOPMENT_SET = "drcd_train_part_simp"
LAWS = "laws_zh"
EVALUATION_SETS = {"cmrc2018": None, "news_mrc_houjin": "dev"}  # set: split (None: all)
DEFAULT_OUT = Path("src/qa_bot/models/static-zh")

Vectors = NDArray[np.float32]

CARD = """\
---
language: zh
library_name: sentence-transformers
license: cc-by-sa-4.0
pipeline_tag: sentence-similarity
---

# static-zh

A static embedding model for Chinese, with basic Latin words and digits: 256 dimensions, one vector
a token, a text's embedding is their mean scaled to length 1. It needs no graphics processor and no
network. sentence-transformers and model2vec (with `max_length=None`, then normalised) read this
folder and give the same vectors.

## Making it

    {command}

Seed {seed}. Byte-pair tokenizer; vectors from positive pointwise mutual information (window 5) and
a truncated SVD, weighted by smooth inverse frequency; fine-tuned on question and passage-window
pairs and on sentence and context pairs (multiple negatives ranking loss inside Matryoshka loss:
the first 128 or 64 dimensions serve too, less well). The development set chose the {chosen}
vectors. The tokenizer trainer breaks ties differently from run to run, so that the figures of two
runs with one seed may differ by about a point.

## Data

| data | licence |
| --- | --- |
| CMRC 2018 (Cui et al.), training questions as distributed with ExpMRC | CC BY-SA 4.0 |
| DRCD (Delta Research Center), dev, test, part of train, in simplified characters | CC BY-SA 3.0 |
| SQuAD 2.0 dev (Rajpurkar et al.), answerable questions, in translation | CC BY-SA 4.0 (1) |
| Chinese laws and regulations | not under copyright (PRC Copyright Law, article 5) |

(1) The licence of SQuAD; none is stated for the translation.

CMRC and DRCD passages come from Wikipedia (CC BY-SA). The files here are adapted from this
material, and are shared under CC BY-SA 4.0. Left out: training passages of which 8 % or more (as
strings of 13 characters) stands in one passage of an evaluation set. Because DRCD dev and test and
the answerable part of the translated SQuAD were trained on, they no longer measure this model.

## Measured

In %, the passage of each question among all passages of the set, embedded whole.

| set | MRR@10 | recall@1 |
| --- | --- | --- |
{table}

Development: passages of the DRCD part held out of every step. Evaluation-only sets: never trained
or tuned on; CMRC 2018 dev and trial, and news questions (dev).

## Limits

Weaker than BM25 on both evaluation sets: use it beside a lexical index, with a small weight.
Word order and negation do not count. Trained on simplified characters, encyclopaedic and legal
text: news of recent years, dialects and English text are poorly covered, and characters that exist
only in traditional writing are unknown (convert first). Characters seen fewer than four times are
unknown and are ignored; a text of only such characters, or an empty one, gets the zero vector.

## Files

| file | bytes |
| --- | --- |
{sizes}
"""


@dataclass(frozen=True)
class Question:
    """A question and where its answer stands in its passage, in characters."""

    text: str
    passage_id: str
    start: int
    end: int


@dataclass
class QuestionSet:
    """Passages by id, and the questions that they answer."""

    passages: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


def read_lines(folder: Path, stem: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of stem.jsonl or stem.jsonl.gz in *folder*."""
    path = folder / f"{stem}.jsonl"
    is_plain = path.exists()
    with path.open("rb") if is_plain else gzip.open(f"{path}.gz") as lines:
        yield from map(json.loads, lines)


def read_set(folder: Path, *, split: str | None = None) -> QuestionSet:
    """Read a set's passages and its answerable, non-empty questions (of *split*, if given)."""
    result = QuestionSet()
    for row in read_lines(folder, "corpus"):
        result.passages[row["id"]] = row["text"]
    for row in read_lines(folder, "queries"):
        is_wanted = row["answerable"] and row["text"].strip()
        if is_wanted and split in (None, row["split"]):
            answer = row["answers"][0]
            end = answer["start"] + len(answer["text"])
            result.questions.append(Question(row["text"], row["doc_id"], answer["start"], end))
    return result


def drop_passages(questions: QuestionSet, dropped: set[str]) -> None:
    """Remove passages, and the questions about them, in place."""
    for passage_id in dropped:
        del questions.passages[passage_id]
    questions.questions = [q for q in questions.questions if q.passage_id not in dropped]


def shingles(text: str, *, length: int = 13) -> set[str]:
    """Return the overlapping strings of *length* characters of the normalised text."""
    letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())
    return {letters[i : i + length] for i in range(max(1, len(letters) - length + 1))}


def find_overlaps(
    passages: dict[str, str], evaluation: Iterable[str], *, share: float = 0.08
) -> set[str]:
    """Return ids of passages equal or near to an evaluation passage.

    Near: at least *share* of the passage's shingles stand in one evaluation passage.
    """
    owners: dict[str, list[int]] = {}
    for number, text in enumerate(evaluation):
        for shingle in shingles(text):
            owners.setdefault(shingle, []).append(number)
    found = set()
    for passage_id, text in passages.items():
        own = shingles(text)
        shared = Counter(owner for shingle in own for owner in owners.get(shingle, ()))
        if shared and max(shared.values()) >= share * len(own):
            found.add(passage_id)
    return found


def train_tokenizer(texts: Sequence[str], *, minimum_count: int = 4) -> Tokenizer:
    """Train byte-pair encoding in which every character seen *minimum_count* times is a token."""
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    # Runs of digits, of Latin letters and of everything else are never merged with each other.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\s+"), "removed"),
            pre_tokenizers.Split(Regex(r"[\p{P}\p{S}]"), "isolated"),
            pre_tokenizers.Split(Regex(r"\p{N}+"), "isolated"),
            pre_tokenizers.Split(Regex(r"\p{Latin}+"), "isolated"),
        ]
    )
    counts = Counter("".join(unicodedata.normalize("NFKC", text).lower() for text in texts))
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        min_frequency=minimum_count,
        special_tokens=[UNKNOWN],
        limit_alphabet=sum(count >= minimum_count for count in counts.values()),
        max_token_length=8,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def initialise_vectors(
    tokenizer: Tokenizer,
    texts: Sequence[str],
    *,
    window: int,
    smoothing: float = 0.75,
    sif: float = 1e-3,
    seed: int,
) -> Vectors:
    """Return token vectors, shape (vocabulary, 256), from which tokens stand near which.

    Positive pointwise mutual information (context distribution smoothed, Levy et al. 2015), a
    truncated SVD, rows of length 1, then smooth inverse frequency weights (Arora et al. 2017).
    """
    size = tokenizer.get_vocab_size()
    gap = [0] * window  # the unknown token's row is dropped, so it also parts the texts
    ids = np.array(
        [i for e in tokenizer.encode_batch(list(texts)) for i in (*e.ids, *gap)], dtype=np.int32
    )
    counts: sparse.csr_matrix = sparse.csr_matrix((size, size), dtype=np.float32)
    for distance in range(1, window + 1):
        pair = (ids[:-distance], ids[distance:])
        ones = np.ones(len(pair[0]), dtype=np.float32)
        counts = counts + sparse.coo_matrix((ones, pair), shape=(size, size)).tocsr()
    table = (counts + counts.T).tocoo()
    is_known = (table.row > 0) & (table.col > 0)
    row, col, data = table.row[is_known], table.col[is_known], table.data[is_known]
    row_sum = np.bincount(row, data, size)
    context = np.bincount(col, data, size) ** smoothing
    information = np.log(data * context.sum() / (row_sum[row] * context[col]))
    positive = information > 0
    ppmi = sparse.csr_matrix(
        (information[positive].astype(np.float32), (row[positive], col[positive])), (size, size)
    )
    left, strength, _ = randomized_svd(ppmi, DIMENSIONS, n_iter=4, random_state=seed)
    vectors = left * np.sqrt(strength)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    frequency = np.bincount(ids[ids > 0], minlength=size) / max(1, int((ids > 0).sum()))
    vectors *= (sif / (sif + frequency))[:, None]
    vectors[0] = 0.0
    return np.asarray(vectors, dtype=np.float32)


def cut_window(text: str, start: int, end: int, rng: random.Random) -> str:
    """Return 150 to 400 characters of *text* at random that hold the answer [start, end)."""
    length = max(rng.randint(150, 400), end - start)
    first = max(0, start - rng.randint(0, length - (end - start)))
    return text[first : first + length]


@dataclass(frozen=True)
class Pair:
    """A question, and the passage and place where its answer stands."""

    question: str
    passage: str
    start: int
    end: int


def make_sentence_pairs(texts: Sequence[str], *, number: int, rng: random.Random) -> list[Pair]:
    """Pair sentences with the text around them (the inverse cloze task, Lee et al. 2019).

    Nine times in ten the sentence is taken out of its text, so that copying is not the answer.
    """
    pairs: list[Pair] = []
    while len(pairs) < number:
        text = rng.choice(texts)
        spans = [m.span() for m in re.finditer(r"[^。！？；\n]+[。！？；\n]?", text)]
        if len(spans) < 3:
            continue
        start, end = rng.choice(spans)
        sentence = text[start:end].strip()
        if not 10 <= len(sentence) <= 80:
            continue
        around = text if rng.random() < 0.1 else text[:start] + text[end:]
        place = min(start, len(around))
        pairs.append(Pair(sentence, around, place, place))
    return pairs


def make_model(tokenizer: Tokenizer, vectors: Vectors) -> SentenceTransformer:
    """Return the model made of *tokenizer* and *vectors*; what it returns has length 1."""
    table = StaticEmbedding(tokenizer, embedding_weights=vectors.copy())
    return SentenceTransformer(modules=[table, Normalize()], device="cpu")


def drop_tokens(features: dict[str, torch.Tensor], *, share: float) -> dict[str, torch.Tensor]:
    """Turn a random *share* of the tokens into the unknown token, in place."""
    ids = features["input_ids"]
    ids[torch.rand(ids.shape) < share] = 0
    return features


def fine_tune(
    model: SentenceTransformer,
    pairs: Sequence[Pair],
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    token_dropout: float,
    rng: random.Random,
) -> None:
    """Pull questions to their own passage window, away from the others of the batch, in place."""
    table: Any = model[0]
    weight = table.embedding.weight
    ranking = MultipleNegativesRankingLoss(model, scale=20.0)
    loss_function = MatryoshkaLoss(model, ranking, [DIMENSIONS, 128, 64])
    steps = epochs * (len(pairs) // batch_size)
    optimizer = torch.optim.Adam([weight], lr=learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, total_steps=steps, pct_start=0.1, anneal_strategy="linear"
    )
    order = list(pairs)
    for epoch in range(epochs):
        began, losses = time.monotonic(), []
        rng.shuffle(order)
        for first in range(0, len(order) - batch_size + 1, batch_size):
            batch = order[first : first + batch_size]
            windows = [cut_window(p.passage, p.start, p.end, rng) for p in batch]
            texts = ([p.question for p in batch], windows)
            features = [drop_tokens(table.preprocess(t), share=token_dropout) for t in texts]
            loss = loss_function(features, torch.empty(0))
            optimizer.zero_grad()
            loss.backward()
            weight.grad[0] = 0.0  # the unknown token stays at zero
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        seconds = time.monotonic() - began
        print(
            f"epoch {epoch + 1}/{epochs}: loss {np.mean(losses):.3f}, {seconds:.0f} s", flush=True
        )


def measure(model: SentenceTransformer, questions: QuestionSet) -> tuple[float, float]:
    """Return MRR@10 and recall@1 of each question's passage among all passages of the set."""
    ids = {passage_id: row for row, passage_id in enumerate(questions.passages)}
    passages = model.encode(list(questions.passages.values()), batch_size=256)
    asked = model.encode([q.text for q in questions.questions], batch_size=256)
    gold = [ids[q.passage_id] for q in questions.questions]
    scores = asked @ passages.T
    ranks = 1 + (scores > scores[np.arange(len(gold)), gold][:, None]).sum(axis=1)
    return float(np.where(ranks <= 10, 1 / ranks, 0.0).mean()), float((ranks == 1).mean())


def write_card(
    folder: Path, scores: dict[str, tuple[float, float]], chosen: str, options: argparse.Namespace
) -> None:
    """Write the model card README.md beside the weights."""
    table = "\n".join(
        f"| {name} | {100 * mrr:.1f} | {100 * recall:.1f} |"
        for name, (mrr, recall) in scores.items()
    )
    sizes = "\n".join(
        f"| `{path.relative_to(folder)}` | {path.stat().st_size:,} |"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "README.md"
    )
    quick = " --quick" if options.quick else ""
    command = f"python scripts/train_model.py --data ../shared/data --seed {options.seed}{quick}"
    card = CARD.format(table=table, sizes=sizes, chosen=chosen, command=command, seed=options.seed)
    (folder / "README.md").write_text(card, encoding="utf-8")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Train the default embedding model.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="question sets")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder to write (replaced)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch-size", type=int, default=2048)
    parser.add_argument("--learning-rate", type=float, default=1e-2)
    parser.add_argument("--token-dropout", type=float, default=0.3)
    parser.add_argument("--sentence-pairs", type=int, default=30_000, help="unlabelled pairs")
    parser.add_argument("--quick", action="store_true", help="a smoke run: the model is no good")
    options = parser.parse_args()
    if options.out.exists() and not (options.out / "modules.json").exists():
        parser.error(f"--out is replaced, and {options.out} holds no model; name another folder")
    if options.quick:
        options.epochs, options.sentence_pairs = 1, 2_000
    return options


def main() -> None:
    """Run every step; see the module's first lines."""
    options = parse_options()
    torch.set_num_threads(1)  # on a shared machine two threads were ten times slower
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)  # noqa: S311  # sampling, nothing secret

    evaluation = {
        name: read_set(options.data / name, split=split) for name, split in EVALUATION_SETS.items()
    }
    forbidden = [text for questions in evaluation.values() for text in questions.passages.values()]
    training = {name: read_set(options.data / name) for name in TRAIN_SETS}
    for name, questions in training.items():
        dropped = find_overlaps(questions.passages, forbidden)
        drop_passages(questions, dropped)
        print(f"{name}: {len(dropped)} passages dropped, near to an evaluation passage", flush=True)

    # Development: 30 % of one set's passages, held out of everything, sought among all of its own.
    pool = training[DEVELOPMENT_SET]
    held_out = set(rng.sample(sorted(pool.passages), int(0.3 * len(pool.passages))))
    asked = [question for question in pool.questions if question.passage_id in held_out]
    development = QuestionSet(dict(pool.passages), asked)
    drop_passages(pool, held_out)

    laws = [row["text"] for row in read_lines(options.data / LAWS, "corpus")]
    step = 10 if options.quick else 1
    passages = [text for questions in training.values() for text in questions.passages.values()]
    texts = [question.text for questions in training.values() for question in questions.questions]
    texts = (passages + texts + [text[:1000] for text in laws])[::step]
    pairs = [
        Pair(q.text, questions.passages[q.passage_id], q.start, q.end)
        for questions in training.values()
        for q in questions.questions
    ][::step]
    law_parts = [text[i : i + 600] for text in laws for i in range(0, min(len(text), 1800), 600)]
    print(f"{len(texts)} texts, {len(pairs)} question pairs, {len(asked)} development questions")
    pairs += make_sentence_pairs(passages + law_parts, number=options.sentence_pairs, rng=rng)

    tokenizer = train_tokenizer(texts)
    vectors = initialise_vectors(tokenizer, texts, window=5, sif=1e-4, seed=options.seed)
    initial, tuned = make_model(tokenizer, vectors), make_model(tokenizer, vectors)
    fine_tune(
        tuned,
        pairs,
        epochs=options.epochs,
        batch_size=512 if options.quick else options.batch_size,
        learning_rate=options.learning_rate,
        token_dropout=options.token_dropout,
        rng=rng,
    )
    before, after = measure(initial, development), measure(tuned, development)
    model, chosen = (tuned, "fine-tuned") if after[0] >= before[0] else (initial, "initial")
    scores = {"development, initial vectors": before, "development, fine-tuned": after}
    for name, questions in evaluation.items():
        scores[f"{name} (evaluation only)"] = measure(model, questions)
    for name, (mrr, recall) in scores.items():
        print(f"{name}: MRR@10 {mrr:.4f}, recall@1 {recall:.4f}")

    if options.out.exists():
        shutil.rmtree(options.out)
    model.save_pretrained(str(options.out), create_model_card=False, safe_serialization=True)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {
            "idx": 1,
            "name": "1",
            "path": "1_Normalize",
            "type": "sentence_transformers.models.Normalize",
        },
    ]  # under the names that sentence-transformers 5 knows too
    (options.out / "modules.json").write_text(json.dumps(modules, indent=2) + "\n")
    (options.out / "model.safetensors").chmod(0o644)  # saved as readable by its owner alone
    write_card(options.out, scores, chosen, options)
    total = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: the {chosen} model, {total:,} bytes")


if __name__ == "__main__":
    main()
