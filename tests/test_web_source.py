"""The source view: an article with its quote marked, links to it, and what is copied of it."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from qa_bot import QABot
from qa_bot.citation import digest
from qa_bot.corpus import parse_article
from qa_bot.errors import CorpusError
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.records import ImportedFrom, Span
from qa_bot.settings import Settings
from qa_bot.web.calls import NoticeError
from qa_bot.web.live import LiveBot
from qa_bot.web.markup import safe
from qa_bot.web.page_view import render_page
from qa_bot.web.reading import WINDOW, Reading
from qa_bot.web.source import Source
from qa_bot.web.source_texts import source_texts
from qa_bot.web.texts import EN, ZH
from tests.browser import opened, served, started
from tests.conftest import ARTICLES, INTERVIEW, write_articles
from tests.test_web import ATTACK, Elements

PAGE = """\
南屏晚报 2025年10月30日 第6版
老码头的第二个春天
本报记者 阮青禾
南屏老码头关闭十一年后,上周
重新开门迎客。码头管理处主任
龚树人说:"我们没有拆一块砖。"
改造共投入四千二百万元。
广告 招租热线
码头上的吊车全部保留。
"""
IMPORTED = """\
---
title: 老码头的第二个春天
authors: [{name: 阮青禾, role: 本报记者}]
source: 南屏晚报
section: 第6版
date: 2025-10-30
kind: news
captions:
  - 图为老码头的吊车。
imported_from: {file: pages/wharf.txt, lines: [2, 9]}
---
南屏老码头关闭十一年后,上周重新开门迎客。码头管理处主任龚树人说:"我们没有拆一块砖。"

改造共投入四千二百万元。码头上的吊车全部保留。
"""
HOSTILE = f"---\ntitle: 恶意的文章\nsource: 南屏晚报\n---\n## {ATTACK[:200]}\n\n{ATTACK}\n"


class Shown(HTMLParser):
    """What HTML shows and marks, as text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = self.quoted = self.strong = ""
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element; all of ours are closed."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text, and whether it is marked."""
        self.text += data
        self.quoted += data if "mark" in self._open else ""
        self.strong += data if "strong" in self._open else ""


def plain(text: str) -> str:
    """Return a text as the page shows it; a line end is one, however it is written."""
    return re.sub(r"\n+", "\n", unescape(safe(text)))


def span_of(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def reading(text: str, quoted: Span | None = None, *highlights: Span) -> Reading:
    article = parse_article(text.encode(), id="a.md", shown_as="a.md")
    return Reading(article, quoted=quoted, highlights=highlights)


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "## 资金怎么办", "# 题目", "**邵启明:** 留人先要留心。", "***", ATTACK]
        ),
        st.sampled_from(
            ["**卓雨:**", "邵启明：好。好。", "\\# 不是标题", "  两行\r", "👩‍🔬\u3000\t。"]
        ),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    ),
    max_size=12,
)


@given(LINES, st.data())
def test_what_is_marked_is_the_text_at_the_offsets_and_nothing_is_lost(
    lines: list[str], data: st.DataObject
) -> None:
    """Whatever an article holds: its body is shown whole, and of it the quote is marked."""
    front = "---\ntitle: 题目\nspeakers: [{name: 邵启明}, {name: 卓雨}]\nnotes: [甲, 乙]\n---\n"
    text = front + "\n".join(["好。", *lines])
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    try:
        shown = reading(text, Span(start, end), Span(start, start + 2))
    except CorpusError:
        return
    body = shown.body()
    frame = Shown(shown.frame(ZH, source_texts(ZH)))
    assert plain(Shown(body.html).text) == plain(text[len(front) - 1 :])
    assert plain(frame.quoted + Shown(body.html).quoted) == plain(text[start:end])
    assert len(frame.strong + Shown(body.html).strong) <= 2


def test_of_a_sentence_that_stands_twice_the_one_at_the_offsets_is_marked() -> None:
    """Offsets decide: the reader must see the place that was quoted."""
    text = "好。企业要走出去。好。企业要走出去。"
    html = reading(text, Span(11, 18), Span(13, 15)).body().html
    marked = '<mark class="qa-quoted">企业<strong>要走</strong>出去。</mark>'
    assert html.index(marked) > html.index("企业要走出去")
    assert html.count("<mark") == 1


