"""A request -> the app, or a refusal in one sentence; wraps everything that is served.

What is refused here never reaches Gradio: requests for another host name (DNS rebinding) or from
another site's page, without the password, too large, or for what the page has no use for.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.pages.decode import MAX_PAGE_BYTES
from qa_bot.settings import Settings
from qa_bot.web.address import is_loopback
from qa_bot.web.assets import PREFIX
from qa_bot.web.password import Account
from qa_bot.web.permissions import Permissions
from qa_bot.web.proxy import PublicAddress, as_sent
from qa_bot.web.rates import TAKE, Rates

_LOG = logging.getLogger(__name__)

HEALTH = "/health"
_GRADIO = "/gradio_api/"
# Of all that Gradio serves below its prefix, what the page and gradio_client ask for. It would
# also send files, fetch addresses outside, and write what is sent.
_OPEN = {"api", "call", "cancel", "component_server", "heartbeat", "info", "queue", "reset", "run"}
_UPLOAD = {"upload", "upload_progress"}

_MOST = 1_000_000  # bytes of a request's body
_MOST_CALL = 8_000_000  # a conversation that the browser kept and wants to see again
_MOST_UPLOAD = MAX_PAGE_BYTES + 1_000_000  # the rest is the form around the file
_WRONG_A_MINUTE = 10  # passwords that an address may get wrong

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)  # Gradio's page has scripts and styles in it, and evaluates components' scripts
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]


class Guard:
    """Looks at every request before the app does, and at every answer after it."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        *,
        account: Account | None,
        public: PublicAddress,
        permissions: Permissions,
    ) -> None:
        """Guard an app.

        Args:
            app: What is guarded.
            settings: Host to listen on, and rate.
            account: Who may use it; None for everybody.
            public: The address that readers see.
            permissions: Of everybody who may use it.
        """
        self._app, self._account, self._public = app, account, public
        host = settings.host.strip("[]").lower()
        self._hosts = (
            frozenset(("localhost", "127.0.0.1", "::1", host, _name_of(public.host)))
            if is_loopback(host)
            else None
        )
        self._open = (_OPEN | _UPLOAD) if permissions.may_leave else _OPEN
        self._questions = Rates(settings.rate) if settings.rate else None
        self._wrong = Rates(_WRONG_A_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        inner = as_sent(scope, headers, self._public, not_prefix=f"/{PREFIX}/")
        answer = _Answer(send)
        refusal = self._refusal(scope, inner, headers)
        if refusal is None and b"transfer-encoding" in headers:
            receive, refusal = await _whole(receive)
        if refusal is not None:
            await refusal(inner, receive, answer.send)
            return
        client = (inner.get("client") or ("",))[0]
        is_forwarded = inner.get("client") != scope.get("client")
        rates = self._questions
        if rates and (is_forwarded or not is_loopback(client)):
            inner[TAKE] = lambda: rates.take(client)
        try:
            await self._app(inner, receive, answer.send)
        except Exception as error:  # whatever it is, the server goes on
            _LOG.warning("%s %a failed: %.200a", inner["method"], inner["path"], error)
            _LOG.debug("where it failed:", exc_info=error)
            if not answer.is_begun:
                await _refused(500, "this request could not be answered")(
                    inner, receive, answer.send
                )

    def _refusal(
        self, scope: Scope, inner: Scope, headers: Mapping[bytes, bytes]
    ) -> JSONResponse | None:
        host = headers.get(b"host", b"").decode("latin-1")
        if self._hosts is not None and _name_of(host) not in self._hosts:
            return _refused(
                421,
                "this server is known as localhost only; behind a proxy, start it with "
                "--root-path and the whole public address (https://news.example/qa)",
            )
        if self._public.prefix and scope["path"] == self._public.prefix:
            # Addresses on the page are relative to it.
            place = {"location": f"{self._public.prefix}/"}
            return JSONResponse({}, HTTPStatus.PERMANENT_REDIRECT, place)
        if not _is_of_own_page(inner, headers):
            return _refused(
                403,
                "a page of another site may not use this server; behind a proxy, pass on the "
                "Host header, or start the server with --root-path and the whole public address",
            )
        path: str = inner["path"]
        if path != HEALTH and (refusal := self._unauthorized(inner, headers)):
            return refusal
        if path.startswith(_GRADIO):
            part = path.removeprefix(_GRADIO).split("/")[0]
            if part not in self._open:
                return _refused(403 if part in _UPLOAD else 404, "this server does not offer that")
        return _too_large(path, headers)

    def _unauthorized(self, inner: Scope, headers: Mapping[bytes, bytes]) -> JSONResponse | None:
        if self._account is None:
            return None
        header = headers.get(b"authorization")
        client = (inner.get("client") or ("",))[0]
        # Even the right password is refused then: else an attacker could go on trying.
        if header and (wait := self._wrong.wait(client)):
            return _refused(
                429,
                f"the password was wrong too often; wait {wait} s",
                {"retry-after": str(wait)},
            )
        if header and self._account.is_named_by(header):
            return None
        if header:
            self._wrong.take(client)
        return _refused(
            401,
            "name and password are needed, as HTTP Basic authentication",
            {"www-authenticate": 'Basic realm="qa-bot", charset="UTF-8"'},
        )


class _Answer:
    """Sends an answer with the headers that every answer has."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.is_begun = False

    async def send(self, message: Message) -> None:
        """Send a part of it."""
        if message["type"] == "http.response.start":
            self.is_begun = True
            message = {**message, "headers": [*message["headers"], *_HEADERS]}
        await self._send(message)


def _refused(status: int, why: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": why}, status, {"cache-control": "no-store", **(headers or {})})


def _name_of(host: str) -> str:
    """Return a host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()


def _is_of_own_page(inner: Scope, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request comes from this server's page, or from no page at all.

    Browsers name the page with every request that could change something, and with every one whose
    answer a page could read though it is another site's.
    """
    origin = headers.get(b"origin")
    if origin is None:
        is_foreign = headers.get(b"sec-fetch-site") in (b"cross-site", b"same-site")
        return inner["method"] in ("GET", "HEAD") or not is_foreign
    host: bytes = inner["headers"][0][1]
    return origin.lower().partition(b"://")[2] == host.lower()


def _most(path: str) -> int:
    if path.startswith(f"{_GRADIO}component_server"):
        return _MOST_CALL
    return _MOST_UPLOAD if path in (f"{_GRADIO}upload", "/library/import") else _MOST


def _too_large(path: str, headers: Mapping[bytes, bytes]) -> JSONResponse | None:
    length, most = headers.get(b"content-length", b"0"), _most(path)
    if length.isdigit() and len(length) < 19 and int(length) <= most:
        return None
    return _refused(413, f"the request is too large; at most {most:,} bytes are taken")


async def _whole(receive: Receive) -> tuple[Receive, JSONResponse | None]:
    """Read a body whose length was not told, as far as is allowed."""
    body, is_more = b"", True
    while is_more:
        message = await receive()
        if message["type"] != "http.request":
            return receive, _refused(400, "the request was broken off")
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
        if len(body) > _MOST:
            return receive, _refused(
                413, f"a request without a length may have at most {_MOST:,} bytes"
            )
    is_given = False

    async def give() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give, None
