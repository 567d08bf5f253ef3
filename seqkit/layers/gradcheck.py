"""Are the gradients right? Automatic differentiation against two-sided differences (O10)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

Function = Callable[[], Tensor | tuple[Tensor, ...]]
"""Computes from tensors that it knows by itself, such as the parameters of a module."""

EPSILON = 1e-6
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Difference:
    """How far the gradient of one tensor is from its two-sided differences."""

    name: str
    error: float  # |numeric - analytic| / (|numeric| + |analytic|), from 0 to 1
    analytic: float  # the 2-norm of the gradient; 0 where there is none
    numeric: float  # the 2-norm of the differences


def gradcheck(
    function: Function, tensors: Mapping[str, Tensor], epsilon: float = EPSILON, seed: int = 0
) -> list[Difference]:
    """Check the gradient of `function` with respect to every tensor, one number at a time (O10).

    For each number θ of each tensor, numeric = (J(θ + ε) - J(θ - ε)) / 2ε, where J is the result
    of `function()`, or where that is no scalar, the sum of all results times fixed random numbers.
    The error of a tensor is |numeric - analytic| / (|numeric| + |analytic|) in the 2-norm: 0 is
    perfect, 1 is a gradient that is missing, not finite or of the wrong sign. Where both are zero
    it is 0, and says only that J does not depend on the tensor here.

    What errors mean: in float64 a difference with ε = 1e-6 has about nine good digits, so a correct
    gradient of a layer shows 1e-9 or so, and where it is small beside the loss, as at the bottom of
    a deep model, up to 1e-7. Above 1e-5 it deserves a look; above 1e-3 it is wrong. A smaller ε
    loses digits to rounding (the error grows like 1/ε), a larger one to curvature (like ε²). At the
    kink of a ReLU there is no gradient: a unit whose input lies within ε or so of zero rightly
    shows a large error. That hardly ever happens with random numbers; check at others.

    Random layers draw the same numbers at every evaluation, because torch's generator is seeded
    each time; it is put back at the end, as are the tensors.

        gradcheck(lambda: model(x), dict(model.named_parameters()))

    Raises ValueError for tensors that cannot be checked and for a function that gives different
    results for the same numbers. Source: A. Ng, Deep Learning course 2, "Gradient checking".
    """
    if not 0 < epsilon < 1:
        raise ValueError(f"epsilon must be above 0 and below 1, got {epsilon}")
    for name, tensor in tensors.items():
        _check_tensor(name, tensor)
    gpus = list({tensor.device for tensor in tensors.values() if tensor.is_cuda})
    with torch.random.fork_rng(devices=gpus), torch.enable_grad():
        objective = _Objective(function, seed, bool(gpus))
        value = objective()
        if value.item() != objective().item():
            raise ValueError("the function gives two results for the same numbers; seed its draws")
        gradients = _gradients(value, tensors)
        return [
            _difference(name, gradients[name], _two_sided(objective, tensor, epsilon))
            for name, tensor in tensors.items()
        ]


class _Objective:
    """J, a scalar: the results of a function times fixed random numbers, with fixed draws."""

    def __init__(self, function: Function, seed: int, on_gpu: bool) -> None:
        self.function, self.seed, self.on_gpu = function, seed, on_gpu

    def __call__(self) -> Tensor:
        self._reseed(self.seed)
        results = self.function()
        if isinstance(results, Tensor) and not results.dim():
            return results
        results = (results,) if isinstance(results, Tensor) else results
        self._reseed(self.seed + 1)  # what the function draws does not change these numbers
        return torch.stack([(result * torch.randn_like(result)).sum() for result in results]).sum()

    def _reseed(self, seed: int) -> None:
        """As torch.manual_seed, which takes longer than a small layer where no GPU is in use."""
        torch.default_generator.manual_seed(seed)
        if self.on_gpu:
            torch.cuda.manual_seed_all(seed)


def _check_tensor(name: str, tensor: Tensor) -> None:
    """Raise ValueError unless numbers of this tensor can be moved and its gradient be taken."""
    if tensor.dtype != torch.float64:
        raise ValueError(f"{name} is {tensor.dtype}; differences need float64, call .double()")
    if not (tensor.is_leaf and tensor.requires_grad):
        raise ValueError(f"{name} gets no gradient of its own; call .detach().requires_grad_()")
    if not tensor.is_contiguous():
        raise ValueError(f"{name} is a view in another order; call .detach().contiguous()")


def _gradients(value: Tensor, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """d value / d tensor for each, zeros where there is no path between them."""
    found: tuple[Tensor | None, ...] = (None,) * len(tensors)
    if value.requires_grad and tensors:
        found = torch.autograd.grad(value, list(tensors.values()), allow_unused=True)
    return {
        name: torch.zeros_like(tensor) if gradient is None else gradient
        for (name, tensor), gradient in zip(tensors.items(), found, strict=True)
    }


@torch.no_grad()
def _two_sided(objective: _Objective, tensor: Tensor, epsilon: float) -> Tensor:
    """(J(θ + ε) - J(θ - ε)) / 2ε for every number θ of a tensor, in its shape."""
    slopes = torch.empty_like(tensor)
    numbers, found = tensor.view(-1), slopes.view(-1)
    for i, number in enumerate(numbers.tolist()):
        values = []
        try:
            for moved in (number + epsilon, number - epsilon):
                numbers[i] = moved
                values.append(objective().item())
        finally:
            numbers[i] = number
        found[i] = (values[0] - values[1]) / (2 * epsilon)
    return slopes


def _difference(name: str, analytic: Tensor, numeric: Tensor) -> Difference:
    """The relative error of a whole tensor; 1 where anything is not finite."""
    apart = torch.linalg.vector_norm(numeric - analytic).item()
    of_analytic = torch.linalg.vector_norm(analytic).item()
    of_numeric = torch.linalg.vector_norm(numeric).item()
    total = of_numeric + of_analytic
    if not torch.isfinite(torch.cat([analytic.flatten(), numeric.flatten()])).all():
        error = 1.0
    else:
        error = apart / total if total else 0.0
    return Difference(name, error, of_analytic, of_numeric)
