"""A question of a set -> its answer, within the scope that the set gives it."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from qa_bot.answering.bot import QABot
from qa_bot.answering.scope_names import resolve_scope
from qa_bot.errors import ScopeError
from qa_bot.evaluation.records import Question, QuestionSet
from qa_bot.records import Answer, Scope
from qa_bot.scope import read_scope


class Answerer(Protocol):
    """What answers questions: `QABot`, or a baseline."""

    def ask(
        self, question: str, *, history: Sequence[str] = (), scope: Scope | None = None
    ) -> Answer:
        """Answer a question however unsure, with the `RANKED` nearest passages."""


def ask_question(answerer: Answerer, question: Question) -> Answer:
    """Ask a question; one whose scope names nothing gets no answer, and the run goes on."""
    text, scope = question.question, read_scope(question.scope)
    try:
        return answerer.ask(text, history=question.history, scope=scope)
    except ScopeError:  # in `scope_problems`
        return Answer(text, text, False, 0.0, (), (), timings_ms={"total": 0.0})


def scope_problems(question_set: QuestionSet, bot: QABot) -> Iterator[str]:
    """Yield a line for each question whose scope names what the index does not have."""
    for question in question_set.questions:
        try:
            resolve_scope(read_scope(question.scope), bot.names, bot.snapshot)
        except ScopeError as error:
            yield f"{question_set.place(question)}: {error}"
