"""Plain ways to answer, on the same index: what qa-bot is measured against.

Each ranks passages, takes the sentences of the eight best and quotes the best one, marked as a
whole. A conversation's history is not looked at.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from qa_bot.answering.article_files import ArticleFiles
from qa_bot.answering.bot import QABot
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.retrieve import Hit
from qa_bot.evaluation.run import RANKED
from qa_bot.index.encoder import Encoder
from qa_bot.index.rows import StoredPassage, StoredSentence
from qa_bot.index.snapshot import Snapshot
from qa_bot.records import Answer, Person, Query, Quote, Scope, ShownPassage

_PASSAGES = 8  # whose sentences are looked at, as in qa_bot.answering.select
_RRF = 60  # Cormack et al., 'Reciprocal Rank Fusion', SIGIR 2009

# A question and its query -> numbers of passages, best first.
Search = Callable[[str, Query], Sequence[int]]


class Parts:
    """An opened index, for the baselines."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder, corpus: str) -> None:
        self.snapshot, self.encoder, self.corpus = snapshot, encoder, corpus

    def by_bm25(self, question: str, query: Query) -> list[int]:
        """Rank passages by BM25."""
        return list(self.snapshot.passage_terms.search(query.weights, limit=RANKED))

    def by_vectors(self, question: str, query: Query) -> list[int]:
        """Rank passages by cosine."""
        vector = self.encoder.encode_query(question)
        return list(self.snapshot.vectors.search(vector, limit=RANKED))

    def fused(self, question: str, query: Query) -> list[int]:
        """Rank passages by reciprocal rank fusion of both."""
        return fuse(self.by_bm25(question, query), self.by_vectors(question, query))[:RANKED]

    def given(self, articles: Sequence[int]) -> Search:
        """Return a search that finds all of the next article, whatever is asked."""
        turn = cycle(articles)
        return lambda question, query: list(self.snapshot.store.passages_of(next(turn)))


def fuse(*rankings: Sequence[int]) -> list[int]:
    """Return the reciprocal rank fusion of rankings."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, start=1):
            scores[number] = scores.get(number, 0.0) + 1 / (_RRF + rank)
    return sorted(scores, key=lambda number: -scores[number])


class BestSentence:
    """Quotes one sentence of the passages that a search finds.

    The sentence is the best by BM25, by cosine, or by both, as the passages were found. The
    confidence is its BM25 as a share of the most possible, or its cosine, or the mean of the two.
    """

    def __init__(self, parts: Parts, search: Search, *, bm25: bool, vectors: bool) -> None:
        self._parts, self._search = parts, search
        self._bm25, self._vectors = bm25, vectors

    def ask(
        self, question: str, *, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Answer:
        """Answer with the best sentence."""
        began = time.perf_counter()
        query = analyse(question)
        numbers = self._search(question, query)
        found = self._parts.snapshot.store.passages(numbers)
        passages = [found[number] for number in numbers]
        files = ArticleFiles(self._parts.corpus, self._parts.snapshot)
        best = self._best(question, query, passages[:_PASSAGES])
        quotes = () if best is None else (_quote(files, *best[1:]),)
        return Answer(
            question=question,
            understood_as=question,
            answered=best is not None,
            confidence=0.0 if best is None else best[0],
            quotes=quotes,
            passages=tuple(_shown(files, passage) for passage in passages),
            timings_ms={"total": 1000 * (time.perf_counter() - began)},
        )

    def _best(
        self, question: str, query: Query, passages: Sequence[StoredPassage]
    ) -> tuple[float, StoredPassage, StoredSentence] | None:
        sentences = [(p, s, p.text_of(s.span)) for p in passages for s in p.sentences]
        if not sentences:
            return None
        texts = [text for _, _, text in sentences]
        scores = []
        if self._bm25:
            scores.append(self._bm25_scores(query, texts))
        if self._vectors:
            encoder = self._parts.encoder
            cosines = encoder.encode_passages(texts) @ encoder.encode_query(question)
            scores.append([max(0.0, float(cosine)) for cosine in cosines])
        rankings = [np.argsort([-s for s in side], kind="stable").tolist() for side in scores]
        place = fuse(*rankings)[0]
        confidence = min(1.0, sum(side[place] for side in scores) / len(scores))
        return confidence, *sentences[place][:2]

    def _bm25_scores(self, query: Query, texts: Iterable[str]) -> list[float]:
        snapshot = self._parts.snapshot
        frequency = snapshot.passage_terms.document_frequency
        overlap = Overlap(query, frequency, snapshot.manifest.passages)
        return [overlap.bm25(text, overlap.matched(text)) for text in texts]


class GivenArticle(QABot):
    """qa-bot that is handed the article to each question, in the order of asking."""

    given: Iterator[int]  # numbers of articles
    _now = 0

    def ask(
        self, question: str, *, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Answer:
        """Answer from the next article."""
        self._now = next(self.given)
        return super().ask(question, history=history, scope=scope)

    def _retrieve(self, query: Query, overlap: Overlap, files: ArticleFiles, **_: Any) -> list[Hit]:
        passages = self.snapshot.store.passages_of(self._now).values()
        scored = [(overlap.bm25(p.text, overlap.matched(p.text)), p) for p in passages]
        scored.sort(key=lambda pair: -pair[0])
        return [Hit(p, score, rank) for rank, (score, p) in enumerate(scored, start=1)]


def _quote(files: ArticleFiles, passage: StoredPassage, sentence: StoredSentence) -> Quote:
    return Quote(
        text=passage.text_of(sentence.span),
        article=files.reference(passage.article),
        speaker=Person(passage.speaker) if passage.speaker else None,
        section=passage.section,
        span=sentence.span,
        line_start=sentence.line_start,
        line_end=sentence.line_end,
        page=None,
        highlights=(sentence.span,),
        score=0.0,
    )


def _shown(files: ArticleFiles, passage: StoredPassage) -> ShownPassage:
    return ShownPassage(
        text=passage.text,
        article=files.reference(passage.article),
        span=passage.span,
        line_start=passage.line_start,
        line_end=passage.line_end,
        score=0.0,
    )
