"""A page file's bytes -> its text, whatever Chinese encoding it was saved in."""

import codecs
import re

from qa_bot.errors import PageError

# A title among the lines between two fences; the second one may be missing.
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?:(?!---[ \t]*\r?\n).*\n){0,100}?title:")
_PLAUSIBLE = 0.02  # share of the commonest characters, a tenth of what Chinese text has
MAX_PAGE_BYTES = 20_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The commonest characters: a fifth of any Chinese text, and rare in text read in the wrong
# encoding.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产"
    "種面而方後多定行學法所民得經十三之進著等部度家電力裡如水化高自二理起小物現實加量都兩體制機當使點從業"
    "這為個國時來們於對會發動產過說無與開關經濟並將還應後讓企業市場"
)


def check_size(data: bytes, *, file: str) -> None:
    """Check that a page is not too large.

    Raises:
        PageError: If it is.
    """
    if len(data) > MAX_PAGE_BYTES:
        raise PageError(
            f"{file}: file is {len(data):,} bytes, more than {MAX_PAGE_BYTES:,}; split it"
        )


def decode_page(data: bytes, *, file: str) -> str:
    """Decode a page: UTF-8, UTF-16, GB18030 or Big5.

    Args:
        data: The file's bytes.
        file: How error messages name it.

    Returns:
        The text, without a byte order mark, line ends as they are.

    Raises:
        PageError: If the file is empty, too large, binary, or in no encoding that fits.
    """
    text = decode_text(data, file=file)
    if is_article(text):
        raise PageError(f"{file}: is an article already; put it into the corpus folder as it is")
    return text


def decode_text(data: bytes, *, file: str) -> str:
    """Decode a page, or an article; as `decode_page`, which takes no article.

    Raises:
        PageError: If the file is empty, too large, binary, or in no encoding that fits.
    """
    check_size(data, file=file)
    text = _decode(data, file)
    if not text.strip("\ufeff\u200b \t\r\n\f\u3000"):
        raise PageError(f"{file}: is empty; nothing to import")
    if "\0" in text:
        raise PageError(f"{file}: is a binary file, not text; export it as text")
    return text


def is_article(text: str) -> bool:
    """Whether a text has front matter: it is an article of a corpus, not a page."""
    return _FRONT_MATTER.match(text) is not None


def _decode(data: bytes, file: str) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding).removeprefix("\ufeff")
            except UnicodeDecodeError as error:
                raise PageError(
                    f"{file}: is not valid {encoding[:6].upper()} (byte {error.start}); "
                    "save it as UTF-8"
                ) from error
    if b"\0" in data:
        readings = [_try(data, name) for name in ("utf-16-le", "utf-16-be")]
        best = max(readings, key=_plausibility)
        if _plausibility(best) < _PLAUSIBLE:
            raise PageError(f"{file}: is a binary file, not text; export it as text")
        return best
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        readings = [text for name in ("gb18030", "big5hkscs") if (text := _try(data, name))]
        best = max(readings, key=_plausibility, default="")
        if _plausibility(best) < _PLAUSIBLE:
            line = data.count(b"\n", 0, error.start) + 1
            raise PageError(
                f"{file}:{line}: is neither UTF-8, UTF-16, GB18030 nor Big5 "
                f"(byte {data[error.start]:#04x}); save it as UTF-8"
            ) from error
        return best


def _try(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _plausibility(text: str) -> float:
    """Return the share of the commonest characters among those that are not ASCII."""
    sample = [character for character in text[:100_000] if not character.isascii()]
    return sum(character in _COMMON for character in sample) / len(sample) if sample else 0.0
