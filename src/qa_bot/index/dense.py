"""Embeddings -> nearest passages, by FAISS; exact inner product over rows of length 1."""

from pathlib import Path
from typing import TypeAlias

import faiss
import numpy as np
import numpy.typing as npt

from qa_bot.errors import IndexWriteError

Vectors: TypeAlias = npt.NDArray[np.float32]


def normalized(vectors: Vectors) -> Vectors:
    """Return the rows at length 1; those without length, or with something not finite, zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.nan_to_num(vectors / np.where(lengths > 0, lengths, 1))
    return unit.astype(np.float32, copy=False)


class DenseIndex:
    """Vectors numbered from 0, in one file that is memory-mapped when opened."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @staticmethod
    def write(path: Path, vectors: Vectors) -> None:
        """Write vectors of shape (n, dim), float32, rows of length 1 (or all zero).

        Raises:
            IndexWriteError: If the file cannot be written.
        """
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        try:
            faiss.write_index(index, str(path))
        except RuntimeError as error:  # its message tells of FAISS's source code
            raise IndexWriteError(
                f"{path}: cannot be written; make room and run the command again"
            ) from error

    @classmethod
    def open(cls, path: Path) -> "DenseIndex":
        """Open an index.

        Raises:
            RuntimeError: If the file is not one that FAISS can read.
        """
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self._index.d)

    def search(
        self, query: Vectors, *, limit: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> dict[int, float]:
        """Find the nearest vectors.

        Args:
            query: Shape (dim,), float32, length 1.
            limit: How many at most.
            allowed: If given: shape (n,); only the numbers where it is true.

        Returns:
            Cosine similarity in [-1, 1] by number, best first.
        """
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg, arg-type] # wrong in its stubs
        limit = min(limit, len(self))
        if limit < 1:
            return {}
        # For one query, waking a second thread takes longer than the scan (20,000 x 256: 15 ms with
        # two threads, 1 ms with one); the setting holds for the calling thread only.
        faiss.omp_set_num_threads(1)
        scores, numbers = self._index.search(query[None, :], limit, params=parameters)
        return {int(n): float(s) for n, s in zip(numbers[0], scores[0], strict=True) if n >= 0}

    def vectors(self, numbers: npt.NDArray[np.int64]) -> Vectors:
        """Return the vectors with these numbers, shape (len(numbers), dim)."""
        found: Vectors = self._index.reconstruct_batch(numbers)
        return found
