"""Fields of a filter, as they were typed -> a `Scope`, its names not looked up; several -> one."""

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from qa_bot.errors import ScopeError
from qa_bot.records import Scope

MAX_NAMES = 100  # in one field
_MAX_NAME = 500  # characters
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_FIELDS = tuple(field.name for field in fields(Scope))


def read_scope(values: Any) -> Scope:
    """Read a scope.

    Args:
        values: By a field of `Scope`: a name or a list of names; for `since` and `until` a date
            such as 2025-11-28, 2025-11 or 2025, of which the first and the last day is meant.

    Raises:
        ScopeError: If there is no such field, or its value is not one.
    """
    if not isinstance(values, Mapping):
        raise ScopeError(f'scope must be an object such as {{"authors": [...]}}, got {values!r}')
    unknown = values.keys() - set(_FIELDS)
    if unknown:
        raise ScopeError(
            f"a scope has no field {min(map(str, unknown))!r}; those there are: "
            + ", ".join(_FIELDS)
        )
    since, until = (_date(key, values.get(key)) for key in ("since", "until"))
    if since and until and since > until:
        raise ScopeError(f"since ({since}) is after until ({until}); exchange the two")
    authors, speakers, sources, articles = (
        _names(key, values.get(key)) for key in ("authors", "speakers", "sources", "articles")
    )
    return Scope(authors, speakers, sources, articles, since, until)


def merge_scopes(scopes: Iterable[Scope]) -> Scope:
    """Return what several scopes leave together; of names that exclude each other, the first."""
    merged = Scope()
    for scope in scopes:
        names = {
            name: tuple(value for value in known if value in added) or known or added
            for name in ("authors", "speakers", "sources", "articles")
            for known, added in [(getattr(merged, name), getattr(scope, name))]
        }
        since = max(filter(None, (merged.since, scope.since)), default=None)
        until = min(filter(None, (merged.until, scope.until)), default=None)
        merged = Scope(**names, since=since, until=until)
    return merged


def _names(key: str, value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ScopeError(f"{key} must be a list of names, got {str(value)[:80]!r}")
    names = [" ".join(name.split()) for name in names]
    if len(names) > MAX_NAMES or any(not 0 < len(name) <= _MAX_NAME for name in names):
        raise ScopeError(
            f"{key} must be at most {MAX_NAMES} names of 1 to {_MAX_NAME} characters; leave some "
            "out"
        )
    return tuple(dict.fromkeys(names))


def _date(key: str, value: Any) -> dt.date | None:
    """Read a date; of a year or a month the first day for `since`, the last for `until`."""
    if value is None or isinstance(value, dt.date):
        return value
    match = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match:
        year, month, day = (int(part) if part else None for part in match.groups())
        try:
            return _day(year or 0, month, day, is_last=key == "until")
        except ValueError:
            pass  # there is no such month or day
    raise ScopeError(f"{key} must be a date such as 2025-11-28, 2025-11 or 2025, got {value!r}")


def _day(year: int, month: int | None, day: int | None, *, is_last: bool) -> dt.date:
    if month is None:
        month = 12 if is_last else 1
    if day is None:
        day = 1
        if is_last and 1 <= month <= 12:
            day = calendar.monthrange(year, month)[1]
    return dt.date(year, month, day)


def read_period(year: int, month: int | None, day: int | None) -> tuple[dt.date, dt.date] | None:
    """Return first and last day of a year, month or day; None if there is no such one."""
    try:
        return _day(year, month, day, is_last=False), _day(year, month, day, is_last=True)
    except ValueError:
        return None
