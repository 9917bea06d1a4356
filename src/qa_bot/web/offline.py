"""The environment -> one in which Gradio reaches this machine only, and Gradio itself.

Modules of the web chat import Gradio from here.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_proxies() -> Iterator[None]:
    """Hide the environment's proxies while Gradio is imported and started.

    When it starts, Gradio calls its own address to see whether it is up; through a proxy that call
    fails. A SOCKS proxy makes its import fail.
    """
    hidden = {
        name: value
        for name, value in os.environ.items()
        if name.lower().endswith("_proxy") and name.lower() != "no_proxy"
    }
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


# Read by Gradio when it is imported: without it the server asks for its newest version.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
with no_proxies():
    import gradio as gr

__all__ = ["gr", "no_proxies"]
