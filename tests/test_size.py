"""What keeps a large index quick, and damage in one honest: the results are those of plain code."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from generated_corpus import write_corpus
from qa_bot import QABot, front_matter
from qa_bot.corpus import parse_article
from qa_bot.errors import CorpusError, IndexDamagedError
from qa_bot.front_matter import read_front_matter
from qa_bot.index import encoder as encoders
from qa_bot.index.build import build_index
from qa_bot.index.dense import DenseIndex, normalized
from qa_bot.index.dense_writer import write_vectors
from qa_bot.index.encoder import Encoder
from qa_bot.index.store import Store
from qa_bot.index.terms import fold, is_single, join_terms, split_terms
from qa_bot.passages import split_passages
from qa_bot.verify import verify_index
from tests.conftest import NEWS, write_articles

TALK = """\
---
title: 港口座谈
authors: [{name: 罗思远}]
source: 澄江日报
date: 2025-03-04
speakers: [{name: 邵启明, role: 澄江大学教授}, {name: 卓雨, role: 港务局局长}]
---
**邵启明：** 港口的夜班船多了三成，吊机只有12台。

**卓雨：** 新吊机明年五月到位，夜班补贴涨到每晚80元。
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_articles(tmp_path / "corpus", {"talk.md": TALK, "news.md": NEWS})


@given(st.lists(st.text() | st.text(alphabet="三百四十一几〇两万小巨人〇Ａb5,.’ \n𠮷"), max_size=4))
def test_terms_joined_for_the_index_are_those_of_a_question(texts: list[str]) -> None:
    for text, (single, others) in zip(texts, join_terms(texts), strict=True):
        assert sorted(f"{single} {others}".split()) == sorted(split_terms(text))
        assert all(map(is_single, single.split()))


@given(st.lists(st.text(alphabet="港口有12台吊机，Port ＡΣßİ…ﬁ一二", max_size=30), max_size=3))
def test_the_default_model_embeds_as_its_tokenizer_would(
    encoder: Encoder, texts: list[str]
) -> None:
    """It is normalised here, which is quicker; the vectors are the same to the last bit."""
    folder = Path(encoders.__file__).parent.parent / "models" / encoders.DEFAULT_MODEL
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    for text, vector in zip(texts, encoder.encode_passages(texts), strict=True):
        ids = tokenizer.encode(fold(text), add_special_tokens=False).ids
        mean = encoder._table[ids].mean(axis=0) if ids else np.zeros(encoder.dim)  # type: ignore[attr-defined]
        assert np.array_equal(vector, normalized(mean[None].astype(np.float32))[0])


@given(
    st.lists(
        st.sampled_from(
            [
                "title: 船",
                "notes: [完, '好']",
                "authors:\n- {name: 罗思远, role: 记者}",
                "- x",
                "a: b: c",
                'source: "港报"',
                "date: 2025-13-45",
                "credits:\n  - |\n    卓雨\n",
                "{",
                "# 注",
                "x: &a 1",
            ]
        ),
        max_size=6,
    )
)
def test_front_matter_reads_the_same_by_the_quick_loader(fields: list[str]) -> None:
    text = "\n".join(["---", "title: 夜班船", *fields, "---", "正文。"])

    def read() -> object:
        try:
            found, facts, body = read_front_matter(text, "a.md")
        except CorpusError as error:
            return str(error)
        return vars(found), facts, body

    quick = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa_bot.front_matter._QuickLoader", front_matter._FrontMatterLoader)
        assert read() == quick


def test_a_flipped_bit_is_an_error_or_changes_nothing(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    """Text is proven against the files; who said it, and where, only the store knows."""
    report = build_index(corpus, tmp_path / "index", encoder)
    data = (report.snapshot / "store.sqlite").read_bytes()
    damaged = tmp_path / "damaged.sqlite"

    def read(path: Path) -> object:
        store = Store(path, numbers=report.passages)
        try:
            return [store.article(n) for n in range(2)], store.passages(range(report.passages))
        finally:
            store.close()

    expected = read(report.snapshot / "store.sqlite")
    chance = random.Random(0)  # noqa: S311 # a repeatable one
    at = [data.index(word.encode()) for word in ("卓雨", "邵启明", "澄江日报", "80元")]
    errors = 0
    for place in (*at, *(chance.randrange(len(data)) for _ in range(200))):
        flipped = bytearray(data)
        flipped[place] ^= 1 << chance.randrange(8)
        damaged.write_bytes(flipped)
        try:
            assert read(damaged) == expected
        except IndexDamagedError:
            errors += 1
    assert errors > len(at) // 2


def test_what_is_not_read_does_not_hold_an_answer_up(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    """To read a gigabyte of terms at each opening takes seconds: `qa-bot verify` does that."""
    folder = build_index(corpus, tmp_path / "index", encoder).snapshot
    unread = next((folder / "bm25/passages").glob("*.store"))
    data = bytearray(unread.read_bytes())
    data[3] ^= 1
    unread.write_bytes(data)
    with QABot.open(tmp_path / "index", corpus=corpus) as bot:
        assert bot.ask("夜班补贴涨到每晚多少元?").answered
        assert any(unread.name in problem for problem in verify_index(bot.snapshot, corpus))


def test_codes_find_what_is_allowed_though_it_is_far(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    vectors = normalized(chance.normal(size=(25_000, 16)).astype(np.float32))
    write_vectors(tmp_path / "v", vectors)
    allowed = vectors @ vectors[0] < 0  # all that is near is not
    near = DenseIndex.open(tmp_path / "v").search(vectors[0], limit=8, allowed=allowed)
    exact = np.flatnonzero(allowed)[np.argsort(-(vectors[allowed] @ vectors[0]))[:8]]
    assert set(near) == set(exact.tolist())


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "“" * n,
        lambda n: "（他说：“好。" * (n // 7),
        lambda n: "## 小标题\n\n" * (n // 8) + "好。",
        lambda n: "没有标点的一行" * (n // 7),
        lambda n: "A. " * (n // 3),
        lambda n: "1. " * (n // 3),
    ],
)
def test_splitting_takes_time_in_proportion(make: Callable[[int], str]) -> None:
    def seconds(length: int) -> float:
        data = make(length).encode()
        began = time.process_time()
        list(split_passages(parse_article(data, id="a.md", shown_as="a.md"), size=400))
        return time.process_time() - began

    seconds(1000)
    assert seconds(160_000) < 12 * max(seconds(40_000), 0.01)


def test_a_generated_corpus_follows_from_its_seed_and_grows(tmp_path: Path) -> None:
    small = write_corpus(tmp_path / "a", passages=500)
    write_corpus(tmp_path / "b", passages=800)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.md"))
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    texts = [(tmp_path / "a" / file).read_text(encoding="utf-8") for file in files]
    assert any("speakers:" in text for text in texts)
    assert small
    assert all(question.endswith("?") for question in small)
