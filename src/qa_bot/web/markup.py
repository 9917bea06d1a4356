"""Text from articles and questions -> text that is safe inside HTML."""

import html
import re
from collections.abc import Callable, Iterable

from qa_bot.markdown import is_web_address
from qa_bot.records import Span
from qa_bot.web.texts import EN, ZH, Texts

# Control characters except tab and line feed, lone surrogates, line and paragraph separators,
# and what reorders or hides the text around it: bidi controls, interlinear marks, tags.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


def safe(text: object) -> str:
    """Return the text for use as HTML content or inside a quoted attribute.

    What could act (`<`, `&`, quotation marks) is escaped; characters that cannot be seen but can
    reorder, hide or break text are shown as the replacement character.
    """
    return html.escape(visible(text), quote=True)


def visible(text: object) -> str:
    """Return the text as `safe` shows it, but as plain text, not HTML."""
    plain = str(text).replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", plain)


def element(tag: str, css_class: str, *content: str, **attributes: str) -> str:
    """Return an element around content that is HTML already.

    Args:
        tag: Its name.
        css_class: Its class; empty for none.
        content: HTML.
        attributes: Plain text, escaped here; `_` in a name stands for `-`.
    """
    named = {"class": css_class, **attributes} if css_class else attributes
    shown = "".join(f' {name.replace("_", "-")}="{safe(value)}"' for name, value in named.items())
    return f"<{tag}{shown}>{''.join(content)}</{tag}>"


def link(url: str | None, content: str) -> str:
    """Return a link around HTML, or the HTML alone if the address is not one of http(s)."""
    if not url or not is_web_address(url):
        return content
    return element("a", "", content, href=url, target="_blank", rel="noopener noreferrer")


def mark(text: str, start: int, highlights: Iterable[Span]) -> str:
    """Return the text as HTML with its highlights in `<mark>`.

    Args:
        text: The words.
        start: Offset of `text[0]`.
        highlights: Spans in the offsets of *start*; what lies outside the text is ignored.
    """
    parts, done = [], 0
    for span in sorted(highlights, key=lambda span: span.start):
        first = max(done, span.start - start)
        last = min(len(text), span.end - start)
        if first < last:
            parts += [safe(text[done:first]), element("mark", "", safe(text[first:last]))]
            done = last
    return "".join([*parts, safe(text[done:])])


def language_of(text: str) -> str:
    """Return the language that a screen reader should read the text in."""
    return "zh-CN" if _CHINESE.search(text) else "en"


def in_both(render: Callable[[Texts], str]) -> str:
    """Return HTML in both languages; the style sheet shows that of the browser."""
    return "".join(
        element("div", "qa-language", render(texts), lang=texts.language) for texts in (ZH, EN)
    )
