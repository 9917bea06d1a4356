"""A question and what was found -> what to quote, by what is asked: a topic, people, an article."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from qa_bot.answering.article_files import ArticleFiles
from qa_bot.answering.compose import compose
from qa_bot.answering.front_facts import find_facts
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.retrieve import Hit
from qa_bot.answering.select import ScoredSentence
from qa_bot.answering.selection import Selection
from qa_bot.answering.sides import find_everything, find_sides, keep_on_topic
from qa_bot.index.rows import StoredPassage
from qa_bot.index.store import Store
from qa_bot.records import Query, Scope

_SURE = 0.9  # confidence in what an article says of itself, and in all that somebody says
_SIDES = 10  # people who are compared: each takes a search of its own

# Gives the scored sentences of one side, best first.
Search = Callable[[Scope], Sequence[ScoredSentence]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to quote.

    Attributes:
        selections: In the order to show them.
        confidence: If the question's words cannot tell: they do not stand in what answers.
        is_comparison: Whether they are the sides of a comparison, one after the other.
    """

    selections: Sequence[Selection]
    confidence: float | None = None
    is_comparison: bool = False


def choose(
    query: Query,
    hits: Sequence[Hit],
    candidates: Sequence[ScoredSentence],
    overlap: Overlap,
    files: ArticleFiles,
    store: Store,
    *,
    anchor: int | None,
    search: Search,
) -> Chosen:
    """Choose what to quote.

    Args:
        query: The question as understood.
        hits: Retrieved passages, best first.
        candidates: Their scored sentences, best first.
        overlap: The query's terms with their weights.
        files: The article files.
        store: The articles.
        anchor: The article that the conversation is about, if any.
        search: Finds the sentences of one side of a comparison.
    """

    @cache  # an answer looks at few articles, each several times
    def passages_of(article: int) -> list[StoredPassage]:
        return list(store.passages_of(article).values())

    if query.metadata:
        facts = find_facts(query, hits, overlap, files, passages_of, anchor=anchor)
        if facts is not None:
            return Chosen(facts, _SURE)
    sides = find_sides(query, hits, store)[:_SIDES]
    if len(sides) > 1:
        found = [said for side in sides if (said := search(side))]
        if query.is_open:
            all_said = (find_everything(said[0], passages_of, is_brief=True) for said in found)
            everything = [selection for each in all_said for selection in each]
            return Chosen(everything, _SURE, is_comparison=True)
        each = [compose(query, said, overlap, passages_of, is_brief=True) for said in found]
        return Chosen(keep_on_topic(each, overlap), is_comparison=True)
    if query.is_open and candidates:
        return Chosen(find_everything(candidates[0], passages_of), _SURE)
    return Chosen(_newest_first(compose(query, candidates, overlap, passages_of), overlap, store))


def _newest_first(
    selections: Sequence[Selection], overlap: Overlap, store: Store
) -> Sequence[Selection]:
    """Put the newer of two articles' figures first, if they say as much of the question."""
    if len({selection.passage.article for selection in selections}) != len(selections):
        return selections
    held = {overlap.coverage(selection.best.matched) for selection in selections}
    dates = [store.article(selection.passage.article).date for selection in selections]
    if len(held) > 1 or None in dates:
        return selections
    return sorted(
        selections,
        key=lambda selection: str(store.article(selection.passage.article).date),
        reverse=True,
    )
