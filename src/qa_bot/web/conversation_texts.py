"""The texts of what can be done with a conversation, in Simplified Chinese and English."""

from dataclasses import dataclass

from qa_bot.web.texts import ZH, Texts


@dataclass(frozen=True, slots=True)
class ConversationTexts:
    """Every text of it in one language; `{...}` are filled in with `str.format`."""

    conversation: str
    tools: str
    history: str
    export: str
    export_markdown: str
    export_html: str
    retry: str
    retry_label: str
    edit: str
    edit_label: str
    editing: str
    give_up: str
    try_again: str
    suggestions: str
    lost: str
    unreadable: str
    history_empty: str
    history_hint: str
    history_questions: str
    history_one_question: str
    history_current: str
    remove: str
    remove_label: str
    removed: str
    remove_all: str
    remove_all_sure: str
    remove_all_yes: str
    cancel: str
    close: str
    opened: str
    exported: str
    file_name: str


_ZH = ConversationTexts(
    conversation="对话",
    tools="对话工具",
    history="对话记录",
    export="导出",
    export_markdown="Markdown 文件",
    export_html="网页文件（HTML）",
    retry="重新回答",
    retry_label="重新回答：{question}",
    edit="修改问题",
    edit_label="修改问题：{question}",
    editing="正在修改问题，发送后会替换原来的回答和之后的对话。",
    give_up="放弃修改（Esc）",
    try_again="再试一次",
    suggestions="接着问",
    lost="已经找不到当时引用的原文（文件改动过、已移走，或者记录被改过），因此不再显示，请重新提问。"
    "涉及的文件：",
    unreadable="这条记录已经无法读取，请重新提问。",
    history_empty="还没有对话。",
    history_hint="对话只保存在这个浏览器里。",
    history_questions="{count} 个问题",
    history_one_question="1 个问题",
    history_current="当前对话",
    remove="删除",
    remove_label="删除对话：{title}",
    removed="已删除。",
    remove_all="全部删除",
    remove_all_sure="删除全部 {count} 个对话？删除后无法恢复。",
    remove_all_yes="确定删除",
    cancel="取消",
    close="关闭",
    opened="已打开对话：{title}",
    exported="对话导出于 {time}",
    file_name="原文问答",
)

_EN = ConversationTexts(
    conversation="Conversation",
    tools="Conversation tools",
    history="History",
    export="Export",
    export_markdown="Markdown file",
    export_html="Web page (HTML)",
    retry="Ask again",
    retry_label="Ask again: {question}",
    edit="Edit question",
    edit_label="Edit question: {question}",
    editing="You are editing a question. Sending it replaces its answer and all that follows.",
    give_up="Give up (Esc)",
    try_again="Try again",
    suggestions="Ask next",
    lost="What was quoted is no longer found (its file changed or was moved, or the record was "
    "altered) and is not shown any more. Please ask again. Files:",
    unreadable="This entry can no longer be read. Please ask again.",
    history_empty="There is no conversation yet.",
    history_hint="Conversations are kept in this browser only.",
    history_questions="{count} questions",
    history_one_question="1 question",
    history_current="current",
    remove="Remove",
    remove_label="Remove conversation: {title}",
    removed="Removed.",
    remove_all="Remove all",
    remove_all_sure="Remove all {count} conversations? They cannot be brought back.",
    remove_all_yes="Yes, remove",
    cancel="Cancel",
    close="Close",
    opened="Opened conversation: {title}",
    exported="Conversation exported on {time}",
    file_name="qa-bot",
)


def conversation_texts(texts: Texts) -> ConversationTexts:
    """Return them in the language of the page's."""
    return _ZH if texts is ZH else _EN
