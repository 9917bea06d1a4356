"""Judgements of answers: each is a line that `qa-bot eval` runs, whatever was sent."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from qa_bot import QABot, Scope
from qa_bot.cli import main
from qa_bot.errors import QuestionSetError
from qa_bot.evaluation.question_set import read_question_set
from qa_bot.evaluation.records import Question, Row
from qa_bot.evaluation.run import run_set
from qa_bot.settings import Settings
from qa_bot.web.calls import NoticeError
from qa_bot.web.feedback import Feedback
from qa_bot.web.feedback_file import MAX_BYTES
from qa_bot.web.texts import EN, ZH
from tests.browser import opened, served, started
from tests.test_web import ANSWER, ATTACK, NO_ANSWER

FIRMS = "南屏市有多少家“小巨人”企业？"
ASKED = {"question": FIRMS, "history": [], "scope": {}}
LIKED = {"liked": True, "answer": ANSWER.to_dict(), "asked": ASKED}
DISLIKED = {**LIKED, "liked": False, "reason": "wrong", "words": "", "note": ""}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the judgements go; nothing is there yet."""
    return tmp_path / "questions" / "feedback.jsonl"


def judged(bot: QABot, path: Path, question: str, **said: Any) -> tuple[Question, Row]:
    """Ask, judge the answer, and run the file as a question set."""
    history, scope = said.pop("history", []), said.pop("scope", {})
    answer = bot.ask(question, history=history, scope=Scope(**scope))
    asked = {"question": question, "history": history, "scope": scope}
    Feedback(path).judge({**DISLIKED, **said, "answer": answer.to_dict(), "asked": asked}, ZH)
    questions = read_question_set(path)
    settings = Settings(corpus=bot.corpus, index=str(bot.snapshot.folder.parent))
    outcome = run_set(questions, settings)
    assert outcome.problems == ()
    return questions.questions[-1], outcome.rows[-1]


def test_an_answer_that_was_liked_is_a_test_that_it_passes(bot: QABot, path: Path) -> None:
    """And one that fails once the answer comes from elsewhere, or from somebody else."""
    question, row = judged(bot, path, "邵启明认为融资难的症结在哪里？", liked=True)
    assert question.type == "liked"
    assert question.all_of
    assert (question.article, question.speaker) == ("让小企业长成参天树", "邵启明")
    assert (row.values["right"], row.failure) == (1.0, None)


def test_an_abstention_that_was_liked_expects_an_abstention(bot: QABot, path: Path) -> None:
    question, row = judged(bot, path, "月球基地什么时候建成？", liked=True)
    assert not question.answerable
    assert row.failure is None


def test_a_complaint_is_a_test_that_the_answer_fails(bot: QABot, path: Path) -> None:
    """What the reader says would be right is not what was quoted; mended, the test passes."""
    _, row = judged(bot, path, FIRMS, reason="abstain", words="not wanted here")
    assert row.failure == "wrongly answered"
    question, row = judged(bot, path, FIRMS, reason="wrong", words="“8000小时”\n\n 低三成 ")
    assert question.all_of == ("“8000小时”", "低三成")
    assert row.failure in ("not retrieved", "not quoted")
    question, row = judged(bot, path, FIRMS, reason="incomplete", words="86家")
    assert len(question.all_of) == 2
    assert "12家" in question.all_of[0]
    line = json.loads(path.read_text("utf-8").splitlines()[-1])
    assert (line["reason"], line["type"]) == ("incomplete", "disliked")
    assert "12家" in line["shown"][0]


def test_a_complaint_without_the_right_words_is_asked_but_cannot_fail(
    bot: QABot, path: Path
) -> None:
    for reason in ("wrong", "speaker", "incomplete", "other"):
        question, row = judged(bot, path, FIRMS, reason=reason, note="这不对")
        assert question.answerable
        assert row.failure is None
        assert "right" not in row.values


