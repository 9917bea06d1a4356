import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.answering.people import People
from qa_bot.answering.question import MAX_QUESTION, analyse
from qa_bot.errors import QuestionError
from qa_bot.index.name_tables import NameTables
from qa_bot.records import METADATA, Person, Query

PEOPLE = People(
    NameTables.of(
        ["邵启明", "卓雨", "何晓岚", "邵东林", "欧阳澜", "Helen Ward", "Tom May"],
        authors=["罗思远", "何晓岚", "Ada Fenwick"],
        people=[
            Person("邵启明", "南屏大学经济学院副院长、教授"),
            Person("邵东林", "南屏市科技局局长"),
            Person("卓雨", "澄江理工大学管理学院研究员"),
            Person("欧阳澜", "云川晚报记者"),
            Person("罗思远", "云川党校研究员"),
        ],
    )
)


def asked(question: str, *history: str) -> Query:
    return analyse(question, history=history, people=PEOPLE)


def words(text: str) -> frozenset[str]:
    """Return the terms that stand for these words."""
    return frozenset(analyse(text).core) if text else frozenset()


def test_words_that_only_ask_are_not_looked_for() -> None:
    query = asked("请问南屏市有多少家企业?")
    assert "南屏" in query.weights
    assert not {"请问", "多少", "少家", "?"} & query.weights.keys()
    assert query.kind == "number"


def test_a_question_of_asking_words_alone_still_looks_for_something() -> None:
    assert asked("为什么?").weights


VIEWS = [
    # question, whose words, what they are to be about
    ("邵启明怎么看融资难?", "邵启明", "融资难"),
    ("邵启明如何看待融资难?", "邵启明", "融资难"),
    ("邵启明对融资难有什么建议?", "邵启明", "融资难"),
    ("对融资难,邵启明的看法是什么?", "邵启明", "融资难"),
    ("在融资方面,卓雨提出了哪些建议?", "卓雨", "融资"),
    ("卓雨在数据共享方面有哪些建议?", "卓雨", "数据共享"),
    ("卓雨谈到了哪些平台?", "卓雨", "平台"),
    ("卓雨指出的短板是什么?", "卓雨", "短板"),
    ("卓雨强调了什么?", "卓雨", ""),
    ("卓雨有什么观点?", "卓雨", ""),
    ("卓雨怎么说?", "卓雨", ""),
    ("邵启明提出什么建议?", "邵启明", ""),
    ("邵启明的主要观点有哪些?", "邵启明", ""),
    ("卓雨认为应该怎么培育专精特新企业?", "卓雨", "培育专精特新企业"),
    ("卓雨认为怎样才能留住人才?", "卓雨", "留住人才"),
    ("卓雨认为要做好哪几件事?", "卓雨", ""),
    ("在卓雨看来,耐心资本为什么重要?", "卓雨", "耐心资本 重要"),
    ("据邵启明介绍,风险补偿基金怎么运作?", "邵启明", "风险补偿基金 运作"),
    ("根据邵启明的观点,供应链怎样协同?", "邵启明", "供应链 协同"),
    ("邵启明怎么评价信用体系?", "邵启明", "信用体系"),
    ("邵启明怎么评价卓雨的建议?", "邵启明", "卓雨"),
    ("邵启明和卓雨分别怎么看融资?", "邵启明 卓雨", "融资"),
    ("邵启明与卓雨的看法有什么不同?", "邵启明 卓雨", ""),
    ("張三和卓雨怎麼看融資?", "卓雨", "張三 融資"),
    # surname and title, post and unit
    ("卓研究员怎么看融资难?", "卓雨", "融资难"),
    ("邵教授对融资有什么看法?", "邵启明", "融资"),
    ("邵局长对融资有什么看法?", "邵东林", "融资"),
    ("欧阳记者怎么看?", "欧阳澜", ""),
    ("南屏大学的教授怎么看耐心资本?", "邵启明", "耐心资本"),
    ("澄江理工大学的专家怎么看耐心资本?", "卓雨", "耐心资本"),
    # nobody's words, or nobody's for sure
    ("邵启明在哪个单位工作?", "", "邵启明"),
    ("邵启明今年多少岁?", "", "邵启明 今年 岁"),
    ("卓雨的电话号码是多少?", "", "卓雨 电话号码"),
    ("谁提出了建议?", "", "提出"),
    ("邵先生怎么看融资?", "", "邵先生 融资"),  # there are two
    ("黄教授怎么看融资?", "", "黄教授 融资"),
    ("东南屏大学的教授怎么看耐心资本?", "", "东南屏大学 教授 耐心资本"),
    ("规划提出了什么目标?", "", "规划 提出 目标"),
    # English
    ("What does Helen Ward say about exports?", "Helen Ward", "exports"),
    ("What does Ward think about exports?", "Helen Ward", "exports"),
    ("What is Dr Ward's view on exports?", "Helen Ward", "exports"),
    ("According to Helen Ward, what is missing?", "Helen Ward", "missing"),
    ("What are the main suggestions of Helen Ward?", "Helen Ward", ""),
    ("Where does Helen Ward work?", "", "helen ward"),
    ("What may think of exports?", "", "may exports"),
]


