"""What an answer promises, asked through the public interface."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot import Answer, QABot
from qa_bot.answering.confidence import rescale
from qa_bot.answering.enumeration import find_enumerations
from qa_bot.answering.highlight import find_highlight
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.question import analyse
from qa_bot.errors import IndexMismatchError, QuestionError
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.store_writer import checksum
from tests.conftest import ARTICLES, write_articles


def highlighted(answer: Answer) -> list[str]:
    quote = answer.quotes[0]
    return [
        quote.text[mark.start - quote.span.start : mark.end - quote.span.start]
        for mark in quote.highlights
    ]


def test_a_number_is_quoted_highlighted_and_attributed(bot: QABot) -> None:
    answer = bot.ask("南屏市有多少家“小巨人”企业?")
    quote = answer.quotes[0]
    assert answer.answered
    assert quote.text == "编者按:南屏市现有“专精特新”企业86家,其中“小巨人”企业12家。"
    assert highlighted(answer) == ["12家"]
    assert (quote.article.title, quote.article.source) == ("让小企业长成参天树", "南屏晚报")
    assert quote.article.date == "2025-10-08"
    assert quote.article.path.endswith("corpus/interview.md")
    assert quote.speaker is None


def test_what_a_guest_said_is_attributed_to_the_guest_with_the_role(bot: QABot) -> None:
    quote = bot.ask("风险补偿资金池的首期规模是多少?").quotes[0]
    assert quote.speaker is not None
    assert (quote.speaker.name, quote.speaker.role) == ("卓雨", "南屏市产业研究院副院长")
    assert quote.section == "资金怎么办"


def test_a_view_quotes_nobody_else(bot: QABot) -> None:
    answer = bot.ask("邵启明怎么看融资难?")
    assert {quote.speaker and quote.speaker.name for quote in answer.quotes} == {"邵启明"}


def test_an_enumeration_is_quoted_whole_and_in_order(bot: QABot) -> None:
    texts = [quote.text for quote in bot.ask("邵启明认为留住人才要做好哪几件事?").quotes]
    assert [text[:2] for text in texts] == ["留人", "一是", "二是", "三是"]


def test_a_comparison_gives_each_guest_a_voice_and_not_the_host(bot: QABot) -> None:
    answer = bot.ask("两位专家对融资难各有什么观点?")
    assert {quote.speaker.name for quote in answer.quotes if quote.speaker} == {"邵启明", "卓雨"}
    assert answer.is_comparison
    assert not bot.ask("邵启明认为留住人才要做好哪几件事?").is_comparison


def test_of_a_crowd_ten_are_compared(tmp_path: Path, encoder: Encoder) -> None:
    """Each voice takes a search of its own: a question that names hundreds must not take minutes."""
    names = [f"代表{letter}" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯"]
    people = "".join(f"  - {{name: {name}}}\n" for name in names)
    words = "\n\n".join(f"**{name}:**我认为社区花园的树要由第{name[-1]}组浇水。" for name in names)
    text = f"---\ntitle: 花园的树\nkind: interview\nspeakers:\n{people}---\n{words}\n"
    corpus = write_articles(tmp_path / "corpus", {"garden.md": text})
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus, threshold=0) as bot:
        answer = bot.ask("各位代表对社区花园的树由谁浇水分别有什么看法?")
    assert [quote.speaker.name for quote in answer.quotes if quote.speaker] == names[:10]


def test_a_follow_up_is_answered_from_the_other_speaker(bot: QABot) -> None:
    answer = bot.ask("那卓雨怎么看?", history=["邵启明怎么看融资难的症结?"])
    assert answer.understood_as == "卓雨怎么看融资难的症结?"
    assert all(quote.speaker and quote.speaker.name == "卓雨" for quote in answer.quotes)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("这次圆桌的主持人是谁?", "主持人:何晓岚"),
        ("法治文章的作者担任什么职务?", "南屏律师协会副会长"),
        ("齿轮厂的照片是谁拍的?", "莫然 摄"),
    ],
)
def test_front_matter_answers_who_wrote_and_who_took_the_picture(
    bot: QABot, question: str, words: str
) -> None:
    answer = bot.ask(question)
    assert any(words in quote.text for quote in answer.quotes), answer


def test_two_captions_are_not_quoted_in_one_piece(tmp_path: Path, encoder: Encoder) -> None:
    """YAML stands between them, and on the page they may be far apart."""
    captions = "captions:\n  - 图为装配车间。\n  - 该厂厂长毛建平展示减速器。 莫然 摄\n"
    text = f"---\ntitle: 齿轮厂见闻\n{captions}---\n车间里机器轰鸣。\n"
    corpus = write_articles(tmp_path / "corpus", {"gears.md": text})
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus) as bot:
        answer = bot.ask("厂长毛建平展示减速器的照片是谁拍的?")
    assert answer.quotes[0].text == "该厂厂长毛建平展示减速器。 莫然 摄"


def test_english_is_answered_in_english(bot: QABot) -> None:
    answer = bot.ask("How many countries do the gear makers export to?")
    assert answer.quotes[0].text == "Nanping's gear makers export to 23 countries."
    assert highlighted(answer) == ["23"]


@pytest.mark.parametrize(
    "question",
    ["如何做红烧肉?", "比特币现在的价格是多少?", "Who won the world cup?", "asdf qwer", "@"],
)
def test_what_the_articles_do_not_say_is_not_answered(bot: QABot, question: str) -> None:
    answer = bot.ask(question)
    assert not answer.answered
    assert answer.quotes == ()
    assert 0 <= answer.confidence < 0.3


def test_a_repeated_sentence_is_attributed_to_its_own_place(
    tmp_path: Path, encoder: Encoder
) -> None:
    """Offsets are carried, never searched for: two speakers say the same words."""
    text = (
        "---\ntitle: 座谈\nspeakers: [{name: 田一}, {name: 林二}]\n---\n"
        "**田一:** 质量是第一位的。\n\n**林二:** 质量是第一位的。\n"
    )
    corpus = write_articles(tmp_path / "corpus", {"a.md": text, "b.md": ARTICLES["opinion.md"]})
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus, threshold=0) as bot:
        first = bot.ask("田一认为质量怎么样?").quotes[0]
        second = bot.ask("林二认为质量怎么样?").quotes[0]
    assert first.text == second.text
    assert (first.line_start, second.line_start) == (5, 7)
    assert first.span.start == text.index("质量")
    assert second.span.start == text.rindex("质量")


def test_a_changed_file_is_left_out_and_named(tmp_path: Path, encoder: Encoder) -> None:
    corpus = write_articles(tmp_path / "corpus", ARTICLES)
    build_index(corpus, tmp_path / "index", encoder)
    path = corpus / "interview.md"
    path.write_bytes(path.read_bytes().replace("12家".encode(), "13家".encode()))
    with QABot.open(tmp_path / "index", corpus=corpus) as bot:
        answer = bot.ask("南屏市有多少家“小巨人”企业?")
    assert answer.stale == (str(path),)
    assert all(quote.article.path != str(path) for quote in answer.quotes)
    assert all(passage.article.path != str(path) for passage in answer.passages)


def test_a_file_outside_the_corpus_is_never_quoted(tmp_path: Path, encoder: Encoder) -> None:
    """Whoever made an index cannot make it read what lies elsewhere, not even the very same text."""
    corpus = write_articles(tmp_path / "corpus", {"garden.md": "花园里种了三百棵树。\n"})
    build_index(corpus, tmp_path / "index", encoder)
    (corpus / "garden.md").rename(tmp_path / "other.md")
    (store,) = (tmp_path / "index").glob("*/store.sqlite")
    for id_ in ("../other.md", str(tmp_path / "other.md"), "a" * 300):
        with closing(sqlite3.connect(store)) as database, database:
            number, _, *rest = database.execute("SELECT * FROM article").fetchone()
            frame = (number, id_, *rest[:10])
            values = (id_, checksum(frame))  # whoever made it made no mistake
            database.execute("UPDATE article SET id = ?, checksum = ?", values)
        with QABot.open(tmp_path / "index", corpus=corpus, threshold=0) as bot:
            answer = bot.ask("花园里种了多少棵树?")
        assert (answer.quotes, answer.passages, len(answer.stale)) == ((), (), 1)


@pytest.mark.parametrize(("offset", "rescaled"), [(-100.0, 0.0), (1500.0, 1.0)])
def test_any_calibration_gives_a_probability(offset: float, rescaled: float) -> None:
    """With the steepest slope that is allowed; a float holds no exponential of 1,500."""
    assert rescale(1e-6, slope=100, offset=offset) == pytest.approx(rescaled)


def test_an_index_of_another_model_is_refused_in_plain_words(
    tmp_path: Path, encoder: Encoder
) -> None:
    class Other:
        name, fingerprint, dim = "other", "0", encoder.dim
        is_static = True
        embed = staticmethod(encoder.embed)
        encode_passages = staticmethod(encoder.encode_passages)
        encode_query = staticmethod(encoder.encode_query)

    corpus = write_articles(tmp_path / "corpus", ARTICLES)
    build_index(corpus, tmp_path / "index", Other())
    with pytest.raises(IndexMismatchError, match=r'was built with model "other" .* rebuild with'):
        QABot.open(tmp_path / "index", corpus=corpus, model=encoder.name)


def test_the_answer_as_json_has_the_documented_fields(bot: QABot) -> None:
    answer = bot.ask("南屏市有多少家“小巨人”企业?").to_dict(id=7)
    assert list(answer) == [
        "id", "question", "understood_as", "scope", "answered", "confidence",
        "comparison", "quotes", "passages", "stale", "timings_ms",
    ]  # fmt: skip
    assert answer["id"] == 7
    assert list(answer["quotes"][0]) == [
        "text", "article", "speaker", "section", "path", "start", "end", "line_start", "line_end",
        "page", "highlights", "score", "also_in", "agreeing",
    ]  # fmt: skip
    assert list(answer["passages"][0]) == [
        "text", "article", "path", "start", "end", "line_start", "line_end", "score", "why", "also_in",
    ]  # fmt: skip
    assert list(answer["timings_ms"]) == ["retrieve", "select", "total"]
    scores = [passage["score"] for passage in answer["passages"]]
    assert scores == sorted(scores, reverse=True)


def prove(answer: Answer) -> None:
    """Check the quote guarantee of an answer."""
    assert answer.answered == bool(answer.quotes)
    for quote in answer.quotes:
        text = Path(quote.article.path).read_bytes().decode()
        assert text[quote.span.start : quote.span.end] == quote.text
        lines = text.split("\n")[quote.line_start - 1 : quote.line_end]
        assert quote.text in "\n".join(lines)
        for mark in quote.highlights:
            assert quote.span.start <= mark.start < mark.end <= quote.span.end


words = st.sampled_from(
    [
        "南屏",
        "小巨人",
        "企业",
        "多少",
        "邵启明",
        "怎么看",
        "哪些",
        "减速器",
        "gears",
        "export",
        "它",
        "呢",
        "?",
        "“",
        "(",
        "*",
        "12",
    ]
)


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=60), st.lists(words, max_size=12).map("".join)))
def test_any_question_gets_a_proven_answer_or_is_refused(bot: QABot, question: str) -> None:
    try:
        prove(bot.ask(question))
    except QuestionError:
        return


def test_many_threads_get_the_same_answers(bot: QABot) -> None:
    questions = ["南屏市有多少家“小巨人”企业?", "邵启明怎么看融资难?", "减速器的寿命是多少?"] * 5
    expected = [bot.ask(question).quotes for question in questions]
    found: dict[int, object] = {}

    def ask(number: int) -> None:
        found[number] = bot.ask(questions[number]).quotes

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(len(questions))] == expected


@pytest.mark.parametrize(
    ("texts", "lead", "points"),
    [
        (["要做三件事。", "一是稳。", "说明。", "二是进。", "三是好。"], 0, (1, 3, 4)),
        (["办法有三:一是稳。", "二是进。"], None, (0, 1)),
        (["首先要看。", "其次要想。", "最后要做。"], None, (0, 1, 2)),
        (["步骤如下。", "(1)申请。", "(2)审核。"], 0, (1, 2)),
        (["有下列情形的不予受理:材料不全的;", "逾期的;", "重复的。"], None, (0, 1, 2)),
        (["First, plan.", "Second, act."], None, (0, 1)),
    ],
)
def test_enumerations_are_found(
    texts: list[str], lead: int | None, points: tuple[int, ...]
) -> None:
    (found,) = find_enumerations(texts, [0] * len(texts))
    assert (found.lead, found.points) == (lead, points)


def test_a_single_mark_is_no_enumeration() -> None:
    assert find_enumerations(["这是一是二的问题。", "一方面如此。"], [0, 0]) == []


def test_the_post_of_an_author_is_what_is_marked(bot: QABot) -> None:
    assert highlighted(bot.ask("季文远担任什么职务?")) == ["南屏律师协会副会长"]


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("展会接待观众三千零五万人次,比上届热闹。", "三千零五万人次"),
        ("全市建成充电站八百零七座。", "八百零七座"),
        ("园区企业一万二千余家,多在城北。", "一万二千余家"),
        ("研发投入占比达到百分之十二点五。", "百分之十二点五"),
        ("占比提高十二点五个百分点。", "十二点五个百分点"),
        ("投入一点五亿多元。", "一点五亿多元"),
        ("扶持几十家,已有三十余万户受益。", "三十余万户"),
        ("投入达1.2亿元。", "1.2亿元"),
        ("占比为12.5%。", "12.5%"),
        ("接待观众300 万人次。", "300 万人次"),
        ("价格比进口产品低两成三。", "两成三"),
        ("完成了约三分之一的改造。", "约三分之一"),
        ("首站二〇二五年投用。", "二〇二五年"),
    ],
)
def test_a_number_is_marked_whole(sentence: str, number: str) -> None:
    """Half of a number is another number, under the seal of a proven quote."""
    query = analyse("受益的有多少户?")
    start, end = find_highlight(query, sentence, Overlap(query, lambda term: 1, 10))
    assert sentence[start:end] == number


@pytest.mark.parametrize(
    ("question", "read", "marked"),
    [
        ("镇上有多少家磨坊?", "磨坊41家、油坊12家", "41家"),
        ("镇上有多少家油坊?", "磨坊41家、油坊12家", "磨坊41家、油坊12家"),  # as near to both
        ("镇上有多少家磨坊和油坊?", "磨坊41家、油坊12家", "磨坊41家、油坊12家"),
        ("每年有多少人来学艺?", "200至300人", "200至300人"),
    ],
)
def test_of_several_figures_that_the_reader_marks_one_is_meant(
    question: str, read: str, marked: str
) -> None:
    query, sentence = analyse(question), "镇上有磨坊41家、油坊12家,每年有200至300人来学艺。"
    overlap = Overlap(query, lambda term: 1, 10)
    start = sentence.index(read)
    found = find_highlight(query, sentence, overlap, read=(start, start + len(read)))
    assert sentence[slice(*found)] == marked


def test_a_year_in_chinese_numerals_is_a_date() -> None:
    query = analyse("首站什么时候投用?")
    sentence = "首站于二〇二五年十月十八日投用,造价八千万元。"
    start, end = find_highlight(query, sentence, Overlap(query, lambda term: 1, 10))
    assert sentence[start:end] == "二〇二五年十月十八日"


@pytest.mark.parametrize("words", ["这是目标之一成为现实", "千万别信", "十分重要", "第三届"])
def test_what_only_looks_like_a_number_is_none(words: str) -> None:
    query = analyse("有多少?")
    assert find_highlight(query, words, Overlap(query, lambda term: 1, 10)) == (0, len(words))
