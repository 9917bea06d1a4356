"""A scope as somebody typed it -> the same with names and ids as the index has them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from qa_bot.errors import ScopeError
from qa_bot.index.names import Kind, Names
from qa_bot.index.snapshot import Snapshot
from qa_bot.records import Scope

_SHOWN = 5  # names that an error lists


def resolve_scope(scope: Scope, names: Names, snapshot: Snapshot) -> Scope:
    """Look the names of a scope up.

    Args:
        scope: Names as typed: whole, or a part that only one name holds; of an article its id,
            with or without the file's ending, or its title or a part of that.
        names: The names that the index knows.
        snapshot: The index.

    Raises:
        ScopeError: If nothing has such a name, or several have.
    """
    return replace(
        scope,
        authors=_found("author", scope.authors, names),
        speakers=_found("speaker", scope.speakers, names),
        sources=_found("source", scope.sources, names),
        articles=_ids(scope.articles, names, snapshot),
    )


def _found(kind: Kind, typed: Sequence[str], names: Names) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in typed:
        exact = names.exact(kind, name)
        matches = exact or names.holding(kind, name)
        if not matches:
            raise _unknown(kind, name, names.near(kind, name))
        if not exact and len(matches) > 1:
            raise _ambiguous(kind, name, matches)
        found |= dict.fromkeys(matches)
    return tuple(found)


def _ids(typed: Sequence[str], names: Names, snapshot: Snapshot) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in (name.encode("utf-8", "replace").decode() for name in typed):
        file = PurePosixPath(name).as_posix()
        ids = snapshot.store.ids([file]) or snapshot.store.ids([f"{file}.md", f"{file}.txt"])
        if not ids:
            whole, holding = names.titled(name)
            if not holding:
                raise _unknown("article", name, names.near_titles(name))
            if not whole and len(holding) > 1:
                raise _ambiguous("article", name, [article.id for article in holding])
            ids = [article.id for article in whole or holding]
        found |= dict.fromkeys(ids)
    return tuple(found)


def _unknown(kind: str, name: str, near: Sequence[str]) -> ScopeError:
    hint = f"near it: {', '.join(near)}" if near else "qa-bot articles lists what there is"
    return ScopeError(f'the index has no {kind} "{name}"; {hint}')


def _ambiguous(kind: str, name: str, matches: Sequence[str]) -> ScopeError:
    more = ", ..." if len(matches) > _SHOWN else ""
    listed = ", ".join(matches[:_SHOWN])
    return ScopeError(f'"{name}" fits several {kind}s ({listed}{more}); give one of them whole')
