"""A text -> where in it things of a kind stand: figures, dates, names, reasons.

Figures, dates and titles are found by patterns; persons, places and organisations by the parts of
speech that the tokenizer gives (`nr`, `ns`, `nt` of the ICTCLAS tag set); reasons, ways and
effects, which have no form of their own, by the words that open them.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import rjieba

from qa_bot.patterns import compile_late

_HAN_DIGITS = "〇零一二三四五六七八九"
_NUMERALS = rf"{_HAN_DIGITS}十百千万亿两"
_DIGITS = r"\d+(?:[.,]\d+)*"
# 'several' and 'some' count only before a power of ten; 万 and 亿 open no number.
_HAN_FIGURE = (
    rf"(?![万亿])(?:[{_NUMERALS}]|[几数](?=[十百千万亿])){{1,15}}(?:点[{_HAN_DIGITS}]{{1,9}})?"
)
_ROUND = r"[一二三四五六七八九十两][一二三四五六七八九十百千]{0,8}[万亿]"
_TIMES = r"[百千万亿]{0,2}[余多]?[万亿]?"
_FIGURE = rf"(?:{_DIGITS}\s?{_TIMES}|{_HAN_FIGURE}{_TIMES})"
_ABOUT = r"(?:将?近|大?约|超过?|逾|不少于|不低于|不超过|最高|最低|至少|至多)?"
_OR_SO = r"(?:以上|以下|以内|左右|不等|上下)?"
_RANGE = rf"(?:{_FIGURE}[%％]?\s?[-—–~～至到]\s?)?"
_SHARE = (
    rf"(?:(?:\d{{1,9}}|[{_NUMERALS}]{{1,9}})分之(?:{_DIGITS}|{_HAN_FIGURE})|{_DIGITS}\s?[%％‰]"
    rf"|{_FIGURE}个百分点|[{_HAN_DIGITS}\d]成(?![为果就立员本长功效绩])[{_HAN_DIGITS}]?"
    r"|\d+(?:\.\d+)? percent)"
)
_MONEY = (
    rf"(?:{_FIGURE}(?:[美欧日港澳韩加]|人民币|新台)?[元币镑]|{_FIGURE}(?:块钱|人民币|英镑|卢布"
    rf"|法郎)"
    rf"|[$€£¥]\s?{_DIGITS}(?: ?(?:million|billion|thousand|bn|m)\b)?"
    rf"|{_DIGITS} (?:(?:million|billion|thousand) )?(?:yuan|dollars?|euros?|pounds?|RMB)\b)"
)
_TIME_UNIT = (
    r"(?:周年|年(?![代级初底末月度])|个?多?月(?![初底末份])|个?(?:星期|礼拜|工作日|小时|钟头"
    r"|季度|世纪)|周(?!年)|天|日(?!元)"
    r"|分钟?(?!之)|秒)"
)
_DURATION = (
    rf"(?<!\d)(?<!第)(?!(?:19|20)\d\d年)(?:{_FIGURE}|半)\s?{_TIME_UNIT}半?"
    rf"|{_DIGITS} (?:years?|months?|weeks?|days?|hours?|minutes?|seconds?)\b"
)
_UNIT = (
    rf"(?:[%％‰]|个百分点|成(?![为果就立员本长功效绩])[{_HAN_DIGITS}]?|[美欧港]?元|个月|个|家"
    rf"|件|名|位|人次|人|项|次|倍"
    r"|年|月|天|岁|条|户|所|平方公里|公里|平方米|公分|公尺|厘米|毫米|千米|米|亩|公顷|吨|公斤"
    r"|千克|克|辆|台|套|座|种|只|支"
    r"|部|届|级|层|英里|英尺|分钟|小时|秒|日|篇|季|首|本|门|场|句|步|点|处|类|轮|批|笔|期|章|段"
    r"|组|代|颗|片|幅|栋|间|架|艘|枚"
    r"|张|份|对|队|团|度|字|站)"
)
_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_DATE = (
    rf"[{_HAN_DIGITS}]{{4}}年(?:[一二三四五六七八九十]{{1,2}}月(?:[一二三四五六七八九十]{{1,3}}[日号])?)?"
    r"|(?:公元)?前?\d{2,4}\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?)?[初底末中]?代?"
    r"|[一-鿿]{2}(?:元|[一二三四五六七八九十]{1,3}|\d{1,3})年(?![一二三四五六七八九十])"
    r"|[一-鿿]{1,3}(?:时期|年间|朝时|王朝)"
    r"|\d{1,2}\s?月\s?\d{1,2}\s?[日号]|\d{1,2}月[上中下]旬|\d{4}-\d{2}-\d{2}"
    rf"|(?:今|去|明|前|当)年(?:\d{{1,2}}月)?(?:底|初)?|[\d{_HAN_DIGITS}十]+世纪"
    rf"|\d{{1,2}}月[底初份]?"
    rf"|(?:\d{{1,2}} )?\b{_MONTHS}\b(?: \d{{1,2}})?(?:,? \d{{4}})?|\b(?:1\d|20)\d\d\b"
)
_NUMBER = (
    rf"(?:{_SHARE}|{_DIGITS}\s?{_TIMES}{_UNIT}?"
    rf"|(?<!第)(?:{_HAN_FIGURE}{_TIMES}{_UNIT}|{_ROUND}))"
)
# Where a figure may begin, and where what stands before it may: looked at first, elsewhere no
# pattern is tried.
_BEGINS = rf"\d{_NUMERALS}几数半$€£¥"
_OPENS = rf"(?=[{_BEGINS}将近大约超逾不最至])"
_PATTERNS = {
    "percent": compile_late(rf"{_OPENS}{_ABOUT}{_RANGE}{_SHARE}{_OR_SO}"),
    "money": compile_late(rf"{_OPENS}{_ABOUT}{_RANGE}{_MONEY}{_OR_SO}"),
    "duration": compile_late(rf"{_OPENS}{_ABOUT}(?:{_FIGURE}[-—–~～至到])?(?:{_DURATION}){_OR_SO}"),
    "number": compile_late(rf"{_OPENS}{_ABOUT}{_NUMBER}{_OR_SO}"),
    "date": compile_late(_DATE),
    "title": compile_late(r"《[^《》]{1,60}》|“[^“”]{1,30}”|「[^「」]{1,30}」|\"[^\"]{1,60}\""),
    "definition": compile_late(
        r"是指|指的是|所谓|定义为|简称|是一[种个项类]|\b(?:means|refers to|is defined as|is an?)\b"
    ),
    "reason": compile_late(
        r"因为|由于|原因|缘于|源于|归因|得益于|在于|因而?|为了|出于|以免|从而|导致|致使|使得?|令"
        r"|\b(?:because|since|due to|owing to|in order to|so that|reasons?)\b"
    ),
    "way": compile_late(
        r"通过|采取|采用|运用|利用|依托|借助|建立|完善|健全|推动|推进|加强|强化|构建|打造"
        r"|以.{2,20}[为来]|应当?|要"
        r"|\b(?:by|through|using|should|must|need to)\b"
    ),
    "effect": compile_late(
        r"有利于|有助于|使得?|带来|带动|促进|提[高升]|降低|减少|增[加强]|导致|造成|推动|助力"
        r"|帮助|可以?|能够?"
        r"|\b(?:help|lead|cause|make|allow|enable|reduce|raise|improve)s?\b"
    ),
}
FIGURES = frozenset({"percent", "money", "duration", "number", "date"})
# Whether there is one can be told without what may stand around it.
_HELD = {
    **_PATTERNS,
    **{
        kind: compile_late(rf"(?=[{_BEGINS}])(?:{form})")
        for kind, form in (
            ("percent", _SHARE),
            ("money", _MONEY),
            ("duration", _DURATION),
            ("number", _NUMBER),
        )
    },
}

_ORGANISATION = compile_late(
    r"(?:公司|集团|企业|工厂|大学|学院|学校|中学|小学|研究院|研究所|研究室|研究中心|银行|基金"
    r"|协会|学会|联盟|联合会|商会|委员会"
    r"|委|局|部|厅|署|处|办公室|中心|医院|法院|检察院|政府|党|党委|工会|媒体|报|日报|晚报"
    r"|电视台|杂志|出版社|俱乐部|球队|队"
    r"|军|组织|机构|机关|议会|国会|教会|交易所|事务所|实验室|剧团|乐团|乐队|博物馆|图书馆|站)$"
)
_PLACE = compile_late(
    r"(?:省|市|县|区|镇|乡|村|街道|街|路|国|州|岛|群岛|半岛|山|山脉|河|江|湖|海|洋|港|湾|城|堡"
    r"|宫|寺|馆|站|机场|广场|公园|大桥"
    r"|地区|盆地|平原|高原|洲|东部|西部|南部|北部|中部|东南部|东北部|西南部|西北部)$"
)
_NAMED = {
    "person": ("nr", "nrt", "nrfg"),
    "place": ("ns", "nsf"),
    "organisation": ("nt",),
}
# What a name may be made of beside names: 西南/大学, 市/中级/人民法院.
_PARTS = ("ns", "nt", "nz", "nr", "nrt", "n", "ng", "j", "vn", "b", "f", "eng", "a", "l", "s", "q")
_PROPER = ("ns", "nsf", "nt", "nz", "nr", "nrt", "j", "eng")
_LATIN_NAME = compile_late(r"\b[A-Z][a-z]+(?:[ .-]+[A-Z][a-z]+){1,3}\b")
_LONGEST_NAME = 20  # characters


def holds_kind(kind: str | None, text: str) -> bool:
    """Whether something in the text is of a kind, as `find_kind` finds it."""
    if pattern := _HELD.get(kind or ""):
        return bool(pattern.search(text))
    return bool(kind and find_kind(kind, text))


def has_form(kind: str | None) -> bool:
    """Whether things of this kind can be told by their form."""
    return kind in _PATTERNS or kind in _NAMED


@lru_cache(maxsize=16_384)
def find_kind(kind: str, text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of a text that are of a kind, in their order; of yes or no, none.

    Of a reason, a way and an effect they are the words that open it.
    """
    if pattern := _PATTERNS.get(kind):
        return tuple(
            match.span() for match in pattern.finditer(text) if match.end() > match.start()
        )
    named = _NAMES.get(kind)
    return tuple(named(text)) if named else ()


