"""Building, opening and searching the index."""

import json
import math
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import filelock
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_bot import QABot
from qa_bot.errors import (
    CorpusError,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexNotFoundError,
    ModelError,
)
from qa_bot.index.build import build_index
from qa_bot.index.dense import DenseIndex
from qa_bot.index.dense_writer import write_vectors
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.index.lexical import Entry, LexicalIndex
from qa_bot.index.lexical_writer import LexicalWriter
from qa_bot.index.manifest import checksum_of, read_manifest, write_manifest
from qa_bot.index.snapshot import CURRENT, Snapshot
from qa_bot.index.terms import split_terms
from qa_bot.records import Scope
from qa_bot.verify import verify_index
from tests.conftest import NEWS, write_articles
from tests.small_models import save_static


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("小巨人", ["小", "巨", "人", "小巨", "巨人"]),
        ("ＡＩ赋能", ["ai", "赋", "能", "赋能"]),
        ("5,738家 12.5%", ["5738", "家", "12.5"]),
        ("Firms’ policies", ["firm", "policy"]),
        ("!?。 \t", []),
    ],
)
def test_terms_are_characters_bigrams_words_and_numbers(text: str, terms: list[str]) -> None:
    assert split_terms(text) == terms


@given(st.text())
def test_no_term_holds_white_space(text: str) -> None:
    """Terms are handed to tantivy separated by spaces."""
    assert all(term and not any(c.isspace() for c in term) for term in split_terms(text))


def test_bm25_ranks_by_terms_and_narrows_by_label(tmp_path: Path) -> None:
    texts = [
        Entry(0, "齿轮 齿轮 减速器", Scope(speakers=("甲",))),
        Entry(1, "齿轮", Scope(speakers=("乙",))),
        Entry(2, "法律"),
    ]
    with LexicalWriter(tmp_path) as writer:
        for text in texts:
            writer.add(text)
    built = LexicalIndex.open(tmp_path)
    weights = {"齿轮": 1.0, "减速": 1.0}
    assert list(built.search(weights, limit=5)) == [0, 1]
    assert list(built.search(weights, limit=5, within=[Scope(speakers=("乙",))])) == [1]
    assert built.search({"不在": 1.0}, limit=5) == {}
    assert built.document_frequency("齿轮") == 2


def test_operators_in_a_question_are_only_words(tmp_path: Path) -> None:
    with LexicalWriter(tmp_path) as writer:
        writer.add(Entry(0, "AND label:x (a OR b) 甲"))
    built = LexicalIndex.open(tmp_path)
    assert list(built.search(dict.fromkeys(split_terms('label:"x" AND *'), 1.0), limit=5)) == [0]


def test_vectors_are_searched_exactly_and_can_be_narrowed(tmp_path: Path) -> None:
    vectors = np.eye(4, dtype=np.float32)
    write_vectors(tmp_path / "v", vectors)
    index = DenseIndex.open(tmp_path / "v")
    assert next(iter(index.search(vectors[2], limit=2))) == 2
    assert set(index.search(vectors[2], limit=4, allowed=np.array([1, 1, 0, 0], dtype=bool))) == {
        0,
        1,
    }
    assert (index.vectors(np.array([3, 1])) == vectors[[3, 1]]).all()


def test_static_vectors_equal_those_of_sentence_transformers(encoder: Encoder) -> None:
    """The default model is read without torch; the library it was made with must agree."""
    from sentence_transformers import SentenceTransformer

    from qa_bot.index import encoder as module

    texts = [
        "重庆有多少家专精特新企业?",
        "Small firms, 23 countries",
        "",
        "ＡＩ+产业 😀",
        "字" * 3000,
    ]
    texts += [NEWS, "\u3000", "龘䶮", "a" * 500]
    folder = module._MODELS / module.DEFAULT_MODEL
    model = SentenceTransformer(str(folder), device="cpu").float()  # the weights are float16
    expected = model.encode(texts, normalize_embeddings=True)
    found = encoder.encode_passages(texts)
    np.testing.assert_allclose(found, np.nan_to_num(expected), atol=1e-5)
    assert found.shape == (len(texts), encoder.dim)


