"""The library view: finding, importing, removing, rebuilding; and its whole story in a browser."""

import datetime as dt
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import FilePayload, Page, expect
from starlette.testclient import TestClient

from qa_bot import QABot
from qa_bot.cli import main
from qa_bot.corpus import parse_article
from qa_bot.corpus_removal import REMOVED_FOLDER, remove_article, restore_article
from qa_bot.errors import CorpusError
from qa_bot.front_matter import correct_fields
from qa_bot.index.build import build_index
from qa_bot.index.catalogue import Wanted, choices, find_articles
from qa_bot.index.encoder import Encoder
from qa_bot.pages.decode import MAX_PAGE_BYTES
from qa_bot.settings import Settings
from qa_bot.web.calls import NoticeError
from qa_bot.web.library import Library
from qa_bot.web.library_build import IndexBuilds
from qa_bot.web.library_doubts import in_words
from qa_bot.web.library_import import Upload, add_upload, preview, read_upload
from qa_bot.web.library_texts import library_texts
from qa_bot.web.library_uploads import Uploads, add_import_route
from qa_bot.web.live import LiveBot
from qa_bot.web.texts import EN, ZH
from tests.browser import opened, served, started
from tests.conftest import NEWS, write_articles
from tests.test_web import ATTACK, Elements

WORDS = library_texts(ZH)
PAGE = """\
南屏晚报
2026年1月15日 星期四

# 古镇夜市月入百万元
本报记者 莫然
　　本报讯 1月13日,记者从古镇夜市管理处获悉,开市三个月以来,夜市共接待游客48万人次,月均营业额超过120万元。
　　管理处负责人钱德明介绍,夜市共有摊位216个,其中非遗摊位34个。

# 让公园多一点野趣
作者:季文远
　　城市公园是市民的客厅。近日,南屏市决定在东湖公园保留一片不修剪的草地,面积3.6公顷。
　　野趣是一座城市自信的样子。
"""
expect.set_options(timeout=60_000)  # a build takes seconds, on a busy machine many

IMAGE = "<img src=x onerror=alert(1)>"
ARTICLE = """\
---
# kept by the editor
title: 旧题目
authors:
  - {name: 何晓岚, role: 记者}
# a note
mine: {pages: [1, 2]}
date: 2025-10-08
---

正文第一段。

---
正文里的线不是题头。
"""


@pytest.fixture
def own(corpus: Path, tmp_path: Path, encoder: Encoder) -> Iterator[QABot]:
    """A bot over four articles, whose corpus and index may be changed."""
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus) as bot:
        yield bot


@pytest.fixture
def settings(own: QABot) -> Settings:
    """Settings of its folders."""
    return Settings(corpus=str(own.corpus), index=str(own.snapshot.folder.parent), port=0)


@pytest.fixture
def live(settings: Settings) -> Iterator[LiveBot]:
    """The live bot over it."""
    index = Path(settings.index)
    with LiveBot(lambda: QABot.open(index, corpus=settings.corpus), index) as live:
        yield live


@pytest.fixture
def uploads() -> Uploads:
    """Nothing sent yet."""
    return Uploads()


@pytest.fixture
def library(live: LiveBot, uploads: Uploads, settings: Settings) -> Iterator[Library]:
    """The view's calls, for a reader who may change the library."""
    with IndexBuilds(settings, live) as builds:
        yield Library(live, uploads, builds, Path(settings.corpus), may_change=True)


def _upload(text: str, name: str = "晚报.txt") -> Upload:
    return read_upload(text.encode(), name)


@cache
def _page_upload() -> Upload:
    """Return the page, read once: that takes a process of its own."""
    return _upload(PAGE)


def _built(library: Library) -> dict[str, Any]:
    """Wait for the end of a build; returns its outcome."""
    for _ in range(1200):
        progress = library.progress({}, ZH)
        if progress["build"] is None:
            return dict(progress["outcome"])
        time.sleep(0.1)
    raise AssertionError("the build does not end")


# Finding ------------------------------------------------------------------------------------------


def _found(bot: QABot, **wanted: Any) -> list[str]:
    total, articles = find_articles(bot.snapshot.store, Wanted(**wanted), first=0, count=50)
    assert total == len(articles)
    return [article.id for article in articles]


