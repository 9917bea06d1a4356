"""What is on a page, and what was read off it -> counts of what is right.

The definitions are those of the page set that the project is judged by: letters only, so that
punctuation and white space never decide; `rates` lists them.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

_NOT_A_LETTER = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]")
_GRAM = 4
_SAME = 0.7  # share of a sentence's 4-grams that must be found where it does not stand in one piece
_OWN = 12  # letters from which a sentence belongs to one article only
# Measure -> its numerator and denominator among the counts.
MEASURES = {
    "article count exact (pages)": ("count", "pages"),
    "titles": ("title", "articles"),
    "authors": ("authors", "articles"),
    "sentences in the right article": ("right", "sentences"),
    "speakers of interview sentences": ("speaker", "spoken"),
    "interview sentences nobody says": ("narrated", "narration"),
    "sections of sentences": ("section", "sentences"),
    "neighbouring sentences in order": ("ordered", "neighbours"),
    "broken sentences (lower is better)": ("broken", "sentences"),
    "captions and junk in bodies (lower is better)": ("leaked", "junk"),
    "titles in bodies (lower is better)": ("title leaked", "articles"),
}


@dataclass(frozen=True, slots=True)
class TrueSentence:
    """A sentence of an article.

    Attributes:
        forms: Its letters, as meant and as printed.
        speakers: Names that are right for who says it; empty where nobody does.
        sections: Letters of the heading above it, in the forms that are right; empty where there
            is none.
    """

    forms: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrueArticle:
    """An article that is on a page; titles are letters only."""

    titles: tuple[str, ...]
    authors: tuple[frozenset[str], ...]
    is_interview: bool
    sentences: tuple[TrueSentence, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a careful reader sees on a page."""

    level: str
    articles: tuple[TrueArticle, ...]
    junk: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as some program read it: paragraphs are `(speaker, text, section)`."""

    title: str
    authors: frozenset[str]
    paragraphs: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Score:
    """Counts, and what went wrong in words."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    paragraph: int
    is_whole: bool
    position: int


class _Body:
    """The letters of an article that was read, ready to be searched."""

    def __init__(self, article: ReadArticle) -> None:
        self.texts = [letters(text) for _, text, _ in article.paragraphs]
        self.grams = [_grams(text) for text in self.texts]
        self.text = "".join(self.texts)
        self.all_grams = _grams(self.text)
        self.starts = [sum(map(len, self.texts[:k])) for k in range(len(self.texts))]

    def find(self, forms: Iterable[str]) -> _Place | None:
        for form in forms:
            for number, text in enumerate(self.texts):
                if form and form in text:
                    return _Place(number, True, self.starts[number] + text.find(form))
        for form in forms:
            grams = _grams(form)
            at = self.text.find(form) if form else -1
            if at < 0 and (len(form) < 6 or _share(grams, self.all_grams) < _SAME):
                continue
            if at >= 0:
                number = max(k for k, start in enumerate(self.starts) if start <= at)
            else:
                shares = [_share(grams, part) for part in self.grams]
                number = shares.index(max(shares))
            return _Place(number, False, self.starts[number])
        return None


def letters(text: str) -> str:
    """Return a text's letters and digits, in their usual width."""
    return _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", text))


def read_truth(path: Path) -> Truth:
    """Read the truth file of a page."""
    data = json.loads(path.read_text(encoding="utf-8"))
    articles = tuple(
        TrueArticle(
            tuple(map(letters, article["titles_ok"])),
            tuple(frozenset(names) for names in article["authors_ok"]),
            article["kind"] == "interview",
            tuple(
                TrueSentence(
                    tuple(
                        dict.fromkeys(letters(s[key]) for key in ("text", "page_text") if key in s)
                    ),
                    tuple(s["speaker_ok"]) if s["speaker"] else (),
                    (letters(s["section"]),) if s["section"] else (),
                )
                for s in article["sentences"]
            ),
        )
        for article in data["articles"]
    )
    junk = (*(item["text"] for item in data["junk"]), *data["captions"])
    return Truth(data["level"], articles, junk)


def score_page(truth: Truth, read: Sequence[ReadArticle]) -> Score:
    """Compare what was read with what is there."""
    score = Score(Counter(pages=1, count=len(read) == len(truth.articles)))
    if len(read) != len(truth.articles):
        score.faults.append(f"{len(read)} articles, not {len(truth.articles)}")
    bodies = [_Body(article) for article in read]
    found = [
        [[body.find(sentence.forms) for body in bodies] for sentence in article.sentences]
        for article in truth.articles
    ]
    owners = _match(truth, found, len(bodies))
    for number, article in enumerate(truth.articles):
        owner = owners.get(number)
        _score_head(score, article, read[owner] if owner is not None else None)
        _score_sentences(score, article, read, found[number], owner)
    _score_leaks(score, truth, bodies)
    return score


def rates(counts: Counter[str]) -> Iterator[tuple[str, float | None]]:
    """Yield each measure with its value in [0, 1]; None where there is nothing to measure."""
    for name, (part, whole) in MEASURES.items():
        yield name, counts[part] / counts[whole] if counts[whole] else None


