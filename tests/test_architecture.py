"""The layout holds: who imports whom, what is never used, and what stays light."""

import ast
import graphlib
import json
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).parent.parent

EVERYTHING = {
    *("text", "layers", "metrics", "decode", "train", "vectors"),
    *("models", "vision", "word2vec", "tasks", "report"),
}
MAY_IMPORT = {
    "corpora": set(),
    "text": set(),
    "layers": set(),
    "metrics": set(),
    "train": set(),
    "decode": {"metrics"},
    "report": {"metrics"},
    "vectors": set(),
    "models": {"layers", "text"},
    "vision": {"layers"},
    "word2vec": {"vectors", "text"},
    "tasks": EVERYTHING - {"tasks", "report"},
    "serve": {"tasks", "report", "decode", "vectors"},
    "cli": EVERYTHING | {"corpora", "serve"},
}
"""For each folder, which others it may import (beside itself and what lies below all)."""

BELOW_ALL = {"seqkit", "seqkit.files", "seqkit.sums"}
HEAVY = {
    "torch",
    "numpy",
    "nltk",
    "numba",
    "matplotlib",
    "tokenizers",
    "safetensors",
    "scipy",
    "PIL",
    "onnx",
    "onnxruntime",
    "starlette",
    "uvicorn",
}
PICKLES = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
ANY_KEYWORDS = {
    "seqkit.tasks.language.settings.build_settings",  # keywords are fields, and checked to be
}
"""Functions outside cli/ that may take **keywords."""


def _modules() -> dict[str, ast.Module]:
    """The syntax tree of every module by the name it is imported as."""
    found = {}
    for folder, prefix in (("seqkit", ()), ("cli", ("seqkit",)), ("corpora", ("seqkit",))):
        for path in (ROOT / folder).rglob("*.py"):
            parts = [*prefix, *path.relative_to(ROOT).with_suffix("").parts]
            name = ".".join(parts).removesuffix(".__init__")
            found[name] = ast.parse(path.read_text("utf-8"), path)
    return found


MODULES = _modules()


def _imports(tree: ast.AST) -> Iterator[str]:
    """Names of what is imported anywhere in a module: of the module, where that is known."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def _own_imports(name: str) -> set[str]:
    return {other for other in _imports(MODULES[name]) if other.split(".")[0] == "seqkit"}


def _folder(name: str) -> str:
    """text for seqkit.text.words; the name itself for what lies in no folder."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else name


def test_every_folder_has_its_place():
    packages = {p.parent.name for p in (ROOT / "seqkit").glob("*/*.py")}
    assert packages | {"cli", "corpora"} == set(MAY_IMPORT)


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_lies_below_it(folder):
    allowed = MAY_IMPORT[folder] | {folder} | (BELOW_ALL if folder != "corpora" else set())
    wrong = {
        f"{name} imports {other}"
        for name in MODULES
        if _folder(name) == folder
        for other in _own_imports(name)
        if _folder(other) not in allowed
    }
    assert not wrong


def test_what_lies_below_all_imports_nothing_of_ours():
    assert {name: _own_imports(name) for name in BELOW_ALL} == {key: set() for key in BELOW_ALL}


def test_all_imports_of_ours_exist():
    """So that no import inside a function fails only when the function is called."""
    missing = {other for name in MODULES for other in _own_imports(name)} - set(MODULES)
    assert not missing


def test_there_is_no_cycle():
    graph = {name: _own_imports(name) - {name} for name in MODULES}
    order = list(graphlib.TopologicalSorter(graph).static_order())  # CycleError names a cycle
    assert set(order) == set(MODULES)


def test_mapped_folders_are_imported_by_their_full_name():
    paths = [*ROOT.glob("tests/**/*.py"), *ROOT.glob("benchmarks/**/*.py")]
    trees = [*MODULES.values(), *(ast.parse(path.read_text("utf-8")) for path in paths)]
    first = {name.split(".")[0] for tree in trees for name in _imports(tree)}
    assert first.isdisjoint({"cli", "corpora"})


def test_no_module_is_a_drawer_for_odds_and_ends():
    last = {name.split(".")[-1] for name in MODULES}
    assert last.isdisjoint({"utils", "util", "common", "helpers", "helper", "misc", "tools"})


def test_keywords_are_passed_by_name():
    """`**keywords` stand only where click hands over its options."""
    found = {
        f"{name}.{node.name}"
        for name, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.args.kwarg and _folder(name) != "cli"
    }
    assert found == ANY_KEYWORDS


def test_nothing_is_pickled():
    for name, tree in MODULES.items():
        assert PICKLES.isdisjoint(other.split(".")[0] for other in _imports(tree)), name
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in {("torch", "load"), ("torch", "save")}
            assert not (isinstance(node, ast.keyword) and node.arg == "allow_pickle"), name


ALL_HELP = """
import contextlib, io, json, sys
from seqkit.cli.main import COMMANDS, run
names = [name for section in COMMANDS.values() for name in section]
with contextlib.redirect_stdout(io.StringIO()):
    codes = [run([*words, "--help"]) for words in [[], *([name] for name in names)]]
print(json.dumps([codes, sorted(sys.modules)]))
"""


@pytest.mark.parametrize(
    "code",
    [
        "import json, sys, seqkit; print(json.dumps([[0], sorted(sys.modules)]))",
        ALL_HELP,
    ],
    ids=["import seqkit", "help of every command"],
)
def test_nothing_heavy_is_imported(code):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    codes, modules = json.loads(done.stdout)
    assert set(codes) == {0}
    assert HEAVY.isdisjoint(modules)


def test_help_of_the_program_imports_nothing_heavy():
    """As a user calls it; every module that Python imports is on stderr."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "seqkit", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert "click" in modules
    assert HEAVY.isdisjoint(modules)
    assert "train-lm" in done.stdout
