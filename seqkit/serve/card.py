"""What a run holds, for its card: what `seqkit inspect` says, as plain values."""

import math
import pathlib
from typing import Any

from safetensors import safe_open

from seqkit.serve.commands import command
from seqkit.serve.panel import Panel
from seqkit.tasks.runs import Run, read_json

SHOWN = 12
"""Words and labels that are named on a card."""


def card_of(path: str, panel: Panel) -> dict[str, Any]:
    """Settings, figures of the test, history and facts; empty where a path is no run."""
    card: dict[str, Any] = {
        "command": command("inspect", path),
        "facts": {name: _short(value) for name, value in panel.facts.items()},
        **{"task": panel.kind, "parameters": 0, "settings": {}, "metrics": {}, "history": []},
    }
    if (pathlib.Path(path) / "config.json").exists():
        run = Run(path)
        config = run.read_config()
        settings = config["settings"].items()
        card["task"] = config["task"]
        card["settings"] = {name: _short(value) for name, value in settings if value is not None}
        card["parameters"] = _parameters(run)
        card["metrics"] = _measures(run)
        card["history"] = _history(run)
    return card


def _parameters(run: Run) -> int:
    """How many numbers the weights of a run are, those of all its models."""
    count = 0
    for path in run.path.glob("*.safetensors"):
        with safe_open(path, "numpy") as file:
            count += sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
    return count


def _measures(run: Run) -> dict[str, dict[str, float]]:
    """The plain figures of each split."""
    path = run.path / "metrics.json"
    found = read_json(path) if path.exists() else {}
    splits = found if isinstance(found, dict) else {}
    return {
        name: {key: x for key, x in split.items() if _is_figure(x)}
        for name, split in splits.items()
        if name in ("train", "valid", "test") and isinstance(split, dict)
    }


def _history(run: Run) -> list[dict[str, Any]]:
    """The figures of each epoch that are numbers."""
    return [
        {
            "epoch": record["epoch"],
            **{
                split: {name: x for name, x in record[split].items() if _is_figure(x)}
                for split in ("train", "valid")
            },
        }
        for record in run.read_history()
    ]


def _is_figure(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]


def _short(value: object) -> str:
    """A setting or fact in a line."""
    if isinstance(value, (list, tuple)):
        rest = ["..."] if len(value) > SHOWN else []
        return ", ".join([*map(str, value[:SHOWN]), *rest]) or "-"
    return str(value)
