"""qa-bot answers questions in the articles' own words, with proof, or says that they do not say."""

from qa_bot.answering.bot import QABot
from qa_bot.errors import QaBotError
from qa_bot.records import Answer, Quote

__all__ = ["Answer", "QABot", "QaBotError", "Quote"]
__version__ = "0.1.0"
