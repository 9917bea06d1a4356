"""'The second point' in a follow-up -> how that point begins in the answer before."""

from collections.abc import Callable

from qa_bot.answering.enumeration import find_enumerations
from qa_bot.patterns import compile_late
from qa_bot.records import Answer

_ORDINALS = "一二三四五六七八九十"
_POINT = compile_late(
    rf"第(?P<n>[{_ORDINALS}]|[1-9])(?:[点条项步]|个)(?:建议|意见|措施|举措|观点|办法|方面|任务|行动)?"
)
_MARK = compile_late(
    rf"^(?:[{_ORDINALS}](?:是|要(?=[^素]))|其[{_ORDINALS}][,，]?|第[{_ORDINALS}][,，、]?|[(（]?[{_ORDINALS}\d]+[)）.、]"
    r"|首先[,，]?|其次[,，]?|再次[,，]?|最后[,，]?)\s*"
)
_CLAUSE = compile_late(r"[^。；;:：！？,，]{2,40}")


def find_point(said: str, shown: Callable[[], Answer | None]) -> tuple[str, str | None, str] | None:
    """Find the point that a follow-up speaks of by its number.

    Args:
        said: The follow-up.
        shown: Gives the answer before.

    Returns:
        The point's first words in quotation marks, who says it, and the rest of the follow-up; None
        if no number is named, or the answer has no such point.
    """
    match = _POINT.match(said)
    answer = shown() if match else None
    if match is None or answer is None:
        return None
    texts = [quote.text for quote in answer.quotes]
    lists = find_enumerations(texts, range(len(texts)))
    points = lists[0].points if lists else range(len(texts))
    number = _ORDINALS.find(match["n"]) + 1 or int(match["n"])
    if number > len(points):
        return None
    quote = answer.quotes[points[number - 1]]
    clause = _CLAUSE.search(_MARK.sub("", quote.text))
    if clause is None:
        return None
    speaker = quote.speaker.name if quote.speaker else None
    return f"“{clause[0]}”", speaker, said[match.end() :]
