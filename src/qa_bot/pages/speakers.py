"""Blocks' openings -> who speaks: which labels before a colon stand for speakers."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import rjieba

from qa_bot.pages.dates import PAPER
from qa_bot.pages.lines import HAN, is_closed
from qa_bot.pages.names import find_introduced, is_name, read_alias, read_cast, surname_of
from qa_bot.records import Person

QUESTIONERS = frozenset(
    {
        "记者",
        "問",
        "问",
        "主持人",
        "主持",
        "Q",
        "本报记者",
        "本报",
        "采访者",
        "提问",
        "編者",
        "編輯",
    }
    | {"記者", "主持人", "本報", "本報記者", "编辑", "Moderator", "Reporter", "Question", "Host"}
)
ANSWERERS = frozenset({"答", "A", "受访者", "回答", "嘉宾", "Answer", "受訪者", "嘉賓"})
_LABEL = re.compile(
    r"(?:\*\*|__)?(?P<name>[^\W\d_][^\s*:：,，。;；!?！？、\"“”()（）《》【】]{0,13}"
    r"|[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){1,3}|[QA])"
    r"\s?(?:[(（](?P<role>[^()（）]{2,40})[)）])?(?:\*\*|__)?\s?[:：](?:\*\*|__)?\s*"
)
_BARE = re.compile(
    r"[【\[]?(?P<name>[^\W\d_][^\s*:：,，。;；!?！？、\"“”()（）《》【】\[\]]{0,9})[】\]]?"
    r"(?:[(（](?P<role>[^()（）]{2,40})[)）])?(?:\s+|$|(?<=[】\]]))"
)
_MEDIUM = re.compile(
    rf"{PAPER}|[^\W\d_]{{2,10}}(?:[报報]|周刊|月刊|杂志|传媒|客户端|电视台|通讯社|网)"
)
_HOST = r"主\s?持\s?人|主持|采访人|采访记者|採訪人|對話人|[Mm]oderator|[Hh]ost"
_CAST = re.compile(
    rf"(?P<label>(?P<host>{_HOST})|[{HAN}]{{0,4}}(?:嘉\s?宾|嘉\s?賓|专家|專家)"
    r"|受访者|受访人|受訪者|采访对象|对话人|与谈人|點評人|点评人|發言人|发言人|[Gg]uests?|[Ss]peakers?)"
    r"(?P<gap>\s?[:：]\s*|\s+|$)(?P<people>.*)"
)


@dataclass(frozen=True, slots=True)
class Cast:
    """A line that says who takes part in an interview."""

    is_host: bool
    people: str


def read_label(text: str) -> tuple[str, str | None, int] | None:
    """Read what may be a speaker's label.

    Returns:
        Its name, the post in brackets behind it, and its length with the colon; None if the
        text does not open with one.
    """
    match = _LABEL.match(text)
    return (match["name"], match["role"], match.end()) if match else None


def opens_speech(line: str) -> bool:
    """Whether a printed line opens with what is surely a speaker's label."""
    label = read_label(line)
    return label is not None and (
        is_name(label[0])
        or label[0] in QUESTIONERS | ANSWERERS
        or _MEDIUM.fullmatch(label[0]) is not None
    )


