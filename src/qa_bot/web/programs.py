"""A program's question -> the object of `qa-bot ask --json`, over HTTP and Gradio's API."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from qa_bot import __version__
from qa_bot.ask_file import ask_entry, parse_entry
from qa_bot.errors import QaBotError, QuestionSetError
from qa_bot.web.calls import as_text
from qa_bot.web.guard import HEALTH
from qa_bot.web.live import LiveBot
from qa_bot.web.offline import gr
from qa_bot.web.rates import take_turn

_TOO_MANY = "too many questions within a minute; wait {wait} s"


def add_addresses(app: Any, live: LiveBot, *, tells_all: bool) -> None:
    """Add the addresses `/health` and `/api/ask` to a web app.

    Args:
        app: The web app.
        live: Answers the questions.
        tells_all: Whether `/health`, which asks for no password, tells what is served.
    """

    def health() -> Response:
        if live.is_closed:
            return _json({"status": "closed"}, 503)
        if not tells_all:
            return _json({"status": "ok"})
        with live.lease() as bot:
            manifest, snapshot = bot.snapshot.manifest, bot.snapshot.folder.name
        return _json(
            {
                "status": "ok",
                "articles": manifest.articles,
                "passages": manifest.passages,
                "snapshot": snapshot,
                "version": __version__,
            }
        )

    async def ask(request: Request) -> Response:
        # Read here and answered in a thread, as Gradio does with what the page asks.
        return await run_in_threadpool(_answered, live, await request.body(), request)

    app.add_api_route(HEALTH, health, methods=["GET", "HEAD"])
    app.add_api_route("/api/ask", ask, methods=["POST"])


def gradio_ask(live: LiveBot) -> Callable[..., Any]:
    """Return the function that Gradio's clients call."""

    # Gradio gives the request where the others have a default.
    def ask(
        request: gr.Request,
        question: str,
        history: list[str] | None = None,
        scope: dict[str, Any] | None = None,
    ) -> str:
        """Answer a question with quotes from the articles, as an object of JSON in a text.

        Args:
            request: Of the client; given by Gradio.
            question: In Chinese or English; at most 2,000 characters.
            history: Earlier questions of the conversation, oldest first.
            scope: What may be quoted: authors, speakers, sources, articles, since, until.
        """
        if wait := take_turn(request):
            raise gr.Error(_TOO_MANY.format(wait=wait), print_exception=False)
        entry = as_text({"question": question, "history": history, "scope": scope})
        try:
            answer = ask_entry(live.ask, entry)
        except QaBotError as error:
            raise gr.Error(str(error), print_exception=False) from error
        # As a text, because gradio_client takes an object that has a path for a file to download.
        return json.dumps(answer.to_dict(), ensure_ascii=False)

    return ask


def _answered(live: LiveBot, body: bytes, request: Request) -> Response:
    if wait := take_turn(request):
        return _json({"error": _TOO_MANY.format(wait=wait)}, 429, {"retry-after": str(wait)})
    try:
        entry = as_text(parse_entry(body))
    except QuestionSetError as error:
        return _json({"error": f"the body {error}"}, 400)
    try:
        answer = ask_entry(live.ask, entry)
    except QaBotError as error:
        return _json({"error": str(error)}, 422)
    return _json(answer.to_dict(id=entry.get("id")))


def _json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(value, ensure_ascii=False)
    return Response(body, status, headers, "application/json")
