"""A tiny net of images, trained once for all tests of this folder."""

import pytest

from seqkit.tasks import imaging
from tests.tasks import pictured


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The folder of a finished run; tests must not change it."""
    folder = tmp_path_factory.mktemp("pictured") / "run"
    imaging.train(pictured.settings(), pictured.sources(), folder)
    return folder
