"""What a training would take is what it takes."""

from seqkit.tasks import translating
from tests.tasks.translated import Pairs, settings, sources


def test_types_and_parameters_are_those_of_the_training(tmp_path):
    for changes in ({}, {"share_vocab": True, "layers": 2, "attention": "additive"}):
        own = settings(**changes)
        found = translating.estimate(own, sources().train)
        with translating.training(own, sources(), tmp_path / "run", force=True) as job:
            sides = job.data.sides
            assert found["pairs"] == len(job.data.texts["train"]) == 150
            assert found["source_types"] == len(sides.source.vocabulary)
            assert found["target_types"] == len(sides.target.vocabulary)
            assert found["parameters"] == job.parameter_count
        assert found["memory_bytes"] > 16 * found["parameters"]


def test_pairs_that_are_too_long_do_not_count():
    pairs = [("the cat", "la kato"), ("the " * 30, "la")]
    assert translating.estimate(settings(max_tokens=20), Pairs("two", pairs))["pairs"] == 1


def test_more_takes_more():
    def memory(**changes):
        return translating.estimate(settings(**changes), sources().train)["memory_bytes"]

    assert memory() < memory(hidden=64) < memory(hidden=64, layers=2)
    assert memory() < memory(batch_size=2_000)
    assert memory(optimizer="sgd", average=0.0) < memory()
