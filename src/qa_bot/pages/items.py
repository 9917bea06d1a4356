"""What each block of a page is: the items that the later steps put in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa_bot.pages.blocks import Block
from qa_bot.pages.records import Reason
from qa_bot.records import Person

Kind = Literal["body", "heading", "byline", "cast", "credit", "note", "left out"]

_FARTHEST = 30  # items: what stands farther is no neighbour


@dataclass(frozen=True, slots=True)
class Item:
    """A block and what it is.

    Attributes:
        people: Whom a byline or a cast line names.
        is_host: Whether a cast line names those who ask.
        label: The speaker's label that a body block opens with, without colon.
        reason: Why it is left out.
        is_report: Whether a body block opens as a news report does (本报讯…).
        is_between: Whether it is left out because a sentence goes on around it.
    """

    block: Block
    kind: Kind
    people: tuple[Person, ...] = ()
    is_host: bool = False
    label: str | None = None
    role: str | None = None
    reason: Reason | None = None
    is_report: bool = False
    is_between: bool = False

    @property
    def text(self) -> str:
        """The block's words."""
        return self.block.text

    @property
    def is_marked(self) -> bool:
        """Whether a heading is marked as one."""
        return self.block.level > 0


def nearest(items: Sequence[Item], number: int, step: Literal[-1, 1]) -> Item | None:
    """Return the next item in one direction that belongs to an article and not to the page."""
    for at in range(number + step, number + step * (_FARTHEST + 1), step):
        if not 0 <= at < len(items):
            return None
        if items[at].kind != "left out":
            return items[at]
    return None
