"""What the embedding model may be trained on: nothing that it is measured by."""

import json
from pathlib import Path

from training_sets import FORBIDDEN_SETS, LAWS, TRAIN_SETS, find_overlaps, read_material

FIRM = "蓝芯微泵公司位于云江市高新区，二〇一四年由工程师陆远创办，生产用于医疗器械的微型水泵。"
RIVER = "云江发源于北部山地，流经三个区县，在青石镇注入大湖，全长二百一十公里，枯水期在冬季。"


def test_passages_that_share_text_with_an_evaluation_set_are_found() -> None:
    copied = RIVER + FIRM[:20]  # quotes a part, as an encyclopaedia quotes another
    reworded = "公司在高新区，创办人是工程师，做医疗用的小水泵。"
    passages = {"same": FIRM, "marks": FIRM.replace("，", " "), "part": copied, "other": reworded}
    assert find_overlaps(passages, [FIRM]) == {"same", "marks", "part"}


def _write_set(folder: Path, passages: dict[str, str], questions: dict[str, str]) -> None:
    """Write passages by title, and questions by the title of their passage."""
    folder.mkdir(parents=True)
    corpus = [{"id": f"{folder.name} {t}", "title": t, "text": x} for t, x in passages.items()]
    queries = [
        {
            "id": f"q {title}",
            "text": text,
            "answers": [{"text": passages[title][:2], "start": 0}],
            "doc_id": f"{folder.name} {title}",
            "answerable": True,
            "split": "dev",
        }
        for title, text in questions.items()
    ]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")


def test_nothing_of_evaluation_or_development_is_trained_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in FORBIDDEN_SETS:
        _write_set(data / name, {"泵": FIRM}, {"泵": "谁创办了蓝芯微泵公司？"})
    _write_set(data / LAWS, {"条例": f"第一条 {RIVER}" * 3, "公报": FIRM}, {"条例": "-"})
    for number, name in enumerate(TRAIN_SETS):
        own = {f"{t}{number}": f"{t}{number}号站的记录。" * 3 for t in "甲乙丙丁戊己庚辛壬癸"}
        asked = {title: f"{title}站记了什么？" for title in own}
        asked[f"甲{number}"] = "谁创办了 蓝芯微泵公司?"
        _write_set(data / name, own | {"泵": FIRM}, asked | {"泵": "泵有什么用？"})

    material = read_material(data, seed=0)

    trained = set(material.training.passages.values()) | set(material.laws)
    assert FIRM not in trained
    assert any(RIVER in law for law in material.laws)
    questions = {question.text for question in material.training.questions}
    assert questions
    assert not any("蓝芯" in question for question in questions)
    for development in material.development.values():
        assert development.questions
        for question in development.questions:
            assert question.text not in questions
            assert question.passage_id not in material.training.passages
