"""Measures, checked against arithmetic written out here."""

from dataclasses import replace

import pytest

from qa_bot import QABot
from qa_bot.evaluation.measures import comparable, judge, measure
from qa_bot.evaluation.question_set import Question
from qa_bot.evaluation.report import failure, format_table, summarize

ASKED = Question(
    id="1", question="南屏市有多少家“小巨人”企业?", all_of=("12 家",), article="参天树"
)


def test_texts_are_compared_without_width_case_space_and_punctuation() -> None:
    assert comparable("ＡＩ + 产业，“小巨人” 12 家。") == "ai产业小巨人12家"


def test_needed_strings_article_and_speaker_are_judged(bot: QABot) -> None:
    answer = bot.ask(ASKED.question)
    assert judge(ASKED, answer).quote_hit is True
    assert judge(ASKED, answer).article_hit is True
    assert judge(ASKED, answer).speaker_hit is None
    assert judge(replace(ASKED, all_of=("13家",)), answer).quote_hit is False
    assert judge(replace(ASKED, any_of=("13家", "12家")), answer).quote_hit is True
    assert judge(replace(ASKED, any_of=("13家",)), answer).quote_hit is False
    assert judge(replace(ASKED, article="法治"), answer).article_hit is False
    assert judge(replace(ASKED, speaker="卓雨"), answer).speaker_hit is False


def test_measures_equal_arithmetic_by_hand(bot: QABot) -> None:
    answer, refused = bot.ask(ASKED.question), bot.ask("如何做红烧肉?")
    wrong = replace(ASKED, id="2", all_of=("13家",))
    silly = Question(id="3", question="如何做红烧肉?", answerable=False)
    unlucky = replace(ASKED, id="4", article=None)
    rows = [judge(ASKED, answer), judge(wrong, answer), judge(silly, refused)]
    rows.append(judge(unlucky, replace(refused, confidence=0.0)))
    measures = {name: (m.value, m.count) for name, m in measure(rows).items()}
    assert measures == {
        "quote_hit": (pytest.approx(1 / 3), 3),
        "article": (1.0, 2),
        "answered": (pytest.approx(2 / 3), 3),
        "abstained": (1.0, 1),
        # Two of the three answerable questions have more confidence than the unanswerable one.
        "auroc": (pytest.approx(2 / 3), 4),
    }
    assert [failure(row) for row in rows] == [
        None,
        "not quoted",
        None,
        "abstained although answerable",
    ]


def test_the_interval_is_around_the_value_and_narrows_to_it_when_all_agree(bot: QABot) -> None:
    answer = bot.ask(ASKED.question)
    right, wrong = judge(ASKED, answer), judge(replace(ASKED, all_of=("13家",)), answer)
    mixed = measure([right] * 30 + [wrong] * 10)["quote_hit"]
    assert mixed.low < 0.75 < mixed.high
    # The normal approximation: 0.75 +- 1.96 * sqrt(0.75 * 0.25 / 40).
    assert mixed.low == pytest.approx(0.616, abs=0.04)
    same = measure([right] * 5)["quote_hit"]
    assert (same.low, same.high) == (1.0, 1.0)


def test_the_table_names_each_measure_once(bot: QABot) -> None:
    table = format_table(summarize([judge(ASKED, bot.ask(ASKED.question))]))
    assert table.count("| quote hit |") == 1
    assert "quote hit by type: fact 1.00 (1)" in table
