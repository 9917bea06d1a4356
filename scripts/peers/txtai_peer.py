"""txtai: hybrid Embeddings with their content.

Its BM25 takes settings, not a function; the default one cuts by the rules of Unicode (UAX 29),
Chinese into characters.
"""

from pathlib import Path
from typing import Any

from txtai import Embeddings

from given import MODEL, Passage, read_passages

PACKAGES = ("txtai",)
BM25 = "characters (its default)"
CHANGE = "upsert, save all"


def build(folder: Path) -> Any:
    """Embed the passages of a folder."""
    embeddings = Embeddings(path=MODEL, method="sentence-transformers", hybrid=True, content=True)
    embeddings.index(map(_row, read_passages(folder)))
    return embeddings


def save(embeddings: Any, index: Path) -> None:
    """Write to a folder."""
    embeddings.save(str(index))


def load(index: Path, folder: Path) -> Any:
    """Open a folder."""
    embeddings = Embeddings()
    embeddings.load(str(index))
    return embeddings


def search(embeddings: Any, question: str) -> list[str]:
    """Return the ids of ten passages."""
    return [found["id"] for found in embeddings.search(question, 10)]


def change(index: Path, folder: Path, article: str) -> None:
    """Bring a folder up to date with one article."""
    embeddings = load(index, folder)
    embeddings.upsert(_row(p) for p in read_passages(folder) if p.article == article)
    save(embeddings, index)


def _row(passage: Passage) -> tuple[str, str]:
    return passage.id, passage.text
