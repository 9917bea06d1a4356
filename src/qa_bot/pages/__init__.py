"""A newspaper page's text -> its articles.

Read `page.py` first: it names the steps in their order.
"""

from qa_bot.pages.convert import convert_page
from qa_bot.pages.decode import decode_page
from qa_bot.pages.files import Written, write_articles
from qa_bot.pages.markdown import format_article
from qa_bot.pages.page import read_page
from qa_bot.pages.proof import unaccounted
from qa_bot.pages.records import (
    Doubt,
    LeftOut,
    PageArticle,
    PageImport,
    PageLine,
    PageParagraph,
)

__all__ = [
    "Doubt",
    "LeftOut",
    "PageArticle",
    "PageImport",
    "PageLine",
    "PageParagraph",
    "Written",
    "convert_page",
    "decode_page",
    "format_article",
    "read_page",
    "unaccounted",
    "write_articles",
]
