"""Indexes, models, corpora and runs of somebody else reach nothing outside of their folders."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_bot import QABot
from qa_bot.cli import main
from qa_bot.errors import EvaluationError, IndexDamagedError, ModelError, PageError, QaBotError
from qa_bot.evaluation.storage import read_rows, read_summary
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.index.snapshot import CURRENT, Snapshot
from qa_bot.pages import read_page, write_articles
from qa_bot.web.evaluation import question_sets
from tests.conftest import ARTICLES
from tests.conftest import write_articles as write_corpus

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and pipes need rights elsewhere")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A folder with a corpus and its index."""
    folder = tmp_path_factory.mktemp("built")
    write_corpus(folder / "corpus", ARTICLES)
    build_index(folder / "corpus", folder / "index", encoder)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy to be tampered with, beside a file that nobody may touch."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    (tmp_path / "private.txt").write_text("私人信件")
    return tmp_path


def _snapshot(folder: Path) -> Path:
    return folder / "index" / (folder / "index" / CURRENT).read_text().strip()


@pytest.mark.parametrize(
    "name", ["manifest.json", "store.sqlite", "vectors.faiss", "bm25/passages/meta.json", "bm25/x"]
)
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_link_or_pipe_in_a_snapshot_is_refused_unopened(
    folder: Path, name: str, kind: str, encoder: Encoder
) -> None:
    """Of a pipe's reader nothing would be heard again; a link shows or changes another file."""
    path = _snapshot(folder) / name
    if path.exists():
        path.rename(folder / "moved")
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(folder / ("moved" if (folder / "moved").exists() else "private.txt"))
    with pytest.raises(IndexDamagedError, match=r"is a link or no file.*; remove it and rebuild"):
        Snapshot.open(folder / "index")
    with pytest.raises(IndexDamagedError, match=r"is a link or no file"):
        build_index(folder / "corpus", folder / "index", encoder, full=True)


@pytest.mark.parametrize("name", [".lock", "CURRENT.new", ".unfinished", "20250101-000000-abcdef"])
def test_a_builder_writes_through_no_link(folder: Path, name: str, encoder: Encoder) -> None:
    """Each of these names is opened for writing, or removed, by a build."""
    path = folder / "index" / name
    path.unlink(missing_ok=True)
    path.symlink_to(folder / "private.txt")
    (folder / "corpus" / "new.md").write_text("# 新\n\n新桥长三里。\n")
    with pytest.raises(IndexDamagedError, match=r"is a link or no file"):
        build_index(folder / "corpus", folder / "index", encoder)
    assert (folder / "private.txt").read_text() == "私人信件"


def test_current_leads_to_no_link(folder: Path) -> None:
    snapshot = _snapshot(folder)
    snapshot.rename(folder / snapshot.name)
    snapshot.symlink_to(folder / snapshot.name)
    with pytest.raises(IndexDamagedError, match="names no snapshot that is there"):
        Snapshot.open(folder / "index")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_current_is_a_file(folder: Path, make: Callable[[Path], None], encoder: Encoder) -> None:
    """Whoever reads and whoever builds say the same of it, and what they say helps."""
    current = folder / "index" / CURRENT
    current.unlink()
    make(current)
    line = rf"^{current}: is a link or no file, .*; remove it and rebuild with qa-bot index --full$"
    with pytest.raises(IndexDamagedError, match=line):
        Snapshot.open(folder / "index")
    for full in (False, True):
        with pytest.raises(IndexDamagedError, match=line):
            build_index(folder / "corpus", folder / "index", encoder, full=full)
    current.rmdir() if current.is_dir() else current.unlink()
    build_index(folder / "corpus", folder / "index", encoder, full=True)
    Snapshot.open(folder / "index").close()


