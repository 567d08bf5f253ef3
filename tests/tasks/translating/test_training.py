"""Training translators: every kind learns and is kept; stopped and resumed it is the same run."""

import json
import signal

import pytest

from seqkit.tasks import translating
from seqkit.tasks.runs import Run, read_json
from seqkit.train.loop import Hooks
from tests.tasks import texts, translated
from tests.tasks.translated import Pairs, Sources

SHORT = {"epochs": 3, "dropout_words": 0.1, "scheduled_sampling": 0.3, "batch_size": 300}
"""A short training in which every random draw takes part."""


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


class StopAt(Hooks):
    """Ctrl-C after so many steps."""

    def __init__(self, steps):
        self.steps = steps

    def on_step(self, loop):
        if loop.at.steps == self.steps:
            signal.raise_signal(signal.SIGINT)


def interrupt(settings, sources, folder, steps):
    with (
        pytest.raises(KeyboardInterrupt),
        translating.training(settings, sources, folder) as job,
    ):
        job.run_to_end(StopAt(steps))


def resume(folder):
    with translating.resumed_training(folder) as job:
        metrics = job.run_to_end()
        job.finish(metrics)
        return metrics


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """A short run that was never stopped."""
    folder = tmp_path_factory.mktemp("short") / "run"
    translating.train(translated.settings(**SHORT), translated.sources(), folder)
    return folder


def test_it_learns_more_than_the_shares_of_words(finished, tmp_path):
    metrics, sources = read_json(finished / "metrics.json"), translated.sources()
    with translating.training(translated.settings(), sources, tmp_path / "run") as job:
        found = job.baselines()
    assert list(found) == ["valid", "test"]
    assert metrics["test"]["perplexity"] < found["test"]["unigram"] / 2
    assert metrics["test"]["bleu"] > found["test"]["copy_bleu"] + 20
    assert metrics["test"]["exact_match"] > 0.25


def test_a_run_says_what_was_trained_on_what(finished):
    config, history = read_json(finished / "config.json"), Run(finished).read_history()
    metrics = read_json(finished / "metrics.json")
    assert config["task"] == "translating"
    assert config["corpus"]["name"] == "train" and config["corpus"]["train"]["pairs"] == 150
    assert [record["epoch"] for record in history] == list(range(1, 16))
    for record in history:
        assert {"loss", "bleu", "chrf", "exact_match"} == {*record["valid"]}
    best = max(history, key=lambda record: record["valid"]["bleu"])
    assert metrics["best_epoch"] == best["epoch"]
    assert metrics["valid"]["loss"] == pytest.approx(best["valid"]["loss"], rel=1e-6)
    names = {path.name for path in finished.iterdir()}
    assert names == {
        "SHA256SUMS",
        "config.json",
        "history.jsonl",
        "metrics.json",
        "model.safetensors",
        "source.vocabulary.json",
        "target.vocabulary.json",
    }


def test_a_loaded_run_translates_as_the_training_did(tmp_path):
    sources, folder = translated.sources(), tmp_path / "run"
    with translating.training(translated.settings(epochs=4), sources, folder) as job:
        metrics = job.run_to_end()
        before = list(job.translator.translate([pair.source for pair in sources.test]))
        job.finish(metrics)
    loaded = translating.load(folder, "cpu")
    assert list(loaded.translate([pair.source for pair in sources.test])) == before
    again = loaded.evaluate(sources.test)
    for name in ("loss", "bleu", "chrf", "exact_match", "by_length", "worst"):
        assert again[name] == metrics["test"][name], name
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    assert loaded.longest == (job.data.longest)


