"""A page's text -> its printed lines, each with its place, and the forms of characters."""

import re
from collections.abc import Sequence

import rjieba

from qa_bot.pages.records import PageLine

# Scripts written without spaces, and the punctuation that goes with them.
WIDE = (
    "\u2e80-\u303f\u3040-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff01-\uff60\uffe0-\uffe6\u2014\u2018\u2019\u201c\u201d\u2026\u00b7"
    "\U00020000-\U0003ffff"
)
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3007"
_WIDE_CHARACTER = re.compile(rf"[{WIDE}]")
_HALF = re.compile(r"[0-9A-Za-z]")
_TERMINALS = frozenset("。！？；…!?;.．")
_CLOSERS = "”’」』》〉）)】〕］]\"'"
# 。(记者 某某): who wrote it stands behind the last sentence.
_SIGNED = re.compile(r"[。！？!?…；;.][”\"’」]*\s*[(（][^()（）]{0,80}[)）]\s*$")
_HALVES = re.compile(rf"[^\s，。、；,;]*[\w”」》]\s+[“「《]?[{HAN}\d][^\s，。、；,;]*")
_BRACKETS = {")": "(", "）": "（", "】": "【", "》": "《", "”": "“", "』": "『", "」": "「"}
_TAB = 4


def read_lines(text: str) -> list[PageLine]:
    """Cut a page's text into lines, blank ones included.

    Args:
        text: The page's text, with any line ends.

    Returns:
        The lines, in order; `text[line.start:][:len(line.text)] == line.text`.
    """
    lines = []
    start = 0
    for number, raw in enumerate(text.split("\n"), 1):
        bare = raw.lstrip()
        gap = raw[: len(raw) - len(bare)]
        indent = sum({"\u3000": 2, "\t": _TAB, "\u2003": 2}.get(space, 1) for space in gap)
        lines.append(PageLine(number, bare.rstrip(), start + len(gap), indent))
        start += len(raw) + 1
    return lines


def is_wide(character: str) -> bool:
    """Whether no space is written next to this character."""
    return _WIDE_CHARACTER.match(character) is not None


def width(text: str) -> float:
    """Return the width in print, in Chinese characters.

    Half-width punctuation beside Chinese is counted full: it was full-width when it was printed.
    """
    compact = "".join(text.split())
    halves = len(_HALF.findall(compact))
    if halves > len(compact) // 2:
        return len(text) / 2
    return len(compact) - halves / 2


def is_closed(text: str) -> bool:
    """Whether text ends as a sentence does."""
    bare = text.rstrip(_CLOSERS + " ")
    if not bare:
        return False
    if bare[-1] == "." and bare[-2:-1].isdigit() and _HAN_CHARACTER.search(bare):
        return False  # a decimal point at the end of a line
    return bare[-1] in _TERMINALS or _SIGNED.search(text, max(0, len(text) - 90)) is not None


def is_two_halves(text: str) -> bool:
    """Whether text has the form of a title in two halves: a space, and no sentence's marks."""
    return _HALVES.fullmatch(text) is not None


def is_balanced(text: str) -> bool:
    """Whether no bracket closes that was not opened."""
    open_: list[str] = []
    for character in text:
        if character in _BRACKETS.values():
            open_.append(character)
        elif character in _BRACKETS:
            # Print mixes widths: （ may be closed by ).
            if not open_:
                return False
            open_.pop()
    return True


def join(parts: Sequence[str], *, is_space_wrapped: bool) -> str:
    """Join the printed lines of one paragraph.

    Args:
        parts: What stands on each line.
        is_space_wrapped: Whether earlier software has already put the lines into one and left
            a space at each wrap: then no space beside a Chinese character means anything.

    Returns:
        The text: no space at a wrap between Chinese characters or at their punctuation, one
        between Latin words; nothing after a hyphen that divides a word.
    """
    raw = "\n".join(parts).strip()
    is_chinese = len(_HAN_CHARACTER.findall(raw)) > len(_LATIN_CHARACTER.findall(raw))
    return _SPACE.sub(
        lambda match: _gap(match, raw, is_space_wrapped=is_space_wrapped, is_chinese=is_chinese),
        raw,
    )


_SPACE = re.compile(r"\s+")
_HAN_CHARACTER = re.compile(rf"[{HAN}]")
_LATIN_CHARACTER = re.compile(r"[A-Za-z]")
# A space between two Latin words, or after the comma between them.
_LATIN_BEFORE = re.compile(r"[A-Za-z][,.;:!?)\]\"']*$|[0-9]$")
_LATIN_AFTER = re.compile(r"[\"'(\[]*[A-Za-z]|[0-9]")


def _gap(match: re.Match[str], raw: str, *, is_space_wrapped: bool, is_chinese: bool) -> str:
    before, after = raw[match.start() - 1], raw[match.end()]
    is_wrap = is_space_wrapped or "\n" in match[0]
    if not is_wrap:
        return " "
    if is_wide(before) or is_wide(after):
        return ""
    if is_chinese and before.isdecimal() and after.isdecimal():
        return ""  # print breaks a number anywhere; two numbers have a mark between them
    if before == "-" and raw[match.start() - 2 : match.start() - 1].isalpha() and after.islower():
        return ""
    is_between_words = _LATIN_BEFORE.search(
        raw, max(0, match.start() - 4), match.start()
    ) and _LATIN_AFTER.match(raw, match.end())
    return "" if is_chinese and not is_between_words else " "


def holds_word(text: str) -> bool:
    """Whether a word of several characters, known to the dictionary, stands in a text."""
    return any(len(word) > 1 and rjieba.has_word(word) for word in rjieba.cut(text))


def is_word_across(tail: str, head: str) -> bool:
    """Whether a word of the dictionary stands across the cut."""
    at = 0
    for word in rjieba.cut(tail + head):
        if at < len(tail) < at + len(word):
            return bool(rjieba.has_word(word))
        at += len(word)
    return False
