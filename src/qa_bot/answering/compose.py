"""Scored sentences -> the groups of sentences to quote.

One sentence by default, a second one if it scores nearly as high; an enumeration whole, point by
point; for a comparison, each speaker's own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa_bot.answering.enumeration import find_enumerations
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.select import ScoredSentence
from qa_bot.index.store import StoredPassage, StoredSentence
from qa_bot.index.terms import fold
from qa_bot.records import Query

MAX_SINGLE = 2  # quotes of an answer that is not in points
_THIN = 20  # characters of a point that only names it
_SECOND_BEST = 0.85  # of the best score; see docs/decisions/0003
_MAX_POINTS = 12
# A sentence that opens like this needs the one before to be understood.
_LEANS_BACK = re.compile(
    r"(?:它|其(?!中|次|他|实)|他|她|该|此举|这(?!一问题)|对此|(?:It|They|He|She|This|These)\b)"
)
# Asked for points as such, not for the things named in one of them ('which banks').
_POINTS = (
    r"(?:方面|措施|举措|建议|意见|步骤?|情形|条件|做法|办法|任务|行动|改革|工作|要求|途径|路径|原则|支持"
    r"|事|点|问题|原因)"
)
_ALL_POINTS = re.compile(
    rf"(?:哪些|哪几|[几两三四五六七八九])[个项条种件大]?.{{0,4}}?{_POINTS}|有什么(?:建议|观点|看法)"
)
_ASKS_FOR_POINTS = re.compile(
    rf"{_ALL_POINTS.pattern}|怎么|怎样|如何|看法|观点|\b(?:how|measures|steps|suggest|propose|view)"
)

# Gives all passages of an article, in file order.
PassagesOf = Callable[[int], Sequence[StoredPassage]]


@dataclass(frozen=True, slots=True)
class Selection:
    """Sentences to quote in one piece: neighbours of one passage, the best of them named.

    Attributes:
        sentences: In file order, nothing but white space between them.
        best: The one that answers.
    """

    passage: StoredPassage
    sentences: tuple[StoredSentence, ...]
    best: ScoredSentence


def compose(
    query: Query, candidates: Sequence[ScoredSentence], overlap: Overlap, passages_of: PassagesOf
) -> list[Selection]:
    """Choose the sentences to quote.

    Args:
        query: The question as understood.
        candidates: Scored sentences, best first.
        overlap: The query's terms with their weights.
        passages_of: Gives all passages of an article, in file order.

    Returns:
        What to quote, in the order to show it; empty if there is no candidate.
    """
    if not candidates:
        return []
    best = candidates[0]
    points = _enumeration_of(query, best, overlap, passages_of)
    if points:
        return [_select_point(point, points) for point in points]
    enough = _SECOND_BEST * best.score
    chosen = [best, *(c for c in candidates[1:MAX_SINGLE] if c.score >= enough)]
    selections = [_select(candidate, with_context=True) for candidate in chosen]
    if len(selections) > 1 and set(selections[0].sentences) & set(selections[1].sentences):
        longest = max(selections, key=lambda selection: len(selection.sentences))
        return (
            [replace(longest, best=best)] if best.sentence in longest.sentences else selections[:1]
        )
    return selections


def _select(candidate: ScoredSentence, *, with_context: bool = False) -> Selection:
    """Select a sentence, with the one before it if it cannot be understood alone."""
    sentences = candidate.passage.sentences
    place = sentences.index(candidate.sentence)
    first = place
    if (
        with_context
        and place
        and _LEANS_BACK.match(candidate.text)
        and _are_said_together(candidate.passage, sentences[place - 1 : place + 1])
    ):
        first -= 1
    return Selection(candidate.passage, sentences[first : place + 1], candidate)


def _select_point(point: ScoredSentence, points: Sequence[ScoredSentence]) -> Selection:
    """Select a point of an enumeration, with the sentence after it if it is a mere heading."""
    sentences = point.passage.sentences
    place = sentences.index(point.sentence)
    following = sentences[place + 1 : place + 2]
    is_thin = len(point.text) <= _THIN and point is not points[0]
    opens_other = any(other.sentence in following for other in points)
    together = _are_said_together(point.passage, sentences[place : place + 2])
    if is_thin and together and not opens_other:
        return Selection(point.passage, (point.sentence, *following), point)
    return Selection(point.passage, (point.sentence,), point)


def _enumeration_of(
    query: Query, best: ScoredSentence, overlap: Overlap, passages_of: PassagesOf
) -> list[ScoredSentence]:
    """Return lead-in and points of the enumeration that the best sentence opens or belongs to."""
    if not (query.is_list or query.is_comparison or query.speakers):
        return []
    # Asked for all that somebody has to say, any sentence of the answer leads to its points.
    asked = fold(query.understood_as)
    wants_points = bool(_ASKS_FOR_POINTS.search(asked))
    wants_all = query.is_comparison or bool(query.speakers and _ALL_POINTS.search(asked))
    said = [
        (passage, sentence)
        for passage in passages_of(best.passage.article)
        if _block(passage) == _block(best.passage)
        for sentence in passage.sentences
    ]
    texts = [passage.text_of(sentence.span) for passage, sentence in said]
    place = next(i for i, (_, sentence) in enumerate(said) if sentence.span == best.sentence.span)
    paragraphs = [sentence.paragraph for _, sentence in said]
    for enumeration in find_enumerations(texts, paragraphs):
        lead = () if enumeration.lead is None else (enumeration.lead,)
        positions = (*lead, *enumeration.points)[:_MAX_POINTS]
        first = paragraphs.index(paragraphs[positions[0]])  # of the paragraph that it opens in
        if (
            place == enumeration.lead
            or (place in positions and wants_points)
            or (first <= place < enumeration.end and wants_all)
        ):
            if place > positions[0]:
                positions = tuple(sorted({*positions, place}))  # what explains a point
            return [
                ScoredSentence(
                    passage=said[i][0],
                    sentence=said[i][1],
                    text=texts[i],
                    matched=overlap.matched(texts[i]),
                    score=best.score,
                )
                for i in positions
            ]
    return []


def _are_said_together(passage: StoredPassage, sentences: Sequence[StoredSentence]) -> bool:
    """Whether the sentences are of one paragraph; the front matter's lines are each their own."""
    return not passage.is_metadata and len({sentence.paragraph for sentence in sentences}) == 1


def _block(passage: StoredPassage) -> tuple[object, ...]:
    return passage.is_metadata, passage.section, passage.speaker
