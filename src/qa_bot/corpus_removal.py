"""An article's id -> its file taken out of the corpus, where it can be put back from."""

import datetime as dt
import os
import secrets
from pathlib import Path

from qa_bot.errors import CorpusError

REMOVED_FOLDER = ".removed"  # hidden: what is in it are no articles


def remove_article(corpus: Path, id: str) -> Path:
    """Move an article's file to the folder `.removed` of the corpus.

    Args:
        corpus: The corpus folder.
        id: The article's id, as an index knows it; anybody may have made the index.

    Returns:
        Where the file is now.

    Raises:
        CorpusError: If there is no such file in the corpus, or it cannot be moved.
    """
    try:
        path = _inside(corpus, id)
        if not path.is_file():
            raise CorpusError(
                f"{path}: is not there any more; bring the index up to date with qa-bot index"
            )
        folder = _removed_folder(corpus)
        now = f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        target = folder / f"{now}-{path.name}"
        path.rename(target)
    except OSError as error:
        raise CorpusError(
            f"{corpus / id}: cannot be removed ({error.strerror}); check the folder"
        ) from error
    return target


def restore_article(corpus: Path, id: str, removed: Path) -> None:
    """Put a removed article's file back.

    Args:
        corpus: The corpus folder.
        id: The article's id.
        removed: What `remove_article` returned.

    Raises:
        CorpusError: If the file is not there, another one took its place, or it cannot be moved.
    """
    try:
        path = _inside(corpus, id)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(removed, path, follow_symlinks=False)  # unlike a move, it replaces no file
        removed.unlink()
    except OSError as error:
        raise CorpusError(
            f"{corpus / id}: cannot be put back ({error.strerror}); it lies in {removed}"
        ) from error


def _inside(corpus: Path, id: str) -> Path:
    """Return the path of an id, if neither it nor what it leads to lies outside the corpus."""
    path = corpus / id
    try:
        root = os.path.realpath(corpus)
        places = {os.path.realpath(path), os.path.join(os.path.realpath(path.parent), path.name)}  # noqa: PTH118 # as realpath gives it
    except ValueError as error:  # no file can have such a name
        raise _outside(corpus, id) from error
    is_inside = all(place.startswith(os.path.join(root, "")) for place in places)  # noqa: PTH118 # the same
    if not is_inside or path.name in ("", "..") or Path(id).parts[:1] == (REMOVED_FOLDER,):
        raise _outside(corpus, id)
    return path


def _outside(corpus: Path, id: str) -> CorpusError:
    return CorpusError(f"{id!r} is no article of {corpus}; choose one that the index lists")


def _removed_folder(corpus: Path) -> Path:
    folder = corpus / REMOVED_FOLDER
    if folder.is_symlink():
        raise CorpusError(f"{folder}: is a link; remove it")
    folder.mkdir(exist_ok=True)
    return folder
