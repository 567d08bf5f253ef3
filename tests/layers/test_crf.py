"""The CRF against an enumeration of all paths, and its gradient against automatic differentiation.

Constraints are masks of what is forbidden. "spans" are those of the tags O, B, I, E; in "dead ends"
one tag can only come last, one never, and not all can be left again.
"""

import math
import re

import pytest
import torch

from seqkit.layers import chain, viterbi
from seqkit.layers.chain import Moves
from seqkit.layers.crf import CRF
from seqkit.layers.decoding import decode, decode_in_logs
from seqkit.layers.fast import chain as compiled
from seqkit.layers.fast import decoding as compiled_decoding
from seqkit.layers.fast import viterbi as compiled_viterbi
from seqkit.layers.gradcheck import gradcheck
from tests.layers.cells import draw, drawn

B, T, K = 5, 5, 4
LENGTHS = torch.tensor([5, 1, 3, 2, 5])


def bools(*rows):
    masks = [torch.tensor([digit == "1" for digit in row]) for row in rows]
    return masks[0] if len(masks) == 1 else torch.stack(masks)


MASKS = {
    "free": None,
    "spans": Moves(bools("0011"), bools("0110"), bools("0011", "1100", "1100", "0011")),
    "dead ends": Moves(bools("0001"), bools("1000"), bools("0110", "0000", "1010", "1111")),
}
every_mask = pytest.mark.parametrize("mask", MASKS)
every_form = pytest.mark.parametrize(
    "posterior", [chain.posterior, compiled.posterior], ids=["logs", "compiled"]
)


def crf_of(mask, tags=K, spread=1.0):
    return drawn(CRF(tags, MASKS[mask] if isinstance(mask, str) else mask), spread=spread)


def enumerated(crf, emissions):
    """Every allowed path of one sequence, (N, n), and its score (N,), which autograd can follow."""
    n = len(emissions)
    paths = torch.cartesian_prod(*[torch.arange(crf.tags)] * n).view(-1, n)
    forbidden = (
        crf.forbidden_start[paths[:, 0]]
        | crf.forbidden_end[paths[:, -1]]
        | crf.forbidden_transitions[paths[:, :-1], paths[:, 1:]].any(1)
    )
    paths = paths[~forbidden]
    score = crf.start[paths[:, 0]] + crf.end[paths[:, -1]]
    for t in range(n):
        score = score + emissions[t, paths[:, t]]
        if t > 0:
            score = score + crf.transitions[paths[:, t - 1], paths[:, t]]
    return paths, score


def sequences(emissions, lengths):
    return [row[:length] for row, length in zip(emissions, lengths.tolist(), strict=True)]


def some_tags(crf, emissions, lengths):
    """Tags (B, T) that are allowed, another path for each sequence; -100 at padding."""
    tags = torch.full(emissions.shape[:2], -100)
    for b, row in enumerate(sequences(emissions, lengths)):
        paths, _ = enumerated(crf, row)
        tags[b, : len(row)] = paths[(7 * b + 3) % len(paths)]
    return tags


def expected_marginals(crf, emissions):
    """P(y<t> = k) of one sequence, (n, K), and how often each pair is expected, (K, K)."""
    paths, score = enumerated(crf, emissions)
    shares = (score - score.max()).exp()
    shares = shares / shares.sum()
    nodes = torch.zeros(len(emissions), crf.tags, dtype=shares.dtype)
    pairs = torch.zeros(crf.tags, crf.tags, dtype=shares.dtype)
    for path, share in zip(paths.tolist(), shares.tolist(), strict=True):
        for t, tag in enumerate(path):
            nodes[t, tag] += share
            if t > 0:
                pairs[path[t - 1], tag] += share
    return nodes, pairs


def plain_loss(crf, emissions, tags):
    """-log P of one sequence by enumeration."""
    paths, score = enumerated(crf, emissions)
    (gold,) = (paths == tags).all(1).nonzero().flatten().tolist()
    return score.logsumexp(0) - score[gold]


def close(found, wanted, digits=12):
    torch.testing.assert_close(found, wanted, rtol=10**-digits, atol=10**-digits)


def refused(message, call, *arguments):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(*arguments)


