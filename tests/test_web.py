"""The web chat: what its HTML lets through, and one conversation in a real browser."""

import datetime as dt
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Page, expect

from qa_bot import QABot
from qa_bot.errors import AddressError
from qa_bot.records import (
    Answer,
    ArticleRef,
    PageRef,
    Person,
    Quote,
    Reprint,
    Scope,
    ShownPassage,
    Span,
    Why,
)
from qa_bot.settings import Settings
from qa_bot.web.address import choose_port
from qa_bot.web.cards import render_notice, render_turn
from qa_bot.web.markup import link, mark, safe
from qa_bot.web.samples import sample_questions
from qa_bot.web.texts import EN, ZH, Texts, choose_texts
from tests.browser import opened, served, started

ATTACK = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"' onmouseover='alert(1)' "
    "[a](javascript:alert(1)) ![b](http://evil.example/b.png) {{1}} ${alert(1)} `x` &lt; \u202egnp"
)

ARTICLE = ArticleRef(
    id="a.md",
    path="corpus/a.md",
    title="让小企业长成参天树",
    authors=(Person("何晓岚", "南屏晚报记者"),),
    source="南屏晚报",
    date="2025-10-08",
    url=None,
)
QUOTE = Quote(
    text="甲乙。甲乙。",
    article=ARTICLE,
    speaker=Person("邵启明", "南屏大学教授"),
    section="资金怎么办",
    span=Span(100, 106),
    line_start=12,
    line_end=12,
    page=None,
    highlights=(Span(103, 105),),
    score=1.0,
)
PASSAGE = ShownPassage("一段原文。", ARTICLE, Span(0, 5), 3, 4, 0.5)
ANSWER = Answer("问？", "问?", True, 0.9, (QUOTE,), (PASSAGE,))
NO_ANSWER = replace(ANSWER, answered=False, confidence=0.1, quotes=())


class Elements(HTMLParser):
    """Reads HTML as a browser would: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data

    @property
    def shape(self) -> list[tuple[str, list[str]]]:
        """The elements with the names of their attributes."""
        return [(tag, sorted(attributes)) for tag, attributes in self.found]


def with_texts(text: str, url: str | None = None) -> Answer:
    """Return an answer in which every text is *text*."""
    person = Person(text, text)
    article = ArticleRef(text, text, text, (person, person), text, text, url)
    quote = replace(
        QUOTE,
        text=text,
        article=article,
        speaker=person,
        section=text,
        span=Span(0, len(text)),
        page=PageRef(text, 1, 2),
        highlights=(Span(2, 9),),
        also_in=(Reprint(article, Span(0, 9), 1, 1, is_verbatim=True),),
    )
    why = Why(((text, 0.5),), {"passage": (3.0, 1.0), text: (1.0, -0.5)})
    passage = replace(PASSAGE, text=text, article=article, why=why, also_in=quote.also_in)
    scope = Scope((text,), (text,), (text,), (text,), dt.date(2025, 1, 1))
    return Answer(
        text,
        f"{text}!",
        True,
        0.9,
        (quote, quote),
        (passage,) * 5,
        stale=(text,),
        timings_ms={},
        scope=scope,
    )


@pytest.mark.parametrize("texts", [ZH, EN])
@pytest.mark.parametrize("answered", [True, False])
def test_no_text_of_an_answer_becomes_html(texts: Texts, answered: bool) -> None:
    """An article, a file name or a question full of attacks is shown as the text it is."""

    def render(text: str) -> Elements:
        answer = with_texts(text)
        if not answered:
            answer = replace(answer, answered=False, quotes=())
        return Elements(render_turn(answer, texts))

    word = "x" * len(ATTACK)
    harmless, attacked = render(word), render(ATTACK)
    assert attacked.shape == harmless.shape
    assert attacked.text == harmless.text.replace(word, ATTACK.replace("\u202e", "\ufffd"))


def test_an_answer_s_attributes_hold_no_text_that_acts() -> None:
    """Attributes are where a quotation mark breaks out and where handlers would live."""
    for _, attributes in Elements(render_turn(with_texts(ATTACK), ZH)).found:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert attributes.keys() <= {
            *("class", "title", "lang", "datetime", "start", "data-quote", "data-passage"),
        }


def test_characters_that_reorder_or_hide_text_are_made_visible() -> None:
    """A bidi override in a name could make a quote seem to be somebody else's."""
    assert safe("a\u202eb\u2066c\x00d\x1be\ud800f\u200bg") == "a�b�c�d�e�f�g"
    assert safe("👩\u200d🔬\t\n") == "👩\u200d🔬\t\n"
    assert "\u202e" not in render_turn(with_texts(ATTACK), ZH)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//evil.example/a",
        "https:relative",
        "http://[broken",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    """An article's address comes from its front matter, which anybody may have written."""
    assert link(url, "x") == "x"
    assert "href" not in render_turn(with_texts("x", url), ZH)


