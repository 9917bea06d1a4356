"""The public sets beside the project -> their lines, and corpora made of them."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSONL file, which may be packed as `path`.gz."""
    packed = path.with_name(f"{path.name}.gz")
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    yield from map(json.loads, re.split(rb"\r?\n", data.strip()))


def write_corpus(documents: Iterable[dict[str, Any]], corpus: Path) -> None:
    """Write each document as an article file named after its id."""
    corpus.mkdir()
    for document in documents:
        title = json.dumps(str(document["title"]) or document["id"], ensure_ascii=False)
        text = f"---\ntitle: {title}\n---\n{document['text']}"
        (corpus / f"{document['id']}.md").write_text(text, encoding="utf-8")