@every_form
@every_mask
def test_posteriors_agree_with_enumeration(mask, posterior):
    crf, emissions = crf_of(mask), 2 * draw(B, T, K)
    with torch.no_grad():
        found = posterior(emissions, crf.moves(), LENGTHS)
        rows = sequences(emissions, LENGTHS)
        close(found.log_z, torch.stack([enumerated(crf, row)[1].logsumexp(0) for row in rows]))
        wanted = [expected_marginals(crf, row) for row in rows]
    for nodes, length, (own, _) in zip(found.nodes, LENGTHS.tolist(), wanted, strict=True):
        close(nodes[:length], own)
        assert not nodes[length:].any()
    close(found.pairs, sum(pairs for _, pairs in wanted))
    assert not found.pairs[crf.forbidden_transitions].any()


@every_mask
def test_the_layer_gives_the_same(mask):
    crf, emissions = crf_of(mask), 2 * draw(B, T, K)
    wanted = compiled.posterior(emissions, Moves(*(m.detach() for m in crf.moves())), LENGTHS)
    close(crf.log_partition(emissions, LENGTHS), wanted.log_z)
    close(crf.marginals(emissions, LENGTHS), wanted.nodes)


@every_mask
def test_loss_and_gradients_agree_with_enumeration_and_autograd(mask):
    crf, emissions = crf_of(mask), (2 * draw(B, T, K)).requires_grad_()
    tags = some_tags(crf, emissions, LENGTHS)
    leaves = [emissions, *crf.parameters()]
    found = crf.loss(emissions, tags, LENGTHS)
    rows = zip(sequences(emissions, LENGTHS), sequences(tags, LENGTHS), strict=True)
    wanted = torch.stack([plain_loss(crf, *row) for row in rows]).sum()
    close(found, wanted)
    gradients = torch.autograd.grad(0.3 * found, leaves)
    close(gradients, torch.autograd.grad(0.3 * wanted, leaves))
    forbidden = (crf.forbidden_start, crf.forbidden_end, crf.forbidden_transitions)
    for gradient, never in zip(gradients[1:], forbidden, strict=True):
        assert not gradient[never].any()
        assert gradient[~never].all()


@every_mask
def test_gradients_agree_with_differences(mask):
    crf, emissions = crf_of(mask), draw(B, T, K).requires_grad_()
    tags = some_tags(crf, emissions, LENGTHS)
    tensors = {"emissions": emissions, **dict(crf.named_parameters())}
    for difference in gradcheck(lambda: crf.loss(emissions, tags, LENGTHS), tensors):
        assert difference.error < 1e-7, difference
        assert difference.analytic > 0.1


def looped_loss(crf, emissions, tags):
    """-log P of one sequence by the forward algorithm as written, for autograd to go through."""
    ahead, gold = crf.start + emissions[0], crf.start[tags[0]] + emissions[0, tags[0]]
    for t in range(1, len(emissions)):
        ahead = torch.logsumexp(ahead[:, None] + crf.transitions, dim=0) + emissions[t]
        gold = gold + crf.transitions[tags[t - 1], tags[t]] + emissions[t, tags[t]]
    return torch.logsumexp(ahead + crf.end, dim=0) - gold - crf.end[tags[-1]]


def test_long_sequences_agree_with_autograd_through_the_forward_algorithm():
    lengths = torch.tensor([300, 77, 150])
    crf = crf_of("free", 7)
    emissions = (5 * draw(3, 300, 7)).requires_grad_()
    tags = torch.randint(7, (3, 300), generator=torch.Generator().manual_seed(3))
    leaves = [emissions, *crf.parameters()]
    found = crf.loss(emissions, tags, lengths)
    rows = zip(sequences(emissions, lengths), sequences(tags, lengths), strict=True)
    wanted = torch.stack([looped_loss(crf, *row) for row in rows]).sum()
    close(found, wanted)
    close(torch.autograd.grad(found, leaves), torch.autograd.grad(wanted, leaves), digits=10)


