"""The evaluation view: choose or upload a question set, run it, look at what came of it.

What computes and draws is imported when it is first needed: the chat must not start later for it.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_bot.errors import QaBotError, QuestionSetError
from qa_bot.web.assets import mount
from qa_bot.web.calls import NoticeError, count, texts_of
from qa_bot.web.cards import render_notice
from qa_bot.web.evaluation_run import EvaluationRun, EvaluationRuns
from qa_bot.web.evaluation_texts import EvaluationTexts, evaluation_texts
from qa_bot.web.markup import element, in_both, safe
from qa_bot.web.news import news
from qa_bot.web.offline import gr
from qa_bot.web.texts import Texts

if TYPE_CHECKING:
    from qa_bot.evaluation.records import QuestionSet

MAX_UPLOAD = 10  # MB
_SUFFIXES = (".jsonl", ".csv", ".json")
_UPLOADED = "uploaded/"  # before the name of an uploaded set; no file of a folder has one like it
_PAUSE = 0.4  # seconds between two looks at a run
_SKELETON = '<div class="qa-outcome"></div>'  # a constant: Gradio evaluates it as a program

_Updates = dict[Any, Any]  # by component; what is not in it stays as it is


class EvaluationView:
    """The view's components, and what happens when they are used."""

    def __init__(
        self, runs: EvaluationRuns, sets: Path, *, i18n: Callable[[str], Any], opened: Any
    ) -> None:
        """Add the view, unseen, to the page that is being built.

        Args:
            runs: Of this server.
            sets: Folder of the user's question sets.
            i18n: Gives a text in the browser's language.
            opened: Listens to the event that the reader turns to the view.
        """
        self._runs, self._sets = runs, sets
        self._uploads = gr.State({}, delete_callback=_remove)
        self._run = gr.State(None, delete_callback=runs.discard)
        with gr.Column(visible=False, elem_id="qa-evaluation") as self._view:
            gr.HTML(in_both(_intro), apply_default_css=False)
            self._sets_list = gr.Radio(label=i18n("question_set"), elem_id="qa-sets")
            with gr.Row(elem_id="qa-actions"):
                self._start = gr.Button(i18n("run"), variant="primary", scale=0, elem_id="qa-start")
                self._stop = gr.Button(i18n("stop"), visible=False, scale=0, elem_id="qa-stop")
                # No file types: phones know none of these, and would let nothing be chosen.
                self._upload = gr.UploadButton(i18n("upload"), scale=0, elem_id="qa-upload")
            self._status = gr.HTML(_status(), apply_default_css=False, elem_id="qa-status")
            self._outcome = gr.HTML(
                news(html=""),
                html_template=_SKELETON,
                js_on_load=mount("evaluation.js", "open"),
                apply_default_css=False,
                elem_id="qa-outcome",
            )
        self._listen(opened)

    def _listen(self, opened: Any) -> None:
        private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        quick = {**private, "queue": False}
        choice = [self._sets_list, self._uploads]
        choosing = [self._view, self._sets_list, self._uploads, self._status]
        running = [self._start, self._stop, self._status, self._outcome, self._run]
        opened(self._open, choice, choosing, **quick)
        self._upload.upload(self._add, [self._upload, self._uploads], choosing, **quick)
        # Who comes second is told so at once (see EvaluationRuns); in a queue they would wait.
        self._start.click(
            self._evaluate, [*choice, self._run], running, concurrency_limit=None, **private
        )
        self._stop.click(_stop, [self._run], None, **quick)
        self._outcome.open(self._open_row, [self._run], [self._outcome], **quick)

    def _open(self, chosen: str | None, uploads: dict[str, Path], request: gr.Request) -> _Updates:
        """Show the view with the sets that there are now."""
        words = evaluation_texts(texts_of(request))
        updates: _Updates = {self._view: gr.Column(visible=True)}
        if known := self._known(uploads):
            updates[self._sets_list] = _choices(known, words, chosen=chosen or next(iter(known)))
        else:
            updates[self._sets_list] = gr.Radio(visible=False)
            updates[self._status] = _status(words.no_sets.format(folder=f"{self._sets}/"))
        return updates

    def _add(self, file: str, uploads: dict[str, Path], request: gr.Request) -> _Updates:
        """Add an uploaded set to those to choose from, if it is one."""
        words = evaluation_texts(texts_of(request))
        path = Path(file)
        try:
            if path.suffix.lower() not in _SUFFIXES:
                reason = words.wrong_suffix.format(name=path.name, suffixes=" ".join(_SUFFIXES))
                raise NoticeError(reason)
            if path.stat().st_size > MAX_UPLOAD * 1_000_000:
                raise NoticeError(
                    words.too_large.format(name=path.name, most=MAX_UPLOAD, folder=f"{self._sets}/")
                )
            _read(path, words)
        except NoticeError as notice:
            path.unlink(missing_ok=True)
            return {self._status: _status(str(notice))}
        # Gradio keeps the same file of two readers once: take this one out of its hands.
        kept = self._runs.new_folder() / path.name
        shutil.move(path, kept)
        uploads = {**uploads, f"{_UPLOADED}{path.name}": kept}
        return {
            self._sets_list: _choices(
                self._known(uploads), words, chosen=f"{_UPLOADED}{path.name}"
            ),
            self._uploads: uploads,
            self._status: _status(),
        }

    def _evaluate(
        self,
        chosen: str | None,
        uploads: dict[str, Path],
        before: EvaluationRun | None,
        request: gr.Request,
    ) -> Iterator[_Updates]:
        """Run the chosen set and show how far it is, then what came of it."""
        texts = texts_of(request)
        words = evaluation_texts(texts)
        try:
            count(request, texts)
            run = self._begin(self._known(uploads).get(chosen or ""), before, words)
        except NoticeError as notice:
            yield {self._status: _status(str(notice))}
            return
        try:
            yield {
                self._run: run,
                self._start: gr.Button(interactive=False),
                self._stop: gr.Button(visible=True),
                self._status: _progress(run, words),
                self._outcome: news(html=""),
            }
            # Even if nothing changed: a yield is where Gradio notices that the reader left.
            while not run.has_ended(within=_PAUSE):
                yield {self._status: _progress(run, words)}
        finally:
            run.stop()
        yield {self._stop: gr.Button(visible=False), self._status: _progress(run, words)}
        try:
            status, html = _outcome(run, texts)
        except QaBotError as error:
            status, html = _status(words.run_error.format(reason=error)), ""
        yield {
            self._start: gr.Button(interactive=True),
            self._status: status,
            self._outcome: news(html=html),
        }

    def _begin(
        self, path: Path | None, before: EvaluationRun | None, words: EvaluationTexts
    ) -> EvaluationRun:
        if path is None:
            raise NoticeError(words.not_chosen)
        question_set = _read(path, words)
        run = self._runs.begin(question_set, name=path.name, before=before)
        if run is None:
            other = self._runs.current
            asked, total = (other.asked, other.total) if other else (0, 0)
            raise NoticeError(words.busy.format(asked=f"{asked:,}", total=f"{total:,}"))
        return run

    def _open_row(
        self, run: EvaluationRun | None, event: gr.EventData, request: gr.Request
    ) -> dict[str, Any]:
        """Show a question's answer below its name."""
        from qa_bot.web.evaluation_cards import render_row

        texts = texts_of(request)
        number = int(event.row)
        try:
            html = render_row(run.row(number), texts, threshold=run.record.threshold) if run else ""
        except QaBotError:
            html = ""
        return news(row=number, html=html or render_notice(evaluation_texts(texts).gone))

    def _known(self, uploads: dict[str, Path]) -> dict[str, Path]:
        """Return the sets that there are, by what stands for them in the list."""
        return uploads | question_sets(self._sets)


