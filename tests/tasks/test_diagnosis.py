"""What a finished run is told to work on, from metrics.json as each task writes it."""

import json

import pytest

from seqkit.tasks.diagnosis import diagnose_run
from seqkit.tasks.runs import FORMAT


@pytest.fixture
def write(tmp_path):
    """Write the folder of a finished run."""

    def write(task, metrics, **model):
        parts = {"task": task, "settings": {}, "model": model, "corpus": {}, "precision": "fp32"}
        (tmp_path / "config.json").write_text(json.dumps({**FORMAT, **parts}))
        (tmp_path / "metrics.json").write_text(json.dumps(metrics))
        return tmp_path

    return write


def split(accuracy, half=None, **more):
    interval = {} if half is None else {"accuracy_interval": [accuracy - half, accuracy + half]}
    return {"accuracy": accuracy, "loss": 0.3, **interval, **more}


CLASSIFIER = {"train": split(0.99, 0.003), "valid": split(0.9, 0.02), "test": split(0.89, 0.015)}


def gaps(report):
    return {
        f.gap.name: (pytest.approx(f.gap.size), f.gap.lower, f.gap.upper) for f in report.findings
    }


def test_a_classifier_that_has_learnt_its_text_by_heart(write):
    report = diagnose_run(write("classifying", CLASSIFIER), human=0.004)
    assert gaps(report) == {
        "avoidable bias": (0.006, "human", "train"),
        "variance": (0.09, "train", "dev"),
        "over-fitting to dev": (0.01, "dev", "test"),
    }
    assert (report.measure, report.unit) == ("accuracy", "share of errors")
    assert report.first.gap.name == "variance"
    bias, variance, overfitting = report.findings
    assert bias.margin == pytest.approx(0.003) and bias.is_sure
    assert variance.margin == pytest.approx((0.003**2 + 0.02**2) ** 0.5)
    assert not overfitting.is_sure


def test_a_gap_is_sure_from_its_margin_on(write):
    (bias, *_) = diagnose_run(write("classifying", CLASSIFIER), human=0.006).findings
    assert bias.gap.size == pytest.approx(0.004) and bias.is_sure
    (bias, *_) = diagnose_run(write("classifying", CLASSIFIER), human=0.008).findings
    assert bias.gap.size == pytest.approx(0.002) and not bias.is_sure


def test_a_gap_that_may_be_chance_is_not_the_first_to_work_on(write):
    metrics = {"train": split(0.99, 0.02), "valid": split(0.96, 0.05), "test": split(0.93, 0.05)}
    report = diagnose_run(write("classifying", metrics))
    assert report.first is None and len(report.findings) == 3
    found = report.to_dict()
    assert found["first"] is None and found["remedies"] == []


def test_measured_texts_are_added(write):
    report = diagnose_run(write("classifying", CLASSIFIER), measured={"train_dev": split(0.985)})
    assert gaps(report)["data mismatch"] == (0.085, "train-dev", "dev")
    assert report.first.gap.name == "data mismatch"
    assert report.errors.train_dev == pytest.approx(0.015)
    assert not any("train-dev" in note for note in report.notes)
    assert any("train-dev" in note for note in diagnose_run(report.run).notes)


def test_a_better_baseline_is_told(write):
    metrics = dict(CLASSIFIER, valid=split(0.9, baselines={"majority": 0.5, "linear": 0.91}))
    notes = [n for n in diagnose_run(write("classifying", metrics)).notes if "baseline" in n]
    assert notes == ["on dev the baseline 'linear' is as good or better: accuracy 0.9100"]


TAGGER = {
    "train": {"loss": 0.05},
    "valid": {"loss": 0.09, "accuracy": 0.97, "f1": 0.9, "f1_interval": [0.88, 0.92]},
    "test": {"loss": 0.13, "accuracy": 0.96, "f1": 0.85, "f1_interval": [0.83, 0.86]},
}


def test_a_tagger_without_a_score_of_its_training_text_is_told_by_its_loss(write):
    report = diagnose_run(write("tagging", TAGGER))
    assert (report.measure, report.unit) == ("loss", "nats a token")
    assert gaps(report) == {
        "variance": (0.04, "train", "dev"),
        "over-fitting to dev": (0.04, "dev", "test"),
    }
    assert any("dropout" in note for note in report.notes)


def test_with_such_a_score_by_f1(write):
    report = diagnose_run(write("tagging", TAGGER), 0.02, {"train": {"f1": 0.97}})
    assert report.measure == "f1"
    assert gaps(report) == {
        "avoidable bias": (0.01, "human", "train"),
        "variance": (0.07, "train", "dev"),
        "over-fitting to dev": (0.05, "dev", "test"),
    }
    assert report.findings[2].margin == pytest.approx((0.02**2 + 0.015**2) ** 0.5)


def test_people_are_told_by_a_share_so_the_tagger_is_too(write):
    report = diagnose_run(write("tagging", TAGGER), human=0.02)
    assert gaps(report)["avoidable bias and variance"] == (0.08, "human", "dev")
    assert report.first.gap.name == "avoidable bias and variance"


def test_a_tagger_of_classes_has_an_accuracy(write):
    metrics = {"train": {"loss": 0.3}, "valid": split(0.93), "test": split(0.92)}
    report = diagnose_run(write("tagging", metrics), measured={"train": split(0.99)})
    assert report.measure == "accuracy" and report.first.gap.name == "variance"


LANGUAGE = {
    "train": {"loss": 4.0, "perplexity": 54.6},
    "valid": {"loss": 4.6, "perplexity": 99.5},
    "test": {"loss": 4.5, "perplexity": 90.0},
}


