"""Trained language models as readers of sentences: their states are features of tokens (G3)."""

import functools
import os
import pathlib
import re
import shutil
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from seqkit.tasks import language
from seqkit.tasks.runs import Run
from seqkit.text.backward import Backward
from seqkit.text.batching import groups_of_one_length

States = npt.NDArray[np.float16]

TOKENS = 4_000
"""Pieces of a batch of sentences."""
SPECIAL = 2
"""Types of a vocabulary, the first ones, that are no text."""
FORMS = 1 << 16
"""Tokens whose pieces are remembered."""
PARTS = ("config.json", "vocabulary.json", "tokenizer.json", "model.safetensors")
"""The files of a language model's run that reading needs."""


class Encoder:
    """A language model that reads a sentence word by word; its state after each is (H,) numbers.

    A model that reads backward gives what it knows from the right. The model is given a token as
    it was taught to read: in small letters if it knows those better than the token as it is
    written, and with spaces for characters that it never saw (signs, digits, where its text had
    none). What no piece is left of is passed over, and the state stays; other unknown pieces are
    `<unk>`.
    """

    def __init__(self, trained: language.TrainedLanguageModel) -> None:
        self.trained = trained
        tokenizer, vocabulary = trained.tokenizer, trained.vocabulary
        plain = tokenizer.tokenizer if isinstance(tokenizer, Backward) else tokenizer
        self._split = plain.tokens
        numbered = list(zip(vocabulary.types, vocabulary.counts, strict=True))
        self._taught = {piece: id_ for id_, (piece, count) in enumerate(numbered) if count}
        self._characters = {c for piece, count in numbered[SPECIAL:] if count for c in piece}
        self._pieces = functools.lru_cache(FORMS)(self._cut)

    @property
    def width(self) -> int:
        """H, the width of the top layer."""
        width: int = self.trained.model.stack.layers[-1].output_size  # type: ignore[assignment]
        return width

    @torch.no_grad()
    def states(self, sentences: Sequence[Sequence[str]]) -> States:
        """The states at all tokens of all sentences, end to end: (N, H)."""
        read = [self._read(tokens) for tokens in sentences]
        starts = np.cumsum([0, *map(len, sentences)])
        found = np.empty((int(starts[-1]), self.width), np.float16)
        lengths = np.array([len(ids) for ids, _ in read])
        for chosen in groups_of_one_length(lengths, range(len(read)), TOKENS):
            outputs = self._outputs([read[sentence][0] for sentence in chosen])  # (B, T, H)
            for row, sentence in zip(outputs, chosen, strict=True):
                found[starts[sentence] : starts[sentence + 1]] = row[read[sentence][1]]
        return found

    def _outputs(self, rows: Sequence[Sequence[int]]) -> States:
        model = self.trained.model
        ids = torch.tensor(rows, device=model.output_bias.device)  # (B, T)
        outputs, _ = model(ids, model.initial(len(rows)))
        states: States = outputs.half().cpu().numpy()
        return states

    def _read(self, tokens: Sequence[str]) -> tuple[list[int], list[int]]:
        """Ids in the order of reading, `<eos>` first, and which of them is the last of each token.

        A token that is passed over has that of the token read before it.
        """
        backward = self.trained.backward
        order = range(len(tokens))
        ids, last = [self.trained.vocabulary.eos], [0] * len(tokens)
        for place in reversed(order) if backward else order:
            pieces = self._pieces(tokens[place], place == 0)
            ids += reversed(pieces) if backward else pieces
            last[place] = len(ids) - 1
        return ids, last

    def _cut(self, token: str, first: bool) -> list[int]:
        """The ids of what a token is cut into, of it as it is written if not less is known then."""
        ways = [self._cut_form(form, first) for form in (token, token.lower())]
        _, pieces = min(ways, key=lambda way: (way[0], sum(p not in self._taught for p in way[1])))
        return [self._taught.get(piece, self.trained.vocabulary.unk) for piece in pieces]

    def _cut_form(self, form: str, first: bool) -> tuple[int, list[str]]:
        """How many characters are lost, and the pieces of the others, with a space before them.

        The first token of a sentence has none, unless it would fall into more pieces without.
        """
        kept = "".join(c if self._is_known(c) else " " for c in form)
        lost = sum(c != d for c, d in zip(form, kept, strict=True))
        if not kept.strip():
            return lost, []
        text = " ".join(kept.split())
        ways = [text, " " + text] if first else [" " + text]
        return lost, min((list(self._split(way)) for way in ways), key=len)

    def _is_known(self, character: str) -> bool:
        """Whether the training text had it; pieces of subwords may print it as several."""
        return all(c in self._characters for piece in self._split(character) for c in piece)


def load_encoder(path: str | os.PathLike[str], device: str = "auto") -> Encoder:
    """The language model of a run; ValueError names a folder that is none."""
    try:
        return Encoder(language.load(path, device))
    except ValueError as error:
        raise ValueError(f"--encoder {error}") from error


def keep_encoders(run: Run, paths: Sequence[str]) -> None:
    """Copy what is needed of language models into a run, so that it stands alone."""
    for number, path in enumerate(paths, start=1):
        folder = run.encoders / str(number)
        folder.mkdir(parents=True)
        for name in PARTS:
            part = pathlib.Path(path, name)
            if part.exists():
                shutil.copyfile(part, folder / name)


def kept_encoders(run: Run, device: str = "auto") -> list[Encoder]:
    """The language models in a run, in their order."""
    return [load_encoder(folder, device) for folder in encoder_folders(run)]


def encoder_folders(run: Run) -> list[pathlib.Path]:
    """The folders of the language models in a run, in order; ValueError for anything else there."""
    if not run.encoders.is_dir():
        return []
    found = list(run.encoders.iterdir())
    for path in (run.encoders, *found):
        if path.is_symlink() or not path.is_dir():
            raise ValueError(f"{path}: is no folder of its own; copy the language model there")
    for path in found:
        if not re.fullmatch("[1-9][0-9]{0,3}", path.name):
            raise ValueError(f"{path}: is no language model of the run, which have numbers")
    return sorted(found, key=lambda path: int(path.name))
