"""Taggers written as ONNX and run by onnxruntime, beside the model, sentence by sentence."""

import itertools
import json

import numpy as np
import pytest
import torch

from seqkit.layers import CELLS
from seqkit.models.tagger import Tagger, TaggerConfig
from seqkit.models.token_vectors import Tokens
from seqkit.tasks import tagging
from seqkit.tasks.exporting.checking import run
from seqkit.tasks.exporting.graph import Graph
from seqkit.tasks.exporting.taggers import TaggerSubject
from seqkit.tasks.exporting.wide import wide_scores
from seqkit.tasks.tagging.encoding import encode
from seqkit.tasks.tagging.sentences import read_text
from seqkit.tasks.tagging.symbols import choose_symbols
from seqkit.tasks.tagging.trained import TrainedTagger, Words
from tests.tasks import tagged
from tests.tasks.exporting.written import compare, data_of, scattered, written

VARIANTS = {
    "as by default": {},
    "softmax": {"crf": False},
    "characters by a net": {"char_encoder": "rnn"},
    "words alone": {"char_encoder": None, "affixes": False, "wide": False},
    "affixes without wide": {"char_encoder": None, "wide": False},
    "wide without affixes": {"affixes": False},
    "all that there is": {"features": (7, 4), "states": 6, "frozen": 3, "layers": 2},
}


@pytest.fixture(scope="module")
def symbols(tmp_path_factory):
    text = read_text(tagged.sources(tmp_path_factory.mktemp("tagged")).train)
    return choose_symbols(text.sentences, text.written, min_count=1)


def tagger_of(symbols, **changes):
    sizes = (len(symbols.words), len(symbols.tags), len(symbols.characters))
    config = TaggerConfig(*sizes, **{"hidden": 4, "embed": 5, **changes})
    return TrainedTagger(scattered(Tagger(config, symbols.forbidden())), symbols)


def one_by_one(model, feeds):
    """Scores of each sentence by itself, without padding and without the fast paths; 0 behind."""
    scores = np.zeros((*feeds["words"].shape, model.config.tags))
    forms = len(feeds["shapes"])
    for row, length in enumerate(feeds["lengths"]):
        size = (1, length)
        none = {
            "characters": np.full((forms, 1), 2),
            "hashes": np.zeros((forms, 11), np.int64),
            "features": np.zeros((*size, 0), np.int64),
        }
        own = {
            name: array[None, row, :length]
            if name in ("words", "forms", "features", "states")
            else array
            for name, array in feeds.items()
            if name != "lengths"
        }
        tensors = {name: torch.from_numpy(array) for name, array in {**none, **own}.items()}
        with torch.enable_grad():
            found = model.head.scores(model(Tokens(**tensors)))
        scores[row, :length] = found[0].detach()
    return scores


@pytest.mark.parametrize("name", VARIANTS)
def test_scores_and_moves(symbols, name):
    known = tagger_of(symbols, **VARIANTS[name])
    subject = TaggerSubject(known)
    data = written(subject)
    for batch, positions in ((4, 5), (1, 1), (3, 1)):
        feeds = subject.example(batch, positions, seed=positions)
        scores, *moves = run(data, feeds)
        compare([scores], [one_by_one(known.model, feeds)])
        compare(moves, [one.detach() for one in known.model.head.chain.moves()])
    assert np.isneginf(moves[2]).any() and scores.std() > 0.01


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell(symbols, cell):
    known = tagger_of(symbols, cell=cell)
    subject = TaggerSubject(known)
    feeds = subject.example(3, 4, seed=8)
    compare(run(written(subject), feeds)[:1], [one_by_one(known.model, feeds)])


def test_only_the_wide_part_wraps_around(symbols):
    """The hashes alone, where numbers of 64 bits overflow: any error would choose other rows."""
    wide = tagger_of(symbols).model.wide
    graph = Graph()
    sizes = {"words": ("b", "t"), "forms": ("b", "t"), "hashes": ("f", 11), "lengths": ("b",)}
    inputs = {name: graph.input(name, "int64", *shape) for name, shape in sizes.items()}
    graph.output(wide_scores(graph, wide, inputs), "scores", "float32", "b", "t", "k")
    draw = np.random.default_rng(0)
    feeds = {
        "words": draw.integers(0, 2, (6, 9)),
        "forms": draw.integers(0, 20, (6, 9)),
        "hashes": draw.integers(0, 1 << 32, (20, 11)),
        "lengths": np.full(6, 9),
    }
    nothing = {"characters": None, "shapes": None, "features": None}
    tokens = Tokens(**nothing, **{k: torch.from_numpy(v) for k, v in feeds.items()})
    compare(run(data_of(graph), feeds), [wide(tokens).detach()])


def test_tags_found_outside_are_those_found_inside(symbols):
    """By the best of all paths, with the scores, the moves and the tags of the file alone."""
    known = tagger_of(symbols)
    subject = TaggerSubject(known)
    tokens = ("Mara", "saw", "Zed", "?")
    encoded = encode([Words(tokens)], symbols).tokens(np.array([0]))
    arrays = {k: v.numpy() for k, v in encoded._asdict().items() if v is not None}
    names = [value.name for value in _inputs(subject)]
    feeds = {"lengths": np.array([4]), **{k: v for k, v in arrays.items() if k in names}}
    scores, start, end, steps = run(written(subject), feeds)
    paths = list(itertools.product(range(len(symbols.tags)), repeat=4))
    totals = [
        start[p[0]]
        + end[p[-1]]
        + sum(scores[0, range(4), p])
        + sum(steps[one, other] for one, other in itertools.pairwise(p))
        for p in paths
    ]
    best = [subject.metadata()["tags"][tag] for tag in paths[int(np.argmax(totals))]]
    ((tags, _),) = known.n_best(Words(tokens), 1)
    assert symbols.written == "iob2" and list(tags) == [_iob2(tag) for tag in best]


def _inputs(subject):
    graph = Graph()
    subject.write(graph)
    return graph.inputs


def _iob2(tag):
    return tag.replace("S-", "B-").replace("E-", "I-")


def test_metadata_tells_of_every_input_and_symbol(symbols):
    subject = TaggerSubject(tagger_of(symbols))
    told = json.loads(json.dumps(subject.metadata()))
    assert set(told["inputs"]) == {value.name for value in _inputs(subject)}
    assert told["tags"] == list(symbols.tags) and told["scheme"] == "bioes"
    assert told["vocabulary"] == list(symbols.words.types)
    assert told["characters"] == list(symbols.characters.types)


def test_a_trained_tagger(tmp_path):
    tagging.train(tagged.settings(epochs=1), tagged.sources(tmp_path), tmp_path / "run")
    known = tagging.load(tmp_path / "run", "cpu")
    feeds = TaggerSubject(known).example(2, 6, seed=0)
    compare(run(written(TaggerSubject(known)), feeds)[:1], [one_by_one(known.model, feeds)])


def test_metadata_tell_how_documents_weigh(symbols):
    assert "agreement" not in TaggerSubject(tagger_of(symbols)).metadata()
    tagger = tagger_of(symbols, documents=True)
    tagger.model.agreement.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert TaggerSubject(tagger).metadata()["agreement"] == [[1, 2], [3, 4]]
