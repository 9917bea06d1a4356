"""Each step of the import by itself: what a line, a block or a name is taken for, and why not."""

import pytest

from qa_bot.pages import marks, signatures
from qa_bot.pages.blocks import Page, read_blocks
from qa_bot.pages.borders import split_articles
from qa_bot.pages.classify import classify, ends_block, opens_block
from qa_bot.pages.dates import find_date, find_paper, is_header
from qa_bot.pages.heal import heal
from qa_bot.pages.items import Item
from qa_bot.pages.lines import is_closed, is_word_across, join, read_lines, width
from qa_bot.pages.names import (
    find_guest,
    find_introduced_person,
    find_post,
    is_name,
    read_alias,
    read_cast,
    read_names,
    surname_of,
)
from qa_bot.pages.speakers import find_labels, read_label, resolve, split_cast
from qa_bot.pages.titles import find_titles
from qa_bot.pages.topics import Bonds, Topics
from qa_bot.records import Person


def items_of(text: str) -> list[Item]:
    """Read a page as far as its items."""
    page, blocks = read_blocks(text, opens=opens_block, ends=ends_block)
    return classify(page, blocks, Bonds.count(block.text for block in blocks))


def healed(text: str) -> tuple[list[Item], list[str]]:
    """Read a page as far as its whole paragraphs; returns the items and the doubts."""
    page, blocks = read_blocks(text, opens=opens_block, ends=ends_block)
    bonds = Bonds.count(block.text for block in blocks)
    items, doubts = heal(page, classify(page, blocks, bonds), bonds)
    return items, [doubt.what for doubt in doubts]


def kinds_of(text: str) -> list[str]:
    return [item.reason or item.kind for item in items_of(text)]


# --- Lines ----------------------------------------------------------------------------------


def test_lines_know_their_place_whatever_their_ends() -> None:
    text = "一行\r\n\r\n　　二行 \n\t三行"
    lines = read_lines(text)
    assert [(line.number, line.text, line.indent) for line in lines if line.text] == [
        (1, "一行", 0),
        (3, "二行", 4),
        (4, "三行", 4),
    ]
    assert all(text[line.start :].startswith(line.text) for line in lines)


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        (["企业发", "展"], "企业发展"),
        (["the city", "plans"], "the city plans"),
        (["re-", "search"], "research"),
        (["在AI", "时代"], "在AI时代"),
        (["共3", "41家"], "共341家"),
        (["罗 勇"], "罗 勇"),
    ],
)
def test_a_wrap_leaves_a_space_only_between_latin_words(parts: list[str], joined: str) -> None:
    text = join(parts, is_space_wrapped=False)
    assert text.replace("research", "re-search") == joined.replace("research", "re-search")


def test_where_wraps_are_spaces_no_space_parts_chinese_characters() -> None:
    assert join(["出 席 2025 大会"], is_space_wrapped=True) == "出席2025大会"


@pytest.mark.parametrize(
    ("text", "size"), [("重庆", 2.0), ("共34家", 3.0), ("plain words", 5.5), ("（一）", 3.0)]
)
def test_width_is_counted_in_chinese_characters(text: str, size: float) -> None:
    assert width(text) == size


@pytest.mark.parametrize(
    ("text", "is_end"),
    [
        ("讲得清楚。", True),
        ("讲得清楚。”", True),
        ("怎么办?", True),
        ("讲得清楚。(记者 李明)", True),
        ("推动企业", False),
        ("增长3.", False),
        ("", False),
    ],
)
def test_the_end_of_a_sentence_is_known(text: str, is_end: bool) -> None:
    assert is_closed(text) is is_end


def test_a_word_across_a_cut_is_known_by_the_dictionary() -> None:
    assert is_word_across("推动民营企", "业发展")
    assert not is_word_across("推动发展", "企业融资")


# --- Marks of the trade ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("■王凤阁", ["王凤阁"]),
        ("□ 罗 勇", ["罗勇"]),
        ("●顾云归 钟毓", ["顾云归", "钟毓"]),
        ("本报记者 陈柯", ["陈柯"]),
        ("本报记者 覃一诺 实习生 邬晓棠", ["覃一诺", "邬晓棠"]),
        ("文/佟晓禾", ["佟晓禾"]),
        ("文 | 陶然", ["陶然"]),
        ("文/白露　图/丁一", ["白露"]),
        ("作者:许知微", ["许知微"]),
        ("许知微 整理", ["许知微"]),
        ("撰文 鍾毓", ["鍾毓"]),
        ("(本报记者 连舒 通讯员邱小满)", ["连舒", "邱小满"]),
        ("本报评论员", ["本报评论员"]),
        ("By Helen Ward", ["Helen Ward"]),
        ("记者:技术之外,您觉得最", []),
        ("企业招不到记者，也招不到工程师。", []),
        ("■先把漏水的地方堵上", []),
    ],
)
def test_bylines_name_their_people(text: str, names: list[str]) -> None:
    assert [person.name for person in signatures.read_byline(text)] == names


