"""The style sheets and scripts of the page -> addresses on this server, and the page's `<head>`.

Gradio adds its own head only once its program runs. Language, view and theme must be known before
that, and the first thing to be seen must have its style: so they are put into the page itself.
"""

import hashlib
import json
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER = Path(__file__).parent / "static"
_FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".js", ".css", ".svg"))
# With each version of the files their address changes, so that browsers may keep them.
_VERSION = hashlib.sha256(b"\0".join(path.read_bytes() for path in _FILES)).hexdigest()[:16]
PREFIX = f"qa/{_VERSION}"
_STYLES = (
    "page.css",
    "cards.css",
    "chat.css",
    "conversation.css",
    "scope.css",
    "feedback.css",
    "library.css",
    "reading.css",
    "source.css",
    "evaluation.css",
)
# What Gradio's page says of itself, to sites outside: nobody asked for it.
_FOREIGN = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*')


def address_of(name: str) -> str:
    """Return the address of a file, relative to the page."""
    return f"{PREFIX}/{name}"


def mount(name: str, *events: str) -> str:
    """Return the `js_on_load` of a component that a module's `mount(context)` brings to life.

    The context has what Gradio gives: `element`, `props`, `server`, `trigger`, `watch`.

    Args:
        name: Of the module's file.
        events: That it triggers; Gradio looks for their names in the text.
    """
    return f"/* {json.dumps(events)} */ " + (
        f'import(new URL("{address_of(name)}", document.baseURI)).then(({{ mount }}) => mount({{ '
        "element, props, trigger, watch, "
        'server: typeof server === "undefined" ? null : server }));'
    )


class Assets:
    """Serves the files, and puts the head into the page; wraps the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._files = StaticFiles(directory=FOLDER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] == "http" and path.startswith(f"/{PREFIX}/"):
            inner = {**scope, "path": path.removeprefix(f"/{PREFIX}"), "root_path": ""}
            try:
                await self._files(inner, receive, _kept_for_long(send))
            except HTTPException as refused:  # above the app, nobody else makes it an answer
                await PlainTextResponse(refused.detail, refused.status_code)(scope, receive, send)
        elif scope["type"] == "http" and path in ("", "/") and scope["method"] == "GET":
            await self._app(scope, receive, _PageSender(send).send)
        else:
            await self._app(scope, receive, send)


def _kept_for_long(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        await send(message)

    return sender


class _PageSender:
    """Sends the page with our head in it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Keep the page until it is whole."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body") or self._start is None:
            return
        headers = MutableHeaders(scope=self._start)
        if headers.get("content-type", "").startswith("text/html"):
            self._body = _with_head(self._body)
            headers["content-length"] = str(len(self._body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._body})


def _with_head(page: bytes) -> bytes:
    styles = "".join(f'<link rel="stylesheet" href="{address_of(name)}">' for name in _STYLES)
    script = f'<script src="{address_of("early.js")}"></script>'
    base = b'<base href="./" />'  # addresses after it are relative to the page
    return _FOREIGN.sub(b"", page).replace(base, base + f"{script}{styles}".encode(), 1)
