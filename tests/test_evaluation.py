"""Judging, statistics, comparison, storage and calibration, against arithmetic written out here."""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot import QABot
from qa_bot.errors import EvaluationError
from qa_bot.evaluation.calibration import calibrate
from qa_bot.evaluation.comparable import comparable
from qa_bot.evaluation.comparison import compare
from qa_bot.evaluation.export import write_report
from qa_bot.evaluation.gate import read_limits, shortfalls
from qa_bot.evaluation.gold import Gold
from qa_bot.evaluation.judge import judge
from qa_bot.evaluation.measures import DEFINITIONS, measure
from qa_bot.evaluation.records import Measure, Question, Row, Run
from qa_bot.evaluation.report import format_failures, format_summary
from qa_bot.evaluation.spans import exact_match, f1
from qa_bot.evaluation.statistics import (
    auroc,
    bootstrap,
    calibration_error,
    coverage_at,
    mean,
    paired_bootstrap,
    paired_test,
)
from qa_bot.evaluation.storage import RowWriter, read_rows, read_summary
from qa_bot.evaluation.summary import summarize
from qa_bot.records import Span
from qa_bot.settings import read_settings, write_settings
from tests.conftest import PROJECT

ASKED = Question(
    id="1", question="南屏市有多少家“小巨人”企业?", all_of=("12 家",), article="参天树"
)
RUN = Run("set.jsonl", "digest", "1+a", "index", "static-zh", 0.2, 5, 1.0, 0.0, began="now")


def row(id_: str, *, failure: str | None = None, type_: str = "fact", **values: float) -> Row:
    """Return a row that holds nothing but values."""
    answer: dict[str, Any] = {"answered": True, "confidence": 0.5, "quotes": [], "passages": []}
    expected = Question(id_, f"{id_}?", type_)
    return Row(id_, type_, expected, answer, [], {}, [], None, None, values, failure)


def judged(bot: QABot, question: Question, threshold: float = 0.2) -> Row:
    answer = bot.ask(question.question)
    gold = Gold({"interview.md": 1}) if question.answerable else Gold()
    return judge(question, answer, gold, threshold=threshold, top_k=5, names={})


def test_texts_are_compared_without_width_case_space_and_punctuation() -> None:
    assert comparable("ＡＩ + 产业，“小巨人” 12 家。") == "ai产业小巨人12家"


def test_needed_strings_article_and_speaker_are_judged(bot: QABot) -> None:
    values = judged(bot, ASKED).values
    assert (values["quote_hit"], values["article"]) == (1.0, 1.0)
    assert "speaker" not in values
    assert judged(bot, replace(ASKED, all_of=("13家",))).values["quote_hit"] == 0.0
    assert judged(bot, replace(ASKED, any_of=("13家", "12家"))).values["quote_hit"] == 1.0
    assert judged(bot, replace(ASKED, any_of=("13家",))).values["quote_hit"] == 0.0
    assert judged(bot, replace(ASKED, speaker="卓雨")).failure == "wrong speaker"


def test_the_threshold_withholds_a_right_answer(bot: QABot) -> None:
    refused = judged(bot, ASKED, threshold=0.999)
    assert refused.failure == "wrongly abstained"
    assert (refused.values["right"], refused.values["quote_hit"]) == (1.0, 0.0)
    assert "precision" not in refused.values


def test_a_forged_quote_is_caught(bot: QABot) -> None:
    """The quote guarantee is measured on the files, not taken from the answer."""
    answer = bot.ask(ASKED.question)
    forgeries: list[tuple[dict[str, Any], str]] = [
        ({"text": f"{answer.quotes[0].text[:-1]}!"}, "quote_guarantee"),
        ({"line_start": 1}, "lines"),
    ]
    for forged, value in forgeries:
        quote = replace(answer.quotes[0], **forged)
        row = judge(
            ASKED,
            replace(answer, quotes=(quote,)),
            Gold(),
            threshold=0.0,
            top_k=5,
            names={},
        )
        assert row.values[value] == 0.0
    missed = shortfalls({"quote_guarantee": Measure(0.99, 100, 0.97, 1.0)}, {})
    assert missed == ["quote_guarantee is 0.9900, under 1"]


def test_a_string_across_two_sentences_is_carried_by_both(bot: QABot) -> None:
    answer = bot.ask(ASKED.question)
    text = (Path(answer.quotes[0].article.path)).read_text("utf-8")
    start = text.index("二是发放人才安居补贴")
    end = text.index("三是打通职称评审通道。") + len("三是打通职称评审通道。")
    quote = replace(
        answer.quotes[0],
        text=text[start:end],
        span=Span(start, end),
        highlights=(Span(start, end),),
    )
    question = replace(ASKED, all_of=("每月800元。三是打通",))
    row = judge(
        question, replace(answer, quotes=(quote,)), Gold(), threshold=0.0, top_k=5, names={}
    )
    assert row.values["quote_precision"] == 1.0