def test_a_source_line_names_paper_and_author() -> None:
    line = "2025-02-28 07:41 来源:澜州晚报 作者:闻歆 字号:大 中 小"
    assert signatures.read_source(line) == ("澜州晚报", (Person("闻歆"),))
    assert signatures.read_source("来源不明的资金应当查清") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("本报讯(记者 林舒禾)5月16日", ["林舒禾"]),
        ("【本報訊】（記者 何詠珊）運作", ["何詠珊"]),
        ("本 报 讯(记者 林舒禾)5月", ["林舒禾"]),
        ("本报讯 记者苏见山报道:昨日", ["苏见山"]),
        ("新华社重庆11月5日电 记者从", []),
        ("云江日报讯（记者 孟凡程砚）", ["孟凡", "程砚"]),
    ],
)
def test_a_dateline_opens_a_report_and_names_its_reporters(text: str, names: list[str]) -> None:
    dateline = signatures.read_dateline(text)
    assert dateline is not None
    assert [person.name for person in dateline[1]] == names


def test_a_sentence_that_begins_like_a_dateline_is_none() -> None:
    assert signatures.read_dateline("本报告认为，企业应当") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("【智库对话】", "column name"),
        ("健康 · 生活", "column name"),
        ("(下转第4版)", "footer"),
        ("（上接第一版）", "header"),
        ("责编:何小满 美编:李墨", "footer"),
        ("值班编委 阮文 编辑 齐放", None),
        ("思想周刊投稿邮箱:sixiang@example.com", "footer"),
        ("新闻热线 8616 0000", "footer"),
        ("首页 > 新闻中心 > 要闻", "header"),
        ("首页 | 新闻 | 问政 | 健康", "header"),
        ("分享到: 微信 微博", "header"),
        ("下一篇:本周末演出预告", "header"),
        ("招聘 诚聘技工10名,月薪八千元起", "garbage"),
        ("<!-- image -->", "garbage"),
        ("公告栏前站满了人。", None),
        ("让小企业长成参天树", None),
    ],
)
def test_what_belongs_to_the_page_is_left_out(text: str, reason: str | None) -> None:
    assert marks.left_out_reason(text) == reason


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("图为工人在车间调试设备。记者 秦岭 摄", True),
        ("新落成的中试平台外景。摄影/秦岭", True),
        ("▲技术人员在测量井水温(丁一 摄)", True),
        ("老楼外新装的玻璃井道。受访者供图", True),
        ("▶碳账户里装的是什么", False),
        ("他拍摄了一部电影", False),
        ("图书馆开放到深夜。", False),
    ],
)
def test_captions_are_known_by_their_marks(text: str, is_one: bool) -> None:
    assert marks.is_caption(text) is is_one


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("(作者系某大学教授、院长,本文为某项目成果)", [("", "某大学教授、院长")]),
        ("（作者李明系甲校教授，王强系乙校讲师）", [("李明", "甲校教授"), ("王强", "乙校讲师")]),
        ("作者单位:澜江市农业科学院", [("", "澜江市农业科学院")]),
    ],
)
def test_a_footnote_gives_the_posts_of_authors(text: str, roles: list[tuple[str, str]]) -> None:
    assert signatures.is_footnote(text)
    assert [(person.name, person.role) for person in signatures.note_people(text)] == roles


def test_parts_of_characters_are_no_heading() -> None:
    assert marks.is_misread("人冫谈夜闻")
    assert marks.is_garbage("人)是策律议")
    assert not marks.is_misread("先把根扎深")
    assert not marks.is_garbage("先把根扎深")


