"""What Python tells an audit hook, while a corpus of attacks and a forged index are worked with."""

import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from tests.attacks import write_attack_corpus
from tests.audited import MARK
from tests.conftest import PROJECT

_CODE = f"open('{MARK}', 'w')"
_RUNS = f"__import__('os').mkdir('{MARK}')"


class _Bomb:
    """Creates a folder when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (MARK,)


Audit = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder whose every file is an attack."""
    folder = tmp_path_factory.mktemp("audit")
    questions = write_attack_corpus(folder / "corpus")
    for name, front in (
        ("object.md", f"title: !!python/object/apply:os.mkdir ['{MARK}']"),
        ("tag.md", f"title: !!python/name:{MARK}"),
        ("outside.md", "title: 外\nimported_from: {file: ../private.txt, lines: [1, 9]}"),
        ("template.md", f'title: "{{{{ {_RUNS} }}}} ${{{_RUNS}}} $({_RUNS})"'),
    ):
        (folder / "corpus" / name).write_text(f"---\n{front}\n---\n云港有灯塔。{_RUNS}\n")
    (folder / "corpus" / "link.md").symlink_to("/etc/passwd")
    (folder / "corpus" / "pickle.txt").write_bytes(pickle.dumps(_Bomb()))
    lines = [
        {"question": text, "all_of": [f"{_RUNS}云港"], "id": f"../../{_CODE}{number}"}
        for number, text in enumerate(questions)
    ]
    (folder / "set.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (folder / "page.txt").write_text(f"{_RUNS}\n\n本报讯 云港有灯塔。{_CODE}\n", encoding="utf-8")
    script = f"<script>{_RUNS}</script><img src='http://192.0.2.1/x'><p>云港有灯塔。{_RUNS}</p>"
    (folder / "page.html").write_text(f"<html><body>{script}</body></html>", encoding="utf-8")
    (folder / "private.txt").write_text("私人信件", encoding="utf-8")
    (folder / "tmp").mkdir()
    return folder


@pytest.fixture
def audit(folder: Path) -> Audit:
    def run(*arguments: str) -> dict[str, Any]:
        report = folder / "report.json"
        done = subprocess.run(
            [sys.executable, "-m", "tests.audited", str(report), str(folder), *arguments],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT)]),
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": str(folder / "tmp"),
                "MPLCONFIGDIR": str(folder / "tmp"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        result: dict[str, Any] = json.loads(report.read_text())
        return {**result, "out": done.stdout, "err": done.stderr}

    return run


def test_no_text_of_a_corpus_becomes_code_a_connection_or_a_file(
    folder: Path, audit: Audit
) -> None:
    """Building, asking, importing, evaluating and verifying; what is refused is told in words."""
    steps = {
        ("index",): 1,  # done, but some files cannot be used
        ("ask", "--json", f"云港有什么?{_RUNS}"): 0,
        ("ask", "--jsonl", "set.jsonl"): 0,
        ("import", "page.txt", "page.html"): 0,
        ("eval", "set.jsonl", "--out", "run"): 0,
        ("verify",): 0,
        ("articles", "--json"): 0,
    }
    for step, status in steps.items():
        result = audit(*step)
        assert result["found"] == [], step
        assert result["status"] in (status, 1), (step, result["err"])
    assert not (folder / MARK).exists()
    assert (folder / "private.txt").read_text(encoding="utf-8") == "私人信件"


def _pickled(array: bool) -> bytes:
    if not array:
        return pickle.dumps(_Bomb())
    file = io.BytesIO()
    np.save(file, np.array([_Bomb()], dtype=object), allow_pickle=True)
    return file.getvalue()


@pytest.mark.parametrize(
    "name", ["signatures.npy", "vectors.faiss", "store.sqlite", "bm25/passages/meta.json"]
)
def test_nothing_of_a_forged_index_is_unpickled_or_run(
    folder: Path, audit: Audit, name: str
) -> None:
    """Whoever made the index made its checksums too."""
    assert audit("index", "--full")["found"] == []
    index = folder / "index"
    snapshot = index / (index / "CURRENT").read_text().strip()
    manifest = json.loads((snapshot / "manifest.json").read_text())
    data = _pickled(array=name.endswith("npy"))
    (snapshot / name).unlink()
    (snapshot / name).write_bytes(data)
    manifest["files"][name] = [len(data), hashlib.sha256(data).hexdigest()]
    (snapshot / "manifest.json").write_text(json.dumps(manifest))
    (folder / "corpus" / "new.md").write_text(f"云港有新桥。{name}\n", encoding="utf-8")
    for step in (("ask", "云港有什么?"), ("verify",), ("articles",), ("index",)):
        result = audit(*step)
        assert result["found"] == [], step
        assert result["status"] in (0, 1, 2), (step, result["err"])
    assert not (folder / MARK).exists()


def test_the_hook_sees_what_it_looks_for(folder: Path, tmp_path: Path) -> None:
    """Else all of the above would pass whatever happened."""
    code = (
        "import sys, pickle, qa_bot.cli, tests.audited as audited, socket, os, subprocess\n"
        "def run(arguments):\n"
        f"    pickle.loads({pickle.dumps(_Bomb())!r})\n"
        f"    exec('{MARK} = 1')\n"
        "    subprocess.run([sys.executable, '-c', ''])\n"
        "    open(arguments[0], 'w').close()\n"
        "    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))\n"
        "    return 0\n"
        "qa_bot.cli.main = run\n"
        "audited.main(*sys.argv[1:])\n"
    )
    report = tmp_path / "report.json"
    subprocess.run(
        [sys.executable, "-c", code, str(report), str(folder), str(tmp_path / "outside.txt")],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT)]),
            "TMPDIR": str(folder / "tmp"),
        },
        check=True,
    )
    found = " ".join(json.loads(report.read_text())["found"])
    for event in (
        "pickle.find_class",
        "os.mkdir",
        "exec",
        "compile",
        "subprocess.Popen",
        "open",
        "socket.connect",
    ):
        assert event in found, event


def test_yaml_of_python_objects_is_refused() -> None:
    """The attack is one: a loader that is not safe would run it."""
    with pytest.raises(yaml.constructor.ConstructorError):
        yaml.safe_load(f"!!python/object/apply:os.mkdir ['{MARK}']")
