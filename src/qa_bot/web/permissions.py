"""The settings -> what readers of this server may do besides asking."""

from dataclasses import dataclass

from qa_bot.settings import Settings
from qa_bot.web.address import is_loopback


@dataclass(frozen=True, slots=True)
class Permissions:
    """What readers may do.

    Attributes:
        may_change: The corpus: import, correct and remove articles, build the index anew.
        may_leave: Anything on the server: uploads, judgements of answers, evaluation runs.
    """

    may_change: bool
    may_leave: bool

    @classmethod
    def of(cls, settings: Settings) -> "Permissions":
        """Return what the settings allow.

        A root path says that a proxy brings readers from elsewhere: then listening on loopback
        keeps nobody away.
        """
        is_own = is_loopback(settings.host) and not settings.root_path
        return cls(
            may_change=not settings.share_nothing and (is_own or bool(settings.auth)),
            may_leave=not settings.share_nothing,
        )
