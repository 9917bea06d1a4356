"""The web chat: a Gradio page around a bot."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa_bot.answering.bot import QABot
from qa_bot.answering.question import MAX_HISTORY, MAX_QUESTION
from qa_bot.errors import AddressError, QaBotError
from qa_bot.settings import Settings
from qa_bot.web.address import choose_port
from qa_bot.web.cards import render_notice, render_turn
from qa_bot.web.downloads import add_downloads
from qa_bot.web.evaluation import MAX_UPLOAD, EvaluationView
from qa_bot.web.evaluation_run import EvaluationRuns
from qa_bot.web.evaluation_texts import EvaluationTexts, evaluation_texts
from qa_bot.web.markup import element, in_both, safe
from qa_bot.web.news import news
from qa_bot.web.offline import gr, no_proxies
from qa_bot.web.texts import EN, ZH, Texts, choose_texts

_FOLDER = Path(__file__).parent
_PAPER, _DARK_PAPER = "#fbf9f4", "#191815"
_SANS = ["system-ui", "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", "sans-serif"]
_MONO = ["ui-monospace", "Menlo", "Consolas", "monospace"]
# In the <head>, so that language and view are known before the first text is shown.
_HEAD = """<script>
document.documentElement.lang =
  /^zh\\b/i.test(navigator.language || "") ? "zh-CN" : "en";
