"""Text of freely licensed question sets enters; the reader's weights leave.

The steps, in order: read (reader_sets.py), number words and characters, train the network
(reader_network.py) on each question with a window of text that answers it and some that do not,
choose nothing but what the sets kept aside say, save. Run with --help for the options.
"""

import argparse
import copy
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn.functional import cross_entropy

from qa_bot.answering.reader import DEFAULT_READER, Reading
from qa_bot.answering.reader_tokens import Vocabulary
from qa_bot.evaluation.comparable import comparable
from qa_bot.evaluation.spans import exact_match, f1
from qa_bot.index.encoder import load_encoder
from reader_batches import (
    DISGUISED,
    Batch,
    Maker,
    batches,
    make_batch,
    make_vocabulary,
    whole_group,
)
from reader_card import write_card
from reader_network import Network
from reader_sets import Example, read_examples, sentences_of

HELD_OUT = 0.06  # of the titles
_GLANCE = 150  # questions of each set that are measured after each epoch


def loss_of(network: Network, batch: Batch) -> Tensor:
    """Return the mean loss of a batch.

    In each window the first and last token against there being none; and over all windows of a
    question together (shared normalisation, Clark & Gardner 2018).
    """
    logits = network(batch.questions, batch.texts, batch.features, batch.group_places, batch.owner)
    firsts = np.flatnonzero(np.diff(batch.owner.numpy(), prepend=-1))
    total = torch.zeros(())
    for which, row in enumerate(logits):
        inside = row[batch.texts.padded].masked_fill(~batch.texts.is_token, -1e4)
        with_none = torch.cat([torch.zeros(len(inside), 1), inside], dim=1)
        gold = torch.zeros(len(inside), dtype=torch.long)
        for first, group in zip(firsts, batch.groups, strict=True):
            if group.target:
                gold[first] = group.target[which] + 1
        total = total + cross_entropy(with_none, gold, reduction="sum")
        over_group = row[batch.group_places].masked_fill(
            batch.group_places == batch.texts.length - 1, -1e4
        )
        asked = [n for n, group in enumerate(batch.groups) if group.target]
        places = [g.target[which] for g in batch.groups if g.target]
        if asked:
            total = total + cross_entropy(over_group[asked], torch.tensor(places), reduction="sum")
    return total / len(batch.groups)


@dataclass(frozen=True)
class Quality:
    """How well the network does on examples, whole passages and windows that BM25 found.

    Attributes:
        sentence: How often the best sentence of them all holds the answer.
        in_passage: The same, among the sentences of the passage.
        f1: Of the best span in the passage, as CMRC 2018 has it.
        exact: Share of these that are an answer.
        known_f1: Of the best span in the sentence that holds the answer.
        relevant: AUROC of the passage against the other windows.
        answerable: AUROC of passages that answer against those that do not, where there are both.
    """

    sentence: float
    in_passage: float
    f1: float
    exact: float
    known_f1: float
    relevant: float
    answerable: float

    def __str__(self) -> str:
        return " ".join(f"{field.name} {getattr(self, field.name):.3f}" for field in fields(self))


def measure(network: Network, examples: Sequence[Example], maker: Maker) -> Quality:
    """Read the passages of examples, and four other windows of each."""
    network.eval()
    rows: dict[str, list[float]] = {field.name: [] for field in fields(Quality)}
    scores: list[tuple[bool, float]] = []
    given: list[tuple[bool, float]] = []
    for start in range(0, len(examples), 16):
        part = examples[start : start + 16]
        groups = [whole_group(example, maker) for example in part]
        batch = make_batch(groups, maker.vocabulary)
        with torch.no_grad():
            logits = network(
                batch.questions, batch.texts, batch.features, batch.group_places, batch.owner
            )
        first, last = (row.numpy() for row in logits)
        window = 0
        for example, group in zip(part, groups, strict=True):
            read: list[tuple[str, Reading]] = []
            for text in (example.passage, *example.others[:4]):
                places = batch.texts.padded[window][batch.texts.is_token[window]].numpy()
                tokens = group.windows[len(read)]
                read.append((text, Reading(tokens, first[places], last[places])))
                window += 1
            given.append((bool(example.span), read[0][1].score))
            if example.span is None:
                continue
            scores += [(n == 0, reading.score) for n, (_, reading) in enumerate(read)]
            spans = [
                (reading.span(s, e), n, text, (s, e))
                for n, (text, reading) in enumerate(read)
                for s, e in (example.sentences if n == 0 else sentences_of(text))
            ]
            compared = [comparable(answer) for answer in example.answers]

            def holds(n: int, place: tuple[int, int], passage: str, answers: list[str]) -> bool:
                return n == 0 and any(a in comparable(passage[slice(*place)]) for a in answers)

            best = max(spans, key=lambda item: item[0].score)
            rows["sentence"].append(holds(best[1], best[3], example.passage, compared))
            own = [item for item in spans if item[1] == 0]
            best = max(own, key=lambda item: item[0].score)
            rows["in_passage"].append(holds(0, best[3], example.passage, compared))
            answer = example.passage[best[0].start : best[0].end]
            rows["f1"].append(f1(answer, example.answers))
            rows["exact"].append(exact_match(answer, example.answers))
            for span, _, text, (s, e) in own:
                if s <= example.span[0] < e:
                    rows["known_f1"].append(f1(text[span.start : span.end], example.answers))
    network.train()
    means = {name: float(np.mean(values)) for name, values in rows.items() if values}
    return Quality(
        **{
            **means,
            "relevant": roc_auc_score(*zip(*scores, strict=True)),
            "answerable": (
                roc_auc_score(*zip(*given, strict=True)) if len({g for g, _ in given}) == 2 else 0.5
            ),
        }
    )


