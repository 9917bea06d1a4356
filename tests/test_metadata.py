"""Who wrote, who says, where and when: what narrows an answer, and why a passage was found."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_bot import Answer, QABot, Scope
from qa_bot.answer_json import read_answer
from qa_bot.errors import ScopeError
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.scope import read_scope
from qa_bot.web.cards import render_turn
from qa_bot.web.texts import EN, ZH, Texts
from tests.conftest import write_articles
from tests.test_cli import assert_one_line_error, call

TEA = """\
---
title: 龙井镇的茶园又绿了
authors: [{name: 连书禾, role: 石桥早报记者}]
source: 石桥早报
section: 乡村
date: 2025-03-05
---
龙井镇有茶园3000亩。镇上的夏茶停采35天。
"""
SURVEY = """\
---
title: 山区茶业调查:“云雾12号”的来路
authors: [{name: 闻人澈, role: 青岚智库研究员}]
source: 青岚智库
section: 调研
date: 2025-11-20
---
龙井镇有茶园4500亩。茶农的平均年龄是58岁。
"""
TALK = """\
---
title: 茶农需要什么样的合作社
authors: [{name: 连书禾}, {name: 上官珏}]
source: 石桥早报
date: 2025-11-28
speakers: [{name: 公孙韵}, {name: 闻人澈}]
---
**公孙韵:** 合作社的入社门槛应当是5亩茶园。

**闻人澈:** 合作社的入社门槛应当是2亩茶园。
"""
ENGLISH = """\
---
title: Tea on the terraces
authors: [{name: Ada Fenwick}]
source: Stonebridge Herald
date: 2024-06-30
---
The town of Longjing has 2800 terraces of tea. Its cooperative counts 410 members.
"""
UNDATED = """\
---
title: 茶史漫谈
---
龙井镇有茶园1200亩的时候,镇上还没有公路。
"""
BARE = "没有标题的笔记:龙井镇有茶园90亩。\n"
CRAFTED = {
    "tea.md": TEA,
    "2025/survey.md": SURVEY,
    "talk.md": TALK,
    "english.md": ENGLISH,
    "undated.md": UNDATED,
}
NAMES = ["端木晴", "司徒望", "欧阳潜"]
SOURCES = ["南浦晚报", "北溪周刊"]
TOWNS = ["柳树镇", "石门镇", "白沙镇", "青草镇"]
QUESTION = "龙井镇有茶园多少亩?"


def generated() -> dict[str, str]:
    """Make two hundred articles in which authors, speakers, sources and dates go round."""
    articles = {}
    for number in range(200):
        date = dt.date(2024, 1, 2) + dt.timedelta(days=3 * number)
        author, speaker = NAMES[number % 3], NAMES[number % 2]
        text = f"{TOWNS[number % 4]}有茶园{number + 10}亩。"
        articles[f"many/{number:03}.md"] = (
            f"---\ntitle: {TOWNS[number % 4]}见闻之{number}\nauthors: [{{name: {author}}}]\n"
            f"source: {SOURCES[number % 2]}\ndate: {date}\nspeakers: [{{name: {speaker}}}]\n---\n"
            f"{text}\n\n**{speaker}:** {TOWNS[number % 4]}的茶厂有{number % 9 + 1}座。\n"
        )
    return articles


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A working folder with the crafted and the generated articles, indexed."""
    folder = tmp_path_factory.mktemp("metadata")
    write_articles(folder / "corpus", {**CRAFTED, **generated()})
    build_index(folder / "corpus", folder / "index", encoder)
    return folder


@pytest.fixture(scope="module")
def bot(folder: Path) -> Iterator[QABot]:
    """A bot over them."""
    with QABot.open(folder / "index", corpus=folder / "corpus") as opened:
        yield opened


def quoted(answer: Answer) -> set[str]:
    return {quote.article.id for quote in answer.quotes}


