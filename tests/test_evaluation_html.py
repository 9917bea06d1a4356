"""`report.html`: what it lets through, what it says, and how a real browser shows it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from qa_bot.cli import main
from qa_bot.errors import EvaluationError
from qa_bot.evaluation.html_report import render_html, write_html
from qa_bot.evaluation.html_texts import FAILURE_TEXTS, MEASURES
from qa_bot.evaluation.measures import DEFINITIONS
from qa_bot.evaluation.plots import CAPTIONS, draw_plots
from qa_bot.evaluation.records import FAILURES, Comparison, Difference, Question, Row, Run, Summary
from qa_bot.evaluation.storage import read_rows, read_summary
from qa_bot.evaluation.summary import summarize
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from tests.browser import CHROMIUM, FLAGS
from tests.conftest import ARTICLES, write_articles
from tests.test_web import ATTACK

FIRMS = "南屏市有多少家“小巨人”企业?"
SET: list[dict[str, Any]] = [
    {"id": "right", "question": FIRMS, "all_of": ["12家"]},
    {"id": "elsewhere", "question": FIRMS, "all_of": ["首批300台"]},
    {"id": "person", "question": FIRMS, "all_of": ["12家"], "speaker": "卓雨"},
    {"id": "article", "question": FIRMS, "all_of": ["12家"], "article": "法治是最好的"},
    {"id": "no", "question": FIRMS, "answerable": False, "type": "none"},
    {"id": "cook", "question": "如何做红烧肉?", "answerable": False, "type": "none"},
]
HOSTILE = f'{ATTACK}"><img src=x onerror=alert(1)></style></script>\x00 </title>'
RUN = Run("set.jsonl", "", "0", "", "none", 0.5, 5, 1.0, 0.0, "2026-01-01T00:00:00+00:00", 1.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A run on the small articles, compared with an older one."""
    folder = tmp_path_factory.mktemp("report")
    build_index(write_articles(folder / "corpus", ARTICLES), folder / "index", encoder)
    lines = "".join(f"{json.dumps(question)}\n" for question in SET)
    (folder / "set.jsonl").write_text(lines, encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert main(["eval", "set.jsonl", "--out", "old", "--threshold", "1"]) == 1
        assert main(["eval", "set.jsonl", "--out", "new", "--against", "old"]) == 1
    finally:
        os.chdir(before)
    return folder / "new"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser."""
    if not Path(CHROMIUM).exists():
        reason = f"{CHROMIUM} is not there; install it with: apt-get install chromium"
        (pytest.fail if os.environ.get("QA_BOT_REQUIRE_BROWSER") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def open_page(browser: Browser, path: Path, wrong: list[str], **options: Any) -> Page:
    """Open a file, and note every error, dialog, and request for anything else."""
    address = path.as_uri()
    page = browser.new_page(**options)
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
    page.on(
        "request",
        lambda request: wrong.append(request.url) if request.url != address else None,
    )
    page.goto(address)
    return page


def quote(text: str) -> dict[str, Any]:
    person = {"name": text, "role": text}
    article = {"id": text, "title": text, "authors": [person], "source": text, "date": text}
    place = {"path": text, "start": 0, "end": len(text), "line_start": 1, "line_end": 2}
    more = {"section": text, "page": {"file": text, "line_start": 1, "line_end": 1}}
    marked = {"highlights": [{"start": 1, "end": 5}], "score": 1.0}
    return {
        "text": text,
        "article": {**article, "url": "javascript:alert(1)"},
        "speaker": person,
        **place,
        **more,
        **marked,
    }


def row(id_: str, text: str = "文", *, failure: str | None = None, **values: float) -> Row:
    """Return a row in which every text is *text*."""
    question = Question(
        id_, text, text, 3, (text,), (text, text), text, text, True, (text,), {"authors": [text]}
    )
    answered = failure != "wrongly abstained"
    return Row(
        id=id_,
        type=text,
        expected=question,
        answer={
            "answered": answered,
            "confidence": 0.5,
            "quotes": [quote(text)] if answered else [],
            "passages": [quote(text), quote(text)],
        },
        withheld=[] if answered else [quote(text)],
        right_articles={},
        ranking=[],
        article_rank=None,
        passage_rank=2,
        values={"confidence": 0.5, "latency_ms": 1.0, **values},
        failure=failure,
    )


def hostile(text: str) -> tuple[Summary, list[Row]]:
    """Return a run of every kind of failure in which every text is *text*."""
    rows = [row(f"{n}{text}", text, failure=kind, right=0.0) for n, kind in enumerate(FAILURES)]
    rows.append(replace(row("other", text), type=f"{text}."))
    difference = Difference(1.0, 0.5, 0.5, 0.1, 0.9, 0.01, 2)
    ids = (rows[0].id, text)
    comparison = Comparison(text, 2, {"latency_p50": difference}, ids, ids)
    run = replace(RUN, questions=text, model=text, program=text, began=text)
    return summarize(rows, run, problems=[text, text], comparison=comparison), rows


class _Shape(HTMLParser):
    """Elements with their attributes' names, and which attributes hold what."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = tuple(sorted(name for name, _ in attrs))
        self.found.append((tag, names))
        self.attributes.update(names)


def test_no_text_of_a_run_becomes_html() -> None:
    """A question set may come from anybody: its texts are shown as the texts they are."""
    attacked, harmless = (_Shape(render_html(*hostile(text))) for text in (HOSTILE, "x" * 99))
    assert attacked.found == harmless.found
    assert not [name for name in attacked.attributes if name.startswith("on") or name == "style"]
    html = render_html(*hostile(HOSTILE))
    assert not re.search('[\x00\u202e]|javascript:alert\\(1\\)"|<img', html)


def test_a_hostile_run_does_nothing_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(render_html(*hostile(HOSTILE)), encoding="utf-8")
    wrong: list[str] = []
    page = open_page(browser, tmp_path / "report.html", wrong, viewport={"width": 390, "height": 1})
    expect(page.locator(".failure")).to_have_count(len(FAILURES))
    expect(page.locator("h4").first).to_contain_text("<script>alert(1)</script>")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert wrong == []
    page.close()


def test_the_policy_forbids_everything_but_the_page_s_own_style_and_script(
    browser: Browser, tmp_path: Path
) -> None:
    """Were an escape ever forgotten, the browser would still not run or fetch anything."""
    html = render_html(*hostile("文")).replace(
        "<main>",
        "<main><script>document.title = 'owned'</script><img src='https://example.org/a.png' "
        "onerror=\"document.title = 'owned'\"><p style='color: red' id='p'>",
    )
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    wrong: list[str] = []
    page = open_page(browser, tmp_path / "report.html", wrong)
    assert "owned" not in page.title()
    colour = "getComputedStyle(document.getElementById('p')).color"
    assert page.evaluate(colour) != "rgb(255, 0, 0)"
    # Chromium tells of the image and that the policy blocked it before it was asked for.
    blocked = [line for line in wrong if "https://example.org/a.png" in line]
    assert [line for line in blocked if "violates" in line]
    page.close()


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [
        ("zh-CN", 390, "light"),
        ("en-US", 390, "dark"),
        ("zh-CN", 1440, "dark"),
        ("en-US", 1440, "light"),
    ],
)
def test_the_report_opens_from_the_file_system_without_error_or_request(
    folder: Path, browser: Browser, locale: str, width: int, scheme: Any
) -> None:
    wrong: list[str] = []
    page = open_page(
        browser,
        folder / "report.html",
        wrong,
        locale=locale,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )
    is_chinese = locale == "zh-CN"
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(
        "评测报告" if is_chinese else "Evaluation report", use_inner_text=True
    )
    assert page.evaluate("document.documentElement.lang") == ("zh-CN" if is_chinese else "en")
    expect(page.locator(".qa-plot:visible")).to_have_count(len(CAPTIONS["en"]))
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_text("English" if is_chinese else "中文", exact=True).click()
    expect(heading).to_have_text(
        "Evaluation report" if is_chinese else "评测报告", use_inner_text=True
    )
    assert wrong == []
    page.close()