def _grams(text: str) -> frozenset[str]:
    return frozenset(text[k : k + _GRAM] for k in range(len(text) - _GRAM + 1))


def _share(grams: frozenset[str], among: frozenset[str]) -> float:
    return len(grams & among) / len(grams) if grams else 0.0


def _match(
    truth: Truth, found: Sequence[Sequence[Sequence[_Place | None]]], count: int
) -> dict[int, int]:
    """Pair the articles with those that were read, the largest common text first."""
    common = sorted(
        (
            (sum(len(s.forms[0]) for s, at in zip(a.sentences, places, strict=True) if at[k]), n, k)
            for n, (a, places) in enumerate(zip(truth.articles, found, strict=True))
            for k in range(count)
        ),
        key=lambda entry: (-entry[0], entry[1:]),
    )
    owners: dict[int, int] = {}
    for size, number, read in common:
        if size and number not in owners and read not in owners.values():
            owners[number] = read
    return owners


def _score_head(score: Score, article: TrueArticle, read: ReadArticle | None) -> None:
    title = letters(read.title) if read else ""
    is_right = any(SequenceMatcher(None, title, own).ratio() >= 0.9 for own in article.titles)
    has_authors = read is not None and read.authors in article.authors
    score.counts.update({"articles": 1, "title": is_right, "authors": has_authors})
    if not is_right:
        score.faults.append(f"title {read.title if read else None!r}, not {article.titles[0]!r}")
    if not has_authors:
        names = sorted(read.authors) if read else None
        score.faults.append(
            f"authors {names}, not {sorted(article.authors[0])} of {article.titles[0]!r}"
        )


def _score_sentences(
    score: Score,
    article: TrueArticle,
    read: Sequence[ReadArticle],
    found: Sequence[Sequence[_Place | None]],
    owner: int | None,
) -> None:
    last: int | None = None
    for sentence, places in zip(article.sentences, found, strict=True):
        place = places[owner] if owner is not None else None
        text = sentence.forms[0]
        elsewhere = [k for k, at in enumerate(places) if k != owner and at and at.is_whole]
        is_right = place is not None and not (len(text) >= _OWN and elsewhere)
        is_whole = any(at and at.is_whole for at in places)
        score.counts.update({"sentences": 1, "right": is_right, "broken": not is_whole})
        if not is_right:
            where = f"in {read[elsewhere[0]].title!r}" if elsewhere else "in no article"
            score.faults.append(f"sentence {where}, not in {article.titles[0]!r}: {text}")
        elif not is_whole:
            score.faults.append(f"broken: {text}")
        section = _paragraph(read, owner, place)[2]
        in_section = place is not None and letters(section) in (sentence.sections or ("",))
        score.counts.update({"section": in_section})
        if place is not None and not in_section:
            score.faults.append(f"in section {section!r}, not {sentence.sections}: {text}")
        if article.is_interview:
            _score_speaker(score, sentence, read, owner, place)
        if place is not None and len(text) >= 8:
            if last is not None:
                score.counts.update({"neighbours": 1, "ordered": place.position >= last})
                if place.position < last:
                    score.faults.append(f"out of order: {text}")
            last = place.position


def _paragraph(
    read: Sequence[ReadArticle], owner: int | None, place: _Place | None
) -> tuple[str, str, str]:
    if owner is None or place is None:
        return "", "", ""
    return read[owner].paragraphs[place.paragraph]


def _score_speaker(
    score: Score,
    sentence: TrueSentence,
    read: Sequence[ReadArticle],
    owner: int | None,
    place: _Place | None,
) -> None:
    speaker = _paragraph(read, owner, place)[0] if place else None
    if not sentence.speakers:
        score.counts.update({"narration": 1, "narrated": speaker == ""})
        if speaker:
            score.faults.append(f"said by {speaker}, by nobody in truth: {sentence.forms[0]}")
        return
    is_right = speaker in sentence.speakers
    score.counts.update({"spoken": 1, "speaker": is_right})
    if not is_right:
        score.faults.append(
            f"said by {speaker or None}, not {sentence.speakers[0]}: {sentence.forms[0]}"
        )


def _score_leaks(score: Score, truth: Truth, bodies: Sequence[_Body]) -> None:
    told = "|".join(form for a in truth.articles for s in a.sentences for form in s.forms)
    told_grams = _grams(told)
    paragraphs = [part for body in bodies for part in zip(body.texts, body.grams, strict=True)]

    def is_in_body(text: str) -> bool | None:
        """Whether a text stands in a paragraph; None if the articles themselves say it."""
        grams = _grams(text)
        is_long = len(text) >= 8
        if not text or text in told or (is_long and _share(grams, told_grams) >= _SAME):
            return None
        return any(
            text in own or (is_long and _share(grams, own_grams) >= _SAME)
            for own, own_grams in paragraphs
        )

    for item in truth.junk:
        leaks = is_in_body(letters(item))
        if leaks is not None:
            score.counts.update({"junk": 1, "leaked": leaks})
            if leaks:
                score.faults.append(f"in a body: {item}")
    for article in truth.articles:
        if is_in_body(article.titles[0]):
            score.counts["title leaked"] += 1
            score.faults.append(f"title in a body: {article.titles[0]}")
