import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.corpus import MAX_FILE_BYTES, line_of, parse_article, read_article
from qa_bot.corpus_folder import article_files
from qa_bot.errors import CorpusError
from qa_bot.records import Article, Person
from tests.conftest import ENGLISH, INTERVIEW


def parse(text: str) -> Article:
    return parse_article(text.encode(), id="a.md", shown_as="corpus/a.md")


def said(article: Article) -> list[tuple[str | None, str | None, str]]:
    return [
        (p.section, p.speaker, article.text[p.span.start : p.span.end]) for p in article.paragraphs
    ]


def test_front_matter_is_read() -> None:
    article = parse(INTERVIEW)
    assert article.title == "让小企业长成参天树"
    assert article.authors == (Person("何晓岚", "南屏晚报记者"),)
    assert (article.source, article.section) == ("南屏晚报", "圆桌")
    assert str(article.date) == "2025-10-08"
    assert article.speakers[1] == Person("邵启明", "南屏大学教授")


def test_paragraphs_carry_section_and_speaker_and_leave_the_label_out() -> None:
    paragraphs = said(parse(INTERVIEW))
    assert paragraphs[0][:2] == (None, None)
    assert paragraphs[1] == ("人才从哪里来", "何晓岚", "小企业怎样留住人才?")
    assert paragraphs[2][1] == "邵启明"
    assert paragraphs[2][2].startswith("留人先要留心。")
    assert paragraphs[-1][:2] == ("资金怎么办", "卓雨")


def test_a_speaker_goes_on_until_the_next_speaker_or_heading() -> None:
    text = "---\ntitle: t\nspeakers: [{name: 甲}]\n---\n甲:第一段。\n\n第二段。\n\n## 新节\n\n第三段。\n"
    assert said(parse(text)) == [
        (None, "甲", "第一段。"),
        (None, "甲", "第二段。"),
        ("新节", None, "第三段。"),
    ]


@pytest.mark.parametrize("mark", ["***", "---", "* * *", "___ "])
def test_a_thematic_break_ends_a_speaker_and_is_no_text(mark: str) -> None:
    """What the paper tells after an interview is nobody's answer."""
    text = (
        "---\ntitle: t\nspeakers: [{name: 沈碧云}]\n---\n## 茶山\n\n沈碧云：今年多采了两成。\n\n"
        f"{mark}\n\n采访结束时，山里起了雾。\n\n沈碧云：慢走。\n{mark}\n雾更浓了。\n"
    )
    assert said(parse(text)) == [
        ("茶山", "沈碧云", "今年多采了两成。"),
        ("茶山", None, "采访结束时，山里起了雾。"),
        ("茶山", "沈碧云", "慢走。"),
        ("茶山", None, "雾更浓了。"),
    ]


@pytest.mark.parametrize("line", ["**下一步怎么办？**", "__下一步怎么办?__", "**下一步怎么办**？"])
def test_a_bold_question_ends_a_speaker(line: str) -> None:
    text = (
        "---\ntitle: t\nspeakers: [{name: 沈碧云}]\n---\n"
        f"沈碧云：今年多采了两成。**为什么？**因为天好。\n\n山上也修了路。\n\n{line}\n\n先把厂房修好。\n"
    )
    assert [speaker for _, speaker, _ in said(parse(text))] == ["沈碧云", "沈碧云", None, None]


def test_an_escaped_mark_is_text() -> None:
    """The import writes so what would otherwise be read as structure."""
    assert said(parse("\\# 不是标题。\n\n\\***\n\n\\一条斜线。\n")) == [
        (None, None, "# 不是标题。"),
        (None, None, "***"),
        (None, None, "\\一条斜线。"),
    ]


def test_a_colon_alone_makes_no_speaker() -> None:
    """In a news report '注意:' opens a sentence, nobody speaks."""
    paragraphs = said(parse("---\ntitle: t\n---\n注意:以下是正文。\n\n**提示:** 加粗的也一样。\n"))
    assert [speaker for _, speaker, _ in paragraphs] == [None, None]


def test_facts_are_quotable_slices_of_the_file() -> None:
    article = parse(INTERVIEW)
    facts = [article.text[fact.span.start : fact.span.end] for fact in article.facts]
    assert "主持人:何晓岚 南屏晚报记者" in facts
    assert "图为南屏齿轮厂的装配车间。 记者 莫然 摄" in facts