def test_an_article_is_shown_with_its_frame_headings_speakers_and_lines() -> None:
    """All that the file says of the article, and each paragraph with its line."""
    shown = reading(INTERVIEW)
    frame = Shown(shown.frame(ZH, source_texts(ZH))).text
    for expected in (
        *("让小企业长成参天树", "何晓岚（南屏晚报记者）", "南屏晚报", "圆桌", "2025-10-08", "访谈"),
        *("发言人", "邵启明（南屏大学教授）", "嘉宾:邵启明", "图为南屏齿轮厂的装配车间。"),
    ):
        assert expected in frame
    html = shown.body().html
    line = INTERVIEW[: INTERVIEW.index("## 资金")].count("\n") + 1
    hidden = r"<span hidden>[^<]*</span>"
    assert re.search(rf'<h3 data-lines="{line}" lang="zh-CN">{hidden}资金怎么办{hidden}</h3>', html)
    assert re.search(
        rf'<p data-lines="{line + 2}" lang="zh-CN">{hidden}<b class="qa-says">何晓岚</b>{hidden}'
        r"融资难的症结在哪里\?</p>",
        html,
    )


def test_no_text_of_an_article_becomes_html() -> None:
    """An article full of attacks has the elements of a harmless one."""
    shapes = []
    for title, words in (("x" * 13, "x" * len(ATTACK)), ("<img src=x/>", ATTACK)):
        text = HOSTILE.replace("恶意的文章", repr(title)).replace(ATTACK, words)
        shown = reading(text.replace(ATTACK[:200], words[:200]), Span(60, 120))
        html = shown.frame(EN, source_texts(EN)) + shown.body().html
        shapes.append(Elements(html).shape)
        assert title in Elements(html).text
    assert shapes[0] == shapes[1]


def test_a_quote_of_the_front_matter_is_marked_where_it_is_shown() -> None:
    caption = "图为南屏齿轮厂的装配车间。"
    frame = reading(INTERVIEW, span_of(INTERVIEW, caption)).frame(ZH, source_texts(ZH))
    assert Shown(frame).quoted == caption
    assert "qa-front" not in frame
    date = reading(INTERVIEW, span_of(INTERVIEW, "2025-10-08")).frame(ZH, source_texts(ZH))
    assert Shown(date).quoted == "2025-10-08"
    assert "date: <mark" in date


def test_of_an_article_of_a_million_characters_a_window_is_shown_and_the_rest_on_demand() -> None:
    """One paragraph may be as long as a file may be; the browser gets what it can bear."""
    sentence = "这一句只是很长的一段里的一句。"
    text = "开头。\n\n" + sentence * 70_000 + "\n\n结尾。"
    middle = 5 + len(sentence) * 35_000
    shown = reading(text, Span(middle, middle + len(sentence)))
    body = shown.body()
    assert len(body.html) < 3 * WINDOW
    assert Shown(body.html).quoted == sentence
    assert not body.is_first
    assert not body.is_last
    before, after = shown.body(before=body.span.start), shown.body(after=body.span.end)
    together = "".join(Shown(part.html).text for part in (before, body, after))
    assert together == text[before.span.start : after.span.end]
    assert (before.span.end, after.span.start) == body.span
    assert shown.body(after=len(text)).html == ""
    assert shown.body(before=-5).html == ""


