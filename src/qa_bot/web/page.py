"""The page's components: masthead, conversation, library, evaluation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

from qa_bot.web.assets import FOLDER, mount
from qa_bot.web.calls import Call, as_server_function
from qa_bot.web.chat import Chat
from qa_bot.web.conversation_texts import ConversationTexts, conversation_texts
from qa_bot.web.evaluation import EvaluationView
from qa_bot.web.evaluation_run import EvaluationRuns
from qa_bot.web.evaluation_texts import EvaluationTexts, evaluation_texts
from qa_bot.web.feedback import Feedback
from qa_bot.web.feedback_texts import FeedbackTexts, feedback_texts
from qa_bot.web.library import Library
from qa_bot.web.library_texts import LibraryTexts, library_texts
from qa_bot.web.live import LiveBot
from qa_bot.web.markup import element, in_both, safe
from qa_bot.web.offline import gr
from qa_bot.web.permissions import Permissions
from qa_bot.web.programs import gradio_ask
from qa_bot.web.scope_picker import ScopePicker
from qa_bot.web.scope_texts import ScopeTexts, scope_texts
from qa_bot.web.source import Source
from qa_bot.web.source_texts import SourceTexts, source_texts
from qa_bot.web.texts import EN, ZH, Texts

Words: TypeAlias = (
    Texts
    | ConversationTexts
    | EvaluationTexts
    | FeedbackTexts
    | LibraryTexts
    | ScopeTexts
    | SourceTexts
)

_UPLOADS_KEPT = (600, 3600)  # seconds between two looks, and that a file is kept
_MOST_WAITING = 200  # calls of Gradio's API and events of the evaluation

_PAPER, _DARK_PAPER = "#fbf9f4", "#191815"
_SANS = ["system-ui", "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", "sans-serif"]
_MONO = ["ui-monospace", "Menlo", "Consolas", "monospace"]


def build_page(
    live: LiveBot,
    *,
    library: Library,
    runs: EvaluationRuns,
    question_sets: str,
    feedback: Feedback,
    permissions: Permissions,
) -> gr.Blocks:
    """Return the page.

    Args:
        live: Answers the questions; kept open by the caller.
        library: The calls of its view.
        runs: Evaluates; kept open by the caller.
        question_sets: Folder of the sets that can be evaluated.
        feedback: Keeps what readers say of answers.
        permissions: Of everybody who reaches the page.
    """
    source = Source(live)
    page: gr.Blocks
    with gr.Blocks(
        title="qa-bot", analytics_enabled=False, fill_width=True, delete_cache=_UPLOADS_KEPT
    ) as page:
        masthead = _view(
            "masthead",
            html=in_both(lambda texts: _masthead(texts, permissions)),
            words=[(ZH, EN)],
            events=("evaluate",),
        )
        _view(
            "chat",
            calls=[
                *Chat(live).calls,
                *ScopePicker(live).calls,
                *source.calls,
                *feedback.calls,
            ],
            words=[
                (ZH, EN),
                _both(conversation_texts),
                _both(source_texts),
                _both(scope_texts),
                _both(feedback_texts),
            ],
            is_judged=feedback.is_kept,
        )
        _view(
            "library",
            calls=[*library.calls, *source.calls],
            words=[(ZH, EN), _both(library_texts), _both(source_texts)],
        )
        if permissions.may_leave:
            sets = Path(question_sets)
            EvaluationView(runs, sets, i18n=translations(), opened=masthead.evaluate)
        gr.api(gradio_ask(live), api_name="ask", concurrency_limit=None)  # type: ignore[attr-defined]
    page.queue(max_size=_MOST_WAITING)
    return page


def page_options() -> dict[str, Any]:
    """Return what Gradio takes when the page is mounted: its translations, fonts and icon."""
    theme = gr.themes.Base(font=_SANS, font_mono=_MONO).set(
        body_background_fill=_PAPER, body_background_fill_dark=_DARK_PAPER
    )
    return {"i18n": translations(), "theme": theme, "favicon_path": str(FOLDER / "icon.svg")}


def translations() -> gr.I18n:
    """Return the texts of Gradio's own components."""
    zh, en = (_strings(evaluation_texts(texts)) for texts in (ZH, EN))
    return gr.I18n(en=en, **dict.fromkeys(("zh", "zh-CN", "zh-SG", "zh-TW", "zh-HK", "zh-MO"), zh))


def _view(
    name: str,
    *,
    words: Sequence[tuple[Words, Words]],
    html: str = "",
    calls: Sequence[Call] = (),
    events: Sequence[str] = (),
    **props: Any,
) -> gr.HTML:
    """Add a part of the page that a script of the same name brings to life.

    Args:
        name: Of the script, without its suffix; the element's id is `qa-NAME`.
        words: Its texts in Chinese and English; the script gets them by name.
        html: What is there before the script runs. A constant of ours: Gradio evaluates it as a
            program, so nothing from an article or a reader may ever be put into it.
        calls: What the script may call.
        events: What it triggers.
        props: What else the script gets.
    """
    return gr.HTML(
        html_template=html,
        js_on_load=mount(f"{name}.js", *events),
        apply_default_css=False,
        elem_id=f"qa-{name}",
        server_functions=[as_server_function(call) for call in calls],
        texts={
            ZH.language: _merged(zh for zh, _ in words),
            EN.language: _merged(en for _, en in words),
        },
        **props,
    )


def _both(texts_of: Callable[[Texts], Words]) -> tuple[Words, Words]:
    return texts_of(ZH), texts_of(EN)


def _merged(words: Iterable[Words]) -> dict[str, str]:
    return {name: text for texts in words for name, text in _strings(texts).items()}


def _strings(texts: Words) -> dict[str, str]:
    return {name: text for name, text in asdict(texts).items() if isinstance(text, str)}


def _masthead(texts: Texts, permissions: Permissions) -> str:
    views = {"#chat": texts.chat, "#library": texts.library_view}
    if permissions.may_leave:
        views["#evaluation"] = texts.evaluation
    links = (element("a", "", safe(name), href=address) for address, name in views.items())
    return (
        element("h1", "", safe(texts.name))
        + element("p", "qa-tagline", safe(texts.tagline))
        + element("nav", "qa-views", *links, aria_label=texts.views)
        + element("div", "qa-tools")
    )
