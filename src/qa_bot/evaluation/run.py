"""A question set and an index -> rows, one question after the other."""

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from tqdm import tqdm

import qa_bot
from qa_bot.answering.bot import QABot
from qa_bot.answering.confidence import default_threshold
from qa_bot.corpus import read_indexed
from qa_bot.errors import EvaluationError
from qa_bot.evaluation.asking import Answerer, ask_question, scope_problems
from qa_bot.evaluation.fusion import FittedWeight, fit_dense_weight
from qa_bot.evaluation.gold import GoldFinder
from qa_bot.evaluation.judge import judge
from qa_bot.evaluation.records import Question, QuestionSet, Row, Run
from qa_bot.evaluation.set_corpus import article_id, build_set_index
from qa_bot.evaluation.storage import RowWriter
from qa_bot.index.encoder import load_encoder
from qa_bot.index.store import Store
from qa_bot.settings import Settings

RANKED = 50  # passages that a ranking is judged by
_NAMED = 3  # changed files that are named


class Evaluation:
    """A question set that was checked against the index that it is asked of.

    Attributes:
        problems: What is wrong with the set, one line each, with the place.
    """

    def __init__(self, question_set: QuestionSet, store: Store) -> None:
        """Find where the answers stand."""
        self._set = question_set
        self._ids = {document.id: article_id(document.id) for document in question_set.documents}
        finder = GoldFinder(store, question_set.questions, names=self._ids)
        self._gold = {question.id: finder.find(question) for question in question_set.questions}
        self.problems = (
            *question_set.problems,
            *chain.from_iterable(map(self._problems, question_set.questions)),
        )

    def rows(
        self,
        answerer: Answerer,
        *,
        threshold: float,
        top_k: int,
        writer: RowWriter | None = None,
        show_progress: bool = False,
    ) -> list[Row]:
        """Ask all questions that *writer* has no row of yet.

        Args:
            answerer: Answers however unsure it is, and shows `RANKED` passages.
            threshold: The confidence under which a user gets no answer.
            top_k: Passages that a user is shown.
            writer: Keeps each row as it comes.
            show_progress: Whether to draw a progress bar on stderr.

        Returns:
            A row for each question, in order, without the passages beside the answers.
        """
        rows = list(writer.done) if writer else []
        names = {article: document for document, article in self._ids.items()}
        remaining = self._set.questions[len(rows) :]
        bar = tqdm(
            remaining,
            "asking",
            total=len(self._set.questions),
            initial=len(rows),
            unit="question",
            disable=not show_progress,
        )
        for question in bar:
            answer = ask_question(answerer, question)
            gold = self._gold[question.id]
            row = judge(question, answer, gold, threshold=threshold, top_k=top_k, names=names)
            if writer:
                writer.write(row)
            rows.append(row.without_passages())
        return rows

    def weight(self, bot: QABot, *, show_progress: bool = False) -> FittedWeight | None:
        """Fit the weight of the vectors to the set, if it says enough of what is right."""
        return fit_dense_weight(bot, self._set.questions, self._gold, show_progress=show_progress)

    def _problems(self, question: Question) -> Iterator[str]:
        place, gold = self._set.place(question), self._gold[question.id]
        for document in gold.missing:
            judged_at = self._set.judged_at.get((question.id, document), place)
            yield f"{judged_at}: there is no article {document!r}"
        for problem in gold.problems:
            yield f"{place}: {problem}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that came to its end.

    Attributes:
        rows: Without passages.
        run: What was run on what.
        problems: What is wrong with set or index.
        weight: The weight of the vectors that was fitted to the set before it was asked, if that
            was wanted, and if it says enough of what is right.
    """

    rows: list[Row]
    run: Run
    problems: tuple[str, ...]
    weight: FittedWeight | None = None


def run_set(
    question_set: QuestionSet,
    settings: Settings,
    *,
    folder: Path | None = None,
    report: Callable[[Sequence[str]], None] = lambda problems: None,
    show_progress: bool = False,
    weigh: bool = False,
    must_be_current: bool = False,
) -> Outcome:
    """Ask all questions of a set: of its own documents if it brings some, or of the user's index.

    Args:
        question_set: The set.
        settings: Where corpus and index are, and how to answer.
        folder: Where to keep rows, and the documents of the set with their index; None: nowhere.
        report: Is told what is wrong with set or index before the first question is asked.
        show_progress: Whether to draw progress bars on stderr.
        weigh: Whether to fit the weight of the vectors to the set first, and to use it.
        must_be_current: Whether an index that is not up to date is an error.

    Raises:
        QaBotError: If the index cannot be opened, or the folder cannot be written.
    """
    with ExitStack() as stack:
        corpus, index = Path(settings.corpus), Path(settings.index)
        skipped: tuple[str, ...] = ()
        if question_set.documents:
            scratch = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            place = scratch / "documents" / question_set.digest[:12]
            corpus, index = place / "corpus", place / "index"
            skipped = build_set_index(
                question_set.documents,
                place,
                load_encoder(settings.model, device=settings.device, offline=settings.offline),
                passage_size=settings.passage_size,
                show_progress=show_progress,
            )
        bot = stack.enter_context(
            QABot.open(
                index,
                corpus=corpus,
                model=settings.model,
                top_k=RANKED,
                threshold=0.0,
                confidence_slope=settings.confidence_slope,
                confidence_offset=settings.confidence_offset,
                reranker=settings.reranker,
                dense_weight=settings.dense_weight if settings.dense_weight >= 0 else None,
                device=settings.device,
                offline=settings.offline,
            )
        )
        evaluation = Evaluation(question_set, bot.snapshot.store)
        changed = () if question_set.documents else _changed(bot.snapshot.store, corpus)
        if changed and must_be_current:
            raise EvaluationError(f"{changed[0]}; nothing was written")
        unscoped = scope_problems(question_set, bot)
        problems = (*skipped, *changed, *evaluation.problems, *unscoped)
        report(problems)
        weight = evaluation.weight(bot, show_progress=show_progress) if weigh else None
        if weight:
            bot.dense_weight = weight.value
        run = _describe(question_set, bot, settings)
        rows = evaluation.rows(
            bot,
            threshold=run.threshold,
            top_k=settings.top_k,
            writer=stack.enter_context(RowWriter(folder, run)) if folder else None,
            show_progress=show_progress,
        )
    seconds = sum(row.values["latency_ms"] for row in rows) / 1000
    return Outcome(rows, replace(run, seconds=seconds), problems, weight)


def _changed(store: Store, corpus: Path) -> tuple[str, ...]:
    """Return a line if files are not what was indexed: nothing of them is ever quoted."""
    root = os.path.realpath(corpus)
    paths = [
        str(corpus / article.id)
        for article in store.articles()
        if read_indexed(root, article.id, article.sha256) is None
    ]
    if not paths:
        return ()
    named = ", ".join(paths[:_NAMED])
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return (f"{named}{more} changed since the index was built; run qa-bot index",)


def _describe(question_set: QuestionSet, bot: QABot, settings: Settings) -> Run:
    """Return what is about to be run on what."""
    manifest = bot.snapshot.manifest
    made_of = (manifest.corpus_fingerprint, manifest.model_fingerprint, manifest.passage_size)
    return Run(
        questions=Path(question_set.path).name,
        set_digest=question_set.digest,
        program=f"{qa_bot.__version__}+{_program_digest()}",
        index=hashlib.sha256(repr(made_of).encode()).hexdigest()[:16],
        model=manifest.model,
        threshold=settings.threshold if settings.threshold >= 0 else default_threshold(),
        top_k=settings.top_k,
        confidence_slope=settings.confidence_slope,
        confidence_offset=settings.confidence_offset,
        dense_weight=bot.dense_weight,
        reranker=settings.reranker,
        began=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )


def _program_digest() -> str:
    """Return a digest of the code and the fitted figures, which tells two versions apart."""
    digest = hashlib.sha256()
    for path in _program_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _program_files() -> Iterator[Path]:
    package = Path(qa_bot.__file__).parent
    yield from sorted(package.rglob("*.py"))
    yield from sorted((package / "models").glob("*.json"))
