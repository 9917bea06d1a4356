"""Hits -> their sentences, the most likely answer first.

A first scorer, by hand: how much of the question the sentence covers, how well its passage was
ranked, and whether it holds the kind of thing that was asked for. The two weights were chosen on
training sets (docs/decisions/0003).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.answering.answer_kinds import ANSWER_PATTERNS
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.retrieve import Hit
from qa_bot.index.store import StoredPassage, StoredSentence
from qa_bot.records import Query

_PASSAGES = 8  # whose sentences are looked at
_PASSAGE_WEIGHT = 0.4
_TYPE_WEIGHT = 0.15
_QUESTION_PENALTY = 0.3
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
    matched: dict[str, int]
    score: float


def select(query: Query, hits: Sequence[Hit], overlap: Overlap) -> list[ScoredSentence]:
    """Score the sentences of the best hits.

    Args:
        query: The question as understood.
        hits: Retrieved passages, best first.
        overlap: The query's terms with their weights.

    Returns:
        Sentences, best first; equals in the order of the hits and of the file.
    """
    expected = ANSWER_PATTERNS.get(query.answer_type or "")
    scored = []
    for hit in hits[:_PASSAGES]:
        for sentence in hit.passage.sentences:
            text = hit.passage.text_of(sentence.span)
            matched = overlap.matched(text)
            score = overlap.bm25(text, matched) + _PASSAGE_WEIGHT * hit.score
            if hit.passage.is_metadata:
                frame = hit.passage.frame
                score += _FRAME_WEIGHT * overlap.bm25(frame, overlap.matched(frame))
            if expected and expected.search(text):
                score += _TYPE_WEIGHT
            if text.endswith(("?", "？")):
                score -= _QUESTION_PENALTY  # it asks; what follows answers
            scored.append(ScoredSentence(hit.passage, sentence, text, matched, score))
    return sorted(scored, key=lambda candidate: -candidate.score)
