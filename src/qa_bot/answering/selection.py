"""Passages of an article -> pieces of text to quote, each within one section and one speaker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qa_bot.answering.select import ScoredSentence
from qa_bot.index.rows import StoredPassage, StoredSentence
from qa_bot.records import Span

_GAP = 4  # characters of white space between two paragraphs that can be quoted in one piece

# Gives all passages of an article, in file order.
PassagesOf = Callable[[int], Sequence[StoredPassage]]


@dataclass(frozen=True, slots=True)
class Selection:
    """Sentences to quote in one piece: neighbours of one block, the best of them named.

    Attributes:
        passage: What holds all of them.
        sentences: In file order, nothing but white space between them.
        best: The one that answers.
        highlights: The answer in it, if that is known; else it is looked for.
        with_heading: Whether the heading that they stand right below is quoted with them.
        agreeing: What gives the same figure in other articles, in other words.
    """

    passage: StoredPassage
    sentences: tuple[StoredSentence, ...]
    best: ScoredSentence
    highlights: tuple[Span, ...] = ()
    with_heading: bool = False
    agreeing: tuple["Selection", ...] = ()

    @property
    def text(self) -> str:
        """The sentences with what stands between them."""
        return self.passage.text_of(Span(self.sentences[0].span.start, self.sentences[-1].span.end))


class Block:
    """All that one speaker says in one go under one heading; without speakers, one section.

    Attributes:
        sentences: In file order.
        texts: Of the sentences.
        paragraphs: The number of the paragraph that each stands in.
    """

    def __init__(self, passages: Sequence[StoredPassage]) -> None:
        self._passages = passages
        self._holders = [p for p in passages for _ in p.sentences]
        self.sentences = [sentence for p in passages for sentence in p.sentences]
        self.texts = [p.text_of(sentence.span) for p in passages for sentence in p.sentences]
        self.paragraphs = [sentence.paragraph for sentence in self.sentences]

    @classmethod
    def around(cls, passage: StoredPassage, passages_of: PassagesOf) -> "Block":
        """Return the block that a passage stands in; each line of front matter is by itself."""
        if passage.is_metadata:
            return cls([passage])
        own: list[StoredPassage] = []
        for other in passages_of(passage.article):
            if key(other) == key(passage):
                own.append(other)
            elif any(p.number == passage.number for p in own):
                break
            else:
                own = []
        return cls(own or [passage])

    @property
    def passage(self) -> StoredPassage:
        """The first passage, of which section, speaker and frame are those of all."""
        return self._passages[0]

    @property
    def numbers(self) -> list[int]:
        """The numbers of its passages."""
        return [passage.number for passage in self._passages]

    def place(self, sentence: StoredSentence) -> int:
        """Return the position of a sentence."""
        return next(i for i, other in enumerate(self.sentences) if other.span == sentence.span)

    def length(self, first: int, last: int) -> int:
        """Return the characters from one sentence to another, both included."""
        return self.sentences[last].span.end - self.sentences[first].span.start

    def are_near(self, first: int, last: int) -> bool:
        """Whether only white space parts each sentence from the next: no label, no picture."""
        return all(
            after.paragraph == before.paragraph or after.span.start - before.span.end <= _GAP
            for before, after in pairwise(self.sentences[first : last + 1])
        )

    def scored(self, place: int, like: ScoredSentence) -> ScoredSentence:
        """Return a sentence with the score of another one, which led to it."""
        sentence = self.sentences[place]
        return replace(
            like,
            passage=self._holders[place],
            sentence=sentence,
            text=self.texts[place],
            answer=like.answer if sentence.span == like.sentence.span else None,
        )

    def select(self, first: int, last: int, best: ScoredSentence) -> Selection:
        """Select the sentences from one to another, both included."""
        holders = list(dict.fromkeys(self._holders[first : last + 1]))
        return Selection(_joined(holders), tuple(self.sentences[first : last + 1]), best)


def key(passage: StoredPassage) -> tuple[object, ...]:
    """Return what passages have in common that can be quoted in one piece."""
    return passage.article, passage.is_metadata, passage.section, passage.speaker


def _joined(passages: Sequence[StoredPassage]) -> StoredPassage:
    """Return passages that follow each other as one; between them is white space."""
    first, last = passages[0], passages[-1]
    if first is last:
        return first
    text, end = "", first.span.start
    for passage in passages:
        text += " " * (passage.span.start - end) + passage.text
        end = passage.span.end
    return replace(
        first,
        text=text,
        span=Span(first.span.start, end),
        line_end=last.line_end,
        sentences=tuple(sentence for passage in passages for sentence in passage.sentences),
    )
