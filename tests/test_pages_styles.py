"""Pages in the styles of the trade, each small and invented, and what a careful reader sees."""

from qa_bot.pages import PageArticle, PageImport, read_page, unaccounted

NEWS = """\
南屏日报 2025年10月8日 星期三 第4版

南屏开发区新增专精特新企业六十二家

本报讯（记者 何晓岚）10月7日，记者从南屏开发区管委会获悉，今年前三季度，
开发区新增专精特新企业六十二家，总数达到四百一十八家。其中，三分之一来自
智能装备行业，四分之一来自新材料行业。

开发区管委会主任卓雨介绍，下一步将推出“一企一策”服务清单，为企业提供研
发、融资、用工等方面的支持。“企业需要什么，我们就送什么。”她说。

图为工人在南屏智造园装配减速器。本报记者 邵启明 摄

中小企业融资担保费率再降两成

□本报记者 梁思远

从明年1月1日起，南屏市中小企业融资担保费率将再降两成，平均费率降到百分
之零点八。市财政局为此安排专项资金一亿二千万元。

“费率降下来，企业贷款的门槛就低了。”南屏银行行长金玉成说，银行将把担保
贷款审批时限压缩到三个工作日。（下转第6版）

责任编辑：张一凡 美编：李墨 校对：陈述
"""

INTERVIEW = """\
对话邵启明：小企业怎样走稳创新路

文/何晓岚

南屏大学经济学院教授邵启明长期研究小企业。近日，本报记者就小企业创新
采访了他。

记者：小企业创新最缺什么？

邵启明：最缺的不是资金，是耐心。一项新工艺从样品到量产，往往要三年到五
年，很多企业等不到第三年。

记者：政府能做什么？

邵启明：一是把补贴改成后补助，见了成果再给；二是建共用的中试平台，让十
家企业用一条线。

南屏去年建了四个这样的平台，利用率超过八成。

记者：您对企业家有什么建议？

邵启明：少做一点，做深一点。

（作者单位：南屏晚报经济部）
"""

GUESTS = """\
老桥改造，为何非拆不可
对话嘉宾：
刘大为 桥梁设计院总工程师
刘小为 市交通局副局长

记者：两位好，请先介绍一下老桥的情况。
刘总：老桥建于上世纪七十年代，主拱已经出现裂缝，承载力不足原来的一半。
记者：施工期间市民怎么出行？
刘局长：绕行方案下周公布，公交线路将增加三条，轮渡也会延长到夜里十点。

刘：主体工程十八个月，明年年底通车。
"""

NOTICES = """\
江城晚报 2025年9月12日 星期五 第7版

社区食堂怎样办得久

本报记者 陆青禾

一荤两素，十二元。在城东养老食堂，七十三岁的周桂兰每天中午都来吃饭。

广告 金秋钜惠 全屋定制 8.8折起

遗失声明
张三遗失身份证一张，号码尾号1234，声明作废。

便民短信
本周六自来水公司将对城北片区停水检修，请市民提前储水。

街道还为行动不便的老人送餐上门，每餐补贴两元。
"""

COLUMNS = """\
南山日报 2025年8月3日 星期日 04版 评论

微观点
别让网红变网黑
□郑小川

一些地方靠一条短视频火了起来，游客一来，价格就跟着涨。流量来得快，去得也快。

思享汇
把问题清单变成履职清单
□何文静

基层的问题，往往不在于看不见，而在于没人管。清单列出来，就要有人认领。
"""

ENGLISH_PAGE = """\
RIVER CITY DAILY    Friday, September 12, 2025    Page 7
OPINION

Small firms need patient money

By Staff Reporter Tom Lin

Small firms in River City grew last year, but
most of them still cannot borrow for longer
than twelve months. Banks say they lack data.

A worker checks gears in River City. PHOTO BY LI NA

Guarantee funds could help. The city plans to
set up a fund of 300 million yuan next year.
"""

