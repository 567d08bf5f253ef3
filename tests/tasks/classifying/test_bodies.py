"""Language models as bodies: ids in their own order, long texts, keeping them, and bad runs."""

import json
import shutil

import numpy as np
import pytest
import torch

from seqkit.models.fine_tuned import FineTunedClassifier, FineTunedConfig
from seqkit.tasks import language
from seqkit.tasks.classifying.bodies import Bodies, drop_weights, kept_bodies
from seqkit.tasks.runs import Run
from tests.tasks import texts
from tests.unsealed import unsealed

LINE = "the old miller paints a wet stone ."
TEXTS = [LINE, "", "a kind zebra\nsees the owl", "the " * 30 + "fox ."]


@pytest.fixture(scope="module")
def runs(tmp_path_factory, sources, finished):
    """A run that reads words forward, one that reads them backward, one of characters."""
    folder = tmp_path_factory.mktemp("bodies")
    shapes = {"backward": {"direction": "backward", "hidden": 6}, "char": {"level": "char"}}
    for name, shape in shapes.items():
        language.train(texts.settings(**shape, epochs=1), sources, folder / name)
    return {"forward": finished, **{name: folder / name for name in shapes}}


@pytest.fixture(scope="module")
def both(runs):
    return Bodies([runs["forward"], runs["backward"]], max_tokens=0)


def ids_of(encoded, body, text):
    own = encoded.bodies[body]
    return own.ids[own.starts[text] : own.starts[text + 1]].tolist()


def words(bodies, body, encoded, text):
    return bodies.readings[body].vocabulary.tokens(ids_of(encoded, body, text))


def test_each_body_reads_in_its_own_direction_after_the_end_of_a_line(both, runs):
    encoded = both.encode(TEXTS)
    line = LINE.split()
    assert words(both, 0, encoded, 0) == ["<eos>", *line]
    assert words(both, 1, encoded, 0) == ["<eos>", *line[::-1]]
    for body, name in enumerate(("forward", "backward")):
        assert ids_of(encoded, body, 0) == [1, *language.load(runs[name], "cpu").ids(LINE)]
        assert words(both, body, encoded, 1) == ["<eos>"]


def test_lines_are_parted_as_in_the_text_that_the_model_was_trained_on(both, runs):
    encoded = both.encode(TEXTS)
    wanted = ["a", "kind", "<unk>", "<eos>", "sees", "the", "owl"]
    assert words(both, 0, encoded, 2) == ["<eos>", *wanted]
    assert words(both, 1, encoded, 2) == ["<eos>", *wanted[::-1]]
    assert ids_of(encoded, 0, 2) == [1, *language.load(runs["forward"], "cpu").ids(TEXTS[2])]


def test_capitals_are_looked_up_in_small_letters_if_need_be(both):
    encoded = both.encode(["The OLD Zebra sees <eos> ."])
    assert words(both, 0, encoded, 0) == ["<eos>", "the", "old", "<unk>", "sees", "<eos>", "."]


@pytest.mark.parametrize("most", [2, 5, 8, 9])
def test_of_a_long_text_both_bodies_see_the_same_two_ends(runs, most):
    bodies = Bodies([runs["forward"], runs["backward"]], most)
    encoded = bodies.encode(TEXTS)
    line = LINE.split()
    seen = line if most >= 8 else [*line[: most - most // 2], *line[8 - most // 2 :]]
    assert words(bodies, 0, encoded, 0) == ["<eos>", *seen]
    assert words(bodies, 1, encoded, 0) == ["<eos>", *seen[::-1]]


def test_every_body_has_its_own_vocabulary_and_lengths(runs):
    bodies = Bodies([runs["forward"], runs["char"]], max_tokens=0)
    encoded = bodies.encode(TEXTS)
    assert encoded.lengths.tolist() == [1 + len(text) for text in TEXTS] and len(encoded) == 4
    chosen = np.array([0, 2])
    word, char = encoded.texts(chosen).bodies
    assert word.ids.shape == (2, 9) and word.lengths.tolist() == [9, 8]
    assert char.ids.shape == (2, 36) and char.lengths.tolist() == [36, 26]
    text = "".join(bodies.readings[1].vocabulary.tokens(char.ids[0, 1:].tolist()))
    assert text == LINE


def test_a_classifier_on_them_does_not_feel_which_texts_stand_beside_one(both):
    model = FineTunedClassifier(FineTunedConfig(both.configs, classes=2)).double().eval()
    model.dtype = torch.float64
    model.begin_from(both.load_models())
    encoded = both.encode(TEXTS)
    together = model(encoded.texts(np.arange(4)))
    for text in range(4):
        alone = model(encoded.texts(np.array([text])))
        torch.testing.assert_close(alone[0], together[text])


def test_kept_in_a_run_they_need_no_other_folder(runs, tmp_path):
    paths = [unsealed(runs[name], tmp_path / name) for name in ("backward", "char")]
    before = Bodies(paths, max_tokens=6)
    run = Run(tmp_path / "run")
    before.save(run)
    models = before.load_models()
    for path in paths:
        shutil.rmtree(path)
    after = kept_bodies(run, 6)
    for one, two in zip(before.encode(TEXTS).bodies, after.encode(TEXTS).bodies, strict=True):
        assert one.ids.tolist() == two.ids.tolist()
    for one, two in zip(models, after.load_models(), strict=True):
        assert all(map(torch.equal, one.parameters(), two.parameters()))
    after.save(run)  # they are there already
    assert sorted(path.name for path in run.encoders.iterdir()) == ["1", "2"]


def test_without_their_weights_they_read_as_before_and_damage_is_named(runs, tmp_path):
    before, run = Bodies([runs["forward"], runs["char"]], 0), Run(tmp_path / "run")
    before.save(run)
    drop_weights(run)
    assert not list(run.path.rglob("*.safetensors"))
    after = kept_bodies(run, 0)
    assert after.configs == before.configs
    for one, two in zip(before.encode(TEXTS).bodies, after.encode(TEXTS).bodies, strict=True):
        assert one.ids.tolist() == two.ids.tolist()
    assert "2/model.safetensors: no such file" in refused(Bodies(after.paths[1:], 0).load_models)
    vocabulary = run.encoders / "1" / "vocabulary.json"
    shutil.copyfile(run.encoders / "2" / "vocabulary.json", vocabulary)
    error = refused(lambda: kept_bodies(run, 0))
    assert error.startswith(f"--encoder {vocabulary}: ") and "types, config.json says" in error
    vocabulary.unlink()
    assert f"{vocabulary}: no such file" in refused(lambda: kept_bodies(run, 0))


def refused(call):
    with pytest.raises(ValueError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_no_run_of_a_language_model_is_refused(runs, tmp_path):
    assert refused(lambda: Bodies([tmp_path / "none"], 0)).startswith(
        f"--encoder {tmp_path / 'none'}: not a run folder"
    )
    folder = unsealed(runs["forward"], tmp_path / "tagger")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "task": "tagging"}))
    error = refused(lambda: Bodies([runs["forward"], folder], 0))
    assert error == f"--encoder {folder}: a run of the task 'tagging', not 'language'"


def test_a_run_of_another_level_is_refused(runs):
    bodies = Bodies([runs["forward"], runs["char"]], 0)
    error = refused(lambda: bodies.check_level("word"))
    assert error.startswith(f"--encoder {runs['char']}: it reads by --level char, not word")
    Bodies([runs["char"]], 0).check_level("char")
    Bodies([runs["forward"], runs["backward"]], 0).check_level("word")
