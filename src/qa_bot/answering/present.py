"""What was selected and found -> quotes and passages to show, cut from the files, with places."""

from collections.abc import Sequence

from qa_bot.answering.article_files import ArticleFiles
from qa_bot.answering.compose import Selection
from qa_bot.answering.highlight import find_highlight
from qa_bot.answering.overlap import Overlap
from qa_bot.answering.retrieve import Hit
from qa_bot.index.store import StoredPassage, StoredSentence
from qa_bot.records import PageRef, Person, Query, Quote, Reprint, ShownPassage, Span, Why

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
    span = Span(first.span.start, last.span.end)
    text = (files.text(passage.article) or "")[span.start : span.end]
    best = selection.best
    start, end = find_highlight(query, best.text, overlap)
    offset = best.sentence.span.start
    speakers = {person.name: person for person in files.article(passage.article).speakers}
    page = (
        first.page
        and last.page
        and PageRef(first.page.file, first.page.line_start, last.page.line_end)
    )
    return Quote(
        text=text,
        article=files.reference(passage.article),
        speaker=speakers.get(passage.speaker, Person(passage.speaker)) if passage.speaker else None,
        section=passage.section,
        span=span,
        line_start=first.line_start,
        line_end=last.line_end,
        page=page,
        highlights=(Span(offset + start, offset + end),),
        score=best.score,
        also_in=tuple(
            _reprint(files, other.passage, other.sentences[0], other.sentences[-1], text=text)
            for other in others
        ),
    )


def present_passage(overlap: Overlap, files: ArticleFiles, hit: Hit) -> ShownPassage:
    """Present a hit as a passage, with its best matched terms and the reprints that hold it too."""
    passage = hit.passage
    # A passage of this one may lie across two of another paper's.
    copies = {copy.article: copy for copy in reversed(hit.copies)}
    copies.pop(passage.article, None)
    terms = overlap.shares(f"{passage.frame}\n{passage.text}", limit=_TERMS)
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
