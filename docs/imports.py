"""Which folder of the code imports which, read from the code."""

import ast
import pathlib
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).parent.parent
ON_TOP = ("cli", "corpora")  # folders at the top of the repository, imported as seqkit.NAME


def imported() -> dict[str, set[str]]:
    """For every folder, the folders that some module in it imports, be it inside a function."""
    paths = {name: ROOT / name for name in ON_TOP}
    paths |= {path.parent.name: path.parent for path in (ROOT / "seqkit").glob("*/__init__.py")}
    return {
        name: {
            other
            for file in sorted(path.rglob("*.py"))
            for other in _targets(ast.parse(file.read_text("utf-8")))
            if other in paths and other != name
        }
        for name, path in sorted(paths.items())
    }


def _targets(tree: ast.AST) -> Iterator[str]:
    """NAME for every import of seqkit.NAME or of something in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in found:
            first, *rest = name.split(".")
            if first == "seqkit" and rest:
                yield rest[0]


def depths(graph: dict[str, set[str]]) -> dict[str, int]:
    """0 for what nobody imports; else one more than the deepest folder that imports it."""
    known: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in known:
            importers = [other for other, others in graph.items() if name in others]
            known[name] = max((1 + depth(other) for other in importers), default=0)
        return known[name]

    for name in graph:
        depth(name)
    return known


def direct(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The graph without the imports that also lead through a third folder."""
    return {
        name: {
            other
            for other in others
            if not any(other in reached(graph, third) for third in others - {other})
        }
        for name, others in graph.items()
    }


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    """All folders that one imports, straight or through others."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found
