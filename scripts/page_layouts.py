"""Clean articles -> newspaper pages with the defects of the trade, each with its truth.

The articles of a page are composed of printed elements (page_composition.py); then the page is
laid out: columns cut paragraphs, pictures, running heads and other articles come between; then it
is printed in one of the ways in which wrapped lines reach us.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random

from page_articles import Pool
from page_composition import Draw, Element, compose, lose_end
from page_scores import TrueArticle, TrueSentence, Truth
from page_styles import (
    CAPTIONS,
    COLUMNS,
    FOOTERS,
    GARBAGE,
    HALF_WIDTH,
    HEADERS,
    SCENES,
    TO_TRADITIONAL,
    WIDE_DIGITS,
    WRAPS,
    Level,
)

_ENDS = tuple('。！？!?；;”"）)')
_TOKEN = re.compile(
    r"[“‘「『《（(【]*(?:[0-9A-Za-z.%+-]{1,12}|.)[，。、；：！？”’」』》）】,.;:!?)%]*", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Laid:
    """A page laid out; `styles` names what was done to it."""

    text: str
    truth: Truth
    styles: tuple[str, ...]


def lay_out(pool: Pool, level: Level, random: Random) -> Laid:
    """Lay out one page of a level, its articles taken from a pool."""
    return _Sheet(level, random).lay_out(pool)


class _Sheet:
    """A page while it is laid out."""

    def __init__(self, level: Level, random: Random) -> None:
        self.level, self.random = level, random
        self.draw = Draw(level, random)
        self.styles = self.draw.styles
        self.width = random.choice((13, 16, 18, 21, 24, 30))
        self.scenes = random.sample(SCENES, len(SCENES))
        self.truths: list[TrueArticle] = []
        self.junk: list[str] = []

    def lay_out(self, pool: Pool) -> Laid:
        random = self.random
        most = {"easy": 3, "middle": 4, "hard": 5}[self.level]
        least = {"easy": 1, "middle": 2, "hard": 2}[self.level]
        parts: list[list[Element]] = []
        has_interview = False
        for number in range(random.randint(least, most)):
            article = pool.take(random, may_interview=not has_interview)
            has_interview = has_interview or article.kind == "interview"
            if self.level == "hard" and random.random() < 0.5:
                article = lose_end(self.draw, article)
            elements, truth = compose(self.draw, article, number)
            parts.append(elements)
            self.truths.append(truth)
        for part in parts:
            self._print_lines(part)
        if self.level != "easy":
            for number, part in enumerate(parts):
                self._cut_columns(part, pool, number)
        if self.level == "hard":
            self._misplace_titles(parts)
            parts = self._interleave(parts)
        elements = [element for part in parts for element in part]
        self._add_pictures(elements, pool)
        self._add_running_lines(elements)
        return self._finish(elements)

    def _print_lines(self, elements: Iterable[Element]) -> None:
        for element in elements:
            if element.lines:
                continue
            is_wide = element.kind in ("title", "heading", "byline", "junk")
            width = 99 if is_wide else self.width
            width += 6 if element.kind == "caption" else 0
            element.lines = wrap(element.text, width, indent=2 * (element.kind == "paragraph"))

    def _cut_columns(self, part: list[Element], pool: Pool, number: int) -> None:
        """Let columns end inside paragraphs, and let other matter come between the halves."""
        count = self.random.choice({"middle": (0, 0, 1), "hard": (0, 1, 1, 2)}[self.level])
        for _ in range(count):
            places = [
                at
                for at, element in enumerate(part)
                if element.kind == "paragraph" and len(element.lines) >= 5 and not element.is_rest
            ]
            if not places:
                return
            at = self.random.choice(places)
            element = part[at]
            cuts = [
                k for k in range(1, len(element.lines)) if not element.lines[k - 1].endswith(_ENDS)
            ]
            if not cuts:
                continue
            cut = self.random.choice(cuts)
            rest = Element("paragraph", "", number, element.lines[cut:], is_rest=True)
            element.lines = element.lines[:cut]
            part[at + 1 : at + 1] = [*self._between(part, at, pool), rest]

    def _between(self, part: list[Element], at: int, pool: Pool) -> list[Element]:
        """Return what stands between two halves."""
        kinds = ["nothing", "nothing", "caption"]
        kinds += ["heading", "caption", "page line", "garbage"] if self.level == "hard" else []
        kind = self.random.choice(kinds)
        if kind == "heading" and at + 1 < len(part) and part[at + 1].kind == "heading":
            self.styles.append("cut: heading between")
            return [part.pop(at + 1)]
        if kind == "caption" and self.scenes:
            self.styles.append("cut: caption between")
            return [self._caption(pool)]
        if kind == "page line":
            self.styles.append("cut: page line between")
            return [self._junk(self.random.choice(FOOTERS))]
        if kind == "garbage":
            self.styles.append("cut: garbage between")
            return [self._junk(self.random.choice(GARBAGE))]
        self.styles.append("cut: nothing between")
        return []

    def _misplace_titles(self, parts: list[list[Element]]) -> None:
        """Let a title stand in the middle of its body, and a byline away from its article."""
        for number in range(1, len(parts)):
            part, before = parts[number], parts[number - 1]
            ends = before[-1].kind == "note" or before[-1].text.endswith("）")
            if not ends or self.random.random() > 0.5:
                continue
            titles = [element for element in part if element.kind == "title"]
            places = [
                at
                for at, element in enumerate(part)
                if element.kind == "paragraph"
                and not element.is_rest
                and part[at - 1].kind == "paragraph"
                and part[at - 1].text.endswith("。")
            ]
            if not places or len(titles) > 1 or any(e.kind == "cast" for e in part):
                continue
            self.styles.append("defect: title inside its body")
            at = self.random.choice(places)
            part.insert(at, replace(titles[0], lines=[titles[0].text.lstrip("# ")]))
            part.remove(titles[0])
            if part[0].kind == "byline" and part[-1].kind == "note":
                self.styles.append("defect: byline away from its article")
                before.insert(0, part.pop(0))

    def _interleave(self, parts: list[list[Element]]) -> list[list[Element]]:
        """Let one article stand in a box inside another."""
        if len(parts) < 2 or self.random.random() > 0.35:
            return parts
        at = self.random.randrange(len(parts) - 1)
        outer, boxed = parts[at], parts[at + 1]
        places = [k for k, element in enumerate(outer) if element.is_rest]
        if not places or boxed[0].kind != "title" or not boxed[-1].text.endswith(("。", "）")):
            return parts
        self.styles.append("cut: another article between")
        cut = places[0]
        merged = outer[:cut] + boxed + outer[cut:]
        return [*parts[:at], merged, *parts[at + 2 :]]

    def _add_pictures(self, elements: list[Element], pool: Pool) -> None:
        for _ in range(self.random.choice((0, 1, 1, 2))):
            places = [
                at
                for at, element in enumerate(elements)
                if element.kind == "paragraph" and not element.is_rest and at
            ]
            if self.scenes and places:
                elements.insert(self.random.choice(places), self._caption(pool))

    def _add_running_lines(self, elements: list[Element]) -> None:
        random = self.random
        bodies = [at for at, element in enumerate(elements) if element.kind == "paragraph"]
        if self.draw.may(hard=0.3):
            self.styles.append("junk: garbage")
            elements.insert(random.choice(bodies), self._junk(random.choice(GARBAGE)))
        if self.draw.may(middle=0.2, hard=0.25):
            self.styles.append("junk: 下转")
            ends = [
                at for at in bodies if at + 1 == len(elements) or elements[at + 1].kind == "title"
            ]
            if ends:
                turn = random.choice(
                    ("（下转第6版）", "（下转第六版）", "（紧接2版）", "下转第6版")
                )
                elements.insert(random.choice(ends) + 1, self._junk(turn))
        if self.draw.may(middle=0.3, hard=0.4):
            self.styles.append("junk: column name")
            at = 0 if self.draw.title.endswith("#") or random.random() < 0.5 else 1
            elements.insert(at, self._junk(random.choice(COLUMNS)))
        if self.draw.may(easy=0.5, middle=0.6, hard=0.6):
            self.styles.append("junk: header")
            elements.insert(0, self._junk(random.choice(HEADERS)))
        if self.draw.may(easy=0.5, middle=0.7, hard=0.7):
            self.styles.append("junk: footer")
            elements.append(self._junk(random.choice(FOOTERS)))

    def _caption(self, pool: Pool) -> Element:
        name = self.draw.style("caption", CAPTIONS)
        text = CAPTIONS[name](self.scenes.pop(), pool.names.pop())
        self.junk.append(text)
        element = Element("caption", text)
        self._print_lines([element])
        return element

    def _junk(self, text: str) -> Element:
        self.junk.append(text)
        return Element("junk", text, None, [text])

    def _finish(self, elements: Sequence[Element]) -> Laid:
        between_lines, between, indent = WRAPS[self.draw.wrap]
        text = between.join(
            (indent if element.kind == "paragraph" and not element.is_rest else "")
            + (between_lines if element.kind not in ("title", "junk") else "\n").join(element.lines)
            for element in elements
        )
        junk, articles = tuple(self.junk), tuple(self.truths)
        tables: list[tuple[str, dict[int, int | str]]] = []
        if self.draw.may(middle=0.6, hard=0.7):
            tables.append(("half-width punctuation", dict(HALF_WIDTH)))
        if self.draw.may(middle=0.1, hard=0.1):
            tables.append(("full-width digits", dict(WIDE_DIGITS)))
        if self.draw.may(middle=0.12, hard=0.12):
            tables.append(("traditional", dict(TO_TRADITIONAL)))
            articles = tuple(map(_in_traditional, articles))
            junk = tuple(item.translate(TO_TRADITIONAL) for item in junk)
        for name, table in tables:
            text = text.translate(table)
            self.styles.append(f"characters: {name}")
        return Laid(text + "\n", Truth(self.level, articles, junk), tuple(self.styles))


def wrap(text: str, width: float, *, indent: int = 0) -> list[str]:
    """Break a text into printed lines: no punctuation opens a line, no number is cut."""
    lines, line, size = [], "", float(indent)
    for token in _TOKEN.findall(text):
        length = sum(
            0.5 if c.isascii() and c.isalnum() else 1.0 for c in token.rstrip("，。、；：")
        )
        if size + length > width and line:
            lines.append(line.rstrip())
            line, size = "", 0.0
        line += token
        size += length + len(token) - len(token.rstrip("，。、；："))
    return [*lines, line.rstrip()]


def _in_traditional(article: TrueArticle) -> TrueArticle:
    def change(text: str) -> str:
        return text.translate(TO_TRADITIONAL)

    return replace(
        article,
        titles=tuple(map(change, article.titles)),
        authors=tuple(frozenset(map(change, names)) for names in article.authors),
        sentences=tuple(
            TrueSentence(
                tuple(map(change, s.forms)),
                tuple(map(change, s.speakers)),
                tuple(map(change, s.sections)),
            )
            for s in article.sentences
        ),
    )
