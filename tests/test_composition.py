"""What is quoted of what was found: as few pieces as hold the answer, whole lists, each side."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot import Answer, QABot
from qa_bot.answer_json import read_answer
from qa_bot.answering.enumeration import find_enumerations
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.terminal import format_answer
from qa_bot.verify import verify_answers
from qa_bot.web.cards import render_turn
from qa_bot.web.texts import EN
from tests.conftest import write_articles

INTERVIEW = """\
---
title: 让老城区的菜市场活下去
authors: [{name: 施念, role: 青临晚报记者}]
source: 青临晚报
section: 对谈
date: 2025-09-12
kind: interview
speakers:
  - {name: 施念, role: 青临晚报记者}
  - {name: 温以宁, role: 青临大学建筑学院教授}
  - {name: 柏舟, role: 青临市商业研究所所长}
credits:
  - 主持人:施念 青临晚报记者
  - 对谈嘉宾:温以宁 青临大学建筑学院教授;柏舟 青临市商业研究所所长
captions:
  - 图为槐荫里菜市场的清晨。记者 路遥知 摄
  - 图为改造后的水产区。 通讯员 简明 供图
---
青临市现有菜市场118家,其中老城区41家。本报邀请两位专家谈谈。

## 菜市场怎样改造

**青临晚报:** 老城区的菜市场应当怎样改造?

**温以宁:** 改造不是换招牌,而是换动线。一是把卸货的门和买菜的门分开。车辆在凌晨五点前离场。二是把地面的坡度做足。水往沟里走,人在干地上走。三是把摊位的高度降下来。老人和孩子都看得见菜。此外,施工应当分区进行,不能一关了之。

**柏舟:** 首先要算清账。一家菜市场改造的费用约为260万元,摊主只担得起三成。其次要留住人。最后要管得长远。改造后的前三年,租金不应上涨。

## 摊主的租金从哪里省

**青临晚报:** 摊主的租金压力怎样减轻?

**柏舟:** 租金不是越低越好。它要跟着客流走。可以按月营业额的百分之六收取,淡季自然就少了。

## 夜市与噪声

**青临晚报:** 夜市的噪声怎么管?

**温以宁:** 噪声来自音响,不来自人声。我主张给音响限高限时,二十二点以后一律关停。
"""
OPINION = """\
---
title: 修好乡村路,更要养好乡村路
authors: [{name: 戎秋白, role: 青临交通职业学院副教授}]
source: 青临日报
date: 2025-07-03
kind: opinion
notes:
  - (作者系青临交通职业学院副教授)
  - 青临日报评论版投稿邮箱:pinglun@qinglin.example
---
乡村路修得快,坏得也快。养护跟不上,新路三年就成旧路。

养好乡村路,先要有人管。每条路都要有路长,姓名和电话写在路口的牌子上。路长由村民推举,一年一评。

养好乡村路,关键要有钱用。县里按每公里9000元拨付养护费。钱跟着路走,不跟着项目走。

养好乡村路,还要有章可循。超重的货车不得上桥。巡查的结果要公开,村民看得见才信得过。

路好了,人才会回来。
"""
HEADED = """\
---
title: 建设书香校园的三点思考
authors: [{name: 顾北辰, role: 石门中学语文教师}]
source: 青临教育
date: 2025-04-23
kind: opinion
---
读书是学校最安静的热闹。建设书香校园,要在三个方面下功夫。

## 一、把书放到手边

书不能锁在楼上的阅览室里。每层走廊设一个书角,学生伸手就能拿到。

## 二、把时间还给读书

课后延时服务每周留出两节,只读书,不做题。

## 三、把老师请进书里

老师不读书,学生也不会读。学校每学期组织一次共读。
"""
NEWS = """\
---
title: 青临市公布半年绿化成绩单
authors: [{name: 路遥知, role: 青临日报记者}]
source: 青临日报
date: 2025-07-15
kind: news
---
本报讯(记者 路遥知)7月14日,市园林局举行发布会。截至6月底,全市建成口袋公园86座。局长郝清源介绍,下半年将推进三项工程:一是绿道贯通工程,新增绿道40公里;二是树木认养工程,开放古树120株;三是屋顶增绿工程,改造屋顶9万平方米。

