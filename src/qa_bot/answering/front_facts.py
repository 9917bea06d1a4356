"""A question about an article itself (its author, host, date, ...) -> the line that says it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_bot.answering.answer_kinds import find_kind
from qa_bot.answering.article_files import ArticleFiles
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.retrieve import Hit
from qa_bot.answering.select import ScoredSentence
from qa_bot.answering.selection import PassagesOf, Selection
from qa_bot.corpus import is_host, line_of
from qa_bot.index.rows import StoredArticle, StoredPassage, StoredSentence
from qa_bot.patterns import compile_late
from qa_bot.records import IMPRINT, METADATA_PARAGRAPH, Fact, Person, Query, Span

_ABOUT = 0.5  # share of the question's weight that makes an article the one that is meant
_MOST = 4  # people who are named, and pictures
# What may as well stand in the text of an article, which is then searched as for any question.
_ALSO_IN_TEXT = frozenset({"post", "unit", "email"})
_EMAIL = compile_late(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_LATIN = r"[A-Z][\w.'’-]{1,30}(?: [A-Z][\w.'’-]{1,30}){0,3}"
_NAME = rf"(?P<name>(?!记者|通讯员|摄影|图片)[一-鿿·]{{2,12}}?|{_LATIN})"
_PHOTOGRAPHER = compile_late(
    rf"(?:^|记者|通讯员|特约摄影|摄影|[\s。，,（(/])\s*{_NAME}\s*[/／]?\s*"
    r"(?:摄影报道|摄影|摄|供图|图)(?![一-鿿])"
    rf"|(?:摄影|图片?)\s*[:：/／]\s*{_NAME.replace('name', 'other')}(?=[\s/／，。;；)）]|$)"
    r"|(?:图片?|照片)由(?P<giver>[一-鿿·]{2,12}?)(?:提供|拍摄)"
    rf"|(?i:photo(?:graph)?s?(?: by|:)) (?P<latin>{_LATIN})"
)
_EDITOR = compile_late(
    r"(?:责任编辑|责编|编辑|编审|主编)\s*[:：/]?\s*(?P<name>[一-鿿·]{2,4})|(?i:edit(?:ed by|or:?)) "
    rf"(?P<latin>{_LATIN})"
)
_REPORTER = compile_late(r"记者|通讯员|(?i:\b(?:reporter|correspondent|writer)\b)")


@dataclass(frozen=True, slots=True)
class _Found:
    """A line of front matter, and what in it is asked for."""

    fact: Fact
    marks: tuple[Span, ...]


class _Front:
    """The front matter of one article."""

    def __init__(self, article: StoredArticle, text: str) -> None:
        from qa_bot.front_matter import read_front_matter  # with YAML, which few questions need

        self.article, self.text = article, text
        _, self.facts, _ = read_front_matter(text, article.id)

    def words(self, fact: Fact) -> str:
        return self.text[fact.span.start : fact.span.end]

    def about(self) -> str:
        """Return all that names the article."""
        article = self.article
        frame = (article.title, article.section, article.source)
        return "\n".join([*filter(None, frame), *map(self.words, self.facts)])


def find_facts(
    query: Query,
    hits: Sequence[Hit],
    overlap: Overlap,
    files: ArticleFiles,
    passages_of: PassagesOf,
    *,
    anchor: int | None,
) -> list[Selection] | None:
    """Find what an article says of itself.

    Args:
        query: The question as understood; its `metadata` says what is asked.
        hits: Retrieved passages, best first.
        overlap: The query's terms with their weights.
        files: The article files.
        passages_of: Gives all passages of an article, in file order.
        anchor: The article that the conversation is about, if any.

    Returns:
        The lines to quote; none if the article that is meant does not say; None if no article is
        meant for sure, or its text may say it.
    """
    numbers = list(dict.fromkeys(hit.passage.article for hit in hits))
    if anchor is not None and not query.core and not query.people:
        numbers = [anchor]
    fronts = [
        _Front(files.article(number), text) for number in numbers if (text := files.text(number))
    ]
    meant = [front for front in fronts if _is_meant(front, query, hits, overlap)]
    if not meant:
        return None
    saying = [(front, found) for front in meant if (found := _found(query, front, overlap))]
    is_sure = bool(query.core or query.people or query.scope)
    said = {
        tuple(front.text[slice(*mark)] for f in found for mark in f.marks)
        for front, found in saying
    }
    if len(said) > 1 and not is_sure:
        return []
    if not saying:
        return None if query.metadata & _ALSO_IN_TEXT else []
    front, found = saying[0]
    return [_selection(front, each, overlap, passages_of) for each in found[:_MOST]]


def _is_meant(front: _Front, query: Query, hits: Sequence[Hit], overlap: Overlap) -> bool:
    if query.people:
        return any(name in front.about() for name in query.people)
    if not query.core or query.scope:
        return True
    if overlap.coverage(overlap.matched(front.about())) >= _ABOUT:
        return True
    own = [hit.passage for hit in hits if hit.passage.article == front.article.number]
    return any(overlap.coverage(overlap.of(passage).counts) >= _ABOUT for passage in own)


def _found(query: Query, front: _Front, overlap: Overlap) -> list[_Found]:
    """Return the lines that say what is asked, in the order of the file."""
    asked = query.metadata
    people = [person for person in _people(query, front.article) if person.name]
    lines: dict[Fact, list[Span]] = {}
    if asked & {"post", "unit"}:
        for person in people:
            for each in _post(person, front, whole="post" in asked):
                lines.setdefault(each.fact, []).extend(each.marks)
        return [_Found(fact, tuple(marks)) for fact, marks in lines.items()]
    found: list[_Found] = []
    for fact in front.facts:
        words = front.words(fact)
        if "email" in asked:
            found += _marked(fact, (match.span() for match in _EMAIL.finditer(words)))
        if "photographer" in asked and fact.key in {"captions", "credits", "notes"}:
            found += _marked(fact, _names(_PHOTOGRAPHER, words))
        if "editor" in asked:
            found += _marked(fact, _names(_EDITOR, words))
        if fact.key in asked & IMPRINT:
            found += [_Found(fact, (fact.span,))]
    if "photographer" in asked and len(found) > 1 and query.core:
        held = [overlap.coverage(overlap.matched(front.words(each.fact))) for each in found]
        found = [each for each, share in zip(found, held, strict=True) if share == max(held)]
    for person in people:
        if line := _naming(person.name, front):
            start = line.span.start + front.words(line).index(person.name)
            lines.setdefault(line, []).append(Span(start, start + len(person.name)))
    return found + [_Found(fact, tuple(marks)) for fact, marks in lines.items()]


def _people(query: Query, article: StoredArticle) -> list[Person]:
    """Return the people who are asked for, or whose post is."""
    known = {person.name: person for person in (*article.authors, *article.speakers)}
    hosts = [person for person in article.speakers if is_host(person.name, article.speakers)]
    by_part = {
        "host": hosts,
        "guest": [person for person in article.speakers if person not in hosts],
        "author": list(article.authors),
        "reporter": [
            *(p for p in article.authors if not p.role or _REPORTER.search(p.role)),
            *(p for p in hosts if _REPORTER.search(p.role or "")),
        ],
    }
    asked = [
        person for part, people in by_part.items() if part in query.metadata for person in people
    ]
    if not query.metadata & by_part.keys():  # the names say whose post; else which article
        asked = [known[name] for name in query.people if name in known]
    return list({person.name: person for person in asked}.values())


def _naming(name: str, front: _Front) -> Fact | None:
    """Return the line that names somebody: as printed, or else the entry of the author."""
    order = ("credits", "speakers", "authors", "notes")
    naming = [fact for fact in front.facts if fact.key in order and name in front.words(fact)]
    return min(naming, key=lambda fact: order.index(fact.key), default=None)


def _post(person: Person, front: _Front, *, whole: bool) -> list[_Found]:
    """Return the line that holds somebody's post, as printed if it is; else nothing."""
    role = person.role
    if not role:
        return []
    order = ("credits", "notes", "speakers", "authors")
    holding = [fact for fact in front.facts if fact.key in order and role in front.words(fact)]
    fact = min(holding, key=lambda fact: order.index(fact.key), default=None)
    if fact is None:
        return []
    start, end = front.words(fact).index(role), len(role)
    if not whole and (units := find_kind("organisation", role)):
        start, end = start + units[0][0], units[0][1] - units[0][0]
    start += fact.span.start
    return [_Found(fact, (Span(start, start + end),))]


