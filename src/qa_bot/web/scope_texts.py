"""The texts of the choice of a scope, in Simplified Chinese and English."""

from dataclasses import dataclass

from qa_bot.web.texts import ZH, Texts


@dataclass(frozen=True, slots=True)
class ScopeTexts:
    """Every text of it in one language; `{...}` are filled in by the script."""

    scope_all: str
    scope_some: str
    scope_heading: str
    scope_hint: str
    scope_articles: str
    scope_authors: str
    scope_speakers: str
    scope_sources: str
    scope_since: str
    scope_until: str
    scope_find_articles: str
    scope_find_names: str
    scope_chosen: str
    scope_chip_articles: str
    scope_chip_authors: str
    scope_chip_speakers: str
    scope_chip_sources: str
    scope_chip_since: str
    scope_chip_until: str
    scope_remove: str
    scope_found: str
    scope_none_found: str
    scope_gone: str
    scope_wrong: str
    scope_chip_gone: str
    scope_order: str
    scope_most: str
    scope_clear: str
    scope_done: str


_ZH = ScopeTexts(
    scope_all="范围：全部文章",
    scope_some="范围",
    scope_heading="在哪些文章里找答案",
    scope_hint="什么也不选，就在全部文章里找。同一项可选几个，符合其一即可；几项都选，须同时符合。",
    scope_articles="文章",
    scope_authors="作者",
    scope_speakers="发言人",
    scope_sources="来源",
    scope_since="从",
    scope_until="到",
    scope_find_articles="标题里的几个字",
    scope_find_names="名字里的几个字",
    scope_chosen="所选范围",
    scope_chip_articles="《{name}》",
    scope_chip_authors="作者 {name}",
    scope_chip_speakers="发言人 {name}",
    scope_chip_sources="来源 {name}",
    scope_chip_since="{name} 起",
    scope_chip_until="{name} 止",
    scope_remove="去掉 {name}",
    scope_found="{count} 条建议",
    scope_none_found="没有找到",
    scope_gone="所选范围里有已经不在的文章或名字，请去掉它们再问。",
    scope_wrong="所选范围不对，请检查日期的先后。",
    scope_chip_gone="{name}（已不在）",
    scope_order="开始的日期晚于结束的日期，请改正。",
    scope_most="最多选 {most} 个。",
    scope_clear="全部清除",
    scope_done="完成",
)

_EN = ScopeTexts(
    scope_all="Scope: all articles",
    scope_some="Scope",
    scope_heading="Where to look for answers",
    scope_hint="Choose nothing to look in all articles. Of one kind any will do; of several kinds "
    "all must fit.",
    scope_articles="Article",
    scope_authors="Author",
    scope_speakers="Speaker",
    scope_sources="Source",
    scope_since="From",
    scope_until="To",
    scope_find_articles="Part of a title",
    scope_find_names="Part of a name",
    scope_chosen="Scope chosen",
    scope_chip_articles="“{name}”",
    scope_chip_authors="by {name}",
    scope_chip_speakers="said by {name}",
    scope_chip_sources="in {name}",
    scope_chip_since="since {name}",
    scope_chip_until="until {name}",
    scope_remove="Remove {name}",
    scope_found="{count} suggestions",
    scope_none_found="Nothing found",
    scope_gone="The scope names something that is no longer there. Please remove it and ask again.",
    scope_wrong="The scope is not right. Please check the order of its dates.",
    scope_chip_gone="{name} (no longer there)",
    scope_order="The first date is after the last. Please change one of them.",
    scope_most="At most {most} can be chosen.",
    scope_clear="Clear all",
    scope_done="Done",
)


def scope_texts(texts: Texts) -> ScopeTexts:
    """Return the texts in the language of the page's."""
    return _ZH if texts is ZH else _EN
