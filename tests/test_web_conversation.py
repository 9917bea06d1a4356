"""What can be done with a conversation: kept, proven again, exported, gone on from, edited."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from playwright.sync_api import Browser, Page, Route, expect

from qa_bot import QABot
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.markdown import escape_line
from qa_bot.records import Answer, Span
from qa_bot.settings import Settings
from qa_bot.web.cards import render_turn
from qa_bot.web.conversation_texts import conversation_texts
from qa_bot.web.export_html import export_html
from qa_bot.web.export_markdown import export_markdown
from qa_bot.web.markup import visible
from qa_bot.web.restored import Restored, restore
from qa_bot.web.suggestions import Quoted, Suggestions, read_quoted
from qa_bot.web.texts import EN, ZH
from tests.browser import opened, served, started
from tests.test_web import ATTACK, QUOTE, Elements, with_texts

GIANTS = "南屏市有多少家“小巨人”企业？"
CORNERS = "nodes => nodes.map(node => node.getBoundingClientRect().toJSON())"
SIDES = "两位专家对融资难各有什么观点？"
LISTED = "邵启明认为留住人才要做好哪几件事？"
MOON = "月球基地什么时候建成？"

TIME = "2025-12-01 08:30"


def kept(answer: Answer) -> dict[str, Any]:
    """Return an answer as a browser keeps it."""
    entry: dict[str, Any] = json.loads(json.dumps(answer.to_dict()))
    return entry


def one(entry: Any, bot: QABot) -> Restored:
    """Restore one answer, which has to be one."""
    (restored,) = restore([entry], bot)
    assert restored is not None
    return restored


@pytest.fixture
def own_bot(corpus: Path, tmp_path: Path, encoder: Encoder) -> Iterator[QABot]:
    """A bot over articles that the test may change."""
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus) as bot:
        yield bot


@pytest.mark.parametrize("question", [GIANTS, SIDES, LISTED, MOON])
def test_a_kept_answer_is_shown_as_it_was(bot: QABot, question: str) -> None:
    """A reload must not change what the reader saw."""
    answer = bot.ask(question)
    restored = one(kept(answer), bot)
    assert restored.lost == ()
    assert render_turn(restored.answer, ZH) == render_turn(answer, ZH)


def test_a_quote_whose_file_changed_is_withheld_and_its_file_named(own_bot: QABot) -> None:
    """What cannot be proven any more is not shown, and is not passed off as 'no answer'."""
    entry = kept(own_bot.ask(GIANTS))
    path = Path(own_bot.corpus) / "interview.md"
    path.write_text(path.read_text("utf-8").replace("企业12家", "企业13家"), "utf-8")
    restored = one(entry, own_bot)
    html = render_turn(restored.answer, ZH, lost=restored.lost, is_withheld=restored.is_withheld)
    assert restored.answer.quotes == ()
    assert restored.is_withheld
    assert "<mark" not in html
    assert "12家" not in html
    assert "已经找不到当时引用的原文" in html
    assert "interview.md" in html
    assert ZH.abstained not in html
    written = export_markdown([restored], ZH, time=TIME)
    assert "已经找不到当时引用的原文" in written
    assert "12家" not in written


def test_of_two_quotes_the_one_whose_file_is_left_stays(own_bot: QABot) -> None:
    """One removed file does not take the others' quotes away."""
    entry = kept(own_bot.ask(GIANTS))
    gone = kept(own_bot.ask("南屏齿轮厂首批交付多少台减速器？"))
    entry["quotes"] += gone["quotes"]
    (Path(own_bot.corpus) / "news/gears.md").unlink()
    restored = one(entry, own_bot)
    assert [quote.article.id for quote in restored.answer.quotes] == ["interview.md"]
    assert not restored.is_withheld
    assert len(restored.lost) == 1
    assert restored.lost[0].endswith("gears.md")


