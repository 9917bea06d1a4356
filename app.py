"""Starts the web chat."""

import sys

from qa_bot.cli import main

sys.exit(main(["chat", *sys.argv[1:]]))
