"""Copies of runs that tests may change: without SHA256SUMS, as earlier versions made them."""

import shutil

from seqkit.sums import NAME


def unsealed(source, target):
    """Copy a run without the sums that would tell of every change; returns the new folder."""
    return shutil.copytree(source, target, ignore=shutil.ignore_patterns(NAME))
