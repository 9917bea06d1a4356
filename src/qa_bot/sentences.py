"""Text -> sentences, Chinese and English, each with its closing quotation marks.

A sentence ends at 。！？；… (full or half width), or at an English full stop. Marks inside a
quotation of ordinary length do not end one: “你好。再见。”他说。 stays whole.
"""

import re
from collections.abc import Iterator

# A quotation (or parenthesis) up to this many characters between its marks is never cut; it fills a
# passage of ordinary size. Longer ones are speeches, or a closing mark that print or scan lost, and
# are cut at the sentences' ends in them; none reaches beyond its paragraph.
MAX_QUOTATION = 400
# Text without punctuation, such as a table, is cut at white space or a comma after so many
# characters, or else anywhere, so that no sentence grows without bound.
MAX_SENTENCE = 1000

_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "（": "）", "(": ")", "【": "】"}
_SOFT_BREAKS = ",，、 \t\r\n\u3000"
_CLOSERS = "”’」』》）)】\"'"
_END = re.compile(
    r"[。！？!?；;…]+"
    # A full stop, unless it is a decimal point or a small letter follows (3 p.m. today).
    r"|(?:(?<=[^\W_])|(?<=[%)\]\"”’]))\.(?=[\"'”’)\]]|\s+[^\sa-z]|\s*$)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|e\.g|i\.e|U\.S|Inc|Ltd|Co|Jan|Feb|Mar|Apr|Jun"
    r"|Jul|Aug|Sept?|Oct|Nov|Dec|Fig|Vol|pp?))$"
)
# “……。”他说。 goes on after the closing mark: who spoke belongs to what was said.
_ATTRIBUTION = re.compile(
    r"\s{0,2}[^\s，。！？；,!?;]{0,12}(?:说|道|表示|指出|称|介绍|认为|强调|坦言|回忆|告诉)"
    r"|\s?(?:[a-z]|[A-Z]\w+ (?:said|says|added|told)\b)"
    r"|\s{0,2}[，,、：:）)]"
)


def split_sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Find the sentences of one paragraph.

    Between two sentences, before the first and after the last stands nothing but white space.

    Args:
        text: The text that the paragraph stands in.
        start: Where the paragraph starts in it.
        end: Where it ends, exclusive; None: at the end of the text.

    Yields:
        Offsets `(start, end)` into *text*, in order, never empty, without white space at either
        end.
    """
    end = len(text) if end is None else end
    quotations = _quotations(text, start, end)
    left = start
    for match in _END.finditer(text, start, end):
        right = _end_of_sentence(text, match, quotations, end)
        if right is None or right <= left or text[left : match.start()].strip().isdecimal():
            continue  # the last: "1." opens a list, it says nothing
        yield from _cut(text, left, right, quotations)
        left = right
    yield from _cut(text, left, end, quotations)


def _end_of_sentence(
    text: str, match: re.Match[str], quotations: dict[int, int], end: int
) -> int | None:
    """Return where the sentence that this mark may end does end, or None if it goes on."""
    right = match.end()
    if match[0] == "." and _ABBREVIATION.search(text, max(0, right - 8), right - 1):
        return None
    closes = quotations.get(match.start())
    if closes is None:
        while right < end and text[right] in _CLOSERS and right not in quotations:
            right += 1
        return right
    # Inside a quotation: only a mark right before its end can end the sentence, with it.
    if text[right:closes].strip(_CLOSERS):
        return None
    following = text[closes : min(end, closes + 24)]
    return None if _ATTRIBUTION.match(following) else closes


def _quotations(text: str, start: int, end: int) -> dict[int, int]:
    """Map every index inside a quotation to the index after its closing mark."""
    inside: dict[int, int] = {}
    index = start
    straight = [i for i in range(start, end) if text[i] == '"'] if '"' in text[start:end] else []
    straight_end = dict(zip(straight[::2], straight[1::2], strict=False))
    while index < end:
        closer = _PAIRS.get(text[index])
        close = straight_end.get(index, -1)
        if closer is not None:
            close = _matching(text, index, closer, min(end, index + MAX_QUOTATION + 1))
        if 0 <= close - index <= MAX_QUOTATION:
            inside.update(dict.fromkeys(range(index, close + 1), close + 1))
            index = close
        index += 1
    return inside


def _matching(text: str, start: int, closer: str, end: int) -> int:
    """Return the index of the mark that closes the one at *start*, or -1."""
    opener, depth = text[start], 0
    for index in range(start, end):
        if text[index] == opener:
            depth += 1
        elif text[index] == closer and not _is_apostrophe(text, index):
            depth -= 1
            if depth == 0:
                return index
    return -1


def _is_apostrophe(text: str, index: int) -> bool:
    """Whether the mark stands inside a Latin word: it’s."""
    around = text[index - 1 : index] + text[index + 1 : index + 2]
    return text[index] == "’" and len(around) == 2 and around.isascii() and around.isalpha()


def _cut(text: str, start: int, end: int, quotations: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the sentence without white space around it, in pieces if it is too long."""
    while True:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if end - start <= MAX_SENTENCE:
            break
        cut = start + MAX_SENTENCE
        soft = (i + 1 for i in range(cut - 1, start, -1) if text[i] in _SOFT_BREAKS)
        cut = next((i for i in soft if i not in quotations or i - 1 not in quotations), cut)
        while cut in quotations and quotations.get(cut - 1) == quotations[cut]:
            cut -= 1  # a quotation is never longer than a sentence may be
        yield start, cut - _trailing_space(text, start, cut)
        start = cut
    if start < end:
        yield start, end


def _trailing_space(text: str, start: int, end: int) -> int:
    return end - start - len(text[start:end].rstrip())
