"""The documents say what the program does, and their examples run."""

import contextlib
import io
import os
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

import qa_bot
from qa_bot import errors
from qa_bot.cli import _parser
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.settings import Settings
from tests.conftest import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
CHINESE = (PROJECT / "README.zh.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")


def help_of(*command: str) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), pytest.raises(SystemExit):
        _parser().parse_args([*command, "--help"])
    return printed.getvalue()


def commands() -> list[str]:
    found = re.search(r"\n  COMMAND\n(.*?)\n\n", help_of() + "\n\n", re.DOTALL)
    assert found
    return re.findall(r"^    (\w+) ", found[1], re.MULTILINE)


def test_both_readmes_name_every_command() -> None:
    assert commands() == ["chat", "ask", "import", "index", "eval", "verify", "articles"]
    for command in commands():
        assert f"`qa-bot {command}" in README
        assert f"`qa-bot {command}" in CHINESE


def test_the_readme_names_every_option() -> None:
    for command in commands():
        for option in set(re.findall(r"--[a-z][a-z-]*", help_of(command))) - {"--help"}:
            assert f"`{option}" in README, f"{command} {option}"


def test_the_readme_gives_every_setting_with_its_default() -> None:
    for setting in fields(Settings):
        flag = f"--{setting.name.replace('_', '-')}"
        default = int(setting.default) if setting.default == -1 else setting.default
        assert f"| `{flag}` | {default} |" in README


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    documents = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *PROJECT.glob("docs/**/*.md")]
    for document in documents:
        for named in re.findall(r"`make ([a-z-]+)|^ {4}make ([a-z-]+)", document.read_text(), re.M):
            assert "".join(named) in targets, (document, named)


def test_the_python_example_of_the_readme_runs(tmp_path: Path, encoder: Encoder) -> None:
    example, _ = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    build_index(PROJECT / "corpus", tmp_path / "index", encoder)
    example = example.replace('"index"', repr(str(tmp_path / "index")))
    example = example.replace('"corpus"', repr(str(PROJECT / "corpus")))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example, {})  # noqa: S102 # our own example
    assert "187家" in printed.getvalue()


def test_every_public_name_is_documented() -> None:
    for name in qa_bot.__all__:
        assert getattr(qa_bot, name).__doc__


def test_the_tree_of_errors_in_the_docstring_is_the_tree_there_is() -> None:
    drawn = set(re.findall(r"\w+Error", errors.__doc__ or ""))
    there = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert drawn == there


def test_links_between_documents_lead_somewhere() -> None:
    for document in [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).exists(), (document, link)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_without_a_question_says_how_to_give_one() -> None:
    stamp = PROJECT / ".venv/.runtime"
    if not stamp.exists():
        pytest.skip("the environment was not made by make")
    done = subprocess.run(
        ["make", "-s", "ask", "-o", ".venv/.runtime"],  # noqa: S607
        cwd=PROJECT,
        env={**os.environ, "Q": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("give a question: make ask Q='...'")