口袋公园平均面积1800平方米。其中最小的一座在槐荫里,只有210平方米。

发布会还通报了三家违规砍树的单位。
"""
LATER_NEWS = """\
---
title: 槐荫里又添一座口袋公园
authors: [{name: 简明}]
source: 青临晚报
date: 2025-11-02
kind: news
---
11月1日,槐荫里二期公园开放。截至10月底,全市建成口袋公园103座。市民可以在手机上查到离家最近的一座。
"""
SAME_NEWS = """\
---
title: 数字看绿化
source: 青临城市观察
date: 2025-07-20
kind: explainer
---
据市园林局统计,青临全市已经建成的口袋公园达到86座。老城区的人均绿地偏少。
"""
EXPLAINER = """\
---
title: 老旧小区加装电梯怎么申请
authors: [{name: 简明}]
source: 青临晚报
section: 服务
date: 2025-05-18
kind: explainer
---
加装电梯须经三分之二以上业主同意。申请加装电梯的步骤如下:

(1)业主推选代表,签订书面协议。

(2)向街道提交设计方案,公示十日。

(3)到区住建局办理施工许可。

(4)竣工后申请补助,每台补助20万元。

不予补助的情形有:未经公示的;占用消防通道的;已列入拆迁计划的。

电梯的选型应当注意:①载重不低于450公斤;②开门宽度不小于80厘米;③须有停电平层装置。
"""
ENGLISH = """\
---
title: A harbour town counts its bats
authors: [{name: Ines Calder, role: staff writer}]
source: Saltmarsh Courier
date: 2025-08-30
kind: news
---
Saltmarsh has 14 bat roosts, the survey found. The council will protect them in three ways. First, \
street lamps near the roosts will be dimmed after ten. Second, hedges along the canal will not be cut \
before October. Third, builders must check roofs before they open them.

The survey took two summers. It was carried out by 60 volunteers with borrowed detectors. However, \
nobody has yet counted the bats in the old lighthouse.
"""
ARTICLES = {
    "interview.md": INTERVIEW,
    "opinion.md": OPINION,
    "headed.md": HEADED,
    "news.md": NEWS,
    "later.md": LATER_NEWS,
    "same.md": SAME_NEWS,
    "explainer.md": EXPLAINER,
    "english.md": ENGLISH,
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[QABot]:
    folder = tmp_path_factory.mktemp("composition")
    corpus = write_articles(folder / "corpus", ARTICLES)
    build_index(corpus, folder / "index", encoder)
    with QABot.open(folder / "index", corpus=corpus, threshold=0) as opened:
        yield opened


def texts(answer: Answer) -> list[str]:
    return [quote.text for quote in answer.quotes]


def marked(answer: Answer) -> list[str]:
    return [
        quote.text[mark.start - quote.span.start : mark.end - quote.span.start]
        for quote in answer.quotes
        for mark in quote.highlights
    ]


def speakers(answer: Answer) -> list[str | None]:
    return [quote.speaker.name if quote.speaker else None for quote in answer.quotes]


# One sentence, or two


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("一家菜市场改造的费用约为多少?", "一家菜市场改造的费用约为260万元,摊主只担得起三成。"),
        ("加装电梯须经多少业主同意?", "加装电梯须经三分之二以上业主同意。"),
        (
            "How many bat roosts does Saltmarsh have?",
            "Saltmarsh has 14 bat roosts, the survey found.",
        ),
    ],
)
def test_a_fact_is_one_sentence(bot: QABot, question: str, text: str) -> None:
    """What repeats the question's words without adding to them is not quoted beside it."""
    assert texts(bot.ask(question)) == [text]


def test_a_second_sentence_says_what_the_first_does_not(bot: QABot) -> None:
    found = texts(bot.ask("路长由谁推举,超重的货车能不能上桥?"))
    assert any("村民推举" in text for text in found)
    assert any("超重的货车不得上桥" in text for text in found)