@pytest.mark.parametrize(
    "change",
    [
        {"text": "南屏市有“小巨人”企业9999家。"},
        {"start": 0},
        {"line_start": 1, "line_end": 1},
        {"speaker": {"name": "毛建平", "role": None}},
        {"section": "资金怎么办"},
        {"path": "/etc/passwd"},
        {"highlights": [{"start": 0, "end": 3}]},
        {"page": {"file": "p.txt", "line_start": 1, "line_end": 2}},
        {"also_in": 7},
        {"agreeing": [{}]},
    ],
)
def test_a_quote_tampered_with_is_not_shown(bot: QABot, change: dict[str, Any]) -> None:
    """What stands in a browser's store may have been changed by anybody."""
    entry = kept(bot.ask(GIANTS))
    entry["quotes"] = [{**entry["quotes"][0], **change}]
    restored = one(entry, bot)
    assert restored.answer.quotes == ()
    assert restored.is_withheld


@pytest.mark.parametrize(
    "change",
    [
        {"question": 1},
        {"question": "长" * 2001},
        {"understood_as": None},
        {"confidence": float("inf")},
        {"confidence": "0.9"},
        {"confidence": 3},
        {"answered": False},
        {"quotes": "x"},
        {"passages": None},
        {"scope": {"planet": "Mars"}},
        {"timings_ms": []},
    ],
)
def test_an_answer_tampered_with_is_none(bot: QABot, change: dict[str, Any]) -> None:
    assert restore([{**kept(bot.ask(GIANTS)), **change}], bot) == [None]


def test_of_anything_else_nothing_is_restored(bot: QABot) -> None:
    assert restore("x", bot) == []
    assert restore([None, 1, {}, []], bot) == [None] * 4
    assert len(restore([None] * 500, bot)) == 200


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**6), st.floats(), st.text(max_size=8)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
)


@given(data=st.data())
def test_whatever_is_changed_in_the_browser_nothing_unproven_is_shown(
    bot: QABot, data: st.DataObject
) -> None:
    """No entry breaks the page, and what is shown as a quote stands in its file."""
    entry = kept(bot.ask(LISTED))
    place: Any = entry
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not (isinstance(place[key], dict | list) and place[key]) or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    for restored in filter(None, restore([entry], bot)):
        render_turn(restored.answer, ZH, lost=restored.lost, is_withheld=restored.is_withheld)
        export_markdown([restored], ZH, time=TIME)
        json.dumps(restored.answer.to_dict(), allow_nan=False)
        for quote in restored.answer.quotes:
            text = (Path(bot.corpus) / quote.article.id).read_text("utf-8")
            assert text[quote.span.start : quote.span.end] == quote.text


