"""LangChain: FAISS and BM25Retriever, fused by EnsembleRetriever; rjieba cuts words for BM25.

BM25Retriever is not kept on disk: it is made anew from the documents that FAISS keeps.
"""

from pathlib import Path
from typing import Any

import rjieba
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings

from given import MODEL, Passage, read_passages

PACKAGES = ("langchain-classic", "langchain-community", "langchain-huggingface", "rank-bm25")
BM25 = "words by rjieba"
CHANGE = "FAISS: delete, add, save all"


def build(folder: Path) -> Any:
    """Embed the passages of a folder."""
    documents = [_document(passage) for passage in read_passages(folder)]
    ids = [document.metadata["id"] for document in documents]
    return FAISS.from_documents(documents, HuggingFaceEmbeddings(model_name=MODEL), ids=ids)


def save(store: Any, index: Path) -> None:
    """Write to a folder."""
    store.save_local(str(index))


def load(index: Path, folder: Path) -> Any:
    """Open a folder."""
    store = _store(index)
    documents = list(store.docstore._dict.values())
    words = BM25Retriever.from_documents(documents, preprocess_func=rjieba.cut, k=10)
    vectors = store.as_retriever(search_kwargs={"k": 10})
    return EnsembleRetriever(retrievers=[words, vectors], weights=[0.5, 0.5])


def search(retriever: Any, question: str) -> list[str]:
    """Return the ids of ten passages."""
    return [document.metadata["id"] for document in retriever.invoke(question)][:10]


def change(index: Path, folder: Path, article: str) -> None:
    """Bring a folder up to date with one article."""
    store = _store(index)
    documents = [_document(p) for p in read_passages(folder) if p.article == article]
    ids = [document.metadata["id"] for document in documents]
    store.delete(ids)
    store.add_documents(documents, ids=ids)
    save(store, index)


def _store(index: Path) -> Any:
    # The documents are a pickle, which is only loaded if one says so.
    embeddings = HuggingFaceEmbeddings(model_name=MODEL)
    return FAISS.load_local(str(index), embeddings, allow_dangerous_deserialization=True)


def _document(passage: Passage) -> Document:
    return Document(passage.text, metadata={"id": passage.id})
