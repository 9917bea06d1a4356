"""An article's passages -> the lines on which they and their sentences stand, in file and page."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby, repeat
from typing import TypeAlias

from qa_bot.index.page_lines import PageLines
from qa_bot.records import Article, Passage, Sentence, Span

Lines: TypeAlias = tuple[int, int]  # first and last


def place_passages(
    article: Article, passages: Sequence[Passage], page: PageLines | None
) -> Iterator[tuple[Passage, Lines, list[tuple[Sentence, Lines, Lines | None]]]]:
    """Find the lines of an article's passages.

    Args:
        article: The article.
        passages: All of its passages, in order.
        page: The page that it was imported from, if that can be read.

    Yields:
        Each passage with its lines, and its sentences with their lines in the file and, if they
        are there, on the page.
    """
    breaks = [match.start() for match in re.finditer("\n", article.text)]

    def lines(span: Span) -> Lines:
        return bisect_left(breaks, span.start) + 1, bisect_left(breaks, span.end) + 1

    on_page = _page_lines(article, passages, page) if page else repeat(None)
    for passage in passages:
        sentences = [
            (sentence, lines(sentence.span), next(on_page)) for sentence in passage.sentences
        ]
        yield passage, lines(passage.span), sentences


def _page_lines(
    article: Article, passages: Sequence[Passage], page: PageLines
) -> Iterator[Lines | None]:
    """Yield the page lines of every sentence.

    The body is aligned as a whole, so that a sentence that recurs is found where it recurs; what
    stands in the front matter may have been printed anywhere.
    """
    for _, group in groupby(passages, key=lambda passage: passage.is_metadata):
        spans = [sentence.span for passage in group for sentence in passage.sentences]
        yield from page.align(article.text, spans)
