"""Plain text -> Markdown that shows just that text, whatever it holds."""

import re
from urllib.parse import quote, urlsplit

_ACTS = re.compile(r"[\\`*_\[\]<>#&~|!$@^{}]|:(?=//)|(?<=[Ww]{3})\.")
# At the start of a line: headings, lists, rules, definitions.
_BEGINS = re.compile(r"^([ \t]*)(?:([+=:-])|(\d{1,9})([.)]))")
# Nothing that ends an address in <>, or begins something else in it, is left as it is.
_URL = "%/:?#@!$&'()*+,;=-._~[]"
_ENTITY = re.compile(r"&(?=#?[0-9A-Za-z]+;)")


def escape(text: str) -> str:
    """Return text for the middle of a line."""
    return _ACTS.sub(r"\\\g<0>", text)


def escape_line(text: str) -> str:
    """Return text for the start of a line, up to its end."""
    return begin_line(escape(text))


def begin_line(line: str) -> str:
    """Return Markdown that begins no list, heading or rule, and keeps the white space before it."""
    if begins := _BEGINS.match(line):
        space, sign, number, mark = begins.groups()
        line = f"{space}{number or ''}\\{sign or mark}{line[begins.end() :]}"
    return re.sub(r"^[ \t]+", lambda space: "".join(f"&#{ord(c)};" for c in space[0]), line)


def link(content: str, url: str | None) -> str:
    """Return a link around Markdown, or the Markdown alone if the address is not of the web."""
    return f"[{content}]({address(url)})" if url and is_web_address(url) else content


def address(url: str) -> str:
    """Return an address in <>, all of which is a link's."""
    return f"<{_ENTITY.sub('&amp;', quote(url, safe=_URL, errors='replace'))}>"


def is_web_address(url: str | None) -> bool:
    """Whether this is an address of http(s), with a host."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return bool(url) and parts.scheme in ("http", "https") and bool(parts.netloc)
