"""A corpus folder that somebody works on -> a build each time that it comes to rest."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeAlias

from qa_bot.corpus_folder import article_ids
from qa_bot.errors import QaBotError

_PAUSE = 1.0  # seconds between two looks, and without a change before a build
_SHARE = 10  # a look may take one part in so many of the time

_Looks: TypeAlias = dict[str, tuple[int, int, int]]


def follow(corpus: Path, build: Callable[[], bool], *, pause: float = _PAUSE) -> NoReturn:
    """Build now, and again after each change; does not return.

    What a change looks like (size, date, inode) only says when to build: the build compares bytes.

    Args:
        corpus: The corpus folder; it may go away and come back.
        build: Returns whether that is all until the next change; if not, it is called again soon.
        pause: Seconds.
    """
    seen = _look(corpus)
    while True:
        built = seen if build() else None
        spent = 0.0
        while True:
            time.sleep(max(pause, _SHARE * spent))
            began = time.monotonic()
            before, seen = seen, _look(corpus)
            spent = time.monotonic() - began
            if before == seen != built:
                break


def _look(corpus: Path) -> _Looks:
    """Return what the article files look like, by id; nothing of a folder that is not there."""
    looks = {}
    try:
        for id_ in article_ids(corpus):
            try:
                seen = os.stat(f"{corpus}/{id_}")  # noqa: PTH116 # Path takes twice as long
            except OSError:  # just removed
                continue
            looks[id_] = (seen.st_size, seen.st_mtime_ns, seen.st_ino)
    except QaBotError:
        pass
    return looks
