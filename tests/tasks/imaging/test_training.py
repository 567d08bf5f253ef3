"""Training nets of images: every kind learns and is kept; stopped and resumed it is the same run;
a trunk that is kept."""

import shutil
import signal

import pytest
import torch

from seqkit.tasks import imaging
from seqkit.tasks.imaging.estimate import estimate
from seqkit.tasks.runs import Run, read_json
from seqkit.train.loop import Hooks
from tests.tasks.pictured import KINDS, Pictures, Sources, draw, settings, sources
from tests.unsealed import unsealed

SHORT = {"epochs": 2, "shift": 1, "flip": True}
"""A short training in which every random draw takes part."""
NETS = {
    "logistic": {"layers": None, "model": "logistic"},
    "mlp": {"layers": None, "model": "mlp", "hidden": "16,8", "dropout": 0.1},
    "cnn": {},
    "resnet": {"layers": None, "model": "resnet", "widths": "4,8"},
    "siamese": {"layers": "conv 6x3 same, bn, relu, pool 2, flatten", "model": "siamese"},
}


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


class StopAt(Hooks):
    """Ctrl-C after so many steps."""

    def __init__(self, steps):
        self.steps = steps

    def on_step(self, loop):
        if loop.at.steps == self.steps:
            signal.raise_signal(signal.SIGINT)


def interrupt(chosen, folder, steps):
    with pytest.raises(KeyboardInterrupt), imaging.training(chosen, sources(), folder) as job:
        job.run_to_end(StopAt(steps))


def resume(folder):
    with imaging.resumed_training(folder) as job:
        metrics = job.run_to_end()
        job.finish(metrics)
        return metrics


@pytest.mark.parametrize("kind", NETS)
def test_every_kind_learns_and_is_loaded_as_it_was(tmp_path, kind):
    metrics = imaging.train(settings(**{**NETS[kind], "epochs": 4}), sources(), tmp_path / "run")
    history = Run(tmp_path / "run").read_history()
    losses = [record["train"]["loss"] for record in history]
    assert losses[-1] < losses[0]
    assert metrics["test"]["accuracy"] > 0.25 + (kind != "siamese") * 0.1  # four classes
    loaded = imaging.load(tmp_path / "run", "cpu")
    again = loaded.evaluate(sources().test)
    for name in ("loss", "accuracy"):
        assert again[name] == pytest.approx(metrics["test"][name], rel=1e-6), name
    assert loaded.labels.names == tuple(sorted(KINDS))


def test_a_run_says_what_was_trained_on_what(finished):
    config, metrics = (read_json(finished / f"{name}.json") for name in ("config", "metrics"))
    assert config["task"] == "imaging" and config["model"]["kind"] == "cnn"
    assert config["model"]["net"]["shape"] == [1, 9, 9]
    part = config["corpus"]["train"]
    assert (part["images"], sum(part["labels"].values())) == (161, 161)
    best = max(Run(finished).read_history(), key=lambda record: record["valid"]["accuracy"])
    assert metrics["valid"]["accuracy"] == best["valid"]["accuracy"]
    names = {path.name for path in finished.iterdir()}
    files = ("config.json", "history.jsonl", "metrics.json", "model.safetensors", "symbols.json")
    assert names == {*files, "SHA256SUMS"}


@pytest.mark.parametrize("steps", [1, 5, 8])
@pytest.mark.parametrize("kind", ["mlp", "cnn", "siamese"])
def test_stopped_and_resumed_it_ends_with_the_same_bytes(tmp_path, kind, steps):
    chosen = settings(**{**NETS[kind], **SHORT})
    imaging.train(chosen, sources(), tmp_path / "whole")
    interrupt(chosen, tmp_path / "stopped", steps)
    resume(tmp_path / "stopped")
    assert weights(tmp_path / "stopped") == weights(tmp_path / "whole")
    assert not (tmp_path / "stopped" / "checkpoint").exists()


def test_the_same_seed_gives_the_same_bytes_and_another_others(finished, tmp_path):
    imaging.train(settings(), sources(), tmp_path / "again")
    assert weights(tmp_path / "again") == weights(finished)
    imaging.train(settings(seed=1), sources(), tmp_path / "other")
    assert weights(tmp_path / "other") != weights(finished)


def test_the_baseline_is_the_commonest_class_of_training(tmp_path):
    train = draw("train", 40, 1)
    train.labels = ("spot", "spot", "lying", "aslant") * 10
    given = Sources(train, draw("valid", 40, 2))
    given.valid.labels = ("spot",) * 30 + ("lying",) * 10
    layers = "flatten, dense 3"
    with imaging.training(settings(layers=layers), given, tmp_path / "run") as job:
        assert job.baselines() == {"valid": {"majority": 0.75}}
    chosen = settings(**NETS["siamese"])
    with imaging.training(chosen, sources(), tmp_path / "siamese") as job:
        assert job.baselines()["valid"] == {"chance": 0.25}


def test_a_siamese_net_needs_two_images_of_two_classes(tmp_path):
    given = sources()
    given.valid = Pictures("lone", given.valid.pixels[:4], KINDS)
    with (
        pytest.raises(ValueError, match="lone: one-shot recognition needs two images or more"),
        imaging.training(settings(**NETS["siamese"]), given, tmp_path / "run"),
    ):
        pass
    assert not (tmp_path / "run").exists()


# A trunk that is kept (N7).


def other_classes():
    """The same kinds of images, two of the classes."""
    return Sources(draw("train", 96, 11, KINDS[2:]), draw("valid", 20, 12, KINDS[2:]))


def trunk(folder):
    """The weights of a trunk, by name."""
    found = imaging.load(folder, "cpu").model.trunk
    return {name: p.detach().clone() for name, p in found.named_parameters()}


