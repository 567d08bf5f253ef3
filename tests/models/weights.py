"""The weights of a language model as NumPy arrays in float64, as the oracles want them."""

import numpy as np

from tests.layers.cells import ORACLES, named, numbers


def arrays(model):
    cells = [layer.core for layer in model.stack.layers]
    return {
        "embedding": _array(model.embedding.weight),
        "layers": [
            (ORACLES[type(cell)][0], named(cell, numbers(cell)), _zeros(cell)) for cell in cells
        ],
        "output": _array(model.output_weight),
        "bias": _array(model.output_bias),
    }


def _zeros(cell):
    return tuple(np.zeros(cell.hidden_size) for _ in cell.initial(1))


def _array(parameter):
    return parameter.detach().double().numpy()