@given(
    data=st.binary(max_size=200)
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_current_holds_is_read_or_refused(built: Path, data: bytes) -> None:
    path = built / "index" / CURRENT
    before = path.read_bytes()
    path.write_bytes(data)
    try:
        with pytest.raises(QaBotError):
            Snapshot.open(built / "index")
    finally:
        path.write_bytes(before)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(data=st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_manifest_says_is_read_or_refused(built: Path, data: st.DataObject) -> None:
    """Any field may hold anything, and any byte may be another one."""
    path = _snapshot(built) / "manifest.json"
    before = path.read_bytes()
    if data.draw(st.booleans(), "is a field changed?"):
        manifest = json.loads(before)
        name = data.draw(st.sampled_from([*manifest, "other"]))
        manifest[name] = data.draw(_JSON)
        changed = json.dumps(manifest).encode()
    else:
        at = data.draw(st.integers(0, len(before) - 1))
        changed = before[:at] + data.draw(st.binary(max_size=3)) + before[at + 1 :]
    path.write_bytes(changed)
    try:
        with QABot.open(built / "index", corpus=built / "corpus") as bot:
            bot.ask("南屏市有多少家“小巨人”企业?")
    except QaBotError:
        pass
    finally:
        path.write_bytes(before)


def test_a_page_is_kept_in_the_corpus_not_where_a_link_leads(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "corpus" / "pages").symlink_to(folder / "elsewhere")
    page = read_page("灯塔旧事\n\n灯塔建于一九二三年。", file="p.txt")
    with pytest.raises(PageError, match=r"pages: is a link; remove it"):
        write_articles(page, b"x", corpus=folder / "corpus")
    assert not [*(folder / "elsewhere").iterdir()]


@pytest.mark.parametrize("place", ["..", "/etc", "a/../.."])
def test_no_part_of_a_model_lies_outside_of_its_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "model.safetensors").touch()
    module = {"path": place, "type": "sentence_transformers.models.StaticEmbedding"}
    (tmp_path / "modules.json").write_text(json.dumps([module]))
    with pytest.raises(ModelError, match="a part of it lies outside of its folder"):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize("name", ["rows.jsonl", "summary.json"])
def test_a_run_nested_beyond_measure_is_one_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("[" * 200_000)
    with pytest.raises(EvaluationError):
        [*read_rows(tmp_path)] if name == "rows.jsonl" else read_summary(tmp_path)


@pytest.mark.parametrize("name", ["run.json", "rows.jsonl", "report.html", "qrels.trec"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_run_is_written_through_no_link(
    folder: Path, name: str, is_there: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor is one made where a link leads to what is not there yet."""
    questions = folder / "set.jsonl"
    questions.write_text('{"question": "南屏市有多少家“小巨人”企业?", "answerable": true}\n')
    arguments = ["eval", str(questions), "--out", str(folder / "out")]
    arguments += ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]
    assert main(arguments) == 0
    target = folder / ("private.txt" if is_there else "elsewhere.txt")
    (folder / "out" / name).unlink()
    (folder / "out" / name).symlink_to(target)
    assert main(arguments) == 2
    assert f"{name} there is a link or no file; choose another folder" in capsys.readouterr().err
    assert not (folder / "elsewhere.txt").exists()
    assert (folder / "private.txt").read_text() == "私人信件"


def test_the_web_chat_offers_only_question_sets_that_lie_in_their_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "questions", tmp_path / "outside"
    for place in (inside / "beir", inside / "led", outside):
        place.mkdir(parents=True)
        (place / "queries.jsonl").write_text('{"_id": "1", "text": "桥多长?"}\n')
    (inside / "own.jsonl").write_text('{"question": "桥多长?"}\n')
    (inside / "again.jsonl").symlink_to("own.jsonl")
    (inside / "other.jsonl").symlink_to(outside / "queries.jsonl")
    (inside / "other").symlink_to(outside)
    (inside / "led" / "corpus.jsonl").symlink_to(outside / "queries.jsonl")
    (inside / "gone.csv").symlink_to(inside / "nothing")
    os.mkfifo(inside / "pipe.jsonl")
    assert list(question_sets(inside)) == ["again.jsonl", "beir", "own.jsonl"]
    (tmp_path / "link").symlink_to(inside)  # the folder that somebody names may be one
    assert list(question_sets(tmp_path / "link")) == ["again.jsonl", "beir", "own.jsonl"]
    assert question_sets(tmp_path / "nowhere") == {}
