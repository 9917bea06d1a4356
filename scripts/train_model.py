"""Text of freely licensed question sets and laws enters; the default embedding model leaves.

The model is a table of one vector a token; a text's embedding is the mean of its tokens' vectors,
scaled to length 1. The steps, in order: read (training_sets.py), train the tokenizer, initialise
the vectors by PPMI and a truncated SVD, fine-tune them on question and passage pairs, measure and
choose by the development sets (model_quality.py), save with a model card (model_card.py). Run with
--help for the options.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rjieba
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

from model_card import write_card
from model_quality import Quality, measure
from qa_bot.index.encoder import load_encoder
from training_sets import read_material

DIMENSIONS = 256
VOCABULARY = 13_312  # twice as many were no better
UNKNOWN = "[UNK]"  # row 0, kept at zero: an unknown character changes no direction
SENTENCE_PAIRS = 30_000  # without labels
DEFAULT_OUT = Path("src/qa_bot/models/static-zh")
# One simple pattern: each further step of the tokenizers library costs a fifth of the speed. White
# space and punctuation go.
RUNS = Regex(r"\p{Han}+|\p{L}+|\p{N}+")

Vectors = NDArray[np.float32]


def train_tokenizer(texts: Sequence[str], *, minimum_count: int = 4) -> Tokenizer:
    """Train byte-pair encoding in which every character seen *minimum_count* times is a token.

    It learns from segmented text, so that no token reaches from one word into the next; in use it
    needs no segmenter.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(RUNS, "removed", invert=True)
    counts = Counter("".join(unicodedata.normalize("NFKC", text).lower() for text in texts))
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        min_frequency=minimum_count,
        special_tokens=[UNKNOWN],
        limit_alphabet=sum(count >= minimum_count for count in counts.values()),
        max_token_length=8,
        show_progress=False,
    )
    tokenizer.train_from_iterator((" ".join(rjieba.cut(text)) for text in texts), trainer)
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
    learning_rate: float = 1e-2,
    token_dropout: float = 0.3,
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


def save(folder: Path, tokenizer: Tokenizer, vectors: Vectors) -> None:
    """Write the model to *folder*, which is replaced, in sentence-transformers' format, float16."""
    if folder.exists():
        shutil.rmtree(folder)
    model = make_model(tokenizer, vectors).half()
    model.save_pretrained(str(folder), create_model_card=False, safe_serialization=True)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {
            "idx": 1,
            "name": "1",
            "path": "1_Normalize",
            "type": "sentence_transformers.models.Normalize",
        },
    ]  # under the names that sentence-transformers 5 knows too
    (folder / "modules.json").write_text(json.dumps(modules, indent=2) + "\n", encoding="utf-8")
    (folder / "model.safetensors").chmod(0o644)  # saved as readable by its owner alone


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Train the default embedding model.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="question sets")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder to write (replaced)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="a smoke run: the model is no good")
    options = parser.parse_args()
    if options.out.exists() and not (options.out / "modules.json").exists():
        parser.error(f"--out is replaced, and {options.out} holds no model; name another folder")
    return options


def main() -> None:
    """Run every step; see the module's first lines."""
    options = parse_options()
    torch.set_num_threads(1)  # on a shared machine two threads were ten times slower
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)  # noqa: S311  # sampling, nothing secret
    began = time.monotonic()

    material = read_material(options.data, seed=options.seed)
    training = material.training
    step = 10 if options.quick else 1
    passages = list(training.passages.values())[::step] + material.laws[::step]
    pairs = [
        Pair(q.text, training.passages[q.passage_id], q.start, q.end)
        for q in training.questions[::step]
    ]
    texts = passages + [pair.question for pair in pairs]
    print(f"{len(texts)} texts, {len(pairs)} question pairs", flush=True)
    number = SENTENCE_PAIRS // step
    pairs += make_sentence_pairs(passages, number=number, rng=rng)

    tokenizer = train_tokenizer(texts)
    vectors = initialise_vectors(tokenizer, texts, window=5, sif=1e-4, seed=options.seed)
    print(f"initial vectors after {time.monotonic() - began:.0f} s", flush=True)
    model = make_model(tokenizer, vectors)
    fine_tune(
        model,
        pairs,
        epochs=1 if options.quick else 6,
        batch_size=512 if options.quick else 2048,
        rng=rng,
    )
    table: Any = model[0]
    candidates = {"initial": vectors, "fine-tuned": table.embedding.weight.detach().numpy()}
    qualities: dict[str, Quality] = {}
    recalls: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for kind, weights in candidates.items():
            folder = Path(scratch) / kind
            save(folder, tokenizer, weights)
            encoder = load_encoder(str(folder))
            for name, questions in material.development.items():
                quality = measure(encoder, questions)
                qualities[f"development: {name}, {kind} vectors"] = quality
                recalls[kind] = recalls.get(kind, 0.0) + quality.recall
    chosen = max(recalls, key=lambda kind: recalls[kind])
    save(options.out, tokenizer, candidates[chosen])
    encoder = load_encoder(str(options.out))
    if not options.quick:  # these sets are looked at once, when all is chosen
        for name, questions in material.evaluation.items():
            qualities[f"{name} (evaluation only)"] = measure(encoder, questions)
    for name, quality in qualities.items():
        print(f"{name}: {quality}")
    write_card(
        options.out,
        qualities,
        chosen=chosen,
        seed=options.seed,
        is_quick=options.quick,
        minutes=(time.monotonic() - began) / 60,
    )
    total = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: the {chosen} vectors, {total:,} bytes")


if __name__ == "__main__":
    main()
