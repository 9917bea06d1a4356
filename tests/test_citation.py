"""References against examples written out by hand, and Markdown that holds nothing but text."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa_bot.citation import cite, cite_quote, digest
from qa_bot.corpus import parse_article
from qa_bot.records import Article, ArticleRef, Person, Span
from tests.conftest import ENGLISH, INTERVIEW
from tests.test_web import ATTACK, Elements

OPENED = dt.date(2026, 3, 1)
URL = "https://news.example.cn/a?id=7"
CHINESE = Article("a.md", "", "", "让小企业长成参天树", date=dt.date(2025, 10, 8))
LATIN = Article("e.md", "", "", "Small firms, long roads", date=dt.date(2025, 10, 25))


def people(*names: str) -> tuple[Person, ...]:
    return tuple(Person(name, "记者") for name in names)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"authors": people("何晓岚"), "source": "南屏晚报", "section": "第15版"},
            "何晓岚. 让小企业长成参天树[N]. 南屏晚报, 2025-10-08(15).",
        ),
        (
            {"authors": people("何晓岚", "莫然", "季文远"), "source": "南屏晚报"},
            "何晓岚, 莫然, 季文远. 让小企业长成参天树[N]. 南屏晚报, 2025-10-08.",
        ),
        (
            {"authors": people("甲", "乙", "丙", "丁"), "source": "南屏晚报", "section": "圆桌"},
            "甲, 乙, 丙, 等. 让小企业长成参天树[N]. 南屏晚报, 2025-10-08(圆桌).",
        ),
        (
            {"source": "南屏晚报", "date": None},
            "佚名. 让小企业长成参天树[N]. 南屏晚报, [出版日期不详].",
        ),
        (
            {"authors": people("何晓岚"), "source": "南屏晚报", "section": "A3版", "url": URL},
            f"何晓岚. 让小企业长成参天树[N/OL]. 南屏晚报, 2025-10-08(A3)[2026-03-01]. {URL}.",
        ),
        (
            {"authors": people("何晓岚"), "source": "南屏网", "url": URL},
            f"何晓岚. 让小企业长成参天树[EB/OL]. (2025-10-08)[2026-03-01]. {URL}.",
        ),
        (
            {"url": URL, "date": None},
            f"佚名. 让小企业长成参天树[EB/OL]. [2026-03-01]. {URL}.",
        ),
        (
            {"authors": people("Dr. Helen M. Ward", "Jean-Paul van der Berg")},
            "WARD H M, VAN DER BERG J P. 让小企业长成参天树[Z]. "
            "[出版地不详]: [出版者不详], 2025-10-08.",
        ),
        (
            {"source": "南屏晚报", "url": "javascript:alert(1)"},
            "佚名. 让小企业长成参天树[N]. 南屏晚报, 2025-10-08.",
        ),
    ],
)
def test_a_chinese_article_is_cited_by_the_national_standard(
    fields: dict[str, object], expected: str
) -> None:
    """GB/T 7714-2015: three authors, then 等; a paper's date and page; when a site was opened."""
    assert cite(replace(CHINESE, **fields), accessed=OPENED) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"authors": people("Helen Ward"), "source": "Nanping Evening News", "section": "D3"},
            "Ward, H. (2025, October 25). Small firms, long roads. Nanping Evening News, D3.",
        ),
        (
            {"authors": people("Ludwig van Aken", "Jean-Paul M. Roy"), "url": URL},
            f"van Aken, L., & Roy, J.-P. M. (2025, October 25). Small firms, long roads. {URL}",
        ),
        (
            {"authors": people("Ann Lee", "Bo Ray", "Prof. Cy Poe, Jr.", "莫然")},
            "Lee, A., Ray, B., Poe, C., Jr., & 莫然. (2025, October 25). Small firms, long roads.",
        ),
        (
            {"title": "Who pays?", "source": "The Herald", "date": None},
            "Who pays? (n.d.). The Herald.",
        ),
        (
            {"authors": people("Editorial Board"), "title": "Who pays?", "source": "The Herald"},
            "Editorial Board. (2025, October 25). Who pays? The Herald.",
        ),
        (
            {"authors": people(*(f"A {chr(n)}x" for n in range(65, 87)))},
            ", ".join(f"{chr(n)}x, A." for n in range(65, 84))
            + ", . . . Vx, A. (2025, October 25). Small firms, long roads.",
        ),
    ],
)
def test_another_article_is_cited_as_apa_does(fields: dict[str, object], expected: str) -> None:
    """Names inverted, up to twenty; the title first where nobody is named; n.d. for no date."""
    assert cite(replace(LATIN, **fields), accessed=OPENED) == expected  # type: ignore[arg-type]