@every_mask
def test_the_best_paths_agree_with_enumeration(mask):
    crf, emissions = crf_of(mask), draw(B, T, K)
    tags, scores = crf.decode(emissions, LENGTHS)
    lists = {n: crf.n_best(emissions, LENGTHS, n) for n in (1, 2, 7, 2000)}
    for b, row in enumerate(sequences(emissions, LENGTHS)):
        paths, totals = (x.detach() for x in enumerated(crf, row))
        order = totals.argsort(descending=True)
        assert tags[b, : len(row)].tolist() == paths[order[0]].tolist()
        assert not tags[b, len(row) :].any()
        close(scores[b], totals[order[0]])
        for n, found in lists.items():
            assert [path.tags for path in found[b]] == paths[order[:n]].tolist()
            close(torch.tensor([p.score for p in found[b]], dtype=torch.float64), totals[order[:n]])


def test_probabilities_of_all_paths_add_up_to_one():
    crf, emissions = crf_of("spans"), draw(B, T, K)
    for found, log_z in zip(
        crf.n_best(emissions, LENGTHS, 5000),
        crf.log_partition(emissions, LENGTHS).tolist(),
        strict=True,
    ):
        assert math.fsum(math.exp(path.score - log_z) for path in found) == pytest.approx(1)


@every_mask
def test_confidences_of_the_best_path_agree_with_enumeration(mask):
    crf, emissions = crf_of(mask), 2 * draw(B, T, K)
    tags, sure, steps = crf.decode_with_confidence(emissions, LENGTHS)
    assert torch.equal(tags, crf.decode(emissions, LENGTHS)[0])
    for b, length in enumerate(LENGTHS.tolist()):
        paths, score = enumerated(crf, emissions[b, :length])
        for first in range(length):
            for stop in range(first + 1, length + 1):
                inside = (paths[:, first:stop] == tags[b, first:stop]).all(1)
                wanted = (score[inside].logsumexp(0) - score.logsumexp(0)).exp().detach()
                close(sure[b, first] * steps[b, first : stop - 1].prod(), wanted)
        assert not sure[b, length:].any() and not steps[b, max(length - 1, 0) :].any()


@every_mask
def test_compiled_loops_and_log_space_find_the_same_paths_and_steps(mask):
    crf, emissions = crf_of(mask), 3 * draw(B, T, K)
    moves = crf.moves()
    tags, scores = viterbi.best_path(emissions, moves, LENGTHS)
    others, totals = viterbi.best_paths(emissions, moves, LENGTHS)
    assert torch.equal(tags, others[:, 0])
    close(scores, totals[:, 0])
    found = compiled_decoding.decode(emissions, moves, LENGTHS)
    for one, wanted in zip(found, decode_in_logs(emissions, moves, LENGTHS), strict=True):
        close(one, wanted)
    assert found[1][:, 0].min() > 0.05 and found[2].max() > 0.5


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, 1e5])
def test_decoding_leaves_to_log_space_what_weights_cannot_hold(odd):
    crf, emissions = crf_of("spans"), draw(B, T, K)
    emissions[3, 1, 2] = odd
    moves = crf.moves()
    moves.transitions[0, 0] = -1000.0
    assert compiled_decoding.decode(emissions, moves, LENGTHS) is None
    if math.isfinite(odd):
        for one, wanted in zip(
            decode(emissions, moves, LENGTHS),
            decode_in_logs(emissions, moves, LENGTHS),
            strict=True,
        ):
            assert torch.equal(one, wanted)
    else:
        with pytest.raises(ValueError, match="sequence 3 at position 1"):
            decode(emissions, moves, LENGTHS)


def test_of_equal_paths_the_first_tags_win_and_a_dead_end_scores_nothing():
    equal = Moves(torch.zeros(3), torch.zeros(3), torch.zeros(3, 3))
    equal = Moves(*(x.double() for x in equal))
    tags, scores = compiled_viterbi.best_path(torch.zeros(1, 4, 3).double(), equal, LENGTHS[3:4])
    assert tags.tolist() == [[0, 0, 0, 0]] and scores.tolist() == [0]
    dead = equal._replace(start=torch.full((3,), -math.inf).double())
    _, scores = compiled_viterbi.best_path(torch.zeros(1, 4, 3).double(), dead, LENGTHS[3:4])
    assert scores.tolist() == [-math.inf]


