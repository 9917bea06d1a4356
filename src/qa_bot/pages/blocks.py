"""Printed lines -> blocks: the lines that print put together, with each character's place."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from qa_bot.pages.lines import HAN, is_closed, is_two_halves, join, read_lines, width
from qa_bot.pages.records import PageLine

# No newspaper column is wider, in Chinese characters: a longer line is a whole paragraph.
_WIDEST_COLUMN = 50
_HAN_CHARACTER = re.compile(rf"[{HAN}]")
_WRAP = re.compile(rf"(?<=[{HAN}，、。,]) (?=[{HAN}])")
_SHORT = 400
_INDENT = 2  # Chinese characters, at the start of a paragraph


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` to `end` of the page's text, all on one line."""

    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Widths of a block's printed lines, in Chinese characters; None where it has too few.

    Attributes:
        first: The first line; an indent makes it shorter than `full`.
        full: A line between the first and the last.
        last: The last line.
    """

    first: float | None = None
    full: float | None = None
    last: float | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring printed lines that belong together.

    Attributes:
        pieces: Where the words stand, in order.
        text: The words, joined; its non-white characters are those of the pieces.
        spaced: The same with every space kept, for lines whose spaces part names; only for short
            blocks, else as `text`.
        level: Number of # before a heading; more where it is bold; 0 without a mark.
        marks: Where marks of form stand that hold no words.
        label: Where the speaker's label stands, colon included.
        is_indented: Whether white space at its start shows a new paragraph.
    """

    pieces: tuple[Piece, ...]
    text: str
    spaced: str
    level: int = 0
    marks: tuple[Piece, ...] = ()
    label: tuple[Piece, ...] = ()
    is_indented: bool = False
    shape: Shape = Shape()

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line on the page, marks included."""
        numbers = [piece.line for piece in (*self.pieces, *self.marks, *self.label)]
        return min(numbers), max(numbers)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's text, and how it was wrapped."""

    text: str
    is_space_wrapped: bool

    def block(self, pieces: Sequence[Piece], *, is_indented: bool = False) -> Block:
        """Make a block of pieces."""
        parts = [self.text[piece.start : piece.end] for piece in pieces]
        text = join(parts, is_space_wrapped=self.is_space_wrapped)
        return Block(
            tuple(pieces),
            text,
            join(parts, is_space_wrapped=False) if len(text) <= _SHORT else text,
            is_indented=is_indented,
            shape=self._shape(parts),
        )

    def split(self, block: Block, at: int) -> tuple[Block, Block]:
        """Split a block before the character `block.text[at]`; marks go with the first part."""
        left, right = self.split_all(block, [at])
        return left, right

    def split_all(self, block: Block, cuts: Sequence[int]) -> list[Block]:
        """Split a block before several characters of its text, in ascending order."""
        parts: list[list[Piece]] = [[]]
        # A place in the joined text is found on the page by counting what is not white.
        letters = [sum(not c.isspace() for c in block.text[a:b]) for a, b in pairwise([0, *cuts])]
        left = letters[0] if letters else -1
        for piece in block.pieces:
            start = at = piece.start
            while at < piece.end:
                while left == 0:
                    if at > start:
                        parts[-1].append(Piece(start, at, piece.line))
                    start = at
                    parts.append([])
                    left = letters[len(parts) - 1] if len(parts) <= len(letters) else -1
                left -= not self.text[at].isspace()
                at += 1
            if at > start:
                parts[-1].append(Piece(start, at, piece.line))
        parts += [[] for _ in range(len(cuts) + 1 - len(parts))]
        first, *rest = (self.block(part) for part in parts)
        return [
            replace(first, level=block.level, marks=block.marks, label=block.label),
            *rest,
        ]

    def merge(self, blocks: Sequence[Block]) -> Block:
        """Put the parts of a cut paragraph together again."""
        first, last = blocks[0], blocks[-1]
        pieces = [piece for block in blocks for piece in block.pieces]
        return replace(
            self.block(pieces, is_indented=first.is_indented),
            level=first.level,
            marks=tuple(mark for block in blocks for mark in block.marks),
            label=first.label,
            shape=replace(last.shape, first=first.shape.first),
        )

    def _shape(self, parts: Sequence[str]) -> Shape:
        rows = " ".join(parts).split() if self.is_space_wrapped else parts
        if len(rows) < 4:
            return Shape()
        inner = [width(row) for row in rows[1:-1]]
        # A space around a number is no wrap: pieces much shorter than a line do not count.
        widest = max(inner)
        inner = [size for size in inner if size > widest / 2]
        full = median(inner)
        if full > _WIDEST_COLUMN or widest - min(inner) > full / 2:
            return Shape()
        return Shape(width(rows[0]), full, width(rows[-1]))


