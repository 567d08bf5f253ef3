"""The page of the cells and its pictures, from the docstrings and the source of the cells.

What people wrote stands in cells.template.md; lines `<!-- insert NAME -->` there are filled here.
"""

import functools
import inspect
import json
import pathlib
import re
import tempfile
import textwrap

from pictures import PICTURES

from seqkit.layers import (
    CELLS,
    Bidirectional,
    Cell,
    LayerNorm,
    RecurrentDropout,
    Stack,
    WeightDrop,
    Zoneout,
)
from seqkit.report.figure import save_figure

ROOT = pathlib.Path(inspect.getfile(Cell)).parents[2]
NOTE = """\
<!-- Made by docs/generate.py: edit cells.template.md and docstrings, not this. -->
<!-- fmt: off -->

"""
AROUND = {
    "wrappers": (WeightDrop, RecurrentDropout, LayerNorm, Zoneout),
    "layers": (Bidirectional, Stack),
}
MEANINGS = {
    "input_weight": "the columns of every W that multiply x<t>",
    "recurrent_weight": "the columns of every W that multiply the state before",
    "bias": "every b",
    "recurrent_bias": "b_cc",
    "peephole_weight": "what multiplies c<t-1> in the gates: the columns of W, or p",
}
D, H = 11, 13  # widths that no other number in a shape can be mistaken for


def files(folder: pathlib.Path) -> dict[str, bytes]:
    """The page and a picture a cell, by name in `folder`, where the template and results are."""
    inserts = {
        "overview": overview(),
        "cells": "\n".join(section(name, cell) for name, cell in CELLS.items()),
        "memory": memory(folder),
        **{name: "\n".join(map(around, classes)) for name, classes in AROUND.items()},
    }
    page = (folder / "cells.template.md").read_text("utf-8")
    for name, text in inserts.items():
        page = page.replace(f"<!-- insert {name} -->\n", text)
    assert "<!-- insert" not in page
    pictures = {f"cells/{name}.svg": drawn(name) for name in CELLS}
    return {"cells.md": (NOTE + page).encode(), **pictures}


@functools.cache
def drawn(name: str) -> bytes:
    """The picture of a cell as SVG, the same bytes every time."""
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch) / "cell.svg"
        save_figure(path, PICTURES[name].draw, PICTURES[name].inches)
        return path.read_bytes()


def overview() -> str:
    """A table of all cells."""
    lines = ["| cell | `--cell` | item | state | parameters | D = H = 200 |", "| --- " * 6 + "|"]
    for name, cell in CELLS.items():
        state = cited(r"The state is \((.+?),?\)", cell)
        formula, number = count(cell)
        link = f"[{cell.__name__}](#{cell.__name__.lower()})"
        lines.append(f"| {link} | `{name}` | {item(cell)} | {state} | {formula} | {number:,} |")
    return "\n".join(lines) + "\n"


def section(name: str, cell: type[Cell]) -> str:
    """All about one cell: equation, picture, code, parameters."""
    summary, equation, *rest = paragraphs(cell)
    lines = equation.rstrip(".").replace(";  ", ";\n").replace("; ", ";\n")
    path = pathlib.Path(inspect.getfile(cell)).relative_to(ROOT)
    parts = [
        f"### {cell.__name__}",
        f"`--cell {name}` · `seqkit.layers.{cell.__name__}` · {item(cell)} · "
        f"[{path.name}](../{path.as_posix()})",
        escaped(summary),
        f"```text\n{lines}\n```",
        f"![{PICTURES[name].described}](cells/{name}.svg)",
        f"```python needs=source\n{source(cell)}```",
        parameters(cell),
        *map(escaped, rest),
    ]
    return "\n\n".join(parts) + "\n"


def paragraphs(cls: type) -> list[str]:
    """The paragraphs of a docstring, each in one line."""
    return [" ".join(text.split("\n")) for text in (inspect.getdoc(cls) or "").split("\n\n")]


def item(cell: type[Cell]) -> str:
    """The item number that a docstring cites, such as C3'."""
    return cited(r"\((C\d'?(?:, diagonal)?)", cell)