# Neighbours


def test_a_pronoun_brings_the_sentence_before(bot: QABot) -> None:
    (text,) = texts(bot.ask("柏舟认为租金要跟着什么走?"))
    assert text.startswith("租金不是越低越好。它要跟着客流走。")


def test_of_these_brings_what_they_are(bot: QABot) -> None:
    (text,) = texts(bot.ask("最小的一座口袋公园只有多少平方米?"))
    assert text == "口袋公园平均面积1800平方米。其中最小的一座在槐荫里,只有210平方米。"


def test_it_brings_the_sentence_before_in_english(bot: QABot) -> None:
    (text,) = texts(bot.ask("How many volunteers carried out the survey?"))
    assert text.startswith("The survey took two summers. It was carried out by 60 volunteers")


def test_a_colon_brings_what_it_announces(bot: QABot) -> None:
    """Also where the question is none for points."""
    (text,) = texts(bot.ask("电梯的选型应当注意载重吗?"))
    assert text.startswith("电梯的选型应当注意:①载重不低于450公斤;")


def test_nothing_is_joined_across_a_heading_or_a_speaker(tmp_path: Path, encoder: Encoder) -> None:
    talk = (
        "---\ntitle: 谈湖水\nspeakers: [{name: 左青}, {name: 右白}]\n---\n## 水质\n"
        "**左青:** 湖水的透明度是两米。\n\n**右白:** 它在雨后会降到半米。\n\n"
        "## 鱼\n\n**右白:** 这说明湖里的鲢鱼太少,应当投放三万尾。\n"
    )
    corpus = write_articles(tmp_path / "corpus", {"talk.md": talk})
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus, threshold=0) as bot:
        assert texts(bot.ask("右白说雨后会降到多少?"))[0] == "它在雨后会降到半米。"
        assert texts(bot.ask("应当投放多少尾鲢鱼?"))[0].startswith("这说明湖里的鲢鱼太少")


def test_two_turns_of_one_speaker_under_one_heading_are_two_quotes(
    tmp_path: Path, encoder: Encoder
) -> None:
    """Somebody else speaks between them: they are of one section and one voice, but no one piece."""
    talk = (
        "---\ntitle: 谈老街的路灯\nspeakers: [{name: 左青}, {name: 右白}]\n---\n## 路灯\n"
        "**左青:** 老街的路灯共有九十盏。\n\n**右白:** 夜里走路要看得清。\n\n"
        "**左青:** 老街的路灯每晚亮到十一点,由街道付电费。\n"
    )
    corpus = write_articles(tmp_path / "corpus", {"talk.md": talk})
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus, threshold=0) as bot:
        answer = bot.ask("老街的路灯共有九十盏,由谁付电费?")
    assert texts(answer) == ["老街的路灯共有九十盏。", "老街的路灯每晚亮到十一点,由街道付电费。"]
    assert [quote.speaker and quote.speaker.name for quote in answer.quotes] == ["左青", "左青"]


def test_a_clause_that_a_line_break_cut_is_quoted_whole(tmp_path: Path, encoder: Encoder) -> None:
    cut = (
        "---\ntitle: 灯塔\n---\n灯塔的新灯由太阳能供电,\n\n每晚可以亮十一个小时。塔身重新刷了漆。\n"
    )
    corpus = write_articles(tmp_path / "corpus", {"cut.md": cut})
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus, threshold=0) as bot:
        (text,) = texts(bot.ask("灯塔的新灯每晚可以亮多久?"))
    assert text == "灯塔的新灯由太阳能供电,\n\n每晚可以亮十一个小时。"


def test_a_figure_gets_no_second_quote_with_a_figure_of_something_else(
    tmp_path: Path, encoder: Encoder
) -> None:
    """A plan named by a number says more of the question's words, but not how many there are."""
    firms = (
        "# 青临市的巨人\n\n截至目前,青临市已培育“小巨人”企业41家,创新型企业573家。\n\n"
        "紧扣青临市“33618”产业体系,拓宽培育专精特新企业的储备范围,帮助企业对接制造业升级。\n"
    )
    corpus = write_articles(tmp_path / "corpus", {"firms.md": firms, "b.md": "夜市今天开张。\n"})
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus, threshold=0) as bot:
        (text,) = texts(bot.ask("青临市有多少家专精特新“小巨人”企业?"))
    assert text == "截至目前,青临市已培育“小巨人”企业41家,创新型企业573家。"


