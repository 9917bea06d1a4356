"""Documents that a question set brings along -> a corpus of their own, and its index.

The user's own corpus and index are never touched.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from qa_bot.errors import EvaluationError, QuestionSetError
from qa_bot.evaluation.records import Document
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.index.snapshot import current_folder

_UNSAFE = re.compile(r"[^\w.-]|^\.|^(?=readme$)", re.IGNORECASE)
_MAX_NAME = 200  # bytes


def article_id(document: str) -> str:
    """Return the id of the article that a document becomes: its own, as a safe file name.

    Raises:
        QuestionSetError: If it is too long for one.
    """
    name = _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}" if match[0] else "%", document)
    if len(name.encode("utf-8", "replace")) > _MAX_NAME:
        raise QuestionSetError(f"document id {document[:40]!r}... is too long; shorten it")
    return f"{name}.md"


def build_set_index(
    documents: Iterable[Document],
    folder: Path,
    encoder: Encoder,
    *,
    passage_size: int,
    show_progress: bool = False,
) -> tuple[str, ...]:
    """Write the documents as articles to `folder/corpus` and index them in `folder/index`.

    Args:
        documents: At least one.
        folder: A folder for these documents only; what was indexed there is used again.
        encoder: The embedding model.
        passage_size: Characters that a passage has at most.
        show_progress: Whether to draw progress bars on stderr.

    Returns:
        Documents that could not be used, one line each.

    Raises:
        CorpusError: If none can be used.
        EvaluationError: If the folder cannot be written.
    """
    corpus, index = folder / "corpus", folder / "index"
    try:
        corpus.mkdir(parents=True, exist_ok=True)
        # Nothing is removed here: nobody loses a file to a folder that was named by mistake.
        for document in () if current_folder(index) else documents:
            title = json.dumps(" ".join(document.title.split()), ensure_ascii=False)
            text = f"---\ntitle: {title}\n---\n{document.text}"
            # Line ends as they are, and half a surrogate pair cannot be written.
            (corpus / article_id(document.id)).write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise EvaluationError(
            f"{folder}: cannot be written ({error.strerror}); choose another folder"
        ) from error
    report = build_index(
        corpus,
        index,
        encoder,
        passage_size=passage_size,
        show_progress=show_progress,
    )
    return report.problems
