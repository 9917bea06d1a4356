"""Lay clean articles out as newspaper pages with the defects of the trade and score the import.

The articles are those of corpus/ and others made of their paragraphs; the pages differ with the
seed. Beside the import stands a simple splitter, which goes by headings and blank lines. The
table is written to docs/benchmarks.md.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from page_articles import Pool, read_clean
from page_layouts import Laid, lay_out
from page_scores import MEASURES, ReadArticle, Score, Truth, rates, read_truth, score_page
from page_styles import LEVELS
from qa_bot.pages import decode_page, read_page, unaccounted

PROJECT = Path(__file__).parents[1]
REAL_PAGE = "pages/chongqing-daily-thinktank.txt"
WRITTEN = PROJECT / "tests/pages"  # pages by hand; those of unseen/ are never looked into

Reader = Callable[[str], list[ReadArticle]]

_SPLITTER_BYLINE = re.compile(r"[■□●]\s*(\S{2,4})|.{0,8}记者\s*(\S{2,4})")
_SPLITTER_LABEL = re.compile(r"\W*(\w{1,8})[:：]")


def main() -> int:
    """Score the import and renew the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60, help="a third of each level")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--corpus", type=Path, default=PROJECT / "corpus")
    parser.add_argument(
        "--shared",
        type=Path,
        default=PROJECT.parent / "shared",
        help="folder with the real page, which is scored too if it is there",
    )
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the N worst pages")
    parser.add_argument("--out", type=Path, default=PROJECT / "docs/benchmarks.md")
    flags = parser.parse_args()
    if flags.show:
        show_worst(make_pages(flags.corpus, pages=flags.pages, seed=flags.seed), flags.show)
    text = import_table(
        pages=flags.pages, seed=flags.seed, corpus=flags.corpus, shared=flags.shared
    )
    print(text)
    from evaluate import replace_section  # it calls import_table, so not at the top

    replace_section(flags.out, "import", text)
    return 0


def make_pages(corpus: Path, *, pages: int, seed: int) -> list[Laid]:
    """Lay out pages, the levels in turn; the same seed gives the same pages."""
    articles = read_clean(corpus)
    laid = []
    for number in range(pages):
        random = Random(f"{seed} {number}")  # noqa: S311 # repeatable pages
        pool = Pool.fresh(articles, random)
        laid.append(lay_out(pool, LEVELS[number % len(LEVELS)], random))
    return laid


def import_table(
    *,
    pages: int = 60,
    seed: int = 0,
    corpus: Path = PROJECT / "corpus",
    shared: Path | None = None,
) -> str:
    """Score the import and the simple splitter on pages laid out anew.

    Args:
        pages: How many pages, all levels together.
        seed: Of the layouts.
        corpus: Folder of the clean articles.
        shared: Folder with the real page; it gets a column of its own if it is there.

    Returns:
        A Markdown table, a measure a line.
    """
    laid = make_pages(corpus, pages=pages, seed=seed)
    real = [shared / REAL_PAGE] if shared and (shared / REAL_PAGE).is_file() else []
    sources = {
        **{
            f"laid out, {level}": [(p.truth, p.text) for p in laid if p.truth.level == level]
            for level in LEVELS
        },
        "known": read_written(sorted((WRITTEN / "known").glob("*.txt"))),
        "unseen": read_written(unseen := sorted((WRITTEN / "unseen").glob("*.txt"))),
        "unseen, hard": read_written(page for page in unseen if "hard" in page.name),
        "real page": read_written(real),
    }
    columns: list[tuple[str, Counter[str]]] = []
    for name, reader in (("import", read_imported), ("splitter", read_split)):
        for source, read_pages in sources.items():
            counts: Counter[str] = Counter()
            for truth, text in read_pages:
                counts.update(score_page(truth, reader(text)).counts)
            if counts:
                columns.append((f"{name}: {source}", counts))
    rows = [["measure", *(name for name, _ in columns)]]
    values = [dict(rates(counts)) for _, counts in columns]
    for measure in MEASURES:
        cells = [value[measure] for value in values]
        rows.append([measure, *("" if cell is None else f"{cell:.3f}" for cell in cells)])
    rows.insert(1, ["---"] * len(rows[0]))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{pages} pages laid out by script (seed {seed}).\n\n{table}"


