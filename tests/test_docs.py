"""The page of the cells is fresh, its examples work, and its pictures compute what the cells do."""

import importlib
import itertools
import pathlib
import re
import shlex
import shutil
import sys

import pytest
import torch

import seqkit.layers
from seqkit.cli.train_lm import command as train_lm
from seqkit.layers import CELLS

DOCS = pathlib.Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "cells.md").read_text("utf-8")


@pytest.fixture(scope="module")
def modules():
    """The modules generate and pictures, imported as the script imports them."""
    sys.path.insert(0, str(DOCS))
    try:
        yield importlib.import_module("generate"), importlib.import_module("pictures")
    finally:
        sys.path.remove(str(DOCS))
        for name in ("generate", "pictures", "drawing"):
            sys.modules.pop(name, None)


def test_the_page_and_its_pictures_are_fresh(modules):
    """Byte by byte; if this fails, run `make docs` and look at what has changed."""
    generate, _ = modules
    generate.main(["--check"])


def test_whatever_is_stale_is_found_and_mended(modules, tmp_path, monkeypatch):
    generate, _ = modules
    copy = tmp_path / "docs"
    shutil.copytree(DOCS, copy)
    monkeypatch.setattr(generate, "FOLDER", copy)
    (copy / "cells.md").write_text(PAGE.replace("tanh", "sin", 1), "utf-8")
    (copy / "cells/rnn.svg").write_bytes(b"<svg/>")
    (copy / "cells/gru.svg").unlink()
    (copy / "cells/old.svg").write_bytes(b"<svg/>")
    with pytest.raises(SystemExit) as told:
        generate.main(["--check"])
    wanted = "cells.md, cells/gru.svg, cells/old.svg, cells/rnn.svg"
    assert told.value.code == f"docs/ is stale: {wanted}; run python docs/generate.py"
    generate.main([])
    generate.main(["--check"])
    assert (copy / "cells.md").read_text("utf-8") == PAGE
    assert not (copy / "cells/old.svg").exists()


def test_results_of_the_memory_test_become_a_table(modules, tmp_path):
    generate, _ = modules
    assert generate.memory(tmp_path) == ""
    row = '{"problem": "adding", "cell": "%s", "lag": %d, "share": 0.034, "solved": 2, "seeds": 3}'
    rows = ", ".join(row % pair for pair in [("rnn", 10), ("gru", 10), ("gru", 25)])
    (tmp_path / "memory.json").write_text(f'{{"summary": [{rows}]}}')
    lines = generate.memory(tmp_path).splitlines()
    assert lines[0] == "| adding, lag | 10 | 25 |"
    assert lines[2:] == ["| `rnn` | 0.03 (2/3) | - |", "| `gru` | 0.03 (2/3) | 0.03 (2/3) |"]


def test_everything_that_layers_offer_is_on_the_page():
    named = set(seqkit.layers.__all__) - {"CELLS", "Cell", "Weights"}
    assert named <= set(re.findall(r"^### (\w+)$", PAGE, re.M)) | set(re.findall(r"`(\w+)", PAGE))
    assert [name for name in CELLS if f"`--cell {name}`" not in PAGE] == []


def test_its_links_lead_somewhere():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", PAGE)
    assert len(links) > 2 * len(CELLS)
    assert [link for link in links if not (DOCS / link).exists()] == []


def test_its_programs_run():
    programs = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)
    examples = [text for text in programs if text.startswith("import")]
    assert len(examples) == 3
    for text in examples:
        torch.manual_seed(0)
        exec(compile(text, "cells.md", "exec"), {})


def test_its_commands_exist():
    block = re.search(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S)
    for line in block[1].splitlines():
        program, name, *words = shlex.split(line)
        assert (program, name) == ("seqkit", "train-lm")
        assert train_lm.make_context(name, words).params["cell"] in CELLS


