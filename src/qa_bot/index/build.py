"""Corpus -> a new snapshot in the index folder, by as much work as there are changes."""

import datetime as dt
import logging
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import filelock
from tqdm import tqdm

from qa_bot.corpus import read_article
from qa_bot.corpus_folder import article_ids
from qa_bot.errors import (
    CorpusError,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexNewerError,
    IndexWriteError,
    QaBotError,
)
from qa_bot.index.encoder import Encoder
from qa_bot.index.manifest import MANIFEST, Manifest, read_manifest
from qa_bot.index.own_files import check_own_file, check_own_files
from qa_bot.index.plan import Indexed, Plan, make_plan
from qa_bot.index.readers import remove_unread
from qa_bot.index.snapshot import (
    CURRENT,
    Snapshot,
    current_folder,
    damaged_files,
    snapshot_folders,
    switch_to,
    unreadable,
)
from qa_bot.index.snapshot_writer import Bars, SnapshotWriter
from qa_bot.index.unfinished import forget_unfinished
from qa_bot.records import Article

PASSAGE_SIZE = 400  # characters; see docs/decisions/0013
_LOG = logging.getLogger(__name__)

_OF_THE_DISK = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
}
_MAX_GONE = 0.2  # share of the numbers that no passage has any more: then all is built anew


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        snapshot: Folder of the snapshot now in use.
        articles: Articles in it.
        passages: Passages in it.
        added: Ids of articles that were not there before.
        changed: Ids of articles whose file changed.
        removed: Ids of articles that are no longer there.
        reused: Passages whose embedding was taken over.
        problems: One line for each file or folder that was skipped.
        seconds: How long it took.
    """

    snapshot: Path
    articles: int
    passages: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    reused: int
    problems: tuple[str, ...]
    seconds: float


def build_index(
    corpus: Path,
    index: Path,
    encoder: Encoder,
    *,
    passage_size: int = PASSAGE_SIZE,
    full: bool = False,
    show_progress: bool = False,
    bars: Bars = tqdm,
    on_plan: Callable[[Plan], None] | None = None,
) -> BuildReport:
    """Bring the index up to date with the corpus.

    If nothing changed, nothing is written. Otherwise a new snapshot is written beside the one in
    use, which serves until the new one is complete, and after that is kept once more. Of an
    article that did not change nothing but the bytes is read. The embeddings that a transformer
    computed in a build that was interrupted are taken over.

    Args:
        corpus: The corpus folder.
        index: The index folder; made if it is not there.
        encoder: The embedding model.
        passage_size: Characters that a passage has at most.
        full: Whether to take nothing over from the snapshot in use.
        show_progress: Whether to draw progress bars on stderr.
        bars: What draws them: tqdm, or `ProgressLines` for a program.
        on_plan: Is told what there is to do before it is done.

    Raises:
        CorpusError: If there is no corpus folder, or no article in it can be used.
        IndexBusyError: If another process is building this index.
        IndexDamagedError: If something in the index folder is a link or no file.
        IndexNewerError: If a newer qa-bot built the index; with *full* it is replaced.
        IndexWriteError: If the index folder cannot be written, or is the corpus.
    """
    began = time.perf_counter()
    if os.path.realpath(index) == os.path.realpath(corpus):  # Path's raises where links go round
        raise IndexWriteError(f"{index}: is the corpus; name another folder with --index")
    problems: list[str] = []
    ids = list(article_ids(corpus, problems=problems))

    def bar(ids: Iterable[str], what: str) -> Iterable[str]:
        return bars(ids, what, unit="article", disable=not show_progress)

    with _locked(index):
        in_use = _folder_in_use(index)
        _remove_leftovers(index, in_use)
        previous = None if full else _open_previous(in_use, encoder, passage_size)
        with previous or nullcontext():
            before = previous.store.indexed() if previous else {}
            plan = make_plan(corpus, bar(ids, "reading"), before)
            if on_plan:
                on_plan(plan)
            gone = {id_: before[id_] for id_ in (*plan.removed, *plan.changed)}
            base = previous if previous and _is_worth_keeping(previous.manifest, gone) else None
            wanted = (*plan.changed, *plan.added) if base else ids
            articles = _read(corpus, bar(wanted, "splitting"), problems)
            first = next(articles, None)
            if first is None and not base:
                reason = f"; {problems[0]}" if problems else "; put .md or .txt files in it"
                raise CorpusError(f"no article in {corpus} can be used{reason}")
            if previous and first is None and not gone:
                folder, manifest = previous.folder, previous.manifest
                written, reused = {}, manifest.passages
            else:
                if full:
                    forget_unfinished(index)
                folder = index / f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
                known = {}  # whose vectors may be wanted again
                if previous:
                    at = [each.number for each in gone.values()] if base else None
                    known = previous.store.digests(at)
                with _removed_if_it_fails(index, folder):
                    writer = SnapshotWriter(
                        folder, corpus, encoder, passage_size=passage_size, base=base, gone=gone
                    )
                    manifest = writer.write(
                        chain([first] if first else [], articles),
                        known=known,
                        previous=previous,
                        bars=bars,
                        show_progress=show_progress,
                    )
                    switch_to(index, folder.name)
                _remove_old(index, keep={folder, in_use})
                written, reused = writer.written, manifest.passages - writer.embedded
            forget_unfinished(index)
    kept = before.keys() - gone.keys() if base else set()
    return BuildReport(
        snapshot=folder,
        articles=manifest.articles,
        passages=manifest.passages,
        added=tuple(sorted(written.keys() - before.keys())),
        changed=tuple(sorted(written.keys() & gone.keys())),
        removed=tuple(sorted(before.keys() - kept - written.keys())),
        reused=reused,
        problems=tuple(problems),
        seconds=time.perf_counter() - began,
    )


@contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Keep other builders out; the lock of a process that died is released by the system."""
    try:
        index.mkdir(parents=True, exist_ok=True)
        check_own_files(index)
        check_own_file(index / CURRENT)
        with filelock.FileLock(index / ".lock", timeout=0):
            yield
    except filelock.Timeout as error:
        raise IndexBusyError(
            f"{index} is being built by another process; wait until it is done"
        ) from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _OF_THE_DISK:
            raise IndexDamagedError(
                f"{index}: the articles in it are damaged ({error}); rebuild with "
                "qa-bot index --full"
            ) from error
        raise IndexWriteError(
            f"{index}: cannot be written ({error}); make room and run the command again"
        ) from error
    except OSError as error:
        raise IndexWriteError(
            f"{error.filename or index}: cannot be written ({error.strerror}); the index in use "
            "is unchanged"
        ) from error


