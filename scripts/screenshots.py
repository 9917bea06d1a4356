"""Take a picture of every state of the web chat, on a phone and a desk, light and dark.

The pictures show the sample articles and the page of `tests/pages`; they go to docs/screenshots/,
with a README.md that shows them all.
"""

import argparse
import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bench_chat import CHROMIUM, FLAGS, served
from qa_bot.index.build import build_index
from qa_bot.index.encoder import load_encoder

PROJECT = Path(__file__).parents[1]
WIDTHS = {390: 844, 1440: 900}
THEMES = ("light", "dark")
_COLOURS = 128  # of a picture: flat areas and text need no more
_PAGE = PROJECT / "tests/pages/known/c-05-middle.txt"


def _ask(page: Page, *questions: str) -> None:
    for question in questions:
        count = page.locator(".qa-turn").count()
        page.locator(".qa-ask textarea").fill(question)
        page.locator(".qa-ask textarea").press("Enter")
        page.wait_for_function(f"document.querySelectorAll('.qa-turn').length > {count}")
    page.locator(".qa-ask textarea").blur()
    page.wait_for_timeout(700)  # what could be asked next comes after the answer


def _answer(page: Page) -> None:
    _ask(page, "云江市有多少家“小巨人”企业?")


def _list(page: Page) -> None:
    _ask(page, "顾承远对把梯队建起来有什么建议?")


def _follow_up(page: Page) -> None:
    _ask(page, "顾承远对把梯队建起来有什么建议?", "那苏敏仪呢?")


def _sides(page: Page) -> None:
    _ask(page, "顾承远和苏敏仪对把梯队建起来的看法有什么不同?")


def _abstained(page: Page) -> None:
    _ask(page, "月球基地什么时候建成?")


def _source(page: Page) -> None:
    _ask(page, "云江市有多少家“小巨人”企业?")
    page.locator(".qa-quote-tools .qa-tool").first.click()
    page.locator(".qa-source-text mark").first.wait_for()


def _judged(page: Page) -> None:
    _ask(page, "什么是耐心资本?")
    page.locator(".qa-judge button").nth(1).click()


def _scope(page: Page) -> None:
    page.locator(".qa-scope-bar > button").click()
    page.get_by_role("combobox").first.press_sequentially("资本")
    page.get_by_role("option").first.wait_for()


def _history(page: Page) -> None:
    _ask(page, "什么是耐心资本?")
    page.get_by_role("button", name="新对话").click()
    _ask(page, "知产快贷单户最高能贷多少?")
    page.get_by_role("button", name="对话记录").click()
    page.get_by_role("dialog").wait_for()


def _library(page: Page) -> None:
    _turn_to(page, "library", ".qa-entry")


def _reading(page: Page) -> None:
    _library(page)
    page.locator(".qa-entry a").nth(3).click()
    page.locator("#qa-library .qa-reading h2").wait_for()


def _import(page: Page) -> None:
    _library(page)
    page.locator(".qa-changes .qa-primary").click()
    page.locator("#qa-library input[type=file]").set_input_files(_PAGE)
    page.locator(".qa-review").first.wait_for()


def _evaluation(page: Page) -> None:
    _turn_to(page, "evaluation", "[role=radio], input[type=radio]")
    page.get_by_label("sample.jsonl").check()
    page.get_by_role("button", name="开始评测").click()
    page.locator(".qa-result").wait_for(timeout=120_000)
    page.locator(".qa-result").scroll_into_view_if_needed()


def _turn_to(page: Page, view: str, sign: str) -> None:
    page.evaluate("(view) => { location.hash = view; }", view)
    page.locator(sign).first.wait_for()


# In the order in which a reader meets them.
STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "welcome": ("An empty conversation, with questions made from the library", lambda page: None),
    "answer": ("An answer, and what can be asked next", _answer),
    "list": ("A list, point by point", _list),
    "follow-up": ("A follow-up, as it was understood", _follow_up),
    "sides": ("Two views side by side", _sides),
    "abstained": ("The articles do not say", _abstained),
    "source": ("The source of a quote", _source),
    "judged": ("What was wrong with an answer", _judged),
    "scope": ("Asking within some articles only", _scope),
    "history": ("Conversations kept in the browser", _history),
    "library": ("The library", _library),
    "reading": ("Reading an article", _reading),
    "import": ("A newspaper page, read and to be checked", _import),
    "evaluation": ("A question set that was run", _evaluation),
}


def main() -> None:
    """Take all pictures, or those of some states."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("states", nargs="*", metavar="STATE", help=f"of: {', '.join(STATES)}")
    parser.add_argument("--out", type=Path, default=PROJECT / "docs/screenshots")
    flags = parser.parse_args()
    if unknown := set(flags.states) - STATES.keys():
        parser.error(f"no such state: {min(unknown)}")
    flags.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        shutil.copytree(PROJECT / "corpus", corpus)
        build_index(corpus, index, load_encoder())
        sets = f"--question-sets={PROJECT / 'questions'}"
        feedback = f"--feedback={Path(scratch, 'feedback.jsonl')}"
        with (
            served(corpus, index, sets, feedback) as (url, _, _),
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for state in flags.states or STATES:
                for width in WIDTHS:
                    for theme in THEMES:
                        _take(browser, url, state, width, theme, flags.out)
                print(state, flush=True)
            browser.close()
    (flags.out / "README.md").write_text(_page(), encoding="utf-8")


def _take(browser: Browser, url: str, state: str, width: int, theme: str, out: Path) -> None:
    page = browser.new_page(
        locale="zh-CN",
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": WIDTHS[width]},
        reduced_motion="reduce",
    )
    page.goto(url)
    page.locator(".qa-sample").first.wait_for()
    _, reach = STATES[state]
    reach(page)
    page.wait_for_timeout(400)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(_COLOURS).save(out / _name(state, width, theme), optimize=True)
    page.close()


def _name(state: str, width: int, theme: str) -> str:
    return f"{state}-{width}-{theme}.png"


def _page() -> str:
    parts = ["# The web chat", "Made by `make screenshots`, over the sample articles."]
    for state, (title, _) in STATES.items():
        pictures = (
            f'<img src="{_name(state, width, theme)}" width="{width // 3}" '
            f'alt="{title}: {width} pixels wide, {theme}">'
            for width in reversed(WIDTHS)
            for theme in THEMES
        )
        parts += [f"## {title}", "\n".join(pictures)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