def test_one_position_alone():
    crf, emissions = crf_of("free"), draw(2, 1, K)
    scores = (crf.start + crf.end + emissions[:, 0]).detach()  # (2, K)
    close(crf.marginals(emissions)[:, 0], scores.softmax(1))
    close(crf.decode(emissions)[0][:, 0], scores.argmax(1))
    tags = torch.tensor([[3], [1]])
    close(crf.loss(emissions, tags).detach(), -scores.log_softmax(1)[[0, 1], [3, 1]].sum())
    _, sure, steps = crf.decode_with_confidence(emissions)
    close(sure[:, 0], scores.softmax(1).amax(1))
    assert steps.shape == (2, 0)


def test_one_tag_alone_is_certain():
    crf, emissions = crf_of("free", 1), draw(2, 3, 1).requires_grad_()
    loss = crf.loss(emissions, torch.zeros(2, 3).long())
    close(loss.detach(), torch.zeros((), dtype=torch.float64))
    assert not torch.autograd.grad(loss, emissions)[0].any()
    assert crf.n_best(emissions, None, 3)[0][0].tags == [0, 0, 0]


@every_mask
def test_a_sequence_gets_what_it_gets_alone_whatever_stands_at_padding(mask):
    crf, emissions = crf_of(mask), draw(B, T, K)
    tags = some_tags(crf, emissions, LENGTHS)
    for b, length in enumerate(LENGTHS.tolist()):
        emissions[b, length:] = (math.nan, math.inf, -math.inf, 1e300)[b % 4]
    emissions.requires_grad_()
    loss = crf.loss(emissions, tags, LENGTHS)
    together = torch.autograd.grad(loss, [emissions, *crf.parameters()])
    best, scores = crf.decode(emissions, LENGTHS)
    lists, nodes = crf.n_best(emissions, LENGTHS, 3), crf.marginals(emissions, LENGTHS)
    losses, sums = [], [torch.zeros_like(p) for p in crf.parameters()]
    for b, row in enumerate(sequences(emissions.detach(), LENGTHS)):
        alone = row[None].clone().requires_grad_()
        losses.append(crf.loss(alone, tags[b : b + 1, : len(row)]))
        d_alone, *own = torch.autograd.grad(losses[-1], [alone, *crf.parameters()])
        sums = [total + d for total, d in zip(sums, own, strict=True)]
        close(together[0][b, : len(row)], d_alone[0])
        assert not together[0][b, len(row) :].any()
        close(nodes[b, : len(row)], crf.marginals(alone)[0])
        assert best[b, : len(row)].tolist() == crf.decode(alone)[0][0].tolist()
        close(scores[b], crf.decode(alone)[1][0])
        assert [p.tags for p in lists[b]] == [p.tags for p in crf.n_best(alone, None, 3)[0]]
    close(loss, torch.stack(losses).sum())
    close(together[1:], tuple(sums))


HUGE = {
    "emissions": (1e4, 1.0),
    "moves": (1.0, 1e3),
    "both": (1e4, 1e4),
}


@every_form
@every_mask
@pytest.mark.parametrize("size", HUGE)
def test_huge_scores_cost_nothing(size, mask, posterior):
    of_emissions, of_moves = HUGE[size]
    crf, emissions = crf_of(mask, spread=of_moves), of_emissions * draw(B, T, K)
    with torch.no_grad():
        found = posterior(emissions, crf.moves(), LENGTHS)
        for b, row in enumerate(sequences(emissions, LENGTHS)):
            close(found.log_z[b], enumerated(crf, row)[1].logsumexp(0))
            close(found.nodes[b, : len(row)], expected_marginals(crf, row)[0], 8)
    tags = some_tags(crf, emissions, LENGTHS)
    loss = crf.loss(emissions.requires_grad_(), tags, LENGTHS)
    for tensor in [loss, *torch.autograd.grad(loss, [emissions, *crf.parameters()])]:
        assert tensor.isfinite().all()


@every_form
@pytest.mark.parametrize("nats", [30, 100, 300, 400, 800, 5000])
def test_a_path_that_loses_at_both_ends_and_wins_in_the_middle(nats, posterior):
    """From either end its share is next to nothing, until a tag that only it can reach."""
    stay_apart = bools("010", "101", "011")  # 0 and 1 never meet; 2 lies between two 0
    crf = crf_of(Moves(bools("001"), bools("001"), stay_apart), 3)
    emissions = draw(1, 5, 3)
    emissions[0, :, 0] -= nats
    emissions[0, 2, 2] += 5 * nats
    with torch.no_grad():
        found = posterior(emissions, crf.moves(), torch.tensor([5]))
        close(found.log_z[0], enumerated(crf, emissions[0])[1].logsumexp(0))
        close(found.nodes[0], expected_marginals(crf, emissions[0])[0], 9)
    assert crf.decode(emissions)[0].tolist() == [[0, 0, 2, 0, 0]]


