"""The styles of newspaper pages: each mark of the trade in its forms, by name and level.

A style is a small function, or a text, listed by its name; what each level uses stands below.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from page_articles import KICKERS, SUBTITLES
from qa_bot.records import Person

Level = Literal["easy", "middle", "hard"]
LEVELS: tuple[Level, ...] = ("easy", "middle", "hard")
NUMBERS = "一二三四五六七"
HALF_WIDTH = str.maketrans("，：；（）？！“”", ',:;()?!""')
WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_SIMPLIFIED = (
    "万与专业东两严个丰临为举义乐习书买乱争于亏产亲亿仅从仓们价众优会伟传伤伦体佣侧债倾偿储儿兑党兰关兴养"
    "内冈写军农冲决况净减几凤凭击创别删剂剑剧劝办务动励劳势区医协单卖卢占厂历压厅厉县参双发变叶号员听启呈"
    "响哑唤团园围国图圆圣场坏块坚坛垄垒垦壮声壳处备复够头夹夺奋奖妇妈娱孙学宁宝实审宪宫宽宾对寻导将尔层属"
    "岁岂岗岛币师帐帮带库应庙废开异弃张弹强归当录彻径忆怀态总恒恶悬惊惯愿战户扑执扩扫扬抚抢护报担拟拢择挂"
    "挡挤挥损换据掷摄摆攻数断无旧时显晓暂术机杀杂权条来杨极构标栏树样桥档检楼欢欧毁毕气汇汉汤沟沪泽洁浅测"
    "济浓涂涨渊渐温游湾湿满滞灯灵灾炉点炼热爱爷状独狭环现画画电疗监盘盖盖码矿确础礼离种积称稳穷窃竞笔签简"
    "类粮紧纠红纤约级纪纬纯纲纳纵纷纸纺线练组细织终经结绕给络绝统继绩续维综绿缓编缘缩网罗职联聪肃肠胜脑"
    "脚节芦苏范荐药营蓝虑虽补装见观规视览觉计订认讨让训议讯记讲许论设访证评识诉词译试诗诚话该详语误说请诸"
    "课谁调谈谋谢财责败账货质贩贫购贯贴贵贷贸费贺资赋赏赔赛赵趋跃践车轨转轮软轻载较辅辆辑输边达迁过运还这"
    "进远连迟适选递逻遗邓邮邻郑释里钟钢钱铁银链销锁锐错键镇长门问间闲队际陆陈险随难雾静韩页顶项顺须顾预领"
    "频题额风飞饰馆马驱驶验高鱼鲜鸟黄齐龙摄责编辑围云"
)
_TRADITIONAL = (
    "萬與專業東兩嚴個豐臨為舉義樂習書買亂爭於虧產親億僅從倉們價眾優會偉傳傷倫體傭側債傾償儲兒兌黨蘭關興養"
    "內岡寫軍農衝決況淨減幾鳳憑擊創別刪劑劍劇勸辦務動勵勞勢區醫協單賣盧佔廠歷壓廳厲縣參雙發變葉號員聽啟呈"
    "響啞喚團園圍國圖圓聖場壞塊堅壇壟壘墾壯聲殼處備復夠頭夾奪奮獎婦媽娛孫學寧寶實審憲宮寬賓對尋導將爾層屬"
    "歲豈崗島幣師帳幫帶庫應廟廢開異棄張彈強歸當錄徹徑憶懷態總恆惡懸驚慣願戰戶撲執擴掃揚撫搶護報擔擬攏擇掛"
    "擋擠揮損換據擲攝擺攻數斷無舊時顯曉暫術機殺雜權條來楊極構標欄樹樣橋檔檢樓歡歐毀畢氣匯漢湯溝滬澤潔淺測"
    "濟濃塗漲淵漸溫遊灣濕滿滯燈靈災爐點煉熱愛爺狀獨狹環現畫畫電療監盤蓋蓋碼礦確礎禮離種積稱穩窮竊競筆簽簡"
    "類糧緊糾紅纖約級紀緯純綱納縱紛紙紡線練組細織終經結繞給絡絕統繼績續維綜綠緩編緣縮網羅職聯聰肅腸勝腦"
    "腳節蘆蘇範薦藥營藍慮雖補裝見觀規視覽覺計訂認討讓訓議訊記講許論設訪證評識訴詞譯試詩誠話該詳語誤說請諸"
    "課誰調談謀謝財責敗賬貨質販貧購貫貼貴貸貿費賀資賦賞賠賽趙趨躍踐車軌轉輪軟輕載較輔輛輯輸邊達遷過運還這"
    "進遠連遲適選遞邏遺鄧郵鄰鄭釋裏鐘鋼錢鐵銀鏈銷鎖銳錯鍵鎮長門問間閒隊際陸陳險隨難霧靜韓頁頂項順須顧預領"
    "頻題額風飛飾館馬驅駛驗高魚鮮鳥黃齊龍攝責編輯圍雲"
)
TO_TRADITIONAL = str.maketrans(
    _SIMPLIFIED + "么颗阀却没着艺驿划寿违昼锅仪惩钉舱冻铺齿赖闻后坏“”",
    _TRADITIONAL + "麼顆閥卻沒著藝驛劃壽違晝鍋儀懲釘艙凍鋪齒賴聞後壞「」",
)


@dataclass(frozen=True, slots=True)
class Byline:
    """Where an article says who wrote it: above, in its first or last paragraph, or below."""

    head: str = ""
    prefix: str = ""
    suffix: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """How an interview prints its speakers; `{}` in a cast line stands for the people."""

    host: str
    guest: str
    cast_host: str = ""
    cast_guest: str = ""
    joint: str = " "
    is_role_once: bool = False
    is_own_line: bool = False


# --- Titles: lines of the title, and further lines around it -------------------------------


def _halves(title: str) -> list[str]:
    if " " in title:
        return title.split(" ", 1)
    at = next((title.index(mark) + 1 for mark in "：，" if mark in title), len(title) // 2)
    return [title[:at], title[at:]]


TITLES: dict[str, Callable[[str, Random], list[str]]] = {
    "#": lambda title, _: [f"# {title}"],
    "bold": lambda title, _: [f"**{title}**"],
    "bare": lambda title, _: [title],
    "two lines": lambda title, _: _halves(title),
    "two lines, #": lambda title, _: [f"# {half}" for half in _halves(title)],
    "kicker above": lambda title, random: [random.choice(KICKERS), title],
    "subtitle below": lambda title, random: [title, random.choice(SUBTITLES)],
    "kicker above, #": lambda title, random: [random.choice(KICKERS), f"# {title}"],
    "subtitle below, #": lambda title, random: [f"# {title}", random.choice(SUBTITLES)],
}
SECTIONS: dict[str, Callable[[str, int], str]] = {
    "##": lambda text, _: f"## {text}",
    "####": lambda text, _: f"#### {text}",
    "【】": lambda text, _: f"【{text}】",
    "bare": lambda text, _: text,
    "numbered": lambda text, number: f"{NUMBERS[number]}、{text}",
    "bracketed number": lambda text, number: f"（{NUMBERS[number]}）{text}",
    "bold": lambda text, _: f"**{text}**",
    "●": lambda text, _: f"● {text}",
}


# --- Bylines and footnotes -----------------------------------------------------------------


def _spread(name: str) -> str:
    return f"{name[0]} {name[1]}" if len(name) == 2 else name


BYLINES: dict[str, Callable[[Sequence[str]], Byline]] = {
    "■NAME": lambda names: Byline(f"■{' '.join(names)}"),
    "□NAME": lambda names: Byline(f"□ {'、'.join(names)}"),
    "●NAME": lambda names: Byline(f"●{' '.join(map(_spread, names))}"),
    "文/NAME": lambda names: Byline(f"文/{' '.join(names)}"),
    "作者:NAME": lambda names: Byline(f"作者：{'、'.join(names)}"),
    "bare name": lambda names: Byline("　".join(map(_spread, names))),
    "本报记者 NAME": lambda names: Byline(f"本报记者 {' '.join(names)}"),
    "□本报记者 NAME": lambda names: Byline(f"□本报记者 {' '.join(names)}"),
    "记者 NAME": lambda names: Byline(f"云江日报记者 {' '.join(names)}"),
    "记者, 通讯员": lambda names: Byline(
        f"本报记者 {names[0]}" + "".join(f" 通讯员 {name}" for name in names[1:])
    ),
    "本报讯(记者 NAME)": lambda names: Byline(prefix=f"本报讯（记者 {' '.join(names)}）"),
    "云江日报讯(记者 NAME)": lambda names: Byline(prefix=f"云江日报讯（记者 {' '.join(names)}）"),
    "本报云江3月5日电": lambda names: Byline(prefix=f"本报云江3月5日电（记者{'、'.join(names)}）"),
    "(记者 NAME) ends the last paragraph": lambda names: Byline(
        suffix=f"（记者 {' '.join(names)}）"
    ),
    "(本报记者 NAME) below": lambda names: Byline(tail=f"（本报记者 {' '.join(names)}）"),
    "■NAME below": lambda names: Byline(tail=f"■{' '.join(names)}"),
    "文/NAME below": lambda names: Byline(tail=f"文/本报记者 {' '.join(names)}"),
    "整理/NAME below": lambda names: Byline(tail=f"整理/{' '.join(names)}"),
}
FOOTNOTES: dict[str, Callable[[Sequence[Person]], str]] = {
    "作者系": lambda people: (
        f"（作者系{people[0].role}）"
        if len(people) == 1
        else f"（作者分别系{'，'.join(p.role or '' for p in people)}）"
    ),
    "作者为": lambda people: (
        f"（作者{'分别' * (len(people) > 1)}为"
        f"{'，'.join(p.role or '' for p in people)}；本文为省社科规划项目阶段性成果）"
    ),
    "作者单位": lambda people: f"（作者单位：{(people[0].role or '').split('、')[0]}）",
    "作者NAME系": lambda people: "（" + "；".join(f"作者{p.name}系{p.role}" for p in people) + "）",
    "NAME,POST": lambda people: "（" + "；".join(f"{p.name}，{p.role}" for p in people) + "）",
    "作者简介": lambda people: f"作者简介：{'；'.join(f'{p.name}，{p.role}' for p in people)}",
}
# --- Interviews -----------------------------------------------------------------------------

LABELS: dict[str, Labels] = {
    "paper and names, cast": Labels(
        "云江日报：", "{name}：", "主持人：{}", "专访嘉宾：{}", is_role_once=False
    ),
    "记者 and names": Labels("记者：", "{name}："),
    "bold": Labels("**记者：**", "**{name}：**"),
    "主持人 and names, cast": Labels("主持人：", "{name}：", "主持人：{}", "嘉 宾：{}", "　"),
    "post in the first label": Labels("记者：", "{name}：", is_role_once=True),
    "本报记者, cast with posts in brackets": Labels(
        "本报记者：", "{name}：", "", "对话嘉宾：{}", "、"
    ),
    "label on its own line": Labels("记者：", "{name}：", is_own_line=True),
    "问, 答": Labels("问：", "答："),
    "记者, 答": Labels("记者：", "答："),
    "surname, cast": Labels("记者：", "{surname}：", "", "受访专家：{}", "；"),
}

# --- What belongs to the page ---------------------------------------------------------------

HEADERS = (
    "第4版 要闻 2025年11月28日 星期五 责编 何小满 美编 李墨",
    "云江日报 2025年11月28日 星期五 第03版",
    "03 思想江岸 2025年11月28日 星期五",
    "2025.11.28 星期五 要闻 A4",
    "云江日报　二〇二五年十一月二十八日　星期五",
    "4版 · 理论周刊",
)
FOOTERS = (
    "责任编辑 张一凡 美编 李墨 校对 陈述",
    "责编：张一凡　版式：李墨　校对：陈述",
    "思想江岸投稿邮箱：yjrbsx@example.com",
    "新闻热线：023-63900000 地址：云江市东浦新区报业大厦",
    "本版编辑/张一凡 美术编辑/李墨",
    "- 4 -",
    "04",
)
GARBAGE = ("人)是策律议", "口。、■ |", "[=一 卜 }", "~ ~ 丨、", "S)t 川 一")
COLUMNS = ("【智库对话】", "【区县新闻】", "## 【思想江岸】", "〖观察〗")
SCENES = (
    "工人在南屏智造园的总装线上调试减速器",
    "市民在南屏会展中心参观人形机器人展区",
    "技术员在检测中心比对两批样品的数据",
    "航拍下的南屏港集装箱码头，货轮正在装卸",
    "学员在夜校实训室练习焊接，老师傅在旁指导",
    "新落成的中试平台外景，楼前停满企业的货车",
)
CAPTIONS: dict[str, Callable[[str, str], str]] = {
    "图为": lambda scene, name: f"图为{scene}。记者 {name} 摄",
    "▲": lambda scene, name: f"▲{scene}。 本报记者 {name} 摄",
    "摄/": lambda scene, name: f"{scene}。摄影/{name}",
    "NAME/摄": lambda scene, name: f"{scene}。 {name}/摄",
    "no mark before": lambda scene, name: f"11月6日，{scene}。 记者 {name} 摄/视觉云江",
    "资料图": lambda scene, name: f"{scene}（资料图片）",
    "供图": lambda scene, name: f"{scene}。（受访者供图）",
    "no full stop": lambda scene, name: f"{scene} 通讯员 {name} 摄",
}

# --- How wrapped lines reach us -------------------------------------------------------------

# Name -> what stands between printed lines, between elements, and before a paragraph.
WRAPS: dict[str, tuple[str, str, str]] = {
    "whole paragraphs, blank lines": ("", "\n\n", ""),
    "whole paragraphs, indents": ("", "\n", "　　"),
    "whole paragraphs, nothing between": ("", "\n", ""),
    "printed lines, blank lines, indents": ("\n", "\n\n", "　　"),
    "printed lines, blank lines": ("\n", "\n\n", ""),
    "printed lines, indents": ("\n", "\n", "　　"),
    "printed lines, nothing between": ("\n", "\n", ""),
    "lines joined with spaces": (" ", "\n\n", ""),
    "a blank line after each line": ("\n\n", "\n\n", ""),
}

_Choice = Mapping[Level, Sequence[str]]
WRAPS_BY_LEVEL: _Choice = {
    "easy": [*WRAPS][:2] + [*WRAPS][3:4],
    "middle": [*WRAPS][:6] + [*WRAPS][7:8] * 2,
    "hard": [*WRAPS][2:] + [*WRAPS][7:8] * 3,
}
TITLES_BY_LEVEL: _Choice = {
    "easy": ["#", "bare"],
    "middle": ["#", "bare", "bare", "bold", "two lines, #", "subtitle below, #", "kicker above, #"],
    "hard": ["#", "bare", "bare", "two lines", "kicker above", "subtitle below"],
}
SECTIONS_BY_LEVEL: _Choice = {
    "easy": ["##", "【】"],
    "middle": ["##", "####", "numbered", "bold", "bare", "【】"],
    "hard": ["##", "####", "bare", "bare", "numbered", "bracketed number", "●"],
}
LABELS_BY_LEVEL: _Choice = {
    "easy": [*LABELS][:3],
    "middle": [*[*LABELS][:6], "问, 答"],
    "hard": [*LABELS],
}
BYLINES_BY_KIND: Mapping[str, Sequence[str]] = {
    "news": [
        "本报记者 NAME",
        "□本报记者 NAME",
        "记者 NAME",
        "记者, 通讯员",
        "本报讯(记者 NAME)",
        "本报讯(记者 NAME)",
        "云江日报讯(记者 NAME)",
        "本报云江3月5日电",
        "(记者 NAME) ends the last paragraph",
        "(本报记者 NAME) below",
        "文/NAME",
        "文/NAME below",
    ],
    "opinion": ["■NAME", "□NAME", "●NAME", "文/NAME", "作者:NAME", "bare name", "■NAME below"],
    "explainer": [
        "本报记者 NAME",
        "□本报记者 NAME",
        "文/NAME",
        "(本报记者 NAME) below",
        "整理/NAME below",
    ],
    "interview": ["本报记者 NAME", "文/NAME", "□本报记者 NAME", "文/NAME below"],
}
