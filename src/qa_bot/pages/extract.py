"""A PDF, Word or HTML file on standard input -> its text on standard output.

`convert.py` runs this as a process of its own: the libraries that read these formats meet whatever
somebody sent. They are an extra, so each is imported where it is used.
"""

import contextlib
import sys
from collections.abc import Callable

from qa_bot.errors import PageError
from qa_bot.pages.decode import MAX_PAGE_BYTES
from qa_bot.pages.markup import read_docx, read_html
from qa_bot.pages.pdf import read_pdf

_MEMORY = 1 << 30  # bytes
_READERS: dict[str, Callable[[bytes], str]] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "html": lambda data: read_html(data.decode()),
}


def extract(kind: str, data: bytes) -> str:
    """Read the text of a file.

    Args:
        kind: `pdf`, `docx`, or `html` in UTF-8.
        data: The file's bytes.

    Raises:
        PageError: If there is none, or it cannot be read; the message does not name the file.
    """
    try:
        text = _READERS[kind](data)
    except PageError:
        raise
    except (MemoryError, RecursionError) as error:
        raise PageError("is too large or too deeply nested to be read; split it") from error
    except Exception as error:  # whatever a library raises that meets a damaged file
        what = f"is damaged, or not what it seems to be ({type(error).__name__})"
        raise PageError(f"{what}; save or download it again") from error
    if not text.strip():
        raise PageError("holds no text; nothing to import")
    if len(text.encode()) > MAX_PAGE_BYTES:
        raise PageError(f"holds more than {MAX_PAGE_BYTES:,} bytes of text; split it")
    return text


def main(kind: str) -> int:
    """Print the text, or, with exit status 2, why there is none."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # where there is no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    status = 0
    try:
        text = extract(kind, sys.stdin.buffer.read())
    except PageError as error:
        text, status = str(error), 2
    sys.stdout.buffer.write(text.encode())
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
