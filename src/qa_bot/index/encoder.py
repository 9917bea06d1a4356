"""Text -> embeddings: one interface, two ways to compute them.

A static model (a table of token vectors) is read here, since importing torch takes seconds; any
other model that sentence-transformers can load goes through it, with the model's own prompts.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from qa_bot.errors import ModelError
from qa_bot.index.dense import Vectors

# Without a network it tells of every try; what comes of them all is our error's to say.
logging.getLogger("huggingface_hub.utils._http").setLevel(logging.ERROR)

DEFAULT_MODEL = "static-zh"
_MODELS = Path(__file__).parent.parent / "models"
_BATCH = 1024  # texts: the steps of the progress bar


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
    """Whether the folder holds a StaticEmbedding in sentence-transformers' format.

    One that wants prompts before its texts, or another module behind it, is left to
    sentence-transformers.
    """
    try:
        kinds = [module["type"].rpartition(".")[2] for module in _read_json(folder, "modules.json")]
        config = folder / "config_sentence_transformers.json"
        prompts = _read_json(folder, config.name).get("prompts", {}) if config.exists() else {}
        is_plain = kinds[0] == "StaticEmbedding" and {*kinds[1:]} <= {"Normalize"}
        return is_plain and not any(prompts.values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _read_json(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def _normalized(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.nan_to_num(vectors / np.where(lengths > 0, lengths, 1))
    return unit.astype(np.float32, copy=False)


class _StaticEncoder:
    """A static embedding model, without torch: a text's embedding is the mean of its tokens'."""

    def __init__(self, name: str, folder: Path) -> None:
        # Not needed for `--help`.
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self.name = name
        try:
            parts = folder / _read_json(folder, "modules.json")[0]["path"]
            weights = load_file(parts / "model.safetensors")
            self._table = np.asarray(_token_vectors(weights), dtype=np.float32)
            self._tokenizer = Tokenizer.from_str(
                (parts / "tokenizer.json").read_text(encoding="utf-8")
            )
            if self._tokenizer.get_vocab_size() > len(self._table):
                raise ValueError("its tokenizer knows more tokens than it has vectors")
        except (OSError, ValueError, LookupError, SafetensorError) as error:
            raise ModelError(
                f"model {name}: cannot be loaded ({error}); name another with --model"
            ) from error
        except Exception as error:  # the tokenizer's reader raises nothing narrower
            raise ModelError(
                f"model {name}: tokenizer.json cannot be read ({error}); name another with --model"
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.dim = int(self._table.shape[1])
        self.fingerprint = _folder_digest(folder)

    def encode_passages(self, texts: Sequence[str], *, show_progress: bool = False) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        starts: Iterable[int] = range(0, len(texts), _BATCH)
        if show_progress:
            from tqdm import tqdm  # 0.1 s, not needed for a question

            starts = tqdm(starts, "embedding")
        for start in starts:
            batch = list(texts[start : start + _BATCH])
            encoded = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            for row, tokens in enumerate(encoded, start):
                if ids := tokens.ids:
                    self._table[ids].mean(axis=0, out=vectors[row])
        return _normalized(vectors)

    def encode_query(self, text: str) -> Vectors:
        vector: Vectors = self.encode_passages([text])[0]
        return vector


def _token_vectors(weights: dict[str, Any]) -> Any:
    """Return the vector of each token, from a table saved by sentence-transformers or model2vec."""
    if "embedding.weight" in weights:
        return weights["embedding.weight"]
    table = weights["embeddings"]
    if "mapping" in weights:
        table = table[weights["mapping"]]
    return table * weights["weights"][:, None] if "weights" in weights else table


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