@pytest.mark.parametrize("name", CELLS)
def test_the_picture_computes_what_the_cell_does(modules, name):
    """Values run along the wires of the picture; what leaves must be the state after a step."""
    _, pictures = modules
    torch.manual_seed(0)
    cell = CELLS[name](3, 5).double()
    for parameter in cell.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(1, 3, dtype=torch.float64)
    before = tuple(torch.randn_like(tensor) for tensor in cell.initial(1))
    weights = cell.weights(1)
    after = cell.step(weights.project(x), before, weights)
    ports = dict(zip(("a", "c") if len(before) == 2 else (_memory(name),), before, strict=True))
    values = {f"{port} before": tensor[0] for port, tensor in ports.items()} | {"x": x[0]}
    flow = Flow(pictures.PICTURES[name], _matrices(cell), values)
    for port, tensor in zip(ports, after, strict=True):
        torch.testing.assert_close(flow.value(port), tensor[0], rtol=1e-12, atol=1e-12)


def _memory(name):
    return "c" if name.startswith("gru") else "a"


def _matrices(cell):
    """W_u, b_u, p_u … of a cell, in the order of rows that its docstring tells."""
    order = re.search(
        r"rows of the weights are\s+([^.]+?)(?:,\s+as torch's)?\.", type(cell).__doc__
    )
    letters = re.findall(r"(?<=_)\w|c(?=~)", order[1]) if order else ["a"]
    H, found = cell.hidden_size, {}
    assert len(letters) == cell.gates
    peepholes = getattr(cell, "peephole_weight", None)
    for row, letter in enumerate(letters):
        rows = slice(row * H, (row + 1) * H)
        recurrent, own = cell.recurrent_weight[rows], cell.input_weight[rows]
        seen = [] if peepholes is None or letter == "c" else [peepholes[rows]]
        full = seen if seen and seen[0].dim() == 2 else []
        found[f"W_{letter}"] = torch.cat([recurrent, own, *full], dim=1)
        found[f"b_{letter}"] = cell.bias[rows]
        if seen and not full:
            found[f"p_{letter}"] = seen[0]
    if hasattr(cell, "recurrent_bias"):
        found |= {"W_{cc}": recurrent, "W_{cx}": own, "b_{cc}": cell.recurrent_bias}
    return found


FUNCTIONS = {"σ": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu, "": lambda z: z}


class Flow:
    """The value that leaves each node of a picture, found by following the wires backward."""

    def __init__(self, picture, matrices, values):
        self.picture, self.matrices, self.values = picture, matrices, values

    def value(self, name):
        if name not in self.values:
            wires = [wire for wire in self.picture.wires if wire.path[-1] == name]
            inputs = [self.value(self.source(wire)) for wire in wires]
            self.values[name] = self.compute(self.picture.nodes[name], inputs)
        return self.values[name]

    def source(self, wire):
        """The node that a wire begins at, or that of the wire it branches off."""
        start = wire.path[0]
        if isinstance(start, str):
            return start
        on = {self.source(other) for other in self.picture.wires if self.lies_on(start, other)}
        (name,) = on
        return name

    def lies_on(self, point, wire):
        nodes = self.picture.nodes
        places = [(nodes[p].x, nodes[p].y) if isinstance(p, str) else p for p in wire.path]
        return point != places[0] and any(
            min(a, c) <= point[0] <= max(a, c) and min(b, d) <= point[1] <= max(b, d)
            for (a, b), (c, d) in itertools.pairwise(places)
        )

    def compute(self, node, inputs):
        kind = type(node).__name__
        if kind == "Box":
            return FUNCTIONS[node.function](self.weighed(node, inputs))
        if kind == "Join":  # the state, then the input
            return torch.cat(sorted(inputs, key=len, reverse=True))
        if kind == "Port":
            (only,) = inputs
            return only
        if node.value:
            (only,) = inputs
            assert node.sign == "×"
            return only * self.matrices[node.value.strip("$").replace("'", "")]
        if node.sign == "1−":
            (only,) = inputs
            return 1 - only
        one, other = inputs
        return one * other if node.sign == "×" else one + other

    def weighed(self, box, inputs):
        if not box.weights:
            (only,) = inputs
            return only
        weight, bias = (self.matrices[name] for name in box.weights.strip("$").split(", "))
        inputs = sorted(inputs, key=len, reverse=True)  # [a, x], then c
        peeped = inputs.pop() if sum(map(len, inputs)) > weight.shape[1] else 0.0
        return weight @ torch.cat(inputs) + bias + peeped
