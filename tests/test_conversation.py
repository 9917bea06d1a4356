"""What a conversation promises, asked through the public interface."""

import pytest

from qa_bot import Answer, QABot
from qa_bot.records import Scope


def speakers(answer: Answer) -> set[str | None]:
    return {quote.speaker.name if quote.speaker else None for quote in answer.quotes}


def articles(answer: Answer) -> set[str]:
    return {quote.article.id for quote in answer.quotes}


def texts(answer: Answer) -> set[str]:
    return {quote.text for quote in answer.quotes}


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("邵教授怎么看融资难?", {"邵启明"}),
        ("卓院长对融资难有什么建议?", {"卓雨"}),
        ("南屏大学的教授怎么看融资难?", {"邵启明"}),
        ("嘉宾认为融资难的症结是什么?", {"邵启明"}),
        ("主持人问了哪些关于留住人才的问题?", {"何晓岚"}),
    ],
)
def test_only_who_is_asked_for_is_quoted(bot: QABot, question: str, who: set[str]) -> None:
    assert speakers(bot.ask(question)) == who


def test_a_question_about_a_speaker_is_not_answered_by_their_words_alone(bot: QABot) -> None:
    answer = bot.ask("邵启明在哪个单位工作?")
    assert speakers(answer) == {None}
    assert "南屏大学教授" in answer.quotes[0].text


def test_an_author_is_asked_for_by_the_post(bot: QABot) -> None:
    answer = bot.ask("季会长认为怎样破解执法随意的难题?")
    assert articles(answer) == {"opinion.md"}
    assert answer.scope is not None
    assert answer.scope.authors == ("季文远",)


def test_more_is_what_was_not_quoted_yet(bot: QABot) -> None:
    question = "减速器的寿命是多少?"
    first = bot.ask(question)
    more = bot.ask("还有呢?", history=[question])
    even_more = bot.ask("还有吗?", history=[question, "还有呢?"])
    assert first.quotes
    assert not texts(first) & texts(more)
    assert not (texts(first) | texts(more)) & texts(even_more)


def test_more_of_all_is_nothing(bot: QABot) -> None:
    question = "邵启明认为留住人才要做好哪几件事?"
    history = [question]
    seen: set[str] = set()
    for _ in range(8):
        answer = bot.ask("还有呢?", history=history)
        assert not seen & texts(answer)
        seen |= texts(answer)
        history.append("还有呢?")
    assert not answer.answered


def test_a_pronoun_is_who_was_quoted(bot: QABot) -> None:
    """The question named nobody; its answer did."""
    history = ["风险补偿资金池的首期规模是多少?"]
    answer = bot.ask("他怎么看留住人才?", history=history)
    assert answer.understood_as == "卓雨怎么看留住人才?"
    assert speakers(answer) == {"卓雨"}


def test_a_pronoun_may_be_the_author_of_what_was_quoted(bot: QABot) -> None:
    answer = bot.ask("他主张怎么规范检查频次?", history=["法律的生命力在于什么?"])
    assert answer.understood_as == "季文远主张怎么规范检查频次?"
    assert articles(answer) == {"opinion.md"}


def test_an_article_is_meant_by_its_place_in_the_answer(bot: QABot) -> None:
    question = "南屏的企业怎么样?"
    shown = bot.ask(question)
    ids = [quote.article.id for quote in shown.quotes] + [p.article.id for p in shown.passages]
    second = list(dict.fromkeys(ids))[1]
    for narrowing in ("只看第二篇", "第二篇文章里呢?", "only the second article"):
        answer = bot.ask(narrowing, history=[question])
        assert answer.scope == Scope(articles=(second,))
        assert {passage.article.id for passage in answer.passages} == {second}


def test_a_point_is_meant_by_its_number_in_the_answer(bot: QABot) -> None:
    history = ["邵启明认为留住人才要做好哪几件事?"]
    answer = bot.ask("第二点具体是什么?", history=history)
    assert answer.understood_as == "邵启明说的“发放人才安居补贴”具体是什么?"
    assert speakers(answer) == {"邵启明"}
    assert any("每人每月800元" in text for text in texts(answer))
    assert bot.ask("第九点是什么?", history=history).understood_as.endswith("第九点是什么?")


@pytest.mark.parametrize(
    ("narrowing", "scope", "understood"),
    [
        ("只看《南屏晚报》", Scope(sources=("南屏晚报",)), "南屏晚报的文章里,减速器的寿命是多少?"),
        ("只看卓雨的", Scope(speakers=("卓雨",)), "卓雨的文章里,减速器的寿命是多少?"),
        ("只看季文远的文章", Scope(authors=("季文远",)), "季文远的文章里,减速器的寿命是多少?"),
        (
            "只看《让小企业长成参天树》",
            Scope(articles=("interview.md",)),
            "《让小企业长成参天树》中,减速器的寿命是多少?",
        ),
    ],
)
def test_a_conversation_is_narrowed_by_a_name(
    bot: QABot, narrowing: str, scope: Scope, understood: str
) -> None:
    answer = bot.ask(narrowing, history=["减速器的寿命是多少?"])
    assert (answer.scope, answer.understood_as) == (scope, understood)


def test_what_was_narrowed_stays_narrow_until_a_new_question(bot: QABot) -> None:
    history = ["减速器的寿命是多少?", "只看《南屏晚报》"]
    assert bot.ask("为什么?", history=history).scope == Scope(sources=("南屏晚报",))
    assert bot.ask("法律的生命力在于什么?", history=history).scope is None


def test_the_author_is_that_of_the_article_of_the_conversation(bot: QABot) -> None:
    answer = bot.ask("这篇文章的作者是谁?", history=["法律的生命力在于什么?"])
    assert answer.understood_as == "《法治是最好的营商环境》的作者是谁?"
    assert answer.scope == Scope(articles=("opinion.md",))


def test_the_article_of_the_conversation_is_named_in_english_too(bot: QABot) -> None:
    answer = bot.ask("When was it published?", history=["When will the freight line be built?"])
    assert answer.understood_as == "When was “Small firms, long roads” published?"


def test_a_title_that_nothing_has_is_no_article_of_the_corpus(bot: QABot) -> None:
    assert not bot.ask("《石头的记忆》的作者是谁?").answered
    assert not bot.ask("《石头的记忆》的作者是谁?", history=["法律的生命力在于什么?"]).answered


def test_a_new_topic_is_answered_as_without_the_conversation(bot: QABot) -> None:
    history = ["邵启明怎么看融资难?", "还有呢?"]
    for question in ("减速器的寿命是多少?", "那减速器的寿命是多少?", "比特币的价格是多少?"):
        alone, after = bot.ask(question), bot.ask(question, history=history)
        assert (after.quotes, after.understood_as) == (alone.quotes, question)
        assert after.confidence == alone.confidence


def test_a_long_conversation_of_follow_ups_ends(bot: QABot) -> None:
    history = ["减速器的寿命是多少?", *["还有呢?", "只看第二篇", "他怎么看?", "为什么?"] * 10]
    assert bot.ask("还有呢?", history=history).understood_as
