"""The page, and the plain addresses beside it -> a server that listens."""

import asyncio
import signal
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
from qa_bot.web.guard import Guard
from qa_bot.web.library import Library
from qa_bot.web.library_build import IndexBuilds
from qa_bot.web.library_uploads import Uploads, add_import_route
from qa_bot.web.live import LiveBot
from qa_bot.web.offline import gr
from qa_bot.web.page import build_page, page_options
from qa_bot.web.password import read_account
from qa_bot.web.permissions import Permissions
from qa_bot.web.programs import add_addresses
from qa_bot.web.proxy import read_public_address
from qa_bot.web.quiet import app_options


class Server(uvicorn.Server):
    """The web chat's server; `run()` serves until interrupted, or until `should_exit` is set."""

    def __init__(
        self,
        app: Any,
        *,
        host: str,
        port: int,
        ready: Callable[[str], None],
        ending: Callable[[], None],
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_level="critical",
                timeout_graceful_shutdown=1,
                ws="none",
                proxy_headers=False,  # the guard reads them
                server_header=False,
            )
        )
        name = f"[{host}]" if ":" in host else host
        self._url, self._ready, self._ending = f"http://{name}:{port}/", ready, ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if not self.should_exit:
            await asyncio.to_thread(self._ready, self._url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening; what is being answered has a second."""
        self._ending()
        await super().shutdown(sockets)


@contextmanager
def web_chat(
    open_bot: Callable[[], QABot], settings: Settings, *, ready: Callable[[str], None]
) -> Iterator[Server]:
    """Make the web chat's server; what it holds is closed at the end.

    Args:
        open_bot: Opens the index in use; called again when there is a new one.
        settings: Host and port to listen on, who may do what, and how the bot is opened.
        ready: Called once with the page's address, when it can be opened.

    Raises:
        AddressError: If the address cannot be listened on.
        SettingsError: If there is no such password, or no such root path.
        QaBotError: What *open_bot* raises.
    """
    host = settings.host.strip("[]")
    account, public = read_account(settings.auth), read_public_address(settings.root_path)
    permissions = Permissions.of(settings)
    port = choose_port(host, settings.port)
    with (
        LiveBot(open_bot, Path(settings.index)) as live,
        EvaluationRuns(settings) as runs,
        IndexBuilds(settings, live) as builds,
    ):
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        add_downloads(app, runs)
        add_addresses(app, live, tells_all=account is None)
        uploads, may_change = Uploads(), permissions.may_change
        add_import_route(app, uploads, may_change=may_change)
        page = build_page(
            live,
            library=Library(live, uploads, builds, Path(settings.corpus), may_change=may_change),
            runs=runs,
            question_sets=settings.question_sets,
            feedback=Feedback(Path(settings.feedback), is_kept=permissions.may_leave),
            permissions=permissions,
        )
        gr.mount_gradio_app(
            app,
            page,
            path="/",
            root_path=public.prefix or None,
            app_kwargs=app_options(),
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
        guard = Guard(
            Assets(app), settings, account=account, public=public, permissions=permissions
        )
        gradio_app: Any = app.routes[-1]
        # Every open page has a stream of Gradio's, which ends when this is set.
        ending = gradio_app.app.stop_event.set
        yield Server(guard, host=host, port=port, ready=ready, ending=ending)


def launch(
    open_bot: Callable[[], QABot], settings: Settings, *, ready: Callable[[str], None]
) -> None:
    """Serve the web chat until interrupted (Ctrl+C); as `web_chat`, prints nothing."""
    with web_chat(open_bot, settings, ready=ready) as server:
        # Ended by its process's manager, as by Ctrl+C: with what it holds closed, and status 0.
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.run()
        except KeyboardInterrupt:  # how a server is meant to end
            pass
        except (OSError, SystemExit) as error:
            raise AddressError(
                f"the web chat cannot listen on {settings.host}, port {settings.port} ({error}); "
                "choose others with --host and --port"
            ) from error
        finally:
            signal.signal(signal.SIGTERM, before)
