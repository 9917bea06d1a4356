"""A question -> the people of the corpus that it names, and whose words it asks for."""

from collections.abc import Iterator, Sequence
from itertools import islice

from qa_bot.corpus import is_host
from qa_bot.index.name_tables import NameTables, key_of
from qa_bot.index.rows import StoredArticle
from qa_bot.index.terms import fold
from qa_bot.patterns import compile_late

# Labels of an interview that are nobody's name.
_LABELS = frozenset({"记者", "主持人", "编者"})
_KEPT = 65_536  # beginnings whose names stay in memory
_SEARCHED = 300  # characters of a question in which posts are looked for
_POSTS = 8
_SHORT = 5  # characters of a unit's short form
_NEAR = 24  # characters in which what 'the host' says follows
_POST = (
    r"(?:副?(?:教授|研究员|主任|院长|所长|校长|书记|部长|厅长|局长|处长|科长|司长|庭长|市长|区长"
    r"|县长|镇长|村长"
    r"|会长|理事长|董事长|总经理|经理|秘书长|主席|主编|社长|总编辑?|总裁|总监|总工程师|工程师)"
    r"|博士|院士|律师|法官"
    r"|检察官|医生|老师|先生|女士|记者|总(?=怎|如何|认为|[对就]|的[看观建意]))"
)
_SURNAMED = compile_late(rf"(?P<name>[一-鿿]{{1,2}})(?P<post>{_POST})")
_POSTED = compile_late(
    rf"(?P<unit>[一-鿿]{{3,16}}?)的?(?:[这那一]?位)?(?P<post>{_POST}|专家|学者|嘉宾|负责人)"
)
_ADDRESSED = compile_late(
    r"\b(?:Prof(?:essor)?|Dr|Mrs?|Ms|Miss|Sir|Dean|President|Director|Minister)\b\.?\s+"
    r"(?P<name>[A-Z][\w-]+)"
)
_CAPITALISED = compile_late(r"\b[A-Z][\w-]{3,}")
_BEFORE_UNIT = "对在据问请向由和与跟及那位名,，、。!！?？"

# '<name> thinks / proposes': only what that person says can answer.
_SAYS = compile_late(
    r"[^，。！？,!?;；]{0,30}?(?:(?:怎[么样]|如何)[看想]|何看|看[法待好重来]|(?:认|以)为|觉得"
    r"|观点|见解"
    r"|意见|建议|主张"
    r"|提[出到及]|指出|强调|谈[到及论]?|怎么[说讲]|说(?!明|法|唱)|讲[了到述]|表[示态]|呼吁"
    r"|介绍(?!信)|解释|分析|评[价论]|点评"
    r"|态度|立场|想法|思路|对策|回[应答]|反驳|论述|阐[述释]|概括|总结|担[心忧]|期待|希望|反对"
    r"|支持哪|批评"
    r"|关[心注]|看重|侧重|主意|的说法|各[自有点是]|推荐|警告|预[测计言]|提?问了?(?:什么|哪|几个)|问的|发言|要点|[列]?举[了出]|共识|分歧|给出)"
    r"|['’]s? (?:(?:main|own|key) )?(?:view|opinion|advice|suggestion|proposal|recommendation"
    r"|position|stance|take|idea|argument|criticism|answer|assessment|point|thought)"
    r"|[^,.?!]{0,20}\b(?:think|thought|say|said|suggest|propose|recommend|argue|advise|believe"
    r"|claim|call for|explain|mention|warn|view|stress|emphasi[sz]e|criticis|criticiz|want|urge"
    r"|assess|evaluate|judge|agree|disagree"
    r"|point(?:s|ed)? out)"
)
_ACCORDING_TO = compile_late(
    r"(?:\baccording to|\b(?:view|opinion|word|advice|suggestion|proposal|idea|recommendation)s?"
    r" (?:of|from|by))(?: (?:the|both))?\s*$"
)
# Who is weighed up by somebody else is not who speaks.
_WEIGHS = compile_late(r"评[价论]|看待|怎[么样]看|如何看|回应|反驳|赞同|同意|批评|反对")
_COUNTED = r"(?:[这那两二三四五六七八九十几各多每]|\d)\s?[位名个](?:受访|与会|来自)?"
_ROLES = {
    "host": compile_late(
        r"主持人|(?<![一-鿿]日报)(?:记者|采访者|提问者)(?![站会节协招采专时])"
        r"|\b(?:hosts?|moderator|interviewer|reporter)\b"
    ),
    "guest": compile_late(
        rf"嘉宾们?|受访(?:者|专家|学者|人)们?|{_COUNTED}(?:专家|学者|教授|人士|代表)|(?:专家"
        rf"|学者)们"
        r"|\b(?:guests?|interviewees?|panell?ists?"
        r"|(?:the|both|two|three|these) (?:experts?|speakers?|scholars?|professors?))\b"
    ),
    "author": compile_late(r"作者|笔者|\b(?:author|writer|columnist)s?\b"),
}
_SOMEBODY = compile_late(
    r"专家|学者|业内人士|文章|本文|文中|报道|\b(?:experts|the (?:article|paper|report))\b"
)
_SEVERAL = compile_late(
    rf"{_COUNTED}(?:专家|嘉宾|学者|教授|受访者|人士|人(?=怎|如何|的?看|的?观|各|分|对))"
    r"|(?:嘉宾|专家|学者|受访者)们"
    r"|\b(?:guests|interviewees|panell?ists|experts|speakers|scholars|both sides)\b"
)
_APART = compile_late(
    r"各有|各自|分别|有何不同|不同的?(?:看法|观点|意见|主张|建议|见解|思路)|(?:看法|观点|意见"
    r"|主张|建议|思路)上?有"
    r"(?:什么|哪些|何)?(?:不同|区别|差[异别]|分歧|异同)|分歧|异同|\b(?:compare|differ|disagree"
    r"|agree)"
)
_OPINION = compile_late(
    r"怎[么样]看|如何看|看法|认为|观点|见解|意见|建议|主张|思路|\b(?:views?|opinions?|advice)"
)
_VIEW = compile_late(
    r"怎[么样]看|如何看|看[法待]|认为|观点|见解|意见|建议|主张|提[出到]|思路|态度|怎么说|共识|分歧"
    r"|谈[到了]|[说讲]了|强调|指出|一致|关[心注]|看重|侧重|主意|说法"
    r"|\b(?:think|say|said|suggest|propose|recommend|argue|advise|views?|opinions?|advice"
    r"|differ|disagree|agree)"
)


