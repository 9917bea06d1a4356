"""Feeds changed inputs to what reads files and questions of strangers, and keeps what breaks it.

Each target runs for a while in a process of its own, from seeds of the project's own files. An
input is a find if it raises anything but an error of ours, or takes more than 20 seconds; it is
written to fuzz/, with the command that repeats it. `make fuzz` installs atheris, which there is for
Linux only.
"""

import argparse
import datetime as dt
import json
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

PROJECT = Path(__file__).parents[1]
FOUND = PROJECT / "fuzz"
_MOST_BYTES = 20_000  # of an input
_SECONDS = 20  # for an input
_SEEDS = 200
# Articles do not name the kinds of their values, but YAML lets them.
_OF_A_KIND = [
    f"---\ntitle: 花园\ndate: !!{kind} {value}\n---\n三百棵树。\n".encode()
    for kind in ("bool", "int", "float", "timestamp", "binary", "set", "omap", "pairs", "null")
    for value in ("x", '"\\U0010ffff"', "[1:59, 0x1f]", "{a: 1e9}")
]
_PARTS = ("manifest.json", "store.sqlite", "signatures.npy")
_TABLES = ("article", "passage", "author", "gone", "name", "post")
# The columns that a row's last one, its checksum, is of.
_CHECKED = {"article": tuple(range(12)), "passage": (*range(11), 12)}

Target = Callable[[bytes], object]


def import_page() -> Target:
    """A page's bytes: they are decoded, read, and made articles, which have to be readable."""
    from qa_bot.corpus import parse_article
    from qa_bot.pages import decode_page, format_article, read_page, unaccounted

    def run(data: bytes) -> None:
        text = decode_page(data, file="page.txt")
        page = read_page(text, file="page.txt")
        if lost := unaccounted(text, page):
            raise AssertionError(f"lost {lost!r:.200}")
        for article in page.articles:
            written = format_article(article, page_file="pages/page.txt").encode()
            parse_article(written, id="page.md", shown_as="page.md")

    return run


def front_matter() -> Target:
    """An article's bytes: every passage is the text at its offsets."""
    from qa_bot.corpus import parse_article
    from qa_bot.front_matter import correct_fields
    from qa_bot.passages import split_passages

    def run(data: bytes) -> None:
        article = parse_article(data, id="a.md", shown_as="a.md")
        for passage in split_passages(article, size=400):
            if article.text[passage.span.start : passage.span.end] != passage.text:
                raise AssertionError("a passage is not the text at its offsets")
        correct_fields(article.text, {"title": "灯塔"}, "a.md")

    return run


def question() -> Target:
    """A conversation, a line a question: the last one is answered from the sample articles."""
    from qa_bot import QABot

    bot = QABot.open(_index(), corpus=PROJECT / "corpus")

    def run(data: bytes) -> None:
        *history, asked = data.decode(
            "utf-8", "surrogatepass" if len(data) % 2 else "replace"
        ).split("\n")
        json.dumps(bot.ask(asked, history=history[-5:]).to_dict()).encode()

    return lambda data: _decoded(run, data)


def index() -> Target:
    """A part of a snapshot, all checksums made to fit; the first byte says which part."""
    from qa_bot import QABot, Scope
    from qa_bot.index.manifest import checksum_of

    folder = _index()
    snapshot = folder / (folder / "CURRENT").read_text().strip()
    whole = {name: (snapshot / name).read_bytes() for name in _PARTS}
    day = dt.date(2025, 1, 1)

    def run(data: bytes) -> None:
        name = _PARTS[data[0] % len(_PARTS)] if data else _PARTS[0]
        changed = data[1:]
        (snapshot / name).unlink()
        if name == "manifest.json":
            with suppress(ValueError, RecursionError, AttributeError):
                manifest = json.loads(changed)
                manifest.pop("checksum", None)
                changed = json.dumps({**manifest, "checksum": checksum_of(manifest)}).encode()
            (snapshot / name).write_bytes(changed)
        elif name == "store.sqlite" and len(data) % 2:
            (snapshot / name).write_bytes(whole[name])
            with suppress(sqlite3.Error):
                forge(snapshot / name, *_cell(changed))
        else:  # of larger files the bytes change a part only
            at = int.from_bytes(changed[:3], "big") % len(whole[name])
            changed = whole[name][:at] + changed[3:] + whole[name][at + len(changed[3:]) :]
            (snapshot / name).write_bytes(changed)
        if name != "manifest.json":
            fit_manifest(snapshot)
        try:
            with QABot.open(folder, corpus=PROJECT / "corpus") as bot:
                bot.ask("全市有多少家企业?")
                bot.ask("记者陶叶怎么说?", scope=Scope(sources=("云江日报",), since=day))
        finally:
            for part, content in whole.items():
                (snapshot / part).write_bytes(content)

    return run


def _cell(data: bytes) -> tuple[str, int, int, object]:
    """Return a table, a row, a column and a value for it."""
    table, row, column, kind, *_ = [*data, 0, 0, 0, 0]
    rest = data[4:]
    values = (
        int.from_bytes(rest[:8], "big", signed=True),
        rest.decode("utf-8", "replace"),
        rest,
        None,
        struct.unpack("<d", rest[:8].ljust(8, b"\0"))[0],
    )
    return _TABLES[table % len(_TABLES)], row, column, values[kind % len(values)]


