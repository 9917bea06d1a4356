"""Scored sentences -> the pieces of text to quote: as few as hold the whole answer.

One sentence by default, with its neighbour if it does not stand alone; a second one if it says
what the first does not; a list whole, point by point.
"""

from collections.abc import Sequence
from dataclasses import replace

from qa_bot.answering.neighbours import widen
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.points import find_points
from qa_bot.answering.second import find_companions
from qa_bot.answering.select import ScoredSentence
from qa_bot.answering.selection import Block, PassagesOf, Selection, key
from qa_bot.records import Query

_THIN = 40  # characters of a view that is quoted with what follows it
_VIEW = 100  # characters up to which that is done
_AFTER = 2  # sentences at the end of a passage whose neighbours may stand in the next one
_NEARER = 0.15  # share of the question's weight by which another turn has to be nearer to it


def compose(
    query: Query,
    candidates: Sequence[ScoredSentence],
    overlap: Overlap,
    passages_of: PassagesOf,
    *,
    is_brief: bool = False,
) -> list[Selection]:
    """Choose the sentences to quote.

    Args:
        query: The question as understood.
        candidates: Scored sentences, best first.
        overlap: The query's terms with their weights.
        passages_of: Gives all passages of an article, in file order.
        is_brief: Whether of a point its first sentence is enough, as beside another's.

    Returns:
        What to quote, in the order to show it; empty if there is no candidate.
    """
    if not candidates:
        return []
    if query.speakers or query.is_comparison:
        candidates = _from_the_turn(candidates, overlap)
    points = find_points(query, candidates, overlap, passages_of, is_brief=is_brief)
    if points:
        return points
    best = _select(candidates[0], passages_of)
    is_view = query.speakers or query.scope.authors or query.kind == "way"
    if is_view and len(best.text) <= _THIN:
        best = _followed(best, passages_of)
    credited = replace(candidates[0], matched=overlap.matched(best.text))
    companions = find_companions(query, [credited, *candidates[1:]], overlap)
    agreeing = tuple(_select(other, passages_of) for other in companions.agreeing)
    best = replace(best, agreeing=agreeing)
    if companions.second is None:
        return [best]
    return _in_one(best, _select(companions.second, passages_of), passages_of)


def _from_the_turn(
    candidates: Sequence[ScoredSentence], overlap: Overlap
) -> Sequence[ScoredSentence]:
    """Put the best sentence of the turn first that the question is about.

    An answer in an interview seldom repeats the words of the question, which stand above it.
    """
    held: dict[object, float] = {}
    for candidate in candidates:
        passage = candidate.passage
        share = overlap.coverage(overlap.of(passage).counts)
        held[key(passage)] = max(share, held.get(key(passage), 0.0))
    best = candidates[0]
    least = held[key(best.passage)] + _NEARER
    turn = max(held, key=lambda turn: held[turn])
    if held[turn] < least:
        return candidates
    first = next(candidate for candidate in candidates if key(candidate.passage) == turn)
    return [first, *(candidate for candidate in candidates if candidate is not first)]


def _select(candidate: ScoredSentence, passages_of: PassagesOf) -> Selection:
    """Select a sentence with what it needs to be understood."""
    sentences = candidate.passage.sentences
    is_inside = 0 < sentences.index(candidate.sentence) < len(sentences) - _AFTER
    if is_inside:  # the article may be a book
        block = Block([candidate.passage])
    else:
        block = Block.around(candidate.passage, passages_of)
    return block.select(*widen(block, block.place(candidate.sentence)), candidate)


def _followed(selection: Selection, passages_of: PassagesOf) -> Selection:
    """Return a short view with what follows in its paragraph: it seldom is all of it."""
    block = Block.around(selection.passage, passages_of)
    first = block.place(selection.sentences[0])
    last = first + len(selection.sentences) - 1
    while (
        last + 1 < len(block.texts)
        and block.paragraphs[last + 1] == block.paragraphs[first]
        and block.length(first, last + 1) <= _VIEW
    ):
        last += 1
    return block.select(first, last, selection.best)


def _in_one(one: Selection, other: Selection, passages_of: PassagesOf) -> list[Selection]:
    """Return both, in one piece if they follow each other."""
    block = Block.around(one.passage, passages_of)
    # The same person may speak in the same section again, after somebody else.
    if other.passage.number in block.numbers:
        places = sorted(block.place(s) for s in {*one.sentences, *other.sentences})
        first, last = places[0], places[-1]
        if places == list(range(first, last + 1)) and block.are_near(first, last):
            return [replace(block.select(first, last, one.best), agreeing=one.agreeing)]
    return [one, other]
