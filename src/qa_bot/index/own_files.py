"""An index folder, which anybody may have made -> whether all in it is its own.

A link could have a reader open, or a builder overwrite, a file elsewhere; a pipe would never end.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from qa_bot.errors import IndexDamagedError


def check_own_files(folder: Path) -> None:
    """Check that nothing below a folder is a link, a pipe or a device; the folder itself may be.

    Raises:
        IndexDamagedError: If something is.
    """
    for entry in _entries(str(folder)):
        raise IndexDamagedError(
            f"{entry.path}: is a link or no file, which no index has; remove it and rebuild with "
            "qa-bot index --full"
        )


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    yield from _entries(entry.path)
                elif not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                    yield entry
    except OSError:  # a builder has removed it meanwhile, or it may not be read, as its reader says
        return