# --- Dates and running heads ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("重庆日报 2025年11月28日 星期五 第06版", True),
        ("２ 要闻 ２０２５年１１月２８日", True),
        ("LANJIANG DAILY 澜江晚报 2023-04-23 星期日 第A05版 城事", True),
        ("《产业与教育》 2025年第10期", True),
        ("农历乙巳年六月廿五", True),
        ("— 2 —", True),
        ("澜州日报数字报", True),
        ("截至2025年9月30日，企业共有341家", False),
        ("2025年的三件大事", False),
    ],
)
def test_running_heads_are_told_from_lines_that_hold_a_date(text: str, is_one: bool) -> None:
    assert is_header(text) is is_one


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025年11月28日", "2025-11-28"),
        ("二〇二五年十一月二十八日", "2025-11-28"),
        ("２０２５年３月５日", "2025-03-05"),
        ("2025-2-30", None),
        ("11月28日", None),
    ],
)
def test_dates_are_read_if_they_are_real(text: str, date: str | None) -> None:
    assert find_date(text) == date


def test_the_paper_is_named_in_a_running_head() -> None:
    assert find_paper("03版 澜江日报 要闻") == "澜江日报"


# --- Names and people -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("方晓霞", True),
        ("欧阳静", True),
        ("冼柏川", True),
        ("卡尔·马克思", True),
        ("Helen Ward", True),
        ("经济", False),
        ("方晓霞教授", False),
    ],
)
def test_names_are_known_by_their_form(text: str, is_one: bool) -> None:
    assert is_name(text) is is_one


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("方晓霞 某院研究员、博导 刘新智 某大学副院长", ["方晓霞", "刘新智"]),
        ("陆景行（材料学院教授、实验室主任）、许知微（本报记者）", ["陆景行", "许知微"]),
        ("某大学教授方晓霞", ["方晓霞"]),
        ("企业发展研究", []),
    ],
)
def test_a_cast_line_is_parted_into_people(text: str, people: list[str]) -> None:
    assert [person.name for person in read_cast(text, known=())] == people


def test_names_run_together_by_a_wrap_are_parted() -> None:
    assert [person.name for person in read_names("孟凡程砚", is_marked=True)] == ["孟凡", "程砚"]


def test_a_guest_is_named_by_the_introduction() -> None:
    assert find_guest("近日，本报专访了某大学教授邵启明。") == Person("邵启明", "某大学教授")
    assert find_guest("——市交通局副局长沈怀清解读新方案") == Person("沈怀清", "市交通局副局长")
    told = ["记者走进城南，与社区工作者沈墨林聊了聊。"]
    assert find_introduced_person(told) == Person("沈墨林", "社区工作者")
    assert find_introduced_person([*told, "局长罗启明说，"]) is None
    assert find_post("沈墨林", told) == "社区工作者"


def test_a_surname_with_a_post_stands_for_its_person() -> None:
    assert read_alias("沈副局长") == ("沈", "副局长")
    assert read_alias("欧阳教授") == (surname_of("欧阳静"), "教授")
    assert read_alias("刘总") == ("刘", "总")
    assert read_alias("沈阳") is None


def test_of_two_with_one_surname_the_post_tells_who_is_meant() -> None:
    guests = [Person("刘大为", "设计院总工程师"), Person("刘小为", "市交通局副局长")]
    assert resolve("刘总", guests, hosts=()) == "刘大为"
    assert resolve("刘局长", guests, hosts=()) == "刘小为"
    assert resolve("刘", guests, hosts=()) == "刘"
    assert resolve("刘教授", guests, hosts=()) == "刘教授"


# --- Speakers -------------------------------------------------------------------------------


def test_labels_are_believed_by_cast_trade_and_repetition() -> None:
    labels = find_labels(
        ["记者:怎么看?", "方晓霞:先看需求。", "要点:三个方面。"], [Person("方晓霞")]
    )
    assert labels.names == {"记者", "方晓霞"}
    assert labels.read("方晓霞:先看需求。") == ("方晓霞", None, 4)
    assert labels.read("要点:三个方面。") is None
    assert find_labels(["结论:很好。", "建议:再看。"], []).names == frozenset()


def test_a_guest_who_speaks_once_is_believed_if_introduced() -> None:
    texts = ["本报专访了副教授孟凡。", "记者:怎么看?", "孟凡:要稳。", "江河:奔流。"]
    assert find_labels(texts, []).names == {"记者", "孟凡"}


def test_labels_without_a_colon_must_open_several_paragraphs() -> None:
    texts = ["【记者】怎么看?", "【陆景行】先看需求。", "【记者】然后呢?", "【陆景行】再看供给。"]
    labels = find_labels(texts, [])
    assert labels.bare == {"记者", "陆景行"}
    assert labels.read("【陆景行】再看供给。") == ("陆景行", None, 5)
    assert find_labels(texts[:2], []).names == frozenset()


