"""How the settings of each task become the parts of its training: O2, O3 and O4 at one place."""

import pytest

from seqkit.tasks import classifying, history, imaging, language, tagging, translating
from seqkit.train.averaging import TriggeredAverage
from tests.tasks import classified, pictured, tagged, texts, translated

CHANGES = {
    "optimizer": "asgd",
    "schedule": "1/t",
    "decay_rate": 0.5,
    "weight_decay": 0.25,
    "l1": 0.125,
    "epochs": 4,
}


class BegunError(Exception):
    """The loop was about to train a recipe."""


@pytest.fixture
def recipe_of(monkeypatch):
    """The recipe of a training, which then does not take place."""

    def begin(recipe, *arguments):
        raise BegunError(recipe)

    monkeypatch.setattr(history, "Loop", begin)

    def train(task, settings, sources, out):
        with pytest.raises(BegunError) as caught:
            task.train(settings, sources, out)
        return caught.value.args[0]

    return train


def check(recipe):
    assert isinstance(recipe.average, TriggeredAverage)
    rates = [recipe.schedule(epoch / 4) for epoch in range(4)]
    assert rates == pytest.approx([1, 2 / 3, 1 / 2, 2 / 5])
    groups = recipe.optimizer.param_groups
    for group in groups:
        for parameter in group["params"]:
            wanted = (0.25, 0.125) if parameter.dim() > 1 else (0, 0)
            assert (group["weight_decay"], group["l1"]) == wanted
    assert sum(len(group["params"]) for group in groups) > 3


def test_of_a_language_model(recipe_of, sources, tmp_path, finished):
    check(recipe_of(language, texts.settings(**CHANGES), sources, tmp_path / "a"))
    further = language.build_settings(
        "tiny", **{**texts.SETTINGS, **CHANGES}, begin_from=str(finished)
    )
    recipe = recipe_of(language, further, sources, tmp_path / "b")
    check(recipe)
    assert {group["factor"] for group in recipe.optimizer.param_groups} == {1, 1 / 2.6}


def test_of_a_tagger(recipe_of, tmp_path):
    sources = tagged.sources(tmp_path)
    check(recipe_of(tagging, tagged.settings(**CHANGES), sources, tmp_path / "run"))


@pytest.mark.parametrize("encoder", [False, True])
def test_of_a_classifier(recipe_of, tmp_path, finished, encoder):
    changes = {**CHANGES, "wide": False} | ({"encoder": (str(finished),)} if encoder else {})
    settings = classified.settings(**changes)
    check(recipe_of(classifying, settings, classified.sources(tmp_path), tmp_path / "run"))


def test_of_a_translator(recipe_of, tmp_path):
    settings = translated.settings(**CHANGES)
    check(recipe_of(translating, settings, translated.sources(), tmp_path / "run"))


def test_of_a_net_of_images(recipe_of, tmp_path):
    settings = pictured.settings(**CHANGES)
    check(recipe_of(imaging, settings, pictured.sources(), tmp_path / "a"))
