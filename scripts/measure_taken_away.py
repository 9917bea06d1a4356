"""Ask questions with their article in the index and without it: does the confidence tell?

Prints the AUROC of news_mrc_houjin (dev) and cmrc2018, none of which the confidence was fitted on.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sklearn.metrics import roc_auc_score

from evaluate import PUBLIC
from public_sets import sample_question_set
from qa_bot.answering.compose import compose
from qa_bot.answering.confidence import estimate_confidence, read_signals
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.reader import Reader
from qa_bot.answering.reread import reread
from qa_bot.answering.retrieve import Hit, retrieve
from qa_bot.answering.select import select
from qa_bot.evaluation.set_corpus import article_id, build_set_index
from qa_bot.index.build import PASSAGE_SIZE
from qa_bot.index.encoder import load_encoder
from qa_bot.index.snapshot import Snapshot
from qa_bot.records import Query


def main() -> None:
    """Read the arguments and print a line a set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--seed", type=int, default=9)
    flags = parser.parse_args()
    encoder, reader = load_encoder(), Reader.load()
    for name in ("news_mrc_houjin", "cmrc2018"):
        drawn = sample_question_set(
            flags.data / name,
            split=PUBLIC[name][0],
            questions=flags.questions,
            documents=None,
            seed=flags.seed,
        )
        is_there: list[bool] = []
        confidence: list[float] = []
        with tempfile.TemporaryDirectory() as scratch:
            build_set_index(drawn.documents, Path(scratch), encoder, passage_size=PASSAGE_SIZE)
            with Snapshot.open(Path(scratch, "index")) as snapshot:
                for question in drawn.questions:
                    own = {snapshot.store.number(article_id(id_)) for id_ in question.relevant}
                    query = analyse(question.question)
                    overlap = Overlap(
                        query,
                        snapshot.passage_terms.document_frequency,
                        snapshot.manifest.passages,
                    )
                    found = retrieve(query, snapshot, encoder, overlap, limit=20)
                    without = [hit for hit in found if hit.passage.article not in own]
                    for hits in filter(None, (found, without)):
                        is_there.append(hits is found)
                        confidence.append(_confidence(query, hits, overlap, snapshot, reader))
        print(f"{name}: AUROC {roc_auc_score(is_there, confidence):.3f}", flush=True)


def _confidence(
    query: Query, hits: Sequence[Hit], overlap: Overlap, snapshot: Snapshot, reader: Reader
) -> float:
    chosen = compose(
        query,
        reread(query, select(query, hits, overlap), reader),
        overlap,
        lambda number: list(snapshot.store.passages_of(number).values()),
    )
    return estimate_confidence(read_signals(query, hits, chosen, overlap))


if __name__ == "__main__":
    main()
