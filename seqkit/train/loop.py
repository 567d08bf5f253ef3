"""The training loop: fit -> epoch -> step -> loss; knows no task, survives a kill at any moment.

A model offers `loss(batch, carry) -> (sum, count, carry)`. The loop divides the sum by the count,
so every target weighs the same whatever the batch, and hands `carry` (a recurrent state, or None)
from batch to batch within an epoch.

Under torchrun (see `seqkit.train.distribution`) every process works on its share of each batch, and
a share may be worked on in pieces, one after another. The gradients of all are added up and divided
by the count of all; so the step is that of one process with the whole batch.
"""

import math
import os
import pathlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from seqkit.train.carrying import cut, joined
from seqkit.train.checkpoint import fitting, load_tree, save_tree
from seqkit.train.distribution import team
from seqkit.train.interrupt import Interrupt, deferred_interrupt
from seqkit.train.recipe import Batches, Limits, Recipe
from seqkit.train.unfreezing import set_rates

Record = dict[str, Any]
"""One epoch of the history: epoch, seconds, lr, train and valid metrics, all plain numbers."""


class Hooks:
    """What may be added to the loop; every hook does nothing unless overridden."""

    def on_step(self, loop: "Loop") -> None:
        """After every step."""

    def on_epoch(self, loop: "Loop", record: Record) -> None:
        """After every epoch, with the averaged weights in place."""


@dataclass
class _Progress:
    """Everything that decides the next step, beside the weights and the random stream."""

    epoch: int = 0
    cursor: int = 0  # batches of this epoch already used
    steps: int = 0
    seconds: float = 0.0
    epoch_seconds: float = 0.0
    loss_sum: float = 0.0
    loss_count: int = 0
    carries: list[Any] | None = None  # what each piece hands on to the next batch
    best: float | None = None  # the least badness
    best_weights: list[Tensor] | None = None
    epochs_since_best: int = 0
    history: list[Record] = field(default_factory=list)


def by_loss(metrics: dict[str, float]) -> float:
    """How bad a model is: its loss."""
    return metrics["loss"]


