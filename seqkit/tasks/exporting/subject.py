"""What each kind of model that can be exported offers."""

from collections.abc import Mapping
from typing import Any, Protocol

from seqkit.tasks.exporting.graph import Array, Graph

Feeds = Mapping[str, Array]
"""The inputs of a model by name."""


class Subject(Protocol):
    """A trained model that can be written as a graph, and asked what that should give."""

    def write(self, graph: Graph) -> None:
        """Add the model to an empty graph, with its inputs and outputs."""
        ...

    def metadata(self) -> dict[str, Any]:
        """What one needs to know to use it without seqkit; text, or what JSON can hold."""
        ...

    def example(self, batch: int, positions: int, seed: int) -> Feeds:
        """Inputs drawn at random; an image has no positions."""
        ...

    def outputs(self, feeds: Feeds) -> list[Array]:
        """What seqkit's own model makes of inputs, in the order of the outputs."""
        ...
