"""The marks of the trade: what a printed line shows itself to be, by its form alone."""

import re

from qa_bot.pages.dates import is_header
from qa_bot.pages.lines import HAN, is_balanced, is_closed
from qa_bot.pages.records import Reason

# Parts of characters; none of them is a word by itself.
_COMPONENTS = re.compile(
    "[\u2e80-\u2fdf丨丶丿亅亠冂冖冫凵刂匚卩厶夂夊宀屮巛廴廾弋彐彡彳忄扌攵氵灬爫爿犭礻疒癶纟罒艹虍衤讠辶钅阝饣丬丷亻乛乚攴]"
)
_SHORT_COLUMN = re.compile(r"[【〖［\[『|｜丨]\s*[^】〗］\]』]{1,16}\s*[】〗］\]』|｜丨]")
_SECTIONS = re.compile(rf"[{HAN}]{{2,4}}\s[·•・|｜/／]\s[{HAN}]{{2,4}}|[{HAN}](?: [{HAN}]){{2,7}}")
_EDITOR_SIGN = re.compile(r"[(（]?[-—–─]{0,4}\s*(?:本[报刊報]|本版)?[编編][者辑輯](?:部)?[)）]?")
_STAFF = re.compile(
    r"[(（【]?(?:本版|本期|值班)?\s*(?:责任编辑|责\s*编|编\s*辑|主\s*编|美\s*编|美术编辑|版\s*式|视觉设计|视觉|"
    r"制\s*图|校\s*对|审\s*校|统\s*筹|编\s*审|组\s*版|版面设计|值班主任|總編輯|責任編輯|責\s*編|編\s*輯|美\s*編|"
    r"校\s*對|版面|电子信箱)\s*[:：/／|｜\s]\s*\S.{0,80}"
)
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.[A-Za-z]|www\.\w|https?://"
    r"|(?:热线|熱線|电\s?话|電話|邮\s?箱|郵箱|信箱|邮编|傳真|传真|地址|订阅|零售价|广告|刊号|微信公众号|投稿|来稿)"
    r"[^。]{0,12}[:：]\s*\S"
    r"|(?:热线|熱線|电\s?话|電話)[^。]{0,4}\s\d[\d\s-]{4,}.{0,8}$"
    r"|(?<!\d)(?:1[3-9]\d{9}|\(?0\d{2,3}\)?-?\d{7,8}|\d{4}-\d{4})$"
)
_TURN = re.compile(
    r"\s*[(（【]?\s*(?:紧接|緊接)?\s*(?P<way>[下上])\s*[转轉接]\s*(?:第)?\s*[A-Za-z]?\s*"
    r"[\d一二三四五六七八九十]{1,3}\s*版?\s*[)）】]?\s*"
)
# What a web page puts around an article, and the advertisements between them.
_NAVIGATION = re.compile(
    r"(?:首页|[^\s]{0,4}位置|當前位置)\s*[:：>＞»].*|(?:\S{2,8}\s*[|｜>＞]\s*){2,}\S{2,8}"
    r"|[^_\s]+(?:_[^_\s]+){1,3}|相关(?:阅读|新闻|链接|报道)|[·•]\s*.*\d{4}-\d\d-\d\d"
    r"|(?:[\[【]?\d[\]】]?\s*)+下一页|返回(?:目录|首页|列表|版面).*"
    r"|(?:[<《]*\s*上一[篇版条页]|下一[篇版条页])(?:\s*[:：].*|\s.*|[>》]*)"
    r"|分享(?:到|至)?\s*[:：].*|字号\s*[:：].*|[【\[]?(?:打印|关闭|收藏|分享)[^。]{0,16}[】\]]?"
)
_ADVERTISEMENT = re.compile(
    r"[【\[]?(?:公告|公示|通告|启事|招聘|招租|广告|遗失声明|更正|廣告|啟事)[】\]]?[\s:：].*"
)
_NOTICES = re.compile(
    r"[【\[]?(?:(?:遗失|挂失|作废)(?:声明|启事)|(?:注销|减资|清算|合并|分立|拍卖|债权)公告"
    r"|便民(?:短信|信息|提示|服务|广告)|分类(?:广告|信息))[】\]]?"
)
_PLACEHOLDER = re.compile(
    r"[【\[]?(?:广告|廣告)[】\]]?|<!--.*?-->|!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>"
)
_RIGHTS = re.compile(
    r"[^。]{0,20}(?:版权所有|版權所有|未经授权|All rights reserved)", re.IGNORECASE
)
_ARROWS = "▶►▸▷→"
_SHORT_LINE = 20  # characters
_CAPTION_START = re.compile(
    r"[▲△▼▽◀▶◄►←→↑↓]\s*\S|图为|圖為|图\s*[一二三四五六\d①-⑨]?\s*[:：]|图[①-⑨一二三四1-9]\s"
    r"|[(（]?[上下左右]图\s*(?:为|[:：,，])|图片说明|圖片說明|图说|照片\s*[:：为]|资料图"
    r"|(?:Photo|Caption|Pictured|Above|Below)\s?:"
)
_CAPTION_END = re.compile(
    r"(?:(?<!拍)摄(?!影)|攝(?!影)|供图|供圖|资料图片?|資料圖片?|资料照片|摄影报道)\s*(?:[/／]\s*\S{1,12}|发|發)?\s*[)）]?\s*[。.]?"
    rf"|(?:特约)?(?:摄影|攝影)\s*[{HAN}]{{2,4}}"
    r"|(?i:(?:photos?|photographed|pictures?) by)(?: [A-Z][\w.'’-]*){1,4}[)]?\.?"
    r"|(?:摄影?|攝影?|图片?|图)\s*[/／:：|｜]\s*(?:[^\s。]{1,8}\s*){1,3}[)）]?"
)
_PHOTO_CREDIT = re.compile(
    r"(?:记者|記者|通讯员|特约|本报|新华社|图片|[)）。”\"])[^。]{0,24}(?:摄|攝|供图)[^。]{0,16}$"
    r"|[.)]\s?\(?(?i:(?:photos?|photographed|pictures?) by)(?: [A-Z][\w.'’-]*){1,4}[)]?\.?$"
)
_NUMBERED = re.compile(
    r"0\d(?=\s)|０[０-９](?=\s)|第[一二三四五六七八九十]{1,2}\w?[:：]"
    r"|(?:[一二三四五六七八九十]{1,3}|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2})\s*[、.．)）]?"
)


