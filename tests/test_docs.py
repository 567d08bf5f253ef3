"""Generated pages are fresh, and the pictures of the cells compute what the cells do."""

import importlib
import itertools
import pathlib
import re
import shutil
import sys

import click
import pytest
import torch

import seqkit.layers
from seqkit.cli.main import seqkit_command
from seqkit.layers import CELLS

ROOT = pathlib.Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGE = (DOCS / "cells.md").read_text("utf-8")


@pytest.fixture(scope="module")
def modules():
    """The modules generate and pictures, imported as the script imports them."""
    before = set(sys.modules)
    sys.path.insert(0, str(DOCS))
    try:
        yield importlib.import_module("generate"), importlib.import_module("pictures")
    finally:
        sys.path.remove(str(DOCS))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(DOCS)):
                del sys.modules[name]


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
    (copy / "commands.md").write_text("# The commands\n", "utf-8")
    (copy / "architecture.svg").unlink()
    (copy / "cells/rnn.svg").write_bytes(b"<svg/>")
    (copy / "cells/gru.svg").unlink()
    (copy / "cells/old.svg").write_bytes(b"<svg/>")
    with pytest.raises(SystemExit) as told:
        generate.main(["--check"])
    wanted = "architecture.svg, cells.md, cells/gru.svg, cells/old.svg, cells/rnn.svg, commands.md"
    assert told.value.code == f"docs/ is stale: {wanted}; run python docs/generate.py"
    generate.main([])
    generate.main(["--check"])
    assert (copy / "cells.md").read_text("utf-8") == PAGE
    assert not (copy / "cells/old.svg").exists()


def test_every_command_and_option_is_on_its_page(modules):
    """All but --help and --config, which the page tells of once."""
    page = modules[0].commands_page.page()
    root = click.Context(seqkit_command)
    for name in seqkit_command.list_commands(root):
        section = re.search(rf"^### seqkit {name}\n(.*?)(?=^##|\Z)", page, re.M | re.S)
        assert section is not None, name
        command = seqkit_command.get_command(root, name)
        told = set(re.findall(r"--[a-z0-9][\w-]*", section[1]))
        for param in [] if "by another name" in section[1] else command.params:
            if isinstance(param, click.Option):
                assert set(param.opts) <= told | {"--config"}, (name, param.opts)


def test_second_names_of_commands_are_second_names(modules):
    """The page says of them only which is the first; so their options must be the same."""
    for second, first in modules[0].commands_page.SAME.items():
        one, other = (seqkit_command.get_command(None, name) for name in (second, first))
        assert one.params == other.params


def test_the_picture_draws_what_is_imported(modules):
    """Read from the lines of the code, not from its syntax tree."""
    imports = modules[0].architecture_picture.imports
    graph = imports.imported()
    assert {"cli", "corpora", "tasks", "text"} <= set(graph)
    for name, others in graph.items():
        folder = ROOT / name if name in ("cli", "corpora") else ROOT / "seqkit" / name
        lines = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
        named = re.findall(r"^ *(?:from|import) seqkit(?:\.| import )(\w+)", lines, re.M)
        assert others == set(named) & set(graph) - {name}


def test_arrows_that_lead_through_a_third_folder_are_left_out(modules):
    imports = modules[0].architecture_picture.imports
    graph = {"a": {"b", "c", "d"}, "b": {"c"}, "c": {"d"}, "d": set(), "e": {"d"}}
    assert imports.direct(graph) == {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set(), "e": {"d"}}
    assert imports.depths(graph) == {"a": 0, "b": 1, "c": 2, "d": 3, "e": 0}


def test_the_way_of_a_text_leads_through_folders_that_are_there(modules):
    picture = modules[0].architecture_picture
    named = {folder for _, folders, _ in picture.STEPS for folder in folders.split(", ")}
    assert named <= set(picture.imports.imported())


def test_results_of_the_memory_test_become_a_table(modules, tmp_path):
    cells_page = modules[0].cells_page
    assert cells_page.memory(tmp_path) == ""
    row = '{"problem": "adding", "cell": "%s", "lag": %d, "share": 0.034, "solved": 2, "seeds": 3}'
    rows = ", ".join(row % pair for pair in [("rnn", 10), ("gru", 10), ("gru", 25)])
    (tmp_path / "memory.json").write_text(f'{{"summary": [{rows}]}}')
    lines = cells_page.memory(tmp_path).splitlines()
    assert lines[0] == "| adding, lag | 10 | 25 |"
    assert lines[2:] == ["| `rnn` | 0.03 (2/3) | - |", "| `gru` | 0.03 (2/3) | 0.03 (2/3) |"]


def test_everything_that_layers_offer_is_on_the_page():
    named = set(seqkit.layers.__all__) - {"CELLS", "Cell", "Weights"}
    assert named <= set(re.findall(r"^### (\w+)$", PAGE, re.M)) | set(re.findall(r"`(\w+)", PAGE))
    assert [name for name in CELLS if f"`--cell {name}`" not in PAGE] == []


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
