"""A request as a proxy passed it on -> as the reader sent it, under the address that they see."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import Scope

from qa_bot.errors import SettingsError
from qa_bot.web.address import is_loopback

# First parts of the page's own addresses: whether a proxy took such a prefix away cannot be told.
_OWN = ("api", "assets", "config", "evaluation", "gradio_api", "health", "library", "static")
_OF_PROXIES = (b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server")


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """Where readers find the page.

    Attributes:
        scheme: http or https; empty if it is not known.
        host: With the port, if it has one; empty if it is not known.
        prefix: Of every path, without a slash at the end; may be empty.
    """

    scheme: str = ""
    host: str = ""
    prefix: str = ""


def read_public_address(root_path: str) -> PublicAddress:
    """Read the setting.

    Args:
        root_path: A path or a whole address; empty if there is no proxy.

    Raises:
        SettingsError: If it is neither, or begins with a path of the page's own.
    """
    try:
        parts = urlsplit(root_path)
        _ = parts.port
    except ValueError:
        parts = urlsplit("invalid:")
    path = parts.path.rstrip("/")
    is_whole = parts.scheme in ("http", "https") and parts.netloc and not parts.username
    is_path = not parts.scheme and not parts.netloc and path.startswith("/")
    if root_path and not ((is_whole or is_path) and not parts.query and not parts.fragment):
        raise SettingsError(
            "root_path must be a path such as /qa or an address such as https://news.example/qa, "
            f"got {root_path!r}"
        )
    if (first := path[1:].split("/")[0]) in _OWN:
        raise SettingsError(
            f"root_path must not begin with /{first}, which is an address of the page's own; "
            "choose another, such as /qa"
        )
    return PublicAddress(parts.scheme, parts.netloc.lower(), path)


def as_sent(
    scope: Scope, headers: Mapping[bytes, bytes], public: PublicAddress, *, not_prefix: str
) -> Scope:
    """Return the scope of a request with the reader's address, scheme, host and path.

    What a proxy says of them is believed if it is on this machine. Neither Gradio nor anything
    else behind has then to know of proxies.

    Args:
        scope: Of the request; not changed.
        headers: The last of each name.
        public: What is known of the address that readers see.
        not_prefix: A path that begins so has no prefix, whatever it looks like.
    """
    peer = (scope.get("client") or ("",))[0]
    is_believed = is_loopback(peer)
    client, scheme, host = scope.get("client"), scope["scheme"], headers.get(b"host", b"")
    if is_believed:
        if named := _last(headers, b"x-forwarded-for"):
            client = (named.partition(":")[0] if named.count(":") == 1 else named, 0)
        if (said := _last(headers, b"x-forwarded-proto")) in ("http", "https"):
            scheme = said
        host = (_last(headers, b"x-forwarded-host") or host.decode("latin-1")).encode("latin-1")
    if public.host:
        scheme, host = public.scheme, public.host.encode("latin-1", "replace")
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name not in _OF_PROXIES and name != b"host"
    ]
    path: str = scope["path"]
    if public.prefix and path.startswith(f"{public.prefix}/") and not path.startswith(not_prefix):
        path = path.removeprefix(public.prefix)
    return {
        **scope,
        "client": client,
        "scheme": scheme,
        "headers": [(b"host", host), *kept],
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "root_path": "",
    }


def _last(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").rpartition(b",")[2].strip().decode("latin-1")