@pytest.fixture
def redone(monkeypatch):
    """The lengths of the sequences that the compiled loops leave to log space."""
    found, in_logs = [], chain.posterior

    def watched(emissions, moves, lengths):
        found.extend(lengths.tolist())
        return in_logs(emissions, moves, lengths)

    monkeypatch.setattr(chain, "posterior", watched)
    return found


def test_only_what_needs_log_space_is_done_in_it(redone):
    crf, emissions = crf_of("spans"), 20 * draw(B, T, K)
    with torch.no_grad():
        ordinary = compiled.posterior(emissions, crf.moves(), LENGTHS)
    assert redone == []
    emissions[2, 1] *= 1e4
    with torch.no_grad():
        mixed = compiled.posterior(emissions, crf.moves(), LENGTHS)
    assert redone == [3]
    others = torch.tensor([0, 1, 3, 4])
    close(mixed.nodes[others], ordinary.nodes[others], 15)
    close(mixed.log_z[others], ordinary.log_z[others], 15)
    tags = some_tags(crf, emissions, LENGTHS)
    wanted = sum(expected_marginals(crf, row)[1] for row in sequences(emissions, LENGTHS))
    close(mixed.pairs, wanted.detach())
    assert crf.loss(emissions, tags, LENGTHS) > 1e4


@pytest.mark.parametrize("seed", range(60))
def test_random_constraints_sizes_and_scores(seed):
    """Whatever is forbidden: the same as the enumeration, or refused where that has no path."""
    g = torch.Generator().manual_seed(seed)
    tags, positions = (int(torch.randint(1, 5, (), generator=g)) for _ in range(2))
    shapes = ((tags,), (tags,), (tags, tags))
    crf = CRF(tags, [torch.rand(shape, generator=g) < 0.4 for shape in shapes]).double()
    size = (1.0, 150.0, 1e4)[seed % 3]
    emissions = size * torch.randn(1, positions, tags, generator=g, dtype=torch.float64)
    paths, scores = (x.detach() for x in enumerated(crf, emissions[0]))
    if not len(paths):
        message = (
            f"sequence 0 of length {positions} has no allowed path of tags; forbid fewer moves"
        )
        for method in (crf.decode, crf.marginals, crf.log_partition):
            refused(message, method, emissions)
        refused(message, crf.n_best, emissions, None, 2)
        return
    close(crf.log_partition(emissions)[0], scores.logsumexp(0))
    close(crf.marginals(emissions)[0], expected_marginals(crf, emissions[0])[0].detach(), 9)
    order = scores.argsort(descending=True)
    assert crf.decode(emissions)[0].tolist() == paths[order[:1]].tolist()
    assert [p.tags for p in crf.n_best(emissions, None, 9)[0]] == paths[order[:9]].tolist()


def test_other_types_are_computed_in_float64_and_come_back():
    crf = CRF(K, MASKS["spans"])
    exact = CRF(K, MASKS["spans"]).double()
    exact.load_state_dict(crf.state_dict())
    tags = some_tags(crf, draw(B, T, K), LENGTHS)
    for dtype, least in ((torch.float32, torch.float32), (torch.bfloat16, torch.float32)):
        emissions = draw(B, T, K).to(dtype).requires_grad_()
        wide = emissions.detach().double().requires_grad_()
        loss, wanted = crf.loss(emissions, tags, LENGTHS), exact.loss(wide, tags, LENGTHS)
        close(loss, wanted)
        loss.backward()
        wanted.backward()
        close(emissions.grad, wide.grad.to(dtype))
        assert emissions.grad.dtype == dtype and crf.start.grad.dtype == torch.float32
        nodes = crf.marginals(emissions, LENGTHS)
        assert nodes.dtype == least
        close(nodes, exact.marginals(wide, LENGTHS).to(least))