def test_a_label_may_carry_a_post_in_brackets() -> None:
    assert read_label("钟灵（研究院院长）：企业投资") == ("钟灵", "研究院院长", 10)


@pytest.mark.parametrize(
    ("text", "cast"),
    [
        ("主 持 人: 戴之行 《智库周刊》记者", (True, "戴之行 《智库周刊》记者")),
        ("圆桌嘉宾: 冼柏川 金融研究院副院长", (False, "冼柏川 金融研究院副院长")),
        ("主持人 江澈", (True, "江澈")),
        ("对话嘉宾", (False, "")),
        ("主持人:欢迎各位。", None),
        ("主持人走上台前", None),
    ],
)
def test_cast_lines_are_told_from_speech(text: str, cast: tuple[bool, str] | None) -> None:
    found = split_cast(text)
    assert (found and (found.is_host, found.people)) == cast


def test_labels_are_resolved_to_people() -> None:
    people = [Person("江澈"), Person("方砚秋"), Person("贺明川")]
    assert resolve("方研究员", people, hosts={"江澈"}) == "方砚秋"
    assert resolve("主持人", people, hosts={"江澈"}) == "江澈"
    assert resolve("答", people[:2], hosts={"江澈"}) == "方砚秋"
    assert resolve("答", people, hosts={"江澈"}) == "答"


# --- Blocks, items and their neighbours -----------------------------------------------------


def test_a_block_is_split_and_merged_without_losing_a_place() -> None:
    text = "甲乙 丙\n丁戊"
    page, blocks = read_blocks(text, opens=lambda _: False, ends=lambda _: False)
    left, right = page.split(blocks[0], blocks[0].text.index("丙"))
    assert (left.text.strip(), right.text) == ("甲乙", "丙丁戊")
    merged = page.merge([left, right])
    assert "".join(merged.text.split()) == "甲乙丙丁戊"
    assert [text[piece.start : piece.end].strip() for piece in right.pieces] == ["丙", "丁戊"]


def test_a_line_set_across_columns_is_no_part_of_the_paragraph() -> None:
    column = "正文一行十二个字写满为止\n" * 6
    kinds = kinds_of(
        f"{column}到此结束。\n三千间教室装上会呼吸的窗户从此不再闷热\n{column}完毕。\n"
    )
    assert kinds == ["body", "heading", "body"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# 标题在此\n\n贺兰舟\n\n正文一句。\n", ["heading", "byline", "body"]),
        ("**标题在此处**\n\n**贺兰舟**\n\n正文一句。\n", ["heading", "byline", "body"]),
        ("## 圆桌\n\n# 减什么提什么\n\n正文一句。\n", ["column name", "heading", "body"]),
        ("正文一句。\n\n### 人冫谈夜闻\n\n正文二句。\n", ["body", "garbage", "body"]),
        ("冷链车装运冷水鱼\n本报记者 罗一苇 摄\n\n正文一句。\n", ["caption", "body"]),
        (
            "标题\n\n嘉 宾：郝建国 甲校教授\n\n温如玉 乙校主任\n\n开始。\n",
            ["heading", "cast", "cast", "body"],
        ),
    ],
)
def test_neighbours_tell_what_a_line_is(text: str, kinds: list[str]) -> None:
    assert kinds_of(text) == kinds


def test_a_column_in_brackets_above_a_title_is_none_of_its_sections() -> None:
    page = "# 标题在此\n\n【观察】\n\n导语。\n\n【一段】\n\n正文。\n\n【二段】\n\n正文。\n"
    assert kinds_of(page) == ["heading", "heading", "body", "heading", "body", "heading", "body"]
    assert kinds_of("# 标题在此\n\n【观察】\n\n导语。\n") == ["heading", "column name", "body"]


def test_a_cut_paragraph_goes_on_behind_a_caption_and_a_heading() -> None:
    text = (
        "面对新的形势，各级部门和金融机构都要加大投入，持续推动民营企\n\n图为某厂。记者 秦岭 摄\n\n## 下一节\n\n"
        "业发展壮大。\n\n另一段话。\n"
    )
    items, doubts = healed(text)
    assert [item.text for item in items if item.kind == "body"] == [
        "面对新的形势，各级部门和金融机构都要加大投入，持续推动民营企业发展壮大。",
        "另一段话。",
    ]
    assert any("goes on in line 7" in doubt for doubt in doubts)


