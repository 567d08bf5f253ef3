"""The history of a training by the loop: kept in the run after each epoch, summed up at the end."""

from collections.abc import Callable
from typing import Any

from seqkit.tasks.runs import Run
from seqkit.train.loop import Hooks, Loop, Record


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
