"""Hits -> their sentences, the most likely answer first.

A first scorer, by hand: how much of the question the sentence covers, how well its passage was
ranked, and whether it holds the kind of thing that was asked for. The two weights were chosen on
training sets (docs/decisions/0003).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qa_bot.answering.answer_kinds import holds_kind
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.retrieve import Hit
from qa_bot.index.alike import is_repeated
from qa_bot.index.store import StoredPassage, StoredSentence
from qa_bot.records import Query

_PASSAGES = 8  # whose sentences are looked at
_PASSAGE_WEIGHT = 0.4
_TYPE_WEIGHT = 0.15
_QUESTION_PENALTY = 0.3
_LEADING = 3  # sentences that may be quoted: what repeats them is left out
_FRAME_WEIGHT = 0.5  # 'the author of the article on ...' is asked in the words of its title


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence that may answer, with its passage.

    Attributes:
        matched: The question's terms that it holds, with their counts.
        score: Higher is better, comparable within one question only.
    """

    passage: StoredPassage
    sentence: StoredSentence
    text: str
    matched: Mapping[str, float]
    score: float


def select(query: Query, hits: Sequence[Hit], overlap: Overlap) -> list[ScoredSentence]:
    """Score the sentences of the best hits.

    Args:
        query: The question as understood.
        hits: Retrieved passages, best first.
        overlap: The query's terms with their weights.

    Returns:
        Sentences, best first; equals in the order of the hits and of the file. What a reprint
        repeats of the best ones is left out.
    """
    scored = []
    for hit in hits[:_PASSAGES]:
        for passage, sentence, text, matched in _sentences(hit, overlap):
            score = overlap.bm25(text, matched) + _PASSAGE_WEIGHT * hit.score
            if passage.is_metadata:
                frame = passage.frame
                score += _FRAME_WEIGHT * overlap.bm25(frame, overlap.matched(frame))
            if holds_kind(query.kind, text):
                score += _TYPE_WEIGHT
            if text.endswith(("?", "？")):
                score -= _QUESTION_PENALTY  # it asks; what follows answers
            scored.append(ScoredSentence(passage, sentence, text, matched, score))
    scored.sort(key=lambda candidate: -candidate.score)
    groups = {p.article: hit.group for hit in hits for p in (hit.passage, *hit.copies)}
    kept: list[ScoredSentence] = []
    for candidate in scored:
        if not any(_is_reprint(candidate, other, groups) for other in kept[:_LEADING]):
            kept.append(candidate)
    return kept


def _sentences(
    hit: Hit, overlap: Overlap
) -> Iterator[tuple[StoredPassage, StoredSentence, str, Mapping[str, float]]]:
    """Yield the sentences of a hit, those of its copies only if they read differently."""
    seen: set[str] = set()
    for passage in (hit.passage, *hit.copies):
        texts = [passage.text_of(sentence.span) for sentence in passage.sentences]
        held = overlap.of(passage).sentences
        for sentence, text, matched in zip(passage.sentences, texts, held, strict=True):
            if text not in seen:
                yield passage, sentence, text, matched
        seen.update(texts)


def _is_reprint(
    one: ScoredSentence, other: ScoredSentence, groups: Mapping[int, int | None]
) -> bool:
    """Whether two sentences are one, in two articles of the same text."""
    first, second = one.passage.article, other.passage.article
    return (
        first != second
        and groups[first] is not None
        and groups[first] == groups[second]
        and one.passage.speaker == other.passage.speaker
        and is_repeated(one.text, other.text)
    )
