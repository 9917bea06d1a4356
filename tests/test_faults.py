"""Builds that are killed or run out of disk: what was complete serves, and the next build mends."""

import datetime as dt
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import filelock
import httpx
import pytest

from qa_bot import QABot
from qa_bot.errors import (
    CorpusError,
    IndexBusyError,
    IndexMismatchError,
    IndexNewerError,
    IndexNotFoundError,
    IndexWriteError,
)
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.manifest import read_manifest, write_manifest
from qa_bot.index.snapshot import CURRENT, Snapshot
from qa_bot.index_command import build_or_keep
from qa_bot.settings import Settings, write_settings
from qa_bot.verify import verify_index
from tests.children import (
    build,
    build_and_log,
    build_in_steps,
    build_up_to,
    called,
    command,
    ended,
    judge,
    limited,
    started,
)
from tests.conftest import write_articles
from tests.editions import edition, edition_of, questions


@dataclass(frozen=True)
class Corpus:
    """A corpus, and what an index of it answers."""

    folder: Path
    fingerprint: str
    answers: list[object]


@dataclass(frozen=True)
class Case:
    """A build that is going to be killed: of the new corpus, over an index of the old one."""

    old: Corpus | None
    new: Corpus
    template: Path  # the index before
    full: bool

    def begin(self, index: Path) -> Path:
        """Make the index what it was before."""
        if index.exists():  # tantivy may still look after one that was open
            gone = index.rename(index.with_name(f"gone-{time.monotonic_ns()}"))
            shutil.rmtree(gone, ignore_errors=True)
        if self.old:
            shutil.copytree(self.template, index)
        return index


def answers(index: Path, corpus: Path) -> list[object]:
    """Return what is quoted, from where, and which passages are shown, for each question."""
    with QABot.open(index, corpus=corpus, top_k=30) as bot:
        found = [bot.ask(question) for question in questions()]
    assert not any(answer.stale for answer in found)
    return [
        (
            [(q.article.id, q.span, q.text, q.speaker, q.line_start) for q in answer.quotes],
            sorted((passage.article.id, passage.text) for passage in answer.passages),
        )
        for answer in found
    ]


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> list[Corpus]:
    """Three editions, the first without an index of its own to build upon."""
    folder = tmp_path_factory.mktemp("corpora")
    found = []
    for number in (1, 2, 3):
        corpus = write_articles(folder / f"{number}", edition(number))
        index = folder / f"index-{number}"
        build_index(corpus, index, encoder)
        with Snapshot.open(index) as snapshot:
            fingerprint = snapshot.manifest.corpus_fingerprint
        found.append(Corpus(corpus, fingerprint, answers(index, corpus)))
    assert len({str(corpus.answers) for corpus in found}) == 3
    return found


@pytest.fixture(scope="module", params=["first", "increment", "full"])
def case(
    request: pytest.FixtureRequest,
    corpora: list[Corpus],
    tmp_path_factory: pytest.TempPathFactory,
    encoder: Encoder,
) -> Case:
    """A first build, one that takes over what did not change, and one that does not."""
    before, old, new = corpora
    template = tmp_path_factory.mktemp("template") / "index"
    if request.param == "first":
        return Case(None, new, template, full=False)
    # One article changes, one goes, the others stay.
    mixed = tmp_path_factory.mktemp("mixed") / "corpus"
    shutil.copytree(old.folder, mixed)
    shutil.copy(new.folder / "青石.md", mixed)
    (mixed / "柳河.md").unlink()
    build_index(mixed, template.with_name("at-once"), encoder)
    with Snapshot.open(template.with_name("at-once")) as snapshot:
        fingerprint = snapshot.manifest.corpus_fingerprint
    changed = Corpus(mixed, fingerprint, answers(template.with_name("at-once"), mixed))
    build_index(before.folder, template, encoder)
    build_index(old.folder, template, encoder)
    return Case(old, changed, template, full=request.param == "full")