def test_the_newest_article_comes_first_and_pages_do_not_overlap(bot: QABot) -> None:
    assert _found(bot) == ["english.md", "opinion.md", "news/gears.md", "interview.md"]
    total, second = find_articles(bot.snapshot.store, Wanted(), first=2, count=1)
    assert (total, [article.id for article in second]) == (4, ["news/gears.md"])


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (("法治是",), ["opinion.md"]),  # title
        (("helen",), ["english.md"]),  # author, in any case
        (("邵启明",), ["interview.md"]),  # speaker
        (("Evening",), ["english.md"]),  # source
        (("8000小时",), ["news/gears.md"]),  # text
        (("南屏齿轮厂", "记者"), ["news/gears.md", "interview.md"]),  # all words, anywhere
        (("南屏齿轮厂", "月球"), []),
        (("%",), []),  # means itself, and stands nowhere
        (("8_00小时",), []),
        (("!",), []),
        (("'; DROP TABLE article; --",), []),
    ],
)
def test_every_word_that_is_looked_for_stands_in_the_article(
    bot: QABot, words: tuple[str, ...], ids: list[str]
) -> None:
    assert _found(bot, words=words) == ids


def test_filters_leave_only_what_passes_them_all(bot: QABot) -> None:
    assert _found(bot, source="南屏晚报", kind="news") == ["news/gears.md"]
    assert _found(bot, author="何晓岚") == ["interview.md"]
    assert _found(bot, speaker="卓雨") == ["interview.md"]
    since, until = dt.date(2025, 10, 20), dt.date(2025, 10, 22)
    assert _found(bot, since=since, until=until) == ["opinion.md", "news/gears.md"]
    assert _found(bot, author="何") == []


def test_the_choices_of_each_filter_say_how_many_articles_they_leave(bot: QABot) -> None:
    found = choices(bot.snapshot.store)
    assert found["source"] == [("南屏晚报", 3), ("Nanping Evening News", 1)]
    assert ("邵启明", 1) in found["speaker"]
    assert dict(found["kind"]) == {"interview": 1, "news": 2, "opinion": 1}
    for name, entries in found.items():
        for value, count in entries:
            assert len(_found(bot, **{name: value})) == count


def test_anything_may_be_asked_of_the_calls(library: Library) -> None:
    """The script's data comes from anybody; half characters and wrong types find nothing."""
    for data in ({"words": "\ud800"}, {"words": 5, "first": "x"}, {"since": "?", "source": []}):
        assert library.find(data, ZH)["total"] <= 4


def test_no_text_of_an_article_becomes_html_in_the_library(
    tmp_path: Path, encoder: Encoder
) -> None:
    attack = json.dumps(ATTACK.replace("\u202e", "\\u202e")).replace("\\\\u", "\\u")
    text = (
        f"---\ntitle: {attack}\nsource: {attack}\nkind: {attack}\n"
        f"authors: [{{name: {attack}, role: {attack}}}]\nspeakers: [{{name: {attack}}}]\n"
        f"---\n## {ATTACK}\n\n{ATTACK}\n"
    )
    write_articles(tmp_path / "c", {"<b>&'\".md": text})
    build_index(tmp_path / "c", tmp_path / "i", encoder)
    with LiveBot(lambda: QABot.open(tmp_path / "i", corpus=tmp_path / "c"), tmp_path / "i") as live:
        builds = IndexBuilds(Settings(), live)
        library = Library(live, Uploads(), builds, tmp_path / "c", may_change=True)
        found = library.find({}, ZH)
    assert found["ids"] == ["<b>&'\".md"]
    elements = Elements(found["html"])
    assert {tag for tag, _ in elements.found} <= {
        *("ol", "li", "h2", "h3", "a", "p", "span", "time", "button", "article"),
    }
    names = {name for _, attributes in elements.found for name in attributes}
    assert names <= {
        *("class", "role", "href", "lang", "type", "data-action", "datetime", "tabindex"),
    }
    assert "<script>alert(1)</script>" in elements.text
    assert "\u202e" not in found["html"] + found["titles"][0]


# Importing ----------------------------------------------------------------------------------------


