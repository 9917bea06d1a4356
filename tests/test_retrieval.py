"""What finds the right passage: terms that are written otherwise, many vectors, fitted weights."""

import json
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from make_folds import FILE, make_folds
from qa_bot import QABot
from qa_bot.answering.retrieve import fitted_weights
from qa_bot.index.build import build_index
from qa_bot.index.dense import DenseIndex, Vectors, normalized
from qa_bot.index.dense_writer import write_vectors
from qa_bot.index.encoder import Encoder
from qa_bot.index.numerals import NUMERAL, numeral_value, spellings
from qa_bot.index.terms import fold, split_terms
from tests.conftest import write_articles

# The same two counties, each in another hand.
COUNTIES = {
    "linhe.md": """\
---
title: 临禾县的乡村书屋
---
临禾县去年建成乡村书屋三百四十一家，今年还要再建五十家。书屋的借阅率达到百分之二十五。

县里的图书车二〇二四年起每月到各村一次。
""",
    "yanbei.md": """\
---
title: 雁北縣的鄉村書屋
---
雁北縣去年建成鄉村書屋５,７３８家，圖書館館長賀雲舒說，讀者最喜歡的是農業技術書籍。

The county's e-readers cost 1,200 yuan each.
""",
    "weather.md": """\
---
title: 周末天气
---
周末有小雨，气温在12度上下，出门请带伞。
""",
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[QABot]:
    folder = tmp_path_factory.mktemp("counties")
    build_index(write_articles(folder / "corpus", COUNTIES), folder / "index", encoder)
    with QABot.open(folder / "index", corpus=folder / "corpus", threshold=0) as bot:
        yield bot


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("临禾县有多少家乡村书屋?", "三百四十一家"),
        ("臨禾縣有多少家鄉村書屋?", "三百四十一家"),
        ("哪个县有341家书屋?", "三百四十一家"),
        ("哪里的借阅率是25%?", "百分之二十五"),
        ("哪个县有5738家书屋?", "５,７３８家"),
        ("哪个县有五千七百三十八家书屋?", "５,７３８家"),
        ("图书馆馆长贺云舒说读者最喜欢什么书?", "農業技術書籍"),
        ("2024年起图书车多久到村里一次?", "二〇二四年"),
        ("What does an e-reader for 1200 yuan cost?", "1,200 yuan"),
    ],
)
def test_the_same_is_found_however_it_is_written(bot: QABot, question: str, words: str) -> None:
    quotes = bot.ask(question).quotes
    assert words in quotes[0].text


@pytest.mark.parametrize("name", ["邵启明", "邵啟明"])
def test_a_view_is_asked_for_in_either_hand(tmp_path: Path, encoder: Encoder, name: str) -> None:
    """Names too: whichever the article and the question are written in."""
    talk = f"""\
---
title: 座谈
speakers: [{{name: {name}}}, {{name: 卓雨}}]
---
**{name}:** 我主张先修好从车站到园区的公路。

**卓雨:** 我主张先办好园区里的子女学校。
"""
    build_index(write_articles(tmp_path / "corpus", {"talk.md": talk}), tmp_path / "i", encoder)
    with QABot.open(tmp_path / "i", corpus=tmp_path / "corpus", threshold=0) as bot:
        for question in ("邵启明认为应该先修什么?", "邵啟明認為應該先修什麼?"):
            answer = bot.ask(question)
            assert {quote.speaker and quote.speaker.name for quote in answer.quotes} == {name}
            assert "公路" in answer.quotes[0].text
            assert answer.understood_as == question


def test_a_number_of_the_question_counts_however_it_is_written(bot: QABot) -> None:
    for question in ("哪个县有341家书屋?", "哪个县有三百四十一家书屋?"):
        found = bot.ask(question).passages
        why = found[0].why
        assert why is not None
        assert why.signals["numbers"][0] == 1.0
        assert "三百四十一" in found[0].text


@given(st.integers(min_value=10, max_value=10**13 - 1))
def test_a_number_is_read_back_from_each_of_its_spellings(value: int) -> None:
    for numeral in spellings(value):
        assert NUMERAL.fullmatch(numeral) or numeral == "十"
        assert numeral_value(numeral) == value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("二十", 20),
        ("一百零五", 105),
        ("两千零二十五", 2025),
        ("二零二五", 2025),
        ("三千万", 30_000_000),
        ("一亿零五百万", 105_000_000),
        ("二三", None),  # two or three
        ("千万", None),  # by all means
        ("万一", None),  # in case
        ("一百二", None),  # 120 in speech, but 一百二 begins 一百二十 too
    ],
)
def test_what_may_mean_something_else_is_no_number(numeral: str, value: int | None) -> None:
    assert numeral_value(numeral) == value