# Lists


def test_points_are_quoted_in_order_with_what_leads_in(bot: QABot) -> None:
    answer = bot.ask("温以宁认为老城区的菜市场改造要做好哪几件事?")
    assert texts(answer) == [
        "改造不是换招牌,而是换动线。",
        "一是把卸货的门和买菜的门分开。车辆在凌晨五点前离场。",
        "二是把地面的坡度做足。水往沟里走,人在干地上走。",
        "三是把摊位的高度降下来。老人和孩子都看得见菜。",
    ]
    assert set(speakers(answer)) == {"温以宁"}


def test_one_point_is_quoted_alone_if_the_question_is_about_it(bot: QABot) -> None:
    answer = bot.ask("温以宁对摊位的高度有什么建议?")
    assert texts(answer) == ["三是把摊位的高度降下来。老人和孩子都看得见菜。"]


def test_first_next_last_are_points_too(bot: QABot) -> None:
    found = texts(bot.ask("柏舟认为老城区的菜市场应当怎样改造?"))
    assert [text[:2] for text in found] == ["首先", "其次", "最后"]


def test_a_list_in_one_sentence_is_one_quote(bot: QABot) -> None:
    (text,) = texts(bot.ask("郝清源说下半年将推进哪三项工程?"))
    assert text.startswith("局长郝清源介绍,下半年将推进三项工程:一是绿道贯通工程")
    assert text.endswith("三是屋顶增绿工程,改造屋顶9万平方米。")


def test_numbered_paragraphs_are_points(bot: QABot) -> None:
    found = texts(bot.ask("申请加装电梯要经过哪几个步骤?"))
    assert [text[:3] for text in found[-4:]] == ["(1)", "(2)", "(3)", "(4)"]
    assert found[0].endswith("申请加装电梯的步骤如下:")


def test_cases_between_semicolons_are_one_quote(bot: QABot) -> None:
    (text,) = texts(bot.ask("加装电梯不予补助的情形有哪些?"))
    assert text == "不予补助的情形有:未经公示的;占用消防通道的;已列入拆迁计划的。"


def test_paragraphs_that_open_alike_are_points(bot: QABot) -> None:
    answer = bot.ask("戎秋白提出了哪些建议?")
    assert [text[:10] for text in texts(answer)] == [
        "养好乡村路,先要有人",
        "养好乡村路,关键要有",
        "养好乡村路,还要有章",
    ]


def test_numbered_headings_are_points(bot: QABot) -> None:
    """The heading says the point; what stands below it explains."""
    answer = bot.ask("建设书香校园要在哪三个方面下功夫?")
    found = texts(answer)
    assert [text.split("\n")[0] for text in found[-3:]] == [
        "一、把书放到手边", "二、把时间还给读书", "三、把老师请进书里",
    ]  # fmt: skip
    assert [quote.section for quote in answer.quotes[-3:]] == [
        text.split("\n")[0] for text in found[-3:]
    ]


def test_english_points_are_quoted_with_what_leads_in(bot: QABot) -> None:
    found = texts(bot.ask("In which three ways will the council protect the bat roosts?"))
    assert [text.split()[0] for text in found[-3:]] == ["First,", "Second,", "Third,"]
    assert "in three ways" in found[0]


def test_a_number_that_does_not_fit_is_no_list(bot: QABot) -> None:
    """Two are asked for: the three that stand near are another list."""
    found = texts(bot.ask("温以宁说夜市的哪两种噪声要管?"))
    assert not any(text.startswith(("一是", "二是")) for text in found)


def test_what_a_point_names_is_asked_not_the_points(bot: QABot) -> None:
    """'Which trees' asks for a thing in one of the points."""
    (text,) = texts(bot.ask("树木认养工程开放古树多少株?"))
    assert "古树120株" in text


