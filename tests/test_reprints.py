import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot import QABot
from qa_bot.corpus import parse_article
from qa_bot.evaluation.records import Question, QuestionSet
from qa_bot.evaluation.run import Evaluation
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.reprints import group_reprints, sign
from qa_bot.records import Answer
from qa_bot.terminal import format_answer
from qa_bot.verify import verify_answers
from qa_bot.web.cards import render_turn
from qa_bot.web.texts import EN, ZH
from tests.conftest import write_articles

BODY = """\
云江市北岸新区的无人配送车本周投入运营，首批共有46辆。它们每天从三个仓库出发，为12个街道的居民送货。

新区管委会副主任田沐青说：“我们先划出28公里的专用路线。路口都装了感应灯。”配送车的时速不超过20公里，遇到行人会停下来等待。

据介绍，一辆配送车每天可以送货300件，费用比人工低四成。居民在手机上预约时间，车到楼下后凭号码取货。

市交通局表示，年底以前路线将延长到55公里，并在老城区试行夜间配送。试行期间由两名安全员远程看护。
"""
FIRST_HALF = "\n\n".join(BODY.split("\n\n")[:3]) + "\n"
QUESTION = "北岸新区首批无人配送车有多少辆?"


def article(title: str, body: str, *, source: str, date: str) -> str:
    return f"---\ntitle: {title}\nsource: {source}\ndate: {date}\n---\n{body}"


