"""A page file's bytes -> its text, if they are a PDF, a Word document or an HTML page."""

import re
import subprocess
import sys
from importlib.util import find_spec

from qa_bot.errors import PageError
from qa_bot.pages.decode import check_size, decode_page

_SECONDS = 60
_REFUSED = 2  # the exit status of `extract.py` when it prints why there is no text
# What reads each kind; all come with the extra `pages`.
_LIBRARIES = {"pdf": ("pypdfium2",), "docx": ("mammoth", "bs4"), "html": ("bs4",)}
_HTML = re.compile(
    rb"[\xef\xbb\xbf\xfe\xff]{0,3}(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_UNREADABLE = {
    b"\xd0\xcf\x11\xe0": "an Office file of the old kind, or a locked one",
    b"{\\rtf": "an RTF file",
}


def convert_page(data: bytes, *, file: str) -> str | None:
    """Convert a page that is no plain text.

    The reading is done by a process of its own, which has no more than a minute and some memory,
    and loads nothing that the page refers to.

    Args:
        data: The file's bytes; they tell what it is, and only for HTML its name does, too.
        file: How error messages name it.

    Returns:
        The text with a printed line or a paragraph a line and `#` before headings; None if the
        file is none of these.

    Raises:
        PageError: If the extra is missing, or the file is too large, damaged, locked, of a kind
            that cannot be read, or without text.
    """
    kind = _kind(data, file)
    if kind is None:
        return None
    check_size(data, file=file)
    if not all(find_spec(library) for library in _LIBRARIES[kind]):
        raise PageError(
            f"{file}: PDF, Word and HTML need more packages; run: pip install 'qa-bot[pages]'"
        )
    if kind == "html":
        data = decode_page(data, file=file).encode()
    try:
        done = subprocess.run(  # noqa: S603 # -P: what lies in the working folder is not imported
            [sys.executable, "-P", "-m", "qa_bot.pages.extract", kind],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PageError(f"{file}: takes more than {_SECONDS} seconds to read; split it") from error
    text = done.stdout.decode()
    if done.returncode == _REFUSED:
        raise PageError(f"{file}: {text}")
    if done.returncode:
        raise PageError(f"{file}: is damaged or too large to be read; save it as text")
    return text


def _kind(data: bytes, file: str) -> str | None:
    start = data[:4096]
    for mark, what in _UNREADABLE.items():
        if start.startswith(mark):
            raise PageError(f"{file}: is {what}; save it as .docx or text, without a password")
    if start.lstrip().startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"PK\x03\x04") and b"word/document.xml" in data:
        return "docx"
    is_named_html = file.lower().endswith((".html", ".htm"))
    return "html" if is_named_html or _HTML.match(start.replace(b"\0", b"")) else None
