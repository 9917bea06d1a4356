"""`NAME:FILE` -> the account that may use the web chat, and whether a request is its own."""

import base64
import hashlib
import hmac
import os
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from qa_bot.errors import SettingsError

_MOST = 4096  # bytes of a password


@dataclass(frozen=True, slots=True)
class Account:
    """Who may use the web chat.

    Attributes:
        file: That holds the password.
        digest: Of name and password.
        is_exposed: Whether other users of this machine may read the file.
    """

    file: Path
    digest: bytes = field(repr=False)
    is_exposed: bool

    def is_named_by(self, header: bytes) -> bool:
        """Whether an `Authorization` header has the name and the password."""
        scheme, _, encoded = header.partition(b" ")
        if scheme.lower() != b"basic":
            return False
        try:
            credentials = base64.b64decode(encoded.strip(), validate=True).decode()
        except ValueError:
            return False
        return hmac.compare_digest(_digest(credentials), self.digest)


def read_account(setting: str) -> Account | None:
    """Read the password.

    Args:
        setting: `NAME:FILE`; empty for none. The file's first line is the password.

    Raises:
        SettingsError: If the setting is not such, or the file has no password.
    """
    if not setting:
        return None
    name, _, file = setting.partition(":")
    if not name or not file:
        raise SettingsError(
            f"auth must be NAME:FILE, the file's first line being the password, got {setting!r}"
        )
    path = Path(file)
    try:
        with path.open("rb") as stream:
            line = stream.readline(_MOST + 1)
            mode = os.fstat(stream.fileno()).st_mode
        password = line.decode("utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise SettingsError(
            f"{path}: the password cannot be read ({error.strerror}); write it into the file's "
            "first line"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: the password is not UTF-8; write it anew") from error
    if not password.strip() or len(line) > _MOST:
        raise SettingsError(
            f"{path}: the first line must be a password of 1 to {_MOST:,} bytes; write one there"
        )
    is_exposed = os.name == "posix" and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
    return Account(path, _digest(f"{name}:{password}"), is_exposed)


def _digest(credentials: str) -> bytes:
    # Of equal length, so that the comparison takes the same time whatever was sent; composed,
    # because keyboards differ in how they write an accent.
    composed = unicodedata.normalize("NFC", credentials)
    return hashlib.sha256(composed.encode("utf-8", "replace")).digest()