def test_the_article_of_a_quote_is_cited_too() -> None:
    """A program has what an answer says of the article: the date as text, no section."""
    authors = people("何晓岚")
    article = ArticleRef("a.md", "c/a.md", "题目", authors, "南屏晚报", "2025-10-08", None)
    assert cite(article) == "何晓岚. 题目[N]. 南屏晚报, 2025-10-08."
    article = replace(article, title="Roads", authors=people("Helen Ward"))
    assert cite(article) == "Ward, H. (2025, October 8). Roads. 南屏晚报."
    assert cite(replace(article, date="soon")) == "Ward, H. (n.d.). Roads. 南屏晚报."


def test_a_quote_is_copied_as_markdown_with_speaker_article_and_place() -> None:
    article = parse_article(INTERVIEW.encode(), id="2025/a.md", shown_as="a.md")
    article = replace(article, url=URL)
    words = "症结是缺少抵押物。轻资产企业的专利应当可以质押。"
    start = INTERVIEW.index(words)
    line = INTERVIEW[:start].count("\n") + 1
    link = "http://10.0.0.7/#quote/2025%2Fa.md/1-2/ab"
    assert cite_quote(article, Span(start, start + len(words)), link=link) == (
        f"> {words}\n>\n> —— 邵启明（南屏大学教授），[《让小企业长成参天树》](<{URL}>)，"
        f"何晓岚（南屏晚报记者），南屏晚报，2025-10-08，2025/a.md 第 {line} 行，[查看原文](<{link}>)\n"
    )


def test_an_english_quote_over_several_lines_stays_a_quotation() -> None:
    text = ENGLISH + "\n# One\r\n\n1. Two\n"
    article = parse_article(text.encode(), id="e.md", shown_as="e.md")
    start = text.index("# One")
    assert cite_quote(article, Span(start, len(text) - 1)) == (
        "> \\# One\n>\n> 1\\. Two\n>\n> — “Small firms, long roads”, Helen Ward (correspondent), "
        "Nanping Evening News, 2025-10-25, e.md, lines 10–12\n"
    )
    for span in (Span(-1, 4), Span(4, 4), Span(0, 10**9)):
        with pytest.raises(ValueError, match="no text at"):
            cite_quote(article, span)


def shown(markdown: str) -> Elements:
    """Return what a renderer makes of Markdown; it lets HTML through."""
    return Elements(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(markdown))


HOSTILE = [
    *(
        ATTACK,
        "# 一",
        "1. 一",
        "2) 一",
        "- 一",
        "+ 一",
        "===",
        "---",
        "> 一",
        "    一",
        "\t一",
        "``` 一",
    ),
    *("| a | b |", "~~一~~", "[a]: http://evil.example", "[^1]", "<!-- 一", "&copy; &#60;b&#62;"),
    *("http://evil.example/a", "www.evil.example", "\\[a](b)", "![](http://evil.example/b.png)"),
    *("<http://evil.example>", "**一**", "_一_", "$$x$$", "- [ ] 一", "a  ", "一\\"),
]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(HOSTILE),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_words_of_an_article_act_in_markdown(lines: list[str]) -> None:
    """Neither quoted words nor names become links, pictures, headings, lists or HTML."""
    words = "\n".join(["始", *lines, "末"])
    person = Person(lines[0], lines[-1])
    article = Article("a.md", words, "", f"题{lines[0]}", (person,), f"源{lines[-1]}")
    elements = shown(cite_quote(article, Span(0, len(words))))
    assert {tag for tag, _ in elements.found} == {"blockquote", "p"}
    expected = [" ".join(line.split()) for line in words.split("\n") if line.strip()]
    said = " ".join(elements.text.split())
    assert said.startswith(" ".join(expected))


def test_bare_addresses_of_an_article_do_not_become_links() -> None:
    """Many renderers make links of them, without any mark of Markdown."""
    words = "见 http://evil.example 和 WWW.evil.example，a@evil.example"
    quoted = cite_quote(Article("a.md", words, "", "题"), Span(0, len(words))).splitlines()[0]
    assert quoted == "> 见 http\\://evil.example 和 WWW\\.evil.example，a\\@evil.example"


def test_only_an_address_of_the_web_becomes_a_link_in_markdown() -> None:
    """An address cannot end its link and begin something else."""
    article = Article(
        "a.md", "甲乙", "", "题", url='https://a.example/x>)![b](http://evil.example "&lt;'
    )
    elements = shown(cite_quote(article, Span(0, 1), link="javascript:alert(1)"))
    assert [tag for tag, _ in elements.found] == ["blockquote", "p", "p", "a"]
    (address,) = [attributes["href"] for tag, attributes in elements.found if tag == "a"]
    assert address == ("https://a.example/x%3E)!%5Bb%5D(http://evil.example%20%22&lt;")


def test_the_digest_of_words_is_theirs_alone() -> None:
    """It is part of links that readers keep: it must never change."""
    assert digest("症结是缺少抵押物。") == "c7061546c9213626"
    assert digest("症结是缺少抵押物") != digest("症结是缺少抵押物。")
    assert len(digest("\ud800")) == 16