def cited(pattern: str, cell: type[Cell]) -> str:
    """What the docstring of a cell says where the pattern has its group."""
    found = re.search(pattern, inspect.getdoc(cell) or "")
    assert found is not None, f"the docstring of {cell.__name__} has nothing like {pattern}"
    return found[1]


def source(cell: type[Cell]) -> str:
    """The code of a step: what the class defines beside its constructor, state and weights."""
    beside = {"__init__", "initial", "weights"}
    own = [
        value
        for cls in cell.__mro__[: cell.__mro__.index(Cell)]
        for name, value in vars(cls).items()
        if inspect.isfunction(value) and name not in beside
    ]
    texts = [textwrap.dedent(inspect.getsource(function)) for function in own]
    return re.sub(r"  # type: ignore.*", "", "\n\n".join(texts))


def parameters(cell: type[Cell]) -> str:
    """A table of the parameters of a cell and their number."""
    lines = ["| parameter | shape | what |", "| --- " * 3 + "|"]
    for name, parameter in cell(D, H).named_parameters():
        shape = ", ".join(map(letters, parameter.shape))
        lines.append(f"| `{name}` | ({shape}) | {escaped(MEANINGS[name])} |")
    formula, number = count(cell)
    return "\n".join(lines) + f"\n\n{formula} numbers: {number:,} where D = H = 200."


def letters(size: int) -> str:
    """A size in terms of D and H."""
    return "D" if size == D else times(size // H, "H")


def count(cell: type[Cell]) -> tuple[str, int]:
    """The number of parameters as a formula, and for D = H = 200."""
    powers = {"HD": 0, "H²": 0, "H": 0}
    for parameter in cell(D, H).parameters():
        rows, *columns = parameter.shape
        power = "H" if not columns else "HD" if columns == [D] else "H²"
        powers[power] += rows // H
    formula = " + ".join(times(factor, power) for power, factor in powers.items())
    return formula, sum(factor * 200 ** len(power) for power, factor in powers.items())


def times(factor: int, letter: str) -> str:
    """3H for 3 and H, H for 1 and H."""
    return letter if factor == 1 else f"{factor}{letter}"


def around(cls: type) -> str:
    """A wrapper or a layer of cells: its signature and its docstring."""
    taken = inspect.signature(cls).parameters.values()
    arguments = ", ".join(str(one.replace(annotation=one.empty)) for one in taken)
    text = "\n\n".join(map(escaped, paragraphs(cls)))
    return f"### {cls.__name__}\n\n`{cls.__name__}({arguments})`\n\n{text}\n"


def escaped(text: str) -> str:
    """Text in which Markdown sees nothing but `code`."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(
        p if p.startswith("`") else re.sub(r"([*_\[\]~|])", r"\\\1", p.replace("<", "&lt;"))
        for p in pieces
    )


def memory(folder: pathlib.Path) -> str:
    """The results of the long-memory test, once it has been run here."""
    path = folder / "memory.json"
    if not path.exists():
        return ""
    picture = "![Share of the baseline's loss by lag](memory.svg)\n\n"
    rows = json.loads(path.read_text("utf-8"))["summary"]
    tables = [table(rows, problem) for problem in dict.fromkeys(row["problem"] for row in rows)]
    return picture * (folder / "memory.svg").exists() + "\n".join(tables)


def table(rows: list[dict], problem: str) -> str:
    """One problem: cells down, lags across, the median share and how many seeds solved it."""
    found = {(r["cell"], r["lag"]): r for r in rows if r["problem"] == problem}
    lags = sorted({lag for _, lag in found})
    lines = [
        f"| {problem}, lag | " + " | ".join(map(str, lags)) + " |",
        "| --- " * (len(lags) + 1) + "|",
    ]
    for cell in dict.fromkeys(cell for cell, _ in found):
        texts = [
            f"{r['share']:.2f} ({r['solved']}/{r['seeds']})" if r else "-"
            for r in (found.get((cell, lag)) for lag in lags)
        ]
        lines.append(f"| `{cell}` | " + " | ".join(texts) + " |")
    return "\n".join(lines) + "\n"
