"""One server for the tests that only ask."""

import pytest

from tests.serve.asked import TASKS, Site, golden


@pytest.fixture(scope="session")
def site():
    from seqkit.cli.serve import _read_image

    with Site(golden(*TASKS, read_image=_read_image)) as opened:
        yield opened
