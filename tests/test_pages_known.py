"""Pages of many papers against their truth: what the import reached, it keeps."""

from collections import Counter
from pathlib import Path

import pytest

from evaluate_import import read_imported
from page_scores import rates, read_truth, score_page
from qa_bot.corpus import parse_article
from qa_bot.pages import decode_page, format_article, read_page

KNOWN = sorted((Path(__file__).parent / "pages/known").glob("*.txt"))


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, float]]:
    """The measures over all pages and by level; reading them proves that nothing is lost."""
    counts: dict[str, Counter[str]] = {}
    for page in KNOWN:
        truth = read_truth(page.with_suffix(".truth.json"))
        text = decode_page(page.read_bytes(), file=page.name)
        found = score_page(truth, read_imported(text)).counts
        for level in ("all", truth.level):
            counts.setdefault(level, Counter()).update(found)
    return {
        level: {name: value for name, value in rates(found) if value is not None}
        for level, found in counts.items()
    }


@pytest.mark.parametrize(
    ("level", "measure", "least"),
    [
        ("all", "sentences in the right article", 0.97),
        ("hard", "sentences in the right article", 0.93),
        ("all", "article count exact (pages)", 0.95),
        ("all", "titles", 0.96),
        ("all", "authors", 0.93),
        ("all", "speakers of interview sentences", 0.98),
        ("all", "interview sentences nobody says", 0.97),
        ("easy", "sentences in the right article", 1.0),
        ("easy", "titles", 1.0),
    ],
)
def test_the_import_reads_at_least_this_share(
    measured: dict[str, dict[str, float]], level: str, measure: str, least: float
) -> None:
    assert len(KNOWN) == 60
    assert measured[level][measure] >= least


@pytest.mark.parametrize(
    ("measure", "most"),
    [
        ("captions and junk in bodies (lower is better)", 0.01),
        ("broken sentences (lower is better)", 0.015),
        ("titles in bodies (lower is better)", 0.02),
    ],
)
def test_the_import_leaks_and_breaks_no_more_than_this(
    measured: dict[str, dict[str, float]], measure: str, most: float
) -> None:
    assert measured["all"][measure] <= most


@pytest.mark.parametrize("page", KNOWN, ids=lambda page: page.stem)
def test_an_article_file_holds_what_was_read_and_who_says_it(page: Path) -> None:
    """Above all: what the paper tells after the last answer is not given to the last guest."""
    imported = read_page(decode_page(page.read_bytes(), file=page.name), file=page.name)
    for article in imported.articles:
        data = format_article(article, page_file="pages/p.txt").encode()
        read = parse_article(data, id="a.md", shown_as="a.md")
        found = [
            (p.section, p.speaker, read.text[p.span.start : p.span.end]) for p in read.paragraphs
        ]
        assert found == [(p.section, p.speaker, p.text) for p in article.paragraphs]
