"""The reader's network in torch, for training; `answering/reader.py` computes it in numpy.

All windows of a batch lie in one row of tokens with zeros between them, so that a convolution is a
few products of shifted rows and nothing is padded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from qa_bot.answering.reader import GAP
from qa_bot.answering.reader_tokens import FEATURES, Text, Vocabulary

WIDTH = 96
KEYS = 64
DILATIONS = (1, 2, 4, 8, 1)  # of the convolutions; question and text meet after the first
TUNED = 1500  # words whose vectors are learnt; the others keep those of the embedding model


@dataclass(frozen=True)
class Row:
    """Texts as one row of tokens.

    Attributes:
        words: Numbers of the words, shape (tokens,).
        tags: Numbers of the parts of speech, shape (tokens,).
        characters: Numbers of the characters of all tokens.
        offsets: The first character of each token among them, shape (tokens,).
        places: Where the tokens lie between the zeros, shape (tokens,).
        length: With the zeros.
        padded: Places of each text's tokens, filled up with the last place, shape (texts, longest).
        is_token: What of it is no filling.
    """

    words: Tensor
    tags: Tensor
    characters: Tensor
    offsets: Tensor
    places: Tensor
    length: int
    padded: Tensor
    is_token: Tensor


def lay_out(texts: Sequence[Text], characters: np.ndarray) -> Row:
    """Lay texts out in one row."""
    counts = np.array([len(text.starts) for text in texts])
    firsts = np.cumsum(counts + GAP) - counts
    length = int(firsts[-1] + counts[-1] + GAP)
    places = np.concatenate([f + np.arange(n) for f, n in zip(firsts, counts, strict=True)])
    column = np.arange(counts.max())
    is_token = column < counts[:, None]
    padded = np.where(is_token, firsts[:, None] + column, length - 1)
    sizes = np.array([len(text.codes) for text in texts])
    shifts = np.cumsum(sizes) - sizes
    return Row(
        words=torch.from_numpy(np.concatenate([t.words for t in texts])).long(),
        tags=torch.from_numpy(np.concatenate([t.tags for t in texts])).long(),
        characters=torch.from_numpy(characters[np.concatenate([t.codes for t in texts])]).long(),
        offsets=torch.from_numpy(
            np.concatenate([t.starts + s for t, s in zip(texts, shifts, strict=True)])
        ).long(),
        places=torch.from_numpy(places),
        length=length,
        padded=torch.from_numpy(padded),
        is_token=torch.from_numpy(is_token),
    )


class Dropout(nn.Module):
    """Dropout from a cheap source of chance: torch's own took an eighth of the time."""

    def __init__(self, share: float, *, seed: int) -> None:
        """Leave out this share of the numbers."""
        super().__init__()
        self.least = round(256 * share)
        self._chance = np.random.default_rng(seed)

    def forward(self, values: Tensor) -> Tensor:
        """Return the values, in training some of them 0 and the rest larger."""
        if not self.training:
            return values
        drawn = np.frombuffer(bytearray(self._chance.bytes(values.numel())), dtype=np.uint8)
        kept = torch.from_numpy(drawn).view(values.shape) >= self.least
        return values * kept * (256 / (256 - self.least))


def activate(hidden: Tensor) -> Tensor:
    """Return relu(norm(h)), the norm being the root of the mean square."""
    return torch.relu(hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + 1e-6))