def test_a_page_shows_its_lines_around_the_quote_and_more_on_demand() -> None:
    page = "\n".join(["x" * 50_000, *(f"第 {n} 行 <b>" for n in range(2, 1001))])
    shown = render_page(page, ImportedFrom("p.txt", 400, 600), quoted=(500, 501))
    assert (shown.first, shown.last, shown.count) == (420, 581, 1000)
    assert Shown(shown.html).quoted == "第 500 行 <b>第 501 行 <b>"
    assert "<b>" not in shown.html
    later = render_page(page, ImportedFrom("p.txt", 400, 600), quoted=(500, 501), after=shown.last)
    assert (later.first, later.last) == (582, 661)
    assert 'class="qa-outside"' in later.html
    first = render_page(page, ImportedFrom("p.txt", 1, 10**9), quoted=None)
    assert first.first == 1
    assert len(first.html) < 20_000
    assert render_page(page, ImportedFrom("p.txt", 1, 2), quoted=None, after=10**9).html == ""
    assert render_page(page, ImportedFrom("p.txt", 9**9, 9**9), quoted=None).html == ""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[QABot]:
    """A bot over articles of which one was imported from a page, and one is hostile."""
    folder = tmp_path_factory.mktemp("library")
    articles = {**ARTICLES, "wharf.md": IMPORTED, "hostile.md": HOSTILE}
    corpus = write_articles(folder / "corpus", articles | {"pages/wharf.txt": PAGE})
    build_index(corpus, folder / "index", encoder)
    with QABot.open(folder / "index", corpus=corpus) as bot:
        yield bot


@pytest.fixture(scope="module")
def source(library: QABot) -> Iterator[Source]:
    index = library.snapshot.folder.parent
    with LiveBot(lambda: QABot.open(index, corpus=library.corpus), index) as live:
        yield Source(live)


WORDS = "症结是缺少抵押物。"
PLACE = {
    "article": "interview.md",
    "start": INTERVIEW.index(WORDS),
    "end": INTERVIEW.index(WORDS) + len(WORDS),
}


def test_a_place_is_marked_with_its_proof_and_has_a_link(source: Source) -> None:
    shown = source.source({**PLACE, "text": WORDS, "highlights": [{"start": 1, "end": 2}]}, ZH)
    assert Shown(shown["html"]).quoted == WORDS
    assert shown["notice"] == ""
    sign = digest(WORDS)
    assert shown["link"] == f"quote/interview.md/{PLACE['start']}-{PLACE['end']}/{sign}"
    again = source.source({**PLACE, "digest": sign}, EN)
    assert Shown(again["html"]).quoted == WORDS


@pytest.mark.parametrize(
    "claim",
    [
        {"text": "症结是缺少担保。"},
        {"digest": digest("症结是缺少担保。")},
        {"digest": ["x"]},
        {"start": -9},
        {"start": -9, "end": -1},
        {"end": 10**18},
        {"start": 10**400, "end": 10**401},
        {"start": 0, "end": 0},
        {"start": True, "end": 5},
        {"start": "0", "end": 9.5},
        {"start": None},
        {"start": 0, "end": 20_001},
    ],
)
def test_a_place_that_does_not_hold_the_words_is_shown_unmarked_and_says_so(
    source: Source, claim: dict[str, Any]
) -> None:
    """Never another place, and never other words."""
    shown = source.source({**PLACE, **claim}, ZH)
    assert shown["notice"] == source_texts(ZH).changed_since
    assert shown["link"] is None
    assert "<mark" not in shown["frame"] + shown["html"]
    assert WORDS in Shown(shown["html"]).text
    with pytest.raises(NoticeError):
        source.cite({**PLACE, **claim}, ZH)


@pytest.mark.parametrize(
    "article",
    [
        *("../secret.md", "/etc/passwd", "pages/wharf.txt", "nothing.md", "", "\0", "\ud800"),
        *("INTERVIEW.md", "./interview.md", "x" * 100_000, None, 7, ["interview.md"], {}),
    ],
)
def test_only_articles_of_the_index_are_shown(source: Source, article: object) -> None:
    """Whatever a link names, it opens nothing but an article."""
    for call in (source.source, source.source_more, source.source_page, source.cite):
        with pytest.raises(NoticeError, match=re.escape(source_texts(EN).unknown_article)):
            call({**PLACE, "article": article}, EN)