def split_cast(text: str) -> Cast | None:
    """Read `主持人: 朱涛 某报记者`; None if the text is no such line.

    `主持人:欢迎各位。` is speech: what follows the colon is no name.
    """
    match = _CAST.fullmatch(text)
    if match is None or len(text) > 300 or (match["people"] and is_closed(match["people"])):
        return None
    people = match["people"]
    if people and not read_cast(people, known=()):
        return None
    if not match["gap"].strip() and not (
        is_name(people.split()[0]) if people else not match["host"]
    ):
        return None  # without a colon, a name must follow, or the guests on lines of their own
    return Cast(match["host"] is not None, people)


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands for speakers on a page.

    Attributes:
        names: Every label, without colon.
        bare: Those that stand without a colon: in brackets, before a space or on their own line.
    """

    names: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()

    def read(self, text: str) -> tuple[str, str | None, int] | None:
        """Read the label that a block opens with; see `read_label`."""
        label = read_label(text)
        if label and label[0] in self.names:
            return label
        match = _BARE.match(text) if self.bare else None
        return (
            (match["name"], match["role"], match.end())
            if match and match["name"] in self.bare
            else None
        )


def find_labels(
    texts: Sequence[str], cast: Collection[Person], words: Collection[str] = ()
) -> Labels:
    """Find the labels that stand for speakers on this page.

    A label is believed if a cast line names the person, if it is one of the trade's, or if it is
    a name or a paper and opens several paragraphs or is introduced with a post; and only if at
    least two parties talk. One without a colon must open several paragraphs.

    Args:
        texts: Those of all blocks.
        cast: People named in cast lines.
        words: What stands in cast lines: a label among them is a name, whatever its form.
    """
    labels = [label for text in texts if (label := read_label(text[:80]))]
    names = _believed(labels, texts, cast, words)
    if names and len(names | {person.name for person in cast}) > 1:
        return Labels(names)
    matches = [match for text in texts if (match := _BARE.match(text[:80]))]
    bare = [(match["name"], match["role"], match.end()) for match in matches]
    counts = Counter(name for name, _, _ in bare)
    names = frozenset(name for name in _believed(bare, texts, cast, words) if counts[name] > 1)
    return Labels(names, names) if len(names) > 1 else Labels()


def _believed(
    labels: Sequence[tuple[str, str | None, int]],
    texts: Sequence[str],
    cast: Collection[Person],
    words: Collection[str],
) -> frozenset[str]:
    counts = Counter(name for name, _, _ in labels)
    with_role = {name for name, role, _ in labels if role}
    introduced = find_introduced(texts)
    names = {person.name for person in cast} | counts.keys() & words
    names |= {
        name
        for name, count in counts.items()
        if is_name(name)
        and (
            name in with_role
            or (count > 1 and not (len(name) == 2 and rjieba.has_word(name)))
            or name in introduced  # as one who speaks but once is
        )
    }
    surnames = {surname_of(name) for name in names}
    return frozenset(
        name
        for name in counts
        if name in names
        or name in QUESTIONERS
        or name in ANSWERERS
        or _MEDIUM.fullmatch(name)
        or ((alias := read_alias(name)) and alias[0] in surnames)
    )


def labels_inside(text: str, labels: Collection[str]) -> Iterable[int]:
    """Yield where a further speaker starts inside a block: after a sentence's end, or a full name.

    Args:
        text: A block's text.
        labels: The page's speakers.
    """
    for match in _INNER.finditer(text):
        if match["name"] in labels and match.start() > 0:
            yield match.start("name")


_INNER = re.compile(r"(?<=[。？！?!…”\"])\s*(?P<name>[^\W\d_]{1,8})\s?[:：]")


def resolve(label: str, speakers: Collection[Person], *, hosts: Collection[str]) -> str:
    """Return the name that a label stands for, or the label itself where that is not certain.

    Args:
        label: As printed.
        speakers: The people of this interview.
        hosts: Names of those who ask.
    """
    names = [person.name for person in speakers]
    if label in names:
        return label
    guests = [name for name in names if name not in hosts]
    if label in ANSWERERS and len(guests) == 1:
        return guests[0]
    if label in ("主持人", "主持", "Moderator", "Host") and len(hosts) == 1:
        return next(iter(hosts))
    alias = read_alias(label)
    people = [person for person in speakers if alias and surname_of(person.name) == alias[0]]
    if alias and alias[1] and len(people) > 1:
        people = [person for person in people if alias[1] in (person.role or "")]
    return people[0].name if len(people) == 1 else label


def is_medium(label: str) -> bool:
    """Whether a label has the form of a paper's name: 重庆日报."""
    return _MEDIUM.fullmatch(label) is not None
