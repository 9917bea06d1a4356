"""Summary and rows of a run -> plots: risk and coverage, reliability, recall, latency.

Drawn by matplotlib, which is imported with the first plot: `pip install 'qa-bot[eval]'`.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from qa_bot.errors import EvaluationError
from qa_bot.evaluation.records import Row, Summary
from qa_bot.evaluation.statistics import Values
from qa_bot.evaluation.svg import ACCENT, CARD, INK, RULE, SOFT, inline_svg, own_settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

Language: TypeAlias = Literal["zh-CN", "en"]

_WIDTH, _HEIGHT = 420, 300
_PLACE = (48 / _WIDTH, 48 / _HEIGHT, 354 / _WIDTH, 214 / _HEIGHT)  # left, bottom, width, height
_FONT, _SMALL = 13.0, 11.5
_DOT = 7.0
_MOST_POINTS = 200  # of a curve
_RANKS = 50  # passages that are ranked (docs/evaluation.md)
_PERCENTILES = (50, 95, 99)


class Caption(NamedTuple):
    """What a plot shows, and how to read it."""

    title: str
    description: str


CAPTIONS: dict[Language, dict[str, Caption]] = {
    "zh-CN": {
        "risk_coverage": Caption(
            "风险—覆盖曲线",
            "从最有把握的题答起，答得越多，错的比例怎样变化。曲线越低越好；圆点是现用阈值。",
        ),
        "reliability": Caption(
            "置信度是否可信",
            "把题按置信度分成十档：每档里实际答对的比例（柱）应当等于平均置信度（虚线）。"
            "柱上的数字是题数；柱低于虚线，说明过于自信。",
        ),
        "recall": Caption(
            "检索：前 k 名里有没有",
            "前 k 名里找到了多大比例的应引文章，以及多少题找到了应引段落。越早升高越好。",
        ),
        "latency": Caption(
            "耗时",
            "多大比例的题在多少毫秒内答完。圆点是 50%、95%、99%；最慢的 1% 可能在图外。",
        ),
    },
    "en": {
        "risk_coverage": Caption(
            "Risk and coverage",
            "Answering the surest questions first: how the share of wrong answers grows with the "
            "share of questions answered. Lower is better; the dot is the threshold in use.",
        ),
        "reliability": Caption(
            "Reliability of the confidence",
            "Questions in ten bins by confidence: the share that is right in fact (bars) should be "
            "the mean confidence (dashed). Figures on the bars count questions; a bar under the "
            "dashed line is over-confident.",
        ),
        "recall": Caption(
            "Retrieval: found among the first k",
            "Share of the right articles, and of questions with a right passage, among the first "
            "k. The earlier it rises the better.",
        ),
        "latency": Caption(
            "Latency",
            "Share of the questions answered within so many milliseconds. The dots are 50, 95 and "
            "99 %; the slowest 1 % may lie outside.",
        ),
    },
}
# Drawn in English, because matplotlib measures texts with a font that it brings along.
_CHINESE = {
    "wrong, of those answered": "答错（占已答）",
    "questions answered": "作答比例",
    "threshold in use": "现用阈值",
    "right in fact": "实际答对",
    "confidence": "置信度",
    "as it should be": "理想",
    "found": "找到的比例",
    "among the first k": "前 k 名",
    "right articles (recall)": "应引文章（召回率）",
    "right passage (success)": "应引段落（命中率）",
    "questions": "题目比例",
    "milliseconds": "毫秒",
}


def draw_plots(summary: Summary, rows: Sequence[Row], *, language: Language) -> dict[str, str]:
    """Draw the plots of a run.

    Args:
        summary: Of the run.
        rows: Of the run; without the passages will do.
        language: Of the labels.

    Returns:
        `<svg>` elements to stand in a page, by name as in `CAPTIONS`. A plot that the run has
        nothing for is left out. They take their colours from the page (`--qa-soft`, `--qa-rule`,
        `--qa-accent`, `--qa-card` and the colour of the text), and have a light page's without.

    Raises:
        EvaluationError: If matplotlib is not installed.
    """
    require_matplotlib()
    with own_settings():
        drawn = {name: _draw(name, summary, rows, language) for name in _DRAWINGS}
    return {name: plot for name, plot in drawn.items() if plot}


def _draw(name: str, summary: Summary, rows: Sequence[Row], language: Language) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH / 72, _HEIGHT / 72))  # matplotlib counts inches of 72 units
    if not _DRAWINGS[name](figure.add_axes(_PLACE), summary, rows):
        return ""
    caption = CAPTIONS[language][name]
    return inline_svg(
        figure,
        name=f"{name}-{language}",
        language=language,
        title=caption.title,
        description=caption.description,
        translations=_CHINESE if language == "zh-CN" else {},
    )


def require_matplotlib() -> None:
    """Say what to install, if matplotlib is not there.

    Raises:
        EvaluationError: If matplotlib is not installed.
    """
    try:
        import matplotlib  # noqa: F401 # only whether it is there
    except ImportError as error:
        raise EvaluationError(
            "plots need matplotlib; install it with: pip install 'qa-bot[eval]'"
        ) from error


def _risk_coverage(axes: "Axes", summary: Summary, _: Sequence[Row]) -> bool:
    points = summary.risk_coverage
    if not points:
        return False
    coverage, risk = [p.coverage for p in points], [p.risk for p in points]
    _label(axes, "questions answered", "wrong, of those answered")
    axes.plot(coverage, risk, color=ACCENT, linewidth=2)
    axes.fill_between(coverage, risk, color=ACCENT, alpha=0.12, linewidth=0)
    answered = [point for point in points if point.threshold >= summary.run.threshold]
    if answered:
        _dots(axes, [answered[-1].coverage], [answered[-1].risk], label="threshold in use")
    _percent(axes.xaxis)
    _percent(axes.yaxis)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, min(1.05, max(0.1, 1.1 * max(risk))))
    _legend(axes)
    return True


def _reliability(axes: "Axes", summary: Summary, _: Sequence[Row]) -> bool:
    bins = summary.reliability
    if not bins:
        return False
    _label(axes, "confidence", "right in fact")
    axes.plot([0, 1], [0, 1], color=SOFT, linewidth=1.2, dashes=(4, 3), label="as it should be")
    for bin_ in bins:
        width = bin_.high - bin_.low
        axes.bar(bin_.low, bin_.right, width, align="edge", color=ACCENT, alpha=0.3, edgecolor=CARD)
        axes.annotate(
            f"{bin_.count}",
            (bin_.low + width / 2, bin_.right),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            color=SOFT,
            fontsize=_SMALL,
        )
    _dots(axes, [bin_.confidence for bin_ in bins], [bin_.right for bin_ in bins])
    _percent(axes.xaxis)
    _percent(axes.yaxis)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.1)
    _legend(axes)
    return True


def _recall(axes: "Axes", _: Summary, rows: Sequence[Row]) -> bool:
    ranks = np.arange(1, _RANKS + 1)
    articles = [_found(row) for row in rows if "recall@1" in row.values]
    passages = [
        ranks >= (row.passage_rank or np.inf) for row in rows if "passage_success@1" in row.values
    ]
    if not articles:
        return False
    _label(axes, "among the first k", "found")
    axes.plot(ranks, np.mean(articles, 0), color=ACCENT, lw=2, label="right articles (recall)")
    if passages:
        found = np.mean(passages, 0)
        label = "right passage (success)"
        axes.plot(ranks, found, color=SOFT, lw=2, dashes=(5, 2), label=label)
    axes.set_xscale("log")
    axes.set_xticks([1, 2, 5, 10, 20, _RANKS], ["1", "2", "5", "10", "20", str(_RANKS)])
    axes.minorticks_off()
    _percent(axes.yaxis)
    axes.set_xlim(0.95, 1.05 * _RANKS)
    axes.set_ylim(0, 1.05)
    _legend(axes, inside=True)
    return True


def _found(row: Row) -> Values:
    """Return recall@k of the articles for every k up to `_RANKS`."""
    right = np.zeros(_RANKS)
    for rank, article in enumerate(row.ranking[:_RANKS]):
        right[rank] = article in row.right_articles
    return right.cumsum() / len(row.right_articles)


def _latency(axes: "Axes", _: Summary, rows: Sequence[Row]) -> bool:
    took = np.sort([row.values["latency_ms"] for row in rows if "latency_ms" in row.values])
    if not took.size:
        return False
    _label(axes, "milliseconds", "questions")
    shares = np.linspace(0, 1, min(_MOST_POINTS, took.size) + 1)
    axes.plot(np.quantile(took, shares), shares, color=ACCENT, linewidth=2)
    marks = np.percentile(took, _PERCENTILES).tolist()
    _dots(axes, marks, [percent / 100 for percent in _PERCENTILES])
    lines = [f"{p}%  {ms:,.0f} ms" for p, ms in zip(_PERCENTILES, marks, strict=True)]
    for height, line in zip((0.2, 0.12, 0.04), lines, strict=True):
        axes.text(0.97, height, line, transform=axes.transAxes, ha="right", color=INK, size=_FONT)
    _percent(axes.yaxis)
    axes.set_xlim(0, 1.12 * marks[-1] or 1)
    axes.set_ylim(0, 1.05)
    return True


def _label(axes: "Axes", across: str, up: str) -> None:
    axes.set_xlabel(across, color=SOFT, fontsize=_FONT, labelpad=6)
    axes.set_title(up, loc="left", color=SOFT, fontsize=_FONT, x=-0.1, pad=12)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=RULE, linewidth=1)
    axes.tick_params(length=0, labelcolor=SOFT, labelsize=_SMALL, pad=7)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set(color=SOFT, linewidth=1)


def _percent(axis: "Axis") -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(PercentFormatter(1, decimals=0))


def _dots(
    axes: "Axes", across: Sequence[float], up: Sequence[float], label: str | None = None
) -> None:
    axes.plot(
        across,
        up,
        "o",
        markersize=_DOT,
        markerfacecolor=ACCENT,
        markeredgecolor=CARD,
        clip_on=False,
        label=label,
    )


def _legend(axes: "Axes", *, inside: bool = False) -> None:
    """Say what is what: in the lower right corner, or above."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1, 0 if inside else 1),
            frameon=False,
            fontsize=_FONT,
            labelcolor=INK,
            handlelength=1.8,
            borderaxespad=0.4,
        )


_DRAWINGS: dict[str, Callable[["Axes", Summary, Sequence[Row]], bool]] = {
    "risk_coverage": _risk_coverage,
    "reliability": _reliability,
    "recall": _recall,
    "latency": _latency,
}
