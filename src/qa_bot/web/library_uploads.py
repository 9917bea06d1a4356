"""Pages and articles that readers sent -> kept in memory, each under a key, until it is decided.

Not by Gradio's upload: it would keep them in a folder that all readers share.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from qa_bot.errors import QaBotError
from qa_bot.pages.decode import MAX_PAGE_BYTES
from qa_bot.web.calls import LANGUAGE_COOKIE
from qa_bot.web.library_import import Upload, preview, read_upload
from qa_bot.web.library_texts import library_texts
from qa_bot.web.rates import take_turn
from qa_bot.web.texts import choose_texts

_MOST = 20  # uploads at a time, of all readers
_MOST_BYTES = 60_000_000
_MINUTES = 30
_READING = 2  # at a time: each takes all of a core
_KIND = "application/octet-stream"  # no form of another site can send it


class Uploads:
    """What was sent and neither added nor forgotten; the oldest go first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, Upload]] = {}
        self._lock = Lock()

    def keep(self, upload: Upload) -> str:
        """Keep an upload; returns its key, which is not to be guessed."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._kept[key] = self._clock(), upload
            self._forget_old()
        return key

    def get(self, key: object) -> Upload | None:
        """Return an upload; None if there is none of this key any more."""
        with self._lock:
            self._forget_old()
            entry = self._kept.get(key) if isinstance(key, str) else None
            return entry[1] if entry else None

    def forget(self, key: object) -> None:
        """Forget an upload."""
        with self._lock:
            if isinstance(key, str):
                self._kept.pop(key, None)

    def _forget_old(self) -> None:
        now = self._clock()
        size = sum(len(upload.data) for _, upload in self._kept.values())
        for key, (since, upload) in list(self._kept.items()):
            if (
                now - since > 60 * _MINUTES
                or len(self._kept) > _MOST
                or (size > _MOST_BYTES and len(self._kept) > 1)
            ):
                del self._kept[key]
                size -= len(upload.data)


def add_import_route(app: Any, uploads: Uploads, *, may_change: bool) -> None:
    """Add the address `library/import?name=NAME`, which takes a file, to a web app.

    It answers with the key of the upload and what the import made of it, or with an error.
    """
    reading = asyncio.Semaphore(_READING)

    async def receive(request: Request, name: str = "") -> Response:
        texts = choose_texts(
            request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("accept-language")
        )
        words = library_texts(texts)
        if not may_change:
            return _refusal(words.read_only, 403)
        if wait := take_turn(request):
            return _refusal(texts.too_many.format(seconds=wait), 429)
        if request.headers.get("content-type") != _KIND:
            return _refusal(f"{_KIND}?", 415)
        try:
            data = await _body(request)
        except ClientDisconnect:  # the reader cancelled
            return Response(status_code=499)
        if data is None:
            return _refusal(words.too_large.format(most=MAX_PAGE_BYTES // 1_000_000), 413)
        async with reading:
            if await request.is_disconnected():
                return Response(status_code=499)
            try:
                upload = await run_in_threadpool(read_upload, data, name)
                shown = await run_in_threadpool(preview, upload, texts)
            except QaBotError as error:
                return _refusal(words.unreadable.format(reason=error), 200)  # as calls answer
        return JSONResponse({"key": uploads.keep(upload), **shown})

    app.add_api_route("/library/import", receive, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    """Return what is sent; None if it is too large, which is known before it is all there."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_PAGE_BYTES:
            return None
    return bytes(body)


def _refusal(reason: str, status: int) -> Response:
    return JSONResponse({"error": reason}, status_code=status)
