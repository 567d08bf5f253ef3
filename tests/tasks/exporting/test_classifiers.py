"""Classifiers written as ONNX and run by onnxruntime, beside what they say of texts."""

import json
import re

import numpy as np
import onnx
import pytest
import torch

from seqkit.layers import CELLS
from seqkit.layers.pooling import POOLINGS
from seqkit.models.classifier import Classifier, ClassifierConfig, Texts
from seqkit.models.fine_tuned import FineTunedClassifier, FineTunedConfig, Readings
from seqkit.tasks import language
from seqkit.tasks.classifying.averaged import AveragedScorer
from seqkit.tasks.classifying.bodies import Bodies
from seqkit.tasks.classifying.linear import LinearScorer
from seqkit.tasks.classifying.net import NetScorer
from seqkit.tasks.classifying.reading import Reader
from seqkit.tasks.classifying.settings import ClassifierSettings
from seqkit.tasks.classifying.summed import SumScorer
from seqkit.tasks.classifying.trained import TrainedClassifier
from seqkit.tasks.exporting.checking import run
from seqkit.tasks.exporting.classifiers import ClassifierSubject
from tests.tasks import texts as prose
from tests.tasks.classifying.test_linear import KINDS
from tests.tasks.exporting.written import compare, scattered, written


def net_of(kind="two", level="word", **changes):
    """A net with any weights over the words of made-up texts."""
    texts, _, labels = KINDS[kind]()
    reader = Reader.learn(texts, level, 0, 300, 1)
    sizes = {"words": len(reader.vocabulary), "classes": len(labels.names)}
    config = ClassifierConfig(**sizes, many_labels=labels.many, hidden=5, embed=4, **changes)
    return NetScorer(scattered(Classifier(config)), reader), labels, texts


def trained(scorer, labels):
    return TrainedClassifier(scorer, labels, ClassifierSettings())


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("cell", ["lstm", "gru", "lstm-peephole-diagonal"])
def test_every_pooling_over_padding(cell, pooling, bidirectional):
    shape = {"cell": cell, "pooling": pooling, "bidirectional": bidirectional}
    scorer, labels, _ = net_of(**shape, layers=2, frozen=3)
    data = written(ClassifierSubject(trained(scorer, labels)))
    draw = np.random.default_rng(0)
    for lengths, positions in (([4, 1, 6, 2], 6), ([1], 1), ([2, 3], 5)):
        ids = draw.integers(0, scorer.model.config.words, (len(lengths), positions))
        (found,) = run(data, {"ids": ids, "lengths": np.array(lengths)})
        alone = [torch.from_numpy(row[None, :n]) for row, n in zip(ids, lengths, strict=True)]
        wanted = torch.cat([scorer.model.probabilities(Texts(one)) for one in alone])
        compare([found], [wanted])


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell(cell):
    scorer, labels, _ = net_of("many", cell=cell, top=3)
    subject = ClassifierSubject(trained(scorer, labels))
    feeds = subject.example(4, 5, seed=3)
    texts = Texts(*map(torch.from_numpy, feeds.values()))
    compare(run(written(subject), feeds), [scorer.model.probabilities(texts)])


def props_of(data):
    return {entry.key: entry.value for entry in onnx.load_from_string(data).metadata_props}


def ngrams_of(texts, props):
    """The ids of the n-grams of texts, as the metadata tells."""
    places = {ngram: k for k, ngram in enumerate(json.loads(props["ngrams"]))}
    chars, rows = props["ngram_level"] == "char", []
    for text in texts:
        marked = ["\n", *text, "\n"] if text else []
        tokens = marked if chars else re.findall(r"\w+|[^\w\s]", text.lower())
        joined = ["", " "][not chars]
        grams = {
            joined.join(tokens[start : start + n])
            for n in range(1, int(props["ngram_order"]) + 1)
            for start in range(len(tokens) - n + 1)
        }
        rows.append(sorted(places[gram] for gram in grams if gram in places))
    width = max(map(len, rows)) + 1
    return np.array([row + [len(places)] * (width - len(row)) for row in rows])