def _names(pattern: re.Pattern[str], words: str) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(words):
        yield match.span(match.lastgroup or 0)


def _marked(fact: Fact, spans: Iterator[tuple[int, int]]) -> list[_Found]:
    at = fact.span.start
    marks = tuple(Span(at + start, at + end) for start, end in spans)
    return [_Found(fact, marks)] if marks else []


def _selection(
    front: _Front, found: _Found, overlap: Overlap, passages_of: PassagesOf
) -> Selection:
    """Return a line of front matter as what is quoted; of a bare value with its key."""
    span = found.fact.span
    for passage in passages_of(front.article.number):
        for sentence in passage.sentences if passage.is_metadata else ():
            if sentence.span == span:
                return _quoted(passage, sentence, found, overlap)
    start = front.text.rfind("\n", 0, span.start) + 1  # the line `date: 2025-11-28`
    span = Span(start, span.end)
    line, last = line_of(front.text, start), line_of(front.text, span.end - 1)
    sentence = StoredSentence(span, METADATA_PARAGRAPH, line, last)
    passage = StoredPassage(
        number=-1,
        article=front.article.number,
        frame=front.article.title,
        span=span,
        text=front.text[start : span.end],
        section=None,
        speaker=None,
        is_metadata=True,
        line_start=line,
        line_end=last,
        sentences=(sentence,),
    )
    return _quoted(passage, sentence, found, overlap)


def _quoted(
    passage: StoredPassage, sentence: StoredSentence, found: _Found, overlap: Overlap
) -> Selection:
    text = passage.text_of(sentence.span)
    best = ScoredSentence(passage, sentence, text, overlap.matched(text), score=1.0)
    return Selection(passage, (sentence,), best, highlights=found.marks)
