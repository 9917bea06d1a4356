"""Text -> embeddings: one interface, two ways to compute them.

A static model (a table of token vectors) is read here, since importing torch takes seconds; any
other model is left to `index.transformer`.
"""

import logging
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from qa_bot.errors import ModelError
from qa_bot.index.dense import Vectors, normalized
from qa_bot.index.model_folder import ModelFolder, find_model, folder_digest, read_json
from qa_bot.index.terms import fold

# Without a network it tells of every try; what comes of them all is our error's to say.
logging.getLogger("huggingface_hub.utils._http").setLevel(logging.ERROR)

DEFAULT_MODEL = "static-zh"
_MODELS = Path(__file__).parent.parent / "models"
_BATCH = 1024  # texts embedded at once


class Encoder(Protocol):
    """What turns texts into embeddings: float32, rows of length 1 (zero where nothing is known).

    Attributes:
        name: The model's name as set.
        fingerprint: Tells two models of one name apart.
        dim: Numbers in an embedding.
        is_static: Whether it is only a table of token vectors: quick, and weak.
    """

    name: str
    fingerprint: str
    dim: int
    is_static: bool

    def embed(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        """Embed passages in any order; yields the numbers of some texts with their embeddings."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; returns shape (len(texts), dim)."""

    def encode_query(self, text: str) -> Vectors:
        """Embed one query; returns shape (dim,)."""


def load_encoder(
    model: str = DEFAULT_MODEL, *, device: str = "auto", offline: bool = False
) -> Encoder:
    """Load an embedding model.

    Args:
        model: `static-zh` (the one in the package), a folder, or a name on the hub, as
            `find_model` reads it.
        device: Where a transformer computes: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
        offline: Whether a download is forbidden.

    Raises:
        ModelError: If there is no such model or device, or the model cannot be loaded.
    """
    if model == DEFAULT_MODEL:
        folder = _MODELS / model
        if not folder.is_dir():
            raise ModelError(
                f"model {model}: is missing from the package; make it with make train-model"
            )
        return _StaticEncoder(
            ModelFolder(model, folder, folder_digest(folder)), normalise=_normalised
        )
    found = find_model(model, offline=offline)
    if _is_static(found.path):
        return _StaticEncoder(found)
    from qa_bot.index.transformer import TransformerEncoder

    return TransformerEncoder(found, device=device)


def _normalised(text: str) -> str:
    """Normalise as the tokenizer does, after folding: it was trained on simplified characters."""
    return unicodedata.normalize("NFKC", fold(text)).lower()


def _is_static(folder: Path) -> bool:
    """Whether the folder holds a StaticEmbedding in sentence-transformers' format.

    One that wants prompts before its texts, or another module behind it, is left to
    sentence-transformers.
    """
    try:
        kinds = [module["type"].rpartition(".")[2] for module in read_json(folder, "modules.json")]
        config = folder / "config_sentence_transformers.json"
        prompts = read_json(folder, config.name).get("prompts", {}) if config.exists() else {}
        is_plain = kinds[0] == "StaticEmbedding" and {*kinds[1:]} <= {"Normalize"}
        return is_plain and not any(prompts.values())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


class _StaticEncoder:
    """A static embedding model, without torch: a text's embedding is the mean of its tokens'."""

    is_static = True

    def __init__(
        self, model: ModelFolder, *, normalise: Callable[[str], str] | None = None
    ) -> None:
        """Load a model.

        Args:
            model: The model.
            normalise: What to do with a text instead of what its tokenizer would: the tokenizer
                keeps account of every character meanwhile, which takes a third of all its time.
        """
        # Not needed for `--help`.
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        name, folder = model.name, model.path
        self.name, self.fingerprint = name, model.fingerprint
        try:
            parts = folder / read_json(folder, "modules.json")[0]["path"]
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
        self._normalise = normalise or str
        if normalise:
            self._tokenizer.normalizer = None
        self.dim = int(self._table.shape[1])

    def embed(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        for start in range(0, len(texts), _BATCH):
            batch = list(map(self._normalise, texts[start : start + _BATCH]))
            vectors = np.zeros((len(batch), self.dim), dtype=np.float32)
            encoded = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            for row, tokens in enumerate(encoded):
                if ids := tokens.ids:  # half the time of a mean of `table[ids]`, the same bits
                    np.add.reduce(self._table.take(ids, axis=0), axis=0, out=vectors[row])
                    vectors[row] /= np.float32(len(ids))
            yield list(range(start, start + len(batch))), normalized(vectors)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        parts = [part for _, part in self.embed(texts)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dim), dtype=np.float32)

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
