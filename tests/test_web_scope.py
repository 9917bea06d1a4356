"""The choice of a scope: what is suggested, what is no longer there, and a reader's keyboard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from qa_bot import QABot
from qa_bot.settings import Settings
from qa_bot.web.calls import NoticeError
from qa_bot.web.chat import Chat
from qa_bot.web.live import LiveBot
from qa_bot.web.scope_picker import ScopePicker
from qa_bot.web.texts import EN, ZH
from tests.browser import opened, served, started
from tests.test_web import ATTACK

FIRMS = "南屏市有多少家“小巨人”企业？"


@pytest.fixture(scope="module")
def live(bot: QABot) -> Iterator[LiveBot]:
    """The four articles, as the web chat holds them."""
    index = bot.snapshot.folder.parent
    with LiveBot(lambda: QABot.open(index, corpus=bot.corpus), index) as live:
        yield live


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("articles", "减速器", ["news/gears.md"]),
        ("articles", "參天樹", ["interview.md"]),  # traditional characters find simplified ones
        ("articles", "LONG roads", ["english.md"]),
        ("articles", "", ["english.md", "opinion.md", "news/gears.md", "interview.md"]),
        ("authors", "文", ["季文远"]),
        ("authors", "", ["何晓岚", "季文远", "莫然", "Helen Ward"]),
        ("speakers", "邵", ["邵启明"]),
        ("sources", "news", ["Nanping Evening News"]),
        ("sources", "", ["南屏晚报", "Nanping Evening News"]),  # most articles first
        ("authors", "%", []),
        ("articles", "_", []),
        ("dates", "2", []),
        (["authors"], "文", []),
        ("authors", None, ["何晓岚", "季文远", "莫然", "Helen Ward"]),
        ("articles", "\ud800\x00" * 999, []),
    ],
)
def test_what_holds_the_letters_is_suggested(
    live: LiveBot, field: Any, text: Any, expected: list[str]
) -> None:
    """By part, whatever the width or form; anything else that is sent finds nothing."""
    found = ScopePicker(live).suggest_names({"field": field, "text": text}, ZH)["suggestions"]
    values = [suggestion["value"] for suggestion in found]
    assert sorted(values) == sorted(expected) if field == "authors" else values == expected


def test_articles_are_suggested_with_what_tells_them_apart(live: LiveBot) -> None:
    (found,) = ScopePicker(live).suggest_names({"field": "articles", "text": "减速器"}, ZH)[
        "suggestions"
    ]
    assert found == {
        "value": "news/gears.md",
        "label": "南屏齿轮厂交付首批机器人减速器",
        "note": "南屏晚报 · 2025-10-20",
    }


def test_what_is_no_longer_there_is_told_apart(live: LiveBot) -> None:
    """An article may have been removed since it was chosen."""
    scope = {"articles": ["gone.md", "opinion.md", "\ud800"], "authors": ["莫然", "无此人"]}
    found = ScopePicker(live).look_up({"scope": scope}, ZH)
    assert found["titles"] == {"opinion.md": "法治是最好的营商环境"}
    assert found["missing"] == {
        "articles": ["gone.md", "\ud800"],
        "authors": ["无此人"],
        "speakers": [],
        "sources": [],
    }
    assert ScopePicker(live).look_up({"scope": ["x"]}, ZH)["titles"] == {}


def test_a_scope_that_names_nothing_is_told_in_the_reader_s_language(live: LiveBot) -> None:
    asked = {"question": FIRMS, "scope": {"articles": ["gone.md"]}}
    with pytest.raises(NoticeError, match="已经不在"):
        Chat(live).ask(asked, ZH)
    with pytest.raises(NoticeError, match="no longer there"):
        Chat(live).ask(asked, EN)
    dates = {"since": "2025-12-01", "until": "2025-01-01"}
    with pytest.raises(NoticeError, match="日期的先后"):
        Chat(live).ask({"question": FIRMS, "scope": dates}, ZH)


def test_an_answer_names_the_articles_of_its_scope_by_their_titles(live: LiveBot) -> None:
    """Also one that nothing is quoted from, and also when the browser shows the answer again."""
    chat = Chat(live)
    scope = {"articles": ["interview.md", "opinion.md"]}
    asked = chat.ask({"question": FIRMS, "scope": scope}, ZH)
    (again,) = chat.render({"answers": [asked["answer"]]}, ZH)["turns"]
    for html in (asked["html"], again["html"]):
        assert "文章 《让小企业长成参天树》、《法治是最好的营商环境》" in html
    assert "qa-scope" not in chat.ask({"question": FIRMS, "scope": ["opinion.md"]}, ZH)["html"]


@pytest.fixture
def page(bot: QABot, tmp_path: Path) -> Iterator[Page]:
    """A Chinese reader's phone, with the web chat open."""
    settings = Settings(port=0, feedback=str(tmp_path / "feedback.jsonl"))
    with served(bot, settings) as address, started() as browser, opened(browser) as page:
        page.goto(address)
        expect(page.locator(".qa-sample").first).to_be_visible()
        yield page


