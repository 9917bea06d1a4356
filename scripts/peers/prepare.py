"""A corpus -> what every peer is given (see `given` and `step`), made from qa-bot's own index."""

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from generated_corpus import write_corpus as write_generated
from given import Passage, write_passages
from public_sets import read_jsonl, write_corpus
from qa_bot.index.build import PASSAGE_SIZE, build_index
from qa_bot.index.encoder import load_encoder
from qa_bot.index.snapshot import Snapshot
from qa_bot.index.store_writer import embedded_text

CORPORA = ("cmrc2018", "generated")
_ADDED = "又添了一句：样本市去年新增企业7321家。"
_WHOLE_ARTICLES = 2000  # characters; more than any article of cmrc2018 has
_GENERATED = 11_020  # passages, those of front matter included: 10 thousand without


def main() -> None:
    """Write the folder of one corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", choices=CORPORA)
    parser.add_argument("work", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of cmrc2018")
    flags = parser.parse_args()
    whole = flags.work / "whole"
    whole.mkdir(parents=True)
    questions: Iterable[tuple[str, str | None]]
    if flags.corpus == "cmrc2018":
        size = _WHOLE_ARTICLES
        write_corpus(read_jsonl(flags.data / "corpus.jsonl"), whole / "corpus")
        asked = [q for q in read_jsonl(flags.data / "queries.jsonl") if q["text"].strip()]
        random.Random(0).shuffle(asked)  # noqa: S311 # a repeatable order
        questions = [(query["text"], f"{query['doc_id']}.md") for query in asked]
    else:
        size = PASSAGE_SIZE
        made = write_generated(whole / "corpus", passages=_GENERATED)
        questions = [(question, None) for question in made]
    with (flags.work / "questions.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in questions)
    passages = _passages(whole / "corpus", size)
    _write(whole, passages, size)

    ids = sorted({passage.article for passage in passages})
    half = flags.work / "half"
    for id_ in ids[: len(ids) // 2]:
        (half / "corpus" / id_).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(whole / "corpus" / id_, half / "corpus" / id_)
    _write(half, [p for p in passages if p.article <= ids[len(ids) // 2 - 1]], size)

    changed = flags.work / "changed"
    shutil.copytree(whole / "corpus", changed / "corpus")
    with (changed / "corpus" / passages[0].article).open("a", encoding="utf-8") as article:
        article.write(_ADDED)
    last = max(at for at, p in enumerate(passages) if p.article == passages[0].article)
    after = [p._replace(text=p.text + _ADDED) if at == last else p for at, p in enumerate(passages)]
    _write(changed, after, size)


def _passages(corpus: Path, size: int) -> list[Passage]:
    """Return the passages of qa-bot's index, but for those that the front matter makes."""
    with tempfile.TemporaryDirectory() as index:
        build_index(corpus, Path(index), load_encoder(), passage_size=size)
        with Snapshot.open(Path(index)) as snapshot:
            return [
                Passage(
                    str(passage.number),
                    snapshot.store.article(passage.article).id,
                    embedded_text(passage.frame, passage.text),
                )
                for passage in snapshot.store.all_passages()
                if not passage.is_metadata
            ]


def _write(folder: Path, passages: list[Passage], size: int) -> None:
    write_passages(folder, passages)
    settings = json.dumps({"passage_size": size})
    (folder / "settings.json").write_text(settings, encoding="utf-8")


if __name__ == "__main__":
    main()
