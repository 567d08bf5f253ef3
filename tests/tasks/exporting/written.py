"""Models with any weights, and what onnxruntime makes of them once they are written."""

import numpy as np
import onnx
import torch

from seqkit.tasks.exporting.checking import run
from seqkit.tasks.exporting.graph import Graph


def scattered(model, seed=0):
    """The same model with all weights drawn anew, so that none is 0, or 1, by chance."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            low = 0.3 if name.endswith("variance") else -0.6
            parameter.uniform_(low, 0.9, generator=draw)
    return model.eval()


def data_of(graph, metadata=None):
    """The bytes of a graph that onnx finds sound, shapes and all."""
    model = graph.model(metadata or {})
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def written(subject):
    """The bytes of a model."""
    graph = Graph()
    subject.write(graph)
    return data_of(graph, subject.metadata())


def compare(found, wanted, tolerance=2e-5):
    """Arrays are equal but for rounding to float32."""
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        other = np.asarray(other)
        assert one.shape == other.shape and one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def by_onnxruntime(subject, feeds):
    """What onnxruntime gives for inputs."""
    return run(written(subject), feeds)
