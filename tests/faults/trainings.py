"""The trainings that things go wrong in: one of every kind, of well under a second."""

import json
import pathlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.processes import Command, Ended, call
from tests.tasks import classified, pictured, tagged, texts, translated

RUN = "run"
"""The run folder, in the folder where a command begins."""


@dataclass(frozen=True)
class Kind:
    """A training, and what its run is used for afterwards.

    `write` writes so many sentences, texts or images and returns the file; `others` are the endings
    of the files beside it that the command is given, too.
    """

    command: str
    write: Callable[..., pathlib.Path]
    number: int
    settings: dict[str, Any]
    uses: tuple[Sequence[str], ...]
    others: tuple[str, ...] = ()
    stdin: str = ""


LANGUAGE = {**texts.SETTINGS, "epochs": 2, "dropout_words": 0.1, "average": 0.9}
CLASSIFIER = {**classified.SETTINGS, "epochs": 2, "precision": "fp32"}  # auto tries what is faster
SAMPLES = (("sample", RUN, "--num", "2", "--max-tokens", "8", "--json"),)
KINDS = {
    "language": Kind("train-lm", texts.write, 80, LANGUAGE, SAMPLES),
    "backward": Kind(
        *("train-lm", texts.write, 80),
        {**LANGUAGE, "cell": "gru", "direction": "backward", "optimizer": "asgd", "average": 0},
        SAMPLES,
    ),
    "tagger": Kind(
        *("train-tagger", tagged.write, 60, {**tagged.SETTINGS, "epochs": 2}),
        (("tag", RUN, "--json"),),
        stdin="Mara Kolb met Tilo in Lund .\n",
    ),
    "classifier": Kind(
        *("train-classifier", classified.write, 80, CLASSIFIER),
        (("classify", RUN, "--json"),),
        stdin="the soup was not grim .\n",
    ),
    "translator": Kind(
        *("train-translator", translated.write, 100),
        {**translated.SETTINGS, "epochs": 2, "scheduled_sampling": 0.2},
        (("translate", RUN, "--json"),),
        others=(".xx",),
        stdin="the red cat sees the dog.\n",
    ),
    "image": Kind(
        *("train-image", pictured.write, 120, {**pictured.SETTINGS, "epochs": 2, "shift": 1}),
        (("classify-image", RUN, "../images.npz", "--json"),),
    ),
    "word2vec": Kind(
        *("train-word2vec", texts.write, 80),
        {"dim": 8, "min_count": 1, "epochs": 3, "threads": 1, "device": "cpu"},
        (("neighbors", RUN, "fox", "--json"),),
    ),
}


class Training:
    """A kind of training on a text in `folder`, and what it ends with when nothing goes wrong.

    Every attempt has a folder of its own, in which the run is called RUN.
    """

    def __init__(self, name: str, folder: pathlib.Path, **settings: Any) -> None:
        self.name, self.kind, self.folder = name, KINDS[name], folder
        folder.mkdir(parents=True, exist_ok=True)
        self.text = self.kind.write(folder / "text.txt", self.kind.number)
        pictured.write(folder / "images", 8, seed=5)
        self.settings = {**self.kind.settings, **settings}
        self.peace = self.attempt()
        begin = time.monotonic()
        ended = self.train(self.peace)
        self.seconds = time.monotonic() - begin
        if ended.code:
            raise RuntimeError(f"{name} cannot even be trained in peace: {ended}")
        self.peak = ended.peak
        self.whole = dict(contents(self.peace / RUN))
        self.answers = [self.use(self.peace, use) for use in self.uses]

    @property
    def uses(self) -> list[Sequence[str]]:
        """The commands that use a finished run."""
        return [*self.kind.uses, ("inspect", RUN, "--json")]

    def attempt(self) -> pathlib.Path:
        """A new empty folder."""
        return pathlib.Path(tempfile.mkdtemp(prefix="attempt-", dir=self.folder))

    def command(self, *more: str) -> list[str]:
        """`seqkit train-… --out run --resume`: it begins, or goes on."""
        others = [str(self.text.with_suffix(ending)) for ending in self.kind.others]
        flags = [
            part
            for name, value in self.settings.items()
            for part in (f"--{name.replace('_', '-')}", str(value))
        ]
        given = [self.kind.command, str(self.text), *others, "--out", RUN, "--resume", "--quiet"]
        return [*given, "--json", *flags, *more]

    def begin(
        self, folder: pathlib.Path, prepare: Callable[[], None] = lambda: None, *more: str
    ) -> Command:
        """Begin it, or go on with it, in a process."""
        return Command(self.command(*more), folder, prepare)

    def train(self, folder: pathlib.Path, prepare: Callable[[], None] = lambda: None) -> Ended:
        """Begin it, or go on with it, to its end."""
        return self.begin(folder, prepare).wait()

    def use(self, folder: pathlib.Path, use: Sequence[str]) -> Ended:
        """Use the run in a folder."""
        return call(use, folder, stdin=self.kind.stdin)

    def forget(self, folder: pathlib.Path, well: bool = True) -> None:
        """Remove an attempt that went well."""
        if well:
            shutil.rmtree(folder)

    def answers_as_ever(self, folder: pathlib.Path) -> bool:
        """Whether the run there answers what that of peace does, clocks apart."""
        found = [self.use(folder, use) for use in self.uses]
        pairs = zip(found, self.answers, strict=True)
        return all(
            not a.code and _timeless_lines(a.out) == _timeless_lines(b.out) for a, b in pairs
        )

    def is_whole(self, folder: pathlib.Path) -> bool:
        """Whether the run there has the files, byte for byte, that it has in peace."""
        return (folder / RUN).exists() and dict(contents(folder / RUN)) == self.whole


CLOCK = ("second", "run")
"""What names of figures say that depend on the clock or on the name of the folder."""


def contents(run: pathlib.Path) -> Iterator[tuple[str, Any]]:
    """What the files of a run hold, but for what the clock decides, and the card."""
    for path in sorted(run.rglob("*")):
        name = str(path.relative_to(run))
        if path.is_dir() or name in ("README.md", "SHA256SUMS"):
            continue
        if name in ("metrics.json", "history.jsonl"):
            yield name, [timeless(json.loads(line)) for line in _values(path)]
        else:
            yield name, path.read_bytes()


def _timeless_lines(text: str) -> list[Any]:
    return [timeless(json.loads(line)) for line in text.splitlines()]


def _values(path: pathlib.Path) -> list[str]:
    text = path.read_text("utf-8")
    return text.splitlines() if path.suffix == ".jsonl" else [text]


def timeless(value: Any) -> Any:
    """A value out of JSON without what the clock decides."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if not any(part in k for part in CLOCK)}
        return {name: timeless(part) for name, part in kept.items()}
    return [timeless(part) for part in value] if isinstance(value, list) else value
