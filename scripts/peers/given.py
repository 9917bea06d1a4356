"""What every peer is given: a folder with the passages of one corpus, and the model.

The folder holds `passages.jsonl`, the passages as qa-bot's index has them, and for qa-bot itself
`corpus/`, the articles that they come from. Runs in the environments of the peers: standard
library only.
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

# The default model, in the folder layout of sentence-transformers.
MODEL = os.fspath(Path(__file__).parents[2] / "src/qa_bot/models/static-zh")


class Passage(NamedTuple):
    """A passage with its title; the id is its number in qa-bot's index."""

    id: str
    article: str
    text: str


def read_passages(folder: Path) -> list[Passage]:
    """Read the passages of a folder."""
    with (folder / "passages.jsonl").open(encoding="utf-8") as file:
        return [Passage(*json.loads(line)) for line in file]


def write_passages(folder: Path, passages: list[Passage]) -> None:
    """Write the passages of a folder."""
    with (folder / "passages.jsonl").open("w", encoding="utf-8") as file:
        for passage in passages:
            file.write(json.dumps(passage, ensure_ascii=False) + "\n")