class People:
    """Everybody who speaks or writes in the corpus, found in a question by their names."""

    def __init__(self, names: NameTables) -> None:
        self._names = names
        self._starting: dict[str, list[tuple[str, str]]] = {}

    def is_speaker(self, name: str) -> bool:
        """Whether somebody of this name speaks; a paper that asks questions is nobody."""
        key = key_of(name)
        return (
            len(name) > 1
            and name not in _LABELS
            and name in self._names.exact("speaker", key)
            and name not in self._names.exact("source", key)
        )

    def named_in(self, text: str) -> tuple[str, ...]:
        """Return the names that stand in a text, in its order; of names in a name, the longest."""
        return tuple(dict.fromkeys(name for _, _, name in self._places(text)))

    def with_names_as_known(self, text: str, *, near: Sequence[str] = ()) -> str:
        """Return the text with its people named as the corpus does: 張三 and 张教授 become 张三.

        Args:
            text: The question, its width folded.
            near: Names of those that the conversation is about: who is meant if several could be.
        """
        places = list(self._places(text))
        taken = [(start, end) for start, end, _ in places]
        searched = text[:_SEARCHED]
        for start, end, name in (
            *self._surnamed(searched, near),
            *self._posted(searched, near),
            *self._addressed(searched, near),
        ):
            if all(end <= other_start or other_end <= start for other_start, other_end in taken):
                places.append((start, end, name))
                taken.append((start, end))
        for start, end, name in sorted(places, reverse=True):
            text = f"{text[:start]}{name}{text[end:]}"
        return text

    def _places(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and name of those that stand in the text in full."""
        folded = fold(text)
        if len(folded) != len(text):  # some character became several
            folded = text
        at = 0
        for start in range(len(folded)):
            if start < at:
                continue
            for key, name in self._that_start(folded[start : start + 2]):
                end = start + len(key)
                if not folded.startswith(key, start):
                    continue
                if name.isascii() and (text[start:end] != name or _is_in_word(text, start, end)):
                    continue  # 'may' is not May
                yield start, end, name
                at = end
                break

    def _surnamed(self, text: str, near: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        for match in islice(_SURNAMED.finditer(text), _POSTS):
            for length in range(len(match["name"]), 0, -1):  # of a double surname, both
                surname = fold(match["name"][-length:])
                named = [
                    name
                    for key, name in self._names.starting("person", surname)
                    if len(key) <= length + 2 and key != surname and self._is_person(name)
                ]
                if name := self._only(named, match["post"], near):
                    yield match.end("name") - length, match.end(), name
                    break

    def _posted(self, text: str, near: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Yield who holds a post at a unit, if their words are asked for: 西南大学的教授认为."""
        for match in islice(_POSTED.finditer(text), _POSTS):
            if not _SAYS.match(fold(text[match.end() :])):
                continue
            for start in range(match.start("unit"), match.end("unit") - 2):
                if start and text[start - 1] not in _BEFORE_UNIT:
                    continue
                unit = text[start : match.end("unit")]
                named = list(
                    dict.fromkeys(
                        name
                        for name, post in self._names.posts_holding(
                            unit, spread=len(unit) <= _SHORT
                        )
                        if _opens_part(unit, post) or _abbreviates(unit, post)
                    )
                )
                general = match["post"] in ("专家", "学者", "嘉宾", "负责人")
                if not general:
                    named = self._holders(named, match["post"])
                if name := self._only(named, match["post"], near):
                    yield start, match.end(), name
                    break

    def _addressed(self, text: str, near: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        for match in (*_ADDRESSED.finditer(text), *_CAPITALISED.finditer(text)):
            is_addressed = match.lastgroup == "name"
            last = match["name"] if is_addressed else match[0]
            named = [name for name in self._names.exact("last", last) if self._is_person(name)]
            asked = is_addressed or _asks_for_words(text, match.start(), match.end())
            if asked and (name := self._only(named, "", near)):
                yield match.start(), match.end(), name

    def _that_start(self, start: str) -> list[tuple[str, str]]:
        """Return keys and names of the people whose key starts so, the longest first."""
        found = self._starting.get(start)
        if found is None:
            if len(start) > 1:
                found = self._names.starting("person", start)
            else:  # the end of the text: no longer name fits in
                found = [(start, name) for name in self._names.exact("person", start)]
            found = [(key, name) for key, name in found if self._is_person(name)]
            if len(self._starting) >= _KEPT:
                self._starting = {}
            self._starting[start] = found
        return found

    def _is_person(self, name: str) -> bool:
        return name not in _LABELS or name in self._names.exact("author", key_of(name))

    def _holders(self, names: Sequence[str], post: str) -> list[str]:
        return self._names.holders(names, post.removeprefix("副"))

    def _only(self, names: Sequence[str], post: str, near: Sequence[str]) -> str | None:
        """Return the one who is meant, if that is sure."""
        if len(names) > 1 and post:
            names = self._holders(names, post) or names
        if len(names) > 1:
            names = [name for name in names if name in near]
        return names[0] if len(names) == 1 else None


def asked_for_words(text: str, people: Sequence[str]) -> tuple[str, ...]:
    """Return those of the people named in a text whose words it asks for."""
    asked: list[str] = []
    end = 0
    for name in people:
        start = text.find(name)
        if start < 0 or not _asks_for_words(text, start, start + len(name)):
            continue
        if asked and end <= start and _WEIGHS.search(text[end:start]):
            continue
        asked.append(name)
        end = start + len(name)
    return tuple(asked)


def asked_for_part(text: str) -> str | None:
    """Return whose words a text asks for, if it says so by their part: 'the guests think'."""
    folded = fold(text)
    return next(
        (
            part
            for part, pattern in _ROLES.items()
            for match in pattern.finditer(folded)
            if _asks_for_words(folded, *match.span())
            or (part == "guest" and is_asked_of_each(folded))
        ),
        None,
    )


def is_asked_of_somebody(text: str) -> bool:
    """Whether a text asks for a view, whoever's it is."""
    return bool(_VIEW.search(fold(text)))


def asks_for_a_view(text: str) -> bool:
    """Whether a text asks for what somebody says who cannot be told: 'experts', 'the article'."""
    return any(_asks_for_words(text, *match.span()) for match in _SOMEBODY.finditer(text))


def is_said_as(part: str, speaker: str | None, article: StoredArticle) -> bool:
    """Whether what somebody says in an article is the host's, a guest's or its author's words."""
    if speaker is None:
        return part == "author" and bool(article.authors)
    return part == ("host" if is_host(speaker, article.speakers) else "guest")


def is_asked_of_each(text: str) -> bool:
    """Whether a text that names nobody asks for the views of several people, side by side."""
    folded = fold(text)
    if not _VIEW.search(folded):
        return False
    return bool(_SEVERAL.search(folded) or (_APART.search(folded) and _OPINION.search(folded)))


def _asks_for_words(text: str, start: int, end: int, *, within: int = 100) -> bool:
    return bool(
        _SAYS.match(fold(text[end : end + within]))
        or _ACCORDING_TO.search(text[max(0, start - 60) : start].lower())
    )


def _opens_part(unit: str, post: str) -> bool:
    """Whether a unit opens one of the posts in a line of posts."""
    at = post.find(unit)
    return at == 0 or (at > 0 and post[at - 1] in " ,，、;；")


def _abbreviates(unit: str, post: str) -> bool:
    """Whether a unit is a short form of what a post opens with: 社科院 of 南屏市社会科学院."""
    end = post.find(unit[-1]) + 1
    letters = iter(post[:end])
    return len(unit) <= _SHORT and end > 0 and all(letter in letters for letter in unit)


def _is_in_word(text: str, start: int, end: int) -> bool:
    return (start > 0 and _is_latin(text[start - 1])) or (end < len(text) and _is_latin(text[end]))


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
