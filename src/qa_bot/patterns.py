"""Regular expressions that are compiled when they are first used.

Python takes a tenth of a second to compile all that questions may need; one needs a third of them.
"""

import re
from functools import cached_property
from typing import Any, cast


class _Late:
    def __init__(self, pattern: str, flags: int) -> None:
        self._given = pattern, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(*self._given)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._compiled, name)
        setattr(self, name, found)  # the next time it is found without this
        return found


def compile_late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` does, to be compiled when it is first used.

    It is not the `re` of its matches.
    """
    return cast(re.Pattern[str], _Late(pattern, flags))
