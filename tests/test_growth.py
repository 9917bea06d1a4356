"""No text, however it is made, takes more than its share of time: four times as much, about four.

A text of a few kilobytes that takes minutes would stop a build, an import or the web chat.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from qa_bot import markdown
from qa_bot.answering.question import MAX_QUESTION, analyse
from qa_bot.citation import cite, cite_quote
from qa_bot.corpus import parse_article
from qa_bot.errors import QaBotError
from qa_bot.evaluation.question_set import read_question_set
from qa_bot.front_matter import correct_fields
from qa_bot.index import alike
from qa_bot.index.terms import split_terms
from qa_bot.pages import format_article, read_page
from qa_bot.pages.decode import decode_page
from qa_bot.pages.extract import extract
from qa_bot.passages import split_passages
from qa_bot.records import Article, Span
from qa_bot.sentences import split_sentences
from qa_bot.web.reading import Reading

_MOST = 8.0  # times the time that four times the text may take; what is quadratic takes 16
_NOTHING = 0.03  # CPU seconds; less is not worth looking at
_NOT_OURS = {("HTML", "tags")}  # html.parser looks for the end of each tag that has none
_HEAD = "---\ntitle: 灯塔\nkind: interview\nspeakers: [{name: 何岚, role: 馆长}]\n---\n"

# What is repeated: each stands for a way to make a pattern try again and again.
UNITS = {
    "spaces": " ",
    "wide spaces": "\u3000",
    "tabs and line ends": "\t\n",
    "line ends": "\n",
    "returns": "\r",
    "letters": "a",
    "characters": "灯",
    "digits": "1,",
    "full stops": ". ",
    "marks": "。！",
    "stars": "*",
    "hashes": "#",
    "dashes": "- ",
    "lines of dashes": "---\n",
    "colons": "记者:",
    "headings": "# 灯\n",
    "labels": "**何岚:** 灯\n",
    "short paragraphs": "灯\n\n",
    "open quotations": "“灯",
    "lines of open quotations": "“灯\n",
    "closed quotations": "灯”说",
    "open brackets": "（[{(",
    "nested brackets": "(灯",
    "straight quotes": "\"'",
    "names in brackets": "(记者 何岚)",
    "credits": "责编 何岚 ",
    "points": "一是灯,第二,",
    "dates": "2025年11月",
    "links": "[灯](http://a.b/",
    "tags": "<a b='&#",
    "nested headings": "<h1>灯",
    "nested lists": "<ul><li>灯",
    "nested lines as they are": "<pre>灯\n<pre>",
    "footers below each other": "<div>灯<footer>塔</footer>",
    "YAML": "? - {a: ",
    "accents": "e\u0301",
    "hidden": "\u200b\u202e",
}


def _article(text: str) -> Article:
    return parse_article((_HEAD + text).encode(), id="a.md", shown_as="a.md")


def _cite(text: str) -> None:
    line = " ".join(text.split()) or "灯"
    front = {"title": line, "source": line, "authors": [line], "url": f"http://a.b/{line}"}
    cite(parse_article(f"---\n{json.dumps(front)}\n---\n灯".encode(), id="a", shown_as="a"))


def _read(text: str) -> None:
    article = _article(text)
    Reading(article, quoted=Span(len(article.text) - 1, len(article.text))).body()


def _import(text: str) -> None:
    for article in read_page(text, file="p.txt").articles:
        format_article(article, page_file="pages/p.txt")


def _cite_quote(text: str) -> None:
    article = _article(text)
    cite_quote(article, Span(0, len(article.text)))


def _question_set(text: str, folder: Path, suffix: str) -> None:
    path = folder / f"set{suffix}"
    path.write_text(text, encoding="utf-8")
    read_question_set(path)


# With the characters that each gets first; the second time it gets four times as many.
PARSERS: dict[str, tuple[int, Callable[[str, Path], object]]] = {
    "article": (2_500, lambda text, _: _article(text)),
    "front matter": (2_500, lambda text, _: _article(f"---\ntitle: 灯\n{text}\n---\n灯")),
    "correction": (
        2_500,
        lambda text, _: correct_fields(f"---\ntitle: 灯\n{text}\n---\n", {"title": "塔"}, "a"),
    ),
    "passages": (2_500, lambda text, _: list(split_passages(_article(text), size=400))),
    "sentences": (2_500, lambda text, _: list(split_sentences(text))),
    "page": (1_000, lambda text, _: _import(text)),
    "HTML": (2_500, lambda text, _: extract("html", f"<html>{text}".encode())),
    "decoding": (2_500, lambda text, _: decode_page(text.encode("utf-16"), file="p")),
    "question": (MAX_QUESTION // 4, lambda text, _: analyse(text)),
    "conversation": (MAX_QUESTION // 4, lambda text, _: analyse("那呢?", history=[text] * 3)),
    "terms": (2_500, lambda text, _: split_terms(text)),
    "alike": (2_500, lambda text, _: (alike.comparable(text), alike.without_dateline(text))),
    "JSON lines": (
        2_500,
        lambda text, at: _question_set(json.dumps({"question": text}), at, ".jsonl"),
    ),
    "JSON": (2_500, lambda text, at: _question_set(text, at, ".json")),
    "CSV": (300, lambda text, at: _question_set(f"question,all_of\n{text}", at, ".csv")),
    "Markdown": (2_500, lambda text, _: (markdown.escape_line(text), markdown.address(text))),
    "reference": (2_500, lambda text, _: _cite(text)),
    "citation": (2_500, lambda text, _: _cite_quote(text)),
    "source view": (2_500, lambda text, _: _read(text)),
}


def _texts(unit: str, size: int) -> Iterator[str]:
    """Yield the unit again and again: alone, behind and before words, and line by line."""
    text = unit * (size // len(unit))
    yield text
    yield f"灯塔{text}x。"
    yield "\n".join((unit * 30)[:40] for _ in range(size // 40))


def _seconds(parser: Callable[[str, Path], object], text: str, folder: Path) -> float:
    began = time.process_time()
    with suppress(QaBotError):
        parser(text, folder)
    return time.process_time() - began


@pytest.mark.parametrize("name", PARSERS)
def test_four_times_the_text_takes_about_four_times_as_long(name: str, tmp_path: Path) -> None:
    size, parser = PARSERS[name]
    _seconds(parser, "灯塔。 The lamp.", tmp_path)  # what is loaded at the first use
    slow = []
    for what, unit in UNITS.items():
        if (name, what) in _NOT_OURS:
            continue
        for small, large in zip(_texts(unit, size), _texts(unit, 4 * size), strict=True):
            taken = _seconds(parser, large, tmp_path)
            if taken < _NOTHING:
                continue
            # The best of three: others use this machine too.
            before = min(_seconds(parser, small, tmp_path) for _ in range(3))
            if taken > _MOST * before:
                taken = min(_seconds(parser, large, tmp_path) for _ in range(3))
            if taken > _MOST * max(before, _NOTHING / 4):
                slow.append(f"{what}: {before:.3f} s, {taken:.3f} s")
    assert not slow
