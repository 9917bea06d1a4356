"""A question -> what it asks of an article itself: who wrote it, who took the picture, when."""

import re
from collections.abc import Callable, Sequence

from qa_bot.index.terms import fold
from qa_bot.patterns import compile_late

_WHICH = r"(?:谁|哪(?:[一几些]?[位个名]|些)(?![单学机公部大高研院报])|什么人)"
_WHO = rf"(?:都|分别|一共)?(?:是|为|叫|由|有)?(?:{_WHICH}|什么名字|什么(?=[?？呢]|$)|何人)"
_PRINTED = r"(?:发表|刊[登发载]|登[出载]|见报|登(?=[在于了的]))"
_WHEN = r"(?:何时|什么时[候间]|哪一?[天年月日期]|几月几?[号日]?|几[号日])"
_PERSON = {
    "author": r"作者|撰稿人|撰文者|执笔(?:人|者)"
    r"|(?<=[文章道论]的)[这那]?[两二三几]?[个位]?人(?![物们才])",
    "host": r"主持(?:人|者)|采访者|访问者|提问者",
    "guest": r"(?:受访|与会|对话|专访|采访)?嘉宾们?|受访(?:者|专家|学者|人)|被采访(?:者|人|的人"
    r"|对象)|(?:采访|访谈)对象"
    r"|对[话谈]者",
    "reporter": r"记者(?![站会节])",
    "editor": r"(?:责任)?编辑(?![部委])|责编|编者",
    "photographer": r"摄影(?:师|者|记者|作者|人)?|拍[摄照](?:者|人)|(?:照片|图片)(?:的)?作者",
}
# Of the noun it has to be asked who that is; the rest asks by itself.
_ASKED: dict[str, re.Pattern[str]] = {
    field: compile_late(
        rf"(?:{_PERSON[field]})(?:的?(?:姓名|名字))?{_WHO}"
        rf"|{_WHICH}(?:是|当|担任)?(?:这.{{0,6}}的)?(?:{_PERSON[field]})|{more}"
    )
    for field, more in {
        "photographer": r"(?:谁|哪[位个](?:记者|摄影师)?)(?:拍摄?|摄)[下的了]?|供图(?:者"
        r"|人)?是谁|(?:图片?|照片)(?:是|由)?谁(?:提供|供)的?"
        r"|\bwho (?:took|shot|made|photographed)\b.{0,30}(?:photo|picture|image|photograph|$)"
        r"|\bwho(?:'s| is| was)? the photographer|\b(?:photo|picture|image)s? (?:was "
        r"|is )?(?:taken )?by wh",
        "author": r"(?:谁|哪[位个](?:学者|专家|教授|记者)?)(?:写|撰写|执笔|所写)(?:出|成)?[的了]?"
        r"|\bwho (?:wrote|penned|authored|has written)|\bwho(?:'s| is| was| are"
        r"| were)? the (?:author|writer|columnist)s?"
        r"|\bwritten by (?:whom|who)\b|\bby whom\b|\b(?:author|writer)'s name"
        r"|\bname of the (?:author|writer)",
        "host": r"(?:谁|哪[位个](?:记者)?)(?:来|在|负责)?主持|谁(?:提的?问|问的)"
        r"|\bwho (?:hosted|moderated|conducted|asked the questions|did the interview(?:ing)?)"
        r"|\bwho(?:'s| is| was)? the (?:host|moderator|interviewer)|\bname of the (?:host"
        r"|moderator|interviewer)",
        "guest": r"(?:采访|专访|邀请|约请|对话|访谈)[到过了]?(?:的是)?(?:了)?(?:谁"
        r"|哪[些几]?[位个]?)"
        r"|(?:谁|哪[些几]?[位个]?(?:专家|学者|人)?)(?:接受|参加|参与|做客)了?.{0,6}(?:采访|专访"
        r"|访谈|对话)"
        r"|\bwho (?:was|were|is|are|got) (?:being )?interviewed|\bwho did .{1,40}interview"
        r"|\bwho(?:'s| is| was| are| were)? the (?:\w+ )?(?:guest|interviewee|panell?ist|expert"
        r"|speaker)s?\b",
        "reporter": r"谁(?:采写|采访|报道)的?|\bwho (?:reported|covered)|\bwho(?:'s| is"
        r"| was)? the (?:reporter|journalist)"
        r"|\bwhich (?:reporter|journalist)",
        "editor": r"谁编(?:辑|的)|\bwho edited|\bwho(?:'s| is| was)? the editor",
    }.items()
}
_POST = compile_late(
    r"(?:是|有|任|担任)?着?(?:一个)?(?:什么|哪些?|何种?)样?的?(?:职务|职位|身份|头衔|职称|官职"
    r"|职业|背景|来头)"
    r"|(?:职务|职位|身份|头衔|职称|职业)(?:是|为|叫)?(?:什么|啥|呢|$|[?？])|担任(?:了|着|过)?什么"
    r"|是(?:做|干)什么的"
    r"|从事什么|什么来头|任什么职|何许人"
    r"|\bwhat (?:is|was|are) .{0,40}\b(?:job|posts?|position|titles?|role|profession|occupation)\b"
    r"|\bwhat (?:job|posts?|position|title|role|profession|occupation)\b"
    r"|\bwhat does .{1,40}\bdo(?: for a living)?\s*[?？]?$"
)
_UNIT = compile_late(
    r"(?:来自|供职于?|任职于?|就职于?|属于?)?(?:哪|什么)(?:一?[个家所间]|样的)?(?:工作)?(?:单位"
    r"|机构|学校|大学|高校|学院|院校|研究所"
    r"|研究院|部门|公司|报社|媒体)"
    r"|(?:来自|供职于?|任职于?|就职于?|出自)(?:哪|什么)|在(?:哪|什么)(?:[里儿]|地方)?(?:工作|任职"
    r"|供职|就职|上班|任教|教书)"
    r"|(?:工作)?单位(?:是|叫|呢|$|[?？])"
    r"|\b(?:where|who|which \w+) (?:does|do|did) .{0,40}\b(?:work|teach)(?: for| at)?"
    r"|\b(?:which|what) (?:university|institute|institution|college|school|company|organi[sz]ation)"
    r" .{0,40}\b(?:from|at|belong|work|teach)|\baffiliat"
)
_EMAIL = compile_late(
    r"邮箱|电邮|邮件地址|投稿(?:到|给|至|往)?(?:哪|什么|方式|地址|渠道)|(?:怎么|如何|怎样"
    r"|[往向]哪[里儿]?)(?=[^，。?？]{0,8}投稿)"
    r"|\be-?mail"
)
_SOURCE = compile_late(
    rf"(?:{_PRINTED}[在于了]*)?(?:哪|什么)(?:一?[家份个张种])?(?:报纸?(?![道告])|媒体|报社|日报"
    rf"|晚报|杂志|刊物|期刊|网站)|{_PRINTED}[在于了]*(?:哪|什么)(?!一?[天年月日期]|时)"
    rf"|出自哪|来源(?:是|于)?(?:哪|什么|呢|[?？]|$)|在?哪[里儿]?{_PRINTED}"
    r"|\b(?:which|what) (?:news)?(?:paper|magazine|outlet|media|site|website|journal|publication)"
    r"|\bwhere (?:was|is|were|did) .{0,80}(?:published|printed|appear)"
)
_SECTION = compile_late(
    rf"(?:{_PRINTED}[在于了]*)?(?:哪|什么)(?:一?[个份])?(?:栏目|专栏|版面?(?!本|权)|专版|周刊"
    rf"|专刊|板块|副刊)|第几版|(?:栏目|版面|专栏)(?:是|叫|呢|[?？])"
    r"|\b(?:which|what) (?:section|column|page)\b"
)
_DATE = compile_late(
    rf"{_WHEN}.{{0,4}}?(?:{_PRINTED}|写[的成])|{_PRINTED}的?(?:日期|时间|年份|于?{_WHEN}|在{_WHEN})"
    rf"|(?:文章|报道|访谈|稿件|新闻|专访).{{0,4}}(?:日期|{_WHEN}.{{0,4}}的)|{_WHEN}的(?:文章|报道"
    rf"|报纸|新闻|访谈)"
    r"|\bwhen (?:was|did|is|were) .{0,80}\b(?:published|printed|appear|written|come out)"
    r"|\bdate of publication|\bpublication date|\bwhat (?:is the )?date .{0,40}(?:article"
    r"|published)"
)
_PIECE = compile_late(
    r"(?:[这那本该此](?:一?[篇次期场组则条张幅]))?(?:文章|报道|报导|访谈|专访|采访|社论|评论|来稿"
    r"|稿[件子]|新闻|一文|通讯|(?:企业|人物)故事|登的?报|照片|图片|题图|插图|配图)"
    r"|[本该此]文|[这那]篇|(?:这|那|本|该|此)一?(?:次|期|场)(?:对话|座谈)"
    r"|\b(?:the |this |that )?(?:article|piece|report|stor(?:y|ies)|interview|column|essay|op-ed"
    r"|photo(?:graph)?|picture|image)s?\b"
)
_TITLE = compile_late(r"《([^《》]{1,200})》")
_LEFT_OVER = compile_late(
    r"(?:^|(?<=\s))(?:[上中里给天年月日号由这那都]|属于?|一天|'s|’s)(?=\s|[?？]|$)"
    r"|^\s*[谈讲论](?![判话])"
)
_HOLDS = compile_late(
    r"(?:请?介绍|一下|哪[天年月日]|几[月号日]|关于|有关|投稿|姓名|名字|专家|学者|分别|职务|职位"
    r"|身份|头衔|职称|单位|工作|日期|时间"
    r"|邮箱|邮件|地址"
    r"|报纸|媒体|栏目|专栏|版面"
    rf"|{_PRINTED}|发布|拍摄?|摄影?|撰写|写|担任|来自|接受|参加|叫|登|给|向|往|谁|什么"
    rf"|[的呢了吗在于是由])"
    r"|\b(?:who|when|where|which|what|by|for|name|job|post|position|title|role|work|works|e-?mail"
    r"|address|published|printed|appear(?:ed)?"
    r"|date|wrote|written|took|taken|hosted|moderated|interviewed|author|writer|host|guest"
    r"|photographer|paper"
    r"|newspaper|reported|covered|the|this|university|institute|company|organi[sz]ation)\b"
)


