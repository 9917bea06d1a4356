"""Make a corpus of any size from the sample articles, for measuring speed and memory.

Clauses of the sample articles are put together anew, with other people, places, firms, papers and
figures in them, so that words grow in number with the articles as they do in newspapers. One
article in twelve is a reprint of an earlier one, under another head, sometimes with a sentence cut
or a figure changed; one in eight is an interview. Everything follows from the seed; a smaller
corpus is the beginning of a larger one.
"""

import argparse
import datetime as dt
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from qa_bot.corpus import read_article
from qa_bot.corpus_folder import article_files
from qa_bot.sentences import split_sentences

SAMPLES = Path(__file__).parents[1] / "corpus"
_LENGTH = 330, 400  # characters of a passage, but for a sentence that does not fit in
_PASSAGES = 6, 12  # of an article
_REPRINTED = 12  # one article in so many is a reprint
_INTERVIEW = 8  # one article in so many is an interview
_FOLDER = 1000  # articles a folder
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛范彭郎鲁韦昌马苗凤方俞任袁柳"  # noqa: E501 # one string
_PLACE_ENDS = ("市", "县", "区", "镇", "新区", "乡")
_TRADES = ("精密制造", "新材料", "智能装备", "生物医药", "光电科技", "水处理", "食品", "仪表")
_POSTS = ("教授", "研究员", "副院长", "主任", "总经理", "高级工程师", "秘书长")
_HEADS = ("观察", "调查", "见闻", "新路", "答卷", "之问", "破题", "再出发")
_MARKED = re.compile(
    "(?P<person>顾承远|苏敏仪|周砚秋|许怀谨|马知行|林晓舟|章一鸣|方漱石|陶叶|叶蓁)"
    "|(?P<place>云江市?|东浦新区|南屏市?|石湾区?)"
    "|(?P<firm>澜芯微泵|澜芯)"
    rf"|(?P<figure>{_FIGURE.pattern})"
)
# Whoever is named here comes with the sentence, or with a figure or a date as often as in papers.
_ADDED = (
    "{place}",
    "{firm}",
    "{person}",
    "在{place}，{firm}",
    "{person}告诉记者，",
    "据{person}介绍，",
)


@dataclass(frozen=True, slots=True)
class Generated:
    """An article and one thing that can be asked of it."""

    id: str
    text: str
    passages: int
    question: str


def write_corpus(folder: Path, *, passages: int, seed: int = 0) -> list[str]:
    """Write articles until they hold so many passages, or a few more.

    Args:
        folder: Where to; made if it is not there.
        passages: How many, of `passages.PASSAGE_SIZE` characters or somewhat fewer.
        seed: Of the generator.

    Returns:
        A thousand questions at most, each about a figure in one of the articles.
    """
    questions: list[str] = []
    for number, article in enumerate(articles(passages=passages, seed=seed)):
        path = folder / article.id
        if number % _FOLDER == 0:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article.text, encoding="utf-8")
        questions.append(article.question)
    chance = random.Random(seed)  # noqa: S311 # a repeatable sample
    return chance.sample(questions, min(1000, len(questions)))


def articles(*, passages: int, seed: int = 0) -> Iterator[Generated]:
    """Yield articles until they hold so many passages."""
    number = written = 0
    while written < passages:
        article = _article(number, seed)
        yield article
        number, written = number + 1, written + article.passages


def _article(number: int, seed: int) -> Generated:
    """Return an article: the one of that number, or a reprint of one before it."""
    chance = _chance(seed, "head", number)
    original = number
    if number and chance.randrange(_REPRINTED) == 0:
        original = max(0, number - 1 - int(chance.expovariate(1 / 500)))
    body = _body(original, seed)
    paragraphs = list(body.paragraphs)
    if original != number and chance.random() < 0.5:
        cut = chance.randrange(len(paragraphs))
        paragraphs[cut] = _edited(paragraphs[cut], chance)
    head = {
        "title": body.title if chance.random() < 0.5 else f"{body.title}：{chance.choice(_HEADS)}",
        "authors": [{"name": _person(_drawn(chance, number)), "role": "记者"}],
        "source": _place(_drawn(chance, number) // 50)[:-1] + "日报",
        "date": (dt.date(2015, 1, 1) + dt.timedelta(chance.randrange(4000))).isoformat(),
    }
    if body.speakers:
        head |= {
            "kind": "interview",
            "speakers": [
                {"name": name, "role": f"{place}大学{post}"} for name, place, post in body.speakers
            ],
        }
    front = "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in head.items()
    )
    return Generated(
        id=f"{number // _FOLDER:04}/{number:07}.md",
        text=f"---\n{front}---\n" + "\n\n".join(paragraphs) + "\n",
        passages=len(body.paragraphs) + 1,  # and the front matter's
        question=body.question,
    )


@dataclass(frozen=True, slots=True)
class _Body:
    title: str
    paragraphs: tuple[str, ...]
    speakers: tuple[tuple[str, str, str], ...]
    question: str