def further(finished, **changes):
    return settings(layers=None, begin_from=str(finished), **changes)


@pytest.mark.parametrize("freeze", [None, 2, 9])
def test_a_frozen_trunk_keeps_its_bytes(finished, tmp_path, freeze):
    imaging.train(
        further(finished, freeze=freeze, epochs=2, weight_decay=0.1),
        other_classes(),
        tmp_path / "a",
    )
    before, after = trunk(finished), trunk(tmp_path / "a")
    assert all(torch.equal(before[name], after[name]) for name in before)
    model = imaging.load(tmp_path / "a", "cpu").model
    assert model.head.out_features == 2


@pytest.mark.parametrize("freeze", [0, 1])
def test_a_thawed_trunk_is_trained(finished, tmp_path, freeze):
    class Watch(Hooks):
        def on_epoch(self, loop, record):
            seen.append([p.detach().clone() for p in loop.recipe.model.trunk.parameters()])

    seen = []
    chosen = further(finished, freeze=freeze, epochs=3)
    imaging.train(chosen, other_classes(), tmp_path / "run", Watch())
    before = list(trunk(finished).values())
    for epoch, found in enumerate(seen):
        same = [torch.equal(a, b) for a, b in zip(before, found, strict=True)]
        assert all(same) if epoch < freeze else not any(same)


def test_a_siamese_net_may_stand_on_the_trunk_of_a_classifier_and_the_other_way(finished, tmp_path):
    given = sources()
    imaging.train(further(finished, model="siamese", epochs=1), given, tmp_path / "siamese")
    imaging.train(further(tmp_path / "siamese", epochs=1), given, tmp_path / "back")
    for name in ("siamese", "back"):
        for one, other in zip(
            trunk(finished).values(), trunk(tmp_path / name).values(), strict=True
        ):
            assert torch.equal(one, other)


@pytest.mark.parametrize("steps", [2, 4])
def test_the_other_run_may_be_gone_when_it_goes_on(finished, tmp_path, monkeypatch, steps):
    earlier = unsealed(finished, tmp_path / "earlier")
    chosen = further(earlier, freeze=1, epochs=2, shift=1)
    imaging.train(chosen, sources(), tmp_path / "whole")
    with imaging.training(chosen, sources(), tmp_path / "new"):
        pass  # killed before its first checkpoint
    interrupt(chosen, tmp_path / "stopped", steps)
    shutil.rmtree(earlier)
    for name in ("new", "stopped"):
        resume(tmp_path / name)
        assert weights(tmp_path / name) == weights(tmp_path / "whole")


def test_what_cannot_be_taken_over_is_refused(finished, tmp_path):
    def refused(chosen, given):
        with (
            pytest.raises(ValueError) as caught,
            imaging.training(chosen, given, tmp_path / "run"),
        ):
            pass
        assert not (tmp_path / "run").exists()
        return str(caught.value)

    begin = f"--from {finished}: "
    assert refused(further(finished, model="mlp"), sources()) == (
        f"{begin}its trunk is that of a net of --model cnn, not mlp"
    )
    wide = Pictures("wide", draw("w", 8, 1).pixels[:, :, :8], KINDS * 2)
    assert refused(further(finished), Sources(wide, wide)) == (
        f"{begin}its images are 1 x 9 x 9 (channels x rows x columns), those to train on "
        "1 x 9 x 8; make them of one size"
    )
    assert refused(further(tmp_path / "none"), sources()).startswith(f"--from {tmp_path / 'none'}")


# What would be trained.


@pytest.mark.parametrize("kind", NETS)
def test_the_layers_have_the_parameters_that_are_trained(tmp_path, kind):
    chosen = settings(**NETS[kind])
    found, layers = estimate(chosen, sources().train)
    with imaging.training(chosen, sources(), tmp_path / "run") as job:
        assert found["parameters"] == job.parameter_count == sum(r.parameters for r in layers)
        assert found["memory_bytes"] == job.memory()
    assert (found["images"], found["classes"]) == (161, 4)
    assert layers[-1].after == ((64,) if kind == "siamese" else (4,))
    assert found["memory_bytes"] > 4 * found["parameters"]


def test_two_classes_are_told_apart_by_one_sigmoid(tmp_path):
    chosen = settings(**NETS["logistic"])
    found, _ = estimate(chosen, other_classes().train)
    with imaging.training(chosen, other_classes(), tmp_path / "run") as job:
        assert found["parameters"] == job.parameter_count == 82


def test_the_table_of_a_residual_net():
    chosen = settings(**NETS["resnet"])
    _, layers = estimate(chosen, sources().train)
    assert [(row.layer, row.after) for row in layers] == [
        ("conv 4x3 same", (4, 9, 9)),
        ("bn", (4, 9, 9)),
        ("relu", (4, 9, 9)),
        ("residual 4", (4, 9, 9)),
        ("residual 8 stride 2", (8, 5, 5)),
        ("avgpool all", (8, 1, 1)),
        ("flatten", (8,)),
        ("dropout", (8,)),
        ("dense 4", (4,)),
    ]


def test_held_out_classes_are_not_counted():
    chosen = settings(**NETS["siamese"], hold_out="spot")
    found, _ = estimate(chosen, sources().train)
    assert (found["images"], found["classes"]) == (121, 3)


def test_of_an_earlier_run_it_is_the_net_of_that(finished):
    _, layers = estimate(further(finished), other_classes().train)
    assert [str(row.layer) for row in layers] == [
        *("conv 6x3 same", "bn", "relu", "pool 2", "keep 0.9", "flatten", "dense 2")
    ]
