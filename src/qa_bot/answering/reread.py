"""Scored sentences -> the same after the reader has read the best of them, with what it marks.

The scorer compares words; the reader (`answering.reader`) has learnt what answers look like, from
encyclopaedias. Their log odds are added up: on titles that the reader was not trained on each one
alone is worse (docs/decisions/0016).
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from qa_bot.answering.reader import Reader, Reading
from qa_bot.answering.select import ScoredSentence, share_probability
from qa_bot.records import Query

_PASSAGES = 2  # whose text is read: more find hardly more, and take their time
_LIKELY = 0.05  # of the best sentence's probability, from which on a sentence's passage is read
_QUOTED = 6  # sentences that may be quoted
_LEAST = 1e-12  # probability that a logarithm is taken of
_HAN = re.compile(r"[\u3400-\u9fff]")  # no training set of the reader is in another script


def reread(
    query: Query, sentences: Sequence[ScoredSentence], reader: Reader
) -> list[ScoredSentence]:
    """Let the reader read the passages of the best sentences.

    Args:
        query: The question as understood. Views are left as they are: they are no such answers.
        sentences: As selected, best first.
        reader: The reader.

    Returns:
        The same sentences, best first by both; the best of those that were read with what answers
        in them.
    """
    is_view = query.speakers or query.is_comparison
    if not sentences or is_view or not _HAN.search(query.understood_as):
        return list(sentences)
    likely = [s for s in sentences if s.score >= _LIKELY * sentences[0].score]
    passages = {sentence.passage.number: sentence.passage for sentence in likely}
    numbers = list(passages)[:_PASSAGES]
    texts = [passages[number].text for number in numbers]
    readings = dict(zip(numbers, reader.read(query.understood_as, texts), strict=True))
    read = [sentence for sentence in sentences if sentence.passage.number in readings]
    unread = [sentence for sentence in sentences if sentence.passage.number not in readings]
    log_odds = [
        math.log(max(sentence.score, _LEAST))
        + readings[sentence.passage.number].score_of(*_place(sentence))
        for sentence in read
    ]
    # Those that were read share what probability they had together.
    mass = sum(sentence.score for sentence in read)
    scores = [mass * share for share in share_probability(log_odds)]
    order = sorted(range(len(read)), key=lambda i: -scores[i])
    best = [_marked(read[i], scores[i], readings) for i in order[:_QUOTED]]
    others = [replace(read[i], score=scores[i]) for i in order[_QUOTED:]]
    return sorted([*best, *others, *unread], key=lambda sentence: -sentence.score)


def _marked(
    sentence: ScoredSentence, score: float, readings: Mapping[int, Reading]
) -> ScoredSentence:
    """Return a sentence with its new score and with what answers in it."""
    start, end = _place(sentence)
    answer = readings[sentence.passage.number].span(start, end)
    return replace(sentence, score=score, answer=(answer.start - start, answer.end - start))


def _place(sentence: ScoredSentence) -> tuple[int, int]:
    """Return where the sentence stands in its passage."""
    passage = sentence.passage.span.start
    start, end = sentence.sentence.span
    return start - passage, end - passage
