"""Files of an index folder, which anybody may have made -> opened or written, if they are its own.

A link would lead out of the folder, and a pipe would keep its reader waiting for ever.
"""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from qa_bot.errors import IndexDamagedError

_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # Windows has neither


def check_own_files(folder: Path) -> None:
    """Check that nothing below a folder is a link, a pipe or a device; the folder itself may be.

    Raises:
        IndexDamagedError: If something is.
    """
    for entry in _entries(str(folder)):
        raise _no_file(entry.path)


def check_own_file(path: Path) -> None:
    """Check that a path is a file, if it is there.

    Raises:
        IndexDamagedError: If it is a link, a folder, a pipe or a device.
        OSError: If its folder may not be entered.
    """
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if not stat.S_ISREG(mode):
        raise _no_file(str(path))


def open_own(path: Path) -> IO[bytes]:
    """Open a file for reading.

    Raises:
        OSError: If it is not there, may not be read, or is a link or anything but a file.
    """
    return _opened(path, "rb", 0)


def open_or_create_own(path: Path) -> IO[bytes]:
    """Open a file for reading and writing; one that is not there, or was a link, begins empty.

    Raises:
        OSError: If it cannot be written, or is anything but a file.
    """
    if path.is_symlink():
        path.unlink()
    return _opened(path, "r+b", os.O_CREAT)


def _opened(path: Path, mode: str, more: int) -> IO[bytes]:
    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | more | _PLAIN, 0o666)

    file: IO[bytes] = open(path, mode, opener=opener)  # noqa: SIM115 # Path has no opener
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "is not a file", str(path))


def replace_own(path: Path, data: bytes) -> None:
    """Put a file in the place of another one, in one step that cannot be seen half done.

    Raises:
        OSError: If it cannot be written.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)  # of a builder that was killed; it could be a link
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before anything that comes after."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _no_file(path: str) -> IndexDamagedError:
    return IndexDamagedError(
        f"{path}: is a link or no file, which no index has; remove it and rebuild with "
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
