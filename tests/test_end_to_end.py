"""The main job on a real page: import, index, ask, evaluate, verify."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_bot import QABot
from qa_bot.evaluation.question_set import read_question_set
from qa_bot.evaluation.storage import read_summary
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.page_lines import PageLines
from qa_bot.records import ImportedFrom, Span
from qa_bot.verify import verify_answers, verify_index
from tests.conftest import PROJECT
from tests.test_answering import prove
from tests.test_cli import call

PAGE = "pages/chongqing-daily-thinktank.txt"
QUESTIONS = "eval/chongqing-page-questions.jsonl"
QUESTION = "重庆有多少家专精特新“小巨人”企业?"


@pytest.fixture(scope="module", params=["alone", "among the samples"])
def folder(
    request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A working folder into whose corpus the real page was imported by the command line."""
    folder = tmp_path_factory.mktemp("real")
    if request.param != "alone":
        (folder / "corpus").mkdir()
        for article in (PROJECT / "corpus").glob("*.md"):
            (folder / "corpus" / article.name).write_bytes(article.read_bytes())
    done = call(folder, "import", str(shared / PAGE))
    assert done.returncode == 0, done.stderr
    assert call(folder, "index").returncode == 0
    return folder


@pytest.fixture(scope="module")
def page_bot(folder: Path) -> Iterator[QABot]:
    with QABot.open(folder / "index", corpus=folder / "corpus") as bot:
        yield bot


def test_the_real_page_answers_with_the_number_marked_its_article_and_lines(folder: Path) -> None:
    done = call(folder, "ask", QUESTION)
    first, source = done.stdout.splitlines()[:2]
    assert "企业【341家】" in first
    assert "《培优育强专精特新中小企业 持续放大重庆制造优势》" in source
    assert "重庆日报" in source
    assert "page pages/chongqing-daily-thinktank.txt:5" in source


def test_every_quote_to_every_question_of_the_shared_sets_is_proven(
    shared: Path, folder: Path, page_bot: QABot
) -> None:
    answers = []
    for path in sorted((shared / "eval").glob("*.jsonl")):
        for question in read_question_set(path).questions:
            answer = page_bot.ask(question.question, history=question.history)
            prove(answer)
            answers.append((1, json.loads(json.dumps(answer.to_dict()))))
    assert len(answers) >= 50
    assert list(verify_answers(answers, folder / "corpus")) == []


@pytest.mark.parametrize("change", [{"line_start": 1}, {"line_end": 0}, {"file": "pages/x.txt"}])
def test_a_forged_place_on_the_page_is_found(
    folder: Path, page_bot: QABot, change: dict[str, object]
) -> None:
    """A reader checks the print by these lines."""
    answer = page_bot.ask("重庆有多少家专精特新“小巨人”企业?").to_dict()
    assert list(verify_answers([(1, answer)], folder / "corpus")) == []
    answer["quotes"][0]["page"] |= change
    (problem,) = verify_answers([(1, answer)], folder / "corpus")
    assert problem.startswith("line 1, quote 1: says page {'file': ")


def test_the_index_of_the_real_page_is_proven(folder: Path, page_bot: QABot) -> None:
    assert list(verify_index(page_bot.snapshot, folder / "corpus")) == []


def test_the_real_page_reaches_the_quality_promised(shared: Path, folder: Path) -> None:
    """The floors of the first version; docs/benchmarks.md has the figures."""
    done = call(folder, "eval", str(shared / QUESTIONS), "--out", "run")
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("quote hit", "article right", "speaker right", "answered (of unanswerable)"):
        assert f"| {name} |" in done.stdout
    measures = read_summary(folder / "run").measures
    assert measures["quote_hit"].value >= 0.75
    assert measures["article"].value >= 0.9
    assert measures["speaker"].value >= 0.9
    assert measures["false_answers"].value <= 0.2
    assert measures["quote_guarantee"].value == 1


def test_importing_again_changes_nothing_and_an_edited_file_is_kept(
    shared: Path, folder: Path
) -> None:
    assert "unchanged: " in call(folder, "import", str(shared / PAGE)).stdout
    path = next((folder / "corpus").glob("chongqing*-02-*.md"))
    before = path.read_bytes()
    path.write_bytes(before + "手工补记。\n".encode())
    try:
        done = call(folder, "import", str(shared / PAGE))
        assert done.returncode == 1
        assert "edited by hand; --force overwrites it" in done.stdout
        assert "-手工补记。" in done.stdout
        assert path.read_bytes() != before
    finally:
        path.write_bytes(before)


def test_a_dry_run_prints_one_object_and_writes_nothing(shared: Path, tmp_path: Path) -> None:
    done = call(tmp_path, "import", "--dry-run", "--json", str(shared / PAGE))
    result = json.loads(done.stdout)
    assert list(result)[:4] == ["file", "articles", "left_out", "doubts"]
    assert [len(article["paragraphs"]) for article in result["articles"]] == [10, 5, 5]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "page.txt: is empty"),
        (b"PK\x03\x04\0\0", "page.txt: is a binary file"),
        (b"\xff\xfe\x00\xd8", "page.txt: is not valid UTF-16"),
    ],
)
def test_a_page_that_cannot_be_read_is_one_line(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "page.txt").write_bytes(data)
    done = call(tmp_path, "import", "page.txt")
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_sentences_cut_by_a_column_or_caption_know_all_their_lines() -> None:
    page = "标题\n\n第一句在这里开始,后来被栏目\n\n图为车间。\n\n切断了才到这里结束。第二句。\n"
    text = "第一句在这里开始,后来被栏目切断了才到这里结束。第二句。手写的句子不在版面上。"
    spans = [Span(0, 24), Span(24, 28), Span(28, len(text))]
    assert text[24:28] == "第二句。"
    lines = PageLines(page, ImportedFrom("pages/p.txt", 1, 7)).align(text, spans)
    assert list(lines) == [(3, 7), (7, 7), None]


def test_the_default_corpus_answers_its_own_questions(tmp_path: Path, encoder: Encoder) -> None:
    build_index(PROJECT / "corpus", tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=PROJECT / "corpus") as bot:
        assert "187家" in bot.ask("云江市有多少家“小巨人”企业?").quotes[0].text
        for question in read_question_set(PROJECT / "questions/sample.jsonl").questions:
            prove(bot.ask(question.question, history=question.history))
