"""Sentences of a text -> the enumerations in it: 一是…二是…, 首先…其次…, (1)…(2)…, …：…；…；…."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa_bot.patterns import compile_late

_HAN = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_LATIN = ("first", "second", "third", "fourth", "fifth", "sixth")
_OPENING = r"(?:^|[:：,，;；。])\s*[“\"'*_]*"
_AT_START = r"^\s*[“\"'*_]*"
_STYLES = (
    compile_late(rf"{_OPENING}(?P<n>[{_HAN}])是"),
    compile_late(rf"{_OPENING}(?P<n>[{_HAN}])要"),
    compile_late(rf"{_OPENING}其(?P<n>[{_HAN}])"),
    compile_late(rf"{_OPENING}第(?P<n>[{_HAN}])[步个条点项]?[,，、:：是]"),
    compile_late(rf"{_OPENING}[(（](?P<n>[{_HAN}]|\d{{1,2}})[)）]"),
    compile_late(rf"(?P<n>[{_CIRCLED}])"),
    compile_late(rf"{_AT_START}(?P<n>\d{{1,2}})(?:[、)）]|[.．](?!\d))\s*"),
    compile_late(rf"{_AT_START}(?P<n>[{_HAN}])、"),
    compile_late(rf"{_OPENING}(?P<n>首先|其次|再次|再者|然后|最后)"),
    compile_late(rf"{_OPENING}(?P<n>一|另一)方面"),
    compile_late(
        rf"(?i)(?:^|[;:])\s*(?:and\s+)?(?P<n>{'|'.join(_LATIN)}|finally|last)(?:ly)?"
        r"(?:,| (?:is|was) )"
    ),
    compile_late(rf"(?i)^(?:the\s+)(?P<n>{'|'.join(_LATIN)}|last)\b[^,.]{{0,20}}?\b(?:is|was)\b"),
)
_LAST = 99
_ORDINALS = {
    **{sign: n for signs in (_HAN, _CIRCLED, _LATIN) for n, sign in enumerate(signs, 1)},
    **{"首先": 1, "其次": 2, "再次": 3, "再者": 3, "然后": 3, "最后": _LAST, "另一": 2},
    **{"finally": _LAST, "last": _LAST},
}
_SKIPPED = 1  # points that the page may have swallowed, in a row
_ABOVE = compile_late(
    rf"[:：?？]$|如下|以下|下列|following|[两{_HAN}\d](?:个|大|项|点|条|件|步|方面|种|重|道|篇)"
    r"|\b(?:two|three|four|five|six)\b"
)
_PARALLEL = 3  # paragraphs that open alike
_OPENS_ALIKE = 3  # letters
_LEAD_LENGTH = 60  # characters of a sentence that sums up its paragraph
_DEMANDS = compile_late(
    r"[^，,]{0,6}?(?:坚持|推进|推动|强化|完善|健全|构建|打造|加快|加强|提升|优化|深化|培育|筑牢|夯实|聚焦|突出|拓展"
    r"|创新|激发|做[好优强实]|抓[好实]|用[好活]|落实|发挥|引导|促进|建立|统筹|要|应)"
)


@dataclass(frozen=True, slots=True)
class Enumeration:
    """An enumeration, by position in the sequence of sentences that it was found in.

    Attributes:
        lead: The sentence that leads in, or None if the first point's own sentence does.
        points: The sentences that open a point, in order.
        end: The position after the paragraph that the last point stands in.
        size: How many points there are; several may stand in one sentence.
        is_led_inside: Whether what leads in is the first point's own sentence.
        is_marked: Whether something counts them; else paragraphs open alike.
    """

    lead: int | None
    points: tuple[int, ...]
    end: int
    size: int
    is_led_inside: bool = False
    is_marked: bool = True


@dataclass(frozen=True, slots=True)
class _Mark:
    position: int
    ordinal: int
    is_inside: bool  # text that leads in stands before it


def find_enumerations(texts: Sequence[str], paragraphs: Sequence[int]) -> list[Enumeration]:
    """Find the enumerations of at least two points.

    Args:
        texts: Neighbouring sentences of one article, in file order.
        paragraphs: The number of the paragraph that each stands in.

    Returns:
        Enumerations in the order of their first points.
    """
    found = []
    for style in _STYLES:
        points: list[_Mark] = []
        for position, text in enumerate(texts):
            for match in style.finditer(text):
                sign = match["n"].lower()
                ordinal = int(sign) if sign.isdecimal() else _ORDINALS[sign]
                mark = _Mark(position, ordinal, bool(text[: match.start()].strip()))
                if points and _continues(points, mark, paragraphs):
                    points.append(mark)
                else:
                    found += _finished(points, texts, paragraphs)
                    points = [mark] if ordinal == 1 else []
        found += _finished(points, texts, paragraphs)
    found += _semicolon_lists(texts, paragraphs)
    found += _parallel_paragraphs(texts, paragraphs)
    return sorted(found, key=lambda enumeration: enumeration.points[0])


def _continues(points: Sequence[_Mark], mark: _Mark, paragraphs: Sequence[int]) -> bool:
    """Whether a mark is the next one of a list: in its paragraph, or opening one of its own."""
    last = points[-1]
    if not last.ordinal < mark.ordinal or (
        mark.ordinal != _LAST and mark.ordinal > last.ordinal + 1 + _SKIPPED
    ):
        return False
    here = paragraphs[mark.position]
    opens = not mark.is_inside and (mark.position == 0 or paragraphs[mark.position - 1] != here)
    return here == paragraphs[last.position] or opens


def _finished(
    marks: Sequence[_Mark], texts: Sequence[str], paragraphs: Sequence[int]
) -> list[Enumeration]:
    if len(marks) < 2:
        return []
    marks = [*marks[:1], *_with_swallowed(marks, texts)]
    positions = tuple(dict.fromkeys(mark.position for mark in marks))
    first, last = positions[0], positions[-1]
    lead = None
    if first and not marks[0].is_inside:
        step = paragraphs[first] - paragraphs[first - 1]
        lead = first - 1 if step == 0 or (step == 1 and _ABOVE.search(texts[first - 1])) else None
    end = last + 1
    while end < len(paragraphs) and paragraphs[end] == paragraphs[last]:
        end += 1
    return [Enumeration(lead, positions, end, len(marks), is_led_inside=marks[0].is_inside)]


def _with_swallowed(marks: Sequence[_Mark], texts: Sequence[str]) -> Iterator[_Mark]:
    """Yield the marks after the first, those among them that lost the comma before them."""
    for before, mark in pairwise(marks):
        if mark.ordinal == before.ordinal + 2:
            sign = _HAN[before.ordinal]
            for position in range(before.position, mark.position):
                if re.search(rf"(?<=[^一-十第]){sign}[是要](?!否)", texts[position]):
                    yield _Mark(position, before.ordinal + 1, is_inside=True)
                    break
        yield mark


def _semicolon_lists(texts: Sequence[str], paragraphs: Sequence[int]) -> list[Enumeration]:
    """Find lists without marks: a colon, then at least three items with semicolons between."""
    found = []
    position = 0
    while position < len(texts):
        last = position
        while (
            last + 1 < len(texts)
            and texts[last].endswith((";", "；"))
            and paragraphs[last + 1] == paragraphs[position]
        ):
            last += 1
        if last - position >= 2 and re.search(r"[:：]", texts[position]):
            items = tuple(range(position, last + 1))
            found.append(Enumeration(None, items, last + 1, len(items), is_led_inside=True))
        position = last + 1
    return found


def _parallel_paragraphs(texts: Sequence[str], paragraphs: Sequence[int]) -> list[Enumeration]:
    """Find paragraphs in a row whose first sentences say, in the same manner, what to do."""
    opening = [i for i, n in enumerate(paragraphs) if i == 0 or paragraphs[i - 1] != n]
    runs: list[list[int]] = [[]]
    for position in opening:
        run = runs[-1]
        if not _sums_up(position, texts, paragraphs):
            runs.append([])
        elif not run or _are_alike(texts[run[-1]], texts[position]):
            run.append(position)
        else:
            runs.append([position])
    ends = dict(zip(opening, [*opening[1:], len(texts)], strict=True))
    return [
        Enumeration(None, tuple(run), ends[run[-1]], len(run), is_marked=False)
        for run in runs
        if len(run) >= _PARALLEL
    ]


def _sums_up(position: int, texts: Sequence[str], paragraphs: Sequence[int]) -> bool:
    """Whether a short sentence opens a paragraph of several."""
    after = position + 1
    return (
        len(texts[position]) <= _LEAD_LENGTH
        and after < len(texts)
        and paragraphs[after] == paragraphs[position]
    )


def _are_alike(one: str, other: str) -> bool:
    begin_alike = one[:_OPENS_ALIKE] == other[:_OPENS_ALIKE]
    return begin_alike or bool(_DEMANDS.match(one) and _DEMANDS.match(other))