@pytest.mark.parametrize(
    ("question", "article", "scope"),
    [
        ("连书禾的文章里,龙井镇有茶园多少亩?", "tea.md", {"authors": ["连书禾"]}),
        ("闻人澈撰写的文章提到龙井镇有茶园多少亩?", "2025/survey.md", {"authors": ["闻人澈"]}),
        ("《青岚智库》的报道说龙井镇有茶园多少亩?", "2025/survey.md", {"sources": ["青岚智库"]}),
        ("据石桥早报报道,龙井镇有茶园多少亩?", "tea.md", {"sources": ["石桥早报"]}),
        ("《龙井镇的茶园又绿了》里,龙井镇有茶园多少亩?", "tea.md", {"articles": ["tea.md"]}),
        (
            "《山区茶业调查》一文里,龙井镇有茶园多少亩?",
            "2025/survey.md",
            {"articles": ["2025/survey.md"]},
        ),
        (
            "山区茶业调查:云雾12号的来路这篇文章说龙井镇有茶园多少亩?",
            "2025/survey.md",
            {"articles": ["2025/survey.md"]},
        ),
        (
            "2025年3月5日的报道里,龙井镇有茶园多少亩?",
            "tea.md",
            {"since": "2025-03-05", "until": "2025-03-05"},
        ),
        (
            "11月20日的文章说龙井镇有茶园多少亩?",
            "2025/survey.md",
            {"since": "2025-11-20", "until": "2025-11-20"},
        ),
        (
            "闻人澈2025年11月在《青岚智库》发表的文章里,龙井镇有茶园多少亩?",
            "2025/survey.md",
            {
                "authors": ["闻人澈"],
                "sources": ["青岚智库"],
                "since": "2025-11-01",
                "until": "2025-11-30",
            },
        ),
        (
            "How many terraces of tea does the article by Ada Fenwick count?",
            "english.md",
            {"authors": ["Ada Fenwick"]},
        ),
        (
            "In Ada Fenwick's article, how many members has the cooperative?",
            "english.md",
            {"authors": ["Ada Fenwick"]},
        ),
        (
            "According to the Stonebridge Herald, how many terraces has Longjing?",
            "english.md",
            {"sources": ["Stonebridge Herald"]},
        ),
    ],
)
def test_an_article_that_the_question_names_is_the_one_that_is_quoted(
    bot: QABot, question: str, article: str, scope: dict[str, object]
) -> None:
    """Five articles give five sizes of the same tea garden: only the name tells which is meant."""
    answer = bot.ask(question)
    assert answer.answered, answer.confidence
    assert quoted(answer) == {article}
    assert answer.to_dict()["scope"] == scope
    assert {passage.article.id for passage in answer.passages} <= {article, "talk.md"}


def test_the_name_of_an_article_is_not_looked_for_in_its_words(bot: QABot) -> None:
    """It asks as much of the quote as the same question with a filter."""
    named = bot.ask("《青岚智库》的文章里,龙井镇有茶园多少亩?")
    filtered = bot.ask(QUESTION, scope=Scope(sources=("青岚智库",)))
    assert named.quotes[0].text == filtered.quotes[0].text
    assert named.confidence == pytest.approx(filtered.confidence, abs=0.02)


def test_an_author_asked_for_a_view_is_quoted(bot: QABot) -> None:
    answer = bot.ask("上官珏认为合作社的入社门槛应当是几亩茶园?")
    assert quoted(answer) == {"talk.md"}
    assert answer.scope == Scope(authors=("上官珏",))


def test_authors_are_named_in_the_order_of_the_question(bot: QABot) -> None:
    answer = bot.ask("连书禾和上官珏的文章里,合作社的入社门槛是几亩茶园?")
    assert answer.scope == Scope(authors=("连书禾", "上官珏"))


def test_a_speaker_asked_for_a_view_narrows_to_the_speaker(bot: QABot) -> None:
    answer = bot.ask("闻人澈认为合作社的入社门槛应当是几亩茶园?")
    assert {quote.speaker and quote.speaker.name for quote in answer.quotes} == {"闻人澈"}
    assert answer.scope == Scope(speakers=("闻人澈",))


@pytest.mark.parametrize(
    "question",
    [
        "2025年龙井镇有茶园多少亩?",
        "2025年11月采访了哪些茶农?",
        "3月到11月的文章里,龙井镇有茶园多少亩?",
        "《茶园管理办法》里,龙井镇有茶园多少亩?",
        "《茶史漫谈》里,龙井镇有茶园多少亩?",  # it may be a book
        "《茶》一文里,龙井镇有茶园多少亩?",
        "龙井镇的文章里有茶园多少亩?",
        "How many terraces are made by hand?",
    ],
)
def test_what_names_no_article_for_sure_narrows_nothing(bot: QABot, question: str) -> None:
    """A year is mostly what is asked about; a wrong filter would hide the answer."""
    assert bot.ask(question).scope is None