def test_a_web_address_is_linked_and_escaped() -> None:
    html = link('https://example.org/a?x=1&y="2', "标题")
    assert html == (
        '<a href="https://example.org/a?x=1&amp;y=&quot;2" target="_blank" '
        'rel="noopener noreferrer">标题</a>'
    )


def test_the_answer_is_marked_at_its_offsets_even_if_its_words_stand_twice() -> None:
    """Offsets decide, not a search: of two equal sentences the second one is meant."""
    assert mark("甲乙。甲乙。", 100, [Span(103, 105)]) == "甲乙。<mark>甲乙</mark>。"
    assert "甲乙。<mark>甲乙</mark>。" in render_turn(ANSWER, ZH)


def test_highlights_are_cut_to_the_quote_and_never_nest() -> None:
    spans = [Span(3, 5), Span(0, 4), Span(5, 99), Span(8, 9)]
    assert mark("<bcde>", 0, spans) == ("<mark>&lt;bcd</mark><mark>e</mark><mark>&gt;</mark>")


def test_a_quote_names_speaker_article_author_source_date_section_file_and_lines() -> None:
    """What a reader needs to check a quote."""
    page = PageRef("pages/p.txt", 51, 53)
    html = render_turn(replace(ANSWER, quotes=(replace(QUOTE, page=page),)), ZH)
    text = " ".join(Elements(html).text.split())
    for expected in (
        "邵启明",
        "南屏大学教授",
        "《让小企业长成参天树》",
        "何晓岚（南屏晚报记者）",
        "南屏晚报",
        "2025-10-08",
        "资金怎么办",
        "corpus/a.md 第 12 行 · 原版面 pages/p.txt 第 51–53 行",
    ):
        assert expected in text
    assert "corpus/a.md line 12" in Elements(render_turn(ANSWER, EN)).text


def test_several_quotes_are_numbered_through_and_share_a_card_with_one_source() -> None:
    """An enumeration reads as one: its source stands once, another speaker's apart."""
    later = replace(QUOTE, line_start=14, line_end=15)
    other = replace(QUOTE, speaker=Person("卓雨"))
    elements = Elements(render_turn(replace(ANSWER, quotes=(QUOTE, later, other)), ZH))
    assert [a["start"] for tag, a in elements.found if tag == "ol"] == ["1", "3"]
    assert [tag for tag, _ in elements.found].count("figure") == 2
    assert elements.text.count("邵启明") == 1
    assert "第 12 行" in elements.text
    assert "第 14–15 行" in elements.text


def test_a_single_quote_is_not_numbered() -> None:
    assert "<ol" not in render_turn(ANSWER, ZH)


def test_confidence_is_said_in_words_with_the_number_at_hand() -> None:
    html = render_turn(ANSWER, ZH)
    assert "很有把握" in html
    assert 'title="置信度 90%"' in html
    assert "把握不大" in render_turn(replace(ANSWER, confidence=0.3), ZH)


def test_an_abstention_says_so_and_offers_passages_that_do_not_look_like_quotes() -> None:
    """The nearest passages must not be taken for an answer."""
    html = render_turn(NO_ANSWER, ZH)
    assert "这些文章没有回答这个问题。" in html
    assert "一段原文。" in html
    assert not re.search(r"<mark|<blockquote|<figure|置信度|文章原话", html)
    assert ZH.no_passages in render_turn(replace(NO_ANSWER, passages=()), ZH)


