"""The evaluation view: what its HTML lets through, runs that stop and go on, and a real browser."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from qa_bot import QABot
from qa_bot.answer_json import read_answer, read_quotes
from qa_bot.cli import main
from qa_bot.evaluation.question_set import read_question_set
from qa_bot.evaluation.records import Question, Row, Run
from qa_bot.evaluation.summary import summarize
from qa_bot.settings import Settings
from qa_bot.web.evaluation_cards import render_result, render_row
from qa_bot.web.evaluation_run import EvaluationRuns
from qa_bot.web.texts import EN, ZH, Texts
from tests.browser import opened, served, started
from tests.test_web import ANSWER, ATTACK, NO_ANSWER, QUOTE, Elements, with_texts

IMAGE = "<img src=x onerror=alert(1)>"
QUESTIONS: list[dict[str, Any]] = [
    {"id": "q1", "question": "南屏市有多少家“小巨人”企业？", "all_of": ["12家"]},
    {"id": "q2", "question": "减速器的寿命有多长？", "all_of": ["8000小时"], "article": "减速器"},
    {"id": "q3", "question": "卓雨建议资金池首期规模多大？", "all_of": ["3亿元"], "type": "view"},
    {"id": IMAGE, "question": f"{IMAGE}月球基地何时建成？", "type": IMAGE, "answerable": False},
    {"id": "q5", "question": f"每人每月补贴多少元{IMAGE}？", "all_of": [IMAGE]},
]
RUN = Run("set", "d", "p", "i", ATTACK, 0.4, 5, 1.0, 0.0)


def _write(path: Path, questions: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(q)}\n" for q in questions), encoding="utf-8")
    return path


def _row(text: str, *, failure: str | None = "wrongly abstained") -> Row:
    """Return a row in which every text is *text*, and whose quotes were withheld."""
    answer = with_texts(text)
    entry = replace(answer, answered=False, quotes=()).to_dict()
    question = Question(text, text, text, 1, (text,), (text,), text, text, True, (text,))
    return Row(
        id=text,
        type=text,
        expected=question,
        answer=entry,
        withheld=answer.to_dict()["quotes"],
        right_articles={},
        ranking=[],
        article_rank=1,
        passage_rank=None,
        values={"confidence": 0.2, "right": 1.0, "answerable": 1.0, "latency_ms": 3.0},
        failure=failure,
    )


@pytest.mark.parametrize("answer", [ANSWER, NO_ANSWER, with_texts("甲" * 9)])
def test_an_answer_comes_back_from_its_plain_data(answer: Any) -> None:
    """A row shows what the chat would show: not a word, offset or person may be lost."""
    entry = json.loads(json.dumps(answer.to_dict()))
    assert read_answer(entry) == answer
    assert read_quotes(entry["quotes"]) == answer.quotes


@pytest.mark.parametrize("texts", [ZH, EN])
def test_no_text_of_a_set_becomes_html(texts: Texts) -> None:
    """Questions, ids, types, file names and answers full of attacks are shown as texts."""

    def render(text: str) -> Elements:
        rows = [_row(text), replace(_row(text), type=f"{text}2", failure=None)]
        summary = summarize(rows, RUN, problems=[text])
        summary = replace(summary, run=replace(RUN, model=text))
        html = render_result(
            summary, rows, texts, name=text, total=3, files={"rows.jsonl": "evaluation/k/r"}
        )
        return Elements(html + render_row(rows[0], texts, threshold=0.4))

    word = "x" * len(ATTACK)
    harmless, attacked = render(word), render(ATTACK)
    assert attacked.shape == harmless.shape
    assert "\u202e" not in attacked.text
    for _, attributes in attacked.found:
        assert not [name for name in attributes if name.startswith("on")]


def test_withheld_quotes_are_shown_as_withheld() -> None:
    """The chat shows no quotes there; who looks for the cause needs them."""
    answer = replace(ANSWER, answered=False, quotes=(), confidence=0.2)
    row = replace(
        _row("问？"), answer=answer.to_dict(), withheld=ANSWER.to_dict()["quotes"], passage_rank=3
    )
    html = render_row(row, ZH, threshold=0.4)
    shown, withheld = html.split("qa-withheld")
    assert ZH.abstained in shown
    assert "<blockquote" not in shown
    assert "置信度 20% 低于阈值 40%" in withheld
    assert f"甲乙。<mark>{QUOTE.text[3:5]}</mark>" in withheld
    assert "含答案的段落：3" in withheld


def test_a_part_of_a_run_says_so() -> None:
    rows = [_row("问？")]
    summary = summarize(rows, RUN)
    html = render_result(summary, rows, ZH, name="a", total=30, files={})
    assert "共 30 题，问了 1 题就停止了" in html
    assert "部分结果" not in render_result(summary, rows, ZH, name="a", total=1, files={})


@pytest.fixture(scope="module")
def settings(bot: QABot, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings for the four articles, and a folder with a set of 3,000 questions."""
    folder = bot.snapshot.folder.parent
    sets = tmp_path_factory.mktemp("sets")
    long = [{**QUESTIONS[n % 3], "id": str(n)} for n in range(3000)]
    _write(sets / "long.jsonl", long)
    (sets / "notes.txt").write_text("no set", encoding="utf-8")
    return Settings(
        corpus=str(folder.parent / "corpus"), index=str(folder), port=0, question_sets=str(sets)
    )


