"""LlamaIndex: VectorStoreIndex (SimpleVectorStore) and BM25Retriever, by QueryFusionRetriever.

Its BM25 takes a regular expression, not a function (a tokenizer that is given is passed over);
the default one takes a Chinese clause for one word, so characters are named here.
HuggingFaceEmbedding 0.8 refuses a static model (it has no longest text, `max_length` is infinite),
so the model is wrapped as the documentation shows for models of one's own.
"""

from pathlib import Path
from typing import Any

from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import TextNode
from llama_index.retrievers.bm25 import BM25Retriever
from pydantic import PrivateAttr
from sentence_transformers import SentenceTransformer

from given import MODEL, Passage, read_passages

PACKAGES = ("llama-index-core", "llama-index-retrievers-bm25")
BM25 = "characters"
CHANGE = "delete, insert, save all; BM25 anew"
_CHARACTERS = r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+"


class _Model(BaseEmbedding):  # type: ignore[misc] # no types outside the peer's environment
    _model: Any = PrivateAttr()

    def __init__(self) -> None:
        super().__init__(embed_batch_size=32)
        self._model = SentenceTransformer(MODEL)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._model.encode(texts, show_progress_bar=False).tolist()
        return found


def build(folder: Path) -> Any:
    """Embed the passages of a folder."""
    nodes = [_node(passage) for passage in read_passages(folder)]
    index = VectorStoreIndex(nodes, embed_model=_Model())
    return index, _words(index)


def save(built: Any, index: Path) -> None:
    """Write to a folder."""
    vectors, words = built
    vectors.storage_context.persist(persist_dir=str(index))
    words.persist(str(index / "bm25"))


def load(index: Path, folder: Path) -> Any:
    """Open a folder."""
    words = BM25Retriever.from_persist_dir(str(index / "bm25"))
    words.similarity_top_k, words.token_pattern, words.skip_stemming = 10, _CHARACTERS, True
    vectors = _stored(index).as_retriever(similarity_top_k=10)
    return QueryFusionRetriever(
        [vectors, words],
        similarity_top_k=10,
        num_queries=1,  # the question as it is: no model to put it in other words
        mode=FUSION_MODES.RECIPROCAL_RANK,
        use_async=False,
        llm=MockLLM(),
    )


def search(retriever: Any, question: str) -> list[str]:
    """Return the ids of ten passages."""
    return [found.node.node_id for found in retriever.retrieve(question)]


def change(index: Path, folder: Path, article: str) -> None:
    """Bring a folder up to date with one article."""
    vectors = _stored(index)
    nodes = [_node(passage) for passage in read_passages(folder) if passage.article == article]
    vectors.delete_nodes([node.node_id for node in nodes], delete_from_docstore=True)
    vectors.insert_nodes(nodes)
    save((vectors, _words(vectors)), index)


def _stored(index: Path) -> Any:
    context = StorageContext.from_defaults(persist_dir=str(index))
    return load_index_from_storage(context, embed_model=_Model())


def _words(index: Any) -> Any:
    return BM25Retriever.from_defaults(
        docstore=index.docstore, token_pattern=_CHARACTERS, skip_stemming=True
    )


def _node(passage: Passage) -> TextNode:
    return TextNode(id_=passage.id, text=passage.text)
