"""An index that somebody forged, all checksums right: right answers, or an error that names it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fuzz import fit_manifest, forge
from qa_bot import QABot, Scope
from qa_bot.errors import QaBotError
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.snapshot import CURRENT, Snapshot
from qa_bot.index.store_writer import SENTENCE
from qa_bot.verify import verify_answers, verify_index
from tests.conftest import ARTICLES, write_articles

TABLES = ("article", "passage", "author", "gone", "name", "post")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A folder with a corpus of four articles, one reprinted, and an index that has grown once."""
    folder = tmp_path_factory.mktemp("built")
    reprint = ARTICLES["news/gears.md"].replace("南屏晚报", "云港日报")
    write_articles(
        folder / "corpus", {**ARTICLES, "reprint.md": reprint, "old.md": "# 旧\n\n旧事。\n"}
    )
    build_index(folder / "corpus", folder / "index", encoder)
    (folder / "corpus" / "old.md").write_text("# 新\n\n新桥长三里。\n")
    build_index(folder / "corpus", folder / "index", encoder)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy to be forged."""
    return copied(built, tmp_path / "copy")


def copied(built: Path, folder: Path) -> Path:
    name = (built / "index" / CURRENT).read_text().strip()
    shutil.copytree(built / "index" / name, folder / "index" / name)
    shutil.copy(built / "index" / CURRENT, folder / "index")
    shutil.copytree(built / "corpus", folder / "corpus")
    return folder


def snapshot_in(folder: Path) -> Path:
    return folder / "index" / (folder / "index" / CURRENT).read_text().strip()


def ask(folder: Path) -> None:
    """Ask in every way that reads other parts of the store."""
    with QABot.open(folder / "index", corpus=folder / "corpus", threshold=0) as bot:
        answers = [
            bot.ask("南屏市有多少家“小巨人”企业?"),
            bot.ask("邵启明怎么看怎样留住人才?"),
            bot.ask("减速器的寿命是多少?", history=["齿轮厂交付了多少台减速器?"]),
            bot.ask("律师协会副会长要求做好哪三件事?"),
            bot.ask("How many countries?", scope=Scope(articles=("english.md",))),
            bot.ask("补贴多少?", scope=Scope(authors=("何晓岚",), sources=("南屏晚报",))),
            bot.ask("《法治是最好的营商环境》说了什么?"),
        ]
    faults = list(verify_answers([(1, answer.to_dict()) for answer in answers], folder / "corpus"))
    assert not [fault for fault in faults if "quote" in fault and "does not hold" in fault]


def look(folder: Path) -> None:
    with Snapshot.open(folder / "index") as snapshot:
        list(snapshot.store.articles())
        list(verify_index(snapshot, folder / "corpus"))


def outcomes(folder: Path, encoder: Encoder) -> Iterator[str]:
    """Yield what comes of a forged store: '' or the error; anything else is raised."""

    def build() -> None:
        with (folder / "corpus" / "opinion.md").open("a") as file:
            file.write("\n执法要有温度。\n")
        (folder / "corpus" / "news" / "gears.md").unlink()
        build_index(folder / "corpus", folder / "index", encoder)

    acts: list[Callable[[], None]] = [lambda: ask(folder), lambda: look(folder), build]
    for act in (*acts, acts[0]):
        try:
            act()
            yield ""
        except QaBotError as error:
            yield str(error)


def forged(folder: Path, *cells: tuple[str, int, int, object]) -> None:
    for cell in cells:
        forge(snapshot_in(folder) / "store.sqlite", *cell)
    fit_manifest(snapshot_in(folder))


def check(errors: list[str]) -> None:
    for error in errors:
        assert "\n" not in error
        # A name that was forged away is one that the index does not have.
        assert not error or "qa-bot index" in error or "qa-bot articles" in error, error


def sentence(start: int, end: int, paragraph: int = 0) -> bytes:
    return SENTENCE.pack(start, end, paragraph, 1, 1, 0, 0)


# Table, column and value of the rows that are changed.
CASES: dict[str, tuple[str, int, object]] = {
    "a passage below 0": ("passage", 0, -3),
    "a passage beyond the vectors": ("passage", 0, 10**6),
    "a passage beyond all numbers": ("passage", 0, 2**63 - 1),
    "two passages of one number": ("passage", 0, 2),
    "a passage of no article": ("passage", 1, 77),
    "a passage of another article": ("passage", 1, 1),
    "a passage that begins below 0": ("passage", 2, -(2**40)),
    "a passage that ends beyond all files": ("passage", 3, 2**40),
    "a passage that is longer than its place": ("passage", 4, "南屏市" * 99),
    "a passage that is no text": ("passage", 4, b"\xff"),
    "sentences outside of their passage": ("passage", 12, sentence(-(2**31), 2**31 - 1)),
    "sentences back to front": ("passage", 12, sentence(90, 20)),
    "sentences cut": ("passage", 12, b"\1\2\3"),
    "an article below 0": ("article", 0, -1),
    "an article beyond the signatures": ("article", 0, 10**9),
    "two articles of one number": ("article", 0, 1),
    "two articles of one id": ("article", 1, "english.md"),
    "people that are no people": ("article", 4, "[[1, 2]]"),
    "a day that is none": ("article", 7, "2025-99-99"),
    "a reprint of nothing": ("article", 12, 10**9),
    "a reprint of no number": ("article", 12, "x"),
    "passages from below 0": ("article", 13, -5),
    "passages from beyond the vectors": ("article", 13, 2**62),
    "more passages than there are": ("article", 14, 2**62),
    "an author that is no text": ("author", 0, b"\xff"),
    "passages gone from below 0": ("gone", 0, -9),
    "more passages gone than there were": ("gone", 1, 2**62),
    "a name that is no text": ("name", 2, None),
    "a post that is no text": ("post", 1, b"\xff"),
}


@pytest.mark.parametrize("what", CASES)
def test_a_store_that_says_what_cannot_be_is_one_error_or_does_no_harm(
    what: str, folder: Path, encoder: Encoder
) -> None:
    table, column, value = CASES[what]
    forged(folder, *((table, row, column, value) for row in (0, 3)))
    check(list(outcomes(folder, encoder)))


NASTY = st.one_of(
    st.sampled_from([-1, 0, 1, 3, 10, 10**6, 2**31, 2**62, 2**63 - 1, -(2**63)]),
    st.sampled_from(
        [None, "", "x", "[]", "[[1, 2]]", '[["南屏"]]', "[[null, null]]", "{}", b"", b"\xff"]
    ),
    st.sampled_from([0.5, 1e300, float("inf")]),
    st.integers(-5, 40),
    st.binary(max_size=60),
    st.text(max_size=9),
    st.lists(st.integers(-(2**31), 2**31 - 1), min_size=7, max_size=7).map(
        lambda numbers: SENTENCE.pack(*numbers)
    ),
)


@given(
    cells=st.lists(
        st.tuples(st.sampled_from(TABLES), st.integers(0, 30), st.integers(0, 15), NASTY),
        min_size=1,
        max_size=3,
    )
)
@settings(
    max_examples=25,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_stands_in_a_store_is_read_or_refused(
    built: Path,
    tmp_path_factory: pytest.TempPathFactory,
    encoder: Encoder,
    cells: list[tuple[str, int, int, object]],
) -> None:
    folder = copied(built, tmp_path_factory.mktemp("forged"))
    forged(folder, *cells)
    check(list(outcomes(folder, encoder)))
    shutil.rmtree(folder)