def test_a_quoted_yaml_value_is_a_fact_without_its_marks() -> None:
    article = parse("---\ntitle: t\nnotes: ['(作者系:某校教授)', \"第二\"]\n---\n正文。")
    assert [article.text[f.span.start : f.span.end] for f in article.facts] == [
        "(作者系:某校教授)",
        "第二",
    ]


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_offsets_hold_with_bom_and_windows_line_ends(mark: str, line_end: str) -> None:
    text = mark + ENGLISH.replace("\n", line_end)
    article = parse(text)
    assert article.text == text
    assert article.title == "Small firms, long roads"
    (paragraph,) = article.paragraphs
    assert text[paragraph.span.start :].startswith("Nanping's gear makers")
    assert line_of(text, paragraph.span.start) == 8


def test_text_without_front_matter_takes_its_title_from_the_heading_or_the_name() -> None:
    assert parse("# 标题\n\n正文。\n").title == "标题"
    assert parse("正文。\n").title == "a"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "corpus/a.md: is empty"),
        (b" \n\xe3\x80\x80\n", "corpus/a.md: is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "corpus/a.md: is a binary file"),
        ("好\n好\n".encode() + b"\xff", "corpus/a.md:3: is not UTF-8"),
        (b"---\ntitle: [\n---\nx", r"corpus/a.md:\d: front matter is not valid YAML"),
        (b"---\ntitle: t\nx", "corpus/a.md:1: front matter is not closed"),
        (b"---\n- a\n---\nx", "corpus/a.md:2: front matter must be fields"),
        (b"---\nsource: s\n---\nx", "corpus/a.md:1: front matter has no title"),
        (b"---\ntitle: t\nauthors: x\n---\nx", "corpus/a.md:3: authors must be a list"),
        (b"---\ntitle: t\ndate: soon\n---\nx", "corpus/a.md:3: date must be a date"),
        (
            b"---\ntitle: t\ndate: 2025-13-45\n---\nx",
            r"corpus/a.md:3: date must be a date such as 2025-11-28, got '2025-13-45'$",
        ),
        (b"---\ntitle: t\nnotes: a\x07b\n---\nx", "corpus/a.md:3: .*unacceptable character #x0007"),
        (b"---\ntitle: t\na: &x [1]\nb: *x\n---\nx", "corpus/a.md:4: .*alias"),
        (b"---\ntitle: t\nimported_from: {file: ../x, lines: [1, 2]}\n---\nx", "corpus/a.md:3"),
        (b"---\ntitle: t\n---\n## only a heading\n", "corpus/a.md: has no text"),
    ],
)
def test_a_file_that_cannot_be_used_is_reported_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        parse_article(data, id="a.md", shown_as="corpus/a.md")


def test_half_a_character_in_the_front_matter_is_reported() -> None:
    """YAML can write one; the index could not store it, and one file would stop them all."""
    with pytest.raises(CorpusError, match=r":3: .* half a character\); mend it"):
        parse('---\ntitle: 花园\nsource: "晨\\ud800报"\n---\n三百棵树。\n')


@pytest.mark.parametrize("escape", [r"\U00110000", r"\Uffffffff", r"\UFFFFFFFFFF"])
def test_an_escape_that_is_no_character_is_reported(escape: str) -> None:
    with pytest.raises(CorpusError, match=r"not valid YAML \(.*\); mend it"):
        parse(f'---\ntitle: "花园{escape}"\n---\n三百棵树。\n')


@pytest.mark.parametrize("field", ["title", "source", "date", "url", "kind", "unknown"])
@pytest.mark.parametrize(
    "value",
    [
        "!!bool foo",
        "!!timestamp foo",
        '!!int ""',
        '!!int "+"',
        '!!float "1:2:x"',
        f"0x{'f' * 20_000}",
        f"0b{'1' * 90_000}",
        f"0{'7' * 20_000}",
        f"1{':59' * 20_000}",
        f"1{':59' * 20_000}.5",
        "9" * 5_000,
        "1e999",
        "0001-01-01 00:00:00 +99:99",
    ],
    ids=lambda value: value[:12],
)
def test_a_value_that_is_none_of_its_kind_is_text_or_reported(field: str, value: str) -> None:
    """One file must never stop the others."""
    fields = {"title": "花园", field: value}
    front = "".join(f"{name}: {text}\n" for name, text in fields.items())
    for people in ("", f"authors: [{{name: {value}, role: {value}}}]\n"):
        told = read_or_told(f"---\n{front}{people}---\n三百棵树。\n")
        assert told.endswith("三百棵树。\n") or len(told) < 200