def markdown(text: str) -> list[Token]:
    """Read Markdown as strictly as it is read anywhere: tables and ~~ too."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


def shown(tokens: list[Token]) -> str:
    """Return what a reader sees, white space aside."""
    words = "".join(t.content for t in tokens if t.type in ("text", "code_inline", "html_inline"))
    return re.sub(r"\s", "", words)


MARKDOWN = st.text(st.sampled_from("\\`*_{}[]()<>#+-.!|~&;:/=1a 甲“。\n\t") | st.characters())


@given(text=MARKDOWN)
def test_an_exported_text_is_shown_and_does_nothing(text: str) -> None:
    tokens = markdown(escape_line(" ".join(visible(text).split())))
    assert {token.type for token in tokens} <= {
        *("paragraph_open", "paragraph_close", "inline", "text"),
    }
    assert shown(tokens) == re.sub(r"\s", "", visible(text))


OURS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text"),
    *("strong_open", "strong_close", "hardbreak", "blockquote_open", "blockquote_close"),
}


@given(text=MARKDOWN.filter(str.strip), first=st.integers(0, 6), length=st.integers(1, 9))
def test_an_article_cannot_inject_anything_into_an_exported_conversation(
    text: str, first: int, length: int
) -> None:
    """Rendered again, every text is there, and no link, HTML, picture or heading but ours."""
    answer = with_texts(text)
    quotes = (replace(answer.quotes[0], highlights=(Span(first, first + length),)),)
    exported = export_markdown(
        [Restored(replace(answer, quotes=quotes, scope=None), (), is_withheld=False, titles={})],
        ZH,
        time=TIME,
    )
    tokens = markdown(exported)
    assert {token.type for token in tokens} <= OURS
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings == ["h1", "h2"]
    assert re.sub(r"\s", "", visible(text)) in shown(tokens)


def test_an_exported_quote_has_the_answer_in_bold_and_all_of_its_source(bot: QABot) -> None:
    answers = [bot.ask(GIANTS), bot.ask(LISTED), bot.ask(MOON)]
    exported = export_markdown([one(kept(each), bot) for each in answers], ZH, time=TIME)
    tokens = markdown(exported)
    text = shown(tokens)
    for expected in (
        "对话导出于2025-12-0108:30",
        *(quote.text for answer in answers for quote in answer.quotes),
        "—邵启明（南屏大学教授）",
        "《让小企业长成参天树》·何晓岚（南屏晚报记者）·南屏晚报·2025-10-08·人才从哪里来",
        "interview.md第18行",
        "这些文章没有回答这个问题。",
    ):
        assert re.sub(r"\s", "", expected) in text
    bold = [after.content for token, after in pairwise(tokens) if token.type == "strong_open"]
    assert "12家" in bold


def test_a_web_address_is_the_only_link_of_an_export() -> None:
    url = "https://example.org/a_(b)?x=<y>&z=中"
    answer = with_texts("x", url)
    tokens = markdown(
        export_markdown([Restored(answer, (), is_withheld=False, titles={})], EN, time=TIME)
    )
    links = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert links == {"https://example.org/a_(b)?x=%3Cy%3E&z=%E4%B8%AD"}


def test_an_exported_page_asks_for_nothing_and_runs_nothing() -> None:
    """It is opened anywhere, years later, from a disk."""
    html = export_html(
        [Restored(with_texts(ATTACK), (ATTACK,), is_withheld=False, titles={})], EN, time=TIME
    )
    found = Elements(html).found
    assert {tag for tag, _ in found}.isdisjoint({"script", "img", "link", "iframe", "base"})
    assert not [name for _, attributes in found for name in attributes if name.startswith("on")]
    assert "default-src 'none'" in html
    assert not re.search(r"url\(|@import", html)
    assert "Conversation exported on 2025-12-01 08:30" in html


def test_sides_of_a_comparison_stand_under_their_names(bot: QABot) -> None:
    """Each column says whose it is; points count from 1 in each, quotes through all of them."""
    answer = bot.ask(SIDES)
    elements = Elements(render_turn(answer, ZH))
    classes = [attributes.get("class") for _, attributes in elements.found]
    assert classes.count("qa-side") == 2
    assert [tag for tag, a in elements.found if a.get("class") == "qa-speaker"] == ["h3", "h3"]
    numbers = [a["data-quote"] for _, a in elements.found if "data-quote" in a]
    assert numbers == [str(number) for number, _ in enumerate(answer.quotes, 1)]
    assert {a["start"] for tag, a in elements.found if tag == "ol"} <= {"1"}
    assert "qa-side" not in render_turn(bot.ask(LISTED), ZH)


def test_one_side_alone_is_shown_as_any_answer() -> None:
    """When the other person's words are gone, there is nothing to put it beside."""
    answer = replace(with_texts("甲"), quotes=(QUOTE,), is_comparison=True)
    assert "qa-side" not in render_turn(answer, ZH)


def quoted(answer: Answer) -> list[Quoted]:
    """Return what a browser sends of an answer."""
    return [
        Quoted(
            each.article.id, each.speaker.name if each.speaker else None, each.section, each.span
        )
        for each in answer.quotes
    ]