@pytest.mark.parametrize(
    ("span", "references", "em", "f"),
    [
        ("《战国无双3》", ["战国无双3"], 1, 1),  # punctuation is set aside
        ("光荣和ω-force", ["光荣和ω-Force"], 1, 1),  # and case
        # Segments 1963 + 年; common run 1963 + 年 among 3 and 2: 2 * 2 / 5.
        ("于1963年", ["1963年"], 0, 0.8),
        # The longest common run is counted, not the common characters: 上海 of 4 and 4.
        ("上海北京", ["北上海京"], 0, 0.5),
        ("the Hong Kong", ["Hong Kong", "香港"], 0, 0.8),  # words; the best reference counts
        ("", ["甲"], 0, 0),
    ],
)
def test_spans_are_scored_as_cmrc_2018_does(
    span: str, references: list[str], em: float, f: float
) -> None:
    assert exact_match(span, references) == em
    assert f1(span, references) == pytest.approx(f)


@given(st.text(max_size=20), st.text(max_size=20))
def test_f1_is_symmetric_and_1_where_the_match_is_exact(one: str, other: str) -> None:
    assert f1(one, [other]) == pytest.approx(f1(other, [one]))
    assert 0 <= f1(one, [other]) <= 1


def test_the_interval_is_that_of_the_normal_approximation_and_narrow_where_all_agree() -> None:
    found = bootstrap(mean, [np.array([1.0] * 30 + [0.0] * 10)])
    # 0.75 +- 1.96 * sqrt(0.75 * 0.25 / 40)
    assert found == pytest.approx((0.616, 0.884), abs=0.04)
    assert bootstrap(mean, [np.ones(5)]) == (1.0, 1.0)


def test_the_randomisation_test_equals_all_swaps_of_a_small_run() -> None:
    new, old = np.array([1.0, 1, 1, 1, 1, 0, 1, 1]), np.array([0.0, 0, 1, 0, 0, 1, 0, 1])
    differences = new - old  # five won, one lost
    every = [abs(np.dot(signs, differences)) for signs in product((1, -1), repeat=8)]
    exact = np.mean([value >= abs(differences.sum()) for value in every])  # 7 / 32 * ...
    assert paired_test(mean, [new], [old]) == pytest.approx(exact, abs=0.04)
    assert paired_test(mean, [new], [new]) == 1.0
    low, high = paired_bootstrap(mean, [new], [old])
    assert low < 0.5 < high


def test_a_difference_in_auroc_is_tested_too() -> None:
    label = np.array([1.0] * 30 + [0.0] * 30)
    good = np.linspace(1, 0, 60)
    chance = np.random.default_rng(0).random(60)
    assert paired_test(auroc, [good, label], [chance, label]) < 0.01
    assert paired_test(auroc, [chance, label], [chance, label]) == 1.0


def test_curves_hold_for_ties_and_for_one_class_only() -> None:
    level = np.array([0.5, 0.5, 0.5, 0.5])
    right = np.array([1.0, 1.0, 0.0, 1.0])
    assert auroc(level, right) == 0.5
    # All of one confidence are answered together: 3 of 4 right, or nothing.
    assert coverage_at(0.75)(level, right) == 1.0
    assert coverage_at(0.9)(level, right) == 0.0
    assert calibration_error(level, right) == pytest.approx(0.25)
    assert np.isnan(auroc(level, np.ones(4)))
    assert "auroc_right" not in measure([{"confidence": 0.5, "right": 1.0}] * 4)


def test_100_000_questions_are_summed_up() -> None:
    values = [{"quote_hit": float(n % 2), "confidence": n / 100_000} for n in range(100_000)]
    found = measure(values)["quote_hit"]
    assert (found.value, found.count) == (0.5, 100_000)
    assert 0.49 < found.low < 0.5 < found.high < 0.51


def test_a_comparison_names_what_was_won_and_lost() -> None:
    older = {
        "a": row("a", failure="not quoted", quote_hit=0.0),
        "b": row("b", quote_hit=1.0),
        "c": row("c", quote_hit=1.0),
        "gone": row("gone", quote_hit=1.0),
    }
    rows = [
        row("a", quote_hit=1.0),
        row("b", failure="not retrieved", quote_hit=0.0),
        row("c", quote_hit=1.0, highlight_f1=1.0),
        row("new", quote_hit=0.0),
    ]
    found = compare(rows, older, folder="old")
    assert (found.questions, found.won, found.lost) == (3, ("a",), ("b",))
    assert set(found.differences) == {"quote_hit"}  # highlight_f1: only one run has it
    difference = found.differences["quote_hit"]
    assert (difference.new, difference.old) == pytest.approx((2 / 3, 2 / 3))
    assert (difference.count, difference.p_value) == (3, 1.0)
    text = format_summary(summarize(rows, RUN, comparison=found))
    assert "won 1: a\nlost 1: b" in text


