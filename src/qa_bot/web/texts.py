"""The interface's texts, in Simplified Chinese and English, and the choice between them."""

import re
from dataclasses import dataclass
from typing import Literal

_PREFERENCE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[\w-]*)?\s*(?:;\s*q\s*=\s*([\d.]+))?\s*")


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text of the page in one language; `{...}` are filled in with `str.format`."""

    language: Literal["zh-CN", "en"]
    name: str
    tagline: str
    library: str
    welcome: str
    try_one: str
    ask_label: str
    ask_placeholder: str
    send: str
    new_conversation: str
    question: str
    understood_as: str
    only_in: str
    scope: dict[str, str]
    answer: str
    sure: str
    fairly_sure: str
    unsure: str
    confidence: str
    abstained: str
    nearest: str
    no_passages: str
    passages: str
    more_passages: str
    why: str
    why_terms: str
    why_score: str
    signals: dict[str, str]
    title: str
    person: str
    and_: str
    line: str
    lines: str
    page: str
    page_only: str
    also_in: str
    agreeing: str
    stale: str
    empty: str
    too_long: str
    too_many: str
    failed: str
    views: str
    chat: str
    library_view: str
    evaluation: str
    stop: str
    stopped: str
    unreachable: str
    other_language: str
    theme: str


ZH = Texts(
    language="zh-CN",
    name="原文问答",
    tagline="只用文章里的原话回答，句句有出处",
    library="共 {articles} 篇文章",
    welcome="问一个问题，答案会是文章里的原话，并注明谁说的、出自哪篇、在第几行。文章没有写到的，会如实告诉您。",
    try_one="可以这样问",
    ask_label="您的问题",
    ask_placeholder="输入问题，按回车发送",
    send="提问",
    new_conversation="新对话",
    question="问题",
    understood_as="理解为：{question}",
    only_in="只在这些范围内查找：{scope}",
    scope={
        "authors": "作者 {names}",
        "speakers": "发言人 {names}",
        "sources": "来源 {names}",
        "articles": "文章 {names}",
        "since": "{names} 起",
        "until": "{names} 止",
    },
    answer="文章原话",
    sure="很有把握",
    fairly_sure="较有把握",
    unsure="把握不大，请核对原文",
    confidence="置信度 {percent}%",
    abstained="这些文章没有回答这个问题。",
    nearest="下面是内容最接近的段落，仅供参考，并不是答案：",
    no_passages="也没有找到相近的段落。",
    passages="检索到的段落（{count}）",
    more_passages="其他相近的段落（{count}）",
    why="为何找到",
    why_terms="命中的词：{terms}",
    why_score="得分 {score}，其中：{parts}（括号内为原始值）",
    signals={
        "passage": "段落用词",
        "article": "全文用词",
        "sentence": "最佳句子",
        "words": "问题用词",
        "characters": "单字",
        "numbers": "数字",
        "kind": "答案类型",
        "dense": "语义相近",
        "metadata": "题目、作者等名称",
        "anchor": "正在谈的文章",
        "reranker": "重排模型",
    },
    title="《{title}》",
    person="{name}（{role}）",
    and_="、",
    line="第 {first} 行",
    lines="第 {first}–{last} 行",
    page="原版面 {file}",
    page_only="原版面",
    also_in="另见 {places}",
    agreeing="相同数字另见 {places}",
    stale="这些文件在建立索引之后改动过，没有用来回答。请运行 {command} 更新索引：",
    empty="请先输入问题。",
    too_long="问题有 {length} 个字，最多 {most} 个字，请缩短后再问。",
    too_many="问得太快了，请过 {seconds} 秒再试。",
    failed="没能回答：{reason}",
    views="页面",
    chat="问答",
    library_view="文库",
    evaluation="评测",
    stop="停止",
    stopped="已停止。",
    unreachable="连不上服务器，请稍后再试。",
    other_language="English",
    theme="明暗",
)

EN = Texts(
    language="en",
    name="qa-bot",
    tagline="Answers in the articles’ own words, each with its source",
    library="{articles} articles",
    welcome="Ask a question. The answer is what the articles say, word for word, with who said it, "
    "in which article and on which line. If they do not say, you are told so.",
    try_one="For example",
    ask_label="Your question",
    ask_placeholder="Ask about the articles",
    send="Ask",
    new_conversation="New conversation",
    question="Question",
    understood_as="Understood as: {question}",
    only_in="Only in: {scope}",
    scope={
        "authors": "author {names}",
        "speakers": "speaker {names}",
        "sources": "source {names}",
        "articles": "article {names}",
        "since": "since {names}",
        "until": "until {names}",
    },
    answer="In the articles’ words",
    sure="very likely the answer",
    fairly_sure="probably the answer",
    unsure="perhaps the answer; check the source",
    confidence="Confidence {percent}%",
    abstained="The articles do not answer this question.",
    nearest="These passages come nearest. They are for orientation and are not an answer:",
    no_passages="No passage comes near it either.",
    passages="Passages found ({count})",
    more_passages="Other passages ({count})",
    why="Why this was found",
    why_terms="Words found: {terms}",
    why_score="Score {score}, of which {parts} (measured values in brackets)",
    signals={
        "passage": "words of the passage",
        "article": "words of the article",
        "sentence": "best sentence",
        "words": "words of the question",
        "characters": "characters",
        "numbers": "numbers",
        "kind": "kind of answer",
        "dense": "meaning",
        "metadata": "names such as title and author",
        "anchor": "article talked about",
        "reranker": "reranker",
    },
    title="“{title}”",
    person="{name} ({role})",
    and_=", ",
    line="line {first}",
    lines="lines {first}–{last}",
    page="page {file},",
    page_only="page,",
    also_in="Also in {places}",
    agreeing="The same figure in {places}",
    stale="These files changed after the index was built and were left out. Run {command} to bring "
    "the index up to date:",
    empty="Please type a question first.",
    too_long="The question has {length} characters; at most {most} fit. Please shorten it.",
    too_many="That was too fast. Please try again in {seconds} s.",
    failed="This could not be answered: {reason}",
    views="Views",
    chat="Ask",
    library_view="Library",
    evaluation="Evaluate",
    stop="Stop",
    stopped="Stopped.",
    unreachable="The server cannot be reached. Please try again.",
    other_language="中文",
    theme="Light or dark",
)


def choose_texts(accept_language: str | None) -> Texts:
    """Return the texts for a browser.

    Args:
        accept_language: Its `Accept-Language` header, such as `zh-CN,zh;q=0.9,en;q=0.8`.

    Returns:
        Chinese if that is asked for before English, else English.
    """
    best, chosen = 0.0, EN
    for part in (accept_language or "")[:1000].split(","):
        match = _PREFERENCE.fullmatch(part)
        if match is None:
            continue
        texts = {"zh": ZH, "en": EN}.get(match[1].lower())
        weight = _weight(match[2])
        if texts and weight > best:
            best, chosen = weight, texts
    return chosen


def _weight(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0
