"""`qa-bot eval`, as a user runs it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from qa_bot import QABot
from qa_bot.cli import main
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.records import Answer
from qa_bot.settings import read_settings
from tests.conftest import ARTICLES, write_articles

QUESTION = "南屏市有多少家“小巨人”企业?"
SET: list[dict[str, object]] = [
    {"id": "1", "question": QUESTION, "all_of": ["12家"], "article": "参天树"},
    {"id": "2", "question": "首批交付了多少台减速器?", "all_of": ["300台"], "type": "news"},
    {"id": "3", "question": "如何做红烧肉?", "answerable": False},
]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A working folder with a corpus, its index and a question set."""
    folder = tmp_path_factory.mktemp("eval")
    write_articles(folder / "corpus", ARTICLES)
    build_index(folder / "corpus", folder / "index", encoder)
    write_set(folder / "set.jsonl", SET)
    return folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run qa-bot in the folder; gives exit status, stdout and stderr."""
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def write_set(path: Path, questions: Sequence[Mapping[str, object]]) -> None:
    path.write_text("".join(f"{json.dumps(question)}\n" for question in questions))


def test_eval_prints_tables_and_one_object_with_json(run: Run) -> None:
    status, out, _ = run("eval", "set.jsonl")
    assert status == 0
    assert "| quote hit | 1.000 | 1.000 to 1.000 | 2 |" in out
    assert "| news | 1.00 (1.00 to 1.00; 1) |" in out
    assert "failed: none" in out
    summary = json.loads(run("eval", "set.jsonl", "--json")[1])
    assert summary["measures"]["quote_hit"] == {"value": 1.0, "count": 2, "low": 1.0, "high": 1.0}
    assert summary["by_type"]["news"]["quote_hit"]["count"] == 1


def test_out_writes_all_files_and_against_compares_with_them(run: Run, folder: Path) -> None:
    assert run("eval", "set.jsonl", "--out", "old")[0] == 0
    names = {path.name for path in (folder / "old").iterdir()}
    assert names == {
        "qrels.trec",
        "report.html",
        "report.md",
        "rows.csv",
        "rows.jsonl",
        "run.json",
        "run.trec",
        "summary.json",
    }
    status, out, _ = run("eval", "set.jsonl", "--against", "old", "--threshold", "1")
    assert status == 0
    assert "against old, 3 questions of both:" in out
    assert "lost 2: 1, 2" in out


def test_an_interrupted_run_asks_only_what_is_left(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, asked = QABot.ask, []

    def interrupt(bot: QABot, question: str, **options: Any) -> Answer:
        asked.append(question)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return ask(bot, question, **options)

    monkeypatch.setattr(QABot, "ask", interrupt)
    status, _, error = run("eval", "set.jsonl", "--out", "resumed")
    assert status == 130
    assert "the same command goes on where it stopped" in error
    assert not (folder / "resumed/summary.json").exists()
    assert run("eval", "set.jsonl", "--out", "resumed")[0] == 0
    assert asked == [QUESTION, "首批交付了多少台减速器?", "如何做红烧肉?", "如何做红烧肉?"]
    rows = (folder / "resumed/rows.jsonl").read_text().splitlines()
    assert [json.loads(row)["id"] for row in rows] == ["1", "2", "3"]


def test_fail_under_sets_the_exit_status(run: Run) -> None:
    assert run("eval", "set.jsonl", "--fail-under", "quote_hit=0.8")[0] == 0
    status, _, error = run("eval", "set.jsonl", "--fail-under", "precision=0.9", "--threshold", "1")
    assert (status, error) == (1, "precision cannot be measured: no question of the set has it\n")


def test_what_is_wrong_with_a_set_is_reported_with_its_line(run: Run, folder: Path) -> None:
    write_set(folder / "wrong.jsonl", [*SET, {"question": "几家?", "all_of": ["999家"]}])
    status, _, error = run("eval", "wrong.jsonl")
    assert (status, error) == (1, "wrong.jsonl:4: '999家' stands nowhere in the corpus\n")


def test_a_set_with_its_own_passages_leaves_corpus_and_index_alone(run: Run, folder: Path) -> None:
    passage = {
        "context": "青禾县有茶园三万亩。茶农两千户。",
        "qas": [{"id": "q", "question": "茶园有多少亩?", "answers": [{"text": "三万亩"}]}],
    }
    (folder / "dev.json").write_text(json.dumps({"data": [{"paragraphs": [passage]}]}))
    before = {path: path.stat().st_mtime_ns for path in folder.glob("[ci][on]*/**/*")}
    summary = json.loads(run("eval", "dev.json", "--json", "--out", "own")[1])
    assert summary["measures"]["recall@1"]["value"] == 1.0
    assert {path: path.stat().st_mtime_ns for path in folder.glob("[ci][on]*/**/*")} == before
    row = json.loads((folder / "own/rows.jsonl").read_text())
    assert row["ranking"] == ["0-0"]
    assert Path(folder, row["answer"]["passages"][0]["path"]).is_file()


def test_judgements_of_articles_are_enough(run: Run, folder: Path) -> None:
    (folder / "set.qrels").write_text("1 0 interview.md 1\n2 0 news/gears.md 1\n")
    summary = json.loads(run("eval", "set.jsonl", "--qrels", "set.qrels", "--json")[1])
    assert summary["measures"]["mrr@10"]["count"] == 2


def test_a_question_that_cannot_be_asked_is_named(run: Run, folder: Path) -> None:
    write_set(folder / "long.jsonl", [{"question": "问" * 3000}])
    status, _, error = run("eval", "long.jsonl")
    assert status == 2
    assert error.startswith("qa-bot: long.jsonl:1: the question has 3,000 characters")


def test_calibrate_writes_what_it_fitted_where_settings_are_read(run: Run, folder: Path) -> None:
    others = [
        {"id": str(n), "question": f"如何做{dish}?", "answerable": False}
        for n, dish in enumerate(
            ("红烧肉", "豆腐", "面条", "米饭", "饺子", "包子", "烤鸭", "火锅"), 10
        )
    ]
    asked = [
        {"id": f"{kind}{n}", "question": question, "all_of": [needed]}
        for n in range(2)
        for kind, question, needed in (
            ("a", QUESTION, "12家"),
            ("b", "首批交付了多少台减速器?", "300台"),
            ("c", "减速器的寿命有多少小时?", "8000小时"),
            ("d", "风险补偿资金池首期规模多大?", "2亿元"),
            ("e", "人才安居补贴每月多少?", "800元"),
            ("f", "一家企业一年检查几次?", "不超过两次"),
        )
    ]
    write_set(folder / "fit.jsonl", [*asked, *others])
    write_set(folder / "other.jsonl", [*others, *asked])
    settings = folder / "qa-bot.toml"
    settings.write_text("# mine\ntop_k = 3 # few\nthreshold = 0.9\n")
    try:
        status, out, error = run("eval", "fit.jsonl", "--calibrate", "--test", "other.jsonl")
        assert status == 0
        assert error.startswith("other.jsonl: 20 of 20 questions are in fit.jsonl too")
        assert "| fitted on | 20 |" in out
        assert "dense_weight stays 0.1: fewer than 20 questions say what is right" in out
        text = settings.read_text()
        assert text.startswith("# mine\ntop_k = 3 # few\nthreshold = 0.")
        read = read_settings({}, environment={}, folder=folder)
        assert (read.top_k, read.confidence_slope != 1.0) == (3, True)
        summary = json.loads(run("eval", "fit.jsonl", "--json")[1])
        assert summary["measures"]["precision"]["value"] >= 0.9
        assert summary["run"]["threshold"] == pytest.approx(read.threshold, abs=1e-4)
    finally:
        settings.unlink()


def test_a_calibration_on_a_stale_index_writes_nothing(run: Run, folder: Path) -> None:
    """Nothing can be quoted of a file that changed: right answers would be counted as wrong."""
    write_set(folder / "stale.jsonl", [{"question": f"{QUESTION}{n}"} for n in range(20)])
    changed = folder / "corpus/opinion.md"
    before = changed.read_bytes()
    changed.write_bytes(before + b"\n")
    try:
        status, out, error = run("eval", "set.jsonl", "--calibrate", "--test", "stale.jsonl")
    finally:
        changed.write_bytes(before)
    assert (status, out) == (2, "")
    assert error == (
        "qa-bot: corpus/opinion.md changed since the index was built; run qa-bot index; nothing "
        "was written\n"
    )
    assert not (folder / "qa-bot.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--calibrate"], "--calibrate needs another set to try the threshold on; give --test"),
        (["--calibrate", "--test", "set.jsonl", "--out", "o"], "--calibrate writes settings, no"),
        (["--calibrate", "--test", "set.jsonl"], "--test set.jsonl is the set to fit on"),
        (["--test", "set.jsonl"], "--test is for --calibrate"),
        (["--against", "none"], "none/rows.jsonl: cannot be read; name a folder"),
        (["--out", "set.jsonl"], "set.jsonl: cannot be written"),
        (["--out", "o", "--against", "o"], "--out and --against name the same folder"),
        (["--qrels", "none"], "none: cannot be read"),
        (["--fail-under", "hits=1"], "there is no measure 'hits'"),
    ],
)
def test_bad_use_is_one_line(run: Run, arguments: list[str], message: str) -> None:
    status, out, error = run("eval", "set.jsonl", *arguments)
    assert (status, out, error.count("\n")) == (2, "", 1)
    assert message in error


def test_asking_imports_nothing_of_the_evaluation(folder: Path) -> None:
    code = (
        "import sys; from qa_bot.cli import main; main(['ask', '--json', sys.argv[1]]);"
        "heavy = {'ir_measures', 'pytrec_eval', 'sklearn', 'scipy', 'tomlkit', 'tqdm'};"
        "sys.exit(str(sorted(heavy & set(sys.modules)) or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, QUESTION],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert not done.stderr.strip()
    assert json.loads(done.stdout)["answered"] is True
