"""What the page says of its articles as a whole: paper, date, kind, and who is who."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa_bot.pages.borders import Draft
from qa_bot.pages.dates import find_date, find_paper
from qa_bot.pages.items import Item
from qa_bot.pages.lines import join
from qa_bot.pages.names import find_guest, find_introduced_person, find_post
from qa_bot.pages.signatures import ending_people, is_signed_note, note_people, read_dateline
from qa_bot.pages.speakers import ANSWERERS, QUESTIONERS, is_medium
from qa_bot.records import Person

_EXPLAINS = re.compile(r"解读|解讀|问答|問答|一图读懂|看懂|是什么|怎么办|指南")
_COMMENTS = re.compile(r"评论员|評論員|撰稿|观察员")
_REPORTER = re.compile(r"(?:本[报刊網网]|\S{2,10}[报報网]\S?)?(?:首席|特约)?(?:记者|記者)")
_REPORTS = re.compile(r"记者|記者|通讯员|通訊員")


def page_facts(items: Iterable[Item]) -> tuple[str | None, str | None]:
    """Find the paper and the date that the page's running heads, or its people's posts, give.

    Returns:
        The paper's name and the date as `YYYY-MM-DD`, each None if the page does not say it.
    """
    paper = date = None
    posts: list[str] = []
    for item in items:
        if item.reason == "header":
            paper = paper or find_paper(item.block.spaced)
            date = date or find_date(item.block.spaced)
        elif item.kind in ("cast", "byline"):
            posts += [person.role for person in item.people if person.role]
        elif item.label and is_medium(item.label):
            posts.append(item.label)
    return paper or next(filter(None, map(find_paper, posts)), None), date


def find_people(
    draft: Draft, *, is_space_wrapped: bool
) -> tuple[tuple[Person, ...], tuple[Person, ...], frozenset[str]]:
    """Say who wrote an article and who speaks in it.

    Returns:
        Authors with their posts, speakers with theirs, and the names of those who ask.
    """
    cast = [
        (replace(person, role=_whole(person.role, is_space_wrapped)), item.is_host)
        for item in draft.others
        if item.kind == "cast"
        for person in item.people
    ]
    hosts = [person for person, is_host in cast if is_host or _asks(person)]
    speakers = [person for person, _ in cast]
    labelled = [item for item in draft.body if item.label]
    told = [item.text for item in (*draft.titles, *draft.body) if item.label is None]
    known = {person.name for person in speakers}
    for item in labelled:
        name = item.label or ""
        is_person = not (name in QUESTIONERS or name in ANSWERERS or is_medium(name))
        if is_person and name not in known and len(name) > 1 and not cast:
            known.add(name)
            speakers.append(Person(name, item.role))
    if not [person for person in speakers if person not in hosts] and any(
        item.label in ANSWERERS for item in labelled
    ):
        guest = next(filter(None, map(find_guest, told)), None) or find_introduced_person(told)
        speakers += [guest] if guest else []
    speakers = [
        person if person.role else replace(person, role=find_post(person.name, told))
        for person in speakers
    ]
    authors = _authors(draft, hosts)
    return authors, tuple(speakers), frozenset(person.name for person in hosts)


def _asks(person: Person) -> bool:
    """Whether the post of somebody in a cast says that they ask: 本报记者."""
    return person.role is not None and _REPORTER.fullmatch(person.role) is not None


def _authors(draft: Draft, hosts: Sequence[Person]) -> tuple[Person, ...]:
    people = [person for item in draft.head for person in item.people]
    if not people:
        for item in draft.body:
            report = read_dateline(item.text) if item.is_report else None
            people += report[1] if report else ()
            signed = ending_people(item.text)
            people += signed[1] if signed and not people else ()
    posts = [
        person for item in draft.others if item.kind == "note" for person in note_people(item.text)
    ]
    if not people:
        people = [person for person in posts if person.name] or list(hosts)
    unnamed = [person.role for person in posts if not person.name]
    by_name = {person.name: person.role for person in posts}
    authors: dict[str, Person] = {}
    for number, person in enumerate(people):
        role = by_name.get(person.name)
        if role is None and len(unnamed) == len(people):
            role = unnamed[number]
        authors.setdefault(person.name, Person(person.name, role or person.role))
    return tuple(authors.values())


def _whole(role: str | None, is_space_wrapped: bool) -> str | None:
    return join([role], is_space_wrapped=is_space_wrapped) if role else None


def find_kind(draft: Draft, speakers: Sequence[Person]) -> str | None:
    """Say what kind of article it is, by its form; None if that does not show it."""
    labels = {item.label for item in draft.body if item.label}
    title = "".join(item.text for item in draft.titles)
    if len(labels) > 1 or any(item.kind == "cast" for item in draft.others):
        is_faq = not speakers and labels <= (QUESTIONERS | ANSWERERS)
        return "explainer" if is_faq and _EXPLAINS.search(title) else "interview"
    roles = " ".join(person.role or person.name for item in draft.head for person in item.people)
    if any(is_signed_note(item.text) for item in draft.others if item.kind == "note"):
        return "opinion"
    if _COMMENTS.search(roles):
        return "opinion"
    is_signed = any(ending_people(item.text) for item in draft.body[-1:])
    if is_signed or any(item.is_report for item in draft.body) or _REPORTS.search(roles):
        return "explainer" if _EXPLAINS.search(title) else "news"
    return "explainer" if _EXPLAINS.search(title) else None
