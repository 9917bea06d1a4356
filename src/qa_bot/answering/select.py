"""Hits -> their sentences, the most likely answer first.

A first scorer, by hand: how much of the question the sentence covers, how well its passage was
ranked, and whether it holds the kind of thing that was asked for. The two weights were chosen on
training sets (docs/decisions/0003).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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

_HAN_DIGITS = "〇零一二三四五六七八九"
_NUMERALS = rf"{_HAN_DIGITS}十百千万亿两"
_FIGURE = r"\d+(?:[.,]\d+)*"
# 'several' and 'some' count only before a power of ten; 万 and 亿 open no number.
_HAN_FIGURE = (
    rf"(?![万亿])(?:[{_NUMERALS}]|[几数](?=[十百千万亿])){{1,15}}(?:点[{_HAN_DIGITS}]{{1,9}})?"
)
_TIMES = r"[百千万亿]{0,2}[余多]?[万亿]?"
_UNIT = (
    rf"(?:[%％‰]|个百分点|成(?![为果就立员本长功效绩])[{_HAN_DIGITS}]?|[美欧港]?元|个月|个|家|件|名|位|人次|人|项|次|倍"
    r"|年|月|天|日|岁|条|户|所|公里|平方米|亩|吨|辆|台|套|座|种|只|分钟|小时|秒)"
)
ANSWER_PATTERNS = {
    "definition": re.compile(
        r"是指|指的是|所谓|定义为|简称|是一[种个项类]|\b(?:means|refers to|is defined as|is an?)\b"
    ),
    "number": re.compile(
        rf"(?:近|约|超过?|逾|达|不少于|不低于)?(?:(?:\d{{1,9}}|[{_NUMERALS}]{{1,9}})分之(?:{_FIGURE}|{_HAN_FIGURE})"
        rf"|{_FIGURE}\s?{_TIMES}{_UNIT}?|{_HAN_FIGURE}{_TIMES}{_UNIT})(?:以上|以下|以内|左右|不等)?"
    ),
    "date": re.compile(
        rf"[{_HAN_DIGITS}]{{4}}年(?:[一二三四五六七八九十]{{1,2}}月(?:[一二三四五六七八九十]{{1,3}}[日号])?)?"
        r"|\d{2,4}\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?)?|\d{1,2}\s?月\s?\d{1,2}\s?[日号]|\d{1,2}月[上中下]旬"
        r"|\d{4}-\d{2}-\d{2}|(?:今|去|明|前|当)年(?:\d{1,2}月)?(?:底|初)?|世纪|\d{1,2}月[底初份]?"
        r"|\b(?:January|February|March|April|May|June|July|August|September|October|November"
        r"|December)\b(?: \d{1,2})?(?:,? \d{4})?|\b(?:19|20)\d\d\b"
    ),
}


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
        Sentences, best first; equals in the order of the hits and of the file. What a reprint
        repeats of the best ones is left out.
    """
    expected = ANSWER_PATTERNS.get(query.answer_type or "")
    scored = []
    for hit in hits[:_PASSAGES]:
        for passage, sentence, text in _sentences(hit):
            matched = overlap.matched(text)
            score = overlap.bm25(text, matched) + _PASSAGE_WEIGHT * hit.score
            if passage.is_metadata:
                frame = passage.frame
                score += _FRAME_WEIGHT * overlap.bm25(frame, overlap.matched(frame))
            if expected and expected.search(text):
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


def _sentences(hit: Hit) -> Iterator[tuple[StoredPassage, StoredSentence, str]]:
    """Yield the sentences of a hit, those of its copies only if they read differently."""
    seen: set[str] = set()
    for passage in (hit.passage, *hit.copies):
        texts = [passage.text_of(sentence.span) for sentence in passage.sentences]
        for sentence, text in zip(passage.sentences, texts, strict=True):
            if text not in seen:
                yield passage, sentence, text
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
