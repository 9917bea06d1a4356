"""A request that Gradio cannot make sense of -> a refusal, and one line of the log.

Gradio prints a traceback for whatever anybody sends it, which would fill an operator's log.
"""

import logging
import sys
from collections.abc import Callable
from typing import Any

import gradio.queueing
import gradio.route_utils
import gradio.routes
from starlette.requests import Request
from starlette.responses import JSONResponse

_LOG = logging.getLogger(__name__)


class _OneLine:
    """Stands for the module `traceback` in Gradio's modules."""

    @staticmethod
    def print_exc() -> None:
        error = sys.exc_info()[1]
        _LOG.warning("a call failed: %.200a", error)
        _LOG.debug("where it failed:", exc_info=error)


for _module in (gradio.queueing, gradio.route_utils, gradio.routes):
    vars(_module)["traceback"] = _OneLine


def _refuse(request: Request, error: Exception) -> JSONResponse:
    _LOG.warning("%s %.200a was not understood: %.200a", request.method, request.url.path, error)
    _LOG.debug("where it failed:", exc_info=error)
    return JSONResponse({"error": "this request is not understood"}, 400)


# What Gradio raises for a component, function or page that is not there, or values of other types.
_NOT_UNDERSTOOD = (LookupError, TypeError, ValueError, gradio.route_utils.FnIndexInferError)


def app_options() -> dict[str, Any]:
    """Return what Gradio's own app, below ours, is made with."""
    handlers: dict[type[Exception], Callable[..., Any]] = dict.fromkeys(_NOT_UNDERSTOOD, _refuse)
    return {
        "exception_handlers": handlers,
        "docs_url": None,
        "redoc_url": None,
        "openapi_url": None,
    }
