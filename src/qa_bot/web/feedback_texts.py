"""The texts under an answer, where a reader judges it, in Simplified Chinese and English."""

from dataclasses import dataclass

from qa_bot.web.texts import ZH, Texts


@dataclass(frozen=True, slots=True)
class FeedbackTexts:
    """Every text of it in one language; `{...}` are filled in with `str.format` or its like."""

    feedback_label: str
    feedback_helpful: str
    feedback_not: str
    feedback_kept: str
    feedback_withdrawn: str
    feedback_form: str
    feedback_reason: str
    feedback_wrong: str
    feedback_speaker: str
    feedback_abstain: str
    feedback_missed: str
    feedback_incomplete: str
    feedback_other: str
    feedback_words: str
    feedback_words_hint: str
    feedback_note: str
    feedback_send: str
    feedback_cancel: str
    feedback_no_reason: str
    feedback_too_long: str
    feedback_no_words: str
    feedback_invalid: str
    feedback_off: str
    feedback_full: str
    feedback_failed: str


_ZH = FeedbackTexts(
    feedback_label="这个回答",
    feedback_helpful="有用",
    feedback_not="没用",
    feedback_kept="已记录，可用于评测。",
    feedback_withdrawn="已撤回。",
    feedback_form="哪里不对",
    feedback_reason="哪里不对？",
    feedback_wrong="答得不对",
    feedback_speaker="不是这个人说的",
    feedback_abstain="文章没有写到，不该回答",
    feedback_missed="文章里其实有答案",
    feedback_incomplete="不完整",
    feedback_other="其他",
    feedback_words="文章里正确的原话",
    feedback_words_hint="知道的话请照抄，多处请分行。",
    feedback_note="补充说明",
    feedback_send="提交",
    feedback_cancel="取消",
    feedback_no_reason="请先选择哪里不对。",
    feedback_too_long="“{name}”最多 {most} 个字，请缩短。",
    feedback_no_words="“{name}”的每一行都要有文字或数字。",
    feedback_invalid="这个回答没能记录：内容不完整，请重新提问后再试。",
    feedback_off="这里不记录评价。",
    feedback_full="评价文件已满，没能记录，请告诉管理员。",
    feedback_failed="没能记录，请告诉管理员：评价文件无法写入。",
)

_EN = FeedbackTexts(
    feedback_label="This answer",
    feedback_helpful="Helpful",
    feedback_not="Not helpful",
    feedback_kept="Kept; it can be run as a test.",
    feedback_withdrawn="Withdrawn.",
    feedback_form="What is wrong",
    feedback_reason="What is wrong?",
    feedback_wrong="The answer is wrong",
    feedback_speaker="That person did not say it",
    feedback_abstain="The articles do not say; there should be no answer",
    feedback_missed="The articles do answer it",
    feedback_incomplete="It is incomplete",
    feedback_other="Something else",
    feedback_words="The right words of the article",
    feedback_words_hint="If you know them: word for word, several on lines of their own.",
    feedback_note="Anything else",
    feedback_send="Send",
    feedback_cancel="Cancel",
    feedback_no_reason="Please choose first what is wrong.",
    feedback_too_long="“{name}” can have at most {most} characters. Please shorten it.",
    feedback_no_words="Each line of “{name}” must have a letter or digit.",
    feedback_invalid="This was not kept: something is missing. Please ask again first.",
    feedback_off="No judgements are kept here.",
    feedback_full="This was not kept: the file of judgements is full. Please tell the operator.",
    feedback_failed="This was not kept: the file of judgements cannot be written. Please tell the "
    "operator.",
)


def feedback_texts(texts: Texts) -> FeedbackTexts:
    """Return the texts in the language of the page's."""
    return _ZH if texts is ZH else _EN
