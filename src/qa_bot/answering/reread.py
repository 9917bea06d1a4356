"""Scored sentences -> the same after the reader has read the best of them, with what it marks.

The scorer compares words; the reader (`answering.reader`) has learnt what answers look like, from
encyclopaedias. Their log odds are added up: on titles that the reader was not trained on each one
alone is worse (docs/decisions/0016).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from qa_bot.answering.reader import Reader, Reading
from qa_bot.answering.select import ScoredSentence, share_probability
from qa_bot.records import Query

_PASSAGES = 3  # whose text is read: more find hardly more, and take their time
_LEAST = 1e-12  # probability that a logarithm is taken of
_UNREAD = -15.0  # log odds of a sentence that is not read: below those that are
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
        The same sentences, best first by both, those that were read with what answers in them.
    """
    if query.speakers or query.is_comparison or not _HAN.search(query.understood_as):
        return list(sentences)
    passages = {sentence.passage.number: sentence.passage for sentence in sentences}
    numbers = list(passages)[:_PASSAGES]
    texts = [passages[number].text for number in numbers]
    readings = dict(zip(numbers, reader.read(query.understood_as, texts), strict=True))
    read = [_with_answer(sentence, readings) for sentence in sentences]
    log_odds = [
        math.log(max(sentence.score, _LEAST))
        + (_UNREAD if sentence.read is None else sentence.read)
        for sentence in read
    ]
    scored = [
        replace(sentence, score=score)
        for sentence, score in zip(read, share_probability(log_odds), strict=True)
    ]
    return sorted(scored, key=lambda sentence: -sentence.score)


def _with_answer(sentence: ScoredSentence, readings: dict[int, Reading]) -> ScoredSentence:
    reading = readings.get(sentence.passage.number)
    if reading is None:
        return sentence
    passage = sentence.passage.span.start
    start, end = (place - passage for place in sentence.sentence.span)
    answer = reading.span(start, end)
    return replace(
        sentence,
        read=reading.score_of(start, end),
        answer=(answer.start - start, answer.end - start),
    )
