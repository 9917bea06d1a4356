"""A folder `index/` -> one opened, complete snapshot of it.

`index/CURRENT` names the snapshot in use. A reader opens one and keeps it; a builder writes the
next beside it and swaps `CURRENT`. Nothing in a snapshot is executable when loaded.
"""

import hashlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from qa_bot.errors import (
    IndexDamagedError,
    IndexMismatchError,
    IndexNewerError,
    IndexNotFoundError,
)
from qa_bot.index.dense import DenseIndex
from qa_bot.index.encoder import Encoder
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.own_files import check_own_files
from qa_bot.index.readers import hold
from qa_bot.index.store import Store

FORMAT = 5
CURRENT = "CURRENT"
MANIFEST = "manifest.json"
STORE, VECTORS, SIGNATURES, PASSAGE_TERMS, ARTICLE_TERMS = (
    "store.sqlite",
    "vectors.faiss",
    "signatures.npy",
    "bm25/passages",
    "bm25/articles",
)
_SNAPSHOT_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
_MAX_MANIFEST = 1_000_000  # bytes
_TRIES, _PAUSE = 100, 0.02  # to open what another process may be removing


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


class Snapshot:
    """An opened snapshot; safe for reading from many threads. A context manager."""

    def __init__(self, folder: Path, manifest: Manifest, held: IO[bytes] | None = None) -> None:
        """Open a snapshot.

        Args:
            folder: Of the snapshot.
            manifest: What it consists of.
            held: What keeps it from being removed; closed with it.

        Raises:
            IndexDamagedError: If a part cannot be opened.
        """
        self.folder = folder
        self.manifest = manifest
        self._held = held
        try:
            self.store = Store(folder / STORE)
            self.vectors = DenseIndex.open(folder / VECTORS)
            self.passage_terms = LexicalIndex.open(folder / PASSAGE_TERMS)
            self.article_terms = LexicalIndex.open(folder / ARTICLE_TERMS)
        except (RuntimeError, ValueError, OSError, MemoryError, sqlite3.Error) as error:
            raise IndexDamagedError(
                f"{folder}: cannot be opened ({str(error).splitlines()[0][:200]}); rebuild with "
                "qa-bot index --full"
            ) from error
        found = (len(self.vectors), self.vectors.dim, len(self.passage_terms))
        if found != (manifest.numbers, manifest.dim, manifest.passages):
            raise IndexDamagedError(
                f"{folder}: holds other passages than its manifest says; rebuild with "
                "qa-bot index --full"
            )

    @classmethod
    def open(cls, index: Path) -> "Snapshot":
        """Open the snapshot in use.

        Args:
            index: The index folder.

        Raises:
            IndexNotFoundError: If there is none.
            IndexMismatchError: If it has another format.
            IndexDamagedError: If a file is missing, has the wrong size or may not be read;
                `damaged_files` checks what is in them.
        """
        folder, held = _held_folder(index)
        try:
            manifest = read_manifest(folder)
            for name, (size, _) in manifest.files.items():
                path = folder / name
                if not path.is_file() or path.stat().st_size != size:
                    raise IndexDamagedError(
                        f"{path}: is missing or not {size:,} bytes long; rebuild with "
                        "qa-bot index --full"
                    )
                if not os.access(path, os.R_OK):
                    raise IndexDamagedError(f"{path}: may not be read; change its permissions")
            return cls(folder, manifest, held)
        except BaseException:
            if held:
                held.close()
            raise

    def check_encoder(self, encoder: Encoder) -> None:
        """Check that the index was built with this model.

        Raises:
            IndexMismatchError: If it was not.
        """
        manifest, index = self.manifest, self.folder.parent
        if manifest.model_fingerprint == encoder.fingerprint:
            return
        if manifest.model == encoder.name:
            raise IndexMismatchError(
                f'{index} was built with another version of model "{manifest.model}" '
                f"({manifest.model_fingerprint}, now {encoder.fingerprint}); rebuild with "
                "qa-bot index"
            )
        raise IndexMismatchError(
            f'{index} was built with model "{manifest.model}" ({manifest.dim} dims), settings say '
            f'"{encoder.name}" ({encoder.dim}); rebuild with qa-bot index, or pass --model '
            f"{manifest.model}"
        )

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store; vectors and terms are unmapped when no longer referenced."""
        self.store.close()
        if self._held:
            self._held.close()


def _held_folder(index: Path) -> tuple[Path, IO[bytes] | None]:
    """Return the folder of the snapshot in use, and what keeps it from being removed.

    Between the look at `CURRENT` and the lock a builder may have put another one in its place.
    """
    for _ in range(_TRIES):
        folder = current_folder(index)
        if folder is None:
            break
        check_own_files(folder)
        try:
            held = hold(folder / MANIFEST)
        except OSError:
            if current_folder(index) == folder:
                return folder, None  # it is damaged, as its reader will say
            continue
        if held:
            return folder, held
        time.sleep(_PAUSE)
    raise IndexNotFoundError(f"no index in {index}; build it with: qa-bot index")


def current_folder(index: Path) -> Path | None:
    """Return the folder of the snapshot in use, or None if there is none.

    Raises:
        IndexDamagedError: If `CURRENT` names something that is no snapshot.
    """
    name = _named(index)
    while name is not None and not _is_snapshot(index / name):
        again = _named(index)
        if again == name:  # if not, builders were quicker than this look
            raise IndexDamagedError(
                f"{index / CURRENT}: names a snapshot that is not there; rebuild with "
                "qa-bot index --full"
            )
        name = again
    return None if name is None else index / name


def _named(index: Path) -> str | None:
    path = index / CURRENT
    try:
        if path.is_symlink() or path.is_fifo():
            raise OSError  # no index has such a one, and a pipe would never end
        with path.open(encoding="utf-8") as file:
            return file.read(100).strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(
            f"{path}: cannot be read; rebuild with qa-bot index --full"
        ) from error


def _is_snapshot(folder: Path) -> bool:
    return is_snapshot_name(folder.name) and folder.is_dir() and not folder.is_symlink()


def is_snapshot_name(name: str) -> bool:
    """Whether a folder of this name is a snapshot."""
    return _SNAPSHOT_ID.fullmatch(name) is not None


def read_manifest(folder: Path) -> Manifest:
    """Read and check a snapshot's manifest.

    Raises:
        IndexDamagedError: If it is missing or not a manifest.
        IndexMismatchError: If the snapshot has another format; IndexNewerError, if a newer one.
    """
    path = folder / MANIFEST
    try:
        if path.stat().st_size > _MAX_MANIFEST:
            raise ValueError("too large")
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data["format"]
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
    if isinstance(version, int) and version < FORMAT:
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
    """Write the manifest of a finished snapshot."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")


