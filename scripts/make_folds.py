"""What each character is folded to -> `src/qa_bot/models/folds.json`, which `index.terms` reads.

To ask OpenCC for 50,000 characters at each start takes longer than to answer a question.
"""

import argparse
import json
import re
import unicodedata
from importlib.metadata import version
from pathlib import Path
from typing import Any

from opencc import OpenCC

FILE = Path(__file__).parent.parent / "src" / "qa_bot" / "models" / "folds.json"
_WORDLY = re.compile(r"[^\W_]")


def make_folds() -> dict[str, Any]:
    """Return what the file holds.

    OpenCC's phrases (乾隆, but 乾燥 -> 干燥) are not wanted: alike is enough.
    """
    before = [chr(code) for code in (*range(0xA000), *range(0xF900, 0xFFF0)) if chr(code) != "\n"]
    after = [unicodedata.normalize("NFKC", c).casefold() for c in before]
    folded = OpenCC("t2s").convert("\n".join(after)).split("\n")
    folds = {c: f for c, f in zip(before, folded, strict=True) if f != c}
    single = {c: f for c, f in folds.items() if len(f) == 1 and ord(f) < 0xFFFF}
    return {
        "made_by": "scripts/make_folds.py",
        "made_of": {"opencc": version("opencc"), "unicode": unicodedata.unidata_version},
        "characters": "".join(single),
        "become": "".join(single.values()),
        # An ellipsis stays what it is.
        "longer": {c: f for c, f in folds.items() if c not in single and _WORDLY.search(f)},
    }


def main() -> None:
    """Write the file."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    FILE.write_text(json.dumps(make_folds(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