def test_a_page_is_shown_with_its_articles_and_what_was_left_out_before_it_is_added() -> None:
    shown = preview(_page_upload(), ZH)
    first, second = shown["articles"]
    assert first["title"] == "古镇夜市月入百万元"
    assert first["authors"] == [{"name": "莫然", "role": "本报记者"}]
    assert (first["source"], first["date"], first["count"]) == ("南屏晚报", "2026-01-15", 2)
    assert second["first"][0].startswith("城市公园是市民的客厅")
    left_out = [(item["text"], item["lines"], item["reason"]) for item in shown["left_out"]]
    assert ("南屏晚报", "第 1 行", "页眉") in left_out
    assert shown["lost"] == []


def test_doubts_are_told_in_the_reader_s_language_with_lines_and_confidence() -> None:
    text = "　　城市公园是市民的客厅。近日,东湖公园保留一片草地。\n　　野趣是城市自信的样子。\n"
    (doubt,) = preview(_upload(text), ZH)["doubts"]
    assert doubt == {
        "what": "第 1 篇在版面上没有标题，用开头的话代替",
        "lines": "第 1–2 行",
        "sure": "把握很小",
    }
    assert in_words("the end of this sentence is lost", EN) == "the end of this sentence is lost"
    assert in_words("something new", ZH) == "something new"


def test_corrections_are_written_and_what_is_left_out_is_not(tmp_path: Path) -> None:
    """The second article keeps its number, so that a later import of the page knows it again."""
    corrections = [
        None,
        {
            "title": "公园 <野趣>",
            "authors": [{"name": "季文远", "role": "园艺师"}],
            "date": "2026-01-16",
            "kind": "opinion",
        },
    ]
    (entry,) = add_upload(_page_upload(), corrections, corpus=tmp_path, words=WORDS)
    assert entry[0] == "公园 <野趣>"
    path = entry[1].path
    assert path.name == "晚报-02-公园-野趣.md"
    article = parse_article(path.read_bytes(), id="a", shown_as="a")
    assert article.title == "公园 <野趣>"
    assert article.authors[0].role == "园艺师"
    assert (article.date, article.kind) == (dt.date(2026, 1, 16), "opinion")
    assert "古镇夜市" not in path.read_text("utf-8")
    again = add_upload(_page_upload(), corrections, corpus=tmp_path, words=WORDS)
    assert again[0][1].status == "unchanged"
    both = add_upload(_page_upload(), [{}, corrections[1]], corpus=tmp_path, words=WORDS)
    assert [written.status for _, written in both] == ["written", "unchanged"]


def test_a_file_that_a_person_edited_is_kept_and_a_namesake_is_named(tmp_path: Path) -> None:
    _, (_, written) = add_upload(_page_upload(), [{}, {}], corpus=tmp_path, words=WORDS)
    edited = written.path.read_text("utf-8") + "\n编者补记。\n"
    written.path.write_text(edited, "utf-8")
    again = add_upload(_page_upload(), [{}, {}], corpus=tmp_path, words=WORDS)
    assert [entry.status for _, entry in again] == ["unchanged", "refused"]
    assert written.path.read_text("utf-8") == edited
    other = add_upload(_upload(f"{PAGE}\n　　又一段。\n"), [{}, {}], corpus=tmp_path, words=WORDS)
    assert other[1][1].namesake == written.path


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"title": "  "}, "请填写题目"),
        ({"date": "2026-02-30"}, "“2026-02-30”不是日期"),
        ({"date": "20260201"}, "不是日期"),
        ({"title": "长" * 301}, "最多 300 个字"),
        ({"kind": "poem"}, "失效"),
        ({"authors": "何晓岚"}, "失效"),
        (None, "至少选一篇"),
        ("x", "失效"),
    ],
)
def test_a_correction_that_cannot_be_used_is_refused_and_nothing_is_written(
    tmp_path: Path, entry: object, reason: str
) -> None:
    with pytest.raises(NoticeError, match=reason):
        add_upload(_upload(ARTICLE), [entry], corpus=tmp_path / "c", words=WORDS)
    with pytest.raises(NoticeError, match="失效"):
        add_upload(_upload(ARTICLE), [{}, {}], corpus=tmp_path / "c", words=WORDS)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../../a.md",
        "/etc/a.md",
        "..\\..\\a.md",
        "a\0b.md",
        ".hidden.md",
        "README.md",
        "..",
        "",
        "\ud800.md",
        "长" * 500,
    ],
)
def test_whatever_a_file_is_called_it_is_written_into_the_corpus_and_is_an_article(
    tmp_path: Path, name: str
) -> None:
    from qa_bot.corpus_folder import article_files

    corpus = tmp_path / "c"
    add_upload(_upload(ARTICLE, name), [{}], corpus=corpus, words=WORDS)
    read = _page_upload()
    assert read.page is not None
    page = replace(read.page, file=name)
    add_upload(replace(read, page=page), [{}, {}], corpus=corpus, words=WORDS)
    assert len(list(article_files(corpus))) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_an_article_is_added_as_it_is_and_another_of_its_name_stays(tmp_path: Path) -> None:
    text = ARTICLE.replace("\n", "\r\n")
    ((_, first),) = add_upload(_upload(text, "a.md"), [{}], corpus=tmp_path, words=WORDS)
    assert first.path.read_bytes() == text.encode()
    ((_, again),) = add_upload(_upload(text, "a.md"), [{}], corpus=tmp_path, words=WORDS)
    assert again.status == "unchanged"
    ((_, other),) = add_upload(
        _upload(text, "a.md"), [{"title": "新"}], corpus=tmp_path, words=WORDS
    )
    assert (other.status, other.namesake) == ("written", first.path)
    assert first.path.read_bytes() == text.encode()