def test_a_static_model_with_prompts_gets_them(tmp_path: Path) -> None:
    """What a model wants before its texts is not left out because it can be read quickly."""
    save_static(tmp_path / "plain")
    save_static(tmp_path / "prompted", prompts={"query": "query "})
    plain, prompted = (load_encoder(str(tmp_path / name)) for name in ("plain", "prompted"))
    np.testing.assert_allclose(
        prompted.encode_query("law"), plain.encode_query("query law"), atol=1e-6
    )
    np.testing.assert_allclose(
        prompted.encode_passages(["gear law"]), plain.encode_passages(["gear law"]), atol=1e-6
    )


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors"])
def test_a_damaged_static_model_is_one_clear_error(tmp_path: Path, name: str) -> None:
    save_static(tmp_path / "m")
    (tmp_path / "m" / name).write_text("{}")
    with pytest.raises(ModelError, match=r"m: .*cannot be (loaded|read).*name another"):
        load_encoder(str(tmp_path / "m"))


def test_a_transformer_model_goes_through_sentence_transformers(tmp_path: Path) -> None:
    """A real model of another kind: a bag of words with a dense layer, made here."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules

    words = modules.BoW(vocab=["gear", "law", "bank"])
    SentenceTransformer(modules=[words, modules.Dense(3, 5)], device="cpu").save(
        str(tmp_path / "m")
    )
    encoder = load_encoder(str(tmp_path / "m"))
    assert encoder.dim == 5
    vectors = encoder.encode_passages(["gear law", "bank"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_query("bank"), vectors[1], atol=1e-6)


def test_an_unknown_model_is_one_clear_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="no/such/model: cannot be loaded"):
        load_encoder(str(tmp_path / "no/such/model"))


def test_a_build_without_changes_writes_nothing(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    first = build_index(corpus, tmp_path / "index", encoder)
    second = build_index(corpus, tmp_path / "index", encoder)
    assert len(first.added) == first.articles == 4
    assert second.snapshot == first.snapshot
    assert (second.added, second.changed, second.removed) == ((), (), ())


def test_a_rebuild_reuses_the_vectors_of_what_did_not_change(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    first = build_index(corpus, tmp_path / "index", encoder)
    (corpus / "opinion.md").unlink()
    write_articles(corpus, {"english.md": "new text.", "added.md": "还有一篇。"})
    second = build_index(corpus, tmp_path / "index", encoder)
    assert (second.added, second.changed, second.removed) == (
        ("added.md",),
        ("english.md",),
        ("opinion.md",),
    )
    assert 0 < second.reused == second.passages - 2
    fresh = build_index(corpus, tmp_path / "fresh", encoder)
    assert fresh.passages == second.passages
    rows = np.arange(fresh.passages)
    with Snapshot.open(tmp_path / "index") as old, Snapshot.open(tmp_path / "fresh") as new:
        np.testing.assert_array_equal(old.vectors.vectors(rows), new.vectors.vectors(rows))
    assert first.snapshot.is_dir(), "a reader may still be opening it"


def test_a_bad_file_is_reported_and_the_others_are_indexed(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    write_articles(corpus, {"broken.md": "---\ntitle: [\n---\nx", "empty.md": ""})
    (corpus / "lost.md").symlink_to("none.md")
    report = build_index(corpus, tmp_path / "index", encoder)
    assert report.articles == 4
    assert [problem.split(": ")[0] for problem in report.problems] == [
        f"{corpus}/lost.md",
        f"{corpus}/broken.md:3",
        f"{corpus}/empty.md",
    ]


def test_a_corpus_without_articles_is_an_error(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "corpus").mkdir()
    with pytest.raises(CorpusError, match=r"no article in .*; put \.md or \.txt files in it"):
        build_index(tmp_path / "corpus", tmp_path / "index", encoder)


def test_two_builders_keep_apart(corpus: Path, tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "index").mkdir()
    with (
        filelock.FileLock(tmp_path / "index/.lock"),
        pytest.raises(IndexBusyError, match="is being built by another process"),
    ):
        build_index(corpus, tmp_path / "index", encoder)


def test_a_build_that_fails_leaves_the_old_index(
    corpus: Path, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build_index(corpus, tmp_path / "index", encoder)
    write_articles(corpus, {"more.md": "又一篇。"})

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qa_bot.index.snapshot_writer.append_vectors", fail)
    with pytest.raises(Exception, match=r"cannot be written \(No space left on device\)"):
        build_index(corpus, tmp_path / "index", encoder)
    with Snapshot.open(tmp_path / "index") as snapshot:
        assert snapshot.folder == first.snapshot
        assert snapshot.manifest.articles == 4


def test_the_store_holds_offsets_and_lines(corpus: Path, tmp_path: Path, encoder: Encoder) -> None:
    build_index(corpus, tmp_path / "index", encoder)
    with Snapshot.open(tmp_path / "index") as snapshot:
        for article in snapshot.store.articles():
            text = (corpus / article.id).read_bytes().decode()
            for passage in snapshot.store.passages_of(article.number).values():
                assert text[passage.span.start : passage.span.end] == passage.text
                for sentence in passage.sentences:
                    part = text[sentence.span.start : sentence.span.end]
                    assert passage.text_of(sentence.span) == part
                    assert part in "\n".join(
                        text.split("\n")[sentence.line_start - 1 : sentence.line_end]
                    )


def test_a_sentence_that_recurs_knows_its_own_page_line(tmp_path: Path, encoder: Encoder) -> None:
    """An interviewer asks the same thing three times; a quote of the third must not show the first."""
    turns = ["记者：您能不能说说？", "沈碧云：春茶多采了两成。", "山路修到了坡顶。"]
    page = ["# 茶山上的一天", "嘉宾：沈碧云 青岭茶场场长", *turns, *turns, *turns]
    speakers = "[{name: 沈碧云, role: 青岭茶场场长}]"
    front = f"title: 茶山上的一天\nkind: interview\nspeakers: {speakers}\ncredits: ['{page[1]}']\n"
    body = "\n\n".join(page[2:])
    article = f"---\n{front}imported_from: {{file: pages/p.txt, lines: [1, 11]}}\n---\n{body}\n"
    corpus = write_articles(
        tmp_path / "corpus", {"a.md": article, "pages/p.txt": "\n".join(page) + "\n"}
    )
    build_index(corpus, tmp_path / "index", encoder)
    with Snapshot.open(tmp_path / "index") as snapshot:
        found = [
            (sentence.page_line_start, sentence.page_line_end)
            for passage in snapshot.store.all_passages()
            for sentence in passage.sentences
        ]
    assert found == [(2, 2), *((line, line) for line in range(3, 12))]


def test_a_missing_index_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match=r"no index in .*; build it with: qa-bot index"):
        Snapshot.open(tmp_path)


def damage_size(folder: Path) -> None:
    with (folder / "vectors.faiss").open("ab") as file:
        file.write(b"x")


def damage_store(folder: Path) -> None:
    (folder / "store.sqlite").unlink()


def damage_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def alter_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "model": "another"}))


def escape_manifest(folder: Path) -> None:
    files = json.loads((folder / "manifest.json").read_text())["files"]
    garble_manifest(files={**files, "../../x": [1, "0"]})(folder)


def garble_manifest(**fields: object) -> Callable[[Path], None]:
    """Return what puts something else into a manifest; its checksum is right, as a liar's is."""

    def garble(folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text())
        del manifest["checksum"]
        manifest |= fields
        manifest["checksum"] = checksum_of(manifest)
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return garble


