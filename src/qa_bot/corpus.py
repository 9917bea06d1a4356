"""Corpus folder -> articles: reads the files with their front matter, sections and speakers.

Every offset is taken while a file is read and points into the file as it is on disk.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from qa_bot.errors import CorpusError
from qa_bot.records import Article, Fact, ImportedFrom, Paragraph, Person, Span

MAX_FILE_BYTES = 20_000_000
MAX_FRONT_MATTER = 100_000  # characters
PAGES_FOLDER = "pages"  # originals of imported pages; not articles

_FENCE = re.compile(r"\ufeff?---[ \t]*\r?\n")
_FENCE_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t#]*$")
_LIST_ITEM = re.compile(
    r"[ \t]*(?:[-*+•]|\d{1,3}[.、)）]|[(（][\d一二三四五六七八九十]{1,3}[)）])\s*\S"
)
_LABEL = re.compile(
    r"(?:\*\*|__)?(?P<name>[^\s*_:：][^*_:：\r\n]{0,40}?)(?:\*\*|__)?\s*[:：](?:\*\*|__)?\s*"
)
# Printed lines, and who the people are: what a reader asks of an article's frame.
_QUOTABLE = ("authors", "speakers", "credits", "captions", "notes")
# Labels that stand for a person in an interview without naming one.
_GENERIC_LABELS = frozenset({"记者", "主持人", "编者", "问", "Q"})
_HOST_ROLE = re.compile(r"记者|主持|编辑|(?i:\b(?:host|moderator|reporter|editor)\b)")
_LINE_END = tuple("。！？…”）")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file was skipped; `str()` gives `path[:line]: reason`."""

    path: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line}: {self.reason}"
            if self.line
            else f"{self.path}: {self.reason}"
        )


def check_corpus(corpus: Path) -> None:
    """Check that the corpus folder is there.

    Raises:
        CorpusError: If it is not.
    """
    if not corpus.is_dir():
        raise CorpusError(
            f"no corpus folder at {corpus}; create it and put articles in it, or name another "
            "with --corpus"
        )


def article_files(corpus: Path) -> Iterator[tuple[str, Path]]:
    """Find the article files of a corpus folder.

    README files, hidden files and the originals in `pages/` are no articles. A link that leads
    out of the folder is not followed.

    Args:
        corpus: The corpus folder.

    Yields:
        The article's id (its place in the folder, with `/`) and its path, sorted by id.

    Raises:
        CorpusError: If the folder does not exist.
    """
    check_corpus(corpus)
    root = corpus.resolve()
    for path in sorted(corpus.rglob("*")):
        place = path.relative_to(corpus)
        if path.suffix.lower() not in (".md", ".txt") or path.stem.lower() == "readme":
            continue
        if place.parts[0] == PAGES_FOLDER or any(part.startswith(".") for part in place.parts):
            continue
        if path.is_file() and path.resolve().is_relative_to(root):
            yield place.as_posix(), path


def read_article(path: Path, *, id: str, shown_as: str | None = None) -> Article:
    """Read one article file.

    Args:
        path: The file.
        id: The article's id.
        shown_as: How error messages name the file; by default *path*.

    Raises:
        CorpusError: If the file cannot be used; the message is `path[:line]: reason`.
    """
    name = shown_as or str(path)
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise CorpusError(
                f"{name}: file is {size:,} bytes, more than {MAX_FILE_BYTES:,}; split it"
            )
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{name}: cannot be read ({error.strerror}); check the file") from error
    return parse_article(data, id=id, shown_as=name)


def parse_article(data: bytes, *, id: str, shown_as: str) -> Article:
    """Read one article from the bytes of its file.

    Args:
        data: The file's bytes.
        id: The article's id.
        shown_as: How error messages name the file.

    Raises:
        CorpusError: If the file is empty, binary, not UTF-8, or its front matter is wrong.
    """
    if b"\0" in data:
        raise CorpusError(f"{shown_as}: is a binary file, not text; remove it or export it as text")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CorpusError(
            f"{shown_as}:{line}: is not UTF-8 (byte {data[error.start]:#04x}); save it as UTF-8, "
            "or read it with qa-bot import"
        ) from error
    if not text.strip("\ufeff \t\r\n\u3000"):
        raise CorpusError(f"{shown_as}: is empty; write the article or remove the file")
    fields, facts, body = _front_matter(text, shown_as)
    reader = _Fields(fields, shown_as, text)
    speakers = reader.people("speakers")
    title = reader.line("title") or _first_heading(text, body) or Path(id).stem
    authors = reader.people("authors")
    kind = reader.line("kind")
    paragraphs = tuple(
        _paragraphs(
            text,
            body,
            names={person.name for person in speakers},
            is_interview=kind == "interview" or bool(speakers),
            title=title,
        )
    )
    if not paragraphs and not facts:
        raise CorpusError(
            f"{shown_as}: has no text below its headings; write it or remove the file"
        )
    return Article(
        id=id,
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        title=title,
        authors=authors,
        source=reader.line("source"),
        section=reader.line("section"),
        date=reader.date("date"),
        url=reader.line("url"),
        kind=kind,
        speakers=speakers,
        imported_from=reader.imported_from(),
        facts=facts,
        paragraphs=paragraphs,
    )


def line_of(text: str, offset: int) -> int:
    """Return the line, from 1, that the character at *offset* stands in."""
    return text.count("\n", 0, offset) + 1


def is_host(name: str, speakers: Iterable[Person]) -> bool:
    """Whether who speaks under this name asks the questions of an interview.

    That is somebody whose role says so, or a label that names none of the speakers: the paper.
    """
    roles = {person.name: person.role or "" for person in speakers}
    return name not in roles or _HOST_ROLE.search(roles[name]) is not None


