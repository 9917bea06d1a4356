"""A passage -> its texts folded, once, as the terms of every question are counted in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_bot.index.terms import fold

PLANE = 0x10000
_GAP = "\0"  # between two texts; no term holds it


@dataclass(frozen=True, slots=True)
class FoldedPassage:
    """The texts of a passage, folded.

    Attributes:
        texts: The title; the passage with the heading and the host's question above it; and each
            of its sentences.
        lengths: Of each before it was folded; of the second one without what stands above.
        codes: The characters of all of them, a gap of one after each; 0 for a gap and for what is
            beyond the basic plane.
        sizes: Of each, with its gap.
    """

    texts: Sequence[str]
    lengths: npt.NDArray[np.int64]
    codes: npt.NDArray[np.uint16]
    sizes: npt.NDArray[np.int64]


def fold_passage(frame: str, text: str, sentences: Sequence[str]) -> FoldedPassage:
    """Fold a passage.

    Args:
        frame: The title, and on the lines below it what else stands above.
        text: The passage.
        sentences: Those of the passage.
    """
    # An answer seldom repeats the words of the heading or of the host's question above it. The
    # title is the same for all of an article.
    title, _, above = frame.partition("\n")
    texts = [text.replace(_GAP, " ") for text in (title, f"{above}\n{text}", *sentences)]
    folded = fold(_GAP.join([*texts, ""]))
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    texts = folded.split(_GAP)[:-1]
    return FoldedPassage(
        texts,
        np.array([len(title), len(text), *map(len, sentences)]),
        np.where(codes < PLANE, codes, 0).astype(np.uint16),
        np.array([len(text) + 1 for text in texts]),
    )
