"""The texts of the source view and of what is copied, in Simplified Chinese and English."""

from dataclasses import dataclass

from qa_bot.web.texts import ZH, Texts


@dataclass(frozen=True, slots=True)
class SourceTexts:
    """Every text of the view in one language; `{...}` are filled in with `str.format`."""

    see_source: str
    source: str
    close_source: str
    quote_of: str
    previous_quote: str
    next_quote: str
    as_article: str
    as_page: str
    as_what: str
    page_name: str
    only_this: str
    copy: str
    copy_citation: str
    copy_markdown: str
    copy_link: str
    copied: str
    not_copied: str
    more_before: str
    more_after: str
    loading: str
    speakers: str
    lists: dict[str, str]
    kinds: dict[str, str]
    original: str
    front_matter: str
    unknown_article: str
    not_readable: str
    stale_article: str
    changed_since: str
    changed_meanwhile: str
    no_page: str
    not_on_page: str
    bad_link: str


_ZH = SourceTexts(
    see_source="看原文",
    source="原文",
    close_source="关闭",
    quote_of="第 {number} 条，共 {count} 条",
    previous_quote="上一条",
    next_quote="下一条",
    as_article="文章",
    as_page="原版面",
    as_what="怎样看",
    page_name="{file} 的文字，行号是版面上的行号",
    only_this="只问这一篇",
    copy="复制",
    copy_citation="复制引文",
    copy_markdown="复制 Markdown",
    copy_link="复制链接",
    copied="已复制",
    not_copied="浏览器不让复制，请从下面选中后复制：",
    more_before="显示前文",
    more_after="显示后文",
    loading="正在打开……",
    speakers="发言人",
    lists={"credits": "署名", "captions": "图片说明", "notes": "附注"},
    kinds={"interview": "访谈", "opinion": "评论", "news": "新闻", "explainer": "解读"},
    original="网上原文",
    front_matter="文件开头的信息",
    unknown_article="文章库里没有这篇文章。",
    not_readable="这篇文章的文件已经不在，或者读不出来，无法显示。",
    stale_article="这篇文章在建立索引之后改动过。下面是文件现在的内容，没有标出引文。"
    "请运行 qa-bot index 更新索引。",
    changed_since="文章后来改动过：这个位置上已经不是当初引用的文字，因此没有标出。",
    changed_meanwhile="文章刚刚改动过，请关闭后重新打开。",
    no_page="原版面的文件已经不在，或者读不出来。",
    not_on_page="原版面上没有找到这段文字，因此没有标出。",
    bad_link="这个链接不完整，打不开引文。",
)

_EN = SourceTexts(
    see_source="Show in article",
    source="Source",
    close_source="Close",
    quote_of="Quote {number} of {count}",
    previous_quote="Previous",
    next_quote="Next",
    as_article="Article",
    as_page="Original page",
    as_what="How to look at it",
    page_name="Text of {file}, with the lines of the page",
    only_this="Ask only this article",
    copy="Copy",
    copy_citation="Copy citation",
    copy_markdown="Copy Markdown",
    copy_link="Copy link",
    copied="Copied",
    not_copied="The browser does not allow copying; select this and copy it:",
    more_before="Show what comes before",
    more_after="Show what follows",
    loading="Opening…",
    speakers="Speakers",
    lists={"credits": "Credits", "captions": "Captions", "notes": "Notes"},
    kinds={
        "interview": "interview",
        "opinion": "opinion",
        "news": "news",
        "explainer": "explainer",
    },
    original="on the web",
    front_matter="From the head of the file",
    unknown_article="There is no such article here.",
    not_readable="The file of this article is gone or cannot be read, so it cannot be shown.",
    stale_article="This article changed after the index was built. What the file holds now is "
    "shown, with no quote marked. Run qa-bot index to bring the index up to date.",
    changed_since="The article has changed since: the words that were quoted no longer stand at "
    "this place, so nothing is marked.",
    changed_meanwhile="The article has just changed; please close it and open it again.",
    no_page="The file of the original page is gone or cannot be read.",
    not_on_page="These words were not found on the original page, so nothing is marked.",
    bad_link="This link is not complete, so the quote cannot be opened.",
)


def source_texts(texts: Texts) -> SourceTexts:
    """Return the view's texts in the language of the page's."""
    return _ZH if texts is ZH else _EN