def test_a_follow_up_within_a_scope_is_asked_again_as_it_was(bot: QABot, path: Path) -> None:
    """'And Zhuo Yu?' alone, or over all articles, would be another question."""
    history, scope = ["邵启明对人才有什么建议？"], {"articles": ["interview.md"]}
    question, row = judged(bot, path, "卓雨呢？", liked=True, history=history, scope=scope)
    assert (question.history, question.scope) == (tuple(history), scope)
    assert row.answer["understood_as"] != "卓雨呢?"
    assert row.failure is None


def test_judging_again_replaces_and_taking_back_removes(path: Path) -> None:
    """Only who has a line's id can do so; others' lines stay."""
    feedback = Feedback(path)
    others = feedback.judge(LIKED, ZH)["id"]
    first = feedback.judge(LIKED, ZH)["id"]
    second = feedback.judge({**DISLIKED, "reason": "abstain", "id": first}, ZH)["id"]
    lines = read_question_set(path).questions
    assert [line.id for line in lines] == [others, second]
    assert [line.answerable for line in lines] == [True, False]
    for stranger in (first, "0" * 32, "", None, 7, '"', ".*"):
        feedback.withdraw({"id": stranger}, ZH)
    assert len(read_question_set(path).questions) == 2
    feedback.withdraw({"id": second}, ZH)
    feedback.withdraw({"id": others}, ZH)
    with pytest.raises(QuestionSetError, match="holds no question"):
        read_question_set(path)


def test_lines_of_many_readers_stay_whole(path: Path) -> None:
    """Also after a line that somebody wrote by hand and did not end."""
    path.parent.mkdir()
    path.write_text('{"id": "mine", "question": "问？"}', encoding="utf-8")
    feedback = Feedback(path)
    kept = []

    def judge() -> None:
        id_ = None
        for _ in range(20):
            id_ = feedback.judge({**LIKED, "id": id_}, ZH)["id"]
        kept.append(id_)

    threads = [threading.Thread(target=judge) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {line.id for line in read_question_set(path).questions} == {"mine", *kept}


def test_what_hides_or_breaks_text_is_made_visible(path: Path) -> None:
    """The file is read in terminals and editors, by people who did not write it."""
    nasty = f"问{ATTACK}\ud800\x00\x1b[2J\u202e\r问？"
    asked = {"question": nasty, "history": [nasty], "scope": {"authors": [nasty]}}
    Feedback(path).judge({**DISLIKED, "asked": asked, "words": nasty, "note": nasty}, ZH)
    text = path.read_bytes().decode("utf-8")
    assert not set(text) & set("\x00\x1b\u202e\r\ud800")
    assert text.count("\n") == 1
    assert "<script>" in read_question_set(path).questions[0].question


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"reason": None}, "请先选择"),
        ({"reason": ["wrong"]}, "请先选择"),
        ({"words": "长" * 501}, "“文章里正确的原话”最多 500 个字"),
        ({"note": "长" * 1001}, "“补充说明”最多 1,000 个字"),
        ({"words": "8000小时\n。。。"}, "每一行都要有文字或数字"),
        ({"asked": {**ASKED, "question": "？！"}}, "没能记录"),
        ({"asked": {**ASKED, "question": "长" * 2001}}, "没能记录"),
        ({"asked": {**ASKED, "scope": {"since": "soon"}}}, "没能记录"),
        ({"answer": {}}, "没能记录"),
        ({"answer": None}, "没能记录"),
    ],
)
def test_what_cannot_be_a_test_is_refused_in_words(
    path: Path, changed: dict[str, Any], reason: str
) -> None:
    with pytest.raises(NoticeError, match=reason):
        Feedback(path).judge({**DISLIKED, **changed}, ZH)
    assert not path.exists()


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


@given(data=st.data())
def test_whatever_is_sent_the_file_stays_a_question_set(data: st.DataObject) -> None:
    """Anybody can call the function with anything; one bad line would stop every run."""
    sent = json.loads(json.dumps(data.draw(st.sampled_from([LIKED, DISLIKED]))))
    where: Any = sent
    while True:
        key = data.draw(st.sampled_from(sorted(where) if isinstance(where, dict) else [0]))
        inside = where[key]
        if not isinstance(inside, dict | list) or not inside or data.draw(st.booleans()):
            break
        where = inside
    where[key] = data.draw(PLAIN)
    with TemporaryDirectory() as folder:
        path = Path(folder, "feedback.jsonl")
        try:
            Feedback(path).judge(sent, EN)
        except NoticeError:
            assert not path.exists()
        else:
            assert len(read_question_set(path).questions) == 1


