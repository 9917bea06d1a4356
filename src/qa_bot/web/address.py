"""A host and a port -> an address that the web chat can listen on, or why it cannot."""

import errno
import ipaddress
import socket

from qa_bot.errors import AddressError


def choose_port(host: str, port: int) -> int:
    """Return the port to listen on.

    Args:
        host: Name or address of this machine.
        port: The port; 0 for any free one.

    Raises:
        AddressError: If the port is taken or not allowed, or the host is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            # A port whose last connections are still closing is free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
            return int(listener.getsockname()[1])
    except socket.gaierror as error:
        raise _unknown_host(host) from error
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise _unknown_host(host) from error
        reason = {errno.EADDRINUSE: "is taken", errno.EACCES: "needs special rights"}.get(
            error.errno or 0, f"cannot be used ({error.strerror})"
        )
        raise AddressError(
            f"port {port} on {host} {reason}; choose another with --port (0: any free one)"
        ) from error


def _unknown_host(host: str) -> AddressError:
    return AddressError(f'"{host}" is not an address of this machine; choose one with --host')


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own, which no other machine reaches."""
    name = host.strip("[]")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower() == "localhost"
