"""The free sets beside the project -> what the model is trained on, and what is held out of it.

Nothing that stands in an evaluation set, as far as strings of 13 characters tell, is trained on.
"""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from public_sets import read_jsonl

TRAIN_SETS = ("cmrc2018_train_pseudo", "drcd_simp", "drcd_train_part_simp", "squad2_zh_mt")
LAWS = "laws_zh"
LAW_PART = 600  # characters
# Set: split (None: all). The last two are not measured here, but must not be trained on either.
EVALUATION_SETS = {"cmrc2018": None, "news_mrc_houjin": "dev"}
FORBIDDEN_SETS = (*EVALUATION_SETS, "dureader_checklist", "crud_news")
# Development: this share of the titles, with all their passages, in two groups of sets.
HELD_OUT = {"translated": 0.3, "encyclopaedia": 0.15}


@dataclass(frozen=True)
class Question:
    """A question and where its answer stands in its passage, in characters."""

    text: str
    passage_id: str
    start: int
    end: int


@dataclass
class QuestionSet:
    """Passages and their titles by id, and the questions that they answer."""

    passages: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    def drop(self, dropped: set[str]) -> None:
        """Remove passages, and the questions about them."""
        for passage_id in dropped:
            del self.passages[passage_id]
        self.questions = [q for q in self.questions if q.passage_id not in dropped]


@dataclass(frozen=True)
class Material:
    """All that a model is made of and chosen by.

    Attributes:
        training: Passages with questions.
        laws: Parts of laws, without questions.
        development: By name: questions held out of training, with all passages of their sets.
        evaluation: By name: sets for the last measurement only.
    """

    training: QuestionSet
    laws: list[str]
    development: dict[str, QuestionSet]
    evaluation: dict[str, QuestionSet]


def read_set(folder: Path, *, split: str | None = None) -> QuestionSet:
    """Read a set's passages and its answerable, non-empty questions (of *split*, if given)."""
    result = QuestionSet()
    for row in read_jsonl(folder / "corpus.jsonl"):
        result.passages[row["id"]] = row["text"]
        result.titles[row["id"]] = row["title"] or row["id"]
    for row in read_jsonl(folder / "queries.jsonl"):
        is_wanted = row["answerable"] and row["text"].strip()
        if is_wanted and split in (None, row.get("split")):
            answer = row["answers"][0]
            end = answer["start"] + len(answer["text"])
            result.questions.append(Question(row["text"], row["doc_id"], answer["start"], end))
    return result


def read_material(data: Path, *, seed: int) -> Material:
    """Read the sets in *data*, drop what evaluation or development hold too, hold out, report."""
    evaluation = {name: read_set(data / name, split=s) for name, s in EVALUATION_SETS.items()}
    forbidden_texts, forbidden_questions = read_forbidden(data)
    groups = {name: QuestionSet() for name in HELD_OUT}
    for name in TRAIN_SETS:
        questions = read_set(data / name)
        dropped = find_overlaps(questions.passages, forbidden_texts)
        questions.drop(dropped)
        kept = [q for q in questions.questions if letters(q.text) not in forbidden_questions]
        print(
            f"{name}: {len(dropped)} passages near to an evaluation passage and "
            f"{len(questions.questions) - len(kept)} evaluation questions dropped",
            flush=True,
        )
        group = groups["translated" if name == "squad2_zh_mt" else "encyclopaedia"]
        group.passages |= questions.passages
        group.titles |= questions.titles
        group.questions += kept

    chance = random.Random(seed)  # noqa: S311  # sampling, nothing secret
    training, development, held_texts = QuestionSet(), {}, []
    for name, group in groups.items():
        titles = sorted({group.titles[passage_id] for passage_id in group.passages})
        drawn = set(chance.sample(titles, int(HELD_OUT[name] * len(titles))))
        held = {i for i in group.passages if group.titles[i] in drawn}
        asked = [question for question in group.questions if question.passage_id in held]
        development[name] = QuestionSet(dict(group.passages), group.titles, asked)
        held_texts += [group.passages[i] for i in held]
        group.drop(held)
        training.passages |= group.passages
        training.questions += group.questions
    near = find_overlaps(training.passages, held_texts)
    training.drop(near)
    parts = {
        f"{row['id']} {start}": row["text"][start : start + LAW_PART]
        for row in read_jsonl(data / LAWS / "corpus.jsonl")
        for start in range(0, min(len(row["text"]), 3 * LAW_PART), LAW_PART)
    }
    cited = find_overlaps(parts, forbidden_texts)
    print(f"{len(near)} passages near to development and {len(cited)} parts of laws dropped")
    laws = [text for part, text in parts.items() if part not in cited]
    return Material(training, laws, development, evaluation)


def find_overlaps(
    passages: dict[str, str], evaluation: Iterable[str], *, share: float = 0.08
) -> set[str]:
    """Return ids of passages equal or near to an evaluation passage.

    Near: at least *share* of the passage's shingles stand in one evaluation passage.
    """
    owners: dict[str, list[int]] = {}
    for number, text in enumerate(evaluation):
        for shingle in _shingles(text):
            owners.setdefault(shingle, []).append(number)
    found = set()
    for passage_id, text in passages.items():
        own = _shingles(text)
        shared = Counter(owner for shingle in own for owner in owners.get(shingle, ()))
        if shared and max(shared.values()) >= share * len(own):
            found.add(passage_id)
    return found


def read_forbidden(data: Path) -> tuple[list[str], set[str]]:
    """Return all texts that evaluation sets hold, and their questions as bare letters."""
    texts = [path.read_text(encoding="utf-8") for path in (data.parent / "pages").glob("*.txt")]
    asked = []
    for path in (data.parent / "eval").glob("*.jsonl"):
        asked += [row["question"] for row in read_jsonl(path)]
    for name in FORBIDDEN_SETS:
        rows = list(read_jsonl(data / name / "queries.jsonl"))
        asked += [row["text"] for row in rows]
        # The news of crud_news are many; those that no question needs are free to overlap.
        needed = {id_ for row in rows for id_ in (row.get("positives") or [row["doc_id"]])}
        corpus = read_jsonl(data / name / "corpus.jsonl")
        texts += [row["text"] for row in corpus if name != "crud_news" or row["id"] in needed]
    return texts, {letters(text) for text in asked}


def letters(text: str) -> str:
    """Return the letters and digits of a text, in small letters."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def _shingles(text: str, *, length: int = 13) -> set[str]:
    """Return the overlapping strings of *length* characters of the normalised text."""
    bare = letters(text)
    return {bare[i : i + length] for i in range(max(1, len(bare) - length + 1))}
