"""A target of fuzzing: a reader, valid inputs for it, and how they are mutated."""

import pathlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.fuzz.forms import Form, plain


@dataclass(frozen=True)
class Target:
    """A reader to fuzz.

    name: of the reader. seeds: valid inputs. read: reads an input, given a scratch folder of its
    own. names: one of them must stand in a refusal. form: how inputs are mutated. share: how many
    inputs it gets of many, beside the others.
    """

    name: str
    seeds: Sequence[bytes]
    read: Callable[[pathlib.Path, bytes], object]
    names: tuple[str, ...] = ()
    form: Form = plain
    share: float = 1.0

    def input(self, draw: random.Random) -> bytes:
        """Draw an input; one in fifty is a seed as it is."""
        seed = draw.choice(self.seeds)
        return seed if draw.random() < 0.02 else self.form(draw, seed, self.seeds)


def put(folder: pathlib.Path, name: str, data: bytes) -> pathlib.Path:
    """Write a file anew: an older one may still be mapped into memory."""
    path = folder / name
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    return path


def of_file(
    name: str,
    seeds: Sequence[bytes | str],
    read: Callable[[pathlib.Path], object],
    form: Form = plain,
    share: float = 1.0,
    title: str | None = None,
) -> Target:
    """The reader of one file called `name`, which its refusals must name."""
    found = [seed.encode() if isinstance(seed, str) else seed for seed in seeds]

    def read_input(folder: pathlib.Path, data: bytes) -> object:
        return read(put(folder, name, data))

    return Target(title or name, found, read_input, (name,), form, share)
