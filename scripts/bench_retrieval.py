"""The large set -> how long its questions take, beside BM25 and a scan of all vectors alone."""

import os
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import faiss
import numpy as np
import numpy.typing as npt

from public_sets import read_jsonl, write_corpus
from qa_bot import QABot
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.people import People
from qa_bot.answering.question import analyse
from qa_bot.answering.retrieve import retrieve
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.index.names import Names
from qa_bot.index.snapshot import Snapshot
from qa_bot.records import Query, Scope

_SET = "crud_news"
_LIMIT = 20  # passages, as QABot retrieves
_WARM = 50  # questions asked before those that are timed

_T = TypeVar("_T")
Times = npt.NDArray[np.float64]  # shape (questions, 2): CPU and wall time, ms


def retrieval_speed(shared: Path) -> str:
    """Index the set and ask its questions, one thread; returns a table."""
    data = shared / "data" / _SET
    if not data.is_dir():
        return f"{data} is not there: retrieval from the 68 thousand articles was not timed."
    encoder = load_encoder()
    asked = [query["text"] for query in read_jsonl(data / "queries.jsonl")]
    with tempfile.TemporaryDirectory() as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        write_corpus(read_jsonl(data / "corpus.jsonl"), corpus)
        began = time.process_time()
        report = build_index(corpus, index, encoder)
        built = time.process_time() - began
        size = sum(path.stat().st_size for path in report.snapshot.rglob("*") if path.is_file())
        with QABot.open(index, corpus=corpus) as bot:
            ours, plain = _interleaved(bot.snapshot, encoder, asked)
            whole = np.array([_timed(bot.ask, text) for text in asked])
    ratio = ours[:, 0].mean() / plain[:, 0].mean()
    lines = (
        f"{_SET}: {report.articles:,} articles, {report.passages:,} passages; full build "
        f"{built:.0f} CPU s, index {size / 1e6:.0f} MB. {len(asked)} questions, one thread, load "
        f"average {os.getloadavg()[0]:.1f}. Retrieval takes **{ratio:.2f} times** the CPU time of "
        "BM25 and flat vectors alone.",
        "",
        "| a question | CPU ms, mean | CPU ms, 50 % within | wall ms, 50 % within "
        "| wall ms, 95 % within |",
        "| --- | --- | --- | --- | --- |",
        _row("BM25 and flat vectors alone", plain),
        _row("retrieval", ours),
        _row("`QABot.ask`, all of it", whole),
    )
    return "\n".join(lines)


def _interleaved(snapshot: Snapshot, encoder: Encoder, asked: Iterable[str]) -> tuple[Times, Times]:
    """Time qa-bot's retrieval and the plain one, question by question, now one first, now other."""
    vectors = snapshot.vectors.vectors(np.arange(len(snapshot.vectors)))
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    faiss.omp_set_num_threads(1)
    people, names = People(snapshot.store.names), Names(snapshot)

    def ours(query: Query) -> None:
        terms = snapshot.passage_terms
        overlap = Overlap(query, terms.document_frequency, snapshot.manifest.passages)
        within = (query.scope, Scope(speakers=query.speakers))
        retrieve(query, snapshot, encoder, overlap, limit=_LIMIT, within=within)

    def plain(query: Query) -> None:
        snapshot.passage_terms.search(query.weights, limit=_LIMIT)
        flat.search(encoder.encode_query(query.understood_as)[None, :], _LIMIT)

    queries = [analyse(text, people=people, known=names) for text in asked]
    for query in queries[:_WARM]:
        ours(query)
        plain(query)
    times: dict[Callable[[Query], None], list[tuple[float, float]]] = {ours: [], plain: []}
    for number, query in enumerate(queries):
        for way in (ours, plain) if number % 2 else (plain, ours):
            times[way].append(_timed(way, query))
    return np.array(times[ours]), np.array(times[plain])


def _timed(work: Callable[[_T], object], argument: _T) -> tuple[float, float]:
    """Return the CPU and wall time that something takes, in ms."""
    wall, cpu = time.perf_counter(), time.process_time()
    work(argument)
    return 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)


def _row(name: str, times: Times) -> str:
    cpu, wall = times.T
    shown = (cpu.mean(), *np.percentile(cpu, [50]), *np.percentile(wall, [50, 95]))
    return f"| {name} | {' | '.join(f'{ms:.1f}' for ms in shown)} |"