def check(case: Case, index: Path, encoder: Encoder, *, ask: bool = True) -> bool:
    """Check that an index is whole after a death, and that the next build mends what is left.

    Args:
        case: What was built.
        index: The index.
        encoder: The model.
        ask: Whether to compare answers too; that the files are as written, is always checked.

    Returns:
        Whether it was the new one already.
    """
    is_new = False
    try:
        with Snapshot.open(index) as snapshot:
            is_new = snapshot.manifest.corpus_fingerprint == case.new.fingerprint
            corpus = case.new if is_new else case.old
            assert corpus
            assert snapshot.manifest.corpus_fingerprint == corpus.fingerprint
            assert list(verify_index(snapshot, corpus.folder)) == []
        assert not ask or answers(index, corpus.folder) == corpus.answers
    except IndexNotFoundError:
        assert case.old is None
    report = build_index(case.new.folder, index, encoder)
    assert report.problems == ()
    with Snapshot.open(index) as snapshot:
        assert snapshot.manifest.corpus_fingerprint == case.new.fingerprint
        assert list(verify_index(snapshot, case.new.folder)) == []
    assert not ask or answers(index, case.new.folder) == case.new.answers
    left = {path.name for path in index.iterdir()}
    assert {CURRENT, report.snapshot.name} <= left
    others = left - {CURRENT, ".lock", report.snapshot.name}
    assert len(others) <= 1
    assert all((index / name / "manifest.json").exists() for name in others)
    return is_new


def test_killed_between_any_two_steps(case: Case, tmp_path: Path, encoder: Encoder) -> None:
    """At each of an increment's; a build of all takes the same ones, and dies at some of them."""
    index = tmp_path / "index"
    steps = called(build_in_steps, case.new.folder, case.begin(index), case.full, 0)
    assert steps > 40
    seen = []
    for last in range(1, steps + 1, 1 if case.old and not case.full else 4):
        process = started(build_in_steps, case.new.folder, case.begin(index), case.full, last)
        assert ended(process) == -signal.SIGKILL
        seen.append(check(case, index, encoder, ask=last % 25 == 0))
    assert seen == sorted(seen), "once it is there, the new one stays"
    assert not seen[0]
    assert seen[-1]


def test_killed_in_the_middle_of_a_write(case: Case, tmp_path: Path, encoder: Encoder) -> None:
    deaths = 0
    for size in (0, 1, 40, 300, 700, 2_000, 5_000, 9_000, 30_000):
        process = started(
            build_up_to, case.new.folder, case.begin(tmp_path / "index"), case.full, size
        )
        deaths += ended(process) == -signal.SIGXFSZ
        assert not check(case, tmp_path / "index", encoder, ask=False)
    assert deaths == 9


def test_killed_at_random_moments(case: Case, tmp_path: Path, encoder: Encoder) -> None:
    index = tmp_path / "index"
    began = time.monotonic()
    called(build_in_steps, case.new.folder, case.begin(index), case.full, 0)
    took = time.monotonic() - began
    chance = random.Random(8)  # noqa: S311 # the same each time
    deaths = 0
    for number in range(17):  # in each of three cases
        process = started(build, case.new.folder, case.begin(index), case.full)
        time.sleep(took * chance.random())
        process.kill()
        deaths += ended(process) == -signal.SIGKILL
        check(case, index, encoder, ask=number % 6 == 0)
    assert deaths > 3


def test_what_names_a_file_is_on_the_disk_after_it(corpora: list[Corpus], tmp_path: Path) -> None:
    """Or a crash of the machine would leave a name for what is not there."""
    index = tmp_path / "index"
    log = called(build_and_log, corpora[0].folder, index)
    (folder,) = (path for path in index.iterdir() if path.is_dir())
    at = {line: place for place, line in enumerate(log)}  # the last time
    manifest, current = at[f"rename {folder}/manifest.json"], at[f"rename {index}/CURRENT"]
    names = [path for path in folder.rglob("*") if path.name != "manifest.json"]
    assert len(names) > 20
    assert all(at[f"sync {path}"] < manifest for path in names)
    assert manifest < at[f"sync {folder}"] < current
    assert log[current - 2 : current + 2] == [
        f"sync {index}", f"sync {index}/CURRENT.new", f"rename {index}/CURRENT", f"sync {index}",
    ]  # fmt: skip


