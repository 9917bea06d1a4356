"""Which sentence comes first, and what its score means."""

import json
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot import QABot
from qa_bot.answering import select as selecting
from qa_bot.answering.features import find_candidates, measure
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.reader import Reader, Reading
from qa_bot.answering.reread import reread
from qa_bot.answering.retrieve import Hit, retrieve
from qa_bot.answering.select import ScoredSentence, fitted_weights, select
from qa_bot.errors import QuestionError
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.snapshot import Snapshot
from qa_bot.records import Query
from tests.conftest import write_articles

ARTICLES = {
    "bridge.md": """\
---
title: 青石大桥通车
---
青石大桥的工程投资由市财政负担,工程投资的使用受到各方监督。市审计局公布的青石大桥工程投资为38亿元。\
青石大桥的设计团队在各地有不少作品,总设计师是谢云帆。大桥怎样经受台风?工程师给大桥装了风障,\
台风时大桥照常通行。青石大桥位于云江市东浦区。青石大桥去年动工,大桥于2024年9月通车。
""",
    "library.md": """\
---
title: 市图书馆延长开放
---
市图书馆新馆受到读者欢迎。它每天开放十四个小时,周末也不休息。读者可以在馆内借书、自习。\
由于读者增多,图书馆增加了座位。
""",
}

Select = Callable[[str], list[ScoredSentence]]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """An index of the two articles."""
    folder = tmp_path_factory.mktemp("select")
    build_index(write_articles(folder / "corpus", ARTICLES), folder / "index", encoder)
    return folder / "index"


def found(index: Path, encoder: Encoder, question: str) -> tuple[Query, list[Hit], Overlap]:
    with Snapshot.open(index) as snapshot:
        query = analyse(question)
        overlap = Overlap(
            query, snapshot.passage_terms.document_frequency, snapshot.manifest.passages
        )
        return query, retrieve(query, snapshot, encoder, overlap, limit=20), overlap


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("青石大桥的工程投资是多少?", "38亿元"),
        ("青石大桥的总设计师是谁?", "谢云帆"),
        ("青石大桥在哪里?", "云江市东浦区"),
        ("青石大桥什么时候通车?", "2024年9月"),
    ],
)
def test_the_sentence_with_the_kind_of_thing_asked_for_comes_first(
    index: Path, encoder: Encoder, question: str, answer: str
) -> None:
    """Most sentences of the passage hold the question's words; one holds what it asks for."""
    assert answer in select(*found(index, encoder, question))[0].text


def test_a_sentence_that_asks_is_not_the_answer(index: Path, encoder: Encoder) -> None:
    assert "风障" in select(*found(index, encoder, "大桥怎样经受台风?"))[0].text


def test_what_follows_the_sentence_with_the_topic_may_answer(index: Path, encoder: Encoder) -> None:
    """'It' is the library of the sentence before: no word of the question but 开放 is there."""
    assert "十四个小时" in select(*found(index, encoder, "市图书馆新馆每天开放多长时间?"))[0].text


@pytest.mark.parametrize("question", ["青石大桥的工程投资是多少?", "图书馆", "月亮有多重?"])
def test_scores_are_shares_of_one_probability(index: Path, encoder: Encoder, question: str) -> None:
    """So that the ratio of two scores means the same for every question."""
    scores = [sentence.score for sentence in select(*found(index, encoder, question))]
    assert all(0 < score <= 1 for score in scores)
    assert all(first >= second for first, second in pairwise(scores))
    assert sum(scores) == pytest.approx(1.0)


def test_of_many_sentences_the_best_are_measured(tmp_path: Path, encoder: Encoder) -> None:
    lines = "".join(f"第{n}号码头停着货船。" for n in range(400)) + "灯塔高41米。"
    articles = {"port.md": f"---\ntitle: 港口\n---\n{lines}\n"}
    build_index(write_articles(tmp_path / "corpus", articles), tmp_path / "index", encoder)
    sentences = select(*found(tmp_path / "index", encoder, "灯塔有多高?"))
    assert len(sentences) <= 32
    assert sentences[0].text == "灯塔高41米。"


def test_a_long_passage_is_read_around_its_likely_sentences(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = [
        f"渡口的第{n}号泊位归航运站管,站里的值班表贴在墙上,谁都可以去看。" for n in range(1, 12)
    ]
    told = "青石渡口的木船由船工白冬生打造,船身长九米。"
    article = f"---\ntitle: 青石渡口\n---\n{''.join([*beside[:6], told, *beside[6:]])}\n"
    build_index(write_articles(tmp_path / "c", {"a.md": article}), tmp_path / "i", encoder)
    query, hits, overlap = found(tmp_path / "i", encoder, "青石渡口的木船是谁打造的?")
    sentences, texts = select(query, hits, overlap), list[str]()
    reader, read = Reader.load(), Reader.read

    def noted(self: Reader, question: str, given: Sequence[str]) -> list[Reading]:
        texts.extend(given)
        return read(self, question, given)

    monkeypatch.setattr(Reader, "read", noted)
    ranked = reread(query, sentences, reader)
    (text,) = (text for text in texts if told in text)
    assert 200 < len(text) <= 300
    assert len(text) < len(ranked[0].passage.text)
    assert article.count(text) == 1
    assert text.startswith("渡口的第")
    assert text.endswith("谁都可以去看。")
    assert sorted(s.sentence.span for s in ranked) == sorted(s.sentence.span for s in sentences)
    assert ranked[0].text == told
    assert told[slice(*(ranked[0].answer or ()))].endswith("白冬生")


def test_nothing_retrieved_is_nothing_selected(index: Path, encoder: Encoder) -> None:
    query, _, overlap = found(index, encoder, "大桥")
    assert select(query, [], overlap) == []


def test_the_weights_can_be_read_and_belong_to_the_features(index: Path, encoder: Encoder) -> None:
    """A feature without a weight, or a weight without a feature, is a fit that was forgotten."""
    query, hits, overlap = found(index, encoder, "大桥")
    names = measure(query, find_candidates(hits, overlap), overlap)[0].keys()
    model = json.loads(selecting._MODEL.read_text(encoding="utf-8"))
    assert model["weights"].keys() == names
    assert all(math.isfinite(weight) for weight in fitted_weights().values())


@given(question=st.text(min_size=1, max_size=60).filter(str.strip), seed=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_every_feature_of_every_question_is_finite(bot: QABot, question: str, seed: int) -> None:
    """Whatever is asked, alone or beside words that the articles hold."""
    words = ("", "企业多少家", "谁 Ward", "减速器为什么?")[seed]
    try:
        query = analyse(f"{question} {words}")
    except QuestionError:
        return
    snapshot = bot.snapshot
    overlap = Overlap(query, snapshot.passage_terms.document_frequency, snapshot.manifest.passages)
    hits = retrieve(query, snapshot, bot.encoder, overlap, limit=20)
    for measured in measure(query, find_candidates(hits, overlap), overlap):
        assert all(math.isfinite(value) for value in measured.values()), measured
