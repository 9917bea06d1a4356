"""Dates, edition numbers and running heads: what says when and where a page was printed."""

import datetime as dt
import re

from qa_bot.pages.lines import HAN

_NUMBERS = "〇一二三四五六七八九"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_DATE = rf"\b(?i:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?\s\d{{1,2}},?\s(?:19|20)\d\d(?!\d)"
_DATE = (
    r"(?:19|20)\d\d\s*(?:年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[-/.]\s?\d{1,2}[-/.]\s?\d{1,2}(?!\d))"
    rf"|{_ENGLISH_DATE}"
)
_CHINESE_DATE = (
    r"[二一][〇○零九][〇○零一二三四五六七八九]{2}年[一二三四五六七八九十]{1,2}月"
    r"[一二三四五六七八九十]{1,3}日"
)
_EDITION = (
    r"(?:19|20)\d\d年第\s*\d{1,2}\s*期|(?:第\s*)?[A-Z]?\s*\d{1,3}\s*版"
    r"|第\s*[一二三四五六七八九十]{1,3}\s*版|(?:[Pp]age|P\.)\s*\d+"
)
_KINDS = "日|晚|早|时|商|周|导|晨|時|週|都市|青年|法治|经济|工人|农民|经济导"
PAPER = rf"[{HAN}]{{1,8}}?(?:{_KINDS})[报報]"
_IS_HEADER = re.compile(rf"农历|農曆|{_DATE}|{_CHINESE_DATE}|{_EDITION}")
_PARTS = re.compile(
    rf"{_DATE}|{_CHINESE_DATE}|\d{{1,2}}\s*月\s*\d{{1,2}}\s*日|{_EDITION}|{PAPER}"
    r"|(?:星期|礼拜|禮拜|周)[一二三四五六日天]|农历\w{2,8}|農曆\w{2,8}|总?第\s*\d+\s*[期号]|今[日天]\s*\d+\s*版|[A-Z]?\d{1,3}"
    rf"|(?:本版)?(?:责任编辑|責任編輯|责编|責編|美术编辑|美编|美編|版式|视觉|校对|检校|组版|编辑|主编|审核|制图)"
    rf"[:：\s]*[{HAN}]{{2,4}}(?![{HAN}])"
    rf"|(?<![{HAN}])[{HAN}]{{2,6}}(?:[报報]|[周週]刊)(?![{HAN}])"
    r"|\b[A-Z]{2,}(?:\s+[A-Z]{2,})*\b"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[—\-–·|｜/／\s,，。.:：]+"
)
_FIND_ENGLISH_DATE = re.compile(_ENGLISH_DATE)
# A line of an article that holds a date: what stands around the date goes on a sentence.
_IN_A_SENTENCE = re.compile(
    rf"^[，,、；;：:)）”]|日[，,]\s*(?!星期|礼拜|禮拜|周|週|农历|農曆|第|总|總)[{HAN}]|[，,、；;：:（(“]$"
)
_PROSE = re.compile(r"[的地得至为自于在是了以起从到将已和与或由被把向并就]")
_PAGE_NUMBER = re.compile(r"[-—–·\s]*[A-Z]?\d{1,4}[-—–·\s]*")
_FIND_DATE = re.compile(rf"{_DATE}|{_CHINESE_DATE}")
_SECTION = 4  # characters of the name of a section: 本地
_BOOK = re.compile(r"《[^《》]{1,12}》")  # a journal's name
_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
_FOLIO = re.compile(
    rf"[{HAN}]{{2,4}}\s*\d{{1,2}}|\d{{1,2}}\s*[{HAN}]{{2,4}}(?:\s+[{HAN}]{{2,8}}[报報刊])?"
    rf"|\d{{1,2}}\s+[{HAN}]{{2,8}}[报報刊](?:\s+[{HAN}]{{2,4}})?|[A-Z]{{3,}}(?:\s[A-Z]{{3,}})+"
)
_MASTHEAD = re.compile(rf"{PAPER}\s*(?:数字报|电子报|數字報|電子報)?")
_ENGLISH_PAPER = (
    r"\b(?:[A-Z][A-Za-z]+ ){1,4}"
    r"(?i:daily|times|post|herald|gazette|news|tribune|journal|weekly|courier)(?: News)?\b"
)
_FIND_PAPER = re.compile(f"{PAPER}|{_ENGLISH_PAPER}")


def is_header(text: str) -> bool:
    """Whether a short block holds nothing but the paper's name, date, edition or page number."""
    text = text.translate(_NARROW)
    if _MASTHEAD.fullmatch(text) or _FOLIO.fullmatch(text):
        return True
    if len(text) <= 6 and _PAGE_NUMBER.fullmatch(text):
        return True
    if len(text) > 60 or "。" in text or text.endswith(("？", "！", "?", "!")):
        return False
    rest = _PARTS.sub("", _BOOK.sub("", text))
    if _FIND_ENGLISH_DATE.search(text) and re.search("[A-Za-z]", rest):
        return False  # a wrapped line: on September 12, 2025, the
    return (
        _IS_HEADER.search(text) is not None
        and len(rest) <= 10
        and _IN_A_SENTENCE.search(text) is None
        and (len(rest) <= _SECTION or _PROSE.search(rest) is None)
    )


def find_date(text: str) -> str | None:
    """Return the first full date in a text as `YYYY-MM-DD`, if it is a real one."""
    match = _FIND_DATE.search(text.translate(_NARROW))
    if match is None:
        return None
    numbers = [int(digits) for digits in re.findall(r"\d+", match[0])]
    if match[0][:3].lower() in _MONTHS:
        numbers = [numbers[1], _MONTHS.index(match[0][:3].lower()) + 1, numbers[0]]
    if len(numbers) != 3:
        numbers = [_number(part) for part in re.split("[年月日]", match[0])[:3]]
    try:
        return dt.date(*numbers).isoformat()
    except ValueError:
        return None


def find_paper(text: str) -> str | None:
    """Return the name of a newspaper that stands in a text."""
    match = _FIND_PAPER.search(text)
    return match[0] if match else None


def _number(text: str) -> int:
    """Read 二〇二五, 十一 or 二十八; 0 if it is no number."""
    text = text.replace("○", "〇").replace("零", "〇")
    if "十" not in text:
        return int("".join(str(_NUMBERS.index(digit)) for digit in text) or 0)
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return 0
    return (_NUMBERS.index(tens) if tens else 1) * 10 + (_NUMBERS.index(ones) if ones else 0)