def test_a_narrowing_that_answers_nothing_is_given_up(bot: QABot) -> None:
    """The reader may be wrong about who wrote it; a filter that was given is another matter."""
    question = "夏茶停采多少天?"
    answer = bot.ask(f"闻人澈的文章里说{question}")
    assert quoted(answer) == {"tea.md"}
    assert answer.scope is None
    strict = bot.ask(question, scope=Scope(authors=("闻人澈",)))
    assert not strict.answered
    assert {passage.article.id for passage in strict.passages} == {"2025/survey.md"}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("青岚智库:龙井镇有茶园多少亩?", "4500亩"),
        ("石桥早报:龙井镇有茶园多少亩?", "3000亩"),
        ("调研专栏:龙井镇有茶园多少亩?", "4500亩"),
        ("乡村专栏:龙井镇有茶园多少亩?", "3000亩"),
        ("连书禾:龙井镇有茶园多少亩?", "3000亩"),
        ("《茶史漫谈》里,龙井镇有茶园多少亩?", "1200亩"),
        ("合作社的入社门槛是几亩?公孙韵", "5亩"),
        ("合作社的入社门槛是几亩?闻人澈", "2亩"),
    ],
)
def test_a_name_that_is_not_sure_still_counts(bot: QABot, question: str, text: str) -> None:
    answer = bot.ask(question)
    assert answer.scope is None
    assert text in next(passage.text for passage in answer.passages if "亩" in passage.text)


def test_the_conversation_keeps_to_its_article(bot: QABot) -> None:
    answer = bot.ask("那茶农呢?", history=["《山区茶业调查》一文里,平均年龄是多少岁?"])
    assert answer.scope == Scope(articles=("2025/survey.md",))
    assert {passage.article.id for passage in answer.passages} == {"2025/survey.md"}


@pytest.mark.parametrize(
    ("fields", "articles"),
    [
        ({"authors": "连书禾"}, {"tea.md"}),
        ({"authors": ["书禾"]}, {"tea.md"}),
        ({"authors": ["连书禾", "闻人澈"]}, {"tea.md", "2025/survey.md"}),
        ({"sources": "ＳＴＯＮＥＢＲＩＤＧＥ herald"}, {"english.md"}),
        ({"sources": "石桥", "until": "2025-11-27"}, {"tea.md"}),
        ({"articles": "2025/survey.md"}, {"2025/survey.md"}),
        ({"articles": "2025/survey"}, {"2025/survey.md"}),
        ({"articles": "茶园又绿"}, {"tea.md"}),
        ({"articles": "龙井镇的茶园又绿了"}, {"tea.md"}),
        ({"articles": "云雾12号"}, {"2025/survey.md"}),
        ({"since": "2025-11-20", "until": "2025-11-20"}, {"2025/survey.md"}),
        ({"speakers": "公孙韵"}, {"talk.md"}),
        ({"sources": "青岚智库", "authors": "连书禾"}, set()),
    ],
)
def test_a_filter_leaves_only_what_it_names(
    bot: QABot, fields: dict[str, object], articles: set[str]
) -> None:
    scope = read_scope(fields)
    shown = {p.article.id for p in bot.ask(QUESTION, scope=scope).passages}
    assert shown - {"talk.md"} == articles - {"talk.md"}
    assert ("talk.md" in shown) >= ("talk.md" in articles)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"authors": "连书和"}, 'no author "连书和"; near it: 连书禾'),
        ({"speakers": "公孙运"}, 'no speaker "公孙运"; near it: 公孙韵'),
        ({"sources": "石桥晚报"}, 'no source "石桥晚报"; near it: 石桥早报'),
        ({"articles": "龙井的茶园绿了"}, "near it: 龙井镇的茶园又绿了"),
        ({"articles": "../secret"}, 'no article "../secret"'),
        ({"articles": "\udcff"}, r'no article "\?"'),  # a byte of the command line, not UTF-8
        ({"sources": "报"}, '"报" fits several sources'),
        ({"articles": "见闻"}, '"见闻" fits several articles'),
        ({"since": "2025-13"}, "since must be a date such as 2025-11-28, 2025-11 or 2025, got"),
        ({"until": "2025-02-30"}, "until must be a date"),
        ({"since": 2025}, "since must be a date"),
        ({"since": "2025-11", "until": "2025-10"}, r"since \(2025-11-01\) is after until"),
        ({"author": "连书禾"}, "no field 'author'; those there are: authors, speakers"),
        ({"authors": 5}, "authors must be a list of names, got '5'"),
        ({"authors": [""]}, "names of 1 to 500 characters"),
        ({"authors": ["x"] * 101}, "at most 100 names"),
    ],
)
def test_a_filter_that_names_nothing_is_an_error_with_a_hint(
    bot: QABot, fields: dict[str, object], message: str
) -> None:
    with pytest.raises(ScopeError, match=message):
        bot.ask(QUESTION, scope=read_scope(fields))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-2-3", "2025-02-03", "2025-02-03"),
    ],
)
def test_a_year_or_month_means_all_of_it(text: str, first: str, last: str) -> None:
    scope = read_scope({"since": text, "until": text})
    assert (str(scope.since), str(scope.until)) == (first, last)
    assert read_scope(scope.to_dict()) == scope


