"""Print scattered over a page is put into the order in which a reader reads it."""

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.pages.columns import Stretch, page_text

EM = 10.0


def column(letter: str, *, left: float, top: float, count: int, wide: int = 8) -> list[Stretch]:
    """Print lines of a column, 14 points apart."""
    return [
        line(letter * wide + str(number), left=left, top=top + 14 * number)
        for number in range(count)
    ]


def line(text: str, *, left: float, top: float, size: float = EM) -> Stretch:
    return Stretch(text, left, left + size * len(text), top, size)


def order(page: list[Stretch]) -> str:
    """Return the first character of each line, as read, however the page was drawn."""
    drawn = [page, page[::-1], sorted(page, key=lambda one: (one.top, one.left))]
    (text,) = {page_text(stretches) for stretches in drawn}
    return "".join(row.strip("#\u3000 ")[0] for row in text.splitlines() if row)


def test_columns_below_a_title_are_read_one_after_another() -> None:
    title = line("题目长过一栏的宽度", left=30, top=0, size=20)
    page = [title, *column("甲", left=0, top=40, count=5), *column("乙", left=110, top=40, count=5)]
    assert order(page) == "题甲甲甲甲甲乙乙乙乙乙"


def test_columns_need_not_stand_on_the_same_lines() -> None:
    title = line("题目长过一栏的宽度", left=30, top=0, size=20)
    page = [title, *column("甲", left=0, top=40, count=5), *column("乙", left=110, top=46, count=4)]
    assert order(page) == "题甲甲甲甲甲乙乙乙乙"


def test_a_short_title_above_the_middle_column_heads_all_three() -> None:
    page = [line("题目", left=130, top=0, size=20), line("标题", left=130, top=140, size=20)]
    for top, letters in ((40, "甲乙丙"), (180, "丁戊己")):
        for number, letter in enumerate(letters):
            page += column(letter, left=110 * number, top=top, count=3)
    assert order(page) == "题甲甲甲乙乙乙丙丙丙标丁丁丁戊戊戊己己己"


def test_articles_side_by_side_keep_their_titles() -> None:
    page = [line("题目", left=0, top=0, size=20), line("标题", left=110, top=0, size=20)]
    page += column("甲", left=0, top=40, count=4) + column("乙", left=110, top=40, count=4)
    assert order(page) == "题甲甲甲甲标乙乙乙乙"


def test_a_running_head_comes_first_and_a_foot_last() -> None:
    """Else they would stand in the middle of a sentence that goes on in the next column."""
    page = column("甲", left=0, top=40, count=5) + column("乙", left=110, top=40, count=5)
    page += [line("报", left=0, top=0), line("版", left=150, top=0), line("责编", left=0, top=150)]
    assert order(page) == "报甲甲甲甲甲乙乙乙乙乙责"


def test_a_line_across_two_columns_parts_what_is_above_from_what_is_below() -> None:
    page = [line("图" * 14, left=10, top=100)]
    for top, letters in ((0, "甲乙"), (140, "丙丁")):
        for number, letter in enumerate(letters):
            page += column(letter, left=110 * number, top=top, count=4)
    assert order(page) == "甲甲甲甲乙乙乙乙图丙丙丙丙丁丁丁丁"


def test_the_numbers_before_a_list_are_no_column() -> None:
    page = column("甲", left=30, top=0, count=3)
    page += [line(str(number), left=0, top=14 * number) for number in range(3)]
    assert page_text(page).splitlines() == [f"{n} {'甲' * 8}{n}" for n in range(3)]


def test_a_large_first_letter_stands_on_the_first_line_beside_it() -> None:
    page = [line("让", left=0, top=0, size=24), line("小企业", left=26, top=0)]
    page += [line("长成参", left=26, top=14), line("天树是我们的目标", left=0, top=28)]
    assert page_text(page).replace("\u3000", "") == "让小企业\n长成参\n天树是我们的目标\n"


def test_form_is_kept_indents_blocks_and_headlines() -> None:
    page = [line("题目", left=0, top=0, size=16), line("二题", left=0, top=20, size=16)]
    page += [
        line("首段", left=20, top=50),
        line("续行", left=0, top=64),
        line("注", left=0, top=100),
    ]
    assert page_text(page) == "# 题目\n# 二题\n\n\u3000\u3000首段\n续行\n\n注\n"


def test_a_paragraph_in_large_print_is_no_headline() -> None:
    page = [
        line("导语说了一句话。", left=0, top=0, size=16),
        *column("甲", left=0, top=50, count=5),
    ]
    assert page_text(page).startswith("导语说了一句话。\n\n甲")


PRINT = st.builds(
    lambda text, left, top, size: line(text, left=left, top=top, size=size),
    st.text("天地玄黄宇宙洪荒", min_size=1, max_size=12),
    st.floats(0, 500),
    st.floats(0, 800),
    st.sampled_from([8.0, 9.0, 9.0, 9.0, 16.0, 30.0]),
)


@given(st.lists(PRINT, min_size=1, max_size=60))
def test_no_character_is_lost_or_doubled_however_print_is_scattered(page: list[Stretch]) -> None:
    text = page_text(page)
    assert sorted("".join(text.replace("#", "").split())) == sorted(
        "".join(one.text for one in page)
    )