# A disk that is full, or may not be written


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB: an index takes a quarter of it."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root may mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)  # noqa: S607 # wherever it is


def forbid_writing(disk: Path) -> None:
    remount = ["mount", "-o", "remount,ro", str(disk)]
    subprocess.run(remount, check=True)


def looks(corpus: Path) -> dict[str, tuple[object, ...]]:
    """Return all that can be seen of a folder: names, bytes, dates, rights."""
    found: dict[str, tuple[object, ...]] = {}
    for path in (corpus, *sorted(corpus.rglob("*"))):
        seen = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (data, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_mode, seen.st_ino)
    return found


def folders(corpus: Path, index: Path) -> list[str]:
    return ["--corpus", str(corpus), "--index", str(index)]


def test_a_full_disk_leaves_the_index_that_there_was(
    corpora: list[Corpus], small_disk: Path, encoder: Encoder
) -> None:
    old, index = corpora[0], small_disk / "index"
    build_index(old.folder, index, encoder)
    room = shutil.disk_usage(small_disk).free
    before = looks(old.folder)
    for left in (0, 2_000, 20_000, room - 100):
        fill = small_disk / "fill"
        with suppress(OSError):
            fill.write_bytes(bytes(max(0, room - left)))
        status, printed, error = called(command, ["index", "--full", *folders(old.folder, index)])
        if left < 30_000:
            assert (status, printed) == (2, "")
            assert "cannot be written" in error.splitlines()[-1]
            assert len(error.splitlines()) == 2  # the plan, and one line
            free = shutil.disk_usage(small_disk).free
            assert free >= left - 8192, "what it wrote is gone"
        fill.unlink()
        assert answers(index, old.folder) == old.answers
    assert looks(old.folder) == before


def test_a_file_that_may_not_grow_is_one_line_and_nothing_is_lost(
    corpora: list[Corpus], tmp_path: Path, encoder: Encoder
) -> None:
    old, new, index = corpora[0], corpora[1], tmp_path / "index"
    build_index(old.folder, index, encoder)
    for most in (0, 30, 2_000, 8_000):
        status, printed, error = called(command, ["index", *folders(new.folder, index)], most)
        assert (status, printed) == (2, "")
        assert error.splitlines()[-1].startswith(f"qa-bot: {index}")
        assert "cannot be written" in error.splitlines()[-1]
        assert len(error.splitlines()) <= 2
    assert answers(index, old.folder) == old.answers


def test_an_import_onto_a_full_disk_writes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("# 茶山上的一天\n春茶多采了两成。山路修到了坡顶。\n" * 20)
    corpus = write_articles(tmp_path / "corpus", edition(1))
    before = looks(corpus)
    arguments = ["import", str(page), "--corpus", str(corpus)]
    status, _, error = called(command, arguments, 100)
    assert status == 2
    assert re.fullmatch(r"qa-bot: .*: cannot be written \(.*\); check the folder\n", error)
    (corpus / "pages").rmdir()  # is empty
    assert {k: v[0] for k, v in looks(corpus).items()} == {k: v[0] for k, v in before.items()}


def test_settings_and_feedback_on_a_full_disk_stay_what_they_were(tmp_path: Path) -> None:
    file = tmp_path / "qa-bot.toml"
    file.write_text("threshold = 0.25\n")
    error = called(limited, 5, write_settings_of, tmp_path)
    assert error.startswith(f"SettingsError: {file}: cannot be written (")
    assert [path.name for path in tmp_path.iterdir()] == ["qa-bot.toml"]
    assert file.read_text() == "threshold = 0.25\n"

    path = tmp_path / "feedback.jsonl"
    judge(path, 1)
    kept = path.read_bytes()
    for more in (0, 1, 90):
        assert called(limited, len(kept) + more, judge, path, 2).startswith("OSError")
    assert path.read_bytes().rstrip(b" ") == kept
    judge(path, 2)
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    assert [line["id"] for line in lines] == [f"{2:032x}"]


