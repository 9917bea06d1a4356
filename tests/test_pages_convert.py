"""PDF, Word and HTML pages, real ones made here, are read whole; hostile ones are refused."""

import io
import json
import re
import socket
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from qa_bot import QABot
from qa_bot.cli import main
from qa_bot.corpus import read_article
from qa_bot.corpus_folder import article_files
from qa_bot.errors import PageError
from qa_bot.index.build import build_index
from qa_bot.index.encoder import Encoder
from qa_bot.pages import (
    PageImport,
    convert_page,
    decode_page,
    read_page,
    unaccounted,
    write_articles,
)
from qa_bot.pages.extract import extract

Print = tuple[float, float, str, float]  # x, y, text, size


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process: the same, without the half second that a process takes to start."""

    def run(command: list[str], *, input: bytes, **_: object) -> object:
        try:
            return subprocess.CompletedProcess(command, 0, extract(command[-1], input).encode())
        except PageError as error:
            return subprocess.CompletedProcess(command, 2, str(error).encode())

    monkeypatch.setattr("qa_bot.pages.convert.subprocess.run", run)


HEADER = "南屏晚报 2025年10月8日 星期三 第4版"
TITLE, AUTHOR = "让小企业长成参天树", "何晓岚"
OPINION = (
    "南屏市现有“专精特新”企业86家，其中“小巨人”企业12家。这些企业多数从事齿轮和仪表的制造，"
    "规模不大，却各有一手绝活。",
    "留人先要留心。一是建立企业与学校共用的实训基地，学生毕业前在车间学习半年。二是发放人才安居补"
    "贴，每人每月800元。三是打通职称评审通道，让工人也能评上工程师。",
    "融资难的症结是缺少抵押物。轻资产企业的专利应当可以质押。银行敢贷，企业才敢投。南屏市今年设立风"
    "险补偿资金池，首期规模2亿元，损失按七三比例分担。",
)
CAPTION = "图为南屏齿轮厂的装配车间。 记者 莫然 摄"
NOTE = "（作者系南屏大学经济学院教授）"
NEWS_TITLE = "齿轮厂交付首批减速器"
NEWS = (
    "本报讯（记者 莫然）10月18日，南屏齿轮厂向客户交付首批300台机器人减速器。该厂厂长毛建平说："
    "“我们用了四年。第一年只有失败。”",
    "据了解，减速器是机器人的关节，过去长期依靠进口。南屏齿轮厂先后试制样机27台，最终把寿命提高到"
    "8000小时。",
)


def set_in_columns(
    paragraphs: tuple[str, ...], *, top: float, lefts: tuple[float, ...], wide: int = 16
) -> list[Print]:
    """Set paragraphs as a paper does: indented, in columns of equal height."""
    rows = []
    for paragraph in paragraphs:
        row = "\u3000\u3000"
        for character in paragraph:
            size = sum(0.5 if one.isascii() else 1 for one in row + character)
            if size > wide and character not in "，。、；：”）":
                rows.append(row)
                row = ""
            row += character
        rows.append(row)
    height = -(-len(rows) // len(lefts))
    return [
        (lefts[number // height], top - 13 * (number % height), row, 9)
        for number, row in enumerate(rows)
    ]


def draw(*pages: list[Print], **settings: str) -> bytes:
    """Make a PDF of Chinese text in a font that is not embedded, as old ones are."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(560, 700), **settings)
    for page in pages:
        for x, y, text, size in page:
            canvas.setFont("STSong-Light", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def newspaper(*, across: bool = False) -> list[Print]:
    """A page: an article in two columns, another in the third, drawn down or across columns."""
    page = [(30.0, 670.0, HEADER, 8.0), (60, 630, TITLE, 24), (150, 605, f"□ {AUTHOR}", 10)]
    page += set_in_columns(OPINION, top=580, lefts=(30, 200))
    page += [(30, 440, CAPTION, 8), (200, 440, NOTE, 9)]
    page += [(370, 630, NEWS_TITLE, 15)]
    page += set_in_columns(NEWS, top=580, lefts=(370,))
    return sorted(page, key=lambda one: (-one[1], one[0])) if across else page


def word() -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = HEADER
    document.add_heading(TITLE, 0)
    document.add_paragraph(f"□ {AUTHOR}")
    for paragraph in OPINION:
        half = len(paragraph) // 2
        document.add_paragraph(paragraph[:half]).add_run(paragraph[half:]).bold = True
    document.add_paragraph(CAPTION)
    document.add_paragraph(NOTE)
    document.add_heading(NEWS_TITLE, 0)
    cells = document.add_table(1, len(NEWS)).rows[0].cells
    for cell, paragraph in zip(cells, NEWS, strict=True):
        cell.text = paragraph
    return saved(document)


def saved(document: "docx.document.Document") -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def html() -> str:
    wrapped = "\n      ".join(re.findall(".{1,30}", OPINION[1]))
    return f"""<!doctype html><html><head><title>{TITLE}</title><style>p {{}}</style></head><body>
    <nav><a href="/">首页</a></nav><script>document.write("<p>广告</p>")</script>
    <h1>{TITLE}</h1><p>□ {AUTHOR}</p><p>{OPINION[0].replace("小巨人", "<b>小巨人</b>")}
    <p>{wrapped}</p><div>{OPINION[2]}</div><p style="display: none">看不见</p>
    <figure><img src="a.jpg" alt="图片"><figcaption>{CAPTION}</figcaption></figure><p>{NOTE}</p>
    <h1>{NEWS_TITLE}</h1><table><tr><td>{NEWS[0]}<br>\u3000\u3000{NEWS[1]}</td></tr></table>
    <footer>版权所有</footer></body></html>"""


PAGES: dict[str, Callable[[], bytes]] = {
    "down.pdf": lambda: draw(newspaper()),
    "across.pdf": lambda: draw(newspaper(across=True)),
    "page.docx": word,
    "page.html": lambda: html().encode(),
    "gbk.htm": lambda: html().encode("gb18030"),
}


def squeezed(text: str) -> str:
    return "".join(text.split())


def assert_whole(result: "dict[str, object] | PageImport") -> None:
    """Check titles, authors, every paragraph and what stands beside them."""
    found = json.loads(json.dumps(result if isinstance(result, dict) else result.to_dict()))
    opinion, news = found["articles"]
    assert [opinion["title"], news["title"]] == [TITLE, NEWS_TITLE]
    assert [person["name"] for person in opinion["authors"]] == [AUTHOR]
    assert [person["name"] for person in news["authors"]] == ["莫然"]
    assert [one["text"] for one in opinion["paragraphs"]] == list(OPINION)
    assert squeezed("".join(one["text"] for one in news["paragraphs"])) == squeezed("".join(NEWS))
    assert opinion["captions"] == [CAPTION]
    assert opinion["notes"] == [NOTE]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_whole_with_its_articles(name: str) -> None:
    text = convert_page(PAGES[name](), file=name)
    assert text is not None
    result = read_page(text, file=name)
    assert_whole(result)
    assert unaccounted(text, result) == []
    for nothing in ("首页", "广告", "看不见", "图片", "版权"):
        assert nothing not in text


def test_the_command_reads_all_kinds_and_counts_the_printed_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / name for name in ("down.pdf", "page.docx", "page.html")]
    for file in files:
        file.write_bytes(PAGES[file.name]())
    assert main(["import", "--dry-run", "--json", *map(str, files)]) == 0
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [result["file"] for result in results] == [str(file) for file in files]
    for result in results:
        assert_whole(result)
    first, second = results[0]["articles"][0]["paragraphs"][:2]
    printed = extract("pdf", files[0].read_bytes()).split("\n")
    assert printed[first["page_lines"][0] - 1].startswith("\u3000\u3000南屏市现有")
    assert printed[second["page_lines"][1] - 1].endswith("工程师。")
    assert max(map(len, printed)) < 30, "a printed line is a line"


