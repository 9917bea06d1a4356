"""Builds that do as much work as there are changes, and what readers see meanwhile."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot import QABot
from qa_bot.corpus import read_article
from qa_bot.errors import IndexMismatchError, IndexNewerError
from qa_bot.index.build import BuildReport, build_index
from qa_bot.index.dense import Vectors
from qa_bot.index.encoder import Encoder
from qa_bot.index.manifest import read_manifest, write_manifest
from qa_bot.index.snapshot import CURRENT, Snapshot
from qa_bot.records import Article
from qa_bot.verify import verify_index
from tests.conftest import ARTICLES, write_articles

PLACES = ["青石", "白沙", "云岭", "南屏", "松江", "柳河", "梅山", "石桥", "东滩", "月湖"]


def article(place: str, version: int) -> str:
    """Return what a paper says of a place, other figures in each version."""
    number = 37 + 11 * PLACES.index(place) + 5 * version
    return (
        f"---\ntitle: {place}镇的茶园\nsource: {place}晚报\ndate: 2025-03-{version + 1:02}\n---\n"
        f"{place}镇今年新开茶园{number}亩。春茶由合作社统一收购，价格比去年高一成。\n\n"
        f"## {place}的路\n\n{place}镇到县城的公路有{number + 3}公里。路边种了两排香樟，冬天也是绿的。\n"
    )


def many(version: int = 0) -> dict[str, str]:
    return {f"{place}.md": article(place, version) for place in PLACES}


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Count the articles that are parsed."""
    parsed: list[str] = []

    def read(path: Path, *, id: str) -> Article:
        parsed.append(id)
        return read_article(path, id=id)

    with monkeypatch.context() as patch:
        patch.setattr("qa_bot.index.build.read_article", read)
        yield parsed


