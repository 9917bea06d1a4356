"""Sentences of the hits -> what tells those that answer from the others, by name.

Features are about in [0, 1], so that a weight says what a feature is worth. They are compared
within one question only: what is the same for all of its sentences says nothing and is left out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qa_bot.answering.answer_kinds import FIGURES, find_kind
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.retrieve import Hit
from qa_bot.index.store import StoredPassage, StoredSentence
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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit.

    Attributes:
        place: Its number in the passage, from 0.
        folded: Its text, folded.
        matched: The question's terms that it holds, with their counts.
        bm25: Its BM25 score, of front matter together with what it is about.
    """

    hit: Hit
    passage: StoredPassage
    place: int
    text: str
    folded: str
    matched: Mapping[str, float]
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
                    about + overlap.bm25(text, held.sentences[place]),
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
    titles: dict[int, Mapping[str, float]] = {}
    for passage in (candidate.passage for candidate in candidates):
        if passage.number not in titles:
            # The heading and the host's question below it count with the passage.
            title, _, _ = passage.frame.partition("\n")
            titles[passage.number] = overlap.matched(title)
    return [
        {
            "hit": candidate.hit.score,
            "bm25": candidate.bm25,
            **_matches(candidate, question, titles[candidate.passage.number], overlap),
            **_form(candidate, question),
            **_kind(candidate, question),
        }
        for candidate in candidates
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
    candidate: Candidate, question: _Question, title: Mapping[str, float], overlap: Overlap
) -> dict[str, float]:
    """Measure what of the question a sentence holds, and what those around it add."""
    held, place = overlap.of(candidate.passage), candidate.place
    own = {**candidate.matched}
    if candidate.passage.is_metadata:
        own = {**dict.fromkeys(title, _FRAME), **own}

    def added(*others: Mapping[str, float]) -> float:
        terms = {t: n for other in others for t, n in other.items() if t not in own}
        return overlap.coverage(terms) if terms else 0.0

    coverage = overlap.coverage(own)
    return {
        "coverage": coverage,
        "longer": overlap.longer(own),
        # Of a question without Chinese characters its words count once more.
        "characters": coverage if question.split is _split_words else overlap.characters(own),
        "numbers": overlap.numbers(own),
        "with_previous": added(held.sentences[max(place - 1, 0)]),
        "with_title": added(title),
        "with_all": added(held.counts, title),
    }


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