def test_a_full_file_and_one_that_cannot_be_written_are_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\n" * MAX_BYTES)
    with pytest.raises(NoticeError, match="已满"):
        Feedback(path).judge(LIKED, ZH)
    assert path.stat().st_size == MAX_BYTES
    with pytest.raises(NoticeError, match="cannot be written"):
        Feedback(path / "under-a-file.jsonl").judge(LIKED, EN)


def test_nothing_is_kept_if_the_operator_wants_none(path: Path) -> None:
    feedback = Feedback(path, is_kept=False)
    for call in feedback.calls:
        with pytest.raises(NoticeError, match="不记录"):
            call(LIKED, ZH)
    assert not path.exists()


def test_an_answer_that_was_wanted_is_asked_for(path: Path) -> None:
    missed = {**DISLIKED, "answer": NO_ANSWER.to_dict(), "reason": "missed", "words": "甲乙"}
    Feedback(path).judge(missed, ZH)
    (question,) = read_question_set(path).questions
    assert (question.answerable, question.all_of) == (True, ("甲乙",))


@pytest.fixture
def page(bot: QABot, path: Path) -> Iterator[Page]:
    """A Chinese reader's phone, with the web chat open."""
    settings = Settings(port=0, feedback=str(path), question_sets=str(path.parent))
    with served(bot, settings) as address, started() as browser, opened(browser) as page:
        page.goto(address)
        expect(page.locator(".qa-sample").first).to_be_visible()
        yield page


def test_a_reader_s_complaint_becomes_a_test(
    page: Page, path: Path, bot: QABot, capsys: pytest.CaptureFixture[str]
) -> None:
    """Liked, then not, with the right words, by keyboard; then run by the command and offered."""
    box = page.get_by_label("您的问题")
    box.fill(FIRMS)
    box.press("Enter")
    turn = page.locator(".qa-turn")
    helpful = turn.get_by_role("button", name="有用")
    not_helpful = turn.get_by_role("button", name="没用")
    said = turn.get_by_role("status")
    expect(helpful).to_have_attribute("aria-pressed", "false")
    helpful.press("Enter")
    expect(said).to_have_text("已记录，可用于评测。")
    expect(helpful).to_have_attribute("aria-pressed", "true")
    assert read_question_set(path).questions[0].article == "让小企业长成参天树"

    form = turn.get_by_role("form", name="哪里不对")
    not_helpful.press("Enter")
    expect(form).to_be_visible()
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    expect(not_helpful).to_be_focused()
    page.keyboard.press("Enter")
    form.get_by_role("button", name="提交").press("Enter")
    expect(form.get_by_role("alert")).to_have_text("请先选择哪里不对。")
    page.keyboard.press("Space")  # the first reason has the focus
    expect(form.get_by_role("radio", name="答得不对")).to_be_checked()
    form.get_by_label("文章里正确的原话").fill("86家")
    form.get_by_label("补充说明").fill(ATTACK)
    form.get_by_role("button", name="提交").press("Enter")
    expect(form).to_be_hidden()
    expect(not_helpful).to_be_focused()
    expect(not_helpful).to_have_attribute("aria-pressed", "true")
    expect(helpful).to_have_attribute("aria-pressed", "false")

    index = str(bot.snapshot.folder.parent)
    assert main(["eval", str(path), "--json", "--corpus", bot.corpus, "--index", index]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["questions"] == 1
    assert summary["measures"]["quote_hit"]["count"] == 1

    page.evaluate("location.hash = '#evaluation'")
    expect(page.get_by_role("radio", name="feedback.jsonl")).to_be_visible()
    page.evaluate("location.hash = '#chat'")
    not_helpful.click()
    expect(said).to_have_text("已撤回。")
    expect(not_helpful).to_have_attribute("aria-pressed", "false")
    with pytest.raises(QuestionSetError, match="holds no question"):
        read_question_set(path)