def _front_matter(text: str, name: str) -> tuple[dict[str, Any], tuple[Fact, ...], int]:
    """Return the front matter's fields, its quotable pieces, and where the body starts."""
    opening = _FENCE.match(text)
    if opening is None:
        return {}, (), 1 if text.startswith("\ufeff") else 0
    closing = _FENCE_END.search(text, opening.end(), opening.end() + MAX_FRONT_MATTER)
    if closing is None:
        raise CorpusError(f"{name}:1: front matter is not closed; end it with a line ---")
    loader = _FrontMatterLoader(text[opening.end() : closing.start()])
    try:
        node = loader.get_single_node()
        fields = loader.construct_document(node) if node else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        reason = getattr(error, "problem", None) or "too deep, or not a value"
        raise CorpusError(
            f"{name}:{line}: front matter is not valid YAML ({reason}); mend it"
        ) from error
    finally:
        loader.dispose()
    if fields is None:
        return {}, (), closing.end()
    if not isinstance(fields, dict) or not isinstance(node, yaml.MappingNode):
        raise CorpusError(f"{name}:2: front matter must be fields such as 'title: ...'; mend it")
    if not str(fields.get("title") or "").strip():
        raise CorpusError(f"{name}:1: front matter has no title; add a line 'title: ...'")
    return fields, tuple(_facts(node, text, opening.end())), closing.end()


class _FrontMatterLoader(yaml.SafeLoader):
    """YAML without aliases: they serve no purpose here and can blow up a small file."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node, refusing an alias."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "an alias (*) is not allowed", mark)
        return super().compose_node(parent, index)


def _facts(node: yaml.MappingNode, text: str, offset: int) -> Iterator[Fact]:
    """Find the quotable pieces of the front matter, with their places in the file.

    Who somebody is is quoted as printed, in the credits, rather than from YAML.
    """
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
            span = _span(text, start, end)
            if span.start < span.end and not _is_printed(item, printed):
                yield Fact(key, span)


def _is_printed(item: yaml.Node, printed: list[str]) -> bool:
    """Whether a person's name and role stand in a printed line."""
    if not isinstance(item, yaml.MappingNode):
        return False
    values = [value.value for _, value in item.value if isinstance(value, yaml.ScalarNode)]
    return any(all(value in line for value in values) for line in printed)


def _span(text: str, start: int, end: int) -> Span:
    """Return the span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


class _Fields:
    """Front matter fields, checked one by one; an error names the field's line."""

    def __init__(self, fields: dict[str, Any], name: str, text: str) -> None:
        self._fields, self._name, self._text = fields, name, text

    def _wrong(self, key: str, expected: str) -> CorpusError:
        match = re.search(rf"^['\"]?{re.escape(key)}['\"]?\s*:", self._text, re.MULTILINE)
        line = line_of(self._text, match.start()) if match else 1
        found = self._fields[key]
        kind = {str: "a string", list: "a list", dict: "a mapping", int: "a number"}.get(
            type(found), type(found).__name__
        )
        return CorpusError(f"{self._name}:{line}: {key} must be {expected}, got {kind}")

    def line(self, key: str) -> str | None:
        value = self._fields.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, (dict, list)):
            raise self._wrong(key, "a line of text")
        return " ".join(str(value).split()) or None

    def date(self, key: str) -> dt.date | None:
        value = self._fields.get(key)
        if isinstance(value, dt.datetime):
            return value.date()
        if value is None or isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise self._wrong(key, "a date such as 2025-11-28") from error

    def people(self, key: str) -> tuple[Person, ...]:
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


def _first_heading(text: str, body: int) -> str | None:
    for line in text[body:].splitlines():
        if match := _HEADING.match(line.strip()):
            return match[2] or None
        if line.strip():
            return None
    return None


def _lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the offsets of each line, without its line end."""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end - (end > start and text[end - 1] == "\r")
        start = end + 1


def _paragraphs(
    text: str, body: int, *, names: set[str], is_interview: bool, title: str
) -> Iterator[Paragraph]:
    """Find the body's paragraphs with their section and speaker.

    A speaker goes on until the next speaker or heading.
    """
    section: str | None = None
    speaker: str | None = None
    start = end = -1
    for left, right in _lines(text, body):
        line = text[left:right]
        heading = _HEADING.match(line.strip()) if line.lstrip().startswith("#") else None
        label = None if heading else _speaker_label(line, names, is_interview=is_interview)
        opens = label is not None or _LIST_ITEM.match(line) or line.startswith(("\u3000", "    "))
        closed = start >= 0 and text[start:end].endswith(_LINE_END)
        if start >= 0 and (heading or opens or closed or not line.strip()):
            yield Paragraph(_span(text, start, end), section, speaker)
            start = -1
        if heading:
            section = (heading[2] if heading[2] != title else None) or None
            speaker = None
        elif line.strip():
            if label is not None:
                speaker, left = label[0], left + label[1]
            if start < 0 and text[left:right].strip():
                start = left
            end = right
    if start >= 0:
        yield Paragraph(_span(text, start, end), section, speaker)


def _speaker_label(line: str, names: set[str], *, is_interview: bool) -> tuple[str, int] | None:
    """Return the speaker that a line opens with, and the label's length, or None."""
    match = _LABEL.match(line)
    if match is None:
        return None
    name = match["name"].strip()
    is_bold = line.startswith(("**", "__"))
    if name in names or (is_interview and (is_bold or name in _GENERIC_LABELS)):
        return name, match.end()
    return None
