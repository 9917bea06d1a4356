"""A question and the earlier ones of its conversation -> the question made complete.

Without a language model: what is missing is put back from the question before, a new value in the
place of an old one of its kind, a pronoun by what it stands for. A question that is complete takes
nothing over.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from qa_bot.answering.answer_kinds import find_kind
from qa_bot.answering.asked_fields import find_fields
from qa_bot.answering.content_words import without_asking
from qa_bot.answering.narrowing import find_narrowing
from qa_bot.answering.nouns import OF_SOMETHING, has_nouns, is_chinese, thing_of
from qa_bot.answering.people import People, is_asked_of_somebody
from qa_bot.answering.points_shown import find_point
from qa_bot.answering.referents import resolve_pronouns
from qa_bot.answering.substitution import (
    DATE,
    ask_of_others,
    join_questions,
    list_people,
    with_alike,
    with_date,
    with_marked,
    with_place,
    with_topic,
    without_end,
)
from qa_bot.index.names import Names
from qa_bot.index.terms import fold, split_terms
from qa_bot.patterns import compile_late
from qa_bot.records import EVERYTHING, Answer, Scope

# Gives the answer to an earlier question.
AnswerTo = Callable[[str], Answer]

_MOST = 2000  # characters of a completed question
_ELLIPSIS = 14  # characters of '...呢?'
_OPENING = compile_late(
    r"^(?:那么?(?![个家些位次种项年时里边儿])|那就|然后|接着|接下来|另外|此外|除此之外|还有[,，]|而"
    r"|(?i:and|but|so|then|also|ok|okay)\b)[,，\s]*"
)
_MORE = compile_late(
    r"^(?:还有|除此之?外|其[他它]|别的|更多|另外|继续|接着说|再说[些说]"
    r"|(?:any|what|anything) (?:other|else)|more|others?|go on|continue)"
    r"|还(?:说|提|谈|讲|建议|主张|认为|强调|指出)|还有(?:没有|别的|其[他它]|什么|哪些|吗|呢)"
    r"|(?:是否|有没有)(?:别的|其[他它])|\belse\b"
)
_MORE_WORDS = compile_late(
    r"还有|没有|还|别的|其[他它]|更多|另外|继续|接着|再|除此之?外|以外|有"
    r"|\b(?:any|anything|else|other|others|more|go|continue|ones?|things?)\b",
    re.IGNORECASE,
)
_ASKS = compile_late(
    r"多少|几|什么|怎|如何|哪|谁|为何|是否|是不是|有没有|能否|能不能|吗|何时|多[大高长久]|不同|区别"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how)\b"
    r"|^(?:is|are|was|were|does|do|did|can|has|have)\b"
)
_GO_ON = compile_late(r"说说|展开|详细|例子|举例|比如")
_OF_A_TOPIC = compile_late(
    r"怎|如何|谁(?!说)|由|要|需|多久|多少|什么时候|何时|在哪|可以|能(?!再)|是否|包括|比|有(?:什么"
    r"|哪|多少)"
)
_WITHOUT_SUBJECT = compile_late(
    rf"{_OF_A_TOPIC.pattern}|{OF_SOMETHING.pattern}|{_GO_ON.pattern}|具体|分别|一共|总共|占"
    rf"|为什么|为何|真"
)
_OTHERS = compile_late(r"另|其[他它]|别的|\b(?:ones?|others?)$")
_TOWARDS = compile_late(r"对(?!策)|关于|在.{1,20}(?:方面|上)")
_ABOUT = compile_late(r"^(?:what|how) about\b\s*", re.IGNORECASE)
_BEFORE_VALUE = compile_late(
    r"^(?:(?:in|for|on|about|from|at|if|the)\s+|对于?|关于|就|换[成作]|如果是|要是"
    r"|在)",
    re.IGNORECASE,
)
_AFTER_VALUE = compile_late(
    r"(?:的?(?:话|情况|方面|问题))?(?:又?是?(?:怎么样|怎样|如何))?[呢吗]*[?？。.!！]*$"
)
_LONGEST_VALUE = 40
_ELLIPTIC = compile_late(r"(?:呢|怎么样|怎样|如何)[?？。]*$")
_AND = compile_late(r"(?:^|(?<=\s))(?:[、,，和与跟及]|以及|and)(?=\s|$)")
_THIS_PIECE = compile_late(
    r"(?:[这那本该此]一?篇?)?(?:文章|报道|访谈|文)(?=[的是发刊登里中上])|^[这那本该]一?篇"
)
_THE_PIECE = compile_late(r"\b(?:it|(?:this|that|the) (?:article|piece|report|story))\b")
_NOUN_ASKED = compile_late(r"作者|主持|嘉宾|照片|图片|记者|编辑|责编|摄影|栏目|版面")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation, made complete.

    Attributes:
        text: The question to be answered; what was typed if it is complete.
        shown: How a reader says the same.
        context: The question before, if this one follows it up, else empty.
        carried: What of that is to count less than the question's own words.
        more: How often more was asked for of the same.
        scope: What the conversation was narrowed to.
        people: The last people that were named, of those whom the corpus knows.
        others: Who else seems to be named in this question.
        thing: What was last asked about.
    """

    text: str = ""
    shown: str = ""
    context: str = ""
    carried: str = ""
    more: int = 0
    scope: Scope = EVERYTHING
    people: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    thing: str = ""