class Counting:
    """An encoder that counts the texts it embeds."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dim, self.is_static = encoder.dim, encoder.is_static
        self.encode_passages, self.encode_query = encoder.encode_passages, encoder.encode_query
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        """Embed as the encoder does."""
        self.texts += texts
        return self._encoder.embed(texts)


def answers(index: Path, corpus: Path, questions: Sequence[str]) -> list[object]:
    """Return what is quoted, and which passages are shown, for each question."""
    with QABot.open(index, corpus=corpus, top_k=30) as bot:
        found = [bot.ask(question) for question in questions]
    return [
        (
            [(quote.article.id, quote.text) for quote in answer.quotes],
            sorted((passage.article.id, passage.text) for passage in answer.passages),
        )
        for answer in found
    ]


def groups(index: Path) -> set[frozenset[str]]:
    with Snapshot.open(index) as snapshot:
        found: dict[int, set[str]] = {}
        for each in snapshot.store.articles():
            found.setdefault(each.reprint_of, set()).add(each.id)
    return {frozenset(group) for group in found.values()}


def test_only_what_changed_is_read_again(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, index = write_articles(tmp_path / "corpus", many()), tmp_path / "index"
    first = build_index(corpus, index, encoder)
    write_articles(corpus, {"云岭.md": article("云岭", 1)})
    counting = Counting(encoder)
    with counted(monkeypatch) as parsed:
        report = build_index(corpus, index, counting)
    assert parsed == ["云岭.md"]
    assert all("云岭" in text for text in counting.texts)
    assert (report.added, report.changed, report.removed) == ((), ("云岭.md",), ())
    assert report.reused == report.passages - len(counting.texts)
    assert report.passages == first.passages
    with Snapshot.open(index) as snapshot:
        assert list(verify_index(snapshot, corpus)) == []


def test_bytes_decide_and_not_dates(corpus: Path, tmp_path: Path, encoder: Encoder) -> None:
    """A clock may be set, and a backup restored with its old dates."""
    path = corpus / "english.md"
    dates = path.stat()
    first = build_index(corpus, tmp_path / "index", encoder)
    os.utime(path, (4e9, 4e9))
    assert build_index(corpus, tmp_path / "index", encoder).snapshot == first.snapshot
    path.write_text(path.read_text().replace("23 countries", "41 countries"))
    os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    assert build_index(corpus, tmp_path / "index", encoder).changed == ("english.md",)


def test_files_that_did_not_change_are_shared_with_the_snapshot_before(
    tmp_path: Path, encoder: Encoder
) -> None:
    corpus, index = write_articles(tmp_path / "corpus", many()), tmp_path / "index"
    first = build_index(corpus, index, encoder)
    write_articles(corpus, {"云岭.md": article("云岭", 1)})
    second = build_index(corpus, index, encoder)
    names = [path.name for path in (first.snapshot / "bm25/passages").glob("*.term")]
    assert names
    for name in names:
        place = f"bm25/passages/{name}"
        assert (second.snapshot / place).samefile(first.snapshot / place)
    with Snapshot.open(index) as snapshot:
        assert list(verify_index(snapshot, corpus)) == []
    (index / CURRENT).write_text(first.snapshot.name)
    with Snapshot.open(index) as snapshot:  # what is shared is still as it was
        assert snapshot.folder == first.snapshot
        assert snapshot.passage_terms.document_frequency("云岭") > 0


def test_a_word_that_only_a_removed_article_has_is_unknown(
    tmp_path: Path, encoder: Encoder
) -> None:
    corpus, index = write_articles(tmp_path / "corpus", many()), tmp_path / "index"
    build_index(corpus, index, encoder)
    (corpus / "月湖.md").unlink()
    report = build_index(corpus, index, encoder)
    with Snapshot.open(index) as snapshot:
        assert report.passages < snapshot.manifest.numbers  # it was not built anew
        assert snapshot.passage_terms.document_frequency("月湖") == 0
        assert snapshot.passage_terms.document_frequency("白沙") == 2
        assert snapshot.passage_terms.document_frequency("茶园") == report.passages


changes = st.lists(st.tuples(st.sampled_from(PLACES), st.integers(-1, 2)), min_size=1, max_size=4)


@settings(max_examples=6)
@given(st.lists(changes, min_size=1, max_size=3))
def test_an_index_that_grew_answers_like_one_built_at_once(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: Encoder,
    builds: list[list[tuple[str, int]]],
) -> None:
    """Articles come, change and go; only the BM25 statistics may still count what is gone."""
    folder = tmp_path_factory.mktemp("grown")
    corpus, index = write_articles(folder / "corpus", many()), folder / "index"
    build_index(corpus, index, encoder)
    for changed in builds:
        for place, version in changed:
            path = corpus / f"{place}.md"
            if version < 0:
                path.unlink(missing_ok=True)
            else:
                path.write_text(article(place, version))
        report = build_index(corpus, index, encoder)
    at_once = build_index(corpus, folder / "at-once", encoder)
    assert (report.articles, report.passages) == (at_once.articles, at_once.passages)
    questions = [f"{place}镇今年新开茶园多少亩?" for place in PLACES]
    questions += ["哪个镇的公路有65公里?", "春茶由谁收购?"]
    assert answers(index, corpus, questions) == answers(folder / "at-once", corpus, questions)
    assert groups(index) == groups(folder / "at-once")


SENTENCES = [f"第{n}条：{word}由村民小组登记，逾期不再受理。" for n, word in enumerate(
    ["水表更换", "果树补种", "老井加盖", "车位划线", "路灯报修", "屋顶防漏", "垃圾清运", "围墙粉刷"]
)]  # fmt: skip
texts = st.tuples(
    st.integers(0, 3), st.integers(5, 8), st.sampled_from(["", "名单共12人。", "名单共15人。"])
)


@settings(max_examples=10)
@given(
    st.lists(
        st.dictionaries(st.integers(0, 11), st.none() | texts, max_size=5), min_size=2, max_size=4
    )
)
def test_groups_of_reprints_are_those_of_a_build_at_once(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: Encoder,
    builds: list[dict[int, tuple[int, int, str] | None]],
) -> None:
    """Cuts of one notice, some with another figure, come and go in any order."""
    folder = tmp_path_factory.mktemp("reprints")
    corpus, index = write_articles(folder / "corpus", ARTICLES | many()), folder / "index"
    for changed in builds:
        for number, text in changed.items():
            path = corpus / f"{number}.md"
            if text is None:
                path.unlink(missing_ok=True)
            else:
                first, last, figure = text
                path.write_text(f"# 通知{number}\n\n{''.join(SENTENCES[first:last])}{figure}\n")
        build_index(corpus, index, encoder)
    build_index(corpus, folder / "at-once", encoder)
    assert groups(index) == groups(folder / "at-once")


def test_an_older_format_is_built_anew_and_a_newer_one_left_alone(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    folder = build_index(corpus, tmp_path / "index", encoder).snapshot
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["checksum"]  # there was none then
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format": 3}))
    with pytest.raises(IndexMismatchError, match=r"format 3, .*; rebuild with qa-bot index"):
        Snapshot.open(tmp_path / "index")
    report = build_index(corpus, tmp_path / "index", encoder)
    assert report.snapshot != folder
    write_manifest(report.snapshot, replace(read_manifest(report.snapshot), format=99))
    with pytest.raises(IndexNewerError, match=r"format 99, this qa-bot reads .*; update qa-bot"):
        build_index(corpus, tmp_path / "index", encoder)
    assert (tmp_path / "index" / CURRENT).read_text().strip() == report.snapshot.name


# Readers and builders at the same time


def grow(corpus: Path, index: Path, encoder: Encoder, version: int) -> BuildReport:
    write_articles(corpus, {"云岭.md": article("云岭", version)})
    return build_index(corpus, index, encoder)


def test_a_snapshot_stays_as_long_as_somebody_reads_it(tmp_path: Path, encoder: Encoder) -> None:
    corpus, index = write_articles(tmp_path / "corpus", many()), tmp_path / "index"
    folders = [build_index(corpus, index, encoder).snapshot]
    with QABot.open(index, corpus=corpus) as bot:
        folders += [grow(corpus, index, encoder, version).snapshot for version in (1, 2, 3)]
        assert [folder.is_dir() for folder in folders] == [True, False, True, True]
        answer = bot.ask("青石镇今年新开茶园多少亩?")
        assert "37亩" in answer.quotes[0].text
    grow(corpus, index, encoder, 4)
    assert [folder.is_dir() for folder in folders] == [False, False, False, True]


def test_a_reader_in_another_process_keeps_its_snapshot_until_it_dies(
    tmp_path: Path, encoder: Encoder
) -> None:
    corpus, index = write_articles(tmp_path / "corpus", many()), tmp_path / "index"
    folder = build_index(corpus, index, encoder).snapshot
    code = (
        "import sys, pathlib; from qa_bot.index.snapshot import Snapshot; "
        "held = Snapshot.open(pathlib.Path(sys.argv[1])); print('open', flush=True); input()"
    )
    with started("-c", code, index) as reader:
        assert said_by(reader) == "open\n"
        for version in (1, 2):
            grow(corpus, index, encoder, version)
        assert folder.is_dir()
        reader.send_signal(signal.SIGKILL)
        reader.wait()
        grow(corpus, index, encoder, 3)
        assert not folder.exists()


def test_a_reader_that_comes_late_opens_the_snapshot_after(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at CURRENT and the lock, builders may have removed what it names."""
    from qa_bot.index import snapshot as module

    corpus, index = write_articles(tmp_path / "corpus", many()), tmp_path / "index"
    build_index(corpus, index, encoder)
    look, versions = module.current_folder, iter([1, 2])

    def look_late(index: Path) -> Path | None:
        folder = look(index)
        with monkeypatch.context() as patch:
            patch.setattr(module, "current_folder", look)
            for version in versions:
                grow(corpus, index, encoder, version)
        return folder

    monkeypatch.setattr(module, "current_folder", look_late)
    with Snapshot.open(index) as opened:
        assert opened.folder == look(index)


