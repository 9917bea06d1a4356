"""Settings: a command-line flag, then the environment, then a file, then the default.

They are read once, in `cli.py`, and handed down; nothing below reads the environment.
"""

import argparse
import os
import shutil
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from qa_bot.errors import SettingsError

# What a setting may be given as: flags and the environment give text, a file has types.
_READABLE_AS = {int: (int, str), float: (float, int, str), str: (str,), bool: (bool, str)}
_SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
# What only the web chat's server has a use for.
CHAT_ONLY = (
    "question_sets",
    "feedback",
    "host",
    "port",
    "auth",
    "root_path",
    "share_nothing",
    "rate",
)
_FILES = (("qa-bot.toml", ()), ("pyproject.toml", ("tool", "qa-bot")))


def _setting(
    default: Any, help_: str, least: float | None = None, most: float | None = None
) -> Any:
    return field(default=default, metadata={"help": help_, "least": least, "most": most})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set; the flags, environment names and help texts are made from it."""

    corpus: str = _setting("corpus", "folder of the articles")
    index: str = _setting("index", "folder of the index")
    model: str = _setting(
        "static-zh",
        "embedding model: static-zh, or a folder or a name on the hub (NAME@REVISION keeps to a "
        "version) for sentence-transformers",
    )
    reranker: str = _setting(
        "",
        "cross-encoder that puts the best passages and sentences in order: a folder or a name, as "
        "for --model",
    )
    device: str = _setting("auto", "where transformers compute: auto, cpu, cuda, cuda:1, mps")
    offline: bool = _setting(False, "never download a model, as with HF_HUB_OFFLINE=1")
    dense_weight: float = _setting(
        -1.0,
        "weight of the vectors beside BM25, which has 1; -1: by the kind of model; written by "
        "qa-bot eval --calibrate",
        -1,
        100,
    )
    passage_size: int = _setting(400, "characters that a passage has at most", 50, 5000)
    top_k: int = _setting(5, "passages shown beside an answer", 1, 100)
    threshold: float = _setting(
        -1.0, "confidence under which an answer abstains; -1: as fitted", -1, 1
    )
    confidence_slope: float = _setting(
        1.0, "factor of the confidence's log odds; written by qa-bot eval --calibrate", 0, 100
    )
    confidence_offset: float = _setting(
        0.0, "what is added to them; written by qa-bot eval --calibrate", -100, 100
    )
    question_sets: str = _setting(
        "questions", "folder of the question sets that the web chat can evaluate"
    )
    feedback: str = _setting(
        "questions/feedback.jsonl", "file that readers' judgements of answers are kept in"
    )
    host: str = _setting("127.0.0.1", "address that the web chat listens on")
    port: int = _setting(7860, "port that the web chat listens on; 0: any free one", 0, 65535)
    auth: str = _setting(
        "",
        "NAME:FILE: the web chat asks for this name and for the password that is the file's first "
        "line",
    )
    root_path: str = _setting(
        "",
        "where a proxy shows the web chat: a path (/qa) or the whole address "
        "(https://news.example/qa)",
    )
    share_nothing: bool = _setting(
        False, "the web chat only answers: no uploads, changes, judgements or evaluation runs"
    )
    rate: int = _setting(
        120, "questions a minute that an address may ask in the web chat; 0: any number", 0, 10_000
    )


def add_flags(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add a flag for each of the named settings."""
    for setting in fields(Settings):
        if setting.name not in names:
            continue
        kind = _kind(setting.name)
        options: dict[str, Any] = {"metavar": kind.__name__.upper()}
        if kind is bool:
            options = {"action": "store_const", "const": True}
        default = "none" if setting.default == "" else setting.default
        parser.add_argument(
            f"--{setting.name.replace('_', '-')}",
            help=f"{setting.metadata['help']} (default: {default})",
            **options,
        )


