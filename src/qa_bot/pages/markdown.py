"""A page's article -> the text of its article file: YAML front matter and Markdown body."""

import hashlib
import re
from typing import Any

import yaml

from qa_bot.pages.records import PageArticle, people_dicts
from qa_bot.records import Person

# In quotation marks: some digests would be numbers to YAML.
_SEAL = re.compile(r"^  sha256: '([0-9a-f]{64})'$", re.MULTILINE)
_UNSEALED = "0" * 64
# At the start of a line Markdown reads these as structure.
_STRUCTURE = re.compile(r"(#{1,6}(?=[ \t])|---|\*\*|__|>|```|([-*_])(?:[ \t]+\2){2,}[ \t]*$)")
_END_OF_TURN = "***"


def format_article(article: PageArticle, *, page_file: str) -> str:
    """Write an article as a file of the corpus.

    Args:
        article: The article.
        page_file: Where the corpus keeps the page, such as `pages/x.txt`.

    Returns:
        The file's text. Its front matter carries a seal, a digest of the whole file, by which
        `is_sealed` knows whether a person has edited it since.
    """
    fields: dict[str, Any] = {
        "title": article.title,
        "authors": _people(article.authors),
        "source": article.source,
        "section": article.section,
        "date": article.date,
        "kind": article.kind,
        "speakers": _people(article.speakers),
        "credits": list(article.credits),
        "notes": list(article.notes),
        "captions": list(article.captions),
        "imported_from": {
            "file": page_file,
            "lines": list(article.page_lines),
            "sha256": _UNSEALED,
        },
    }
    front = yaml.safe_dump(
        {key: value for key, value in fields.items() if value},
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    # A date is a date to YAML only without quotation marks.
    front = re.sub(r"^date: '(.*)'$", r"date: \1", front, flags=re.MULTILINE)
    return _seal(f"---\n{front}---\n\n{_body(article)}")


def is_sealed(text: str) -> bool:
    """Whether an article file is as `format_article` wrote it."""
    match = _SEAL.search(text)
    return match is not None and match[1] == _digest(text)


def _body(article: PageArticle) -> str:
    parts: list[str] = []
    section: str | None = None
    speaker: str | None = None
    for paragraph in article.paragraphs:
        if paragraph.section != section:
            section, speaker = paragraph.section, None
            if section:
                parts.append(f"## {section}")
        if speaker and not paragraph.speaker:
            parts.append(_END_OF_TURN)
        speaker = paragraph.speaker
        colon = "：" if paragraph.label.endswith("：") else ":"
        label = f"**{paragraph.speaker}{colon}** " if paragraph.speaker else ""
        # Without a label before it, text may open with what Markdown takes for structure.
        is_structure = not label and _STRUCTURE.match(paragraph.text)
        parts.append(label + ("\\" if is_structure else "") + paragraph.text)
    return "\n\n".join(parts) + "\n"


def _people(people: tuple[Person, ...]) -> list[dict[str, str]]:
    return [
        {key: value for key, value in person.items() if value} for person in people_dicts(people)
    ]


def _seal(text: str) -> str:
    return _SEAL.sub(f"  sha256: '{_digest(text)}'", text, count=1)


def _digest(text: str) -> str:
    # Line ends are the editor's business: git or Windows may change them.
    plain = text.replace("\r\n", "\n")
    blank = _SEAL.sub(f"  sha256: '{_UNSEALED}'", plain, count=1)
    return hashlib.sha256(blank.encode()).hexdigest()
