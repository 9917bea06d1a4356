"""Embeddings of a build that was interrupted -> taken over by the next one.

With a transformer, hours of work would be lost otherwise. One file: a header that says of which
model, then records of a text's digest, its embedding and a checksum. What a crash left of the last
record, and anything after damage, is cut off.
"""

import hashlib
import zlib
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import numpy as np

from qa_bot.index.dense import Vectors
from qa_bot.index.own_files import open_or_create_own

_NAME = ".unfinished"


class UnfinishedVectors:
    """The embeddings so far; a context manager. For the one process that holds the index's lock."""

    def __init__(self, index: Path, *, fingerprint: str, dim: int) -> None:
        """Open the file, or begin a new one if it is of another model.

        Raises:
            OSError: If it cannot be written.
        """
        self._record = np.dtype([("digest", "V16"), ("vector", "<f4", (dim,)), ("check", "<u4")])
        header = hashlib.sha256(f"1 {fingerprint} {dim}".encode()).digest()
        self._file = open_or_create_own(index / _NAME)
        if self._file.read(len(header)) != header:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(header)
        records = np.frombuffer(self._file.read(), dtype=np.uint8)
        records = records[: records.size // self._record.itemsize * self._record.itemsize]
        self._records = records.view(self._record)
        intact = (_check(record) == record["check"] for record in self._records)
        whole = sum(takewhile(bool, intact))
        digests = self._records["digest"][:whole]
        self._numbers = {digest.tobytes(): number for number, digest in enumerate(digests)}
        self._file.seek(len(header) + whole * self._record.itemsize)
        self._file.truncate()

    def __enter__(self) -> "UnfinishedVectors":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._numbers

    def get(self, digest: bytes, default: Vectors) -> Vectors:
        """Return the embedding of a text, shape (dim,); the default if it was not computed."""
        number = self._numbers.get(digest)
        return default if number is None else self._records[number]["vector"]

    def add(self, digests: Sequence[bytes], vectors: Vectors) -> None:
        """Keep embeddings, shape (len(digests), dim), that were just computed."""
        records = np.zeros(len(digests), dtype=self._record)
        records["digest"] = np.array(digests, dtype="V16")
        records["vector"] = vectors
        records["check"] = [_check(record) for record in records]
        self._file.write(records.tobytes())
        self._file.flush()


def forget_unfinished(index: Path) -> None:
    """Remove the file: the build is complete, or takes nothing over."""
    (index / _NAME).unlink(missing_ok=True)


def _check(record: np.void) -> int:
    return zlib.crc32(record["digest"].tobytes() + record["vector"].tobytes())
