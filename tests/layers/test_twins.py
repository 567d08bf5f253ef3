"""What a fast path can get wrong that plain numbers do not show: modes, strides, what is wanted.

That it computes the right numbers is checked in test_cells.py, beside the loop; in other types, in
test_types.py.
"""

import pytest
import torch

from tests.layers.cells import KINDS, RUNNERS, default, draw, draw_state, drawn, loop

B, T, D, H = 3, 5, 4, 6
LENGTHS = {"whole": None, "padded": torch.tensor([2, 5, 3])}

every_cell = pytest.mark.parametrize("kind", KINDS)
every_runner = pytest.mark.parametrize("run", RUNNERS)
every_length = pytest.mark.parametrize("name", LENGTHS)


def leaves(cell, x, state):
    return [x, *state, *cell.parameters()]


def setting(kind):
    """A cell, an input and a state that all want gradients."""
    cell = drawn(kind(D, H))
    state = tuple(tensor.requires_grad_() for tensor in draw_state(cell, B))
    return cell, draw(B, T, D).requires_grad_(), state


@every_length
@every_runner
@every_cell
def test_without_gradients_the_result_is_the_same(kind, run, name):
    cell, x, state = setting(kind)
    wanted = run(cell, x, state, LENGTHS[name])
    with torch.no_grad():
        found = run(cell, x, state, LENGTHS[name])
    with torch.inference_mode():
        inferred = run(cell, x, state, LENGTHS[name])
    torch.testing.assert_close(found, wanted, rtol=1e-13, atol=1e-13)
    torch.testing.assert_close(inferred, found, rtol=0, atol=0)
    assert not found[0].requires_grad and not found[1][0].requires_grad


@every_length
@every_runner
@every_cell
def test_a_second_backward_gives_the_same_gradients(kind, run, name):
    cell, x, state = setting(kind)
    outputs, last = run(cell, x, state, LENGTHS[name])
    loss = (outputs * draw(B, T, H, seed=5)).sum() + last[-1].square().sum()
    one = torch.autograd.grad(loss, leaves(cell, x, state), retain_graph=True)
    two = torch.autograd.grad(loss, leaves(cell, x, state))
    torch.testing.assert_close(one, two, rtol=0, atol=0)


LOSSES = {
    "all outputs": lambda outputs, last: outputs.sum(),  # a gradient of strides 0
    "one position": lambda outputs, last: outputs[:, 1].square().sum(),
    "the last a": lambda outputs, last: (last[0].T * torch.arange(B)).sum(),
    "the last state": lambda outputs, last: last[-1].T.exp().sum(),
    "turned": lambda outputs, last: (outputs.permute(2, 0, 1) * draw(H, B, T, seed=6)).sum(),
    "every other": lambda outputs, last: outputs[:, ::2, ::3].square().sum() + last[0][0, 0],
}


@pytest.mark.parametrize("loss", LOSSES)
@every_length
@every_cell
def test_gradients_of_odd_losses_are_those_of_the_loop(kind, name, loss):
    cell, x, state = setting(kind)
    found = [
        torch.autograd.grad(
            LOSSES[loss](*run(cell, x, state, LENGTHS[name])),
            leaves(cell, x, state),
            allow_unused=True,
            materialize_grads=True,
        )
        for run in (default, loop)
    ]
    torch.testing.assert_close(*found, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("only", ["x", "state", "recurrent_weight", "bias"])
@every_length
@every_cell
def test_gradients_of_one_thing_alone_are_those_of_the_loop(kind, name, only):
    cell, x, state = setting(kind)
    for leaf in leaves(cell, x, state):
        leaf.requires_grad_(False)
    leaf = {"x": x, "state": state[-1]}.get(only)
    leaf = getattr(cell, only) if leaf is None else leaf
    leaf.requires_grad_()
    found = []
    for run in (default, loop):
        outputs, last = run(cell, x, state, LENGTHS[name])
        found.append(torch.autograd.grad((outputs.square().sum() + last[0].sum()), [leaf]))
    torch.testing.assert_close(*found, rtol=1e-11, atol=1e-11)


@every_length
@every_runner
@every_cell
def test_strides_do_not_matter(kind, run, name):
    cell, x, state = setting(kind)
    wanted = run(cell, x, state, LENGTHS[name])
    wide = torch.zeros(T, 2 * B, D, dtype=torch.float64)
    wide[:, ::2] = x.detach().transpose(0, 1)
    turned = wide[:, ::2].transpose(0, 1).requires_grad_()  # (B, T, D), rows far apart
    columns = tuple(s.detach().T.contiguous().T for s in state)
    assert not turned.is_contiguous() and not columns[0].is_contiguous()
    found = run(cell, turned, columns, LENGTHS[name])
    torch.testing.assert_close(found, wanted, rtol=1e-13, atol=1e-13)
    shares = draw(B, T, H, seed=5)
    (one,) = torch.autograd.grad((found[0] * shares).sum(), [turned])
    (two,) = torch.autograd.grad((wanted[0] * shares).sum(), [x])
    torch.testing.assert_close(one, two, rtol=1e-12, atol=1e-12)


@every_runner
@every_cell
def test_one_row_repeated_without_copies(kind, run):
    cell = drawn(kind(D, H))
    x, state = draw(1, T, D), draw_state(cell, 1)
    outputs, last = run(cell, x.expand(B, T, D), tuple(s.expand(B, H) for s in state))
    alone, own = run(cell, x, state)
    torch.testing.assert_close(outputs, alone.expand(B, T, H), rtol=1e-13, atol=1e-13)
    torch.testing.assert_close(last[-1], own[-1].expand(B, H), rtol=1e-13, atol=1e-13)


@every_runner
@every_cell
def test_what_goes_in_stays_as_it_is(kind, run):
    cell, x, state = setting(kind)
    before = [leaf.detach().clone() for leaf in leaves(cell, x, state)]
    outputs, last = run(cell, x, state, LENGTHS["padded"])
    kept = [tensor.detach().clone() for tensor in (outputs, *last)]
    (outputs.sum() + last[-1].sum()).backward()
    assert all(map(torch.equal, before, leaves(cell, x, state)))
    assert all(map(torch.equal, kept, (outputs, *last)))


@every_cell
def test_two_passes_before_one_backward_keep_apart(kind):
    cell, x, _ = setting(kind)
    other = draw(B, T, D, seed=9).requires_grad_()
    both = default(cell, x)[0].square().sum() + default(cell, other)[0].square().sum()
    found = torch.autograd.grad(both, [x, other])
    wanted = [
        torch.autograd.grad(default(cell, leaf)[0].square().sum(), [leaf])[0] for leaf in (x, other)
    ]
    torch.testing.assert_close(list(found), wanted, rtol=0, atol=0)
