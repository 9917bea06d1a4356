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
from qa_bot.index.dense import CLUSTERED, Vectors, clusters_path

_CLUSTERS = 2.0  # times the square root of the number of vectors
_SAMPLE = 40  # vectors that a cluster is trained on
_ROUNDS = 8  # of k-means
_GROWN = 2  # times as many vectors as the clusters were made for: they are made anew
_AT_ONCE = 50_000  # vectors
# Kind, dim, vectors, two that are not used, is trained, inner product; then how many numbers.
_HEADER = struct.Struct("<4siqqqBiQ")


def write_vectors(path: Path, vectors: Vectors, *, clustered: int = CLUSTERED) -> None:
    """Write vectors of shape (n, dim), float32, rows of length 1 (or all zero), to a new file.

    Args:
        path: Of the file; that of the clusters is named `path`.clusters.
        vectors: The vectors, in order of their numbers.
        clustered: From how many vectors on they are clustered.

    Raises:
        IndexWriteError: If a file cannot be written.
    """
    path.write_bytes(_header(vectors.shape[1], 0))
    append_vectors(path, [vectors], clustered=clustered)


def append_vectors(path: Path, parts: Iterable[Vectors], *, clustered: int = CLUSTERED) -> None:
    """Write more vectors to a file, and to its clusters; nobody may have it open.

    Args:
        path: Of the file.
        parts: Vectors of shape (n, dim) with the numbers that follow.
        clustered: As for `write_vectors`.

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
        if count >= clustered and count > before:
            draft = path.with_name(f"{path.name}.new")
            faiss.write_index(_clusters(path, before, count), str(draft))
            draft.replace(clusters_path(path))  # another snapshot may have the old one
    except (RuntimeError, OSError) as error:  # FAISS's message tells of its source code
        raise IndexWriteError(
            f"{path}: cannot be written; make room and run the command again"
        ) from error


def _header(dim: int, count: int) -> bytes:
    return _HEADER.pack(b"IxFI", dim, count, 1 << 20, 1 << 20, 1, 0, count * dim)


def _clusters(path: Path, before: int, count: int) -> Any:
    """Return the clusters of a file's vectors: those that it had, if they do, with the new ones."""
    flat = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    clusters: Any = None
    if clusters_path(path).exists():
        clusters = faiss.read_index(str(clusters_path(path)))
        if count > _GROWN * (clusters.nlist / _CLUSTERS) ** 2:
            clusters = None
    if not clusters:
        clusters, before = _train(flat), 0
    for start in range(before, count, _AT_ONCE):
        clusters.add(flat.reconstruct_n(start, min(_AT_ONCE, count - start)))
    return clusters


def _train(flat: faiss.Index) -> Any:
    """Return clusters, a byte a dimension, that hold no vectors yet."""
    count, dim = flat.ntotal, flat.d
    clusters = int(_CLUSTERS * count**0.5)
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dim),
        dim,
        clusters,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.own_fields, index.cp.niter, index.cp.spherical = False, _ROUNDS, True
    sample = np.random.default_rng(0).permutation(count)[: _SAMPLE * clusters]
    index.train(flat.reconstruct_batch(np.sort(sample)))
    return index
