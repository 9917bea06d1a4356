"""What `make bench-peers` says of a peer: that it loses an index, breaks, or is right."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench_peers import PEERS, Found, peers_section
from given import Passage, read_passages, write_passages

STEP = Path(__file__).parents[1] / "scripts/peers/step.py"
PASSAGES = [
    Passage("0", "a.md", "梨园巷的路灯\n梨园巷去年换了四十二盏路灯。"),
    Passage("1", "b.md", "青石桥\n青石桥建于1911年，长六十米。"),
    Passage("2", "b.md", "青石桥\n桥上每天走过三千人。"),
]
# Peers that keep their passages in a plain file, written at once or slowly, line by line.
PEER = """
import json, os, time
from pathlib import Path
from given import read_passages
PACKAGES, BM25, CHANGE = (), "characters", "all"

def build(folder):
    return read_passages(folder)

def save(built, index):
    index.mkdir(exist_ok=True)
    {save}

def load(index, folder):
    return json.loads((index / "all.json").read_text())

def search(passages, question):
    {before}
    return sorted((p[0] for p in passages), key=lambda id_: -len(set(passages[int(id_)][2]) & set(question)))[:10]

def change(index, folder, article):
    save(build(folder), index)
"""
SLOWLY = """
    with (index / "all.json").open("w") as file:
        for letter in json.dumps(built):
            file.write(letter); file.flush(); time.sleep(0.0005)"""
AT_ONCE = """
    time.sleep(0.05)
    (index / "new.json").write_text(json.dumps(built))
    os.replace(index / "new.json", index / "all.json")"""


def _run(tmp_path: Path, *steps: str, save: str = AT_ONCE, before: str = "pass") -> Found:
    for name, passages in (("whole", PASSAGES), ("half", PASSAGES[:1]), ("changed", PASSAGES)):
        (tmp_path / name).mkdir()
        write_passages(tmp_path / name, passages)
    questions = [("青石桥有多长?", "b.md"), ("路灯换了多少?", "a.md"), ("谁是市长?", "c.md")]
    lines = "\n".join(json.dumps(question) for question in questions)
    (tmp_path / "questions.jsonl").write_text(lines, encoding="utf-8")
    code = PEER.format(save=save, before=before)
    (tmp_path / "paper_peer.py").write_text(code, encoding="utf-8")
    command = [sys.executable, str(STEP), "paper", str(tmp_path), *steps]
    path = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, check=True, capture_output=True, env=path, text=True)
    found: Found = json.loads(done.stdout)
    return found


def test_passages_come_back_as_they_were_written(tmp_path: Path) -> None:
    odd = [Passage("7", "文/a.md", "一行\n“二行”\u2028三 🙂")]
    write_passages(tmp_path, odd)
    assert read_passages(tmp_path) == odd


def test_success_is_the_share_of_questions_whose_article_is_found(tmp_path: Path) -> None:
    """Of three questions two have their article at the first place; one has it nowhere."""
    found = _run(tmp_path, "build", "ask")["ask"]
    assert found["questions"] == 3
    assert found["at 1"] == found["at 10"] == pytest.approx(2 / 3)


def test_an_index_that_is_written_in_place_is_seen_to_break(tmp_path: Path) -> None:
    """A measure of kills that finds no harm in this finds none anywhere."""
    found = _run(tmp_path, "kill", save=SLOWLY)["kill"]
    assert found["sound"]
    assert any(outcome.startswith("JSONDecodeError") for outcome in found["outcomes"])


def test_an_index_that_is_swapped_is_right_after_every_kill(tmp_path: Path) -> None:
    assert _run(tmp_path, "kill")["kill"]["outcomes"] == ["right"] * 10


def test_errors_of_threads_are_counted(tmp_path: Path) -> None:
    broken = (
        "import threading\n"
        "    if threading.current_thread() is not threading.main_thread(): raise OSError"
    )
    found = _run(tmp_path, "build", "threads", before=broken)["threads"]
    assert found["wrong"] == ["OSError"] * found["asked"] == ["OSError"] * 3


def test_a_crash_with_threads_is_told_and_spares_the_rest(tmp_path: Path) -> None:
    crash = (
        "import os, threading\n"
        "    if threading.current_thread() is not threading.main_thread(): os.abort()"
    )
    found = _run(tmp_path, "build", "threads", "ask", before=crash)
    assert found["threads"]["wrong"] == "ended by signal 6"
    assert found["ask"]["questions"] == 3


def test_a_peer_that_breaks_stays_in_the_table_in_words() -> None:
    """Nothing is dropped: an empty column would read as if it had not been tried."""
    good = {"time": (1.5, 2.0)}
    steps: Found = {
        "about": good | {"versions": {"x": "1"}, "bm25": "words", "change": "all"},
        "build": good | {"disk": 1.0, "memory": 2.0},
        "cold": good,
        "ask": good | {"p50": 3.0, "memory": 4.0, "at 1": 0.5, "at 10": 0.75, "questions": 3},
        "change": good,
        "threads": good | {"wrong": ["OSError", "OSError"], "asked": 80},
        "kill": good | {"outcomes": ["right"] * 4 + ["EOFError: end"] * 6, "sound": True},
    }
    broken = {step: {"broken": "cannot be installed: no such thing"} for step in steps}
    each: dict[str, Found] = {
        **dict.fromkeys(PEERS, steps),
        "txtai": broken,
        "given": {"passages": 1104},
    }
    section = peers_section({"cmrc2018": each, "generated": each}, (0.5, 1.0))
    rows = {line.split(" | ")[0].strip("| "): line.split(" | ") for line in section.splitlines()}
    assert rows["right after a kill while saving"][2] == "4 of 10 (6 EOFError)"
    assert rows["wrong with 8 threads"][2] == "2 of 80 (2 OSError)"
    assert rows["cold first retrieval, CPU s"][1:3] == ["1.50 (2.0)", "1.50 (2.0)"]
    assert "cannot be installed: no such thing" in rows["build, peak memory, MB"][-1]
    assert rows["refuses a question whose article is not there"][2] == "-"
    busy = peers_section({"cmrc2018": each, "generated": each}, (0.5, 9.0))
    assert "too busy" in busy
    assert "(2.0)" not in busy