def test_how_a_question_was_understood_is_shown_only_if_the_conversation_added_to_it() -> None:
    """Full-width and half-width question marks are the same question."""
    assert "理解为" not in render_turn(ANSWER, ZH)
    assert "理解为：刘新智怎么看?" in render_turn(
        replace(ANSWER, understood_as="刘新智怎么看?"), ZH
    )


def test_a_stale_file_is_named_with_the_command_to_run() -> None:
    html = render_turn(replace(NO_ANSWER, stale=("corpus/<b>.md",)), ZH)
    assert "corpus/&lt;b&gt;.md" in html
    assert "<code>qa-bot index</code>" in html
    assert "qa-stale" not in render_turn(NO_ANSWER, ZH)


def test_a_notice_is_escaped() -> None:
    assert "<img" not in render_notice("<img src=x>")
    assert render_notice("") == ""


@pytest.mark.parametrize(
    ("header", "texts"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", ZH),
        ("zh-TW", ZH),
        ("en-US,en;q=0.9,zh;q=0.8", EN),
        ("fr-FR,zh;q=0.5,en;q=0.3", ZH),
        ("en;q=0.2, zh;q=0.9", ZH),
        ("zh;q=0", EN),
        ("zh;q=..", EN),
        ("fr", EN),
        ("", EN),
        (None, EN),
    ],
)
def test_the_language_is_what_the_browser_prefers(header: str | None, texts: Texts) -> None:
    assert choose_texts(header) is texts


def test_a_taken_port_is_named_with_the_flag_to_change_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(AddressError, match=rf"port {port} on 127.0.0.1 is taken.*--port"):
            choose_port("127.0.0.1", port)


def test_port_0_is_any_free_one_and_an_unknown_host_is_named() -> None:
    assert choose_port("127.0.0.1", 0) > 0
    with pytest.raises(AddressError, match=r'"192\.0\.2\.1" is not an address of this machine'):
        choose_port("192.0.2.1", 0)


def test_samples_are_answered_from_the_article_they_were_made_of(bot: QABot) -> None:
    """A sample question that gets no answer would be the worst first impression."""
    samples = sample_questions(bot)
    assert samples
    assert len(samples) <= 4
    assert samples == sample_questions(bot)
    assert all(bot.ask(question).answered for question in samples)


@pytest.fixture
def address(bot: QABot) -> Iterator[str]:
    """The web chat over the four articles, served on loopback."""
    with served(bot, Settings(port=0)) as url:
        yield url


@pytest.fixture
def page() -> Iterator[Page]:
    """A Chinese reader's phone."""
    with started() as browser, opened(browser) as page:
        yield page


def test_a_reader_asks_in_a_browser_and_gets_a_quote_or_a_plain_no(
    address: str, page: Page
) -> None:
    """The main job, end to end: from Enter to the marked words and their source."""
    page.goto(address)
    expect(page.locator(".qa-sample").first).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"

    box = page.get_by_label("您的问题")
    box.fill("南屏市有多少家")
    composing = {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    box.dispatch_event("keydown", composing)  # ends a Chinese word, not the question
    box.press("Shift+Enter")
    expect(box).to_have_value("南屏市有多少家\n")
    box.press_sequentially("“小巨人”企业？")
    box.press("Enter")
    turn = page.locator(".qa-turn").nth(0)
    expect(page.locator(".qa-turn")).to_have_count(1)
    expect(turn.locator(".qa-words")).to_contain_text("其中“小巨人”企业12家")
    expect(turn.locator("mark")).to_contain_text("12家")
    expect(turn.locator("figcaption")).to_contain_text("《让小企业长成参天树》")
    expect(turn.locator("figcaption")).to_contain_text("interview.md 第 18 行")
    expect(box).to_have_value("")
    expect(page.locator(".qa-welcome")).to_be_hidden()

    box.fill("月球基地什么时候建成？")
    page.get_by_role("button", name="提问").click()
    turn = page.locator(".qa-turn").nth(1)
    expect(turn).to_contain_text("这些文章没有回答这个问题。")
    expect(turn.locator("mark")).to_have_count(0)

    box.fill("长" * 2001)
    box.press("Enter")
    expect(page.locator(".qa-composer .qa-notice")).to_contain_text("最多 2,000 个字")
    expect(box).to_have_value("长" * 2001)