@pytest.mark.parametrize(
    ("found", "lead", "points", "size"),
    [
        (["做法如下。", "①种树。", "②修路。", "③建桥。"], 0, (1, 2, 3), 3),
        (["要点有三:①种树;", "②修路;", "③建桥。"], None, (0, 1, 2), 3),
        (["一方面要快,另一方面要稳。"], None, (0,), 2),
        (["其一,人少。", "其二,钱少。"], None, (0, 1), 2),
        (["第一,看。", "细看。", "第二,想。"], None, (0, 2), 2),
        (["第一步是看。", "第二步是想。"], None, (0, 1), 2),
        (["1.看。", "2.想。", "3.做。"], None, (0, 1, 2), 3),
        (["一要看。", "再看二要想。", "三要做。"], None, (0, 1, 2), 3),  # the page lost a comma
        (["First, plan; second, act; and third, rest."], None, (0,), 3),
        (["The first step is to plan.", "The second step is to act."], None, (0, 1), 2),
    ],
)
def test_marks_of_points(
    found: list[str], lead: int | None, points: tuple[int, ...], size: int
) -> None:
    each = next(each for each in find_enumerations(found, [0] * len(found)) if each.is_marked)
    assert (each.lead, each.points, each.size) == (lead, points, size)


def test_lists_of_two_paragraphs_are_kept_apart() -> None:
    found = ["甲地有二。", "一是山。", "二是水。", "乙地有三。", "一是林。", "二是田。", "三是湖。"]
    lists = find_enumerations(found, [0, 0, 0, 1, 1, 1, 1])
    assert [(each.lead, each.points) for each in lists] == [(0, (1, 2)), (3, (4, 5, 6))]


def test_a_list_in_a_point_is_a_list_of_its_own() -> None:
    found = ["一是改章程。", "包括:(1)入会。", "(2)退会。", "二是选新人。"]
    assert [each.points for each in find_enumerations(found, [0] * 4)] == [(0, 3), (1, 2)]


# Sides and views


def test_each_side_is_quoted_in_turn(bot: QABot) -> None:
    answer = bot.ask("两位专家对老城区菜市场的改造各有什么看法?")
    said = speakers(answer)
    assert list(dict.fromkeys(said)) == ["温以宁", "柏舟"]
    assert said == sorted(said, key=lambda name: name != "温以宁")
    assert len(answer.quotes) <= 12


def test_a_side_that_says_nothing_on_it_is_left_out(bot: QABot) -> None:
    answer = bot.ask("温以宁和柏舟对夜市的噪声分别怎么看?")
    assert set(speakers(answer)) == {"温以宁"}


def test_a_view_is_quoted_from_the_turn_that_the_question_is_about(bot: QABot) -> None:
    """The answer does not repeat the host's words, which stand above it."""
    answer = bot.ask("温以宁对夜市的噪声怎么看?")
    assert "二十二点以后一律关停" in "".join(texts(answer))
    assert set(speakers(answer)) == {"温以宁"}


def test_all_that_somebody_proposes_is_the_points_of_each_turn(bot: QABot) -> None:
    answer = bot.ask("温以宁提出了哪些建议?")
    assert [text[:4] for text in texts(answer)] == ["一是把卸", "二是把地", "三是把摊", "噪声来自"]
    assert set(speakers(answer)) == {"温以宁"}


# Front matter


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("菜市场对谈的主持人是谁?", "施念"),
        ("温以宁在哪个单位工作?", "青临大学建筑学院"),
        ("乡村路那篇文章的作者是谁?", "戎秋白"),
        ("乡村路那篇文章的作者担任什么职务?", "青临交通职业学院副教授"),
        ("槐荫里菜市场清晨的照片是谁拍的?", "路遥知"),
        ("加装电梯那篇文章发表在哪家报纸?", "青临晚报"),
        ("书香校园那篇文章是什么时候发表的?", "2025-04-23"),
        ("青临日报评论版的投稿邮箱是什么?", "pinglun@qinglin.example"),
    ],
)
def test_front_matter_is_quoted_with_what_is_asked_marked(
    bot: QABot, question: str, word: str
) -> None:
    answer = bot.ask(question)
    assert marked(answer) == [word]
    (quote,) = answer.quotes
    lines = Path(quote.article.path).read_text(encoding="utf-8").split("\n")
    assert word in "\n".join(lines[quote.line_start - 1 : quote.line_end])


