"""Terms are counted in many passages at once as they are in each text by itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.answering.term_counts import TermCounter
from qa_bot.index.folded import fold_passage
from qa_bot.index.terms import fold, split_terms

# Repeated and rare characters, words in both numbers, numerals, and what folding makes longer.
_PIECES = (
    "人 人人 银行 贷款 借款 的 。 firm firms policies policy 5738 5,738 五千七百三十八 𠮷 ﬁ é \0 \n"
)
_texts = st.lists(
    st.sampled_from([*_PIECES.split(" "), " ", "e\u0301", "\ud83d"]), max_size=12
).map("".join)


@given(question=_texts, passages=st.lists(st.tuples(_texts, st.lists(_texts)), min_size=1))
def test_counted_together_is_counted_one_by_one(
    question: str, passages: list[tuple[str, list[str]]]
) -> None:
    """A text must not be scored by what stands in its neighbours, or found twice in 人人人."""
    counter = TermCounter(dict.fromkeys(split_terms(question)), {"贷款": ("借款", "银行")})
    folded = [fold_passage(f"{title}\n节", "\n".join(parts), parts) for title, parts in passages]
    texts = [text for passage in folded for text in passage.texts]
    counts = counter.count_all(folded)
    assert counts.shape == (len(texts), len(counter.places))
    for text, row in zip(texts, counts, strict=True):
        np.testing.assert_array_equal(row, counter.count(text))


def test_a_pair_is_counted_as_often_as_it_can_be_cut_out() -> None:
    counter = TermCounter(["人", "人人", "人民"], {})
    folded = fold_passage("人人人", "人民的人", ["人民", "的人"])
    assert counter.count_all([folded]).tolist() == [[3, 1, 0], [2, 0, 1], [1, 0, 1], [1, 0, 0]]


def test_a_folded_passage_is_its_texts_folded() -> None:
    """Also where folding makes two characters of one and one of two."""
    passage = fold_passage("ﬁ標題\n節", "Cafe\u0301貸款", ["Cafe\u0301", "貸款"])
    assert list(passage.texts) == [fold("ﬁ標題"), "节\ncafé贷款", "café", "贷款"]
    assert passage.sizes.sum() == len(passage.codes)