@pytest.mark.parametrize(("question", "speakers", "about"), VIEWS)
def test_a_view_asked_of_somebody_names_who_may_be_quoted(
    question: str, speakers: str, about: str
) -> None:
    query = asked(question)
    names = speakers.split() if speakers.isascii() is False else [speakers] if speakers else []
    assert list(query.speakers) == names
    assert query.is_open == (bool(names) and not about)
    if names or "单位" in question:
        assert query.core == words(about)


@pytest.mark.parametrize(
    ("question", "part", "about", "is_each"),
    [
        ("两位嘉宾对融资有什么不同看法?", "guest", "融资", True),
        ("两位专家各有什么观点?", "guest", "", True),
        ("嘉宾们对人工智能提出了哪些建议?", "guest", "人工智能", True),
        ("这三位学者怎么看人才?", "guest", "人才", True),
        ("对金融支持,两位专家的观点有何不同?", "guest", "金融支持", True),
        ("嘉宾认为应该怎么培育企业?", "guest", "培育企业", False),
        ("主持人问了什么?", "host", "", False),
        ("记者问了哪些问题?", "host", "", False),
        ("作者认为产业融合的关键是什么?", "author", "产业融合 关键", False),
        ("笔者对产业融合有哪些建议?", "author", "产业融合", False),
        ("How do the two experts differ on finance?", "guest", "finance", True),
        ("What does the author think about exports?", "author", "exports", False),
        ("What did the guests say about exports?", "guest", "exports", True),
        ("三个集群各自有多少家企业?", None, "三个集群 家企业", False),
        ("记者站设在哪里?", None, "记者站 设在 里", False),
    ],
)
def test_a_view_may_be_asked_of_a_part_in_the_article(
    question: str, part: str | None, about: str, is_each: bool
) -> None:
    query = asked(question)
    assert (query.part, query.is_comparison) == (part, is_each)
    if part:
        assert query.core == words(about)
        assert query.is_open == (not about)


def test_the_one_of_the_conversation_is_meant_if_several_have_a_surname() -> None:
    query = asked("邵先生怎么看人才?", "邵启明怎么看融资?")
    assert query.speakers == ("邵启明",)


