"""Embeddings, many of them -> nearest passages, by FAISS.

Short codes of all vectors are compared, and then the vectors of the best codes
(docs/decisions/0024).
"""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from qa_bot.index.dense import CODED, DenseIndex, Vectors, codes_path

_BLOCK = 32  # vectors whose codes lie side by side
_COMPARED = 300  # of those with the best codes are compared exactly
_SAMPLE = 40_000  # vectors that the codes are trained on
_AT_ONCE = 50_000  # vectors


class CodedIndex(DenseIndex):
    """Vectors numbered from 0 with their codes, in files that are memory-mapped when opened."""

    def __init__(self, index: faiss.Index, codes: faiss.Index) -> None:
        self._index, self._codes = index, codes

    @classmethod
    def open(cls, path: Path) -> "CodedIndex":
        """Open an index.

        Raises:
            RuntimeError: If a file is not one that FAISS can read.
        """
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
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

    def _near(
        self, query: Vectors, limit: int, allowed: npt.NDArray[np.bool_] | None
    ) -> npt.NDArray[np.int64]:
        # For one query, waking a second thread takes longer than the scan; the setting holds for
        # the calling thread only.
        faiss.omp_set_num_threads(1)
        wanted = max(_COMPARED, 10 * limit)
        if allowed is not None:
            count = int(np.count_nonzero(allowed))
            if count < CODED:
                return np.flatnonzero(allowed)
            wanted = wanted * len(allowed) // count  # what is not allowed is found too
        _, numbers = self._codes.search(query[None, :], min(wanted, len(self)))
        # A damaged file may name any number.
        found: npt.NDArray[np.int64] = numbers[(numbers >= 0) & (numbers < len(self))]
        if allowed is not None:
            found = found[allowed[found]]
            if len(found) < limit:
                return self._scan(query, limit, allowed)
        return found

    def _scan(
        self, query: Vectors, limit: int, allowed: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.int64]:
        """Return the numbers of the nearest of the vectors that are allowed."""
        parameters = faiss.SearchParameters()
        bits = np.packbits(allowed, bitorder="little")
        parameters.sel = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type] # wrong in its stubs
        _, numbers = self._index.search(query[None, :], limit, params=parameters)
        found: npt.NDArray[np.int64] = numbers[numbers >= 0]
        return found

    def vectors(self, numbers: npt.NDArray[np.int64]) -> Vectors:
        """Return the vectors with these numbers, shape (len(numbers), dim)."""
        found: Vectors = self._index.reconstruct_batch(numbers)
        return found


def _pieces_of(dim: int) -> int:
    """Return into how many pieces a vector is cut, each of which has a code."""
    return dim if dim % 2 else dim // 2


def _are_of(codes: Any, index: faiss.Index) -> bool:
    """Whether the codes are of an index's vectors; with other numbers FAISS reads what is not."""
    count, dim, pieces = index.ntotal, index.d, _pieces_of(index.d)
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


def write_codes(path: Path, before: int, count: int) -> None:
    """Write the codes of a file's vectors: those that it had, if it did, and the new ones.

    Args:
        path: Of the file.
        before: How many vectors it had.
        count: How many it has.

    Raises:
        RuntimeError, OSError: If a file cannot be read or written.
    """
    flat = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    if codes_path(path).exists():
        codes: Any = faiss.read_index(str(codes_path(path)))
    else:
        codes, before = _train(flat), 0
    for start in range(before, count, _AT_ONCE):
        codes.add(flat.reconstruct_n(start, min(_AT_ONCE, count - start)))
    draft = path.with_name(f"{path.name}.new")
    faiss.write_index(codes, str(draft))
    draft.replace(codes_path(path))  # another snapshot may have the old one


def _train(flat: faiss.Index) -> Any:
    """Return an index of codes, four bits for each two dimensions, that holds none yet."""
    count, dim = flat.ntotal, flat.d
    codes = faiss.IndexPQFastScan(dim, _pieces_of(dim), 4, faiss.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(0).permutation(count)[:_SAMPLE]
    codes.train(flat.reconstruct_batch(np.sort(sample)))
    return codes
