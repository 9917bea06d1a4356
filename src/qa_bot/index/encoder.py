"""Text -> embeddings: one interface, two ways to compute them.

A static model (a table of token vectors) is read by model2vec, which does without torch; any other
model that sentence-transformers can load goes through it, with the model's own prompts.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from qa_bot.errors import ModelError
from qa_bot.index.dense import Vectors

DEFAULT_MODEL = "static-zh"
_MODELS = Path(__file__).parent.parent / "models"


class Encoder(Protocol):
    """What turns texts into embeddings: float32, rows of length 1 (zero where nothing is known).

    Attributes:
        name: The model's name as set.
        fingerprint: Tells two models of one name apart.
        dim: Numbers in an embedding.
    """

    name: str
    fingerprint: str
    dim: int

    def encode_passages(self, texts: Sequence[str], *, show_progress: bool = False) -> Vectors:
        """Embed passages; returns shape (len(texts), dim)."""

    def encode_query(self, text: str) -> Vectors:
        """Embed one query; returns shape (dim,)."""


def load_encoder(model: str = DEFAULT_MODEL) -> Encoder:
    """Load an embedding model.

    Args:
        model: `static-zh` (the one in the package), or a name or folder that
            sentence-transformers can load.

    Raises:
        ModelError: If there is no such model, or it cannot be loaded.
    """
    folder = _MODELS / model if model == DEFAULT_MODEL else Path(model)
    if model == DEFAULT_MODEL and not folder.is_dir():
        raise ModelError(
            f"model {model}: is missing from the package; make it with make train-model"
        )
    if _is_static(folder):
        return _StaticEncoder(model, folder)
    return _TransformerEncoder(model)


def _is_static(folder: Path) -> bool:
    """Whether the folder holds a StaticEmbedding in sentence-transformers' format."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        return bool(modules[0]["type"].endswith(".StaticEmbedding"))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _normalized(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.nan_to_num(vectors / np.where(lengths > 0, lengths, 1))
    return unit.astype(np.float32, copy=False)


class _StaticEncoder:
    """A static embedding model, without torch."""

    def __init__(self, name: str, folder: Path) -> None:
        from model2vec import StaticModel  # 0.2 s, not needed for `--help`

        self.name = name
        try:
            self._model = StaticModel.from_pretrained(folder)
        except (OSError, ValueError, LookupError) as error:
            raise ModelError(
                f"model {name}: cannot be loaded ({error}); name another with --model"
            ) from error
        self.dim = int(self._model.dim)
        self.fingerprint = _folder_digest(folder)

    def encode_passages(self, texts: Sequence[str], *, show_progress: bool = False) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), max_length=None, show_progress_bar=show_progress, use_multiprocessing=False
        )
        return _normalized(np.asarray(vectors, dtype=np.float32))

    def encode_query(self, text: str) -> Vectors:
        vector: Vectors = self.encode_passages([text])[0]
        return vector


class _TransformerEncoder:
    """Any model, through sentence-transformers; importing it takes about ten seconds."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        self.name = name
        try:
            self._model = SentenceTransformer(
                name, trust_remote_code=False, model_kwargs={"use_safetensors": True}
            )
        except Exception as error:  # the library and the hub raise many kinds
            raise ModelError(
                f"model {name}: cannot be loaded ({str(error).splitlines()[0]}); give the folder "
                "of a downloaded model, or check the name and the network"
            ) from error
        self.dim = len(self.encode_query(""))
        folder = Path(name)
        if folder.is_dir():
            self.fingerprint = _folder_digest(folder)
        else:
            config = getattr(self._model[0], "auto_model", None)
            commit = getattr(getattr(config, "config", None), "_commit_hash", None)
            self.fingerprint = f"{name}@{commit or 'unknown'}"

    def encode_passages(self, texts: Sequence[str], *, show_progress: bool = False) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = self._model.encode_document(list(texts), show_progress_bar=show_progress)
        return _normalized(np.asarray(vectors, dtype=np.float32))

    def encode_query(self, text: str) -> Vectors:
        vectors = self._model.encode_query([text], show_progress_bar=False)
        vector: Vectors = _normalized(np.asarray(vectors, dtype=np.float32))[0]
        return vector


def _folder_digest(folder: Path) -> str:
    """Return one digest of all files of a model, names included."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            digest.update(os.fsencode(path.relative_to(folder)) + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
