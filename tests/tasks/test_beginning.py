"""Training a language model further: its weights and words, the rates, and after a stop."""

import hashlib
import shutil

import pytest
import torch

from seqkit.corpora.catalogue import open_splits
from seqkit.models.language import LanguageModel
from seqkit.tasks import language
from seqkit.tasks.language import beginning
from seqkit.tasks.runs import Run, read_json
from tests.tasks import texts
from tests.tasks.test_training import interrupt, resume, weights
from tests.unsealed import unsealed

STILL = {"optimizer": "sgd", "lr": 1e-30, "schedule": "constant", "epochs": 1}
"""A training that changes nothing."""
NEW_LINES = ["the green heron sees a red fox .", "a heron likes the quiet river ."]


def settings(earlier, **changes):
    shape = {
        name: texts.SETTINGS[name] for name in texts.SETTINGS if name not in ("layers", "hidden")
    }
    return language.build_settings("small", begin_from=str(earlier), **{**shape, **changes})


@pytest.fixture
def others(tmp_path):
    """A text with words that are new to the run, and without some that it has."""
    path = tmp_path / "new.txt"
    path.write_text("\n".join([*texts.lines(90, seed=5), *NEW_LINES * 20]) + "\n")
    return open_splits(str(path))


@pytest.fixture(scope="module")
def untied(tmp_path_factory, sources):
    """A run of two layers whose output is its own."""
    folder = tmp_path_factory.mktemp("untied") / "run"
    shape = {"layers": 2, "tie": False, "embed": 6, "weight_drop": 0.1}
    language.train(texts.settings(**shape, epochs=1), sources, folder)
    return folder


@pytest.mark.parametrize("kind", ["tied", "untied"])
def test_without_a_step_it_is_the_model_it_began_from(request, sources, tmp_path, kind):
    earlier = request.getfixturevalue("finished" if kind == "tied" else "untied")
    metrics = language.train(settings(earlier, **STILL), sources, tmp_path / "run")
    before = read_json(earlier / "metrics.json")
    assert metrics["valid"] == before["valid"] and metrics["test"] == before["test"]
    assert weights(tmp_path / "run") == weights(earlier)


@pytest.mark.parametrize("kind", ["tied", "untied"])
def test_known_words_keep_their_rows_and_new_ones_begin_at_the_mean(
    request, others, tmp_path, kind
):
    earlier = request.getfixturevalue("finished" if kind == "tied" else "untied")
    language.train(settings(earlier, **STILL), others, tmp_path / "run")
    old, new = language.load(earlier, "cpu"), language.load(tmp_path / "run", "cpu")
    assert {"heron", "green"} <= set(new.vocabulary.types) - set(old.vocabulary.types)
    assert new.vocabulary.types != old.vocabulary.types
    rows = [name for name, _ in old.model.named_parameters() if not name.startswith("stack")]
    assert len(rows) == (2 if kind == "tied" else 3)
    for name in rows:
        before, after = (dict(one.model.named_parameters())[name].tolist() for one in (old, new))
        for token, row in zip(new.vocabulary.types, after, strict=True):
            if token in old.vocabulary:
                assert row == before[old.vocabulary.types.index(token)], (name, token)
            else:
                columns = zip(*before, strict=True) if isinstance(row, list) else [before]
                mean = [sum(column) / len(before) for column in columns]
                assert (row if isinstance(row, list) else [row]) == pytest.approx(mean, rel=1e-5)
    layers = [[p for _, p in sorted(m.model.stack.named_parameters())] for m in (old, new)]
    assert all(map(torch.equal, *layers))


def test_pieces_of_words_stay_those_of_the_run(sources, others, tmp_path):
    pytest.importorskip("tokenizers", reason="subwords need the library tokenizers")
    subword = texts.settings(level="subword", vocab_size=290, epochs=1)
    language.train(subword, sources, tmp_path / "old")
    language.train(settings(tmp_path / "old", **STILL), others, tmp_path / "new")
    old, new = language.load(tmp_path / "old"), language.load(tmp_path / "new")
    line = "the green heron likes a ☃ ."
    assert new.tokenizer.tokens(line) == old.tokenizer.tokens(line)
    assert set(new.vocabulary.types) == set(old.vocabulary.types)
    assert new.vocabulary.types != old.vocabulary.types  # by what is common in the new text
    (found,), (wanted,) = new.score([line]), old.score([line])
    assert found.log_probs == pytest.approx(wanted.log_probs, rel=1e-5)


