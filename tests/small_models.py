"""Models of a few kilobytes, made as sentence-transformers and transformers save them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def save_static(folder: Path, prompts: dict[str, str] | None = None) -> None:
    """Save a static model of four words."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {"[UNK]": 0, "gear": 1, "law": 2, "query": 3}
    words = models.WordLevel(vocabulary, unk_token="[UNK]")  # noqa: S106 # a token, no password
    tokenizer = Tokenizer(words)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)
    static = StaticEmbedding(tokenizer, embedding_weights=table)
    SentenceTransformer(modules=[static], device="cpu", prompts=prompts).save(str(folder))


def save_transformer(
    folder: Path, words: Iterable[str], *, prompts: dict[str, str] | None = None
) -> None:
    """Save a BERT of one layer with random weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertModel

    torch.manual_seed(0)
    parts = folder.with_name(f"{folder.name}-parts")
    config = _config(words, parts)
    BertModel(config).save_pretrained(parts)
    transformer = Transformer(str(parts))
    pooling = Pooling(config.hidden_size)
    SentenceTransformer(modules=[transformer, pooling], device="cpu", prompts=prompts).save(
        str(folder)
    )


def save_cross_encoder(folder: Path, words: Iterable[str], *, liked: str, scores: int = 1) -> None:
    """Save a cross-encoder that scores a passage by the share of one word in it.

    Every token attends to all alike, and only the word liked has an embedding.
    """
    import torch
    from transformers import BertForSequenceClassification

    config = _config(words, folder, num_labels=scores, layer_norm_eps=1.0)
    model: Any = BertForSequenceClassification(config)
    same = torch.eye(config.hidden_size)
    direction = torch.zeros(config.hidden_size)
    direction[0], direction[1] = 1.0, -1.0
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "LayerNorm.weight" not in name:
                weight.zero_()
            if "value.weight" in name or ("output.dense.weight" in name and "attention" in name):
                weight.copy_(same)
        number = (*_SPECIAL, *words).index(liked)
        model.bert.embeddings.word_embeddings.weight[number] = 4 * direction
        model.bert.pooler.dense.weight.copy_(same)
        model.classifier.weight[:] = direction
    model.save_pretrained(folder)


def _config(words: Iterable[str], folder: Path, **options: Any) -> Any:
    """Save a tokenizer for these words, in lower case, and return a configuration for it."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, PreTrainedTokenizerFast

    wrap: Any = PreTrainedTokenizerFast  # untyped

    vocabulary = {word: number for number, word in enumerate((*_SPECIAL, *words))}
    level = models.WordLevel(vocabulary, unk_token="[UNK]")  # noqa: S106 # a token, no password
    tokenizer = Tokenizer(level)
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    wrap(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",  # noqa: S106
        pad_token="[PAD]",  # noqa: S106
        cls_token="[CLS]",  # noqa: S106
        sep_token="[SEP]",  # noqa: S106
        mask_token="[MASK]",  # noqa: S106
        model_max_length=128,
    ).save_pretrained(folder)
    return BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=16,
        num_attention_heads=1,
        num_hidden_layers=1,
        max_position_embeddings=128,
        **options,
    )
