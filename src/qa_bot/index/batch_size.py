"""How long batches took -> how many texts to give a model at once, found while it works."""

from statistics import median_high

_FIRST, _MOST = 8, 512  # texts
_TIMED = 2  # batches of a size at least, of which the quicker one counts; of more, the median
_TIMED_SECONDS = 0.3  # and so long: a GPU's first batches, of some 10 ms each, are mostly warm-up
_PATIENCE = 2  # sizes in a row that may fail to be quicker
_AS_QUICK = 0.95  # of the best pace: a larger batch takes twice the memory, which others may want


class BatchSize:
    """Grows until larger batches are no quicker, then keeps the smallest of the quick ones.

    Batches should come longest texts first: what fits in memory then, fits to the end.

    Attributes:
        value: Texts that the next batch should have.
    """

    def __init__(self) -> None:
        self.value = _FIRST
        self._rates: dict[int, list[float]] = {}
        self._seconds = 0.0  # of the batches of this size
        self._is_settled = False

    def timed(self, texts: int, *, characters: int, seconds: float) -> None:
        """Take note of a batch; one that is not of the size asked for says nothing.

        Args:
            texts: How many it had.
            characters: Of all of them: later texts are shorter, and count for less.
            seconds: How long it took.
        """
        if self._is_settled or texts != self.value:
            return
        rates = self._rates.setdefault(self.value, [])
        rates.append(characters / max(seconds, 1e-9))
        self._seconds += seconds
        if len(rates) < _TIMED or self._seconds < _TIMED_SECONDS:
            return
        self._seconds = 0.0
        paces = {size: median_high(rates) for size, rates in self._rates.items()}
        enough = _AS_QUICK * max(paces.values())
        best = min(size for size, pace in paces.items() if pace >= enough)
        tried_since = sum(size > best for size in self._rates)
        if tried_since < _PATIENCE and self.value < _MOST:
            self.value *= 2
        else:
            self.value, self._is_settled = best, True

    def too_large(self) -> None:
        """Halve the size for good: a batch of it did not fit in memory."""
        self.value, self._is_settled = max(self.value // 2, 1), True