def as_flags(settings: Settings, *, without: Collection[str] = ()) -> list[str]:
    """Return the settings as flags for another process; a switch that is off has none."""
    flags = []
    for setting in fields(settings):
        name, value = setting.name, getattr(settings, setting.name)
        if name not in without and value is not False:
            flag = f"--{name.replace('_', '-')}"
            flags.append(flag if value is True else f"{flag}={value}")
    return flags


def read_settings(
    flags: Mapping[str, Any], *, environment: Mapping[str, str], folder: Path
) -> Settings:
    """Read the settings.

    Args:
        flags: Values from the command line; None where a flag was not given.
        environment: `os.environ`; `QA_BOT_CORPUS` and so on.
        folder: Where `qa-bot.toml`, or `pyproject.toml` with `[tool.qa-bot]`, may be.

    Raises:
        SettingsError: If a setting is unknown, of the wrong type or out of range.
    """
    file, from_file = _read_file(folder)
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        name = setting.name
        variable = f"QA_BOT_{name.upper()}"
        if flags.get(name) is not None:
            values[name] = _checked(name, flags[name], f"--{name.replace('_', '-')}")
        elif environment.get(variable):
            values[name] = _checked(name, environment[variable], variable)
        elif name in from_file:
            values[name] = _checked(name, from_file[name], f"{file}: {name}")
    return Settings(**values)


def write_settings(values: Mapping[str, float], *, folder: Path) -> Path:
    """Write settings to the file that they are read from; what else it holds stays as it is.

    Args:
        values: By name.
        folder: Where `qa-bot.toml`, or `pyproject.toml` with `[tool.qa-bot]`, may be; without
            either, `qa-bot.toml` is made.

    Returns:
        The file.

    Raises:
        SettingsError: If it cannot be read or written.
    """
    import tomlkit

    in_use, _ = _read_file(folder)
    path = folder / _FILES[0][0] if in_use == folder else in_use
    keys = dict(_FILES)[path.name]
    try:
        text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        document = tomlkit.parse(text)
        table: Any = document
        for key in keys:
            table = table[key]
        for name, value in values.items():
            table[name] = value
        target = path.resolve()  # a link stays a link
        draft = target.with_name(f"{target.name}.new")
        try:
            with draft.open("wb") as file:
                file.write(tomlkit.dumps(document).encode())
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, draft)
            draft.replace(target)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SettingsError(
            f"{path}: cannot be written ({error.strerror}); write the settings by hand: "
            + ", ".join(f"{name} = {value}" for name, value in values.items())
        ) from error
    return path


def _read_file(folder: Path) -> tuple[Path, dict[str, Any]]:
    for name, keys in _FILES:
        path = folder / name
        if not path.is_file():
            continue
        try:
            values: Any = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (ValueError, RecursionError, OSError) as error:
            raise SettingsError(f"{path}: is not valid TOML ({error}); mend it") from error
        for key in keys:
            values = values.get(key, {})
            if not isinstance(values, dict):
                raise SettingsError(f"{path}: {key} must be a table, got {values!r}; mend it")
        unknown = values.keys() - {setting.name for setting in fields(Settings)}
        if unknown:
            raise SettingsError(
                f"{path}: unknown setting {min(unknown)!r}; see qa-bot --help for those there are"
            )
        if values:
            return path, values
    return folder, {}


def _kind(name: str) -> type:
    default = next(setting.default for setting in fields(Settings) if setting.name == name)
    return type(default)


def _checked(name: str, value: Any, where: str) -> Any:
    kind = _kind(name)
    try:
        if type(value) not in _READABLE_AS[kind]:
            raise TypeError(f"{type(value)} is not read as {kind}")
        number = _SWITCH[str(value).lower()] if kind is bool else kind(value)
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        raise SettingsError(f"{where} must be {_named(kind)}, got {value!r}") from error
    bounds = next(setting.metadata for setting in fields(Settings) if setting.name == name)
    least, most = bounds["least"], bounds["most"]
    if least is not None and not least <= number <= most:
        raise SettingsError(f"{where} must be in [{least}, {most}], got {value}")
    return number


def _named(kind: type) -> str:
    return {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "text")
