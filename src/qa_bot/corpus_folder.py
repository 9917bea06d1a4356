"""Corpus folder -> its article files, and what in it was skipped.

os rather than Path: it answers no where Path raises, in a folder that may not be entered, and takes
a tenth of the time for a folder of many files.
"""
# ruff: noqa: PTH110, PTH112, PTH113, PTH114, PTH118

import os
from collections.abc import Iterator
from pathlib import Path

from qa_bot.corpus import PAGES_FOLDER, check_corpus


def article_files(corpus: Path, *, problems: list[str] | None = None) -> Iterator[tuple[str, Path]]:
    """Find the article files of a corpus folder.

    README files, hidden files and the originals in `pages/` are no articles. A link that leads
    out of the folder is not followed.

    Args:
        corpus: The corpus folder.
        problems: Takes one line for each entry that would be an article, or hold some, but cannot
            be used.

    Yields:
        The article's id (its place in the folder, with `/`) and its path, sorted by id.

    Raises:
        CorpusError: If the folder does not exist or may not be read.
    """
    for id_ in article_ids(corpus, problems=problems):
        yield id_, corpus / id_


def article_ids(corpus: Path, *, problems: list[str] | None = None) -> Iterator[str]:
    """Yield the ids alone, as `article_files` does."""
    check_corpus(corpus)
    for id_, problem in sorted(_entries(str(corpus), os.path.realpath(corpus))):
        if not problem:
            yield id_
        elif problems is not None:
            # A name that is not UTF-8 cannot be printed as it is.
            shown = os.fsencode(corpus / id_).decode("utf-8", "backslashreplace")
            problems.append(f"{shown}: {problem}")


def _entries(corpus: str, root: str) -> Iterator[tuple[str, str]]:
    """Yield the ids of what is an article by its name, or might hold some.

    Args:
        corpus: The corpus folder.
        root: The same, all links resolved.

    Yields:
        The id, and why it cannot be used, or ''.
    """
    places = [""]  # of folders in the corpus, with a / behind
    while places:
        place = places.pop()
        folder = os.path.join(corpus, place)
        try:
            with os.scandir(folder) as found:
                entries = list(found)
        except OSError as error:
            yield place.rstrip("/"), f"cannot be read ({error.strerror}); check the folder"
            continue
        is_open = os.access(folder, os.X_OK)
        for entry in entries:
            name, id_ = entry.name, place + entry.name
            if name.startswith(".") or id_ == PAGES_FOLDER:
                continue
            if entry.is_dir(follow_symlinks=False):
                places.append(f"{id_}/")
            elif entry.is_symlink() and os.path.isdir(entry.path):
                if _leads_out(entry.path, root):
                    yield id_, _problem(entry.path, root)
            elif _is_article(name):
                # Nearly all are plain files: for the others the disk is asked several times.
                is_plain = is_open and name.isascii() and entry.is_file(follow_symlinks=False)
                yield id_, "" if is_plain else _problem(entry.path, root)
            elif os.path.islink(entry.path) and not os.path.exists(entry.path):
                yield id_, _problem(entry.path, root)


def _is_article(name: str) -> bool:
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 # as above
    return suffix.lower() in (".md", ".txt") and stem.lower() != "readme"


def _leads_out(path: str, root: str) -> bool:
    return not Path(os.path.realpath(path)).is_relative_to(root)


def _problem(path: str, root: str) -> str:
    """Return why an entry cannot be an article, or ''."""
    if not os.path.exists(path):
        what = "is a broken link" if os.path.islink(path) else "cannot be reached"
        return f"{what}; mend or remove it"
    if _leads_out(path, root):
        return "is a link that leads out of the corpus; put what it leads to into the corpus"
    if not os.path.isfile(path):
        return "is not a file; remove it"
    try:
        path.encode()
    except UnicodeEncodeError:
        return "has a name that is not UTF-8; rename it"
    return ""
