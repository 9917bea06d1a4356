"""A question for several points, and the best sentence -> the enumeration that answers, in pieces.

Asked for points as such ('which measures'), not for the things that one of them names ('which
banks'): whether the question means the list or one of its points is told by where its words
stand, above the list or in a point.
"""

from collections.abc import Sequence
from dataclasses import replace

from qa_bot.answering.enumeration import Enumeration, find_enumerations
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.select import ScoredSentence
from qa_bot.answering.selection import Block, PassagesOf, Selection
from qa_bot.index.terms import fold
from qa_bot.patterns import compile_late
from qa_bot.records import Query

MAX_POINTS = 12
_LED_BY = 5  # candidates whose blocks are looked through for a list of the length asked for
_POINT = 100  # characters up to which what explains a point is quoted with it
_LONG = 200  # up to which its sentence is followed over semicolons, or one point alone is quoted
_LEAD = 120  # up to which all that stands above the list in its paragraph is
_IN_ONE = 300  # up to which a list that is one sentence is one quote
_FEWEST = 2  # headings that make a list
_HEADING = compile_late(
    r"[(（]?(?:[一二三四五六七八九十]{1,3}[、)）.．]|第[一二三四五六七八九十]|\d{1,2}[.．、)）])"
)
_NEAR = 3  # sentences before the first point that may lead in to it
_MARGIN = 0.15  # of the question's weight that a point must hold more than what leads in

