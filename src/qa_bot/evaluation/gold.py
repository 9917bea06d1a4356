"""An index and the questions asked of it -> where the answers stand, and which stand nowhere.

An article is right if the set says so (by judgement or by title), or else if one of the right
passages is in it. Right passages are those that hold the most of the strings needed, in a right
article and said by the right speaker where the set names them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from qa_bot.evaluation.comparable import comparable
from qa_bot.evaluation.records import Question
from qa_bot.index.store import Store
from qa_bot.records import Span

Place = tuple[str, Span]  # article id and span of a passage


@dataclass(frozen=True, slots=True)
class Gold:
    """Where the answer to a question stands.

    Attributes:
        articles: Grade of each right article by id; empty: not known.
        passages: The right passages; empty: not known.
        missing: Documents judged relevant that are not there.
        problems: What else the question asks for that is not there.
    """

    articles: dict[str, int] = field(default_factory=dict)
    passages: frozenset[Place] = frozenset()
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Article:
    id: str
    title: str
    passages: list[tuple[Span, str | None, str]] = field(default_factory=list)  # comparable texts
    text: str = ""  # of all passages, comparable


class GoldFinder:
    """Finds where answers stand, in the articles of one index."""

    def __init__(
        self, store: Store, questions: Iterable[Question], *, names: Mapping[str, str]
    ) -> None:
        """Read the articles.

        Args:
            store: The articles and passages.
            questions: All that will be looked for.
            names: Article id by document id, where the two differ.
        """
        self._names = names
        by_number = {
            article.number: _Article(article.id, comparable(article.title))
            for article in store.articles()
        }
        self._articles = list(by_number.values())
        self._by_id = {article.id: article for article in self._articles}
        for number, span, speaker, text in store.passage_texts():
            by_number[number].passages.append((span, speaker, comparable(text)))
        for article in self._articles:
            article.text = "".join(text for _, _, text in article.passages)
        self._speakers = set(store.speakers())
        wanted = {
            pair
            for question in questions
            for string in (*question.all_of, *question.any_of)
            for pair in _pairs(comparable(string))
        }
        self._holding: dict[str, list[_Article]] = {pair: [] for pair in wanted}
        for article in self._articles:
            for pair in wanted & (_pairs(article.text) | set(article.text)):
                self._holding[pair].append(article)

    def find(self, question: Question) -> Gold:
        """Find where the answer stands; of an unanswerable question, nothing."""
        if not question.answerable:
            return Gold()
        named = self._named(question)
        missing = tuple(
            id_ for id_ in question.relevant if self._names.get(id_, id_) not in self._by_id
        )
        if named == []:
            untitled = () if missing else (f"no article is called {question.article!r}",)
            return Gold(missing=missing, problems=untitled)
        problems = []
        if question.speaker and question.speaker not in self._speakers:
            problems.append(f"nobody called {question.speaker!r} speaks in the corpus")
        counts: Counter[Place] = Counter()
        for strings in (*((string,) for string in question.all_of), question.any_of):
            places: set[Place] = set()  # any of these strings will do
            for string in strings:
                articles_holding = self._holding_articles(string, named)
                if not articles_holding:
                    where = "the corpus" if named is None else "the right article"
                    problems.append(f"{string!r} stands nowhere in {where}")
                places.update(_places(string, articles_holding, question.speaker))
            counts.update(places)
        most = max(counts.values(), default=0)
        passages = frozenset(place for place, count in counts.items() if count == most)
        if named is None:
            articles = dict.fromkeys((id_ for id_, _ in sorted(passages, key=_order)), 1)
        elif question.relevant:
            grades = {self._names.get(id_, id_): n for id_, n in question.relevant.items()}
            articles = {article.id: grades[article.id] for article in named}
        else:
            articles = {article.id: 1 for article in named}
        return Gold(articles, passages, missing, tuple(problems))

    def _named(self, question: Question) -> list[_Article] | None:
        """Return those of the articles named that are there; None: the set names none."""
        if question.relevant:
            ids = (self._names.get(id_, id_) for id_ in question.relevant)
            return [self._by_id[id_] for id_ in ids if id_ in self._by_id]
        if question.article:
            part = comparable(question.article)
            return [article for article in self._articles if part in article.title]
        return None

    def _holding_articles(self, string: str, named: list[_Article] | None) -> list[_Article]:
        """Return those of the articles named, or of all, that hold a string."""
        needed = comparable(string)
        if named is None:  # those that hold its rarest pair of characters
            named = min((self._holding[pair] for pair in _pairs(needed)), key=len)
        return [article for article in named if needed in article.text]


def _places(string: str, articles: Iterable[_Article], speaker: str | None) -> Iterator[Place]:
    """Yield the passages that hold a string, of one speaker or of anybody."""
    needed = comparable(string)
    for article in articles:
        for span, said_by, text in article.passages:
            if needed in text and speaker in (None, said_by):
                yield article.id, span


def _order(place: Place) -> tuple[str, int]:
    return place[0], place[1].start


def _pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring characters; of a single character, or none, the text."""
    return {a + b for a, b in pairwise(text)} or {text}
