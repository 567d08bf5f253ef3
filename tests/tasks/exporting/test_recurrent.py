"""Layers as nodes of ONNX, in onnxruntime, beside the readable loop of layers in float64."""

import numpy as np
import pytest
import torch

from seqkit.layers import CELLS, LSTM, Bidirectional, LayerNorm, Stack, WeightDrop, Zoneout
from seqkit.layers.peephole import DiagonalPeepholeLSTM
from seqkit.tasks.exporting.checking import run
from seqkit.tasks.exporting.graph import Graph
from seqkit.tasks.exporting.operators import operator_of
from seqkit.tasks.exporting.recurrent import padding_of, run_stack
from tests.tasks.exporting.written import compare, data_of, scattered

WIDTH, HIDDEN = 3, 5


def stack_of(cell, both=False):
    """Two layers of a cell, of other widths."""
    kind = CELLS[cell]
    sizes = [(WIDTH, HIDDEN), (HIDDEN * (1 + both), HIDDEN - 1)]
    layers = [
        Bidirectional(kind(*size), kind(*size)) if both else WeightDrop(kind(*size), 0.5)
        for size in sizes
    ]
    return scattered(Stack(layers, 0.5))


def data_for(stack, carried=False, padded=False):
    """The bytes of a graph of x (T, B, D), states, lengths -> outputs (T, B, H), states, ends."""
    graph = Graph()
    x = graph.input("x", "float32", "positions", "batch", WIDTH)
    sizes = [tensor.shape[1] for tensor in stack.initial(1)] if carried else []
    state = [graph.input(f"state_{k}", "float32", "batch", size) for k, size in enumerate(sizes)]
    padding = padding_of(graph, graph.input("lengths", "int64", "batch"), x) if padded else None
    ran = run_stack(graph, stack, x, state, padding)
    for number, value in enumerate((*ran.state, *ran.ends)):
        graph.output(value, f"after_{number}", "float32", "batch", "width")
    graph.output(ran.outputs, "outputs", "float32", "positions", "batch", "width")
    return data_of(graph)


def numbers(*shape, seed=1):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def by_torch(stack, x, state=None, lengths=None):
    """Outputs (B, T, H) and states, in float64."""
    x = torch.from_numpy(x).double().transpose(0, 1)
    state = None if state is None else tuple(torch.from_numpy(s).double() for s in state)
    with torch.no_grad():
        outputs, after = stack.double()(x, state, lengths)
    stack.float()
    return outputs.numpy(), [one.numpy() for one in after]


@pytest.mark.parametrize("positions", [1, 6])
@pytest.mark.parametrize("cell", CELLS)
def test_a_stack_from_given_states(cell, positions):
    stack = stack_of(cell)
    x = numbers(positions, 4, WIDTH)
    state = [numbers(*one.shape, seed=k) for k, one in enumerate(stack.initial(4))]
    feeds = {"x": x, **{f"state_{k}": one for k, one in enumerate(state)}}
    *after, end, found = run(data_for(stack, carried=True), feeds)
    outputs, wanted = by_torch(stack, x, state)
    compare([found.transpose(1, 0, 2), *after, end], [outputs, *wanted, outputs[:, -1]])


@pytest.mark.parametrize("lengths", [None, [6, 1, 4], [2, 2, 3]])
@pytest.mark.parametrize("both", [False, True], ids=["forward", "both ways"])
@pytest.mark.parametrize("cell", CELLS)
def test_padding_changes_nothing(cell, both, lengths):
    """Zeros before the first word; the last real output of each direction is its end."""
    stack = stack_of(cell, both)
    x = numbers(6, 3, WIDTH)
    feeds = {"x": x} if lengths is None else {"x": x, "lengths": np.array(lengths)}
    results = run(data_for(stack, padded=lengths is not None), feeds)
    known = None if lengths is None else torch.tensor(lengths)
    outputs, wanted = by_torch(stack, x, lengths=known)
    after, ends, found = results[: len(wanted)], results[len(wanted) : -1], results[-1]
    lengths = lengths or [6] * 3
    real = np.arange(6) < np.array(lengths)[:, None]
    last = outputs[range(3), np.array(lengths) - 1]
    size = ends[0].shape[1]
    compare(after, wanted)
    compare(ends, [last[:, :size], outputs[:, 0, size:]][: 1 + both])
    compare([found.transpose(1, 0, 2)[real]], [outputs[real]])


def test_two_passes_are_one():
    """The states of the first half go into the second."""
    for cell in ("gru-simple", "lstm", "lstm-peephole"):
        stack = stack_of(cell)
        data, x = data_for(stack, carried=True), numbers(7, 2, WIDTH)
        names = [f"state_{k}" for k in range(len(stack.initial(1)))]
        state = [one.numpy() for one in stack.initial(2)]
        whole = run(data, {"x": x, **dict(zip(names, state, strict=True))})
        found = []
        for part in (x[:3], x[3:]):
            results = run(data, {"x": part, **dict(zip(names, state, strict=True))})
            state = results[: len(names)]
            found.append(results[-1])
        compare([np.concatenate(found), *state], [whole[-1], *whole[: len(names)]])


def test_a_simplified_gru_is_one_whose_reset_gate_is_open():
    cell = scattered(CELLS["gru-simple"](WIDTH, HIDDEN))
    update, reset, candidate = operator_of(cell).blocks
    assert not reset[:, :-1].any() and (1 / (1 + np.exp(-reset[:, -1])) == 1).all()
    rows = np.concatenate([cell.input_weight.detach(), cell.recurrent_weight.detach()], axis=1)
    np.testing.assert_array_equal(np.concatenate([-update, candidate])[:, :-1], rows)


def test_the_output_gate_of_onnx_looks_at_another_memory():
    """Why cells with peepholes are a Scan: ONNX's operator has p_o * c<t>, C5 p_o * c<t-1>."""
    cell = scattered(DiagonalPeepholeLSTM(WIDTH, HIDDEN))
    with pytest.raises(ValueError, match="no operator for the cell DiagonalPeepholeLSTM"):
        operator_of(cell)


@pytest.mark.parametrize("wrapper", [LayerNorm, lambda cell: Zoneout(cell, 0.1, 0.0)])
def test_a_wrapper_that_changes_what_a_trained_cell_does_is_refused(wrapper):
    with pytest.raises(ValueError, match=r"LayerNorm|Zoneout"):
        data_for(Stack([wrapper(LSTM(WIDTH, HIDDEN))]).eval())
