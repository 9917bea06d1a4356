"""A matplotlib figure -> SVG to stand in a page: its fonts, its colours, light or dark.

Matplotlib writes colours and fonts that are fixed, into `style` attributes that a strict content
security policy forbids. Here colours become the page's, styles become attributes, texts are
translated, and what nobody needs goes.
"""

import io
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What to give matplotlib, and what stands for it in the SVG: the page's colours (page.css), or
# those of a light page.
INK, SOFT, RULE, ACCENT, CARD = "#000001", "#000002", "#000003", "#000004", "#000005"
_COLOURS = {
    INK: "currentColor",
    SOFT: "var(--qa-soft, #5f594f)",
    RULE: "var(--qa-rule, #ded7c9)",
    ACCENT: "var(--qa-accent, #9a2a1f)",
    CARD: "var(--qa-card, #fffefb)",
}
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: readable by programs, set in the page's font
    "svg.hashsalt": "qa-bot",  # ids do not change from run to run
    "path.simplify": False,
}
_LOCK = threading.Lock()  # matplotlib's settings belong to the whole process
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_REFERENCE = re.compile(r"#([\w.-]+)")


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw alike everywhere, whatever stands in the user's matplotlibrc; one thread at a time."""
    import matplotlib as mpl

    with _LOCK, mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def inline_svg(
    figure: "Figure",
    *,
    name: str,
    language: str,
    title: str,
    description: str,
    translations: Mapping[str, str],
) -> str:
    """Return a figure as an `<svg>` element; the same figure always gives the same text.

    Args:
        figure: Drawn in the colours above, with `own_settings`.
        name: What the ids in it begin with; unique in the page.
        language: Of its texts, such as `zh-CN`.
        title: What it shows, for screen readers and as a tooltip.
        description: The same at more length.
        translations: By text as drawn; what is not in it stays as it is.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    drawn = ET.fromstring(buffer.getvalue())  # noqa: S314 # our own
    for element in drawn.iter():
        _simplify(element, name)
    _drop(drawn, {"metadata", "style"})
    _drop_unused_ids(drawn)
    for text in drawn.iter("text"):
        text.text = translations.get(text.text or "", text.text)
    for position, (tag, content) in enumerate([("title", title), ("desc", description)]):
        label = ET.Element(tag, id=f"{name}-{tag}")
        label.text = content
        drawn.insert(position, label)
    drawn.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": drawn.attrib["viewBox"],
        "class": "qa-plot",
        "role": "img",
        "lang": language,
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-desc",
    }
    return ET.tostring(drawn, encoding="unicode")


def _simplify(element: ET.Element, name: str) -> None:
    """Take away namespaces, white space and styles, and make ids the plot's own."""
    element.tag = _local(element.tag)
    element.tail = None
    if element.tag != "text":
        element.text = None
    attributes = {_local(key): value for key, value in element.attrib.items()}
    for declaration in filter(None, attributes.pop("style", "").split(";")):
        key, _, value = declaration.partition(":")
        attributes[key.strip()] = value.strip()
    attributes.pop("font-family", None)
    for key, value in attributes.items():
        if key == "id":
            attributes[key] = f"{name}-{value}"
        elif key in ("href", "clip-path"):
            attributes[key] = _REFERENCE.sub(rf"#{name}-\1", value)
        elif key in ("d", "x", "y", "transform", "width", "height"):
            shorter = _NUMBER.sub(lambda number: f"{float(number[0]):.1f}", value)
            attributes[key] = " ".join(shorter.split())
        else:
            attributes[key] = _COLOURS.get(value, value)
    if attributes.get("transform", "").startswith("rotate(-0 "):
        del attributes["transform"]
    element.attrib = attributes


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _drop(element: ET.Element, tags: set[str]) -> None:
    for child in list(element):
        if child.tag in tags:
            element.remove(child)
        else:
            _drop(child, tags)


def _drop_unused_ids(drawn: ET.Element) -> None:
    used = {
        found
        for element in drawn.iter()
        for key in ("href", "clip-path")
        for found in _REFERENCE.findall(element.get(key, ""))
    }
    for element in drawn.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
