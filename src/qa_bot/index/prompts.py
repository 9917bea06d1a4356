"""A model's name -> what its authors put before queries and passages, where its files do not say.

Only for families that were trained with prefixes but mostly do not carry them in
`config_sentence_transformers.json`. Families that want none (bge-m3, gte, m3e, text2vec, MiniLM)
or carry their own (Qwen3-Embedding, mxbai, arctic, embeddinggemma) need no entry.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Prompts(NamedTuple):
    """What stands before a text."""

    query: str
    passage: str = ""


NONE = Prompts("")
_FAMILIES = (
    # github.com/FlagOpen/FlagEmbedding, 'Model List', query instruction for retrieval.
    (
        r"bge-(?:small|base|large)-zh(?!-noinstruct)",
        Prompts("为这个句子生成表示以用于检索相关文章："),
    ),
    (
        r"bge-(?:small|base|large)-en",
        Prompts("Represent this sentence for searching relevant passages: "),
    ),
    # Model cards of intfloat/multilingual-e5-large-instruct and intfloat/e5-mistral-7b-instruct.
    (
        r"\be5-.*instruct",
        Prompts(
            "Instruct: Given a web search query, retrieve relevant passages that answer the query\n"
            "Query: "
        ),
    ),
    # github.com/microsoft/unilm/tree/master/e5: 'query: ' and 'passage: ', for other languages too.
    (r"\be5-(?:small|base|large)", Prompts("query: ", "passage: ")),
)


def family_prompts(names: Iterable[str]) -> Prompts:
    """Return the prompts of the family that the first name to tell belongs to; else none.

    Args:
        names: What the model is called: as set, and in its files.
    """
    for name in names:
        for pattern, prompts in _FAMILIES:
            # Names keep their dashes as a folder too, but for case and underscores.
            if re.search(pattern, name.lower().replace("_", "-")):
                return prompts
    return NONE