@settings(max_examples=30)
@given(
    st.dictionaries(
        st.sampled_from(["start", "end", "text", "digest", "highlights"]),
        st.one_of(
            st.none(),
            st.integers(),
            st.text(max_size=5),
            st.floats(),
            st.booleans(),
            st.lists(
                st.one_of(
                    st.integers(),
                    st.dictionaries(
                        st.sampled_from(["start", "end"]),
                        st.one_of(st.integers(), st.text(max_size=2)),
                    ),
                )
            ),
        ),
    )
)
def test_nothing_that_a_script_sends_breaks_the_view(source: Source, claim: dict[str, Any]) -> None:
    """Anybody may call the functions of the page with anything."""
    shown = source.source({**claim, "article": "interview.md"}, ZH)
    quoted = Shown(shown["frame"] + shown["html"]).quoted
    if quoted:
        assert plain(INTERVIEW[claim["start"] : claim["end"]]) == plain(quoted)


def test_the_original_page_is_shown_with_the_lines_of_the_quote(source: Source) -> None:
    """A sentence that was broken over two lines is marked on both, as the page has them now."""
    words = '码头管理处主任龚树人说:"我们没有拆一块砖。"'
    start = IMPORTED.index(words)
    place = {"article": "wharf.md", "start": start, "end": start + len(words)}
    assert source.source(place, ZH)["page"] == "pages/wharf.txt"
    shown = source.source_page(place, ZH)
    assert re.findall(r'data-lines="(\d+)"[^>]*><mark', shown["html"]) == ["5", "6"]
    assert Shown(shown["html"]).text == PAGE.replace("\n", "")
    assert source.source_page({"article": "wharf.md"}, ZH)["notice"] == ""
    with pytest.raises(NoticeError, match=re.escape(source_texts(ZH).no_page)):
        source.source_page(PLACE, ZH)


def test_an_article_that_changed_is_shown_as_it_is_now_unmarked(
    tmp_path: Path, encoder: Encoder
) -> None:
    """Whoever opens a quote of a file that was edited is told, and sees no wrong line marked."""
    articles = {"interview.md": INTERVIEW, "wharf.md": IMPORTED, "pages/wharf.txt": PAGE}
    corpus, index = write_articles(tmp_path / "corpus", articles), tmp_path / "index"
    build_index(corpus, index, encoder)
    with LiveBot(lambda: QABot.open(index, corpus=corpus), index) as live:
        source = Source(live)
        opened = source.source({**PLACE, "text": WORDS}, ZH)
        changed = INTERVIEW.replace("小企业怎样留住人才?", "怎样留人?")
        write_articles(corpus, {"interview.md": changed})
        shown = source.source({**PLACE, "text": WORDS}, ZH)
        assert shown["notice"] == source_texts(ZH).stale_article
        assert "怎样留人?" in shown["html"]
        assert "<mark" not in shown["html"]
        with pytest.raises(NoticeError, match="刚刚改动过"):
            source.source_more({**PLACE, "version": opened["version"], "after": 9}, ZH)
        build_index(corpus, index, encoder)
        live.wait()
        shown = source.source({**PLACE, "text": WORDS}, ZH)
        assert shown["notice"] == source_texts(ZH).changed_since
        assert "<mark" not in shown["html"]

        page = PAGE.replace("改造共投入", "广告 招商").replace("元。", "")
        write_articles(corpus, {"pages/wharf.txt": page})
        start = IMPORTED.index("改造共投入")
        place = {"article": "wharf.md", "start": start, "end": start + 12}
        on_page = source.source_page(place, ZH)
        assert on_page["notice"] == source_texts(ZH).not_on_page
        assert "<mark" not in on_page["html"]
        (corpus / "pages/wharf.txt").unlink()
        with pytest.raises(NoticeError, match=re.escape(source_texts(ZH).no_page)):
            source.source_page(place, ZH)
        (corpus / "wharf.md").unlink()
        with pytest.raises(NoticeError, match=re.escape(source_texts(ZH).not_readable)):
            source.source(place, ZH)


