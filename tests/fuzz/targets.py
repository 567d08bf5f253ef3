"""All targets."""

import pathlib

from tests.fuzz.array_targets import image_targets, vector_targets
from tests.fuzz.option_targets import option_targets
from tests.fuzz.run_targets import run_targets
from tests.fuzz.target import Target
from tests.fuzz.text_targets import text_targets


def all_targets(folder: pathlib.Path, only: str = "") -> list[Target]:
    """Every target whose name has `only` in it; seeds are made in `folder`."""
    found = [*text_targets(folder), *image_targets(), *vector_targets()]
    runs = folder / "runs"
    runs.mkdir(exist_ok=True)
    found += [*run_targets(runs), *option_targets(runs)]
    return [target for target in found if only in target.name]
