"""Stretches of print with their places on a page -> the page's text, column after column."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

# In the size of the print that most of the page is set in (em).
_GUTTER = 0.5  # so wide at least is the white between two columns
_COLUMN = 4  # so wide at least is a column: the numbers before a list are none
_INDENT = (1.5, 2.6)  # so far in begins a paragraph
_BLOCK_GAP = 0.8  # so much more white than between lines is above a new block
_RUNNING_GAP = 1.5  # so much white at least is below a running head and above a foot
_HEADLINE = 1.25
_HEADLINE_LINES = 3
_SAME_SIZE = 1.1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters printed in one go on one line; lengths in points, growing right and down.

    Attributes:
        size: The size of the print, which is also its height.
    """

    text: str
    left: float
    right: float
    top: float
    size: float

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.size


@dataclass(slots=True)
class _Part:
    """Stretches that no white runs between, and how far they reach."""

    start: float
    end: float
    stretches: list[Stretch]


def page_text(stretches: Sequence[Stretch]) -> str:
    """Put what is printed on a page into reading order.

    Args:
        stretches: In any order; at least one.

    Returns:
        A printed line a line: `# ` before headlines, two full-width spaces before an indented
        line, an empty line where white or another size of print sets a block apart.
    """
    em = median(stretch.size for stretch in stretches for _ in stretch.text)
    lines = [line for column in _columns(stretches, em) for line in _lines(column)]
    gaps = [below.top - above.bottom for above, below in pairwise(lines)]
    white = median(gaps or [0]) + _BLOCK_GAP * em
    blocks = [[lines[0]]]
    for above, below in pairwise(lines):
        small, large = sorted((above.size, below.size))
        if below.top - above.bottom > white or large > _SAME_SIZE * small:
            blocks.append([])
        blocks[-1].append(below)
    return "\n".join(_block_text(block, em) for block in blocks)


def _block_text(lines: Sequence[Stretch], em: float) -> str:
    texts = [line.text for line in lines]
    is_headline = lines[0].size > _HEADLINE * em and len(lines) <= _HEADLINE_LINES
    if is_headline and not any(text.endswith("。") for text in texts):
        texts = [f"# {text.strip()}" for text in texts]
    return "".join(f"{text}\n" for text in texts)


def _columns(stretches: Sequence[Stretch], em: float) -> Iterator[Sequence[Stretch]]:
    """Yield the columns of a page in reading order, its running head first, its foot last."""
    bands = _bands(stretches)
    # Print side by side at the foot belongs to the columns above.
    has_foot = len(bands[-1].stretches) == 1 and _is_set_off(bands[::-1], em)
    foot = bands.pop() if has_foot else None
    if _is_set_off(bands, em):
        yield bands.pop(0).stretches
    yield from _cut(_joined(bands), em)
    if foot:
        yield foot.stretches


def _cut(stretches: Sequence[Stretch], em: float) -> Iterator[Sequence[Stretch]]:
    """Cut where white runs through: at headlines, else down a gutter, else across.

    Cutting across takes away what blocks a gutter, such as a caption over two columns.
    """
    bands, columns = _bands(stretches), _parts(stretches, lambda one: (one.left, one.right))
    stacks = [list(group) for _, group in groupby(bands, lambda band: _is_headline(band, em))]
    gutter = _widest(columns, least=_GUTTER * em, margin=_COLUMN * em)
    if len(stacks) > 1:
        pieces = stacks
    elif gutter and len(_lines(stretches)) > 1:
        pieces = [columns[:gutter], columns[gutter:]]
    elif len(bands) > 1 and _has_neighbours(stretches):
        across = _widest(bands)
        pieces = [bands[:across], bands[across:]]
    else:
        yield stretches
        return
    for piece in pieces:
        yield from _cut(_joined(piece), em)


def _bands(stretches: Sequence[Stretch]) -> list[_Part]:
    """Part stretches where white runs from the left to the right, from the top."""
    return _parts(stretches, lambda one: (one.top, one.bottom))


def _parts(
    stretches: Sequence[Stretch], span: Callable[[Stretch], tuple[float, float]]
) -> list[_Part]:
    parts: list[_Part] = []
    for one in sorted(stretches, key=span):
        start, end = span(one)
        if parts and start <= parts[-1].end:
            parts[-1].end = max(parts[-1].end, end)
            parts[-1].stretches.append(one)
        else:
            parts.append(_Part(start, end, [one]))
    return parts


def _joined(parts: Sequence[_Part]) -> list[Stretch]:
    return [one for part in parts for one in part.stretches]


def _widest(parts: Sequence[_Part], *, least: float = 0, margin: float = 0) -> int:
    """Return the number of the part that the widest white stands before, 0 if there is none.

    Args:
        parts: In order.
        least: How wide it is at least.
        margin: How far from both ends of the parts it is at least.
    """
    start, end = parts[0].start, parts[-1].end
    whites = [
        (after.start - before.end, number)
        for number, (before, after) in enumerate(pairwise(parts), 1)
        if before.end - start >= margin and end - after.start >= margin
    ]
    white, number = max(whites, default=(0, 0))
    return number if white >= least else 0


def _is_set_off(bands: Sequence[_Part], em: float) -> bool:
    """Whether the first band is one line, in no large print, with much white before the next."""
    first = bands[0]
    if len(bands) == 1 or _is_large(first, em) or len(_lines(first.stretches)) > 1:
        return False
    white = max(bands[1].start - first.end, first.start - bands[1].end)
    return white > _RUNNING_GAP * em


def _is_headline(band: _Part, em: float) -> bool:
    """Whether a band is in large print, and not two headlines side by side."""
    return _is_large(band, em) and not _has_neighbours(band.stretches)


def _is_large(band: _Part, em: float) -> bool:
    return all(one.size > _HEADLINE * em for one in band.stretches)


def _has_neighbours(stretches: Sequence[Stretch]) -> bool:
    """Whether print stands side by side, with a gutter's width between."""
    ordered = sorted(stretches, key=lambda one: one.top)
    for number, one in enumerate(ordered, 1):
        for other in ordered[number:]:
            size = min(one.size, other.size)
            if one.bottom - other.top < size / 3:
                break
            if max(one.left, other.left) - min(one.right, other.right) > _GUTTER * size:
                return True
    return False


def _lines(column: Sequence[Stretch]) -> list[Stretch]:
    """Join what stands on one line, and mark indents.

    Upper edges decide: a large first letter stands on the first of the lines beside it.
    """
    rows: list[list[Stretch]] = []
    for one in sorted(column, key=lambda one: one.top):
        if rows and one.top - rows[-1][0].top < min(one.size, rows[-1][0].size) / 2:
            rows[-1].append(one)
        else:
            rows.append([one])
    left = min(one.left for one in column)
    return [_line(sorted(row, key=lambda one: one.left), left) for row in rows]


def _line(row: Sequence[Stretch], column_left: float) -> Stretch:
    main = max(row, key=lambda one: len(one.text))
    low, high = _INDENT
    is_indented = low * main.size <= row[0].left - column_left <= high * main.size
    text = ("\u3000\u3000" if is_indented else "") + row[0].text
    for before, after in pairwise(row):
        text += (" " if after.left - before.right > main.size / 2 else "") + after.text
    return Stretch(text, row[0].left, row[-1].right, main.top, main.size)
