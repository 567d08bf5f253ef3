"""The second task against loops, and what it adds to a tagger's loss."""

import pytest
import torch

from seqkit.models.context import ContextTask
from seqkit.models.tagger import TaggedBatch, Tagger
from tests.models.test_tagger import config, forbidden, legal_tags, sentences


@pytest.mark.parametrize("lengths", [None, [5, 1, 3]])
def test_the_loss_is_that_of_plain_loops(lengths):
    torch.manual_seed(0)
    task, hidden = ContextTask(hidden=4, words=7).double(), torch.randn(3, 5, 8).double()
    tokens = sentences()._replace(lengths=None if lengths is None else torch.tensor(lengths))
    assert tokens.words.max() >= 7  # some are too rare to be told
    total = 0.0
    for row, length in enumerate(lengths or [5, 5, 5]):
        words = [word if word < 7 else 0 for word in tokens.words[row, :length].tolist()]
        beside = ([*words[1:], 1], [1, *words[:-1]])
        for side in range(2):
            for t in range(length):
                state = hidden[row, t, 4 * side : 4 * side + 4]
                scores = task.output[side](torch.tanh(task.narrow[side](state)))
                total -= scores.log_softmax(0)[beside[side][t]].item()
    assert task(hidden, tokens).item() == pytest.approx(total, abs=1e-10)


def test_the_least_frequent_words_are_left_out_of_a_large_vocabulary():
    assert ContextTask(4, 100_000).words == ContextTask.WORDS
    assert ContextTask(4, 20).words == 20


def test_a_tagger_reports_the_loss_of_its_tags_and_learns_from_both():
    torch.manual_seed(0)
    model = Tagger(config(context_loss=0.5), forbidden()).double()
    batch = TaggedBatch(sentences(), legal_tags())
    alone = Tagger(config(context_loss=0.0), forbidden()).double()
    kept = {n: p for n, p in model.state_dict().items() if not n.startswith("context.")}
    alone.load_state_dict(kept)
    one, other = model.train().loss(batch)[0], alone.train().loss(batch)[0]
    assert one.item() == pytest.approx(other.item(), abs=1e-12)
    one.backward()
    other.backward()
    scores, hidden = model._scores_and_states(batch.tokens)
    second = 0.5 * model.context(hidden, batch.tokens)
    shared = [p for n, p in model.named_parameters() if n.startswith("stack.")]
    for p, q, extra in zip(
        shared,
        [q for n, q in alone.named_parameters() if n.startswith("stack.")],
        torch.autograd.grad(second, shared),
        strict=True,
    ):
        torch.testing.assert_close(p.grad, q.grad + extra)
    assert scores.shape == (3, 5, 5)
    assert model.eval().loss(batch)[0].item() == pytest.approx(one.item(), abs=1e-12)
