"""Many people ask the web chat at once: how long they wait, and what a question costs.

Starts a server of its own on loopback, lets the people ask one question after another, over the
call that the page makes and then over `/api/ask`, and prints a table. Exit status 1 if a question
failed or 5 % of them waited too long.

    python scripts/load_chat.py                     # 50 people, 6 questions each
    python scripts/load_chat.py --people 10 --corpus corpus --index index
"""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qa_bot import QABot
from qa_bot.web.samples import sample_questions

PROJECT = Path(__file__).parents[1]
MOST_SECONDS = 2.0  # that 95 of 100 questions may take
_TIMEOUT = 60  # seconds for one answer
_MOST_PEOPLE, _MOST_QUESTIONS = 200, 50


@dataclass(frozen=True, slots=True)
class Load:
    """What a round of questions took.

    Attributes:
        way: Over which the questions were asked.
        seconds: That each question took, shortest first.
        errors: What went wrong.
        wall: Seconds of the whole round.
        cpu: Seconds of the server's processor; NaN where the system does not tell.
    """

    way: str
    seconds: tuple[float, ...]
    errors: tuple[str, ...]
    wall: float
    cpu: float

    def percentile(self, share: float) -> float:
        """Return the seconds that this share of the questions took at most."""
        return self.seconds[min(int(share * len(self.seconds)), len(self.seconds) - 1)]

    @property
    def is_good(self) -> bool:
        """Whether nothing failed and few waited long."""
        return not self.errors and self.percentile(0.95) <= MOST_SECONDS

    def __str__(self) -> str:
        ms = [f"{1000 * self.percentile(share):.0f}" for share in (0.5, 0.95, 0.99)]
        asked = len(self.seconds)
        return (
            f"{self.way:<16} {asked} questions, {len(self.errors)} errors, p50 {ms[0]} ms, "
            f"p95 {ms[1]} ms, p99 {ms[2]} ms, {asked / self.wall:.0f} a second, "
            f"{1000 * self.cpu / asked:.1f} CPU ms a question"
        )


@contextmanager
def serving(corpus: Path, index: Path) -> Iterator[tuple[str, int]]:
    """Serve the web chat in a process of its own; gives its address and process."""
    command = [sys.executable, "-m", "qa_bot", "chat", "--host=127.0.0.1", "--port=0"]
    process = subprocess.Popen(  # noqa: S603 # our own program
        [*command, f"--corpus={corpus}", f"--index={index}"], stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SystemExit(f"the server ended with status {process.wait()}")
        yield line.split(" at ")[1].split()[0], process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def page_body(url: str) -> Callable[[str], tuple[str, bytes]]:
    """Return what makes of a question the request that the page sends."""
    connection = _connection(url)
    connection.request("GET", "/config")
    components = json.load(connection.getresponse())["components"]
    number = next(c["id"] for c in components if c["props"].get("elem_id") == "qa-chat")

    def body(question: str) -> tuple[str, bytes]:
        call = {"data": {"question": question, "history": []}, "fn_name": "ask"}
        call |= {"component_id": number, "session_hash": "load"}
        return "/gradio_api/component_server/", json.dumps(call).encode()

    return body


def program_body(question: str) -> tuple[str, bytes]:
    """Return the request that a program sends."""
    return "/api/ask", json.dumps({"question": question}).encode()


def put_load(
    url: str,
    questions: Sequence[str],
    body: Callable[[str], tuple[str, bytes]],
    *,
    way: str,
    people: int,
    each: int,
    process: int,
) -> Load:
    """Let people ask at once, each one question after another.

    Args:
        url: Of the server, on loopback.
        questions: To choose from; each person begins with another one.
        body: Makes the path and the body of a request.
        way: What the requests are called.
        people: How many ask at once.
        each: Questions that each of them asks.
        process: Of the server.
    """
    seconds: list[float] = []
    errors: list[str] = []
    barrier = threading.Barrier(people + 1)

    def person(number: int) -> None:
        connection = _connection(url)
        barrier.wait()
        for turn in range(each):
            path, data = body(questions[(number + turn) % len(questions)])
            began = time.perf_counter()
            try:
                status, answer = _ask(connection, path, data)
                if status != 200 or "error" in answer:
                    errors.append(f"{status} {answer}")
            except (OSError, http.client.HTTPException, ValueError) as error:
                errors.append(repr(error))
                connection = _connection(url)
            seconds.append(time.perf_counter() - began)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    cpu = _cpu_seconds(process)
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    wall, cpu = time.perf_counter() - began, _cpu_seconds(process) - cpu
    return Load(way, tuple(sorted(seconds)), tuple(errors), wall, cpu)


def measure(corpus: Path, index: Path, *, people: int, each: int) -> list[Load]:
    """Put the load on a server over a corpus, by each way to ask.

    Args:
        corpus: Folder of the articles.
        index: Folder of the index; built if needed.
        people: How many ask at once.
        each: Questions that each of them asks.
    """
    with serving(corpus, index) as (url, process):
        with QABot.open(index, corpus=corpus) as bot:
            questions = _questions(bot)
        ways = {"the page": page_body(url), "/api/ask": program_body}
        for question in questions:  # as the page does with its samples, before anybody asks
            _ask(_connection(url), *program_body(question))
        return [
            put_load(url, questions, body, way=way, people=people, each=each, process=process)
            for way, body in ways.items()
        ]


def _questions(bot: QABot) -> list[str]:
    """Return different questions about the articles: on titles, and samples that are answered."""
    titles = [article.title for article in bot.snapshot.store.articles()]
    return [*sample_questions(bot), *(f"{title}讲了什么?" for title in titles[:40])]


def _ask(
    connection: http.client.HTTPConnection, path: str, data: bytes
) -> tuple[int, dict[str, Any]]:
    connection.request("POST", path, data, {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer: dict[str, Any] = json.loads(response.read())
    return response.status, answer


def _connection(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT)


def _cpu_seconds(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=50, help="at most 200 (default: 50)")
    parser.add_argument("--each", type=int, default=6, help="questions each asks (default: 6)")
    parser.add_argument("--corpus", type=Path, default=PROJECT / "corpus")
    parser.add_argument("--index", type=Path, help="by default one in a temporary folder")
    options = parser.parse_args()
    if not (1 <= options.people <= _MOST_PEOPLE and 1 <= options.each <= _MOST_QUESTIONS):
        parser.error(f"at most {_MOST_PEOPLE} people and {_MOST_QUESTIONS} questions each")
    with tempfile.TemporaryDirectory() as folder:
        loads = measure(
            options.corpus, options.index or Path(folder), people=options.people, each=options.each
        )
    for load in loads:
        print(load)
        for error in load.errors[:3]:
            print(f"  {error:.300}")
    return 0 if all(load.is_good for load in loads) else 1


if __name__ == "__main__":
    sys.exit(main())
