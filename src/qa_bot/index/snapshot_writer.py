"""Articles -> the folder of a new snapshot, begun from the one in use if there is one.

Articles go through one by one, so that a corpus of any size takes the same memory. What an article
that is the same has in the snapshot in use (its rows, vectors, words) is there already.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from shutil import copyfile
from typing import Any, TypeAlias

import numpy as np
from tqdm import tqdm

from qa_bot.errors import IndexDamagedError
from qa_bot.index.dense import Vectors, codes_path
from qa_bot.index.dense_writer import append_vectors, write_vectors
from qa_bot.index.encoder import Encoder
from qa_bot.index.lexical import Entry
from qa_bot.index.lexical_writer import LexicalWriter
from qa_bot.index.manifest import (
    ARTICLE_TERMS,
    FORMAT,
    PASSAGE_TERMS,
    SIGNATURES,
    STORE,
    VECTORS,
    Manifest,
)
from qa_bot.index.page_lines import PageLines
from qa_bot.index.places import place_passages
from qa_bot.index.plan import Indexed
from qa_bot.index.reprints import WIDTH, Signatures, group_reprints, sign
from qa_bot.index.shared_files import share
from qa_bot.index.snapshot import Snapshot, complete, file_digests
from qa_bot.index.store_writer import StoreWriter, embedded_text
from qa_bot.index.terms import join_terms
from qa_bot.index.unfinished import UnfinishedVectors
from qa_bot.records import Article, Scope

# Shows how far a stage is; called as tqdm is.
Bars: TypeAlias = "type[tqdm[Any]]"

_EMBEDDED = 20_000  # passages at once: a transformer puts them in order of length
_SIGNED, _LONG = 1024, 100_000  # articles at once, or fewer if one has so many characters


class SnapshotWriter:
    """Writes one snapshot folder.

    Attributes:
        written: Digest of each article that was written, by id.
        embedded: How many passages were embedded.
    """

    def __init__(
        self,
        folder: Path,
        corpus: Path,
        encoder: Encoder,
        *,
        passage_size: int,
        base: Snapshot | None,
        gone: Mapping[str, Indexed],
    ) -> None:
        """Begin; the folder is made.

        Args:
            folder: Of the new snapshot.
            corpus: The corpus folder.
            encoder: The embedding model.
            passage_size: Characters that a passage has at most.
            base: The snapshot that this one is begun from; if there is none it begins empty.
            gone: Articles of it that are removed or changed, by id.
        """
        self._folder, self._corpus, self._encoder = folder, corpus, encoder
        self._passage_size, self._base, self._gone = passage_size, base, gone
        self._passages = base.manifest.numbers if base else 0  # numbers that are taken
        self._signatures = np.zeros((0, WIDTH), dtype=np.uint32)
        folder.mkdir()
        if base:
            self._signatures = _read_signatures(base)
            self._signatures[[each.number for each in gone.values()]] = 0
            copyfile(base.folder / VECTORS, folder / VECTORS)
            codes = codes_path(Path(VECTORS))
            if (base.folder / codes).exists():
                share(base.folder / codes, folder / codes)
        else:
            write_vectors(folder / VECTORS, np.zeros((0, encoder.dim), dtype=np.float32))
        self._articles = len(self._signatures)
        self.written: dict[str, str] = {}
        self.embedded = 0

    def write(
        self,
        articles: Iterable[Article],
        *,
        known: Mapping[bytes, int],
        previous: Snapshot | None,
        bars: Bars,
        show_progress: bool,
    ) -> Manifest:
        """Write all parts of the snapshot; returns its manifest.

        Args:
            articles: Those that are new or changed.
            known: Numbers of passages of *previous*, by digest, whose vectors can be taken over.
            previous: The snapshot in use.
            bars: What shows how far it is.
            show_progress: Whether to show it.
        """
        first = self._passages
        signed: list[tuple[int, str]] = []  # number and text
        passage_terms, article_terms, store_file = map(
            self._begun, (PASSAGE_TERMS, ARTICLE_TERMS, STORE)
        )
        with (
            LexicalWriter(*passage_terms) as terms,
            LexicalWriter(*article_terms) as about,
            StoreWriter(*store_file) as store,
        ):
            store.remove(each.number for each in self._gone.values())
            terms.remove(self._gone)
            about.remove(self._gone)
            for article in articles:
                number = self._number(article.id)
                body = self._add(number, article, store, terms, about)
                signed.append((number, body))
                self.written[article.id] = article.sha256
                if len(signed) >= _SIGNED or len(body) > _LONG:
                    self._sign(signed)
            self._sign(signed)
            with bars(
                total=self._passages - first,
                desc="embedding",
                unit="passage",
                disable=not show_progress,
            ) as bar:
                vectors = self._embed(store.texts(first), known, previous, bar)
                append_vectors(self._folder / VECTORS, vectors)
            np.save(self._folder / SIGNATURES, self._signatures, allow_pickle=False)
            frames = store.frames()
            store.group(self._group(frames, store))
            passages = sum(each.passages for _, each in frames)
        manifest = Manifest(
            format=FORMAT,
            model=self._encoder.name,
            model_fingerprint=self._encoder.fingerprint,
            dim=self._encoder.dim,
            passage_size=self._passage_size,
            corpus_fingerprint=_fingerprint(frames),
            articles=len(frames),
            passages=passages,
            numbers=self._passages,
            files=file_digests(self._folder, base=self._base),
        )
        complete(self._folder, manifest)
        return manifest

    def _begun(self, part: str) -> tuple[Path, Path | None]:
        """Return where a part is to lie, and where that which it is begun from lies."""
        return self._folder / part, self._base.folder / part if self._base else None

    def _number(self, id_: str) -> int:
        """Return the number that an article has or gets."""
        if self._base and id_ in self._gone:
            return self._gone[id_].number
        self._articles += 1
        return self._articles - 1

    def _add(
        self,
        number: int,
        article: Article,
        store: StoreWriter,
        terms: LexicalWriter,
        about: LexicalWriter,
    ) -> str:
        """Add an article with its passages; returns the text by which reprints are known."""
        # With langchain, which takes as long to import as all else; only what changed is split.
        from qa_bot.passages import split_passages

        origin = article.imported_from
        page = PageLines.open(self._corpus, origin) if origin else None
        passages = list(split_passages(article, size=self._passage_size))
        store.add_article(number, article, first_passage=self._passages, passages=len(passages))
        heading = f"{article.title}\n{article.section or ''}"
        texts = {heading, *(part for each in passages for part in (each.context, each.text))}
        terms_of = dict(zip(texts, join_terms([*texts]), strict=True))
        for passage, lines, sentences in place_passages(article, passages, page):
            text = embedded_text(passage.context, passage.text)
            store.add_passage(
                self._passages,
                number,
                passage,
                digest=_digest(text),
                lines=lines,
                sentences=sentences,
            )
            scope = _scope(article, (passage.speaker,) if passage.speaker else ())
            all_terms = " ".join((*terms_of[passage.context], *terms_of[passage.text]))
            terms.add(Entry(self._passages, text, scope, article.date, terms=all_terms))
            self._passages += 1
        body = (each.text for each in passages if not each.is_metadata)
        longer = " ".join(terms_of[each][1] for each in (heading, *body))
        about.add(_article_entry(number, article, longer))
        return store.body(number)

    def _sign(self, signed: list[tuple[int, str]]) -> None:
        """Put the signatures of articles in their places, and empty the list."""
        if signed:
            missing = self._articles - len(self._signatures)
            self._signatures = np.pad(self._signatures, ((0, missing), (0, 0)))
            numbers, bodies = zip(*signed, strict=True)
            self._signatures[list(numbers)] = sign(bodies)
            signed.clear()

    def _embed(
        self,
        texts: Iterator[tuple[bytes, str]],
        known: Mapping[bytes, int],
        previous: Snapshot | None,
        bar: "tqdm[Any]",
    ) -> Iterator[Vectors]:
        """Yield the embeddings of texts, part by part; what the previous snapshot has is its."""
        with self._unfinished() as unfinished:
            while part := list(islice(texts, _EMBEDDED)):
                vectors = np.zeros((len(part), self._encoder.dim), dtype=np.float32)
                new = []
                for row, (digest, _) in enumerate(part):
                    if previous and digest in known:
                        vectors[row] = previous.vectors.vectors(np.array([known[digest]]))[0]
                    elif unfinished and digest in unfinished:
                        vectors[row] = unfinished.get(digest, vectors[row])
                    else:
                        new.append(row)
                bar.update(len(part) - len(new))
                for numbers, found in self._encoder.embed([part[row][1] for row in new]):
                    rows = [new[number] for number in numbers]
                    vectors[rows] = found
                    if unfinished:
                        unfinished.add([part[row][0] for row in rows], found)
                    bar.update(len(rows))
                self.embedded += len(new)
                yield vectors

    def _unfinished(self) -> AbstractContextManager[UnfinishedVectors | None]:
        """Open what an interrupted build left; a static model is done sooner than it is read."""
        if self._encoder.is_static:
            return nullcontext()
        encoder = self._encoder
        return UnfinishedVectors(
            self._folder.parent, fingerprint=encoder.fingerprint, dim=encoder.dim
        )

    def _group(
        self, frames: Sequence[tuple[str, Indexed]], store: StoreWriter
    ) -> Iterator[tuple[int, int]]:
        """Yield number and group of each article whose group may be another one now."""
        numbers = [each.number for _, each in frames]
        torn = {each.reprint_of for each in self._gone.values()} if self._base else set()
        looked_at = [
            place
            for place, (id_, each) in enumerate(frames)
            if id_ in self.written or each.reprint_of in torn
        ]
        signatures: Signatures = self._signatures[numbers]
        groups = group_reprints(
            signatures,
            lambda place: store.body(numbers[place]),
            groups=[each.reprint_of for _, each in frames],
            looked_at=looked_at,
        )
        for place, first in groups.items():
            yield numbers[place], numbers[first]


def _read_signatures(snapshot: Snapshot) -> Signatures:
    """Read the signatures of a snapshot, which anybody may have made."""
    path = snapshot.folder / SIGNATURES
    ((first, last),) = snapshot.store.rows("SELECT min(number), max(number) FROM article")
    try:
        signatures: Signatures = np.load(path, allow_pickle=False)
        is_whole = signatures.shape[1:] == (WIDTH,) and signatures.dtype == np.uint32
        if is_whole and (first is None or 0 <= first <= last < len(signatures)):
            return signatures
    except (ValueError, EOFError, MemoryError):
        pass
    raise IndexDamagedError(f"{path}: is damaged; rebuild with qa-bot index --full")


def _fingerprint(frames: Iterable[tuple[str, Indexed]]) -> str:
    digest = hashlib.sha256()
    for id_, each in frames:
        digest.update(f"{id_}\0{each.sha256}\n".encode())
    return digest.hexdigest()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _article_entry(number: int, article: Article, terms: str) -> Entry:
    said_by = dict.fromkeys(p.speaker for p in article.paragraphs if p.speaker)
    scope = _scope(article, tuple(said_by))
    return Entry(number, "", scope, article.date, title=article.title, terms=terms)


def _scope(article: Article, speakers: tuple[str, ...]) -> Scope:
    return Scope(
        authors=tuple(author.name for author in article.authors),
        speakers=speakers,
        sources=(article.source,) if article.source else (),
        articles=(article.id,),
    )
