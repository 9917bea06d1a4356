"""A question -> the kind of thing that answers it, and the noun beside its asking word."""

from qa_bot.patterns import compile_late

_WHO = r"(?<![没无有])谁|何人|哪一?[位名]|哪个人|什么人|\bwho(?:m|se)?\b"
_INSTITUTION = (
    r"(?:公司|集团|企业|机构|单位|大学|学院|学校|院校|医院|银行|部门|政府|组织|机关|协会|法院"
    r"|媒体|报纸|报社|电视台|出版社|球队|俱乐部"
    r"|政党|党派|研究院|研究所|团体|乐团|平台)"
)
_AREA = (
    r"(?:国家?|省份?|州|洲|城市|市|县|区|地区|地方|镇|乡|村|街|路|岛|河|山|湖|海|港|车站|机场"
    r"|场所|省市|大洲|都市)"
)
# 'What is hard about it', 'what to begin with' are asked like that too.
_WHERE = (
    r"(?<!难在)(?<!好在)(?<!差在)(?<!强在)(?<!错在)(?<!差距在)(?<!问题在)(?<!究竟在)(?<!到底在)"
    r"哪[里儿](?![下入着]手|做起|发力|突破|努力)"
)
_WORK = (
    r"(?:电影|影片|片|小说|书|作品|专辑|歌曲?|节目|杂志|游戏|漫画|动画|电视剧|剧|诗|曲|报告"
    r"|文件|计划|行动|工程|项目|政策|法律|法规"
    r"|条例|规划|方案|办法|产品|品牌|奖|奖项|称号)"
)
_TIME_ASKED = r"(?:年|个月|月|天|日|小时|分钟|周|星期|秒|季度|个世纪|个工作日)"
# In the order in which they are tried: the special ones first.
_ASKS = {
    "percent": r"(?:占比|比重|比例|百分比|(?<!效)率).{0,8}(?:多少|几|多[大高]|怎样|如何|什么"
    r"|呢?[?？]?$)"
    r"|(?:多少|几|多[大高])的?(?:比例|比重|百分比)|百分之[几多]|占.{0,12}(?:多少|几成)|几成"
    r"|增[长加幅]了?(?:多少|几)(?![一-鿿])"
    r"|\bper ?cent(?:age)?\b|what (?:share|proportion|fraction)|\brate\b",
    "money": r"多少[万亿]?(?:钱|资金|[美欧日港]?元|经费|奖金|贷款|费用|款|补贴|补助|投资)"
    r"|多少钱|金额|价格|售价|造价|花费|身价"
    r"|(?:贷|借|奖|补|赔|罚|卖|花|投|赚|给)(?:了|到|偿|励|贴|款|资"
    r"|入)*多少(?![家个件名位人项次年月天条户所])"
    r"|how much (?:money|did|does|do|was|is|can|will)|\b(?:price|cost|budget)\b",
    "duration": rf"多长时间|多久|(?:几|多少){_TIME_ASKED}(?!份)|(?:期限|存续期|周期|寿命|时长"
    rf"|时间).{{0,4}}(?:多长|多少|是?几)"
    r"|how long|how many (?:years|months|weeks|days|hours|minutes)",
    "date": r"什么时[候期间]|什么年代|何时|啥时候|哪一?个?(?:年代?|月|天|日|世纪|时期)"
    r"|几[月号日](?![线楼门])|日期|哪年"
    r"|\bwhen\b|what (?:year|date|month|day)|which (?:year|month)",
    "number": r"多少|(?<!好)[第]?几(?:[个家件名位人项次倍成岁亿万条户所座台辆种部支张场届级层]"
    r"|(?=[?？]))|多[大高长远重宽深快厚]"
    r"|数量|人数|规模|总额|年龄|how (?:many|much|old|big|large|tall|high|far|deep|wide)"
    r"|what number",
    "person": rf"{_WHO}|(?:创始人|负责人|主持人|作者|校长|董事长|总经理|总裁|主席|部长|市长"
    rf"|院长|主角|导演|主演|记者|摄影|老板)"
    r"(?:叫什么|的?(?:名字|姓名)|是谁|叫啥)",
    "reason": r"为什么|为何|为甚么|为啥|何以|缘何|因何|怎么会|什么原因|原因|理由|出于什么"
    r"|凭什么|\bwhy\b|reasons?\b",
    "place": rf"{_WHERE}|何处|何地|什么地方|哪(?:一|几|两)?[个座些条]?{_AREA}|什么{_AREA}"
    r"|\bwhere\b"
    r"|(?:which|what) (?:city|country|place|province|region|district|town)",
    "organisation": rf"哪(?:一|几|两)?[个家所些支]?.{{0,4}}{_INSTITUTION}"
    rf"|什么.{{0,2}}{_INSTITUTION}|何家{_INSTITUTION}"
    r"|(?:which|what) (?:company|firm|university|school|bank|agency|organi[sz]ation|newspaper)",
    "title": rf"哪(?:一|几|两)?[部本首篇个项款张些].{{0,4}}{_WORK}|什么.{{0,2}}{_WORK}|叫什么"
    rf"|叫做什么|名[字称]是什么|名为什么"
    r"|(?:which|what) (?:book|film|movie|song|programme|program|plan|law)|what is .{1,60} called",
    "effect": r"什么.{0,2}(?:影响|作用|好处|意义|效果|后果|用处?|结果|价值|帮助|变化|贡献)"
    r"|(?:作用|影响|好处|意义|效果)(?:是什么|有哪些)"
    r"|带来(?:什么|哪些)|有何(?:影响|作用|意义)|导致(?:了)?什么|\b(?:effect|impact|benefit"
    r"|consequence)s?\b",
    "definition": r"什么是|是什么意思|何谓|何为|什么叫|指的?是?什么|定义|所谓.{1,20}是?什么"
    r"|^[^的,，]{2,16}是什么[?？]?$|^(?:what|who) (?:is|are) (?:an? )?[\w\s-]{2,40}\??$"
    r"|\bmeans?\b|definition",
    "way": r"怎么(?!看|说|评|想|会)|怎样(?!看)|如何(?!看|评)|怎办|什么.{0,2}(?:办法|方法|途径"
    r"|方式|措施|手段|路径|举措|机制)"
    r"|\bhow (?:to|can|do|does|did|should|could|will|are|is|was|were)\b",
    "yesno": r"是否|是不是|有没有|能否|能不能|可不可以|会不会|要不要|需不需要|可否|吗[?？。]?$"
    r"|^(?:is|are|was|were|does|do|did|can|could|should|will|has|have|had)\b",
}
_ASKED = {kind: compile_late(pattern) for kind, pattern in _ASKS.items()}
_FOCUS = compile_late(
    r"(?:多少|几|哪(?:[一两几]?[个家所些座条部本首篇项款张支位名种])?|什么样?的?|which |what )"
    r"(?P<noun>[一-鿿]{1,6}?|[a-z]{3,})(?=[?？,，。]|$|[是的在能可会有为将应要]|\b)"
)


def kind_of_question(question: str) -> str | None:
    """Return the kind of thing that a question asks for, if its words tell.

    Args:
        question: In lower case, its width folded.

    Returns:
        One of `percent`, `money`, `duration`, `date`, `number`, `person`, `reason`, `place`,
        `organisation`, `title`, `effect`, `definition`, `way`, `yesno`, or None.
    """
    return next((kind for kind, asks in _ASKED.items() if asks.search(question)), None)


def focus_of_question(question: str) -> str:
    """Return the noun beside the asking word, '' if none: 家 of 多少家, 平台 of 哪个平台."""
    match = _FOCUS.search(question)
    return match["noun"] if match else ""
