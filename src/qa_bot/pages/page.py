"""A page's text -> its articles: the steps of the import, in their order."""

from qa_bot.pages.assign import assign_bylines, assign_titles
from qa_bot.pages.blocks import read_blocks
from qa_bot.pages.borders import split_articles
from qa_bot.pages.classify import classify, ends_block, opens_block
from qa_bot.pages.compose import Composer
from qa_bot.pages.heal import heal
from qa_bot.pages.metadata import page_facts
from qa_bot.pages.records import PageImport
from qa_bot.pages.topics import Bonds


def read_page(text: str, *, file: str) -> PageImport:
    """Read the articles that are on a newspaper page.

    Args:
        text: The page's text, as scanned or extracted.
        file: How the page is named in the result.

    Returns:
        The articles, what was left out, and what is doubtful. Every text has a result; one
        without a paragraph has no articles. The time grows with the length.
    """
    page, blocks = read_blocks(text, opens=opens_block, ends=ends_block)
    bonds = Bonds.count(block.text for block in blocks)
    items = classify(page, blocks, bonds)
    items, doubts = heal(page, items, bonds)
    drafts = split_articles(items)
    doubts += assign_titles(drafts)
    doubts += assign_bylines(drafts)
    source, date = page_facts(items)
    composer = Composer(page, source=source, date=date)
    for draft in drafts:
        if draft.has_text:
            composer.add(draft)
        else:
            composer.leave_out_all(draft)
    return PageImport(
        file,
        tuple(composer.articles),
        tuple(composer.left_out),
        tuple(sorted(doubts + composer.doubts, key=lambda doubt: doubt.page_lines)),
        tuple(composer.traces),
    )
