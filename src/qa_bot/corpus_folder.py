"""Corpus folder -> its article files, and what in it was skipped.

os.path rather than Path: it answers no where Path raises, in a folder that may not be entered.
"""
# ruff: noqa: PTH110, PTH112, PTH113, PTH114

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
        CorpusError: If the folder does not exist.
    """
    check_corpus(corpus)
    root = corpus.resolve()
    found: list[tuple[Path, str | None]] = []

    def skip(error: OSError) -> None:
        found.append((Path(error.filename), f"cannot be read ({error.strerror}); check the folder"))

    for folder, folders, names in os.walk(corpus, onerror=skip):
        if Path(folder) == corpus and PAGES_FOLDER in folders:
            folders.remove(PAGES_FOLDER)
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(folder, name) for name in (*folders, *names)):
            if _is_wanted(path, root):
                found.append((path, _problem(path, root)))
    for path, problem in sorted(found):
        if problem is None:
            yield path.relative_to(corpus).as_posix(), path
        elif problems is not None:
            # A name that is not UTF-8 cannot be printed as it is.
            shown = os.fsencode(path).decode("utf-8", "backslashreplace")
            problems.append(f"{shown}: {problem}")


def _is_wanted(path: Path, root: Path) -> bool:
    """Whether an entry is an article by its name, or a link that may have led to some."""
    if path.name.startswith("."):
        return False
    if os.path.isdir(path):
        return _leads_out(path, root)
    is_article = path.suffix.lower() in (".md", ".txt") and path.stem.lower() != "readme"
    return is_article or (os.path.islink(path) and not os.path.exists(path))


def _leads_out(path: Path, root: Path) -> bool:
    return not Path(os.path.realpath(path)).is_relative_to(root)


def _problem(path: Path, root: Path) -> str | None:
    """Return why an entry cannot be an article, or None."""
    if not os.path.exists(path):
        what = "is a broken link" if os.path.islink(path) else "cannot be reached"
        return f"{what}; mend or remove it"
    if _leads_out(path, root):
        return "is a link that leads out of the corpus; put what it leads to into the corpus"
    if not os.path.isfile(path):
        return "is not a file; remove it"
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return "has a name that is not UTF-8; rename it"
    return None