OPINION = """\
# 让法治成为最好的营商环境

●许知行

　　营商环境好不好，企业最有发言权。近年来，各地出台条例，规范涉企检查，
企业感到办事更顺、心里更稳。但也要看到，重复检查、随意罚款的现象在一些地
方仍然存在。

　　规范执法，要把权力关进制度的笼子。检查之前先亮码，检查之后有回访，

图为南屏市行政服务中心大厅。 何其正摄

企业才会觉得公平。南屏市推行“扫码入企”一年来，入企检查次数下降四成。

## 一、立规矩

　　规矩立得住，市场才走得远。

## 二、讲信用

　　信用是市场经济的基石。

（作者系南屏大学法学院副教授、南屏市法学会理事）

# 把园区变成创新的热带雨林

　　园区不是厂房的堆积，而是要素的循环。人才、资金、技术在这里相遇，才有
新的物种长出来。

　　南屏智造园三年引进科研院所七家，孵化企业一百二十家。经验只有一条：让
市场选，让专家评，让政府帮。

（作者系南屏市产业研究院副院长）

●卓雨

热线电话：0731-8888xxxx 投稿邮箱：sixiang@nanping.example
"""

TRADITIONAL = """\
專訪南屏大學校長：大學要為小企業開一扇門

主持人：何曉嵐 南屏晚報記者
嘉賓：邵啟明（南屏大學校長）、卓雨（南屏市產業研究院副院長）

主持人：歡迎兩位。大學能為小企業做什麼？

邵：大學有設備，有人才，缺的是通道。我們今年開放了三十六個實驗室，企業可
以預約使用，費用減半。

卓：從企業一側看，最需要的是懂行的經紀人。我們培訓了八十名技術經理人，促
成合作一百五十項。

主持人：未來三年有什麼計劃？

邵：建一所小企業學院，每年培養五百名工程師。

卓：把經驗寫成手冊，送到每個園區。
"""

EXPLAINER = """\
南屏出台新政扶持小微企业 最高可获三百万元贷款贴息
——《南屏市小微企业融资促进办法》解读
南屏市财政局日前印发《小微企业融资促进办法》，自2026年1月
1日起施行。办法有哪些看点？记者采访了有关负责人。
问：哪些企业可以申请贴息？
答：在南屏注册、从业人员三百人以下、上年营业收入两亿元以下的
企业都可以申请。已经列入失信名单的除外。
问：贴息标准是多少？
答：按实际支付利息的百分之五十补助，单户企业每年最高三百万
元，连续补助不超过三年。
问：怎样申请？
答：登录“南屏惠企”平台，在线填报，十五个工作日内办结。
"""

ENGLISH = """\
Small Firms, Big Leaps

By Grace Lin

Nanping's small manufacturers added 62 specialised firms in the first
three quarters of 2025, bringing the total to 418. Most of them make
parts that larger companies cannot do without.

"We sell patience," said Shao Qiming, a professor at Nanping University.
The city plans to open four more shared test lines next year.

Photo: Workers assemble reducers at the Nanping park.
"""

SPACED = """\
【圆桌】

以产业链思维培育"小巨人"

本报评论员 许知行

产业链好比一条河,龙头企业是干流,小企业是支流。支流丰沛,干流才能 奔涌。南屏市把培育小企业与补链强链结合起来,三年里 新增国家级"小巨人"企业二十 七家,在减速器、传感器等环节形成优势。 但也要看到,小企业抗风险能力弱,一遇订单波动就容易伤 筋动骨,需要政府、银行和龙头企

业一起托一把。

口口丨丨)三

把链上的数据打通,把链上的资金盘活,把链上的人才用好,小企业就能 长成参天树。

人才是第一资源

■ 金玉成

小企业招人难,难在留不住。南屏市去年为小企业建设人才公寓三千套,租金只有 市价的一半。住有所居,人才才会安心。与此同时,还要让工程师 有奔头,打通职称评审的通道。

(作者为南屏银行行长,南屏市政协委员)
"""

