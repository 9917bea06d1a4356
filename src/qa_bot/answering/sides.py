"""A question about what several people say, or all that one says -> what to quote of each."""

from collections.abc import Sequence
from itertools import chain

from qa_bot.answering.enumeration import find_enumerations
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.points import MAX_POINTS
from qa_bot.answering.retrieve import Hit
from qa_bot.answering.select import ScoredSentence
from qa_bot.answering.selection import Block, PassagesOf, Selection
from qa_bot.corpus import is_host
from qa_bot.index.store import Store
from qa_bot.records import Query, Scope

_MOST = 6  # quotes of one side
_ON_TOPIC = 0.3  # share of the question's weight that a side has to hold, with what stands above


def find_sides(query: Query, hits: Sequence[Hit], store: Store) -> list[Scope]:
    """Return whose words to compare: those named, or all guests of the best hit's article.

    Args:
        query: The question as understood.
        hits: Retrieved passages, best first.
        store: The articles.

    Returns:
        A scope for each side; fewer than two if there is nothing to compare.
    """
    if not (query.is_comparison or (query.is_open and query.part == "guest")):
        return []
    named = [Scope(speakers=(name,)) for name in query.speakers]
    named += [Scope(authors=(name,)) for name in query.scope.authors]
    if len(named) > 1:
        return named
    spoken = [hit.passage.article for hit in hits if hit.passage.speaker]
    if not spoken or named:
        return named
    article = store.article(spoken[0])
    guests = (person.name for person in article.speakers)
    return [
        Scope(speakers=(name,), articles=(article.id,))
        for name in guests
        if not is_host(name, article.speakers)
    ]


def keep_on_topic(sides: Sequence[list[Selection]], overlap: Overlap) -> list[Selection]:
    """Return what is quoted of each side, one after the other, without those that say nothing.

    Args:
        sides: What was selected of each, in order.
        overlap: The query's terms with their weights.
    """
    held = [max((_held(selection, overlap) for selection in side), default=0.0) for side in sides]
    least = min(_ON_TOPIC, max(held, default=0.0))
    return [
        selection
        for side, share in zip(sides, held, strict=True)
        if share >= least
        for selection in side[:_MOST]
    ]


def find_everything(
    best: ScoredSentence, passages_of: PassagesOf, *, is_brief: bool = False
) -> list[Selection]:
    """Return all that one person has to say in an article: the points, or each turn's beginning.

    Args:
        best: A sentence of that person's.
        passages_of: Gives all passages of an article, in file order.
        is_brief: Whether each turn's beginning is enough.
    """
    own = [
        passage
        for passage in passages_of(best.passage.article)
        if passage.speaker == best.passage.speaker and not passage.is_metadata
    ]
    blocks, seen = [], set()
    for passage in own:
        if passage.number not in seen:
            block = Block.around(passage, passages_of)
            seen.update(block.numbers)
            blocks.append(block)
    points = (_points(block, best, is_brief=is_brief) for block in blocks)
    return list(chain.from_iterable(points))[:MAX_POINTS]


def _points(block: Block, like: ScoredSentence, *, is_brief: bool) -> list[Selection]:
    """Return the points of a block, one quote each; without any, its first sentence."""
    lists = [] if is_brief else find_enumerations(block.texts, block.paragraphs)
    outer = max(
        lists, key=lambda each: (not each.is_marked, each.end - each.points[0]), default=None
    )
    places = outer.points if outer else (0,)
    return [block.select(i, i, block.scored(i, like)) for i in places]


def _held(selection: Selection, overlap: Overlap) -> float:
    _, _, above = selection.passage.frame.partition("\n")
    return overlap.coverage(overlap.matched(f"{above}\n{selection.text}"))
