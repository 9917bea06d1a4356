"""A model's name -> its folder on this machine, safe to load; downloaded only if it must be.

Weights are read from safetensors alone, and no code that a model brings along is run.
"""

import hashlib
import json
import logging
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from qa_bot.errors import ModelError

_LOG = logging.getLogger(__name__)
_PATIENCE = 5  # seconds for the hub's first answer
# Neither pickles nor the same weights for other engines.
_FILES = ["*.json", "*.txt", "*.model", "*.jinja", "*.safetensors"]


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model on this machine.

    Attributes:
        name: As set: a folder, or a name on the hub, perhaps with `@revision`.
        path: The folder.
        fingerprint: Tells two models of one name apart: a digest of the files, or name and commit.
    """

    name: str
    path: Path
    fingerprint: str

    @property
    def is_cross_encoder(self) -> bool:
        """Whether it was trained to score pairs of texts, and not to embed one."""
        library = self.config("config_sentence_transformers.json").get("model_type")
        if library:
            return bool(library == "CrossEncoder")
        kinds = self.config("config.json").get("architectures")
        return isinstance(kinds, list) and any(
            str(kind).endswith("ForSequenceClassification") for kind in kinds
        )

    def config(self, name: str) -> dict[str, Any]:
        """Return what a JSON file of the model says; nothing, if there is none that says much."""
        with suppress(OSError, ValueError, TypeError):
            return dict(read_json(self.path, name))
        return {}


def find_model(name: str, *, offline: bool = False) -> ModelFolder:
    """Find a model: a folder, or else in the hub's cache, or else on the hub.

    Args:
        name: A folder; or `organisation/name`, or `organisation/name@revision` with a commit,
            branch or tag; a name alone is one of sentence-transformers' own.
        offline: Whether a download is forbidden, as with `HF_HUB_OFFLINE`.

    Raises:
        ModelError: If it is not there, or cannot be loaded safely.
    """
    path = Path(name)
    try:
        found = ModelFolder(name, path, folder_digest(path)) if path.is_dir() else None
    except OSError as error:
        raise cannot_load(name, error.strerror) from error
    found = found or _from_hub(name, offline=offline)
    _check_weights(name, (file.relative_to(found.path) for file in found.path.rglob("*")))
    _check_parts(found)
    return found


def folder_digest(folder: Path) -> str:
    """Return one digest of all files of a model, names included."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            digest.update(os.fsencode(path.relative_to(folder)) + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def read_json(folder: Path, name: str) -> Any:
    """Read a JSON file of a model.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is not JSON.
    """
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError(f"{name} is nested too deeply") from error


def cannot_load(name: str, reason: object, remedy: str = "name another") -> ModelError:
    """Return the error for a model that cannot be loaded, in one line."""
    return ModelError(f"model {name}: cannot be loaded ({first_sentence(reason)}); {remedy}")


def first_sentence(reason: object) -> str:
    """Return what went wrong, without the paragraph of advice that torch, for one, adds to it."""
    lines = str(reason).strip().splitlines() or [type(reason).__name__]
    return lines[0].partition(". ")[0].rstrip(".")


def _from_hub(name: str, *, offline: bool) -> ModelFolder:
    from huggingface_hub import HfApi, is_offline_mode, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    repository, _, revision = name.partition("@")
    if "/" not in repository:
        repository = f"sentence-transformers/{repository}"
    wanted: Any = {
        "repo_id": repository,
        "revision": revision or None,
        "allow_patterns": _FILES,
    }
    with suppress(Exception):  # not in the cache, or not whole; what is no name, the hub tells
        path = Path(snapshot_download(**wanted, local_files_only=True))
        if any(path.rglob("*.safetensors")):
            return ModelFolder(name, path, f"{repository}@{path.name}")
    remedy = "give the folder of a downloaded model"
    if offline or is_offline_mode():
        reason = "it is not on this machine, and downloads are off"
        raise cannot_load(name, reason, f"{remedy}, or name it with --model, without --offline")
    try:
        # One question without the hub's own retries, which would take more than a minute.
        info = HfApi().model_info(repository, revision=revision or None, timeout=_PATIENCE)
        _check_weights(name, (PurePosixPath(file.rfilename) for file in info.siblings or ()))
        _LOG.warning("downloading model %s from the hub (once); use --offline to forbid", name)
        if not sys.stderr.isatty():
            disable_progress_bars()
        path = Path(snapshot_download(**wanted))
    except ModelError:
        raise
    except Exception as error:  # the hub raises many kinds
        raise cannot_load(name, error, f"{remedy}, or check the name and the network") from error
    return ModelFolder(name, path, f"{repository}@{path.name}")


def _check_weights(name: str, files: Iterable[PurePosixPath | Path]) -> None:
    """Check that there are weights in safetensors wherever there are some as a pickle."""
    safe, pickled = set(), set()
    for file in files:
        if file.suffix == ".safetensors":
            safe.add(file.parent)
        elif fnmatch(file.name, "pytorch_model*.bin"):
            pickled.add(file.parent)
    if not safe or pickled - safe:
        reason = "it has no weights in safetensors, and a pickle can run code"
        raise cannot_load(name, reason, "name another, or convert it to safetensors")


def _check_parts(model: ModelFolder) -> None:
    """Check that a model needs no code of its own, and no file outside of its folder."""
    try:
        configs = [read_json(path.parent, path.name) for path in model.path.rglob("config.json")]
        has_modules = (model.path / "modules.json").is_file()
        modules = read_json(model.path, "modules.json") if has_modules else []
        kinds = [str(module["type"]) for module in modules]
        places = [PurePath(module["path"]) for module in modules]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise cannot_load(model.name, error) from error
    if any(place.is_absolute() or ".." in place.parts for place in places):
        raise cannot_load(model.name, "a part of it lies outside of its folder")
    if any(isinstance(config, dict) and config.get("auto_map") for config in configs) or not all(
        kind.startswith("sentence_transformers.") for kind in kinds
    ):
        raise cannot_load(model.name, "it needs code of its own, which is never run")
