"""Text -> embeddings by any transformer; loading one imports sentence-transformers (seconds).

The model's own prompts stand before queries and passages, on the device that was chosen.
"""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from qa_bot.errors import ModelError
from qa_bot.index.batch_size import BatchSize
from qa_bot.index.dense import Vectors, normalized
from qa_bot.index.model_folder import ModelFolder, cannot_load, first_sentence
from qa_bot.index.prompts import NONE, Prompts, family_prompts

# CUDA has an exception for it, MPS and the processor only words, and cuBLAS a code.
_OUT_OF_MEMORY = ("out of memory", "not enough memory", "allocate memory", "ALLOC_FAILED")
_LESS = "use --device cpu, or a smaller model"


class TransformerEncoder:
    """An embedding model that sentence-transformers can load; see `Encoder`."""

    is_static = False

    def __init__(self, model: ModelFolder, *, device: str) -> None:
        """Load the model.

        Raises:
            ModelError: If it cannot be loaded, or there is no such device.
        """
        from sentence_transformers import SentenceTransformer

        if model.is_cross_encoder:
            raise ModelError(
                f"model {model.name}: is a cross-encoder, which embeds nothing; give it as "
                "--reranker, and another --model"
            )
        self.name = model.name
        options = loading_options(device)
        with loading(model.name):
            self._model = SentenceTransformer(str(model.path), **options)
        self._size = BatchSize()
        self._last: tuple[str | None, Vectors] = (None, np.zeros(0, dtype=np.float32))
        self._lock = threading.Lock()  # tokenizers serve one thread at a time
        own = self._model.prompts
        prompts = NONE
        if not any(own.get(kind) for kind in ("query", "document", "passage", "corpus")):
            prompts = family_prompts(_names(model))
        if prompts != NONE:
            self._model.prompts = {"query": prompts.query, "document": prompts.passage}
        self.fingerprint = model.fingerprint + _mark(prompts)
        with loading(model.name):  # what a damaged model stumbles over comes as late as this
            self.dim = len(self._model.encode_query("", show_progress_bar=False))

    def embed(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        """Embed passages, longest first; yields the numbers of some texts with their embeddings."""
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        start = 0
        while start < len(order):
            rows = order[start : start + self._size.value]
            batch = [texts[row] for row in rows]
            began = time.perf_counter()
            try:
                with self._lock:
                    vectors = self._model.encode_document(
                        batch, batch_size=len(batch), show_progress_bar=False
                    )
            except RuntimeError as error:
                if not _is_out_of_memory(error):
                    raise
                if len(batch) == 1:
                    raise ModelError(
                        f"model {self.name}: a passage does not fit in the memory of "
                        f"{self._model.device}; {_LESS}"
                    ) from error
                self._size.too_large()
                continue
            self._size.timed(
                len(batch),
                characters=sum(map(len, batch)),
                seconds=time.perf_counter() - began,
            )
            start += len(rows)
            yield rows, normalized(np.asarray(vectors, dtype=np.float32))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; returns shape (len(texts), dim)."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for rows, part in self.embed(texts):
            vectors[rows] = part
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Embed one query; returns shape (dim,). The last one is remembered.

        Raises:
            ModelError: If the model fails, as without memory.
        """
        with self._lock, answering_for(self.name):
            if self._last[0] != text:
                vectors = self._model.encode_query([text], show_progress_bar=False)
                self._last = text, normalized(np.asarray(vectors, dtype=np.float32))[0]
            return self._last[1]


@contextmanager
def loading(name: str) -> Iterator[None]:
    """Turn what a model stumbles over while it is loaded into one line.

    Raises:
        ModelError: If it fails.
    """
    try:
        yield
    except Exception as error:  # the libraries raise many kinds
        remedy = _LESS if _is_out_of_memory(error) else "name another"
        raise cannot_load(name, error, remedy) from error


@contextmanager
def answering_for(name: str) -> Iterator[None]:
    """Turn what a model stumbles over while a question is asked (memory, mostly) into one line.

    Raises:
        ModelError: If it fails.
    """
    try:
        yield
    except RuntimeError as error:
        raise ModelError(
            f"model {name}: cannot read the question ({first_sentence(error)}); {_LESS}"
        ) from error


def loading_options(device: str) -> dict[str, Any]:
    """Return what a model is loaded with: safely, from this machine, in silence.

    Args:
        device: `auto` (a GPU if there is one), or one that torch knows, such as `cuda:1` or `cpu`.

    Raises:
        ModelError: If there is no such device.
    """
    import torch
    import transformers

    quiet: Any = transformers.utils.logging
    quiet.disable_progress_bar()
    quiet.set_verbosity_error()
    others = "auto or cpu"
    if device == "auto":
        others = "cpu"
        has_mps = torch.backends.mps.is_available()
        device = "cuda" if torch.cuda.is_available() else "mps" if has_mps else "cpu"
    try:
        torch.zeros(1, device=device).sum().item()
    except Exception as error:  # torch raises a kind for each kind of device
        if _is_out_of_memory(error):
            raise ModelError(f"device {device}: its memory is full; use --device cpu") from error
        raise ModelError(
            f"device {device}: is not there, or cannot be used; use --device {others}"
        ) from error
    weights: dict[str, Any] = {"use_safetensors": True}
    if device == "cpu":
        weights["dtype"] = torch.float32  # half precision is slower there, not quicker
    return {
        "device": device,
        "trust_remote_code": False,
        "local_files_only": True,
        "model_kwargs": weights,
    }


def _is_out_of_memory(error: Exception) -> bool:
    return any(word in str(error) for word in _OUT_OF_MEMORY)


def _names(model: ModelFolder) -> Iterator[str]:
    """Yield what a model may be called: as set, by its folder, and by its configuration."""
    yield model.name
    path = model.path.resolve()
    is_cached = path.parent.name == "snapshots"  # of the hub: `models--who--name/snapshots/commit`
    yield path.parent.parent.name if is_cached else path.name
    for name in ("config.json", "0_Transformer/config.json"):
        yield Path(str(model.config(name).get("_name_or_path", ""))).name


def _mark(prompts: Prompts) -> str:
    """Return what a fingerprint ends in: embeddings with other prompts do not go together."""
    if not prompts.passage:
        return ""
    return "+" + hashlib.sha256(prompts.passage.encode()).hexdigest()[:8]
