"""Question sets in every format: what is read, and what is said of a broken one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot import QABot
from qa_bot.errors import QuestionSetError
from qa_bot.evaluation.gold import Gold, GoldFinder
from qa_bot.evaluation.question_set import read_question_set
from qa_bot.evaluation.records import Question, QuestionSet
from qa_bot.evaluation.run import Evaluation, run_set
from qa_bot.evaluation.set_corpus import article_id, build_set_index
from qa_bot.index.encoder import Encoder
from qa_bot.settings import Settings

CONTEXT = "南屏市有“小巨人”企业12家。法院在南屏区。"
SQUAD = {
    "version": "2.0",
    "data": [
        {
            "title": "南屏",
            "paragraphs": [
                {
                    "id": "P1",
                    "context": CONTEXT,
                    "qas": [
                        {
                            "id": "Q1",
                            "question": "有多少家“小巨人”?",
                            "answers": [
                                {"text": "12家", "answer_start": 10},
                                {"text": "十二家", "answer_start": 10},
                            ],
                        },
                        {"id": "Q2", "question": "谁是市长?", "is_impossible": True, "answers": []},
                        {"id": "Q3", "question": " ", "answers": [{"text": "12家"}]},
                    ],
                }
            ],
        }
    ],
}
CMRC = [
    {
        "context_id": "DEV_0",
        "title": "南屏",
        "context_text": CONTEXT,
        "qas": [{"query_id": "DEV_0_Q_0", "query_text": "法院在哪里?", "answers": ["南屏区"]}],
    }
]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., QuestionSet]:
    """Read a set with this content from a file of this name."""

    def read(content: object, name: str = "set.jsonl", **options: Path) -> QuestionSet:
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_question_set(tmp_path / name, **options)

    return read


def beir(folder: Path, *, corpus: bool = True) -> Path:
    """Write a small BEIR folder."""
    (folder / "qrels").mkdir(parents=True)
    if corpus:
        documents = [
            {"_id": "d/1", "title": "南屏", "text": CONTEXT},
            {"_id": "2", "text": "减速器寿命8000小时。"},
        ]
        lines = "\n".join(json.dumps(document) for document in documents)
        (folder / "corpus.jsonl").write_text(lines)
    queries = [{"_id": "q1", "text": "“小巨人”有多少?"}, {"_id": "q2", "text": "没人问"}]
    (folder / "queries.jsonl").write_text("\n".join(json.dumps(query) for query in queries))
    (folder / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td/1\t2\nq1\t2\t0\n")
    return folder


def test_a_jsonl_question_keeps_all_fields_and_its_line(read: Callable[..., QuestionSet]) -> None:
    full = {
        "id": 7,
        "type": "view",
        "question": "谁?",
        "all_of": ["a"],
        "any_of": ["b", "c"],
        "article": "d",
        "speaker": "e",
        "answerable": True,
        "history": ["f"],
    }
    found = read(f'\n{json.dumps(full)}\n{{"question": "什么?"}}').questions
    assert found[0] == Question(
        "7", "谁?", "view", 2, ("a",), ("b", "c"), "d", "e", answerable=True, history=("f",)
    )
    assert found[1] == Question("3", "什么?", line=3)


def test_a_csv_question_has_its_strings_between_bars(read: Callable[..., QuestionSet]) -> None:
    text = (
        "\ufeffid,question,all_of,answerable,history\r\n"
        'a,"多少,\r\n家?",30%| 80万元,,甲?|乙?\r\n\r\nb,谁?,,no,\r\n'
    )
    found = read(text, "set.csv").questions
    assert found[0] == Question(
        "a", "多少,\r\n家?", line=2, all_of=("30%", "80万元"), history=("甲?", "乙?")
    )
    assert (found[1].line, found[1].answerable) == (5, False)


def test_fields_of_the_readers_own_are_passed_over(read: Callable[..., QuestionSet]) -> None:
    assert (
        read('{"question": "甲?", "note": "难", "source": "晚报"}').questions[0].question == "甲?"
    )
    assert read("question,note,,\n甲?,难,,\n", "set.csv").questions[0].question == "甲?"


def test_a_squad_file_brings_its_passages_and_answers(read: Callable[..., QuestionSet]) -> None:
    found = read(SQUAD, "dev.json")
    assert [document.id for document in found.documents] == ["P1"]
    answerable, unanswerable = found.questions
    # '十二家' does not stand in the passage: an annotator's slip beside an answer that does.
    assert (answerable.any_of, answerable.relevant) == (("12家",), {"P1": 1})
    assert (unanswerable.answerable, unanswerable.type) == (False, "unanswerable")
    assert found.problems[0].endswith("dev.json: question 'Q3' is empty; it was left out")


def test_the_original_form_of_cmrc_2018_is_read_too(read: Callable[..., QuestionSet]) -> None:
    found = read(CMRC, "trial.json")
    assert found.documents[0].text == CONTEXT
    assert found.questions[0].any_of == ("南屏区",)


def test_a_beir_folder_asks_what_is_judged(tmp_path: Path) -> None:
    found = read_question_set(beir(tmp_path / "beir"))
    assert [document.id for document in found.documents] == ["d/1", "2"]
    assert [(q.id, q.relevant, q.line) for q in found.questions] == [("q1", {"d/1": 2}, 1)]


def test_a_beir_folder_without_a_corpus_is_asked_of_the_users_index(tmp_path: Path) -> None:
    assert read_question_set(beir(tmp_path / "beir", corpus=False)).documents == ()


def test_trec_judgements_grade_articles_for_questions_of_a_file(
    read: Callable[..., QuestionSet], tmp_path: Path
) -> None:
    qrels = tmp_path / "set.qrels"
    qrels.write_text("a 0 news/gears.md 2\na 0 opinion.md 0\nz 0 opinion.md 1\n")
    found = read({"id": "a", "question": "减速器?"}, qrels=qrels)
    assert found.questions[0].relevant == {"news/gears.md": 2}
    assert found.problems == (f"{qrels}:3: there is no question 'z'",)
    plain = read({"id": "a", "question": "减速器?"})
    assert found.digest != plain.digest


def test_judgements_are_added_to_those_of_the_set(
    read: Callable[..., QuestionSet], tmp_path: Path
) -> None:
    qrels = tmp_path / "dev.qrels"
    qrels.write_text("DEV_0_Q_0 0 DEV_1 2\n")
    found = read(CMRC, "dev.json", qrels=qrels)
    assert found.questions[0].relevant == {"DEV_0": 1, "DEV_1": 2}


def test_a_judged_article_that_is_not_there_is_reported_where_it_is_judged(
    bot: QABot, tmp_path: Path
) -> None:
    folder = beir(tmp_path / "beir", corpus=False)
    (folder / "qrels/test.tsv").write_text("q2\topinion.md\t1\n\nq2\tnone.md\t1\n")
    found = Evaluation(read_question_set(folder), bot.snapshot.store)
    assert found.problems == (f"{folder}/qrels/test.tsv:3: there is no article 'none.md'",)


def test_a_byte_more_is_another_set(read: Callable[..., QuestionSet]) -> None:
    """Rows of an interrupted run are never mixed with those of a set that was mended."""
    assert read('{"question": "a"}').digest != read('{"question": "a"} ').digest


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("set.jsonl", '{"question": "a"}\n' * 16 + "{,}", "set.jsonl:17: is not valid JSON"),
        ("set.jsonl", '{"all_of": ["a"]}', "set.jsonl:1: question must be a question, got null"),
        ("set.jsonl", '{"question": "a", "any_of": [1]}', "1: any_of must be a list of texts"),
        ("set.jsonl", '{"question": "a", "answerable": "no"}', "answerable must be true or false"),
        ("set.jsonl", '{"question": "a", "id": [1]}', "id must be text or a whole number, got"),
        ("set.jsonl", '{"question": "a", "id": "2"}\n{"question": "b"}', "set.jsonl:2: id '2' is"),
        ("set.jsonl", '{"question": ' + "9" * 5000 + "}", "set.jsonl:1: is not valid JSON"),
        ("set.jsonl", "\n\n", "set.jsonl: holds no question; write one a line"),
        ("set.csv", "", "set.csv:1: has no column 'question'"),
        ("set.csv", "question\n", "set.csv: holds no question"),
        ("set.csv", "id,question\n1,a\n2,b,c\n", "set.csv:3: has 3 cells, the first line 2"),
        ("set.csv", 'question\n"a', "set.csv:2: is not valid CSV"),
        ("set.csv", "question,answerable\na,maybe\n", "set.csv:2: answerable must be true or fals"),
        ("set.json", '{"data": [{}]}', "set.json: is not like SQuAD or CMRC 2018 (no field 'para"),
        ("set.json", '{"data": []}', "set.json: holds no question"),
        ("set.json", "{\n", "set.json:1: is not valid JSON"),
        ("set.json", '{\n "data": [\n  {"title": }\n ]\n}\n', "set.json:3: is not valid JSON"),
        ("set.json", '{\n "data": []\n}\n}\n', "set.json:4: is not valid JSON"),
        ("set.json", '{"question": "甲?"}\n{"question": }\n', "set.json:2: is not valid JSON"),
        ("set.jsonl", '{"question": "甲?"}\n{"question":\n', "set.jsonl:2: is not valid JSON"),
        ("set.jsonl", json.dumps({"question": "问" * 2500}), "set.jsonl:1: the question has 2,500"),
        (
            "set.jsonl",
            '{"question": "甲?"}\n{"question": "\u200b"}',
            "set.jsonl:2: the question is",
        ),
        ("set.csv", "question\n\u200b\n", "set.csv:2: the question is empty"),
        (
            "set.json",
            json.dumps([{**CMRC[0], "qas": [{"query_id": "Q", "query_text": "问" * 2500}]}]),
            "set.json: question 'Q': the question has 2,500 characters",
        ),
        (
            "set.jsonl",
            '{"question": "降了多少?", "all_of": ["%"]}',
            'set.jsonl:1: all_of must be texts with a letter or digit each, got ["%"]',
        ),
        ("set.jsonl", '{"question": "甲?", "any_of": [""]}', "any_of must be texts with a letter"),
        ("set.csv", "question,any_of\n甲?,。\n", "set.csv:2: any_of must be texts with a letter"),
        ("set.jsonl", '{"question": "甲?", "article": "《》"}', "article must be part of a title"),
        (
            "set.jsonl",
            '{"question": "甲?"}\n{"question": "乙?", "allof": ["12家"]}',
            "set.jsonl:2: there is no field 'allof'; write 'all_of'",
        ),
        (
            "set.csv",
            "question,anwserable\n甲?,\n",
            "set.csv:1: there is no field 'anwserable'; write 'answerable'",
        ),
        ("set.csv", "question,id,question\n甲?,1,乙?\n", "set.csv:1: has two columns 'question'"),
        ("set.json", json.dumps(CMRC * 2), "id 'DEV_0_Q_0' is also at"),
    ],
)
def test_a_broken_set_is_said_to_be_so_with_its_line(
    read: Callable[..., QuestionSet], name: str, content: str, message: str
) -> None:
    with pytest.raises(QuestionSetError) as error:
        read(content, name)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("queries.jsonl", '{"_id": "q1"}', "queries.jsonl:1: text must be text, got None"),
        ("corpus.jsonl", '{"text": "a"}', "corpus.jsonl:1: _id must be text, got None"),
        ("qrels/test.tsv", "q1\td/1\tyes\n", "test.tsv:1: must be 'question 0 article grade'"),
        ("qrels/test.tsv", "q9\td/1\t1\n", "test.tsv: judges no query of"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n", "test.tsv: holds no judgement"),
        ("queries.jsonl", '\n{"_id": "q1", "text": "\\u200b"}', "queries.jsonl:2: the question is"),
    ],
)
def test_a_broken_beir_folder_is_said_to_be_so(
    tmp_path: Path, file: str, content: str, message: str
) -> None:
    folder = beir(tmp_path / "beir")
    (folder / file).write_text(content)
    with pytest.raises(QuestionSetError) as error:
        read_question_set(folder)
    assert message in str(error.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("question", "id", "all_of", "history", "answerable", "title", "data", "qas"),
                    *("paragraphs", "context", "answers", "text", "context_text", "query_text"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(["a.jsonl", "a.json", "a.csv"]), st.binary(max_size=60) | json_values)
def test_whatever_stands_in_a_file_nothing_but_a_question_set_error_is_raised(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: object
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    try:
        assert read_question_set(path).questions
    except QuestionSetError as error:
        assert str(error).startswith(str(path))  # noqa: PT017 # either way is right


@given(st.binary(max_size=80))
def test_whatever_stands_in_judgements_nothing_but_a_question_set_error_is_raised(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "set.jsonl").write_text('{"question": "a"}')
    (folder / "qrels").write_bytes(content)
    try:
        read_question_set(folder / "set.jsonl", qrels=folder / "qrels")
    except QuestionSetError as error:
        assert str(error).startswith(str(folder / "qrels"))  # noqa: PT017


def test_100_000_questions_are_read(read: Callable[..., QuestionSet]) -> None:
    lines = "\n".join(f'{{"question": "第{n}问?"}}' for n in range(100_000))
    assert len(read(lines).questions) == 100_000


def gold_of(bot: QABot, question: Question) -> Gold:
    return GoldFinder(bot.snapshot.store, [question], names={}).find(question)


def test_right_passages_hold_the_most_of_what_is_needed(bot: QABot) -> None:
    assert gold_of(bot, Question("1", "?", all_of=("一是", "二是"))).articles == {
        "interview.md": 1,
        "opinion.md": 1,
    }
    both = gold_of(bot, Question("1", "?", all_of=("公共交通", "风险补偿资金池")))
    assert len(both.passages) == 2  # half of the answer each
    one = gold_of(bot, Question("1", "?", any_of=("公共交通", "子女学校")))
    assert len(one.passages) == 1  # where both stand: any will do, once
    assert "english.md" not in gold_of(bot, Question("1", "?", all_of=("难",))).articles
    spoken = gold_of(bot, Question("2", "?", any_of=("小企业",), speaker="何晓岚"))
    assert (len(spoken.passages), list(spoken.articles)) == (1, ["interview.md"])


def test_what_is_needed_but_nowhere_is_reported_with_the_line(bot: QABot) -> None:
    questions = (
        Question("a", "?", line=1, all_of=("12家",), article="参天树"),
        Question("b", "?", line=2, all_of=("13家", "8000小时")),
        Question("c", "?", line=3, all_of=("12家",), article="没有这篇"),
        Question("d", "?", line=4, all_of=("8000小时",), article="参天树"),
        Question("e", "?", line=5, speaker="某某"),
        Question("f", "?", line=6, relevant={"none.md": 1, "opinion.md": 2}),
        Question("g", "?", line=7, all_of=("13家",), answerable=False),
    )
    evaluation = Evaluation(QuestionSet("set.jsonl", "", questions), bot.snapshot.store)
    assert evaluation.problems == (
        "set.jsonl:2: '13家' stands nowhere in the corpus",
        "set.jsonl:3: no article is called '没有这篇'",
        "set.jsonl:4: '8000小时' stands nowhere in the right article",
        "set.jsonl:5: nobody called '某某' speaks in the corpus",
        "set.jsonl:6: there is no article 'none.md'",
    )


@pytest.mark.parametrize(
    ("document", "article"),
    [
        ("dev-1.2_甲", "dev-1.2_甲.md"),
        ("a/../b c", "a%2F..%2Fb%20c.md"),
        (".hidden", "%2Ehidden.md"),
        ("README", "%README.md"),
    ],
)
def test_a_documents_id_becomes_a_safe_file_name(document: str, article: str) -> None:
    assert article_id(document) == article


def test_documents_of_a_set_are_indexed_apart_and_those_without_text_reported(
    tmp_path: Path, encoder: Encoder
) -> None:
    folder = beir(tmp_path / "beir")
    with (folder / "corpus.jsonl").open("a") as file:
        file.write('\n{"_id": "3", "title": "\\ud800: \\"x\\"", "text": " "}')
    question_set = read_question_set(folder)
    problems = build_set_index(question_set.documents, tmp_path / "own", encoder, passage_size=400)
    assert len(problems) == 1
    assert "3.md" in problems[0]
    with QABot.open(tmp_path / "own/index", corpus=tmp_path / "own/corpus", top_k=50) as bot:
        evaluation = Evaluation(question_set, bot.snapshot.store)
        (row,) = evaluation.rows(bot, threshold=0.0, top_k=5)
    assert evaluation.problems == ()
    # Ids are the set's own again: the run can be compared with its judgements.
    assert (row.right_articles, row.ranking[0], row.failure) == ({"d/1": 2}, "d/1", None)
    # The one relevant document is first: nDCG is 1 whatever its grade.
    assert row.values["ndcg@10"] == 1.0


def test_a_question_is_asked_within_its_scope(bot: QABot, tmp_path: Path) -> None:
    """Within another article the figure is not there: the same words are another question."""
    path = tmp_path / "set.jsonl"
    asked = {"question": "南屏市有多少家“小巨人”企业？", "all_of": ["12家"]}
    scopes = [None, {"articles": ["interview.md"]}, {"articles": ["opinion.md"]}]
    lines = [{**asked, "scope": scope} for scope in (*scopes, {"authors": ["没有此人"]})]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    settings = Settings(corpus=bot.corpus, index=str(bot.snapshot.folder.parent))
    outcome = run_set(read_question_set(path), settings)
    assert [row.values["right"] for row in outcome.rows] == [1.0, 1.0, 0.0, 0.0]
    assert outcome.rows[2].expected.scope == scopes[2]
    assert len(outcome.problems) == 1
    assert outcome.problems[0].startswith(f'{path}:4: the index has no author "没有此人"')


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        ('["opinion.md"]', "scope must be an object such as"),
        ('{"author": "x"}', "a scope has no field 'author'"),
        ('{"since": "soon"}', "since must be a date"),
    ],
)
def test_a_scope_that_is_none_is_refused_with_its_line(
    tmp_path: Path, scope: str, reason: str
) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(f'{{"question": "问？", "scope": {scope}}}\n', encoding="utf-8")
    with pytest.raises(QuestionSetError, match=f"set.jsonl:1: {reason}"):
        read_question_set(path)
