"""A file that is an article already -> a file of the corpus."""

import hashlib
from pathlib import Path

from qa_bot.errors import PageError
from qa_bot.pages.files import Written, clean_name, write_atomically

_SUFFIXES = ("md", "txt")


def add_article(text: str, original: bytes, *, name: str, corpus: Path) -> Written:
    """Write an article into the corpus.

    Args:
        text: The article file.
        original: Its bytes as they came; kept as they are where they hold this text in UTF-8.
        name: Of the file as it came; what no file name should have is taken out.
        corpus: The corpus folder; it is made if needed.

    Returns:
        What happened: it is `unchanged` if the file is there already. Another file of this name
        stays, and is the namesake.

    Raises:
        PageError: If the corpus cannot be written.
    """
    data = original if original.decode("utf-8", "replace") == text else text.encode()
    stem, suffix = clean_name(name)
    suffix = suffix.lower() if suffix.lower() in _SUFFIXES else "md"
    if stem.lower() == "readme":  # of a corpus that is no article
        stem = f"article-{stem}"
    digest = hashlib.sha256(data).hexdigest()[:8]
    first, second = corpus / f"{stem}.{suffix}", corpus / f"{stem}-{digest}.{suffix}"
    try:
        corpus.mkdir(parents=True, exist_ok=True)
        path = second if first.exists() and first.read_bytes() != data else first
        if path.exists():
            return Written(path, "unchanged")
        write_atomically(path, data)
    except OSError as error:
        raise PageError(
            f"{error.filename or corpus}: cannot be written ({error.strerror}); check the folder"
        ) from error
    return Written(path, "written", namesake=first if path is second else None)
