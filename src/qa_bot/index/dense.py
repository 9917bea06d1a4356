"""Embeddings -> nearest passages, by FAISS: inner product over rows of length 1.

Up to some ten thousand all vectors are compared; beyond that short codes of all of them, and then
the vectors of the best codes (docs/decisions/0024). `dense_writer` writes both.
"""

from pathlib import Path
from typing import Any, TypeAlias

import faiss
import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.float32]

CODED = 20_000  # vectors; fewer are compared one by one, in under 2 ms
_BLOCK = 32  # vectors whose codes lie side by side
_COMPARED = 300  # of those with the best codes are compared exactly


def normalized(vectors: Vectors) -> Vectors:
    """Return the rows at length 1; those without length, or with something not finite, zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.nan_to_num(vectors / np.where(lengths > 0, lengths, 1))
    return unit.astype(np.float32, copy=False)


class DenseIndex:
    """Vectors numbered from 0, in files that are memory-mapped when opened."""

    def __init__(self, index: faiss.Index, codes: faiss.Index | None = None) -> None:
        self._index, self._codes = index, codes

    @classmethod
    def open(cls, path: Path) -> "DenseIndex":
        """Open an index.

        Raises:
            RuntimeError: If a file is not one that FAISS can read.
        """
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        if not codes_path(path).exists():
            return cls(index)
        codes = faiss.read_index(str(codes_path(path)), faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(codes, faiss.IndexPQFastScan) or not _are_of(codes, index):
            raise RuntimeError("the codes are of other vectors")
        return cls(index, codes)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self._index.d)

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
        # For one query, waking a second thread takes longer than the scan (20,000 x 256: 15 ms with
        # two threads, 1 ms with one); the setting holds for the calling thread only.
        faiss.omp_set_num_threads(1)
        if self._codes is None:
            numbers = self._scan(query, limit, allowed)
        else:
            numbers = self._by_code(self._codes, query, limit, allowed)
        return self._best(query, numbers, limit)

    def _scan(
        self, query: Vectors, limit: int, allowed: npt.NDArray[np.bool_] | None
    ) -> npt.NDArray[np.int64]:
        """Return the numbers of the nearest vectors."""
        parameters = faiss.SearchParameters()
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            parameters.sel = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type] # wrong in its stubs
        _, numbers = self._index.search(query[None, :], limit, params=parameters)
        found: npt.NDArray[np.int64] = numbers[numbers >= 0]
        return found

    def _by_code(
        self,
        codes: faiss.Index,
        query: Vectors,
        limit: int,
        allowed: npt.NDArray[np.bool_] | None,
    ) -> npt.NDArray[np.int64]:
        """Return the numbers of vectors among which the nearest are."""
        wanted = max(_COMPARED, 10 * limit)
        if allowed is not None:
            count = int(np.count_nonzero(allowed))
            if count < CODED:
                return np.flatnonzero(allowed)
            wanted = wanted * len(allowed) // count  # what is not allowed is found too
        _, numbers = codes.search(query[None, :], min(wanted, len(self)))
        # A damaged file may name any number.
        found: npt.NDArray[np.int64] = numbers[(numbers >= 0) & (numbers < len(self))]
        if allowed is not None:
            found = found[allowed[found]]
            if len(found) < limit:
                return self._scan(query, limit, allowed)
        return found

    def _best(self, query: Vectors, numbers: npt.NDArray[np.int64], limit: int) -> dict[int, float]:
        """Return the nearest of some vectors, with their cosines."""
        scores = self.vectors(numbers) @ query
        best = np.argsort(-scores, kind="stable")[:limit]
        return {int(numbers[place]): float(scores[place]) for place in best}

    def vectors(self, numbers: npt.NDArray[np.int64]) -> Vectors:
        """Return the vectors with these numbers, shape (len(numbers), dim)."""
        found: Vectors = self._index.reconstruct_batch(numbers)
        return found


def pieces_of(dim: int) -> int:
    """Return into how many pieces a vector is cut, each of which has a code."""
    return dim if dim % 2 else dim // 2


def _are_of(codes: Any, index: faiss.Index) -> bool:
    """Whether the codes are of an index's vectors; with other numbers FAISS reads what is not."""
    count, dim, pieces = index.ntotal, index.d, pieces_of(index.d)
    even, whole = pieces + pieces % 2, -(-count // _BLOCK) * _BLOCK
    found = (codes.ntotal, codes.d, codes.M, codes.nbits, codes.ksub, codes.bbs)
    padded = (codes.M2, codes.ntotal2, codes.codes.size())
    book = (codes.pq.d, codes.pq.M, codes.pq.nbits, codes.pq.dsub, codes.pq.ksub)
    return (
        found == (count, dim, pieces, 4, 16, _BLOCK)
        and padded == (even, whole, whole * even // 2)
        and book == (dim, pieces, 4, dim // pieces, 16)
        and codes.pq.centroids.size() == 16 * dim
        and codes.metric_type == faiss.METRIC_INNER_PRODUCT
    )


def codes_path(path: Path) -> Path:
    """Return where the codes of the vectors in a file are kept, if there are any."""
    return path.with_name(f"{path.name}.codes")