FIELDS = [
    # question, what is asked of the article, what says which
    ("这次智库对话的主持人是谁?", "host", "智库对话"),
    ("访谈由谁主持?", "host", ""),
    ("这篇文章的作者是谁?", "author", ""),
    ("作者叫什么名字?", "author", ""),
    ("耐心资本那篇文章是谁写的?", "author", "耐心资本"),
    ("谁写了关于法治经济的文章?", "author", "法治经济"),
    ("产业融合文章的作者担任什么职务?", "author post", "产业融合"),
    ("法治建设一文的作者是哪个学校的?", "author unit", "法治建设"),
    ("作者在哪里工作?", "author unit", ""),
    ("照片是谁拍的?", "photographer", ""),
    ("机器人的照片是哪位记者拍摄的?", "photographer", "机器人"),
    ("摄影记者是谁?", "photographer", ""),
    ("责任编辑是谁?", "editor", ""),
    ("这篇报道的记者是谁?", "reporter", ""),
    ("受访嘉宾有哪些?", "guest", ""),
    ("这次采访了哪几位专家?", "guest", ""),
    ("嘉宾分别是什么身份?", "guest post", ""),
    ("这篇报道登在哪家报纸?", "source", ""),
    ("文章发表在什么报纸上?", "source", ""),
    ("什么时候发表的?", "date", ""),
    ("关于耐心资本的文章是哪天刊发的?", "date", "耐心资本"),
    ("这篇文章登在哪个栏目?", "section", ""),
    ("思想周刊的投稿邮箱是什么?", "email", "思想周刊"),
    ("怎么给思想周刊投稿?", "email", "思想周刊"),
    ("邵启明是谁?", "post unit", "邵启明"),
    ("邵启明担任什么职务?", "post", "邵启明"),
    ("邵启明在哪个单位工作?", "unit", "邵启明"),
    ("Who took the picture?", "photographer", ""),
    ("Who wrote the article on exports?", "author", "exports"),
    ("Who is the author?", "author", ""),
    ("Who was interviewed about exports?", "guest", "exports"),
    ("Who is the host of the interview?", "host", ""),
    ("When was the article on courts published?", "date", "courts"),
    ("Which newspaper printed this article?", "source", ""),
    ("What is the author's job?", "author post", ""),
    ("Where does Helen Ward work?", "unit", "helen ward"),
    ("What is the e-mail address of the Herald?", "email", "herald"),
    # nothing of an article's own
    ("《石头的记忆》的作者是谁?", "", ""),
    ("西南大学的校长是谁?", "", ""),
    ("基金的创始人是谁?", "", ""),
    ("哪家公司获得了奖励?", "", ""),
    ("白皮书是什么时候发布的?", "", ""),
    ("南屏市哪年设立了基金?", "", ""),
    ("哪些单位提供服务?", "", ""),
    ("平台的客服电话是多少?", "", ""),
    ("When was the fund set up?", "", ""),
    ("Who founded the company?", "", ""),
]


@pytest.mark.parametrize(("question", "fields", "which"), FIELDS)
def test_what_is_asked_of_an_article_itself_is_told(question: str, fields: str, which: str) -> None:
    query = asked(question)
    assert query.metadata == frozenset(fields.split())
    assert query.metadata <= METADATA
    if fields:
        assert query.core == words(which)
        assert query.weights