KINDS = {
    "no attention": {"attention": "none"},
    "additive, feeding, gru": {"attention": "additive", "input_feeding": True, "cell": "gru"},
    "gru on lstm, one direction": {"decoder_cell": "gru", "bidirectional": False, "layers": 2},
    "characters": {"level": "char", "epochs": 1},
    "characters to words": {"source_level": "char", "epochs": 1},
    "shared words": {"share_vocab": True},
    "shared subwords": {"level": "subword", "share_vocab": True, "vocab_size": 280},
    "subwords to words": {"source_level": "subword", "vocab_size": 280},
    "untied, at spaces": {"tie": False, "tokenizer": "whitespace"},
    "bf16": {"precision": "bf16"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_trained_and_loaded_as_it_was(tmp_path, kind):
    sources = translated.sources(train=60, other=10)
    settings = translated.settings(**{"epochs": 2, **KINDS[kind]})
    metrics = translating.train(settings, sources, tmp_path / "run")
    losses = [record["train"]["loss"] for record in Run(tmp_path / "run").read_history()]
    assert len(losses) == settings.epochs and losses == sorted(losses, reverse=True)
    loaded = translating.load(tmp_path / "run", "cpu")
    again = loaded.evaluate(sources.test)
    for name in ("loss", "bleu", "chrf"):
        assert again[name] == pytest.approx(metrics["test"][name], rel=1e-6), name
    for found in loaded.translate(["the red zebra sees the cat.", ""]):
        assert len(found.candidates) == 1


def test_the_same_seed_gives_the_same_bytes(short, tmp_path):
    sources = translated.sources()
    metrics = translating.train(translated.settings(**SHORT), sources, tmp_path / "again")
    assert weights(tmp_path / "again") == weights(short)
    before = read_json(short / "metrics.json")
    for part in ("valid", "test"):
        found = {**metrics[part], "texts_per_second": before[part]["texts_per_second"]}
        assert found == before[part]
    translating.train(translated.settings(**SHORT, seed=1), sources, tmp_path / "other")
    assert weights(tmp_path / "other") != weights(short)


@pytest.mark.parametrize("steps", [1, 7, 13])
def test_stopped_and_resumed_it_ends_with_the_same_bytes(short, tmp_path, steps):
    folder = tmp_path / "run"
    interrupt(translated.settings(**SHORT), translated.sources(), folder, steps)
    assert not Run(folder).finished and (folder / "checkpoint" / "state.safetensors").exists()
    with pytest.raises(ValueError, match="incomplete, finish it with --resume"):
        translating.load(folder, "cpu")
    metrics = resume(folder)
    assert weights(folder) == weights(short)
    assert metrics["test"]["bleu"] == read_json(short / "metrics.json")["test"]["bleu"]
    history = [
        {**record, "seconds": 0, "tokens_per_second": 0} for record in Run(folder).read_history()
    ]
    wanted = [
        {**record, "seconds": 0, "tokens_per_second": 0} for record in Run(short).read_history()
    ]
    assert [{**r, "train": r["train"]["loss"]} for r in history] == [
        {**r, "train": r["train"]["loss"]} for r in wanted
    ]
    assert not (folder / "checkpoint").exists()
    with pytest.raises(ValueError, match="the run is finished"):
        resume(folder)


def test_stopped_again_and_again_with_learnt_pieces(tmp_path):
    changes = {**SHORT, "level": "subword", "vocab_size": 280, "input_feeding": True}
    settings, sources = translated.settings(**changes), translated.sources(60, 10)
    translating.train(settings, sources, tmp_path / "whole")
    folder = tmp_path / "run"
    interrupt(settings, sources, folder, 2)
    for steps in (3, 6):
        with pytest.raises(KeyboardInterrupt), translating.resumed_training(folder) as job:
            job.run_to_end(StopAt(steps))
    resume(folder)
    assert weights(folder) == weights(tmp_path / "whole")


def test_the_share_of_own_choices_grows_from_nothing(tmp_path):
    settings = translated.settings(epochs=5, scheduled_sampling=0.4)
    with translating.training(settings, translated.sources(60, 10), tmp_path / "run") as job:
        shares = []
        for epoch in range(5):
            job._before_epoch(epoch)
            shares.append(job.model.sampling)
        assert shares == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


def test_force_begins_anew_and_nothing_old_remains(short, tmp_path):
    folder = tmp_path / "run"
    other = translated.settings(level="subword", vocab_size=280, epochs=2)
    interrupt(other, translated.sources(60, 10), folder, 3)
    assert (folder / "source.tokenizer.json").exists()
    with translating.training(
        translated.settings(**SHORT), translated.sources(), folder, force=True
    ) as job:
        job.finish(job.run_to_end())
    assert weights(folder) == weights(short)
    assert {p.name for p in folder.iterdir()} == {p.name for p in short.iterdir()}


def test_without_a_test_text_there_is_none_in_the_metrics(tmp_path):
    sources = translated.sources(60, 10)
    sources.test = None
    metrics = translating.train(translated.settings(epochs=1), sources, tmp_path / "run")
    assert "test" not in metrics and metrics["valid"]["pairs"] == 10


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokenizer": "none"}, "there is no tokenizer 'none'"),
        ({"device": "tpu"}, "unknown --device 'tpu'"),
        ({"level": "subword", "vocab_size": 20}, "subword vocabulary of 20"),
        ({"max_tokens": 1}, "every pair is longer than 1 and 1 tokens; raise --max-tokens"),
    ],
)
def test_a_training_that_cannot_begin_leaves_nothing(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        settings = translated.settings(**changes)
        translating.train(settings, translated.sources(60, 10), tmp_path / "deep" / "run")
    assert not (tmp_path / "deep" / "run").exists()


def test_a_pair_is_enough(tmp_path):
    one = Pairs("one", [("a", "b")])
    metrics = translating.train(translated.settings(), Sources(one, one, one), tmp_path / "run")
    assert metrics["test"]["exact_match"] == 1.0


@pytest.mark.parametrize("lr", [1e5, 1e38])
def test_a_run_gone_wild_ends_well_or_says_that_its_numbers_overflow(tmp_path, lr):
    settings = translated.settings(optimizer="sgd", lr=lr, clip=1e30, epochs=1)
    try:
        metrics = translating.train(settings, translated.sources(60, 10), tmp_path / "run")
    except FloatingPointError as error:
        assert "smaller --lr" in str(error)
    else:
        assert metrics["valid"]["loss"] > 0


def test_a_run_of_another_task_is_refused(tmp_path):
    from seqkit.tasks import language

    language.train(texts.settings(epochs=1), texts.splits(tmp_path, number=90), tmp_path / "lm")
    with pytest.raises(ValueError, match="lm: a run of the task 'language', not 'translating'"):
        translating.load(tmp_path / "lm")


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        ("source.vocabulary.json", None, r"source\.vocabulary\.json: no such file"),
        ("target.vocabulary.json", "{}", r"target\.vocabulary\.json: damaged"),
        ("model.safetensors", "x", r"model\.safetensors: damaged"),
        ("model.safetensors", None, r"model\.safetensors: no such file"),
        ("config.json", "{}", r"config\.json: not the configuration"),
    ],
)
def test_a_damaged_run_is_named(run_copy, name, damage, message):
    path = run_copy / name
    path.unlink() if damage is None else path.write_text(damage)
    with pytest.raises(ValueError, match=message) as caught:
        translating.load(run_copy)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("model", {"hidden": 5}, r"config\.json: damaged .*even"),
        ("model", {"colour": 5}, r"config\.json: damaged"),
        ("model", {"source_types": 99}, "vocabularies of .* types, config.json says"),
        ("model", {"hidden": 8}, r"model\.safetensors: .* is of shape .*, config\.json says"),
        ("settings", {"level": "byte"}, r"config\.json: damaged settings"),
        ("corpus", {"longest": None}, r"config\.json: damaged"),
        ("corpus", {"longest": [3]}, r"config\.json: damaged"),
    ],
)
def test_a_damaged_configuration_is_named(run_copy, part, change, message):
    path = run_copy / "config.json"
    config = json.loads(path.read_text())
    config[part] |= change
    path.write_text(json.dumps(config))
    with pytest.raises(ValueError, match=message):
        translating.load(run_copy)


def test_damaged_texts_of_an_unfinished_run_are_named(tmp_path):
    folder = tmp_path / "run"
    interrupt(translated.settings(epochs=1), translated.sources(60, 10), folder, 1)
    (folder / "checkpoint" / "valid.jsonl").write_text("[")
    with pytest.raises(ValueError, match=r"valid\.jsonl: damaged .*--force"):
        resume(folder)