@pytest.mark.usefixtures("at_once")
def test_pages_follow_each_other_and_a_sentence_goes_on_over_the_leaf() -> None:
    rows = set_in_columns(OPINION, top=600, lefts=(30,), wide=20)
    first = [(30.0, 650.0, TITLE, 24.0), *rows[:7]]
    second = [(x, y + 7 * 13, text, size) for x, y, text, size in rows[7:]]
    text = convert_page(draw(first, second), file="p.pdf")
    assert text is not None
    [article] = read_page(text, file="p.pdf").articles
    assert [paragraph.text for paragraph in article.paragraphs] == list(OPINION)


def test_a_hyphen_at_a_line_end_and_rare_characters_are_kept() -> None:
    text = extract("pdf", draw([(30, 600, "the indus-", 9), (30, 587, "trial park", 9)]))
    assert text == "the indus-\ntrial park\n"
    assert extract("pdf", pdf_of_codes({1: "2f08", 2: "d872df4e"})) == "人𬭎\n"
    assert extract("pdf", pdf_of_codes({1: "2ed3", 2: "006600660069"})) == "长ffi\n"


def pdf_of_codes(names: dict[int, str], *, pages: int = 1) -> bytes:
    """Write a PDF that prints the codes 1 and 2, and says in UTF-16 which characters they are."""
    chars = "".join(f"<{code:04x}> <{name}>\n" for code, name in names.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> "
        f"endcodespacerange {len(names)} beginbfchar\n{chars}endbfchar endcmap end"
    )
    return pdf_of_objects(
        f"<</Type/Pages/Kids[{'3 0 R ' * pages}]/Count {pages}>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>"
        ">>>>",
        stream(b"BT /F 9 Tf 9 9 Td <00010002> Tj ET"),
        "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]"
        f"{'/ToUnicode 7 0 R' if names else ''}>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)"
        "/Ordering(Identity)/Supplement 0>>/FontDescriptor 8 0 R>>",
        stream(cmap.encode()),
        "<</Type/FontDescriptor/FontName/X/Flags 4/FontBBox[0 0 1000 1000]>>",
    )


