"""A page's bytes into text, and its articles into files: nothing lost, nothing overwritten."""

import cProfile
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.corpus import read_article
from qa_bot.corpus_folder import article_files
from qa_bot.errors import PageError
from qa_bot.pages import PageArticle, decode_page, format_article, read_page, write_articles
from qa_bot.pages.records import PageParagraph
from qa_bot.records import Person
from qa_bot.terminal import format_written
from tests.children import ended, started

PAGE = """\
# 让小企业"长成"参天树: 一问一答

主持人：何晓岚 南屏晚报记者
嘉宾：邵启明 南屏大学教授

## 缺什么

主持人：小企业最缺什么？

邵启明：最缺的是耐心。

投稿邮箱：sixiang@nanping.example
"""


def write(corpus: Path, page: str = PAGE, *, force: bool = False) -> list[tuple[str, str]]:
    data = page.encode()
    result = read_page(decode_page(data, file="in/四版.txt"), file="in/四版.txt")
    written = write_articles(result, data, corpus=corpus, force=force)
    return [(item.path.name, item.status) for item in written]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
def test_a_page_reads_the_same_in_every_encoding(encoding: str) -> None:
    assert decode_page(PAGE.encode(encoding), file="p.txt") == PAGE


def test_a_page_in_big5_is_read() -> None:
    text = "企業最需要的是耐心，這是我們的經驗。\n"
    assert decode_page(text.encode("big5"), file="p.txt") == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"^p\.txt: is empty; nothing to import$"),
        (b" \n\xe3\x80\x80\n", r"^p\.txt: is empty"),
        (b"PK\0\0abc", r"^p\.txt: is a binary file, not text; export it as text$"),
        (b"ok\n\xff\xfe\xfd\x80", r"^p\.txt:2: is neither UTF-8, .* \(byte 0xff\)"),
        (
            b"---\ntitle: A Day\ndate: 2025-01-02\n---\n\nIt rained.\n",
            r"^p\.txt: is an article already",
        ),
        (b"a" * 20_000_001, r"^p\.txt: file is 20,000,001 bytes, more than 20,000,000; split it$"),
    ],
)
def test_a_file_that_is_no_page_is_refused_in_one_sentence(data: bytes, message: str) -> None:
    with pytest.raises(PageError, match=message):
        decode_page(data, file="p.txt")


def test_an_imported_article_is_read_back_with_section_speakers_and_facts(tmp_path: Path) -> None:
    [(name, status)] = write(tmp_path)
    assert status == "written"
    [(id_, path)] = list(article_files(tmp_path))
    assert id_ == name
    article = read_article(path, id=id_)
    assert article.title == '让小企业"长成"参天树: 一问一答'
    assert [(p.section, p.speaker) for p in article.paragraphs] == [
        ("缺什么", "何晓岚"),
        ("缺什么", "邵启明"),
    ]
    assert Person("邵启明", "南屏大学教授") in article.speakers
    facts = [article.text[fact.span.start : fact.span.end] for fact in article.facts]
    assert "投稿邮箱：sixiang@nanping.example" in facts
    assert article.imported_from is not None
    assert (article.imported_from.line_start, article.imported_from.line_end) == (1, 10)


def test_the_page_is_kept_byte_for_byte(tmp_path: Path) -> None:
    write(tmp_path, PAGE.replace("\n", "\r\n"))
    assert (tmp_path / "pages" / "四版.txt").read_bytes() == PAGE.replace("\n", "\r\n").encode()


def test_importing_a_page_twice_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert [status for _, status in write(tmp_path)] == ["unchanged"]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_an_article_edited_by_hand_is_kept_and_the_difference_shown(tmp_path: Path) -> None:
    [(name, _)] = write(tmp_path)
    path = tmp_path / name
    edited = path.read_text(encoding="utf-8").replace("最缺的是耐心", "最缺的是信心")
    path.write_text(edited, encoding="utf-8")
    result = read_page(PAGE, file="四版.txt")
    [written] = write_articles(result, PAGE.encode(), corpus=tmp_path)
    assert written.status == "refused"
    assert "-**邵启明：** 最缺的是信心。" in written.diff
    assert "+**邵启明：** 最缺的是耐心。" in written.diff
    assert path.read_text(encoding="utf-8") == edited
    assert [status for _, status in write(tmp_path, force=True)] == ["updated"]
    assert [status for _, status in write(tmp_path)] == ["unchanged"]


def test_another_page_of_the_same_name_takes_no_place_of_the_first(tmp_path: Path) -> None:
    [(first, _)] = write(tmp_path)
    [(second, status)] = write(tmp_path, PAGE.replace("耐心", "信心"))
    assert status == "written"
    assert first != second
    assert len(list((tmp_path / "pages").iterdir())) == 2


def test_a_page_mended_since_its_import_is_told_from_the_first(tmp_path: Path) -> None:
    [(first, _)] = write(tmp_path)
    mended = PAGE.replace("耐心", "信心")
    page = read_page(mended, file="四版.txt")
    [written] = write_articles(page, mended.encode(), corpus=tmp_path)
    assert written.namesake == tmp_path / first
    assert f"{first} has the same title; if this page replaces that" in format_written([written])
    other = read_page(PAGE.replace("小企业", "大企业"), file="四版.txt")
    [written] = write_articles(other, PAGE.encode() + b"\n", corpus=tmp_path)
    assert written.namesake is None


