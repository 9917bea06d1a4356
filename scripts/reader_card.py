"""How the reader was made and measured -> its card, README.md beside the weights."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from train_reader import Quality

_CARD = """\
---
language: zh
license: cc-by-sa-4.0
pipeline_tag: question-answering
---

# reader

Reads a Chinese question (English words and numbers match too) and passages, and points at the
answer: for each word the log odds that it is the answer's first and last, against the passage
holding none. Trained from scratch by this project; no other model's weights are in it, but for the
word vectors of `static-zh`, from which its own were projected. `qa_bot.answering.reader` computes
it in numpy. One file, `model.safetensors`, {size:,} bytes: the word vectors are bytes with one
scale a word, all else is float16.

## Making it

    {command}

{numbers:,} numbers learnt, each question seen four to five times; some 40 minutes of a core.
docs/decisions/0016 says how it works and what was tried.

## Data

| data | licence |
| --- | --- |
| CMRC 2018 (Cui et al.), training questions as distributed with ExpMRC | CC BY-SA 4.0 |
| DRCD (Delta Research Center), dev, test, part of train, in simplified characters | CC BY-SA 3.0 |
| SQuAD 2.0 dev (Rajpurkar et al.), in translation, with its unanswerable questions | CC BY-SA 4.0 (1) |

(1) The licence of SQuAD; none is stated for the translation.

CMRC and DRCD passages come from Wikipedia (CC BY-SA). The weights are adapted from this material
and shared under CC BY-SA 4.0. Left out: passages of which 8 % or more (as strings of 13 characters)
stands in one text of an evaluation set, and questions that an evaluation set asks too, as for
`static-zh`. Other passages that BM25 finds for a question, and that do not hold its answer, serve
as examples of no answer.

## Measured

On the questions about {held_out:.0%} of the titles of each set, kept aside: how often the best
sentence of the passage and of four others that BM25 found holds the answer; the same among the
passage's own; F1 and exact match of the best span in the passage; F1 in the right sentence, if it
is given; AUROC of the passage against the four others, and of answerable questions against
unanswerable ones. Of the translated SQuAD, one title of 35 is kept aside: little to go by.

{table}

## Limits

Knows what encyclopaedia questions ask for: names, dates, numbers, short phrases. A view, a reason
or a list is longer than the spans that it learnt. English text is read by matching words only. It
does not know that a passage says the opposite. Texts are cut into words by the dictionary of
rjieba, so that in one case of twenty the answer begins or ends inside a word.
"""  # noqa: E501  # a table's row is one line
_NAMES = ("sentence", "in passage", "F1", "EM", "F1 in it", "relevant", "answerable")


def write_card(
    folder: Path,
    qualities: Mapping[str, "Quality"],
    *,
    command: str,
    numbers: int,
    held_out: float,
) -> None:
    """Write the model card.

    Args:
        folder: Of the model.
        qualities: Measures by the name of the set.
        command: That made it.
        numbers: How many were learnt.
        held_out: Share of the titles that it is measured on.
    """
    rows = [f"| set | {' | '.join(_NAMES)} |", "| --- |" + " --- |" * len(_NAMES)]
    for name, quality in qualities.items():
        values = [f"{100 * value:.1f}" for value in asdict(quality).values()]
        if name != "squad2_zh_mt":
            values[-1] = "-"  # all are answerable
        rows.append(f"| {name} | {' | '.join(values)} |")
    card = _CARD.format(
        size=(folder / "model.safetensors").stat().st_size,
        command=command,
        numbers=numbers,
        held_out=held_out,
        table="\n".join(rows),
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
