"""Sentences as arrays, and batches of sentences of one length."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from seqkit.models.tagger import TaggedBatch
from seqkit.models.token_vectors import Tokens
from seqkit.tasks.tagging.encoders import Encoder, States
from seqkit.tasks.tagging.sentences import Record
from seqkit.tasks.tagging.symbols import Symbols
from seqkit.text.batching import Ints, groups_of_one_length
from seqkit.text.wordforms import FormReader, WordForms, normal
from seqkit.train.distribution import bounds


@dataclass(frozen=True)
class Encoded:
    """S sentences of N tokens in all, end to end; sentence s has those from starts[s] on."""

    starts: Ints  # (S + 1,)
    words: Ints  # (N,)
    forms: Ints  # (N,): rows of `table`
    features: Ints  # (N, columns)
    tags: Ints  # (N,): -1 where unknown
    table: WordForms
    states: States | None  # (N, E): what language models make of each token
    again: Ints  # (N,): a number for each word that comes again in its document, -1: does not

    def __len__(self) -> int:
        """How many sentences there are."""
        return len(self.starts) - 1

    @cached_property
    def lengths(self) -> Ints:
        """How many tokens each sentence has, (S,)."""
        lengths: Ints = self.starts[1:] - self.starts[:-1]
        return lengths

    def tokens(self, chosen: Ints) -> Tokens:
        """Some sentences, all of one length T, as tensors."""
        at = self.at(chosen)  # (B, T)
        forms, table = self.forms[at], self.table
        if len(self) > 1:
            rows, forms = np.unique(forms, return_inverse=True)
            table = table.select(rows)
        arrays = (self.words[at], forms.reshape(at.shape), *table, self.features[at])
        tokens = Tokens(*map(torch.from_numpy, arrays))
        if self.states is None:
            return tokens
        return tokens._replace(states=torch.from_numpy(self.states[at]).float())  # (B, T, E)

    def batch(self, chosen: Ints, device: torch.device) -> TaggedBatch:
        """Some sentences, all of one length T, with their tags."""
        tags = torch.from_numpy(self.tags[self.at(chosen)])  # (B, T)
        return TaggedBatch(self.tokens(chosen).to(device), tags.to(device))

    def at(self, chosen: Ints) -> Ints:
        """The places of the tokens of some sentences of one length: (B, T)."""
        first = self.starts[chosen]
        at: Ints = first[:, None] + np.arange(self.lengths[chosen[0]])
        return at


def encode(
    sentences: Sequence[Record],
    symbols: Symbols,
    encoders: Sequence[Encoder] = (),
    reader: FormReader | None = None,
) -> Encoded:
    """Turn sentences into ids; unknown words, characters and features become `<unk>`.

    `reader`, kept from call to call, knows the forms that came before.
    """
    reader = reader or FormReader(symbols.characters)
    flat = [token for sentence in sentences for token in sentence.tokens]
    places: dict[str, int] = {}
    forms = [places.setdefault(token, len(places)) for token in flat]
    distinct = list(places)
    words = np.array(symbols.words.ids(map(normal, distinct)), np.int64)
    forms_of = np.array(forms, np.int64)
    lengths = [len(sentence.tokens) for sentence in sentences]
    return Encoded(
        starts=np.cumsum([0, *lengths]),
        words=words[forms_of],
        forms=forms_of,
        features=_columns(sentences, symbols, len(flat)),
        tags=np.array([t for s in sentences for t in symbols.tag_ids(s.tags)], np.int64),
        table=reader.read(distinct),
        states=_states(sentences, encoders),
        again=_again(sentences, len(flat)),
    )


def _again(sentences: Sequence[Record], size: int) -> Ints:
    """Numbers of the words that come twice or more in a document, in small letters: (N,)."""
    places: dict[tuple[int, str], list[int]] = {}
    begin = 0
    for sentence in sentences:
        if sentence.document is not None:
            for place, token in enumerate(sentence.tokens, start=begin):
                places.setdefault((sentence.document, token.lower()), []).append(place)
        begin += len(sentence.tokens)
    numbers = np.full(size, -1)
    for number, own in enumerate(own for own in places.values() if len(own) > 1):
        numbers[own] = number
    return numbers


def _states(sentences: Sequence[Record], encoders: Sequence[Encoder]) -> States | None:
    """The states of all language models side by side: (N, E)."""
    if not encoders:
        return None
    tokens = [sentence.tokens for sentence in sentences]
    return np.concatenate([encoder.states(tokens) for encoder in encoders], axis=1)


def _columns(sentences: Sequence[Record], symbols: Symbols, size: int) -> Ints:
    """The ids of the further columns: (N, columns)."""
    columns = [
        [id_ for sentence in sentences for id_ in vocabulary.ids(sentence.features[k])]
        for k, vocabulary in enumerate(symbols.features)
    ]
    return np.array(columns, np.int64).T.reshape(size, len(columns))


class EpochOfBatches:
    """The batches of one epoch, in random order that depends on seed and epoch alone."""

    def __init__(
        self, text: Encoded, tokens: int, device: torch.device, seed: Sequence[int]
    ) -> None:
        self.text, self.device = text, device
        generator = np.random.default_rng(seed)
        order = generator.permutation(len(text))
        groups = list(groups_of_one_length(text.lengths, order, tokens))
        self.groups = [groups[k] for k in generator.permutation(len(groups))]

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, k: int) -> TaggedBatch:
        return self.text.batch(self.groups[k], self.device)

    def share(self, k: int, part: int, parts: int) -> TaggedBatch | None:
        """One of `parts` parts of batch k; None where it is empty."""
        first, last = bounds(len(self.groups[k]), part, parts)
        return self.text.batch(self.groups[k][first:last], self.device) if last > first else None
