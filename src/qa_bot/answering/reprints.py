"""Hits and quotes that stand in several reprints of a text -> one each, with the other places.

The earliest is the one that is shown, as the nearest to the source; of one date, or without dates,
the best ranked. A passage or sentence that only its reprint holds stays a candidate of its own.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from qa_bot.answering.retrieve import Hit
from qa_bot.answering.selection import Selection
from qa_bot.index.alike import comparable
from qa_bot.index.rows import StoredPassage, StoredSentence
from qa_bot.index.store import Store

_SAME = 0.8  # share of a passage's letters in sentences that stand in the other one too


def collapse(
    hits: Iterable[Hit], store: Store, *, is_current: Callable[[int], bool], limit: int
) -> list[Hit]:
    """Make one hit of those that hold the same passage in reprints of one text.

    Args:
        hits: Best first.
        store: The articles, with their groups of reprints.
        is_current: Whether the file of an article is still the one that was indexed.
        limit: How many hits to return at most.

    Returns:
        Hits of current files, best first, ranked anew; all that they held is in them still, as
        passage or as copy.
    """
    kept: list[Hit] = []
    places: dict[int, list[int]] = {}  # of each group's hits in `kept`
    for hit in hits:
        group = store.article(hit.passage.article).reprint_of
        if len(kept) >= limit and group not in places:
            continue
        if not is_current(hit.passage.article):
            continue
        twin = _twin(hit.passage, [(i, kept[i].passage) for i in places.get(group, [])])
        if twin is not None:
            kept[twin] = replace(kept[twin], copies=(*kept[twin].copies, hit.passage))
        elif len(kept) < limit:
            places.setdefault(group, []).append(len(kept))
            kept.append(replace(hit, rank=len(kept) + 1, group=group))
    return [_led_by_the_earliest(hit, store) for hit in kept]


def trace(
    selections: Sequence[Selection], store: Store, *, is_current: Callable[[int], bool]
) -> list[tuple[Selection, list[Selection]]]:
    """Find the other places of what is to be quoted.

    Args:
        selections: What is to be quoted.
        store: The articles, with their groups of reprints.
        is_current: Whether the file of an article is still the one that was indexed.

    Returns:
        For each selection the one to show, from the earliest article that holds all that was
        selected of the text, and those in other articles, by date.
    """
    traced: dict[int, list[list[Selection]]] = {}  # by article, for each of its selections
    for article in dict.fromkeys(selection.passage.article for selection in selections):
        own = [selection for selection in selections if selection.passage.article == article]
        found = [[selection] for selection in own]
        everywhere = [article]
        for other in store.reprints(store.article(article).reprint_of):
            if other == article or not is_current(other):
                continue
            said = [
                (passage, sentence, comparable(passage.text_of(sentence.span)))
                for passage in store.passages_of(other).values()
                for sentence in passage.sentences
            ]
            there = [_same(selection, said) for selection in own]
            for selection, places in zip(there, found, strict=True):
                places += [selection] if selection else []
            everywhere += [other] if all(there) else []
        first = min(everywhere, key=lambda number: _age(store, number))
        for places in found:
            places.sort(key=lambda selection: _age(store, selection.passage.article))
            places.sort(key=lambda selection: selection.passage.article != first)
        traced[article] = found
    remaining = {article: iter(found) for article, found in traced.items()}
    return [
        (shown, others)
        for shown, *others in (next(remaining[each.passage.article]) for each in selections)
    ]


def _twin(passage: StoredPassage, kept: Sequence[tuple[int, StoredPassage]]) -> int | None:
    """Return which of the kept passages shares most with this one, if one of the two is repeated.

    Two texts with another head are cut into other passages, so that one may lie across two.
    """
    others = [
        (place, other)
        for place, other in kept
        if other.article != passage.article
        and (other.speaker, other.is_metadata) == (passage.speaker, False)
    ]
    if not others or passage.is_metadata:
        return None
    own = _sentences(passage)
    shared = {place: own & _sentences(other) for place, other in others}
    is_repeated = _length(set().union(*shared.values())) >= _SAME * _length(own)
    holding = [
        place
        for place, other in others
        if is_repeated or _length(shared[place]) >= _SAME * _length(_sentences(other))
    ]
    return max(holding, key=lambda place: (_length(shared[place]), -place), default=None)


def _led_by_the_earliest(hit: Hit, store: Store) -> Hit:
    """Show the earliest of a hit's passages that hold what the best ranked holds."""
    own = _sentences(hit.passage) if hit.copies else set()
    holding = [
        copy for copy in hit.copies if _length(own & _sentences(copy)) >= _SAME * _length(own)
    ]
    first = min((hit.passage, *holding), key=lambda passage: _age(store, passage.article))
    copies = tuple(passage for passage in (hit.passage, *hit.copies) if passage is not first)
    return replace(hit, passage=first, copies=copies)


def _same(
    selection: Selection, said: Sequence[tuple[StoredPassage, StoredSentence, str]]
) -> Selection | None:
    """Return the selected sentences as they stand in another article, if they do."""
    passage, best = selection.passage, selection.best
    if passage.is_metadata:
        return None
    wanted = [comparable(passage.text_of(sentence.span)) for sentence in selection.sentences]
    for start in range(len(said) - len(wanted) + 1):
        found = said[start : start + len(wanted)]
        if [text for _, _, text in found] != wanted:
            continue
        said_by = {(other.section, other.speaker, other.is_metadata) for other, _, _ in found}
        if len(said_by) != 1 or found[0][0].speaker != passage.speaker:
            continue
        at, sentence, _ = found[selection.sentences.index(best.sentence)]
        text = at.text_of(sentence.span)
        marked = best.answer if text == best.text else None
        answer = replace(best, passage=at, sentence=sentence, text=text, answer=marked)
        return replace(
            selection,
            passage=found[0][0],
            sentences=tuple(sentence for _, sentence, _ in found),
            best=answer,
        )
    return None


def _age(store: Store, article: int) -> dt.date:
    """Return a date to sort by: what has none comes last."""
    return store.article(article).date or dt.date.max


def _sentences(passage: StoredPassage) -> set[str]:
    return {comparable(passage.text_of(sentence.span)) for sentence in passage.sentences}


def _length(sentences: Iterable[str]) -> int:
    return sum(map(len, sentences))
