"""A clean article -> printed elements in the styles that its page draws, and its truth."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from page_articles import CleanArticle, CleanParagraph
from page_scores import TrueArticle, TrueSentence, letters
from page_styles import (
    BYLINES,
    BYLINES_BY_KIND,
    FOOTNOTES,
    LABELS,
    LABELS_BY_LEVEL,
    NUMBERS,
    SECTIONS,
    SECTIONS_BY_LEVEL,
    TITLES,
    TITLES_BY_LEVEL,
    WRAPS_BY_LEVEL,
    Byline,
    Labels,
    Level,
)
from qa_bot.sentences import split_sentences

Kind = Literal["title", "byline", "cast", "heading", "paragraph", "note", "caption", "junk"]


@dataclass(slots=True)
class Element:
    """Something printed in one piece.

    Attributes:
        article: Number of the article that it belongs to; None: the page's own.
        lines: Printed lines.
        is_rest: Whether it goes on what a column's end has cut.
    """

    kind: Kind
    text: str
    article: int | None = None
    lines: list[str] = field(default_factory=list)
    is_rest: bool = False


class Draw:
    """The styles that a page draws, and their names."""

    def __init__(self, level: Level, random: Random) -> None:
        self.level, self.random = level, random
        self.styles: list[str] = []
        self.title = self.style("title", TITLES_BY_LEVEL[level])
        self.section = self.style("section", SECTIONS_BY_LEVEL[level])
        self.wrap = self.style("wrap", WRAPS_BY_LEVEL[level])

    def style(self, slot: str, names: Iterable[str]) -> str:
        """Draw one of these styles."""
        name = self.random.choice(list(names))
        self.styles.append(f"{slot}: {name}")
        return name

    def may(self, **chances: float) -> bool:
        """Whether something with these chances by level is done."""
        return self.random.random() < chances.get(self.level, 0.0)


def lose_end(draw: Draw, article: CleanArticle) -> CleanArticle:
    """Lose the end of a sentence at a column's end."""
    at = draw.random.randrange(len(article.paragraphs))
    paragraph = article.paragraphs[at]
    if at == len(article.paragraphs) - 1 or len(paragraph.text) < 30:
        return article
    draw.styles.append("defect: end of a sentence lost")
    lost = replace(paragraph, text=paragraph.text[: -draw.random.randint(1, 4)].rstrip("，。"))
    paragraphs = (*article.paragraphs[:at], lost, *article.paragraphs[at + 1 :])
    return replace(article, paragraphs=paragraphs)


def compose(draw: Draw, article: CleanArticle, number: int) -> tuple[list[Element], TrueArticle]:
    """Compose an article of printed elements, and say what a careful reader makes of it."""

    def add(kind: Kind, text: str) -> None:
        elements.append(Element(kind, text, number))

    elements: list[Element] = []
    printed = TITLES[draw.title](article.title, draw.random)
    for line in printed:
        add("title", line)
    names = [person.name for person in article.authors]
    byline, note = _signature(draw, article, names)
    labels = None
    if article.kind == "interview":
        is_told = any(article.guests[0].name in p.text for p in article.paragraphs[:1])
        labels = _labels(draw, article, is_told=is_told)
        if labels.cast_host:
            byline = Byline()
    if byline.head:
        add("byline", byline.head)
    paragraphs = list(article.paragraphs)
    texts = [paragraph.text for paragraph in paragraphs]
    texts[0] = byline.prefix + texts[0]
    texts[-1] += byline.suffix
    section, seen = None, 0
    for at, (paragraph, text) in enumerate(zip(paragraphs, texts, strict=True)):
        if at == 1 and labels:
            _cast(article, labels, add)
        if paragraph.section != section and paragraph.section:
            add("heading", SECTIONS[draw.section](paragraph.section, seen))
            seen += 1
        section = paragraph.section
        label = ""
        if labels and paragraph.is_turn:
            label = _label(article, paragraph, labels, before=paragraphs[:at])
            if labels.is_own_line:
                add("paragraph", label)
                label = ""
        add("paragraph", label + text)
    if byline.tail:
        add("byline", byline.tail)
    if note:
        add("note", note)
    return elements, _truth(article, printed, labels)


