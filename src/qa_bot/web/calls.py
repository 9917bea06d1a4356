"""A function of plain data -> one that the page's scripts can call, with errors in words."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from qa_bot.errors import QaBotError
from qa_bot.web.offline import gr
from qa_bot.web.texts import Texts, choose_texts

# What a script sends and gets: an object of JSON. Anybody may send anything.
Data: TypeAlias = Mapping[str, Any]
Call: TypeAlias = Callable[[Data, Texts], dict[str, Any]]

LANGUAGE_COOKIE = "qa-language"


class NoticeError(Exception):
    """Something that is not done; the message is for the reader, in their language."""


def as_server_function(call: Call) -> Callable[..., dict[str, Any]]:
    """Return a function for `gr.HTML(server_functions=...)`, called by the same name.

    What goes wrong becomes `{"error": ...}`, a sentence for the reader.
    """

    def function(data: Any, request: gr.Request) -> dict[str, Any]:
        texts = texts_of(request)
        try:
            return call(data if isinstance(data, dict) else {}, texts)
        except NoticeError as notice:
            return {"error": str(notice)}
        except QaBotError as error:
            return {"error": texts.failed.format(reason=error)}

    function.__name__ = call.__name__
    return function


def texts_of(request: gr.Request) -> Texts:
    """Return the texts in the language that the reader chose, or that their browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return choose_texts(chosen or request.headers.get("accept-language"))