def within(answer: Answer, scope: Scope) -> None:
    """Check that everything shown is in the scope, by what is said of the articles."""
    for article in (*(q.article for q in answer.quotes), *(p.article for p in answer.passages)):
        assert not scope.authors or {a.name for a in article.authors} & set(scope.authors)
        assert not scope.sources or article.source in scope.sources
        assert not scope.articles or article.id in scope.articles
        assert not scope.since or (article.date or "") >= str(scope.since)
        assert not scope.until or "" < (article.date or "") <= str(scope.until)
    for quote in answer.quotes:
        assert not scope.speakers or (quote.speaker and quote.speaker.name in scope.speakers)


some_names = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple)
days = st.none() | st.dates(dt.date(2023, 12, 1), dt.date(2026, 1, 1))
scopes = st.builds(
    Scope,
    authors=some_names,
    speakers=some_names.map(lambda names: tuple(n for n in names if n != NAMES[2])),
    sources=st.lists(st.sampled_from(SOURCES), max_size=2, unique=True).map(tuple),
    articles=st.lists(st.sampled_from(sorted(generated())), max_size=30, unique=True).map(tuple),
    since=days,
    until=days,
)
questions = st.sampled_from(
    [
        "柳树镇有茶园多少亩?",
        "司徒望认为茶厂有几座?",
        "端木晴和司徒望分别怎么看茶厂?",
        "《南浦晚报》2025年的文章里,石门镇有茶园多少亩?",
        "哪些镇有茶园?",
    ]
)


@settings(max_examples=80)
@given(questions, scopes)
def test_whatever_is_shown_is_in_the_scope(bot: QABot, question: str, scope: Scope) -> None:
    answer = bot.ask(question, scope=scope)
    within(answer, scope)
    if answer.scope:
        within(answer, answer.scope)


@given(scopes)
def test_a_filter_shows_something_exactly_if_it_leaves_an_article(bot: QABot, scope: Scope) -> None:
    """Both sides, words and vectors, look through all that is allowed, not through the best of all."""
    answer = bot.ask("有茶园多少亩?", scope=scope)
    left = [
        number
        for number in range(200)
        if (not scope.authors or NAMES[number % 3] in scope.authors)
        and (not scope.speakers or NAMES[number % 2] in scope.speakers)
        and (not scope.sources or SOURCES[number % 2] in scope.sources)
        and (not scope.articles or f"many/{number:03}.md" in scope.articles)
        and (scope.since or dt.date.min)
        <= dt.date(2024, 1, 2) + dt.timedelta(days=3 * number)
        <= (scope.until or dt.date.max)
    ]
    only_generated = scope.authors or scope.sources or scope.articles or scope.speakers
    if left or only_generated:
        assert bool(answer.passages) == bool(left)


@pytest.mark.parametrize("question", [QUESTION, "司徒望认为茶厂有几座?", "那茶厂呢?"])
def test_a_filter_that_leaves_everything_changes_nothing(
    tmp_path: Path, encoder: Encoder, question: str
) -> None:
    corpus = write_articles(tmp_path / "corpus", generated())
    build_index(corpus, tmp_path / "index", encoder)
    everything = Scope(authors=tuple(NAMES), sources=tuple(SOURCES), since=dt.date(2024, 1, 1))
    with QABot.open(tmp_path / "index", corpus=corpus) as bot:
        plain = bot.ask(question, history=["柳树镇有茶园多少亩?"])
        filtered = bot.ask(question, history=["柳树镇有茶园多少亩?"], scope=everything)
    assert (filtered.quotes, filtered.passages) == (plain.quotes, plain.passages)
    assert filtered.confidence == plain.confidence