def test_modes_strides_and_second_passes():
    crf, emissions = crf_of("spans"), draw(B, T, K).requires_grad_()
    tags = some_tags(crf, emissions, LENGTHS)
    loss = crf.loss(emissions, tags, LENGTHS)
    one = torch.autograd.grad(loss, emissions, retain_graph=True)
    close(torch.autograd.grad(loss, emissions), one, 15)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert crf.loss(emissions, tags, LENGTHS) == loss
    turned = emissions.detach().permute(2, 1, 0).contiguous().permute(2, 1, 0).requires_grad_()
    tags_turned = tags.T.contiguous().T
    assert not turned.is_contiguous() and not tags_turned.is_contiguous()
    close(torch.autograd.grad(crf.loss(turned, tags_turned, LENGTHS), turned), one)
    crf.requires_grad_(False)
    close(torch.autograd.grad(crf.loss(emissions, tags.int(), LENGTHS.int()), emissions), one)


def test_the_saved_state_is_the_parameters_alone():
    crf = CRF(K, MASKS["spans"])
    assert {name: tuple(x.shape) for name, x in crf.state_dict().items()} == {
        "start": (K,),
        "end": (K,),
        "transitions": (K, K),
    }
    assert all(x.isfinite().all() and x.abs().max() <= 0.1 for x in crf.parameters())


def test_a_loss_of_nan_is_told_not_hidden():
    crf = crf_of("spans")
    for bad in (math.nan, math.inf):
        emissions = draw(2, 3, K)
        emissions[1, 2, 0] = bad
        assert crf.loss(emissions, torch.zeros(2, 3).long()).isnan()
        message = (
            "the emissions of sequence 1 at position 2 are not finite: "
            "has the net that made them diverged?"
        )
        refused(message, crf.decode, emissions)
        refused(message, crf.marginals, emissions)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ([2, 3, 0], "none may begin with tag 2"),
        ([0, 1, 0], "tag 0 at position 2 may not follow tag 1"),
        ([0, 0, 1], "none may end with tag 1"),
    ],
)
def test_forbidden_tags(path, reason):
    crf, emissions = crf_of("spans"), draw(2, 4, K)
    tags = torch.tensor([[0, 0, 0, 0], [*path, 3]])
    message = f"the tags of sequence 1 are forbidden: {reason}; repair the tags or allow it"
    refused(message, crf.loss, emissions, tags, torch.tensor([4, 3]))


def test_tags_that_do_not_exist():
    crf, emissions = crf_of("free"), draw(2, 3, K)
    for tag in (-1, K):
        tags = torch.tensor([[0, 1, 2], [3, tag, 0]])
        message = f"the tag of sequence 1 at position 1 is {tag}; it must be between 0 and {K - 1}"
        refused(message, crf.loss, emissions, tags)
        crf.loss(emissions, tags, torch.tensor([3, 1]))  # at padding nobody cares
    for tags in (torch.zeros(2, 4).long(), torch.zeros(2, 3)):
        message = f"the tags must be (2, 3) of integers, got {tuple(tags.shape)} of {tags.dtype}"
        refused(message, crf.loss, emissions, tags)


def test_other_things_that_do_not_fit():
    crf = crf_of("free")
    wrong = f"the input must be (batch, positions, {K}), none of them 0; got (2, 3, {K + 1})"
    refused(wrong, crf.decode, draw(2, 3, K + 1))
    short = "the length of sequence 1 is 0; it must be between 1 and 3"
    refused(short, crf.marginals, draw(2, 3, K), torch.tensor([3, 0]))
    refused("a CRF needs 1 tag or more, got 0", CRF, 0)
    refused("n_best needs n of 1 or more, got 0", crf.n_best, draw(2, 3, K), None, 0)
    masks = MASKS["spans"]
    refused("forbidden must be (start, end, transitions), got 2 masks", CRF, K, masks[:2])
    message = "the mask of forbidden end must be (4,) of bools, got (4,) of torch.float32"
    refused(message, CRF, K, masks._replace(end=torch.zeros(K)))
    message = "the mask of forbidden transitions must be (4, 4) of bools, got (4,) of torch.bool"
    refused(message, CRF, K, masks._replace(transitions=masks.start))
