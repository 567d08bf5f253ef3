"""Training and using classifiers: what is learnt and kept; that nothing depends on batches."""

import json

import numpy as np
import pytest
import torch

from seqkit.tasks import classifying, language
from seqkit.tasks.runs import Run
from seqkit.train.loop import Hooks
from tests.tasks import classified
from tests.unsealed import unsealed


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("classified")


@pytest.fixture(scope="module")
def finished(folder):
    """The folder of a finished run; tests must not change it."""
    classifying.train(classified.settings(), classified.sources(folder), folder / "run")
    return folder / "run"


@pytest.fixture(scope="module")
def classifier(finished):
    return classifying.load(finished, "cpu")


@pytest.fixture(scope="module")
def language_run(folder):
    """A small language model of the same texts, in small letters."""
    path = folder / "plain.txt"
    path.write_text("".join(f"{text}\n" for _, text in classified.rows(200)))

    class Text:
        name = "plain.txt"

        def blocks(self):
            yield path.read_bytes()

    class Sources:
        train = valid = Text()
        test = None

    settings = language.LanguageSettings(hidden=8, layers=2, epochs=2, batch_size=4, bptt=10)
    language.train(settings, Sources(), folder / "lm")
    return str(folder / "lm")


KINDS = {
    "wide and deep": {},
    "net alone": {"wide": False},
    "gru, mean, one direction": {"cell": "gru", "pooling": "mean", "bidirectional": False},
    "attention": {"pooling": "attention", "wide": False},
    "characters": {"level": "char", "epochs": 12},
    "averaged": {"model": "averaged", "epochs": None, "lr": None},
    "linear": {"model": "linear"},
    "balanced": {"class_weights": "balanced"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns_and_is_loaded_as_it_was(folder, tmp_path, kind):
    sources = classified.sources(folder)
    metrics = classifying.train(classified.settings(**KINDS[kind]), sources, tmp_path / "run")
    assert metrics["test"]["accuracy"] > 0.85
    assert {"loss", "accuracy", "f1"} <= set(metrics["valid"])
    loaded = classifying.load(tmp_path / "run", "cpu")
    again = loaded.evaluate(sources.test)
    assert again["accuracy"] == metrics["test"]["accuracy"]
    assert again["loss"] == pytest.approx(metrics["test"]["loss"], rel=1e-6)
    assert json.loads((tmp_path / "run" / "metrics.json").read_text()) == metrics


def test_a_language_model_is_trained_further(folder, tmp_path, language_run):
    settings = classified.settings(encoder=(language_run,), epochs=5, lr=0.01)
    metrics = classifying.train(settings, classified.sources(folder), tmp_path / "run")
    assert metrics["test"]["accuracy"] > 0.85
    Run(language_run).path.rename(folder / "gone")
    try:
        loaded = classifying.load(tmp_path / "run", "cpu")
        assert loaded.evaluate(classified.sources(folder).test)["accuracy"] > 0.85
        names = {path.name for path in (tmp_path / "run" / "encoders" / "1").iterdir()}
        assert names == {"config.json", "vocabulary.json"}  # the weights are in the model's own
    finally:
        (folder / "gone").rename(language_run)


class StopAtOnce(Hooks):
    """Ends a training after a step, before anything of it is saved."""

    def on_step(self, loop):
        raise RuntimeError("stopped")


def test_stopped_before_it_saved_itself_it_begins_from_the_language_model_again(
    folder, tmp_path, language_run
):
    settings = classified.settings(encoder=(language_run,), epochs=2, lr=0.01)
    sources = classified.sources(folder)
    classifying.train(settings, sources, tmp_path / "whole")
    with pytest.raises(RuntimeError, match="stopped"):
        classifying.train(settings, sources, tmp_path / "run", StopAtOnce())
    assert (tmp_path / "run" / "encoders" / "1" / "model.safetensors").exists()
    with classifying.resumed_training(tmp_path / "run") as job:
        job.finish(job.run_to_end())
    one, two = (tmp_path / name / "model.safetensors" for name in ("whole", "run"))
    assert one.read_bytes() == two.read_bytes()


def test_an_encoder_of_another_level_is_refused(folder, tmp_path, language_run):
    settings = classified.settings(encoder=(language_run,), level="char")
    with pytest.raises(ValueError, match=r"--encoder .*lm: it reads by --level word, not char"):
        classifying.train(settings, classified.sources(folder), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_answer_does_not_depend_on_the_others(classifier):
    texts = [text for _, text in classified.rows(40, seed=3)] + ["", "x " * 700, "Good"]
    together = list(classifier.classify(texts))
    for text, one in zip(texts, together, strict=True):
        (alone,) = classifier.classify([text])
        assert alone.labels == one.labels
        np.testing.assert_allclose(alone.probabilities, one.probabilities, atol=1e-6)
    few = list(classifier.classify(texts, batch_size=3))
    assert [one.labels for one in few] == [one.labels for one in together]


def test_probabilities_add_up_and_the_label_is_the_likeliest(classifier):
    for one in classifier.classify(["the soup was fine .", "the soup was grim ."]):
        assert sum(one.probabilities) == pytest.approx(1)
        assert one.labels == (classifier.labels.names[int(np.argmax(one.probabilities))],)


def test_the_same_seed_gives_the_same_bytes(folder, finished, tmp_path):
    sources = classified.sources(folder)
    classifying.train(classified.settings(), sources, tmp_path / "a")
    classifying.train(classified.settings(seed=1), sources, tmp_path / "b")
    bytes_of = [(p / "model.safetensors").read_bytes() for p in (finished, tmp_path / "a")]
    assert bytes_of[0] == bytes_of[1]
    assert (tmp_path / "b" / "model.safetensors").read_bytes() != bytes_of[0]


def test_many_labels_a_text(folder, tmp_path):
    path = folder / "many.jsonl"
    with path.open("w") as file:
        for _, text in classified.rows(160):
            labels = [word for word in (*classified.THINGS, "not") if word in text.split()]
            file.write(json.dumps({"text": text, "label": labels}) + "\n")
    from seqkit.corpora.labelled_catalogue import open_labelled_splits

    sources = open_labelled_splits(str(path), "0.2", "0.2")
    for model in classifying.settings.MODELS:
        own = {"epochs": None, "lr": None} if model == "averaged" else {"epochs": 8}
        settings = classified.settings(model=model, **own)
        metrics = classifying.train(settings, sources, tmp_path / model)
        assert metrics["test"]["micro_f1"] > 0.8, model
        (one,) = classifying.load(tmp_path / model).classify(["the play was not warm ."])
        assert one.labels == ("not", "play"), model


def test_baselines_are_the_majority_and_the_linear_model(folder, tmp_path):
    sources = classified.sources(folder)
    with classifying.training(classified.settings(), sources, tmp_path / "run") as job:
        found = job.baselines()["valid"]
    labels = [record.labels[0] for record in sources.valid]
    train = [record.labels[0] for record in sources.train]
    commonest = max(sorted(set(train)), key=train.count)
    assert found["majority"] == labels.count(commonest) / len(labels)
    metrics = classifying.train(classified.settings(model="linear"), sources, tmp_path / "linear")
    assert found["linear"] == metrics["valid"]["accuracy"]


def test_finished_vectors_begin_the_embedding(folder, tmp_path):
    vectors = tmp_path / "some.txt"
    words = [*classified.GOOD, *classified.BAD, "dull"]
    rows = [
        f"{word} {' '.join(str(0.1 * (i + k)) for k in range(8))}" for i, word in enumerate(words)
    ]
    vectors.write_text("\n".join([f"{len(words)} 8", *rows]) + "\n")
    settings = classified.settings(vectors=str(vectors), epochs=1)
    with classifying.training(settings, classified.sources(folder), tmp_path / "run") as job:
        net, reader = job.net.scorer.model, job.net.scorer.reader
        (new,) = reader.vocabulary.ids(["dull"])
        assert net.words.frozen is not None and new >= len(net.words.embedding.weight)
        before = net.words.rows()[new].clone()
        job.finish(job.run_to_end())
        assert torch.equal(net.words.rows()[new], before)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"class_weights": "ugly=2"}, "--class-weights ugly: no such label; there are: bad, good"),
        ({"class_weights": "bad"}, "--class-weights bad: write balanced, or LABEL=NUMBER"),
        ({"model": "linear", "encoder": ("x",)}, "--encoder goes with --model recurrent"),
        ({"encoder": ("x",), "vectors": "y"}, "--encoder brings its own embedding"),
        ({"encoder": ("nowhere",)}, "--encoder nowhere: not a run folder"),
        ({"vectors": "nowhere.vec"}, "nowhere.vec"),
    ],
)
def test_what_cannot_work_is_refused_and_leaves_nothing(folder, tmp_path, changes, message):
    with pytest.raises((ValueError, OSError), match=message):
        settings = classified.settings(**changes)
        classifying.train(settings, classified.sources(folder), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_run_of_another_task_is_refused(language_run):
    with pytest.raises(ValueError, match="a run of the task 'language', not 'classifying'"):
        classifying.load(language_run)


def test_damaged_labels_are_named(finished, tmp_path):

    copy = unsealed(finished, tmp_path / "copy")
    (copy / "symbols.json").write_text('{"labels": 3}')
    with pytest.raises(ValueError, match=r"symbols\.json: damaged"):
        classifying.load(copy)
