"""Run the project's own benchmark and write its tables to docs/benchmarks.md.

qa-bot and the baselines answer the same questions on the same index in one run. The public sets
are drawn from by a seeded generator; those that a model was fitted on are not among them.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path

from baselines import BestSentence, GivenArticle, Parts, Search
from evaluate_import import import_table
from public_sets import import_page, sample_question_set
from qa_bot import QABot
from qa_bot.answering.confidence import default_threshold
from qa_bot.evaluation.comparison import compare
from qa_bot.evaluation.measures import DEFINITIONS, measure
from qa_bot.evaluation.question_set import read_question_set
from qa_bot.evaluation.records import Measure, QuestionSet, Row
from qa_bot.evaluation.report import format_failures
from qa_bot.evaluation.run import RANKED, Evaluation
from qa_bot.evaluation.set_corpus import article_id, build_set_index
from qa_bot.index.build import PASSAGE_SIZE, build_index
from qa_bot.index.encoder import Encoder, load_encoder
from retrieval_table import retrieval_tables

PROJECT = Path(__file__).parents[1]
# Set: split, and documents kept at most.
PUBLIC: dict[str, tuple[str | None, int | None]] = {
    "cmrc2018": (None, None),
    "news_mrc_houjin": ("dev", None),
    "crud_news": (None, 10_000),
}
GIVEN = "dureader_checklist"  # asked with its passage given
_RETRIEVAL = ("recall@1", "recall@10", "mrr@10", "ndcg@10", "passage_mrr@10")
_SHOWN = (
    *("quote_hit", "quote_precision", "quote_length", "highlight_f1", "highlight_em"),
    *("article", "speaker", "lines", "quote_guarantee", "answered", "false_answers", "precision"),
    *("auroc", "auroc_right", "coverage@90", "coverage@95", "calibration_error"),
    *("latency_p50", "latency_p95", "latency_p99"),
)
_SIGNIFICANT = 0.05
_OURS, _ALWAYS = "qa-bot", "qa-bot, never abstaining"
_UNSEEN_PAGES = 2026  # the seed of pages that nobody looks into while mending the import


def main() -> int:
    """Run all sets that are there and renew the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    parser.add_argument("--questions", type=int, default=1000, help="drawn of each public set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=PROJECT / "docs/benchmarks.md")
    flags = parser.parse_args()
    if not flags.shared.is_dir():
        print(
            f"{flags.shared} is not there; name the folder of sets with --shared", file=sys.stderr
        )
        return 2
    parts = []
    for title, table in _tables(flags.shared, flags.questions, flags.seed):
        parts.append(f"### {title}\n\n{table}")
        print(f"{parts[-1]}\n", flush=True)
    replace_section(flags.out, "quality", "\n\n".join(parts))
    replace_section(flags.out, "retrieval", retrieval_tables(flags.shared))
    imported = import_table(pages=600, seed=_UNSEEN_PAGES, shared=flags.shared)
    print(f"### Import of pages laid out by script\n\n{imported}")
    replace_section(flags.out, "import", imported)
    return 0


def replace_section(path: Path, name: str, text: str) -> None:
    """Replace what stands between the two markers of a section of a Markdown file."""
    opening, closing = f"<!-- {name}: made by make -->", f"<!-- end of {name} -->"
    before, _, rest = path.read_text(encoding="utf-8").partition(opening)
    _, _, after = rest.partition(closing)
    path.write_text(f"{before}{opening}\n\n{text}\n\n{closing}{after}", encoding="utf-8")


def _tables(shared: Path, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield the title and the table of each set."""
    encoder = load_encoder()
    page = read_question_set(shared / "eval/chongqing-page-questions.jsonl")
    samples = read_question_set(PROJECT / "questions/sample.jsonl")
    other_words = read_question_set(PROJECT / "questions/other-words.jsonl")
    for title, question_set, with_page, with_samples in (
        ("The real page, imported, alone in the corpus", page, True, False),
        ("The real page among the sample articles", page, True, True),
        ("The sample articles (looked at while building)", samples, False, True),
        ("The sample articles, asked in other words (not looked at)", other_words, False, True),
    ):
        with tempfile.TemporaryDirectory() as scratch:
            corpus = Path(scratch, "corpus")
            corpus.mkdir()
            if with_samples:
                for article in (PROJECT / "corpus").glob("*.md"):
                    (corpus / article.name).write_bytes(article.read_bytes())
            if with_page:
                import_page(shared / "pages/chongqing-daily-thinktank.txt", corpus)
            build_index(corpus, Path(scratch, "index"), encoder)
            yield title, _table(question_set, Path(scratch), encoder)
    for name, (split, documents) in PUBLIC.items():
        folder = shared / "data" / name
        drawn = sample_question_set(
            folder, split=split, questions=count, documents=documents, seed=seed
        )
        with tempfile.TemporaryDirectory() as scratch:
            build_set_index(drawn.documents, Path(scratch), encoder, passage_size=PASSAGE_SIZE)
            title = (
                f"{name}: {len(drawn.questions):,} questions, {len(drawn.documents):,} documents"
            )
            yield title, _table(drawn, Path(scratch), encoder)
    drawn = sample_question_set(
        shared / "data" / GIVEN, split="dev", questions=count, documents=None, seed=seed
    )
    with tempfile.TemporaryDirectory() as scratch:
        build_set_index(drawn.documents, Path(scratch), encoder, passage_size=PASSAGE_SIZE)
        title = f"{GIVEN}: {len(drawn.questions):,} questions, each with its passage given"
        yield title, _table(drawn, Path(scratch), encoder, is_given=True)


def _table(
    question_set: QuestionSet, folder: Path, encoder: Encoder, *, is_given: bool = False
) -> str:
    """Ask qa-bot and the baselines; returns their measures side by side."""
    corpus = str(folder / "corpus")
    kind = GivenArticle if is_given else QABot
    with kind.open(folder / "index", corpus=corpus, top_k=RANKED, threshold=0.0) as bot:
        evaluation = Evaluation(question_set, bot.snapshot.store)
        parts = Parts(bot.snapshot, encoder, corpus)
        searches: dict[str, Search] = {
            "BM25": parts.by_bm25,
            "vectors": parts.by_vectors,
            "rank fusion": parts.fused,
        }
        if isinstance(bot, GivenArticle):
            numbers = {article.id: article.number for article in bot.snapshot.store.articles()}
            given = [numbers[article_id(next(iter(q.relevant)))] for q in question_set.questions]
            bot.given = cycle(given)
            searches = {name: parts.given(given) for name in searches}
        rows = {
            _OURS: evaluation.rows(bot, threshold=default_threshold(), top_k=5),
            _ALWAYS: evaluation.rows(bot, threshold=0.0, top_k=5),
        }
        for name, search in searches.items():
            answerer = BestSentence(parts, search, bm25=name != "vectors", vectors=name != "BM25")
            rows[name] = evaluation.rows(answerer, threshold=0.0, top_k=5)
    if len(question_set.questions) <= 100:
        print(format_failures(rows[_OURS]), file=sys.stderr)
    return _side_by_side(rows, _SHOWN if is_given else (*_RETRIEVAL, *_SHOWN))


def _side_by_side(rows: Mapping[str, Sequence[Row]], names: Sequence[str]) -> str:
    """Return a table of measures: value, interval, and a star where it differs from qa-bot's."""
    measures = {system: measure([row.values for row in found]) for system, found in rows.items()}
    ours = {row.id: row for row in rows[_OURS]}
    differences = {
        system: compare(found, ours, folder=_OURS).differences for system, found in rows.items()
    }
    lines = [f"| measure | questions | {' | '.join(rows)} |", f"|{' --- |' * (len(rows) + 2)}"]
    for name in names:
        if name not in measures[_OURS]:
            continue
        cells = []
        for system in rows:
            found, difference = measures[system].get(name), differences[system].get(name)
            is_other = difference is not None and difference.p_value < _SIGNIFICANT
            cells.append(_cell(found, digits=1 if DEFINITIONS[name].unit else 3, star=is_other))
        unit = f", {DEFINITIONS[name].unit}" if DEFINITIONS[name].unit else ""
        label, count = f"{DEFINITIONS[name].label}{unit}", measures[_OURS][name].count
        lines.append(f"| {label} | {count} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(found: Measure | None, *, digits: int, star: bool) -> str:
    if found is None:
        return ""
    interval = f"{found.low:.{digits}f} to {found.high:.{digits}f}"
    return f"{found.value:.{digits}f}{'*' * star} ({interval})"


if __name__ == "__main__":
    sys.exit(main())
