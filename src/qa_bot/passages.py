"""Article -> passages: neighbouring sentences of one section and one speaker, up to a size.

langchain-text-splitters puts sentences together ('chunks' are its word for passages); where the
sentences end is ours. Passages never overlap, never cut a sentence, and with what stands between
them give back the whole file.
"""

import logging
from collections.abc import Iterator, Sequence
from itertools import pairwise

from langchain_text_splitters import TextSplitter

from qa_bot.corpus import is_host
from qa_bot.records import IMPRINT, METADATA_PARAGRAPH, Article, Passage, Sentence, Span
from qa_bot.sentences import split_sentences

# It warns of every sentence that is longer than the size, which is what we want of it.
logging.getLogger("langchain_text_splitters.base").setLevel(logging.ERROR)

_MAX_CONTEXT = 2000  # characters: it is kept, indexed and embedded with each passage of an article
# How readers ask for what stands in a field of the front matter.
_ASKED_AS = {
    "authors": "文章 作者 职务 单位 author",
    "speakers": "嘉宾 专家 职务 单位 speaker",
    "credits": "主持人 嘉宾 专家 职务 单位 host guest",
    "captions": "图片 照片 拍摄 摄影 photo picture",
    "notes": "文章 作者 职务 单位 author",
}


class _SentencePacker(TextSplitter):
    """Packs sentences into chunks; a sentence itself stays whole."""

    def __init__(self, chunk_size: int) -> None:
        super().__init__(
            chunk_size=chunk_size, chunk_overlap=0, keep_separator=True, strip_whitespace=False
        )

    def split_text(self, text: str) -> list[str]:
        """Split text into chunks of whole sentences; white space goes with the one before."""
        starts = [start for start, _ in split_sentences(text)]
        pieces = [text[a:b] for a, b in pairwise([0, *starts[1:], len(text)])]
        return self._merge_splits(pieces, "")

    def pack(self, text: str, sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
        """Yield the sentences of each chunk, in order."""
        starts = [sentence.span.start for sentence in sentences]
        bounds = [*starts, sentences[-1].span.end]
        pieces = [text[start:end] for start, end in pairwise(bounds)]
        remaining = zip(pieces, sentences, strict=True)
        for chunk in self._merge_splits(pieces, ""):
            packed, length = [], 0
            while length < len(chunk):
                piece, sentence = next(remaining)
                packed.append(sentence)
                length += len(piece)
            yield packed


def split_passages(article: Article, *, size: int) -> Iterator[Passage]:
    """Split an article into passages: its front matter first, then its body.

    Args:
        article: The article as read.
        size: Characters that a passage has at most, unless one sentence is longer.

    Yields:
        Passages in file order; `text` is exactly `article.text[span.start:span.end]`.

    Raises:
        ValueError: If *size* is less than 1.
    """
    packer = _SentencePacker(size)
    indexed = [fact for fact in article.facts if fact.key not in IMPRINT]
    facts = [Sentence(fact.span, METADATA_PARAGRAPH) for fact in indexed]
    if facts:
        keys = dict.fromkeys(fact.key for fact in indexed)
        known = (article.title, article.section, article.source, *(_ASKED_AS[key] for key in keys))
        context = " ".join(filter(None, known))
        for sentences in packer.pack(article.text, facts):
            yield _passage(article, sentences, context=context, is_metadata=True)
    question = ""  # what the host asked last, in the same section
    for first, last in _blocks(article):
        sentences = [
            Sentence(Span(start, end), number)
            for number in range(first, last + 1)
            for start, end in split_sentences(
                article.text,
                article.paragraphs[number].span.start,
                article.paragraphs[number].span.end,
            )
        ]
        paragraph = article.paragraphs[first]
        speaker, section = paragraph.speaker, paragraph.section
        if first and section != article.paragraphs[first - 1].section:
            question = ""
        for packed in packer.pack(article.text, sentences):
            yield _passage(
                article,
                packed,
                section=section,
                speaker=speaker,
                context="\n".join(filter(None, (article.title, section, question))),
            )
        if speaker and is_host(speaker, article.speakers):
            question = article.text[paragraph.span.start : article.paragraphs[last].span.end]


def _blocks(article: Article) -> Iterator[tuple[int, int]]:
    """Yield first and last number of paragraphs that only white space keeps apart."""
    paragraphs = article.paragraphs
    first = 0
    for number, paragraph in enumerate(paragraphs):
        if number + 1 < len(paragraphs):
            after = paragraphs[number + 1]
            between = article.text[paragraph.span.end : after.span.start]
            if (after.section, after.speaker) == (
                paragraph.section,
                paragraph.speaker,
            ) and not between.strip():
                continue
        yield first, number
        first = number + 1


def _passage(
    article: Article,
    sentences: Sequence[Sentence],
    *,
    section: str | None = None,
    speaker: str | None = None,
    context: str = "",
    is_metadata: bool = False,
) -> Passage:
    span = Span(sentences[0].span.start, sentences[-1].span.end)
    return Passage(
        span=span,
        text=article.text[span.start : span.end],
        section=section,
        speaker=speaker,
        sentences=tuple(sentences),
        context=context[:_MAX_CONTEXT],
        is_metadata=is_metadata,
    )