def test_a_correction_of_an_article_touches_nothing_but_its_field() -> None:
    """Comments, fields of one's own and the body stay, character by character."""
    corrections = {
        "title": "新: 题目",
        "date": dt.date(2025, 11, 28),
        "authors": [],
        "source": "晚报",
    }
    assert correct_fields(ARTICLE, corrections, "a.md") == (
        ARTICLE.replace("title: 旧题目", "title: '新: 题目'")
        .replace("authors:\n  - {name: 何晓岚, role: 记者}\n", "")
        .replace("date: 2025-10-08\n", "date: 2025-11-28\nsource: 晚报\n")
    )
    inline = "---\n{title: 旧, mine: 2025-13-45}\n---\n正文\n"
    assert correct_fields(inline, {"title": "新"}, "a.md") == (
        "---\ntitle: 新\nmine: '2025-13-45'\n---\n正文\n"
    )
    assert correct_fields("---\n# 未填\n---\n正文\n", {"title": "新"}, "a.md") == (
        "---\n# 未填\ntitle: 新\n---\n正文\n"
    )


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])).filter(lambda text: text.strip()))
def test_any_title_is_read_as_it_was_typed(title: str) -> None:
    corrected = correct_fields(ARTICLE, {"title": title}, "a.md")
    article = parse_article(corrected.encode(), id="a.md", shown_as="a.md")
    assert article.title == " ".join(title.split())
    assert corrected.endswith(ARTICLE[ARTICLE.index("mine:") :])


# What is sent -------------------------------------------------------------------------------------


