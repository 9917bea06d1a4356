"""The web chat served on loopback, and a real browser that notes what goes wrong."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from qa_bot import QABot
from qa_bot.settings import Settings

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def served(bot: QABot, settings: Settings) -> Iterator[str]:
    """Serve the web chat over the bot's index; gives its address."""
    from qa_bot.web.server import web_chat

    index = bot.snapshot.folder.parent
    settings = replace(settings, corpus=bot.corpus, index=str(index))
    urls: list[str] = []
    is_ready = threading.Event()

    def ready(url: str) -> None:
        urls.append(url)
        is_ready.set()

    with web_chat(lambda: QABot.open(index, corpus=bot.corpus), settings, ready=ready) as server:
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            assert is_ready.wait(30)
            yield urls[0]
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


@contextmanager
def started() -> Iterator[Browser]:
    """Start the browser."""
    if not Path(CHROMIUM).exists():
        reason = f"{CHROMIUM} is not there; install it with: apt-get install chromium"
        (pytest.fail if os.environ.get("QA_BOT_REQUIRE_BROWSER") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, **options: Any) -> Iterator[Page]:
    """Open a page for a reader; nothing may go wrong on it, and nothing outside be asked for.

    Args:
        browser: Started.
        options: Of playwright's `Browser.new_page`, besides a Chinese reader's phone.
    """
    wrong: list[str] = []
    phone = {"width": 390, "height": 844}
    page = browser.new_page(**{"locale": "zh-CN", "viewport": phone, **options})
    page.on(
        "request",
        lambda request: (
            None
            if urlsplit(request.url).hostname in ("127.0.0.1", None)
            else wrong.append(f"request to {request.url}")
        ),
    )
    page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
    page.on(
        "console",
        lambda message: (
            wrong.append(f"console: {message.text}") if message.type == "error" else None
        ),
    )
    yield page
    page.close()
    assert not wrong, wrong
