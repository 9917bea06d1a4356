"""A question -> an answer: runs the stages, and proves every quote against the files on disk."""

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType

from qa_bot.answering.article_files import ArticleFiles
from qa_bot.answering.blas import one_blas_thread
from qa_bot.answering.choose import choose
from qa_bot.answering.confidence import (
    default_threshold,
    estimate_confidence,
    read_signals,
    rescale,
)
from qa_bot.answering.earlier import Earlier
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.people import People, is_said_as
from qa_bot.answering.present import present_passage, present_quote
from qa_bot.answering.question import analyse
from qa_bot.answering.reader import Reader
from qa_bot.answering.reprints import collapse, trace
from qa_bot.answering.rerank import Reranker, load_reranker
from qa_bot.answering.reread import reread
from qa_bot.answering.retrieve import Hit, dense_weight_of, retrieve
from qa_bot.answering.scope_names import resolve_scope
from qa_bot.answering.select import ScoredSentence, rescore, select
from qa_bot.corpus import check_corpus
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.index.names import Names
from qa_bot.index.rows import StoredPassage
from qa_bot.index.snapshot import Snapshot
from qa_bot.records import Answer, Query, Scope
from qa_bot.scope import merge_scopes

TOP_K = 5  # passages shown beside an answer
_RETRIEVED = 20  # passages ranked, whatever is shown
_READ = 10  # and of those, whose files are read; a reranker reads all