FOLLOW_UPS = [
    # earlier questions, follow-up, as understood, whose words
    # somebody else
    (["邵启明认为如何解决融资难?"], "那卓雨怎么看?", "卓雨认为如何解决融资难?", "卓雨"),
    (["邵启明对融资有什么建议?"], "卓雨呢?", "卓雨对融资有什么建议?", "卓雨"),
    (["邵启明对融资有什么建议?"], "卓研究员呢?", "卓雨对融资有什么建议?", "卓雨"),
    (["如何解决融资难?"], "卓雨怎么看?", "卓雨认为如何解决融资难?", "卓雨"),
    (["南屏市的融资情况"], "卓雨怎么看?", "关于南屏市的融资情况,卓雨怎么看?", "卓雨"),
    (["邵启明和卓雨分别怎么看融资?"], "何晓岚呢?", "何晓岚怎么看融资?", "何晓岚"),
    (["何晓岚怎么看融资?"], "那邵启明和卓雨呢?", "邵启明和卓雨怎么看融资?", "邵启明 卓雨"),
    # another value of the same kind
    (["初创期的企业怎么支持?"], "成熟期呢?", "成熟期的企业怎么支持?", ""),
    (["小企业的融资怎么解决?"], "那大企业呢?", "大企业的融资怎么解决?", ""),
    (["算力券的补助比例是多少?"], "数字化改造券呢?", "数字化改造券的补助比例是多少?", ""),
    (["2025年南屏有多少家企业?"], "2024年呢?", "2024年南屏有多少家企业?", ""),
    (["2025年南屏有多少家企业?"], "去年有多少家?", "去年南屏有多少家企业?", ""),
    (["南屏有多少家企业?"], "那2024年呢?", "2024年南屏有多少家企业?", ""),
    (["重庆有多少家小巨人企业?"], "成都呢?", "成都有多少家小巨人企业?", ""),
    (["重庆市有多少家小巨人企业?"], "那成都市呢?", "成都市有多少家小巨人企业?", ""),
    # pronouns
    (["邵启明在哪个单位工作?"], "他怎么看融资?", "邵启明怎么看融资?", "邵启明"),
    (
        ["邵启明和卓雨怎么看融资?"],
        "他们对人才有什么建议?",
        "邵启明和卓雨对人才有什么建议?",
        "邵启明 卓雨",
    ),
    (["卓雨怎么看融资?"], "她的职务是什么?", "卓雨的职务是什么?", ""),
    (["市长王建国介绍了什么?"], "他什么时候上任?", "王建国什么时候上任?", ""),
    (
        ["What does Oliver Brandt miss?"],
        "Where does he work?",
        "Where does Oliver Brandt work?",
        "",
    ),
    (["减速器的寿命是多少?"], "它的价格呢?", "减速器的价格呢?", ""),
    (["减速器的寿命是多少?"], "其价格是多少?", "减速器的价格是多少?", ""),
    (["南屏有多少家中小企业?"], "它们的营收占比是多少?", "中小企业的营收占比是多少?", ""),
    (["“益企通”平台能做什么?"], "该平台什么时候上线?", "“益企通”平台什么时候上线?", ""),
    (["初创企业怎么支持?"], "这些企业怎么融资?", "初创企业怎么融资?", ""),
    (
        ["算力券补助比例是多少?", "数字化改造券呢?"],
        "那它最多补多少?",
        "数字化改造券最多补多少?",
        "",
    ),
    # nothing but an asking word
    (["减速器的寿命是多少?"], "为什么?", "减速器的寿命是多少?为什么?", ""),
    (["怎样支持初创企业?"], "具体怎么做?", "怎样支持初创企业?具体怎么做?", ""),
    (["知产快贷的期限是多久?"], "利率呢?", "知产快贷的利率呢?", ""),
    (
        ["公司靠专利贷到了多少钱?"],
        "这笔贷款的年利率是多少?",
        "公司靠专利贷到了多少钱?这笔贷款的年利率是多少?",
        "",
    ),
    # more of the same
    (["邵启明对融资有什么建议?"], "还有呢?", "邵启明对融资有什么建议?还有呢?", "邵启明"),
    (["哪些企业拿到了贷款?"], "还有别的吗?", "哪些企业拿到了贷款?还有呢?", ""),
    (["邵启明对融资有什么建议?"], "他还有什么建议?", "邵启明对融资有什么建议?还有呢?", "邵启明"),
    # narrowing
    (["南屏有多少家企业?"], "只要2025年的", "2025年的文章里,南屏有多少家企业?", ""),
    # English
    (
        ["How many firms were there in 2023?"],
        "And in 2024?",
        "How many firms were there in 2024?",
        "",
    ),
    (["How many firms are there?"], "And in 2024?", "How many firms are there in 2024?", ""),
    (
        ["How do small firms get loans?"],
        "What about large firms?",
        "How do large firms get loans?",
        "",
    ),
    (
        ["How many firms are in Nanping?"],
        "What about Yunchuan?",
        "How many firms are in Yunchuan?",
        "",
    ),
    (
        ["What does Helen Ward say about exports?"],
        "And Tom May?",
        "What does Tom May say about exports?",
        "Tom May",
    ),
    (
        ["What does Helen Ward say about exports?"],
        "What does she think about taxes?",
        "What does Helen Ward think about taxes?",
        "Helen Ward",
    ),
    (
        ["How long does a loan run?"],
        "What is its rate?",
        "How long does a loan run? What is its rate?",
        "",
    ),
    (["How long does a loan run?"], "Why?", "How long does a loan run? Why?", ""),
    (
        ["What does Helen Ward say about exports?"],
        "Anything else?",
        "What does Helen Ward say about exports? What else?",
        "Helen Ward",
    ),
]


@pytest.mark.parametrize(("history", "question", "understood", "speakers"), FOLLOW_UPS)
def test_a_follow_up_is_made_complete(
    history: list[str], question: str, understood: str, speakers: str
) -> None:
    query = asked(question, *history)
    assert query.understood_as == understood
    names = speakers.split() if not speakers.isascii() else [speakers] if speakers else []
    assert list(query.speakers) == names
    assert query.context


