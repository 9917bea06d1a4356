"""Questions in other words than the articles'."""

from pathlib import Path

import pytest

from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.answering.synonyms import find_synonyms

FILE = Path("src/qa_bot/models/synonyms.txt")


def coverage(question: str, text: str) -> float:
    overlap = Overlap(analyse(question), lambda term: 1, 100)
    return overlap.coverage(overlap.matched(text))


@pytest.mark.parametrize(
    ("question", "said", "other"),
    [
        ("母基金由谁打理?", "母基金由江湾投资集团运营。", "母基金设在江湾新区。"),
        ("开一家店起码要花多少钱?", "开店费用不少于30万元。", "开店须先登记。"),
        ("小厂头一回上市是哪年?", "2019年,这家小厂首次挂牌。", "2019年,这家小厂搬迁。"),
        ("Which firms received loans?", "Forty companies got credit.", "Forty cats got milk."),
    ],
)
def test_what_says_the_same_in_other_words_covers_more(
    question: str, said: str, other: str
) -> None:
    assert coverage(question, said) > coverage(question, other)


def test_the_question_s_own_word_counts_more_than_another_for_it() -> None:
    assert coverage("母基金由谁打理?", "母基金由集团打理。") > coverage(
        "母基金由谁打理?", "母基金由集团运营。"
    )


def test_a_part_of_a_latin_word_has_no_synonyms() -> None:
    assert "firm" in find_synonyms("the firm grew")
    assert "firm" not in find_synonyms("a confirmed case")


def test_the_thesaurus_has_groups_of_different_words() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    groups = [line.split(",") for line in lines if not line.startswith("#")]
    assert len(groups) > 3000
    for group in groups:
        assert len(group) == len(set(group)) > 1
        assert all(word == word.strip().lower() and word for word in group)
