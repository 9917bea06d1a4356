"""The library view's texts, in Simplified Chinese and English."""

from dataclasses import dataclass

from qa_bot.web.texts import ZH, Texts


@dataclass(frozen=True, slots=True)
class LibraryTexts:
    """Every text of the view in one language; `{...}` are filled in."""

    heading: str
    article_count: str
    add_articles: str
    update_index: str
    read_only: str
    drop_here: str
    choose_files: str
    close: str
    search_label: str
    search_placeholder: str
    filters: str
    filters_on: str
    any_choice: str
    choice: str
    source_label: str
    author_label: str
    speaker_label: str
    kind_label: str
    since_label: str
    until_label: str
    reset: str
    found: str
    found_none: str
    more: str
    ask_only: str
    remove: str
    remove_title: str
    remove_text: str
    remove_yes: str
    cancel: str
    removed: str
    undo: str
    undone: str
    back: str
    no_article: str
    speakers: str
    speakers_more: str
    kinds: dict[str, str]
    uploading: str
    reading: str
    waiting: str
    connection_lost: str
    unreadable: str
    too_large: str
    gone: str
    none_chosen: str
    none_found: str
    no_title: str
    no_date: str
    field_too_long: str
    review: str
    review_article: str
    take: str
    article_number: str
    title_label: str
    authors_label: str
    name_hint: str
    role_hint: str
    name_label: str
    role_label: str
    one_more_author: str
    date_label: str
    no_kind: str
    said_by: str
    paragraphs: str
    doubts: str
    doubts_none: str
    left_out: str
    lost: str
    rather_sure: str
    half_sure: str
    hardly_sure: str
    reasons: dict[str, str]
    add: str
    discard: str
    added_heading: str
    statuses: dict[str, str]
    namesake: str
    build_label: str
    build_starting: str
    build_reading: str
    build_splitting: str
    build_embedding: str
    build_finishing: str
    build_opening: str
    build_done: str
    build_same: str
    build_failed: str
    build_problems: str


_ZH = LibraryTexts(
    heading="文库",
    article_count="共 {count} 篇文章",
    add_articles="添加文章",
    update_index="更新索引",
    read_only="只有在本机打开，或者设了密码时，才能添加或移出文章。",
    drop_here="把文章或整版报纸拖到这里：txt、md、pdf、docx、html，可以一次多个。",
    choose_files="选择文件",
    close="收起",
    search_label="在文库中查找",
    search_placeholder="查找题目、作者、发言人、来源或正文",
    filters="筛选",
    filters_on="筛选（{count}）",
    any_choice="不限",
    choice="{label}（{count}）",
    source_label="来源",
    author_label="作者",
    speaker_label="发言人",
    kind_label="体裁",
    since_label="从",
    until_label="到",
    reset="清除筛选",
    found="找到 {count} 篇",
    found_none="没有符合条件的文章。",
    more="再看 {count} 篇",
    ask_only="只问这一篇",
    remove="移出文库",
    remove_title="移出这篇文章？",
    remove_text="《{title}》将不再用来回答问题。文件会移到文库的 .removed 文件夹，随时可以放回。",
    remove_yes="移出",
    cancel="取消",
    removed="已移出《{title}》。",
    undo="撤销",
    undone="已放回《{title}》。",
    back="返回文库",
    no_article="文库里没有这篇文章了，请刷新列表。",
    speakers="发言：{names}",
    speakers_more="发言：{names} 等 {count} 人",
    kinds={"news": "消息", "opinion": "评论", "interview": "访谈", "explainer": "解读"},
    uploading="正在上传 {name}：{percent}%",
    reading="正在阅读 {name}……",
    waiting="排队等候：{name}",
    connection_lost="没能上传：连不上服务器，请再试一次。",
    unreadable="这个文件用不了：{reason}",
    too_large="文件太大，最多 {most} MB，请拆分后再添加。",
    gone="这一步已经失效，请重新添加文件。",
    none_chosen="请至少选一篇文章。",
    none_found="没有找到文章：这个文件里没有成段的文字。",
    no_title="请填写题目。",
    no_date="“{date}”不是日期，请写成 2025-11-28 这样。",
    field_too_long="每一项最多 {most} 个字。",
    review="{name}：读出 {count} 篇文章，请核对后加入文库",
    review_article="{name}：已经是一篇文章，请核对后加入文库",
    take="加入这一篇",
    article_number="第 {number} 篇",
    title_label="题目",
    authors_label="作者",
    name_hint="姓名",
    role_hint="身份",
    name_label="作者 {number} 姓名",
    role_label="作者 {number} 身份",
    one_more_author="再加一位作者",
    date_label="日期",
    no_kind="未注明",
    said_by="发言人：{names}",
    paragraphs="共 {count} 段，开头是：",
    doubts="没有把握的地方（{count}）",
    doubts_none="没有存疑的地方。",
    left_out="没有放进正文的文字（{count}）",
    lost="没有着落的文字（{count}），请在原文里核对",
    rather_sure="较有把握",
    half_sure="把握一般",
    hardly_sure="把握很小",
    reasons={
        "caption": "图片说明",
        "header": "页眉",
        "footer": "页脚",
        "column name": "栏目名",
        "garbage": "残留字符",
    },
    add="加入文库",
    discard="放弃",
    added_heading="{name}",
    statuses={
        "written": "已加入",
        "updated": "已更新",
        "unchanged": "没有变化：文库里已有同样的文章",
        "refused": "没有加入：{name} 在导入之后被人改过，不会覆盖。请先移出那一篇，再添加",
    },
    namesake="文库里已有题目或文件名相同的 {name}，请看是否重复",
    build_label="更新索引的进度",
    build_starting="正在准备更新索引",
    build_reading="正在读文章",
    build_splitting="正在分段、编排词语",
    build_embedding="正在计算向量",
    build_finishing="正在收尾",
    build_opening="正在换上新的索引",
    build_done="索引已更新：增加 {added} 篇，改动 {changed} 篇，移出 {removed} 篇，"
    "用时 {seconds} 秒。",
    build_same="索引已是最新，没有变化。",
    build_failed="索引没有更新，仍用原来的回答：{reason}",
    build_problems="有 {count} 个文件没能用上：",
)

