"""An article and the page it was imported from -> the lines of each sentence on that page.

The article's file is the truth and may have been edited since, so the lines are not stored with it:
its sentences are aligned with the page, letters only, in order, within the article's own lines.
"""

import os
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path

from qa_bot.corpus import read_inside
from qa_bot.errors import PageError
from qa_bot.records import ImportedFrom, Span

_NOT_A_LETTER = re.compile(r"[\W_]+")
_ANCHORS = (12, 8, 5)  # letters that tell a place on a page
_MAX_GAP = 200  # letters of a caption that stands inside a sentence


def read_page(corpus: Path, file: str) -> str | None:
    """Read a page that is kept in the corpus folder; None if it is not readable, or not in it."""
    # A third of a second, which only imported articles take.
    from qa_bot.pages import decode_page

    data = read_inside(os.path.realpath(corpus), file)
    try:
        return None if data is None else decode_page(data, file=file)
    except PageError:
        return None


class PageLines:
    """The letters of an article's part of a page, each with its line."""

    def __init__(self, page: str, origin: ImportedFrom) -> None:
        self._letters = ""
        self._starts: list[int] = []  # of each line, in letters
        self._first = origin.line_start
        parts = []
        length = 0
        for line in page.split("\n")[origin.line_start - 1 : origin.line_end]:
            self._starts.append(length)
            parts.append(_letters(line))
            length += len(parts[-1])
        self._letters = "".join(parts)

    @classmethod
    def open(cls, corpus: Path, origin: ImportedFrom) -> "PageLines | None":
        """Read the page that is kept in the corpus folder; None if it is no longer readable."""
        page = read_page(corpus, origin.file)
        return None if page is None else cls(page, origin)

    def align(self, text: str, spans: Iterable[Span]) -> Iterator[tuple[int, int] | None]:
        """Find the page lines of sentences.

        Args:
            text: The article's text.
            spans: Its sentences, in order; all in one call, or one that recurs is found where it
                stands first.

        Yields:
            First and last line of each, or None for one that is not on the page.
        """
        position = 0
        for span in spans:
            letters = _letters(text[span.start : span.end])
            place = self._find(letters, position)
            if place is None:
                yield None
                continue
            start, end = place
            position = end
            yield self._line(start), self._line(end - 1)

    def _find(self, letters: str, position: int) -> tuple[int, int] | None:
        """Find a sentence, the nearest after *position* first.

        One that is cut by a caption or a column is found by its beginning and its end.
        """
        if not letters:
            return None
        for origin in (position, 0):
            start = self._letters.find(letters, origin)
            if start >= 0:
                return start, start + len(letters)
            for length in _ANCHORS:
                start = self._letters.find(letters[:length], origin)
                end = self._letters.find(letters[-length:], start) if start >= 0 else -1
                if 0 <= start < end <= start + 3 * len(letters) + _MAX_GAP:
                    return start, end + length
        return None

    def _line(self, letter: int) -> int:
        return self._first + bisect_right(self._starts, letter) - 1


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", text))