@pytest.mark.parametrize("question", [GIANTS, SIDES, LISTED, "邵启明怎么看融资难的症结？"])
def test_what_is_suggested_is_new_and_answered_from_the_quoted_articles(
    bot: QABot, question: str
) -> None:
    answer = bot.ask(question)
    questions = Suggestions().after(bot, [question], quoted(answer))
    assert len(questions) <= 3
    assert question not in questions
    for each in questions:
        follow_up = bot.ask(each, history=[question])
        assert follow_up.answered
        assert {q.article.id for q in follow_up.quotes} <= {q.article.id for q in answer.quotes}
        assert not {q.text for q in follow_up.quotes} & {q.text for q in answer.quotes}


def test_after_one_speaker_the_other_is_suggested_once(bot: QABot) -> None:
    suggestions = Suggestions()
    history = ["邵启明怎么看融资难的症结？"]
    questions = suggestions.after(bot, history, quoted(bot.ask(history[0])))
    assert questions[0] == "那卓雨呢？"
    history.append("那卓雨呢？")
    answer = bot.ask("那卓雨呢？", history=history[:1])
    assert {quote.speaker and quote.speaker.name for quote in answer.quotes} == {"卓雨"}
    assert "那卓雨呢？" not in suggestions.after(bot, history, quoted(answer))


def test_what_a_browser_sends_of_quotes_may_be_anything(bot: QABot) -> None:
    assert read_quoted({"article": "interview.md"}) == []
    assert read_quoted([1, None, {"article": 1}]) == []
    stranger = Quoted("../../etc/passwd", "邵启明", None, Span(0, 9))
    assert Suggestions().after(bot, [GIANTS], [stranger]) == []


def test_both_languages_have_all_texts() -> None:
    """A text left empty would be a button without a name."""
    for texts in (ZH, EN):
        words = conversation_texts(texts)
        assert all(getattr(words, name) for name in words.__slots__)


