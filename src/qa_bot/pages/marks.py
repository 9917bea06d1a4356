"""The marks of the trade: what a printed line shows itself to be, by its form alone."""

import re

from qa_bot.pages.dates import is_header
from qa_bot.pages.lines import HAN, is_balanced, is_closed
from qa_bot.pages.names import find_name, is_name, read_names
from qa_bot.pages.records import Reason
from qa_bot.records import Person

# Parts of characters; none of them is a word by itself.
_COMPONENTS = re.compile(
    "[\u2e80-\u2fdf丨丶丿亅亠冂冖冫凵刂匚卩厶夂夊宀屮巛廴廾弋彐彡彳忄扌攵氵灬爫爿犭礻疒癶纟罒艹虍衤讠辶钅阝饣丬丷亻乛乚攴]"
)
BULLETS = "▶►▸▷■□●○◆◇◎★☆▍▎▌▪▲△"
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
_PLACEHOLDER = re.compile(r"<!--.*?-->|!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>")
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
    r"|(?:摄影?|攝影?|图片?|图)\s*[/／:：|｜]\s*(?:[^\s。]{1,8}\s*){1,3}[)）]?"
)
_PHOTO_CREDIT = re.compile(
    r"(?:记者|記者|通讯员|特约|本报|新华社|图片|[)）。”\"])[^。]{0,24}(?:摄|攝|供图)[^。]{0,16}$"
)
_FOOTNOTE = re.compile(
    rf"[(（【\[]?\s*(?:本文|该文|该)?(?:作者|笔者|执笔人?|執筆|筆者)(?:单位|單位|简介|系列|[{HAN}·、]{{0,14}}?)?"
    r"\s*(?:分别|分別)?\s*(?:系|为|是|為|係|[:：])"
)
_ABOUT = re.compile(r"[(（]\s*(?:本文|此文|本报告)(?:系|为|是|由|根据|摘|原|仅|來|来|為)")
_PERSON_NOTE = re.compile(
    rf"[(（]\s*(?P<name>[{HAN}·]{{2,8}})\s*(?:系|为|是|為|係|[,，:：])[^)）]{{4,}}[)）]?"
)
_WRITES = "(?:撰文|作者|文字整理|整理|采写|採寫|编译|執筆|执笔|口述|撰稿|文字)"
_BYLINE_LABEL = re.compile(
    rf"(?P<label>(?:图/文|图文|文/图|本版文/图|{_WRITES}|文)\s*[/／|｜:：]\s*|{_WRITES}\s+"
    r"|[Bb][Yy]\s+(?=[A-Z]))(?P<names>.+)"
)
_HAS_JOB = re.compile(
    r"(?:记者|記者|通讯员|通訊員|评论员|評論員|撰稿人|实习生|观察员|撰稿)\s*[:：]?\s*\S"
)
_AFTER_NAMES = re.compile(
    rf"\s*(?:文/图|图/文|文图|图文|文/摄|摄影报道|综合报道|报道)$|(?<=\S)\s+{_WRITES}$"
)
_PICTURES = re.compile(r"\s+(?:图|摄影|制图|绘图|漫画)\s*[/／|｜:：]\s*\S.*$")
_SOURCE = re.compile(r"(?:^|\s)来源\s*[:：]\s*(?P<source>\S+)")
_SOURCE_AUTHOR = re.compile(r"(?:^|\s)(?:作者|记者)\s*[:：\s]\s*(?P<names>\S+)")
_UNNAMED = re.compile(r"本[报報刊]\s*(?:特约|特約)?(?:评论员|評論員|评论部|编辑部|記者|记者)")
_DATELINE = re.compile(
    rf"(?:[【\[]本[报報](?P<staff>[记記]者[^】\]]{{2,16}})[报報]道[】\]]|[【\[]?本\s?[报報刊网]\s?[讯訊][】\]]?"
    rf"|本[报報][{HAN}]{{2,4}}[讯訊](?=\s)|本[报報][^\s,，。]{{2,8}}?(?:\d+月)?\d+日[电電讯]"
    rf"|[{HAN}]{{2,4}}社[^,，。]{{2,8}}?(?:\d+月)?\d+日[电電]|[{HAN}]{{2,8}}[讯訊](?=\s*[(（]))"
    r"\s*(?:[(（](?P<people>[^)）]{1,60})[)）]|(?P<told>(?:记者|通讯员)[^,，。:：]{2,24}?)报道\s?[:：])?"
)
_ENDING = re.compile(
    r"[(（][^()（）]{0,20}(?:记者|記者|通讯员|通訊員|作者|文/|整理|执笔)[^()（）]{0,60}[)）]$|[■□]$"
)
_SIGNATURE = re.compile(r"[(（](?P<people>[^()（）]{2,60})[)）]$")
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
    if len(text) > 120 or text.endswith(("。", "？", "！")):
        return None
    if _NAVIGATION.fullmatch(text):
        return "header"
    is_footer = (
        _ADVERTISEMENT.fullmatch(text)
        or _STAFF.fullmatch(text)
        or _RIGHTS.match(text)
        or _CONTACT.search(text)
    )
    return "footer" if is_footer else None


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


def is_footnote(text: str) -> bool:
    """Whether a block says who the author is, or where the text comes from."""
    if len(text) > 400:
        return False
    if _ABOUT.match(text) or _PERSON_NOTE.fullmatch(text):
        return True
    opens = text.startswith(("(", "（", "【", "["))
    match = _FOOTNOTE.match(text)
    return match is not None and (opens or (len(text) <= 120 and len(text) > match.end() + 4))


