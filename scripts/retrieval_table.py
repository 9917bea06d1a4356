"""Rank articles on whole sets, by qa-bot and in plain ways; writes tables to docs/benchmarks.md.

All rank the same passages (with the title and heading above them) and are asked the same questions
in one run; the ranking of articles is that of their first passages. The real page has too few
articles to rank: there the passages that hold the answer are looked for.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from baselines import Parts, fuse
from plain_bm25 import TOKENIZERS, PlainBM25, best
from public_sets import import_page, sample_question_set
from qa_bot import QABot
from qa_bot.answering.question import analyse
from qa_bot.evaluation.gold import GoldFinder
from qa_bot.evaluation.question_set import read_question_set
from qa_bot.evaluation.records import Question, QuestionSet
from qa_bot.evaluation.run import RANKED
from qa_bot.evaluation.set_corpus import article_id, build_set_index
from qa_bot.evaluation.statistics import Values, bootstrap, mean, paired_test
from qa_bot.index.build import PASSAGE_SIZE, build_index
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.records import Span

PROJECT = Path(__file__).parents[1]
SETS = {"cmrc2018": None, "news_mrc_houjin": "dev", "crud_news": None}  # set: its split
_BM25 = "BM25 of qa-bot's terms"
_SIGNIFICANT = 0.05
_MEASURES: dict[str, Callable[[int | None], float]] = {
    "success@1": lambda rank: float(rank == 1),
    "success@10": lambda rank: float(rank is not None and rank <= 10),
    "MRR@10": lambda rank: 1 / rank if rank is not None and rank <= 10 else 0.0,
}

Place = tuple[str, Span]  # article id and span of a passage
Hits = Sequence[Collection[Place]]  # best first; of each, where it stands, reprints among them


def main() -> int:
    """Renew the tables."""
    from evaluate import replace_section  # it calls retrieval_tables, so not at the top

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    parser.add_argument("--out", type=Path, default=PROJECT / "docs/benchmarks.md")
    flags = parser.parse_args()
    if not flags.shared.is_dir():
        print(
            f"{flags.shared} is not there; name the folder of sets with --shared", file=sys.stderr
        )
        return 2
    replace_section(flags.out, "retrieval", retrieval_tables(flags.shared))
    return 0


def retrieval_tables(shared: Path) -> str:
    """Rank all sets; returns a table of each, which are printed as they come."""
    encoder, tables = load_encoder(), []
    for title, question_set, folder in _indexed_sets(shared, encoder):
        tables.append(f"### {title}\n\n{_table(question_set, folder, encoder)}")
        print(f"{tables[-1]}\n", flush=True)
    return "\n\n".join(tables)


def _indexed_sets(shared: Path, encoder: Encoder) -> Iterator[tuple[str, QuestionSet, Path]]:
    """Yield title, questions and the folder of corpus and index of each set, while it is there."""
    page = read_question_set(shared / "eval/chongqing-page-questions.jsonl")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "corpus").mkdir()
        import_page(shared / "pages/chongqing-daily-thinktank.txt", folder / "corpus")
        build_index(folder / "corpus", folder / "index", encoder)
        count = sum(question.answerable for question in page.questions)
        yield f"Ranking the passages of the real page: {count} questions", page, folder
    for name, split in SETS.items():
        drawn = sample_question_set(
            shared / "data" / name, split=split, questions=None, documents=None, seed=0
        )
        with tempfile.TemporaryDirectory() as scratch:
            build_set_index(drawn.documents, Path(scratch), encoder, passage_size=PASSAGE_SIZE)
            questions, articles = len(drawn.questions), len(drawn.documents)
            title = (
                f"Ranking the articles of {name}: {questions:,} questions, {articles:,} articles"
            )
            yield title, drawn, Path(scratch)


def _table(question_set: QuestionSet, folder: Path, encoder: Encoder) -> str:
    """Rank in all ways; returns their measures, one way a row."""
    questions = [question for question in question_set.questions if question.answerable]
    corpus = str(folder / "corpus")
    with QABot.open(folder / "index", corpus=corpus, top_k=RANKED, threshold=0.0) as bot:
        store = bot.snapshot.store
        finder = None if question_set.documents else GoldFinder(store, questions, names={})
        right: list[Collection[object]] = [
            finder.find(q).passages if finder else {*map(article_id, q.relevant)} for q in questions
        ]
        ways = _ways(bot, encoder, corpus, [question.question for question in questions])
        ranks = {
            name: [
                rank_of(hits(question), gold, by_article=finder is None)
                for question, gold in zip(questions, right, strict=True)
            ]
            for name, hits in ways
        }
    return side_by_side(ranks, against=_BM25)


def _ways(
    bot: QABot, encoder: Encoder, corpus: str, asked: Sequence[str]
) -> Iterator[tuple[str, Callable[[Question], Hits]]]:
    """Yield ways to rank; each is to be used before the next one is made."""

    def answered(question: Question) -> Hits:
        shown = bot.ask(question.question, history=question.history).passages
        return [
            [(passage.article.id, passage.span), *((r.article.id, r.span) for r in passage.also_in)]
            for passage in shown
        ]

    yield "qa-bot", answered
    bot.dense_weight = 0.0
    yield "qa-bot without vectors", answered
    places, texts = [], []
    ids = [article.id for article in bot.snapshot.store.articles()]
    for passage in bot.snapshot.store.all_passages():
        places.append((ids[passage.article], passage.span))
        texts.append(f"{passage.frame}\n{passage.text}")
    parts = Parts(bot.snapshot, encoder, corpus)
    # All vectors, where qa-bot may look into the nearest clusters only.
    vectors = bot.snapshot.vectors.vectors(np.arange(len(texts)))

    def by_bm25(text: str) -> list[int]:
        return parts.by_bm25(text, analyse(text))

    def by_vectors(text: str) -> list[int]:
        return best(vectors @ encoder.encode_query(text), limit=RANKED)

    def fused(text: str) -> list[int]:
        return fuse(by_bm25(text), by_vectors(text))[:RANKED]

    def placed(search: Callable[[str], Sequence[int]]) -> Callable[[Question], Hits]:
        return lambda question: [[places[number]] for number in search(question.question)]

    yield _BM25, placed(by_bm25)
    yield "vectors", placed(by_vectors)
    yield "reciprocal rank fusion of these two", placed(fused)
    for name, tokenize in TOKENIZERS.items():
        index = PlainBM25(texts, tokenize, asked)
        yield name, placed(partial(index.search, limit=RANKED))


def rank_of(hits: Hits, right: Collection[object], *, by_article: bool) -> int | None:
    """Return the rank of the first right article or passage, from 1; None: there is none.

    Of one hit, what is right counts first: it is found at the hit's own rank.
    """
    found = [[place[0] if by_article else place for place in hit] for hit in hits]
    ranking = dict.fromkeys(k for hit in found for k in sorted(hit, key=lambda k: k not in right))
    return next((rank for rank, key in enumerate(ranking, start=1) if key in right), None)


def side_by_side(ranks: Mapping[str, Sequence[int | None]], *, against: str) -> str:
    """Return a table: of each way its measures, with a star where they differ from one way's."""
    lines = [f"| | {' | '.join(_MEASURES)} |", f"|{' --- |' * (len(_MEASURES) + 1)}"]
    for name, found in ranks.items():
        cells = []
        for value in _MEASURES.values():
            ours: Values = np.array([value(rank) for rank in found])
            other: Values = np.array([value(rank) for rank in ranks[against]])
            low, high = bootstrap(mean, [ours])
            star = "*" * (paired_test(mean, [ours], [other]) < _SIGNIFICANT)
            cells.append(f"{ours.mean():.3f}{star} ({low:.3f} to {high:.3f})")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
