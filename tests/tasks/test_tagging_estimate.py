"""The memory that is told before a tagger is trained."""

from seqkit.tasks import tagging
from seqkit.tasks.estimates import of_layer, of_weights
from seqkit.tasks.tagging.estimate import A_TOKEN, memory_of
from tests.tasks import tagged


def memory(path, tokens=0, **changes):
    """What is told, and what of it is for the weights."""
    chosen = tagged.settings(**changes)
    with tagging.training(chosen, tagged.sources(path), path / "run", force=True) as job:
        parameters = sum(p.numel() for p in job.model.parameters())
        return memory_of(chosen, job.model, tokens), of_weights(chosen, parameters)


def test_more_positions_keep_more(tmp_path):
    """By hand: of each position both ways of a layer, and all moves between 9 tags."""
    less, _ = memory(tmp_path, hidden=8, embed=4, batch_size=10, crf=True, r_drop=0.0)
    more, _ = memory(tmp_path, hidden=8, embed=4, batch_size=30, crf=True, r_drop=0.0)
    twice, _ = memory(tmp_path, hidden=8, embed=4, batch_size=10, crf=True, r_drop=1.0)
    inputs = 4 + width_of_looks(tmp_path)
    each = 4 * (2 * of_layer("lstm", 8, inputs) + 2 * 9**2)
    assert more - less == 20 * each
    assert twice - less == 10 * each


def test_every_token_and_every_weight_counts(tmp_path):
    own = {"hidden": 8, "batch_size": 10}
    (few, weights), (many, _) = memory(tmp_path, 1000, **own), memory(tmp_path, 3000, **own)
    assert many - few == 2000 * A_TOKEN
    plain, others = memory(tmp_path, 1000, **own, wide=not tagged.settings().wide)
    assert plain - few == others - weights != 0


def width_of_looks(path):
    """How wide the letters, the shape and the affixes of a word are together."""
    chosen = tagged.settings()
    with tagging.training(chosen, tagged.sources(path), path / "run", force=True) as job:
        return job.model.forms.output_size


def test_the_dry_run_tells_what_the_training_tells(tmp_path):
    chosen, texts = tagged.settings(), tagged.sources(tmp_path)
    with tagging.training(chosen, texts, tmp_path / "run") as job:
        assert tagging.estimate(chosen, texts.train)["memory_bytes"] == job.memory()
