"""Indexes in which something is not as it was written: right answers, or an error that names it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_bot.errors import IndexDamagedError
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.snapshot import CURRENT, Snapshot
from tests.children import called, command, read, read_damaged
from tests.conftest import write_articles
from tests.editions import edition, questions

FLIPS = 150  # in each of two indexes


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> tuple[Path, Path]:
    """A corpus, and an index that has grown: parts of it lie in several segments."""
    folder = tmp_path_factory.mktemp("built")
    corpus = write_articles(folder / "corpus", edition(1))
    build_index(corpus, folder / "index", encoder)
    write_articles(corpus, {"青石.md": edition(2)["青石.md"]})
    build_index(corpus, folder / "index", encoder)
    return corpus, folder / "index"


@pytest.fixture
def index(built: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the index, with one snapshot, to be damaged."""
    name = (built[1] / CURRENT).read_text().strip()
    shutil.copytree(built[1] / name, tmp_path / "index" / name)
    shutil.copy(built[1] / CURRENT, tmp_path / "index")
    return tmp_path / "index"


def snapshot_in(index: Path) -> Path:
    return index / (index / CURRENT).read_text().strip()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_flipped_bit_anywhere_is_an_error_or_changes_nothing_that_is_said(
    built: tuple[Path, Path], index: Path, seed: int
) -> None:
    outcomes = called(read_damaged, index, built[0], seed, FLIPS)
    assert sum(outcomes.values()) == FLIPS
    assert min(outcomes.values()) > FLIPS // 20, outcomes


def test_a_file_that_is_cut_empty_or_gone_is_named(built: tuple[Path, Path], index: Path) -> None:
    for path in sorted(snapshot_in(index).rglob("*")):
        if path.is_dir() or path.name.endswith(".lock"):
            continue
        data = path.read_bytes()
        for damaged in (data[: len(data) // 2], data[:-1], b"", None):
            if damaged is None:
                path.unlink()
            else:
                path.write_bytes(damaged)
            if damaged != data:
                with pytest.raises(IndexDamagedError) as error:
                    Snapshot.open(index)
                assert str(error.value).startswith(str(path))
                assert str(error.value).endswith("; rebuild with qa-bot index --full")
        path.write_bytes(data)
    Snapshot.open(index).close()


def test_damage_is_one_line_on_the_command_line(built: tuple[Path, Path], index: Path) -> None:
    """And verify says of every file what is wrong with it; building anew mends all."""
    folders = ["--corpus", str(built[0]), "--index", str(index)]
    paths = [snapshot_in(index) / name for name in ("store.sqlite", "vectors.faiss")]
    for path in paths:
        data = bytearray(path.read_bytes())
        data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
        path.write_bytes(data)
    lines = [f"{path}: is damaged; rebuild with qa-bot index --full" for path in sorted(paths)]
    status, printed, error = called(command, ["verify", *folders])
    assert (status, sorted(printed.splitlines()), error) == (1, lines, "")
    status, printed, error = called(command, ["ask", questions()[0], *folders])
    assert (status, printed, error) == (2, "", f"qa-bot: {lines[0]}\n")
    assert called(command, ["index", "--full", *folders])[0] == 0
    assert called(command, ["verify", *folders])[0] == 0


# What names a snapshot


def garbage(index: Path, _: Path) -> None:
    (index / CURRENT).write_bytes(b"\xff\x00\x01" * 1000)


def empty(index: Path, _: Path) -> None:
    (index / CURRENT).write_bytes(b"")


def climb(index: Path, outside: Path) -> None:
    snapshot_in(index).rename(outside / snapshot_in(index).name)
    (index / CURRENT).write_text(f"../{outside.name}/{snapshot_in(index).name}")


def link_snapshot(index: Path, outside: Path) -> None:
    folder = snapshot_in(index)
    folder.rename(outside / folder.name)
    folder.symlink_to(outside / folder.name)


@pytest.mark.parametrize("harm", [garbage, empty, climb, link_snapshot])
def test_an_index_leads_nowhere_else(
    harm: Callable[[Path, Path], None],
    built: tuple[Path, Path],
    index: Path,
    tmp_path: Path,
    encoder: Encoder,
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    harm(index, outside)
    before = {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()}
    with pytest.raises(IndexDamagedError, match=r"rebuild with qa-bot index --full$") as error:
        Snapshot.open(index)
    assert str(error.value).startswith(f"{index}/")
    if harm is link_snapshot:
        with pytest.raises(IndexDamagedError, match="is a link or no file"):
            build_index(built[0], index, encoder, full=True)
        snapshot_in(index).unlink()
    report = build_index(built[0], index, encoder, full=True)
    with Snapshot.open(index) as snapshot:
        assert snapshot.folder == report.snapshot
    assert {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()} == before


def test_damage_that_is_not_read_is_told_from_damage_that_is(
    built: tuple[Path, Path], index: Path
) -> None:
    """A right answer from a damaged index is right; only verifying says more."""
    path = snapshot_in(index) / "signatures.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert called(read, index, built[0], path) == "proven"
