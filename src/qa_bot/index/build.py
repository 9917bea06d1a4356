"""Corpus -> a new snapshot in the index folder, reusing the embeddings of what did not change."""

import datetime as dt
import hashlib
import logging
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TypeVar

import filelock
import numpy as np
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
from qa_bot.index.dense import DenseIndex, Vectors
from qa_bot.index.encoder import Encoder
from qa_bot.index.lexical import Entry, LexicalIndex
from qa_bot.index.page_lines import PageLines
from qa_bot.index.places import place_passages
from qa_bot.index.reprints import group_reprints
from qa_bot.index.snapshot import (
    ARTICLE_TERMS,
    FORMAT,
    PASSAGE_TERMS,
    STORE,
    VECTORS,
    Manifest,
    Snapshot,
    current_folder,
    damaged_files,
    file_digests,
    is_snapshot_name,
    switch_to,
    write_manifest,
)
from qa_bot.index.store_writer import StoreWriter
from qa_bot.index.unfinished import UnfinishedVectors, forget_unfinished
from qa_bot.passages import split_passages
from qa_bot.records import Article, Scope

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

    Raises:
        CorpusError: If there is no corpus folder, or no article in it can be used.
        IndexBusyError: If another process is building this index.
        IndexWriteError: If the index folder cannot be written.
    """
    began = time.perf_counter()
    problems: list[str] = []
    files = list(article_files(corpus, problems=problems))
    with _locked(index):
        articles = _read(files, problems, corpus=corpus, show_progress=show_progress)
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
        before = {a.id: a.sha256 for a in previous.store.articles()} if previous else {}
        reused = 0
        if previous and previous.manifest.corpus_fingerprint == plan.corpus_fingerprint:
            folder, manifest = previous.folder, previous.manifest
            reused = manifest.passages
        else:
            if full:
                forget_unfinished(index)
            folder = index / f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
            writer = _SnapshotWriter(folder, corpus, encoder, previous, show_progress=show_progress)
            manifest = writer.write(articles, plan)
            reused = writer.reused
            switch_to(index, folder.name)
            forget_unfinished(index)
            _remove_old(index, keep={folder, in_use})
        if previous:
            previous.close()
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


def _read(
    files: Sequence[tuple[str, Path]],
    problems: list[str],
    *,
    corpus: Path,
    show_progress: bool,
) -> list[Article]:
    """Read all articles that can be read, and add to the problems why the others cannot."""
    articles = []
    for id_, path in tqdm(files, "reading", unit="article", disable=not show_progress):
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


class _SnapshotWriter:
    """Writes one snapshot folder."""

    def __init__(
        self,
        folder: Path,
        corpus: Path,
        encoder: Encoder,
        previous: Snapshot | None,
        *,
        show_progress: bool,
    ) -> None:
        self._folder, self._corpus, self._encoder = folder, corpus, encoder
        self._previous = previous
        self._known = previous.store.digests() if previous else {}
        self._show_progress = show_progress
        self.reused = 0

    def write(self, articles: Sequence[Article], plan: Manifest) -> Manifest:
        """Write all parts of the snapshot; returns its manifest."""
        for part in (PASSAGE_TERMS, ARTICLE_TERMS):
            (self._folder / part).mkdir(parents=True)
        entries: list[Entry] = []  # a passage each
        groups = group_reprints(articles)
        with StoreWriter(self._folder / STORE) as store:
            for number, article in enumerate(self._bar(articles, "splitting", "article")):
                origin = article.imported_from
                page = PageLines.open(self._corpus, origin) if origin else None
                passages = list(split_passages(article, size=plan.passage_size))
                store.add_article(
                    number,
                    article,
                    reprint_of=groups[number],
                    first_passage=len(entries),
                    passages=len(passages),
                )
                for passage, lines, sentences in place_passages(article, passages, page):
                    text = f"{passage.context}\n{passage.text}".lstrip("\n")
                    store.add_passage(
                        len(entries),
                        number,
                        passage,
                        digest=_digest(text),
                        lines=lines,
                        sentences=sentences,
                    )
                    scope = _scope(article, (passage.speaker,) if passage.speaker else ())
                    entries.append(Entry(len(entries), text, scope, article.date))
        DenseIndex.write(self._folder / VECTORS, self._embed([entry.text for entry in entries]))
        bar = self._bar(entries, "indexing", "passage")
        LexicalIndex.build(self._folder / PASSAGE_TERMS, bar)
        LexicalIndex.build(self._folder / ARTICLE_TERMS, map(_article_entry, count(), articles))
        manifest = replace(plan, passages=len(entries), files=file_digests(self._folder))
        write_manifest(self._folder, manifest)
        return manifest

    def _embed(self, texts: Sequence[str]) -> Vectors:
        """Embed the texts, but for those that the previous snapshot holds."""
        vectors = np.zeros((len(texts), self._encoder.dim), dtype=np.float32)
        digests = [_digest(text) for text in texts]
        known = [self._known.get(digest, -1) for digest in digests]
        old = np.array([row for row, number in enumerate(known) if number >= 0], dtype=np.int64)
        if self._previous and old.size:
            vectors[old] = self._previous.vectors.vectors(np.array(known, dtype=np.int64)[old])
        new = [row for row, number in enumerate(known) if number < 0]
        with self._unfinished() as unfinished:
            if unfinished:
                for row in new:
                    vectors[row] = unfinished.get(digests[row], vectors[row])
                new = [row for row in new if digests[row] not in unfinished]
            self.reused = len(texts) - len(new)
            with tqdm(
                total=len(new), desc="embedding", unit="passage", disable=not self._show_progress
            ) as bar:
                for numbers, part in self._encoder.embed([texts[row] for row in new]):
                    rows = [new[number] for number in numbers]
                    vectors[rows] = part
                    if unfinished:
                        unfinished.add([digests[row] for row in rows], part)
                    bar.update(len(rows))
        return vectors

    def _unfinished(self) -> AbstractContextManager[UnfinishedVectors | None]:
        """Open what an interrupted build left; a static model is done sooner than it is read."""
        if self._encoder.is_static:
            return nullcontext()
        encoder = self._encoder
        return UnfinishedVectors(
            self._folder.parent, fingerprint=encoder.fingerprint, dim=encoder.dim
        )

    def _bar(self, items: Iterable[_T], what: str, unit: str) -> Iterable[_T]:
        bar: Iterable[_T] = tqdm(items, what, unit=unit, disable=not self._show_progress)
        return bar


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _article_entry(number: int, article: Article) -> Entry:
    body = (article.text[p.span.start : p.span.end] for p in article.paragraphs)
    text = "\n".join((article.title, article.section or "", *body))
    said_by = dict.fromkeys(p.speaker for p in article.paragraphs if p.speaker)
    return Entry(number, text, _scope(article, tuple(said_by)), article.date, article.title)


def _scope(article: Article, speakers: tuple[str, ...]) -> Scope:
    return Scope(
        authors=tuple(author.name for author in article.authors),
        speakers=speakers,
        sources=(article.source,) if article.source else (),
        articles=(article.id,),
    )


def _remove_old(index: Path, *, keep: set[Path | None]) -> None:
    """Remove snapshots that nobody opens any more, and what a killed builder left."""
    for path in index.iterdir():
        if path.is_dir() and is_snapshot_name(path.name) and path not in keep:
            shutil.rmtree(path, ignore_errors=True)
