"""Running a file of ONNX in onnxruntime beside the model that it was made of."""

import numpy as np
import torch

from seqkit.tasks.exporting.graph import Array, libraries
from seqkit.tasks.exporting.subject import Feeds, Subject

TOLERANCE = 1e-4
"""The greatest difference there may be, relative to numbers beyond 1: both compute in float32."""
SHAPES = ((2, 7), (3, 1))
"""Batch and positions of what is tried; two, so that no size that was meant to be free is fixed."""
ERRORS = 3
"""onnxruntime's level of messages from which it speaks."""


def check(data: bytes, subject: Subject) -> float:
    """The greatest difference between what a file gives and what the model gives.

    RuntimeError where onnxruntime does not run it, or where the two differ by more than rounding.
    """
    worst = float(np.max([_difference(data, subject, *shape) for shape in SHAPES]))
    if not worst <= TOLERANCE:
        raise RuntimeError(
            f"onnxruntime gives other numbers than seqkit, {worst:.2g} apart: nothing was written"
        )
    return worst


def run(data: bytes, feeds: Feeds) -> list[Array]:
    """What onnxruntime makes of inputs; RuntimeError where it refuses the file, or the inputs."""
    _, runtime = libraries()
    options = runtime.SessionOptions()
    options.log_severity_level = ERRORS
    options.intra_op_num_threads = torch.get_num_threads()
    try:
        session = runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        found: list[Array] = session.run(None, dict(feeds))
    except Exception as error:  # its own classes have no other base
        raise RuntimeError(f"onnxruntime does not run the file: {error}") from error
    return found


def _difference(data: bytes, subject: Subject, batch: int, positions: int) -> float:
    feeds = subject.example(batch, positions, seed=batch)
    pairs = zip(run(data, feeds), subject.outputs(feeds), strict=True)
    return float(np.max([_apart(found, wanted) for found, wanted in pairs]))


def _apart(found: Array, wanted: Array) -> float:
    """The greatest difference; -inf is as far from -inf as 1 from 1."""
    if found.shape != wanted.shape:
        return np.inf
    with np.errstate(invalid="ignore"):
        gap = np.abs(found - wanted) / np.maximum(1, np.abs(wanted))
    return float(np.where(found == wanted, 0, gap).max(initial=0))