def read_or_told(text: str) -> str:
    try:
        return parse(text).text
    except CorpusError as error:
        return str(error)


@pytest.mark.parametrize("marks", ["#", "# "])
def test_a_line_too_long_for_a_heading_is_text(marks: str) -> None:
    """A heading is kept with each passage below it; a megabyte of one must cost nothing."""
    line = f"## {marks * 500_000}树"
    assert said(parse(f"# 花园\n\n{line}\n\n三百棵树。\n")) == [
        (None, None, line),
        (None, None, "三百棵树。"),
    ]


def test_a_file_over_the_size_limit_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "big.md"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(CorpusError, match=r"more than 20,000,000; split it"):
        read_article(path, id="big.md")


def test_readme_hidden_files_pages_and_links_out_are_no_articles(corpus: Path) -> None:
    outside = corpus.parent / "outside.md"
    outside.write_text("x")
    for name in ("README.md", ".draft.md", "pages/page.txt", "notes.pdf"):
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_text("x")
    (corpus / "link.md").symlink_to(outside)
    found = [id_ for id_, _ in article_files(corpus)]
    assert found == ["english.md", "interview.md", "news/gears.md", "opinion.md"]


def skipped(corpus: Path) -> list[str]:
    problems: list[str] = []
    list(article_files(corpus, problems=problems))
    return [problem.removeprefix(f"{corpus}/") for problem in problems]


def test_what_would_be_an_article_but_cannot_be_used_is_reported(corpus: Path) -> None:
    """Nothing is left out in silence: who linked a folder in must learn that it is not read."""
    outside = corpus.parent / "elsewhere"
    outside.mkdir()
    (outside / "a.md").write_text("x")
    (corpus / "archive").symlink_to(outside)
    (corpus / "linked.md").symlink_to(outside / "a.md")
    (corpus / "lost.md").symlink_to(outside / "none.md")
    (corpus / "same").symlink_to(corpus / "news")
    (corpus / ".hidden").symlink_to(outside)
    Path(os.fsdecode(os.fsencode(corpus) + b"/bad\xff.md")).write_text("x")
    out = "is a link that leads out of the corpus; put what it leads to into the corpus"
    assert skipped(corpus) == [
        f"archive: {out}",
        "bad\\xff.md: has a name that is not UTF-8; rename it",
        f"linked.md: {out}",
        "lost.md: is a broken link; mend or remove it",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_read_is_reported(corpus: Path) -> None:
    (corpus / "news").chmod(0)
    closed = skipped(corpus)
    (corpus / "news").chmod(0o400)
    locked = skipped(corpus)
    (corpus / "news").chmod(0o700)
    assert closed == ["news: cannot be read (Permission denied); check the folder"]
    assert locked == ["news/gears.md: cannot be reached; mend or remove it"]


def test_a_missing_corpus_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no corpus folder at .*; create it"):
        list(article_files(tmp_path / "none"))


@given(st.text(max_size=400), st.sampled_from(["", "---\ntitle: t\nspeakers: [{name: 甲}]\n---\n"]))
def test_any_text_is_read_or_refused_with_a_reason(text: str, front: str) -> None:
    try:
        data = (front + text).encode()
    except UnicodeEncodeError:
        return  # a lone surrogate cannot stand in a file
    try:
        article = parse_article(data, id="a.md", shown_as="a.md")
    except CorpusError:
        return
    done = 0
    for paragraph in article.paragraphs:
        assert done <= paragraph.span.start < paragraph.span.end <= len(article.text)
        done = paragraph.span.end


def test_a_byline_that_is_a_bare_name_is_no_fact() -> None:
    """'■ 王一' answers nothing; who 王一 is stands in the author's entry."""
    article = parse(
        "---\ntitle: t\nauthors: [{name: 王一, role: 教授}]\ncredits: [■ 王一]\n---\n正文。"
    )
    assert [article.text[f.span.start : f.span.end] for f in article.facts] == [
        "name: 王一, role: 教授"
    ]