def test_a_run_is_stopped_at_once_and_gone_on_with(settings: Settings) -> None:
    """What was asked is kept; the same set goes on after it, another set begins anew."""
    path = Path(settings.question_sets, "long.jsonl")
    question_set = read_question_set(path)
    with EvaluationRuns(settings) as runs:
        run = runs.begin(question_set, name=path.name, before=None)
        assert run is not None
        while not run.asked:
            assert not run.has_ended(within=0.05), run.error
        assert runs.begin(question_set, name=path.name, before=None) is None
        began = time.perf_counter()
        run.stop()
        assert time.perf_counter() - began < 1
        assert runs.current is None
        assert run.error == ""
        asked = run.asked
        assert 0 < asked < 3000
        rows = list(run.rows())
        assert [row.id for row in rows] == [str(n) for n in range(asked)]
        assert run.summary(rows).questions == asked
        assert run.row(asked - 1).id == str(asked - 1)
        assert list(run.files()) == ["rows.jsonl"]

        assert runs.begin(question_set, name=path.name, before=run) is run
        while run.asked <= asked:
            assert not run.has_ended(within=0.05), run.error
        run.stop()
        folder = next(iter(run.files().values())).parent
        other = runs.begin(replace(question_set, digest=""), name=path.name, before=run)
        assert other not in (None, run)
        assert not folder.exists()
        assert runs.file(run.key, "rows.jsonl") is None
    assert not folder.parent.exists()


def test_an_error_of_a_run_is_one_line_with_the_set_s_name(
    settings: Settings, tmp_path: Path
) -> None:
    path = _write(tmp_path / "set.jsonl", [{"question": "茶园多大?"}])
    question_set = read_question_set(path)
    _write(path, [{"question": "长" * 2001}])  # changed before the run reads it again
    with EvaluationRuns(settings) as runs:
        run = runs.begin(question_set, name="我的.jsonl", before=None)
        assert run is not None
        assert run.has_ended(within=30)
        assert run.error.startswith("我的.jsonl:1: the question has 2,001 characters")
        assert "\n" not in run.error


@pytest.fixture(scope="module")
def address(bot: QABot, settings: Settings) -> Iterator[str]:
    """The web chat with the evaluation view."""
    with served(bot, settings) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as running:
        yield running


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The view on a Chinese reader's phone, opened by its address."""
    with opened(browser) as page:
        page.goto(f"{address}#evaluation")
        expect(page.get_by_role("button", name="开始评测")).to_be_visible()
        yield page


def _upload(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("上传问题集|Upload a set")).click()
    chooser.value.set_files(path)


def _figures(table: Locator) -> dict[str, list[str]]:
    """Return the cells of a table of measures by name, those that time decides left out."""
    rows = table.locator("tr[data-measure]").all()
    names = [row.get_attribute("data-measure") or "" for row in rows]
    return {
        name: row.locator("td").all_text_contents()
        for name, row in zip(names, rows, strict=True)
        if not name.startswith("latency")
    }