def test_no_page_takes_the_articles_of_one_whose_name_begins_alike(tmp_path: Path) -> None:
    def import_page(name: str, title: str) -> list[str]:
        page = f"# {title}\n\n本报讯 {title}，居民都说好。\n"
        result = read_page(page, file=name)
        return [w.status for w in write_articles(result, page.encode(), corpus=tmp_path)]

    assert import_page("cqrb-01.txt", "老街改造完成") == ["written"]
    assert import_page("cqrb.txt", "新桥今日通车") == ["written"]
    assert import_page("cqrb.txt", "新桥今日通车") == ["unchanged"]
    assert import_page("cqrb-01.txt", "老街改造完成") == ["unchanged"]
    assert len(list(tmp_path.glob("*.md"))) == 2


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/passwd", "..", "a\0b", "*[?].txt", ""])
def test_no_page_name_leads_out_of_the_corpus(tmp_path: Path, name: str) -> None:
    corpus = tmp_path / "corpus"
    result = read_page(PAGE.replace("让小企业", "../../让/小企业"), file=name)
    for written in write_articles(result, PAGE.encode(), corpus=corpus):
        assert written.path.resolve().is_relative_to(corpus.resolve())
    assert {path.name for path in tmp_path.iterdir()} == {"corpus"}


def test_a_corpus_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "corpus").write_text("a file")
    result = read_page(PAGE, file="p.txt")
    with pytest.raises(PageError, match="cannot be written"):
        write_articles(result, PAGE.encode(), corpus=tmp_path / "corpus")


def write_alike(corpus: Path, count: int) -> list[tuple[str, str]]:
    """Write a page of this many articles, all of one title."""
    page = read_page(PAGE, file="四版.txt")
    written = write_articles(
        replace(page, articles=page.articles * count), PAGE.encode(), corpus=corpus
    )
    return [(item.path.name, item.status) for item in written]


def write_and_die(corpus: Path, count: int, last: int) -> None:
    """Write the page, and be killed right before the file of this number is in its place."""
    renamed = 0

    def audit(event: str, _: object) -> None:
        nonlocal renamed
        renamed += event == "os.rename"
        if event == "os.rename" and renamed == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(audit)
    write_alike(corpus, count)


@pytest.mark.parametrize("there", ["nothing", "half", "all"])
def test_four_times_the_articles_are_written_in_four_times_the_work(
    tmp_path: Path, there: str
) -> None:
    """All calls are counted, those of the system too: a busy machine changes nothing of it."""
    calls: list[int] = []
    for count in (30, 30, 120):  # what is loaded at the first use is not counted
        corpus = tmp_path / f"{len(calls)}"
        write_alike(corpus, {"nothing": 0, "half": count // 2, "all": count}[there])
        with cProfile.Profile() as profile:
            write_alike(corpus, count)
        calls.append(sum(entry.callcount for entry in profile.getstats()))
    assert calls[2] < 4.1 * calls[1]


def test_articles_of_one_title_keep_names_of_their_own(tmp_path: Path) -> None:
    first = write_alike(tmp_path, 120)
    assert {status for _, status in first} == {"written"}
    assert len({name for name, _ in first}) == 120
    edited = tmp_path / first[110][0]
    edited.write_text(edited.read_text(encoding="utf-8") + "\n补记。\n", encoding="utf-8")
    second = write_alike(tmp_path, 120)
    assert [name for name, _ in second] == [name for name, _ in first]
    assert [name for name, status in second if status != "unchanged"] == [edited.name]
    assert edited.read_text(encoding="utf-8").endswith("补记。\n")


@pytest.mark.parametrize("last", [1, 2, 3, 12, 21])
def test_an_import_that_is_killed_is_completed_by_the_next(tmp_path: Path, last: int) -> None:
    corpus = tmp_path / "corpus"
    assert ended(started(write_and_die, corpus, 20, last)) == -signal.SIGKILL
    already = max(0, last - 2)  # the page itself is the first
    statuses = [status for _, status in write_alike(corpus, 20)]
    assert statuses == ["unchanged"] * already + ["written"] * (20 - already)
    write_alike(tmp_path / "whole", 20)
    assert contents(corpus) == contents(tmp_path / "whole")


def contents(corpus: Path) -> dict[str, bytes]:
    """Return the articles and pages; what is hidden is neither."""
    paths = (path for path in corpus.rglob("*") if path.is_file() and path.name[0] != ".")
    return {str(path.relative_to(corpus)): path.read_bytes() for path in paths}


def test_a_mended_page_of_many_articles_is_told_from_the_first(tmp_path: Path) -> None:
    names = [name for name, _ in write_alike(tmp_path, 120)]
    page = read_page(PAGE, file="四版.txt")
    mended = replace(page, articles=page.articles * 120)
    written = write_articles(mended, PAGE.encode() + b"\n", corpus=tmp_path)
    assert {item.namesake for item in written} == {tmp_path / names[0]}
    assert not {item.path.name for item in written} & set(names)


def test_a_page_of_too_many_articles_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(PageError, match=r"^四版\.txt: has 5,001 articles, more than 5,000; split"):
        write_alike(tmp_path / "corpus", 5_001)
    assert not (tmp_path / "corpus").exists()


LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)


@given(title=LINES, note=LINES, role=LINES)
def test_front_matter_survives_any_words(title: str, note: str, role: str) -> None:
    article = PageArticle(
        title=title,
        authors=(Person("何晓岚", role),),
        source=None,
        section=None,
        date="2025-10-08",
        kind=None,
        speakers=(),
        credits=(),
        captions=(),
        notes=(note,),
        paragraphs=(PageParagraph(None, None, "# 不是标题。", (1, 1)),),
        page_lines=(1, 1),
    )
    text = format_article(article, page_file="pages/p.txt")
    fields = yaml.safe_load(text.split("\n---\n")[0])
    assert fields.get("title", "") == title
    assert fields["notes"] == [note]
    assert fields["authors"][0].get("role", "") == role
    assert fields["date"].isoformat() == "2025-10-08"