PAPERS = {
    # The agency's own text, dated first; a paper's, cut; a third one's, set with other marks.
    "agency.md": article(
        "北岸新区投放无人配送车", f"云江社北岸11月2日电（记者 田野）{BODY}",
        source="云江社", date="2025-11-02",
    ),
    "cut.md": article(
        "送货上门的小车来了", f"本报讯 {FIRST_HALF}", source="南屏晚报", date="2025-11-03"
    ),
    "marks.md": article(
        "无人车跑起来", BODY.replace("，", ",").replace("：", ":"),
        source="青石日报", date="2025-11-04",
    ),
    # Last year's, in almost the same words: other figures.
    "last-year.md": article(
        "无人配送车亮相",
        BODY.replace("46辆", "9辆").replace("12个", "4个").replace("28公里", "7公里").replace("300", "200").replace("55", "20"),
        source="云江社", date="2024-11-05",
    ),
    "other.md": article(
        "老城区修步道", "云江市老城区今年修建步道18公里。步道沿河，夜里有灯。",
        source="南屏晚报", date="2025-10-01",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[QABot]:
    folder = tmp_path_factory.mktemp("reprints")
    corpus = write_articles(folder / "corpus", PAPERS)
    build_index(corpus, folder / "index", encoder)
    with QABot.open(folder / "index", corpus=corpus, threshold=0.0) as opened:
        yield opened


def groups(articles: dict[str, str]) -> list[set[str]]:
    """Return the groups of two and more."""
    read = [parse_article(t.encode(), id=name, shown_as=name) for name, t in articles.items()]
    bodies = [
        "\n".join(each.text[p.span.start : p.span.end] for p in each.paragraphs) for each in read
    ]
    numbers = range(len(read))
    group_of = group_reprints(sign(bodies), bodies.__getitem__, groups=numbers, looked_at=numbers)
    found = [
        {each.id for number, each in enumerate(read) if group_of[number] == first}
        for first in sorted(set(group_of.values()))
    ]
    return [group for group in found if len(group) > 1]


def test_the_same_text_in_three_papers_is_one_group() -> None:
    """Other titles, another dateline, a tail that was cut and other marks do not part it."""
    assert groups(PAPERS) == [{"agency.md", "cut.md", "marks.md"}]


def test_texts_with_other_figures_stay_apart_also_by_way_of_a_third() -> None:
    """A short text is part of both years' notices; it may not make them one."""
    short = "无人配送车的时速不超过20公里，遇到行人会停下来等待。居民在手机上预约时间，车到楼下后凭号码取货。"
    notices = {
        f"{year}.md": article(
            f"{year}年的通知",
            f"{short}报名人数为{number}人。试行期间由两名安全员远程看护。",
            source="云江社", date=f"{year}-11-05",
        )
        for year, number in ((2024, 120), (2025, 340))
    }  # fmt: skip
    third = {"short.md": article("提示", short, source="南屏晚报", date="2025-11-06")}
    for found in (groups({**notices, **third}), groups({**third, **notices})):
        assert not any(notices.keys() <= group for group in found)
        assert found  # the short one did go with one of them


def test_a_quote_names_the_earliest_source_and_the_others(bot: QABot) -> None:
    answer = bot.ask(QUESTION)
    (quote,) = (quote for quote in answer.quotes if "46辆" in quote.text)
    assert quote.article.source == "云江社"
    assert [(r.article.source, r.article.date) for r in quote.also_in] == [
        ("南屏晚报", "2025-11-03"),
        ("青石日报", "2025-11-04"),
    ]
    for reprint in quote.also_in:
        text = Path(reprint.article.path).read_text(encoding="utf-8")
        words = text[reprint.span.start : reprint.span.end]
        assert "46辆" in words
        assert reprint.is_verbatim == (words == quote.text)
        assert text[: reprint.span.start].count("\n") + 1 == reprint.line_start


def test_the_same_words_are_verbatim_and_a_cut_sentence_is_not_claimed(bot: QABot) -> None:
    held = bot.ask("一辆配送车每天可以送货多少件?").quotes[0]
    assert [(r.article.source, r.is_verbatim) for r in held.also_in] == [
        ("南屏晚报", True),
        ("青石日报", False),
    ]
    answer = bot.ask("年底以前无人配送车的路线将延长到多少公里?")
    (cut,) = (quote for quote in answer.quotes if "55公里" in quote.text)
    assert [r.article.source for r in cut.also_in] == ["青石日报"]


def test_a_contradicting_source_is_still_quoted(bot: QABot) -> None:
    """Both figures are in the corpus: the reader has to see both, each with its source."""
    answer = bot.ask(QUESTION)
    assert {quote.article.id for quote in answer.quotes} == {"agency.md", "last-year.md"}
    assert all(
        reprint.article.id != "last-year.md" for quote in answer.quotes for reprint in quote.also_in
    )


def test_passages_collapse_to_one_with_its_other_places(bot: QABot) -> None:
    passages = [p for p in bot.ask(QUESTION).passages if "46辆" in p.text]
    assert [passage.article.id for passage in passages] == ["agency.md"]
    assert {reprint.article.id for reprint in passages[0].also_in} == {"cut.md", "marks.md"}


def test_other_places_are_printed_shown_and_proven(bot: QABot) -> None:
    answer = bot.ask(QUESTION)
    assert "also in: 南屏晚报 2025-11-03; 青石日报 2025-11-04" in format_answer(
        answer, colours=False
    )
    assert "另见 南屏晚报 2025-11-03、青石日报 2025-11-04" in render_turn(answer, ZH)
    assert "Also in 南屏晚报 2025-11-03, 青石日报 2025-11-04" in render_turn(answer, EN)
    corpus = Path(answer.quotes[0].article.path).parent
    assert problems(answer, corpus) == []


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("start", 120, "does not hold"),
        ("line_start", 1, "on lines"),
        ("verbatim", True, "does not hold the quote"),
        ("path", "/etc/hostname", "is not in"),
        ("verbatim", None, "lacks a field"),
    ],
)
def test_a_wrong_other_place_is_found_out(
    bot: QABot, field: str, value: object, problem: str
) -> None:
    answer = bot.ask("一辆配送车每天可以送货多少件?").to_dict()
    corpus = Path(answer["quotes"][0]["path"]).parent
    exact, other = answer["quotes"][0]["also_in"]
    (other if field == "verbatim" else exact)[field] = value
    found = list(verify_answers([(1, answer)], corpus))
    assert len(found) == 1
    assert problem in found[0]