def test_a_reader_uploads_a_set_runs_it_and_reads_why_a_question_failed(
    page: Page,
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The main job, end to end; a hostile set runs no script (see `opened`)."""
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    path = _write(tmp_path / "题 <b>集.jsonl", QUESTIONS)
    _upload(page, path)
    expect(page.get_by_role("radio", name="刚上传")).to_be_checked()
    page.get_by_role("button", name="开始评测").click()
    expect(page.get_by_role("progressbar", name="评测进度")).to_be_visible()
    expect(page.locator(".qa-progress")).to_contain_text("/ 5 题")
    result = page.locator(".qa-result")
    expect(result).to_be_visible(timeout=20_000)
    expect(page.locator("#qa-status [role=status]")).to_have_text(
        re.compile("评测结束：5 题，失败 [2-4] 题")
    )
    expect(page.locator("#qa-evaluation progress")).to_have_count(0)

    flags = ["--corpus", settings.corpus, "--index", settings.index]
    main(["eval", str(path), "--json", *flags])
    summary = json.loads(capsys.readouterr().out)
    shown = _figures(result.locator("> table"))
    assert shown.keys() == {n for n in summary["measures"] if not n.startswith("latency")}
    for name, (value, interval, count) in shown.items():
        expected = summary["measures"][name]
        digits = 1 if name == "quote_length" else 3
        assert value == f"{expected['value']:.{digits}f}"
        assert interval == f"{expected['low']:.{digits}f}–{expected['high']:.{digits}f}"
        assert count == str(expected["count"])
    assert result.locator("details > table").count() == len(summary["by_type"]) == 3
    expect(result.locator("figure svg").first).to_be_visible()

    failed = page.get_by_role("button", name="卓雨建议资金池首期规模多大？")
    expect(failed).to_have_attribute("aria-expanded", "false")
    failed.focus()
    page.keyboard.press("Enter")
    expect(failed).to_have_attribute("aria-expanded", "true")
    opened_ = page.locator(".qa-opened:visible")
    expect(opened_.locator(".qa-words").first).to_contain_text("首期规模2亿元")
    expect(opened_.locator("figcaption").first).to_contain_text("《让小企业长成参天树》")
    expect(opened_.locator(".qa-expected")).to_contain_text("3亿元")
    page.keyboard.press("Enter")
    expect(opened_).to_have_count(0)
    page.get_by_role("button", name=re.compile("每人每月补贴多少元")).click()
    expect(opened_.locator(".qa-expected dd").first).to_have_text(IMAGE)
    assert page.locator("#qa-evaluation img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    links = page.locator(".qa-downloads a")
    expect(links).to_have_text(["report.html", "rows.csv", "rows.jsonl", "summary.json"])
    href = links.nth(2).get_attribute("href") or ""
    got = page.request.get(f"{page.url.split('#')[0]}{href}")
    assert got.headers["content-disposition"].startswith("attachment")
    assert len(got.text().splitlines()) == 5
    for wrong in (href.replace("rows.jsonl", "errors.txt"), "evaluation/guess/rows.jsonl"):
        assert page.request.get(f"{page.url.split('#')[0]}{wrong}").status == 404


def test_a_run_is_stopped_while_the_chat_answers_and_a_second_reader_is_told(
    page: Page, browser: Browser, address: str
) -> None:
    """One run at a time, no queue that says nothing, and what was asked is shown as a part."""
    page.get_by_role("radio", name="long.jsonl").check()
    expect(page.get_by_role("radio")).to_have_count(1)  # notes.txt is no set
    page.get_by_role("button", name="开始评测").click()
    expect(page.locator("progress[value]")).to_be_visible(timeout=20_000)

    with opened(browser, locale="en-US", viewport={"width": 1440, "height": 900}) as other:
        other.goto(address)
        other.get_by_label("Your question").fill("南屏市有多少家“小巨人”企业？")
        other.get_by_role("button", name="Ask").click()
        expect(other.locator(".qa-turn .qa-words")).to_contain_text("12家", timeout=2000)
        other.get_by_role("link", name="Evaluate").click()
        other.get_by_role("button", name="Run", exact=True).click()
        expect(other.get_by_role("alert")).to_contain_text("Another run is going on")
        other.get_by_role("link", name="Ask").click()
        expect(other.locator(".qa-turn")).to_be_visible()  # the conversation is still there

    page.get_by_role("button", name="停止").click()
    expect(page.locator(".qa-partial")).to_contain_text("共 3,000 题，问了", timeout=5000)
    expect(page.get_by_role("button", name="停止")).to_be_hidden()
    expect(page.locator(".qa-downloads a")).to_have_text(["rows.jsonl"])
    page.get_by_role("button", name="开始评测").click()
    expect(page.locator("progress[value]")).to_be_visible(timeout=20_000)
    # The page closes with a run going on: it must not go on for nobody (next test).


def test_a_set_that_cannot_be_used_is_named_in_place(page: Page, tmp_path: Path) -> None:
    """The engine's line, with the file as the reader knows it; a run left alone has ended."""
    alert = page.get_by_role("alert")
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"question": "好"}\n{"question": 7}\n', encoding="utf-8")
    _upload(page, broken)
    expect(alert).to_have_text("这份问题集用不了：broken.jsonl:2: question must be text, got 7")
    expect(page.get_by_role("radio")).to_have_count(1)
    picture = tmp_path / "a.png"
    picture.write_bytes(b"x")
    _upload(page, picture)
    expect(alert).to_have_text(re.compile("a.png 不是问题集"))

    _upload(page, _write(tmp_path / "ok.csv", []))
    expect(alert).to_have_text(re.compile("ok.csv:1: has no column 'question'"))
    csv = tmp_path / "ok.csv"
    csv.write_text("question,all_of\n减速器的寿命有多长？,8000小时\n", encoding="utf-8")
    _upload(page, csv)
    expect(page.get_by_role("radio", name="ok.csv")).to_be_checked()
    expect(alert).to_have_text("")
    page.get_by_role("button", name="开始评测").click()
    expect(page.locator(".qa-result")).to_contain_text("没有失败的题。", timeout=20_000)


def test_the_view_reads_english_on_a_wide_screen(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    with opened(browser, locale="en-US", viewport={"width": 1440, "height": 900}) as page:
        page.goto(f"{address}#evaluation")
        _upload(page, _write(tmp_path / "two.jsonl", QUESTIONS[:2]))
        expect(page.get_by_role("radio", name="two.jsonl (uploaded)")).to_be_checked()
        page.get_by_role("button", name="Run", exact=True).click()
        result = page.locator(".qa-result")
        expect(result).to_contain_text("Result of two.jsonl", timeout=20_000)
        expect(result).to_contain_text("No question failed.")
        expect(page.locator(".qa-views a[aria-current]:visible")).to_have_text("Evaluate")
        assert not re.search("[\u3400-\u9fff]", result.inner_text())