UNMARKED = """\
南屏市召开中小企业大会
部署四项行动
10月8日，南屏市召开中小企业高质量发展大会，部署培优、
融资、数字化、开拓市场四项行动。市长梁伯仁出席并讲话。
会议提出，到2027年，全市专精特新企业达到六百家，小巨人企
业达到五十家。（记者 何晓岚 通讯员 王大为）
数字化改造券今起申领
每家最高二十万元
本报讯 记者从市工信局获悉，2025年第二批数字化改造券今起申
领，每家企业最高二十万元，先到先得。首批改造券惠及企业三百
一十二家，平均降低能耗百分之十一。
申领采用线上方式，企业登录平台填报即可。（本报记者 卓然）
"""


def read(text: str) -> PageImport:
    result = read_page(text, file="page.txt")
    assert unaccounted(text, result) == []
    return result


def names(article: PageArticle) -> list[str]:
    return [person.name for person in article.authors]


def said(article: PageArticle) -> list[tuple[str | None, str]]:
    return [(paragraph.speaker, paragraph.text[:6]) for paragraph in article.paragraphs]


def test_news_reports_name_their_reporters_in_dateline_and_byline() -> None:
    first, second = read(NEWS).articles
    assert first.title == "南屏开发区新增专精特新企业六十二家"
    assert (names(first), first.kind) == (["何晓岚"], "news")
    assert (names(second), second.authors[0].role) == (["梁思远"], "本报记者")
    assert second.title == "中小企业融资担保费率再降两成"


def test_a_running_head_gives_paper_and_date_and_is_in_no_body() -> None:
    result = read(NEWS)
    assert {(a.source, a.date) for a in result.articles} == {("南屏日报", "2025-10-08")}
    assert [item.reason for item in result.left_out] == ["header", "caption", "footer", "footer"]


def test_lines_wrapped_in_print_are_joined_without_spaces() -> None:
    paragraph = read(NEWS).articles[0].paragraphs[0]
    assert "前三季度，开发区新增" in paragraph.text
    assert paragraph.page_lines == (5, 7)


def test_a_turn_to_another_page_is_cut_off_the_paragraph() -> None:
    result = read(NEWS)
    assert result.articles[1].paragraphs[-1].text.endswith("三个工作日。")
    assert result.left_out[2].text == "（下转第6版）"


def test_editors_at_the_end_of_a_page_are_credited() -> None:
    assert read(NEWS).articles[-1].credits[-1] == "责任编辑：张一凡 美编：李墨 校对：陈述"


def test_an_answer_goes_on_in_unlabelled_paragraphs() -> None:
    article = read(INTERVIEW).articles[0]
    assert said(article)[4:6] == [("邵启明", "一是把补贴改"), ("邵启明", "南屏去年建了")]
    assert article.paragraphs[0].speaker is None
    assert article.kind == "interview"


def test_the_post_of_a_guest_is_read_from_the_introduction() -> None:
    article = read(INTERVIEW).articles[0]
    assert [(p.name, p.role) for p in article.speakers] == [("邵启明", "南屏大学经济学院教授")]
    assert names(article) == ["何晓岚"]


def test_guests_on_lines_of_their_own_are_told_apart_by_their_posts() -> None:
    result = read(GUESTS)
    [article] = result.articles
    assert [(p.name, p.role) for p in article.speakers] == [
        ("刘大为", "桥梁设计院总工程师"),
        ("刘小为", "市交通局副局长"),
    ]
    assert [speaker for speaker, _ in said(article)] == ["记者", "刘大为", "记者", "刘小为", "刘"]
    assert [doubt.what for doubt in result.doubts] == ["it is not certain for whom 刘 stands"]


def test_notices_amid_an_article_are_left_out_and_it_goes_on() -> None:
    result = read(NOTICES)
    [article] = result.articles
    assert [p.text[:4] for p in article.paragraphs] == ["一荤两素", "街道还为"]
    assert {p.section for p in article.paragraphs} == {None}
    assert article.notes == ()
    assert sum(left.reason == "garbage" for left in result.left_out) == 5


def test_short_names_of_columns_are_no_part_of_titles() -> None:
    first, second = read(COLUMNS).articles
    assert (first.section, first.title) == ("微观点", "别让网红变网黑")
    assert (second.section, second.title) == ("思享汇", "把问题清单变成履职清单")


