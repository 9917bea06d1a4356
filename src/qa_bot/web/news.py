"""What is new -> a value for a component whose script shows it once."""

import secrets
from typing import Any


def news(**parts: Any) -> dict[str, Any]:
    """Return a value that differs from the one before.

    The key makes it differ: the browser would take an equal value for no news.
    """
    return {"key": secrets.token_hex(8), **parts}
