"""A training by the loop in a run: its history kept after each epoch, and summed up at the end."""

from collections.abc import Callable
from typing import Any

from seqkit.tasks.runs import Run
from seqkit.train.loop import Hooks, Loop, Record, by_loss
from seqkit.train.memory import keep_freed_memory
from seqkit.train.recipe import Batches, Limits, Recipe


class KeepHistory(Hooks):
    """Writes the history into the run after each epoch, then does what the caller's hooks do."""

    def __init__(self, run: Run, hooks: Hooks) -> None:
        self.run, self.hooks = run, hooks

    def on_step(self, loop: Loop) -> None:
        """Nothing of its own."""
        self.hooks.on_step(loop)

    def on_epoch(self, loop: Loop, record: Record) -> None:
        """Write history.jsonl."""
        self.run.write_history(loop.history)
        self.hooks.on_epoch(loop, record)


def fit_in_run(
    run: Run,
    recipe: Recipe,
    batches: Callable[[int], Batches],
    evaluate: Callable[[], dict[str, float]],
    limits: Limits,
    hooks: Hooks,
    badness: Callable[[dict[str, float]], float] = by_loss,
) -> list[Record]:
    """Train, or go on from the run's checkpoint; the best weights are in place at the end.

    The arguments are those of `Loop`. Returns the history, under torchrun to the first process
    alone: the others end here (SystemExit). KeyboardInterrupt (after saving) and
    FloatingPointError pass through; the folder can then be resumed.
    """
    keep_freed_memory()
    checkpoint, keep = run.checkpoint / "state.safetensors", KeepHistory(run, hooks)
    loop = Loop(recipe, batches, evaluate, limits, checkpoint, keep, badness)
    loop.resume()
    history = loop.fit()
    loop.team.dismiss()
    return history


def sum_up(
    run: Run, history: list[Record], badness: Callable[[dict[str, float]], float]
) -> dict[str, Any]:
    """What metrics.json says of a training; the best epoch has the least badness on validation."""
    best = min(history, key=lambda record: badness(record["valid"]))
    return {
        "run": str(run.path),
        "epochs": history[-1]["epoch"],
        "best_epoch": best["epoch"],
        "seconds": history[-1]["seconds"],
        "tokens_per_second": sum(r["tokens_per_second"] for r in history) / len(history),
        "train": best["train"],
    }
