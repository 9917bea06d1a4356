"""The web chat in a real browser -> how soon it is ready, and how soon an answer stands there."""

import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
_READY = re.compile(r"qa-bot is ready at (\S+)")
# From the key to the frame after the one that the answer is first drawn in.
_TIMED = """(question) => new Promise((resolve) => {
  const box = document.querySelector(".qa-ask textarea");
  let began;
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  }).observe(document.querySelector(".qa-turns"), { childList: true });
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  began = performance.now();
  const enter = { key: "Enter", bubbles: true, cancelable: true };
  box.dispatchEvent(new KeyboardEvent("keydown", enter));
})"""


def chat_speed(corpus: Path, index: Path, questions: Sequence[str], *, repeat: int = 10) -> str:
    """Return a table: from start to ready, and from Enter to the first answer of a page.

    Args:
        corpus: The corpus folder.
        index: Its index, up to date.
        questions: Asked one after another, each in a page of its own.
        repeat: How often each is asked.
    """
    with served(corpus, index) as (url, seconds, cpu), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        times = [
            _first_answer(browser.new_page(locale="zh-CN"), url, question)
            for _ in range(repeat)
            for question in questions
        ]
        browser.close()
    return "\n".join(
        [
            "| from start to ready, s (CPU s) | first answer on the page, ms: 50 % within "
            "| 95 % within | questions |",
            "| --- | --- | --- | --- |",
            f"| {seconds:.1f} ({cpu:.1f}) | {statistics.median(times):.0f} "
            f"| {statistics.quantiles(times, n=20)[-1]:.0f} | {len(times)} |",
        ]
    )


@contextmanager
def served(corpus: Path, index: Path, *flags: str) -> Iterator[tuple[str, float, float]]:
    """Start `qa-bot chat` as a process of its own.

    Yields:
        The page's address, and the seconds and CPU seconds from the start until it could be opened.
    """
    folders = [f"--corpus={corpus}", f"--index={index}"]
    command = [sys.executable, "-m", "qa_bot", "chat", "--port=0", *folders, *flags]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 # our own program
        try:
            match = next(filter(None, map(_READY.match, process.stdout or ())), None)
            if match is None:
                raise SystemExit("qa-bot chat did not start")
            yield match[1], time.perf_counter() - began, _cpu_of(process.pid)
        finally:
            process.terminate()


def _first_answer(page: Page, url: str, question: str) -> float:
    """Return milliseconds from Enter to the answer, the first one of a newly opened page."""
    page.goto(url)
    page.wait_for_selector(".qa-sample")
    took: float = page.evaluate(_TIMED, question)
    page.close()
    return took


def _cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process has used (Linux; elsewhere nan)."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return float("nan")
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
