"""The front matter of an article file -> its fields, checked, and what can be quoted of it."""

import datetime as dt
import re
import reprlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from qa_bot.errors import CorpusError
from qa_bot.records import IMPRINT, Fact, ImportedFrom, Person, Span

MAX_FRONT_MATTER = 100_000  # characters
_MAX_BITS = 10_000  # of a number

_FENCE = re.compile(r"\ufeff?---[ \t]*\r?\n")
_FENCE_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
# Aliases, what the two loaders may read differently, and nesting, at which the one in C would die.
_UNCOMMON = re.compile(
    rf"[&*\t\x85\u2028\u2029\ufeff]|{yaml.reader.Reader.NON_PRINTABLE.pattern}"
    r"|^[-?: ]{100}|(?:[\[{][^\[{]*){200}",
    re.MULTILINE,
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # "\ud800" can be written, but not stored or shown
_NOT_WORD = re.compile(r"[\W_]+")
# Printed lines, who the people are, the imprint: what a reader asks of an article's frame.
_QUOTABLE = frozenset({"authors", "speakers", "credits", "captions", "notes"}) | IMPRINT


def read_front_matter(text: str, name: str) -> tuple["Fields", tuple[Fact, ...], int]:
    """Read the front matter of an article file.

    Args:
        text: The whole file.
        name: How error messages name the file.

    Returns:
        The fields, the pieces of them that can be quoted, and where the body starts; no fields if
        the file has no front matter.

    Raises:
        CorpusError: If it is not closed, not YAML, or has no title.
    """
    if _FENCE.match(text) is None:
        return Fields({}, name, text), (), 1 if text.startswith("\ufeff") else 0
    loaded = _load(text, name)
    if loaded.node is None:
        return Fields({}, name, text), (), loaded.body
    if not str(loaded.fields.get("title") or "").strip():
        raise CorpusError(f"{name}:1: front matter has no title; add a line 'title: ...'")
    facts = tuple(_facts(loaded.node, text, loaded.start))
    return Fields(loaded.fields, name, text), facts, loaded.body


def correct_fields(text: str, corrections: Mapping[str, Any], name: str) -> str:
    """Change fields of an article file; the others, and the body, stay as they are.

    Args:
        text: The whole file, with front matter.
        corrections: New values by field; an empty one takes the field away.
        name: How error messages name the file.

    Raises:
        CorpusError: If the front matter is not closed, or not YAML.
    """
    loaded = _load(text, name)
    keys = [key for key, _ in loaded.node.value] if loaded.node else []
    if loaded.node and (loaded.node.flow_style or any(key.start_mark.column for key in keys)):
        front = _dump({**loaded.fields, **corrections})
    else:  # one field after another, each from the start of its line to that of the next
        starts = [loaded.start + key.start_mark.index for key in keys]
        first = starts[0] if starts else loaded.end
        front = text[loaded.start : first]
        missing = dict(corrections)
        for key, (start, end) in zip(keys, pairwise([*starts, loaded.end]), strict=True):
            if key.value not in corrections:
                front += text[start:end]
            elif key.value in missing:  # else: it stands twice
                front += _dump({key.value: missing.pop(key.value)})
                front += _last_comments(text[start:end])
        front += _dump(missing)
    if text[: loaded.start].endswith("\r\n"):
        front = front.replace("\r\n", "\n").replace("\n", "\r\n")
    return text[: loaded.start] + front + text[loaded.end :]


def _last_comments(field: str) -> str:
    """Return the lines of comments that follow a field."""
    start = len(field)
    while start and field[start - 1] == "\n":
        line = field.rfind("\n", 0, start - 1) + 1
        if not field.startswith("#", line):
            break
        start = line
    return field[start:]


def _dump(fields: Mapping[str, Any]) -> str:
    values = {name: value for name, value in fields.items() if value}
    if not values:
        return ""
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=10_000)


class _Loaded(NamedTuple):
    """Front matter that is YAML: from `start` to `end`; the body begins at `body`."""

    start: int
    end: int
    body: int
    node: yaml.MappingNode | None
    fields: dict[str, Any]


