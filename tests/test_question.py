import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.answering.people import People
from qa_bot.answering.question import MAX_QUESTION, analyse
from qa_bot.errors import QuestionError
from qa_bot.records import Person

PEOPLE = People(
    ["邵启明", "卓雨", "何晓岚", "邵东林", "Helen Ward"],
    authors=["罗思远", "何晓岚", "Ada Fenwick"],
    posts=lambda: [
        Person("邵启明", "南屏大学经济学院副院长、教授"),
        Person("邵东林", "南屏市科技局局长"),
        Person("卓雨", "澄江理工大学管理学院研究员"),
        Person("罗思远", "云川党校研究员"),
    ],
)


def test_words_that_only_ask_are_not_looked_for() -> None:
    query = analyse("请问南屏市有多少家企业?")
    assert "南屏" in query.weights
    assert not {"请问", "多少", "少家", "?"} & query.weights.keys()
    assert query.kind == "number"


def test_a_question_of_asking_words_alone_still_looks_for_something() -> None:
    assert analyse("为什么?").weights


@pytest.mark.parametrize(
    ("question", "speakers"),
    [
        ("邵启明怎么看融资难?", ("邵启明",)),
        ("邵启明对融资难有什么建议?", ("邵启明",)),
        ("卓雨认为要做好哪几件事?", ("卓雨",)),
        ("What does Helen Ward say about exports?", ("Helen Ward",)),
        ("邵启明在哪个单位工作?", ()),
        ("谁提出了建议?", ()),
    ],
)
def test_a_view_asked_of_a_speaker_names_the_speaker(
    question: str, speakers: tuple[str, ...]
) -> None:
    assert analyse(question, people=PEOPLE).speakers == speakers


@pytest.mark.parametrize("question", ["两位专家各有什么观点?", "邵启明和卓雨分别怎么看融资?"])
def test_a_comparison_is_recognised(question: str) -> None:
    assert analyse(question, people=PEOPLE).is_comparison


def test_the_same_question_to_another_speaker_takes_the_topic_over() -> None:
    query = analyse("那卓雨怎么看?", history=["邵启明认为如何解决融资难?"], people=PEOPLE)
    assert query.understood_as == "卓雨认为如何解决融资难?"
    assert query.speakers == ("卓雨",)


def test_an_ellipsis_carries_the_question_before_at_less_weight() -> None:
    query = analyse("价格呢?", history=["减速器的寿命是多少?"])
    assert query.understood_as == "减速器的寿命是多少?价格呢?"
    assert query.weights["价格"] > query.weights["减速"] > 0


def test_a_follow_up_to_a_follow_up_keeps_the_topic() -> None:
    history = ["减速器的寿命是多少?", "它的价格呢?"]
    assert "减速" in analyse("为什么?", history=history).weights


def test_a_new_topic_takes_nothing_over() -> None:
    query = analyse("法律的生命力在于什么?", history=["减速器的寿命是多少?"])
    assert query.understood_as == "法律的生命力在于什么?"
    assert "减速" not in query.weights


def test_full_width_and_control_characters_are_folded() -> None:
    query = analyse("\u202e\x00 ＡＩ\ud800赋能 \n ")
    assert query.understood_as == "ＡＩ 赋能"
    assert "ai" in query.weights


def test_a_conversation_with_control_characters_is_folded_too() -> None:
    """What the conversation adds is printed and encoded as the question is."""
    query = analyse("它的价格呢?", history=["减速器\ud800\x00的寿命\n是多少?"])
    assert query.understood_as == "减速器的价格呢?"
    assert query.context.encode()


@pytest.mark.parametrize("question", ["", " \n\u3000", "\x00\u200b"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(QuestionError, match="the question is empty; type one"):
        analyse(question)


def test_a_question_that_is_too_long_is_refused() -> None:
    with pytest.raises(QuestionError, match=r"has 1,000,000 characters, at most 2,000"):
        analyse("问" * 1_000_000)
    assert analyse("问" * MAX_QUESTION)


@given(st.text(max_size=200), st.lists(st.text(max_size=50), max_size=3))
def test_any_text_is_understood_or_refused(question: str, history: list[str]) -> None:
    try:
        query = analyse(question, history=history, people=PEOPLE)
    except QuestionError:
        return
    assert query.understood_as.encode()
    assert all(0 < weight <= 1 for weight in query.weights.values())
    assert query.core <= query.weights.keys()
