"""An article, or words of it -> a reference as reading lists have it, Markdown, a short digest.

Chinese articles are cited by GB/T 7714-2015, others as APA (7th edition) does. The forms hold no
markup; in `cite_quote` no character of an article acts as Markdown or HTML.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from typing import Protocol

from qa_bot.corpus import line_of
from qa_bot.markdown import escape_line, is_web_address
from qa_bot.markdown import link as link_to
from qa_bot.records import Article, Person, Span

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_EDITION = re.compile(r"第?\s*([A-Za-z]?\d{1,3})\s*版")
# What is on the web is a newspaper's article only if the site is one's.
_NEWSPAPER = re.compile(
    r"报|\b(?:news|newspaper|times|daily|herald|post|gazette|tribune|courier|journal|weekly)\b",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(r"^(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Sir)\.?\s+)+")
_SUFFIX = re.compile(r",?\s+(Jr\.?|Sr\.?|I{2,3}|IV)$")
_GROUP = re.compile(
    r"\b(?:agency|board|bureau|committee|department|desk|editors?|institute|news|office|staff|team|"
    r"university)\b",
    re.IGNORECASE,
)
_GBT_AUTHORS, _APA_AUTHORS = 3, 20
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Citable(Protocol):
    """What a reference needs to know; an `Article`, or the `article` of a quote, does."""

    @property
    def title(self) -> str:
        """As printed."""

    @property
    def authors(self) -> tuple[Person, ...]:
        """In order."""

    @property
    def source(self) -> str | None:
        """Paper or site."""

    @property
    def date(self) -> dt.date | str | None:
        """Of publication; a text in ISO form."""

    @property
    def url(self) -> str | None:
        """Where it stands on the web."""


def cite(article: Citable, *, accessed: dt.date | None = None) -> str:
    """Return the article's entry in a list of references, as plain text.

    A source without an address, or one named like a newspaper, counts as a newspaper: [N], [N/OL];
    what else is on the web is [EB/OL], the rest [Z]. The section stands where the page does.

    Args:
        article: What is cited.
        accessed: When its address was last opened; only GB/T 7714 gives it.
    """
    return _gbt(article, accessed) if _CHINESE.search(article.title) else _apa(article)


def cite_quote(article: Article, span: Span, *, link: str | None = None) -> str:
    """Return words of an article as Markdown: a quotation, and a line that says whose and where.

    Args:
        article: That holds them.
        span: Where they stand in it.
        link: Address of the quote, for the end of the line.

    Raises:
        ValueError: If the article has no such span.
    """
    if not 0 <= span.start < span.end <= len(article.text):
        raise ValueError(f"the article has no text at {span.start}-{span.end}")
    text = article.text[span.start : span.end]
    is_chinese = _CHINESE.search(article.title) is not None
    lines = re.split(r"\r\n|\r|\n", text)
    quoted = [f"> {escape_line(line)}".rstrip() for line in lines]
    first, last = line_of(article.text, span.start), line_of(article.text, span.end - 1)
    numbers = f"{first}" if first == last else f"{first}–{last}"
    title, place, open_ = (
        (f"《{article.title}》", f"{article.id} 第 {numbers} 行", "查看原文")
        if is_chinese
        else (
            f"“{article.title}”",
            f"{article.id}, line{'' if first == last else 's'} {numbers}",
            "in the article",
        )
    )
    speaker = _speaker(article, span)
    parts = [
        escape_line(_named(speaker, is_chinese)) if speaker else "",
        link_to(escape_line(title), article.url),
        *(escape_line(_named(author, is_chinese)) for author in article.authors),
        escape_line(article.source or ""),
        article.date.isoformat() if article.date else "",
        escape_line(place),
        link_to(open_, link) if is_web_address(link) else "",
    ]
    dash, comma = ("——", "，") if is_chinese else ("—", ", ")
    return "\n".join([*quoted, ">", f"> {dash} {comma.join(filter(None, parts))}", ""])


def digest(text: str) -> str:
    """Return a short digest of a quote's words: 16 hexadecimal digits, for a link to it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _gbt(article: Citable, accessed: dt.date | None) -> str:
    source, date = article.source, str(article.date or "")
    is_online = is_web_address(article.url)
    is_paper = source and (not is_online or _NEWSPAPER.search(source))
    opened = f"[{accessed}]" if accessed and is_online else ""
    if is_paper:
        section = getattr(article, "section", None)  # what a quote says of its article has none
        edition = _EDITION.fullmatch(section) if section else None
        page = f"({edition[1] if edition else section})" if section else ""
        kind, issue = "N", f" {source}, {date or '[出版日期不详]'}{page}{opened}"
    elif is_online:
        published = f"({date})" if date else ""
        kind, issue = "EB", f" {published}{opened}" if published or opened else ""
    else:
        kind, issue = "Z", f" [出版地不详]: [出版者不详], {date or '[出版日期不详]'}"
    medium = f"[{kind}/OL]" if is_online else f"[{kind}]"
    entry = f"{_gbt_authors(article.authors)}. {article.title}{medium}."
    entry += f"{issue}." if issue else ""
    return f"{entry} {article.url}." if is_online else entry