@pytest.mark.parametrize(
    "change",
    [
        {"question": "另一问?"},
        {"any_of": ("12家",)},
        {"article": "参天树"},
        {"speaker": "卓雨"},
        {"relevant": {"opinion.md": 1}},
    ],
)
def test_a_question_that_changed_is_counted_but_not_compared(change: dict[str, Any]) -> None:
    """A difference must come from the program, not from what is asked of it."""
    changed = replace(row("a"), expected=replace(row("a").expected, **change))
    with pytest.raises(EvaluationError, match="old: has no question in common with this set"):
        compare([row("a")], {"a": changed}, folder="old")
    rows = [row("a", quote_hit=1.0), row("b", quote_hit=1.0)]
    moved = replace(rows[1], expected=replace(rows[1].expected, line=9, type="view"))
    found = compare(rows, {"a": changed, "b": moved}, folder="old")
    assert (found.questions, found.changed) == (1, 1)
    text = format_summary(summarize(rows, RUN, comparison=found))
    assert "against old, 1 questions of both; 1 that changed are left out:" in text


def test_an_interrupted_run_goes_on_after_its_last_whole_row(tmp_path: Path) -> None:
    with RowWriter(tmp_path, RUN) as writer:
        writer.write(row("a", quote_hit=1.0))
        writer.write(row("b", quote_hit=0.0))
    with (tmp_path / "rows.jsonl").open("a") as file:
        file.write('{"id": "c", "ty')  # killed while writing
    with RowWriter(tmp_path, replace(RUN, began="later")) as writer:
        assert [row.id for row in writer.done] == ["a", "b"]
        writer.write(row("c", quote_hit=1.0))
    assert [row.id for row in read_rows(tmp_path)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "change", [{"set_digest": "other"}, {"program": "1+b"}, {"index": "other"}, {"threshold": 0.3}]
)
def test_rows_of_another_run_are_not_gone_on_with(tmp_path: Path, change: dict[str, Any]) -> None:
    with RowWriter(tmp_path, RUN) as writer:
        writer.write(row("a"))
    with RowWriter(tmp_path, replace(RUN, **change)) as writer:
        assert writer.done == []
    assert list(read_rows(tmp_path)) == []


def test_a_complete_run_is_run_anew(tmp_path: Path) -> None:
    """The program may have changed in a way that no digest shows, such as a library."""
    with RowWriter(tmp_path, RUN) as writer:
        writer.write(row("a", confidence=0.5, latency_ms=1.0))
    rows = list(read_rows(tmp_path))
    write_report(tmp_path, summarize(rows, RUN), rows)
    with RowWriter(tmp_path, RUN) as writer:
        assert writer.done == []
    with pytest.raises(EvaluationError, match="name a folder of a run that came to its end"):
        read_summary(tmp_path)


def test_a_folder_that_holds_no_run_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="name a folder that qa-bot eval --out wrote"):
        list(read_rows(tmp_path))
    (tmp_path / "rows.jsonl").write_text('{"id": "a"}\n')
    with pytest.raises(EvaluationError, match=r"rows.jsonl:1: is not a row of this version"):
        list(read_rows(tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(EvaluationError, match="file: cannot be written"):
        RowWriter(tmp_path / "file", RUN)


def test_a_cell_is_no_formula_and_a_control_character_does_nothing(tmp_path: Path) -> None:
    rows = [
        replace(
            row("=1+1", confidence=0.5),
            expected=Question("=1+1", "\x1b[31m=cmd?"),
            failure="not quoted",
        )
    ]
    write_report(tmp_path, summarize(rows, RUN), rows)
    assert "\n'=1+1,fact," in (tmp_path / "rows.csv").read_text("utf-8-sig")
    assert "\x1b" not in format_failures(rows)


def test_failures_beyond_the_most_are_counted() -> None:
    rows = [row(str(n), failure="not quoted") for n in range(5)]
    assert format_failures(rows, most=2).endswith("and 3 more; --out FOLDER writes them all")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("quotehit=1", "there is no measure 'quotehit'; known: recall@1"),
        ("quote_hit", "must be MEASURE=NUMBER, such as quote_hit=0.8, got 'quote_hit'"),
        ("quote_hit=nan", "must be MEASURE=NUMBER"),
        ("false_answers=0.1", "false_answers is better when lower"),
    ],
)
def test_a_limit_that_means_nothing_is_refused(given: str, message: str) -> None:
    with pytest.raises(EvaluationError) as error:
        read_limits([given])
    assert message in str(error.value)


