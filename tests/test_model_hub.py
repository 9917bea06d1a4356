"""Models that are named: what is fetched from the hub, when, and what is not."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qa_bot.index.snapshot import Snapshot
from tests.conftest import ARTICLES, write_articles
from tests.small_models import save_static


class Hub(BaseHTTPRequestHandler):
    """Serves a folder as the hub does, as a repository with two versions."""

    commits: Mapping[str, str] = {"main": "a" * 40, "v1": "b" * 40}

    def __init__(self, *arguments: Any, folder: Path, asked: list[str]) -> None:
        self._folder, self._asked = folder, asked
        super().__init__(*arguments)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Answer without the content."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer what the hub's own client asks."""
        self._asked.append(self.path)
        path = self.path.partition("?")[0]
        files = [file for file in sorted(self._folder.rglob("*")) if file.is_file()]
        names = [file.relative_to(self._folder).as_posix() for file in files]
        if found := re.fullmatch(r"/api/models/who/tiny(?:/revision/(\w+))?", path):
            commit = self.commits.get(found[1] or "main", found[1])
            siblings = [{"rfilename": name} for name in names]
            return self._json({"id": "who/tiny", "sha": commit, "siblings": siblings})
        if path.startswith("/api/models/who/tiny/tree/"):
            sizes = [file.stat().st_size for file in files]
            entries = [
                {"type": "file", "path": name, "size": size, "oid": str(number)}
                for number, (name, size) in enumerate(zip(names, sizes, strict=True))
            ]
            return self._json(entries)
        if found := re.fullmatch(r"/who/tiny/resolve/(\w+)/(.+)", path):
            data = (self._folder / found[2]).read_bytes()
            return self._send(data, {"ETag": f'"{found[2]}"', "X-Repo-Commit": found[1]})
        return self._send(b"{}", {"X-Error-Code": "RepoNotFound"}, status=404)

    def _json(self, value: object) -> None:
        self._send(json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, data: bytes, headers: Mapping[str, str], *, status: int = 200) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value.replace("/", "-"))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[Callable[..., Any], Path, list[str]]]:
    """A hub on this machine: runs qa-bot against it; with its folder, and what it was asked."""
    folder, asked = tmp_path / "hub", list[str]()
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Hub, folder=folder, asked=asked))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("HF_", "QA_BOT_"))},
        "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "HF_HOME": str(tmp_path / "cache"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1",
    }

    def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "qa_bot", *arguments],
            cwd=tmp_path,
            env={**environment, **changes},
            capture_output=True,
            text=True,
            check=False,
        )

    yield run, folder, asked
    server.shutdown()


def test_a_named_model_is_downloaded_once_and_says_so_first(
    hub: tuple[Callable[..., Any], Path, list[str]], tmp_path: Path
) -> None:
    run, folder, asked = hub
    write_articles(tmp_path / "corpus", ARTICLES)
    save_static(folder)
    (folder / "pytorch_model.bin").write_bytes(b"a pickle that nobody needs")
    done = run("index", "--model", "who/tiny@v1", HF_HUB_OFFLINE="1")
    assert (done.returncode, done.stderr.count("\n"), asked) == (2, 1, [])
    assert "it is not on this machine, and downloads are off" in done.stderr
    done = run("index", "--model", "who/tiny@v1")
    assert done.returncode == 0, done.stderr
    message = "downloading model who/tiny@v1 from the hub (once); use --offline to forbid\n"
    first, _, rest = done.stderr.partition("plan: ")
    assert first == message
    assert rest == "4 added, 0 changed, 0 removed, 0 unchanged\n"
    assert any("/resolve/" in path for path in asked)
    assert not any(".bin" in path for path in asked)
    with Snapshot.open(tmp_path / "index") as snapshot:
        assert snapshot.manifest.model == "who/tiny@v1"
        assert snapshot.manifest.model_fingerprint == f"who/tiny@{'b' * 40}"
    asked.clear()
    done = run("ask", "the law", "--model", "who/tiny@v1")
    assert (done.returncode, done.stderr, asked) == (0, "", [])
    # Another version is another model.
    done = run("ask", "the law", "--model", "who/tiny")
    assert done.returncode == 2
    assert 'was built with model "who/tiny@v1"' in done.stderr
    assert "rebuild with qa-bot index, or pass --model who/tiny@v1" in done.stderr


def test_a_repository_of_pickles_is_refused_before_anything_is_fetched(
    hub: tuple[Callable[..., Any], Path, list[str]], tmp_path: Path
) -> None:
    run, folder, asked = hub
    write_articles(tmp_path / "corpus", ARTICLES)
    for name in ("config.json", "pytorch_model.bin"):
        (folder / name).write_text("{}")
    done = run("index", "--model", "who/tiny")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "it has no weights in safetensors, and a pickle can run code" in done.stderr
    assert not any("/resolve/" in path for path in asked)
    done = run("index", "--model", "who/else")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("qa-bot: model who/else: cannot be loaded (")
