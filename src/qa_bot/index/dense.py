"""Embeddings -> nearest passages, by FAISS: inner product over rows of length 1.

Up to some ten thousand all vectors are compared; beyond that those of the nearest clusters,
coarsely first (docs/decisions/0015). `dense_writer` writes them.
"""

from pathlib import Path
from typing import TypeAlias

import faiss
import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.float32]

CLUSTERED = 50_000  # vectors; a scan of fewer takes under 4 ms
_PROBED = 12  # one cluster in so many is looked into
_COARSE = 3  # times as many found by one byte a dimension are compared exactly


def normalized(vectors: Vectors) -> Vectors:
    """Return the rows at length 1; those without length, or with something not finite, zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.nan_to_num(vectors / np.where(lengths > 0, lengths, 1))
    return unit.astype(np.float32, copy=False)


class DenseIndex:
    """Vectors numbered from 0, in files that are memory-mapped when opened."""

    def __init__(self, index: faiss.Index, clusters: faiss.IndexIVF | None = None) -> None:
        self._index, self._clusters = index, clusters

    @classmethod
    def open(cls, path: Path) -> "DenseIndex":
        """Open an index.

        Raises:
            RuntimeError: If a file is not one that FAISS can read.
        """
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        if not clusters_path(path).exists():
            return cls(index)
        clusters = faiss.read_index(str(clusters_path(path)), faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(clusters, faiss.IndexIVF) or clusters.ntotal != index.ntotal:
            raise RuntimeError("the clusters are of other vectors")
        return cls(index, clusters)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self._index.d)

    def search(
        self, query: Vectors, *, limit: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> dict[int, float]:
        """Find the nearest vectors; with clusters some nine in ten of them.

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
        if self._clusters is None:
            scan = self._index
            parameters = faiss.SearchParameters()
        elif allowed is not None and np.count_nonzero(allowed) < CLUSTERED // 2:
            return self._best(query, np.flatnonzero(allowed), limit)
        else:
            scan = self._clusters
            probed = max(1, self._clusters.nlist // _PROBED)
            parameters = faiss.SearchParametersIVF(nprobe=probed)  # type: ignore[call-arg] # wrong in its stubs
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            parameters.sel = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type] # wrong in its stubs
        found = limit if self._clusters is None else min(_COARSE * limit, len(self))
        _, numbers = scan.search(query[None, :], found, params=parameters)
        # A damaged file may name any number.
        return self._best(query, numbers[(numbers >= 0) & (numbers < len(self))], limit)

    def _best(self, query: Vectors, numbers: npt.NDArray[np.int64], limit: int) -> dict[int, float]:
        """Return the nearest of some vectors, with their cosines."""
        scores = self.vectors(numbers) @ query
        best = np.argsort(-scores, kind="stable")[:limit]
        return {int(numbers[place]): float(scores[place]) for place in best}

    def vectors(self, numbers: npt.NDArray[np.int64]) -> Vectors:
        """Return the vectors with these numbers, shape (len(numbers), dim)."""
        found: Vectors = self._index.reconstruct_batch(numbers)
        return found


def clusters_path(path: Path) -> Path:
    """Return where the clusters of the vectors in a file are kept, if there are any."""
    return path.with_name(f"{path.name}.clusters")
