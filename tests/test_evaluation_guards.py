"""What `qa-bot eval` notices by itself: that figures would be wrong, or files would be lost."""

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from qa_bot import QABot
from qa_bot.cli import main
from qa_bot.errors import IndexWriteError
from qa_bot.evaluation.gate import read_limits
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.lexical import Entry
from qa_bot.index.lexical_writer import LexicalWriter
from qa_bot.settings import write_settings
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


def test_files_that_no_run_has_written_are_not_overwritten(run: Run, folder: Path) -> None:
    own = folder / "own"
    own.mkdir()
    (own / "report.md").write_text("我的笔记")
    status, _, error = run("set.jsonl", "--out", "own")
    assert (status, error.count("\n")) == (2, 1)
    assert "own: cannot be written: report.md there is not from a run of qa-bot eval" in error
    assert [path.name for path in own.iterdir()] == ["report.md"]
    (own / "report.md").rename(own / "notes.md")
    assert run("set.jsonl", "--out", "own")[0] == 0
    assert run("set.jsonl", "--out", "own")[0] == 0  # over the older run
    assert (own / "notes.md").read_text() == "我的笔记"


@pytest.mark.parametrize(
    ("questions", "out", "message"),
    [
        ("own/rows.jsonl", "own", "own/rows.jsonl is read from there"),
        ("set.jsonl", ".", "set.jsonl is read from there"),
        ("set.jsonl", "corpus", "is in the corpus corpus"),
        ("set.jsonl", "corpus/run", "is in the corpus corpus"),
    ],
)
def test_a_run_is_not_written_into_the_set_or_the_corpus(
    run: Run, folder: Path, questions: str, out: str, message: str
) -> None:
    (folder / "own").mkdir()
    write_set(folder / "own/rows.jsonl", ROW)
    before = sorted(folder.rglob("*"))
    status, _, error = run(questions, "--out", out)
    assert (status, error.count("\n")) == (2, 1)
    assert f"{out}: cannot be written: " in error
    assert message in error
    assert sorted(folder.rglob("*")) == before


def test_nothing_of_a_complete_run_is_left_beside_the_rows_of_a_failed_one(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    assert run("set.jsonl", "--out", "new")[0] == 0
    monkeypatch.setattr(QABot, "ask", fail)
    assert run("set.jsonl", "--out", "new")[0] == 130
    assert {path.name for path in (folder / "new").iterdir()} == {"rows.jsonl", "run.json"}


def test_an_older_run_of_other_questions_is_refused_before_the_first_question(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_set(folder / "other.jsonl", {"id": "b", "question": "减速器的寿命多长?"})
    assert run("other.jsonl", "--out", "old")[0] == 0
    monkeypatch.setattr(QABot, "ask", None)
    status, _, error = run("set.jsonl", "--against", "old")
    assert (status, error.count("\n")) == (2, 1)
    assert "old: has no question in common with this set" in error


@pytest.mark.parametrize("given", [("0.9", "0.5"), ("0.5", "0.9")])
def test_of_two_limits_for_a_measure_the_stricter_holds(given: tuple[str, str]) -> None:
    assert read_limits(f"quote_hit={limit}" for limit in given) == {"quote_hit": 0.9}


@pytest.mark.parametrize("flag", ["--out", "--against", "--qrels", "--test"])
def test_an_empty_name_is_refused(run: Run, flag: str) -> None:
    """A variable of a script that was never set is not 'no report wanted'."""
    with pytest.raises(SystemExit, match="2"):
        run("set.jsonl", flag, "")


def test_settings_written_through_a_link_keep_the_link_and_the_files_mode(tmp_path: Path) -> None:
    target = tmp_path / "shared.toml"
    target.write_text("top_k = 3\n")
    target.chmod(0o640)
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "qa-bot.toml").symlink_to(target)
    write_settings({"threshold": 0.4}, folder=folder)
    assert (folder / "qa-bot.toml").is_symlink()
    assert target.read_text() == "top_k = 3\nthreshold = 0.4\n"
    assert target.stat().st_mode & 0o777 == 0o640
    assert not list(tmp_path.rglob("*.new"))


def test_a_full_disk_is_one_line(folder: Path) -> None:
    """A limit on the size of a file stands in for the disk: rows and documents grow beyond it."""
    write_set(folder / "long.jsonl", *({**ROW, "id": str(n)} for n in range(30)))
    passage = {"context": "青禾县有茶园三万亩。" * 4000, "qas": [{"id": "q", "question": "几亩?"}]}
    (folder / "dev.json").write_text(json.dumps({"data": [{"paragraphs": [passage]}]}))
    for questions in ("long.jsonl", "dev.json"):
        done = subprocess.run(
            [sys.executable, "-m", "qa_bot", "eval", questions, "--out", "new"],
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        )
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "cannot be written" in done.stderr


def write_terms(folder: Path, *, texts: int) -> None:
    with LexicalWriter(folder) as writer:
        for number in range(texts):
            writer.add(Entry(number, f"茶园{number}亩"))


def test_a_full_disk_under_the_index_of_a_set_is_said_to_be_so(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(IndexWriteError, match="make room and run the command"):
            write_terms(tmp_path, texts=1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_queries_without_judgement_are_counted_but_do_no_harm(run: Run, folder: Path) -> None:
    """A BEIR folder has the queries of all its splits: this is not wrong, but must be known."""
    (folder / "nb/qrels").mkdir(parents=True)
    write_set(folder / "nb/queries.jsonl", *({"_id": n, "text": ROW["question"]} for n in range(3)))
    (folder / "nb/qrels/test.tsv").write_text("1\tnews/gears.md\t1\n")
    status, out, error = run("nb", "--json")
    assert (status, json.loads(out)["questions"]) == (0, 1)
    assert error == "nb/queries.jsonl: queries without a relevant article, left out: 2\n"


def test_ids_stay_distinct_in_the_files_for_trec_eval(run: Run, folder: Path) -> None:
    ids = ("茶 园", "茶_园", "茶\u3000园", "茶%20园")
    write_set(folder / "set.jsonl", *({**ROW, "id": id_} for id_ in ids))
    assert run("set.jsonl", "--out", "new")[0] == 0
    lines = (folder / "new/qrels.trec").read_text().splitlines()
    assert len({line.split(" ")[0] for line in lines}) == 4
    assert all(len(line.split()) == 4 for line in lines)


def test_a_type_with_a_bar_or_a_line_break_keeps_the_tables_of_the_report(
    run: Run, folder: Path
) -> None:
    write_set(folder / "set.jsonl", {**ROW, "type": "数|字\n\n题"})
    assert run("set.jsonl", "--out", "new")[0] == 0
    assert "| 数\\|字 题 | 1.00" in (folder / "new/report.md").read_text()
