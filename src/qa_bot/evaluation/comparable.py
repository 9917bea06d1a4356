"""Text -> what is compared of it."""

import re
import unicodedata

_NOT_COMPARED = re.compile(r"[\s\W_]+")


def comparable(text: str) -> str:
    """Return what is compared of a text: its letters and digits, folded (NFKC, lower case)."""
    return _NOT_COMPARED.sub("", unicodedata.normalize("NFKC", text)).casefold()
