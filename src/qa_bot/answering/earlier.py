"""The earlier questions of a conversation -> what they were answered with, asked again and kept."""

from collections.abc import Callable, Sequence

from qa_bot.answering.select import ScoredSentence
from qa_bot.index.rows import StoredPassage, StoredSentence
from qa_bot.index.store import Store
from qa_bot.records import Answer, Query, Scope, Span
from qa_bot.scope import merge_scopes

_KEPT = 64  # answers

# Answers a question within a scope, without what was quoted when it was asked so many times.
AskAgain = Callable[[str, Scope, int], Answer]


class Earlier:
    """Answers of earlier questions, which a history does not hold; safe from many threads."""

    def __init__(self, ask: AskAgain, store: Store, *, ranking: Callable[[], object]) -> None:
        """Take what asks.

        Args:
            ask: Asks a question.
            store: The articles.
            ranking: Gives what answers depend on that may be set between questions.
        """
        self._ask = ask
        self._store = store
        self._ranking = ranking
        self._answers: dict[tuple[object, str, Scope, int], Answer] = {}

    def answer_to(self, question: str, given: Scope, more: int = 0) -> Answer:
        """Return the answer to a question that is complete; after so many calls for more."""
        key = self._ranking(), question, given, more
        answer = self._answers.get(key)
        if answer is None:
            answer = self._ask(question, given, more)
            kept = list(self._answers.items())[1 - _KEPT :]
            self._answers = {**dict(kept), key: answer}
        return answer

    def topic(self, context: str, given: Scope) -> int | None:
        """Return the number of the article that the conversation so far is about, if any."""
        if not context:
            return None
        answer = self.answer_to(context, given)
        near = [quote.article for quote in answer.quotes]
        near += [passage.article for passage in answer.passages]
        return self._store.number(near[0].id) if near else None

    def quoted(self, query: Query, given: Scope) -> "Quoted":
        """Return what was quoted already of what more is asked for."""
        within = merge_scopes((given, query.scope))
        return Quoted(
            self._store,
            [
                (quote.article.id, quote.span)
                for times in range(query.more)
                for quote in self.answer_to(query.context, within, times).quotes
            ],
        )


class Quoted:
    """What is not to be quoted again."""

    def __init__(self, store: Store, spans: Sequence[tuple[str, Span]]) -> None:
        self._store = store
        self._spans = spans

    def __contains__(self, sentence: ScoredSentence) -> bool:
        return self.holds(sentence.passage, [sentence.sentence])

    def holds(self, passage: StoredPassage, sentences: Sequence[StoredSentence]) -> bool:
        """Whether all of these sentences were quoted."""
        if not self._spans:
            return False
        article = self._store.article(passage.article).id
        return all(
            any(
                id == article and start <= sentence.span.start and sentence.span.end <= end
                for id, (start, end) in self._spans
            )
            for sentence in sentences
        )
