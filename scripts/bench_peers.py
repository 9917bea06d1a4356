"""qa-bot beside LangChain, LlamaIndex, Haystack and txtai: the same passages, model and machine.

Each peer is used in the plain way that its documentation shows (`scripts/peers/NAME_peer.py`), in
an environment of its own (`.peers/NAME`, made once from `scripts/peers/NAME.txt`). Each measure is
a process of its own, whose CPU seconds (user and system, children too) are counted. What breaks
is said in the table. Renews the section of docs/benchmarks.md.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

# Kept small, and so without qa_bot: a process is started with the memory of the one that starts it.
PROJECT = Path(__file__).parents[1]
PEERS = {
    "qa_bot": "qa-bot",
    "langchain": "LangChain",
    "llamaindex": "LlamaIndex",
    "haystack": "Haystack",
    "txtai": "txtai",
}
_SCRIPTS = PROJECT / "scripts/peers"
_TORCH = "torch==2.13.0"
_STEP_SECONDS = 600
_QUIET_LOAD = 3.0  # above it, wall times say more of other processes than of ours
_AT_ONCE = 2  # processes, one thread each: as many as there are cores
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "LANGSMITH_TRACING": "false",
    "DO_NOT_TRACK": "1",
    "OMP_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONPATH": os.pathsep.join(map(str, (PROJECT / "src", PROJECT / "scripts"))),
}
# Processes by corpus: the steps that each runs.
_PLAN = {
    "cmrc2018": (
        ("about",),
        ("build",),
        ("cold",),
        ("ask",),
        ("threads", "kill"),
        ("whole",),
        ("change",),
    ),
    "generated": (("build",), ("cold",), ("ask",), ("whole",), ("change",)),
}
_OURS_ONLY = ("whole",)

Found = dict[str, Any]


def main() -> int:
    """Measure all peers and renew the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    parser.add_argument("--environments", type=Path, default=PROJECT / ".peers")
    parser.add_argument("--out", type=Path, default=PROJECT / "docs/benchmarks.md")
    flags = parser.parse_args()
    data = flags.shared / "data/cmrc2018"
    if not data.is_dir():
        print(f"{data} is not there; name the folder of sets with --shared", file=sys.stderr)
        return 2
    pythons = {peer: _python(peer, flags.environments) for peer in PEERS}
    load = os.getloadavg()[0]
    measured: dict[str, dict[str, Found]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for corpus in _PLAN:
            work = Path(scratch, corpus)
            prepare = [sys.executable, _SCRIPTS / "prepare.py", corpus, work, "--data", data]
            subprocess.run(prepare, check=True, env=_environment())  # noqa: S603 # our own
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                each = pool.map(partial(_measure, corpus=corpus, work=work), pythons.items())
                measured[corpus] = dict(zip(PEERS, each, strict=True))
            measured[corpus]["given"] = {
                "passages": sum(1 for _ in (work / "whole/passages.jsonl").open(encoding="utf-8"))
            }
    loads = (load, os.getloadavg()[0])
    kept = flags.environments / "measured.json"
    kept.write_text(json.dumps({"measured": measured, "loads": loads}, indent=1), encoding="utf-8")
    text = peers_section(measured, loads)
    print(text)
    from evaluate import replace_section  # not above: it imports all of qa_bot

    replace_section(flags.out, "peers", text)
    return 0


def _python(peer: str, environments: Path) -> Path | str:
    """Return the Python of a peer's environment, made if needed, or why there is none."""
    if peer == "qa_bot":
        return Path(sys.executable)
    folder = environments / peer
    python = folder / "bin/python"
    wanted, installed = _SCRIPTS / f"{peer}.txt", folder / "installed.txt"
    if installed.exists() and installed.read_bytes() == wanted.read_bytes():
        return python
    print(f"installing {PEERS[peer]} (once; some minutes)", file=sys.stderr)
    pip: list[Path | str] = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    commands: tuple[list[Path | str], ...] = (
        [sys.executable, "-m", "venv", folder],
        [*pip, _TORCH],  # first: the build for processors, as the Makefile takes it
        [*pip, "-r", wanted],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 # our own
        if done.returncode:
            return f"cannot be installed: {_last_line(done.stderr)}"
    shutil.copyfile(wanted, installed)
    return python


def _measure(which: tuple[str, Path | str], *, corpus: str, work: Path) -> Found:
    """Run the steps of one peer; returns what each found, or in words why it did not."""
    peer, python = which
    found: Found = {}
    for steps in _PLAN[corpus]:
        if isinstance(python, str):
            found |= {step: {"broken": python} for step in steps}
        elif peer == "qa_bot" or steps[0] not in _OURS_ONLY:
            run = _run([python, _SCRIPTS / "step.py", peer, work, *steps])
            output = {} if run.broken else json.loads(run.output.splitlines()[-1])
            for step in steps:
                found[step] = output.get(step, {"broken": run.broken}) | {"time": run.seconds}
        print(corpus, peer, *steps, {step: found.get(step) for step in steps}, file=sys.stderr)
    if peer == "qa_bot":
        question = json.loads((work / "questions.jsonl").open(encoding="utf-8").readline())[0]
        where = ["--corpus", work / "changed/corpus", "--index", work / "index-qa_bot"]
        command = [python, "-m", "qa_bot", "ask", "--json", *where, "--", question]
        run = min((_run(command) for _ in range(2)), key=lambda run: run.seconds)
        found["command"] = {"broken": run.broken} if run.broken else {"time": run.seconds}
    return found


@dataclass(frozen=True, slots=True)
class _Run:
    """What a process printed, its CPU and wall seconds, and in words how it broke, if it did."""

    output: str
    seconds: tuple[float, float]
    broken: str


def _run(command: Sequence[Path | str]) -> _Run:
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, env=_environment())  # noqa: S603 # our own
        timer = threading.Timer(_STEP_SECONDS, child.kill)
        timer.start()
        _, status, used = os.wait4(child.pid, 0)  # tells of this process and its children alone
        child.returncode = os.waitstatus_to_exitcode(status)
        timer.cancel()
        wall = time.perf_counter() - began
        out.seek(0)
        err.seek(0)
        broken = ""
        if wall >= _STEP_SECONDS:
            broken = f"took more than {_STEP_SECONDS} s"
        elif child.returncode < 0:
            broken = f"ended by signal {-child.returncode}"
        elif child.returncode:
            broken = _last_line(err.read())
        return _Run(out.read(), (used.ru_utime + used.ru_stime, wall), broken)


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **_QUIET}


