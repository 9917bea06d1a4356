"""All views of the web chat together: nothing acts that is only shown, and nobody is kept out."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from qa_bot import QABot
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.settings import Settings
from tests.attacks import ATTACKS, write_attack_corpus
from tests.browser import opened, served, started
from tests.conftest import write_articles

DESK = {"width": 1440, "height": 900}
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as running:
        yield running


def _faults(page: Page) -> list[str]:
    """Return what axe-core calls serious, with an element each, once nothing fades in any more."""
    page.evaluate(
        """() => Promise.all(document.getAnimations()
            .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
            .map((animation) => animation.finished.catch(() => null)))"""
    )
    found = Axe().run(page).response
    assert found["passes"], "nothing was looked at"
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in SERIOUS
    ]


def _ask(page: Page, question: str) -> None:
    count = page.locator(".qa-turn").count()
    page.locator(".qa-ask textarea").fill(question)
    page.locator(".qa-ask textarea").press("Enter")
    expect(page.locator(".qa-turn")).to_have_count(count + 1)


@pytest.mark.parametrize(
    "reader",
    [
        {"locale": "zh-CN", "color_scheme": "dark"},
        {"locale": "en-US", "color_scheme": "light", "viewport": DESK},
    ],
    ids=["a Chinese reader's phone, dark", "an English reader's desk, light"],
)
def test_axe_finds_no_serious_fault_in_any_view(
    bot: QABot, browser: Browser, tmp_path: Path, reader: dict[str, str]
) -> None:
    settings = Settings(port=0, question_sets=str(tmp_path), feedback=str(tmp_path / "f.jsonl"))
    (tmp_path / "set.jsonl").write_text('{"question": "减速器的寿命有多长？"}\n', encoding="utf-8")
    faults = {}
    with served(bot, settings) as url, opened(browser, **reader) as page:
        page.goto(url)
        expect(page.locator(".qa-sample").first).to_be_visible()
        faults["empty"] = _faults(page)
        _ask(page, "邵启明认为小企业怎样留住人才？")
        _ask(page, "那卓雨呢？")
        _ask(page, "两位专家对留住人才的看法有什么不同？")
        _ask(page, "月球基地什么时候建成？")
        faults["answers"] = _faults(page)
        page.locator(".qa-quote-tools .qa-tool").first.click()
        expect(page.locator(".qa-source-text mark").first).to_be_visible()
        faults["source"] = _faults(page)
        page.keyboard.press("Escape")
        page.locator(".qa-scope-bar > button").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        faults["scope"] = _faults(page)
        page.keyboard.press("Escape")
        page.goto(f"{url}#library")
        expect(page.locator(".qa-entry")).to_have_count(4)
        faults["library"] = _faults(page)
        page.locator(".qa-entry a").first.click()
        expect(page.locator("#qa-library .qa-reading h2")).to_be_visible()
        faults["reading"] = _faults(page)
        page.goto(f"{url}#evaluation")
        expect(page.get_by_role("radio").first).to_be_visible()
        faults["evaluation"] = _faults(page)
    assert faults == {view: [] for view in faults}


def test_a_corpus_full_of_attacks_is_shown_as_plain_text(
    browser: Browser, encoder: Encoder, tmp_path: Path
) -> None:
    """Every field of an article, its file's name and the questions try to become a program."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    questions = write_attack_corpus(corpus)
    sets = tmp_path / "sets"
    sets.mkdir()
    (sets / "<img src=x onerror=window.attacked=1>.jsonl").write_text(
        '{"question": "第5项补贴每人每月多少元？"}\n', encoding="utf-8"
    )
    build_index(corpus, index, encoder)
    settings = Settings(port=0, question_sets=str(sets), feedback=str(tmp_path / "f.jsonl"))
    with (
        QABot.open(index, corpus=corpus) as bot,
        served(bot, settings) as url,
        opened(browser, viewport=DESK) as page,
    ):
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        page.goto(url)
        expect(page.locator(".qa-welcome p")).to_be_visible()
        for question in questions[:6]:
            _ask(page, question)
        expect(page.locator(".qa-turn").nth(1).locator(".qa-words").first).to_contain_text(
            ATTACKS[1]
        )
        page.locator(".qa-turn").nth(1).locator(".qa-quote-tools .qa-tool").first.click()
        expect(page.locator(".qa-source-text mark").first).to_be_visible()
        _is_unharmed(page)
        page.keyboard.press("Escape")
        page.locator(".qa-scope-bar > button").click()
        page.get_by_role("combobox").first.press_sequentially("工匠")
        expect(page.get_by_role("option").first).to_contain_text(ATTACKS[0])
        _is_unharmed(page)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.goto(f"{url}#library")
        expect(page.locator(".qa-entry").first).to_contain_text(ATTACKS[0])
        _is_unharmed(page)
        page.locator(".qa-entry a").first.click()
        expect(page.locator("#qa-library .qa-reading")).to_contain_text(ATTACKS[1])
        _is_unharmed(page)
        page.goto(f"{url}#evaluation")
        expect(page.get_by_role("radio").first).to_be_visible()
        _is_unharmed(page)
        page.goto(f"{url}#quote/%3Cimg%20src%3Dx%3E/0-5/abc")
        page.reload()
        expect(page.locator(".qa-turn")).to_have_count(6)  # as they were kept
        _is_unharmed(page)


