"""A PDF's bytes -> its text, printed line by printed line in reading order."""

import math
import unicodedata
from collections.abc import Iterator
from ctypes import c_double
from typing import Any, NamedTuple

from qa_bot.errors import PageError
from qa_bot.pages.columns import Stretch, page_text

_MOST_PAGES = 500
_MOST_UNREADABLE = 0.1  # of a page's characters

# In the size of the print: how far from the one before it a character goes on a line.
_RISE = 0.3
_GAP = (-1.5, 0.9)
_ASCENT = 0.88  # from the line that Chinese characters stand on to their upper edge


# Some fonts name the radical that looks like a character: U+2F08 for 人.
_RADICALS = str.maketrans(
    {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    | dict(
        zip("⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣", "民虎西见角贝车长门青韦页风飞食马骨", strict=True)
    )
    | dict(zip("⻤⻥⻦⻨⻩⻬⻮⻰⻳", "鬼鱼鸟麦黄齐齿龙龟", strict=True))
)


class _Glyph(NamedTuple):
    """A printed character; lengths in points, `base` from the foot of the page."""

    character: str
    left: float
    right: float
    base: float
    size: float


def read_pdf(data: bytes) -> str:
    """Read the text of a PDF, with an empty line between its pages.

    Raises:
        PageError: If it is locked, damaged or too long, or holds no text that can be read.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise PageError("is locked with a password; save it without one") from error
        raise PageError("is a damaged PDF; save or download it again") from error
    if len(document) > _MOST_PAGES:
        raise PageError(f"has {len(document)} pages, more than {_MOST_PAGES}; split it")
    texts = []
    for number, page in enumerate(document, 1):
        print_ = page.get_textpage()
        if not _is_readable(print_):
            raise PageError(
                f"has fonts on page {number} that do not name their characters; "
                "run OCR over it and import the text"
            )
        if stretches := list(_stretches(print_)):
            texts.append(page_text(stretches))
    if not texts:
        raise PageError("holds no text, only pictures; run OCR over it and import the text")
    return "\n".join(texts)


def _is_readable(page: Any) -> bool:
    """Whether the page's fonts say which characters they show, but for some ornaments."""
    from pypdfium2.raw import FPDFText_HasUnicodeMapError

    count = page.count_chars()
    nameless = sum(FPDFText_HasUnicodeMapError(page, index) == 1 for index in range(count))
    return bool(nameless <= _MOST_UNREADABLE * count)


def _stretches(page: Any) -> Iterator[Stretch]:
    """Join what is printed in one go, in the order of drawing."""
    run: list[_Glyph] = []
    for glyph in _glyphs(page):
        if run and not _goes_on(run[-1], glyph):
            yield _stretch(run)
            run = []
        if run or not glyph.character.isspace():
            run.append(glyph)
    if run:
        yield _stretch(run)


def _glyphs(page: Any) -> Iterator[_Glyph]:
    from pypdfium2 import raw

    x, y, matrix = c_double(), c_double(), raw.FS_MATRIX()
    glyph = None
    for index in range(page.count_chars()):
        character = chr(raw.FPDFText_GetUnicode(page, index))
        if raw.FPDFText_IsGenerated(page, index):
            if glyph and character == " ":  # white between words, where the PDF has no space
                yield glyph._replace(character=" ", left=glyph.right)
            continue
        if raw.FPDFText_IsHyphen(page, index):
            character = "-"
        if character >= " ":
            raw.FPDFText_GetCharOrigin(page, index, x, y)
            raw.FPDFText_GetMatrix(page, index, matrix)
            size = raw.FPDFText_GetFontSize(page, index) * math.hypot(matrix.c, matrix.d)
            right = page.get_charbox(index, loose=True)[2]
            glyph = _Glyph(character, x.value, right, y.value, size)
            yield glyph


def _goes_on(before: _Glyph, glyph: _Glyph) -> bool:
    low, high = _GAP
    is_level = abs(glyph.base - before.base) < _RISE * before.size
    return is_level and low * before.size < glyph.left - before.right < high * before.size


def _stretch(run: list[_Glyph]) -> Stretch:
    while run[-1].character.isspace():
        run.pop()
    # Characters beyond U+FFFF come in halves.
    halves = "".join(glyph.character for glyph in run).encode("utf-16", "surrogatepass")
    first = run[0]
    top = -first.base - _ASCENT * first.size
    text = halves.decode("utf-16", "replace").translate(_RADICALS)
    return Stretch(text, first.left, run[-1].right, top, first.size)
