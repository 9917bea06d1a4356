"""Sample articles -> clean articles to lay out as pages: as they are, or of their paragraphs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from qa_bot.corpus import read_article
from qa_bot.corpus_folder import article_files
from qa_bot.records import Person

_DATELINE = re.compile(r"本报讯（[^）]*）")
_EDITOR = "——编者"
_MOST = 7  # paragraphs of an article; a page of a newspaper holds no more of most

TITLES = {
    "news": (
        "南屏开发区三季度新增专精特新企业六十二家",
        "中小企业融资担保费率再降两成",
        "“一企一策”清单送到车间 三百家企业年内受益",
        "产业园里办起“夜校” 工人下班学编程",
        "沿江六县共建一条检测线",
        "从图纸到样机缩短至四十天 中试平台开放首月接单过百",
        "一条减速器生产线的三次搬家",
        "首批工艺师结业 全部留在本地企业",
    ),
    "opinion": (
        "以制度的确定性稳住市场预期",
        "小企业也能做成大文章",
        "莫让好政策停在“最后一公里”",
        "把短板变成跳板 让集群真正成群",
        "创新要有坐冷板凳的耐心",
        "让公平成为最硬的营商环境",
        "以“三链”协同 夯实制造业根基",
    ),
    "explainer": (
        "数字化改造补助怎么申请？这几点要看清",
        "新版认定办法有哪些变化",
        "企业办事指南：从申报到拨付要走几步",
        "一文看懂贴息政策",
    ),
    "interview": (
        "小企业的路要一步一步走稳",
        "把实验室搬到车间门口",
        "对话专家：产业升级从哪里破题",
        "走出去之前 先把根扎深",
    ),
}
KICKERS = ("聚焦民营经济高质量发展", "今年前三季度", "我市出台新一轮惠企措施", "从一张清单说起")
SUBTITLES = (
    "——来自南屏开发区的调查",
    "——写在新政施行半年之际",
    "——访基层一线的见闻与思考",
)
_NAMES = [
    "何晓岚",
    "梁思远",
    "邵启明",
    "金玉成",
    "卓雨",
    "许知行",
    "罗勇",
    "江一帆",
    "欧阳静",
    "唐诗雅",
    "孟凡",
    "白露",
    "黎明辉",
    "韩子墨",
    "姚远",
    "施文彬",
    "钟灵",
    "温如玉",
    "郝建国",
    "秦岭",
    "魏来",
    "史可为",
    "贺青",
    "尹志平",
    "樊星",
    "柳叶青",
    "程砚",
    "宋词",
]
_ROLES = (
    "南屏大学经济学院教授",
    "南屏市社会科学院研究员",
    "南屏理工大学管理学院副院长、教授、博导",
    "中共南屏市委党校经济学教研部主任",
    "南屏政法大学民商法学院副教授",
    "南屏产业研究院院长、高级工程师",
)
_QUESTIONS = (
    "怎样看待当前中小企业面临的困难？",
    "下一步最该在哪些方面用力？",
    "企业反映强烈的问题应当如何破解？",
    "这对一座制造业城市意味着什么？",
    "能否结合实际谈一谈具体的做法？",
    "对刚刚起步的企业，您有什么建议？",
)


@dataclass(frozen=True, slots=True)
class CleanParagraph:
    """A paragraph as a careful reader sees it.

    Attributes:
        speaker: Name of who says it; empty for narration.
        is_turn: Whether its speaker starts here.
    """

    text: str
    section: str | None = None
    speaker: str = ""
    is_turn: bool = False


@dataclass(frozen=True, slots=True)
class CleanArticle:
    """An article before it is printed.

    Attributes:
        guests: Who answers in an interview.
    """

    title: str
    kind: str
    authors: tuple[Person, ...]
    paragraphs: tuple[CleanParagraph, ...]
    guests: tuple[Person, ...] = ()


@dataclass(slots=True)
class Pool:
    """What is left for a page; nothing is printed twice on it."""

    articles: list[CleanArticle]
    names: list[str] = field(default_factory=list)
    titles: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    @classmethod
    def fresh(cls, articles: Sequence[CleanArticle], random: Random) -> "Pool":
        """Fill a pool, shuffled."""
        names = random.sample(_NAMES, len(_NAMES))
        titles = {kind: random.sample(all_, len(all_)) for kind, all_ in TITLES.items()}
        return cls(random.sample(articles, len(articles)), names, titles)

    def person(self, random: Random, *, role: str | None = None) -> Person:
        """Take a person who is not on the page yet."""
        return Person(self.names.pop(), role or random.choice(_ROLES))

    def take(self, random: Random, *, may_interview: bool) -> CleanArticle:
        """Take an article: one of the samples as it is, or one made of their paragraphs."""
        kinds = ["news", "news", "opinion", "opinion", "explainer"]
        kind = random.choice(kinds + ["interview"] * (3 if may_interview else 0))
        whole = [
            article
            for article in self.articles
            if article.kind == kind and not {p.text for p in article.paragraphs} & self.used
        ]
        if whole and random.random() < 0.4:
            article = replace(whole[0], paragraphs=_shortened(whole[0].paragraphs))
        else:
            article = self._recombined(kind, random)
        self.used |= {paragraph.text for paragraph in article.paragraphs}
        return article

    def _recombined(self, kind: str, random: Random) -> CleanArticle:
        if not self.titles[kind]:
            kind = "news"
        title = self.titles[kind].pop()
        if kind == "interview":
            return self._interview(title, random)
        texts = self._paragraphs(kind, random, random.randint(3, 6))
        paragraphs = [CleanParagraph(text) for text in texts]
        if kind == "explainer" or (kind == "opinion" and random.random() < 0.5):
            sections = self._sections(kind, random)
            paragraphs = [
                replace(paragraph, section=_section(sections, number))
                for number, paragraph in enumerate(paragraphs)
            ]
        role = None if kind == "opinion" else "云江日报记者"
        authors = [self.person(random, role=role)]
        if random.random() < 0.25:
            authors.append(self.person(random, role=role))
        return CleanArticle(title, kind, tuple(authors), tuple(paragraphs))

    def _interview(self, title: str, random: Random) -> CleanArticle:
        guests = [self.person(random) for _ in range(random.choice((1, 1, 2)))]
        host = self.person(random, role="云江日报记者")
        sections = self._sections("opinion", random)[: random.choice((0, 0, 3))]
        answers = self._paragraphs("opinion", random, 5)
        intro = self._paragraphs("news", random, 1)[0]
        who = "和".join(f"{guest.role}{guest.name}" for guest in guests)
        told = f"{intro}近日，本报记者就此专访了{who}。"
        paragraphs = [CleanParagraph(told)]
        at = 0
        for number, question in enumerate(random.sample(_QUESTIONS, 3)):
            section = sections[min(number, len(sections) - 1)] if sections else None
            paragraphs.append(CleanParagraph(question, section, host.name, is_turn=True))
            for guest in guests:
                for part in range(random.choice((1, 1, 2))):
                    if at < len(answers):
                        is_turn = part == 0
                        paragraphs.append(
                            CleanParagraph(answers[at], section, guest.name, is_turn=is_turn)
                        )
                        at += 1
        while paragraphs[-1].speaker == host.name:  # a question that nobody was left to answer
            paragraphs.pop()
        return CleanArticle(title, "interview", (host,), tuple(paragraphs), tuple(guests))

    def _paragraphs(self, kind: str, random: Random, count: int) -> list[str]:
        kinds = {
            paragraph.text: article.kind
            for article in self.articles
            for paragraph in article.paragraphs
            if not paragraph.speaker and len(paragraph.text) > 50
        }
        free = [text for text in kinds if text not in self.used]
        own = [text for text in free if kinds[text] == kind]
        free = own if len(own) >= count else free
        taken = random.sample(free, min(count, len(free)))
        self.used.update(taken)
        return taken

    def _sections(self, kind: str, random: Random) -> list[str]:
        sections = {
            paragraph.section
            for article in self.articles
            for paragraph in article.paragraphs
            if article.kind in (kind, "interview") and paragraph.section
        }
        free = sorted(sections - self.used)
        taken = random.sample(free, min(3, len(free)))
        self.used.update(taken)
        return taken


def _shortened(paragraphs: Sequence[CleanParagraph]) -> tuple[CleanParagraph, ...]:
    """Cut an article to a newspaper's length, not before a list."""
    kept = list(paragraphs[:_MOST])
    while kept[-1].text.endswith("："):
        kept.pop()
    return tuple(kept)