def test_a_lost_end_is_a_doubt_and_stays_as_printed() -> None:
    text = "这句话说到一半，后面就没有了下文，因为印刷的时候，这一栏的末尾不知怎么丢\n\n## 下一节\n\n另起一段。\n"
    items, doubts = healed(text)
    assert items[0].text.endswith("丢")
    assert doubts == ["the end of this sentence is lost"]


# --- Borders and titles ---------------------------------------------------------------------


def titles_of(text: str) -> list[str]:
    items = items_of(text)
    topics = Topics([item.text for item in items if item.kind == "body"])
    return [items[number].text for number in sorted(find_titles(items, topics))]


@pytest.mark.parametrize(
    ("page", "titles"),
    [
        # Titles and sections are marked in different ways.
        (
            "**甲题在此处**\n\n一句。\n\n## 小节一\n\n二句。\n\n**乙题在此处**\n\n三句。\n",
            ["甲题在此处", "乙题在此处"],
        ),
        # Other people sign below than above.
        (
            "甲题在此处\n\n本报记者 李明\n\n一句。\n\n乙题在此处\n\n二句。\n\n(本报记者 王强)\n",
            ["甲题在此处", "乙题在此处"],
        ),
        # A section of an interview opens with a question, a new article does not.
        ("## 甲题\n\n问:怎么看?\n\n答:看好。\n\n## 乙题\n\n一句。\n\n二句。\n", ["甲题", "乙题"]),
        ("## 甲题\n\n问:怎么看?\n\n答:看好。\n\n## 小节\n\n问:还有呢?\n\n答:没有。\n", ["甲题"]),
        # Where every heading has the same mark, what is told below another title is something else.
        (
            "# 村镇银行怎么合并\n\n村镇银行合并以后，授信标准要统一。\n\n农户的授信额度由银行评议。\n\n"
            "# 合并以后怎么办\n\n银行合并，农户的授信标准不能降。\n\n额度由村镇银行定。\n\n"
            "# 公共数据怎么开放\n\n公共数据的目录应当公开。\n\n数据目录要按期更新。\n",
            ["村镇银行怎么合并", "公共数据怎么开放"],
        ),
        # Numbers count sections.
        ("甲题在此处\n\n一句。\n\n一、小节\n\n二句。\n\n二、小节\n\n三句。\n", ["甲题在此处"]),
    ],
)
def test_titles_are_told_from_sections(page: str, titles: list[str]) -> None:
    assert titles_of(page) == titles


def test_an_article_that_turns_to_another_page_goes_on_where_it_says() -> None:
    items = items_of(
        "# 甲题在此处\n\n甲一句。\n\n(下转第4版)\n\n# 乙题在此处\n\n乙一句。\n\n(上接第1版)\n\n甲二句。\n"
    )
    drafts = split_articles(items)
    assert [[item.text for item in draft.body] for draft in drafts] == [
        ["甲一句。", "甲二句。"],
        ["乙一句。"],
    ]


def test_words_tell_whether_two_stretches_are_of_one_article() -> None:
    bank = ["村镇银行合并以后，授信标准要统一。", "农户贷款的授信额度由银行评议。"]
    data = ["公共数据的目录应当公开。", "开放数据的目录要按期更新。"]
    topics = Topics([*bank, *data])
    assert topics.cohesion(bank[:1], bank[1:]) > topics.cohesion(bank, data[:1])
    assert topics.cohesion([], []) == 0.5


def test_pages_are_made_of_the_text_they_were_given() -> None:
    page = Page("甲", is_space_wrapped=False)
    assert page.block([]).text == ""


def test_a_line_of_english_prose_that_holds_a_date_is_no_header() -> None:
    assert is_header("RIVER CITY DAILY Friday, September 12, 2025 Page 7")
    assert not is_header("on September 12, 2025, the")
    assert not is_header("On September 12, 2025")


def test_a_title_that_ends_as_columns_do_stays_a_title() -> None:
    titled = "与新质生产力的对话\n\n本报记者 陆青禾\n\n工厂里的机器换了三代，人也换了三代。\n"
    assert kinds_of(titled) == ["heading", "byline", "body"]


def test_a_stray_mark_of_an_advertisement_takes_no_paragraph_with_it() -> None:
    page = "街道为老人送餐上门，每餐补贴两元。\n\n广告\n\n今年已有三百多位老人登记，明年还要再开两家食堂。\n"
    assert kinds_of(page) == ["body", "garbage", "body"]
