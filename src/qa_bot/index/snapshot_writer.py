"""Articles -> the folder of a new snapshot, the embeddings of what did not change taken over."""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
from tqdm import tqdm

from qa_bot.index.dense import DenseIndex, Vectors
from qa_bot.index.encoder import Encoder
from qa_bot.index.lexical import Entry, LexicalIndex
from qa_bot.index.page_lines import PageLines
from qa_bot.index.places import place_passages
from qa_bot.index.reprints import group_reprints
from qa_bot.index.snapshot import (
    ARTICLE_TERMS,
    PASSAGE_TERMS,
    STORE,
    VECTORS,
    Manifest,
    Snapshot,
    file_digests,
    write_manifest,
)
from qa_bot.index.store_writer import StoreWriter
from qa_bot.index.unfinished import UnfinishedVectors
from qa_bot.passages import split_passages
from qa_bot.records import Article, Scope

_T = TypeVar("_T")
# Shows how far a stage is; called as tqdm is.
Bars: TypeAlias = "type[tqdm[Any]]"


class SnapshotWriter:
    """Writes one snapshot folder."""

    def __init__(
        self,
        folder: Path,
        corpus: Path,
        encoder: Encoder,
        previous: Snapshot | None,
        *,
        show_progress: bool,
        bars: Bars,
    ) -> None:
        self._folder, self._corpus, self._encoder = folder, corpus, encoder
        self._previous = previous
        self._known = previous.store.digests() if previous else {}
        self._bars, self._show_progress = bars, show_progress
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
            with self._bars(
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
        bar: Iterable[_T] = self._bars(items, what, unit=unit, disable=not self._show_progress)
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