def test_a_reader_asks_within_one_article_by_the_keyboard_alone(page: Page) -> None:
    """Chosen, kept for the next question, removed, set by another view, and gone meanwhile."""
    box = page.get_by_label("您的问题")
    scope = page.locator(".qa-scope-bar > button")
    chips = page.locator(".qa-scope-bar li")
    dialog = page.get_by_role("dialog")

    def ask(question: str) -> None:
        box.fill(question)
        box.press("Enter")

    expect(scope).to_have_text("范围：全部文章")
    scope.press("Enter")
    article = dialog.get_by_role("combobox", name="文章")
    expect(article).to_be_focused()
    page.keyboard.type("减速器")
    option = dialog.get_by_role("option", name="南屏齿轮厂交付首批机器人减速器")
    expect(option).to_be_visible()
    expect(article).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")  # closes the list only
    expect(option).to_be_hidden()
    expect(dialog).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(option).to_be_visible()
    page.keyboard.press("Enter")  # the only one
    expect(article).to_be_focused()
    expect(dialog.locator(".qa-field").first).to_contain_text("《南屏齿轮厂交付首批机器人减速器》")

    late: list[Route] = []  # the answer to the first letter comes after that to the word
    page.route(
        "**/component_server**",
        lambda route: (
            late.append(route)
            if '"text":"市"' in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    options = dialog.get_by_role("option")
    with page.expect_request(lambda request: '"text":"市"' in (request.post_data or "")):
        page.keyboard.insert_text("市")
    page.keyboard.press("Backspace")
    page.keyboard.insert_text("营商环境")
    expect(options).to_have_text(["法治是最好的营商环境南屏晚报 · 2025-10-22"])
    with page.expect_response(lambda response: response.request == late[0].request):
        late[0].continue_()
    page.wait_for_timeout(100)
    expect(options).to_have_count(1)
    article.fill("没有这样的标题")
    expect(dialog.get_by_text("没有找到")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(scope).to_be_focused()
    expect(chips).to_have_count(1)

    ask(FIRMS)  # another article says
    turns = page.locator(".qa-turn")
    expect(turns.nth(0)).to_contain_text("这些文章没有回答这个问题。")
    expect(turns.nth(0)).to_contain_text("文章 《南屏齿轮厂交付首批机器人减速器》")
    ask("减速器的寿命达到多少小时？")
    expect(turns.nth(1).locator("mark")).to_contain_text("8000小时")
    chips.get_by_role("button").press("Enter")
    expect(scope).to_be_focused()
    ask(FIRMS)
    expect(turns.nth(2).locator("mark")).to_contain_text("12家")
    expect(turns.nth(2).locator(".qa-scope")).to_have_count(0)

    page.evaluate("location.hash = '#evaluation'")
    expect(box).to_be_hidden()
    page.evaluate(
        "label => dispatchEvent(new CustomEvent('qa-scope', "
        "{ detail: { articles: ['gone.md'], labels: { 'gone.md': label } } }))",
        ATTACK,
    )
    expect(box).to_be_focused()
    expect(chips).to_contain_text(ATTACK.split("\u202e")[0])
    expect(chips.locator("img, script, a")).to_have_count(0)
    ask(FIRMS)
    expect(page.locator(".qa-composer > .qa-notice")).to_contain_text("已经不在")
    expect(chips).to_contain_text("（已不在）")
    chips.get_by_role("button").click()
    expect(scope).to_have_text("范围：全部文章")
