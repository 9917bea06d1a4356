"""A conversation -> one HTML file that shows it as the chat does, and asks for nothing outside."""

from collections.abc import Sequence

from qa_bot.web.assets import FOLDER
from qa_bot.web.cards import render_turn
from qa_bot.web.conversation_texts import conversation_texts
from qa_bot.web.markup import element, safe
from qa_bot.web.restored import Restored
from qa_bot.web.texts import Texts

# The chat's own style sheets; what Gradio sets there is set here.
_STYLE = """
:root { --body-background-fill: #fbf9f4; }
body {
  max-width: 44rem;
  margin: 0 auto;
  padding: 2rem 1.25rem;
  background: var(--qa-paper);
  color: var(--qa-ink);
  font: 400 1rem/1.6 var(--qa-sans);
}
h1 { margin: 0; font: 700 1.75rem/1.4 var(--qa-serif); }
header p { margin: .3rem 0 1.5rem; font-size: .875rem; color: var(--qa-soft); }
.qa-turn { border-top: 1px solid var(--qa-rule); }
@media print { .qa-card { break-inside: avoid; } }
"""
_NOTHING_OUTSIDE = "default-src 'none'; style-src 'unsafe-inline'"


def export_html(kept: Sequence[Restored], texts: Texts, *, time: str) -> str:
    """Return the file.

    Args:
        kept: The answers, oldest first.
        texts: In the reader's language.
        time: Of the export, as it is shown.
    """
    words = conversation_texts(texts)
    sheets = [(FOLDER / name).read_text("utf-8") for name in ("page.css", "cards.css")]
    title = safe(f"{texts.name}: {kept[0].answer.question.strip()}" if kept else texts.name)
    head = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_NOTHING_OUTSIDE}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{''.join(sheets)}{_STYLE}</style>"
    )
    turns = (
        render_turn(each.answer, texts, lost=each.lost, is_withheld=each.is_withheld)
        for each in kept
    )
    body = element(
        "header",
        "",
        element("h1", "", safe(texts.name)),
        element("p", "", safe(words.exported.format(time=time))),
    ) + element("main", "", *turns)
    return (
        f'<!DOCTYPE html>\n<html lang="{texts.language}"><head>{head}</head>'
        f'<body class="gradio-container">{body}</body></html>\n'
    )