def _persons(text: str) -> Iterator[tuple[int, int]]:
    """Yield persons: 沈若棠, 约翰·史密斯, Helen Ward."""
    tags = _tagged(text)
    position = 0
    while position < len(tags):
        start, end, tag = tags[position]
        position += 1
        if tag not in _NAMED["person"]:
            continue
        while position < len(tags) and (
            tags[position][2] in _NAMED["person"]
            or text[tags[position][0] : tags[position][1]] in "·•"
        ):
            end = tags[position][1]
            position += 1
        if 1 < end - start <= _LONGEST_NAME:
            yield start, end
    yield from (match.span() for match in _LATIN_NAME.finditer(text))


def _places(text: str) -> Iterator[tuple[int, int]]:
    yield from _runs(text, "place", _PLACE)


def _organisations(text: str) -> Iterator[tuple[int, int]]:
    yield from _runs(text, "organisation", _ORGANISATION)


def _runs(text: str, kind: str, ending: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield runs of nouns that hold a name of the kind, or that end as such names do."""
    run: list[tuple[int, int, str]] = []
    for token in (*_tagged(text), (len(text), len(text), "x")):
        if token[2] in _PARTS:
            run.append(token)
            continue
        last = len(run)
        while last and not (
            run[last - 1][2] in _NAMED[kind]
            or ending.search(text[run[last - 1][0] : run[last - 1][1]])
        ):
            last -= 1
        # 'project' in 项目/四川省/遂宁市 is no part of the name.
        first = next((i for i, token in enumerate(run[:last]) if token[2] in _PROPER), 0)
        if last and run[last - 1][1] - run[first][0] > 1:
            yield run[first][0], run[last - 1][1]
        run = []


_NAMES: dict[str, Callable[[str], Iterator[tuple[int, int]]]] = {
    "person": _persons,
    "place": _places,
    "organisation": _organisations,
}


@lru_cache(maxsize=4096)
def _tagged(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return start, end and part of speech of each word."""
    at, tags = 0, []
    for word, tag in rjieba.tag(text):
        tags.append((at, at + len(word), tag))
        at += len(word)
    return tuple(tags)
