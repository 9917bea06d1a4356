"""Measure quality on the sets beside the project and write the tables to docs/benchmarks.md.

None of the sets reported here is trained or tuned on. The baselines run on the same index, in the
same run: BM25 alone, vectors alone, and their plain reciprocal rank fusion.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from tqdm import tqdm

from evaluate_import import import_table
from public_sets import read_jsonl, write_corpus
from qa_bot import QABot
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.retrieve import retrieve
from qa_bot.answering.select import select
from qa_bot.evaluation.measures import comparable, judge
from qa_bot.evaluation.question_set import read_question_set
from qa_bot.evaluation.report import format_failures, format_table, summarize
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.index.snapshot import Snapshot
from qa_bot.pages import decode_page, read_page, write_articles

PROJECT = Path(__file__).parents[1]
SETS = {"cmrc2018": None, "news_mrc_houjin": "dev"}  # name: split
_DEPTH = 10
_UNSEEN_PAGES = 2026  # the seed of pages that nobody looks into while mending the import

Ranker = Callable[[str], list[int]]  # question -> numbers of articles, best first


def main() -> int:
    """Run all sets that are there and renew the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    parser.add_argument("--questions", type=int, default=1000, help="sampled of each public set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=PROJECT / "docs/benchmarks.md")
    flags = parser.parse_args()
    if not flags.shared.is_dir():
        print(
            f"{flags.shared} is not there; name the folder of sets with --shared", file=sys.stderr
        )
        return 2
    encoder = load_encoder()
    parts = [
        "### The real page, imported, alone in the corpus\n",
        _page(flags.shared, encoder, with_samples=False),
        "\n### The real page among the sample articles\n",
        _page(flags.shared, encoder, with_samples=True),
        "\n### The sample articles (development set: looked at while building)\n",
        _samples(encoder),
        "\n### Public sets, never trained or tuned on\n",
        _public(flags.shared / "data", encoder, flags.questions, flags.seed),
    ]
    text = "\n".join(parts)
    print(text)
    replace_section(flags.out, "quality", text)
    imported = import_table(pages=600, seed=_UNSEEN_PAGES, shared=flags.shared)
    print(f"\n### Import of pages laid out by script\n\n{imported}")
    replace_section(flags.out, "import", imported)
    return 0


def replace_section(path: Path, name: str, text: str) -> None:
    """Replace what stands between the two markers of a section of a Markdown file."""
    opening, closing = f"<!-- {name}: made by make -->", f"<!-- end of {name} -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(opening)
    _, _, after = rest.partition(closing)
    path.write_text(f"{before}{opening}\n\n{text}\n\n{closing}{after}", encoding="utf-8")


def _page(shared: Path, encoder: Encoder, *, with_samples: bool) -> str:
    page = shared / "pages/chongqing-daily-thinktank.txt"
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch, "corpus")
        corpus.mkdir()
        if with_samples:
            for article in (PROJECT / "corpus").glob("*.md"):
                (corpus / article.name).write_bytes(article.read_bytes())
        data = page.read_bytes()
        result = read_page(decode_page(data, file=page.name), file=page.name)
        write_articles(result, data, corpus=corpus)
        return _run(corpus, shared / "eval/chongqing-page-questions.jsonl", encoder)


def _samples(encoder: Encoder) -> str:
    return _run(PROJECT / "corpus", PROJECT / "questions/sample.jsonl", encoder)


def _run(corpus: Path, questions: Path, encoder: Encoder) -> str:
    with tempfile.TemporaryDirectory() as index:
        build_index(corpus, Path(index), encoder)
        with QABot.open(index, corpus=corpus) as bot:
            rows = [
                judge(question, bot.ask(question.question, history=question.history))
                for question in read_question_set(questions)
            ]
    print(format_failures(rows), file=sys.stderr)
    return format_table(summarize(rows))


def _public(data: Path, encoder: Encoder, count: int, seed: int) -> str:
    lines = [
        "| set | questions | ranking | recall@1 | MRR@10 | one sentence holds the answer |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, split in SETS.items():
        documents = list(read_jsonl(data / name / "corpus.jsonl"))
        questions = [
            q
            for q in read_jsonl(data / name / "queries.jsonl")
            if q["text"].strip() and q["answers"] and split in (None, q.get("split"))
        ]
        random.Random(seed).shuffle(questions)  # noqa: S311 # a repeatable sample
        lines += _one_set(name, documents, questions[:count], encoder)
    return "\n".join(lines)


def _one_set(
    name: str, documents: Sequence[dict[str, Any]], questions: Sequence[Any], encoder: Encoder
) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        write_corpus(documents, corpus)
        build_index(corpus, index, encoder)
        with Snapshot.open(index) as snapshot:
            numbers = {article.id: article.number for article in snapshot.store.articles()}
            for ranking, rank in _rankers(snapshot, encoder).items():
                places, sentences = [], []
                for question in tqdm(questions, f"{name} {ranking}", leave=False, disable=None):
                    gold = numbers[f"{question['doc_id']}.md"]
                    found = rank(question["text"])[:_DEPTH]
                    places.append(1 / (found.index(gold) + 1) if gold in found else 0.0)
                    if ranking == "qa-bot":
                        sentences.append(_sentence_hit(question, snapshot, encoder))
                first = fmean(place == 1 for place in places)
                hit = f"{fmean(sentences):.3f}" if sentences else ""
                yield (
                    f"| {name} | {len(questions)} | {ranking} | {first:.3f} "
                    f"| {fmean(places):.3f} | {hit} |"
                )


def _rankers(snapshot: Snapshot, encoder: Encoder) -> dict[str, Ranker]:
    def articles(passages: Sequence[int]) -> list[int]:
        stored = snapshot.store.passages(passages)
        return list(dict.fromkeys(stored[number].article for number in passages))

    def lexical(text: str) -> list[int]:
        return list(snapshot.passage_terms.search(analyse(text).weights, limit=50))

    def dense(text: str) -> list[int]:
        return list(snapshot.vectors.search(encoder.encode_query(text), limit=50))

    def fused_ranks(text: str) -> list[int]:
        """Reciprocal rank fusion with k = 60 (Cormack et al. 2009)."""
        scores: dict[int, float] = {}
        for ranking in (lexical(text), dense(text)):
            for rank, number in enumerate(ranking, start=1):
                scores[number] = scores.get(number, 0) + 1 / (60 + rank)
        return sorted(scores, key=lambda number: -scores[number])

    def ours(text: str) -> list[int]:
        return [hit.passage.article for hit in _hits(text, snapshot, encoder)[1]]

    return {
        "BM25": lambda text: articles(lexical(text)),
        "vectors": lambda text: articles(dense(text)),
        "reciprocal rank fusion": lambda text: articles(fused_ranks(text)),
        "qa-bot": lambda text: list(dict.fromkeys(ours(text))),
    }


def _hits(text: str, snapshot: Snapshot, encoder: Encoder) -> tuple[Any, Any, Any]:
    query = analyse(text)
    overlap = Overlap(query, snapshot.passage_terms.document_frequency, snapshot.manifest.passages)
    return query, retrieve(query, snapshot, encoder, overlap, limit=50), overlap


def _sentence_hit(question: dict[str, Any], snapshot: Snapshot, encoder: Encoder) -> bool:
    """Whether the best sentence holds a gold answer, from whatever article."""
    best = select(*_hits(question["text"], snapshot, encoder))[:1]
    answers = [comparable(answer["text"]) for answer in question["answers"]]
    return any(a and a in comparable(candidate.text) for candidate in best for a in answers)


if __name__ == "__main__":
    sys.exit(main())