_CONCLUDES = compile_late(
    r"此外|另外|总之|总的|综上|可见|同时|当然|(?:In short|Overall|Together|All this)\b"
)
_DIGITS = {sign: n for n, sign in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_DIGITS |= {word: n for n, word in enumerate(("two", "three", "four", "five", "six", "seven"), 2)}
_NOUN = (
    r"(?:方面|措施|举措|建议|意见|步骤?|情形|条件|做法|办法|任务|行动|改革|工作|要求|途径|路径|原则|支持|事|点"
    r"|问题|原因|理由|目标|特点|优势|挑战|困难|难点|难题|环节|对策|思路|政策|主张|方向|重点|抓手|好处|作用|变化"
    r"|经验|启示|账|关)"
)
_NUMBER = r"(?P<n>[两二三四五六七八九十]|\d{1,2})"
_MANY = compile_late(
    rf"(?:哪些|哪几|[几两三四五六七八九])[个项条种件大]?.{{0,4}}?{_NOUN}|(?:有|提出)了?什么{_NOUN}"
    rf"|{_NOUN}(?:主要|都|分别|又)?(?:(?:有|包括)(?:哪些|什么)|(?:是|为)哪些)"
    r"|\b(?:measures|steps|ways|reasons|conditions|suggestions|proposals|priorities|tasks)\b"
)
_VIEW = compile_late(
    r"怎么|怎样|如何|看法|观点"
    r"|\b(?:suggest|propose|recommend|view|opinion|how\b"
    r"(?! (?:many|much|long|old|far|often|big|high)\b))"
)
_REASON = compile_late(r"为什么|为何|原因|\bwhy\b")
_COUNTED = (
    compile_late(rf"哪{_NUMBER}"),
    compile_late(
        rf"{_NUMBER}(?:大|项|个|点|条|件|种|步)?(?:关键|主要|重点|具体|重大|核心)?{_NOUN}"
    ),
    compile_late(
        r"\b(?P<n>two|three|four|five|six|seven)\b(?: \w+)? "
        r"(?:measures|steps|ways|reasons|conditions|things|points|priorities|tasks|pillars)\b"
    ),
)


def find_points(
    query: Query,
    candidates: Sequence[ScoredSentence],
    overlap: Overlap,
    passages_of: PassagesOf,
    *,
    is_brief: bool = False,
) -> list[Selection]:
    """Find the list that a question asks for.

    Args:
        query: The question as understood.
        candidates: Scored sentences, best first; at least one.
        overlap: The query's terms with their weights.
        passages_of: Gives all passages of an article, in file order.
        is_brief: Whether a point's first sentence is enough.

    Returns:
        What leads in and the points, in order, or the one point that is meant; empty if the
        question asks for no list, or the best sentence leads to none.
    """
    asked = fold(query.understood_as)
    number = _number_in(asked)
    asks_how = bool(_VIEW.search(asked) or _REASON.search(asked))
    wants_points = bool(_MANY.search(asked) or number or query.is_comparison) or (
        bool(query.speakers) and asks_how
    )
    if not (wants_points or asks_how):
        return []
    best = candidates[0]
    block = Block.around(best.passage, passages_of)
    lists = find_enumerations(block.texts, block.paragraphs)
    place = block.place(best.sentence)
    fitting = [each for each in lists if number in (None, each.size)]
    for each in sorted(fitting, key=lambda e: (not e.is_marked, e.end - e.points[0])):
        start = _start(each, block)
        if not start <= place < each.end:
            continue
        if each.lead is None and not each.is_marked and place not in each.points:
            continue
        point = next((p for p in reversed(each.points) if p <= place), None)
        if point is None and not number and place < each.points[0] - _NEAR:
            continue
        if point is None or (each.is_led_inside and place == each.points[0]):
            return _pieces(each, block, best, overlap, is_brief=is_brief)
        if wants_points:
            if number or not _is_about(point, each, block, overlap):
                return _pieces(each, block, best, overlap, is_brief=is_brief)
            last = max(place, _last_of(point, each, block, limit=_POINT))
            return [block.select(point, last, best)] if block.length(point, last) <= _LONG else []
    if headed := _headed(number, best, overlap, passages_of, wants_points=wants_points):
        return headed
    return _counted_elsewhere(number, candidates, overlap, passages_of) if number else []


def _counted_elsewhere(
    number: int, candidates: Sequence[ScoredSentence], overlap: Overlap, passages_of: PassagesOf
) -> list[Selection]:
    """Return the list of this length that one of the best sentences leads in to or opens."""
    for candidate in candidates[1:_LED_BY]:
        block = Block.around(candidate.passage, passages_of)
        place = block.place(candidate.sentence)
        for each in find_enumerations(block.texts, block.paragraphs):
            if each.size == number and each.is_marked and _start(each, block) <= place < each.end:
                return _pieces(each, block, candidate, overlap, is_brief=False)
    return []


def _headed(
    number: int | None,
    best: ScoredSentence,
    overlap: Overlap,
    passages_of: PassagesOf,
    *,
    wants_points: bool,
) -> list[Selection]:
    """Return the numbered headings of the article, each with its first sentence, if they answer.

    They do if the best sentence stands above them all or, where points are asked for, under one
    that holds less of the question's words than title and opening do.
    """
    passages = [
        passage
        for passage in passages_of(best.passage.article)
        if not passage.is_metadata and passage.speaker == best.passage.speaker
    ]
    sections = list(dict.fromkeys(p.section for p in passages if p.section))
    headings = [s for s in sections if _HEADING.match(s)]
    if not (number or _FEWEST) <= len(headings) <= (number or MAX_POINTS):
        return []
    above = passages[: next(i for i, p in enumerate(passages) if p.section == headings[0])]
    if best.passage.number not in {p.number for p in above}:
        opening = "\n".join([best.passage.frame.partition("\n")[0], *(p.text for p in above)])
        held = overlap.coverage(overlap.matched(opening))
        own = "\n".join(p.text for p in passages if p.section == best.passage.section)
        own = f"{best.passage.section}\n{own}"
        if not wants_points or best.passage.section not in headings:
            return []
        if overlap.coverage(overlap.matched(own)) > held + _MARGIN:
            return []
    blocks = [
        Block.around(next(p for p in passages if p.section == heading), passages_of)
        for heading in headings
    ]
    found = [replace(b.select(0, 0, b.scored(0, best)), with_heading=True) for b in blocks]
    if best.passage.number in {p.number for p in above}:
        block = Block.around(best.passage, passages_of)
        place = block.place(best.sentence)
        return [block.select(place, place, best), *found]
    return found


def _number_in(asked: str) -> int | None:
    for pattern in _COUNTED:
        if match := pattern.search(asked):
            return int(match["n"]) if match["n"].isdecimal() else _DIGITS[match["n"]]
    return None


def _start(enumeration: Enumeration, block: Block) -> int:
    """Return the first sentence of the paragraph that the list opens in, its lead-in's too."""
    first = enumeration.points[0] if enumeration.lead is None else enumeration.lead
    return block.paragraphs.index(block.paragraphs[first])


def _is_about(point: int, enumeration: Enumeration, block: Block, overlap: Overlap) -> bool:
    """Whether the question's words stand in one point rather than above the list or in others."""
    start = _start(enumeration, block)
    _, _, frame = block.passage.frame.partition("\n")
    above = overlap.matched("\n".join([frame, *block.texts[start : enumeration.points[0]]]))
    held = {}
    for each in enumeration.points:
        last = _last_of(each, enumeration, block, limit=None)
        held[each] = overlap.coverage(overlap.matched("\n".join(block.texts[each : last + 1])))
    own = held.pop(point)
    return own > max(overlap.coverage(above), *held.values(), 0.0) + _MARGIN


def _pieces(
    enumeration: Enumeration,
    block: Block,
    best: ScoredSentence,
    overlap: Overlap,
    *,
    is_brief: bool,
) -> list[Selection]:
    """Return what leads in, then each point; a list that is one sentence in one piece."""
    points = enumeration.points[:MAX_POINTS]
    lead = _lead(enumeration, block, block.place(best.sentence))
    first, end = lead[0] if lead else points[0], enumeration.end
    last = next((i for i in range(points[-1], end) if _ends(block.texts[i])), end - 1)
    is_one = all(not _ends(block.texts[i]) for i in range(points[0], last))
    if is_one and block.length(points[0], last) <= _IN_ONE and block.are_near(first, last):
        return [_scored(block.select(points[0], last, best), block, best, overlap)]
    spans = [lead] if lead else []
    for point in points:
        limit = 0 if is_brief else _POINT
        spans.append((point, _last_of(point, enumeration, block, limit=limit)))
    return [
        _scored(block.select(*span, block.scored(span[0], best)), block, best, overlap)
        for span in spans
    ]


def _scored(
    selection: Selection, block: Block, best: ScoredSentence, overlap: Overlap
) -> Selection:
    """Return the selection, its best sentence credited with the words of all that is quoted."""
    inside = best.sentence in selection.sentences
    named = best if inside else block.scored(block.place(selection.sentences[0]), best)
    return replace(selection, best=replace(named, matched=overlap.matched(selection.text)))


def _lead(enumeration: Enumeration, block: Block, best: int) -> tuple[int, int] | None:
    """Return what leads in: all of it above the list in its paragraph, if that is short."""
    first = enumeration.points[0]
    if enumeration.lead is None and best >= first:
        return None
    start, last = _start(enumeration, block), first - 1
    if best < start:  # in the paragraph before
        return best, best
    if block.length(start, last) <= _LEAD and block.are_near(start, last):
        return start, last
    if best < last:
        return best, best
    return last, last


def _last_of(point: int, enumeration: Enumeration, block: Block, *, limit: int | None) -> int:
    """Return the last sentence of a point that fits the limit; its first sentence always does."""
    after = (p for p in (*enumeration.points, enumeration.end) if p > point)
    last = point
    for i in range(point + 1, next(after)):
        if not block.are_near(last, i) or _CONCLUDES.match(block.texts[i]):
            break
        most = limit if not limit or _ends(block.texts[last]) else _LONG
        if most is not None and block.length(point, i) > most:
            break
        last = i
    return last


def _ends(text: str) -> bool:
    """Whether a sentence ends here: after a semicolon it goes on."""
    return not text.endswith(("；", ";", "：", ":"))