def find_fields(
    text: str, people: Sequence[str] = (), *, is_title: Callable[[str], bool] = bool
) -> tuple[frozenset[str], str]:
    """Find out what a question asks of an article itself.

    Args:
        text: The question, its width folded.
        people: Names of the people in it.
        is_title: Whether the corpus knows a title: who wrote another book is no article's matter.

    Returns:
        The fields, of `records.METADATA`; empty if it asks for what articles say. And the question
        without the words for them: what is left says which article.
    """
    folded = fold(text)
    if not all(is_title(title) for title in _TITLE.findall(folded)):
        return frozenset(), text
    fields, rest = set(), folded
    for field, pattern in _ASKED.items():
        if pattern.search(rest):
            fields.add(field)
            rest = _blanked(pattern, rest)
    named = {
        field for field, noun in _PERSON.items() if re.search(noun, folded) and field not in fields
    } | {field for field in _ENGLISH_PERSON if re.search(_ENGLISH_PERSON[field], folded)}
    of_somebody = bool(fields or named or people)
    for field, pattern in (("post", _POST), ("unit", _UNIT)):
        if of_somebody and pattern.search(folded):
            fields |= {field, *named}
            rest = _blanked(pattern, rest)
    if people and _IS_WHO.search(folded):
        fields |= {"post", "unit"}
    is_of_piece = bool(_PIECE.search(folded) or _TITLE.search(folded))
    for field, pattern in _OF_PIECE.items():
        if pattern.search(rest):
            left = _without_frame(pattern.sub(" ", rest))
            if is_of_piece or field == "email" or not left.strip(" ?？,，。"):
                fields.add(field)
                rest = _blanked(pattern, rest)
    if not fields:
        return frozenset(), text
    return frozenset(fields), _without_frame(rest)


_ENGLISH_PERSON = {
    "author": r"\b(?:author|writer|columnist)\b",
    "host": r"\b(?:host|moderator|interviewer)\b",
    "guest": r"\b(?:guest|interviewee|panell?ist)s?\b",
    "reporter": r"\b(?:reporter|journalist)\b",
    "photographer": r"\bphotographer\b",
}
_IS_WHO = compile_late(r"(?:是|为)(?:谁|什么人|何人)\s*[?？]?$|^谁是|^请?介绍|^who (?:is|was) ")
_OF_PIECE = {"email": _EMAIL, "section": _SECTION, "source": _SOURCE, "date": _DATE}


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Return the text without what asks; in English, the article's own words stand amid that."""
    return pattern.sub(lambda match: match[0] if match[0].isascii() else " ", text)


def _without_frame(text: str) -> str:
    """Return a text without the words for articles and what is printed around them."""
    for noun in _PERSON.values():
        text = re.sub(noun, " ", text)
    return _LEFT_OVER.sub(" ", _HOLDS.sub(" ", _PIECE.sub(" ", text)))