@dataclass(frozen=True, slots=True)
class Follower:
    """Completes questions.

    Attributes:
        people: Everybody whom the corpus knows.
        known: The names that the index knows, if there is one.
        answer_to: Gives the answer to an earlier question, if it can be had.
    """

    people: People
    known: Names | None = None
    answer_to: AnswerTo | None = None

    def complete(self, text: str, before: Turn) -> Turn:
        """Complete a question by what was asked before, if it follows that up."""
        text = self.people.with_names_as_known(text, near=before.people)
        turn = self._followed(text, before) if before.text else None
        if turn is None:
            turn = Turn(text, text)
        return replace(turn, text=turn.text[:_MOST], shown=turn.shown[:_MOST])

    def remember(self, text: str, before: Turn) -> Turn:
        """Complete an earlier question, and note who and what it is about."""
        turn = self.complete(text, before)
        named = self.people.named_in(turn.text)
        return replace(
            turn,
            people=named or (before.people if turn.context else ()),
            others=tuple(turn.text[start:end] for start, end in find_kind("person", turn.text)),
            thing=turn.thing or thing_of(turn.text, named),
        )

    def _followed(self, text: str, before: Turn) -> Turn | None:
        """Return the question made complete; None if it does not follow up the one before."""
        old = before.text
        turn = Turn(old, old, context=old, scope=before.scope)
        said = _OPENING.sub("", text) or text
        if narrowed := find_narrowing(said, self.known, lambda: self._answer(before)):
            scope, phrase, rest = narrowed
            asked = rest if self._has_own_words(rest) else old
            return replace(turn, text=asked, shown=f"{phrase}{asked}", scope=scope)
        if found := find_point(said, lambda: self._answer(before)):
            point, speaker, rest = found
            asked = f"{speaker or ''}{'说的' if speaker else ''}{point}{rest}"
            return replace(turn, text=asked, shown=asked)
        resolved = resolve_pronouns(
            said,
            old,
            people=lambda: before.people or before.others or self._people_shown(before),
            thing=before.thing,
            has_own_words=self._has_own_words,
        )
        said = resolved.text
        if self._asks_for_more(said, before) or self._asks_for_more(text, before):
            shown = f"{without_end(old)}?还有呢?" if is_chinese(old) else f"{old} What else?"
            return replace(turn, shown=shown, more=before.more + 1, thing=before.thing)
        fields, which = find_fields(said, self.people.named_in(said))
        if fields and not split_terms(without_asking(which)):
            return self._of_article(said, turn, before)
        if not fields and (filled := self._substituted(said, before)):
            text, thing = filled
            return replace(turn, text=text, shown=text, thing=thing)
        has_own_words = self._has_own_words(said)
        if resolved.found and resolved.is_whole and (has_own_words or fields):
            return replace(turn, text=said, shown=said)
        if before.people and _TOWARDS.match(said) and is_asked_of_somebody(said):
            asked = f"{list_people(before.people, like=said)}{said}"
            return replace(turn, text=asked, shown=asked)
        if resolved.found or self._leans(text, said):
            joined = join_questions(old, said)
            if not has_own_words or (before.people and not self.people.named_in(said)):
                return replace(turn, text=joined, shown=joined, thing=before.thing)
            if before.thing and not resolved.found:
                if OF_SOMETHING.match(said):
                    joined = f"{before.thing}的{said}"
                elif _OF_A_TOPIC.match(said):
                    joined = f"{before.thing}{said}"
            return replace(turn, text=said, shown=joined, carried=old, thing=before.thing)
        return None

    def _own(self, said: str) -> str:
        """Return the words of a question that are no names and do not only ask."""
        about = _BEFORE_VALUE.sub("", _ABOUT.sub("", said))
        return _AND.sub(" ", without_asking(about, self.people.named_in(about), is_view=True))

    def _has_own_words(self, said: str) -> bool:
        return bool(split_terms(self._own(said)))

    def _asks_for_more(self, said: str, before: Turn) -> bool:
        """Whether a question is 'what else?', of the same people if of any."""
        return (
            bool(_MORE.search(fold(said)))
            and not self._has_own_words(_MORE_WORDS.sub(" ", said))
            and set(self.people.named_in(said)) <= set(before.people)
        )

    def _leans(self, text: str, said: str) -> bool:
        """Whether a question cannot stand by itself."""
        folded, own = fold(said), self._own(said)
        if not split_terms(own) or _ABOUT.match(folded):
            return True
        asks = _ASKS.search(folded) or _GO_ON.search(folded)
        if not asks and re.search(r"呢[?？]*$", text):
            return len(text) <= _ELLIPSIS
        is_opened = text != said
        if is_chinese(own) and asks and (is_opened or _WITHOUT_SUBJECT.match(said)):
            return not has_nouns(own)
        return is_opened and not (asks and has_nouns(own))

    def _substituted(self, said: str, before: Turn) -> tuple[str, str] | None:
        """Put a new value into the question before, in the place of the old one of its kind.

        Returns:
            The question, and what it is about; None if more than a value is said.
        """
        old = before.text
        if named := self.people.named_in(said):
            earlier = self.people.named_in(old)
            if self._has_own_words(said):
                return self._of_topic(said, named, before) if earlier == named else None
            if set(named) == set(earlier):
                return None
            return ask_of_others(old, earlier, named), before.thing
        value = _AFTER_VALUE.sub("", _ABOUT.sub("", said)).strip(" ,，\"'")
        value = _BEFORE_VALUE.sub("", value)
        if not value or len(value) > _LONGEST_VALUE:
            return None
        if date := DATE.search(value):
            rest = f"{value[: date.start()]} {value[date.end() :]}"
            if not self._has_own_words(re.sub(r"[有家个]", "", rest)):
                return with_date(old, date[0]), before.thing
        if filled := with_place(old, value):
            return filled, before.thing
        is_elliptic = _ELLIPTIC.search(said) or _ABOUT.match(said) or not is_chinese(said)
        if _ASKS.search(fold(value)) or _OTHERS.search(value) or not is_elliptic:
            return None
        filled = with_marked(old, value) or with_alike(old, value) or with_topic(old, value)
        return (filled, value) if filled else None

    def _of_topic(self, said: str, named: tuple[str, ...], before: Turn) -> tuple[str, str] | None:
        """Ask the same people of another topic: 'and he of talent?'."""
        value = _AFTER_VALUE.sub("", said)
        for name in named:
            value = value.replace(name, "")
        value = _BEFORE_VALUE.sub("", value.strip())
        if not _ELLIPTIC.search(said) or _ASKS.search(fold(value)):
            return None
        filled = with_topic(before.text, value)
        return (filled, value) if filled else None

    def _of_article(self, said: str, turn: Turn, before: Turn) -> Turn:
        """Ask a question about the article that answered the one before."""
        answer = self._answer(before)
        near = [quote.article for quote in answer.quotes] if answer else []
        near += [passage.article for passage in answer.passages] if answer else []
        if not near:
            return replace(turn, text=said, shown=join_questions(before.text, said))
        article = near[0]
        asked = _THE_PIECE.sub(lambda _: f"“{article.title}”", said, count=1)
        if asked == said and not is_chinese(said):
            asked = f"{without_end(said)} (“{article.title}”)?"
        elif is_chinese(said):
            bare = _THIS_PIECE.sub("", said, count=1).removeprefix("的")
            asked = f"《{article.title}》{'的' if _NOUN_ASKED.match(bare) else ''}{bare}"
        return replace(turn, text=said, shown=asked, scope=Scope(articles=(article.id,)))

    def _answer(self, before: Turn) -> Answer | None:
        return self.answer_to(before.text) if self.answer_to else None

    def _people_shown(self, before: Turn) -> tuple[str, ...]:
        """Return who said, or wrote, what the question before was answered with."""
        answer = self._answer(before)
        quotes = answer.quotes if answer else ()
        speakers = [quote.speaker.name for quote in quotes if quote.speaker]
        authors = [author.name for quote in quotes[:1] for author in quote.article.authors]
        return tuple(dict.fromkeys(speakers or authors))