def _is_unharmed(page: Page) -> None:
    assert page.evaluate("window.attacked") is None
    assert page.locator("img[src=x], iframe, object, embed, [onerror], [onload]").count() == 0
    assert page.locator("a[href^='javascript:' i], base:not([href='./'])").count() == 0


def test_the_index_is_rebuilt_while_readers_ask(
    browser: Browser, encoder: Encoder, tmp_path: Path
) -> None:
    """A new article is found without a restart, and no question fails meanwhile."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    lamp = "# 灯塔\n\n灯塔的新灯每晚可以亮十一个小时。\n"
    write_articles(corpus, {"lamp.md": lamp, "market.md": "# 夜市\n\n夜市有摊主260人。\n"})
    build_index(corpus, index, encoder)
    with (
        QABot.open(index, corpus=corpus) as bot,
        served(bot, Settings(port=0)) as url,
        opened(browser) as page,
    ):
        page.goto(url)
        expect(page.locator(".qa-welcome p")).to_be_visible()
        _ask(page, "渡口的船票多少钱？")
        expect(page.locator(".qa-abstained")).to_be_visible()
        write_articles(corpus, {"ferry.md": "# 渡口\n\n渡口的船票从三元涨到五元。\n"})
        building = threading.Thread(target=build_index, args=(corpus, index, encoder))
        building.start()
        while building.is_alive():
            _ask(page, "灯塔的新灯每晚可以亮多久？")
            expect(page.locator(".qa-turn").last.locator("mark")).to_contain_text("十一个小时")
        expect(page.locator(".qa-composer .qa-notice")).to_be_hidden()
        for _ in range(50):  # the new index is opened by a thread of its own
            _ask(page, "渡口的船票多少钱？")
            if page.locator(".qa-turn").last.locator("mark").count():
                break
            page.wait_for_timeout(200)
        expect(page.locator(".qa-turn").last.locator(".qa-words")).to_contain_text("五元")


def test_a_reader_switches_language_and_theme(bot: QABot, browser: Browser) -> None:
    """The choice stays, and the conversation with it."""
    with served(bot, Settings(port=0)) as url, opened(browser, color_scheme="light") as page:
        page.goto(url)
        expect(page.locator(".qa-welcome p")).to_be_visible()
        _ask(page, "减速器的寿命有多长？")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
        expect(page.locator(".qa-turn .qa-label")).to_have_text("In the articles’ words")
        page.get_by_role("button", name="Light or dark").click()
        expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
        page.reload()
        expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
        assert page.evaluate("document.documentElement.lang") == "en"
        page.goto(f"{url}#evaluation")
        expect(page.get_by_role("button", name="Upload a set")).to_be_visible()