def test_without_a_script_both_languages_can_be_read(folder: Path, browser: Browser) -> None:
    page = open_page(browser, folder / "report.html", [], java_script_enabled=False)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("评测报告", use_inner_text=True)
    page.get_by_text("English", exact=True).click()
    expect(heading).to_have_text("Evaluation report", use_inner_text=True)
    page.close()


def test_failed_questions_stand_by_kind_and_one_kind_can_be_chosen(
    folder: Path, browser: Browser
) -> None:
    """What was expected, what came, and where the right passage stood: enough to see why."""
    summary = read_summary(folder)
    kinds = [kind for kind in FAILURES if summary.failures[kind]]
    assert {"not quoted", "wrong speaker", "wrong article", "wrongly answered"} <= {*kinds}
    page = open_page(browser, folder / "report.html", [], locale="en-US")
    heads = page.locator(".kind h3").all_inner_texts()
    assert heads == [f"{FAILURE_TEXTS[kind].label.en}{summary.failures[kind]}" for kind in kinds]
    assert page.locator(".failure").count() == sum(summary.failures.values())
    card = page.locator(".kind.wrong-speaker .failure")
    expect(card).to_contain_text("卓雨")
    expect(card.locator("mark")).to_contain_text("12家")
    expect(card).to_contain_text("interview.md")
    card = page.locator(".kind.not-quoted .failure").first
    expect(card).to_contain_text(re.compile("right passage.*rank [0-9]"))
    card.locator(".fold summary").click()
    expect(card.locator(".passages .right")).to_contain_text("首批300台")
    page.locator(".kinds label", has_text="Wrongly answered").click()
    expect(page.locator(".kind:visible")).to_have_count(1)
    expect(page.locator(".kind.wrongly-answered")).to_be_visible()
    page.close()


