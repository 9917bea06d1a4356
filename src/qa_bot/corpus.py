"""Article file -> article: reads its front matter, sections and speakers.

Every offset is taken while a file is read and points into the file as it is on disk.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from qa_bot.errors import CorpusError
from qa_bot.records import IMPRINT, Article, Paragraph, Person, Span

MAX_FILE_BYTES = 20_000_000
PAGES_FOLDER = "pages"  # originals of imported pages; not articles

_REST = 0.05  # seconds without a change after which a file is not being written
_TRIES = 20

_MAX_HEADING = (
    500  # characters; a longer line is text: a heading is kept with each passage below it
)
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t#]*$")
_LIST_ITEM = re.compile(
    r"[ \t]*(?:[-*+•]|\d{1,3}[.、)）]|[(（][\d一二三四五六七八九十]{1,3}[)）])\s*\S"
)
_LABEL = re.compile(
    r"(?:\*\*|__)?(?P<name>[^\s*_:：][^*_:：\r\n]{0,40}?)(?:\*\*|__)?\s*[:：](?:\*\*|__)?\s*"
)
# Labels that stand for a person in an interview without naming one.
_GENERIC_LABELS = frozenset({"记者", "主持人", "编者", "问", "Q"})
_HOST_ROLE = re.compile(r"记者|主持|编辑|(?i:\b(?:host|moderator|reporter|editor)\b)")
_LINE_END = tuple("。！？…”）")
_BREAK = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")  # a thematic break of Markdown
_ESCAPE = re.compile(r"\\(?=[-#*_>`])")  # what follows is text, not structure
_BOLD_QUESTION = re.compile(r"(\*\*|__)[^*_]+(?:[?？]\1|\1[?？])\s*$")


def check_corpus(corpus: Path) -> None:
    """Check that the corpus folder is there and may be read.

    Raises:
        CorpusError: If it is not.
    """
    if not os.path.isdir(corpus):  # noqa: PTH112 # Path raises below a folder that is closed
        raise CorpusError(
            f"no corpus folder at {corpus}; create it and put articles in it, or name another "
            "with --corpus"
        )
    if not os.access(corpus, os.R_OK | os.X_OK):
        raise CorpusError(f"{corpus}: may not be read; change its permissions")


def read_article(path: Path, *, id: str, shown_as: str | None = None) -> Article:
    """Read one article file, once it is at rest.

    Args:
        path: The file.
        id: The article's id.
        shown_as: How error messages name the file; by default *path*.

    Raises:
        CorpusError: If the file cannot be used; the message is `path[:line]: reason`.
    """
    name = shown_as or str(path)
    for _ in range(_TRIES):
        data, age = _read(path, name)
        # Half of it may be written: its digest would be that of a text that nobody wrote. A file
        # from the future (the clock was set) is not being written.
        if data is not None and not 0 <= age < _REST:
            return parse_article(data, id=id, shown_as=name)
        time.sleep(_REST)
    raise CorpusError(f"{name}: is being written; run the command again when that is done")


def digest_file(path: str) -> str | None:
    """Return the hex digest of an article file's bytes; None if it has to be read to say more."""
    try:
        data, _ = _read(path, "")
    except CorpusError:
        return None
    return None if data is None else hashlib.sha256(data).hexdigest()


