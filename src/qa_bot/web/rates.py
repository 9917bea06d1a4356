"""How often each address asks -> how long it has to wait."""

import ipaddress
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

_WINDOW = 60.0  # seconds
_MOST_TIMES = 1_000_000  # remembered of all addresses together; some 30 MB


class Rates:
    """Counts events by address over the last minute; safe for use from many threads."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow so many events a minute and address.

        Args:
            most: At least 1.
            clock: Seconds that only grow.
        """
        self._most, self._clock = most, clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()  # the longest idle one first
        self._lock = Lock()

    @property
    def remembered(self) -> int:
        """How many addresses are remembered."""
        return len(self._times)

    def wait(self, address: str) -> int:
        """Return the seconds until the next event is allowed; 0: now."""
        with self._lock:
            return self._wait(self._times.get(_network(address)))

    def take(self, address: str) -> int:
        """Count an event, if it is allowed; returns the seconds until it is, 0: it was counted."""
        key = _network(address)
        with self._lock:
            times = self._times.setdefault(key, deque(maxlen=self._most))
            self._times.move_to_end(key)
            wait = self._wait(times)
            if not wait:
                times.append(self._clock())
            self._forget()
            return wait

    def _wait(self, times: deque[float] | None) -> int:
        if not times or len(times) < self._most:
            return 0
        return max(0, math.ceil(times[0] + _WINDOW - self._clock()))

    def _forget(self) -> None:
        idle = self._clock() - _WINDOW
        while len(self._times) > 1:
            longest_idle = next(iter(self._times.values()))
            is_full = len(self._times) * self._most > _MOST_TIMES
            if longest_idle[-1] > idle and not is_full:
                return
            self._times.popitem(last=False)


def _network(address: str) -> str:
    """Return what stands for an address: of IPv6 everybody has a whole network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv4Address):
        return address
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))


TAKE = "qa-bot.take"  # in the scope of a request: counts it as a question


def take_turn(request: Any) -> int:
    """Count a request as a question; returns the seconds that its reader has to wait, 0: none.

    Args:
        request: Starlette's, or Gradio's, which has the other one in it.
    """
    scope: Mapping[str, Any] = getattr(request, "request", request).scope
    take: Callable[[], int] | None = scope.get(TAKE)
    return take() if take else 0
