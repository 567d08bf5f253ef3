"""Language models written as ONNX and run by onnxruntime, step by step beside `LanguageModel`."""

import json

import numpy as np
import onnx
import pytest
import torch

from seqkit.layers import CELLS
from seqkit.models.language import LanguageModel, LanguageModelConfig
from seqkit.tasks.exporting.checking import run
from seqkit.tasks.exporting.languages import LanguageSubject
from seqkit.tasks.language.trained import TrainedLanguageModel
from seqkit.text.backward import directed
from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.tokenizers import build_tokenizer
from seqkit.text.vocabulary import Vocabulary
from tests.tasks.exporting.written import compare, scattered, written

WORDS = ["the", "owl", "sees", "a", "fox", "and", "sleeps"]


def subject_of(direction="forward", tokenizer=None, **changes):
    """A language model of nine words with any weights."""
    vocabulary = Vocabulary.from_counts(dict(zip(WORDS, range(20, 0, -2), strict=False)))
    shape = {"vocabulary_size": len(vocabulary), "layers": 2, "hidden": 6, "embed": 4}
    model = scattered(LanguageModel(LanguageModelConfig(**{**shape, **changes})))
    reads = directed(tokenizer or build_tokenizer("whitespace"), direction)
    return LanguageSubject(TrainedLanguageModel(model, reads, vocabulary))


def fed(subject, ids, state=None):
    state = subject.model.initial(len(ids)) if state is None else state
    numbered = {f"state_{k}": np.asarray(one) for k, one in enumerate(state, start=1)}
    return {"ids": np.asarray(ids), **numbered}


@pytest.mark.parametrize("tie", [True, False])
@pytest.mark.parametrize("cell", CELLS)
def test_it_tells_what_the_model_tells_step_by_step(cell, tie):
    subject = subject_of(cell=cell, tie=tie, weight_drop=0.3)
    data = written(subject)
    for batch, positions in ((5, 4), (1, 1), (4, 1), (1, 9)):
        ids = np.random.default_rng(positions).integers(0, 9, (batch, positions))
        log_probs, *after = run(data, fed(subject, ids))
        state, steps = subject.model.initial(batch), []
        for column in torch.from_numpy(ids).T:
            found, state = subject.model.step(column, state)
            steps.append(found)
        compare([log_probs, *after], [torch.stack(steps, 1), *state])


def test_states_go_on_from_call_to_call():
    subject = subject_of()
    data, ids = written(subject), np.array([[3, 1, 4, 1, 5, 0], [2, 6, 5, 3, 5, 8]])
    whole, *last = run(data, fed(subject, ids))
    first, *state = run(data, fed(subject, ids[:, :2]))
    rest, *after = run(data, fed(subject, ids[:, 2:], state))
    compare([np.concatenate([first, rest], 1), *after], [whole, *last])
    assert np.abs(rest - run(data, fed(subject, ids[:, 2:]))[0]).max() > 0.01


def test_embedding_by_product_is_a_look_up():
    subject = subject_of(input="one-hot")
    feeds = subject.example(3, 5, seed=2)
    compare(run(written(subject), feeds), subject.outputs(feeds))


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_a_line_scores_as_by_seqkit(direction):
    """With the metadata alone: ids from the vocabulary, in the direction, `<eos>` around them."""
    subject = subject_of(direction)
    data = written(subject)
    props = {entry.key: entry.value for entry in onnx.load_from_string(data).metadata_props}
    types, eos = json.loads(props["vocabulary"]), int(props["eos"])
    line = ["the", "owl", "and", "the", "zebra", "sees", "a", "fox"]
    order = line[::-1] if props["direction"] == "backward" else line
    known = [types.index(word) if word in types else int(props["unk"]) for word in order]
    assert props["direction"] == direction and int(props["unk"]) in known
    feeds = {"ids": np.array([[eos, *known]])}
    for number, size in enumerate(json.loads(props["state_sizes"]), start=1):
        feeds[f"state_{number}"] = np.zeros((1, size), np.float32)
    log_probs = run(data, feeds)[0][0]
    total = log_probs[np.arange(len(known) + 1), [*known, eos]].sum()
    (score,) = subject.trained.score([" ".join(line)])
    assert total == pytest.approx(score.log_prob, abs=1e-4)


def test_a_tied_matrix_stands_there_once():
    """V is large here, so that the matrix is most of the file."""
    vocabulary = Vocabulary.from_counts({f"w{k}": 1 for k in range(998)})
    for tie, least, most in ((True, 80_000, 100_000), (False, 160_000, 180_000)):
        config = LanguageModelConfig(1000, layers=1, hidden=20, embed=20, tie=tie)
        model = TrainedLanguageModel(LanguageModel(config), build_tokenizer("char"), vocabulary)
        graph_bytes = written(LanguageSubject(model))
        names = len(json.dumps(vocabulary.types))
        assert least < len(graph_bytes) - names < most


def test_pieces_of_words_are_in_the_metadata():
    tokenizer = SubwordTokenizer.train(["the owl sees the fox"], size=270)
    metadata = subject_of(tokenizer=tokenizer).metadata()
    assert metadata["tokenizer"] == "subword"
    again = SubwordTokenizer.from_json(json.loads(json.dumps(metadata["subwords"])))
    assert again.tokens("the fox") == tokenizer.tokens("the fox")
    assert "subwords" not in subject_of().metadata()
