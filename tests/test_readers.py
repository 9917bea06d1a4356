"""Many who ask, in threads and processes, while the index is rebuilt again and again."""

import threading
import time
from pathlib import Path

from qa_bot import QABot
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.web.live import LiveBot
from tests.children import ask_on_and_on, result_of
from tests.conftest import write_articles
from tests.editions import edition, edition_of, questions, wrong_in

REBUILDS, THREADS, PROCESSES = 20, 8, 2


def test_no_question_fails_and_no_answer_mixes_editions(tmp_path: Path, encoder: Encoder) -> None:
    """Half of the threads ask the newest index, the others keep the one that they opened first."""
    corpus, index, end = tmp_path / "corpus", tmp_path / "index", tmp_path / "end"
    write_articles(corpus, edition(1))
    build_index(corpus, index, encoder)
    faults: list[str] = []
    asked = [0] * THREADS
    editions: set[int] = set()

    def ask(number: int) -> None:
        while not end.exists():
            for question in questions():
                try:
                    with live.lease() as newest:
                        bot = newest if number % 2 else first
                        answer = bot.ask(question)
                    faults.extend(wrong_in(question, answer))
                    editions.update(*(edition_of(quote.text) for quote in answer.quotes))
                except Exception as error:  # whatever it is, it fails the test
                    faults.append(f"{question}: {error!r}")
                asked[number] += 1

    def open_bot() -> QABot:
        return QABot.open(index, corpus=corpus)

    signs = [tmp_path / f"opened-{number}" for number in range(PROCESSES)]
    processes = [result_of(ask_on_and_on, index, corpus, end, sign) for sign in signs]
    with open_bot() as first, LiveBot(open_bot, index) as live:
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        while not all(sign.exists() for sign in signs):
            time.sleep(0.05)
        most = 0
        for number in range(2, REBUILDS + 2):
            articles = edition(number)
            del articles["湖.md"]  # stays as it is
            if number % 3 == 0:
                (corpus / "石桥.md").unlink()
            write_articles(corpus, articles)
            report = build_index(corpus, index, encoder)
            assert report.problems == ()
            most = max(most, sum(path.is_dir() for path in index.iterdir()))
            live.look()
            if number % 5 == 0:  # now and then an edition lasts until it is quoted
                live.wait()
                while number not in editions and not faults:
                    time.sleep(0.02)
        live.wait()
        end.touch()
        for thread in threads:
            thread.join()
        with live.lease() as bot:
            assert bot.snapshot.folder == report.snapshot
            assert edition_of(bot.ask(questions()[0]).quotes[0].text) == {REBUILDS + 1}
    results = [result() for result in processes]
    assert faults + [fault for _, found in results for fault in found] == []
    assert min(asked) > 0
    assert min(count for count, _ in results) > 0
    assert editions <= set(range(1, REBUILDS + 2))
    assert {5, 10, 15, 20} <= editions
    # The first, the newest bot and the one it follows, one of each process; and two are kept.
    assert most <= 3 + PROCESSES + 2
    write_articles(corpus, edition(REBUILDS + 3))
    build_index(corpus, index, encoder)
    assert sum(path.is_dir() for path in index.iterdir()) == 2
