"""The barest code that does the retrieval part, as the floor that qa-bot is measured against.

Tokens by the default model's tokenizer, embeddings as the mean of their vectors, compared with all
others by FAISS, BM25 of the tokens by bm25s, both ranks fused: no passages to cut, no quotes, no
files, no database. Prints what it costs as one JSON object.
"""

import argparse
import json
import time
from pathlib import Path

import bm25s
import faiss
import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
from tokenizers import Tokenizer

MODEL = Path(__file__).parents[1] / "src/qa_bot/models/static-zh"
_FOUND = 20
_RANK = 60  # of reciprocal rank fusion


class Floor:
    """Searches texts that it holds in memory."""

    def __init__(self, texts: list[str]) -> None:
        self._tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
        table = load_file(MODEL / "model.safetensors")["embedding.weight"]
        self._table = np.asarray(table, dtype=np.float32)
        tokens = [
            encoded.ids
            for start in range(0, len(texts), 1024)
            for encoded in self._tokenizer.encode_batch_fast(texts[start : start + 1024])
        ]
        self._vectors = faiss.IndexFlatIP(self._table.shape[1])
        self._vectors.add(np.stack([self._embed(ids) for ids in tokens]))
        self._bm25 = bm25s.BM25()
        vocabulary = {str(number): number for number in range(len(self._table))}
        self._bm25.index((tokens, vocabulary), show_progress=False)

    def _embed(self, ids: list[int]) -> npt.NDArray[np.float32]:
        mean = self._table[ids].mean(axis=0) if ids else self._table[0]
        unit: npt.NDArray[np.float32] = mean / np.linalg.norm(mean)
        return unit

    def ask(self, question: str) -> list[int]:
        """Return the numbers of the texts that are nearest."""
        ids = self._tokenizer.encode(question).ids
        scores = self._bm25.get_scores(list(map(str, ids)))
        best = np.argpartition(-scores, _FOUND)[:_FOUND]
        lexical = best[np.argsort(-scores[best])]
        _, near = self._vectors.search(self._embed(ids)[None, :], _FOUND)
        fused: dict[int, float] = {}
        for ranking in (lexical, near[0]):
            for rank, number in enumerate(ranking, start=1):
                fused[int(number)] = fused.get(int(number), 0.0) + 1 / (_RANK + rank)
        return sorted(fused, key=lambda number: -fused[number])[:_FOUND]


def main() -> None:
    """Index the texts in a file, a JSON string a line, and ask the questions in another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path)
    parser.add_argument("questions", type=Path)
    flags = parser.parse_args()
    texts = [json.loads(line) for line in flags.texts.read_text(encoding="utf-8").splitlines()]
    questions = flags.questions.read_text(encoding="utf-8").splitlines()
    faiss.omp_set_num_threads(1)
    began = time.process_time()
    floor = Floor(texts)
    built = time.process_time() - began
    spent = []
    for question in questions:
        began = time.process_time()
        floor.ask(question)
        spent.append(1000 * (time.process_time() - began))
    print(json.dumps({"build": built, "p50": np.median(spent), "p99": np.percentile(spent, 99)}))


if __name__ == "__main__":
    main()