def question_sets(folder: Path) -> dict[str, Path]:
    """Return the sets in a folder by name; not those of which a part lies outside, by a link."""
    sets = {}
    with suppress(OSError):
        place = folder.resolve()
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in _SUFFIXES or (path / "queries.jsonl").exists():
                parts = [path, *path.rglob("*")]
                # A pipe would keep its reader waiting for ever.
                if all(p.resolve().is_relative_to(place) and _is_plain(p) for p in parts):
                    sets[path.name] = path
    return sets


def _is_plain(path: Path) -> bool:
    return path.is_file() or path.is_dir()


def _read(path: Path, words: EvaluationTexts) -> "QuestionSet":
    from qa_bot.evaluation.question_set import read_question_set

    try:
        return read_question_set(path)
    except QuestionSetError as error:
        reason = str(error).replace(str(path), path.name)
        raise NoticeError(words.set_error.format(reason=reason)) from error


def _stop(run: EvaluationRun | None) -> None:
    if run:
        run.stop()


def _remove(uploads: dict[str, Path]) -> None:
    for path in uploads.values():
        path.unlink(missing_ok=True)


def _choices(known: dict[str, Path], words: EvaluationTexts, *, chosen: str) -> Any:
    labels = [
        (words.uploaded.format(name=path.name) if key.startswith(_UPLOADED) else key, key)
        for key, path in known.items()
    ]
    return gr.Radio(choices=labels, value=chosen if chosen in known else None, visible=True)


def _intro(texts: Texts) -> str:
    words = evaluation_texts(texts)
    return element("h2", "", safe(texts.evaluation)) + element("p", "", safe(words.intro))


def _outcome(run: EvaluationRun, texts: Texts) -> tuple[str, str]:
    """Return what to say of a run that has ended, and its result."""
    from qa_bot.web.evaluation_cards import render_result

    words = evaluation_texts(texts)
    error = run.error and words.run_error.format(reason=run.error)
    rows = [row.without_passages() for row in run.rows()]
    if not rows:
        return _status(error or words.nothing_asked), ""
    html = render_result(
        run.summary(rows),
        rows,
        texts,
        name=run.name,
        total=run.total,
        files={name: f"evaluation/{run.key}/{name}" for name in run.files()},
    )
    failed = sum(row.failure is not None for row in rows)
    said = words.announced_end.format(asked=f"{len(rows):,}", failed=f"{failed:,}")
    return _status(error, said=said), html


def _progress(run: EvaluationRun, words: EvaluationTexts) -> str:
    """Return a progress bar with figures, and every quarter said aloud."""
    asked = run.asked
    is_asking = asked < run.total and not run.has_ended()
    stage = words.computing if not is_asking else words.asking if asked else words.preparing
    figures = words.progress.format(asked=f"{asked:,}", total=f"{run.total:,}")
    value = {"value": str(asked)} if asked and is_asking else {}  # else: how far is not known
    bar = element("progress", "", max=str(run.total), aria_label=words.progress_label, **value)
    line = element(
        "p",
        "",
        element("span", "", safe(stage.format(name=run.name))),
        element("span", "qa-figures", safe(figures)),
    )
    said = words.announced.format(percent=100 * asked // run.total // 25 * 25)
    return _status(said=said, progress=element("div", "qa-progress", line, bar))


def _status(notice: str = "", *, said: str = "", progress: str = "") -> str:
    """Return what stands between the buttons and the result.

    Args:
        notice: Something to be told at once.
        said: For screen readers only; read out when it changes.
        progress: HTML.
    """
    quiet = element("p", "qa-hidden", safe(said), role="status")
    loud = element("div", "", render_notice(notice), role="alert")
    return quiet + loud + progress
