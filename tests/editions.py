"""A town's paper in editions: what an article says tells of which edition it is."""

import re

from qa_bot import Answer

TOWNS = ["青石", "白沙", "云岭", "柳河", "梅山", "石桥"]
_FIGURE = re.compile(r"(\d+)亩")


def edition(number: int) -> dict[str, str]:
    """Return the articles of an edition by file name; in each all figures are its own.

    One town has no article in every third edition, and one says always the same.
    """
    towns = TOWNS if number % 3 else TOWNS[:-1]
    return {f"{town}.md": _article(town, number) for town in towns} | {"湖.md": _LAKE}


def edition_of(text: str) -> set[int]:
    """Return of which editions a text's figures are."""
    return {int(figure) % 1000 for figure in _FIGURE.findall(text)}


def wrong_in(question: str, answer: Answer) -> list[str]:
    """Return what is wrong with an answer while one edition takes the place of another."""
    found = edition_of("".join(quote.text for quote in answer.quotes))
    faults = []
    if len(found) > 1:
        faults.append(f"{question} is answered from {found}")
    if "月湖" in question and "19米" not in "".join(quote.text for quote in answer.quotes):
        faults.append(f"{question} is not answered")
    if not (answer.quotes or answer.stale or answer.passages):
        faults.append(f"{question} finds nothing")
    return faults


def questions() -> list[str]:
    """Return a question for each town, and one whose answer never changes."""
    return [*(f"{town}镇今年新开茶园多少亩?" for town in TOWNS), "月湖的水深是多少?"]


def _article(town: str, number: int) -> str:
    tea = 1000 * (TOWNS.index(town) + 1) + number
    return (
        f"---\ntitle: {town}镇的茶园\nsource: {town}晚报\nkind: interview\n"
        f"speakers:\n  - {{name: 沈碧云, role: {town}茶场场长}}\n---\n"
        f"{town}镇今年新开茶园{tea}亩。春茶由合作社统一收购。\n\n"
        f"**沈碧云:** {town}镇的茶园去年只有{tea - 1000}亩。我们请了三位师傅教炒茶。\n\n"
        f"## {town}的路\n\n{town}镇到县城的公路沿着河走,路边种了两排香樟。\n"
    )


_LAKE = "---\ntitle: 月湖\nsource: 松江晨报\n---\n月湖的水深是19米。湖心有一座石塔。\n"
