"""Printed words -> people: what has the form of a name, and who holds which post."""

import re
from collections.abc import Collection, Iterable, Iterator

import rjieba

from qa_bot.pages.lines import HAN
from qa_bot.records import Person

# The surnames of about 97 in 100 people in China, simplified and traditional: a name is known by
# its form, so 方晓霞 is one and 经济 is none.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁"
    "尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆"
    "农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师仇栾隋商刁"
    "洪禹狄贝茅昝裘贲郁钮嵇荀芮羿邴糜隗宓郗钭戎郜蓟邰蔺屠莘逄郦雍郤璩濮扈郏茹庾殳厍晁訾阚鞠巢蒯荆竺逯桓亓仉冼闻暨鄢阙亢仝"
    "沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝楼储湛揭谌胥欒丘岩"
    "張劉陳楊黃趙吳孫馬鄭羅謝許韓馮鄧蕭葉蘇呂盧鍾鐘譚陸範賈韋鄒溫鮑繆蘆烏強習陽時紀寧甯聞熊龍賀顧龔萬錢嚴湯齊喬龐顏莊聶魯歐關蘭"
    "畢單塗駱藍遊華饒農簡車項連麥婁竇黨宮費衛應閔鄔邊師榮鞏遲鄺樓儲閻閆傑勞賴"
)
_COMPOUND = "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|司徒|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|申屠"
_CHINESE = rf"(?:(?:{_COMPOUND})[{HAN}]{{1,2}}|[{_SURNAMES}][{HAN}]{{1,2}})"
_TRANSCRIBED = rf"[{HAN}]{{1,6}}[·•・][{HAN}]{{1,8}}(?:[·•・][{HAN}]{{1,8}})?"
_LATIN = r"[A-Z][A-Za-z.'’-]*(?: [A-Z][A-Za-z.'’-]*){1,3}"
_NAME = re.compile(rf"{_TRANSCRIBED}|{_CHINESE}|{_LATIN}")
_SHORT_HAN = re.compile(rf"[{HAN}]{{2,3}}")
_POST = (
    "教授|研究员|院长|校长|所长|主任|局长|处长|厅长|书记|董事长|总经理|总裁|会长|秘书长|理事长|负责人|"
    "博导|导师|博士|学者|专家|创始人|工程师|经理|厂长|律师|法官|记者|编辑|评论员|主编|讲师|馆长|"
    "工作者|志愿者|院士|委员|医生|护士长|台长|社长|站长|镇长|县长|市长|区长|乡长|技师|传承人|合伙人|总监|总编|部长|"
    "司长|科长|队长|组长|园长|船长|社工|"
    "研究員|院長|校長|所長|局長|處長|書記|董事長|總經理|會長|負責人|專家|記者|編輯|老师|先生|女士"
)
_ALIAS = re.compile(rf"(?P<surname>{_COMPOUND}|[{HAN}])(?P<post>副?(?:{_POST})|总|工|老)?")
_ENDS_IN_POST = re.compile(rf"(?:{_POST})$")
_AROUND = " \t,，;；、()（）:：/／|｜—-\u3000"
_TOKEN = re.compile(r"[^\s,，;；、/／|｜()（）:：]+")
_JOB = (
    r"(?:本[报報刊网台社])?(?:特约|特約|首席|见习|實習|实习|特派|驻[\w]{2,4}|融媒体|全媒体)?"
    r"(?:撰稿人|评论员|評論員|记者|記者|通讯员|通訊員|实习生|實習生|观察员|编辑|編輯|撰稿)"
)
_RUN_TOGETHER = re.compile(
    rf"(?<=[{HAN}])(?<!特约)(?<!见习)(?<!实习)(?=通讯员|通訊員|实习生|實習生)"
)
_SPEECH = re.compile(rf"{_JOB}\s*[:：]")  # whose words follow, not whose name
# Whoever stands behind one of these is a person, whatever the name.
_TRUSTED = re.compile(rf"(?:[{HAN}]{{0,8}}[报報网網社刊台])?{_JOB}")
_WITH_JOB = re.compile(rf"(?P<job>[^\s,，;；、]{{0,14}}?{_JOB}|{_JOB})\s*[:：]?\s*(?P<rest>.*)")


