"""What the golden runs are asked, and what they answer."""

import contextlib
import io
import json
import pathlib
import sys
from typing import Any

from seqkit.cli.main import run

HERE = pathlib.Path(__file__).parent
TEXT = "the red fox sees a small lamp .\nthe old miller likes a wet stone .\n"
NAMES = "Mara Kolb met Tilo in New Arden .\n"
IMAGES = str(HERE / "x-images-idx3-ubyte.gz")
ASKED = {
    "language": (["score", "RUN", "-", "--json"], TEXT),
    "subwords": (["score", "RUN", "-", "--json"], TEXT),
    "tagger": (["tag", "RUN", "-", "--json"], NAMES),
    "reader": (["tag", "RUN", "-", "--json"], NAMES),
    "linear": (["classify", "RUN", "-", "--json"], TEXT),
    "averaged": (["classify", "RUN", "-", "--json"], TEXT),
    "wide": (["classify", "RUN", "-", "--json"], TEXT),
    "tuned": (["classify", "RUN", "-", "--json"], TEXT),
    "translator": (["translate", "RUN", "-", "--json", "--greedy"], "one two three\n"),
    "images": (["classify-image", "RUN", IMAGES, "--index", "1", "--json"], ""),
    "siamese": (["inspect", "RUN", "--json"], ""),
    "words": (["neighbors", "RUN", "fox", "--json"], ""),
}
"""A command for each kind of run, and its input; RUN stands for the folder."""
UNSTABLE = {"image", "run", "place"}
"""What hangs on the place of a file or on the machine."""


def answers(kind: str) -> list[Any]:
    """What a golden run prints, an object a line."""
    words, text = ASKED[kind]
    given = [str(HERE / kind) if word == "RUN" else word for word in words]
    before, printed = sys.stdin, io.StringIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8")
    try:
        with contextlib.redirect_stdout(printed):
            code = run(given)
    finally:
        sys.stdin = before
    assert code == 0, kind
    return [_stable(json.loads(line)) for line in printed.getvalue().splitlines()]


def _stable(value: Any) -> Any:
    """The same without what is unstable."""
    if isinstance(value, dict):
        return {key: _stable(v) for key, v in value.items() if key not in UNSTABLE}
    return [_stable(v) for v in value] if isinstance(value, list) else value
