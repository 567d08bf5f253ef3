"""From the characters of words to vectors of words: by convolution, or by a recurrent net (G1)."""

import torch
from torch import Tensor, nn

from seqkit.layers.bidirectional import Bidirectional
from seqkit.layers.embedding import Embedding
from seqkit.layers.lstm import LSTM

PAD = 2
"""The id of padding."""


class CharacterCNN(nn.Module):
    """max over positions of W * [e<i-1>, e<i>, e<i+1>] + b (Ma & Hovy 2016, section 2.1).

    characters (F, C), those of F words padded at the right, -> vectors (F, H). Windows that are
    padding alone do not count.
    """

    width = 3

    def __init__(self, characters: int, embed: int, output_size: int) -> None:
        super().__init__()
        self.embedding = Embedding(characters, embed)
        nn.init.uniform_(self.embedding.weight, -0.3, 0.3)
        self.filters = nn.Linear(self.width * embed, output_size)
        self.output_size = output_size

    def forward(self, characters: Tensor) -> Tensor:
        """One product of all windows with the filters, then the largest of each word."""
        real = characters != PAD  # (F, C)
        if characters.device.type == "cpu" and not torch.is_grad_enabled():
            from seqkit.layers.fast.characters import convolve  # by numba, slow to import

            table, filters = self.embedding.weight, self.filters.weight
            return convolve(characters, real, table, filters) + self.filters.bias
        around = self.width // 2
        embedded = self.embedding(characters) * real[:, :, None]  # (F, C, D)
        padded = nn.functional.pad(embedded, (0, 0, around, around))  # (F, C + 2, D)
        windows = padded.unfold(1, self.width, 1).transpose(2, 3)  # (F, C, 3, D)
        scores = self.filters(windows.flatten(2))  # (F, C, H)
        best: Tensor = scores.masked_fill(~real[:, :, None], -torch.inf).amax(dim=1)
        return best


class CharacterRNN(nn.Module):
    """The last states of an LSTM in each direction, side by side (Lample et al. 2016).

    characters (F, C), those of F words padded at the right, -> vectors (F, H).
    """

    def __init__(self, characters: int, embed: int, output_size: int) -> None:
        super().__init__()
        if output_size % 2:
            raise ValueError(f"two directions share the width: it must be even, got {output_size}")
        self.embedding = Embedding(characters, embed)
        nn.init.uniform_(self.embedding.weight, -0.3, 0.3)
        self.net = Bidirectional(LSTM(embed, output_size // 2), LSTM(embed, output_size // 2))
        self.output_size = output_size

    def forward(self, characters: Tensor) -> Tensor:
        """a→ after the last character and a← after the first."""
        lengths = (characters != PAD).sum(dim=1)  # (F,)
        _, (forward, _, backward, _) = self.net(self.embedding(characters), lengths=lengths)
        return torch.cat([forward, backward], dim=1)


CHARACTER_ENCODERS: dict[str, type[CharacterCNN] | type[CharacterRNN]] = {
    "cnn": CharacterCNN,
    "rnn": CharacterRNN,
}
"""Both, by the names users type."""
