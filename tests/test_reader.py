"""The reader: where an answer stands in a text, and whether it does."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from qa_bot.answering.reader import Reader
from qa_bot.answering.reader_tokens import Vocabulary, find_terms, match, tokenise
from qa_bot.errors import ModelError
from reader_batches import Group, make_batch, make_vocabulary
from reader_network import Network
from reader_sets import Example, sentences_of, window_around

QUESTION = "栖霞镇有多少家木器厂?"
TEXTS = [
    "栖霞镇的木器业有百年历史。全镇现有木器厂47家,工人1200名。",
    "镇长林若水说:“我们要把老手艺传下去。”",
    "The town has 47 workshops.",
    "木器。",
]
Made: TypeAlias = tuple[Network, Vocabulary]


@pytest.fixture(scope="module")
def network() -> Made:
    """A network with random weights."""
    torch.manual_seed(0)
    vocabulary = make_vocabulary([*TEXTS, QUESTION] * 3)
    vectors = torch.randn(len(vocabulary.words) + 1, 16)
    characters = int(vocabulary.characters.max()) + 1
    made = Network(vectors, tags=len(vocabulary.tags) + 1, characters=characters, dropout=0, seed=0)
    made.eval()
    return made, vocabulary


@pytest.fixture(scope="module")
def reader(network: Made) -> Reader:
    made, vocabulary = network
    return Reader(made.export(vocabulary))


def test_numpy_computes_what_torch_was_trained_as(network: Made, reader: Reader) -> None:
    """Weights are kept in bytes and half floats; beyond that nothing may differ."""
    made, vocabulary = network
    texts = [tokenise(text, vocabulary) for text in TEXTS]
    asked = tokenise(QUESTION, vocabulary)
    features = match(find_terms(asked, vocabulary), texts, vocabulary)
    batch = make_batch([Group(asked, texts, features, None)], vocabulary)
    with torch.no_grad():
        logits = made(batch.questions, batch.texts, batch.features, batch.group_places, batch.owner)
    readings = reader.read(QUESTION, TEXTS)
    for values, name in zip(logits, ("first", "last"), strict=True):
        computed = np.concatenate([getattr(reading, name) for reading in readings])
        expected = values[batch.texts.places].numpy()
        assert np.abs(computed - expected).max() < 0.05 * expected.std()


def test_a_text_is_read_alike_alone_and_among_others(reader: Reader) -> None:
    together = reader.read(QUESTION, TEXTS)
    for text, reading in zip(TEXTS, together, strict=True):
        (alone,) = reader.read(QUESTION, [text])
        np.testing.assert_allclose(alone.first, reading.first, atol=1e-4)
        assert alone.best[:2] == reading.best[:2]


def test_an_answer_is_sought_inside_the_sentence_that_is_named(reader: Reader) -> None:
    (reading,) = reader.read(QUESTION, TEXTS[:1])
    for start, end in sentences_of(TEXTS[0]):
        span = reading.span(start, end)
        assert start <= span.start < span.end <= end
        assert span.score <= reading.score_of(start, end) <= reading.score


@settings(max_examples=50, deadline=None)
@given(question=st.text(min_size=1, max_size=40), text=st.text(max_size=80), data=st.data())
def test_any_text_can_be_read(
    reader: Reader, question: str, text: str, data: st.DataObject
) -> None:
    """Corpus text and questions are anything: half characters, ligatures, nothing at all."""
    (reading,) = reader.read(question, [text])
    assert np.isfinite(reading.score)
    assert np.isfinite(reading.score)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = reading.span(start, end)
    assert start <= span.start <= span.end <= end


def test_a_text_without_any_sentence_end_is_read_too(reader: Reader) -> None:
    """Its spans would fill gigabytes if all were looked at."""
    (reading,) = reader.read(QUESTION, ["木 器 " * 10_000])
    assert reading.best.end <= 2000


def test_many_threads_read_at_once(reader: Reader) -> None:
    questions = [QUESTION, "镇长是谁?", "How many workshops?"] * 8
    expected = [[r.best for r in reader.read(question, TEXTS)] for question in questions]
    with ThreadPoolExecutor(4) as threads:
        read = threads.map(lambda q: [r.best for r in reader.read(q, TEXTS)], questions)
        assert list(read) == expected


def test_weights_come_back_from_their_file(network: Made, reader: Reader, tmp_path: Path) -> None:
    made, vocabulary = network
    save_file(made.export(vocabulary), tmp_path / "reader.safetensors")
    loaded = Reader.load(tmp_path / "reader.safetensors")
    assert [r.best for r in loaded.read(QUESTION, TEXTS)] == [
        r.best for r in reader.read(QUESTION, TEXTS)
    ]


@pytest.mark.parametrize("damage", ["missing", "cut", "part", "shape"])
def test_damaged_weights_are_one_clear_error(network: Made, tmp_path: Path, damage: str) -> None:
    made, vocabulary = network
    path, weights = tmp_path / "reader.safetensors", made.export(vocabulary)
    if damage == "part":
        del weights["fuse.weight"]
    if damage == "shape":
        weights["key.weight"] = weights["key.weight"][:, :-1].copy()
    if damage != "missing":
        save_file(weights, path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelError, match=r"reader\.safetensors: (is missing|cannot be read)"):
        Reader.load(path)


@pytest.fixture(scope="module")
def shipped() -> Reader:
    return Reader.load()


TOWN = [
    "栖霞镇位于云江上游,木器业有三百年历史。截至2023年底,全镇有木器厂47家,工人1200多名,产品销往二十多个国家。"
    "镇长林若水说,老手艺要传下去,镇里每年拿出200万元培训学徒。",
    "1998年,工程师陆远在云江市高新区创办蓝芯微泵公司,生产用于医疗器械的微型水泵。"
    "因为订单减少,公司于2019年关闭了两座工厂。",
    "云江发源于北部的望天山,全长二百一十公里,流经三个区县,在青石镇注入大湖。",
]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("栖霞镇有多少家木器厂?", "47家"),
        ("栖霞鎮的鎮長是誰?", "林若水"),
        ("蓝芯微泵公司是哪一年创办的?", "1998年"),
        ("云江全长多少公里?", "二百一十公里"),
        ("镇里每年花多少钱培训学徒?", "200万元"),
        ("蓝芯微泵公司为什么关闭工厂?", "因为订单减少"),
    ],
)
def test_the_answer_is_found_among_passages(shipped: Reader, question: str, answer: str) -> None:
    readings = shipped.read(question, TOWN)
    number = max(range(len(TOWN)), key=lambda n: readings[n].score)
    best = readings[number].best
    assert TOWN[number][best.start : best.end] == answer
    assert readings[number].score > 2


def test_a_passage_on_the_subject_that_does_not_answer_is_told_apart(shipped: Reader) -> None:
    asked, beside = (
        max(reading.score for reading in shipped.read(question, TOWN))
        for question in ("栖霞镇有多少家木器厂?", "栖霞镇有多少所学校?")
    )
    assert asked > beside + 2


@given(seed=st.integers(0, 1000))
def test_a_window_to_train_on_is_whole_sentences_around_the_answer(seed: int) -> None:
    passage = "云江发源于北部山地。流经三个区县。在青石镇注入大湖。全长二百一十公里。枯水期在冬季。"
    start = passage.index("青石镇")
    span = (start, start + 3)
    sentences = tuple(sentences_of(passage))
    example = Example(
        "set", "云江", "云江注入大湖的地方?", passage, sentences, span, ("青石镇",), ()
    )
    low, high = window_around(example, random.Random(seed))  # noqa: S311 # a repeatable sample
    assert low <= span[0] < span[1] <= high
    assert low in {s for s, _ in sentences}
    assert high in {e for _, e in sentences}
