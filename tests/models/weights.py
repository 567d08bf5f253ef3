"""The weights of a language model as NumPy arrays in float64, as the oracles want them."""


def arrays(model):
    layers = [
        tuple(_array(p) for p in (cell.input_weight, cell.recurrent_weight, cell.bias))
        for cell in model.stack.cells
    ]
    return {
        "embedding": _array(model.embedding.weight),
        "layers": layers,
        "output": _array(model.output_weight),
        "bias": _array(model.output_bias),
    }


def _array(parameter):
    return parameter.detach().double().numpy()
