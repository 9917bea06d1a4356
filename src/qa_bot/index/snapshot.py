"""A folder `index/` -> one opened, complete snapshot of it.

`index/CURRENT` names the snapshot in use. A reader opens one and keeps it; a builder writes the
next beside it and swaps `CURRENT`. Nothing in a snapshot is executable when loaded.
"""

import hashlib
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from qa_bot.errors import IndexDamagedError, IndexMismatchError, IndexNotFoundError
from qa_bot.index.dense import DenseIndex
from qa_bot.index.encoder import Encoder
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.manifest import (
    ARTICLE_TERMS,
    MANIFEST,
    PASSAGE_TERMS,
    SIGNATURES,
    STORE,
    VECTORS,
    Manifest,
    read_manifest,
    write_manifest,
)
from qa_bot.index.own_files import check_own_file, check_own_files, open_own, replace_own, sync
from qa_bot.index.readers import hold
from qa_bot.index.store import Store

CURRENT = "CURRENT"
_PARTS = tuple(
    Path(part).parts[0] for part in (MANIFEST, STORE, VECTORS, SIGNATURES, PASSAGE_TERMS)
)
_SNAPSHOT_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
_TRIES, _PAUSE = 100, 0.02  # to open what another process may be removing


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
            self.store = Store(folder / STORE, numbers=manifest.numbers)
            self.vectors = DenseIndex.open(folder / VECTORS)
            self.passage_terms = LexicalIndex.open(folder / PASSAGE_TERMS)
            self.article_terms = LexicalIndex.open(folder / ARTICLE_TERMS)
        except (
            IndexDamagedError,
            RuntimeError,
            ValueError,
            OSError,
            MemoryError,
            sqlite3.Error,
        ) as error:
            why = f"cannot be opened ({str(error).partition(chr(10))[0][:200]})"
            raise _damage(folder, manifest, why) from error
        found = (len(self.vectors), self.vectors.dim, len(self.passage_terms))
        if found != (manifest.numbers, manifest.dim, manifest.passages):
            raise _damage(folder, manifest, "holds other passages than its manifest says")

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
                    raise unreadable(path)
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
    while name is not None and not _is_snapshot(index, name):
        again = _named(index)
        if again == name:  # if not, builders were quicker than this look
            raise IndexDamagedError(
                f"{index / CURRENT}: names no snapshot that is there; rebuild with "
                "qa-bot index --full"
            )
        name = again
    return None if name is None else index / name


def _named(index: Path) -> str | None:
    path = index / CURRENT
    try:
        check_own_file(path)
        with open_own(path) as file:
            return file.read(100).decode("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(
            f"{path}: cannot be read; rebuild with qa-bot index --full"
        ) from error


def snapshot_folders(index: Path) -> list[Path]:
    """Return the folders of all snapshots, also of those that were never completed.

    A folder of such a name that holds anything else is somebody's own, and none of them.
    """
    return [path for path in index.iterdir() if _is_snapshot(index, path.name) and _is_ours(path)]


def _is_ours(folder: Path) -> bool:
    try:
        return all(path.name.startswith(_PARTS) for path in folder.iterdir())
    except OSError:  # it may not be looked into
        return False


def _is_snapshot(index: Path, name: str) -> bool:
    """Whether this is the name of a snapshot's folder, and no link out of the index."""
    is_name = _SNAPSHOT_ID.fullmatch(name) is not None
    return is_name and (index / name).is_dir() and not (index / name).is_symlink()


def complete(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a finished snapshot, once all of its files are on the disk."""
    for path in (*folder.rglob("*"), folder):
        sync(path)
    write_manifest(folder, manifest)


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
    sync(index)  # its folder is there, too
    replace_own(index / CURRENT, f"{name}\n".encode())


def unreadable(path: Path | str) -> IndexDamagedError:
    """Return the error of a file that this user may not read."""
    return IndexDamagedError(
        f"{path}: may not be read; change its permissions, or rebuild with qa-bot index --full"
    )


def _damage(folder: Path, manifest: Manifest, why: str) -> IndexDamagedError:
    """Return an error that names the file at fault, if one is not what was written."""
    for path in damaged_files(folder, manifest):
        return IndexDamagedError(f"{path}: is damaged; rebuild with qa-bot index --full")
    return IndexDamagedError(f"{folder}: {why}; rebuild with qa-bot index --full")
