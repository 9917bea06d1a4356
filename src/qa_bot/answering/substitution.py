"""A question and a new value -> the question with it in the place of the old value of its kind."""

import re
from collections.abc import Sequence

from qa_bot.answering.nouns import (
    FUNCTION_WORD,
    MARKED,
    NOUNS,
    PLACES,
    is_chinese,
    only_place,
    place_in,
    words_of,
)
from qa_bot.patterns import compile_late

DATE = compile_late(
    r"(?:\d{4}|[〇零一二三四五六七八九]{4})年(?:度|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月"
    r"(?:份|\d{1,2}[日号])?)?(?:[初底末]|上半年|下半年)?"
    r"|[今去前明后]年|第?[一二三四上]季度|[上下]半年|\d{1,2}月份?(?:\d{1,2}[日号])?"
    r"|\b(?:1[89]|20)\d\d\b"
)
_AND = r"(?:[、,，和与跟及]|以及| and )"
_EACH = compile_late(r"分别|各自|各(?=有|怎|如)")
_END = compile_late(r"[?？。.!！]+$")
_ASKS_HOW = compile_late(r"怎|如何|为什么|应|该|哪|有哪|要")
_TOPIC = compile_late(
    r"(?:对于?|关于|就)(?P<topic>[^,，?？]{1,30}?)(?=(?:问题|方面)?(?:有[什何哪]|怎|如何"
    r"|的(?:看法|观点|建议|意见"
    r"|态度)|提出|是怎|是什么(?:看法|态度))|[,，])"
    r"|在(?P<other>[^,，?？]{1,30}?)(?=方面|问题上|上[,，有提])"
)
_TOPIC_ABOUT = compile_late(
    r"\b(?:about|on|towards?|regarding) (?P<topic>[\w' -]+?)(?= in \d|[?.]*$)"
)
_LATIN_WORD = compile_late(r"[\w'’-]+")
_LATIN_NAME = compile_late(r"(?<=\s)[A-Z][\w-]+(?: [A-Z][\w-]+)*")
# What may stand in the middle of words that are replaced as one: 初创期的企业.
_WITHIN = NOUNS | PLACES | {"d", "f", "m", "uj"}


def without_end(text: str) -> str:
    """Return a question without its question mark."""
    return _END.sub("", text)


def join_questions(first: str, second: str) -> str:
    """Return two questions, one after the other."""
    stem = without_end(first)
    return f"{stem}?{second}" if is_chinese(stem[-1:]) else f"{stem}? {second}"


def list_people(people: Sequence[str], *, like: str) -> str:
    """Return names in one phrase, in the language of a text."""
    return ("和" if is_chinese(like) else " and ").join(people)


def ask_of_others(question: str, earlier: Sequence[str], named: Sequence[str]) -> str:
    """Ask a question of other people.

    Args:
        question: The question.
        earlier: The people in it.
        named: The people who take their place.
    """
    new = list_people(named, like=question)
    if not earlier:
        if not is_chinese(question):
            return f"What does {new} say: {question}"
        if _ASKS_HOW.match(question):
            return f"{new}认为{question}"
        return f"关于{without_end(question)},{new}怎么看?"
    start = question.find(earlier[0])
    group = rf"{re.escape(earlier[0])}(?:{_AND}(?:{'|'.join(map(re.escape, earlier))}))*"
    asked = re.sub(group, lambda _: new, question)
    if start >= 0 and len(named) == 1 and len(earlier) > 1:
        asked = _EACH.sub("", asked)
    return asked


def with_date(question: str, date: str) -> str:
    """Ask a question of another time."""
    if DATE.search(question):
        return DATE.sub(date, question, count=1)
    if is_chinese(question):
        return f"{date}{question}"
    return f"{without_end(question)} in {date}?"


def with_place(question: str, value: str) -> str | None:
    """Ask a question of another place, if the value is nothing but one."""
    place = only_place(value)
    if place is None:
        return None
    if old := place_in(question):
        return f"{question[: old[0]]}{place}{question[old[1] :]}"
    return f"{place}{question}" if is_chinese(question) else None


def with_topic(question: str, value: str) -> str | None:
    """Ask of another topic, if the question names its topic by 对, 关于, about, on."""
    topic = (_TOPIC if is_chinese(question) else _TOPIC_ABOUT).search(question)
    if topic is None or is_chinese(question) != is_chinese(value):
        return None
    start, end = topic.span(topic.lastgroup or 0)
    return f"{question[:start]}{value}{question[end:]}"


def with_marked(question: str, value: str) -> str | None:
    """Replace the phrase in quotation marks of a question by another one in such marks."""
    old = MARKED.search(question)
    if old is None or not MARKED.fullmatch(value):
        return None
    return f"{question[: old.start()]}{value}{question[old.end() :]}"


def with_alike(question: str, value: str) -> str | None:
    """Replace the words of a question that end as a value does: 初创期 by 成熟期.

    Returns:
        None if there are none, or the value is in the question already.
    """
    if value in question:
        return None
    return _alike_in_chinese(question, value) if is_chinese(value) else _alike(question, value)


def _alike_in_chinese(question: str, value: str) -> str | None:
    words = list(words_of(question))
    best = (0, 0, 0)  # characters in common, start, end
    for index, (start, word, _) in enumerate(words):
        end = start + len(word)
        common = 0
        while common < min(len(value), end) and question[end - 1 - common] == value[-1 - common]:
            common += 1
        if common <= best[0]:
            continue
        first = index
        while first and (words[first - 1][2] in _WITHIN or words[first - 1][1] in "”》"):
            first = _before_marks(words, first)
            wider = words[first][0]
            is_held = end - start >= common
            if is_held and abs(end - wider - len(value)) > abs(end - start - len(value)):
                break
            start = wider
        best = common, start + (question[start] == "的"), end
    common, start, end = best
    return f"{question[:start]}{value}{question[end:]}" if common else None


def _before_marks(words: Sequence[tuple[int, str, str]], first: int) -> int:
    """Return the word before this one, or the mark that opens the phrase in marks before it."""
    opening = {"”": "“", "》": "《"}.get(words[first - 1][1])
    marked = [i for i in range(first - 1) if words[i][1] == opening]
    return marked[-1] if marked else first - 1


def _alike(question: str, value: str) -> str | None:
    """The same for a script that is written in words: 'large firms' for 'small firms'."""
    words = list(_LATIN_WORD.finditer(question))
    new = _LATIN_WORD.findall(value)
    for index, word in enumerate(words if len(new) > 1 else ()):
        if word[0].lower().removesuffix("s") != new[-1].lower().removesuffix("s"):
            continue
        first = max(0, index + 1 - len(new))
        while first < index and FUNCTION_WORD.match(words[first][0].lower()):
            first += 1
        return f"{question[: words[first].start()]}{value}{question[word.end() :]}"
    names = list(_LATIN_NAME.finditer(question))
    if value[:1].isupper() and len(names) == 1:
        return f"{question[: names[0].start()]}{value}{question[names[0].end() :]}"
    return None