@pytest.mark.parametrize(
    ("caption", "name"),
    [
        ("图为渡口。记者 云开 摄", "云开"),
        ("图为渡口。 云开/摄", "云开"),
        ("图为渡口。(云开供图)", "云开"),
        ("图为渡口。本报记者 云开 摄影报道", "云开"),
        ("图为渡口。摄影:云开", "云开"),
        ("图为渡口。图片由云开提供", "云开"),
        ("The ferry at dusk. Photo by Ines Calder/Courier", "Ines Calder"),
    ],
)
def test_photographers_are_named_in_many_ways(
    tmp_path: Path, encoder: Encoder, caption: str, name: str
) -> None:
    text = f"---\ntitle: 渡口\ncaptions:\n  - '{caption}'\n---\n渡口有船三艘。\n"
    corpus = write_articles(tmp_path / "corpus", {"ferry.md": text})
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus, threshold=0) as bot:
        assert marked(bot.ask("渡口的照片是谁拍的?")) == [name]


def test_what_an_article_does_not_say_of_itself_is_not_answered(bot: QABot) -> None:
    """The news on parks has no picture: another article's photographer is not its."""
    answer = bot.ask("绿化成绩单那篇报道的照片是谁拍的?")
    assert not answer.answered


def test_a_long_line_of_front_matter_does_not_hold_up_the_answer(
    tmp_path: Path, encoder: Encoder
) -> None:
    """Whoever writes a caption of 90,000 letters must not keep every reader waiting."""
    for letters in ("a" * 90_000, "A" * 90_000, "摄影" * 45_000):
        text = f"---\ntitle: 长廊\ncaptions:\n  - 图为长廊。{letters}\n---\n长廊有雨。\n"
        corpus = write_articles(tmp_path / letters[:2], {"long.md": text})
        build_index(corpus, tmp_path / f"index {letters[:2]}", encoder)
        with QABot.open(tmp_path / f"index {letters[:2]}", corpus=corpus, threshold=0) as bot:
            began = time.process_time()
            bot.ask("长廊的照片是谁拍的?")
            bot.ask("长廊的联系邮箱是什么?")
            assert time.process_time() - began < 5


def test_the_article_is_the_one_of_the_conversation(bot: QABot) -> None:
    answer = bot.ask("这篇文章的作者是谁?", history=["乡村路的养护费每公里拨付多少元?"])
    assert marked(answer) == ["戎秋白"]


def test_which_article_is_meant_is_not_guessed(bot: QABot) -> None:
    assert not bot.ask("这篇文章的作者是谁?").answered


# Several articles


def test_figures_that_contradict_are_both_quoted(bot: QABot) -> None:
    answer = bot.ask("全市建成口袋公园多少座?")
    assert set(marked(answer)) == {"86座", "103座"}
    assert {quote.article.date for quote in answer.quotes} >= {"2025-11-02"}


