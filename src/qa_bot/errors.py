"""The exceptions that a caller may meet; each message says what is wrong, where, and what to do.

QaBotError
├── CorpusError            an article file or the corpus folder
├── PageError              a page that cannot be imported
├── ModelError             an embedding model that cannot be loaded
├── IndexNotFoundError     no index where one is expected
├── IndexMismatchError     an index of another format, model or corpus
│   └── IndexNewerError    an index that a newer qa-bot built
├── IndexDamagedError      an index whose files are not what its manifest says
├── IndexBusyError         another process is building this index
├── IndexWriteError        an index folder that cannot be written
├── QuestionError          a question that cannot be asked
├── ScopeError             a filter that names nothing in the index
├── QuestionSetError       a line of a question set
├── EvaluationError        a run that cannot be read, compared or calibrated
├── AddressError           an address that the web chat cannot listen on
└── SettingsError          a setting that is unknown or out of range
"""


class QaBotError(Exception):
    """Base of every error that qa-bot raises on purpose."""


class CorpusError(QaBotError):
    """An article file or the corpus folder cannot be used."""


class PageError(QaBotError):
    """A page cannot be imported."""


class ModelError(QaBotError):
    """A model cannot be loaded, or fails while it is used."""


class IndexNotFoundError(QaBotError):
    """There is no index in the folder."""


class IndexMismatchError(QaBotError):
    """The index was built with another format, model or setting."""


class IndexNewerError(IndexMismatchError):
    """The index was built by a newer qa-bot."""


class IndexDamagedError(QaBotError):
    """A file of the index is missing, may not be read, or is not what the manifest says."""


class IndexBusyError(QaBotError):
    """Another process is building the same index."""


class IndexWriteError(QaBotError):
    """The index folder cannot be written."""


class QuestionError(QaBotError):
    """The question is empty, too long or not text."""


class ScopeError(QaBotError):
    """A filter of a question names nothing in the index, or is not one."""


class QuestionSetError(QaBotError):
    """A line of a question set cannot be used."""


class EvaluationError(QaBotError):
    """The folder of a run cannot be used, or a run cannot be compared or calibrated."""


class AddressError(QaBotError):
    """The web chat cannot listen on the address and port."""


class SettingsError(QaBotError):
    """A setting is unknown, of the wrong type or out of range."""
