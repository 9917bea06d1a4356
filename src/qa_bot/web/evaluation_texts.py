"""The evaluation view's texts, in Simplified Chinese and English."""

from dataclasses import dataclass

from qa_bot.web.texts import ZH, Texts


@dataclass(frozen=True, slots=True)
class EvaluationTexts:
    """Every text of the view in one language; `{...}` are filled in with `str.format`.

    What measures and failures are called is in `evaluation.html_texts`.
    """

    intro: str
    question_set: str
    no_sets: str
    uploaded: str
    upload: str
    run: str
    stop: str
    not_chosen: str
    wrong_suffix: str
    too_large: str
    set_error: str
    run_error: str
    busy: str
    preparing: str
    asking: str
    computing: str
    progress: str
    progress_label: str
    announced: str
    announced_end: str
    nothing_asked: str
    result: str
    partial: str
    facts: tuple[str, ...]
    problems: str
    measures_heading: str
    measure: str
    value: str
    interval: str
    count: str
    by_type: str
    type_summary: str
    plots: str
    failures_heading: str
    no_failures: str
    more_failures: str
    gone: str
    withheld: str
    expected: str
    all_of: str
    any_of: str
    article: str
    speaker: str
    relevant: str
    not_answerable: str
    ranks: str
    passage_rank: str
    article_rank: str
    not_found: str
    history: str
    downloads: str


_ZH = EvaluationTexts(
    intro="用一份问题集检验回答得好不好：每题问一遍，给出各项指标，并列出失败的题。评测期间照常可以问答。",
    question_set="问题集",
    no_sets="文件夹 {folder} 里还没有问题集，可以上传一份。",
    uploaded="{name}（刚上传）",
    upload="上传问题集",
    run="开始评测",
    stop="停止",
    not_chosen="请先选择或上传一份问题集。",
    wrong_suffix="{name} 不是问题集：请上传 {suffixes} 文件。",
    too_large="{name} 太大，最多 {most} MB。更大的问题集请放进文件夹 {folder}。",
    set_error="这份问题集用不了：{reason}",
    run_error="评测中断：{reason}",
    busy="另一份评测正在进行（{asked} / {total} 题），同一时间只能进行一份，请稍后再试。",
    preparing="正在准备：{name}",
    asking="正在评测：{name}",
    computing="正在计算指标：{name}",
    progress="{asked} / {total} 题",
    progress_label="评测进度",
    announced="已问 {percent}%",
    announced_end="评测结束：{asked} 题，失败 {failed} 题。",
    nothing_asked="已停止，还没有问任何一题。",
    result="结果：{name}",
    partial="部分结果：共 {total} 题，问了 {asked} 题就停止了，指标只算这些题。再次开始会接着问。",
    facts=(
        "{asked} 题",
        "失败 {failed} 题",
        "用时 {seconds} 秒",
        "模型 {model}",
        "阈值 {threshold}",
    ),
    problems="问题集里有 {count} 处不对",
    measures_heading="指标",
    measure="指标",
    value="值",
    interval="95% 区间",
    count="题数",
    by_type="分题型",
    type_summary="{type}（{count} 题，失败 {failed} 题）",
    plots="图",
    failures_heading="失败的题",
    no_failures="没有失败的题。",
    more_failures="另有 {count} 题，见下载的报告。",
    gone="这次评测的结果已经不在了，请重新评测。",
    withheld="有引文，但置信度 {confidence} 低于阈值 {threshold}，没有显示：",
    expected="应有的回答",
    all_of="须全部出现",
    any_of="须出现其一",
    article="出自文章",
    speaker="说话人",
    relevant="相关文章",
    not_answerable="文章没有写到，不应作答",
    ranks="检索排名",
    passage_rank="含答案的段落：{rank}",
    article_rank="应引的文章：{rank}",
    not_found="未找到",
    history="此前的问题",
    downloads="下载",
)


_EN = EvaluationTexts(
    intro="Test the answers with a question set: each question is asked once, then you see the "
    "measures and the questions that failed. The chat goes on answering meanwhile.",
    question_set="Question set",
    no_sets="There is no question set in the folder {folder} yet; you can upload one.",
    uploaded="{name} (uploaded)",
    upload="Upload a set",
    run="Run",
    stop="Stop",
    not_chosen="Please choose or upload a question set first.",
    wrong_suffix="{name} is not a question set: upload a file of {suffixes}.",
    too_large="{name} is too large; at most {most} MB fit. Put a larger set into the folder "
    "{folder}.",
    set_error="This set cannot be used: {reason}",
    run_error="The run ended early: {reason}",
    busy="Another run is going on ({asked} of {total} questions), and there can be only one at a "
    "time. Please try again later.",
    preparing="Preparing {name}",
    asking="Asking {name}",
    computing="Computing the measures of {name}",
    progress="{asked} of {total}",
    progress_label="Progress of the run",
    announced="{percent} % asked",
    announced_end="The run is over: {asked} questions, {failed} failed.",
    nothing_asked="Stopped before the first question was asked.",
    result="Result of {name}",
    partial="Part of a run: it was stopped after {asked} of {total} questions, and the measures "
    "are of these only. Run again to go on from there.",
    facts=(
        "{asked} questions",
        "{failed} failed",
        "answered in {seconds} s",
        "model {model}",
        "threshold {threshold}",
    ),
    problems="Wrong with the set ({count})",
    measures_heading="Measures",
    measure="measure",
    value="value",
    interval="95 % interval",
    count="n",
    by_type="By type of question",
    type_summary="{type} ({count} questions, {failed} failed)",
    plots="Plots",
    failures_heading="Failed questions",
    no_failures="No question failed.",
    more_failures="{count} more are in the report, below.",
    gone="The result of this run is no longer there; please run the set again.",
    withheld="There were quotes, but their confidence of {confidence} is under the threshold of "
    "{threshold}; they were not shown:",
    expected="Expected",
    all_of="all of",
    any_of="one of",
    article="from the article",
    speaker="said by",
    relevant="relevant articles",
    not_answerable="no answer; the articles do not say",
    ranks="found at rank",
    passage_rank="right passage: {rank}",
    article_rank="right article: {rank}",
    not_found="not found",
    history="asked before",
    downloads="Download",
)


def evaluation_texts(texts: Texts) -> EvaluationTexts:
    """Return the view's texts in the language of the page's."""
    return _ZH if texts is ZH else _EN