def is_name(text: str) -> bool:
    """Whether text has the form of a person's name."""
    return _NAME.fullmatch(text) is not None


def find_name(text: str) -> str | None:
    """Return the name that a text opens with: two characters where the third is one of a word."""
    match = re.match(_CHINESE, text)
    if match is None:
        return None
    name = match[0]
    at_word = len(name) == 3 and any(
        len(word) > 1 and start == 2 for start, word in _words(text[: len(name) + 4])
    )
    return name[:2] if at_word else name


def _words(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for word in rjieba.cut(text):
        yield at, word
        at += len(word)


def is_job(text: str) -> bool:
    """Whether text is only what stands before a reporter's name, such as 本报记者."""
    return re.fullmatch(_JOB, text) is not None


def ends_in_post(text: str) -> bool:
    """Whether text ends with the word for a post, such as 院长."""
    return _ENDS_IN_POST.search(text) is not None


def read_names(text: str, *, is_marked: bool) -> tuple[Person, ...]:
    """Read a byline: names, with or without 记者 and the like before them.

    Args:
        text: The byline without its mark.
        is_marked: Whether a mark says that it is one: then any two to four characters are a name.

    Returns:
        The people, in order; empty if anything in it is no name.
    """
    people: list[Person] = []
    job: str | None = None
    text = _RUN_TOGETHER.sub(" ", text)
    is_speech = _SPEECH.match(text) is not None
    is_list = is_marked and not any(comma in text for comma in ",，")  # names need no commas
    tokens = [match[0] for match in _TOKEN.finditer(text)]
    if is_name(" ".join(text.split())) and text.isascii():
        return (Person(" ".join(text.split())),)
    letters = ""
    for token in tokens:
        if len(token) == 1 and re.fullmatch(rf"[{HAN}]", token):
            letters += token  # a name of two characters, spread out: 罗 勇
            if len(letters) < 2:
                continue
            token, letters = letters, ""
            if not is_name(token):
                return ()
        elif letters:
            return ()
        has_job = _WITH_JOB.fullmatch(token)
        if has_job:
            job, token = has_job["job"], has_job["rest"]
            if not token:
                continue
        names = _two_names(token) or (token,)
        if not all(map(is_name, names)) and not (
            (is_list or (job and not is_speech and _TRUSTED.fullmatch(job)))
            and _is_unlike_word(token)
        ):
            return ()
        people += [Person(name, job) for name in names]
    return () if letters else tuple(people)


def _is_unlike_word(token: str) -> bool:
    """Whether two or three characters may be a name of a rare form, and are no word."""
    return _SHORT_HAN.fullmatch(token) is not None and not rjieba.has_word(token)


def _two_names(token: str) -> tuple[str, str] | None:
    """Part two names that a wrapped line ran together: 孟凡程砚."""
    if len(token) < 4 or is_name(token):
        return None
    halves = ((token[:at], token[at:]) for at in (2, 3))
    return next((pair for pair in halves if all(map(is_name, pair))), None)


def read_cast(text: str, *, known: Collection[str]) -> tuple[Person, ...]:
    """Read people with their posts out of one printed line.

    Args:
        text: Such as `方晓霞 研究所研究员、博导 刘新智 大学副院长`, `方晓霞(研究员)、…` or
            `研究所研究员方晓霞`.
        known: Names that stand as speakers on the page; they settle what is a name.

    Returns:
        The people with the post as printed, in order; empty if there is no name.
    """
    tokens = list(_TOKEN.finditer(text))
    exact = [match for match in tokens if match[0] in known]
    if not exact:
        exact = [match for match in tokens if is_name(match[0]) and not ends_in_post(match[0])]
    if exact and exact[0] is tokens[0]:
        ends = [match.start() for match in exact[1:]] + [len(text)]
        return tuple(
            Person(
                name[0], text[name.end() : end].strip(" \t,，;；、()（）:：/／|｜—-\u3000") or None
            )
            for name, end in zip(exact, ends, strict=True)
        )
    return tuple(_read_post_first(text, known))


def is_person_line(line: str) -> bool:
    """Whether a printed line is a name, a space and a post: one person of a list."""
    name, *post = line.split(maxsplit=1)
    return bool(post) and is_name(name) and ends_in_post(post[0])


def _read_post_first(text: str, known: Collection[str]) -> Iterator[Person]:
    """Read 大学教授方晓霞、研究院副院长 刘新智: the name ends each part."""
    start = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        for size in (2, 3, 4) if not known else (3, 2, 4):
            name, before = token[-size:], token[:-size]
            before = (text[start : match.start()] + before).strip(" \t,，;；、\u3000")
            if (name in known or is_name(name)) and (ends_in_post(before) or name in known):
                yield Person(name, before or None)
                start = match.end()
                break


def read_alias(label: str) -> tuple[str, str] | None:
    """Part a label that stands for a person: the surname, and the post behind it if there is one.

    That is 方, 方教授, 刘副院长, 刘总. None if it is no such label.
    """
    match = _ALIAS.fullmatch(label)
    return (match["surname"], match["post"] or "") if match else None


def surname_of(name: str) -> str:
    """Return the surname that a name opens with."""
    return next((two for two in _COMPOUND.split("|") if name.startswith(two)), name[:1])


def find_guest(text: str) -> Person | None:
    """Find whom an interview's title or introduction says it is with.

    That is 专访了某大学教授邵启明, or a post and a name that open the line: 副局长沈怀清解读….
    """
    match = _GUEST.search(text) or _NAMED_FIRST.match(text)
    return Person(match["name"], match["role"].strip() or None) if match else None


def find_introduced_person(texts: Iterable[str]) -> Person | None:
    """Find the one person whom texts introduce with a post; None if there are several, or none."""
    people: dict[str, Person] = {}
    for text in texts:
        for match in _INTRODUCED.finditer(text):
            name = match["name"]
            if rjieba.has_word(name[:2]):
                continue  # a post and what its holder does: 负责人解读
            if len(name) == 3 and name[2] in _NOT_IN_NAMES and is_name(name[:2]):
                name = name[:2]
            people.setdefault(name, Person(name, _as_role(match["role"])))
    return next(iter(people.values())) if len(people) == 1 else None


def find_post(name: str, texts: Iterable[str]) -> str | None:
    """Find the post that stands right before a name, where the text first tells who that is."""
    pattern = re.compile(rf"([^\s,，。;；:：!?！？、“”\"]{{2,30}}(?:{_POST})){re.escape(name)}")
    for text in texts:
        match = pattern.search(text)
        if match:
            return _as_role(match[1])
    return None


def _as_role(text: str) -> str:
    """Cut off what leads up to a post: 专访了, 与."""
    return _VERB.sub("", text).lstrip("与和同向找据")


def find_introduced(texts: Iterable[str]) -> frozenset[str]:
    """Find whatever stands right behind a post, at the lengths of a name: 教授孟凡."""
    return frozenset(
        text[match.end() : match.end() + size]
        for text in texts
        for match in _ANY_POST.finditer(text)
        for size in (2, 3, 4)
    )


_NOT_IN_NAMES = "在说是和与及聊谈对就表介认指了的这从也将曾已则等都向把被任等为给让"
_INTRODUCED = re.compile(
    rf"(?P<role>[^\s,，。;；:：!?！？、“”\"]{{0,30}}?(?:{_POST}))(?P<name>{_CHINESE})(?!{_POST})"
)
_ANY_POST = re.compile(_POST)
_VERB = re.compile(r"^.*?(?:专访|采访|对话|访问|请教|邀请|訪問|專訪|採訪|對話)了?到?")
_GUEST = re.compile(
    rf"(?:专访|采访|对话|访问|请教|邀请|專訪|採訪|對話)了?(?:到|了)?\s*"
    rf"(?P<role>[^,，。;；:：!?！？]{{0,40}}?(?:{_POST}))\s*(?P<name>{_CHINESE}|{_TRANSCRIBED})"
    r"(?=[\s,，。;；、)）]|[就谈談进進请請为為介解聊,]|$)"
)
_NAMED_FIRST = re.compile(
    rf"[—–─\-\s]*(?P<role>[^,，。;；:：!?！？]{{2,40}}?(?:{_POST}))\s*(?P<name>{_CHINESE})"
    r"(?=[就谈談解详詳说說答])"
)
