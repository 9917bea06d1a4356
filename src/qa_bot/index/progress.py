"""How far a build is -> lines of JSON on stderr, for a program that shows it."""

import json
from typing import Any

from tqdm import tqdm


class ProgressLines(tqdm):  # type: ignore[type-arg] # generic in its stubs only
    """Takes the place of a progress bar: `{"stage": ..., "done": ..., "total": ...}`.

    Between the lines there may be empty ones.
    """

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Write a line; tqdm calls it ten times a second at most."""
        state: dict[str, Any] = {"stage": self.desc.removesuffix(": "), "done": self.n}
        self.fp.write(f"{json.dumps({**state, 'total': self.total})}\n")
        self.fp.flush()
