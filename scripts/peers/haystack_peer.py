"""Haystack: InMemoryDocumentStore with its BM25 and embedding retrievers, joined by rank fusion.

Its BM25 takes a regular expression, not a function; the default one cuts Chinese into characters.
"""

from pathlib import Path
from typing import Any

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.document_stores.types import DuplicatePolicy
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from given import MODEL, Passage, read_passages

PACKAGES = ("haystack-ai", "sentence-transformers-haystack")
BM25 = "characters (its default)"
CHANGE = "overwrite in memory, save all"
_FILE = "store.json"


def build(folder: Path) -> Any:
    """Embed the passages of a folder."""
    store = InMemoryDocumentStore()
    store.write_documents(_embedded(read_passages(folder)))
    return store


def save(store: Any, index: Path) -> None:
    """Write to a folder."""
    index.mkdir(exist_ok=True)
    store.save_to_disk(str(index / _FILE))


def load(index: Path, folder: Path) -> Any:
    """Open a folder."""
    store = InMemoryDocumentStore.load_from_disk(str(index / _FILE))
    pipeline = Pipeline()
    embedder = SentenceTransformersTextEmbedder(model=MODEL, progress_bar=False)
    pipeline.add_component("embedder", embedder)
    pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=10))
    pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store, top_k=10))
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=10)
    pipeline.add_component("joiner", joiner)
    pipeline.connect("embedder.embedding", "vectors.query_embedding")
    pipeline.connect("words", "joiner")
    pipeline.connect("vectors", "joiner")
    pipeline.warm_up()
    return pipeline


def search(pipeline: Any, question: str) -> list[str]:
    """Return the ids of ten passages."""
    found = pipeline.run({"embedder": {"text": question}, "words": {"query": question}})
    return [document.id for document in found["joiner"]["documents"]]


def change(index: Path, folder: Path, article: str) -> None:
    """Bring a folder up to date with one article."""
    store = InMemoryDocumentStore.load_from_disk(str(index / _FILE))
    changed = [passage for passage in read_passages(folder) if passage.article == article]
    store.write_documents(_embedded(changed), policy=DuplicatePolicy.OVERWRITE)
    save(store, index)


def _embedded(passages: list[Passage]) -> list[Any]:
    embedder = SentenceTransformersDocumentEmbedder(model=MODEL, progress_bar=False)
    embedder.warm_up()
    documents = [Document(id=passage.id, content=passage.text) for passage in passages]
    found: list[Any] = embedder.run(documents)["documents"]
    return found
