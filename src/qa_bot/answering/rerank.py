"""A question and its hits -> the best of them in a new order, by a cross-encoder.

A cross-encoder reads question and passage together, so it is surer and much slower than vectors:
it sees only what was already found.
"""

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qa_bot.answering.retrieve import Hit, standardised
from qa_bot.errors import ModelError
from qa_bot.index.model_folder import ModelFolder, find_model
from qa_bot.index.transformer import answering_for, loading, loading_options

_RERANKED = 20  # hits


class Reranker:
    """A cross-encoder that sentence-transformers can load; safe for use from many threads."""

    def __init__(self, model: ModelFolder, *, device: str) -> None:
        """Load the model; `load_reranker` finds it.

        Raises:
            ModelError: If it cannot be loaded, is no reranker, or there is no such device.
        """
        if not model.is_cross_encoder:  # it would get a head of random weights
            raise ModelError(
                f"reranker {model.name}: is no cross-encoder; name one, such as "
                "BAAI/bge-reranker-base"
            )
        from sentence_transformers import CrossEncoder
        from torch.nn import Identity

        self._name = model.name
        options = loading_options(device)
        with loading(model.name):
            self._model = CrossEncoder(str(model.path), **options)
        self._as_it_comes = Identity()  # a sigmoid would press the best ones together
        self._lock = threading.Lock()  # tokenizers serve one thread at a time
        if self.read("", [""]).ndim != 1:
            raise ModelError(
                f"reranker {model.name}: gives several scores a passage, it is a classifier; name "
                "another"
            )

    def rerank(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """Put the best hits in the cross-encoder's order; the others follow in their own.

        Args:
            question: As understood.
            hits: Best first.

        Returns:
            The same passages with new scores and ranks. Scores are standardised like those of the
            fusion, and comparable within one question only; what they differ by from the old ones
            is the part of a signal of its own, `reranker`.
        """
        best = hits[:_RERANKED]
        if not best:
            return []
        read = self.read(question, [f"{hit.passage.frame}\n{hit.passage.text}" for hit in best])
        scores = standardised(read)
        order = np.argsort(-scores, kind="stable")
        below = float(scores.min()) - best[-1].score
        ordered = [
            *(_rescored(best[i], float(scores[i]), read=float(read[i])) for i in order),
            *(
                _rescored(hit, hit.score + below, read=float(read.min()))
                for hit in hits[_RERANKED:]
            ),
        ]
        return [replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)]

    def read(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Return how well each text answers a question, as log odds, shape (len(texts),).

        Args:
            question: As understood.
            texts: Passages or sentences, best with the title above them.
        """
        with self._lock, answering_for(self._name):
            scores = self._model.predict(
                [(question, text) for text in texts],
                activation_fn=self._as_it_comes,
                show_progress_bar=False,
            )
        return np.asarray(scores, dtype=np.float64)


def _rescored(hit: Hit, score: float, *, read: float) -> Hit:
    """Return a hit with a new score, and a signal that accounts for the change."""
    signals = {**hit.signals, "reranker": (read, score - hit.score)}
    return replace(hit, score=score, signals=signals)


def load_reranker(name: str, *, device: str = "auto", offline: bool = False) -> Reranker:
    """Load a cross-encoder.

    Args:
        name: A folder, or a name on the hub, as `find_model` reads it.
        device: Where it computes, as for `load_encoder`.
        offline: Whether a download is forbidden.

    Raises:
        ModelError: If there is no such model or device, or the model cannot be loaded.
    """
    return Reranker(find_model(name, offline=offline), device=device)
