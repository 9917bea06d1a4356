"""What the import is not sure of, as it says it -> the same in the reader's language."""

import re

from qa_bot.web.texts import ZH, Texts

_CHINESE = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (
            r"paragraph cut after line (\d+) goes on in line (\d+)",
            "第 {0} 行断开的段落接到第 {1} 行",
        ),
        (r"the end of this sentence is lost", "这句话的结尾缺失"),
        (r"heading that nothing follows", "小标题下面没有正文"),
        (
            r"article (\d+) has no title on the page; its first words stand for it",
            "第 {0} 篇在版面上没有标题，用开头的话代替",
        ),
        (
            r"paragraph below a heading taken as words of (.*), who spoke before",
            "小标题下面的段落算作前面发言的 {0} 说的",
        ),
        (r"it is not certain for whom (.*) stands", "不能确定“{0}”指谁"),
        (
            r"byline (.*) stands away from article (\d+), which it is taken to sign",
            "署名 {0} 离第 {1} 篇较远，算作它的署名",
        ),
        (
            r"title of article (\d+) found (.*), line (\d+)",
            "第 {0} 篇的标题取自第 {2} 行，不在通常的位置",
        ),
    )
)


def in_words(doubt: str, texts: Texts) -> str:
    """Return a doubt in the language of the texts; one that is not known stays as it is."""
    for pattern, form in _CHINESE if texts is ZH else ():
        if match := pattern.fullmatch(doubt):
            return form.format(*match.groups())
    return doubt
