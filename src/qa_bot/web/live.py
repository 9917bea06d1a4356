"""The index folder -> a bot over the snapshot in use, which changes while readers ask.

A rebuild puts a new snapshot beside the one in use. The bot over the new one is opened, and warmed,
by a thread of its own; questions go on to the old one until then, and the old one is closed when
its last question is answered.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from qa_bot.answering.bot import QABot
from qa_bot.answering.question import MAX_QUESTION
from qa_bot.errors import QaBotError, QuestionError
from qa_bot.index.snapshot import current_folder
from qa_bot.records import Answer, Scope

_LOG = logging.getLogger(__name__)
_PAUSE = 0.5  # seconds between two looks at the index folder


class _Held:
    """A bot and how many are asking it."""

    def __init__(self, bot: QABot) -> None:
        self.bot = bot
        self.users = 0


class LiveBot:
    """The bot over the newest snapshot; safe for use from many threads. A context manager."""

    def __init__(self, open_bot: Callable[[], QABot], index: Path) -> None:
        """Open the bot.

        Args:
            open_bot: Opens the snapshot that is in use when it is called.
            index: The index folder.

        Raises:
            QaBotError: What *open_bot* raises.
        """
        self._open_bot, self._index = open_bot, index
        self._lock = threading.Lock()
        self._places = threading.Semaphore(os.cpu_count() or 1)
        self._held = _Held(open_bot())
        self._looked = time.monotonic()
        self._opening: threading.Thread | None = None
        self._refused: Path | None = None  # a snapshot that could not be opened
        self._is_closed = False

    def __enter__(self) -> "LiveBot":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_closed = True
        if self._opening:
            self._opening.join()
        self._held.bot.close()

    @property
    def is_closed(self) -> bool:
        """Whether it answers no more."""
        return self._is_closed

    def ask(
        self, question: str, *, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Answer:
        """Answer as `QABot.ask` does, in turn."""
        with self.turn() as bot:
            return bot.ask(question, history=history, scope=scope)

    @contextmanager
    def turn(self) -> Iterator[QABot]:
        """Give the bot for computing an answer: as many at once as there are processors.

        More at once would keep each other waiting, and all would be late. In a turn there can be
        a lease, but no other turn.
        """
        with self._places, self.lease() as bot:
            yield bot

    @contextmanager
    def lease(self) -> Iterator[QABot]:
        """Give the bot for one question; it stays open until it is given back."""
        if time.monotonic() - self._looked > _PAUSE:
            self.look()
        with self._lock:
            held = self._held
            held.users += 1
        try:
            yield held.bot
        finally:
            with self._lock:
                held.users -= 1
                is_last = held is not self._held and not held.users
            if is_last:
                held.bot.close()

    def look(self) -> None:
        """Look for a new snapshot; if there is one, begin to open it."""
        self._looked = time.monotonic()
        try:
            folder = current_folder(self._index)
        except QaBotError:  # the one that is open still serves
            return
        with self._lock:
            is_known = folder in (None, self._held.bot.snapshot.folder, self._refused)
            if is_known or self._is_closed or (self._opening and self._opening.is_alive()):
                return
            self._opening = threading.Thread(target=self._renew, args=(folder,), daemon=True)
            self._opening.start()

    def wait(self) -> None:
        """Return when the newest snapshot serves, or was refused."""
        while True:
            self.look()
            opening = self._opening
            if opening is None or not opening.is_alive():
                return
            opening.join()  # of an older one, perhaps

    def _renew(self, folder: Path) -> None:
        try:
            bot = self._open_bot()
            try:
                _warm(bot)
            except BaseException:
                bot.close()
                raise
        except QaBotError as error:
            _LOG.warning("%s; the snapshot before it goes on serving", error)
            self._refused = folder
            return
        with self._lock:
            before, self._held = self._held, _Held(bot)
            is_idle = not before.users
        if is_idle:
            before.bot.close()


def _warm(bot: QABot) -> None:
    """Ask something, so that no reader waits for what is read with the first question."""
    title = next(bot.snapshot.store.articles()).title
    with suppress(QuestionError):  # an article may have any title
        bot.ask(title[:MAX_QUESTION])
