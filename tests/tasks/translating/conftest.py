"""A tiny translator, trained once for all tests of this folder."""

import pytest

from seqkit.tasks import translating
from tests.tasks import translated
from tests.unsealed import unsealed


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The folder of a finished run; tests must not change it."""
    folder = tmp_path_factory.mktemp("translated") / "run"
    translating.train(translated.settings(), translated.sources(), folder)
    return folder


@pytest.fixture(scope="session")
def translator(finished):
    return translating.load(finished, "cpu")


@pytest.fixture
def run_copy(finished, tmp_path):
    """A copy of the finished run, to be damaged."""
    return unsealed(finished, tmp_path / "copy")
