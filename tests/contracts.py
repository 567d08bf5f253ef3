"""What every model promises, whatever its task: subclass, say how to build one, and run pytest."""

import torch
from torch import nn

from seqkit.layers.peephole import DiagonalPeepholeLSTM
from seqkit.tasks.runs import Run
from seqkit.train.optimizers import build_optimizer

SPARED = ("bias", "gain", "start", "end", "judge", "query")
"""How parameters are called that are added or scale, or are one vector to compare with."""


class ModelContract:
    """`build()` gives a small model drawn anew, `batch()` a batch that it can learn by heart."""

    steps = 200
    """Optimizer steps within which the batch is learnt."""

    def build(self) -> nn.Module:
        raise NotImplementedError

    def batch(self):
        raise NotImplementedError

    def test_the_loss_is_a_scalar_sum_over_counted_targets(self):
        torch.manual_seed(0)
        loss, count, _ = self.build().loss(self.batch(), None)
        assert loss.shape == () and loss.requires_grad and torch.isfinite(loss)
        assert type(count) is int and count > 0

    def test_every_parameter_gets_a_gradient(self):
        torch.manual_seed(0)
        model = self.build()
        model.loss(self.batch(), None)[0].backward()
        learnt = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
        assert learnt
        for name, parameter in learnt:
            assert parameter.grad is not None and parameter.grad.shape == parameter.shape, name
            assert parameter.grad.abs().max() > 0, name

    def test_penalties_fall_on_matrices_and_spare_biases_and_norms(self):
        """By what each parameter is for, as its module and name say; not by its shape."""
        model = self.build()
        groups = build_optimizer("adam", model, 0.1, weight_decay=0.3, l1=0.2).param_groups
        found = {p: (g["weight_decay"], g["l1"]) for g in groups for p in g["params"]}
        for path, module in model.named_modules():
            for name, parameter in module.named_parameters(recurse=False):
                spared = name.endswith(SPARED) or "Norm" in type(module).__name__
                spared |= isinstance(module, DiagonalPeepholeLSTM) and name == "peephole_weight"
                assert found[parameter] == ((0, 0) if spared else (0.3, 0.2)), f"{path}.{name}"

    def test_the_carry_holds_no_gradient(self):
        _, _, carry = self.build().loss(self.batch(), None)
        assert all(not tensor.requires_grad for tensor in carry or ())

    def test_it_learns_one_batch_by_heart(self):
        torch.manual_seed(0)
        model, batch = self.build(), self.batch()
        optimizer = torch.optim.Adam(model.parameters(), 0.02)
        for _ in range(self.steps):
            optimizer.zero_grad()
            loss, count, _ = model.loss(batch, None)
            (loss / count).backward()
            optimizer.step()
        assert loss.item() / count < 0.05

    def test_saved_and_loaded_it_is_the_same(self, tmp_path):
        torch.manual_seed(1)
        model, other = self.build(), self.build()
        before = other.loss(self.batch(), None)[0].item()
        Run(tmp_path).write_weights(model)
        Run(tmp_path).read_weights(other)
        wanted = model.loss(self.batch(), None)[0].item()
        assert other.loss(self.batch(), None)[0].item() == wanted != before
        for one, two in zip(model.parameters(), other.parameters(), strict=True):
            assert torch.equal(one, two)

    def test_the_seed_decides_the_model(self):
        models = []
        for _ in range(2):
            torch.manual_seed(3)
            models.append(self.build())
        for one, two in zip(*(model.parameters() for model in models), strict=True):
            assert torch.equal(one, two)


class CausalContract:
    """What a language model promises besides (T4): use it together with `ModelContract`."""

    def test_what_comes_later_changes_nothing_before(self):
        """Another x<t> moves the losses from t on, in every row, and none before it."""
        torch.manual_seed(2)
        model = self.build().eval()
        inputs, targets = self.batch()
        before, _ = model.losses(inputs, targets, model.initial(len(inputs)))
        for t in range(inputs.shape[1]):
            changed = inputs.clone()
            changed[:, t] = (inputs[:, t] + 1) % model.config.vocabulary_size
            after, _ = model.losses(changed, targets, model.initial(len(inputs)))
            assert torch.equal(before[:, :t], after[:, :t])
            assert (before[:, t] != after[:, t]).all()