def left_out_reason(text: str) -> Reason | None:
    """Return why a block belongs to the page and to no article, or None.

    Args:
        text: A block, without marks of form.
    """
    if _SHORT_COLUMN.fullmatch(text) or _SECTIONS.fullmatch(text):
        return "column name"
    turn = _TURN.fullmatch(text)
    if turn:
        return "footer" if turn["way"] == "下" else "header"
    if is_header(text):
        return "header"
    if _PLACEHOLDER.fullmatch(text):
        return "garbage"
    if _ADVERTISEMENT.fullmatch(text) and len(text) <= 120 and not is_closed(text):
        return "garbage"
    if len(text) > 120 or text.endswith(("。", "？", "！")):
        return None
    if _NAVIGATION.fullmatch(text):
        return "header"
    is_footer = _STAFF.fullmatch(text) or _RIGHTS.match(text) or _CONTACT.search(text)
    return "footer" if is_footer else None


def heads_notice(text: str) -> bool:
    """Whether a line heads what was paid for, or told to readers, amid the articles: 遗失声明."""
    return _NOTICES.fullmatch(text) is not None


def is_staff_line(text: str) -> bool:
    """Whether a block names the editors: 责编 …, 美编 … and the like."""
    return len(text) <= 120 and _STAFF.fullmatch(text) is not None


def is_editor_sign(text: str) -> bool:
    """Whether a block signs an editor's note: ——编者."""
    return _EDITOR_SIGN.fullmatch(text) is not None


def is_caption(text: str) -> bool:
    """Whether a block describes a picture."""
    if len(text) > 300:
        return False
    if opens_caption(text):
        return True
    tail = text[-60:]
    return any(match.end() == len(tail) for match in _CAPTION_END.finditer(tail)) and (
        len(text) <= 40 or _PHOTO_CREDIT.search(tail) is not None or is_closed(text[:-12])
    )


def ends_caption(line: str) -> bool:
    """Whether a printed line ends a caption: … 本报记者 某某 摄."""
    return _PHOTO_CREDIT.search(line) is not None and line[-1] not in "/／:："


def opens_caption(line: str) -> bool:
    """Whether a line opens a caption: 图为…, ▲…; ▶ before few words marks a section."""
    is_short = len(line) <= _SHORT_LINE and not is_closed(line) and not ends_caption(line)
    return _CAPTION_START.match(line) is not None and not (line[0] in _ARROWS and is_short)


def is_garbage(text: str) -> bool:
    """Whether a short line holds no words: stray strokes, or a bracket that nothing opened."""
    words = sum(character.isalnum() for character in text)
    if not words:
        return True
    if len(text) > 16:
        return words < len(text) / 4
    is_open = text.count("(") + text.count("（") > text.count(")") + text.count("）")
    return words < len(text) / 2 or ((is_open or not is_balanced(text)) and not is_closed(text))


def is_misread(text: str) -> bool:
    """Whether a heading is what recognition made of a picture: it holds parts of characters."""
    return _COMPONENTS.search(text) is not None


def is_numbered(text: str) -> bool:
    """Whether a heading carries a number: 一、, (二), 3. and the like."""
    match = _NUMBERED.match(text)
    return match is not None and (match[0][0] in "0０第" or match[0].strip()[-1] in "、.．)）")


def is_turn(text: str) -> bool:
    """Whether a block sends the reader on to another page, or comes from one."""
    return len(text) <= 32 and _TURN.fullmatch(text) is not None


def turns_on(text: str) -> bool:
    """Whether a block says that the article goes on elsewhere: (下转第N版)."""
    return is_turn(text) and "下" in text


def turns_back(text: str) -> bool:
    """Whether a block says that an article goes on here: (上接第N版)."""
    return is_turn(text) and "上" in text


def turn_at_end(text: str) -> int:
    """Return where (下转第N版) starts at the end of a paragraph, or the text's length."""
    tail = max(0, len(text) - 24)
    for match in re.finditer(r"[(（【]\s*(?:紧接|緊接)?\s*下\s*[转轉接]", text[tail:]):
        if _TURN.fullmatch(text, tail + match.start()):
            return tail + match.start()
    return len(text)


def turn_at_start(text: str) -> int:
    """Return where a paragraph starts after (上接第N版)."""
    match = _TURN.match(text[:32])
    return match.end() if match and match["way"] == "上" and text[0] in "(（【紧緊" else 0
