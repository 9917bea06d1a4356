"""Builds that are killed or run out of disk: what was complete serves, and the next build mends."""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa_bot import QABot
from qa_bot.errors import IndexNotFoundError
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.snapshot import CURRENT, Snapshot
from qa_bot.verify import verify_index
from tests.children import build, build_in_steps, build_up_to, called, ended, started
from tests.conftest import write_articles
from tests.editions import edition, questions


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
        shutil.rmtree(index, ignore_errors=True)
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


def check(case: Case, index: Path, encoder: Encoder) -> bool:
    """Check that an index is whole after a death, and that the next build mends what is left.

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
        assert answers(index, corpus.folder) == corpus.answers
    except IndexNotFoundError:
        assert case.old is None
    report = build_index(case.new.folder, index, encoder)
    assert report.problems == ()
    assert answers(index, case.new.folder) == case.new.answers
    left = {path.name for path in index.iterdir()}
    assert {CURRENT, report.snapshot.name} <= left
    others = left - {CURRENT, ".lock", report.snapshot.name}
    assert len(others) <= 1
    assert all((index / name / "manifest.json").exists() for name in others)
    return is_new


def test_killed_between_any_two_steps(case: Case, tmp_path: Path, encoder: Encoder) -> None:
    steps = called(build_in_steps, case.new.folder, case.begin(tmp_path / "index"), case.full, 0)
    assert steps > 40
    seen = []
    for last in range(1, steps + 1):
        index = case.begin(tmp_path / "index")
        process = started(build_in_steps, case.new.folder, index, case.full, last)
        assert ended(process) == -9
        seen.append(check(case, index, encoder))
    assert seen == sorted(seen), "once it is there, the new one stays"
    assert not seen[0]
    assert seen[-1]
