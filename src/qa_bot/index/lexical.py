"""Terms -> BM25 scores, by tantivy (an embedded search engine in Rust); see `lexical_writer`.

tantivy is given our own terms, separated by spaces; what a reader typed is never parsed as a
query language.
"""

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy

from qa_bot.errors import IndexDamagedError
from qa_bot.index.terms import fold
from qa_bot.records import Scope

_ANALYZER = "terms"
LOCK = ".tantivy-meta.lock"
_KEPT = 65_536  # terms whose frequency stays in memory
_COUNTED = 1000  # texts at most that are counted one by one
_MAX_TITLE = 300  # characters of a title that are looked for


@dataclass(frozen=True, slots=True)
class Entry:
    """A text to index, with what it can be filtered by.

    Attributes:
        number: What a search returns.
        scope: Its authors, speakers, source and article, each as a tuple of names.
        date: Of its article.
        title: What `titled` looks in.
        terms: Those of the text, as `join_terms` gives them, if they are known.
    """

    number: int
    text: str
    scope: Scope = Scope()  # noqa: RUF009 # frozen
    date: dt.date | None = None
    title: str = ""
    terms: str = ""


class LexicalIndex:
    """A BM25 index of numbered texts in a folder; k1 = 1.2 and b = 0.75, tantivy's constants."""

    def __init__(self, index: tantivy.Index, folder: Path) -> None:
        _register(index)
        self._index, self._folder = index, folder
        self._searcher = index.searcher()
        self._has_gaps = any(folder.glob("*.del"))
        self._frequencies: dict[str, int] = {}

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """Open an index for reading; its files are memory-mapped.

        tantivy takes a lock beside the files that it opens. Where it may not write, it is shown
        links to them in a folder of its own, which need not outlive the opening.

        Raises:
            IndexDamagedError: If a file cannot be made sense of; here, or when it is first read.
        """
        lock = folder / LOCK
        with _reading(folder):
            if os.access(lock if lock.exists() else folder, os.W_OK):
                return cls(tantivy.Index.open(str(folder)), folder)
            with TemporaryDirectory(prefix="qa-bot-", ignore_cleanup_errors=True) as links:
                for path in folder.resolve().iterdir():
                    if path.suffix != ".lock":
                        Path(links, path.name).symlink_to(path)
                return cls(tantivy.Index.open(links), folder)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def document_frequency(self, term: str) -> int:
        """Return in how many texts the term occurs; looked up once."""
        frequency = self._frequencies.get(term)
        if frequency is None:
            with _reading(self._folder):
                frequency = int(self._searcher.doc_freq("terms", term))
                if self._has_gaps:
                    frequency = self._living(term, frequency)
            if len(self._frequencies) >= _KEPT:
                self._frequencies = {}
            self._frequencies[term] = frequency
        return frequency

    def _living(self, term: str, frequency: int) -> int:
        """Return in how many texts a term occurs that is known to occur in some, gone or not.

        A word that only a text which is gone has is unknown. Of a frequent one it matters less.
        """
        if 0 < frequency < _COUNTED:
            query = tantivy.Query.term_query(self._index.schema, "terms", term, "freq")
            return int(self._searcher.search(query, 1, count=True).count)  # type: ignore[attr-defined] # not in its stubs
        return min(frequency, len(self))

    def search(
        self, weights: Mapping[str, float], *, limit: int, within: Sequence[Scope] = ()
    ) -> dict[int, float]:
        """Find the texts with the highest BM25 scores.

        Args:
            weights: Terms, each with the factor of its part of the score.
            limit: How many texts at most.
            within: If any: only texts in all of these scopes, whose names are the index's own.

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
        filters = [part for scope in within for part in self._filters(scope)]
        if filters:
            silent = (tantivy.Query.const_score_query(part, 0.0) for part in filters)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, part) for part in (query, *silent)]
            )
        return self._found(query, limit)

    def titled(self, words: str, *, limit: int) -> list[int]:
        """Return the numbers of texts whose title holds these words, shorter titles first.

        Letters and digits are compared, folded, in their order; what stands between them is not.
        """
        letters = letters_of(words)[:_MAX_TITLE]
        if not letters or limit < 1:
            return []
        schema = self._index.schema
        if len(letters) == 1:
            query = tantivy.Query.term_query(schema, "title", letters, "freq")
        else:
            query = tantivy.Query.phrase_query(schema, "title", list(letters))
        return list(self._found(query, limit))

    def _filters(self, scope: Scope) -> Iterator[tantivy.Query]:
        schema = self._index.schema
        for labels in labels_of(scope):
            if labels:
                yield tantivy.Query.term_set_query(schema, "label", labels)
        if scope.since or scope.until:
            first, last = (day.toordinal() if day else None for day in (scope.since, scope.until))
            yield tantivy.Query.range_query(schema, "date", tantivy.FieldType.Integer, first, last)

    def _found(self, query: tantivy.Query, limit: int) -> dict[int, float]:
        with _reading(self._folder):
            hits = self._searcher.search(query, limit, count=False).hits
            numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        scored = ((int(n or 0), score) for n, (score, _) in zip(numbers, hits, strict=True))
        return dict(sorted(scored, key=lambda hit: (-hit[1], hit[0])))


def new_index(folder: Path) -> tantivy.Index:
    """Open the index in a folder for writing; begin one if there is none."""
    schema = (
        tantivy.SchemaBuilder()
        .add_unsigned_field("number", fast=True)
        .add_text_field("terms", tokenizer_name=_ANALYZER, index_option="freq")
        .add_text_field("label", tokenizer_name="raw", index_option="basic")
        .add_integer_field("date", fast=True)
        .add_text_field("title", tokenizer_name=_ANALYZER, index_option="position")
        .build()
    )
    index = tantivy.Index(schema, path=str(folder))
    _register(index)
    return index


def _register(index: tantivy.Index) -> None:
    index.register_tokenizer(
        _ANALYZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    )


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Turn what tantivy makes of a damaged file into an error: often a panic, which is none.

    Rust prints its own lines on stderr before that; its Python package lets nobody change it.
    """
    try:
        yield
    except BaseException as error:
        # The panic's class is pyo3's own, and cannot be imported.
        if isinstance(error, (ValueError, OSError)) or type(error).__name__ == "PanicException":
            raise IndexDamagedError(
                f"{folder}: is damaged; rebuild with qa-bot index --full"
            ) from error
        raise


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, folded."""
    return "".join(filter(str.isalnum, fold(text)))


def labels_of(scope: Scope) -> list[list[str]]:
    """Return the terms that stand for a scope's names, kind by kind."""
    kinds = {
        "author": scope.authors,
        "speaker": scope.speakers,
        "source": scope.sources,
        "article": scope.articles,
    }
    return [[f"{kind}\x1f{name}" for name in names] for kind, names in kinds.items()]