_EN = LibraryTexts(
    heading="Library",
    article_count="{count} articles",
    add_articles="Add articles",
    update_index="Update the index",
    read_only="Articles can be added and removed only on the machine itself, or with a password.",
    drop_here="Drop articles or whole newspaper pages here: txt, md, pdf, docx, html; several at "
    "once.",
    choose_files="Choose files",
    close="Close",
    search_label="Search the library",
    search_placeholder="Title, name, source or words of the text",
    filters="Filters",
    filters_on="Filters ({count})",
    any_choice="any",
    choice="{label} ({count})",
    source_label="Source",
    author_label="Author",
    speaker_label="Speaker",
    kind_label="Kind",
    since_label="From",
    until_label="To",
    reset="Clear the filters",
    found="{count} found",
    found_none="No article matches.",
    more="Show {count} more",
    ask_only="Ask only this article",
    remove="Remove",
    remove_title="Remove this article?",
    remove_text="“{title}” will no longer be used for answers. Its file is moved to the library’s "
    "folder .removed and can be put back at any time.",
    remove_yes="Remove",
    cancel="Cancel",
    removed="“{title}” is removed.",
    undo="Undo",
    undone="“{title}” is back.",
    back="Back to the library",
    no_article="The library no longer has this article; load the list again.",
    speakers="Speaking: {names}",
    speakers_more="Speaking: {names} and others, {count} in all",
    kinds={
        "news": "news",
        "opinion": "opinion",
        "interview": "interview",
        "explainer": "explainer",
    },
    uploading="Sending {name}: {percent}%",
    reading="Reading {name} …",
    waiting="Waiting: {name}",
    connection_lost="Not sent: the server cannot be reached. Please try again.",
    unreadable="This file cannot be used: {reason}",
    too_large="The file is too large; {most} MB at most. Split it.",
    gone="This step has expired. Please add the file again.",
    none_chosen="Choose at least one article.",
    none_found="No article was found: the file has no paragraphs.",
    no_title="An article needs a title.",
    no_date="“{date}” is not a date such as 2025-11-28.",
    field_too_long="A field has at most {most} characters.",
    review="{name}: {count} articles found; check them and add them",
    review_article="{name} is an article already; check it and add it",
    take="Add this one",
    article_number="Article {number}",
    title_label="Title",
    authors_label="Authors",
    name_hint="Name",
    role_hint="Post",
    name_label="Name of author {number}",
    role_label="Post of author {number}",
    one_more_author="One more author",
    date_label="Date",
    no_kind="not known",
    said_by="Speakers: {names}",
    paragraphs="{count} paragraphs; it begins:",
    doubts="Not certain ({count})",
    doubts_none="Nothing is in doubt.",
    left_out="Left out of the articles ({count})",
    lost="Not accounted for ({count}); check these in the original",
    rather_sure="fairly sure",
    half_sure="half sure",
    hardly_sure="hardly sure",
    reasons={
        "caption": "caption",
        "header": "header",
        "footer": "footer",
        "column name": "column name",
        "garbage": "stray characters",
    },
    add="Add to the library",
    discard="Discard",
    added_heading="{name}",
    statuses={
        "written": "added",
        "updated": "brought up to date",
        "unchanged": "unchanged: the library has it already",
        "refused": "not added: {name} was edited after it was imported and is kept. Remove it "
        "first, then add this one",
    },
    namesake="the library has {name} of the same title or file name; see whether it is the same",
    build_label="Progress of the index",
    build_starting="Preparing the index",
    build_reading="Reading articles",
    build_splitting="Splitting them and indexing their words",
    build_embedding="Computing vectors",
    build_finishing="Finishing",
    build_opening="Opening the new index",
    build_done="The index is up to date: {added} added, {changed} changed, {removed} removed, in "
    "{seconds} s.",
    build_same="The index was up to date; nothing changed.",
    build_failed="The index was not updated; the one before still answers: {reason}",
    build_problems="{count} files could not be used:",
)


def library_texts(texts: Texts) -> LibraryTexts:
    """Return the view's texts in the language of the page's."""
    return _ZH if texts is ZH else _EN
