"""A Word document's bytes, or an HTML page -> its text, a paragraph a line."""

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from zipfile import ZipFile

from qa_bot.errors import PageError
from qa_bot.pages.decode import MAX_PAGE_BYTES
from qa_bot.pages.lines import WIDE

_MOST_UNPACKED = 5 * MAX_PAGE_BYTES
_WORD_STYLES = "\n".join(
    ["p[style-name='Title'] => h1:fresh"]
    + [f"p[style-name='Heading {level}'] => h{level + 1}:fresh" for level in range(1, 6)]
)
_NOT_TEXT = frozenset(
    {"head", "script", "style", "template", "noscript", "nav", "form", "button"}
    | {"select", "textarea", "iframe", "object", "svg"}
)
_INVISIBLE = re.compile(r"display:\s*none", re.IGNORECASE)
_FOOTNOTE_BACK = "#footnote-ref-"  # the way back from a Word footnote
_WITH_FOOTER = ("article", "main")  # whose footer is no menu
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = (
    *_HEADINGS,
    *("address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt"),
    *("figcaption", "figure", "footer", "header", "hr", "li", "main", "ol", "p", "pre", "section"),
    *("table", "td", "th", "tr", "ul"),
)
# Where a line and a block end: in HTML, line feeds are but white space.
_LINE, _BLOCK = "\u2028", "\u2029"
_WRAP = re.compile(rf"(?<=[{WIDE}])[ \t]*[\r\n][ \t\r\n]*(?=[{WIDE}])")


def read_docx(data: bytes) -> str:
    """Read the text of a Word document; its title and headings get `#`.

    Raises:
        PageError: If it unpacks to too much.
    """
    import mammoth

    with ZipFile(io.BytesIO(data)) as archive:
        # No more of a member is ever read than it declares.
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > _MOST_UNPACKED:
        raise PageError(f"unpacks to {unpacked:,} bytes, more than {_MOST_UNPACKED:,}; split it")
    html = mammoth.convert_to_html(
        io.BytesIO(data), style_map=_WORD_STYLES, convert_image=lambda image: []
    )
    return read_html(html.value)


def read_html(html: str) -> str:
    """Read the text of an HTML page, without menus; its headings get `#`.

    Nothing that the page refers to is loaded.
    """
    from bs4 import BeautifulSoup

    text = "".join(_pieces(BeautifulSoup(html, "html.parser")))
    text = re.sub(r"[ \t\r\n\f]+", " ", _WRAP.sub("", text))
    blocks = (block.replace(_LINE, "\n").strip() for block in text.split(_BLOCK))
    return "\n".join(f"{block}\n" for block in blocks if block)


class _Around(NamedTuple):
    """What a piece of a page stands in: the heading, and whether `pre`, and what has a footer."""

    heading: Any = None
    keeps_lines: bool = False
    has_footer: bool = False


def _pieces(soup: Any) -> Iterator[str]:
    """Yield the text of a page with marks where lines and blocks end.

    Each element is looked at once, however deep it lies.
    """
    from bs4.element import CData, NavigableString, Tag

    begun = set()  # headings that have their marks
    todo: list[tuple[Any, _Around]] = [(soup, _Around())]  # the next one last
    while todo:
        node, around = todo.pop()
        if not isinstance(node, Tag):
            heading = around.heading
            if type(node) not in (str, NavigableString, CData):  # a comment
                continue
            if heading and id(heading) not in begun and node.strip():
                begun.add(id(heading))
                yield "#" * int(heading.name[1]) + " "
            yield node.replace("\n", _LINE) if around.keeps_lines else node
        elif _is_shown(node, around):
            if node.name == "br":
                yield " " if around.heading else _LINE
            elif node.name in _BLOCKS and not around.keeps_lines:
                yield _BLOCK
                todo.append((_BLOCK, _Around()))
                if node.name in _HEADINGS:
                    around = around._replace(heading=node)
            if node.name == "pre":
                around = around._replace(keeps_lines=True)
            elif node.name in _WITH_FOOTER:
                around = around._replace(has_footer=True)
            todo += ((child, around) for child in reversed(node.contents))


def _is_shown(tag: Any, around: _Around) -> bool:
    return not (
        tag.name in _NOT_TEXT
        or (tag.name == "footer" and not around.has_footer)
        or tag.has_attr("hidden")
        or _INVISIBLE.search(tag.get("style", ""))
        or (tag.name == "a" and tag.get("href", "").startswith(_FOOTNOTE_BACK))
    )