@contextmanager
def _removed_if_it_fails(index: Path, folder: Path) -> Iterator[None]:
    """Leave no snapshot that is not in use on a disk that may be full."""
    try:
        yield
    except BaseException:
        if _folder_in_use(index) != folder:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _read(corpus: Path, ids: Iterable[str], problems: list[str]) -> Iterator[Article]:
    """Read the articles that can be read, and add to the problems why the others cannot."""
    for id_ in ids:
        try:
            yield read_article(corpus / id_, id=id_)
        except CorpusError as error:
            problems.append(str(error))


def _is_worth_keeping(manifest: Manifest, gone: dict[str, Indexed]) -> bool:
    """Whether a snapshot is better added to than built anew."""
    left = manifest.passages - sum(each.passages for each in gone.values())
    return manifest.numbers - left <= _MAX_GONE * manifest.numbers


def _folder_in_use(index: Path) -> Path | None:
    with suppress(QaBotError):
        return current_folder(index)
    return None


def _open_previous(folder: Path | None, encoder: Encoder, passage_size: int) -> Snapshot | None:
    """Open the snapshot in use if the next one can take something over from it.

    Raises:
        IndexMismatchError: If it is of a newer format.
        IndexDamagedError: If a file of it may not be read: nobody says that it is damaged.
    """
    if not folder:
        return None
    try:
        manifest = read_manifest(folder)
        for path in damaged_files(folder, manifest):
            raise IndexDamagedError(f"{path}: is damaged")
        made_alike = (manifest.model_fingerprint, manifest.dim, manifest.passage_size) == (
            encoder.fingerprint,
            encoder.dim,
            passage_size,
        )
        return Snapshot(folder, manifest) if made_alike else None
    except IndexDamagedError as error:
        _LOG.warning("%s\nthe index is built anew, nothing is taken over", error)
    except IndexNewerError:
        raise
    except IndexMismatchError:  # an older one
        pass
    except PermissionError as error:
        raise unreadable(error.filename) from error
    return None


def _remove_leftovers(index: Path, in_use: Path | None) -> None:
    """Remove what builders that were killed left: the disk may be full of it.

    That is what was never completed and, of what is not in use, all but the newest.
    """
    complete: dict[Path, int] = {}  # and since when
    for path in snapshot_folders(index):
        if path == in_use:
            continue
        try:
            complete[path] = (path / MANIFEST).stat().st_mtime_ns
        except OSError:
            shutil.rmtree(path, ignore_errors=True)
    _remove_old(index, keep={in_use, max(complete, key=lambda path: complete[path], default=None)})


def _remove_old(index: Path, *, keep: set[Path | None]) -> None:
    """Remove snapshots that nobody opens any more, and that nobody has open."""
    for path in snapshot_folders(index):
        if path not in keep:
            remove_unread(path, path / MANIFEST)