def test_a_language_model_has_a_loss(write):
    report = diagnose_run(write("language", LANGUAGE))
    assert gaps(report) == {
        "variance": (0.6, "train", "dev"),
        "over-fitting to dev": (-0.1, "dev", "test"),
    }
    assert (report.unit, report.first.gap.name) == ("nats a token", "variance")
    assert any("--human" in note for note in report.notes)
    report = diagnose_run(report.run, human=3.0)
    assert report.first.gap.name == "avoidable bias"
    assert not any("--human" in note for note in report.notes)


# Four made cases: errors of people, and on train, train-dev, dev and test.

CASES = {
    "avoidable bias": (0.02, 0.15, 0.16, 0.17, 0.175),
    "variance": (0.02, 0.03, 0.14, 0.15, 0.16),
    "data mismatch": (0.02, 0.03, 0.04, 0.15, 0.16),
    "over-fitting to dev": (0.02, 0.03, 0.04, 0.05, 0.18),
}
MEASURES = {
    "classifying": "accuracy",
    "imaging": "accuracy",
    "tagging": "f1",
    "language": "loss",
    "translating": "loss",
}


@pytest.mark.parametrize("task", MEASURES)
@pytest.mark.parametrize("case", CASES)
def test_the_right_one_is_named_first_whatever_the_task(write, task, case):
    human, *errors = CASES[case]
    name, metrics = MEASURES[task], {}
    for text, error in zip(("train", "train_dev", "valid", "test"), errors, strict=True):
        value = 10 * error if name == "loss" else 1 - error
        metrics[text] = {"loss": 9.0, name: value, "bleu": 30.0}
        if name != "loss":
            metrics[text][f"{name}_interval"] = [value - 0.01, value + 0.01]
    measured = {"train_dev": metrics.pop("train_dev")}
    report = diagnose_run(write(task, metrics), 10 * human if name == "loss" else human, measured)
    assert report.first.gap.name == case and report.measure == name
    assert len(report.findings) == 4 and report.first.gap.remedies


TRANSLATOR = {
    "train": {"loss": 3.9},
    "valid": {"loss": 2.4, "bleu": 31.0, "bleu_interval": [29.0, 33.0]},
    "test": {"loss": 2.5, "bleu": 30.0, "bleu_interval": [28.5, 31.5]},
}


def test_a_loss_of_smoothed_labels_is_left_out(write):
    report = diagnose_run(write("translating", TRANSLATOR, smoothing=0.1))
    assert gaps(report) == {"over-fitting to dev": (0.1, "dev", "test")}
    assert any("smoothed labels" in note for note in report.notes)
    report = diagnose_run(report.run, 1.0)
    assert report.first.gap.name == "avoidable bias and variance"


def test_measured_again_the_training_text_tells_variance(write):
    folder = write("translating", TRANSLATOR, smoothing=0.1)
    report = diagnose_run(folder, measured={"train": {"loss": 1.1}})
    assert (report.first.gap.name, report.unit) == ("variance", "nats a token of the target")
    assert report.first.gap.size == pytest.approx(1.3)
    assert not any("smoothed" in note or "dropout" in note for note in report.notes)


def test_without_smoothing_the_loss_of_training_will_do(write):
    report = diagnose_run(write("translating", TRANSLATOR, smoothing=0.0))
    assert report.errors.train == 3.9 and any("dropout" in note for note in report.notes)


def test_all_of_it_is_fit_for_json(write):
    found = diagnose_run(write("classifying", CLASSIFIER), human=0.004).to_dict()
    assert json.loads(json.dumps(found)) == found
    assert set(found["errors"]) == {"human", "train", "train_dev", "dev", "test"}
    assert found["first"] == "variance" and found["remedies"][0] == "more training text"
    assert [gap["sure"] for gap in found["gaps"]] == [True, True, False]


def test_a_run_without_test_text_will_do(write):
    metrics = {name: CLASSIFIER[name] for name in ("train", "valid")}
    assert set(gaps(diagnose_run(write("classifying", metrics)))) == {"avoidable bias", "variance"}


@pytest.mark.parametrize("human", [8.0, -0.1, float("nan")])
def test_a_human_error_that_is_no_share_is_refused(write, human):
    with pytest.raises(ValueError, match=f"--human {human}: a share from 0 to 1, 8 % is 0.08"):
        diagnose_run(write("classifying", CLASSIFIER), human)


def test_a_loss_of_people_below_zero_is_refused(write):
    with pytest.raises(ValueError, match=r"the error of human is -1\.0"):
        diagnose_run(write("language", LANGUAGE), -1.0)


@pytest.mark.parametrize(
    ("task", "metrics", "message"),
    [
        ("word2vec", {"train": {"loss": 1}, "valid": {}}, "'word2vec' has no errors to diagnose"),
        ("classifying", [1], "metrics.json: damaged, not the metrics of a run"),
        ("classifying", {"valid": 3}, "metrics.json: damaged, not the metrics of a run"),
        ("classifying", {"train": {"loss": 1}}, "metrics.json: damaged, valid has no loss"),
        ("language", {"valid": {"loss": "x"}}, "metrics.json: damaged, valid has no loss"),
    ],
)
def test_runs_that_have_nothing_to_diagnose_are_refused(write, task, metrics, message):
    with pytest.raises(ValueError, match=message):
        diagnose_run(write(task, metrics))


def test_a_run_that_is_not_finished_is_refused(write):
    folder = write("classifying", CLASSIFIER)
    (folder / "metrics.json").unlink()
    with pytest.raises(ValueError, match="the run is not finished; go on with it by --resume"):
        diagnose_run(folder)
    with pytest.raises(ValueError, match="not a run folder"):
        diagnose_run(folder / "nothing")
