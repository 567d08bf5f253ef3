"""`seqkit gradcheck`: what it prints and takes, and that it fails where a gradient is wrong."""

import json

import pytest
import torch

from seqkit.cli.gradcheck import command
from seqkit.layers.gradcheck import EPSILON, TOLERANCE
from seqkit.layers.rnn import RNN


@pytest.fixture
def broken(monkeypatch):
    """A cell whose loop loses the gradient of what came before."""

    def step(self, projected, state, weights):
        return (torch.tanh(projected + weights.product(state[0]).detach()),)

    monkeypatch.setattr(RNN, "step", step)


def test_a_table_with_a_row_a_check(seqkit):
    result = seqkit("gradcheck", "--only", "rnn", "--only", "embedding")
    assert result.code == 0
    header, rule, *rows = [line.split() for line in result.out.splitlines()]
    assert header == ["check", "error", "worst", "tensor"] and set("".join(rule)) == {"-"}
    assert [row[0] for row in rows][:2] == ["rnn/unroll", "rnn/unroll/padded"]
    assert rows[-1][0] == "embedding" and rows[-1][2:] == ["weight", "ok"]
    assert all(float(row[1]) < 1e-7 for row in rows)
    assert result.err == f"{len(rows)} checks\n{len(rows)} of {len(rows)} checks passed\n"


def test_one_object_with_every_tensor(seqkit):
    result = seqkit("gradcheck", "--only", "gru/run", "--seed", "7", "--json", "--quiet")
    assert (result.code, result.err) == (0, "")
    found = json.loads(result.out)
    (check,) = found.pop("checks")
    assert found == {"passed": True, "epsilon": EPSILON, "tolerance": TOLERANCE, "seed": 7}
    tensors = ["x", "state[0]", "input_weight", "recurrent_weight", "bias"]
    assert list(check["tensors"]) == tensors
    assert check["name"] == "gru/run" and check["passed"] is True
    assert check["error"] == check["tensors"][check["worst"]] == max(check["tensors"].values())


def test_a_wrong_gradient_fails_and_is_named(seqkit, broken):
    result = seqkit("gradcheck", "--only", "rnn/unroll", "--only", "lstm/unroll")
    assert result.code == 1
    lines = {line.split()[0]: line.split()[1:] for line in result.out.splitlines()[2:]}
    assert lines["rnn/unroll"] == ["1.0e+00", "state[0]", "WRONG"]
    assert lines["lstm/unroll"][-1] == "ok"
    assert "rnn/unroll: state[0] exceeds 1e-06\n1 of 2 checks passed\n" in result.err


def test_a_wrong_gradient_is_in_the_object_too(seqkit, broken):
    result = seqkit("gradcheck", "--only", "rnn/unroll", "--json")
    found = json.loads(result.out)
    assert result.code == 1 and found["passed"] is found["checks"][0]["passed"] is False
    assert found["checks"][0]["tensors"]["recurrent_weight"] == 1.0
    assert found["checks"][0]["tensors"]["bias"] > 0.01


def test_a_tolerance_below_the_rounding_fails(seqkit):
    assert seqkit("gradcheck", "--only", "embedding", "--tolerance", "1e-15").code == 1
    assert seqkit("gradcheck", "--only", "lstm/run", "--epsilon", "0.1").code == 1


def test_an_unknown_name_lists_the_known_ones(seqkit):
    result = seqkit("gradcheck", "--only", "lsmt")
    assert result.code == 2
    assert result.error.startswith("there is no check 'lsmt'; there are: rnn, unroll, ")


@pytest.mark.parametrize("value", ["0", "-1", "1", "nan"])
@pytest.mark.parametrize("option", ["epsilon", "tolerance"])
def test_an_option_out_of_range_is_named(seqkit, option, value):
    result = seqkit("gradcheck", "--only", "embedding", f"--{option}", value, "--quiet")
    assert result.code == 2
    assert f"{option} must be above 0 and below 1, got {float(value)}" in result.error


def test_the_defaults_are_those_of_the_library():
    defaults = {option.name: option.default for option in command.params}
    assert (defaults["epsilon"], defaults["tolerance"]) == (EPSILON, TOLERANCE)