def forge(store: Path, table: str, row: int, column: int, value: object) -> None:
    """Change a value in a store; the checksums of its rows are made to fit.

    Nothing is left of what a table may hold: any value of any type may stand in any column.

    Args:
        store: The file.
        table: One of its tables.
        row: Place of the row; counted on from the first after the last.
        column: Place of the column, likewise.
        value: What is put there.

    Raises:
        sqlite3.Error: If it cannot be.
    """
    from qa_bot.index.store_writer import checksum

    with closing(sqlite3.connect(store)) as database:
        columns = [f'"{name}"' for _, name, *_ in database.execute(f"PRAGMA table_info({table})")]
        rows = [list(values) for values in database.execute(f"SELECT * FROM {table}")]  # noqa: S608 # ours
        if rows:
            rows[row % len(rows)][column % len(columns)] = value
        for values in rows if table in _CHECKED else ():
            values[-1] = checksum([values[place] for place in _CHECKED[table]])
        database.execute(f"DROP TABLE {table}")
        database.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        marks = ",".join("?" * len(columns))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 # ours
        database.commit()


def fit_manifest(snapshot: Path) -> None:
    """Make a snapshot's manifest fit its files."""
    from qa_bot.index.manifest import read_manifest, write_manifest
    from qa_bot.index.snapshot import file_digests

    manifest = read_manifest(snapshot)
    write_manifest(snapshot, replace(manifest, files=file_digests(snapshot)))


TARGETS: dict[str, Callable[[], Target]] = {
    "import": import_page,
    "front_matter": front_matter,
    "question": question,
    "index": index,
}


def main() -> int:
    """Run the targets, one after another, or one input again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", choices=TARGETS, help="only this one")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default 60)")
    parser.add_argument("--input", type=Path, help="run this input again instead")
    parser.add_argument("--fuzz", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.input and options.target:
        _of_ours(TARGETS[options.target]())(options.input.read_bytes())
        return 0
    if options.fuzz:
        return _fuzz(options.target, options.seconds)
    names = [options.target] if options.target else list(TARGETS)
    command = [sys.executable, __file__, "--fuzz", f"--seconds={options.seconds}"]
    statuses = [
        subprocess.run([*command, f"--target={name}"], check=False).returncode  # noqa: S603 # our own program
        for name in names
    ]
    for path in sorted(FOUND.glob("*-*")) if any(statuses) else ():
        target = path.name.rpartition("-")[0].rpartition("-")[0]
        again = f"{sys.executable} {__file__} --target {target} --input {path}"
        print(f"found {path}; repeat it with:\n  {again}")
    return 1 if any(statuses) else 0


def _fuzz(name: str, seconds: int) -> int:
    import atheris

    with atheris.instrument_imports(include=["qa_bot"]):
        target = TARGETS[name]()
    FOUND.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as seeds:
        for number, seed in enumerate(_seeds(name)):
            Path(seeds, str(number)).write_bytes(seed[:_MOST_BYTES])
        flags = [f"-max_total_time={seconds}", f"-max_len={_MOST_BYTES}", f"-timeout={_SECONDS}"]
        flags += [f"-artifact_prefix={FOUND}/{name}-", "-rss_limit_mb=4096", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *flags, seeds], _of_ours(target))
        atheris.Fuzz()
    return 0


def _of_ours(target: Target) -> Callable[[bytes], None]:
    """Return the target without the errors that it may raise: one sentence each."""
    from qa_bot.errors import QaBotError

    def run(data: bytes) -> None:
        try:
            target(data)
        except QaBotError as error:
            if "\n" in str(error):
                raise AssertionError("an error of several lines") from error

    return run


def _decoded(run: Callable[[bytes], None], data: bytes) -> None:
    with suppress(UnicodeDecodeError):
        run(data)


def _index() -> Path:
    """Build an index of the sample articles in a temporary folder."""
    from qa_bot.index.build import build_index
    from qa_bot.index.encoder import load_encoder

    folder = Path(tempfile.mkdtemp(prefix="qa-bot-fuzz-"))
    build_index(PROJECT / "corpus", folder, load_encoder())
    return folder


def _seeds(name: str) -> Iterable[bytes]:
    if name == "import":
        paths = sorted((PROJECT / "tests" / "pages").rglob("*.txt"))
        return (path.read_bytes() for path in paths[:_SEEDS])
    if name == "front_matter":
        paths = sorted((PROJECT / "corpus").rglob("*.md"))
        return (*(path.read_bytes() for path in paths[:_SEEDS]), *_OF_A_KIND)
    if name == "question":
        lines = (PROJECT / "tests" / "questions" / "hand.jsonl").read_text(encoding="utf-8")
        return (json.loads(line)["question"].encode() for line in lines.splitlines()[:_SEEDS])
    folder = _index()
    snapshot = folder / (folder / "CURRENT").read_text().strip()
    seeds = [b"\0" + (snapshot / "manifest.json").read_bytes()]
    seeds += [
        bytes([1, table, 0, column, kind]) + b"\0" * 8 + b"0"[: kind % 2]
        for table in range(len(_TABLES))
        for column in range(14)
        for kind in (0, 1, 3)
    ]
    seeds += [bytes([part, 0, at, 0]) + b"\xff" * 40 for part in (1, 2) for at in range(0, 250, 50)]
    shutil.rmtree(folder)
    return seeds


if __name__ == "__main__":
    sys.exit(main())
