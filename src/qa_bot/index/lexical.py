"""Terms -> BM25 scores, by tantivy (an embedded search engine in Rust).

tantivy is given our own terms, separated by spaces; what a reader typed is never parsed as a
query language.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy

from qa_bot.errors import IndexWriteError
from qa_bot.index.terms import split_terms

_ANALYZER = "terms"
_WRITER_BYTES = 64_000_000
_LOCK = ".tantivy-meta.lock"


class LexicalIndex:
    """A BM25 index of numbered texts in a folder; k1 = 1.2 and b = 0.75, tantivy's constants."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(
            _ANALYZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def build(cls, folder: Path, texts: Iterable[tuple[int, str, str | None]]) -> "LexicalIndex":
        """Write an index.

        Args:
            folder: An empty folder.
            texts: Number, text and label (the speaker) of each entry.

        Raises:
            IndexWriteError: If the folder cannot be written.
        """
        schema = (
            tantivy.SchemaBuilder()
            .add_unsigned_field("number", fast=True)
            .add_text_field("terms", tokenizer_name=_ANALYZER, index_option="freq")
            .add_text_field("label", tokenizer_name="raw", index_option="basic")
            .build()
        )
        try:
            index = tantivy.Index(schema, path=str(folder))
            lexical = cls(index)
            writer = index.writer(_WRITER_BYTES, num_threads=1)
            for number, text, label in texts:
                document = tantivy.Document()
                document.add_unsigned("number", number)
                document.add_text("terms", " ".join(split_terms(text)))
                if label is not None:
                    document.add_text("label", label)
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            index.reload()
        except ValueError as error:  # tantivy's for a disk that is full
            raise IndexWriteError(
                f"{folder}: cannot be written ({error}); make room and run the command again"
            ) from error
        lexical._searcher = index.searcher()
        mode = (folder / _LOCK).stat().st_mode
        for path in folder.iterdir():
            path.chmod(mode)  # tantivy keeps some to the owner, whatever the umask says
        return lexical

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """Open an index for reading; its files are memory-mapped.

        tantivy takes a lock beside the files that it opens. Where it may not write, it is shown
        links to them in a folder of its own, which need not outlive the opening.
        """
        lock = folder / _LOCK
        if os.access(lock if lock.exists() else folder, os.W_OK):
            return cls(tantivy.Index.open(str(folder)))
        with TemporaryDirectory(prefix="qa-bot-", ignore_cleanup_errors=True) as links:
            for path in folder.resolve().iterdir():
                if path.suffix != ".lock":
                    Path(links, path.name).symlink_to(path)
            return cls(tantivy.Index.open(links))

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def document_frequency(self, term: str) -> int:
        """Return in how many texts the term occurs."""
        return int(self._searcher.doc_freq("terms", term))

    def search(
        self, weights: Mapping[str, float], *, limit: int, labels: Sequence[str] = ()
    ) -> dict[int, float]:
        """Find the texts with the highest BM25 scores.

        Args:
            weights: Terms, each with the factor of its part of the score.
            limit: How many texts at most.
            labels: If any: only texts with one of these labels.

        Returns:
            Score by number, best first, ties by number; only texts that hold a term.
        """
        schema = self._index.schema
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(schema, "terms", term, "freq"), weight
                ),
            )
            for term, weight in weights.items()
        ]
        if not clauses or limit < 1:
            return {}
        query = tantivy.Query.boolean_query(clauses)
        if labels:
            allowed = tantivy.Query.term_set_query(schema, "label", list(labels))
            must = [query, tantivy.Query.const_score_query(allowed, 0.0)]
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in must])
        hits = self._searcher.search(query, limit, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        scored = ((int(n or 0), score) for n, (score, _) in zip(numbers, hits, strict=True))
        return dict(sorted(scored, key=lambda hit: (-hit[1], hit[0])))
