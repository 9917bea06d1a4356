"""A page's import -> files in the corpus: its articles, and the page itself, byte for byte.

Of a page that was converted, such as `pages/x.pdf`, the text is kept too, as `pages/x.pdf.txt`: its
lines are what the articles count.
"""

import difflib
import hashlib
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from qa_bot.corpus import PAGES_FOLDER
from qa_bot.errors import PageError
from qa_bot.pages.markdown import format_article, is_sealed
from qa_bot.pages.records import PageImport

MAX_ARTICLES = 5_000  # of one page: each becomes a file
_SLUG_LENGTH = 24  # characters of the title in a file's name
_STEM_LENGTH = 60
_UNSAFE = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class Written:
    """What happened to one article file.

    Attributes:
        status: `refused`: a person has edited the file since it was imported; see `diff`.
        diff: From the file as it is to the article as imported; empty if they are equal.
        namesake: An article of the same title, from another page file of the same name: most
            often the same page before it was mended.
    """

    path: Path
    status: Literal["written", "updated", "unchanged", "refused"]
    diff: str = ""
    namesake: Path | None = None


def write_articles(
    page_import: PageImport,
    original: bytes,
    *,
    corpus: Path,
    converted: str | None = None,
    force: bool = False,
    without: Collection[int] = (),
) -> list[Written]:
    """Write the articles of a page into the corpus, and keep the page.

    Importing a page twice changes nothing. A file that a person has edited is not overwritten.

    Args:
        page_import: The import.
        original: The page file's bytes.
        corpus: The corpus folder; it is made if needed.
        converted: The text that the page was converted to, if it is not text itself.
        force: Whether to overwrite edited files too.
        without: Numbers, from 1, of the articles that are not written; the others keep theirs, so
            that a later import knows them again.

    Returns:
        One entry for each article that is not left out, in order.

    Raises:
        PageError: If the page has too many articles, or the corpus cannot be written.
    """
    if (count := len(page_import.articles)) > MAX_ARTICLES:
        raise PageError(
            f"{page_import.file}: has {count:,} articles, more than {MAX_ARTICLES:,}; split it"
        )
    try:
        page = _keep_page(Path(page_import.file).name, original, corpus)
        if converted is not None:
            page = _keep_text(f"{page}.txt", converted, corpus)
        return list(_write_all(page_import, page, corpus, force=force, without=without))
    except OSError as error:
        raise PageError(
            f"{error.filename or corpus}: cannot be written ({error.strerror}); check the folder"
        ) from error


def _write_all(
    page_import: PageImport, page: str, corpus: Path, *, force: bool, without: Collection[int]
) -> Iterator[Written]:
    stem = page.removesuffix(".txt")
    there = _There(corpus, page, page_import.file)
    for number, article in enumerate(page_import.articles, 1):
        if number in without:
            continue
        text = format_article(article, page_file=f"{PAGES_FOLDER}/{page}")
        path = there.earlier(number) or corpus / _name(stem, number, article.title)
        before = _read(path)
        is_ours = before is not None and _is_from(before, page) and is_sealed(before)
        if before == text:
            yield Written(path, "unchanged")
            continue
        diff = "" if before is None else _diff(before, text, path)
        if before is not None and not force and not is_ours:
            yield Written(path, "refused", diff)
            continue
        write_atomically(path, text.encode())
        if before is None:
            yield Written(path, "written", namesake=there.namesake(article.title))
        else:
            yield Written(path, "updated", diff)


class _There:
    """What is in the corpus before the import of a page.

    The folder is listed once, and the files of one title are gone through once: to do that for each
    article would take time that grows with the square of their number.
    """

    def __init__(self, corpus: Path, page: str, file: str) -> None:
        """List the corpus.

        Args:
            corpus: The corpus folder.
            page: The page's name in the pages folder.
            file: How the page's file was named when it came.
        """
        stem, suffix = clean_name(file)
        end = "" if suffix == "txt" else f".{suffix}"
        own = re.compile(rf"{re.escape(page.removesuffix('.txt'))}-(\d+)-.*\.md", re.DOTALL)
        like = re.compile(
            rf"{re.escape(stem)}(?:-[0-9a-f]{{8}})?{re.escape(end)}-\d{{2,}}-(.*)\.md", re.DOTALL
        )
        self._by_number: dict[str, list[Path]] = defaultdict(list)
        self._by_slug: dict[str, list[Path]] = defaultdict(list)
        for name in sorted(os.listdir(corpus)):  # noqa: PTH208 # Paths take long to sort
            if match := own.fullmatch(name):
                self._by_number[match[1]].append(corpus / name)
            if match := like.fullmatch(name):
                self._by_slug[match[1]].append(corpus / name)
        self._page = page
        self._namesake_of = cache(self._find_namesake)

    def earlier(self, number: int) -> Path | None:
        """Find the file that an earlier import of this page wrote for this article."""
        # The articles of the page x-01 have names that fit the first article of the page x.
        paths = self._by_number[f"{number:02d}"]
        return next((path for path in paths if self._is_own(path)), None)

    def namesake(self, title: str) -> Path | None:
        """Find an article of this title from another page whose file had this name."""
        return self._namesake_of(_slug(title))

    def _find_namesake(self, slug: str) -> Path | None:
        paths = self._by_slug[slug]
        return next((path for path in paths if self._is_own(path) is False), None)

    def _is_own(self, path: Path) -> bool | None:
        """Whether a file is from this page; None if it is no file."""
        return _is_from(_read(path) or "", self._page) if path.is_file() else None


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a crash."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".import-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _keep_page(name: str, original: bytes, corpus: Path) -> str:
    """Keep the page's file, and return its name in the pages folder.

    Another page of the same name gets a name of its own, by its content.
    """
    folder = corpus / PAGES_FOLDER
    if folder.is_symlink():  # the corpus may be somebody else's
        raise PageError(f"{folder}: is a link; remove it")
    folder.mkdir(parents=True, exist_ok=True)
    stem, suffix = clean_name(name)
    digest = hashlib.sha256(original).hexdigest()[:8]
    for candidate in (f"{stem}.{suffix}", f"{stem}-{digest}.{suffix}"):
        path = folder / candidate
        if not path.exists():
            write_atomically(path, original)
            return candidate
        if path.is_file() and path.read_bytes() == original:
            return candidate
    raise PageError(f"{folder / candidate}: another file has this name; move it away")


def _keep_text(name: str, text: str, corpus: Path) -> str:
    """Keep what a page was converted to, and return its name; a better text takes its place."""
    path = corpus / PAGES_FOLDER / name
    if _read(path) != text:
        write_atomically(path, text.encode())
    return name


def _is_from(text: str, page: str) -> bool:
    """Whether an article file says that it was imported from a page."""
    return f"\n  file: {PAGES_FOLDER}/{page}\n" in text


def clean_name(name: str) -> tuple[str, str]:
    """Return a page file's stem and suffix, of letters that stand in any file's name."""
    suffix = _UNSAFE.sub("", Path(name).suffix[1:])[:8] or "txt"
    return _UNSAFE.sub("-", Path(name).stem).strip("-")[:_STEM_LENGTH] or "page", suffix


def _name(stem: str, number: int, title: str) -> str:
    return f"{stem}-{number:02d}-{_slug(title)}.md"


def _slug(title: str) -> str:
    return _UNSAFE.sub("-", title).strip("-_")[:_SLUG_LENGTH].strip("-_") or "article"


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None


def _diff(before: str, after: str, path: Path) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{path} (edited)", f"{path} (import)", lineterm=""
    )
    return "\n".join(lines)