def read_written(pages: Iterable[Path]) -> list[tuple[Truth, str]]:
    """Read pages that stand in files, each with its truth."""
    return [
        (
            read_truth(page.with_suffix(".truth.json")),
            decode_page(page.read_bytes(), file=page.name),
        )
        for page in pages
    ]


def read_imported(text: str) -> list[ReadArticle]:
    """Read a page with the project's import.

    Raises:
        RuntimeError: If the import does not account for every character.
    """
    result = read_page(text, file="page.txt")
    if missing := unaccounted(text, result):
        raise RuntimeError(f"not accounted for: {missing}")
    return [
        ReadArticle(
            article.title,
            frozenset(person.name for person in article.authors),
            tuple((p.speaker or "", p.text, p.section or "") for p in article.paragraphs),
        )
        for article in result.articles
    ]


def read_split(text: str) -> list[ReadArticle]:
    """Read a page as a simple splitter does: a heading opens an article, a blank line ends a block.

    Headings are lines with one #; where the page has none, short lines between blank lines that
    do not end as a sentence does.
    """
    has_marks = re.search(r"^# ", text, re.MULTILINE) is not None
    articles: list[tuple[str, list[str]]] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        is_short = "\n" not in block and len(block) <= 30 and block[-1] not in "。？！；，"
        is_title = block.startswith("# ") if has_marks else is_short
        if is_title or not articles:
            first, _, rest = block.partition("\n")
            articles.append((first.lstrip("# "), [rest] if rest else []))
        else:
            articles[-1][1].append(block)
    return [_plain_article(title, blocks) for title, blocks in articles if blocks]


def _plain_article(title: str, blocks: Sequence[str]) -> ReadArticle:
    authors: set[str] = set()
    paragraphs: list[tuple[str, str, str]] = []
    section = ""
    for block in blocks:
        byline = _SPLITTER_BYLINE.fullmatch(block)
        label = _SPLITTER_LABEL.match(block)
        if block.startswith("##"):
            section = block.lstrip("# ")
        elif byline:
            authors.add(byline[1] or byline[2])
        elif label:
            paragraphs.append((label[1], block[label.end() :], section))
        else:
            paragraphs.append(("", block, section))
    return ReadArticle(title, frozenset(authors), tuple(paragraphs))


def show_worst(laid: Iterable[Laid], count: int) -> None:
    """Print the pages that the import reads worst, and the loss by style of layout."""
    scores = [(page, score_page(page.truth, read_imported(page.text))) for page in laid]
    scores.sort(key=lambda entry: _quality(entry[1]))
    for number, (page, score) in enumerate(scores[:count], 1):
        print(f"\n===== page {number} ({page.truth.level}): {', '.join(page.styles)}\n")
        print(page.text)
        print("\n".join(f"- {fault}" for fault in score.faults))
        for article in read_imported(page.text):
            print(f"  read: {article.title!r}, {sorted(article.authors)}")
            for speaker, text, _ in article.paragraphs:
                print(f"    [{speaker}] {text[:24]} … {text[-12:]}")
    print("\nquality of the pages with a style, and how many they are:")
    for name, value, pages in sorted(_by_style(scores), key=lambda entry: entry[1]):
        print(f"{value:.3f} {pages:4d}  {name}")


def _quality(score: Score) -> float:
    """Return the mean of the measures, in [0, 1]."""
    values = [
        1 - value if "lower" in name else value
        for name, value in rates(score.counts)
        if value is not None
    ]
    return sum(values) / len(values)


def _by_style(scores: Sequence[tuple[Laid, Score]]) -> Iterator[tuple[str, float, int]]:
    for style in sorted({style for page, _ in scores for style in page.styles}):
        values = [_quality(score) for page, score in scores if style in page.styles]
        yield style, sum(values) / len(values), len(values)


if __name__ == "__main__":
    sys.exit(main())