const showView = () => {
  document.documentElement.dataset.view = location.hash === "#evaluation" ? "evaluation" : "chat";
};
showView();
addEventListener("hashchange", showView);
</script>"""
# A constant: Gradio evaluates this text as a program, so nothing may ever be put into it.
_SKELETON = """\
<section class="qa-welcome"></section>
<div class="qa-turns" role="log" aria-live="polite"></div>"""

# What an ask returns: the conversation's news, the questions so far, the question box, the notice.
_Update = tuple[Any, Any, Any, str]


def build_page(
    bot: QABot, *, samples: Sequence[str], runs: EvaluationRuns, question_sets: str
) -> gr.Blocks:
    """Return the page.

    Args:
        bot: Answers the questions; kept open by the caller.
        samples: Questions to offer while the conversation is empty.
        runs: Evaluates; kept open by the caller.
        question_sets: Folder of the sets that can be evaluated.
    """

    def ask(question: str, asked: list[str], request: gr.Request) -> _Update:
        texts = choose_texts(request.headers.get("accept-language"))
        try:
            _check(question, texts)
            answer = bot.ask(question, history=asked)
        except _NoticeError as notice:
            return gr.skip(), gr.skip(), gr.skip(), render_notice(str(notice))
        except QaBotError as error:
            reason = texts.failed.format(reason=error)
            return gr.skip(), gr.skip(), gr.skip(), render_notice(reason)
        return news(html=render_turn(answer, texts)), [*asked, question][-MAX_HISTORY:], "", ""

    def ask_sample(asked: list[str], event: gr.EventData, request: gr.Request) -> _Update:
        return ask(str(event.question), asked, request)

    def clear() -> _Update:
        return news(html=""), [], "", ""

    i18n = _translations()
    page: gr.Blocks
    with gr.Blocks(title="qa-bot", analytics_enabled=False, fill_width=True) as page:
        asked = gr.State([])
        with gr.Row(elem_id="qa-masthead"):
            masthead = gr.HTML(
                _masthead(bot),
                js_on_load=_text("masthead.js"),
                apply_default_css=False,
                elem_id="qa-name",
            )
            new = gr.Button(i18n("new_conversation"), elem_id="qa-new", scale=0, size="sm")
        with gr.Column(elem_id="qa-chat"):
            conversation = gr.HTML(
                news(html=""),
                html_template=_SKELETON,
                js_on_load=_text("page.js"),
                apply_default_css=False,
                elem_id="qa-conversation",
                welcome=_welcome(),
                samples=list(samples),
            )
            with gr.Column(elem_id="qa-composer", scale=0):
                notice = gr.HTML("", apply_default_css=False, elem_id="qa-notice")
                with gr.Row(elem_id="qa-question"):
                    box = gr.Textbox(
                        label=i18n("ask_label"),
                        placeholder=i18n("ask_placeholder"),
                        show_label=False,
                        container=False,
                        max_lines=6,
                        autofocus=True,
                        scale=1,
                    )
                    send = gr.Button(i18n("send"), variant="primary", scale=0, elem_id="qa-send")
        EvaluationView(runs, Path(question_sets), i18n=i18n, opened=masthead.evaluate)

        outputs = [conversation, asked, box, notice]
        quiet: dict[str, Any] = {
            "queue": False,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        gr.on([box.submit, send.click], ask, [box, asked], outputs, **quiet)
        conversation.sample(ask_sample, [asked], outputs, **quiet)
        new.click(clear, None, outputs, **quiet)
    return page


def launch(
    bot: QABot, settings: Settings, *, samples: Sequence[str], ready: Callable[[str], None]
) -> None:
    """Serve the page until interrupted (Ctrl+C); prints nothing.

    Args:
        bot: Answers the questions.
        settings: Host and port to listen on, and how the bot was opened.
        samples: Questions to offer while the conversation is empty.
        ready: Called once with the page's address, when it can be opened.

    Raises:
        AddressError: If the address cannot be listened on.
    """
    port = choose_port(settings.host, settings.port)
    with EvaluationRuns(settings) as runs:
        page = build_page(bot, samples=samples, runs=runs, question_sets=settings.question_sets)
        try:
            with no_proxies():
                app, url, _ = page.launch(
                    server_name=settings.host,
                    server_port=port,
                    prevent_thread_lock=True,
                    quiet=True,
                    share=False,
                    ssr_mode=False,
                    pwa=False,
                    mcp_server=False,
                    run_history=False,
                    footer_links=[],
                    allowed_paths=[],
                    # Above it Gradio refuses a file, in English; below it, the view does.
                    max_file_size=f"{2 * MAX_UPLOAD}mb",
                    i18n=_translations(),
                    theme=_theme(),
                    head=_HEAD + element("style", "", *map(_text, ("page.css", "evaluation.css"))),
                )
            add_downloads(app, runs)
            with suppress(KeyboardInterrupt):  # how a server is meant to end
                ready(url)
                page.server.thread.join()
        except OSError as error:
            raise AddressError(
                f"the web chat cannot listen on {settings.host}, port {port} ({error}); choose "
                "others with --host and --port"
            ) from error
        finally:
            page.close(verbose=False)


def _theme() -> gr.themes.Base:
    """Return Gradio's plain theme with fonts of the reader's machine only."""
    return gr.themes.Base(font=_SANS, font_mono=_MONO).set(
        body_background_fill=_PAPER, body_background_fill_dark=_DARK_PAPER
    )


class _NoticeError(Exception):
    """A question that is not asked; the message is for the reader, in their language."""


def _check(question: str, texts: Texts) -> None:
    if not question.strip():
        raise _NoticeError(texts.empty)
    if len(question) > MAX_QUESTION:
        raise _NoticeError(
            texts.too_long.format(length=f"{len(question):,}", most=f"{MAX_QUESTION:,}")
        )


def _translations() -> gr.I18n:
    zh, en = ({**_strings(texts), **_strings(evaluation_texts(texts))} for texts in (ZH, EN))
    return gr.I18n(en=en, **dict.fromkeys(("zh", "zh-CN", "zh-SG", "zh-TW", "zh-HK", "zh-MO"), zh))


def _strings(texts: Texts | EvaluationTexts) -> dict[str, str]:
    entries = asdict(texts).items()
    return {name: text for name, text in entries if isinstance(text, str) and "{" not in text}


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _masthead(bot: QABot) -> str:
    articles = f"{bot.snapshot.manifest.articles:,}"

    def render(texts: Texts) -> str:
        library = texts.library.format(articles=articles)
        parts = (element("span", "", safe(text)) for text in (texts.tagline, library))
        return element(
            "div", "qa-head", element("h1", "", safe(texts.name)), _views(texts)
        ) + element("p", "qa-parts", *parts)

    return in_both(render)


def _views(texts: Texts) -> str:
    views = {"#chat": texts.chat, "#evaluation": texts.evaluation}
    links = (element("a", "", safe(name), href=address) for address, name in views.items())
    return element("nav", "qa-views", *links, aria_label=texts.views)


def _welcome() -> str:
    return (
        in_both(
            lambda texts: (
                element("p", "", safe(texts.welcome)) + element("h2", "", safe(texts.try_one))
            )
        )
        + '<ul class="qa-samples"></ul>'
    )
