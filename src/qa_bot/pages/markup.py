"""A Word document's bytes, or an HTML page -> its text, a paragraph a line."""

import io
import re
from zipfile import ZipFile

from qa_bot.errors import PageError
from qa_bot.pages.decode import MAX_PAGE_BYTES
from qa_bot.pages.lines import WIDE

_MOST_UNPACKED = 5 * MAX_PAGE_BYTES
_WORD_STYLES = "\n".join(
    ["p[style-name='Title'] => h1:fresh"]
    + [f"p[style-name='Heading {level}'] => h{level + 1}:fresh" for level in range(1, 6)]
)
_NOT_TEXT = (
    "head, script, style, template, noscript, nav, footer:not(article *, main *), form, button, "
    "select, textarea, iframe, object, svg, [hidden], [style*='display:none' i], "
    "[style*='display: none' i], a[href^='#footnote-ref-']"  # the way back from a Word footnote
)
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

    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select(_NOT_TEXT):
        tag.decompose()
    for tag in soup("br"):
        tag.append(" " if tag.find_parent(_HEADINGS) else _LINE)
    for tag in soup("pre"):
        tag.string = tag.get_text().replace("\n", _LINE)
    for tag in soup(_BLOCKS):
        is_heading = tag.name in _HEADINGS and tag.get_text(strip=True)
        tag.insert(0, _BLOCK + ("#" * int(tag.name[1]) + " " if is_heading else ""))
        tag.append(_BLOCK)
    text = re.sub(r"[ \t\r\n\f]+", " ", _WRAP.sub("", soup.get_text()))
    blocks = (block.replace(_LINE, "\n").strip() for block in text.split(_BLOCK))
    return "\n".join(f"{block}\n" for block in blocks if block)
