"""Writes the golden runs and their answers anew: `python -m tests.golden`.

Only when the format of run folders has a new version, whose number then differs; until then what
lies here must go on to open as it is.
"""

import contextlib
import io
import json
import pathlib
import shutil
import tempfile

from seqkit.cli.main import run
from tests.fuzz import small_runs
from tests.golden.asking import ASKED, HERE, answers


def main() -> None:
    """Train each kind in a folder of its own, so that no run knows a path of this machine."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        folder = pathlib.Path()
        for kind in ASKED:
            make(folder, kind)
            shutil.rmtree(HERE / kind, ignore_errors=True)
            shutil.copytree(folder / kind, HERE / kind)
        shutil.copy("x-images-idx3-ubyte.gz", HERE)
    found = {kind: answers(kind) for kind in ASKED}
    text = json.dumps(found, indent=1, ensure_ascii=False)
    (HERE / "answers.json").write_text(text + "\n", "utf-8")


def make(folder: pathlib.Path, kind: str) -> None:
    """Train one kind; taggers without their hashed features, which take megabytes."""
    if kind not in ("tagger", "reader"):
        small_runs.train(folder, kind)
        return
    columns = folder / "names.conll"
    columns.write_text(small_runs.as_columns(small_runs.sentences(40)))
    encoder = ["--encoder", "language"] if kind == "reader" else []
    given = ["train-tagger", str(columns), *small_runs.NET, "--no-wide", "--no-affixes", *encoder]
    with contextlib.redirect_stdout(io.StringIO()):
        assert run([*given, "--quiet", "--out", kind]) == 0


if __name__ == "__main__":
    main()
