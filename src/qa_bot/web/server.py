"""The page, and the plain addresses beside it -> a server that listens."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from qa_bot.answering.bot import QABot
from qa_bot.errors import AddressError
from qa_bot.settings import Settings
from qa_bot.web.address import choose_port
from qa_bot.web.assets import Assets
from qa_bot.web.downloads import add_downloads
from qa_bot.web.evaluation import MAX_UPLOAD
from qa_bot.web.evaluation_run import EvaluationRuns
from qa_bot.web.feedback import Feedback
from qa_bot.web.library import Library
from qa_bot.web.library_build import IndexBuilds
from qa_bot.web.library_uploads import Uploads, add_import_route
from qa_bot.web.live import LiveBot
from qa_bot.web.offline import gr
from qa_bot.web.page import build_page, page_options


class Server(uvicorn.Server):
    """The web chat's server; `run()` serves until interrupted, or until `should_exit` is set."""

    def __init__(self, app: Any, *, host: str, port: int, ready: Callable[[str], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="critical",
                timeout_graceful_shutdown=1,
            )
        )
        name = f"[{host}]" if ":" in host else host
        self._url, self._ready = f"http://{name}:{port}/", ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if not self.should_exit:
            await asyncio.to_thread(self._ready, self._url)


@contextmanager
def web_chat(
    open_bot: Callable[[], QABot], settings: Settings, *, ready: Callable[[str], None]
) -> Iterator[Server]:
    """Make the web chat's server; what it holds is closed at the end.

    Args:
        open_bot: Opens the index in use; called again when there is a new one.
        settings: Host and port to listen on, and how the bot is opened.
        ready: Called once with the page's address, when it can be opened.

    Raises:
        AddressError: If the address cannot be listened on.
        QaBotError: What *open_bot* raises.
    """
    host = settings.host.strip("[]")
    port = choose_port(host, settings.port)
    may_change = host in ("127.0.0.1", "localhost", "::1")
    with (
        LiveBot(open_bot, Path(settings.index)) as live,
        EvaluationRuns(settings) as runs,
        IndexBuilds(settings, live) as builds,
    ):
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        add_downloads(app, runs)
        uploads = Uploads()
        add_import_route(app, uploads, may_change=may_change)
        page = build_page(
            live,
            library=Library(live, uploads, builds, Path(settings.corpus), may_change=may_change),
            runs=runs,
            question_sets=settings.question_sets,
            feedback=Feedback(Path(settings.feedback)),
        )
        gr.mount_gradio_app(
            app,
            page,
            path="/",
            server_name=host,
            server_port=port,
            footer_links=[],
            show_error=False,
            allowed_paths=[],
            # Above it Gradio refuses a file, in English; below it, the view does.
            max_file_size=f"{2 * MAX_UPLOAD}mb",
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            run_history=False,
            **page_options(),
        )
        yield Server(Assets(app), host=host, port=port, ready=ready)


def launch(
    open_bot: Callable[[], QABot], settings: Settings, *, ready: Callable[[str], None]
) -> None:
    """Serve the web chat until interrupted (Ctrl+C); as `web_chat`, prints nothing."""
    with web_chat(open_bot, settings, ready=ready) as server:
        try:
            server.run()
        except KeyboardInterrupt:  # how a server is meant to end
            pass
        except (OSError, SystemExit) as error:
            raise AddressError(
                f"the web chat cannot listen on {settings.host}, port {settings.port} ({error}); "
                "choose others with --host and --port"
            ) from error