def test_what_is_sent_is_forgotten_after_half_an_hour_or_when_there_is_too_much() -> None:
    now = 0.0
    uploads = Uploads(clock=lambda: now)
    first = uploads.keep(Upload("a", b"", "", False, None, None))
    assert uploads.get(first)
    for _ in range(20):
        last = uploads.keep(Upload("b", b"", "", False, None, None))
    assert uploads.get(first) is None
    large = [uploads.keep(Upload("c", bytes(19_000_000), "", False, None, None)) for _ in range(4)]
    assert [uploads.get(key) is not None for key in (last, *large)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    now = 1801.0
    assert uploads.get(large[-1]) is None
    assert uploads.get(["x"]) is None


def _client(uploads: Uploads, *, may_change: bool = True) -> TestClient:
    app = FastAPI()
    add_import_route(app, uploads, may_change=may_change)
    headers = {"Content-Type": "application/octet-stream", "Accept-Language": "zh-CN"}
    return TestClient(app, headers=headers)


def test_a_file_is_sent_and_kept_under_a_key(uploads: Uploads) -> None:
    client = _client(uploads)
    answer = client.post("/library/import", params={"name": "x.txt"}, content=PAGE.encode()).json()
    assert len(answer["articles"]) == 2
    kept = uploads.get(answer["key"])
    assert kept is not None
    assert kept.data == PAGE.encode()


def test_what_cannot_be_read_or_may_not_be_sent_is_refused_in_words(uploads: Uploads) -> None:
    client = _client(uploads)
    for data, reason in (
        (b"", "empty"),
        (b"\x00\x01\xff", "binary"),
        (b"---\ntitle: [\n---\n", "YAML"),
    ):
        answer = client.post("/library/import?name=a.md", content=data)
        assert answer.status_code == 200
        assert "这个文件用不了" in answer.json()["error"]
        assert reason in answer.json()["error"]
    too_large = client.post("/library/import", content=bytes(MAX_PAGE_BYTES + 1))
    assert (too_large.status_code, too_large.json()["error"]) == (
        413,
        WORDS.too_large.format(most=20),
    )
    form = client.post("/library/import", content=b"x", headers={"Content-Type": "text/plain"})
    assert form.status_code == 415  # what a form of another site can send
    stranger = _client(uploads, may_change=False).post("/library/import", content=PAGE.encode())
    assert (stranger.status_code, stranger.json()["error"]) == (403, WORDS.read_only)


def test_who_may_not_change_the_library_is_told_so_by_every_call(
    live: LiveBot, uploads: Uploads, settings: Settings
) -> None:
    with IndexBuilds(settings, live) as builds:
        library = Library(live, uploads, builds, Path(settings.corpus), may_change=False)
        before = sorted(Path(settings.corpus).rglob("*"))
        for call in (library.add, library.remove, library.restore, library.rebuild):
            with pytest.raises(NoticeError, match="只有在本机打开"):
                call({"id": "interview.md", "key": "x"}, ZH)
        assert sorted(Path(settings.corpus).rglob("*")) == before
        assert builds.stage is None
        assert 'data-action="remove"' not in library.find({}, ZH)["html"]
        assert library.overview({}, ZH)["may_change"] is False


# Removing, and the index --------------------------------------------------------------------------


def test_a_removed_article_lies_in_the_corpus_and_can_be_put_back(corpus: Path) -> None:
    before = (corpus / "news/gears.md").read_bytes()
    removed = remove_article(corpus, "news/gears.md")
    assert removed.parent == corpus / REMOVED_FOLDER
    assert not (corpus / "news/gears.md").exists()
    restore_article(corpus, "news/gears.md", removed)
    assert (corpus / "news/gears.md").read_bytes() == before
    assert not removed.exists()


def test_an_article_put_back_replaces_none_that_came_in_its_place(corpus: Path) -> None:
    removed = remove_article(corpus, "opinion.md")
    (corpus / "opinion.md").write_text(NEWS, "utf-8")
    with pytest.raises(CorpusError, match=r"cannot be put back .*it lies in .*\.removed"):
        restore_article(corpus, "opinion.md", removed)
    assert (corpus / "opinion.md").read_text("utf-8") == NEWS


@pytest.mark.parametrize(
    "id",
    [
        "../outside.md",
        "/etc/passwd",
        "link.md",
        "linked/outside.md",
        "news/../../outside.md",
        ".removed/x.md",
        "a\0b",
        "",
        ".",
    ],
)
def test_nothing_outside_of_the_corpus_is_removed(corpus: Path, id: str) -> None:
    """An index, which says what there is, may have been made by anybody."""
    outside = corpus.parent / "outside.md"
    outside.write_text("x", "utf-8")
    (corpus / "link.md").symlink_to(outside)
    (corpus / "linked").symlink_to(corpus.parent)
    with pytest.raises(CorpusError):
        remove_article(corpus, id)
    assert outside.exists()
    assert (corpus / "link.md").is_symlink()


def test_qa_bot_index_says_how_far_it_is_for_programs(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "broken.md").write_text("---\ntitle: [\n---\n", "utf-8")
    folders = [f"--corpus={corpus}", f"--index={tmp_path / 'i'}"]
    assert main(["index", "--progress", "--json", *folders]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["articles"] == 4
    lines = [json.loads(line) for line in printed.err.splitlines() if line.startswith("{")]
    assert list(dict.fromkeys(line["stage"] for line in lines)) == [
        "reading",
        "splitting",
        "embedding",
    ]
    last = {line["stage"]: line for line in lines}
    assert last["reading"] == {"stage": "reading", "done": 5, "total": 5}
    assert all(line["done"] == line["total"] > 0 for line in last.values())


def test_adding_removing_and_undoing_bring_the_index_up_to_date(
    library: Library, uploads: Uploads, live: LiveBot
) -> None:
    """Builds that are asked for while one goes on follow it, and are told of together."""
    upload = _page_upload()
    added = library.add({"key": uploads.keep(upload), "articles": [{"title": "夜市"}, {}]}, ZH)
    assert [entry["what"] for entry in added["written"]] == ["已加入", "已加入"]
    assert added["build"]["stage"] == "starting"
    key = library.remove({"id": "opinion.md"}, ZH)["key"]
    outcome = _built(library)
    assert (outcome["added"], outcome["removed"], outcome["articles"]) == (2, 1, 5)
    with live.lease() as bot:
        assert "216个" in bot.ask("夜市有多少个摊位？").quotes[0].text
    assert library.find({"words": "法治是"}, ZH)["total"] == 0
    library.restore({"key": key}, ZH)
    assert _built(library)["added"] == 1
    assert library.find({"words": "法治是"}, ZH)["total"] == 1
    with pytest.raises(NoticeError, match="失效"):
        library.restore({"key": key}, ZH)
    with pytest.raises(NoticeError, match="失效"):
        library.add({"key": "guessed", "articles": []}, ZH)
    with pytest.raises(NoticeError, match="没有这篇"):
        library.remove({"id": "../x.md"}, ZH)


def test_what_goes_wrong_with_the_index_is_told_and_the_old_one_answers(
    library: Library, settings: Settings, live: LiveBot
) -> None:
    import filelock

    corpus, index = Path(settings.corpus), Path(settings.index)
    with filelock.FileLock(index / ".lock"):
        library.rebuild({}, ZH)
        assert "is being built by another process; wait" in _built(library)["error"]
    (corpus / "broken.md").write_text("---\ntitle: [\n---\n", "utf-8")
    (corpus / "opinion.md").unlink()
    library.rebuild({}, ZH)
    outcome = _built(library)
    assert outcome["error"] == ""
    assert len(outcome["problems"]) == 1
    assert "broken.md:3" in outcome["problems"][0]
    with live.lease() as bot:
        assert bot.snapshot.manifest.articles == 3


# In the browser -----------------------------------------------------------------------------------


@pytest.fixture
def address(own: QABot) -> Iterator[str]:
    """The web chat over a corpus that may be changed."""
    with served(own, Settings(port=0)) as url:
        yield url


@pytest.fixture
def page() -> Iterator[Page]:
    """A Chinese reader's phone."""
    with started() as browser, opened(browser) as page:
        yield page


def test_a_reader_adds_a_page_asks_about_it_and_removes_an_article(
    address: str, page: Page, own: QABot
) -> None:
    """The whole story on a phone; questions are answered all the time."""
    page.goto(f"{address}#library")
    entries = page.locator(".qa-entry")
    expect(entries).to_have_count(4)
    expect(page.locator(".qa-count")).to_have_text("共 4 篇文章")

    page.get_by_label("在文库中查找").fill("减速器")
    expect(entries).to_have_count(1)
    page.get_by_label("在文库中查找").fill("")
    page.locator(".qa-filters summary").click()
    page.get_by_label("体裁").select_option("opinion")
    expect(entries).to_have_count(1)
    page.get_by_role("button", name="清除筛选").click()
    expect(entries).to_have_count(4)

    page.get_by_role("button", name="添加文章").click()
    files: list[FilePayload] = [
        {
            "name": f"{IMAGE}.txt",
            "mimeType": "text/plain",
            "buffer": PAGE.replace("钱德明", IMAGE).encode(),
        },
        {"name": "empty.txt", "mimeType": "text/plain", "buffer": b" \n"},
    ]
    page.locator("#qa-library input[type=file]").set_input_files(files)
    review = page.locator(".qa-review")
    expect(review.locator("fieldset")).to_have_count(2)
    expect(review).to_contain_text(f"管理处负责人{IMAGE}介绍")
    expect(page.locator(".qa-sending + .qa-notice")).to_contain_text("is empty")
    title = review.get_by_label("题目").first
    expect(title).to_have_value("古镇夜市月入百万元")
    title.fill("")
    review.get_by_role("button", name="加入文库").click()
    expect(review.get_by_role("alert")).to_have_text("请填写题目。")
    title.fill(f"夜市的账本{IMAGE}")

    is_over = threading.Event()
    failures: list[object] = []
    asked = [0]

    def ask() -> None:
        with LiveBot(
            lambda: QABot.open(own.snapshot.folder.parent, corpus=own.corpus),
            own.snapshot.folder.parent,
        ) as live:
            try:
                while not is_over.is_set():
                    with live.lease() as bot:
                        assert bot.ask("减速器的寿命有多长？").answered
                    asked[0] += 1
            except Exception as error:  # whatever it is, it fails the test
                failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        review.get_by_role("button", name="加入文库").click()
        expect(page.locator(".qa-written li")).to_have_count(2)
        expect(page.locator(".qa-built")).to_contain_text("增加 2 篇")
    finally:
        is_over.set()
        thread.join()
    assert failures == []
    assert asked[0] > 0
    expect(page.locator(".qa-count")).to_have_text("共 6 篇文章")
    expect(entries.first).to_contain_text(f"夜市的账本{IMAGE}")

    page.locator(".qa-views:visible a", has_text="问答").click()
    box = page.get_by_label("您的问题")
    box.fill("夜市共有多少个摊位？")
    box.press("Enter")
    expect(page.locator(".qa-turn .qa-words")).to_contain_text("夜市共有摊位216个")
    expect(page.locator(".qa-turn figcaption")).to_contain_text("夜市的账本")

    page.locator(".qa-views:visible a", has_text="文库").click()
    entries.first.get_by_role("link").click()
    expect(page.locator(".qa-reading h2")).to_have_text(f"夜市的账本{IMAGE}")
    expect(page.locator(".qa-reading")).to_contain_text("月均营业额超过120万元")
    page.get_by_role("link", name="返回文库").click()

    scopes = "window.scopes = []; addEventListener('qa-scope', (e) => scopes.push(e.detail))"
    page.evaluate(scopes)
    gears = entries.filter(has_text="减速器")
    gears.get_by_role("button", name="只问这一篇").click()
    detail = {
        "articles": ["news/gears.md"],
        "labels": {"news/gears.md": "南屏齿轮厂交付首批机器人减速器"},
    }
    assert page.evaluate("[scopes, location.hash]") == [[detail], "#chat"]
    page.go_back()

    remove = gears.get_by_role("button", name="移出文库")
    remove.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("南屏齿轮厂交付首批机器人减速器")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(remove).to_be_focused()
    remove.click()
    dialog.get_by_role("button", name="移出").click()
    expect(page.locator(".qa-undo")).to_contain_text("已移出")
    expect(page.locator(".qa-built")).to_contain_text("移出 1 篇")
    expect(gears).to_have_count(0)
    page.get_by_role("button", name="撤销").press("Enter")
    expect(page.locator(".qa-built")).to_contain_text("增加 1 篇")
    expect(gears).to_have_count(1)
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def test_two_readers_see_the_same_build(own: QABot, settings: Settings) -> None:
    with (
        served(own, settings) as url,
        started() as browser,
        opened(browser) as first,
        opened(browser, locale="en-US") as second,
    ):
        for page in (first, second):
            page.goto(f"{url}#library")
            expect(page.locator(".qa-entry")).to_have_count(4)
        (Path(settings.corpus) / "new.md").write_text(NEWS, "utf-8")
        first.get_by_role("button", name="更新索引").click()
        second.get_by_role("button", name="Update the index").click()
        expect(first.locator(".qa-built")).to_contain_text("增加 1 篇")
        expect(second.locator(".qa-built")).to_contain_text("1 added")
        expect(second.locator(".qa-count")).to_have_text("5 articles")
