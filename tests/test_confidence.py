"""An honest no: what looks like an answer and is none."""

import contextlib
from collections.abc import Iterator

import pytest

from qa_bot import QABot
from qa_bot.errors import QuestionError
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from tests.nonsense import nonsense

ARTICLES = {
    "harbour.md": """\
---
title: 临港市跨境电商产业园开园
source: 临港日报
date: 2025-06-12
---
6月11日,临港市跨境电商产业园开园。园区占地420亩,首批入驻企业136家,预计全年交易额达到58亿元。

园区管委会主任郑伯言介绍,2024年,临港市跨境电商进出口额为312亿元,比上年增长18%。园区对入驻企业免收头两年的租金,\
并设立了8000万元的物流补贴资金。
""",
    "bridge.md": """\
---
title: 白鹭大桥通车
source: 临港日报
date: 2025-07-02
---
7月1日,白鹭大桥通车。大桥全长2.6公里,总投资19亿元,把临港新城到火车站的车程从40分钟缩短到12分钟。

白鹭大桥由设计师陆小川设计,2022年3月开工。
""",
    "talk.md": """\
---
title: 跨境电商怎样走得更远
source: 临港日报
date: 2025-06-20
kind: interview
speakers:
  - {name: 方予安, role: 临港日报记者}
  - {name: 郑伯言, role: 园区管委会主任}
  - {name: 裴若水, role: 临港大学教授}
---
**方予安:** 企业出海难在哪里?

**郑伯言:** 难在物流。海外仓太少,退货一来一回要四十天。

**裴若水:** 我认为难在人才。懂小语种又懂平台规则的人,全市不到两百个。
""",
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[QABot]:
    folder = tmp_path_factory.mktemp("confidence")
    (folder / "corpus").mkdir()
    for name, text in ARTICLES.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    build_index(folder / "corpus", folder / "index", encoder)
    with QABot.open(folder / "index", corpus=folder / "corpus") as bot:
        yield bot


@pytest.mark.parametrize(
    ("answered", "not_answered"),
    [
        ("临港市跨境电商产业园首批入驻企业有多少家?", "苏州市跨境电商产业园首批入驻企业有多少家?"),
        ("2024年临港市跨境电商进出口额是多少?", "2021年临港市跨境电商进出口额是多少?"),
        ("白鹭大桥是谁设计的?", "白鹭大桥的收费标准是谁批准的?"),
        ("白鹭大桥总投资多少?", "海鸥大桥总投资多少?"),
        ("郑伯言认为企业出海难在哪里?", "郑伯言怎么看房价?"),
    ],
)
def test_a_question_that_only_looks_alike_gets_less_confidence(
    bot: QABot, answered: str, not_answered: str
) -> None:
    right, wrong = bot.ask(answered), bot.ask(not_answered)
    assert right.answered
    assert wrong.confidence < right.confidence


@pytest.mark.parametrize(
    "question",
    [
        "苏州市跨境电商产业园首批入驻企业有多少家?",
        "比特币现在的价格是多少?",
        "如何做红烧肉?",
        "裴若水的电话号码是多少?",
        "临港市的市长是谁?",
    ],
)
def test_what_the_articles_do_not_say_is_not_answered(bot: QABot, question: str) -> None:
    answer = bot.ask(question)
    assert not answer.answered
    assert answer.quotes == ()


def test_nonsense_is_not_answered_and_breaks_nothing(bot: QABot) -> None:
    answered = 0
    for question in nonsense(2000):
        with contextlib.suppress(QuestionError):  # nothing but signs that cannot be shown
            answered += bot.ask(question).answered
    assert answered <= 40
