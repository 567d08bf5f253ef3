"""Fixtures shared by all tests."""

import os
import pathlib

import pytest
from hypothesis import HealthCheck, settings

# No test is timed, so a busy machine must not fail one.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def benchmark_data() -> pathlib.Path:
    """The folder of real corpora named by SEQKIT_TEST_DATA; tests that need it skip without it."""
    folder = os.environ.get("SEQKIT_TEST_DATA")
    if not folder or not pathlib.Path(folder).is_dir():
        pytest.skip("SEQKIT_TEST_DATA names no folder of benchmark corpora")
    return pathlib.Path(folder)
