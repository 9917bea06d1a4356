import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.sentences import MAX_SENTENCE, split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("天晴了。走吧！去哪？", ["天晴了。", "走吧！", "去哪？"]),
        ("一是稳；二是进;三是好……再说", ["一是稳；", "二是进;", "三是好……", "再说"]),
        ("他说:“先试。再推。”大家同意。", ["他说:“先试。再推。”", "大家同意。"]),
        ("“先试。再推。”他说。大家同意。", ["“先试。再推。”他说。", "大家同意。"]),
        ('要"先试。再推"的办法。好。', ['要"先试。再推"的办法。', "好。"]),
        ("(作者系某校教授。本文有删节。)完", ["(作者系某校教授。本文有删节。)", "完"]),
        ("增长12.5%。比去年快。", ["增长12.5%。", "比去年快。"]),
        ("Dr. Li left at 3.5 p.m. today. He ran.", ["Dr. Li left at 3.5 p.m. today.", "He ran."]),
        (
            '"We grew 5%." Sales rose. U.S. firms too.',
            ['"We grew 5%."', "Sales rose.", "U.S. firms too."],
        ),
        ("  \u3000 ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_lost_closing_mark_does_not_swallow_the_paragraph() -> None:
    """Print loses quotation marks; the text after must still be cut."""
    text = "他说:“开始吧。" + "然后又过了一天。" * 40
    assert len(sentences(text)) > 35


mixed = st.text(
    st.one_of(
        st.sampled_from("。！？；…”“「」\"'（）() \u3000\r\n\t.,，;:!?一是二A1%"),
        st.characters(),
    ),
    max_size=300,
)


@given(mixed)
def test_sentences_and_white_space_between_them_give_back_the_text(text: str) -> None:
    done = 0
    for start, end in split_sentences(text):
        assert done <= start < end
        assert not text[done:start].strip()
        assert text[start:end].strip() == text[start:end]
        assert end - start <= MAX_SENTENCE
        done = end
    assert not text[done:].strip()


@given(mixed, st.integers(0, 50), st.integers(0, 50))
def test_offsets_point_into_the_whole_text(text: str, before: int, after: int) -> None:
    whole = "前" * before + text + "后" * after
    found = list(split_sentences(whole, before, before + len(text)))
    assert found == [(start + before, end + before) for start, end in split_sentences(text)]


def test_text_without_marks_is_cut_outside_quotations() -> None:
    text = "表格的一行没有标点“引文不可以切开”" * 200
    parts = sentences(text)
    assert "".join(parts) == text
    assert all(part.count("“") == part.count("”") for part in parts)


def test_time_grows_with_length_not_faster() -> None:
    """Openers without closers are the worst case."""
    seconds = []
    for size in (20_000, 80_000):
        began = time.process_time()
        list(split_sentences("好（“。" * size))
        seconds.append(time.process_time() - began)
    assert seconds[1] < 4 * 2.5 * seconds[0] + 0.2