def test_what_is_copied_cites_the_words_that_stand_there(source: Source) -> None:
    address = "https://library.example/chat/?x=1"
    copied = source.cite({**PLACE, "text": WORDS, "address": address}, EN)
    assert copied["citation"] == "何晓岚. 让小企业长成参天树[N]. 南屏晚报, 2025-10-08(圆桌)."
    link = f"{address}#quote/interview.md/{PLACE['start']}-{PLACE['end']}/{digest(WORDS)}"
    assert copied["link"] == link
    assert copied["markdown"].startswith(f"> {WORDS}\n>\n> —— 邵启明（南屏大学教授），")
    assert copied["markdown"].endswith(f"[查看原文](<{link}>)\n")
    hostile = source.cite({**PLACE, "address": "javascript:alert(1)"}, EN)
    assert hostile["link"] is None
    assert "javascript" not in hostile["markdown"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(library: QABot) -> Iterator[str]:
    """The web chat over the articles, served on loopback."""
    with served(library, Settings(port=0)) as url:
        yield url


def asked(page: Page, question: str) -> None:
    box = page.get_by_role("textbox")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".qa-quote-tools").first).to_be_visible()
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 600))")


def wait_until_seen(page: Page) -> None:
    """Wait until the marked sentence is in what the panel shows, and that in the window."""
    page.wait_for_function("""() => {
        const panel = document.querySelector(".qa-source-text").getBoundingClientRect();
        const mark = [...document.querySelectorAll(".qa-source-text mark")]
            .find((each) => each.getClientRects().length)?.getBoundingClientRect();
        return mark && panel.top <= mark.top && mark.bottom <= panel.bottom
            && panel.bottom <= innerHeight;
    }""")