@pytest.mark.parametrize("judged", ["agency.md", "cut.md", "marks.md"])
def test_an_article_found_as_a_copy_counts_as_found_at_its_rank(bot: QABot, judged: str) -> None:
    """A set judges one of the reprints right; which one is shown is not its concern."""
    question = Question("1", QUESTION, any_of=("46辆",), relevant={judged: 1})
    evaluation = Evaluation(QuestionSet("set", "", (question,)), bot.snapshot.store)
    (row,) = evaluation.rows(bot, threshold=0.0, top_k=5)
    (other,) = (q.article.id for q in bot.ask(QUESTION).quotes if "46辆" not in q.text)
    ranking = [id_ for id_ in row.ranking if id_ != other]
    assert ranking[0] == judged
    assert set(ranking[:3]) == {"agency.md", "cut.md", "marks.md"}
    first = bot.ask(QUESTION).quotes[0].article.id
    assert row.values["article"] == float(first != other)


def test_a_removed_reprint_is_no_longer_named(tmp_path: Path, encoder: Encoder) -> None:
    corpus, index = write_articles(tmp_path / "corpus", PAPERS), tmp_path / "index"
    build_index(corpus, index, encoder)
    (corpus / "agency.md").unlink()
    with QABot.open(index, corpus=corpus, threshold=0.0) as bot:  # before the rebuild
        answer = bot.ask(QUESTION)
    assert places_of("46辆", answer) == ["cut.md", "marks.md"]
    assert [Path(path).name for path in answer.stale] == ["agency.md"]
    build_index(corpus, index, encoder)
    with QABot.open(index, corpus=corpus, threshold=0.0) as bot:
        answer = bot.ask(QUESTION)
    assert places_of("46辆", answer) == ["cut.md", "marks.md"]
    assert answer.stale == ()


def some_sentences(seed: int) -> list[str]:
    """Return sentences as different as those of an article are: not what hypothesis likes best."""
    draw = random.Random(seed)  # noqa: S311 # no secret
    letters = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    lengths = [draw.randint(8, 30) for _ in range(draw.randint(12, 20))]
    return [f"{''.join(draw.choices(letters, k=length))}。" for length in lengths]


texts = st.integers(0, 2**32).map(some_sentences)


@settings(max_examples=25)
@given(texts, st.integers(0, 2), st.integers(0, 2), st.booleans())
def test_head_tail_and_marks_do_not_hide_a_reprint(
    sentences: list[str], head: int, tail: int, is_spaced: bool
) -> None:
    whole = "".join(sentences)
    part = "".join(sentences[head : len(sentences) - tail])
    part = part.replace("。", "。\n\n") if is_spaced else part
    assert groups({"a.md": whole, "b.md": f"编者按短。{part}"}) == [{"a.md", "b.md"}]


@settings(max_examples=25)
@given(texts, st.integers(1, 400), st.integers(1, 400))
def test_one_other_figure_parts_two_texts(sentences: list[str], one: int, other: int) -> None:
    def notice(number: int) -> str:
        return f"本次招收工作人员共{number}名，名单见附件。{''.join(sentences)}"

    found = groups({"a.md": notice(one), "b.md": notice(other)})
    assert found == ([{"a.md", "b.md"}] if one == other else [])


def places_of(words: str, answer: Answer) -> list[str]:
    """Return the articles of the one quote that holds these words, the one it is from first."""
    (quote,) = (quote for quote in answer.quotes if words in quote.text)
    return [quote.article.id, *(reprint.article.id for reprint in quote.also_in)]


def problems(answer: Answer, corpus: Path) -> list[str]:
    return list(verify_answers([(1, json.loads(json.dumps(answer.to_dict())))], corpus))
