"""A question -> its words that an answer should hold, without those that only ask."""

import re
from collections.abc import Sequence
from functools import lru_cache

import rjieba

from qa_bot.index.numerals import NUMERAL, numeral_value
from qa_bot.index.terms import fold, split_terms
from qa_bot.patterns import compile_late

# Words that ask; they stand in questions, not in the sentences that answer them.
_ASKING = compile_late(
    r"请问|什么样|是?什么意思|是什么|为什么|为何|什么|哪几[个项条件种]?|哪[些个家种位里项]?|多少"
    r"|几(?![乎何率])[个项条件种]?"
    r"|(?:应该|应当|该|应)?(?:怎么样|怎么看|怎么|怎样|如何)(?:才能|才会|去)?(?:办|做|解决|应对)?"
    r"|是谁|谁|是否|是不是"
    r"|有没有|能不能|能否|可不可以|多大|多高|多长"
    r"|分别|各有|各自|[吗呢吧嘛么]|指的是|^那么?|[?？]"
    r"|[这本此][次个]|还有|方面|(?<!目)的(?!确)|是|了(?!解)"
    r"|\b(?:what|which|who|whom|whose|when|where|why|how|many|much|is|are|was|were|do|does|did|the"
    r"|an?|of|to|in|on|for|and|or|by|with|can|could|should|would|will|has|have|had|be|been|it|its"
    r"|about|there|that|this|please|tell|me)\b|['’]s\b"
)
# Words for what somebody says or lists; the answer itself rarely uses them.
_VIEW = compile_late(
    r"看待|看法|认为|观点|见解|意见|建议|采取|措施|举措|做法|几件事|要?做好"
    r"|(?:[两二三几各多]位)?(?:专家|嘉宾|学者)"
    r"|\b(?:think|say|said|suggest|propose|recommend|argue|advise|view|opinion)s?\b"
)
# And those that say so only beside a person: 提出 alone is done by plans and laws too.
_SAYING = compile_late(
    r"提[出到及]过?|提(?=\s|$)|给出|回[应答]|举[出了]?(?=\s|例|$)|例子|发言|要点|态度|立场|想法"
    r"|对策"
    r"|关心的?重点|侧重点?|主意|说法|总结|概括|归纳|一下|共识|一致|同意|赞[同成]|认同|[这那]么|对?此(?=\s|$)|[都些](?=\s|$)"
    r"|(?<=\s)些|(?:怎[么样]|如何)想|指出|强调"
    r"|(?<![会座访洽商面])谈[到及论]?|(?<![小学据传])说[到过]?(?![明法服])"
    r"|讲[到过]?|表示|觉得|主张"
    r"|呼吁|介绍|(?:怎[么样]|如何)评价|看来|怎[么样]看|如何看|具体|主要|[这那][件个一](?:事情?"
    r"|问题|方面|块|点)上?|根据|按照|来看|^\s*据"
    r"|不同(?=\s*的?\s*(?:看法|观点|意见|主张|建议|思路|$))|有\s*(?:不同|区别|差[异别])|异同|分歧"
    r"|有何|[没有在](?=\s|$)|(?:^|(?<=\s))在(?![线岗职建校])|(?:提?问|问题)[了过]?(?=\s|$)"
    r"|应该|应当|需要|(?<![供适反效相响])应(?![对用收急变届])"
    r"|(?<![重主首需紧概纲])要(?![素求点是闻职])"
    r"|\b(?:thinks?|thought|believes?|claims?|explains?|mentions?|stress(?:es)?|wants?|urges?"
    r"|according|advice|suggestions?|proposals?|views?|differ(?:ently)?|both|they|their|he|she"
    r"|his|her|main|points?|compare|agree|disagree|assess|evaluate|judge|ideas?|position"
    r"|measures?|steps|ways)\b"
)
# Whose words are asked for, if they are not named.
_PART = compile_late(
    r"(?:怎[么样]|如何)(?:评价|看待?|想)|(?:[这那]?(?:[一两二三几各多每]|\d)[位名个]"
    r"|[这那]位)(?:受访|与会)?(?:专家|嘉宾|学者|教授|人士?)?"
    r"|(?:受访|与会|专访)?嘉宾们?|(?:专家|学者)们|受访(?:专家|者)们?|主持人|记者(?![站会])"
    r"|(?:[这该本]篇)?(?:文章|报道)?的?(?:作者|笔者)|(?:[这该]篇)?(?:文章|报道)|本文|文中"
    r"|业内(?:人士|专家)?"
    r"|\b(?:two |both |three |all )?(?:experts?|guests?|hosts?|authors?|writers?|speakers"
    r"|interviewees?)\b"
)
_TOWARDS = compile_late(
    r"(?:^|(?<=\s))(?:对于?(?![策接外口象手比])|关于"
    r"|就)"
)  # ... a topic, once the name is gone
_AND = compile_late(r"[和与跟及](?=\s)|(?<=\s)(?:[、,，和与跟及]|以及|and\b)")  # beside a name
# Parts of speech, by their first letter, of words that say nothing alone: prepositions,
# conjunctions, particles, adverbs, pronouns.
_LIGHT = frozenset("pcuydr")
_LIST = compile_late(
    r"哪些|哪几|[几三四五六七八九]大?[个项条种件方步]|举措|措施|步骤|做法|分别|方面|建议|条件"
    r"|包括|情形"
    r"|\b(?:list|measures|steps|ways)\b"
)


def asks_for_list(text: str) -> bool:
    """Whether several points are asked for."""
    return bool(_LIST.search(text))


def without_asking(text: str, names: Sequence[str] = (), *, is_view: bool = False) -> str:
    """Return a text without the words that only ask.

    Args:
        text: The question, its width folded.
        names: Names that are no part of what an answer has to say.
        is_view: Whether somebody's words are asked for.
    """
    for name in names:
        text = _AND.sub(" ", text.replace(f"{name}'s", " ").replace(name, " "))
    text = NUMERAL.sub(_in_digits, fold(text))
    if is_view:
        for words in (_PART, _VIEW, _ASKING, _SAYING, _SAYING):  # 有 before 共识
            text = words.sub(" ", text)
    if is_view or names or _LIST.search(text):
        text = _TOWARDS.sub(" ", _VIEW.sub(" ", text))
    return _ASKING.sub(" ", text)


def core_terms(text: str) -> list[str]:
    """Return the terms that stand for the words of a text: no bigram across two words.

    What a quote has to cover, other than to be found: 'bigram' 者担 of 作者担任 means nothing, nor
    does 把.
    """
    return [
        term
        for word, tag in rjieba.tag(text)
        if len(word) > 1 or word.isascii() or tag[0] not in _LIGHT
        for term in _terms_of_word(word)
    ]


@lru_cache(maxsize=65_536)  # the same ones with every question
def _terms_of_word(word: str) -> tuple[str, ...]:
    parts = split_terms(word)
    return tuple(part for part in parts if len(part) > 1) or tuple(parts)


def _in_digits(numeral: re.Match[str]) -> str:
    """Return a long numeral in digits: its characters stand in any other one too."""
    value = numeral_value(numeral[0]) if len(numeral[0]) > 2 else None
    return numeral[0] if value is None else str(value)