def stream(content: bytes, filters: str = "") -> str:
    return f"<</Length {len(content)}{filters}>>stream\n{content.decode('latin-1')}\nendstream"


def pdf_of_objects(*objects: str) -> bytes:
    body = "%PDF-1.4\n"
    for number, content in enumerate(("<</Type/Catalog/Pages 2 0 R>>", *objects), 1):
        body += f"{number} 0 obj\n{content}\nendobj\n"
    return f"{body}trailer<</Root 1 0 R>>\n%%EOF".encode("latin-1")


# What is kept of an imported page, and how an answer points at it.


def write(corpus: Path, data: bytes, name: str = "四版.pdf") -> list[tuple[str, str]]:
    text = convert_page(data, file=name)
    result = read_page(text or decode_page(data, file=name), file=name)
    written = write_articles(result, data, converted=text, corpus=corpus)
    return [(entry.path.name, entry.status) for entry in written]


@pytest.mark.usefixtures("at_once")
def test_the_original_and_the_text_with_its_lines_are_kept(tmp_path: Path) -> None:
    data = draw(newspaper())
    assert [status for _, status in write(tmp_path, data)] == ["written", "written"]
    assert (tmp_path / "pages/四版.pdf").read_bytes() == data
    lines = (tmp_path / "pages/四版.pdf.txt").read_text(encoding="utf-8").splitlines()
    (first, path), _ = article_files(tmp_path)
    origin = read_article(path, id=first).imported_from
    assert origin is not None
    assert origin.file == "pages/四版.pdf.txt"
    assert lines[origin.line_start - 1] == f"# {TITLE}"
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert [status for _, status in write(tmp_path, data)] == ["unchanged", "unchanged"]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.usefixtures("at_once")
def test_an_answer_names_the_line_of_the_page_that_can_be_looked_up(
    tmp_path: Path, encoder: Encoder
) -> None:
    corpus = tmp_path / "corpus"
    write(corpus, draw(newspaper()))
    build_index(corpus, tmp_path / "index", encoder)
    with QABot.open(tmp_path / "index", corpus=corpus) as bot:
        page = bot.ask("南屏市有多少家“小巨人”企业?").quotes[0].page
    assert page is not None
    lines = (corpus / page.file).read_text(encoding="utf-8").splitlines()
    assert "12家" in "".join(lines[page.line_start - 1 : page.line_end])