def test_config_json_says_what_it_began_from(finished, others, tmp_path):
    language.train(settings(finished, epochs=1), others, tmp_path / "run")
    config = read_json(tmp_path / "run" / "config.json")
    old, new = (language.load(path).vocabulary.types for path in (finished, tmp_path / "run"))
    assert config["began_from"] == {
        "run": str(finished),
        "corpus": read_json(finished / "config.json")["corpus"]["name"],
        "sha256": hashlib.sha256(weights(finished)).hexdigest(),
        "types": len(old),
        "known_types": len(set(old) & set(new)),
    }
    assert config["settings"]["begin_from"] == str(finished)


def test_it_learns_the_new_text_faster_than_from_scratch(sources, tmp_path):
    earlier, new = tmp_path / "old", texts.splits(tmp_path, number=80)
    language.train(texts.settings(epochs=8), sources, earlier)
    further = language.train(settings(earlier, epochs=1), new, tmp_path / "further")
    scratch = language.train(texts.settings(epochs=1), new, tmp_path / "scratch")
    assert further["test"]["loss"] < scratch["test"]["loss"] - 0.1


# Going on after a stop.


@pytest.mark.parametrize("steps", [0, 1, 17])
def test_stopped_and_resumed_it_ends_with_the_same_bytes_without_the_run(
    finished, others, tmp_path, steps
):
    earlier = unsealed(finished, tmp_path / "earlier")
    chosen = settings(earlier, average=0.9)
    language.train(chosen, others, tmp_path / "whole")
    folder = tmp_path / "run"
    if steps:
        interrupt(chosen, others, folder, steps)
    else:
        with language.training(chosen, others, folder):
            pass  # killed before it has saved a state
    shutil.rmtree(earlier)
    resume(folder)
    assert weights(folder) == weights(tmp_path / "whole") != weights(finished)
    assert not (folder / "checkpoint").exists()


def test_without_what_it_began_with_it_cannot_go_on(finished, others, tmp_path):
    folder = tmp_path / "run"
    interrupt(settings(finished), others, folder, 3)
    (folder / "checkpoint" / beginning.FILE).unlink()
    with pytest.raises(ValueError, match=r"beginning\.safetensors: no such file; train anew"):
        resume(folder)


def test_a_run_may_be_trained_further_into_its_own_folder(run_copy, others):
    chosen = settings(run_copy, epochs=1)
    with language.training(chosen, others, run_copy, force=True) as job:
        job.finish(job.run_to_end())
    assert "heron" in language.load(run_copy).vocabulary
    assert Run(run_copy).finished


# Rates.


@pytest.mark.parametrize("tie", [True, False])
def test_each_layer_is_slower_than_the_one_above_it_and_words_are_the_fastest(finished, tie):
    chosen = texts.settings(layers=3, tie=tie, embed=6, weight_drop=0.1, weight_decay=0.01)
    model = LanguageModel(chosen.model(20))
    names = {id(p): name for name, p in model.named_parameters()}
    chosen = language.LanguageSettings(begin_from=str(finished), weight_decay=0.01)
    found = {}
    for group in beginning.optimizer_for(model, chosen).param_groups:
        for parameter in group["params"]:
            decay = 0.01 if parameter.dim() > 1 else 0
            assert group["weight_decay"] == decay
            found[names[id(parameter)]] = group["factor"]
    assert set(found) == set(names.values())
    for name, factor in found.items():
        layer = int(name.split(".")[2]) if name.startswith("stack") else 3
        assert factor == pytest.approx(1 / 2.6 ** (3 - layer)), name


def test_a_training_from_scratch_has_one_rate(finished):
    model = language.load(finished).model
    optimizer = beginning.optimizer_for(model, texts.settings())
    assert all("factor" not in group for group in optimizer.param_groups)


# What is handed down, and what is refused.


