"""Lines of a question set <-> a file that is only ever added to; a line is removed by blanking it.

So nothing that another process adds meanwhile is lost, and whoever reads sees whole lines.
"""

import errno
import json
import os
import threading
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

MAX_BYTES = 10_000_000


class FullError(Exception):
    """The file has no room for another line."""


class FeedbackFile:
    """A JSONL file of objects with an `id` first; safe for use from many threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def replace(self, old: str, line: dict[str, Any] | None) -> None:
        """Add a line, and remove the one that it takes the place of.

        Args:
            old: Id of a line to remove; one that is not there, or empty: none.
            line: What to add; None: nothing.

        Raises:
            FullError: If there is no room for it.
            OSError: If the file cannot be read or written.
        """
        data = b"" if line is None else f"{json.dumps(line, ensure_ascii=False)}\n".encode()
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: a line is one write, after whatever stands there by then.
            with self.path.open("ab", buffering=0) as end, self.path.open("r+b") as file:
                held = file.read(MAX_BYTES + 1)
                if data and len(held) + len(data) > MAX_BYTES:
                    raise FullError
                if data:
                    _append(end, file, data if held.endswith(b"\n") or not held else b"\n" + data)
                _blank(file, held, old)  # last: a disk that is full loses neither


def _append(end: FileIO, file: BinaryIO, data: bytes) -> None:
    """Add a line; of one for which the disk had no room, what was written is blanked."""
    written = end.write(data)
    if written < len(data):
        _overwrite(file, end.tell() - written, written)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(end.fileno())


def _blank(file: BinaryIO, held: bytes, id_: str) -> None:
    """Overwrite the line of this id with spaces: question sets pass over empty lines."""
    start = held.find(b'{"id": "%s"' % id_.encode()) if id_ else -1
    if start >= 0:
        end = held.find(b"\n", start)
        _overwrite(file, start, (end if end >= 0 else len(held)) - start)


def _overwrite(file: BinaryIO, start: int, length: int) -> None:
    file.seek(start)
    file.write(b" " * length)
    file.flush()
    os.fsync(file.fileno())