def test_a_dead_builder_keeps_nobody_out(tmp_path: Path, encoder: Encoder) -> None:
    """Killed in the middle of a build: its lock goes with it, and so does the half of a snapshot."""
    corpus, index = write_articles(tmp_path / "corpus", many()), tmp_path / "index"
    first = build_index(corpus, index, encoder)
    write_articles(corpus, {"云岭.md": article("云岭", 1)})
    code = (
        "import sys, pathlib; from qa_bot.index import build, encoder, snapshot_writer as w; "
        "w.append_vectors = lambda *_: (print('building', flush=True), input()); "
        "build.build_index(*map(pathlib.Path, sys.argv[1:]), encoder.load_encoder())"
    )
    with started("-c", code, corpus, index) as builder:
        assert said_by(builder) == "building\n"
        done = command(tmp_path, "index")
        assert done.returncode == 2
        assert "is being built by another process; wait until it is done" in done.stderr
        builder.send_signal(signal.SIGKILL)
        builder.wait()
    assert len([path for path in index.iterdir() if path.is_dir()]) == 2
    with Snapshot.open(index) as snapshot:
        assert snapshot.folder == first.snapshot
    report = build_index(corpus, index, encoder)
    assert report.changed == ("云岭.md",)
    assert {path for path in index.iterdir() if path.is_dir()} == {first.snapshot, report.snapshot}


