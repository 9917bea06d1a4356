"""The report's texts, each in Simplified Chinese and English, and what the measures mean."""

from typing import NamedTuple

from qa_bot.evaluation.measures import DEFINITIONS
from qa_bot.web.markup import element, safe


class Text(NamedTuple):
    """A text in both languages; `{...}` are filled in with `str.format`."""

    zh: str
    en: str

    def html(self, **values: object) -> str:
        """Return both as HTML, of which the page shows one at a time; the values are escaped."""
        return element("span", "zh", safe(self.zh.format(**values)), lang="zh-CN") + element(
            "span", "en", safe(self.en.format(**values)), lang="en"
        )


class Term(NamedTuple):
    """What a measure or a kind of failure is called, and what it means in plain words."""

    label: Text
    meaning: Text


def _measure(name: str, label: str, zh: str, en: str) -> tuple[str, Term]:
    unit = " (ms)" if DEFINITIONS[name].unit == "ms" else ""
    return name, Term(Text(label, DEFINITIONS[name].label + unit), Text(zh, en))


_RETRIEVAL = dict(
    [
        *(
            _measure(
                f"recall@{k}",
                f"文章召回率@{k}",
                f"应引的文章有多大比例排在前 {k} 名。",
                f"Share of the right articles that are among the first {k}.",
            )
            for k in (1, 5, 10)
        ),
        _measure(
            "mrr@10",
            "文章 MRR@10",
            "第一篇应引文章名次的倒数；10 名以外算 0。",
            "1 / rank of the first right article; 0 beyond the first ten.",
        ),
        _measure(
            "ndcg@10",
            "文章 nDCG@10",
            "前 10 名的排序离最佳排序有多近，越靠前权重越大。",
            "How near the order of the first ten comes to the best order; the top counts most.",
        ),
        *(
            _measure(
                f"passage_success@{k}",
                f"段落命中率@{k}",
                f"多少题有一个应引段落排在前 {k} 名。",
                f"Share of the questions with a right passage among the first {k}.",
            )
            for k in (1, 5)
        ),
        _measure(
            "passage_mrr@10",
            "段落 MRR@10",
            "第一个应引段落名次的倒数；10 名以外算 0。",
            "1 / rank of the first right passage; 0 beyond the first ten.",
        ),
    ]
)
_QUOTES = dict(
    [
        _measure(
            "quote_hit",
            "引文命中率",
            "引文里有全部所需文字的题；拒答算没有命中。",
            "Questions whose quotes hold all strings needed; an answer withheld counts as missed.",
        ),
        _measure(
            "quote_precision",
            "引文精确率",
            "引用的句子里，有多大比例含有所需文字。",
            "Share of the quoted sentences that hold one of the strings needed.",
        ),
        _measure(
            "quote_length",
            "引用字数",
            "平均一个回答引用多少字；越低越好。",
            "Characters that an answer quotes; lower is better.",
        ),
        _measure(
            "highlight_f1",
            "标出的答案 F1",
            "第一条引文里标出的文字与参考答案重合多少。",
            "How far the highlight of the first quote overlaps with the reference answer.",
        ),
        _measure(
            "highlight_em",
            "标出的答案全对",
            "标出的文字正好是参考答案，标点和大小写不计。",
            "The highlight is the reference answer, punctuation and case aside.",
        ),
    ]
)
_ATTRIBUTION = dict(
    [
        _measure(
            "article",
            "文章正确",
            "第一条引文出自应引的文章。",
            "The first quote is from a right article.",
        ),
        _measure(
            "speaker",
            "说话人正确",
            "问某人的看法，第一条引文是这个人说的。",
            "The first quote is of the speaker who was asked for.",
        ),
        _measure(
            "lines",
            "行号正确",
            "每条引文都在它所注明的行上，对照文件核实。",
            "Every quote stands on the lines it names, by the file.",
        ),
        _measure(
            "quote_guarantee",
            "逐字引用",
            "每条引文与文件中该位置的文字逐字相同；必须是 1。",
            "Every quote is what its file holds at its offsets; must be 1.",
        ),
    ]
)
_ABSTENTION = dict(
    [
        _measure(
            "answered",
            "作答率（可答的题）",
            "文章里有答案的题，有多大比例作了答。",
            "Share of the answerable questions that were answered.",
        ),
        _measure(
            "false_answers",
            "误答率（不可答的题）",
            "文章里没有答案的题，有多大比例仍然作了答；越低越好。",
            "Share of the unanswerable questions that were answered all the same; lower is better.",
        ),
        _measure(
            "precision",
            "正确率（已答的题）",
            "作了答的题里，答对的比例。",
            "Share of right ones among the questions answered.",
        ),
        _measure(
            "auroc",
            "AUROC（可答与不可答）",
            "可答的题比不可答的题置信度高的机会；0.5 等于瞎猜。",
            "Chance that an answerable question has more confidence than an unanswerable one; "
            "0.5 is guessing.",
        ),
        _measure(
            "auroc_right",
            "AUROC（对与错）",
            "答对的题比答错的题置信度高的机会；0.5 等于瞎猜。",
            "Chance that a right answer has more confidence than a wrong one; 0.5 is guessing.",
        ),
        *(
            _measure(
                f"coverage@{percent}",
                f"覆盖率（正确率 {percent}% 时）",
                f"如果调高阈值，使作答的题至少 {percent}% 正确，最多能答多大比例的题。",
                f"Largest share of all questions that some threshold answers with {percent} % "
                "right.",
            )
            for percent in (90, 95)
        ),
    ]
)
_CALIBRATION = dict(
    [
        _measure(
            "calibration_error",
            "校准误差（ECE）",
            "置信度与实际答对的比例平均差多少；越低越好。",
            "Mean distance between confidence and share of right ones; lower is better.",
        ),
    ]
)
_LATENCY = dict(
    [
        _measure(
            f"latency_p{percent}",
            f"耗时 {percent}% 分位（毫秒）",
            f"{percent}% 的题在这个时间内答完；越低越好。",
            f"{percent} % of the questions were answered within so many milliseconds; lower is "
            "better.",
        )
        for percent in (50, 95, 99)
    ]
)

