"""Expressions that are compiled late: a mistake in one must not wait for the question that needs it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import qa_bot.answering
from qa_bot.patterns import compile_late


def late_patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield all that stand in a module, in a dictionary or sequence there too."""
    for module in pkgutil.iter_modules(qa_bot.answering.__path__):
        for name, value in vars(importlib.import_module(f"qa_bot.answering.{module.name}")).items():
            values: Any = value if isinstance(value, (list, tuple)) else (value,)
            for each in value.values() if isinstance(value, dict) else values:
                if type(each) is type(compile_late("")):
                    yield f"{module.name}.{name}", each


def test_every_expression_that_is_compiled_late_can_be() -> None:
    found = list(late_patterns())
    assert len(found) > 100
    for place, pattern in found:
        assert re.compile(pattern.pattern, pattern.flags), place


def test_an_expression_compiled_late_does_what_others_do() -> None:
    late = compile_late(r"(\d+)家", re.IGNORECASE)
    assert late.sub(r"<\1>", "12家和3家") == "<12>和<3>"
    assert [match.span(1) for match in late.finditer("12家和3家")] == [(0, 2), (4, 5)]
    assert late.groups == 1


def test_a_mistake_is_found_when_it_is_used() -> None:
    late = compile_late("(")
    with pytest.raises(re.error, match="unterminated"):
        late.search("")
