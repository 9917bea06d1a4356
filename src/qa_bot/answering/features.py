"""Sentences of the hits -> what tells those that answer from the others, by name.

Features are about in [0, 1], so that a weight says what a feature is worth. They are compared
within one question only: what is the same for all of its sentences says nothing and is left out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qa_bot.answering.answer_kinds import FIGURES, find_kind
from qa_bot.answering.overlap import Overlap, merged
from qa_bot.answering.retrieve import Hit
from qa_bot.answering.term_counts import Counts
from qa_bot.index.rows import StoredPassage, StoredSentence
from qa_bot.index.terms import fold
from qa_bot.records import Query

_AROUND = 4  # characters after a thing of the kind asked for, in which its unit is
_FRAME = 0.5  # 'the author of the article on ...' is asked in the words of its title
_RUN = re.compile(r"[\u3400-\u9fff]{2,}|[a-z0-9]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"\w+")
# Kinds that have a weight of their own for being there, beside the one that all have.
_GROUPS = {
    "date": {"date"},
    "figure": FIGURES - {"date"},
    "person": {"person"},
    "place": {"place"},
}


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A sentence of a hit.

    Attributes:
        place: Its number in the passage, from 0.
        folded: Its text, folded.
        matched: How often it holds each of the question's terms.
        bm25: Its BM25 score, of front matter together with what it is about.
    """

    hit: Hit
    passage: StoredPassage
    place: int
    text: str
    folded: str
    matched: Counts
    bm25: float

    @property
    def sentence(self) -> StoredSentence:
        """The sentence with its lines."""
        return self.passage.sentences[self.place]


def find_candidates(hits: Sequence[Hit], overlap: Overlap) -> list[Candidate]:
    """Return the sentences of hits, in order; of a hit's copies only those that read otherwise."""
    found = []
    for hit in hits:
        seen: set[str] = set()
        for passage in (hit.passage, *hit.copies):
            texts = [passage.text_of(sentence.span) for sentence in passage.sentences]
            held = overlap.of(passage)
            frame = passage.frame
            about = (
                _FRAME * overlap.bm25(frame, overlap.matched(frame)) if passage.is_metadata else 0
            )
            found += [
                Candidate(
                    hit,
                    passage,
                    place,
                    text,
                    held.folded[place],
                    held.sentences[place],
                    about + held.sentence_bm25[place],
                )
                for place, text in enumerate(texts)
                if text not in seen
            ]
            seen.update(texts)
    return found


def measure(
    query: Query, candidates: Sequence[Candidate], overlap: Overlap
) -> list[dict[str, float]]:
    """Measure the features of sentences.

    Args:
        query: The question as understood.
        candidates: Sentences; a passage may be there in part.
        overlap: The query's terms with their weights.

    Returns:
        The features of each sentence, by name.
    """
    asked = fold(query.understood_as)
    split = frozenset if _HAN.search(asked) else _split_words
    question = _Question(query, asked, tuple(_RUN.findall(asked)), split, split(asked))
    return [
        {
            "hit": candidate.hit.score,
            "bm25": candidate.bm25,
            **matches,
            **_form(candidate, question),
            **_kind(candidate, question),
        }
        for candidate, matches in zip(
            candidates, _matches(candidates, question, overlap), strict=True
        )
    ]


@dataclass(frozen=True, slots=True)
class _Question:
    """A question, with what all sentences are compared with.

    Attributes:
        split: Gives the characters of a text, or its words if the question is not in Chinese.
        parts: Those of the question.
    """

    query: Query
    text: str
    runs: tuple[str, ...]
    split: Callable[[str], frozenset[str]]
    parts: frozenset[str]


def _split_words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def _matches(
    candidates: Sequence[Candidate], question: _Question, overlap: Overlap
) -> Iterator[dict[str, float]]:
    """Measure what of the question sentences hold, and what those around them add."""
    if not candidates:
        return
    held = [overlap.of(candidate.passage) for candidate in candidates]
    places = [max(candidate.place - 1, 0) for candidate in candidates]
    previous = np.stack([each.sentences[i] for each, i in zip(held, places, strict=True)])
    title = np.stack([each.title for each in held])
    whole = np.stack([each.counts for each in held])
    own = np.stack([candidate.matched for candidate in candidates])
    is_metadata = np.array([[candidate.passage.is_metadata] for candidate in candidates])
    own = np.where(is_metadata & (own == 0), _FRAME * (title > 0), own)
    around = (np.where(own > 0, 0.0, other) for other in (previous, title, merged(whole, title)))
    coverage, characters, longer, numbers = overlap.shares(own)
    if question.split is _split_words:
        # Of a question without Chinese characters its words count once more.
        characters = coverage
    measured = {
        "coverage": coverage,
        "longer": longer,
        "characters": characters,
        "numbers": numbers,
        **{
            f"with_{name}": overlap.shares(added).coverage
            for name, added in zip(("previous", "title", "all"), around, strict=True)
        },
    }
    rows = zip(*(values.tolist() for values in measured.values()), strict=True)
    yield from (dict(zip(measured, row, strict=True)) for row in rows)


def _form(candidate: Candidate, question: _Question) -> dict[str, float]:
    """Measure how a sentence is made and where it stands."""
    text, sentences, place = candidate.folded, candidate.passage.sentences, candidate.place
    parts = question.split(text)
    opens = place == 0 or sentences[place - 1].paragraph != sentences[place].paragraph
    return {
        "run": _longest_run(question.runs, text) / (sum(map(len, question.runs)) or 1),
        "new": len(parts - question.parts) / (len(parts) or 1),
        "opens_paragraph": float(opens),
        "asks": float(text.endswith("?")),
    }


def _kind(candidate: Candidate, question: _Question) -> dict[str, float]:
    """Measure whether a sentence holds the kind of thing asked for that the question lacks."""
    kind, focus, text = question.query.kind, question.query.focus, candidate.folded
    spans = find_kind(kind, candidate.text) if kind else ()
    # Where folding made several characters of one, a span is a little off: no harm is done.
    new = [(start, end) for start, end in spans if text[start:end] not in question.text]
    counted = bool(focus) and any(focus in text[start : end + _AROUND] for start, end in new)
    return {
        "focus": float(bool(focus) and focus in text),
        "kind": float(bool(new)),
        "kind_focus": float(counted),
        **{f"kind, {name}": float(bool(new) and kind in kinds) for name, kinds in _GROUPS.items()},
    }


def _longest_run(runs: Sequence[str], text: str) -> int:
    """Return the length of the longest part of one of the runs that stands in the text."""
    longest = 0
    for run in runs:
        start = 0
        while start + longest < len(run):
            if run[start : start + longest + 1] in text:
                longest += 1
            else:
                start += 1
    return longest
