"""Generated corpora of growing size -> what building and asking cost, and how that grows.

Every step is a process of its own, so that its memory and CPU time are its own too. The floor is
`bench_floor`, over the same passages in the same run.
"""

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generated_corpus import write_corpus
from qa_bot import QABot
from qa_bot.index.build import build_index
from qa_bot.index.encoder import load_encoder

_QUESTIONS = 200
_NEAREST = 10
_CHANGED = "\n又添了一句：样本市去年新增企业7321家。\n"
# What a step's numbers are called in the table, and how they are shown; each with its growth.
_ROWS = {
    "full build, CPU s": ("build", "cpu"),
    "full build, wall s": ("build", "wall"),
    "full build, peak memory, MB": ("build", "memory"),
    "the floor's build, CPU s": ("floor", "build"),
    "one article changed, CPU s": ("change", "cpu"),
    "one article changed, wall s": ("change", "wall"),
    "index on disk, MB": ("build", "disk"),
    "opening, CPU ms": ("ask", "open"),
    "asking process, memory, MB": ("ask", "memory"),
    "warm ask, CPU ms, 50 % within": ("ask", "p50"),
    "warm ask, CPU ms, 99 % within": ("ask", "p99"),
    "warm ask, wall ms, 50 % within": ("ask", "wall50"),
    "warm ask, wall ms, 99 % within": ("ask", "wall99"),
    "the floor's question, CPU ms, 50 % within": ("floor", "p50"),
    "recall@10 of the vectors against exact search": ("recall", "recall"),
    "cold `qa-bot ask`, CPU s": ("cold", "cpu"),
}


def size_table(sizes: Sequence[int], *, seed: int = 0, scratch: Path | None = None) -> str:
    """Measure at several sizes.

    Args:
        sizes: Passages of each corpus, about.
        seed: Of the generator.
        scratch: A folder on a disk with room for it (12 GB for a million passages).

    Returns:
        A table in Markdown.
    """
    measured = []
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            measured.append(_measure(Path(folder), size, seed))
    header = ["| |", "| --- |"]
    for each in measured:
        header[0] += f" {each['build']['passages']:,} passages |"
        header[1] += " --- |"
    rows = []
    for name, (step, key) in _ROWS.items():
        values = [each[step][key] for each in measured]
        growth = [None, *(b / a if a else None for a, b in itertools.pairwise(values))]
        cells = (
            f"{value:,.3g}" + (f" (x {ratio:.1f})" if ratio else "")
            if value < 1000
            else f"{value:,.0f}" + (f" (x {ratio:.1f})" if ratio else "")
            for value, ratio in zip(values, growth, strict=True)
        )
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*header, *rows])


def _measure(folder: Path, passages: int, seed: int) -> dict[str, dict[str, Any]]:
    questions = write_corpus(folder / "corpus", passages=passages, seed=seed)[:_QUESTIONS]
    (folder / "questions.txt").write_text("\n".join(questions) + "\n", encoding="utf-8")
    here = Path(__file__)
    found = {}
    for step in ("build", "recall", "ask", "cold", "change"):
        found[step] = _run(here, step, folder)
        if step == "build":
            texts, asked = folder / "passages.jsonl", folder / "questions.txt"
            found["floor"] = _run(here.with_name("bench_floor.py"), texts, asked)
        print(passages, step, found[step], flush=True)
    return found


def _run(script: Path, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, str(script), *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, env=environment)  # noqa: S603 # ours
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _build(folder: Path) -> dict[str, Any]:
    encoder = load_encoder()
    cpu, wall = time.process_time(), time.perf_counter()
    report = build_index(folder / "corpus", folder / "index", encoder)
    found = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "memory": _memory(),
        "passages": report.passages,
        "disk": sum(p.stat().st_size for p in report.snapshot.rglob("*") if p.is_file()) / 1e6,
    }
    with (
        QABot.open(folder / "index", corpus=folder / "corpus") as bot,
        (folder / "passages.jsonl").open("w", encoding="utf-8") as file,
    ):
        for _, _, _, text in bot.snapshot.store.passage_texts():
            file.write(json.dumps(text, ensure_ascii=False) + "\n")
    return found


def _change(folder: Path) -> dict[str, Any]:
    """Run `qa-bot index` after a change of one article."""
    changed = sorted((folder / "corpus").rglob("*.md"))[0]
    changed.write_text(changed.read_text(encoding="utf-8") + _CHANGED, encoding="utf-8")
    return _command(folder, "index")


def _cold(folder: Path) -> dict[str, Any]:
    question = (folder / "questions.txt").read_text(encoding="utf-8").splitlines()[0]
    runs = [_command(folder, "ask", question) for _ in range(3)]
    return min(runs, key=lambda run: float(run["cpu"]))


def _command(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run qa-bot as a process of its own; returns its CPU and wall seconds."""
    where = ("--corpus", str(folder / "corpus"), "--index", str(folder / "index"))
    command = [sys.executable, "-m", "qa_bot", arguments[0], *where, *arguments[1:]]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 # our own program
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "wall": wall}


def _ask(folder: Path) -> dict[str, Any]:
    questions = (folder / "questions.txt").read_text(encoding="utf-8").splitlines()
    began = time.process_time()
    with QABot.open(folder / "index", corpus=folder / "corpus") as bot:
        opened = time.process_time() - began
        for question in questions[: _QUESTIONS // 4]:
            bot.ask(question)
        spent = []
        for question in questions[_QUESTIONS // 4 :]:
            cpu, wall = time.process_time(), time.perf_counter()
            bot.ask(question)
            spent.append((time.process_time() - cpu, time.perf_counter() - wall))
    cpus, walls = 1000 * np.array(spent).T
    return {
        "open": 1000 * opened,
        "memory": _memory(),
        "p50": float(np.percentile(cpus, 50)),
        "p99": float(np.percentile(cpus, 99)),
        "wall50": float(np.percentile(walls, 50)),
        "wall99": float(np.percentile(walls, 99)),
    }


def _recall(folder: Path) -> dict[str, Any]:
    """Compare the nearest vectors with those of exact search."""
    questions = (folder / "questions.txt").read_text(encoding="utf-8").splitlines()
    with QABot.open(folder / "index", corpus=folder / "corpus") as bot:
        queries = np.stack([bot.encoder.encode_query(question) for question in questions])
        index = bot.snapshot.vectors
        best = np.zeros((len(queries), _NEAREST), dtype=np.float32)
        for start in range(0, len(index), 100_000):  # a part at a time: memory
            rows = index.vectors(np.arange(start, min(start + 100_000, len(index))))
            both = np.concatenate([best, queries @ rows.T], axis=1)
            best = -np.sort(-both, axis=1)[:, :_NEAREST]
        found = [
            sum(score >= last - 1e-6 for score in index.search(query, limit=_NEAREST).values())
            for query, last in zip(queries, best[:, -1], strict=True)
        ]
    return {"recall": float(np.mean(found)) / _NEAREST}


def _memory() -> float:
    """Return the most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> None:
    """Run one step in a folder; prints its numbers as one JSON object."""
    steps: dict[str, Callable[[Path], dict[str, Any]]] = {
        "build": _build,
        "recall": _recall,
        "ask": _ask,
        "cold": _cold,
        "change": _change,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=steps)
    parser.add_argument("folder", type=Path)
    flags = parser.parse_args()
    print(json.dumps(steps[flags.step](flags.folder)))


if __name__ == "__main__":
    main()
