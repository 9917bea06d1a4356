"""Embeddings -> files of vectors, new or longer than before; `dense` searches them.

The vectors lie in FAISS's format of a flat index: a header and the rows, so that a file grows
without being read. `coded` writes the codes.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from qa_bot.errors import IndexWriteError
from qa_bot.index.dense import CODED, HEADER, Vectors, flat_header


def write_vectors(path: Path, vectors: Vectors, *, coded: int = CODED) -> None:
    """Write vectors of shape (n, dim), float32, rows of length 1 (or all zero), to a new file.

    Args:
        path: Of the file; that of the codes is named `path`.codes.
        vectors: The vectors, in order of their numbers.
        coded: From how many vectors on they have codes.

    Raises:
        IndexWriteError: If a file cannot be written.
    """
    path.write_bytes(flat_header(vectors.shape[1], 0))
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
            _, dim, before, *_ = HEADER.unpack(file.read(HEADER.size))
            count = before
            file.seek(0, 2)
            for part in parts:
                file.write(np.ascontiguousarray(part, dtype=np.float32).tobytes())
                count += len(part)
            file.seek(0)
            file.write(flat_header(dim, count))
        if count >= coded and count > before:
            from qa_bot.index.coded import write_codes  # with FAISS

            write_codes(path, before, count)
    except (RuntimeError, OSError) as error:  # FAISS's message tells of its source code
        raise IndexWriteError(
            f"{path}: cannot be written; make room and run the command again"
        ) from error