def file_digests(folder: Path, *, base: Snapshot | None = None) -> dict[str, tuple[int, str]]:
    """Return bytes and SHA-256 of every file in a folder, by its place there.

    Args:
        folder: Of a snapshot, or a part of it.
        base: A snapshot that the other one was begun from; what they share is not read again.
    """
    digests = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST and not path.name.endswith(".lock"):
            name = path.relative_to(folder).as_posix()
            known = base.manifest.files.get(name) if base else None
            if base and known and path.samefile(base.folder / name):
                digests[name] = known
                continue
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            digests[name] = (path.stat().st_size, digest)
    return digests


def damaged_files(folder: Path, manifest: Manifest) -> Iterator[Path]:
    """Yield the files of a snapshot that are not what the manifest says."""
    found = file_digests(folder)
    for name, expected in manifest.files.items():
        if found.get(name) != expected:
            yield folder / name


def switch_to(index: Path, name: str) -> None:
    """Make a finished snapshot the one in use, in one step that cannot be seen half done."""
    for path in ((index / name), *(index / name).rglob("*")):
        _sync(path)
    draft = index / f"{CURRENT}.new"
    draft.write_text(name + "\n", encoding="utf-8")
    _sync(draft)
    draft.replace(index / CURRENT)
    _sync(index)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