def nest_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[" * 200_000)


def lose_snapshot(folder: Path) -> None:
    shutil.rmtree(folder)


def point_outside(folder: Path) -> None:
    (folder.parent / CURRENT).write_text("../../etc")


@pytest.mark.parametrize(
    "damage",
    [
        damage_size,
        damage_store,
        damage_manifest,
        alter_manifest,
        escape_manifest,
        nest_manifest,
        garble_manifest(files=[]),
        garble_manifest(files={"store.sqlite": [math.inf, "0"], "vectors.faiss": [1, "0"]}),
        garble_manifest(model=5),
        lose_snapshot,
        point_outside,
    ],
)
def test_a_damaged_index_is_named_and_can_be_rebuilt(
    damage: object, corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    report = build_index(corpus, tmp_path / "index", encoder)
    assert callable(damage)
    damage(report.snapshot)
    with pytest.raises(IndexDamagedError, match="rebuild with qa-bot index --full"):
        Snapshot.open(tmp_path / "index")
    build_index(corpus, tmp_path / "index", encoder, full=True)
    Snapshot.open(tmp_path / "index").close()


def flip(path: Path) -> None:
    """Damage a file without changing its size, as a bad disk does."""
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 10, len(data), 97):
        data[at] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["store.sqlite", "*.term", "*.idx", "*.fast", "*.fieldnorm"])
