"""A question -> its nouns with what belongs to them, told by the tokenizer's parts of speech."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import rjieba

from qa_bot.answering.content_words import without_asking
from qa_bot.index.terms import fold
from qa_bot.patterns import compile_late

# ICTCLAS tags of what a noun phrase is made of, and of places in it.
NOUNS = frozenset(
    {"n", "vn", "a", "an", "b", "j", "l", "eng", "i", "ng", "k", "nr", "nz", "nt", "nrt", "s", "g"}
)
PLACES = frozenset({"ns", "nsf"})
_AREA = compile_late(r"[省市区县州国镇乡]")
_BESIDE = frozenset({"y", "x", "uj", "p", "m", "q", "r"})  # what asks about a place
_ANY_PLACE = frozenset({"城市", "地方", "城乡", "农村", "全国", "国家", "嘉宾"})
MARKED = compile_late(r"《[^《》]{1,60}》|“[^“”]{1,40}”|「[^「」]{1,40}」|\"[^\"]{1,40}\"")
_CLASS = compile_late(r"平台|企业|行动|计划|工程|政策|基金|贷|券|产品|文章")
_CHOSEN = compile_late(r"多少|几|哪|什么")
# What is always something's: a question with no other noun leaves out whose.
OF_SOMETHING = compile_late(
    r"(?:总|年|平均|最高|最低)?(?:占比|比例|比重|利率|期限|价格|数量|规模|金额|额度|条件|标准"
    r"|流程|步骤|材料|手续"
    r"|对象|范围|理由|原因|依据|目的|目标|意义|作用|好处|影响|结果|效果|时间|地点|名称|例子|特点"
    r"|优势|不足|难点"
    r"|问题|电话|地址|数字|情况|意思|关系|区别|背景|内容|要求|方式|方法|办法)"
)
_OWNED = compile_late(rf"([^,，?？的]{{2,14}})的{OF_SOMETHING.pattern}")
# English words that are in no noun phrase, the commonest ones.
FUNCTION_WORD = compile_late(
    r"(?:what|which|who|how|many|much|is|are|was|were|do|does|did|the|an?|of|to|in|on|for|and|or"
    r"|by|with|from|can|could|should|would|will|has|have|had|get|there|they|at|as|that|this)$"
)


def is_chinese(text: str) -> bool:
    """Whether a text has Chinese characters."""
    return any("一" <= character <= "鿿" for character in text)


def words_of(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the words of a text: start, word, part of speech."""
    at = 0
    for word, tag in _tagged(text):
        yield at, word, tag
        at += len(word)


def thing_of(text: str, people: Sequence[str]) -> str:
    """Return what a Chinese question is about, which 它 stands for in the next one; '' if unknown.

    A phrase in quotation marks; else the noun that is counted or chosen from (多少家企业); else
    the first one. Names of people and places are not meant.
    """
    if not is_chinese(text):
        return ""
    if match := MARKED.search(text):
        of = _CLASS.match(text, match.end())
        return match[0] + (of[0] if of else "")
    for name in people:
        text = text.replace(name, "，")
    if owned := _OWNED.match(text):
        return owned[1]
    found: list[tuple[bool, str]] = []  # whether it is counted or chosen from, and the words
    is_chosen = is_open = False
    for _, word, tag in words_of(text):
        if is_open and (tag in NOUNS or tag == "d"):
            found[-1] = found[-1][0], found[-1][1] + word
        elif tag in NOUNS:
            found.append((is_chosen, word))
            is_open = True
        else:
            is_open = False
            is_chosen = bool(_CHOSEN.search(word)) or (is_chosen and tag == "q")
    found = [run for run in found if not OF_SOMETHING.fullmatch(run[1])]
    found = [run for run in found if len(without_asking(run[1], is_view=True).strip()) > 1]
    first = found[0][1] if found else ""
    return next((run for is_chosen, run in found if is_chosen), first)


def phrase_ending(text: str, noun: str) -> str | None:
    """Return the words of a question that 'this <noun>' stands for: 益企通平台 for 平台."""
    for match in MARKED.finditer(text):
        if text.startswith(noun, match.end()):
            return f"{match[0]}{noun}"
    at = fold(text).find(noun)
    if at < 0:
        return None
    if noun.isascii():
        before = re.findall(r"[\w'’-]+", text[:at])[-3:]
        while before and FUNCTION_WORD.match(before[0].lower()):
            before.pop(0)
        return " ".join(("the", *before, noun))
    start, end = at, at + len(noun)
    for begin, word, tag in reversed([word for word in words_of(text) if word[0] < at]):
        if begin + len(word) < start or tag not in NOUNS | PLACES:
            break
        start = begin
    return text[start:end] if start < at else None


def place_in(text: str) -> tuple[int, int] | None:
    """Return start and end of the first place in a text."""
    start = end = -1
    for at, word, tag in words_of(text):
        if tag in PLACES and end in (-1, at):
            start, end = (at if start < 0 else start), at + len(word)
        elif end >= 0:
            break
    if start < 0:
        return None
    return start, end + bool(_AREA.match(text, end))


def only_place(text: str) -> str | None:
    """Return the place that a text consists of, words that ask aside."""
    words = [(word, tag) for _, word, tag in words_of(text)]
    kept = [
        word
        for (before, _), (word, tag) in pairwise([("", ""), *words])
        if tag in PLACES or (_AREA.fullmatch(word) and _is_place(before, words))
    ]
    others = [word for word, tag in words if word not in (*kept, "有") and tag not in _BESIDE]
    has_place = any(tag in PLACES and word not in _ANY_PLACE for word, tag in words)
    return "".join(kept) if has_place and not others else None


def _is_place(word: str, words: Sequence[tuple[str, str]]) -> bool:
    return any(word == other and tag in PLACES for other, tag in words)


def has_nouns(text: str) -> bool:
    """Whether a text names anything; of another script than Chinese, whether it has two words."""
    if not is_chinese(text):
        return len(text.split()) > 1
    return bool(MARKED.search(text)) or any(
        tag in NOUNS | PLACES and not OF_SOMETHING.fullmatch(word)
        for _, word, tag in words_of(text)
    )


@lru_cache(maxsize=512)  # the questions of a conversation come again with each new one
def _tagged(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(rjieba.tag(text))
