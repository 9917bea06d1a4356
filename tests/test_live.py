"""The bot that serves while its index is replaced."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_bot import QABot
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.manifest import STORE
from qa_bot.web.live import LiveBot

QUESTION = "减速器的寿命有多长？"


@pytest.fixture
def opened() -> list[QABot]:
    """Every bot that was opened, in order."""
    return []


@pytest.fixture
def live(corpus: Path, tmp_path: Path, encoder: Encoder, opened: list[QABot]) -> Iterator[LiveBot]:
    """A live bot over the four articles."""
    index = tmp_path / "index"
    build_index(corpus, index, encoder)

    def open_bot() -> QABot:
        opened.append(QABot.open(index, corpus=corpus))
        return opened[-1]

    with LiveBot(open_bot, index) as bot:
        yield bot


def _is_closed(bot: QABot) -> bool:
    """Whether a bot's files were let go."""
    return not bot.snapshot.store._connections


def test_a_new_snapshot_takes_over_while_eight_threads_ask(
    live: LiveBot, corpus: Path, tmp_path: Path, encoder: Encoder, opened: list[QABot]
) -> None:
    """No question fails, the new article answers, and the old snapshot is closed in the end."""
    is_over = threading.Event()
    failures: list[BaseException] = []
    counts = [0] * 8

    def ask(number: int) -> None:
        try:
            while not is_over.is_set():
                with live.lease() as bot:
                    assert "8000小时" in bot.ask(QUESTION).quotes[0].text
                counts[number] += 1
        except BaseException as error:  # whatever it is, it fails the test
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    (corpus / "market.md").write_text("---\ntitle: 夜市\n---\n夜市共有摊位216个。\n", "utf-8")
    build_index(corpus, tmp_path / "index", encoder)
    live.wait()
    asked = list(counts)
    with live.lease() as bot:
        assert "216个" in bot.ask("夜市有多少个摊位？").quotes[0].text
    while not is_over.wait(0.02) and min(map(int.__sub__, counts, asked)) < 1 and not failures:
        pass  # until every thread has asked the new one
    is_over.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(opened) == 2
    assert _is_closed(opened[0])
    assert not _is_closed(opened[1])


def test_the_old_snapshot_stays_open_for_the_question_that_is_being_answered(
    live: LiveBot, corpus: Path, tmp_path: Path, encoder: Encoder, opened: list[QABot]
) -> None:
    with live.lease() as before:
        (corpus / "opinion.md").unlink()
        build_index(corpus, tmp_path / "index", encoder)
        live.wait()
        with live.lease() as after:
            assert after is opened[1]
        assert before.ask(QUESTION).answered
        assert not _is_closed(before)
    assert _is_closed(before)


def test_a_broken_snapshot_keeps_the_old_one_serving_and_a_whole_one_replaces_it(
    live: LiveBot, corpus: Path, tmp_path: Path, encoder: Encoder, opened: list[QABot]
) -> None:
    """Damage that shows only when something is read is found before readers ask."""
    (corpus / "opinion.md").unlink()
    store = build_index(corpus, tmp_path / "index", encoder).snapshot / STORE
    data = bytearray(store.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)  # its size is right, its pages are not
    store.write_bytes(data)
    live.wait()
    live.wait()  # it is not tried again and again
    with live.lease() as bot:
        assert bot is opened[0]
        assert bot.ask(QUESTION).answered
    assert len(opened) == 2
    assert _is_closed(opened[1])

    build_index(corpus, tmp_path / "index", encoder, full=True)
    live.wait()
    with live.lease() as bot:
        assert bot.snapshot.manifest.articles == 3
        assert bot.ask(QUESTION).answered
