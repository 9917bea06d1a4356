"""`python -m qa_bot`: the command line."""

import sys

from qa_bot.cli import main

sys.exit(main())
