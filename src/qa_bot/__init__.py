"""qa-bot answers questions in the articles' own words, with proof, or says that they do not say."""

from typing import TYPE_CHECKING, Any

from qa_bot.errors import QaBotError
from qa_bot.records import Answer, Quote, Scope

if TYPE_CHECKING:
    from qa_bot.answering.bot import QABot

__all__ = ["Answer", "QABot", "QaBotError", "Quote", "Scope"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load what answers only when it is asked for: importing a page does without."""
    if name == "QABot":
        from qa_bot.answering.bot import QABot

        return QABot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
