"""Who reads a snapshot: readers hold a shared lock, and only what nobody holds is removed.

The lock is flock's on the snapshot's manifest: the system releases it when a process ends, however
that happens, and it can be had in a folder that may not be written. Where there is no flock, a
system that does not remove what is open (Windows) keeps a reader's files.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO

from qa_bot.index.own_files import open_own

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment] # looked for below


def hold(manifest: Path) -> IO[bytes] | None:
    """Keep the snapshot of this manifest from being removed until the file returned is closed.

    Returns:
        The manifest, opened; None if the snapshot is just being removed.

    Raises:
        OSError: If the file is not there or may not be read.
    """
    file = open_own(manifest)
    if not fcntl:
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    except OSError:  # a disk without locks
        return file
    if os.fstat(file.fileno()).st_nlink:
        return file
    file.close()
    return None


def remove_unread(folder: Path, manifest: Path) -> None:
    """Remove a snapshot that is not in use any more, unless somebody reads it."""
    with suppress(OSError):
        try:
            file = open_own(manifest)
        except FileNotFoundError:  # it was never completed
            shutil.rmtree(folder)
            return
        with file:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