def _last_line(text: str) -> str:
    """Return the last line, as it can stand in a table."""
    return (text.strip().splitlines() or ["no message"])[-1][:160].replace("|", "/")


def peers_section(measured: dict[str, dict[str, Found]], loads: Sequence[float]) -> str:
    """Return what was measured as Markdown."""
    small, large = measured["cmrc2018"], measured["generated"]
    versions = ", ".join(
        f"{name} {version}"
        for peer in PEERS
        for name, version in small[peer]["about"].get("versions", {}).items()
    )
    is_quiet = max(loads) <= _QUIET_LOAD
    walls = "wall seconds in brackets" if is_quiet else "too busy a machine for wall times"
    asked = next(small[peer]["ask"].get("questions", 0) for peer in PEERS)
    return "\n\n".join(
        (
            f"Versions: {versions}; Python {sys.version.split()[0]}, {_TORCH}, one thread. Load "
            f"average {loads[0]:.1f} at the beginning, {loads[1]:.1f} at the end: {walls}.",
            f"### cmrc2018: {small['given']['passages']:,} passages, {asked:,} questions",
            _table(small, _SMALL_ROWS, is_quiet=is_quiet),
            f"### Generated articles: {large['given']['passages']:,} passages",
            _table(large, _ROWS, is_quiet=is_quiet),
        )
    )


def _table(found: dict[str, Found], rows: dict[str, tuple[str, str]], *, is_quiet: bool) -> str:
    lines = [f"| | {' | '.join(PEERS.values())} |", f"| --- |{' --- |' * len(PEERS)}"]
    for title, (step, what) in rows.items():
        cells = (_cell(found[peer].get(step), what, is_quiet=is_quiet) for peer in PEERS)
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(result: Found | None, what: str, *, is_quiet: bool) -> str:
    if result is None:
        return "-"
    if "broken" in result:
        return str(result["broken"])
    value: Any = result.get(what)
    match what:
        case "time":
            cpu, wall = value
            return f"{cpu:.2f} ({wall:.1f})" if is_quiet else f"{cpu:.2f}"
        case "outcomes":
            return _outcomes(value) if result["sound"] else "not even after a whole save"
        case "wrong":
            return _wrong(value, result["asked"])
        case "bm25" | "change":
            return str(value)
        case "memory":
            return f"{value:.0f}"
        case "p50" | "disk":
            return f"{value:.1f}"
    return "-" if value is None else f"{value:.3f}"


def _outcomes(outcomes: Sequence[str]) -> str:
    """Say what became of an index that was killed while it was saved."""
    counted = Counter(outcome.partition(":")[0] for outcome in outcomes)
    right = counted.pop("right", 0)
    others = ", ".join(f"{count} {outcome}" for outcome, count in counted.most_common())
    return f"{right} of {len(outcomes)}" + (f" ({others})" if others else "")


def _wrong(wrong: Sequence[str] | str, asked: int) -> str:
    """Say what went wrong with several threads."""
    if isinstance(wrong, str):
        return wrong[:80]
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(wrong).most_common())
    return f"{len(wrong)} of {asked}" + (f" ({kinds})" if kinds else "")


_ROWS = {
    "cold first retrieval, CPU s": ("cold", "time"),
    "cold `qa-bot ask`, quotes and all, CPU s": ("command", "time"),
    "build, CPU s": ("build", "time"),
    "build, peak memory, MB": ("build", "memory"),
    "one changed article, CPU s": ("change", "time"),
    "on disk, MB": ("build", "disk"),
    "warm retrieval, CPU ms, 50 % within": ("ask", "p50"),
    "warm `QABot.ask`, quotes and all, CPU ms, 50 % within": ("whole", "p50"),
    "asking, peak memory, MB": ("ask", "memory"),
}
_SMALL_ROWS = {
    "words of its BM25": ("about", "bm25"),
    "a changed article on the disk": ("about", "change"),
    **_ROWS,
    "article found at the first place": ("ask", "at 1"),
    "article found among ten": ("ask", "at 10"),
    "refuses a question whose article is not there": ("whole", "refuses"),
    "answers one whose article is there": ("whole", "answers"),
    "wrong with 8 threads": ("threads", "wrong"),
    "right after a kill while saving": ("kill", "outcomes"),
}


if __name__ == "__main__":
    sys.exit(main())
