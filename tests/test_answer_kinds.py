"""What kind of thing a question asks for, and where such things stand in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.answering.answer_kinds import FIGURES, find_kind, holds_kind
from qa_bot.answering.question_kinds import focus_of_question, kind_of_question

KINDS = [
    ("小微企业贷款占比是多少?", "percent"),
    ("它的营收占比呢?", "percent"),
    ("南屏市的贷款不良率有多高?", "percent"),
    ("What share of the firms export?", "percent"),
    ("评上示范工厂政府奖多少钱?", "money"),
    ("每户最高能贷多少?", "money"),
    ("How much does a season ticket cost?", "money"),
    ("基金的存续期是几年?", "duration"),
    ("审一个案子要多久?", "duration"),
    ("How long does the loan run?", "duration"),
    ("新港区是哪一年设立的?", "date"),
    ("码头什么时候投用?", "date"),
    ("When was the plant opened?", "date"),
    ("全市有多少家企业?", "number"),
    ("水库有多深?", "number"),
    ("How many firms took part?", "number"),
    ("合作社是谁创办的?", "person"),
    ("理事长叫什么名字? 负责人是谁?", "person"),
    ("Who founded the firm?", "person"),
    ("示范区设在哪里?", "place"),
    ("产品主要卖到哪些国家?", "place"),
    ("Where is the plant?", "place"),
    ("哪家银行推出了这个产品?", "organisation"),
    ("她在什么单位上班?", "organisation"),
    ("Which bank offers it?", "organisation"),
    ("市里出台了什么计划?", "title"),
    ("这款软件叫什么?", "title"),
    ("为什么中小企业招不到人?", "reason"),
    ("Why do small firms fail?", "reason"),
    ("补贴给企业带来什么?", "effect"),
    ("新规有什么影响?", "effect"),
    ("什么是共享车间?", "definition"),
    ("共享车间是什么?", "definition"),
    ("What is a shared workshop?", "definition"),
    ("怎样申请补贴?", "way"),
    ("How can a firm apply?", "way"),
    ("个体户能不能申请?", "yesno"),
    ("Is the loan secured?", "yesno"),
    ("共享车间的特点", None),
    ("小企业出海难在哪里?", None),
    ("数字化该从哪里入手?", None),
    ("差距究竟在哪里?", None),
]


@pytest.mark.parametrize(("question", "kind"), KINDS)
def test_what_a_question_asks_for(question: str, kind: str | None) -> None:
    assert kind_of_question(question.casefold()) == kind


@pytest.mark.parametrize(
    ("question", "focus"),
    [("哪个平台能查到?", "平台"), ("有多少家企业?", "家企业"), ("为什么?", "")],
)
def test_the_noun_beside_the_asking_word(question: str, focus: str) -> None:
    assert focus_of_question(question) == focus


TEXTS = [
    ("percent", "不良率为1.8%,低于全市三分之一。", ["1.8%", "三分之一"]),
    ("money", "首期50亿元,单户不超过300万元。", ["50亿元", "不超过300万元"]),
    ("money", "It cost $3.5 million, or 25 million yuan.", ["$3.5 million", "25 million yuan"]),
    ("duration", "2021年成立,存续期15年,平均18.5个工作日办结。", ["15年", "18.5个工作日"]),
    ("date", "2021年3月5日成立,次年改名。", ["2021年3月5日"]),
    ("title", "《南屏日报》刊登了“千帆行动”的方案。", ["《南屏日报》", "“千帆行动”"]),
    ("person", "厂长沈若棠和约翰·史密斯都在场。", ["沈若棠", "约翰·史密斯"]),
    ("person", "The firm was founded by Helen Ward.", ["Helen Ward"]),
    ("organisation", "他就职于西南政法大学,也在银行兼职。", ["西南政法大学", "银行"]),
    ("place", "项目落户四川省遂宁市。", ["四川省遂宁市"]),
    ("yesno", "个体户可以申请。", []),
]


@pytest.mark.parametrize(("kind", "text", "found"), TEXTS)
def test_where_things_of_a_kind_stand(kind: str, text: str, found: list[str]) -> None:
    assert [text[slice(*span)] for span in find_kind(kind, text)] == found


@given(kind=st.sampled_from([kind for kind, _, _ in TEXTS]), text=st.text(max_size=200))
def test_spans_lie_in_order_inside_any_text(kind: str, text: str) -> None:
    spans = find_kind(kind, text)
    assert all(0 <= start < end <= len(text) for start, end in spans)


@given(
    st.sampled_from(sorted(FIGURES)),
    st.text(
        "将近大约超过逾不少于最至第十百千万亿两三半几数12.0%％分之成点个元年月天日到-$ 家余",
        max_size=16,
    ),
)
def test_a_text_holds_a_kind_if_it_is_found_there(kind: str, text: str) -> None:
    assert holds_kind(kind, text) == bool(find_kind(kind, text))