@pytest.fixture(scope="module")
def address(bot: QABot) -> Iterator[str]:
    """The web chat over the four articles, served on loopback."""
    with served(bot, Settings(port=0)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; each page of it belongs to another reader."""
    with started() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A Chinese reader's wide screen."""
    with opened(browser, viewport={"width": 1440, "height": 900}) as page:
        yield page


def ask(page: Page, question: str) -> None:
    """Type a question, send it, and wait for its answer."""
    count = page.locator(".qa-turn").count()
    page.locator(".qa-ask textarea").fill(question)
    page.locator(".qa-ask textarea").press("Enter")
    expect(page.locator(".qa-turn")).to_have_count(count + 1)
    expect(page.locator(".qa-ask textarea")).to_have_value("")


def questions(page: Page) -> list[str]:
    """Return the questions of the conversation as it is shown."""
    found = page.locator(".qa-turn .qa-question").all_text_contents()
    return [re.sub(r"^\s*(问题|Question): ", "", each) for each in found]


def test_a_conversation_outlives_a_reload_and_is_edited_exported_and_removed(
    address: str, page: Page, tmp_path: Path
) -> None:
    """One reader's hour with the chat."""
    page.goto(address)
    expect(page.locator(".qa-sample").first).to_be_visible()
    expect(page.get_by_role("button", name="对话记录")).to_be_hidden()  # nothing to find there

    # Two quick Enters ask once, and the question is at the top of what is seen.
    box = page.get_by_label("您的问题")
    box.fill("邵启明怎么看融资难的症结？")
    box.press("Enter")
    box.press("Enter")
    expect(page.locator(".qa-turn")).to_have_count(1)
    expect(page.locator(".qa-composer .qa-notice")).to_be_hidden()
    expect(page.locator(".qa-column > [role=status]")).to_contain_text("症结是缺少抵押物")
    expect(page.locator(".qa-column > [role=status]")).not_to_contain_text("修改问题")
    page.wait_for_function(
        "() => Math.abs(document.querySelector('.qa-question').getBoundingClientRect().top) < 120"
    )

    # What is suggested is asked with one click, and focus is not lost with the button.
    page.locator(".qa-next").get_by_role("button", name="那卓雨呢？").click()
    expect(page.locator(".qa-turn")).to_have_count(2)
    expect(page.locator(".qa-turn").nth(1)).to_contain_text("风险补偿资金池")
    assert page.evaluate("document.activeElement.className") == "qa-question"
    shown = page.locator(".qa-turn").nth(1).locator(".qa-card").inner_html()

    # Reload, and another language, bring it back; the next question still follows it up.
    page.reload()
    expect(page.locator(".qa-turn")).to_have_count(2)
    assert page.locator(".qa-turn").nth(1).locator(".qa-card").inner_html() == shown
    expect(page.locator(".qa-welcome")).to_be_hidden()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Your question")).to_be_visible()
    expect(page.locator(".qa-turn")).to_have_count(2)
    expect(page.locator(".qa-turn").nth(1)).to_contain_text("In the articles’ words")
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".qa-turn")).to_have_count(2)
    ask(page, "那邵启明呢？")
    expect(page.locator(".qa-turn").nth(2).locator(".qa-understood").first).to_contain_text(
        "融资难"
    )

    # Retry takes the last answer's place; an edit that is given up changes nothing, one that is
    # sent takes the place of all that follows.
    page.get_by_role("button", name="重新回答").click()
    expect(page.locator(".qa-turn")).to_have_count(3)
    box.fill("还没写完")
    page.get_by_role("button", name="修改问题：那卓雨呢？").click()
    expect(box).to_have_value("那卓雨呢？")
    expect(box).to_be_focused()
    box.press("Escape")
    expect(box).to_have_value("还没写完")
    expect(page.get_by_role("button", name="修改问题：那卓雨呢？")).to_be_focused()
    page.keyboard.press("Enter")
    box.fill(SIDES)
    box.press("Enter")
    expect(page.locator(".qa-turn")).to_have_count(2)
    assert questions(page) == ["邵启明怎么看融资难的症结？", SIDES]
    sides = page.locator(".qa-side")
    expect(sides).to_have_count(2)
    left, right = sides.evaluate_all(CORNERS)  # at once: the page may still be scrolling
    assert left["y"] == right["y"]
    assert left["x"] < right["x"]
    page.set_viewport_size({"width": 390, "height": 844})
    upper, lower = sides.evaluate_all(CORNERS)
    assert upper["y"] < lower["y"]

    # Both files hold the conversation.
    for name, suffix in (("Markdown 文件", "md"), ("网页文件（HTML）", "html")):
        page.get_by_role("button", name="导出").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename.endswith(f".{suffix}")
        download.value.save_as(tmp_path / suffix)
        text = (tmp_path / suffix).read_text("utf-8")
        assert SIDES in text
        assert "邵启明" in text
    page.get_by_role("button", name="导出").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Markdown 文件")).to_be_hidden()
    expect(page.get_by_role("button", name="导出")).to_be_focused()

    # Another conversation; the first one is found again, and forgotten.
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".qa-turn")).to_have_count(0)
    expect(page.locator(".qa-welcome")).to_be_visible()
    expect(box).to_be_focused()
    ask(page, MOON)
    page.get_by_role("button", name="对话记录").click()
    history = page.get_by_role("dialog", name="对话记录")
    expect(history.get_by_role("listitem")).to_have_count(2)
    expect(history.get_by_role("listitem").nth(0)).to_contain_text("1 个问题 · 当前对话")
    page.keyboard.press("Escape")
    expect(history).to_be_hidden()
    expect(page.get_by_role("button", name="对话记录")).to_be_focused()
    page.keyboard.press("Enter")
    history.get_by_role("button", name=re.compile("^邵启明怎么看.*2 个问题")).click()
    expect(page.locator(".qa-turn")).to_have_count(2)
    page.get_by_role("button", name="对话记录").click()
    history.get_by_role("button", name=f"删除对话：{MOON}").click()
    expect(history.get_by_role("listitem")).to_have_count(1)
    history.get_by_role("button", name="全部删除").click()
    expect(history).to_contain_text("删除全部 1 个对话？")
    history.get_by_role("button", name="取消").click()
    expect(history.get_by_role("listitem")).to_have_count(1)
    history.get_by_role("button", name="全部删除").click()
    history.get_by_role("button", name="确定删除").click()
    expect(history).to_contain_text("还没有对话。")
    history.get_by_role("button", name="关闭").click()
    expect(box).to_be_focused()
    expect(page.locator(".qa-turn")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('conversation'))") == []


