"""How long batches took -> how many texts to give a model at once, found while it works."""

_FIRST, _MOST = 8, 512  # texts
_TIMED = 2  # batches of a size; the quicker one counts
_PATIENCE = 2  # sizes in a row that may fail to be quicker


class BatchSize:
    """Grows from batch to batch until larger ones are no quicker, then keeps the quickest.

    Batches should come longest texts first: what fits in memory then, fits to the end.

    Attributes:
        value: Texts that the next batch should have.
    """

    def __init__(self) -> None:
        self.value = _FIRST
        self._rates: dict[int, list[float]] = {}
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
        if len(rates) < _TIMED:
            return
        best = max(self._rates, key=lambda size: max(self._rates[size]))
        tried_since = sum(size > best for size in self._rates)
        if tried_since < _PATIENCE and self.value < _MOST:
            self.value *= 2
        else:
            self.value, self._is_settled = best, True

    def too_large(self) -> None:
        """Halve the size for good: a batch of it did not fit in memory."""
        self.value, self._is_settled = max(self.value // 2, 1), True
