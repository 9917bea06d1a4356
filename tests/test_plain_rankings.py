"""What qa-bot is compared with has to be computed right, or the comparison flatters it."""

from math import log

import pytest

from plain_bm25 import TOKENIZERS, PlainBM25, bigrams, scikit_words, unicode_words
from qa_bot.records import Span
from retrieval_table import rank_of, side_by_side

FIRM = "云江市有企业86家"
RIVER = "云江流经云江市 The Rivers"


def test_each_tool_goes_by_its_own_words() -> None:
    assert list(bigrams(RIVER)) == ["云江", "江流", "流经", "经云", "云江", "江市", "the", "rivers"]
    assert unicode_words("云江5,738家 X") == ["云", "江", "5,738", "家", "x"]
    assert scikit_words(RIVER) == ["云江流经云江市", "rivers"]


@pytest.mark.parametrize("length", range(2, 12))
def test_texts_are_ranked_by_the_formula(length: int) -> None:
    """Twice in a long text is ahead of once in a short one, up to the length that this gives."""
    texts = ["b b b", "a a" + " b" * (length - 2), "a b", "a a c"]
    mean = (3 + length + 2 + 3) / 4

    def score(count: int, words: int) -> float:
        return log(1 + 1.5 / 3.5) * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * words / mean))

    scores = {1: score(2, length), 2: score(1, 2), 3: score(2, 3)}
    order = sorted(scores, key=lambda number: -scores[number])
    index = PlainBM25(texts, str.split, ["a", "a c"])
    assert index.search("a", limit=5) == order
    assert index.search("a", limit=2) == order[:2]
    assert index.search("a c", limit=1) == [3]


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_text_without_any_word_of_the_question_is_no_hit(name: str) -> None:
    index = PlainBM25([FIRM, RIVER], TOKENIZERS[name], [RIVER, "山"])
    assert index.search(RIVER, limit=9)[0] == 1
    assert index.search("山", limit=9) == []


def test_an_article_ranks_where_its_first_passage_does() -> None:
    one, two, three = Span(0, 5), Span(5, 9), Span(9, 12)
    hits = [[("a", one)], [("a", two)], [("c", one), ("b", three)]]
    assert rank_of(hits, {"b"}, by_article=True) == 2
    assert rank_of(hits, {("b", three)}, by_article=False) == 3
    assert rank_of(hits, {"d"}, by_article=True) is None


def test_a_star_marks_what_differs_beyond_chance() -> None:
    ranks = {"ours": [1] * 40, "plain": [2] * 20 + [1] * 20, "same": [2] * 20 + [1] * 20}
    _, _, ours, plain, same = side_by_side(ranks, against="plain").splitlines()
    assert ours == "| ours | 1.000* (1.000 to 1.000) | 1.000 (1.000 to 1.000) | " + (
        "1.000* (1.000 to 1.000) |"
    )
    assert plain.startswith("| plain | 0.500 (")
    assert "0.750 (" in same
    assert "*" not in same