def test_an_english_page_has_its_source_date_column_and_caption() -> None:
    [article] = read(ENGLISH_PAGE).articles
    assert (article.source, article.date) == ("RIVER CITY DAILY", "2025-09-12")
    assert (article.section, article.title) == ("OPINION", "Small firms need patient money")
    assert [(p.name, p.role) for p in article.authors] == [("Tom Lin", "Staff Reporter")]
    assert article.captions == ("A worker checks gears in River City. PHOTO BY LI NA",)
    assert len(article.paragraphs) == 2


def test_a_sentence_goes_on_behind_a_caption() -> None:
    article = read(OPINION).articles[0]
    healed = article.paragraphs[1]
    assert "检查之后有回访，企业才会觉得公平" in healed.text
    assert healed.page_lines == (9, 13)
    assert article.captions == ("图为南屏市行政服务中心大厅。 何其正摄",)


def test_numbered_headings_are_sections_and_a_footnote_ends_an_article() -> None:
    first, second = read(OPINION).articles
    assert [p.section for p in first.paragraphs] == [None, None, "一、立规矩", "二、讲信用"]
    assert first.authors[0].role == "南屏大学法学院副教授、南屏市法学会理事"
    assert (second.title, names(second)) == ("把园区变成创新的热带雨林", ["卓雨"])
    assert second.notes[-1].startswith("热线电话")


def test_surnames_stand_for_guests_also_in_traditional_characters() -> None:
    article = read(TRADITIONAL).articles[0]
    assert [speaker for speaker, _ in said(article)] == [
        "何曉嵐",
        "邵啟明",
        "卓雨",
        "何曉嵐",
        "邵啟明",
        "卓雨",
    ]
    assert article.speakers[1].role == "南屏大學校長"
    assert article.paragraphs[1].label == "邵："


def test_a_title_and_its_subtitle_stand_above_wrapped_lines_without_a_mark() -> None:
    article = read(EXPLAINER).articles[0]
    assert article.title.startswith("南屏出台新政扶持小微企业 最高可获三百万元贷款贴息 ——《")
    assert article.kind == "explainer"
    assert [speaker for speaker, _ in said(article)] == [None, *["问", "答"] * 3]
    assert "自2026年1月1日起施行" in article.paragraphs[0].text


def test_latin_words_keep_one_space_at_a_wrap() -> None:
    article = read(ENGLISH).articles[0]
    assert (article.title, names(article)) == ("Small Firms, Big Leaps", ["Grace Lin"])
    assert "in the first three quarters of 2025" in article.paragraphs[0].text
    assert article.captions[0].startswith("Photo:")


def test_stray_strokes_are_left_out_and_a_cut_word_is_whole() -> None:
    result = read(SPACED)
    first, second = result.articles
    assert first.paragraphs[0].text.endswith("需要政府、银行和龙头企业一起托一把。")
    assert "伤筋动骨" in first.paragraphs[0].text
    assert (first.section, names(first)) == ("圆桌", ["许知行"])
    assert result.left_out[-1].reason == "garbage"
    assert second.authors[0].role == "南屏银行行长"


def test_titles_of_two_lines_and_signatures_part_articles_without_blank_lines() -> None:
    first, second = read(UNMARKED).articles
    assert first.title == "南屏市召开中小企业大会 部署四项行动"
    assert second.title == "数字化改造券今起申领 每家最高二十万元"
    assert (names(first), names(second)) == (["何晓岚", "王大为"], ["卓然"])


def test_every_style_is_read_the_same_with_windows_line_ends() -> None:
    for page in (NEWS, INTERVIEW, OPINION, TRADITIONAL, EXPLAINER, SPACED, UNMARKED):
        windows = read(page.replace("\n", "\r\n"))
        assert windows.to_dict() == read(page).to_dict()


def test_a_page_of_white_space_has_no_article_text() -> None:
    assert read(" \n\u3000\n").articles == ()