def test_every_measure_is_shown_with_interval_count_and_meaning(folder: Path) -> None:
    html = (folder / "report.html").read_text("utf-8")
    for name, result in read_summary(folder).measures.items():
        assert MEASURES[name].meaning.html() in html
        digits = 1 if DEFINITIONS[name].unit else 3
        assert f"{result.low:,.{digits}f} – {result.high:,.{digits}f}" in html
    assert MEASURES.keys() == DEFINITIONS.keys()
    assert FAILURE_TEXTS.keys() == {*FAILURES}
    assert "set.jsonl:4" in html  # what is wrong with the set
    assert "old" in html


def test_thousands_of_failures_make_a_page_that_opens(tmp_path: Path) -> None:
    """What is not shown is counted; rows.jsonl has it."""
    rows = [row(str(n), "文" * 400, failure="not quoted") for n in range(3000)]
    html = render_html(summarize(rows, RUN), rows)
    assert html.count('<article class="failure"') == 100
    assert "The first 100 are shown; 2,900 more are in rows.jsonl." in html
    assert len(html.encode()) < 6_000_000


def test_the_same_run_gives_the_same_report(folder: Path) -> None:
    summary = read_summary(folder)
    assert render_html(summary, read_rows(folder)) == render_html(summary, read_rows(folder))


def test_plots_are_accessible_translated_and_in_the_page_s_colours(folder: Path) -> None:
    summary, rows = read_summary(folder), list(read_rows(folder))
    for language in CAPTIONS:
        plots = draw_plots(summary, rows, language=language)
        assert plots.keys() == CAPTIONS[language].keys()
        for name, plot in plots.items():
            drawn = ET.fromstring(plot)  # noqa: S314 # our own
            texts = [text.text or "" for text in drawn.iter() if text.tag.endswith("}text")]
            assert drawn.attrib["role"] == "img"
            assert CAPTIONS[language][name].title in plot
            assert bool(re.search("[a-z]{4}", "".join(texts))) == (language == "en")
            assert not re.search(r"style=|#[0-9a-f]{6}[\"; ]|font-family", plot)
            assert plot.count("var(--qa-accent") > 0


def test_the_recall_curve_goes_through_the_measures(folder: Path) -> None:
    """Curve and table say the same: 214 units are 0 to 1.05, from 48 above the lower edge."""
    summary, rows = read_summary(folder), list(read_rows(folder))
    plot = draw_plots(summary, rows, language="en")["recall"]
    curves = [path for path in re.findall(r' d="M ([^"]*)"', plot) if path.count("L") == 49]
    for curve, measures in zip(
        curves, [("recall@1", "recall@5", "recall@10"), ("passage_success@1",)], strict=True
    ):
        heights = [float(point.split()[1]) for point in curve.split("L")]
        for name in measures:
            k = int(name.partition("@")[2])
            share = (300 - 48 - heights[k - 1]) / 214 * 1.05
            assert share == pytest.approx(summary.measures[name].value, abs=0.001)


def test_a_plot_that_the_run_has_nothing_for_is_left_out() -> None:
    rows = [row("a")]
    assert draw_plots(summarize(rows, RUN), rows, language="en").keys() == {"latency"}
    assert "<svg" in render_html(summarize(rows, RUN), rows)


def test_without_matplotlib_nothing_is_asked_and_the_extra_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder.parent)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["eval", "set.jsonl", "--out", "third"]) == 2
    assert "pip install 'qa-bot[eval]'" in capsys.readouterr().err
    assert not (folder.parent / "third").exists()
    with pytest.raises(EvaluationError, match=r"qa-bot\[eval\]"):
        write_html(folder, read_summary(folder))


def test_matplotlib_is_imported_with_the_first_plot_only() -> None:
    code = "import sys, qa_bot.evaluation.html_report; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"


def test_a_folder_that_cannot_be_written_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes((folder / "rows.jsonl").read_bytes())
    (tmp_path / "report.html").mkdir()
    with pytest.raises(EvaluationError, match=r"cannot be written .*; choose another folder"):
        write_html(tmp_path, read_summary(folder))