GROUPS: tuple[tuple[Text, dict[str, Term]], ...] = (
    (Text("检索", "Retrieval"), _RETRIEVAL),
    (Text("引文", "Quotes"), _QUOTES),
    (Text("出处", "Attribution"), _ATTRIBUTION),
    (Text("拒答", "Abstention"), _ABSTENTION),
    (Text("校准", "Calibration"), _CALIBRATION),
    (Text("耗时", "Latency"), _LATENCY),
)
MEASURES = {name: text for _, group in GROUPS for name, text in group.items()}

FAILURE_TEXTS = {
    "not retrieved": Term(
        Text("没有检索到", "Not retrieved"),
        Text("找到的段落里没有应引的段落。", "No passage found holds what is needed."),
    ),
    "not quoted": Term(
        Text("检索到但没有引用", "Retrieved, not quoted"),
        Text(
            "应引的段落找到了，引文里却没有所需的文字。",
            "A right passage was found, but the quotes do not hold what is needed.",
        ),
    ),
    "wrong speaker": Term(
        Text("说话人不对", "Wrong person"),
        Text("引用了别人的话。", "Somebody else is quoted than the one who was asked for."),
    ),
    "wrong article": Term(
        Text("文章不对", "Wrong article"),
        Text("第一条引文出自另一篇文章。", "The first quote is from another article."),
    ),
    "wrongly abstained": Term(
        Text("不该拒答", "Wrongly abstained"),
        Text(
            "引文是对的，但置信度低于阈值，没有显示。",
            "The quotes are right, but were withheld: the confidence is under the threshold.",
        ),
    ),
    "wrongly answered": Term(
        Text("不该作答", "Wrongly answered"),
        Text("文章里没有答案，却作了答。", "The articles do not answer it, but it was answered."),
    ),
}