@given(
    st.text(alphabet=st.characters(exclude_categories=["M", "Cn"])), st.text(alphabet="縣Ａ家ﬁ…")
)
def test_a_part_is_folded_as_in_the_whole(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


@given(st.text())
def test_any_text_can_be_folded_and_split(text: str) -> None:
    assert all(term and not any(map(str.isspace, term)) for term in split_terms(fold(text)))


def test_folding_keeps_what_is_simplified_already() -> None:
    text = "重庆有341家“小巨人”企业，占比3.5%……"
    assert fold(text) == text.replace("，", ",")
    assert fold("ＡＢＣ ﬁrm ㎡ Ⅳ 乾燥 戶") == "abc firm m2 iv 干燥 户"
    assert fold("e\u0301") == "\u00e9"


@pytest.mark.skipif(
    unicodedata.unidata_version
    != json.loads(FILE.read_text(encoding="utf-8"))["made_of"]["unicode"],
    reason="this Python knows other characters than the table was made of",
)
def test_what_is_folded_is_what_opencc_and_unicode_say() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == make_folds()


@pytest.fixture
def crowd() -> Vectors:
    """2,000 vectors around 40 centres."""
    chance = np.random.default_rng(0)
    centres = chance.normal(size=(40, 32))
    vectors = centres[chance.integers(0, 40, 2000)] + 0.4 * chance.normal(size=(2000, 32))
    return normalized(vectors.astype(np.float32))


def test_codes_find_nearly_all_that_a_full_scan_finds(tmp_path: Path, crowd: Vectors) -> None:
    write_vectors(tmp_path / "v", crowd, coded=1000)
    assert (tmp_path / "v.codes").exists()
    index = DenseIndex.open(tmp_path / "v")
    found = 0
    for query in crowd[:100]:
        exact = np.argsort(-(crowd @ query), kind="stable")[:8]
        near = index.search(query, limit=8)
        found += len(near.keys() & set(exact.tolist()))
        assert all(score == pytest.approx(crowd[n] @ query, abs=1e-6) for n, score in near.items())
    assert found >= 0.95 * 800


@pytest.mark.parametrize("share", [0.001, 0.5])
def test_codes_obey_what_is_allowed(tmp_path: Path, crowd: Vectors, share: float) -> None:
    write_vectors(tmp_path / "v", crowd, coded=1000)
    allowed = np.arange(2000) < share * 2000
    near = DenseIndex.open(tmp_path / "v").search(crowd[1999], limit=8, allowed=allowed)
    assert near
    assert all(allowed[number] for number in near)


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 1])
def test_few_vectors_are_found_exactly(tmp_path: Path, crowd: Vectors, share: float) -> None:
    write_vectors(tmp_path / "v", crowd)
    allowed = np.arange(2000) >= (1 - share) * 2000
    near = DenseIndex.open(tmp_path / "v").search(crowd[0], limit=8, allowed=allowed)
    exact = np.flatnonzero(allowed)[np.argsort(-(crowd[allowed] @ crowd[0]), kind="stable")[:8]]
    assert list(near) == exact.tolist()
    assert near == pytest.approx({n: crowd[n] @ crowd[0] for n in exact.tolist()}, abs=1e-6)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data + b"\0\0\0\0",
        lambda data: data[:20],
        lambda data: b"",
        lambda data: b"IxF2" + data[4:],
        lambda data: data[:4] + b"\xff\xff\xff\xff" + data[8:],
        lambda data: data[:8] + b"\xff" * 8 + data[16:],
    ],
    ids=["cut", "longer", "half a header", "empty", "another kind", "dim", "count"],
)
def test_damaged_vectors_are_refused(
    tmp_path: Path, crowd: Vectors, damage: Callable[[bytes], bytes]
) -> None:
    write_vectors(tmp_path / "v", crowd)
    (tmp_path / "v").write_bytes(damage((tmp_path / "v").read_bytes()))
    with pytest.raises(RuntimeError, match="no file of vectors"):
        DenseIndex.open(tmp_path / "v")


def test_few_vectors_have_no_codes(tmp_path: Path, crowd: Vectors) -> None:
    write_vectors(tmp_path / "v", crowd)
    assert [path.name for path in tmp_path.iterdir()] == ["v"]


@pytest.mark.parametrize("damage", ["other vectors", "another kind", "cut"])
def test_damaged_codes_are_refused(tmp_path: Path, crowd: Vectors, damage: str) -> None:
    write_vectors(tmp_path / "v", crowd, coded=1000)
    write_vectors(tmp_path / "w", crowd[:1500], coded=1000)
    codes = tmp_path / "v.codes"
    codes.write_bytes(
        {
            "other vectors": (tmp_path / "w.codes").read_bytes(),
            "another kind": (tmp_path / "v").read_bytes(),
            "cut": codes.read_bytes()[:5000],
        }[damage]
    )
    with pytest.raises(RuntimeError):
        DenseIndex.open(tmp_path / "v")


def test_every_fitted_weight_is_of_a_signal_and_they_add_up_to_two(bot: QABot) -> None:
    why = bot.ask("临禾县有多少家乡村书屋?").passages[0].why
    assert why is not None
    assert fitted_weights().keys() <= why.signals.keys()
    assert sum(fitted_weights().values()) == pytest.approx(2, abs=0.01)


def test_an_answer_is_found_by_the_question_that_the_host_asked(
    tmp_path: Path, encoder: Encoder
) -> None:
    """What is said in answer seldom repeats the question's words: they count with the passage."""
    talk = """\
---
title: 座谈
speakers: [{name: 何晓岚, role: 主持人}, {name: 邵启明}, {name: 卓雨}]
---
**何晓岚:** 园区班车为什么常常晚点?

**邵启明:** 主要是北门那条路在修，只剩一条车道。

**何晓岚:** 食堂为什么涨价?

**卓雨:** 主要是菜价高了，园区班车的补贴也少了。
"""
    build_index(write_articles(tmp_path / "corpus", {"talk.md": talk}), tmp_path / "i", encoder)
    with QABot.open(tmp_path / "i", corpus=tmp_path / "corpus", threshold=0) as bot:
        found = [p for p in bot.ask("园区班车为什么常常晚点?").passages if "主要是" in p.text]
    assert "北门" in found[0].text
    assert found[0].why
    assert found[0].why.signals["characters"][0] == pytest.approx(1.0)


def test_a_question_of_one_character_is_looked_for(bot: QABot) -> None:
    assert "带伞" in bot.ask("伞").passages[0].text
