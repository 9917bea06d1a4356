"""Scored sentences -> the same after the reader has read the best of them, with what it marks.

The scorer compares words; the reader (`answering.reader`) has learnt what answers look like, from
encyclopaedias. Their log odds are added up: on titles that the reader was not trained on each one
alone is worse (docs/decisions/0016).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa_bot.answering.reader import Reader, Reading
from qa_bot.answering.select import ScoredSentence, share_probability
from qa_bot.index.rows import StoredPassage
from qa_bot.records import Query, Span

_PASSAGES = 2  # whose text is read: more find hardly more, and take their time
_LIKELY = 0.05  # of the best sentence's probability, from which on a sentence is read
_WINDOW = 300  # characters around it that are read: as the reader's training texts have at most
_QUOTED = 6  # sentences that may be quoted
_LEAST = 1e-12  # probability that a logarithm is taken of
_HAN = re.compile(r"[\u3400-\u9fff]")  # no training set of the reader is in another script


def reread(
    query: Query, sentences: Sequence[ScoredSentence], reader: Reader
) -> list[ScoredSentence]:
    """Let the reader read the best sentences, in their passages.

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
    windows = _windows([s for s in sentences if s.score >= _LIKELY * sentences[0].score])
    texts = [passage.text_of(window) for passage, window in windows]
    found = reader.read(query.understood_as, texts)
    parts = {
        passage.number: _Part(window, reading)
        for (passage, window), reading in zip(windows, found, strict=True)
    }
    read, unread = [], []
    for sentence in sentences:
        part = parts.get(sentence.passage.number)
        if part and part.holds(sentence):
            read.append((sentence, part))
        else:
            unread.append(sentence)
    log_odds = [
        math.log(max(sentence.score, _LEAST)) + part.score_of(sentence) for sentence, part in read
    ]
    # Those that were read share what probability they had together.
    mass = sum(sentence.score for sentence, _ in read)
    scores = [mass * share for share in share_probability(log_odds)]
    order = sorted(range(len(read)), key=lambda i: -scores[i])
    best = [
        replace(sentence, score=scores[i], answer=part.answer_in(sentence))
        for i in order[:_QUOTED]
        for sentence, part in (read[i],)
    ]
    others = [replace(read[i][0], score=scores[i]) for i in order[_QUOTED:]]
    return sorted([*best, *others, *unread], key=lambda sentence: -sentence.score)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a passage that was read, by its place in the article."""

    window: Span
    reading: Reading

    def holds(self, sentence: ScoredSentence) -> bool:
        span = sentence.sentence.span
        return self.window.start <= span.start and span.end <= self.window.end

    def score_of(self, sentence: ScoredSentence) -> float:
        start, end = sentence.sentence.span
        return self.reading.score_of(start - self.window.start, end - self.window.start)

    def answer_in(self, sentence: ScoredSentence) -> tuple[int, int]:
        """Return what answers in a sentence, as offsets into it."""
        start, end = (at - self.window.start for at in sentence.sentence.span)
        answer = self.reading.span(start, end)
        return answer.start - start, answer.end - start


def _windows(likely: Sequence[ScoredSentence]) -> list[tuple[StoredPassage, Span]]:
    """Return the best passages, each with where its likely sentences and those around them are."""
    passages = list({sentence.passage.number: sentence.passage for sentence in likely}.values())
    windows = []
    for passage in passages[:_PASSAGES]:
        spans = [sentence.span for sentence in passage.sentences]
        own = [s.sentence.span for s in likely if s.passage.number == passage.number]
        first, last = spans.index(min(own)), spans.index(max(own))
        grows = True
        while grows:
            grows = False
            if last + 1 < len(spans) and spans[last + 1].end - spans[first].start <= _WINDOW:
                last, grows = last + 1, True
            if first > 0 and spans[last].end - spans[first - 1].start <= _WINDOW:
                first, grows = first - 1, True
        windows.append((passage, Span(spans[first].start, spans[last].end)))
    return windows