def _gbt_authors(authors: Sequence[Person]) -> str:
    """Return three authors and 等; European names as the standard has them, WARD H."""
    names = []
    for person in authors[:_GBT_AUTHORS]:
        family, given = _parts(person.name)
        initials = [word[0].upper() for word in re.split(r"[\s.-]+", given) if word]
        names.append(" ".join([family.upper(), *initials]) if given else family)
    if len(authors) > _GBT_AUTHORS:
        names.append("等")
    return ", ".join(names) or "佚名"


def _apa(article: Citable) -> str:
    date = article.date
    if isinstance(date, str):
        try:
            date = dt.date.fromisoformat(date)
        except ValueError:
            date = None
    when = f"({date.year}, {_MONTHS[date.month - 1]} {date.day})" if date else "(n.d.)"
    title = article.title if article.title.endswith(("?", "!", ".")) else f"{article.title}."
    authors = _apa_authors(article.authors)
    authors = authors if authors.endswith(".") or not authors else f"{authors}."
    opening = f"{authors} {when}. {title}" if authors else f"{title} {when}."
    issue = ", ".join(filter(None, (article.source, getattr(article, "section", None))))
    parts = (opening, f"{issue}." if issue else "", article.url or "")
    return " ".join(filter(None, parts if is_web_address(article.url) else parts[:2]))


def _apa_authors(authors: Sequence[Person]) -> str:
    names = []
    for person in authors:
        family, given = _parts(person.name)
        suffix = _SUFFIX.search(given)
        words = given[: suffix.start()].split() if suffix else given.split()
        initials = " ".join(
            "-".join(f"{part[0].upper()}." for part in word.split("-") if part) for word in words
        )
        names.append(", ".join(filter(None, (family, initials, suffix and suffix[1]))))
    if len(names) > _APA_AUTHORS:
        return f"{', '.join(names[: _APA_AUTHORS - 1])}, . . . {names[-1]}"
    return ", & ".join(filter(None, (", ".join(names[:-1]), "".join(names[-1:]))))


def _parts(name: str) -> tuple[str, str]:
    """Return family and given names of a European person; the whole name of anybody else."""
    name = " ".join(name.split())
    if _CHINESE.search(name) or _GROUP.search(name) or "," in name.removesuffix(", Jr."):
        return name, ""
    suffix = _SUFFIX.search(name)
    words = _HONORIFIC.sub("", name[: suffix.start()] if suffix else name).split()
    first = max(len(words) - 1, 0)
    while first > 1 and words[first - 1].islower():  # van, de la
        first -= 1
    given = " ".join(words[:first])
    return " ".join(words[first:]), f"{given} {suffix[1]}" if suffix and given else given


def _speaker(article: Article, span: Span) -> Person | None:
    """Return who says what stands there, with the role that the article gives."""
    for paragraph in article.paragraphs:
        if paragraph.span.start <= span.start < paragraph.span.end and paragraph.speaker:
            people = (person for person in article.speakers if person.name == paragraph.speaker)
            return next(people, Person(paragraph.speaker))
    return None


def _named(person: Person, is_chinese: bool) -> str:
    if not person.role:
        return person.name
    return f"{person.name}（{person.role}）" if is_chinese else f"{person.name} ({person.role})"
