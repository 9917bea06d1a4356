"""What `qa-bot eval` notices by itself: that figures would be wrong, or files would be lost."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from qa_bot.cli import main
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from tests.conftest import ARTICLES, write_articles

ROW = {"id": "a", "question": "首批交付了多少台减速器?", "all_of": ["300台"]}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A working folder with a corpus and its index, to be copied."""
    folder = tmp_path_factory.mktemp("built")
    write_articles(folder / "corpus", ARTICLES)
    build_index(folder / "corpus", folder / "index", encoder)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of the test's own, the current one, with a set of one question."""
    folder = tmp_path / "work"
    shutil.copytree(built, folder)
    write_set(folder / "set.jsonl", ROW)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `qa-bot eval` in the folder; gives exit status, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(("eval", *arguments))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def write_set(path: Path, *questions: Mapping[str, object]) -> None:
    path.write_text("".join(f"{json.dumps(question)}\n" for question in questions))


def test_an_index_older_than_its_articles_is_reported(run: Run, folder: Path) -> None:
    """Nothing of a changed file is quoted: every figure would be 0, and look like a verdict."""
    for name in ("news/gears.md", "opinion.md", "english.md"):
        with (folder / "corpus" / name).open("a") as file:
            file.write("\n又及。\n")
    (folder / "corpus/interview.md").unlink()
    problem = (
        "corpus/english.md, corpus/interview.md, corpus/news/gears.md and 1 more changed since the "
        "index was built; run qa-bot index"
    )
    status, out, error = run("set.jsonl", "--json", "--out", "new")
    assert (status, error) == (1, f"{problem}\n")
    assert json.loads(out)["problems"] == [problem]
    assert problem in (folder / "new/report.md").read_text()