def test_limits_are_kept_to() -> None:
    measures = {"quote_hit": Measure(0.79, 10, 0.5, 1.0)}
    limits = read_limits(["quote_hit=0.8", "speaker=0.5"])
    assert shortfalls(measures, limits) == [
        "quote_hit is 0.7900, under 0.8",
        "speaker cannot be measured: no question of the set has it",
    ]
    assert shortfalls(measures, {"quote_hit": 0.79}) == []


def sure_rows(count: int, right_share: float, seed: int) -> list[Row]:
    """Return rows whose confidence overstates: the odds of being right are the square root."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        odds = np.exp(chance.normal(right_share, 2))
        right = chance.random() < odds / (1 + odds)
        confidence = odds**2 / (1 + odds**2)
        rows.append(row(str(number), confidence=float(confidence), right=float(right)))
    return rows


def test_calibration_finds_the_odds_and_keeps_the_precision() -> None:
    found = calibrate(
        sure_rows(2000, 0.5, 1), sure_rows(2000, 0.5, 2), precision=0.9, names=("fit", "test")
    )
    assert found.confidence_slope == pytest.approx(0.5, abs=0.05)
    assert found.confidence_offset == pytest.approx(0, abs=0.15)
    for trial in (found.fitted, found.tested):
        assert trial.calibration_error < 0.03 < trial.calibration_error_before
    assert found.fitted.precision is not None
    assert found.fitted.precision.value >= 0.9
    assert found.tested.precision is not None
    assert found.tested.precision.value == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row("a", confidence=0.5, right=1.0)] * 30, "fit: 30 questions with 30 right answers"),
        ([row("a", confidence=0.5, right=float(n % 2)) for n in range(9)], "fit: 9 questions"),
        (
            [row("a", confidence=0.9 - 0.8 * (n % 2), right=float(n % 2)) for n in range(30)],
            "fit: right answers have no more confidence than wrong ones",
        ),
        (
            [row("a", confidence=0.5 + 0.1 * (n % 3), right=float(n % 2)) for n in range(30)]
            + [row("a", confidence=0.9, right=float(n > 1)) for n in range(9)],
            "fit: no threshold keeps a precision of 0.9, the best is 0.778",
        ),
    ],
)
def test_what_cannot_be_calibrated_is_said_to_be_so(rows: list[Row], message: str) -> None:
    with pytest.raises(EvaluationError) as error:
        calibrate(rows, rows, precision=0.9, names=("fit", "test"))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("files", "written", "text"),
    [
        ({}, "qa-bot.toml", "threshold = 0.5\n"),
        (
            {"pyproject.toml": "[tool.qa-bot]\ntop_k = 3 # few\n\n[tool.other]\na = 1\n"},
            "pyproject.toml",
            "[tool.qa-bot]\ntop_k = 3 # few\nthreshold = 0.5\n\n[tool.other]\na = 1\n",
        ),
        ({"pyproject.toml": "[project]\n"}, "qa-bot.toml", "threshold = 0.5\n"),
        ({"qa-bot.toml": "# mine\nthreshold=0.1#x\n"}, "qa-bot.toml", "# mine\nthreshold=0.5#x\n"),
    ],
)
def test_settings_are_written_where_they_are_read_and_nothing_else_changes(
    tmp_path: Path, files: dict[str, str], written: str, text: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content.encode())
    assert write_settings({"threshold": 0.5}, folder=tmp_path) == tmp_path / written
    assert (tmp_path / written).read_bytes().decode() == text
    assert read_settings({}, environment={}, folder=tmp_path).threshold == 0.5


def test_every_measure_is_defined_in_the_documents() -> None:
    page = (PROJECT / "docs/evaluation.md").read_text(encoding="utf-8")
    for name in DEFINITIONS:
        assert f"`{name}`" in page, name


def test_the_rows_of_a_run_are_plain_json(tmp_path: Path, bot: QABot) -> None:
    with RowWriter(tmp_path, RUN) as writer:
        writer.write(judged(bot, ASKED))
    entry = json.loads((tmp_path / "rows.jsonl").read_text())
    assert entry["answer"]["quotes"][0]["article"]["id"] == "interview.md"
    assert entry["expected"]["all_of"] == ["12 家"]
    assert next(read_rows(tmp_path)).expected == ASKED