def _read(path: str | Path, name: str) -> tuple[bytes | None, float]:
    """Read a file; returns its bytes, None if they changed meanwhile, and its age in seconds."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 # Path takes longer
            before = os.fstat(file.fileno())
            if before.st_size > MAX_FILE_BYTES:
                raise CorpusError(
                    f"{name}: file is {before.st_size:,} bytes, more than {MAX_FILE_BYTES:,}; "
                    "split it"
                )
            data = file.read(before.st_size + 1) or b""
            after = os.fstat(file.fileno())
    except OSError as error:
        raise CorpusError(f"{name}: cannot be read ({error.strerror}); check the file") from error
    is_same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    is_whole = is_same and len(data) == after.st_size
    return data if is_whole else None, time.time() - after.st_mtime


def parse_article(data: bytes, *, id: str, shown_as: str) -> Article:
    """Read one article from the bytes of its file.

    Args:
        data: The file's bytes.
        id: The article's id.
        shown_as: How error messages name the file.

    Raises:
        CorpusError: If the file is empty, binary, not UTF-8, or its front matter is wrong.
    """
    # YAML takes a while to import; a question seldom needs it.
    from qa_bot.front_matter import read_front_matter

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
    fields, facts, body = read_front_matter(text, shown_as)
    speakers = fields.people("speakers")
    title = fields.line("title") or _first_heading(text, body) or Path(id).stem
    authors = fields.people("authors")
    kind = fields.line("kind")
    paragraphs = tuple(
        _paragraphs(
            text,
            body,
            names={person.name for person in speakers},
            is_interview=kind == "interview" or bool(speakers),
            title=title,
        )
    )
    if not paragraphs and all(fact.key in IMPRINT for fact in facts):
        raise CorpusError(
            f"{shown_as}: has no text below its headings; write it or remove the file"
        )
    return Article(
        id=id,
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        title=title,
        authors=authors,
        source=fields.line("source"),
        section=fields.line("section"),
        date=fields.date("date"),
        url=fields.line("url"),
        kind=kind,
        speakers=speakers,
        imported_from=fields.imported_from(),
        facts=facts,
        paragraphs=paragraphs,
    )


def read_indexed(root: str, id: str, sha256: str) -> bytes | None:
    """Read an article's file again, by what an index, which anybody may have made, says of it.

    Args:
        root: The corpus folder, as `os.path.realpath` gives it.
        id: The article's id.
        sha256: Hex digest of the file as it was indexed.

    Returns:
        The file's bytes; None if it is not there, lies outside of the corpus, or has changed.
    """
    data = read_inside(root, id)
    return data if data and hashlib.sha256(data).hexdigest() == sha256 else None


def read_inside(root: str, id: str) -> bytes | None:
    """Read a file of the corpus folder as it is now.

    Args:
        root: The corpus folder, as `os.path.realpath` gives it: resolved once for many files.
        id: The file's place in it.

    Returns:
        Its bytes, one more than `MAX_FILE_BYTES` if it is larger; None if it is not there or lies
        outside of the corpus.
    """
    try:
        path = os.path.realpath(os.path.join(root, id))  # noqa: PTH118 # Path takes three times as long
        if not path.startswith(os.path.join(root, "")) or not os.path.isfile(path):  # noqa: PTH113, PTH118 # the same
            return None
        with open(path, "rb") as file:  # noqa: PTH123 # the same
            size = os.fstat(file.fileno()).st_size  # room for more takes longer than to read
            return file.read(min(size, MAX_FILE_BYTES) + 1)
    except (OSError, ValueError):  # no file can have such a name
        return None


def line_of(text: str, offset: int) -> int:
    """Return the line, from 1, that the character at *offset* stands in."""
    return text.count("\n", 0, offset) + 1


def is_host(name: str, speakers: Iterable[Person]) -> bool:
    """Whether who speaks under this name asks the questions of an interview.

    That is somebody whose role says so, or a label that names none of the speakers: the paper.
    """
    roles = {person.name: person.role or "" for person in speakers}
    return name not in roles or _HOST_ROLE.search(roles[name]) is not None


def _first_heading(text: str, body: int) -> str | None:
    for line in text[body:].splitlines():
        if match := match_heading(line):
            return match[2] or None
        if line.strip():
            return None
    return None


def match_heading(line: str) -> re.Match[str] | None:
    """Return the match of a line that is a heading, stripped; its group 2 is the heading's text."""
    line = line.strip()
    return _HEADING.match(line) if len(line) <= _MAX_HEADING else None


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

    A speaker goes on until the next speaker, heading, bold question or thematic break.
    """
    section: str | None = None
    speaker: str | None = None
    start = end = -1
    for left, right in _lines(text, body):
        line = text[left:right]
        heading = match_heading(line)
        is_break = _BREAK.match(line) is not None
        is_question = _BOLD_QUESTION.match(line) is not None
        label = None if heading else _speaker_label(line, names, is_interview=is_interview)
        opens = (
            label is not None
            or is_question
            or _LIST_ITEM.match(line)
            or line.startswith(("\u3000", "    "))
        )
        closed = start >= 0 and text.endswith(_LINE_END, start, end)
        if start >= 0 and (heading or is_break or opens or closed or not line.strip()):
            yield Paragraph(Span.stripped(text, start, end), section, speaker)
            start = -1
        if heading:
            section = (heading[2] if heading[2] != title else None) or None
            speaker = None
        elif is_break:
            speaker = None
        elif line.strip():
            if label is not None:
                speaker, left = label[0], left + label[1]
            elif is_question:
                speaker = None
            elif escape := _ESCAPE.match(line):
                left += escape.end()
            if start < 0 and text[left:right].strip():
                start = left
            end = right
    if start >= 0:
        yield Paragraph(Span.stripped(text, start, end), section, speaker)


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
