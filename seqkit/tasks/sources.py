"""What a training reads: a source for each of its parts, whatever their records are."""

from typing import Protocol, TypeVar

S = TypeVar("S", covariant=True)
"""What the sources of a task are."""


class Records(Protocol):
    """Records that can be read again and again; each task says what they are."""

    @property
    def name(self) -> str:
        """What to call them."""
        ...

    def warnings(self) -> list[str]:
        """What a user should know of how they were read."""
        ...


class SourcesOf(Protocol[S]):
    """The texts to train on, to choose the best epoch by, and to report on."""

    @property
    def train(self) -> S: ...  # noqa: D102

    @property
    def valid(self) -> S: ...  # noqa: D102

    @property
    def test(self) -> S | None: ...  # noqa: D102
