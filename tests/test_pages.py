"""The real page against its truth file, and the proof that nothing is lost, on any text."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot.pages import PageImport, read_page, unaccounted
from qa_bot.pages.records import PageArticle, Trace

SHARED = Path(__file__).parents[2] / "shared"
PAGE = SHARED / "pages" / "chongqing-daily-thinktank.txt"
TRUTH = SHARED / "pages" / "chongqing-daily-thinktank.truth.json"

needs_page = pytest.mark.skipif(not TRUTH.exists(), reason=f"the real page is not in {SHARED}")

# What is printed where: the page's own marks, names and junk, in any order.
FRAGMENTS = st.sampled_from(
    [
        "# ",
        "## ",
        "■",
        "□ ",
        "\n",
        "\n\n",
        " ",
        "\u3000\u3000",
        "方晓霞",
        "方晓霞:",
        "刘新智：",
        "记者:",
        "答:",
        "问：",
        "主持人:",
        "嘉宾: ",
        "(作者系",
        "本报讯(记者 李明)",
        "(下转第3版)",
        "(上接第1版)",
        "图为",
        "李明 摄",
        "。",
        ",",
        ")",
        "(",
        "责编:",
        "2025年11月28日",
        "第4版",
        "加快推动经济",
        "abc ",
        "#",
        "-编者",
        "【",
        "】",
        "\r\n",
        "\f",
        "a@b.cn",
        "重庆日报:",
        "\ufeff",
        "—",
        "**",
        "---",
        "😀",
        "▶",
        "<!-- image -->",
        "来源:甲报 作者:李明 ",
        "【记者】",
        "**题目在此**",
        "首页 > 要闻 > 正文",
        "主持人 李明\n",
        "对话嘉宾\n",
        "本 报 讯",
        "李明 某大学教授",
        "讠亻",
        "01",
    ]
)
PAGES = st.lists(st.one_of(FRAGMENTS, st.text(max_size=12)), max_size=40).map("".join)


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def imported(text: str) -> PageImport:
    return read_page(text, file="page.txt")


@pytest.fixture(scope="module")
def truth() -> list[dict[str, Any]]:
    articles: list[dict[str, Any]] = json.loads(TRUTH.read_text(encoding="utf-8"))["articles"]
    return articles


def letters(text: str) -> str:
    return "".join(text.split())


@needs_page
def test_the_real_page_holds_three_articles_with_their_titles_authors_and_posts(
    imported: PageImport, truth: list[dict[str, Any]]
) -> None:
    for article, expected in zip(imported.articles, truth, strict=True):
        assert article.title == expected["title"]
        assert [person.name for person in article.authors] == expected["authors"]
        for person in article.authors:
            assert person.role == expected["affiliations"][person.name]
        assert article.kind == expected["kind"]
        assert list(article.page_lines) == expected["page_lines"]


@needs_page
def test_host_and_guests_of_the_real_interview_have_their_posts(
    imported: PageImport, truth: list[dict[str, Any]]
) -> None:
    speakers = {person.name: person.role for person in imported.articles[0].speakers}
    assert speakers == truth[0]["affiliations"]


@needs_page
def test_every_sentence_of_the_real_page_is_whole_in_its_article_section_and_mouth(
    imported: PageImport, truth: list[dict[str, Any]]
) -> None:
    """Attribution rests on this; paragraphs that columns cut must be whole again."""
    for article, expected in zip(imported.articles, truth, strict=True):
        for sentence in expected["sentences"]:
            homes = [p for p in article.paragraphs if letters(sentence["text"]) in letters(p.text)]
            assert len(homes) == 1, sentence["text"]
            assert homes[0].section == sentence["section"]
            assert homes[0].speaker == sentence["speaker"]


@needs_page
def test_no_caption_byline_footnote_or_contact_line_is_in_a_body_of_the_real_page(
    imported: PageImport, truth: list[dict[str, Any]]
) -> None:
    bodies = [letters(p.text) for article in imported.articles for p in article.paragraphs]
    sentences = letters("".join(s["text"] for a in truth for s in a["sentences"]))
    assert letters("".join(bodies)) == sentences
    reasons = {item.reason: item.page_lines for item in imported.left_out}
    assert reasons == {
        "column name": (3, 3),
        "caption": (21, 21),
        "garbage": (53, 53),
        "footer": (93, 93),
    }
    assert "cqrbsixiang@163.com" in imported.articles[-1].notes[-1]
    assert imported.articles[0].captions[0].endswith("摄/视觉重庆")


@needs_page
def test_each_paragraph_of_the_real_page_stands_on_the_lines_that_it_names(
    imported: PageImport, text: str
) -> None:
    lines = [letters(line) for line in text.split("\n")]
    for article in imported.articles:
        for paragraph in article.paragraphs:
            first, last = paragraph.page_lines
            assert letters(paragraph.text)[:6] in lines[first - 1]
            assert letters(paragraph.text)[-6:] in lines[last - 1]


@needs_page
def test_spaces_inside_words_of_the_real_page_are_gone_and_those_of_latin_words_stay(
    imported: PageImport,
) -> None:
    body = "".join(p.text for article in imported.articles for p in article.paragraphs)
    assert not re.search(r"\s", body)
    assert "出席2025专精特新" in body
    assert "X3 stable" in imported.articles[0].captions[0]


@needs_page
def test_every_character_of_the_real_page_is_accounted_for(imported: PageImport, text: str) -> None:
    assert unaccounted(text, imported) == []


@needs_page
def test_what_was_uncertain_on_the_real_page_is_said_with_its_line(imported: PageImport) -> None:
    doubts = {doubt.page_lines: doubt.what for doubt in imported.doubts}
    assert doubts[83, 83] == "title of article 3 found inside its body, line 83"
    assert "王凤阁" in doubts[55, 55]
    assert all(0 <= doubt.confidence <= 1 for doubt in imported.doubts)


@needs_page
def test_a_word_that_the_import_loses_is_found_by_the_proof(
    imported: PageImport, text: str
) -> None:
    """The proof reads the result, not only what the import says of itself."""
    first = imported.articles[0]
    broken = PageArticle(
        **{
            name: getattr(first, name)
            for name in PageArticle.__dataclass_fields__
            if name != "paragraphs"
        },
        paragraphs=first.paragraphs[1:],
    )
    damaged = PageImport(
        imported.file,
        (broken, *imported.articles[1:]),
        imported.left_out,
        imported.doubts,
        imported.traces,
    )
    assert "不久前,市委书记袁家军出" in unaccounted(text, damaged)[0][1]


def test_the_proof_reports_line_and_characters_of_what_no_place_claims() -> None:
    nothing = PageImport("p.txt", (), (), (), (Trace(0, 1, ()),))
    assert unaccounted("#一\n\n二三 \n", nothing) == [(1, "一"), (3, "二三")]


@settings(max_examples=300)
@given(PAGES)
def test_any_text_is_read_and_every_character_of_it_is_accounted_for(text: str) -> None:
    result = read_page(text, file="page.txt")
    assert unaccounted(text, result) == []


@settings(max_examples=300)
@given(PAGES)
def test_no_body_holds_a_character_more_often_than_the_page(text: str) -> None:
    result = read_page(text, file="page.txt")
    body = "".join(p.text for article in result.articles for p in article.paragraphs)
    assert not Counter(letters(body)) - Counter(letters(text))


@needs_page
def test_time_grows_with_the_length_of_the_page(text: str) -> None:
    """Counts the work by what is read; a page of many articles must not be slow."""
    result = read_page((text + "\n\n") * 20, file="page.txt")
    assert len(result.articles) == 60
