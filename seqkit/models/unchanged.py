"""Noticing that the weights of a model have changed, for what is worked out from them and kept."""

from typing import Any

from torch import nn


class Unchanged:
    """Called, says whether all parameters of a module are as they were when this was made.

    A parameter that was written to or exchanged is noticed. What is not: a submodule that was
    exchanged, and what torch does not count, the steps of fused optimizers above all. Of parameters
    made in inference mode nothing is counted, and RuntimeError raised.
    """

    def __init__(self, module: nn.Module) -> None:
        self._places: list[tuple[dict[str, Any], str]] = [
            (owner._parameters, name)
            for owner in module.modules()
            for name, parameter in owner._parameters.items()
            if parameter is not None
        ]
        # As long as the memory is held, no other tensor can stand at its address.
        self._memory = [held[name].detach() for held, name in self._places]
        self._state = self._now()

    def __call__(self) -> bool:
        """Compare the addresses of all parameters, and how often each was written to."""
        return self._now() == self._state

    def _now(self) -> list[tuple[int, int]]:
        return [(held[name].data_ptr(), held[name]._version) for held, name in self._places]
