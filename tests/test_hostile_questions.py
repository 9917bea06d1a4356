"""Questions of any Unicode: an answer, or an error in words, wherever they are asked."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from qa_bot import QABot
from qa_bot.errors import QuestionError
from qa_bot.settings import Settings
from qa_bot.verify import is_verbatim
from tests.browser import served
from tests.conftest import ARTICLES, write_articles

WORDS = "南屏市有多少家“小巨人”企业?"
QUESTIONS = {
    "lone surrogates": f"\ud800{WORDS}\udfff",
    "bidi controls": f"\u202e{WORDS}\u2066\u2069\u200f",
    "NUL": f"\0{WORDS}\0",
    "combining flood": WORDS[:6] + "\u0301\u0489" * 900,
    "hidden characters": "\u200b\u2060\ufeff\U000e0041".join(WORDS),
    "no characters": "\ufffe\uffff\U0010ffff",
    "joined emoji": "👨\u200d👩\u200d👧" * 100,
    "a megabyte": "企" * 350_000,
    "a megabyte of marks": "？" * 350_000,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions")
    write_articles(folder / "corpus", ARTICLES)
    _run(folder, "index")
    return folder


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[QABot]:
    with QABot.open(folder / "index", corpus=folder / "corpus") as bot:
        yield bot


@pytest.fixture(scope="module")
def address(opened: QABot) -> Iterator[str]:
    with served(opened, Settings(port=0, rate=0)) as url:
        yield url


def _run(folder: Path, *arguments: str | bytes) -> subprocess.CompletedProcess[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QA_BOT_")}
    command = [sys.executable, "-m", "qa_bot", *arguments]
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, check=False)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_program_gets_proven_quotes_or_an_error(opened: QABot, name: str) -> None:
    try:
        answer = opened.ask(QUESTIONS[name], history=[QUESTIONS[name], WORDS]).to_dict()
    except QuestionError:
        return
    shown = {**answer, "question": ""}  # the question itself comes back as it was asked
    json.dumps(shown, ensure_ascii=False).encode()
    for quote in answer["quotes"]:
        text = Path(quote["path"]).read_bytes().decode()
        assert is_verbatim(text, quote["start"], quote["end"], quote["text"])


def test_a_file_of_questions_is_answered_line_by_line(folder: Path) -> None:
    lines = [json.dumps({"question": text}) for text in QUESTIONS.values()]
    (folder / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = _run(folder, "ask", "--jsonl", "q.jsonl")
    assert b"Traceback" not in done.stderr
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    refused = done.stderr.decode().splitlines()
    assert answers
    assert len(answers) + sum("q.jsonl" in line for line in refused) >= len(QUESTIONS)


@pytest.mark.skipif(os.name != "posix", reason="arguments are text elsewhere")
@pytest.mark.parametrize(
    "typed", [b"\xff\xfe\x80", "南屏\u202e有\u0301?".encode(), b"\xed\xa0\x80"]
)
def test_an_argument_of_any_bytes_is_answered_or_refused_in_words(
    folder: Path, typed: bytes
) -> None:
    done = _run(folder, "ask", "--json", typed)
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr
    assert done.stderr.decode().count("\n") == (done.returncode == 2)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_web_chat_s_address_answers_or_refuses_in_words(address: str, name: str) -> None:
    body = json.dumps({"question": QUESTIONS[name]})
    reply = httpx.post(
        f"{address}api/ask", content=body, headers={"content-type": "application/json"}
    )
    assert reply.status_code in (200, 400, 413, 422)
    assert reply.json()
