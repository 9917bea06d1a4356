"""Small real-looking articles, their index, and where the shared pages and sets are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from qa_bot import QABot
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder, load_encoder

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared"

INTERVIEW = """\
---
title: 让小企业长成参天树
authors: [{name: 何晓岚, role: 南屏晚报记者}]
source: 南屏晚报
section: 圆桌
date: 2025-10-08
kind: interview
speakers:
  - {name: 何晓岚, role: 南屏晚报记者}
  - {name: 邵启明, role: 南屏大学教授}
  - {name: 卓雨, role: 南屏市产业研究院副院长}
credits:
  - 主持人:何晓岚 南屏晚报记者
  - 嘉宾:邵启明 南屏大学教授;卓雨 南屏市产业研究院副院长
captions:
  - 图为南屏齿轮厂的装配车间。 记者 莫然 摄
---
编者按:南屏市现有“专精特新”企业86家,其中“小巨人”企业12家。本报邀请两位专家座谈。

## 人才从哪里来

**何晓岚:** 小企业怎样留住人才?

**邵启明:** 留人先要留心。一是建立企业与学校共用的实训基地。学生毕业前在车间学习半年。二是发放人才安居补贴,每人每月800元。三是打通职称评审通道。

**卓雨:** 我更看重环境。一要改善园区的公共交通,二要办好子女学校。园区到市区的班车已经增加到每天40班。

## 资金怎么办

**何晓岚:** 融资难的症结在哪里?

**邵启明:** 症结是缺少抵押物。轻资产企业的专利应当可以质押。

**卓雨:** 我建议设立风险补偿资金池,首期规模2亿元。银行敢贷,企业才敢投。
"""

NEWS = """\
---
title: 南屏齿轮厂交付首批机器人减速器
authors: [{name: 莫然}]
source: 南屏晚报
date: 2025-10-20
kind: news
---
本报讯(记者 莫然)10月18日,南屏齿轮厂向客户交付首批300台机器人减速器。该厂厂长毛建平说:“我们用了四年。第一年只有失败。”

减速器的寿命达到8000小时。它的价格比进口产品低三成。
"""

OPINION = """\
---
title: 法治是最好的营商环境
authors: [{name: 季文远, role: 南屏律师协会副会长}]
source: 南屏晚报
date: 2025-10-22
kind: opinion
notes:
  - (作者系南屏律师协会副会长、南屏大学兼职教授)
---
营商环境是企业生存发展的土壤。破解执法随意的难题,要做好三件事:一是公开裁量基准。二是规范检查频次,一家企业一年检查不超过两次。三是畅通投诉渠道。

法律的生命力在于实施。
"""

ENGLISH = """\
---
title: Small firms, long roads
authors: [{name: Helen Ward, role: correspondent}]
source: Nanping Evening News
date: 2025-10-25
kind: news
---
Nanping's gear makers export to 23 countries. Dr. Ward visited two plants in May. "Quality is our \
passport," said the manager of one plant. The city plans a freight line to the port by 2027.
"""

ARTICLES = {
    "interview.md": INTERVIEW,
    "news/gears.md": NEWS,
    "opinion.md": OPINION,
    "english.md": ENGLISH,
}


def write_articles(folder: Path, articles: dict[str, str]) -> Path:
    """Write a corpus folder, line ends as they are."""
    for name, text in articles.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The default model."""
    return load_encoder()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus folder of four articles, the test's own."""
    return write_articles(tmp_path / "corpus", ARTICLES)


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[QABot]:
    """A bot over the four articles, for reading only."""
    folder = tmp_path_factory.mktemp("bot")
    corpus = write_articles(folder / "corpus", ARTICLES)
    build_index(corpus, folder / "index", encoder)
    with QABot.open(folder / "index", corpus=corpus) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages and question sets beside the project."""
    if not SHARED.is_dir():
        pytest.skip(
            f"{SHARED} is not there: real pages and question sets are kept beside the project"
        )
    return SHARED