@dataclass(eq=False)
class QABot:
    """Answers questions from one snapshot of the index; safe for asking from many threads.

    A context manager: `with QABot.open("index") as bot: bot.ask("...")`. Until it is closed numpy
    multiplies with one thread in this process, unless `OPENBLAS_NUM_THREADS` says otherwise.

    Attributes:
        snapshot: The index.
        encoder: The model that it was built with.
        corpus: The corpus folder, as it was given.
        top_k: Passages shown beside an answer.
        threshold: Confidence under which an answer abstains.
        confidence_slope: Factor of the confidence's log odds.
        confidence_offset: What is added to them.
        reranker: What puts the best passages, and their sentences, in order, if anything; may be
            set between questions.
        dense_weight: Of the vectors in the fusion; likewise.
        default_dense_weight: By the kind of model.
        names: Looks up the names of authors, speakers, sources and articles.
    """

    snapshot: Snapshot
    encoder: Encoder
    corpus: str
    top_k: int
    threshold: float
    confidence_slope: float
    confidence_offset: float
    reranker: Reranker | None
    dense_weight: float

    def __post_init__(self) -> None:
        self.default_dense_weight = dense_weight_of(self.encoder)
        self.names = Names(self.snapshot)
        self._earlier = Earlier(
            self._ask_again,
            self.snapshot.store,
            ranking=lambda: (self.dense_weight, self.reranker),
        )
        self._held = ExitStack()
        self._held.enter_context(one_blas_thread)

    @classmethod
    def open(
        cls,
        index: str | os.PathLike[str] = "index",
        *,
        corpus: str | os.PathLike[str] = "corpus",
        model: str | None = None,
        top_k: int = TOP_K,
        threshold: float | None = None,
        confidence_slope: float = 1.0,
        confidence_offset: float = 0.0,
        reranker: str | None = None,
        dense_weight: float | None = None,
        device: str = "auto",
        offline: bool = False,
    ) -> "QABot":
        """Open an index.

        Args:
            index: The index folder.
            corpus: The corpus folder that it was built from.
            model: The embedding model: `static-zh`, a folder, or a name on the hub, with
                `@revision` if it is to stay the same; one that is not on this machine is
                downloaded. By default the one that the index was built with, which must be on this
                machine: what an index names is not downloaded.
            top_k: Passages shown beside an answer.
            threshold: Confidence under which an answer abstains, in [0, 1]; by default the one
                that was fitted with the confidence.
            confidence_slope: Factor of the confidence's log odds, as `qa-bot eval --calibrate`
                fits it.
            confidence_offset: What is added to them.
            reranker: A cross-encoder that puts the best passages, and their sentences, in order,
                named like the model; by default none.
            dense_weight: Of the vectors in the fusion, where BM25 has 1; by default by the kind of
                model, see docs/decisions/0011.
            device: Where transformers compute: `auto` (a GPU if there is one), `cpu`, `cuda`,
                `cuda:1`, `mps`.
            offline: Whether downloads are forbidden, as with `HF_HUB_OFFLINE`.

        Raises:
            CorpusError: If there is no corpus folder.
            IndexNotFoundError: If there is no index.
            IndexMismatchError: If it has another format, or was built with another model.
            IndexDamagedError: If a file of it is missing or not as it was written.
            ModelError: If a model cannot be loaded, or there is no such device.
        """
        check_corpus(Path(corpus))
        snapshot = Snapshot.open(Path(index))
        try:
            encoder = load_encoder(
                model or snapshot.manifest.model, device=device, offline=offline or not model
            )
            snapshot.check_encoder(encoder)
            return cls(
                snapshot,
                encoder,
                os.fspath(corpus),
                top_k=top_k,
                threshold=default_threshold() if threshold is None else threshold,
                confidence_slope=confidence_slope,
                confidence_offset=confidence_offset,
                reranker=(
                    load_reranker(reranker, device=device, offline=offline) if reranker else None
                ),
                dense_weight=dense_weight_of(encoder) if dense_weight is None else dense_weight,
            )
        except BaseException:
            snapshot.close()
            raise

    def __enter__(self) -> "QABot":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self._held.close()
        self.snapshot.close()

    def ask(
        self, question: str, *, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Answer:
        """Answer a question with quotes, or abstain.

        What the question itself says of the articles ('in Zhang San's article') narrows too, but
        only if something in them answers.

        Args:
            question: In Chinese or English; at most 2,000 characters.
            history: Earlier questions of the conversation, oldest first.
            scope: What may be quoted and shown; by default everything. A name may be a part that
                only one has; an article is named by its id or title.

        Returns:
            The answer. Every quote in it is what its file holds at its offsets at this moment.

        Raises:
            QuestionError: If the question is empty or too long.
            ScopeError: If the scope names what the index does not have.
        """
        given = resolve_scope(scope or Scope(), self.names, self.snapshot)
        query = everywhere = self._analyse(question, history, given)
        answer = self._answer(query, (given, query.scope))
        if query.scope and not answer.answered:
            everywhere = self._analyse(question, history, given, narrow=False)
        if everywhere.scope != query.scope:
            wider = self._answer(everywhere, (given, everywhere.scope))
            spent = {key: ms + wider.timings_ms[key] for key, ms in answer.timings_ms.items()}
            answer = replace(wider if wider.answered else answer, timings_ms=spent)
        return answer

    @cached_property
    def _reader(self) -> Reader:
        return Reader.load()

    @cached_property
    def _people(self) -> People:
        return People(self.snapshot.store.names)

    def _analyse(
        self, question: str, history: Sequence[str], given: Scope, *, narrow: bool = True
    ) -> Query:
        return analyse(
            question,
            history=history,
            people=self._people,
            known=self.names,
            answer_to=lambda earlier: self._earlier.answer_to(earlier, given),
            narrow=narrow,
        )

    def _ask_again(self, question: str, given: Scope, more: int) -> Answer:
        query = analyse(question, people=self._people, known=self.names)
        query = replace(query, context=question if more else "", more=more)
        return self._answer(query, (given, query.scope))

    def _answer(self, query: Query, scopes: Sequence[Scope]) -> Answer:
        """Answer a question from what is in all of the scopes."""
        began = time.perf_counter()
        overlap = self._overlap(query)
        files = ArticleFiles(self.corpus, self.snapshot)
        anchor = self._earlier.topic(query.context, scopes[0])
        quoted = self._earlier.quoted(query, scopes[0])
        within = (*scopes, Scope(speakers=query.speakers))
        hits = self._retrieve(query, overlap, files, within=within, anchor=anchor)
        retrieved = time.perf_counter()
        chosen = choose(
            query,
            hits,
            [c for c in self._select(query, hits, overlap) if c not in quoted],
            overlap,
            files,
            self.snapshot.store,
            anchor=anchor,
            search=lambda side: self._select(
                query, self._retrieve(query, overlap, files, within=(*scopes, side)), overlap
            ),
        )
        selections = [s for s in chosen.selections if not quoted.holds(s.passage, s.sentences)]
        confidence = 0.0
        if selections:
            estimate = chosen.confidence
            if estimate is None:
                estimate = estimate_confidence(read_signals(query, hits, selections, overlap))
            confidence = rescale(
                estimate, slope=self.confidence_slope, offset=self.confidence_offset
            )
        answered = bool(selections) and confidence >= self.threshold
        quotes = [
            present_quote(query, overlap, files, shown, others)
            for shown, others in trace(selections, self.snapshot.store, is_current=files.is_current)
        ]
        ended = time.perf_counter()
        return Answer(
            question=query.question,
            understood_as=query.understood_as,
            answered=answered,
            confidence=confidence,
            quotes=tuple(quotes) if answered else (),
            passages=tuple(present_passage(overlap, files, hit) for hit in hits[: self.top_k]),
            stale=files.stale,
            timings_ms={
                "retrieve": 1000 * (retrieved - began),
                "select": 1000 * (ended - retrieved),
                "total": 1000 * (ended - began),
            },
            scope=merge_scopes(within) or None,
            is_comparison=answered and chosen.is_comparison,
        )

    def _overlap(self, query: Query) -> Overlap:
        terms = self.snapshot.passage_terms
        return Overlap(query, terms.document_frequency, self.snapshot.manifest.passages)

    def _retrieve(
        self,
        query: Query,
        overlap: Overlap,
        files: ArticleFiles,
        *,
        within: Sequence[Scope],
        anchor: int | None = None,
    ) -> list[Hit]:
        """Retrieve passages whose files are still as they were indexed."""
        reranker = self.reranker  # may be taken away meanwhile
        hits = retrieve(
            query,
            self.snapshot,
            self.encoder,
            overlap,
            limit=max(_RETRIEVED, self.top_k),
            within=within,
            anchor=anchor,
            dense_weight=self.dense_weight,
        )
        hits = [hit for hit in hits if self._is_asked_for(query, hit.passage)] or hits
        hits = collapse(
            hits,
            self.snapshot.store,
            is_current=files.is_current,
            limit=max(_RETRIEVED if reranker else _READ, self.top_k),
        )
        return reranker.rerank(query.understood_as, hits) if reranker else hits

    def _is_asked_for(self, query: Query, passage: StoredPassage) -> bool:
        article = self.snapshot.store.article(passage.article)
        return not query.part or is_said_as(query.part, passage.speaker, article)

    def _select(self, query: Query, hits: Sequence[Hit], overlap: Overlap) -> list[ScoredSentence]:
        """Score the sentences of the hits; if a reranker is set, by what it reads in them."""
        reranker = self.reranker  # may be taken away meanwhile
        sentences = reread(query, select(query, hits, overlap), self._reader)
        if not reranker:
            return sentences
        texts = [f"{sentence.passage.frame}\n{sentence.text}" for sentence in sentences]
        return rescore(sentences, reranker.read(query.understood_as, texts))