def test_shape_vocabulary_and_dropout_are_handed_down_the_rest_is_not(sources, tmp_path):
    own = {"hidden": 6, "embed": 5, "tie": False, "cell": "gru", "direction": "backward"}
    own |= {"level": "char", "dropout": 0.2, "dropout_words": 0.1, "weight_drop": 0.3}
    own |= {"vocab_size": 40, "min_count": 2, "lr": 0.01, "epochs": 1}
    language.train(texts.settings(**own), sources, tmp_path / "old")
    plain = language.build_settings("medium", begin_from=str(tmp_path / "old"))
    for name in set(own) - {"lr", "epochs"}:
        assert getattr(plain, name) == own[name], name
    assert (plain.layers, plain.schedule) == (1, "one-cycle")
    medium = language.build_settings("medium")
    assert (plain.lr, plain.epochs, plain.clip) == (medium.lr, medium.epochs, medium.clip)
    changes = {"dropout": 0.4, "min_count": 1, "schedule": "cosine", "hidden": 6, "tie": False}
    changed = language.build_settings("small", begin_from=str(tmp_path / "old"), **changes)
    for name, value in changes.items():
        assert getattr(changed, name) == value
    config = changed.model(9)
    assert (config.dropout_input, config.dropout_output, config.weight_drop) == (0.4, 0.4, 0.3)


def refused(call):
    with pytest.raises(ValueError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "option", "has"),
    [
        ({"hidden": 9}, "--hidden 9", "8"),
        ({"layers": 2}, "--layers 2", "1"),
        ({"embed": 9}, "--embed 9", "8"),
        ({"cell": "gru"}, "--cell gru", "lstm"),
        ({"direction": "backward"}, "--direction backward", "forward"),
        ({"tokenizer": "whitespace"}, "--tokenizer whitespace", "word"),
        ({"level": "char", "tokenizer": None}, "--level char", "word"),
        ({"tie": False}, "--no-tie", "True"),
    ],
)
def test_options_that_go_against_the_run_are_refused(
    finished, sources, tmp_path, changes, option, has
):
    wanted = f"{option}: the run of --from {finished} has {has}; leave it out"
    assert refused(lambda: settings(finished, **changes)) == wanted
    straight = texts.settings(begin_from=str(finished), **changes)
    assert refused(lambda: language.train(straight, sources, tmp_path / "run")) == wanted
    assert refused(lambda: language.estimate(straight, sources.train)) == wanted
    assert not (tmp_path / "run").exists()


def test_the_size_of_a_vocabulary_of_pieces_cannot_change(sources, tmp_path):
    pytest.importorskip("tokenizers", reason="subwords need the library tokenizers")
    subword = texts.settings(level="subword", vocab_size=290, epochs=1)
    language.train(subword, sources, tmp_path / "old")
    error = refused(lambda: settings(tmp_path / "old", vocab_size=280))
    assert error.startswith("--vocab-size 280: the run of --from")


def test_what_is_no_run_of_a_language_model_is_refused(run_copy, sources, tmp_path):
    assert refused(lambda: settings(tmp_path / "none")).startswith(
        f"--from {tmp_path / 'none'}: not a run folder"
    )
    chosen = settings(run_copy)
    (run_copy / "model.safetensors").write_bytes(b"none")
    error = refused(lambda: language.train(chosen, sources, tmp_path / "run"))
    assert error.startswith(f"--from {run_copy / 'model.safetensors'}: damaged")
    assert not (tmp_path / "run").exists()
    path = run_copy / "config.json"
    whole = path.read_text()
    path.write_text(whole.replace('"cell"', '"cel"'))
    assert refused(lambda: settings(run_copy)) == f"--from {path}: damaged, without 'cell'"
    path.write_text(whole.replace('"language"', '"tagging"'))
    error = refused(lambda: settings(run_copy))
    assert error == f"--from {run_copy}: a run of the task 'tagging'; name one of train-lm"


def test_finished_vectors_have_no_place_beside_a_run(finished):
    error = refused(lambda: settings(finished, vectors="vectors.bin"))
    assert error == "--from brings the embedding of its run: leave --vectors out"
