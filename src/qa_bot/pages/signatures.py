"""Who signs an article: its byline, its dateline, the footnote, the bracket at its end."""

import re

from qa_bot.pages.lines import HAN, is_closed
from qa_bot.pages.names import find_name, is_name, read_names
from qa_bot.records import Person

BULLETS = "▶►▸▷■□●○◆◇◎★☆▍▎▌▪▲△"
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
_ENGLISH_JOB = re.compile(r"(?:[A-Z][a-z]+ )?(?i:reporter|writer|correspondent|editor|columnist) ")
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
    job = _ENGLISH_JOB.match(label["names"]) if label else None
    if label and job and is_name(label["names"][job.end() :]):
        return (Person(label["names"][job.end() :], job[0].strip()),)
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
