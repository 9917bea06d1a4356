"""The best sentence and the runners-up -> whether one of them is worth a second quote."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.answering.answer_kinds import FIGURES, has_form, holds_kind
from qa_bot.answering.figures import find_figure, is_same
from qa_bot.answering.overlap import Overlap, merged
from qa_bot.answering.select import ScoredSentence
from qa_bot.index.alike import contradict
from qa_bot.index.terms import fold
from qa_bot.records import Query

_RUNNERS_UP = 5  # candidates that may be the second
_RIVALS = 3  # of them in another article
_LIKELY = 0.15  # of the best one's probability that a rival has to have; docs/decisions/0017
_ADDS = 0.1  # share of the question's weight that it has to add
_MUCH = 0.8  # of what the best one has that one with the kind of thing asked for has to have
_HALF = 0.5  # and one with the same figure, which says by itself that it is about the same
_AS_MUCH = 0.85  # and one with a contradicting figure


@dataclass(frozen=True, slots=True)
class Companions:
    """What goes with the best sentence.

    Attributes:
        second: What to quote beside it, if anything.
        agreeing: Sentences of other articles that give the same figure.
    """

    second: ScoredSentence | None
    agreeing: tuple[ScoredSentence, ...] = ()


def find_companions(
    query: Query, candidates: Sequence[ScoredSentence], overlap: Overlap
) -> Companions:
    """Find what goes with the best sentence.

    Worth a quote is, in this order: another article's sentence that says as much of what is asked
    and gives another figure; one of the same article that says more of what is asked (if that is a
    figure, with a figure of the same thing), or that holds the kind of thing asked for if the best
    one does not; and where no figure is asked for,
    another article's that says as much of what is asked, as nobody can tell which is meant.

    Args:
        query: The question as understood.
        candidates: Scored sentences, best first; at least one.
        overlap: The query's terms with their weights.
    """
    best = candidates[0]
    if best.passage.is_metadata:
        return Companions(None)
    is_of_kind = has_form(query.kind) and holds_kind(query.kind, best.text)
    others = [
        other
        for other in candidates[1 : 1 + _RUNNERS_UP]
        if not other.passage.is_metadata
        and not (is_of_kind and not holds_kind(query.kind, other.text))
    ]
    is_figure = is_of_kind and query.kind in FIGURES
    same: dict[int, bool | None] = {}  # as the best one's figure, by place among the others
    if is_figure:
        figure = find_figure(query, best.text, overlap)
        found = (find_figure(query, other.text, overlap) for other in others)
        same = {place: is_same(figure, other) for place, other in enumerate(found)}
    fit = [other for place, other in enumerate(others) if same.get(place, True) is not None]
    added = _added(query, best, fit, overlap, is_of_kind=is_of_kind)
    rivals = [other for other in others if other.passage.article != best.passage.article]
    likely = [rival for rival in rivals if rival.score >= _LIKELY * best.score]
    held = overlap.coverage(best.matched)
    if not is_figure:
        leading = candidates[1 : 1 + _RIVALS]
        near = (r for r in likely if r in leading and overlap.coverage(r.matched) >= held)
        return Companions(added or next(near, None))
    agreeing: dict[int, ScoredSentence] = {}
    contradicting = None
    for place, rival in enumerate(others):
        if rival.passage.article == best.passage.article:
            continue
        agrees = same[place]
        share = overlap.coverage(rival.matched)
        if agrees and share >= _HALF * held:
            agreeing.setdefault(rival.passage.article, rival)
        # The same sentence with another figure contradicts, however much better the first one
        # scores for what stands around it.
        elif (
            agrees is False
            and share >= _AS_MUCH * held
            and (rival in likely or contradict([fold(best.text)], [fold(rival.text)]))
        ):
            contradicting = contradicting or rival
    return Companions(contradicting or added, tuple(agreeing.values()))


def _added(
    query: Query,
    best: ScoredSentence,
    others: Sequence[ScoredSentence],
    overlap: Overlap,
    *,
    is_of_kind: bool,
) -> ScoredSentence | None:
    """Return the first of the same article that adds to the best one."""
    held = overlap.coverage(best.matched)
    for other in others:
        if other.passage.article != best.passage.article:
            continue
        if overlap.coverage(merged(best.matched, other.matched)) >= held + _ADDS:
            return other
        is_fit = has_form(query.kind) and not is_of_kind and holds_kind(query.kind, other.text)
        if is_fit and overlap.coverage(other.matched) >= _MUCH * held:
            return other
    return None
