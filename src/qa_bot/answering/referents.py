"""A question with pronouns -> the same with what they stand for in the question before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_bot.answering.nouns import phrase_ending
from qa_bot.answering.substitution import DATE, list_people
from qa_bot.index.terms import fold
from qa_bot.patterns import compile_late

_HE = compile_late(
    r"(?<![其吉])[他她](?:们(?:[两二三][人位])?|本人)?(?![人日乡山])"
    r"|[这那该][一两二三]?位(?:专家|学者|教授|嘉宾|作者|老师|研究员|主任)?"
    r"|\b(?:he|she|him|his|her|hers|they|them|their)\b"
)
_SEVERAL = compile_late(r"们|[两二三]|th")
_IT = compile_late(
    r"(?<!其)它们?|(?:^|(?<=[,，]))其(?![他它中次实余一二三])|\b(?:its?|they|them|their)\b"
)
_EXPLETIVE = compile_late(
    r"\b(?:is|was|does|did|will|would|can) it (?:true|possible|necessary|take|mean)\b"
    r"|\bit (?:takes?|took)\b"
)
_THIS = compile_late(
    r"(?:该|上述|[这那](?:一|[两几三四])?[项个些种笔件批类座条款支部份家所])(?P<noun>[一-鿿]{1,6}?)"
    r"(?=[的是在有能对从为主什怎如哪多具何最可应该要会和与]|[,，?？]|$)"
    r"|\b(?:this|that|these|those) (?P<word>[a-z]{3,})"
)
_CLAUSES = compile_late(r"^.*[。！？!?;；]")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question whose pronouns were looked at.

    Attributes:
        text: With what they stand for in their place.
        found: Whether there is any.
        is_whole: Whether all could be placed.
    """

    text: str
    found: bool = False
    is_whole: bool = True


def resolve_pronouns(
    text: str,
    before: str,
    *,
    people: Callable[[], Sequence[str]],
    thing: str,
    has_own_words: Callable[[str], bool],
) -> Resolved:
    """Put what pronouns stand for in their place.

    A pronoun whose noun may stand before it in the same question is left alone.

    Args:
        text: The question.
        before: The question before, complete.
        people: Gives who was last named.
        thing: What was last asked about, '' if that is not known.
        has_own_words: Whether a text says something, words that ask aside.
    """

    def leads_in(end: int) -> bool:
        left = _CLAUSES.sub("", DATE.sub(" ", text[:end]))
        return has_own_words(left)

    found, is_whole = False, True
    folded = fold(text)
    if (match := _HE.search(folded)) and not leads_in(match.start()) and (named := people()):
        several = _SEVERAL.search(match[0])
        name = list_people(named, like=text) if several else named[-1]
        if match[0] == "their" or (match[0] in ("his", "her") and folded[match.end() :][:1] == " "):
            name += "'s"
        text, found = f"{text[: match.start()]}{name}{text[match.end() :]}", True
    elif match and "位" not in match[0] and not leads_in(match.start()):
        found, is_whole = True, False
    folded = fold(text)
    match = _IT.search(folded)
    if match and not _EXPLETIVE.search(folded) and not leads_in(match.start()):
        found = True
        if thing and not match[0].isascii():
            of = "的" if match[0] == "其" else ""
            text = f"{text[: match.start()]}{thing}{of}{text[match.end() :]}"
        else:
            is_whole = False
    if (match := _THIS.search(fold(text))) and not leads_in(match.start()):
        found = True
        noun = match["noun"] or match["word"]
        # Where the noun ends is not known: 企业 of 这些企业分布在哪里.
        ends = range(len(noun), min(1, len(noun) - 1) if match["noun"] else len(noun) - 1, -1)
        phrases = ((end, phrase_ending(before, noun[:end])) for end in ends)
        length, phrase = next((found for found in phrases if found[1]), (0, None))
        if phrase:
            end = match.end() - len(noun) + length
            text = f"{text[: match.start()]}{phrase}{text[end:]}"
        else:
            is_whole = False
    return Resolved(text, found, is_whole)