@pytest.mark.parametrize("level", ["word", "char"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", [LinearScorer, AveragedScorer])
def test_models_of_ngrams_by_the_metadata_alone(model, kind, level):
    texts, given, labels = KINDS[kind]()
    known = trained(model.fit(texts, given, labels, level, 2), labels)
    data = written(ClassifierSubject(known))
    asked = [*texts[:6], "a zebra was fine, and Warm!", ""]
    (found,) = run(data, {"ngrams": ngrams_of(asked, props_of(data))})
    compare([found], [known.probabilities(asked)])
    assert found.std() > 0.05


def test_the_sum_of_both_by_the_metadata_alone():
    scorer, labels, texts = net_of("three")
    linear = LinearScorer.fit(*KINDS["three"](), "word", 2)
    known = trained(SumScorer(linear, scorer), labels)
    data = written(ClassifierSubject(known))
    props, asked = props_of(data), [*texts[:4], "one zebra"]
    types = json.loads(props["vocabulary"])
    rows = [re.findall(r"\w+|[^\w\s]", text.lower()) for text in asked]
    ids = [[types.index(t) if t in types else int(props["unk"]) for t in row] for row in rows]
    width = max(map(len, ids))
    feeds = {
        "ids": np.array([row + [0] * (width - len(row)) for row in ids]),
        "lengths": np.array([len(row) for row in ids]),
        "ngrams": ngrams_of(asked, props),
    }
    compare(run(data, feeds), [known.probabilities(asked)])
    assert set(json.loads(props["inputs"])) == set(feeds)
    assert json.loads(props["labels"]) == list(labels.names)


@pytest.fixture(scope="module")
def runs(tmp_path_factory, sources, finished):
    folder = tmp_path_factory.mktemp("bodies")
    language.train(
        prose.settings(direction="backward", hidden=6, cell="gru", epochs=1), sources, folder / "b"
    )
    return [finished, folder / "b"]


@pytest.mark.parametrize(("bodies", "hidden"), [(1, 0), (2, 4)])
def test_language_models_as_bodies(runs, bodies, hidden):
    reader = Bodies(runs[:bodies], max_tokens=50)
    config = FineTunedConfig(reader.configs, classes=2, hidden=hidden)
    scorer = NetScorer(scattered(FineTunedClassifier(config)), reader)
    _, _, labels = KINDS["two"]()
    known = trained(scorer, labels)
    data = written(ClassifierSubject(known))
    asked = ["the old miller paints", "a kind zebra sees the wet owl .", "fox"]
    encoded = reader.encode(asked)
    feeds = {}
    for number, own in enumerate(encoded.texts(np.arange(3)).bodies, start=1):
        end = f"_{number}" if bodies > 1 else ""
        feeds |= {f"ids{end}": own.ids.numpy(), f"lengths{end}": own.lengths.numpy()}
    compare(run(data, feeds), [known.probabilities(asked)])
    props = props_of(data)
    assert props[f"direction{'_2' * (bodies > 1)}"] == ("backward" if bodies > 1 else "forward")
    assert set(json.loads(props["inputs"])) == set(feeds)


def test_its_own_example_is_read_as_the_net_reads_it(runs):
    reader = Bodies(runs, max_tokens=50)
    model = scattered(FineTunedClassifier(FineTunedConfig(reader.configs, classes=2)))
    _, _, labels = KINDS["two"]()
    subject = ClassifierSubject(trained(NetScorer(model, reader), labels))
    feeds = subject.example(3, 4, seed=1)
    assert feeds["ids_2"].shape != feeds["ids_1"].shape
    pairs = [(feeds[f"ids_{n}"], feeds[f"lengths_{n}"]) for n in (1, 2)]
    texts = Readings(tuple(Texts(*map(torch.from_numpy, pair)) for pair in pairs))
    wanted = model.probabilities(texts).numpy()
    np.testing.assert_allclose(subject.outputs(feeds)[0], wanted, atol=1e-6)
    compare(run(written(subject), feeds), [wanted])
