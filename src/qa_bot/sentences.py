"""Text -> sentences, Chinese and English, each with its closing quotation marks.

A sentence ends at 。！？；… (full or half width), or at an English full stop. Marks inside a
quotation of ordinary length do not end one: “你好。再见。”他说。 stays whole.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

# A quotation (or parenthesis) up to this many characters between its marks is never cut; it fills a
# passage of ordinary size. Longer ones are speeches, or a closing mark that print or scan lost, and
# are cut at the sentences' ends in them; none reaches beyond its paragraph.
MAX_QUOTATION = 400
# Text without punctuation, such as a table, is cut at white space or a comma after so many
# characters, or else anywhere, so that no sentence grows without bound.
MAX_SENTENCE = 1000

_PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "（": "）", "(": ")", "【": "】"}
_MARK = re.compile(f"[{''.join(map(re.escape, (*_PAIRS, *_PAIRS.values(), chr(34))))}]")
_SOFT_BREAKS = ",，、 \t\r\n\u3000"
_CLOSERS = "”’」』》）)】\"'"
# The mark comes before what is asked of it: so the search for it is quick.
_END = re.compile(
    r"[。！？!?；;….](?:(?<!\.)[。！？!?；;…]*"
    # A full stop, unless it is a decimal point or a small letter follows (3 p.m. today).
    r"|(?:(?<=[^\W_]\.)|(?<=[%)\]\"”’]\.))(?=[\"'”’)\]]|\s+[^\sa-z]|\s*$))"
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


class _Quotations:
    """The quotations of a paragraph that are not cut, the outermost ones."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._opens: list[int] = []
        self._ends: list[int] = []  # after the closing mark
        for opens, closes in sorted(_pairs_of_marks(text, start, end)):
            if closes - opens <= MAX_QUOTATION and (not self._ends or opens >= self._ends[-1]):
                self._opens.append(opens)
                self._ends.append(closes + 1)

    def end_at(self, index: int) -> int | None:
        """Return where the quotation that holds this index ends, exclusive; None if none does."""
        place = bisect_right(self._opens, index) - 1
        return self._ends[place] if place >= 0 and index < self._ends[place] else None


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
    quotations = _Quotations(text, start, end)
    left = start
    for match in _END.finditer(text, start, end):
        right = _end_of_sentence(text, match, quotations, end)
        if right is None or right <= left or text[left : match.start()].strip().isdecimal():
            continue  # the last: "1." opens a list, it says nothing
        yield from _cut(text, left, right, quotations)
        left = right
    yield from _cut(text, left, end, quotations)


def _end_of_sentence(
    text: str, match: re.Match[str], quotations: _Quotations, end: int
) -> int | None:
    """Return where the sentence that this mark may end does end, or None if it goes on."""
    right = match.end()
    if match[0] == "." and _ABBREVIATION.search(text, max(0, right - 8), right - 1):
        return None
    closes = quotations.end_at(match.start())
    if closes is None:
        while right < end and text[right] in _CLOSERS and quotations.end_at(right) is None:
            right += 1
        return right
    # Inside a quotation: only a mark right before its end can end the sentence, with it.
    if text[right:closes].strip(_CLOSERS):
        return None
    following = text[closes : min(end, closes + 24)]
    return None if _ATTRIBUTION.match(following) else closes


def _pairs_of_marks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the marks that belong together stand, each kind for itself."""
    opened: dict[str, list[int]] = {}
    for match in _MARK.finditer(text, start, end):
        mark, index = match[0], match.start()
        if mark in _PAIRS:
            opened.setdefault(_PAIRS[mark], []).append(index)
        elif opened.get(mark):
            if not _is_apostrophe(text, index):
                yield opened[mark].pop(), index
        elif mark == '"':  # opens and closes in turn
            opened[mark] = [index]


def _is_apostrophe(text: str, index: int) -> bool:
    """Whether the mark stands inside a Latin word: it’s."""
    around = text[index - 1 : index] + text[index + 1 : index + 2]
    return text[index] == "’" and len(around) == 2 and around.isascii() and around.isalpha()


def _cut(text: str, start: int, end: int, quotations: _Quotations) -> Iterator[tuple[int, int]]:
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
        at = quotations.end_at
        cut = next((i for i in soft if at(i) is None or at(i - 1) is None), cut)
        while (closes := at(cut)) and at(cut - 1) == closes:
            cut -= 1  # a quotation is never longer than a sentence may be
        yield start, cut - _trailing_space(text, start, cut)
        start = cut
    if start < end:
        yield start, end


def _trailing_space(text: str, start: int, end: int) -> int:
    return end - start - len(text[start:end].rstrip())
