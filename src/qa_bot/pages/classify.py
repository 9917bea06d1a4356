"""Blocks -> items: what each block is, by its form and by what stands around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa_bot.pages import marks, signatures
from qa_bot.pages.blocks import Block, Page
from qa_bot.pages.items import Item
from qa_bot.pages.lines import (
    HAN,
    is_balanced,
    is_closed,
    is_two_halves,
    is_word_across,
    width,
)
from qa_bot.pages.names import ends_in_post, is_job, is_person_line, read_cast
from qa_bot.pages.neighbours import (
    BOLD_LEVEL,
    LONGEST_CAPTION,
    LONGEST_TITLE,
    PHOTO_LINE,
    settle,
)
from qa_bot.pages.speakers import (
    QUESTIONERS,
    Labels,
    find_labels,
    labels_inside,
    opens_speech,
    split_cast,
)
from qa_bot.pages.topics import Bonds
from qa_bot.records import Person

_HASHES = re.compile(r"(#{1,6})[ \t\u3000]*(?=\S)")
_BOLD = re.compile(r"(\*\*|__)(?:(?!\1).)+\1", re.DOTALL)
_CAST_WORD = re.compile(rf"(?<![{HAN}])[{HAN}]{{2,4}}(?![{HAN}])")
_SHORTEST_HEADING = 2
_LONGEST_CLAUSES = 20  # Chinese characters, of a heading with two commas
_LONGEST_HEADING = 32  # Chinese characters
_LONGEST_CAST = 80
_LONGEST_MISREAD = 16  # characters of an unmarked line
_ASKS = re.compile("怎样|怎么|如何|为何|为什么|谁|哪")  # 是怎样跑通的
# Words that a heading does not end with: the sentence goes on.
_GOES_ON = re.compile("(?:的|而是|和|与|及|或|把|将|被|对|从|向|在|就是|以及|並|與)$")


def opens_block(line: str) -> bool:
    """Whether a printed line opens a block by its form, wherever it stands."""
    if (
        line[0] in "#【〖"
        or line[0] in signatures.BULLETS
        or line.startswith(("——", "--", "**", "__"))
    ):
        return True
    return (
        stands_alone(line)
        or signatures.is_footnote(line)
        or opens_speech(line)
        or split_cast(line) is not None
        or is_person_line(line)
        or signatures.read_dateline(line) is not None
        or marks.opens_caption(line)
    )


def stands_alone(line: str) -> bool:
    """Whether a printed line is a block by itself, by its form."""
    if line.startswith("#") or _BOLD.fullmatch(line):
        return True
    return (
        marks.left_out_reason(line) is not None
        or bool(signatures.read_byline(line))
        or signatures.read_source(line) is not None
        or line in QUESTIONERS
        or marks.is_editor_sign(line)
        or (
            line.endswith((")", "）"))
            and (signatures.is_footnote(line) or split_cast(line) is not None)
        )
    )


def ends_block(line: str) -> bool:
    """Whether a block ends with a printed line, by its form, wherever it stands."""
    return stands_alone(line) or marks.ends_caption(line)


def classify(page: Page, blocks: Sequence[Block], bonds: Bonds) -> list[Item]:
    """Say what each block is.

    Args:
        page: The page that the blocks stand on.
        blocks: In the order of the page.
        bonds: Which characters stand together on it.

    Returns:
        Items in the same order; a block that holds two speeches, or a heading's mark, is split.
    """
    lines = [split_cast(block.spaced) if len(block.text) <= 400 else None for block in blocks]
    cast = [
        person for line in lines if line for person in read_cast(line.people, known=frozenset())
    ]
    if any(lines):  # its people may also stand on lines of their own
        cast += [person for block in blocks for person in _introduced(block)]
    texts = [block.text for block, line in zip(blocks, lines, strict=True) if not line]
    words = {word for line in lines if line for word in _CAST_WORD.findall(line.people)}
    labels = find_labels(texts, cast, words)
    known = frozenset(person.name for person in cast) | labels.names
    items: list[Item] = []
    for block in blocks:
        for part in _split_parts(page, block, labels):
            items.append(_item(page, part, labels=labels, known=known))
    return settle(page, items, bonds)


def _introduced(block: Block) -> tuple[Person, ...]:
    """Return the people whom a short line names, each with a post, if that is all it does."""
    if block.level or len(block.text) > _LONGEST_CAST or is_closed(block.text):
        return ()
    people = read_cast(block.spaced, known=())
    return people if all(one.role and ends_in_post(one.role) for one in people) else ()


def _split_parts(page: Page, block: Block, labels: Labels) -> Iterator[Block]:
    """Part a block at (上接第N版), at each speaker inside it, and at (下转第N版)."""
    text = block.text
    cuts = {
        _caption_at_end(page, block),
        marks.turn_at_start(text) if text else 0,
        marks.turn_at_end(text),
    }
    cuts.update(labels_inside(text, labels.names) if labels.names else ())
    yield from page.split_all(block, sorted(cut for cut in cuts if 0 < cut < len(text)))


def _caption_at_end(page: Page, block: Block) -> int:
    """Return where a caption starts that was printed right below a cut paragraph, or 0."""
    last = block.pieces[-1] if block.pieces else None
    if (
        last is None
        or len(block.pieces) < 4
        or not marks.ends_caption(page.text[last.start : last.end])
    ):
        return 0
    for size in range(2, 5):
        head, tail = (
            page.block(part).text for part in (block.pieces[:-size], block.pieces[-size:])
        )
        if len(tail) > PHOTO_LINE and not is_word_across(head[-12:], tail[:12]):
            return len(head) if len(tail) <= LONGEST_CAPTION and marks.is_caption(tail) else 0
    return 0


def _item(page: Page, block: Block, *, labels: Labels, known: frozenset[str]) -> Item:
    hashes = _HASHES.match(block.spaced)
    if hashes:
        left, right = page.split(block, block.text.index("#") + len(hashes[1]))
        block = replace(right, level=len(hashes[1]), marks=left.pieces)
    if _BOLD.fullmatch(block.text):
        left, inner, right = page.split_all(block, [2, len(block.text) - 2])
        marks_ = (*block.marks, *left.pieces, *right.pieces)
        block = replace(inner, level=block.level or BOLD_LEVEL, marks=marks_)
    text = block.spaced
    source = signatures.read_source(text)
    if source:
        return Item(block, "byline" if source[1] else "credit", people=source[1])
    reason = marks.left_out_reason(text)
    if reason:
        return Item(block, "left out", reason=reason)
    people = signatures.read_byline(text)
    if people:
        return Item(block, "byline", people=people)
    if marks.is_editor_sign(text):
        return Item(block, "credit")
    cast = None if block.level else split_cast(text)
    if cast:
        return Item(block, "cast", people=read_cast(cast.people, known=known), is_host=cast.is_host)
    people = _introduced(block)
    if len(people) > 1:
        return Item(block, "cast", people=people)
    if signatures.is_footnote(text):
        return Item(block, "note")
    if marks.is_caption(text) or (page.is_space_wrapped and marks.is_caption(block.text)):
        return Item(block, "left out", reason="caption")
    if marks.is_garbage(text) or (
        (block.level or len(text) <= _LONGEST_MISREAD) and marks.is_misread(block.text)
    ):
        return Item(block, "left out", reason="garbage")
    if block.level and len(text) <= 2 * _LONGEST_HEADING and not text.endswith("。"):
        return Item(block, "heading")
    label = labels.read(block.text)
    if label:
        before, speech = page.split(block, label[2])
        if not speech.pieces:  # the words stand in the next block
            speech = replace(speech, spaced=before.text)
        speech = replace(speech, marks=block.marks, is_indented=True)
        named = replace(speech, label=before.pieces, shape=block.shape)
        return Item(named, "body", label=label[0], role=label[1])
    is_report = signatures.read_dateline(block.text) is not None
    if not is_report and _is_short_line(text):
        return Item(block, "heading")
    return Item(block, "body", is_report=is_report)


def _is_short_line(text: str) -> bool:
    """Whether an unmarked block has the form of a heading."""
    longest = LONGEST_TITLE if is_two_halves(text) else _LONGEST_HEADING
    if not _SHORTEST_HEADING <= len(text) <= 2 * longest or width(text) > longest:
        return False
    if is_job(text):
        return False
    if is_closed(text) and (text[-1] not in '？！?!” "' or width(text) > _LONGEST_HEADING / 2):
        return False
    if text[0] in "，。、；：,;:)）”" or text[-1] in "，、：,:;；" or not is_balanced(text):
        return False
    goes_on = _GOES_ON.search(text) and not (text[-1] == "的" and _ASKS.search(text))
    if goes_on or any(mark in text for mark in "；;"):
        return False
    commas = sum(text.count(comma) for comma in ",，")
    return "。" not in text and commas <= (2 if width(text) <= _LONGEST_CLAUSES else 1)