def test_the_same_figure_in_other_words_is_a_further_source(bot: QABot) -> None:
    """A second quote with the same figure would say nothing new: it is named, and can be proven."""
    answer = bot.ask("青临全市建成口袋公园多少座?")
    assert set(marked(answer)) == {"86座", "103座"}
    (quote,) = (quote for quote in answer.quotes if "86座" in quote.text)
    (agreement,) = quote.agreeing
    assert agreement.text == "截至6月底,全市建成口袋公园86座。"
    data = answer.to_dict()
    assert read_answer(data).quotes[0].agreeing == quote.agreeing
    assert "the same figure in: 青临日报 2025-07-15" in format_answer(answer, colours=False)
    assert "The same figure in 青临日报 2025-07-15" in render_turn(answer, EN)
    data["quotes"][0]["agreeing"] = [{**data["quotes"][0]["agreeing"][0], "text": "87座"}]
    assert list(verify_answers([(1, data)], Path(bot.corpus)))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("七座", "八座", False),
        ("七座", "7座", True),
        ("十座", "十一座", False),
        ("两座", "2座", True),
    ],
)
def test_a_figure_of_one_character_is_a_figure(
    tmp_path: Path, encoder: Encoder, one: str, other: str, is_same: bool
) -> None:
    articles = {
        f"{paper}.md": f"---\ntitle: 白渡县修桥\nsource: {paper}\n---\n{text}\n"
        for paper, text in {
            "白渡日报": f"白渡县今年在山区修了{one}便民桥。村民出山不再绕路。",
            "白渡晚报": f"记者从交通局获悉，白渡县今年在山区修了{other}便民桥。雨季前全部通行。",
        }.items()
    }
    corpus = write_articles(tmp_path / "corpus", articles)
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus) as bot:
        answer = bot.ask("白渡县今年在山区修了多少座便民桥？")
    assert len(answer.quotes) == (1 if is_same else 2)
    assert bool(answer.quotes[0].agreeing) == is_same


def test_a_date_in_the_question_leaves_one_figure(bot: QABot) -> None:
    answer = bot.ask("截至10月底,全市建成口袋公园多少座?")
    assert marked(answer) == ["103座"]


def test_every_answer_can_be_proven(bot: QABot) -> None:
    questions = [
        "建设书香校园要在哪三个方面下功夫?", "书香校园那篇文章是什么时候发表的?",
        "两位专家对老城区菜市场的改造各有什么看法?", "加装电梯不予补助的情形有哪些?",
        "全市建成口袋公园多少座?", "灯塔在哪里?",
    ]  # fmt: skip
    answers = [(n, bot.ask(question).to_dict()) for n, question in enumerate(questions)]
    assert list(verify_answers(answers, Path(bot.corpus))) == []


names = ["甘棠", "冬至", "苏木", "陆离"]
sentences = st.sampled_from(
    [
        "水库应当清淤。", "它三年没有清过。", "一是清淤。", "二是修坝。", "三是种树。", "此外要管好鱼。",
        "首先要看账。", "其次要看人。", "水库的堤坝长两公里;", "堤坝是新修的。", "做法如下:",
    ]
)  # fmt: skip
turns = st.lists(
    st.tuples(st.sampled_from(names), st.lists(sentences, min_size=1, max_size=5)),
    min_size=2,
    max_size=7,
)


@settings(max_examples=8)
@given(
    turns=turns,
    who=st.integers(0, 6),
    heads=st.lists(st.booleans(), min_size=7, max_size=7),
    ask=st.sampled_from(["怎么看水库", "对水库有哪些建议", "提出了哪些建议"]),
)
def test_a_view_never_quotes_anybody_else(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: Encoder,
    turns: list[tuple[str, list[str]]],
    who: int,
    heads: list[bool],
    ask: str,
) -> None:
    """Whatever follows whatever: each quote is of one speaker, the one that was asked for."""
    asked = turns[who % len(turns)][0]
    head = "".join(f"  - {{name: {name}}}\n" for name in names)
    body = "\n\n".join(
        f"## {'一二三四五六七'[number]}、水库之问\n\n" * heads[number]
        + f"**{name}:** {''.join(said)}"
        for number, (name, said) in enumerate(turns)
    )
    folder = tmp_path_factory.mktemp("views")
    text = f"---\ntitle: 谈水库\nkind: interview\nspeakers:\n{head}---\n{body}\n"
    corpus = write_articles(folder / "corpus", {"talk.md": text})
    build_index(corpus, folder / "index", encoder)
    with QABot.open(folder / "index", corpus=corpus, threshold=0) as bot:
        answer = bot.ask(f"{asked}{ask}?")
        both = bot.ask("各位嘉宾对水库分别怎么看?")
    assert set(speakers(answer)) <= {asked}
    assert list(verify_answers([(1, answer.to_dict()), (2, both.to_dict())], corpus)) == []