def train(
    network: Network,
    training: Sequence[Example],
    kept: Mapping[str, Sequence[Example]],
    maker: Maker,
    *,
    steps: int,
    size: int = 8,
    rate: float = 2e-3,
    negatives: int = 1,
    rng: random.Random,
    checkpoint: Path | None = None,
) -> Network:
    """Train for so many steps; returns the mean of the weights over the last steps."""
    began, step, epoch = time.monotonic(), 0, 0
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01)
    averaged = copy.deepcopy(network)
    losses: list[float] = []
    while step < steps:
        epoch += 1
        for batch in batches(
            training, maker, rng, size=size, negatives=negatives, dropped=DISGUISED
        ):
            if step == steps:
                break
            step += 1
            # Up for a short while, then down to nothing.
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, step / 200) * (1 - step / (steps + 1)) ** 0.7
            loss = loss_of(network, batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            losses.append(loss.item())
            keep = min(0.998, (1 + step) / (10 + step))
            with torch.no_grad():
                pairs = zip(averaged.parameters(), network.parameters(), strict=True)
                for mean, value in pairs:
                    mean.lerp_(value, 1 - keep)
            if step % 100 == 0:
                print(
                    f"{time.monotonic() - began:.0f} s, epoch {epoch}, step {step}: loss "
                    f"{np.mean(losses[-100:]):.3f}",
                    flush=True,
                )
        if checkpoint:
            torch.save(averaged.state_dict(), checkpoint)
        for name, examples in kept.items():
            print(f"  {name}: {measure(averaged, examples[:_GLANCE], maker)}", flush=True)
    return averaged


def hold_out(
    examples: Sequence[Example], *, seed: int
) -> tuple[list[Example], dict[str, list[Example]]]:
    """Part examples by title into those to train on, and some of each set to measure by."""
    chance = random.Random(seed)  # noqa: S311  # sampling, nothing secret
    titles = sorted({(e.group, e.title) for e in examples})
    held = set(chance.sample(titles, int(HELD_OUT * len(titles))))
    aside = [e for e in examples if (e.group, e.title) in held]
    passages = {e.passage for e in aside}
    kept: dict[str, list[Example]] = {}
    for example in chance.sample(aside, len(aside)):
        kept.setdefault(example.group, []).append(example)
    return [e for e in examples if e.passage not in passages], kept


def word_vectors(vocabulary: Vocabulary) -> Tensor:
    """Return the default embedding model's vectors of the words, row 0 zero."""
    encoder = load_encoder()
    vectors = np.zeros((len(vocabulary.words) + 1, encoder.dim), dtype=np.float32)
    vectors[1:] = encoder.encode_passages(list(vocabulary.words))
    return torch.from_numpy(vectors)


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="question sets")
    parser.add_argument("--out", type=Path, default=DEFAULT_READER, help="file to write")
    parser.add_argument("--steps", type=int, default=16_100, help="batches of 8 questions")
    parser.add_argument(
        "--without", default="", help="a set to leave out, to see what carries over"
    )
    parser.add_argument("--checkpoint", type=Path, help="file for the weights after each epoch")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Run every step; see the module's first lines."""
    options = parse_options()
    torch.set_num_threads(1)  # on a shared machine two threads were ten times slower
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)  # noqa: S311  # sampling, nothing secret
    examples = read_examples(options.data)
    training, kept = hold_out(examples, seed=options.seed)
    training = [example for example in training if example.group != options.without]
    texts = dict.fromkeys(e.passage for e in training) | dict.fromkeys(e.question for e in training)
    vocabulary = make_vocabulary(list(texts))
    network = Network(
        word_vectors(vocabulary),
        tags=len(vocabulary.tags) + 1,
        characters=int(vocabulary.characters.max()) + 1,
        dropout=0.1,
        seed=options.seed,
    )
    number = sum(parameter.numel() for parameter in network.parameters())
    print(f"{len(training)} questions, {number:,} numbers to learn", flush=True)
    trained = train(
        network,
        training,
        kept,
        Maker(vocabulary),
        steps=options.steps,
        rng=rng,
        checkpoint=options.checkpoint,
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(trained.export(vocabulary), options.out)
    options.out.chmod(0o644)  # saved as readable by its owner alone
    write_card(
        options.out.parent,
        {name: measure(trained, examples, Maker(vocabulary)) for name, examples in kept.items()},
        command=f"python scripts/train_reader.py --seed {options.seed} --steps {options.steps}",
        numbers=number,
        held_out=HELD_OUT,
    )
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
