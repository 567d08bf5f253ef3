"""A tiny language model, trained once for all tests of tasks."""

import pytest

from seqkit.tasks import language
from tests.tasks import texts
from tests.unsealed import unsealed


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    return texts.splits(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="session")
def finished(tmp_path_factory, sources):
    """The folder of a finished run; tests must not change it."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    language.train(texts.settings(), sources, folder)
    return folder


@pytest.fixture
def run_copy(finished, tmp_path):
    """A copy of the finished run, to be damaged."""
    return unsealed(finished, tmp_path / "copy")


@pytest.fixture(scope="session")
def trained(finished):
    return language.load(finished, "cpu")