def test_flipped_bytes_are_one_clear_error(
    name: str, corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    for path in build_index(corpus, tmp_path / "index", encoder).snapshot.rglob(name):
        flip(path)
    with (
        pytest.raises(IndexDamagedError, match=r"is damaged; rebuild with qa-bot index --full$"),
        QABot.open(tmp_path / "index", corpus=corpus) as bot,
    ):
        bot.ask("南屏市有多少家小巨人企业?")


@pytest.mark.parametrize("name", ["store.sqlite", "vectors.faiss", "*.term", "*.json"])
def test_nothing_is_taken_over_from_a_damaged_index(
    name: str, corpus: Path, tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    """Else the damage would be in the new index, under a checksum of its own."""
    for path in build_index(corpus, tmp_path / "index", encoder).snapshot.rglob(name):
        flip(path)
    write_articles(corpus, {"more.md": "又一篇。"})
    report = build_index(corpus, tmp_path / "index", encoder)
    assert "the index is built anew" in caplog.text
    assert report.reused == 0
    with Snapshot.open(tmp_path / "index") as snapshot:
        assert list(verify_index(snapshot, corpus)) == []


def test_an_index_of_another_format_says_what_to_run(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    report = build_index(corpus, tmp_path / "index", encoder)
    write_manifest(report.snapshot, replace(read_manifest(report.snapshot), format=99))
    with pytest.raises(IndexMismatchError, match="has index format 99, this qa-bot reads"):
        Snapshot.open(tmp_path / "index")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_index_that_may_not_be_written_is_read(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    """An index is built by one user and served by another, or from a read-only disk."""
    folder = build_index(corpus, tmp_path / "index", encoder).snapshot
    places = [folder, *folder.rglob("*")]
    modes = [place.stat().st_mode for place in places]
    for place, mode in zip(places, modes, strict=True):
        place.chmod(mode & ~0o222)
    try:
        with Snapshot.open(tmp_path / "index") as snapshot:
            found = snapshot.passage_terms.search({"齿轮": 1.0}, limit=5)
            assert len(found) == snapshot.passage_terms.document_frequency("齿轮") > 0
    finally:
        for place, mode in zip(places, modes, strict=True):
            place.chmod(mode)


def test_all_files_of_an_index_have_the_same_readers(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    folder = build_index(corpus, tmp_path / "index", encoder).snapshot
    assert len({path.stat().st_mode for path in folder.rglob("*") if path.is_file()}) == 1


def test_the_store_is_opened_for_reading_only(
    corpus: Path, tmp_path: Path, encoder: Encoder
) -> None:
    build_index(corpus, tmp_path / "index", encoder)
    with (
        Snapshot.open(tmp_path / "index") as snapshot,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        snapshot.store._database.execute("DELETE FROM article")


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, qa_bot; heavy = {'torch', 'gradio', 'sentence_transformers', 'transformers', "
        "'langchain_text_splitters', 'sklearn'} & set(sys.modules); sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("size", [2_000, 8_000, 16_000, 40_000, 80_000, 120_000])
def test_a_full_disk_is_one_line_wherever_the_build_is(tmp_path: Path, size: int) -> None:
    write_articles(tmp_path / "corpus", {f"{n}.md": NEWS for n in range(60)})
    done = subprocess.run(
        [sys.executable, "-m", "qa_bot", "index"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    assert done.returncode == 2
    plan, error = done.stderr.splitlines()
    assert plan.startswith("plan: 60 added")
    assert "cannot be written" in error
