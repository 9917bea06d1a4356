"""What was selected and found -> quotes and passages to show, cut from the files, with places."""

from collections.abc import Sequence

from qa_bot.answering.article_files import ArticleFiles
from qa_bot.answering.highlight import find_highlight
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.retrieve import Hit
from qa_bot.answering.selection import Selection
from qa_bot.corpus import line_of
from qa_bot.index.rows import StoredPassage, StoredSentence
from qa_bot.records import (
    Agreement,
    PageRef,
    Person,
    Query,
    Quote,
    Reprint,
    ShownPassage,
    Span,
    Why,
)

_TERMS = 5  # of a passage that say why it was found


def present_quote(
    query: Query,
    overlap: Overlap,
    files: ArticleFiles,
    selection: Selection,
    others: Sequence[Selection],
) -> Quote:
    """Present a selection as a quote.

    Args:
        query: The question as understood.
        overlap: The query's terms with their weights.
        files: The article files; those of the selections are as they were indexed.
        selection: What is quoted.
        others: The same in reprints.
    """
    passage, sentences = selection.passage, selection.sentences
    first, last = sentences[0], sentences[-1]
    article = files.text(passage.article) or ""
    span = Span(_start(selection, article), last.span.end)
    text = article[span.start : span.end]
    best = selection.best
    highlights = selection.highlights
    if not highlights and span.start < first.span.start:
        highlights = (Span(span.start, span.start + len(passage.section or "")),)
    if not highlights:
        sentence, words, read = best.sentence, best.text, best.answer
        if not (span.start <= sentence.span.start and sentence.span.end <= span.end):
            sentence, read = first, None  # what led to a list stands in none of its points
            words = passage.text_of(first.span)
        offset = sentence.span.start
        start, end = find_highlight(query, words, overlap, read=read)
        highlights = (Span(offset + start, offset + end),)
    indexed = files.article(passage.article)
    speakers = {person.name: person for person in indexed.speakers}
    page = None
    if indexed.page_file and first.page_line_start and last.page_line_end:
        page = PageRef(indexed.page_file, first.page_line_start, last.page_line_end)
    return Quote(
        text=text,
        article=files.reference(passage.article),
        speaker=speakers.get(passage.speaker, Person(passage.speaker)) if passage.speaker else None,
        section=passage.section,
        span=span,
        line_start=line_of(article, span.start),
        line_end=last.line_end,
        page=page if span.start == first.span.start else None,
        highlights=highlights,
        score=best.score,
        also_in=tuple(
            _reprint(files, other.passage, other.sentences[0], other.sentences[-1], text=text)
            for other in others
            if not selection.with_heading
        ),
        agreeing=tuple(_agreement(files, each) for each in selection.agreeing),
    )


def present_passage(overlap: Overlap, files: ArticleFiles, hit: Hit) -> ShownPassage:
    """Present a hit as a passage, with its best matched terms and the reprints that hold it too."""
    passage = hit.passage
    # A passage of this one may lie across two of another paper's.
    copies = {copy.article: copy for copy in reversed(hit.copies)}
    copies.pop(passage.article, None)
    terms = overlap.best_terms(passage, limit=_TERMS)
    return ShownPassage(
        text=passage.text,
        article=files.reference(passage.article),
        span=passage.span,
        line_start=passage.line_start,
        line_end=passage.line_end,
        score=hit.score,
        why=Why(tuple(terms), hit.signals),
        also_in=tuple(
            _reprint(files, copy, copy, copy, text=passage.text)
            for copy in sorted(copies.values(), key=lambda copy: copy.number)
        ),
    )


def _agreement(files: ArticleFiles, selection: Selection) -> Agreement:
    return Agreement(
        text=selection.text,
        article=files.reference(selection.passage.article),
        span=Span(selection.sentences[0].span.start, selection.sentences[-1].span.end),
        line_start=selection.sentences[0].line_start,
        line_end=selection.sentences[-1].line_end,
    )


def _start(selection: Selection, article: str) -> int:
    """Return where a quote starts: at its heading, if that is wanted and stands right above."""
    start = selection.sentences[0].span.start
    section = selection.passage.section
    if not (selection.with_heading and section):
        return start
    above = article[:start].rstrip().rstrip("#").rstrip()
    return len(above) - len(section) if above.endswith(section) else start


def _reprint(
    files: ArticleFiles,
    passage: StoredPassage,
    first: StoredSentence | StoredPassage,
    last: StoredSentence | StoredPassage,
    *,
    text: str,
) -> Reprint:
    span = Span(first.span.start, last.span.end)
    return Reprint(
        article=files.reference(passage.article),
        span=span,
        line_start=first.line_start,
        line_end=last.line_end,
        is_verbatim=(files.text(passage.article) or "")[span.start : span.end] == text,
    )