class Convolution(nn.Module):
    """One residual block: h + convolution(relu(norm(h))), three tokens wide."""

    def __init__(self, dilation: int) -> None:
        """Make one with random weights."""
        super().__init__()
        self.dilation = dilation
        self.linear = nn.Linear(3 * WIDTH, WIDTH)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return shape (length, width), zero where the mask is."""
        active = activate(hidden)
        zeros = active.new_zeros((self.dilation, WIDTH))
        around = torch.cat([zeros, active, zeros])
        n, d = len(active), self.dilation
        near = torch.cat([around[:n], active, around[2 * d : 2 * d + n]], dim=1)
        changed: Tensor = hidden + self.linear(near) * mask
        return changed


class Network(nn.Module):
    """Reads a question and windows of text; see `forward`."""

    def __init__(
        self, word_vectors: Tensor, *, tags: int, characters: int, dropout: float, seed: int
    ) -> None:
        """Make one with random weights.

        Args:
            word_vectors: Of the embedding model, shape (words, dimensions); row 0 is zero.
            tags: How many parts of speech there are.
            characters: How many characters there are.
            dropout: Share of the numbers that are left out in training.
            seed: Of these.
        """
        super().__init__()
        self.word_vectors: Tensor
        self.register_buffer("word_vectors", word_vectors)
        self.project = nn.Linear(word_vectors.shape[1], WIDTH, bias=False)
        nn.init.normal_(self.project.weight, std=1.0 / WIDTH**0.5 * 2)
        self.tuned = nn.Embedding(TUNED + 1, WIDTH, padding_idx=TUNED)
        self.characters = nn.EmbeddingBag(characters, WIDTH, mode="mean")
        self.tags = nn.Embedding(tags, WIDTH)
        for table, deviation in ((self.tuned, 0.01), (self.characters, 0.3), (self.tags, 0.3)):
            nn.init.normal_(table.weight, std=deviation)
        with torch.no_grad():
            self.tuned.weight[TUNED] = 0
        self.features = nn.Linear(FEATURES, WIDTH)
        self.asks = nn.Parameter(torch.zeros(WIDTH))
        self.blocks = nn.ModuleList(map(Convolution, DILATIONS))
        self.key = nn.Linear(WIDTH, KEYS)
        self.salience = nn.Linear(WIDTH, 1)
        self.fuse = nn.Linear(3 * WIDTH + FEATURES, WIDTH)
        self.tell = nn.Linear(WIDTH, 2 * WIDTH)
        self.heads = nn.Linear(WIDTH, 2 * WIDTH)
        self.pointers = nn.Linear(WIDTH, 2)
        self.whole = nn.Linear(2 * WIDTH, WIDTH)
        self.answerable = nn.Linear(WIDTH, 1)
        self.dropout = Dropout(dropout, seed=seed)

    def embed(self, row: Row) -> Tensor:
        """Return the sum of each token's vectors, shape (tokens, width)."""
        words = row.words
        if self.training:
            words = words * (torch.rand(words.shape) > 0.05)
        unique, inverse = torch.unique(words, return_inverse=True)
        vectors = self.project(self.word_vectors[unique]) + self.tuned(unique.clamp(max=TUNED))
        letters: Tensor = self.characters(row.characters, row.offsets)
        embedded: Tensor = vectors[inverse] + letters + self.tags(row.tags)
        return embedded

    def forward(
        self, questions: Row, texts: Row, features: Tensor, group_places: Tensor, owner: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Read windows, each with its question.

        Args:
            questions: One text a question.
            texts: The windows of the questions, those of one question in a row.
            features: As `reader_tokens.match` gives them, shape (tokens, features).
            group_places: Places of the tokens of each question's windows, filled up as in `Row`,
                shape (questions, longest).
            owner: Number of each window's question, shape (windows,).

        Returns:
            How likely each token is the first, and the last, of the answer: log odds against there
            being none, each of shape (length of *texts*,).
        """
        asked = self._laid(questions, self.embed(questions) + self.asks)
        asked_mask = self._mask(questions)
        asked = self.blocks[0](asked, asked_mask)
        mask = self._mask(texts)
        hidden = self._laid(texts, self.embed(texts) + self.features(features))
        hidden = self.blocks[0](hidden, mask)

        words = asked[questions.padded]  # (questions, longest, width)
        weights = self.salience(words).squeeze(-1).masked_fill(~questions.is_token, -1e4)
        summary = (weights.softmax(-1).unsqueeze(1) @ words).squeeze(1)
        # Attention, for all windows of a question at once.
        keys = self.key(asked)[questions.padded]
        sought = self.key(hidden)[group_places]
        scores = sought @ keys.transpose(1, 2) / KEYS**0.5
        scores = scores.masked_fill(~questions.is_token.unsqueeze(1), -1e4)
        aligned = scores.softmax(-1) @ words
        answer = torch.zeros_like(hidden).index_put((group_places,), aligned) * mask
        laid = torch.zeros(texts.length, FEATURES).index_put((texts.places,), features)
        fused = self.fuse(torch.cat([hidden, answer, hidden * answer, laid], dim=1))
        by_place = torch.zeros(texts.length, dtype=torch.long)
        by_place[texts.padded] = owner.unsqueeze(1)
        scale, shift = self.tell(summary)[by_place].chunk(2, dim=-1)
        hidden = self.dropout((fused * (1 + scale) + shift) * mask)
        for block in list(self.blocks)[1:]:
            hidden = self.dropout(block(hidden, mask))
        normed = activate(hidden)

        inside = normed[texts.padded].masked_fill(~texts.is_token.unsqueeze(-1), 0.0)
        pooled = inside.amax(dim=1)  # nothing is below 0
        whole = torch.relu(self.whole(torch.cat([pooled, summary[owner]], dim=1)))
        bias = torch.zeros(texts.length)
        bias = bias.index_put((texts.padded,), self.answerable(whole).expand(texts.padded.shape))
        heads = self.heads(summary)[by_place].view(-1, 2, WIDTH)
        logits = (heads @ normed.unsqueeze(-1)).squeeze(-1) / WIDTH**0.5 + self.pointers(normed)
        first, last = (logits + bias.unsqueeze(1)).unbind(1)
        return first, last

    def export(self, vocabulary: Vocabulary) -> dict[str, np.ndarray]:
        """Return the weights as `qa_bot.answering.reader.Reader` takes them.

        A word's vector is one row of bytes with its scale; all else is in float16.
        """
        state = {name: value.detach().numpy() for name, value in self.state_dict().items()}
        vectors = state.pop("word_vectors") @ state.pop("project.weight").T
        tuned = state.pop("tuned.weight")[:TUNED]
        vectors[:TUNED] += tuned[: len(vectors)]
        scales = np.abs(vectors).max(axis=1) / 127 + 1e-9
        state["characters"] = state.pop("characters.weight")
        state["tags"] = state.pop("tags.weight")
        codes = np.flatnonzero(vocabulary.characters)
        codes = codes[np.argsort(vocabulary.characters[codes])]
        return {
            **{name: value.astype(np.float16) for name, value in state.items()},
            "words": np.rint(vectors / scales[:, None]).astype(np.int8),
            "word_scales": scales.astype(np.float32),
            "dilations": np.array(DILATIONS, dtype=np.uint8),
            "word_forms": np.frombuffer("\n".join(vocabulary.words).encode(), dtype=np.uint8),
            "tag_forms": np.frombuffer("\n".join(vocabulary.tags).encode(), dtype=np.uint8),
            "character_forms": codes.astype(np.uint16),
            "rarity": vocabulary.rarity.astype(np.float16),
        }

    @staticmethod
    def _laid(row: Row, vectors: Tensor) -> Tensor:
        return torch.zeros(row.length, WIDTH).index_put((row.places,), vectors)

    @staticmethod
    def _mask(row: Row) -> Tensor:
        mask = torch.zeros(row.length, 1)
        mask[row.places] = 1.0
        return mask
