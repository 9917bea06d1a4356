"""What was typed, and the conversation so far -> the query that the index receives."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import rjieba

from qa_bot.answering.mentions import find_authors, find_scope
from qa_bot.answering.question_kinds import focus_of_question, kind_of_question
from qa_bot.answering.synonyms import find_synonyms
from qa_bot.errors import QuestionError
from qa_bot.index.names import Names
from qa_bot.index.numerals import NUMERAL, numeral_value
from qa_bot.index.terms import fold, split_terms
from qa_bot.records import Query, Scope

MAX_QUESTION = 2000  # characters
MAX_HISTORY = 20  # questions
# Terms that only the conversation gives count half: the new question leads.
_CARRIED_WEIGHT = 0.5

# Words that ask; they stand in questions, not in the sentences that answer them.
_ASKING = re.compile(
    r"请问|什么样|是什么|为什么|为何|什么|哪几[个项条件种]?|哪[些个家种位里项]?|多少|几[个项条件种]"
    r"|怎么样|怎么看|怎么|怎样|如何|是谁|谁|是否|是不是|有没有|能不能|能否|可不可以|多大|多高|多长"
    r"|分别|各有|各自|[吗呢吧嘛么]|指的是|^那么?|[?？]"
    r"|[这本此][次个]|还有|方面|(?<!目)的(?!确)|是|了(?!解)"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|many|much|is|are|was|were|do|does|did|the"
    r"|an?|of|to|in|on|for|and|or|by|with|can|could|should|would|will|has|have|had|be|been|it|its"
    r"|about|there|that|this|please|tell|me)\b"
)
# '<name> thinks / proposes': only what that person says can answer.
_SAYING = re.compile(
    r"[^，。！？,!?;；]{0,30}?(?:看|认为|观点|见解|意见|建议|主张|提出|提到|指出|强调|谈到|怎么说|说了)"
    r"|['’]s (?:view|opinion|advice|suggestion)"
    r"|[^,.?!]{0,20}\b(?:think|say|said|suggest|propose|recommend|argue|advise)"
)
# Words for what somebody says or lists; the answer itself rarely uses them.
_VIEW_WORDS = re.compile(
    r"看待|看法|认为|观点|见解|意见|建议|采取|措施|举措|做法|几件事|要?做好"
    r"|(?:[两二三几各多]位)?(?:专家|嘉宾|学者)"
    r"|\b(?:think|say|said|suggest|propose|recommend|argue|advise|view|opinion)s?\b"
)
_TOWARDS = re.compile(r"(?:^|(?<=\s))(?:对于?|关于|就)")  # ... a topic, once the name is gone
_LIST = re.compile(
    r"哪些|哪几|[几三四五六七八九]大?[个项条种件方步]|举措|措施|步骤|做法|分别|方面|建议|条件|包括|情形"
    r"|\b(?:list|measures|steps|ways)\b"
)
_EACH_SPEAKER = re.compile(
    r"各有|各自|分别|(?:两|二|几|三|多|各)(?:位|名)?(?:专家|嘉宾|学者|人)"
    r"|\b(?:compare|differ|both|each)\b"
)
_FOLLOW_UP = re.compile(
    r"^(?:那么?|还有|另外|除此|此外|然后|接着|具体|为什么[呢?？]*$|and\b|what about|how about)"
    r"|^.{0,14}呢[?？]*$|(?<!其)[它他她]|^其(?![他中次实])"
    r"|该(?:平台|政策|项目|企业|机制|公司|产品|文|市|区)|这[项个些位家种]|上述"
    r"|\b(?:he|she|they|it|its|his|her|their)\b",
    re.IGNORECASE,
)


def analyse(
    question: str,
    *,
    history: Sequence[str] = (),
    speakers: Iterable[str] = (),
    known: Names | None = None,
    narrow: bool = True,
) -> Query:
    """Work out what a question asks for.

    Args:
        question: What was typed; at most `MAX_QUESTION` characters.
        history: Earlier questions of the conversation, oldest first.
        speakers: Names of all who speak in the corpus.
        known: The names that the index knows; by default none.
        narrow: Whether the articles that the question names are all it is about; else their names
            are only no part of what the answer has to say.

    Returns:
        The query; `understood_as` differs from the question where the conversation added to it.

    Raises:
        QuestionError: If the question is empty or too long.
    """
    names = sorted((name for name in speakers if len(name) > 1), key=len, reverse=True)
    typed = _clean(question)
    text = _with_names_as_known(unicodedata.normalize("NFKC", typed), names)
    leading, carried, context = text, "", ""
    if history and _FOLLOW_UP.search(fold(text)):
        context = _context(history, names)
        leading, carried = _resolve(text, context, names)
    scope, said, said_before = _narrow(leading, carried, known)
    if narrow and not scope and known and not _mentioned(leading, names):
        scope = _asked_authors(leading, known)
    mentioned = _mentioned(said, names)
    asked = tuple(name for name in mentioned if _SAYING.match(fold(said.partition(name)[2])))
    is_comparison = len(asked) > 1 or bool(not mentioned and _EACH_SPEAKER.search(fold(leading)))
    content = _content(said, asked + scope.authors, is_view=bool(asked) or is_comparison)
    earlier = _content(said_before, _mentioned(carried, names))
    weights = dict.fromkeys(split_terms(content), 1.0)
    for term in split_terms(earlier):
        weights.setdefault(term, _CARRIED_WEIGHT)
    if not weights:
        content, weights = text, dict.fromkeys(split_terms(text), 1.0)
    return Query(
        question=question,
        understood_as=_shown(typed if leading == text else leading, carried),
        weights=weights,
        core=weights.keys() & {*_core_terms(content), *_core_terms(earlier)},
        synonyms=find_synonyms(content),
        context=context,
        speakers=asked,
        scope=scope if narrow else Scope(),
        is_list=bool(_LIST.search(leading)),
        is_comparison=is_comparison,
        kind=kind_of_question(fold(leading)),
        focus=focus_of_question(fold(leading)),
    )


def _narrow(leading: str, carried: str, known: Names | None) -> tuple[Scope, str, str]:
    """Return the scope that the question names for sure, and both texts without its names."""
    if known is None:
        return Scope(), leading, carried
    scope, said = find_scope(leading, known)
    if not scope and carried:
        scope, carried = find_scope(carried, known)
    return scope, said, carried


def _asked_authors(text: str, known: Names) -> Scope:
    """Return the authors whose view is asked for: they give it in articles of their own."""
    if not _SAYING.search(text):
        return Scope()
    authors = find_authors(text, known)
    return Scope(authors=tuple(a for a in authors if _SAYING.match(fold(text.partition(a)[2]))))


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


def _shown(leading: str, carried: str) -> str:
    return f"{leading} ({carried})" if carried else leading


def _context(history: Sequence[str], names: Sequence[str]) -> str:
    """Return the last question of the conversation, with what those before it add."""
    context = ""
    for question in history[-MAX_HISTORY:]:
        text = unicodedata.normalize("NFKC", _on_one_line(question[:MAX_QUESTION]))
        text = _with_names_as_known(text, names)
        if context and _FOLLOW_UP.search(fold(text)):
            leading, carried = _resolve(text, context, names)
            text = f"{leading} {carried}".strip()[:MAX_QUESTION]
        context = text or context
    return context


def _resolve(text: str, context: str, names: Sequence[str]) -> tuple[str, str]:
    """Complete a follow-up question.

    Returns:
        What leads, and what is carried over from the question before. 'And what does B think?'
        after 'What does A think of x?' becomes 'What does B think of x?', nothing carried.
    """
    new, old = _mentioned(text, names), _mentioned(context, names)
    says_no_more = not split_terms(_content(text, new))
    if len(new) == 1 and says_no_more:
        for name in old:
            context = context.replace(name, new[0])[:MAX_QUESTION]
        return (context, "") if old else (f"{text.rstrip('?？')}: {context}", "")
    return text, context


def _with_names_as_known(text: str, names: Sequence[str]) -> str:
    """Return the text with the names in it as the corpus writes them: 張三 becomes 张三."""
    folded = fold(text)
    if len(folded) != len(text):  # some character became several
        return text
    for name in names:
        known = _folded_name(name)
        at = -1 if name.isascii() else folded.find(known)  # 'may' is not May
        if at >= 0 and len(known) == len(name):
            text = text[:at] + name + text[at + len(name) :]
    return text


_folded_name = lru_cache(maxsize=65_536)(fold)  # the same ones with every question


def _mentioned(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names that stand in the text, in its order; longer names first where they meet."""
    found: dict[str, int] = {}
    for name in names:
        at = text.find(name)
        if at >= 0 and not any(name in longer for longer in found):
            found[name] = at
    return tuple(sorted(found, key=found.__getitem__))


def _content(text: str, names: Sequence[str], *, is_view: bool = False) -> str:
    """Return the text without names and without the words that only ask."""
    for name in names:
        text = text.replace(name, " ")
    text = NUMERAL.sub(_in_digits, fold(text))
    if is_view or names or _LIST.search(text):
        text = _TOWARDS.sub(" ", _VIEW_WORDS.sub(" ", text))
    return _ASKING.sub(" ", text)


def _in_digits(numeral: re.Match[str]) -> str:
    """Return a long numeral in digits: its characters stand in any other one too."""
    value = numeral_value(numeral[0]) if len(numeral[0]) > 2 else None
    return numeral[0] if value is None else str(value)


def _core_terms(text: str) -> list[str]:
    """Return the terms that stand for the question's words: no bigram across two words.

    What a quote has to cover, other than to be found: 'bigram' 者担 of 作者担任 means nothing.
    """
    terms = []
    for word in rjieba.cut(text):
        parts = split_terms(word)
        terms += [part for part in parts if len(part) > 1] or parts
    return terms
