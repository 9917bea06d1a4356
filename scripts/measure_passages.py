"""Measure passage size, overlap and what is indexed with a passage, on the training sets.

The public sets hold single paragraphs; neighbours of one title are joined to articles of newspaper
length, so that the size of passages matters. Prints a Markdown table (docs/decisions/0013).
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from unittest.mock import patch

from public_sets import sample_question_set
from qa_bot import QABot
from qa_bot.evaluation.measures import measure
from qa_bot.evaluation.question_set import read_question_set
from qa_bot.evaluation.records import Document, QuestionSet
from qa_bot.evaluation.run import RANKED, Evaluation
from qa_bot.evaluation.set_corpus import build_set_index
from qa_bot.index.build import PASSAGE_SIZE, build_index
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.passages import split_passages
from qa_bot.records import Article, Passage

PROJECT = Path(__file__).parents[1]
SETS = ("drcd_simp", "cmrc2018_train_pseudo", "squad2_zh_mt")
SAMPLES = "sample articles"  # the only set with sections and speakers
# With a heading goes, in interviews, the host's question. The last but one is what ships.
PREPENDED = ("nothing", "section", "title, section", "title, section, speaker")
_JOINED = 4  # paragraphs of an article, some 1,000 to 1,500 characters
_SHOWN = ("recall@1", "mrr@10", "passage_mrr@10", "quote_hit", "latency_p50")


def main() -> int:
    """Print a row for each set and variant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    parser.add_argument("--sets", nargs="+", choices=(*SETS, SAMPLES), default=(*SETS, SAMPLES))
    parser.add_argument("--sizes", type=int, nargs="+", default=[PASSAGE_SIZE])
    parser.add_argument("--overlaps", type=int, nargs="+", choices=(0, 1), default=[0])
    parser.add_argument("--prepended", nargs="+", choices=PREPENDED, default=["title, section"])
    parser.add_argument("--questions", type=int, default=700, help="drawn of each set")
    flags = parser.parse_args()
    encoder = load_encoder()
    print(f"| set | size | overlap | prepended | passages | {' | '.join(_SHOWN)} |")
    print(f"|{' --- |' * (5 + len(_SHOWN))}")
    for name in flags.sets:
        drawn = _question_set(name, flags.shared / "data", flags.questions)
        for size, overlap, prepended in product(flags.sizes, flags.overlaps, flags.prepended):
            cells = _measured(drawn, encoder, size=size, overlap=overlap, prepended=prepended)
            row = (drawn.path, size, overlap, prepended, *cells)
            print(f"| {' | '.join(map(str, row))} |", flush=True)
    return 0


def _question_set(name: str, data: Path, questions: int) -> QuestionSet:
    if name == SAMPLES:
        return replace(read_question_set(PROJECT / "questions/sample.jsonl"), path=name)
    drawn = sample_question_set(
        data / name, split=None, questions=questions, documents=None, seed=0
    )
    by_title = defaultdict(list)
    for document in drawn.documents:
        by_title[document.title].append(document)
    articles = [
        parts[start : start + _JOINED]
        for parts in by_title.values()
        for start in range(0, len(parts), _JOINED)
    ]
    joined = {part.id: parts[0].id for parts in articles for part in parts}
    return replace(
        drawn,
        questions=tuple(
            replace(question, relevant=dict.fromkeys((joined[id_] for id_ in question.relevant), 1))
            for question in drawn.questions
        ),
        documents=tuple(
            Document(parts[0].id, parts[0].title, "\n\n".join(part.text for part in parts))
            for parts in articles
        ),
    )


def _measured(
    question_set: QuestionSet, encoder: Encoder, *, size: int, overlap: int, prepended: str
) -> Sequence[str]:
    """Return the number of passages, and the measures, of one variant."""

    def split(article: Article, *, size: int) -> Iterator[Passage]:
        passages = list(split_passages(article, size=size))
        overlapping = _overlapping(article, passages) if overlap else passages
        return (replace(p, context=_context(article, p, prepended)) for p in overlapping)

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        corpus = folder / "corpus" if question_set.documents else PROJECT / "corpus"
        with patch("qa_bot.index.build.split_passages", split):
            if question_set.documents:
                build_set_index(question_set.documents, folder, encoder, passage_size=size)
            else:
                build_index(corpus, folder / "index", encoder, passage_size=size)
        with QABot.open(folder / "index", corpus=corpus, top_k=RANKED, threshold=0.0) as bot:
            rows = Evaluation(question_set, bot.snapshot.store).rows(bot, threshold=0.0, top_k=5)
            passages = bot.snapshot.manifest.passages
    found = measure([row.values for row in rows])
    return (str(passages), *(f"{found[name].value:.3f}" for name in _SHOWN))


def _overlapping(article: Article, passages: Sequence[Passage]) -> Iterator[Passage]:
    """Let each passage begin with the last sentence of the one before it in the same block."""
    yield from passages[:1]
    for before, passage in pairwise(passages):
        between = article.text[before.span.end : passage.span.start]
        if between.strip() or before.is_metadata or before.speaker != passage.speaker:
            yield passage
            continue
        sentences = (before.sentences[-1], *passage.sentences)
        span = passage.span._replace(start=sentences[0].span.start)
        text = article.text[span.start : span.end]
        yield replace(passage, span=span, text=text, sentences=sentences)


def _context(article: Article, passage: Passage, prepended: str) -> str:
    if passage.is_metadata or prepended == "title, section":
        return passage.context
    if prepended == "nothing":
        return ""
    if prepended == "section":
        return passage.context.removeprefix(article.title).lstrip("\n")
    return "\n".join(filter(None, (passage.speaker, passage.context)))


if __name__ == "__main__":
    sys.exit(main())
