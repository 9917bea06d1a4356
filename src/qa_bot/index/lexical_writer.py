"""Numbered texts -> a folder that `lexical` searches, new or begun from another one.

tantivy keeps texts in segment files that never change: what a new index shares with the one before
are the same files, and only a list of what is gone from them is written.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

import tantivy

from qa_bot.errors import IndexWriteError
from qa_bot.index.lexical import LOCK, Entry, labels_of, letters_of, new_index
from qa_bot.index.shared_files import share
from qa_bot.index.terms import join_terms

_WRITER_BYTES = 64_000_000
_REWRITTEN = ("meta.json", ".managed.json")


class LexicalWriter:
    """Adds texts to a BM25 index and takes some out; a context manager, which completes it."""

    def __init__(self, folder: Path, base: Path | None = None) -> None:
        """Begin.

        Args:
            folder: Of the index; empty, or not there.
            base: Of an index whose texts it has too.

        Raises:
            IndexWriteError: If the folder cannot be written.
        """
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for path in base.iterdir() if base else ():
            if path.suffix != ".lock":
                put = shutil.copyfile if path.name in _REWRITTEN else share
                put(path, folder / path.name)
        try:
            self._writer = new_index(folder).writer(_WRITER_BYTES, num_threads=1)
        except ValueError as error:
            raise self._failed(error) from error

    def __enter__(self) -> "LexicalWriter":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            return
        try:
            self._writer.commit()
            self._writer.wait_merging_threads()
        except ValueError as error:  # tantivy's for a disk that is full
            raise self._failed(error) from error
        mode = (self._folder / LOCK).stat().st_mode
        for path in self._folder.iterdir():
            if path.stat().st_mode != mode:
                path.chmod(mode)  # tantivy keeps some to the owner, whatever the umask says

    def add(self, entry: Entry) -> None:
        """Add a text.

        Raises:
            IndexWriteError: If the folder cannot be written.
        """
        document = tantivy.Document()
        document.add_unsigned("number", entry.number)
        document.add_text("terms", entry.terms or " ".join(*join_terms([entry.text])))
        for labels in labels_of(entry.scope):
            for label in labels:
                document.add_text("label", label)
        if entry.date:
            document.add_integer("date", entry.date.toordinal())
        if entry.title:
            document.add_text("title", " ".join(letters_of(entry.title)))
        try:
            self._writer.add_document(document)
        except ValueError as error:
            raise self._failed(error) from error

    def remove(self, articles: Iterable[str]) -> None:
        """Take out all texts of these articles, named by id, that were added so far."""
        for article in articles:
            self._writer.delete_documents_by_term("label", f"article\x1f{article}")

    def _failed(self, error: ValueError) -> IndexWriteError:
        return IndexWriteError(
            f"{self._folder}: cannot be written ({error}); make room and run the command again"
        )
