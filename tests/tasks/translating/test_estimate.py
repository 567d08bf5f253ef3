"""What a training would take is what it takes."""

from seqkit.tasks import translating
from seqkit.tasks.translating.encoding import Encoded
from seqkit.tasks.translating.estimate import batches_of, numbers_of_step
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
            assert found["memory_bytes"] == job.memory()
        assert found["memory_bytes"] > 16 * found["parameters"]


def test_pairs_that_are_too_long_do_not_count():
    pairs = [("the cat", "la kato"), ("the " * 30, "la")]
    assert translating.estimate(settings(max_tokens=20), Pairs("two", pairs))["pairs"] == 1


def test_more_takes_more():
    def memory(**changes):
        return translating.estimate(settings(**changes), sources().train)["memory_bytes"]

    assert memory() < memory(hidden=64) < memory(hidden=64, layers=2)
    assert memory(epochs=1) < memory() < memory(precision="bf16")
    assert memory(optimizer="sgd", average=0.0) < memory()


def test_what_a_step_keeps():
    """By hand: both ways of 4 and a decoder of 8, 10 tokens, 30 types; 6 vectors of attention."""
    own = settings(cell="rnn", hidden=8, embed=5, batch_size=10, attention="dot")
    side, decoder = 2 * 4 + 4 * 4 + 2 * 5, 2 * 8 + 4 * 8 + 2 * 5
    wanted = 2 * side + decoder + 6 * 8 + 30
    assert numbers_of_step(own, own.model(20, 30), longest=7) == 10 * wanted
    other = settings(cell="rnn", hidden=8, embed=5, batch_size=10, attention="additive")
    assert numbers_of_step(other, other.model(20, 30), longest=7) == 10 * (wanted + 3 * 7 * 8)


def test_the_batches_of_all_epochs():
    four = Encoded([[1, 2], [1, 2], [1, 2, 3], [1, 2, 3]], [[1, 2]] * 4)
    assert batches_of(settings(batch_size=6, epochs=5), four) == 5 * 2
    assert batches_of(settings(batch_size=3, epochs=5), four) == 5 * 4
