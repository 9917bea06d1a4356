"""A file of one snapshot -> the same file in the next one."""

import os
import shutil
from contextlib import suppress
from pathlib import Path


def share(source: Path, target: Path) -> None:
    """Put a file that never changes into another folder too.

    As a link, so that it takes no room and no time; as a copy where the disk has no links.
    """
    with suppress(OSError):
        os.link(source, target)
        return
    shutil.copyfile(source, target)
