"""qa-bot, measured in the same steps; its passages are its own, cut from the same articles."""

import json
from pathlib import Path

from qa_bot import QABot
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.retrieve import retrieve
from qa_bot.index.build import build_index
from qa_bot.index.encoder import load_encoder
from qa_bot.records import Scope

PACKAGES = ("qa-bot",)
BM25 = "characters, bigrams and words"
CHANGE = "one article: a new snapshot"


def build(folder: Path) -> Path:
    """Do nothing yet: an index is made on the disk only."""
    return folder


def save(folder: Path, index: Path) -> None:
    """Bring the index up to date with the articles of a folder."""
    size = json.loads((folder / "settings.json").read_text())["passage_size"]
    build_index(folder / "corpus", index, load_encoder(), passage_size=size)


def load(index: Path, folder: Path) -> QABot:
    """Open the index."""
    return QABot.open(index, corpus=folder / "corpus")


def search(bot: QABot, question: str) -> list[str]:
    """Return the numbers of ten passages."""
    snapshot = bot.snapshot
    query = analyse(question, people=bot._people, known=bot.names)
    terms = snapshot.passage_terms
    overlap = Overlap(query, terms.document_frequency, snapshot.manifest.passages)
    within = (query.scope, Scope(speakers=query.speakers))
    hits = retrieve(query, snapshot, bot.encoder, overlap, limit=10, within=within)
    return [str(hit.passage.number) for hit in hits[:10]]


def change(index: Path, folder: Path, article: str) -> None:
    """Bring the index up to date with one article, which it finds itself."""
    save(folder, index)


def answers(bot: QABot, question: str) -> bool:
    """Ask for the whole answer, with its quotes; false if it abstains."""
    return bot.ask(question).answered