COMPLETE = [
    ("减速器的寿命是多少?", "法律的生命力在于什么?"),
    ("重庆有多少家小巨人企业?", "比特币现在的价格是多少?"),
    ("重庆有多少家小巨人企业?", "那比特币现在的价格是多少?"),
    ("重庆有多少家小巨人企业?", "那么红烧肉怎么做?"),
    ("重庆有多少家小巨人企业?", "平台怎么帮助这些地方的企业和它们的员工?"),
    ("重庆有多少家小巨人企业?", "基金由谁管理,它的期限是多久?"),
    ("重庆有多少家小巨人企业?", "其他城市的做法有哪些值得借鉴?"),
    ("重庆有多少家小巨人企业?", "其中一项改革叫繁简分流,效果怎么样?"),
    ("邵启明怎么看融资?", "为什么专精特新企业融资难?"),
    ("邵启明怎么看融资?", "卓雨怎么看人工智能?"),
    ("邵启明怎么看融资?", "还有哪些城市设立了风险补偿基金?"),
    ("邵启明怎么看融资?", "吉他多少钱一把?"),
    ("How many firms are there?", "How long does it take to get a loan?"),
    ("How many firms are there?", "What did the city do for its hospitals?"),
    ("How many firms are there?", "And how many hospitals did the city open last year?"),
]


@pytest.mark.parametrize(("before", "question"), COMPLETE)
def test_a_complete_question_takes_nothing_over(before: str, question: str) -> None:
    query = asked(question, before)
    assert query.understood_as == question
    assert not query.context
    assert query.weights == asked(question).weights


def test_an_ellipsis_carries_the_question_before_at_less_weight() -> None:
    query = asked("价格呢?", "减速器的寿命是多少?")
    assert query.understood_as == "减速器的价格呢?"
    assert query.weights["价格"] > query.weights["减速"] > 0


def test_a_follow_up_to_a_follow_up_keeps_the_topic() -> None:
    query = asked("为什么?", "减速器的寿命是多少?", "它的价格呢?")
    assert query.understood_as == "减速器的价格呢?为什么?"


def test_a_person_is_remembered_over_several_questions() -> None:
    query = asked("他怎么看人才?", "邵启明怎么看融资?", "为什么?", "具体怎么做?")
    assert query.speakers == ("邵启明",)


def test_asking_for_more_is_counted() -> None:
    assert asked("还有吗?", "邵启明怎么看融资?", "还有呢?").more == 2


def test_a_first_question_follows_nothing_up() -> None:
    query = asked("那卓雨怎么看?")
    assert (query.understood_as, query.context) == ("那卓雨怎么看?", "")
    assert query.speakers == ("卓雨",)


def test_full_width_and_control_characters_are_folded() -> None:
    query = asked("\u202e\x00 ＡＩ\ud800赋能 \n ")
    assert query.understood_as == "ＡＩ 赋能"
    assert "ai" in query.weights


def test_a_conversation_with_control_characters_is_folded_too() -> None:
    """What the conversation adds is printed and encoded as the question is."""
    query = asked("它的价格呢?", "减速器\ud800\x00的寿命\n是多少?")
    assert query.understood_as == "减速器的价格呢?"
    assert query.context.encode()


@pytest.mark.parametrize("question", ["", " \n\u3000", "\x00\u200b"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(QuestionError, match="the question is empty; type one"):
        asked(question)


def test_a_question_that_is_too_long_is_refused() -> None:
    with pytest.raises(QuestionError, match=r"has 1,000,000 characters, at most 2,000"):
        asked("问" * 1_000_000)
    assert asked("问" * MAX_QUESTION)


PIECES = [
    "那",
    "他",
    "它的",
    "该平台",
    "邵启明",
    "卓雨",
    "怎么看",
    "还有呢",
    "2024年",
    "《x》",
    "?",
]


@given(
    st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.lists(st.text(max_size=50) | st.sampled_from(PIECES), max_size=3),
)
def test_any_text_is_understood_or_refused(question: str, history: list[str]) -> None:
    try:
        query = asked(question, *history)
    except QuestionError:
        return
    assert query.understood_as.encode()
    assert all(0 < weight <= 1 for weight in query.weights.values())
    assert query.core <= query.weights.keys()