def _signature(draw: Draw, article: CleanArticle, names: Sequence[str]) -> tuple[Byline, str]:
    styles = BYLINES_BY_KIND[article.kind]
    # Where a title looks like a section, only who signs below it can tell the two apart.
    is_alike = draw.section == "bare" and "#" not in draw.title and "bold" not in draw.title
    if is_alike:
        styles = [name for name in styles if BYLINES[name](["名字"]).head or "讯" in name]
    style = draw.style("byline", styles)
    byline, note = BYLINES[style](names), ""
    if article.kind == "opinion" and draw.may(easy=0.5, middle=0.6, hard=0.6):
        # No byline says who it is but the footnote.
        is_named = not is_alike and draw.may(middle=0.2, hard=0.2)
        kinds = [*FOOTNOTES][3:] if is_named else [*FOOTNOTES]
        note = FOOTNOTES[draw.style("footnote", kinds)](article.authors)
        byline = Byline() if is_named else byline
    return byline, note


def _labels(draw: Draw, article: CleanArticle, *, is_told: bool) -> Labels:
    fits = [
        name
        for name in LABELS_BY_LEVEL[draw.level]
        if (len(article.guests) == 1 or "答" not in name) and (is_told or "答" not in name)
    ]
    return LABELS[draw.style("labels", fits)]


def _cast(article: CleanArticle, labels: Labels, add: Callable[[Kind, str], None]) -> None:
    host = article.authors[0]
    if labels.cast_host:
        add("cast", labels.cast_host.format(f"{host.name} {host.role}"))
    if labels.cast_guest:
        form = "{}（{}）" if labels.joint in "、；" else "{} {}"
        people = labels.joint.join(form.format(p.name, p.role) for p in article.guests)
        add("cast", labels.cast_guest.format(people))


def _truth(article: CleanArticle, printed: Sequence[str], labels: Labels | None) -> TrueArticle:
    host = article.authors[0].name
    sentences = []
    for paragraph in article.paragraphs:
        speakers: tuple[str, ...] = ()
        if paragraph.speaker == host and labels:
            speakers = (host, labels.host.strip("*："))
        elif paragraph.speaker:
            speakers = (paragraph.speaker,)
        heading = letters(paragraph.section or "")
        # With its number or without.
        sections = (heading, *(number + heading for number in NUMBERS)) if heading else ()
        sentences += [
            TrueSentence((letters(paragraph.text[a:b]),), speakers, sections)
            for a, b in split_sentences(paragraph.text)
            if letters(paragraph.text[a:b])
        ]
    lines = [letters(line) for line in printed]
    main = letters(article.title)
    titles = [main, "".join(lines), lines[0] + main, main + lines[-1]]
    names = [person.name for person in article.authors]
    guests = [person.name for person in article.guests]
    authors = [names, names + guests, guests] if guests else [names]
    return TrueArticle(
        tuple(dict.fromkeys(titles)),
        tuple(frozenset(group) for group in authors),
        article.kind == "interview",
        tuple(sentences),
    )


def _label(
    article: CleanArticle,
    paragraph: CleanParagraph,
    labels: Labels,
    *,
    before: Sequence[CleanParagraph],
) -> str:
    if paragraph.speaker == article.authors[0].name:
        return labels.host
    guest = next(person for person in article.guests if person.name == paragraph.speaker)
    label = labels.guest.format(name=guest.name, surname=guest.name[0])
    is_first = guest.name not in {earlier.speaker for earlier in before}
    if labels.is_role_once and is_first:
        label = f"{guest.name}（{guest.role}）："
    return label
