"""The data of an evaluation, from a question of a set to the summary of a run: plain and frozen.

A question of a set is asked and judged, which makes a `Row`; rows make a `Summary`. Both are
written as JSON with the names used here (docs/evaluation.md): `rows.jsonl` holds a row a line,
`summary.json` the summary.
"""

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what a right answer to it has.

    Attributes:
        id: Unique in its set.
        line: Where it stands in the file of the set; 0 where lines mean nothing (SQuAD).
        all_of: Strings that must all stand in the quotes.
        any_of: Strings of which at least one must stand in the quotes; empty: no matter.
        article: Part of the title of the article that the first quote must come from; None: any.
        speaker: Who must have said the first quote; None: no matter.
        answerable: Whether the corpus answers it.
        history: Earlier questions of the conversation, oldest first.
        scope: What alone may be quoted, as `Scope.to_dict` writes it; empty: everything.
        relevant: Grade (at least 1) by article id, where the set has relevance judgements.
    """

    id: str
    question: str
    type: str = "fact"
    line: int = 0
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    article: str | None = None
    speaker: str | None = None
    answerable: bool = True
    history: tuple[str, ...] = ()
    scope: dict[str, Any] = field(default_factory=dict)
    relevant: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """An article that a question set brings along; `id` is the article's once it is indexed."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions to ask, as read from a file or folder.

    Attributes:
        path: As it was given.
        digest: SHA-256 of what was read.
        questions: At least one.
        documents: What the questions are to be asked of; empty: the user's own index.
        problems: What was passed over in reading, one line each, with the place.
        unjudged: How many questions were left out because nothing is judged relevant to them.
        file: Where the questions stand, if not in *path* itself.
        judged_at: Where each judgement stands, by question and document id; those in the file of
            the questions are left out.
    """

    path: str
    digest: str
    questions: tuple[Question, ...]
    documents: tuple[Document, ...] = ()
    problems: tuple[str, ...] = ()
    unjudged: int = 0
    file: str = ""
    judged_at: dict[tuple[str, str], str] = field(default_factory=dict)

    def place(self, question: Question) -> str:
        """Return where a question stands, for messages."""
        file = self.file or self.path
        return f"{file}:{question.line}" if question.line else f"{file}: question {question.id!r}"


@dataclass(frozen=True, slots=True)
class Row:
    """How one question was answered.

    Attributes:
        expected: The question with what a right answer has.
        answer: What a user gets, as `qa-bot ask --json` prints it.
        withheld: Quotes, in the same form, that were not shown because the confidence was under
            the threshold; empty if the question was answered.
        right_articles: Grade by id of the articles that hold the answer; empty if not known.
        ranking: Ids of the articles found, best first.
        article_rank: Rank of the first right article; None: not found, or not known.
        passage_rank: Rank, among the passages found, of the first one that holds what is needed;
            None: not found, or not known.
        values: What the measures are computed from, by name (docs/evaluation.md); what does not
            apply to the question is left out.
        failure: In what way the question failed, one of `FAILURES`; None: it did not.
    """

    id: str
    type: str
    expected: Question
    answer: dict[str, Any]
    withheld: list[dict[str, Any]]
    right_articles: dict[str, int]
    ranking: list[str]
    article_rank: int | None
    passage_rank: int | None
    values: dict[str, float]
    failure: str | None

    def without_passages(self) -> "Row":
        """Return the row without the passages beside the answer: small enough to keep many."""
        return replace(self, answer={**self.answer, "passages": []})


# In what way a question fails, the first cause first.
FAILURES = (
    "not retrieved",  # no passage found holds what is needed
    "not quoted",  # one does, but the quotes do not
    "wrong speaker",  # somebody else is quoted than the one who was asked for
    "wrong article",  # the first quote is from another article
    "wrongly abstained",  # the right quotes were withheld
    "wrongly answered",  # the corpus does not answer the question
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure over *count* questions, with a bootstrap 95 % interval."""

    value: float
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """A point of the risk-coverage curve.

    Attributes:
        threshold: The confidence from which on questions are answered.
        coverage: Share of the questions that are then answered.
        risk: Share of wrong ones among those.
    """

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """A bar of the reliability diagram: the questions with a confidence in [low, high).

    Attributes:
        confidence: Their mean confidence.
        right: Share of them whose quotes answer.
        count: How many they are; bins without a question are left out.
    """

    low: float
    high: float
    confidence: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class Run:
    """What was run on what: two runs are alike if all but `began` and `seconds` are equal.

    Attributes:
        questions: Name of the set's file or folder.
        set_digest: SHA-256 of the set's files.
        program: Version of qa-bot and, after a `+`, a digest of its code and fitted figures.
        index: Digest of the articles, the model and the passage size that the index was made of.
        model: Name of the embedding model.
        threshold: Confidence under which an answer abstained.
        top_k: Passages shown beside an answer.
        confidence_slope: As set, and `confidence_offset`.
        began: When it began, ISO 8601 with time zone.
        seconds: How long the answers took, added up.
        dense_weight: Of the vectors in the fusion; -1: a run before it was recorded.
        reranker: Name of the cross-encoder; empty: none.
    """

    questions: str
    set_digest: str
    program: str
    index: str
    model: str
    threshold: float
    top_k: int
    confidence_slope: float
    confidence_offset: float
    began: str = ""
    seconds: float = 0.0
    dense_weight: float = -1.0
    reranker: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of this run against that of an older one, over the questions of both.

    Attributes:
        new: Value in this run.
        old: Value in the older run.
        difference: `new - old`, with a bootstrap 95 % interval from `low` to `high`.
        p_value: Of a paired randomisation test, two-sided.
        count: Questions that both runs have this measure of.
    """

    new: float
    old: float
    difference: float
    low: float
    high: float
    p_value: float
    count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """This run against an older one.

    Attributes:
        folder: Folder of the older run, as it was given.
        questions: How many questions both have.
        differences: By name of the measure.
        won: Ids of questions that failed in the older run and do not now.
        lost: Ids of questions that did not fail in the older run and do now.
        changed: How many more both have by id, but in other words or expecting something else.
    """

    folder: str
    questions: int
    differences: dict[str, Difference]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """All measures of a run.

    Attributes:
        questions: How many questions were asked.
        measures: Over all questions, by name; those that no question has are left out.
        by_type: The same by type of question.
        failures: How many questions failed, by kind, in the order of `FAILURES`.
        risk_coverage: From the most confident answer to all of them, at most 200 points.
        reliability: Ten bins of equal width.
        problems: What is wrong with the set, one line each, with the place.
        comparison: With an older run, if one was named.
    """

    run: Run
    questions: int
    measures: dict[str, Measure]
    by_type: dict[str, dict[str, Measure]]
    failures: dict[str, int]
    risk_coverage: tuple[RiskPoint, ...]
    reliability: tuple[ReliabilityBin, ...]
    problems: tuple[str, ...] = ()
    comparison: Comparison | None = None