def test_every_passage_says_why_it_was_found(bot: QABot) -> None:
    answer = bot.ask("石桥早报:龙井镇有茶园多少亩?")
    for passage in answer.passages:
        assert passage.why is not None
        parts = [part for _, part in passage.why.signals.values()]
        assert sum(parts) == pytest.approx(passage.score)
        shares = [share for _, share in passage.why.terms]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1
    best = answer.passages[0]
    assert best.why is not None
    assert best.article.id == "tea.md"
    assert all(term in TEA for term, _ in best.why.terms)
    named, part = best.why.signals["metadata"]
    assert named == 1
    assert part > 0


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (
            ZH,
            [
                "只在这些范围内查找：来源 青岚智库、2025-01-01 起",
                "为何找到",
                "命中的词",
                "段落用词",
            ],
        ),
        (EN, ["Only in: source 青岚智库, since 2025-01-01", "Why this was found", "Words found"]),
    ],
)
def test_the_web_chat_shows_both_in_both_languages(
    bot: QABot, texts: Texts, shown: list[str]
) -> None:
    answer = bot.ask(QUESTION, scope=read_scope({"sources": "青岚智库", "since": "2025"}))
    page = render_turn(answer, texts)
    assert all(words in page for words in shown)
    kept = json.loads(json.dumps(answer.to_dict()))
    assert read_answer(kept).to_dict() == kept


def test_the_command_line_filters_and_explains(folder: Path) -> None:
    done = call(folder, "ask", QUESTION, "--source", "青岚", "--since", "2025", "--explain")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("only in: sources 青岚智库; since 2025-01-01\n1. ")
    assert "龙井镇有茶园【4500亩】。" in done.stdout
    assert "\nPassages:\n- " in done.stdout
    assert "  terms: " in done.stdout
    assert "  score " in done.stdout
    two = call(folder, "ask", "--json", QUESTION, "--author", "闻人澈", "--author", "Ada Fenwick")
    answer = json.loads(two.stdout)
    assert answer["scope"] == {"authors": ["闻人澈", "Ada Fenwick"]}
    assert {p["article"]["id"] for p in answer["passages"]} == {"2025/survey.md", "english.md"}
    why = answer["passages"][0]["why"]
    total = sum(signal["part"] for signal in why["signals"].values())
    assert total == pytest.approx(answer["passages"][0]["score"], abs=1e-3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--author", "连书和"], 'the index has no author "连书和"; near it: 连书禾'),
        (["--until", "soon"], "until must be a date such as 2025-11-28, 2025-11 or 2025"),
        (["--article", "茶"], '"茶" fits several articles (undated.md'),
    ],
)
def test_a_wrong_filter_is_one_line(folder: Path, arguments: list[str], message: str) -> None:
    assert_one_line_error(call(folder, "ask", QUESTION, *arguments), message)


def test_a_line_of_questions_has_its_own_filter_and_its_answers_are_proven(folder: Path) -> None:
    lines = [
        {"id": 1, "question": QUESTION, "scope": {"articles": ["tea"]}},
        {"id": 2, "question": QUESTION},
        {"id": 3, "question": QUESTION, "scope": {"authors": ["谁也不是"]}},
        {"id": 4, "question": QUESTION, "scope": ["tea"]},
    ]
    (folder / "set.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = call(folder, "ask", "--jsonl", "set.jsonl", "--source", "青岚智库")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [answer["quotes"][0]["article"]["id"] for answer in answers[:2]] == [
        "tea.md",
        "2025/survey.md",
    ]
    assert 'no author "谁也不是"' in answers[2]["error"]
    assert answers[3]["error"].startswith("scope must be an object")
    proven = "\n".join(done.stdout.splitlines()[:2])
    (folder / "answers.jsonl").write_text(proven, encoding="utf-8")
    assert "quotes proven" in call(folder, "verify", "answers.jsonl").stdout