def _load(text: str, name: str) -> _Loaded:
    opening = _FENCE.match(text)
    if opening is None:
        raise CorpusError(f"{name}:1: has no front matter; open it with a line ---")
    closing = _FENCE_END.search(text, opening.end(), opening.end() + MAX_FRONT_MATTER)
    if closing is None:
        raise CorpusError(f"{name}:1: front matter is not closed; end it with a line ---")
    try:
        node, fields = _parse(text[opening.end() : closing.start()])
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, opening.end() + error.position) + 1
        raise _not_yaml(name, line, f"unacceptable character #x{error.character:04x}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise _not_yaml(name, line, error.problem or "not a value") from error
    except RecursionError as error:
        raise _not_yaml(name, 1, "too deep") from error
    except (ValueError, OverflowError) as error:  # PyYAML's, of "\U00110000"
        raise _not_yaml(name, 1, "an escape that is no character") from error
    place = opening.end(), closing.start(), closing.end()
    if fields is None:
        return _Loaded(*place, None, {})
    if not isinstance(fields, dict) or not isinstance(node, yaml.MappingNode):
        raise CorpusError(f"{name}:2: front matter must be fields such as 'title: ...'; mend it")
    return _Loaded(*place, node, fields)


def _not_yaml(name: str, line: int, reason: str) -> CorpusError:
    return CorpusError(f"{name}:{line}: front matter is not valid YAML ({reason}); mend it")


def _parse(text: str) -> tuple[yaml.Node | None, Any]:
    """Return the node and the value of a YAML document."""
    if not _UNCOMMON.search(text):
        with suppress(yaml.YAMLError, RecursionError):  # the other loader says more of an error
            return _node_and_value(_QuickLoader(text))
    return _node_and_value(_FrontMatterLoader(text))


def _node_and_value(loader: Any) -> tuple[yaml.Node | None, Any]:
    node = loader.get_single_node()
    return node, loader.construct_document(node) if node else None


class _Values:
    """What both loaders make of a node."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Construct a value; what only looks like a date or a number, 2025-13-45, is text.

        So is a number of more digits than Python prints.
        """
        try:
            value = super().construct_object(node, deep)  # type: ignore[misc] # the loader's
        except (ValueError, ArithmeticError, LookupError, AttributeError):  # as !!bool maybe
            return node.value
        if isinstance(value, int) and value.bit_length() > _MAX_BITS:
            return node.value
        if isinstance(value, str) and _SURROGATE.search(value):
            reason = "an escape that is half a character"
            raise yaml.constructor.ConstructorError(None, None, reason, node.start_mark)
        return value


class _QuickLoader(_Values, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The loader in C, in a tenth of the time; it is given no aliases."""


class _FrontMatterLoader(_Values, yaml.SafeLoader):
    """YAML without aliases: they serve no purpose here and can blow up a small file."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node, refusing an alias."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias (*) is not allowed", mark)
        return super().compose_node(parent, index)


def _facts(node: yaml.MappingNode, text: str, offset: int) -> Iterator[Fact]:
    """Find the quotable pieces of the front matter, with their places in the file.

    Who somebody is is quoted as printed, in the credits, rather than from YAML; but a byline that
    is a bare name says nothing that the author's entry does not.
    """
    names = {
        value.value
        for key, people in node.value
        if key.value == "authors" and isinstance(people, yaml.SequenceNode)
        for person in people.value
        if isinstance(person, yaml.MappingNode)
        for field, value in person.value
        if field.value == "name" and isinstance(value, yaml.ScalarNode)
    }
    printed = [
        line.value
        for key, lines in node.value
        if key.value == "credits" and isinstance(lines, yaml.SequenceNode)
        for line in lines.value
        if isinstance(line, yaml.ScalarNode)
    ]
    for key, value in ((str(key.value), value) for key, value in node.value):
        if key not in _QUOTABLE:
            continue
        for item in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            start, end = offset + item.start_mark.index, offset + item.end_mark.index
            is_quoted = isinstance(item, yaml.ScalarNode) and item.style in ("'", '"')
            if is_quoted or (isinstance(item, yaml.MappingNode) and item.flow_style):
                start, end = start + 1, end - 1  # YAML's own marks around the value
            span = Span.stripped(text, start, end)
            is_bare_name = (
                isinstance(item, yaml.ScalarNode) and _NOT_WORD.sub("", item.value) in names
            )
            if span.start < span.end and not (is_bare_name or _is_printed(item, printed)):
                yield Fact(key, span)


def _is_printed(item: yaml.Node, printed: list[str]) -> bool:
    """Whether a person's name and role stand in a printed line."""
    if not isinstance(item, yaml.MappingNode):
        return False
    values = [value.value for _, value in item.value if isinstance(value, yaml.ScalarNode)]
    return any(all(value in line for value in values) for line in printed)


class Fields:
    """Front matter fields, checked one by one; an error names the field's line."""

    def __init__(self, fields: dict[str, Any], name: str, text: str) -> None:
        self._fields, self._name, self._text = fields, name, text

    def _wrong(self, key: str, expected: str, *, got: str | None = None) -> CorpusError:
        match = re.search(rf"^['\"]?{re.escape(key)}['\"]?\s*:", self._text, re.MULTILINE)
        line = self._text.count("\n", 0, match.start()) + 1 if match else 1
        found = self._fields[key]
        kind = {str: "a string", list: "a list", dict: "a mapping", int: "a number"}.get(
            type(found), type(found).__name__
        )
        return CorpusError(f"{self._name}:{line}: {key} must be {expected}, got {got or kind}")

    def line(self, key: str) -> str | None:
        """Return a field that is a line of text."""
        value = self._fields.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, (dict, list)):
            raise self._wrong(key, "a line of text")
        return " ".join(str(value).split()) or None

    def date(self, key: str) -> dt.date | None:
        """Return a field that is a date."""
        value = self._fields.get(key)
        if isinstance(value, dt.datetime):
            return value.date()
        if value is None or isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise self._wrong(key, "a date such as 2025-11-28", got=reprlib.repr(value)) from error

    def people(self, key: str) -> tuple[Person, ...]:
        """Return a field that is a list of people, each a name or a mapping."""
        value = self._fields.get(key)
        if value is None:
            return ()
        expected = "a list of {name, role}"
        if not isinstance(value, list):
            raise self._wrong(key, expected)
        people = []
        for item in value:
            entry = {"name": item} if isinstance(item, str) else item
            if not isinstance(entry, dict) or not str(entry.get("name") or "").strip():
                raise self._wrong(key, expected)
            role = entry.get("role")
            people.append(Person(str(entry["name"]).strip(), str(role).strip() if role else None))
        return tuple(people)

    def imported_from(self) -> ImportedFrom | None:
        """Return the page that the article was imported from."""
        value = self._fields.get("imported_from")
        if value is None:
            return None
        expected = "{file: pages/NAME, lines: [first, last]}"
        if not isinstance(value, dict):
            raise self._wrong("imported_from", expected)
        file, lines = value.get("file"), value.get("lines")
        match lines:
            case [int(first), int(last)] if isinstance(file, str) and 1 <= first <= last:
                if Path(file).is_absolute() or ".." in Path(file).parts:
                    raise self._wrong("imported_from", f"{expected} inside the corpus folder")
                return ImportedFrom(file, first, last)
        raise self._wrong("imported_from", expected)
