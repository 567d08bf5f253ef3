"""What the short campaign of the suite shares."""

import sys

import pytest

from tests.faults.processes import in_server


@pytest.fixture(autouse=True)
def _posix():
    if sys.platform == "win32":
        pytest.skip("needs fork")


@pytest.fixture
def campaign(tmp_path):
    """Run a part of the campaign, a function of a folder, in a process that can fork.

    Nothing may be lost and every error clear; the tallies are handed back.
    """

    def run(part, *given):
        tallies = in_server(part, tmp_path, *given)
        for tally in tallies:
            if tally.skipped:
                pytest.skip(tally.skipped)
            assert tally.sound, (tally.row, tally.notes)
        return tallies

    return run