@lru_cache(maxsize=4096)
def _body(number: int, seed: int) -> _Body:
    chance = _chance(seed, "body", number)
    names = {
        "person": [_person(_drawn(chance, number)) for _ in range(4)],
        "place": [_place(_drawn(chance, number) // 8) for _ in range(3)],
        "firm": [_firm(_drawn(chance, number)) for _ in range(4)],
    }
    speakers: tuple[tuple[str, str, str], ...] = ()
    if chance.randrange(_INTERVIEW) == 0:
        speakers = tuple(
            (name, names["place"][0][:2], chance.choice(_POSTS)) for name in names["person"][:2]
        )
    paragraphs: list[str] = []
    clauses: list[str] = []
    for place in range(chance.randint(*_PASSAGES)):
        text = ""
        wanted = chance.randint(*_LENGTH)
        while len(text) < wanted:
            sentence = _sentence(names, chance, clauses)
            if text and len(text) + len(sentence) > _LENGTH[1]:
                break
            text += sentence
        if speakers:
            text = f"**{speakers[place % 2][0]}：** {text}"
        elif place % 3 == 2:
            text = f"## {chance.choice(names['place'])}{chance.choice(_HEADS)}\n\n{text}"
        paragraphs.append(text)
    asked = next((c for c in clauses if _FIGURE.search(c)), clauses[0])
    return _Body(
        title=f"{names['place'][0]}{names['firm'][0][:4]}{chance.choice(_HEADS)}",
        paragraphs=tuple(paragraphs),
        speakers=speakers,
        question=f"{names['place'][0]}{_FIGURE.sub('多少', asked, count=1)}?",
    )


def _sentence(names: dict[str, list[str]], chance: random.Random, said: list[str]) -> str:
    """Return a sentence of two to four clauses; those with a name of the article are noted."""
    clauses = []
    pool = _clauses()
    for place in range(chance.randint(2, 4)):
        pieces = [
            piece
            if not kind
            else _figure(piece, chance)
            if kind == "figure"
            else names[kind][int(len(names[kind]) * chance.random())]
            for piece, kind in pool[int(len(pool) * chance.random())]
        ]
        if place == 0 and chance.random() < 0.4:
            added = _ADDED[int(len(_ADDED) * chance.random())]
            pieces.insert(0, added.format(**{kind: chance.choice(names[kind]) for kind in names}))
        clauses.append("".join(pieces))
    if len(said) < 20:
        said.extend(clauses)
    return "，".join(clauses) + "。"


def _edited(paragraph: str, chance: random.Random) -> str:
    """Cut a sentence, or change a figure."""
    if chance.random() < 0.5 and paragraph.count("。") > 2:
        first, _, rest = paragraph.partition("。")
        return f"{first}。{rest.partition('。')[2]}"
    return _FIGURE.sub(lambda match: _figure(match[0], chance), paragraph, count=1)


@cache
def _clauses() -> list[tuple[tuple[str, str], ...]]:
    """Return the clauses of the sample articles, each as pieces: a text, or a name of a kind."""
    clauses = []
    for id_, path in article_files(SAMPLES):
        article = read_article(path, id=id_)
        for paragraph in article.paragraphs:
            for start, end in split_sentences(article.text, *paragraph.span):
                for clause in re.split(r"[，。；：？！“”‘’（）()、—]+", article.text[start:end]):
                    if 4 <= len(clause) <= 60 and not clause.isascii():
                        clauses.append(_pieces(clause))
    return clauses


def _pieces(clause: str) -> tuple[tuple[str, str], ...]:
    pieces, at = [], 0
    for match in _MARKED.finditer(clause):
        pieces += [(clause[at : match.start()], ""), (match[0], match.lastgroup or "")]
        at = match.end()
    return tuple(piece for piece in (*pieces, (clause[at:], "")) if piece[0])


def _figure(like: str, chance: random.Random) -> str:
    """Return another figure of about the same size; a year stays one."""
    if len(like) == 4 and like.startswith("20"):
        return str(2010 + int(18 * chance.random()))
    whole, point, part = like.partition(".")
    return f"{int(10 ** len(whole) * chance.random())}{point}{part and int(10 * chance.random())}"


def _chance(seed: int, what: str, number: int) -> random.Random:
    return random.Random(f"{seed} {what} {number}")  # noqa: S311 # a repeatable corpus


def _drawn(chance: random.Random, number: int) -> int:
    """Return the number of a name: some are known to all, and each article brings new ones."""
    return int((50 + number) * chance.random() ** 2)


@cache
def _letters() -> str:
    """Return the characters that the sample articles use, the commoner ones first."""
    text = "".join(path.read_text(encoding="utf-8") for _, path in article_files(SAMPLES))
    counted: dict[str, int] = {}
    for letter in re.findall("[一-鿿]", text):
        counted[letter] = counted.get(letter, 0) + 1
    return "".join(sorted(counted, key=lambda letter: (-counted[letter], letter)))


def _spelled(number: int, count: int) -> str:
    """Return so many characters that tell this number from others nearby."""
    letters = _letters()
    mixed = number * 0x9E3779B1 % 2**32
    spelled = []
    for _ in range(count):
        mixed, place = divmod(mixed, len(letters))
        spelled.append(letters[place])
    return "".join(spelled)


@lru_cache(maxsize=1 << 16)
def _person(number: int) -> str:
    return _SURNAMES[number % len(_SURNAMES)] + _spelled(number, 1 + (number % 4 > 0))


@lru_cache(maxsize=1 << 16)
def _place(number: int) -> str:
    return _spelled(number + 7, 2) + _PLACE_ENDS[number % len(_PLACE_ENDS)]


@lru_cache(maxsize=1 << 16)
def _firm(number: int) -> str:
    return _spelled(number + 13, 2) + _TRADES[number % len(_TRADES)]


def main() -> None:
    """Write a corpus, and the questions that can be asked of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    flags = parser.parse_args()
    questions: Sequence[str] = write_corpus(
        flags.folder / "corpus", passages=flags.passages, seed=flags.seed
    )
    (flags.folder / "questions.txt").write_text("\n".join(questions) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
