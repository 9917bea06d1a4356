"""Measures of one peer, in a process of its own; prints what each step found as one JSON object.

Runs in the environment of the peer: standard library only. The steps share a folder, `work`:
`whole/`, `half/` and `changed/` are what is given (see `given`), `index-PEER/` is made of it.
"""

import argparse
import importlib
import importlib.metadata
import json
import os
import random
import shutil
import signal
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from given import read_passages

KILLS = 10
THREADS = 8
_TIMED = 300  # questions
_ASKED = 500  # of which it is known where the answer stands
_PROBES = 10  # questions that tell whether an index answers as it should
_THREAD_QUESTIONS = 80
_SECONDS = 120  # that a child may take

Found = dict[str, Any]


def about(peer: Any, work: Path, index: Path) -> Found:
    """Tell of the peer, once it has built something: all that it imports is compiled then."""
    peer.build(work / "half")
    return {
        "versions": {name: importlib.metadata.version(name) for name in peer.PACKAGES},
        "bm25": peer.BM25,
        "change": peer.CHANGE,
    }


def build(peer: Any, work: Path, index: Path) -> Found:
    """Make an index on the disk."""
    peer.save(peer.build(work / "whole"), index)
    disk = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    return {"disk": disk / 1e6, "memory": _peak()}


def cold(peer: Any, work: Path, index: Path) -> Found:
    """Open the index and search once."""
    return {"found": len(peer.search(peer.load(index, work / "whole"), _questions(work)[0][0]))}


def ask(peer: Any, work: Path, index: Path) -> Found:
    """Search for all questions, one after another; says how often and how quickly it finds."""
    opened = peer.load(index, work / "whole")
    article_of = {passage.id: passage.article for passage in read_passages(work / "whole")}
    times, places = [], []
    for number, (question, article) in enumerate(_questions(work)[:_ASKED]):
        if number == _TIMED and article is None:
            break
        began = time.process_time()
        ids = peer.search(opened, question)
        times.append(1000 * (time.process_time() - began))
        if article is not None:
            articles = [article_of.get(id_) for id_ in ids]
            places.append(articles.index(article) if article in articles else sys.maxsize)
    found: Found = {"p50": statistics.median(times[:_TIMED]), "memory": _peak()}
    if places:
        found["at 1"] = statistics.mean(place == 0 for place in places)
        found["at 10"] = statistics.mean(place < 10 for place in places)
        found["questions"] = len(places)
    return found


def whole(peer: Any, work: Path, index: Path) -> Found:
    """Ask for whole answers; where half of the articles are missing, says how often it abstains."""
    opened = peer.load(index, work / "whole")
    times = []
    for question, _ in _questions(work)[:_TIMED]:
        began = time.process_time()
        peer.answers(opened, question)
        times.append(1000 * (time.process_time() - began))
    found: Found = {"p50": statistics.median(times)}
    there = {passage.article for passage in read_passages(work / "half")}
    asked = [(question, article) for question, article in _questions(work) if article]
    if asked:
        half = index.with_name(f"{index.name}-half")
        peer.save(peer.build(work / "half"), half)
        opened = peer.load(half, work / "half")
        for name, is_there in (("answers", True), ("refuses", False)):
            wanted = [q for q, article in asked if (article in there) == is_there][:_TIMED]
            found[name] = statistics.mean(peer.answers(opened, q) == is_there for q in wanted)
    return found


def change(peer: Any, work: Path, index: Path) -> Found:
    """Bring the index up to date with one changed article."""
    peer.change(index, work / "changed", read_passages(work / "changed")[0].article)
    return {}


def threads(peer: Any, work: Path, index: Path) -> Found:
    """Search from several threads at once, in a child, which may crash."""
    questions = [question for question, _ in _questions(work)[:_THREAD_QUESTIONS]]

    def search() -> list[str]:
        opened = peer.load(index, work / "whole")
        alone = [peer.search(opened, question) for question in questions]
        with ThreadPoolExecutor(THREADS) as pool:
            futures = [pool.submit(peer.search, opened, question) for question in questions]
        errors = [type(error).__name__ for f in futures if (error := f.exception())]
        other = sum(
            not f.exception() and f.result() != a for f, a in zip(futures, alone, strict=True)
        )
        return errors + ["other passages"] * other

    outcome = _in_child(search)
    return {"asked": len(questions), "wrong": outcome}


def kill(peer: Any, work: Path, index: Path) -> Found:
    """Kill a child at random moments while it saves all articles over an index of half of them.

    What is there after that must answer either as the old index or as the new one.
    """
    old, target = (index.with_name(f"{index.name}-{name}") for name in ("old", "target"))
    peer.build(work / "half")  # for what it imports, once for all children
    _in_child(lambda: peer.save(peer.build(work / "half"), old))
    questions = [question for question, _ in _questions(work)[:_PROBES]]

    def probe(place: Path) -> Any:
        def search() -> list[list[str]]:
            opened = peer.load(place, work / "whole")
            return [peer.search(opened, question) for question in questions]

        return _in_child(search)

    def save(begin: Callable[[], Any]) -> float:
        # Built in the child: an SQLite connection, say, does not outlive a fork.
        built = peer.build(work / "whole")
        begin()
        began = time.perf_counter()
        peer.save(built, target)
        return time.perf_counter() - began

    shutil.copytree(old, target)
    seconds = _in_child(lambda: save(lambda: None))
    rightly = [probe(old), probe(target)]
    chance = random.Random(0)  # noqa: S311 # moments that can be had again
    outcomes = []
    for _ in range(KILLS):
        shutil.rmtree(target)
        shutil.copytree(old, target)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            try:
                save(partial(os.write, writing, b"!"))
            finally:
                os._exit(0)
        os.close(writing)
        os.read(reading, 1)
        time.sleep(chance.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        found = probe(target)
        outcomes.append(
            "right" if found in rightly else found if isinstance(found, str) else "other passages"
        )
    return {
        "outcomes": outcomes,
        "seconds": seconds,
        "sound": not any(isinstance(r, str) for r in rightly),
    }


def _questions(work: Path) -> list[tuple[str, str | None]]:
    lines = (work / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [tuple(json.loads(line)) for line in lines]


def _in_child(work: Callable[[], Any]) -> Any:
    """Return what a forked child finds, or as a text how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        signal.alarm(_SECONDS)
        try:
            found = work()
        except BaseException as error:  # whatever a peer raises is what it does
            found = f"{type(error).__name__}: {str(error)[:200]}"
        with os.fdopen(writing, "w") as pipe:
            json.dump(found, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(text) if text else f"ended by signal {os.WTERMSIG(status)}"


def _peak() -> float:
    """Return the most memory that this process had, in MB; not what ran before it in its place."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def main() -> None:
    """Run the steps."""
    steps = {s.__name__: s for s in (about, build, cold, ask, whole, change, threads, kill)}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", help="such as langchain")
    parser.add_argument("work", type=Path)
    parser.add_argument("steps", nargs="+", choices=steps)
    flags = parser.parse_args()
    peer = importlib.import_module(f"{flags.peer}_peer")
    index = flags.work / f"index-{flags.peer}"
    print(json.dumps({step: steps[step](peer, flags.work, index) for step in flags.steps}))
    sys.stdout.flush()
    os._exit(0)  # threads that a peer left running are not waited for


if __name__ == "__main__":
    main()