def test_a_page_of_one_word_is_accounted_for() -> None:
    assert read("你好").to_dict()["file"] == "page.txt"


def test_a_number_broken_at_the_end_of_a_line_is_whole_again() -> None:
    page = "# 园区扩建完工\n\n本报讯(记者 田一)全市园区由此增至12个,到20\n27年将建成30个,投产企业达到1\n200家,全部通过验收。\n"
    (article,) = read_page(page, file="page.txt").articles
    assert "到2027年将建成30个,投产企业达到1200家" in article.paragraphs[0].text


def test_title_lines_above_a_dateline_are_a_title_even_after_a_comma() -> None:
    page = (
        "# 园区扩建完工\n\n本报讯(记者 田一)全市园区由此增至12个。\n"
        "轴承厂的老师傅们,\n把手艺传给了机器\n"
        "本报讯(记者 林二)昨日,轴承厂的新生产线开工。\n"
    )
    articles = read_page(page, file="page.txt").articles
    assert [article.title for article in articles] == [
        "园区扩建完工",
        "轴承厂的老师傅们, 把手艺传给了机器",
    ]


def test_a_line_of_an_article_that_holds_a_date_is_no_header() -> None:
    """Where every printed line is a line, dates fill short ones."""
    text = (
        "为了支持轴承产业的发展，市里出台了新的办法。本办法自2025年3月1日起施行，"
        "有效期至2027年12月31日，企业可以放心。自2025年6月1日，南屏市将开放申请。"
    )
    lines = [text[i : i + 17] for i in range(0, len(text), 17)]
    page = "\n".join(
        ["第6版 理论 2025年11月28日 星期五", "", "# 办法问答", "", "作者:田一", "", *lines]
    )
    result = read_page(page, file="page.txt")
    assert [item.reason for item in result.left_out] == ["header"]
    assert [paragraph.text for paragraph in result.articles[0].paragraphs] == [text]


def test_bold_labels_are_speakers() -> None:
    page = (
        "# 让小企业长成参天树\n\n**记者：** 小企业怎样留住人才？\n\n"
        "**邵启明：** 留人先要留心，要办好食堂和宿舍。\n\n**记者：** 资金怎么办？\n\n"
        "**邵启明**：轻资产企业的专利应当可以质押。\n"
    )
    (article,) = read_page(page, file="page.txt").articles
    assert [paragraph.speaker for paragraph in article.paragraphs] == [
        "记者",
        "邵启明",
        "记者",
        "邵启明",
    ]
    assert article.paragraphs[1].text == "留人先要留心，要办好食堂和宿舍。"


def test_a_byline_below_ends_its_article() -> None:
    page = (
        "小企业的路要一步一步走稳\n\n路要一步一步走，企业要一年一年长。急不得，也等不得。\n\n"
        "（本报记者 邵启明）\n\n园区办起夜校工人学编程\n\n每天晚上七点，园区的灯准时亮起来。\n\n"
        "文/卓雨\n"
    )
    articles = read_page(page, file="page.txt").articles
    assert [(a.title, [p.name for p in a.authors]) for a in articles] == [
        ("小企业的路要一步一步走稳", ["邵启明"]),
        ("园区办起夜校工人学编程", ["卓雨"]),
    ]


def test_where_sections_are_marked_a_plain_line_between_paragraphs_is_a_title() -> None:
    page = (
        "小企业的路要一步一步走稳\n\n本报记者 邵启明\n\n路要一步一步走。\n\n## 先把根扎深\n\n根深才能叶茂。\n\n"
        "园区办起夜校工人学编程\n\n每天晚上七点，园区的灯准时亮起来。\n\n## 灯下的课堂\n\n课堂里坐满了人。\n"
    )
    articles = read_page(page, file="page.txt").articles
    assert [article.title for article in articles] == [
        "小企业的路要一步一步走稳",
        "园区办起夜校工人学编程",
    ]
    assert [p.section for a in articles for p in a.paragraphs] == [
        None,
        "先把根扎深",
        None,
        "灯下的课堂",
    ]
