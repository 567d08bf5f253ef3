"""Small runs that all tests of this folder share, and a copy of one to be damaged."""

import shutil

import pytest

from tests.fuzz.small_runs import train


@pytest.fixture(scope="session")
def small_runs(tmp_path_factory):
    """A folder in which small runs are trained as they are asked for."""
    return tmp_path_factory.mktemp("small")


@pytest.fixture
def stranger(small_runs, tmp_path):
    """stranger(KIND): a copy of a small run, to be made hostile."""

    def copy(kind):
        return shutil.copytree(train(small_runs, kind), tmp_path / "stranger")

    return copy
