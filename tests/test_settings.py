"""Settings files as people write them, and what is refused of them."""

import argparse
from dataclasses import fields
from pathlib import Path

import pytest

from qa_bot.errors import SettingsError
from qa_bot.settings import Settings, add_flags, as_flags, read_settings, write_settings


def read(folder: Path) -> Settings:
    return read_settings({}, environment={}, folder=folder)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("top_k = 5.7", "top_k must be a whole number, got 5.7"),
        ("top_k = true", "top_k must be a whole number, got True"),
        ("threshold = false", "threshold must be a number, got False"),
        ("threshold = nan", "threshold must be in [-1, 1], got nan"),
        ('offline = "maybe"', "offline must be true or false, got 'maybe'"),
        ("offline = 1", "offline must be true or false, got 1"),
        ('corpus = ["a"]', "corpus must be text, got ['a']"),
        ("corpus = 2025-10-08", "corpus must be text, got datetime.date(2025, 10, 8)"),
        ("threshold = 1" + 400 * "0", "threshold must be a number, got 1000"),
        ("top_k = " + 5000 * "1", "is not valid TOML"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_file_and_key(
    tmp_path: Path, line: str, message: str
) -> None:
    """Half of what was meant would be taken in silence."""
    path = tmp_path / "qa-bot.toml"
    path.write_text(line)
    with pytest.raises(SettingsError) as caught:
        read(tmp_path)
    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool]\nqa-bot = 3\n", "qa-bot must be a table, got 3; mend it"),
        ("tool = 1\n", "tool must be a table, got 1; mend it"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        read(tmp_path)
    assert str(caught.value) == f"{path}: {message}"


def test_whole_numbers_and_text_are_taken_where_they_say_a_number(tmp_path: Path) -> None:
    (tmp_path / "qa-bot.toml").write_text('confidence_slope = 2\ntop_k = "7"\n')
    assert (read(tmp_path).confidence_slope, read(tmp_path).top_k) == (2.0, 7)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    path = tmp_path / "qa-bot.toml"
    path.write_text('corpus = "文章"\n', encoding="utf-8-sig")
    assert read(tmp_path).corpus == "文章"
    write_settings({"threshold": 0.4}, folder=tmp_path)
    assert (read(tmp_path).corpus, read(tmp_path).threshold) == ("文章", 0.4)


def test_a_switch_is_read_as_people_write_it(tmp_path: Path) -> None:
    def offline(environment: dict[str, str]) -> bool:
        return read_settings({}, environment=environment, folder=tmp_path).offline

    assert offline({}) is False
    assert offline({"QA_BOT_OFFLINE": "Yes"}) is offline({"QA_BOT_OFFLINE": "1"}) is True
    (tmp_path / "qa-bot.toml").write_text("offline = true\n")
    assert offline({}) is True
    assert offline({"QA_BOT_OFFLINE": "0"}) is False


def test_settings_as_flags_are_read_back_the_same(tmp_path: Path) -> None:
    """What the web chat's runs are started with."""
    for settings in (Settings(), Settings(offline=True, model="a/b@c", dense_weight=0.5)):
        parser = argparse.ArgumentParser()
        add_flags(parser, *(setting.name for setting in fields(Settings)))
        flags = vars(parser.parse_args(as_flags(settings)))
        assert read_settings(flags, environment={}, folder=tmp_path) == settings
