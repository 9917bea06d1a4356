"""Corpus -> a new snapshot in the index folder, reusing the embeddings of what did not change."""

import datetime as dt
import hashlib
import logging
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import filelock
from tqdm import tqdm

from qa_bot.corpus import read_article
from qa_bot.corpus_folder import article_files
from qa_bot.errors import (
    CorpusError,
    IndexBusyError,
    IndexDamagedError,
    IndexWriteError,
    QaBotError,
)
from qa_bot.index.encoder import Encoder
from qa_bot.index.snapshot import (
    FORMAT,
    Manifest,
    Snapshot,
    current_folder,
    damaged_files,
    is_snapshot_name,
    switch_to,
)
from qa_bot.index.snapshot_writer import Bars, SnapshotWriter
from qa_bot.index.unfinished import forget_unfinished
from qa_bot.records import Article

PASSAGE_SIZE = 400  # characters; see docs/decisions/0013
_LOG = logging.getLogger(__name__)

_T = TypeVar("_T")


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
) -> BuildReport:
    """Bring the index up to date with the corpus.

    If nothing changed, nothing is written. Otherwise a new snapshot is written beside the one in
    use, which serves until the new one is complete, and after that is kept once more. The
    embeddings that a transformer computed in a build that was interrupted are taken over.

    Args:
        corpus: The corpus folder.
        index: The index folder; made if it is not there.
        encoder: The embedding model.
        passage_size: Characters that a passage has at most.
        full: Whether to take nothing over from the snapshot in use.
        show_progress: Whether to draw progress bars on stderr.
        bars: What draws them: tqdm, or `ProgressLines` for a program.

    Raises:
        CorpusError: If there is no corpus folder, or no article in it can be used.
        IndexBusyError: If another process is building this index.
        IndexWriteError: If the index folder cannot be written.
    """
    began = time.perf_counter()
    problems: list[str] = []
    files = list(article_files(corpus, problems=problems))
    with _locked(index):
        bar = bars(files, "reading", unit="article", disable=not show_progress)
        articles = _read(bar, problems, corpus=corpus)
        plan = Manifest(
            format=FORMAT,
            model=encoder.name,
            model_fingerprint=encoder.fingerprint,
            dim=encoder.dim,
            passage_size=passage_size,
            corpus_fingerprint=_fingerprint(articles),
            articles=len(articles),
            passages=0,
            files={},
        )
        in_use = _folder_in_use(index)
        previous = None if full else _open_previous(index, plan)
        with previous or nullcontext():
            before = {a.id: a.sha256 for a in previous.store.articles()} if previous else {}
            reused = 0
            if previous and previous.manifest.corpus_fingerprint == plan.corpus_fingerprint:
                folder, manifest = previous.folder, previous.manifest
                reused = manifest.passages
            else:
                if full:
                    forget_unfinished(index)
                folder = index / f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
                writer = SnapshotWriter(
                    folder, corpus, encoder, previous, show_progress=show_progress, bars=bars
                )
                manifest = writer.write(articles, plan)
                reused = writer.reused
                switch_to(index, folder.name)
                forget_unfinished(index)
                _remove_old(index, keep={folder, in_use})
    after = {article.id: article.sha256 for article in articles}
    return BuildReport(
        snapshot=folder,
        articles=manifest.articles,
        passages=manifest.passages,
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(k for k in after.keys() & before.keys() if after[k] != before[k])),
        removed=tuple(sorted(before.keys() - after.keys())),
        reused=reused,
        problems=tuple(problems),
        seconds=time.perf_counter() - began,
    )


@contextmanager
def _locked(index: Path) -> Iterator[None]:
    """Keep other builders out; the lock of a process that died is released by the system."""
    try:
        index.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(index / ".lock", timeout=0):
            yield
    except filelock.Timeout as error:
        raise IndexBusyError(
            f"{index} is being built by another process; wait until it is done"
        ) from error
    except sqlite3.Error as error:
        raise IndexWriteError(
            f"{index}: cannot be written ({error}); make room and run the command again"
        ) from error
    except OSError as error:
        raise IndexWriteError(
            f"{error.filename or index}: cannot be written ({error.strerror}); the index in use "
            "is unchanged"
        ) from error


def _read(files: Iterable[tuple[str, Path]], problems: list[str], *, corpus: Path) -> list[Article]:
    """Read all articles that can be read, and add to the problems why the others cannot."""
    articles = []
    for id_, path in files:
        try:
            articles.append(read_article(path, id=id_))
        except CorpusError as error:
            problems.append(str(error))
    if not articles:
        reason = f"; {problems[0]}" if problems else "; put .md or .txt files in it"
        raise CorpusError(f"no article in {corpus} can be used{reason}")
    return articles


def _fingerprint(articles: Iterable[Article]) -> str:
    digest = hashlib.sha256()
    for article in articles:
        digest.update(f"{article.id}\0{article.sha256}\n".encode())
    return digest.hexdigest()


def _folder_in_use(index: Path) -> Path | None:
    with suppress(QaBotError):
        return current_folder(index)
    return None


def _open_previous(index: Path, plan: Manifest) -> Snapshot | None:
    """Open the snapshot in use if the next one can take embeddings over from it."""
    try:
        snapshot = Snapshot.open(index)
        for path in damaged_files(snapshot.folder, snapshot.manifest):
            snapshot.close()
            raise IndexDamagedError(f"{path}: is damaged")
    except IndexDamagedError as error:
        _LOG.warning("%s\nthe index is built anew, nothing is taken over", error)
        return None
    except QaBotError:  # none, or of another format
        return None
    made_alike = ("model_fingerprint", "dim", "passage_size")
    if all(getattr(snapshot.manifest, key) == getattr(plan, key) for key in made_alike):
        return snapshot
    snapshot.close()
    return None


def _remove_old(index: Path, *, keep: set[Path | None]) -> None:
    """Remove snapshots that nobody opens any more, and what a killed builder left."""
    for path in index.iterdir():
        if path.is_dir() and is_snapshot_name(path.name) and path not in keep:
            shutil.rmtree(path, ignore_errors=True)