def read_byline(text: str) -> tuple[Person, ...]:
    """Read who wrote an article, if that is all that a block says.

    Args:
        text: A block, its bullet included.

    Returns:
        The people; empty if the block is no byline.
    """
    bare = text.lstrip(BULLETS + " ")
    is_marked = bare != text
    if not bare or len(bare) > 60 or is_closed(bare):
        return ()
    if bare[0] in "(（" and bare[-1] in ")）":
        bare = bare[1:-1].strip()
        if bare and all(map(is_name, bare.split())):
            return read_names(bare, is_marked=False)
    if _UNNAMED.fullmatch(bare):
        return (Person("".join(bare.split())),)
    pictures = _PICTURES.search(bare)
    if pictures:  # who took them did not write it
        return read_byline(bare[: pictures.start()])
    plain = _AFTER_NAMES.sub("", bare)
    label = _BYLINE_LABEL.fullmatch(plain)
    if label:
        # With a space alone between, the words must be names by their form.
        return read_names(label["names"], is_marked=label["label"].strip()[-1] in "/／|｜:：")
    if not is_marked and plain == bare and not _HAS_JOB.search(bare):
        return ()
    return read_names(plain, is_marked=is_marked)


def read_source(text: str) -> tuple[str, tuple[Person, ...]] | None:
    """Read the line of a web page that says where an article comes from.

    Args:
        text: Such as `来源:某日报 作者:李明 2025-11-28 07:30 字号:大 中 小`.

    Returns:
        The source, and the authors it names; None if the text is no such line.
    """
    source = _SOURCE.search(text) if len(text) <= 120 and not is_closed(text) else None
    if source is None:
        return None
    author = _SOURCE_AUTHOR.search(text)
    return source["source"], read_names(author["names"], is_marked=True) if author else ()


def read_dateline(text: str) -> tuple[int, tuple[Person, ...]] | None:
    """Read the opening of a news report: 本报讯(记者 …), 新华社…电.

    Returns:
        Its length and the people named in it; None if the text does not open so.
    """
    match = _DATELINE.match(text)
    if match is None:
        return None
    if match["staff"]:  # the name, and the place that the report comes from
        name = find_name(match["staff"][2:])
        return match.end(), (Person(name, match["staff"][:2]),) if name else ()
    named = match["people"] or match["told"]
    return match.end(), read_names(named, is_marked=False) if named else ()


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


def is_ending(text: str) -> bool:
    """Whether a paragraph ends as the last of an article: (记者 …), (作者系…)."""
    if _ENDING.search(text, max(0, len(text) - 80)):
        return True
    signed = ending_people(text)
    return signed is not None and is_closed(text[: -len(signed[0])])


def ending_people(text: str) -> tuple[str, tuple[Person, ...]] | None:
    """Read who signs a paragraph at its end: …。(记者 某某).

    Returns:
        The bracket as printed, and the people; None if nobody signs.
    """
    match = _SIGNATURE.search(text, max(0, len(text) - 80))
    people = read_names(match["people"], is_marked=False) if match else ()
    return (match[0], people) if match and people else None


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


def note_people(text: str) -> tuple[Person, ...]:
    """Read the posts of authors out of a footnote.

    Args:
        text: Such as `(作者系某大学教授、院长,本文为…)` or `(作者李明系…,王强系…)`.

    Returns:
        People; the name is empty where the footnote gives only the post.
    """
    inner = text.strip(" ()（）【】[]")
    people: list[Person] = []
    inner = _LIST_OF_NAMES.sub(lambda match: match[0].replace("、", _AND), inner)
    for part in re.split(r"[;；。]|[,，](?=[^,，]{2,12}(?:系|为|是|為|係))", inner):
        match = _NOTE_PERSON.match(part.strip())
        if match is None:
            continue
        names = "".join((match["name"] or match["bare"] or "").split()).split(_AND)
        if names != [""] and not all(is_name(name) for name in names):
            continue
        role = re.split(r"[,，。;；]", match["role"])[0].strip()
        if role and not role.startswith(("本文", "国家社科")):
            people += [Person(name, role) for name in names]
    return tuple(people)


def note_names(text: str) -> tuple[str, ...]:
    """Return the authors that a footnote names."""
    return tuple(person.name for person in note_people(text) if person.name)


_AND = "\u0001"  # stands for 、 between two names, which parts posts elsewhere
_LIST_OF_NAMES = re.compile(
    rf"(?:作者|笔者)[{HAN}·]{{2,4}}(?:、[{HAN}·]{{2,4}})+(?=\s*(?:分别)?(?:系|为|是))"
)
_NOTE_PERSON = re.compile(
    rf"(?:(?:本文|该文)?(?:第[一二三])?(?:作者|笔者|执笔人?|執筆|筆者)(?:单位|單位|简介)?\s*[:：]?\s*(?:分别|分別)?"
    rf"(?P<name>[{HAN}·\x01]{{2,14}}?)??|(?P<bare>[{HAN}·]{{2,8}}?))\s*(?:系|为|是|為|係|[:：,，])\s*(?P<role>.+)",
    re.DOTALL,
)


def is_signed_note(text: str) -> bool:
    """Whether a footnote says who the author is."""
    return bool(note_people(text))
