import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot.corpus import parse_article
from qa_bot.passages import split_passages
from qa_bot.records import Article
from qa_bot.sentences import MAX_QUOTATION
from tests.conftest import INTERVIEW


def parse(text: str) -> Article:
    return parse_article(text.encode(), id="a.md", shown_as="a.md")


def test_a_passage_holds_one_section_and_one_speaker() -> None:
    passages = [p for p in split_passages(parse(INTERVIEW), size=400) if not p.is_metadata]
    assert [(p.section, p.speaker) for p in passages] == [
        (None, None),
        ("人才从哪里来", "何晓岚"),
        ("人才从哪里来", "邵启明"),
        ("人才从哪里来", "卓雨"),
        ("资金怎么办", "何晓岚"),
        ("资金怎么办", "邵启明"),
        ("资金怎么办", "卓雨"),
    ]


def test_front_matter_that_can_be_quoted_is_a_passage_of_its_own() -> None:
    first = next(split_passages(parse(INTERVIEW), size=400))
    assert first.is_metadata
    assert "主持人:何晓岚" in first.text
    assert "让小企业长成参天树" in first.context


def test_a_passage_is_found_by_title_heading_and_what_the_host_asked() -> None:
    passages = [p for p in split_passages(parse(INTERVIEW), size=400) if not p.is_metadata]
    answer = next(p for p in passages if p.text.startswith("留人先要留心"))
    assert answer.context == "让小企业长成参天树\n人才从哪里来\n小企业怎样留住人才?"
    assert "让小企业长成参天树" not in answer.text


def test_what_a_passage_is_found_by_has_a_bound() -> None:
    """It is kept with each passage: a long title would be written thousands of times."""
    article = parse(f"---\ntitle: {'花园' * 5_000}\nauthors: [李明]\n---\n三百棵树。\n")
    assert {len(passage.context) for passage in split_passages(article, size=400)} == {2000}


def test_passages_are_full_but_not_over_the_size() -> None:
    text = "这是一个普通的句子。" * 100
    passages = list(split_passages(parse(text), size=105))
    assert {len(p.text) for p in passages} == {100}


def test_a_sentence_longer_than_the_size_stays_whole() -> None:
    long = "很长" * 60 + "。"
    passages = list(split_passages(parse(f"短句。{long}短句。"), size=50))
    assert [p.text for p in passages] == ["短句。", long, "短句。"]


def test_size_must_be_positive() -> None:
    with pytest.raises(ValueError, match="chunk_size must be > 0"):
        list(split_passages(parse("好。"), size=0))


pieces = st.lists(
    st.sampled_from(
        ["甲:", "**乙:** ", "今天天气很好。", "真的吗？！", "他说:“走吧。快走。”", "\n\n", "\n", "\r\n",
         "## 标题\n", "\u3000\u3000", "😀🀄", "Hello world. ", 'He said "Go. Now." ', "一是稳；二是进;",
         "……", "（括号。里面）", "重复的句子。", "\u2028", "٣ عربي ", "𠮷野家"]
    ),
    max_size=60,
)  # fmt: skip


@given(pieces, st.integers(10, 120))
def test_passages_and_what_stands_between_them_give_back_the_file(
    parts: list[str], size: int
) -> None:
    """Nothing of an article's body may be lost or doubled, whatever the script or line ends."""
    body = "".join(parts)
    text = (
        f"---\ntitle: t\nspeakers: [{{name: 甲}}, {{name: 乙}}]\nkind: interview\n---\n{body}正文。"
    )
    article = parse(text)
    passages = [p for p in split_passages(article, size=size) if not p.is_metadata]
    covered: set[int] = set()
    for passage in passages:
        assert passage.text == text[passage.span.start : passage.span.end]
        places = set(range(passage.span.start, passage.span.end))
        assert not covered & places
        covered |= places
        inside = passage.span.start
        for sentence in passage.sentences:
            assert not text[inside : sentence.span.start].strip()
            inside = sentence.span.end
        assert inside == passage.span.end
    for paragraph in article.paragraphs:
        lost = set(range(paragraph.span.start, paragraph.span.end)) - covered
        assert not "".join(text[i] for i in sorted(lost)).strip()


@given(pieces, st.integers(10, 120))
def test_the_file_can_be_put_together_again_from_its_passages(parts: list[str], size: int) -> None:
    """Offsets, not searching, say where a passage stands; so nothing may overlap or move."""
    text = f"---\ntitle: t\ncaptions: [图为“一条河”。]\n---\n{''.join(parts)}正文。\n"
    rebuilt, end = "", 0
    for passage in split_passages(parse(text), size=size):
        rebuilt += text[end : passage.span.start] + passage.text
        end = passage.span.end
    assert rebuilt + text[end:] == text


sentences = st.sampled_from(
    ["天气好。", "真的？", "快走！快走！", "一是稳；二是进；", "It’s fine. ", "等等……"]
)
speech = st.lists(sentences, min_size=1, max_size=50).map("".join)
marks = st.sampled_from(["“”", "「」", "『』", '""', "‘’"])
quotations = st.tuples(marks, speech).map(lambda drawn: drawn[0][0] + drawn[1] + drawn[0][1])
fitting = quotations.filter(lambda quotation: len(quotation) <= MAX_QUOTATION)
plain = st.sampled_from(["他说:", "大家同意。", "He left. ", "\n\n", "(附表。略。)"])
stray = st.sampled_from(["“", "”", "「", "‘", ""])


@given(st.lists(plain | fitting, min_size=1, max_size=8), stray, st.integers(10, 400))
def test_no_passage_and_no_sentence_ends_inside_a_quotation(
    parts: list[str], lost: str, size: int
) -> None:
    """Half of what somebody said is no quote; a mark lost in another paragraph changes nothing."""
    body = f"{lost}开头。\n\n{''.join(parts)}正文。"
    article = parse(f"---\ntitle: t\n---\n{body}")
    end = len(article.text) - len(body) + len(lost) + len("开头。\n\n")
    inside: set[int] = set()
    for part in parts:
        if part[0] in '“「『"‘':
            inside |= set(range(end + 1, end + len(part)))
        end += len(part)
    for passage in split_passages(article, size=size):
        for sentence in passage.sentences:
            assert not {sentence.span.start, sentence.span.end} & inside


@pytest.mark.parametrize("quotation", ["“", "“" + "我们先试点。再推广。" * 60 + "”"])
def test_a_stray_mark_or_a_long_speech_is_cut_at_the_ends_of_its_sentences(quotation: str) -> None:
    text = f"他说:{quotation}" + "后来下雨了。" * 100
    passages = list(split_passages(parse(text), size=400))
    assert max(len(passage.text) for passage in passages) <= 400
    assert all(passage.text.endswith(("。", "。”")) for passage in passages)