def test_a_question_is_kept_when_it_is_stopped_or_the_server_fails(
    address: str, page: Page
) -> None:
    """Nothing that was typed is lost, and asking again is one click."""
    page.goto(address)
    expect(page.locator(".qa-sample").first).to_be_visible()
    calls = re.compile("component_server")
    held: list[Route] = []
    page.route(calls, lambda route: held.append(route))
    box = page.get_by_label("您的问题")
    notice = page.locator(".qa-composer .qa-notice")

    sample = page.locator(".qa-sample").first
    question = sample.text_content()
    sample.click()
    page.wait_for_timeout(450)  # a double click must not stop
    page.get_by_role("button", name="停止").click()
    expect(box).to_have_value(question or "")
    expect(notice).to_contain_text("已停止。")
    box.fill(MOON)
    box.press("Enter")
    expect(page.get_by_role("button", name="停止")).to_be_visible()
    box.press("Escape")
    expect(notice).to_contain_text("已停止。")
    expect(box).to_have_value(MOON)
    while held:
        held.pop().continue_()

    page.unroute(calls)
    page.route(calls, lambda route: route.fulfill(status=200, body="no JSON"))
    box.fill(GIANTS)
    box.press("Enter")
    expect(notice).to_contain_text("连不上服务器")
    expect(box).to_have_value(GIANTS)
    page.unroute(calls)
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".qa-turn")).to_have_count(1)
    expect(notice).to_be_hidden()
    expect(box).to_have_value("")
    expect(page.locator(".qa-turn mark")).to_contain_text("12家")


FORBIDDEN = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get: () => { throw new DOMException("denied"); } });
"""


def test_a_browser_that_keeps_nothing_still_chats(address: str, page: Page) -> None:
    page.add_init_script(FORBIDDEN)
    page.goto(address)
    ask(page, GIANTS)
    ask(page, MOON)
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".qa-turn")).to_have_count(0)


def test_what_was_changed_in_the_store_is_not_shown_as_a_quote(address: str, page: Page) -> None:
    """Neither HTML nor a forged quote comes back, and the oldest conversations go first."""
    page.goto(address)
    ask(page, GIANTS)
    ask(page, LISTED)
    page.evaluate(
        """attack => {
          const key = Object.keys(localStorage).find(key => key.startsWith("qa-conversation-"));
          const kept = JSON.parse(localStorage.getItem(key));
          kept.turns[0].answer.quotes[0].text = "南屏市有“小巨人”企业9999家。";
          kept.turns[1].answer.quotes = attack;
          kept.turns[1].answer.question = attack;
          localStorage.setItem(key, JSON.stringify(kept));
          localStorage.setItem("qa-conversation-x", "no JSON");
          for (let n = 0; n < 60; n++) {
            const turns = [{ answer: { question: `第${n}问` } }];
            localStorage.setItem(`qa-conversation-n${n}`, JSON.stringify({ when: n, turns }));
          }
        }""",
        ATTACK,
    )
    page.reload()
    expect(page.locator(".qa-turn")).to_have_count(2)
    first, second = page.locator(".qa-turn").nth(0), page.locator(".qa-turn").nth(1)
    expect(first).to_contain_text("已经找不到当时引用的原文")
    expect(first).not_to_contain_text("9999")
    expect(second).to_contain_text(ATTACK)
    expect(second).to_contain_text("这条记录已经无法读取")
    expect(page.locator(".qa-turn mark")).to_have_count(0)

    ask(page, MOON)
    page.get_by_role("button", name="对话记录").click()
    history = page.get_by_role("dialog")
    expect(history.get_by_role("listitem")).to_have_count(50)
    expect(history.get_by_role("listitem").nth(1)).to_contain_text("第59问")
    assert page.evaluate("localStorage.getItem('qa-conversation-n10')") is None
