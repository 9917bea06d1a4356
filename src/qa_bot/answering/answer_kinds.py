"""What a sentence must hold to answer: a number, a date, a definition."""

import re

_HAN_DIGITS = "〇零一二三四五六七八九"
_NUMERALS = rf"{_HAN_DIGITS}十百千万亿两"
_FIGURE = r"\d+(?:[.,]\d+)*"
# 'several' and 'some' count only before a power of ten; 万 and 亿 open no number.
_HAN_FIGURE = (
    rf"(?![万亿])(?:[{_NUMERALS}]|[几数](?=[十百千万亿])){{1,15}}(?:点[{_HAN_DIGITS}]{{1,9}})?"
)
_TIMES = r"[百千万亿]{0,2}[余多]?[万亿]?"
_UNIT = (
    rf"(?:[%％‰]|个百分点|成(?![为果就立员本长功效绩])[{_HAN_DIGITS}]?|[美欧港]?元|个月|个|家|件|名|位|人次|人|项|次|倍"
    r"|年|月|天|日|岁|条|户|所|公里|平方米|亩|吨|辆|台|套|座|种|只|分钟|小时|秒)"
)
ANSWER_PATTERNS = {
    "definition": re.compile(
        r"是指|指的是|所谓|定义为|简称|是一[种个项类]|\b(?:means|refers to|is defined as|is an?)\b"
    ),
    "number": re.compile(
        rf"(?:近|约|超过?|逾|达|不少于|不低于)?(?:(?:\d{{1,9}}|[{_NUMERALS}]{{1,9}})分之(?:{_FIGURE}|{_HAN_FIGURE})"
        rf"|{_FIGURE}\s?{_TIMES}{_UNIT}?|{_HAN_FIGURE}{_TIMES}{_UNIT})(?:以上|以下|以内|左右|不等)?"
    ),
    "date": re.compile(
        rf"[{_HAN_DIGITS}]{{4}}年(?:[一二三四五六七八九十]{{1,2}}月(?:[一二三四五六七八九十]{{1,3}}[日号])?)?"
        r"|\d{2,4}\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?)?|\d{1,2}\s?月\s?\d{1,2}\s?[日号]|\d{1,2}月[上中下]旬"
        r"|\d{4}-\d{2}-\d{2}|(?:今|去|明|前|当)年(?:\d{1,2}月)?(?:底|初)?|世纪|\d{1,2}月[底初份]?"
        r"|\b(?:January|February|March|April|May|June|July|August|September|October|November"
        r"|December)\b(?: \d{1,2})?(?:,? \d{4})?|\b(?:19|20)\d\d\b"
    ),
}
