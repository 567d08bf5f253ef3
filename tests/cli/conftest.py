"""Commands run in this process, and one tiny run that all tests of commands share."""

import dataclasses
import io

import pytest

from seqkit.cli.main import run
from tests.tasks import texts
from tests.unsealed import unsealed


def flags(**changes):
    """The options of a training of a second; None leaves one out."""
    options = {**texts.SETTINGS, **changes}
    return [
        part
        for name, value in options.items()
        if value is not None
        for part in (f"--{name.replace('_', '-')}", str(value))
    ]


@dataclasses.dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def error(self):
        """The one line that says what went wrong; nothing else may be on either stream."""
        assert "Traceback" not in self.err and self.out == "", self
        assert self.err.startswith("Error: ") and self.err.count("\n") == 1, self.err
        return self.err.removeprefix("Error: ").rstrip("\n")

    @property
    def usage_error(self):
        """The same, below the usage that click shows where the options themselves are wrong."""
        assert "Traceback" not in self.err and self.out == "", self
        last = self.err.rstrip("\n").split("\n")[-1]
        assert self.code == 2 and last.startswith("Error: "), self.err
        return last


@pytest.fixture
def seqkit(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder: seqkit("score", RUN, stdin="text")."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments, stdin=""):
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Result(code, *capsys.readouterr())

    return call


@pytest.fixture
def train(seqkit):
    """Train the tiny model: train(TEXT, "--out", RUN, epochs=5)."""

    def call(text, *arguments, **changes):
        return seqkit("train-lm", text, *flags(**changes), *arguments)

    return call


@pytest.fixture(scope="session")
def text(tmp_path_factory):
    """A file of sentences."""
    return texts.write(tmp_path_factory.mktemp("text") / "sentences.txt")


@pytest.fixture(scope="session")
def trained(tmp_path_factory, text):
    """The folder of a finished run on `text`; tests must not change it."""
    folder = tmp_path_factory.mktemp("runs") / "lm"
    assert run(["train-lm", str(text), *flags(), "--out", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture
def run_copy(trained, tmp_path):
    """A copy of that run, to be damaged."""
    return unsealed(trained, tmp_path / "copy")
