"""What was typed, and the conversation so far -> the query that the index receives."""

import unicodedata
from collections.abc import Sequence

from qa_bot.answering.asked_fields import find_fields
from qa_bot.answering.content_words import asks_for_list, core_terms, without_asking
from qa_bot.answering.followups import AnswerTo, Follower, Turn
from qa_bot.answering.mentions import find_scope
from qa_bot.answering.people import (
    People,
    asked_for_part,
    asked_for_words,
    asks_for_a_view,
    is_asked_of_each,
)
from qa_bot.answering.question_kinds import focus_of_question, kind_of_question
from qa_bot.answering.synonyms import find_synonyms
from qa_bot.errors import QuestionError
from qa_bot.index.name_tables import NameTables
from qa_bot.index.names import Names
from qa_bot.index.terms import fold, split_terms
from qa_bot.records import Query, Scope

MAX_QUESTION = 2000  # characters
MAX_HISTORY = 20  # questions
_MAX_EARLIER = 400  # characters of each
# Terms that only the conversation gives count half: the new question leads.
_CARRIED_WEIGHT = 0.5
_NOBODY = People(NameTables.of())


def analyse(
    question: str,
    *,
    history: Sequence[str] = (),
    people: People = _NOBODY,
    known: Names | None = None,
    answer_to: AnswerTo | None = None,
    narrow: bool = True,
) -> Query:
    """Work out what a question asks for.

    Args:
        question: What was typed; at most `MAX_QUESTION` characters.
        history: Earlier questions of the conversation, oldest first.
        people: Everybody who speaks or writes in the corpus.
        known: The names that the index knows; by default none.
        answer_to: Gives the answer to an earlier question, for what is said of it ('only the
            second article', 'he'); by default only the questions are known.
        narrow: Whether the articles that the question names are all it is about; else their names
            are only no part of what the answer has to say.

    Returns:
        The query; `understood_as` differs from the question where the conversation added to it.

    Raises:
        QuestionError: If the question is empty or too long.
    """
    typed = _clean(question)
    follower = Follower(people, known, answer_to)
    before = Turn()
    for earlier in history[-MAX_HISTORY:]:
        if text := _normalised(_on_one_line(earlier[:_MAX_EARLIER])):
            before = follower.remember(text, before)
    turn = follower.complete(_normalised(typed), before)
    leading = turn.text
    scope, said = find_scope(leading, known) if known else (Scope(), leading)
    carried = turn.carried
    if known and carried and not scope:
        scope, carried = find_scope(carried, known)
    named = people.named_in(said)
    asked = asked_for_words(said, named)
    speakers = tuple(name for name in asked if people.is_speaker(name))
    if narrow and known and asked and not speakers and not scope:
        scope = Scope(authors=asked)
    part = None if asked else asked_for_part(said)
    is_comparison = len(asked) > 1 or (not named and is_asked_of_each(said))
    is_view = bool(asked or part or is_comparison)
    fields: frozenset[str] = frozenset()
    identity = said
    if not is_view:
        fields, identity = find_fields(said, named, is_title=lambda title: _is_title(title, known))
    asks_for_words = is_view or (not fields and asks_for_a_view(said))
    content = without_asking(said, (*asked, *scope.authors), is_view=asks_for_words)
    earlier_content = without_asking(carried, people.named_in(carried)) if carried else ""
    weights = dict.fromkeys(split_terms(content), 1.0)
    for term in split_terms(earlier_content):
        weights.setdefault(term, _CARRIED_WEIGHT)
    is_open = is_view and not weights
    core = {*core_terms(without_asking(identity) if fields else content)}
    core |= {*core_terms(earlier_content)}
    if not weights and not is_open:
        weights = dict.fromkeys(split_terms(said) or split_terms(leading), 1.0)
        core = set() if fields else {*core_terms(said)}
    return Query(
        question=question,
        understood_as=turn.shown if turn.context else typed,
        weights=weights,
        core=weights.keys() & core,
        synonyms=find_synonyms(content),
        context=turn.context,
        speakers=speakers,
        part=part,
        people=named,
        metadata=fields,
        scope=(narrow and scope) or turn.scope,
        is_open=is_open,
        more=turn.more,
        is_list=asks_for_list(leading),
        is_comparison=is_comparison,
        kind=kind_of_question(fold(leading)),
        focus=focus_of_question(fold(leading)),
    )


def _is_title(title: str, known: Names | None) -> bool:
    """Whether the corpus has an article, or a paper, of this title."""
    if known is None:
        return False
    whole, holding = known.titled(title)
    return bool(whole or holding or known.exact("source", title))


def _clean(question: str) -> str:
    """Return the question on one line, if it can be asked."""
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            f"the question has {len(question):,} characters, at most {MAX_QUESTION:,} are "
            "possible; shorten it"
        )
    text = _on_one_line(question)
    if not text:
        raise QuestionError("the question is empty; type one")
    return text


def _on_one_line(text: str) -> str:
    """Return the text on one line, without characters that cannot be shown or encoded."""
    shown = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(shown.split())


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
