"""Runs qa-bot as its command line does, and writes down what no corpus or index may bring about.

    python -m tests.audited REPORT FOLDER ARGUMENT...

Python tells an audit hook before it unpickles, runs code, starts programs, opens sockets and files.
"""

import json
import os
import sys
import sysconfig
from pathlib import Path
from types import CodeType
from typing import Any

MARK = "attacked_by_text"  # in whatever of the attacks is code
_NEVER = (
    "pickle.find_class",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.startfile",
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
    "socket.gethostbyname",
)
# With the place of the path that is new, or gone.
_CHANGES = {"os.rename": 1, "os.link": 1, "os.symlink": 1, "os.remove": 0, "os.mkdir": 0}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main(report: str, folder: str, *arguments: str) -> int:
    """Run a command; only below *folder* and where temporary files lie may it write."""
    found: list[str] = []
    places = [os.path.realpath(place) for place in (folder, os.environ["TMPDIR"])]
    packages = [os.path.realpath(path) for path in (*sysconfig.get_paths().values(), *sys.path)]

    def is_in(path: Any, among: list[str]) -> bool:
        name = os.path.realpath(os.fsdecode(path))
        return any(name == place or name.startswith(f"{place}{os.sep}") for place in among)

    def watch(event: str, given: tuple[Any, ...]) -> None:
        if event == "socket.bind" and given[1][:2] == ("::1", 0):
            pass  # urllib3 looks whether there is IPv6; nobody listens
        elif event in _NEVER:
            found.append(f"{event} {given!r:.200}")
        elif event == "subprocess.Popen":
            # What reads PDF, Word and HTML is a process of its own; matplotlib asks for fonts.
            command = list(given[1])
            if command[1:4] != ["-P", "-m", "qa_bot.pages.extract"] and command[0] != "fc-list":
                found.append(f"{event} {given[1]!r:.200}")
        elif event == "exec" and isinstance(given[0], CodeType):
            file = given[0].co_filename
            is_ours = file.startswith("<") or is_in(file, packages)
            if not is_ours or MARK in repr((given[0].co_names, given[0].co_consts)):
                found.append(f"exec {file}")
        elif event == "compile" and MARK in repr(given[0]):
            found.append(f"compile {given[0]!r:.200}")
        elif event == "open" and isinstance(given[0], str | bytes) and given[2] & _WRITES:
            if os.fsdecode(given[0]) != os.devnull and not is_in(given[0], places):
                found.append(f"open {given[0]!r} for writing")
        elif event in _CHANGES and not is_in(given[_CHANGES[event]], places):
            found.append(f"{event} {given!r:.200}")

    sys.addaudithook(watch)
    from qa_bot.cli import main as run

    status = 3
    try:
        status = run(list(arguments))
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        Path(report).write_text(json.dumps({"status": status, "found": found[:50]}))
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
