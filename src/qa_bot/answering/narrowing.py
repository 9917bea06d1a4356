"""A follow-up question -> the articles that it narrows the conversation to: '只看第二篇'."""

import re
from collections.abc import Callable

from qa_bot.index.names import Kind, Names
from qa_bot.patterns import compile_late
from qa_bot.records import Answer, ArticleRef, Scope
from qa_bot.scope import read_period, read_scope

_ORDINALS = {word: n for n, word in enumerate("一二三四五六七八九十", 1)}
_ORDINALS |= {word: n for n, word in enumerate(("first", "second", "third", "fourth", "fifth"), 1)}
_PIECE = r"(?:文章|报道|访谈|内容|部分|的)*"
_ONLY = compile_late(
    rf"^(?:请|就)?(?:只|仅|光|单)(?:想?[看要问说查找从在限]|关注|考虑"
    rf"|引用)?(?:一下)?(?P<what>.{{1,60}}?)"
    rf"(?:里|中|上)?{_PIECE}(?:就行|即可|就可以|就好|呢|吧)*[?？。！]*$"
    r"|^(?:only|just)\s+(?:show\s+|use\s+|look\s+at\s+)?(?:(?:in|from"
    r"|by)\s+)?(?P<english>.{1,80}?)[?.!]*$",
    re.IGNORECASE,
)
_ORDINAL = compile_late(
    r"第(?P<n>[一二三四五六七八九十]|\d{1,2})[篇个]?(?:文章|报道|访谈)?"
    r"|(?:the )?(?P<word>first|second|third|fourth|fifth|last) (?:article|piece|report|story|text"
    r"|interview)",
    re.IGNORECASE,
)
_IN_PIECE = compile_late(
    r"^(?:那|那么)?(?:在|看)?(?P<what>第(?:[一二三四五六七八九十]|\d{1,2})篇(?:文章|报道"
    r"|访谈)?)(?:里面?|中|上)?(?:的|[,，])?"
    r"|(?:^|\s)(?:what about |how about |and )?(?:in |does )?(?P<english>the (?:first|second"
    r"|third|fourth|fifth) "
    r"(?:article|piece|report|story|text|interview))(?: say| mention)?[,\s]*",
    re.IGNORECASE,
)
_KINDS: tuple[Kind, ...] = ("source", "speaker", "author")
_YEAR = compile_late(r"^(?P<year>(?:19|20)\d\d)(?:年(?:(?P<month>\d{1,2})月份?)?)?$")
_LEFT = compile_late(r"^(?:怎么说|说了?什么|呢|怎么样|如何|是怎么说的|有吗)?[?？。\s]*$")


def find_narrowing(
    said: str,
    known: Names | None,
    shown: Callable[[], Answer | None],
) -> tuple[Scope, str, str] | None:
    """Find out whether a follow-up narrows the conversation to some articles.

    Args:
        said: The follow-up.
        known: The names that the index knows.
        shown: Gives the answer before.

    Returns:
        The scope, how to say it before a question, and what else is asked (mostly nothing).
    """
    if match := _ONLY.search(said):
        what, rest = match["what"] or match["english"], ""
    elif match := _IN_PIECE.search(said):
        what = match["what"] or match["english"]
        rest = f"{said[: match.start()]} {said[match.end() :]}".strip()
        rest = "" if _LEFT.match(rest) else rest
    else:
        return None
    is_english = not re.search(r"[一-鿿]", said)
    found = _scope_of(what.strip().strip("《》“”\"'"), known, shown)
    if found is None:
        return None
    scope, name, is_title = found
    if is_english:
        return scope, f"In “{name}”: " if is_title else f"In {name}: ", rest
    return scope, f"《{name}》中," if is_title else f"{name}的文章里,", rest


def _scope_of(
    what: str, known: Names | None, shown: Callable[[], Answer | None]
) -> tuple[Scope, str, bool] | None:
    """Return the scope of a name, an ordinal or a year, how it is called, and whether by title."""
    if ordinal := _ORDINAL.fullmatch(what):
        article = _nth(_articles(shown()), ordinal["n"] or ordinal["word"].lower())
        return (Scope(articles=(article.id,)), article.title, True) if article else None
    if year := _YEAR.match(what):
        month = year["month"]
        period = read_period(int(year["year"]), int(month) if month else None, None)
        return (Scope(since=period[0], until=period[1]), what, False) if period else None
    if known is None:
        return None
    for kind in _KINDS:
        names = known.exact(kind, what) or known.holding(kind, what)
        if len(names) == 1 and len(what) > 1:
            return read_scope({f"{kind}s": names[0]}), names[0], False
    whole, holding = known.titled(what)
    articles = whole or holding
    if len(articles) == 1:
        return Scope(articles=(articles[0].id,)), articles[0].title, True
    return None


def _articles(answer: Answer | None) -> list[ArticleRef]:
    """Return the articles of an answer, in the order in which they are shown."""
    if answer is None:
        return []
    shown = [quote.article for quote in answer.quotes] + [p.article for p in answer.passages]
    return list({article.id: article for article in shown}.values())


def _nth(articles: list[ArticleRef], ordinal: str) -> ArticleRef | None:
    if ordinal == "last":
        return articles[-1] if articles else None
    number = int(ordinal) if ordinal.isdecimal() else _ORDINALS.get(ordinal, 0)
    return articles[number - 1] if 0 < number <= len(articles) else None