TITLE = Text("评测报告", "Evaluation report")
ABOUT = Text(
    "{questions} 题 · {began} · 用时 {seconds} 秒",
    "{questions} questions · {began} · {seconds} s",
)
SET, MODEL = Text("题集", "Question set"), Text("向量模型", "Embedding model")
PROGRAM, THRESHOLD = Text("程序", "Program"), Text("作答阈值", "Threshold")
PROBLEMS = Text("题集里的问题（{count}）", "What is wrong with the set ({count})")
MORE_PROBLEMS = Text("还有 {count} 条，见 summary.json。", "And {count} more; see summary.json.")
MEASURED = Text("指标", "Measures")
HOW_TO_READ = Text(
    "点开指标名看它的含义。横线是 95% 置信区间，n 是题数。",
    "Open a measure to see what it means. The bar is its 95 % interval, n the number of questions.",
)
MEASURE, VALUE = Text("指标", "Measure"), Text("数值", "Value")
INTERVAL, COUNT = Text("95% 区间", "95 % interval"), Text("n", "n")
TYPE = Text("题型", "Type")
BY_TYPE = Text("分题型", "By type")
MORE_TYPES = Text("还有 {count} 种题型，见 summary.json。", "And {count} more; see summary.json.")
PLOTS = Text("图", "Plots")
COMPARED = Text("与 {folder} 比较", "Compared with {folder}")
COMPARED_OVER = Text(
    "两次共有的 {questions} 题（改动过的 {changed} 题不计）。★ 表示 p < 0.05；指标多，"
    "偶然出现一颗星也是常事。",
    "Over the {questions} questions of both ({changed} that changed are left out). ★ says p < "
    "0.05; of so many measures, expect one star by chance.",
)
DIFFERENCE, P_VALUE = Text("变化", "Difference"), Text("p 值", "p")
BETTER, WORSE = Text("更好", "better"), Text("更差", "worse")
WON = Text("由错变对（{count}）", "Won: failed before, not now ({count})")
LOST = Text("由对变错（{count}）", "Lost: failed now, not before ({count})")
MORE_IDS = Text("等，另 {count} 题", "and {count} more")
FAILED = Text("失败的题（{count}）", "Failed questions ({count})")
NONE_FAILED = Text("没有失败的题。", "No question failed.")
ALL = Text("全部", "All")
MORE_FAILED = Text(
    "只列出前 {shown} 题，另有 {count} 题见 rows.jsonl。",
    "The first {shown} are shown; {count} more are in rows.jsonl.",
)
EARLIER = Text("前文", "Earlier")
EXPECTED = Text("应有", "Expected")
NO_ANSWER = Text("文章里没有答案，应当拒答", "No answer: the articles do not say")
ONE_OF = Text("之一：", "one of:")
ONLY_IN = Text("范围", "Only in")
ARTICLE, SPEAKER = Text("文章", "Article"), Text("说话人", "Said by")
QUOTED = Text("所引", "Quoted")
WITHHELD = Text("未显示的引文（把握不够）", "Withheld: not sure enough")
NOTHING = Text("没有引文", "Nothing was quoted")
RIGHT_PASSAGE, RIGHT_ARTICLE = Text("应引段落", "right passage"), Text("应引文章", "right article")
RANK, NOT_FOUND = Text("第 {rank} 名", "rank {rank}"), Text("没有找到", "not found")
CONFIDENCE = Text("置信度", "Confidence")
NEAREST = Text("最接近的段落（{count}）", "Nearest passages ({count})")
LINE = Text("第 {first} 行", "line {first}")
LINES = Text("第 {first}–{last} 行", "lines {first}–{last}")
PAGE = Text("原版面 {file}", "page {file}")