class Loop:
    """Trains a recipe on batches, validates after each epoch and keeps the best weights.

    `batches(epoch)` is the sequence of batches of an epoch and must depend on the epoch alone;
    `evaluate()` returns metrics, `badness` of which is the lower the better: their loss, unless
    said otherwise. With a `checkpoint` path all
    that decides the next step is saved there every so often, and a loop made anew from the same
    parts goes on from it with the same bytes as if it had never stopped; the one exception is a
    training with a limit of minutes, where the clock has its say.
    """

    def __init__(
        self,
        recipe: Recipe,
        batches: Callable[[int], Batches],
        evaluate: Callable[[], dict[str, float]],
        limits: Limits,
        checkpoint: str | os.PathLike[str] | None = None,
        hooks: Hooks | None = None,
        badness: Callable[[dict[str, float]], float] = by_loss,
    ) -> None:
        self.badness = badness
        self.recipe, self.batches, self.evaluate, self.limits = recipe, batches, evaluate, limits
        self.checkpoint = None if checkpoint is None else pathlib.Path(checkpoint)
        self.hooks = hooks or Hooks()
        self.parameters = list(recipe.model.parameters())
        self.base_lr = recipe.optimizer.param_groups[0]["lr"]
        self.at = _Progress()
        self.team = team()
        self.parts = self.team.size * recipe.pieces
        self.epoch_length = len(batches(0))
        self.validation_seconds = 0.0
        self._clock = self._saved = time.monotonic()

    @property
    def history(self) -> list[Record]:
        """One record an epoch."""
        return self.at.history

    @property
    def progress(self) -> float:
        """The share of the training that is done: of the epochs or the minutes, the larger."""
        done = (self.at.epoch + self.at.cursor / self.epoch_length) / self.limits.epochs
        if self.limits.minutes is not None:
            done = max(done, self.at.seconds / self._budget)
        return min(done, 1.0)

    def fit(self) -> list[Record]:
        """Train until a limit is reached, then put the best weights in place.

        Ctrl-C finishes the step, saves and raises KeyboardInterrupt. A loss or gradient that is
        not finite raises FloatingPointError, the last checkpoint kept. Of several processes the
        first validates, saves and calls the hook of epochs.
        """
        self._start_together()
        self._clock = self._saved = time.monotonic()
        with deferred_interrupt() as interrupt:
            while not self._finished():
                self._epoch(interrupt)
        self._restore_best()
        return self.history

    def resume(self) -> bool:
        """Load the checkpoint if there is one; False where the training starts afresh."""
        if self.checkpoint is None or not self.checkpoint.exists():
            return False
        tree = load_tree(self.checkpoint)
        with fitting(self.checkpoint):
            self._restore(tree)
        return True

    def _restore(self, tree: Any) -> None:
        with torch.no_grad():
            for parameter, kept in zip(self.parameters, tree["weights"], strict=True):
                parameter.copy_(kept)
        self.recipe.optimizer.load_state_dict(tree["optimizer"])
        self.recipe.average.load(tree["average"])
        self.at = _Progress(**tree["progress"])
        device, team = self.parameters[0].device, self.team
        self.at.carries = cut(tree["carry"], team.rank, self.recipe.pieces, self.parts, device)
        if team.rank < len(tree["random"]):  # else this process is new in the team
            # Cloned, as torch reads a generator's state from the start of the memory it lies in.
            torch.set_rng_state(tree["random"][team.rank].clone())
            if device.type == "cuda":
                torch.cuda.set_rng_state(tree["random_cuda"][team.rank].clone(), device)

    def save(self) -> None:
        """Write the checkpoint, atomically; the first process writes what all tell it."""
        if self.checkpoint is None:
            return
        device, team = self.parameters[0].device, self.team
        cuda = torch.cuda.get_rng_state(device) if device.type == "cuda" else torch.empty(0)
        tree = {
            "weights": self.parameters,
            "optimizer": self.recipe.optimizer.state_dict(),
            "average": self.recipe.average.state(),
            "progress": {**vars(self.at), "carries": None},
            "carry": joined(self.at.carries, team),
            "random": team.rows(torch.get_rng_state()[None], team.rank, team.size),
            "random_cuda": team.rows(cuda[None], team.rank, team.size),
        }
        if team.leads:
            save_tree(self.checkpoint, tree)
        self._saved = time.monotonic()

    def _start_together(self) -> None:
        """Begin with the weights of the first process, and with dropout of one's own."""
        self.team.follow([parameter.data for parameter in self.parameters])
        if self.team.rank and not self.at.steps:
            torch.manual_seed(torch.initial_seed() + self.team.rank)

    def _epoch(self, interrupt: Interrupt) -> None:
        self.recipe.model.train()
        self.recipe.before_epoch(self.at.epoch)
        batches = self.batches(self.at.epoch)
        self.epoch_length = len(batches)
        while self.at.cursor < len(batches) and not self._out_of_time():
            self._step(batches)
            self.hooks.on_step(self)
            self._save_if_due(interrupt)
        self._finish_epoch()

    def _step(self, batches: Batches) -> None:
        optimizer = self.recipe.optimizer
        set_rates(optimizer.param_groups, self.base_lr * self.recipe.schedule(self.progress))
        summed, count = self.team.add_up(self._backward(batches), self.parameters)
        torch._foreach_div_([p.grad for p in self.parameters if p.grad is not None], count)
        norm = self.recipe.clip(self.parameters)
        self._check_finite(norm.item(), "gradient")
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        self.recipe.average.update()
        self.at.cursor += 1
        self.at.steps += 1
        self.at.loss_sum += summed
        self.at.loss_count += round(count)
        self._tick()

    def _backward(self, batches: Batches) -> tuple[float, int]:
        """Gradients of the summed loss of this process's share; its loss and count."""
        summed, count, pieces = 0.0, 0, self.recipe.pieces
        carries = self.at.carries or [None] * pieces
        for piece in range(pieces):
            k, part = self.at.cursor, self.team.rank * pieces + piece
            batch = batches[k] if self.parts == 1 else batches.share(k, part, self.parts)
            if batch is None:
                continue
            loss, size, carry = self.recipe.model.loss(batch, carries[piece])  # type: ignore[operator]
            self._check_finite(loss.item(), "loss")
            for tensor in carry or ():
                self._check_finite(tensor.abs().max().item(), "carried state")
            loss.backward()
            summed, count, carries[piece] = summed + loss.item(), count + size, carry
        self.at.carries = carries
        return summed, count

    def _finish_epoch(self) -> None:
        """Validate with the averaged weights, note the epoch, remember the best weights."""
        at, trained = self.at, self.at.epoch_seconds
        self.recipe.average.swap()
        self.recipe.model.eval()
        with torch.no_grad():
            valid = self.team.agree(self.evaluate() if self.team.leads else None)
        record: Record = {
            "epoch": round(at.epoch + at.cursor / self.epoch_length, 3),
            "steps": at.steps,
            "lr": self.recipe.optimizer.param_groups[0]["lr"],
            "train": {"loss": at.loss_sum / max(at.loss_count, 1)},
            "valid": valid,
            "tokens_per_second": at.loss_count / max(trained, 1e-9),
            "best": at.best is None or self.badness(valid) < at.best,
        }
        at.epochs_since_best += 1
        if record["best"]:
            at.best, at.epochs_since_best = self.badness(valid), 0
            at.best_weights = [parameter.detach().clone() for parameter in self.parameters]
        self._tick()
        self.validation_seconds, at.seconds = self.team.agree(
            [at.epoch_seconds - trained, at.seconds]
        )
        record["seconds"] = at.seconds
        at.history.append(record)
        if self.team.leads:
            self.hooks.on_epoch(self, record)
        self.recipe.average.swap()
        self.recipe.average.judged(self.badness(valid))
        at.epoch, at.cursor, at.carries = at.epoch + 1, 0, None
        at.loss_sum, at.loss_count, at.epoch_seconds = 0.0, 0, 0.0
        self.save()

    def _save_if_due(self, interrupt: Interrupt) -> None:
        """Save when anybody is asked to stop, or when it is time; the clock is the first's."""
        leads = self.team.leads
        due = leads and time.monotonic() - self._saved >= self.limits.checkpoint_seconds
        stop, save, self.at.seconds = self.team.sum(
            [interrupt.requested, due, self.at.seconds if leads else 0.0]
        )
        if stop or save:
            self.save()
        if stop:
            raise KeyboardInterrupt

    def _restore_best(self) -> None:
        if self.at.best_weights is None:
            return
        with torch.no_grad():
            for parameter, best in zip(self.parameters, self.at.best_weights, strict=True):
                parameter.copy_(best)
        self.recipe.model.eval()

    def _finished(self) -> bool:
        at, limits = self.at, self.limits
        gave_up = 0 < limits.patience <= at.epochs_since_best
        return at.epoch >= limits.epochs or gave_up or self._out_of_time()

    @property
    def _budget(self) -> float:
        """Seconds for steps and validation, less the validation still to come."""
        assert self.limits.minutes is not None
        return max(self.limits.minutes * 60 - self.validation_seconds, 1e-3)

    def _out_of_time(self) -> bool:
        return self.limits.minutes is not None and self.at.seconds >= self._budget

    def _tick(self) -> None:
        now = time.monotonic()
        self.at.seconds += now - self._clock
        self.at.epoch_seconds += now - self._clock
        self._clock = now

    def _check_finite(self, value: float, what: str) -> None:
        if math.isfinite(value):
            return
        names = [n for n, p in self.recipe.model.named_parameters() if _is_bad(p)]
        where = f", first in {names[0]}" if names else ""
        raise FloatingPointError(
            f"step {self.at.steps + 1}: the {what} is {value}{where}; "
            "try a smaller --lr or a tighter --clip"
        )


def _is_bad(parameter: nn.Parameter) -> bool:
    """Whether a parameter, or its gradient, holds NaN or infinity."""
    tensors = [parameter] if parameter.grad is None else [parameter, parameter.grad]
    return not all(bool(torch.isfinite(tensor).all()) for tensor in tensors)