def read_blocks(
    text: str, *, opens: Callable[[str], bool], ends: Callable[[str], bool]
) -> tuple[Page, list[Block]]:
    """Cut a page's text into blocks.

    Args:
        text: The page's text.
        opens: Whether a printed line opens a block by its form, wherever it stands.
        ends: Whether a printed line is a block by itself, by its form.

    Returns:
        The page, and its blocks in order; together they hold every non-white character.
    """
    lines = read_lines(text)
    page = Page(text, _is_space_wrapped(lines))
    runs = list(_runs(lines))
    page_width = _column([line for run in runs if len(run) > 1 for line in run])
    is_indenting = _is_indenting(runs)
    is_spaced = _is_spaced(runs, page_width)
    blocks = []
    for run in runs:
        column = _column(run) if len(run) > 3 else page_width
        for group in _groups(
            run, column, is_indenting=is_indenting, is_spaced=is_spaced, opens=opens, ends=ends
        ):
            pieces = [Piece(line.start, line.start + len(line.text), line.number) for line in group]
            indented = is_indenting and group[0].indent >= _INDENT
            blocks.append(page.block(pieces, is_indented=indented))
    return page, blocks


def _runs(lines: Sequence[PageLine]) -> Iterator[list[PageLine]]:
    """Yield the stretches of lines between blank lines.

    Where every printed line is followed by a blank one, blank lines say nothing.
    """
    filled = [line for line in lines if line.text]
    alone = [
        line
        for before, line, after in zip(
            lines, lines[1:], [*lines[2:], PageLine(0, "")], strict=False
        )
        if line.text and not before.text and not after.text
    ]
    column = _column(alone)
    is_double_spaced = (
        len(alone) > 0.9 * len(filled)
        and len(filled) >= 8
        and column < _WIDEST_COLUMN
        and sum(width(line.text) > 0.85 * column and not is_closed(line.text) for line in alone)
        > len(alone) / 2
    )
    run: list[PageLine] = []
    for line in filled if is_double_spaced else lines:
        if line.text:
            run.append(line)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _groups(
    run: Sequence[PageLine],
    column: float,
    *,
    is_indenting: bool,
    is_spaced: bool,
    opens: Callable[[str], bool],
    ends: Callable[[str], bool],
) -> Iterator[list[PageLine]]:
    """Group the lines of a run into blocks."""
    group = [run[0]]
    for number, line in enumerate(run[1:], 1):
        is_last = number == len(run) - 1
        if (
            ends(group[-1].text)
            or opens(line.text)
            or (is_indenting and line.indent >= _INDENT)
            or (
                _changes_measure(group[-1].text, line.text, column)
                and not ends(group[-1].text + line.text)  # a caption has a measure of its own
            )
            or _is_break(
                group[-1],
                line.text,
                column,
                is_first=len(group) == 1,
                is_last=is_last,
                is_spaced=is_spaced,
            )
        ):
            yield group
            group = []
        group.append(line)
    yield group


def _changes_measure(line: str, after: str, column: float) -> bool:
    """Whether one of two lines alone is wider than the column: a title set across columns."""
    limit = 1.15 * column + 1
    return column <= _WIDEST_COLUMN and (width(line) > limit) != (width(after) > limit)


def _is_break(
    line: PageLine, after: str, column: float, *, is_first: bool, is_last: bool, is_spaced: bool
) -> bool:
    """Whether a block ends with *line*, by its width and its end."""
    if column > _WIDEST_COLUMN:
        return True
    text, size = line.text, width(line.text)
    is_chinese = _is_chinese(text)
    # Words make the right edge ragged; Chinese characters fill the line.
    slack = max(1.6, column * 0.08) if is_chinese else column * 0.25
    if is_closed(text):
        # The first line of a paragraph is indented, also where the white space is lost.
        is_short = size < column - slack - (_INDENT if is_first else 0)
        # Inside a paragraph no line is short: this is a heading.
        is_heading = not is_last and not is_closed(after) and width(after) < column * 0.8
        return is_short or (is_heading and _is_chinese(after))
    size += min(line.indent / 2, _INDENT)
    if size < column * ((0.7 if is_spaced else 0.8) if is_chinese else 0.6):
        return True
    # A title in two halves, parted by a space, and nothing of a sentence in it.
    return size < column - slack and is_two_halves(text)


def _column(lines: Sequence[PageLine]) -> float:
    """Return the width of the column that lines were printed in."""
    widths = sorted(width(line.text) for line in lines)
    return widths[int(len(widths) * 0.85)] if widths else 0.0


def _is_chinese(text: str) -> bool:
    return _HAN_CHARACTER.search(text) is not None


def _is_spaced(runs: Sequence[Sequence[PageLine]], column: float) -> bool:
    """Whether blank lines part paragraphs on this page: hardly one ends elsewhere."""
    runs = [run for run in runs if len(run) > 1]
    ends = sum(
        any(is_closed(line.text) and width(line.text) < 0.8 * column for line in run[:-1])
        for run in runs
    )
    return len(runs) > 2 and ends < 0.2 * len(runs)


def _is_indenting(runs: Sequence[Sequence[PageLine]]) -> bool:
    """Whether white space before a line marks a paragraph on this page."""
    lines = [line for run in runs if len(run) > 1 for line in run]
    indented = sum(line.indent >= _INDENT for line in lines)
    return 0 < indented < 0.6 * len(lines)


def _is_space_wrapped(lines: Sequence[PageLine]) -> bool:
    """Whether spaces stand where printed lines were wrapped.

    That is so where most long lines have a space between two Chinese characters at least every
    column's width.
    """
    long = [line.text for line in lines if width(line.text) > _WIDEST_COLUMN]
    wrapped = sum(len(_WRAP.findall(text)) * _WIDEST_COLUMN > len(text) * 0.6 for text in long)
    return bool(long) and wrapped > len(long) / 2
