"""Embeddings -> nearest passages: inner product over rows of length 1.

Up to some ten thousand all vectors are compared; of more, `coded` compares short codes first
(docs/decisions/0024). `dense_writer` writes the files of both.
"""

import struct
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.float32]

CODED = 20_000  # vectors; fewer are compared one by one, in under 2 ms
# Of a flat index in FAISS's format: kind, dim, vectors, two that are not used, is trained, inner
# product; then how many numbers.
HEADER = struct.Struct("<4siqqqBiQ")


def normalized(vectors: Vectors) -> Vectors:
    """Return the rows at length 1; those without length, or with something not finite, zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.nan_to_num(vectors / np.where(lengths > 0, lengths, 1))
    return unit.astype(np.float32, copy=False)


class DenseIndex:
    """Vectors numbered from 0, all of them compared with a query."""

    def __init__(self, rows: Vectors) -> None:
        self._rows = rows

    @classmethod
    def open(cls, path: Path) -> "DenseIndex":
        """Open an index.

        Raises:
            RuntimeError: If a file is not one that FAISS can read.
        """
        if not codes_path(path).exists():
            return DenseIndex(_read_rows(path))
        # FAISS takes as long to import as to answer a question; few passages do without.
        from qa_bot.index.coded import CodedIndex

        return CodedIndex.open(path)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self._rows.shape[1])

    def search(
        self, query: Vectors, *, limit: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> dict[int, float]:
        """Find the nearest vectors; of those that have codes, nearly all of the nearest.

        Args:
            query: Shape (dim,), float32, length 1.
            limit: How many at most.
            allowed: If given: shape (n,); only the numbers where it is true.

        Returns:
            Cosine similarity in [-1, 1] by number, best first.
        """
        limit = min(limit, len(self))
        if limit < 1:
            return {}
        numbers = self._near(query, limit, allowed)
        scores = self.vectors(numbers) @ query
        best = np.argsort(-scores, kind="stable")[:limit]
        return {int(numbers[place]): float(scores[place]) for place in best}

    def _near(
        self, query: Vectors, limit: int, allowed: npt.NDArray[np.bool_] | None
    ) -> npt.NDArray[np.int64]:
        """Return the numbers of vectors among which the nearest are."""
        scores = self._rows @ query
        if allowed is not None:
            scores[~allowed] = -np.inf
        near = scores >= np.partition(scores, -limit)[-limit]
        if allowed is not None:
            near &= allowed
        return np.flatnonzero(near)[::-1]  # of equals, the last ones: as FAISS has it

    def vectors(self, numbers: npt.NDArray[np.int64]) -> Vectors:
        """Return the vectors with these numbers, shape (len(numbers), dim)."""
        return self._rows[numbers]


def _read_rows(path: Path) -> Vectors:
    """Read the vectors of a file, which are few: more have codes."""
    size = path.stat().st_size - HEADER.size
    with path.open("rb") as file:
        header = file.read(HEADER.size)
        _, dim, count, *_ = HEADER.unpack(header.ljust(HEADER.size, b"\0"))
        is_flat = dim > 0 and 0 <= count < CODED and header == flat_header(dim, count)
        if not is_flat or size != count * dim * np.dtype(np.float32).itemsize:
            raise RuntimeError("it is no file of vectors")
        return np.fromfile(file, dtype=np.float32).reshape(count, dim)


def flat_header(dim: int, count: int) -> bytes:
    """Return what stands before the vectors in a file of so many."""
    return HEADER.pack(b"IxFI", dim, count, 1 << 20, 1 << 20, 1, 0, count * dim)


def codes_path(path: Path) -> Path:
    """Return where the codes of the vectors in a file are kept, if there are any."""
    return path.with_name(f"{path.name}.codes")