def copied(page: Page, button: str) -> str:
    page.get_by_role("button", name=button).locator("visible=true").first.click()
    expect(page.locator(".qa-copied").locator("visible=true").first).to_have_text(
        re.compile("已复制|Copied")
    )
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_a_reader_at_a_desk_sees_the_source_beside_the_chat_in_a_browser(
    address: str, browser: Browser
) -> None:
    """Click, look, go through the quotes, copy, close; and the link opens it for somebody else."""
    wide = {"width": 1440, "height": 900}
    with opened(browser, viewport=wide, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(address)
        asked(page, "怎样留住人才？")
        words = page.locator(".qa-words").nth(0)
        quote = words.inner_text()
        top = words.bounding_box()
        # A click that ends a selection selects; it opens nothing.
        assert top
        page.mouse.move(top["x"] + 30, top["y"] + 20)
        page.mouse.down()
        page.mouse.move(top["x"] + 200, top["y"] + 20, steps=4)
        page.mouse.up()
        assert page.evaluate("String(getSelection())") in quote
        assert page.evaluate("String(getSelection())")
        page.wait_for_timeout(400)
        panel = page.get_by_role("complementary", name="原文")
        expect(panel).to_have_count(0)
        words.click()
        marks = panel.locator("mark.qa-quoted")
        expect(marks).to_have_text(quote)
        wait_until_seen(page)
        assert panel.locator("mark strong").inner_text() in quote
        expect(panel).to_contain_text("邵启明（南屏大学教授）")
        after = words.bounding_box()
        assert after
        assert abs(top["y"] - after["y"]) < 2
        assert top["width"] - after["width"] < 2
        assert Axe().run(page).response["violations"] == []
        page.get_by_role("textbox").focus()  # the chat can be used beside it
        assert "#quote/interview.md/" in page.url

        count = page.locator(".qa-words").count()
        assert count > 1
        panel.get_by_role("button", name="下一条").click()
        expect(panel).to_contain_text(f"第 2 条，共 {count} 条")
        expect(marks).to_have_text(page.locator(".qa-words").nth(1).inner_text())
        panel.get_by_role("button", name="上一条").click()
        expect(marks).to_have_text(quote)

        panel.locator("summary", has_text="复制").click()
        expected = "何晓岚. 让小企业长成参天树[N]. 南屏晚报, 2025-10-08(圆桌)."
        assert copied(page, "复制引文") == expected
        assert copied(page, "复制 Markdown").startswith(f"> {quote}\n>\n> —— 邵启明")
        link = copied(page, "复制链接")
        assert link == page.url
        page.keyboard.press("Escape")  # closes the menu
        expect(panel).to_be_visible()

        page.evaluate("addEventListener('qa-scope', ({ detail }) => (window.scope = detail))")
        panel.get_by_role("button", name="只问这一篇").click()
        title = "让小企业长成参天树"
        expected_scope = {"articles": ["interview.md"], "labels": {"interview.md": title}}
        assert page.evaluate("window.scope") == expected_scope

        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        assert "#quote" not in page.url
        see = page.get_by_role("button", name=re.compile("看原文")).nth(0)
        see.focus()
        page.keyboard.press("Enter")
        expect(marks).to_have_text(quote)
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        expect(see).to_be_focused()
    with opened(browser, viewport=wide, locale="en-US") as page:
        page.goto(link)
        panel = page.get_by_role("complementary", name="Source")
        expect(panel.locator("mark.qa-quoted")).to_have_text(quote)
        wait_until_seen(page)
        page.goto(link[:-1] + ("0" if link[-1] != "0" else "1"))
        expect(panel).to_contain_text("The article has changed since")
        expect(panel.locator("mark")).to_have_count(0)
        page.goto(f"{address}#quote/..%2Fsecret/1-2/00")
        expect(panel).to_contain_text("There is no such article here.")
        page.goto(f"{address}#quote/%/-1-2/<b>")
        expect(panel).to_contain_text("This link is not complete")
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        expect(page.get_by_role("textbox")).to_be_focused()


def test_a_reader_with_a_phone_sees_the_source_in_a_sheet_in_a_browser(
    address: str, browser: Browser
) -> None:
    """Back and Esc close it; the page that an article was printed on is there with its lines."""
    with opened(browser, locale="en-US") as page:
        page.goto(address)
        before = page.url
        asked(page, "老码头的改造共投入多少元？")
        quote = page.locator(".qa-words").first.inner_text()
        see = page.get_by_role("button", name=re.compile("Show in article")).first
        see.press("Enter")
        sheet = page.get_by_role("dialog", name="Source")
        marks = sheet.locator("mark.qa-quoted").locator("visible=true")
        expect(marks).to_have_text(quote)
        wait_until_seen(page)
        box = sheet.bounding_box()
        assert box
        assert box["width"] == 390
        assert 0.8 < box["height"] / 844 < 0.95
        sheet.get_by_role("button", name="Original page").click()
        expect(marks).to_have_text("改造共投入四千二百万元。")
        expect(marks.locator("xpath=..")).to_have_attribute("data-lines", "7")
        wait_until_seen(page)
        assert Axe().run(page).response["violations"] == []
        sheet.get_by_role("button", name="Article", exact=True).click()
        expect(marks).to_have_text(quote)

        page.go_back()
        expect(sheet).to_have_count(0)
        assert page.url == before
        expect(see).to_be_focused()
        see.press("Enter")
        expect(marks).to_have_text(quote)
        page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)
        expect(see).to_be_focused()
        page.wait_for_function("!location.hash")

        # Over plain http there is no clipboard: what is selected is copied.
        page.evaluate("""() => {
            delete Navigator.prototype.clipboard;
            document.addEventListener("copy", () => (window.copied = String(getSelection())
                || document.activeElement.value));
        }""")
        page.locator("summary", has_text="Copy").first.press("Enter")
        page.get_by_role("button", name="Copy citation").first.press("Enter")
        expect(page.locator(".qa-copied").locator("visible=true").first).to_have_text("Copied")
        expected = "阮青禾. 老码头的第二个春天[N]. 南屏晚报, 2025-10-30(6)."
        assert page.evaluate("window.copied") == expected
        expect(page.get_by_role("button", name="Copy citation").first).to_be_focused()

        page.goto(f"{address}#quote/hostile.md/9-20/0")
        expect(sheet).to_contain_text("<script>alert(1)</script>")
        page.get_by_role("button", name="Close").click()
        expect(sheet).to_have_count(0)
        page.goto(f"{address}#evaluation")
        page.wait_for_function("document.documentElement.dataset.view === 'evaluation'")
        expect(page.locator("#qa-chat")).to_be_hidden()