def _section(sections: Sequence[str], number: int) -> str | None:
    """Return the section of a paragraph: two to a section, none for the first."""
    at = (number - 1) // 2
    return sections[min(at, len(sections) - 1)] if number and sections else None


def read_clean(corpus: Path) -> list[CleanArticle]:
    """Read the Chinese articles of a corpus folder, without what the layout adds again."""
    clean = []
    for id_, path in article_files(corpus):
        article = read_article(path, id=id_)
        if not re.search(r"[\u4e00-\u9fff]", article.title):
            continue
        hosts = {author.name for author in article.authors}
        paragraphs: list[CleanParagraph] = []
        previous: tuple[str | None, str | None] = (None, None)
        for paragraph in article.paragraphs:
            text = article.text[paragraph.span.start : paragraph.span.end]
            text = _DATELINE.sub("", text)
            if text == _EDITOR:
                continue
            speaker = paragraph.speaker or ""
            # The paper stands for its reporter.
            speaker = article.authors[0].name if speaker.endswith("日报") else speaker
            is_turn = bool(speaker) and previous != (speaker, paragraph.section)
            previous = (speaker, paragraph.section)
            paragraphs.append(CleanParagraph(text, paragraph.section, speaker, is_turn=is_turn))
        guests = tuple(person for person in article.speakers if person.name not in hosts)
        kind = article.kind or "news"
        clean.append(CleanArticle(article.title, kind, article.authors, tuple(paragraphs), guests))
    return clean
