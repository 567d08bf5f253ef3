"""Training and using taggers: what is learnt, what is refused, that nothing depends on batches."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
import torch

from seqkit.corpora.columns import TagColumns
from seqkit.corpora.tagged import read_tagged
from seqkit.metrics.entities import count_entities
from seqkit.tasks import language, tagging
from seqkit.tasks.runs import Run
from seqkit.tasks.tagging.calibration import calibrate, last_weights
from seqkit.tasks.tagging.data import read_data
from seqkit.tasks.tagging.encoders import load_encoder
from seqkit.tasks.tagging.encoding import encode
from seqkit.tasks.tagging.prediction import mean_loss, predict
from seqkit.tasks.tagging.sentences import read_text
from seqkit.tasks.tagging.trained import Words
from seqkit.text.schemes import to_spans
from seqkit.text.vocabulary import EOS
from seqkit.train.loop import Hooks
from tests.tasks import tagged, texts
from tests.unsealed import unsealed


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tagged")


@pytest.fixture(scope="module")
def finished(folder):
    """The folder of a finished run; tests must not change it."""
    tagging.train(tagged.settings(), tagged.sources(folder), folder / "run")
    return folder / "run"


@pytest.fixture(scope="module")
def tagger(finished):
    return tagging.load(finished, "cpu")


KINDS = {
    "crf": {},
    "softmax": {"crf": False},
    "peephole, deep": {"cell": "lstm-peephole", "layers": 2},
    "gru, spelled by rnn": {"cell": "gru", "char_encoder": "rnn"},
    "words alone": {"chars": False, "affixes": False, "wide": False},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_learns_the_names(folder, tmp_path, kind):
    metrics = tagging.train(tagged.settings(**KINDS[kind]), tagged.sources(folder), tmp_path / "r")
    assert metrics["test"]["f1"] > 0.9
    assert metrics["valid"]["loss"] < 0.2


def test_parts_of_speech_are_learnt_by_the_same_means(folder, tmp_path):
    sources = tagged.sources(folder, columns=TagColumns(tag=2))
    with tagging.training(tagged.settings(), sources, tmp_path / "r") as job:
        baselines, metrics = job.baselines(), job.run_to_end()
        job.finish(metrics)
    assert metrics["test"]["accuracy"] > 0.95 > baselines["test"]["majority"]
    tagger = tagging.load(tmp_path / "r")
    assert tagger.scheme == "plain" and tagger.types == ()
    (found,) = tagger.tag([Words(("Mara", "met", "Tilo"))])
    assert found.tags == ("NAME", "VERB", "NAME") and found.entities == ()


def test_a_finished_run_says_all_that_is_needed(finished):
    names = {path.name for path in finished.iterdir()}
    assert names == {
        "config.json", "vocabulary.json", "symbols.json", "model.safetensors", "history.jsonl",
        "metrics.json", "SHA256SUMS",
    }  # fmt: skip
    metrics = json.loads((finished / "metrics.json").read_text())
    assert {"run", "epochs", "seconds", "tokens_per_second", "train", "valid", "test"} <= {*metrics}
    wanted = {
        "loss", "accuracy", "precision", "recall", "f1", "f1_interval", "by_type", "outcomes",
        "familiarity", "calibration_error", "worst", "confusions", "tokens", "sentences",
    }  # fmt: skip
    assert wanted <= {*metrics["test"]}
    assert set(metrics["test"]["by_type"]) == {"LOC", "PER"}


def test_lookup_and_majority_are_counted(folder, tmp_path):
    train = tmp_path / "train.conll"
    train.write_text("Mara B-PER\nmet O\n\nMara O\n\nMara B-PER\nin O\nLund B-LOC\n")
    valid = tmp_path / "valid.conll"
    valid.write_text("Mara B-PER\nsaw O\nLund B-LOC\nArden I-LOC\n")
    sources = tagged.open_tagged_splits(str(train), str(valid))
    with tagging.training(tagged.settings(), sources, tmp_path / "r") as job:
        found = job.baselines()["valid"]
    # O is commonest; Mara is found, Lund only in part.
    assert found == {"majority": 1 / 4, "lookup": 2 * 1 / (2 + 2)}


def test_predictions_do_not_depend_on_what_stands_beside_them(tagger):
    sentences = [Words(tuple(token for token, _, _ in row)) for row in tagged.rows(80, seed=5)]
    together = list(tagger.tag(sentences))
    for size in (1, 7):
        for one, other in zip(together, tagger.tag(sentences, size), strict=True):
            assert one.tags == other.tags and one.tokens == other.tokens
            np.testing.assert_allclose(one.confidences, other.confidences, atol=1e-6)
            assert [dataclasses.astuple(e)[:3] for e in one.entities] == [
                dataclasses.astuple(e)[:3] for e in other.entities
            ]
    assert list(tagger.tag([])) == []


def test_entities_are_those_of_the_tags_and_confidences_are_shares(tagger):
    sentences = [Words(tuple(token for token, _, _ in row)) for row in tagged.rows(20, seed=6)]
    for found in tagger.tag(sentences):
        spans = [(entity.start, entity.stop, entity.type) for entity in found.entities]
        assert spans == to_spans(found.tags, "iob2")
        assert all(0 < share <= 1 for share in found.confidences)
        for entity in found.entities:
            least = min(found.confidences[entity.start : entity.stop])
            assert 0 < entity.confidence <= least + 1e-6


def test_raw_text_keeps_its_places(tagger):
    text = "\ufeff  Mara met Tilo in New Arden.\r\n\r\nBente\u200b saw  Tilo in Lund ."
    found = list(tagger.tag_text(text))
    for sentence in found:
        assert len(sentence.places) == len(sentence.tokens)
        for token, (start, stop) in zip(sentence.tokens, sentence.places, strict=True):
            assert text[start:stop] == token
    assert [t for s in found for t in s.tokens if t.isalpha()].count("Tilo") == 2
    assert any(entity.type == "LOC" for sentence in found for entity in sentence.entities)


def test_the_best_paths_are_legal_and_their_shares_fall(tagger):
    sentence = Words(("Mara", "met", "Bente", "in", "Lund"))
    paths = tagger.n_best(sentence, 4)
    (best,) = tagger.tag([sentence])
    assert paths[0][0] == best.tags
    shares = [share for _, share in paths]
    assert shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1 + 1e-9
    assert len({tags for tags, _ in paths}) == 4
    everything = tagger.n_best(Words(("Mara",)), 1000)
    assert sum(share for _, share in everything) == pytest.approx(1, abs=1e-9)


def test_evaluation_counts_what_tagging_finds(tagger, folder):
    source = read_tagged(tagged.write(folder / "other.conll", 60, seed=9))
    metrics = tagger.evaluate(source)
    found = [[(e.start, e.stop, e.type) for e in one.entities] for one in tagger.tag(list(source))]
    gold = [to_spans(record.tags, "iob2") for record in source]
    overall = count_entities(gold, found).overall
    assert metrics["f1"] == overall.f1 and metrics["entities"] == overall.gold
    assert metrics["sentences"] == 60


def test_the_same_seed_gives_the_same_bytes(folder, finished, tmp_path):
    tagging.train(tagged.settings(), tagged.sources(folder), tmp_path / "again")
    tagging.train(tagged.settings(seed=1), tagged.sources(folder), tmp_path / "other")
    weights = (finished / "model.safetensors").read_bytes()
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == weights
    assert (tmp_path / "other" / "model.safetensors").read_bytes() != weights


class _Stop(Hooks):
    """Interrupts a training in its third epoch, as Ctrl-C would after a save."""

    def on_step(self, loop):
        if loop.at.epoch == 2 and loop.at.cursor == 3:
            loop.save()
            raise KeyboardInterrupt


def test_stopped_and_resumed_it_ends_with_the_same_bytes(folder, finished, tmp_path):
    with (
        pytest.raises(KeyboardInterrupt),
        tagging.training(tagged.settings(), tagged.sources(folder), tmp_path / "r") as job,
    ):
        job.run_to_end(_Stop())
    with tagging.resumed_training(tmp_path / "r") as job:
        job.finish(job.run_to_end())
    weights = (finished / "model.safetensors").read_bytes()
    assert (tmp_path / "r" / "model.safetensors").read_bytes() == weights
    assert not (tmp_path / "r" / "checkpoint").exists()
    with pytest.raises(ValueError, match="is finished"), tagging.resumed_training(tmp_path / "r"):
        pass


def test_further_columns_are_read_and_asked_for(folder, tmp_path):
    sources = tagged.sources(folder, columns=TagColumns(features=(2,)))
    tagging.train(tagged.settings(epochs=2), sources, tmp_path / "r")
    tagger = tagging.load(tmp_path / "r")
    assert tagger.feature_columns == 1
    (found,) = tagger.tag([Words(("Mara", "met"), (("NAME", "VERB"),))])
    assert len(found.tags) == 2
    with pytest.raises(ValueError, match="1 feature columns beside the tokens, this text has 0"):
        list(tagger.tag([Words(("Mara", "met"))]))


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("level", ["word", "char"])
def test_a_language_model_reads_along(folder, tmp_path, level, direction):
    text = texts.write(tmp_path / "text.txt", 60)
    changes = {"level": level, "direction": direction, "epochs": 1}
    language.train(texts.settings(**changes), texts.open_splits(str(text)), tmp_path / "lm")
    settings = tagged.settings(encoder=(str(tmp_path / "lm"),), epochs=2)
    tagging.train(settings, tagged.sources(folder), tmp_path / "r")
    before = [one.confidences for one in tagging.load(tmp_path / "r").tag([Words(("Mara", "."))])]
    shutil.rmtree(tmp_path / "lm")
    tagger = tagging.load(tmp_path / "r")  # it has its own copy
    assert [one.confidences for one in tagger.tag([Words(("Mara", "."))])] == before
    (encoder,) = tagger.encoders
    tokens = ("the", "red", "fox")
    oracle = _step_by_step(encoder.trained, tokens, direction)
    np.testing.assert_allclose(encoder.states([tokens]), oracle, atol=2e-3)


def _step_by_step(trained, tokens, direction):
    """The states after each token, one id at a time; a space stands between tokens."""
    split = getattr(trained.tokenizer, "tokenizer", trained.tokenizer).tokens
    pieces = [split(" " * (n > 0) + token) for n, token in enumerate(tokens)]
    if direction == "backward":
        pieces = [own[::-1] for own in pieces[::-1]]
    state, found = trained.model.initial(1), []
    for own in [[EOS], *pieces]:
        for id_ in trained.vocabulary.ids(own):
            with torch.no_grad():
                output, state = trained.model(torch.tensor([[id_]]), state)
        found.append(output[0, 0].numpy())
    return np.array(found[:0:-1] if direction == "backward" else found[1:])


def test_vectors_know_words_that_training_lacks(folder, tmp_path):
    vectors = tmp_path / "v.vec"
    names = {"mara": 1.0, "tilo": 1.0, "uwe": 1.0, "lund": -1.0, "brig": -1.0, "kiel": -1.0}
    rows = [f"{name} " + " ".join([str(side)] * 10) for name, side in names.items()]
    vectors.write_text("\n".join([f"{len(rows)} 10", *rows]) + "\n")
    settings = tagged.settings(
        vectors=str(vectors), chars=False, affixes=False, wide=False, dropout_words=0.0
    )
    tagging.train(settings, tagged.sources(folder), tmp_path / "r")
    vectors.unlink()
    tagger = tagging.load(tmp_path / "r")
    (found,) = tagger.tag([Words(("Uwe", "met", "Uwe", "in", "Kiel", "."))])
    assert found.tags == ("B-PER", "O", "B-PER", "O", "B-LOC", "O")
    assert tagger.model.config.frozen == 2
    words = tagger.model.words
    assert not words.frozen.weight.requires_grad
    assert torch.allclose(words.frozen.weight[0], -words.frozen.weight[1])  # kiel and uwe


def test_an_encoder_that_is_none_is_refused(folder, finished, tmp_path):
    settings = tagged.settings(encoder=(str(finished),))
    with pytest.raises(ValueError, match=r"--encoder .*'tagging', not 'language'"):
        tagging.train(settings, tagged.sources(folder), tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_illegal_tags_are_mended_and_counted(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("Mara B-PER\nKolb I-LOC\n\nin O\nLund B-LOC\n")
    text = read_text(read_tagged(path))
    assert text.repaired == 1 and "line 2" in text.warnings[0]
    assert text.sentences[0].tags == ("S-PER", "S-LOC")
    assert text.sentences[1].place.endswith("line 4")


def test_tags_that_training_lacks_are_told_and_missed(folder, tmp_path):
    valid = tmp_path / "valid.conll"
    valid.write_text(tagged.columns(10, 3) + "\nKiel B NAME B-TOWN\n".replace(" B ", " "))
    sources = tagged.open_tagged_splits(str(tagged.write(tmp_path / "train.conll")), str(valid))
    with tagging.training(tagged.settings(epochs=1), sources, tmp_path / "r") as job:
        assert any("S-TOWN" in warning for warning in job.warnings)
        metrics = job.run_to_end()
    assert metrics["valid"]["by_type"]["TOWN"]["recall"] == 0
    assert np.isfinite(metrics["valid"]["loss"])


def test_texts_of_other_kinds_do_not_go_together(folder, tmp_path):
    path = tmp_path / "pos.conll"
    path.write_text("Mara NAME\nmet VERB\n")
    train = tagged.write(tmp_path / "train.conll")
    sources = tagged.open_tagged_splits(str(train), str(path))
    with pytest.raises(ValueError, match=r"tags of classes, .* those of entities"):
        tagging.train(tagged.settings(), sources, tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_calibration_finds_the_least_loss_and_moves_no_tag(tmp_path, finished):
    tagger = tagging.load(finished)
    model, symbols = tagger.model, tagger.symbols
    path, text = tmp_path / "doubtful.conll", tagged.columns(60)
    path.write_text(text.replace("Mara NAME B-PER", "Mara NAME B-LOC"))
    text = encode(read_text(read_tagged(path)).sentences, symbols)
    before, loss = predict(model, symbols, text), mean_loss(model, symbols, text)
    best = calibrate(model, text)
    after = predict(model, symbols, text)
    assert 0.1 < best < 0.9 and mean_loss(model, symbols, text) < loss
    least = mean_loss(model, symbols, text)
    for factor in (0.9, 1 / 0.9**2):  # a little less, a little more
        scale(model, factor)
        assert mean_loss(model, symbols, text) > least
    assert [one.tags for one in before] == [one.tags for one in after]


@torch.no_grad()
def scale(model, factor):
    """Multiply all that the model scores in the end."""
    for parameter in (*last_weights(model), *model.head.parameters()):
        parameter *= factor


def test_class_weights_are_read_and_checked(folder, tmp_path):
    settings = tagged.settings(class_weights="PER=3, LOC=0.5", epochs=1)
    data = read_data(settings, tagged.sources(folder))
    weights = data.symbols.weights(settings.weights_by_type())
    by_tag = dict(zip(data.symbols.tags, weights.tolist(), strict=True))
    assert by_tag["B-PER"] == by_tag["S-PER"] == 3 and by_tag["E-LOC"] == 0.5 and by_tag["O"] == 1
    with pytest.raises(ValueError, match="--class-weights TOWN: no such type; there are: LOC, O"):
        data.symbols.weights({"TOWN": 2.0})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell": "gur"}, "unknown --cell 'gur'"),
        ({"scheme": "iob3"}, "unknown --scheme 'iob3'"),
        ({"char_encoder": "lstm"}, "unknown --char-encoder 'lstm'"),
        ({"epochs": 0}, "--epochs must be 1 or more"),
        ({"lr": 0.0}, "--lr must be above 0"),
        ({"average": 1.0}, r"--average must be in \[0, 1\)"),
        ({"dropout": 1.0}, r"must be in \[0, 1\)"),
        ({"class_weights": "PER"}, "--class-weights PER: write TYPE=NUMBER"),
        ({"class_weights": "PER=-1"}, "--class-weights PER=-1: write TYPE=NUMBER"),
        ({"class_weights": "=2"}, "--class-weights =2: write TYPE=NUMBER"),
    ],
)
def test_settings_that_cannot_be_name_their_option(change, message):
    with pytest.raises(ValueError, match=message):
        tagged.settings(**change)


DAMAGE = {
    "symbols.json": [("{", "damaged, not JSON"), ('{"tags": []}', "damaged")],
    "vocabulary.json": [("[]", "vocabulary")],
    "config.json": [("{}", "not the configuration of a seqkit run")],
    "model.safetensors": [("x", "damaged, or not a safetensors file")],
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_run_is_refused_by_name(finished, tmp_path, name):
    for number, (content, message) in enumerate(DAMAGE[name]):
        copy = unsealed(finished, tmp_path / str(number))
        (copy / name).write_text(content)
        with pytest.raises(ValueError, match=message):
            tagging.load(copy)


def test_estimates_need_no_training(folder):
    found = tagging.estimate(tagged.settings(), tagged.sources(folder).train)
    assert found["tags"] == 9 and found["parameters"] > 1000 and found["memory_bytes"] > 4000


def test_a_run_of_another_task_is_no_tagger(tmp_path):
    text = texts.write(tmp_path / "text.txt", 60)
    language.train(texts.settings(epochs=1), texts.open_splits(str(text)), tmp_path / "lm")
    with pytest.raises(ValueError, match="task 'language', not 'tagging'"):
        tagging.load(tmp_path / "lm")
    assert Run(tmp_path / "lm").finished


READ = {
    "word": {
        "Fox": ["fox"],
        "FOX'S": ["fox", "s"],
        "U.K.": ["u", "k"],
        "1996": [],
        "Owl": ["<unk>"],
    },
    "subword": {"FOX": ["Ġfox"], "1996": [], "-": [], "fox-dog": ["Ġfox", "Ġdog"]},
}
"""What a model of small letters, spaces and nothing else makes of tokens."""


@pytest.mark.parametrize("level", READ)
@pytest.mark.parametrize("first", [True, False])
def test_tokens_are_read_as_the_language_model_was_taught(tmp_path, level, first):
    (tmp_path / "text.txt").write_text("the fox s dog u k\nu k dog fox s the\n" * 40)
    settings = texts.settings(level=level, epochs=1, vocab_size=None if level == "word" else 270)
    language.train(settings, texts.open_splits(str(tmp_path / "text.txt")), tmp_path / "lm")
    encoder = load_encoder(tmp_path / "lm", "cpu")
    types = encoder.trained.vocabulary.types
    for token, pieces in READ[level].items():
        read = [types[id_] for id_ in encoder._pieces(token, first)]
        assert read == pieces or (first and read == [piece.lstrip("Ġ") for piece in pieces])


def test_a_model_of_capitals_takes_a_token_as_it_is_written(tmp_path):
    (tmp_path / "text.txt").write_text("The Fox met the fox .\nA SOCCER fan met him .\n" * 40)
    settings = texts.settings(epochs=1, tokenizer="whitespace")
    language.train(settings, texts.open_splits(str(tmp_path / "text.txt")), tmp_path / "lm")
    encoder = load_encoder(tmp_path / "lm", "cpu")
    types = encoder.trained.vocabulary.types
    wanted = {"Fox": "Fox", "fox": "fox", "FAN": "fan", "SOCCER": "SOCCER", ".": ".", "Met": "met"}
    assert {word: types[encoder._pieces(word, False)[0]] for word in wanted} == wanted
