"""A page's text -> its import and its proof, read by a process of its own.

A long page takes a core for a minute; a server must answer meanwhile, and be able to give up.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from qa_bot.errors import PageError
from qa_bot.pages.page import read_page
from qa_bot.pages.proof import unaccounted
from qa_bot.pages.records import Doubt, LeftOut, PageArticle, PageImport, PageParagraph
from qa_bot.records import Person

_SECONDS = 60
_MEMORY = 4 << 30  # bytes


def read_page_apart(text: str, *, file: str) -> tuple[PageImport, list[tuple[int, str]]]:
    """Read the articles that are on a page.

    Args:
        text: The page's text.
        file: How the page is named in the result and in errors.

    Returns:
        What `read_page` returns, without the traces, and what `unaccounted` finds.

    Raises:
        PageError: If that takes more than a minute, or too much memory.
    """
    try:
        done = subprocess.run(  # -P: what lies in the working folder is not imported
            [sys.executable, "-P", "-m", "qa_bot.pages.apart"],
            input=text.encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PageError(f"{file}: takes more than {_SECONDS} seconds to read; split it") from error
    if done.returncode:
        raise PageError(f"{file}: is too large to be read; split it")
    result = json.loads(done.stdout)
    return _import(result["import"], file), [(line, words) for line, words in result["lost"]]


def main() -> int:
    """Read a page from standard input, print what was read as a JSON object."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # where there is no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    text = sys.stdin.buffer.read().decode()
    page = read_page(text, file="")
    result = {"import": page.to_dict(), "lost": unaccounted(text, page)}
    sys.stdout.write(json.dumps(result))
    return 0


def _import(entry: Mapping[str, Any], file: str) -> PageImport:
    return PageImport(
        file,
        tuple(_article(article) for article in entry["articles"]),
        tuple(LeftOut(**_placed(item)) for item in entry["left_out"]),
        tuple(Doubt(**_placed(doubt)) for doubt in entry["doubts"]),
    )


def _article(entry: Mapping[str, Any]) -> PageArticle:
    fields = _placed(entry)
    for name in ("authors", "speakers"):
        fields[name] = _people(entry[name])
    for name in ("credits", "captions", "notes"):
        fields[name] = tuple(entry[name])
    fields["paragraphs"] = tuple(PageParagraph(**_placed(each)) for each in entry["paragraphs"])
    return PageArticle(**fields)


def _people(entries: Sequence[Mapping[str, Any]]) -> tuple[Person, ...]:
    return tuple(Person(**entry) for entry in entries)


def _placed(entry: Mapping[str, Any]) -> dict[str, Any]:
    first, last = entry["page_lines"]
    return {**entry, "page_lines": (first, last)}


if __name__ == "__main__":
    sys.exit(main())
