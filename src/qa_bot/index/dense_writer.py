"""Embeddings -> files of vectors, new or longer than before; `dense` searches them.

The vectors lie in FAISS's format of a flat index: a header and the rows, so that a file grows
without being read.
"""

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from qa_bot.errors import IndexWriteError
from qa_bot.index.dense import CODED, Vectors, codes_path, pieces_of

_SAMPLE = 40_000  # vectors that the codes are trained on
_AT_ONCE = 50_000  # vectors
# Kind, dim, vectors, two that are not used, is trained, inner product; then how many numbers.
_HEADER = struct.Struct("<4siqqqBiQ")


def write_vectors(path: Path, vectors: Vectors, *, coded: int = CODED) -> None:
    """Write vectors of shape (n, dim), float32, rows of length 1 (or all zero), to a new file.

    Args:
        path: Of the file; that of the codes is named `path`.codes.
        vectors: The vectors, in order of their numbers.
        coded: From how many vectors on they have codes.

    Raises:
        IndexWriteError: If a file cannot be written.
    """
    path.write_bytes(_header(vectors.shape[1], 0))
    append_vectors(path, [vectors], coded=coded)


def append_vectors(path: Path, parts: Iterable[Vectors], *, coded: int = CODED) -> None:
    """Write more vectors to a file, and to its codes; nobody may have it open.

    Args:
        path: Of the file.
        parts: Vectors of shape (n, dim) with the numbers that follow.
        coded: As for `write_vectors`.

    Raises:
        IndexWriteError: If a file cannot be written.
    """
    try:
        with path.open("r+b") as file:
            _, dim, before, *_ = _HEADER.unpack(file.read(_HEADER.size))
            count = before
            file.seek(0, 2)
            for part in parts:
                file.write(np.ascontiguousarray(part, dtype=np.float32).tobytes())
                count += len(part)
            file.seek(0)
            file.write(_header(dim, count))
        if count >= coded and count > before:
            draft = path.with_name(f"{path.name}.new")
            faiss.write_index(_codes(path, before, count), str(draft))
            draft.replace(codes_path(path))  # another snapshot may have the old one
    except (RuntimeError, OSError) as error:  # FAISS's message tells of its source code
        raise IndexWriteError(
            f"{path}: cannot be written; make room and run the command again"
        ) from error


def _header(dim: int, count: int) -> bytes:
    return _HEADER.pack(b"IxFI", dim, count, 1 << 20, 1 << 20, 1, 0, count * dim)


def _codes(path: Path, before: int, count: int) -> Any:
    """Return the codes of a file's vectors: those that it had, if it did, and the new ones."""
    flat = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    if codes_path(path).exists():
        codes: Any = faiss.read_index(str(codes_path(path)))
    else:
        codes, before = _train(flat), 0
    for start in range(before, count, _AT_ONCE):
        codes.add(flat.reconstruct_n(start, min(_AT_ONCE, count - start)))
    return codes


def _train(flat: faiss.Index) -> Any:
    """Return an index of codes, four bits for each two dimensions, that holds none yet."""
    count, dim = flat.ntotal, flat.d
    codes = faiss.IndexPQFastScan(dim, pieces_of(dim), 4, faiss.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(0).permutation(count)[:_SAMPLE]
    codes.train(flat.reconstruct_batch(np.sort(sample)))
    return codes
