"""The manifest of a snapshot: what it was made of, and what files it consists of.

It has a checksum of its own, so that a flipped bit in it is never taken for another format, model
or corpus.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa_bot.errors import IndexDamagedError, IndexMismatchError, IndexNewerError
from qa_bot.index.own_files import open_own, replace_own

FORMAT = 7
MANIFEST = "manifest.json"
STORE, VECTORS, SIGNATURES, PASSAGE_TERMS, ARTICLE_TERMS = (
    "store.sqlite",
    "vectors.faiss",
    "signatures.npy",
    "bm25/passages",
    "bm25/articles",
)
_MAX_MANIFEST = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot was made of and what files it consists of.

    Attributes:
        format: Version of the layout.
        model: Name of the embedding model.
        model_fingerprint: Tells two models of one name apart.
        dim: Numbers in a vector.
        passage_size: Characters that a passage has at most.
        corpus_fingerprint: Digest of the ids and digests of all articles.
        articles: How many articles there are.
        passages: How many passages there are.
        numbers: How many numbers passages have or had: those of passages that are gone are not
            used again.
        files: Bytes and SHA-256 of each file, by its place in the snapshot.
    """

    format: int
    model: str
    model_fingerprint: str
    dim: int
    passage_size: int
    corpus_fingerprint: str
    articles: int
    passages: int
    numbers: int
    files: dict[str, tuple[int, str]]


def read_manifest(folder: Path) -> Manifest:
    """Read and check a snapshot's manifest.

    Raises:
        IndexDamagedError: If it is missing or not a manifest.
        IndexMismatchError: If the snapshot has another format; IndexNewerError, if a newer one.
    """
    path = folder / MANIFEST
    try:
        with open_own(path) as file:
            text = file.read(_MAX_MANIFEST + 1)
        if len(text) > _MAX_MANIFEST:
            raise ValueError("too large")
        data = json.loads(text)
        version, expected = data["format"], data.pop("checksum", None)
        is_older = isinstance(version, int) and version < FORMAT
        # Up to format 4 there was none; each later one has it, or a flipped bit could look newer.
        if expected != checksum_of(data) and not (is_older and expected is None):
            raise ValueError("was altered")
        if version == FORMAT:
            return _checked_manifest(data)
    except (
        OSError,
        ValueError,
        ArithmeticError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise IndexDamagedError(
            f"{path}: is missing or damaged; rebuild with qa-bot index --full"
        ) from error
    what = f"{folder} has index format {version!r}, this qa-bot reads {FORMAT}"
    if is_older:
        raise IndexMismatchError(f"{what}; rebuild with qa-bot index")
    raise IndexNewerError(
        f"{what}; update qa-bot, or build an index of your own with --index FOLDER"
    )


def _checked_manifest(data: dict[str, Any]) -> Manifest:
    manifest = Manifest(**data)
    counts = (manifest.dim, manifest.passage_size, manifest.articles, manifest.passages)
    if not all(isinstance(number, int) and number >= 0 for number in (*counts, manifest.numbers)):
        raise ValueError("not a count")
    if not all(isinstance(name, str) for name in (manifest.model, manifest.model_fingerprint)):
        raise ValueError("not a name")
    files = {}
    for name, (size, digest) in manifest.files.items():
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ValueError("a file outside the snapshot")
        files[str(name)] = (int(size), str(digest))
    if not {STORE, VECTORS, SIGNATURES} <= files.keys():
        raise ValueError("a part is missing")
    return Manifest(**{**data, "files": files})


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a manifest, with a checksum of its own."""
    data = asdict(manifest)
    text = json.dumps({**data, "checksum": checksum_of(data)}, indent=1)
    replace_own(folder / MANIFEST, text.encode())


def checksum_of(data: dict[str, Any]) -> str:
    """Return the checksum of what a manifest says."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