def write_settings_of(folder: Path) -> None:
    write_settings({"threshold": 0.5}, folder=folder)


def test_an_index_on_a_disk_for_reading_only_is_read(
    corpora: list[Corpus], small_disk: Path, encoder: Encoder
) -> None:
    old, index = corpora[0], small_disk / "index"
    build_index(old.folder, index, encoder)
    forbid_writing(small_disk)
    assert answers(index, old.folder) == old.answers
    status, printed, _ = called(command, ["verify", *folders(old.folder, index)])
    assert (status, "proven" in printed) == (0, True)
    for corpus in (old.folder, corpora[1].folder):
        status, _, error = called(command, ["index", *folders(corpus, index)])
        assert status == 2
        assert "cannot be written (Read-only file system)" in error


# The web chat over an index that cannot be written


@contextmanager
def being_built(index: Path) -> Iterator[None]:
    """Keep an index from being written, as another builder does."""
    with filelock.FileLock(index / ".lock"):
        yield


def test_a_chat_whose_index_cannot_be_written_keeps_the_one_in_use(
    corpora: list[Corpus], tmp_path: Path, encoder: Encoder, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, index = corpora[0], corpora[1], tmp_path / "index"
    build_index(old.folder, index, encoder)
    settings = Settings(corpus=str(new.folder), index=str(index))
    warning = (
        r"warning: the index may not be up to date: .*{why}.*; "
        r"questions are answered from the one in use\n"
    )
    with being_built(index):
        build_or_keep(settings)
    error = capsys.readouterr().err
    assert re.fullmatch(warning.format(why="is being built by another process"), error)
    for most in (0, 2_000):
        error = called(told_on_a_full_disk, most, settings)
        assert re.fullmatch(warning.format(why=r"cannot be written \("), error)
    assert answers(index, old.folder) == old.answers
    build_or_keep(settings)
    assert capsys.readouterr().err == ""
    assert answers(index, new.folder) == new.answers


def told_on_a_full_disk(most: int, settings: Settings) -> str:
    """Build for a chat where no file may have more bytes; returns what is said."""
    with redirect_stderr(io.StringIO()) as said:
        raised = limited(most, build_or_keep, settings)
    return raised + said.getvalue()


def test_a_chat_without_an_index_that_it_can_use_ends_with_the_error(
    corpora: list[Corpus], tmp_path: Path, encoder: Encoder
) -> None:
    corpus, index = corpora[0].folder, tmp_path / "index"
    index.mkdir()
    settings = Settings(corpus=str(corpus), index=str(index))
    with being_built(index), pytest.raises(IndexBusyError):
        build_or_keep(settings)
    folder = build_index(corpus, index, encoder).snapshot
    manifest = read_manifest(folder)
    write_manifest(folder, replace(manifest, model="other", model_fingerprint="other"))
    with being_built(index), pytest.raises(IndexMismatchError, match='built with model "other"'):
        build_or_keep(settings)
    write_manifest(folder, replace(manifest, format=99))
    with being_built(index), pytest.raises(IndexNewerError, match="format 99"):
        build_or_keep(settings)
    write_manifest(folder, manifest)
    with pytest.raises(CorpusError, match="no corpus folder"):  # without it nothing can be quoted
        build_or_keep(replace(settings, corpus=str(tmp_path / "elsewhere")))


def test_a_chat_on_a_disk_for_reading_only_answers(
    corpora: list[Corpus], small_disk: Path, encoder: Encoder
) -> None:
    old, index = corpora[0], small_disk / "index"
    build_index(old.folder, index, encoder)
    forbid_writing(small_disk)
    chat = [sys.executable, "-m", "qa_bot", "chat", "--port=0", *folders(corpora[1].folder, index)]
    with subprocess.Popen(
        chat, cwd=small_disk, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().split(" at ")[1].split()[0]
        answer = httpx.post(f"{url}api/ask", json={"question": questions()[-1]}, timeout=30).json()
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=20)
    assert "19米" in answer["quotes"][0]["text"]
    assert re.fullmatch(r"warning: .*\(Read-only file system\).*from the one in use\n", error)


# The corpus, and the clock


def test_nothing_of_the_corpus_is_written(corpora: list[Corpus], tmp_path: Path) -> None:
    """Not its bytes, dates, names or rights; whatever is done but importing and removing."""
    corpus = write_articles(tmp_path / "corpus", edition(1))
    index = tmp_path / "index"
    questions_file = tmp_path / "set.jsonl"
    lines = [{"question": question, "answerable": True} for question in questions()]
    questions_file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    before = looks(corpus)
    for arguments in (
        ["index"],
        ["index", "--full"],
        ["ask", "月湖的水深是多少?"],
        ["ask", "--jsonl", str(questions_file)],
        ["verify"],
        ["articles"],
        ["eval", str(questions_file), "--out", str(tmp_path / "out")],
    ):
        status, _, error = called(command, [*arguments, *folders(corpus, index)])
        assert status == 0, (arguments, error)
    assert looks(corpus) == before


@pytest.mark.parametrize("now", [dt.datetime(1970, 1, 1), dt.datetime(2199, 1, 1)])
def test_a_clock_that_jumps_changes_nothing(
    now: dt.datetime, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of snapshots hold the time: only to be read, not to be put in order by."""

    class Clock(dt.datetime):
        """A clock that was set."""

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "Clock":
            """Return always the same time."""
            return cls(now.year, 1, 1, tzinfo=tz)

    corpus, index = tmp_path / "corpus", tmp_path / "index"
    write_articles(corpus, edition(1))
    made = [build_index(corpus, index, encoder).snapshot]
    with monkeypatch.context() as patch:
        patch.setattr("qa_bot.index.build.dt.datetime", Clock)
        for number in (2, 3, 4):
            write_articles(corpus, edition(number))
            os.utime(corpus / "青石.md", (number, number) if now.year == 1970 else (8e9, 8e9))
            made.append(build_index(corpus, index, encoder).snapshot)
    write_articles(corpus, edition(5))
    made.append(build_index(corpus, index, encoder).snapshot)
    assert len(set(made)) == 5
    assert {path for path in index.iterdir() if path.is_dir()} == set(made[-2:])
    with QABot.open(index, corpus=corpus) as bot:
        assert edition_of(bot.ask(questions()[0]).quotes[0].text) == {5}


def test_folders_that_only_look_like_snapshots_stay(tmp_path: Path, encoder: Encoder) -> None:
    """An index may be put where something else lies; nothing but its own is ever removed."""
    corpus = write_articles(tmp_path / "root/20251128-080000-abc123/corpus", edition(0))
    build_index(corpus, tmp_path / "root", encoder)
    own = tmp_path / "root/20240101-000000-abcdef"
    own.mkdir()
    (own / "store.sqlite").touch()
    build_index(corpus, tmp_path / "root", encoder, full=True)
    assert edition_files(corpus) == edition(0).keys()
    assert not own.exists(), "what a killed builder left is removed"


def test_the_corpus_is_no_place_for_its_index(tmp_path: Path, encoder: Encoder) -> None:
    corpus = write_articles(tmp_path / "corpus", edition(0))
    (tmp_path / "link").symlink_to(corpus)
    for index in (corpus, tmp_path / "link"):
        with pytest.raises(IndexWriteError, match=r"is the corpus; name another folder with"):
            build_index(corpus, index, encoder)
    assert edition_files(corpus) == edition(0).keys()


def edition_files(corpus: Path) -> set[str]:
    return {path.relative_to(corpus).as_posix() for path in corpus.rglob("*") if path.is_file()}
