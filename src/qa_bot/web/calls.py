"""A function of plain data -> one that the page's scripts can call, with errors in words."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from starlette.responses import JSONResponse, Response

from qa_bot.errors import QaBotError
from qa_bot.web.offline import gr
from qa_bot.web.rates import take_turn
from qa_bot.web.texts import Texts, choose_texts

# What a script sends and gets: an object of JSON. Anybody may send anything.
Data: TypeAlias = Mapping[str, Any]
Call: TypeAlias = Callable[[Data, Texts], dict[str, Any]]

_Function = TypeVar("_Function", bound=Callable[..., Any])

LANGUAGE_COOKIE = "qa-language"


class NoticeError(Exception):
    """Something that is not done; the message is for the reader, in their language."""


def counted(call: _Function) -> _Function:
    """Mark a call that counts as a question, of which an address has so many a minute."""
    call.__dict__["is_counted"] = True
    return call


def count(request: gr.Request, texts: Texts) -> None:
    """Count a question.

    Raises:
        NoticeError: If its reader asked too many within a minute.
    """
    if wait := take_turn(request):
        raise NoticeError(texts.too_many.format(seconds=wait))


def as_server_function(call: Call) -> Callable[..., Response]:
    """Return a function for `gr.HTML(server_functions=...)`, called by the same name.

    What goes wrong becomes `{"error": ...}`, a sentence for the reader.
    """

    def function(data: Any, request: gr.Request) -> Response:
        # A response: of plain data, FastAPI would look at every part, while nobody else is served.
        return JSONResponse(_called(call, data, request))

    function.__name__ = call.__name__
    return function


def _called(call: Call, data: Any, request: gr.Request) -> dict[str, Any]:
    texts = texts_of(request)
    try:
        if getattr(call, "is_counted", False):
            count(request, texts)
        return call(as_text(data) if isinstance(data, dict) else {}, texts)
    except NoticeError as notice:
        return {"error": str(notice)}
    except QaBotError as error:
        return {"error": texts.failed.format(reason=error)}


def as_text(data: dict[str, Any]) -> dict[str, Any]:
    """Return what a program sent, as UTF-8 can hold it.

    JSON can hold halves of characters, which nothing that is sent back may.
    """
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        data = json.loads(text.encode("utf-8", "replace"))
    return data


def texts_of(request: gr.Request) -> Texts:
    """Return the texts in the language that the reader chose, or that their browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return choose_texts(chosen or request.headers.get("accept-language"))