@pytest.mark.usefixtures("at_once")
def test_a_better_text_of_the_same_page_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    data = draw(newspaper())
    write(tmp_path, data)
    text = tmp_path / "pages/四版.pdf.txt"
    text.write_text("as an earlier version read it", encoding="utf-8")
    write(tmp_path, data)
    assert TITLE in text.read_text(encoding="utf-8")
    assert len(list(text.parent.iterdir())) == 2


@pytest.mark.usefixtures("at_once")
def test_pages_that_differ_in_kind_only_do_not_overwrite_each_other(tmp_path: Path) -> None:
    text = f"# {TITLE}\n\n{OPINION[0]}\n".encode()
    for name in ("四版.txt", "四版.md"):
        assert [status for _, status in write(tmp_path, text, name)] == ["written"]
    assert [status for _, status in write(tmp_path, draw(newspaper()))] == ["written", "written"]
    assert len(list(article_files(tmp_path))) == 4


# What is refused, and how.


def archive(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, data in members.items():
            writer.writestr(name, data)
    return file.getvalue()


def word_of(xml: str, **others: bytes) -> bytes:
    """Make a Word document of this XML."""
    with zipfile.ZipFile(io.BytesIO(saved(docx.Document()))) as reader:
        members = {name: reader.read(name) for name in reader.namelist()}
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = xml.replace("<w:document>", f"<w:document {space}>").encode()
    return archive({**members, **others, "word/document.xml": document})


def scan() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawImage(ImageReader(Image.new("L", (20, 20), 128)), 0, 0, 500, 700)
    canvas.save()
    return file.getvalue()


def laughing() -> bytes:
    """A billion laughs."""
    entities = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    body = "<w:document><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
    return word_of(f'<!DOCTYPE d [<!ENTITY a "哈哈">{entities}]>{body}')


def swelling() -> bytes:
    """A PDF of a few kilobytes whose content is more than a gigabyte."""
    packer, blank = zlib.compressobj(), bytes(10_000_000)
    packed = [packer.compress(blank) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    content = zlib.compress(packed[0] + packed[1] * 109)
    return pdf_of_objects(
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
        stream(content, "/Filter[/FlateDecode/FlateDecode]"),
    )


DEEP = "<w:p>" * 5000 + "</w:p>" * 5000
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "scan.pdf": (scan, "holds no text, only pictures; run OCR over it and import the text"),
    "locked.pdf": (
        lambda: draw(newspaper(), encrypt="secret"),
        "is locked with a password; save it without one",
    ),
    "cut.pdf": (lambda: draw(newspaper())[:900], "is a damaged PDF; save or download it again"),
    "nameless.pdf": (
        lambda: pdf_of_codes({}),
        "has fonts on page 1 that do not name their characters; run OCR",
    ),
    "long.pdf": (lambda: pdf_of_codes({}, pages=501), "has 501 pages, more than 500; split it"),
    "old.doc": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        "is an Office file of the old kind, or a locked one; save it as .docx or text",
    ),
    "rich.rtf": (lambda: b"{\\rtf1 text}", "is an RTF file; save it as .docx or text"),
    "cut.docx": (lambda: word()[:5000], r"is damaged, or not what it seems to be \(BadZipFile\)"),
    "empty.docx": (lambda: saved(docx.Document()), "holds no text; nothing to import"),
    "bomb.docx": (
        lambda: word_of("<w:document/>", **{"word/x.xml": bytes(110_000_000)}),
        r"unpacks to 110,\d{3},\d{3} bytes, more than 100,000,000; split it",
    ),
    "laughing.docx": (laughing, r"is damaged, or not what it seems to be \(ExpatError\)"),
    "deep.docx": (
        lambda: word_of(f"<w:document><w:body>{DEEP}</w:body></w:document>"),
        "is too large or too deeply nested to be read; split it",
    ),
    "menu.html": (lambda: b"<!doctype html><nav>menu</nav>", "holds no text; nothing to import"),
    "bytes.html": (lambda: b"<html>\xff\xfe\xfd\x80", r"is neither UTF-8, .*; save it as UTF-8"),
    "large.pdf": (
        lambda: b"%PDF-" + bytes(20_000_000),
        "file is 20,000,005 bytes, more than 20,000,000; split it",
    ),
}


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line(name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises(PageError, match=rf"^{name}(:1)?: {message}") as refused:
        convert_page(make(), file=name)
    assert "\n" not in str(refused.value)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited so on Linux only")
def test_a_page_that_takes_too_much_memory_is_given_up() -> None:
    with pytest.raises(PageError, match=r"^p\.pdf: is damaged or too large to be read; save it"):
        convert_page(swelling(), file="p.pdf")


def test_the_command_ends_with_status_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scan.pdf").write_bytes(scan())
    assert main(["import", str(tmp_path / "scan.pdf")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "scan.pdf: holds no text, only pictures" in printed.err


def test_another_archive_is_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sheet.xlsx").write_bytes(archive({"xl/workbook.xml": b"<workbook/>"}))
    assert main(["import", str(tmp_path / "sheet.xlsx")]) == 2
    assert "sheet.xlsx: is a binary file, not text; export it as text" in capsys.readouterr().err


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_bot.pages.convert._SECONDS", 0.01)
    with pytest.raises(PageError, match=r"^p\.pdf: takes more than 0\.01 seconds to read; split"):
        convert_page(draw(newspaper()), file="p.pdf")


@pytest.mark.parametrize("missing", ["pypdfium2", "mammoth", "bs4"])
def test_without_the_extra_the_error_names_the_command(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    name = "down.pdf" if missing == "pypdfium2" else "page.docx"
    with pytest.raises(
        PageError,
        match=rf"^{name}: PDF, Word and HTML need .* run: pip install 'qa-bot\[pages\]'$",
    ):
        convert_page(PAGES[name](), file=name)
    assert convert_page(OPINION[0].encode(), file="page.txt") is None


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Somebody who waits to be called."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        yield listener


def test_nothing_that_a_page_refers_to_is_loaded(tmp_path: Path, server: socket.socket) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    web = f"http://127.0.0.1:{server.getsockname()[1]}/a"
    page = f"<html><link rel=stylesheet href='{web}'><img src='{web}'><iframe src='{web}'></iframe>"
    page += f"<object data='{secret.as_uri()}'></object><embed src='{secret.as_uri()}'>话。"
    body = "<w:document><w:body><w:p><w:r><w:t>话&a;。</w:t></w:r></w:p></w:body></w:document>"
    entities = [f'<!DOCTYPE d [<!ENTITY a SYSTEM "{url}">]>' for url in (web, secret.as_uri())]
    assert convert_page(page.encode(), file="p.html") == "话。\n"
    for entity in entities:
        assert convert_page(word_of(entity + body), file="p.docx") == "话。\n"
    with pytest.raises(BlockingIOError):
        server.accept()


# What a file is, its content tells.


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("start", "name"),
    [
        ("<!DOCTYPE HTML>", "page.txt"),
        ("<html lang=zh>", "page"),
        ('<?xml version="1.0"?>\n<!-- saved --> <HTML>', "page.md"),
        ("<p>", "page.HTM"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_html_is_known_by_its_content_or_its_name(start: str, name: str, encoding: str) -> None:
    data = f"{start}<p>{OPINION[0]}</p>".encode(encoding)
    assert convert_page(data, file=name) == f"{OPINION[0]}\n"


@pytest.mark.parametrize(
    "text", ["# 标题\n\n<b>正文</b>。\n", "<html5> 是标准。", "PK 赛开始。", "说说 %PDF-1.4。", ""]
)
def test_text_goes_the_old_way(text: str) -> None:
    assert convert_page(text.encode(), file="page.md") is None


def test_old_html_keeps_its_paragraphs() -> None:
    """Tables for layout, line breaks for paragraphs: the papers' sites of twenty years."""
    page = "<html><table><tr><td><h2>主题<br>副题</h2></td><td>甲<td>乙</table><div>一。<br>\u3000二。<br><br>"
    page += "三\n  四 five\n six。</div><pre>诗\n行</pre><h3> </h3>"
    assert (
        extract("html", page.encode())
        == "## 主题 副题\n\n甲\n\n乙\n\n一。\n\u3000二。\n\n三四 five six。\n\n诗\n行\n"
    )