# A corpus that changes while it is read


def test_an_article_is_what_its_digest_says_even_if_it_changed_after_the_plan(
    tmp_path: Path, encoder: Encoder
) -> None:
    corpus, index = write_articles(tmp_path / "corpus", many()), tmp_path / "index"
    build_index(corpus, index, encoder)
    write_articles(corpus, {"云岭.md": article("云岭", 1), "白沙.md": article("白沙", 1)})

    def change(_: object) -> None:
        write_articles(corpus, {"云岭.md": article("云岭", 2)})
        (corpus / "白沙.md").unlink()

    report = build_index(corpus, index, encoder, on_plan=change)
    assert (report.changed, report.removed) == (("云岭.md",), ("白沙.md",))
    assert [problem.split(": ")[1] for problem in report.problems] == [
        "cannot be read (No such file or directory); check the file"
    ]
    with Snapshot.open(index) as snapshot:
        assert list(verify_index(snapshot, corpus)) == []


def test_a_file_that_is_being_written_is_never_read_half(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, index = write_articles(tmp_path / "corpus", many()), tmp_path / "index"
    build_index(corpus, index, encoder)
    long = article("云岭", 1)

    def write(_: float = 0) -> None:  # some more, whenever the reader waits for the end
        nonlocal long
        long += "还没有写完，"
        write_articles(corpus, {"云岭.md": long})

    write()
    monkeypatch.setattr("qa_bot.corpus._REST", 60)
    monkeypatch.setattr("qa_bot.corpus.time.sleep", write)
    report = build_index(corpus, index, encoder)
    assert [problem.split(": ")[1] for problem in report.problems] == [
        "is being written; run the command again when that is done"
    ]
    assert report.articles == len(PLACES) - 1
    monkeypatch.undo()
    assert build_index(corpus, index, encoder).added == ("云岭.md",)


# The command


@contextmanager
def started(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Start Python; it is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What runs in the background, as tests may, is started deaf to Ctrl+C.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # no threads
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def said_by(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process prints."""
    assert process.stdout
    return process.stdout.readline()


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qa_bot", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_plan_and_the_result_are_printed(tmp_path: Path) -> None:
    corpus = write_articles(tmp_path / "corpus", many())
    assert (
        command(tmp_path, "index").stderr == "plan: 10 added, 0 changed, 0 removed, 0 unchanged\n"
    )
    write_articles(corpus, {"云岭.md": article("云岭", 1), "新.md": article("月湖", 2)})
    (corpus / "白沙.md").unlink()
    done = command(tmp_path, "index", "--json")
    assert done.stderr == "plan: 1 added, 1 changed, 1 removed, 8 unchanged\n"
    report = json.loads(done.stdout)
    assert [report[key] for key in ("added", "changed", "removed")] == [
        ["新.md"], ["云岭.md"], ["白沙.md"],
    ]  # fmt: skip
    assert report["reused"] + 4 == report["passages"] == 20
    assert report["seconds"] > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_watch_follows_the_folder_and_survives_a_broken_article(
    tmp_path: Path, number: signal.Signals
) -> None:
    corpus = write_articles(tmp_path / "corpus", many())
    arguments = ("index", "--watch", "--corpus", corpus, "--index", tmp_path / "index")
    with started("-m", "qa_bot", *arguments) as watching:
        assert watching.stderr
        assert "(10 articles added" in said_by(watching)
        write_articles(corpus, {"新.md": "---\ntitle: [\n---\n"})
        assert "新.md:3" in watching.stderr.readline()
        corpus.rename(tmp_path / "away")
        assert "no corpus folder" in watching.stderr.readline()
        (tmp_path / "away").rename(corpus)
        write_articles(corpus, {"新.md": article("月湖", 2)})
        assert "(1 articles added, 0 changed, 0 removed" in said_by(watching)
        watching.send_signal(number)
        assert watching.wait(timeout=20) == 0
        assert watching.stderr.read() == ""
