"""Measure speed and write the table to docs/benchmarks.md.

CPU seconds (user and system, all threads) are what to compare on a shared machine. The corpora
are made from the sample articles: their sentences, shuffled by a seeded generator; the large ones
by `generated_corpus`. Retrieval is also timed on a large set of real news, and the web chat in a
browser.
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from bench_chat import chat_speed
from bench_retrieval import retrieval_speed
from bench_size import size_table
from evaluate import replace_section
from qa_bot import QABot
from qa_bot.corpus import read_article
from qa_bot.corpus_folder import article_files
from qa_bot.index.build import build_index
from qa_bot.index.encoder import load_encoder
from qa_bot.sentences import split_sentences

PROJECT = Path(__file__).parents[1]
QUESTIONS = (
    "云江市有多少家“小巨人”企业?",
    "知产快贷单户最高能贷多少?",
    "什么是耐心资本?",
    "顾承远对投早投小有什么建议?",
    "How many little giants are there?",
)

_T = TypeVar("_T")


def main() -> None:
    """Build corpora of several sizes, time them and renew the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[12, 1000, 5000])
    parser.add_argument(
        "--passages",
        type=int,
        nargs="*",
        default=[10_000, 100_000],
        help="sizes of the large corpora; 1000000 takes an hour and 16 GB of disk",
    )
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=PROJECT / "docs/benchmarks.md")
    flags = parser.parse_args()
    lines = [
        "| articles | passages | full build, CPU s | build after one change, CPU s | index, MB "
        "| cold `qa-bot ask`, CPU s (wall s) | warm ask, CPU ms (median of 100) |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for count in flags.articles:
        lines.append(_measure(count, flags.seed))
        print(lines[-1], flush=True)
    if flags.passages:
        sizes = size_table(flags.passages, seed=flags.seed)
        print(f"\n{sizes}")
        replace_section(flags.out, "size", sizes)
    large = retrieval_speed(flags.shared)
    print(f"\n{large}")
    replace_section(flags.out, "speed", "\n".join([*lines, "", large]))
    chat = _chat()
    print(f"\n{chat}")
    replace_section(flags.out, "web chat", chat)


def _chat() -> str:
    """Time the web chat over the sample articles."""
    with tempfile.TemporaryDirectory() as scratch:
        corpus, index = PROJECT / "corpus", Path(scratch, "index")
        build_index(corpus, index, load_encoder())
        return chat_speed(corpus, index, QUESTIONS)


def _measure(count: int, seed: int) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        _write_corpus(corpus, count, random.Random(seed))  # noqa: S311 # a repeatable corpus
        encoder = load_encoder()
        report, full = _cpu(lambda: build_index(corpus, index, encoder))
        (corpus / "one-more.md").write_text("多了一篇。", encoding="utf-8")
        _, again = _cpu(lambda: build_index(corpus, index, encoder))
        size = sum(path.stat().st_size for path in report.snapshot.rglob("*") if path.is_file())
        cold_cpu, cold_wall = _cold(corpus, index)
        with QABot.open(index, corpus=corpus) as bot:
            asked = [partial(bot.ask, QUESTIONS[n % len(QUESTIONS)]) for n in range(100)]
            times = [_cpu(ask)[1] for ask in asked]
        return (
            f"| {report.articles:,} | {report.passages:,} | {full:.2f} | {again:.2f} "
            f"| {size / 1e6:.1f} | {cold_cpu:.2f} ({cold_wall:.2f}) "
            f"| {1000 * statistics.median(times):.1f} |"
        )


def _write_corpus(corpus: Path, count: int, chance: random.Random) -> None:
    corpus.mkdir()
    articles = [read_article(path, id=id_) for id_, path in article_files(PROJECT / "corpus")]
    if count <= len(articles):
        for article in articles[:count]:
            (corpus / Path(article.id).name).write_bytes(article.text.encode())
        return
    sentences = [
        article.text[start:end]
        for article in articles
        for paragraph in article.paragraphs
        for start, end in split_sentences(article.text, paragraph.span.start, paragraph.span.end)
    ]
    for number in range(count):
        body = "\n\n".join("".join(chance.sample(sentences, 8)) for _ in range(4))
        text = f"---\ntitle: 文章{number}\n---\n{body}\n"
        (corpus / f"{number:06}.md").write_text(text, encoding="utf-8")


def _cpu(work: Callable[[], _T]) -> tuple[_T, float]:
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def _cold(corpus: Path, index: Path) -> tuple[float, float]:
    """Run `qa-bot ask` three times as a process of its own; returns the best CPU and wall time."""
    command = [
        sys.executable,
        "-m",
        "qa_bot",
        "ask",
        "--corpus",
        str(corpus),
        "--index",
        str(index),
    ]
    runs = []
    for _ in range(3):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(  # noqa: S603 # our own program
            [*command, QUESTIONS[0]], check=True, capture_output=True, env={**os.environ}
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        runs.append((cpu, time.perf_counter() - began))
    return min(runs)


if __name__ == "__main__":
    main()
