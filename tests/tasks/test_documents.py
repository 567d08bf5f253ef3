"""Taggers that read documents: what a word is in one sentence counts in the others."""

import pytest
import torch

from seqkit.corpora.tagged import read_tagged
from seqkit.corpora.tagged_catalogue import open_tagged_splits
from seqkit.tasks import tagging
from seqkit.tasks.tagging import Words
from seqkit.tasks.tagging.agreeing import fit_agreement
from seqkit.tasks.tagging.encoding import encode
from seqkit.tasks.tagging.prediction import mean_loss
from seqkit.tasks.tagging.scores import all_scores
from seqkit.tasks.tagging.sentences import read_text, reopen_text
from seqkit.train.loop import Hooks
from tests.tasks import tagged


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    for seed, (name, number) in enumerate({"train": 60, "valid": 40, "test": 40}.items()):
        (folder / f"{name}.conll").write_text(tagged.documents(number, seed))
    return folder


@pytest.fixture(scope="module")
def run(files):
    paths = [str(files / f"{name}.conll") for name in ("train", "valid", "test")]
    sources = open_tagged_splits(paths[0], paths[1], paths[2])
    tagging.train(tagged.settings(seed=1), sources, files / "run")
    return files / "run"


@pytest.fixture
def tagger(run):
    return tagging.load(run, "cpu")


def records(path):
    return list(read_tagged(path))


def test_words_that_come_again_in_a_document_are_numbered(tagger):
    sentences = [
        Words(("Kolb", "met", "a", "kolb"), document=1),
        Words(("A", "Vries"), document=1),
        Words(("Vries", "Kolb"), document=2),
        Words(("Kolb", "Kolb")),
        Words(("vries",), document=2),
    ]
    again = encode(sentences, tagger.symbols).again.tolist()
    assert again == [0, -1, 1, 0, 1, -1, 2, -1, -1, -1, 2]


def test_documents_tell_what_their_sentences_do_not(run, tagger, files):
    together = tagger.evaluate(read_tagged(files / "test.conll"))
    (files / "apart.conll").write_text(tagged.documents(40, 2).replace("-DOCSTART- O\n", ""))
    apart = tagger.evaluate(read_tagged(files / "apart.conll"))
    assert together["f1"] > 0.95 > 0.85 > apart["f1"]
    assert together["loss"] < apart["loss"]
    assert tagger.knows_documents and (tagger.model.agreement.weight > 0).any()


def test_scores_are_those_of_loops_over_all_occurrences(tagger, files):
    sentences = records(files / "test.conll")[:8]
    text, weight = encode(sentences, tagger.symbols), tagger.model.agreement.weight
    found = _scores(tagger, text)
    first = weight.tolist()
    weight.zero_()
    alone = _scores(tagger, text)
    tags, types = tagger.symbols.tags, tagger.symbols.types
    shares = [tagger.model.head.shares(one[None], None)[0] for one in alone]
    for n, one in enumerate(sentences):
        for t, word in enumerate(one.tokens):
            others = [
                shares[m][u]
                for m, other in enumerate(sentences)
                for u, same in enumerate(other.tokens)
                if (m, u) != (n, t)
                and other.document == one.document
                and same.lower() == word.lower()
            ]
            for k, tag in enumerate(tags):
                wanted = alone[n][t, k].item()
                for form, letters in enumerate(("S", "BIE")):
                    best = dict.fromkeys(types, 0.0)
                    for share in others:
                        for kind in types:
                            own = sum(share[tags.index(f"{x}-{kind}")].item() for x in letters)
                            best[kind] = max(best[kind], own)
                    if tag != "O":
                        wanted += first[form][int(tag[0] != "S")] * best[tag[2:]]
                assert found[n][t, k].item() == pytest.approx(wanted, abs=1e-4)


def test_a_document_does_not_depend_on_others(tagger, files):
    sentences = records(files / "test.conll")
    numbers = sorted({one.document for one in sentences})
    one_by_one = [
        found
        for number in numbers
        for found in tagger.tag([one for one in sentences if one.document == number])
    ]
    for size in (1, 3, 1_000):
        for found, wanted in zip(tagger.tag(sentences, size), one_by_one, strict=True):
            assert found.tags == wanted.tags
            assert found.confidences == pytest.approx(wanted.confidences, abs=1e-5)


def test_the_weights_are_where_the_loss_is_least(tagger, files):
    sentences = read_text(read_tagged(files / "valid.conll")).sentences
    text = encode(sentences, tagger.symbols)
    weight = tagger.model.agreement.weight
    fit_agreement(tagger.model, tagger.symbols, text)
    fitted = weight.clone()

    def badness():
        tokens = len(text.tags)
        return mean_loss(tagger.model, tagger.symbols, text) * tokens + weight.square().sum() / 2

    least = badness()
    for row in range(2):
        for column in range(2):
            for step in (-0.2, 0.2):
                weight.copy_(fitted)
                weight[row, column] += step
                assert badness() > least


def test_raw_text_is_a_document_where_one_says_so(tagger):
    text = "Mr Kolb came. KOLB won! Vries Ltd came. VRIES won!"
    found = [entity.type for one in tagger.tag_text(text, document=True) for entity in one.entities]
    assert found == ["PER", "PER", "ORG", "ORG"]
    (one,), (other,) = tagger.tag_text("KOLB won!", document=True), tagger.tag_text("KOLB won!")
    assert one.confidences == pytest.approx(other.confidences, abs=1e-5)


class Stop(Hooks):
    """Ends a training after its tenth step, as Ctrl-C would after a save."""

    def on_step(self, loop):
        if loop.at.steps == 10:
            loop.save()
            raise KeyboardInterrupt


def test_a_training_that_was_stopped_ends_with_the_same_weights(run, files, tmp_path):
    paths = [str(files / f"{name}.conll") for name in ("train", "valid", "test")]
    sources = open_tagged_splits(paths[0], paths[1], paths[2])
    settings = tagged.settings(seed=1)
    with (
        tagging.training(settings, sources, tmp_path / "r") as job,
        pytest.raises(KeyboardInterrupt),
    ):
        job.run_to_end(Stop())
    with tagging.resumed_training(tmp_path / "r") as job:
        job.finish(job.run_to_end())
    found, wanted = (folder / "model.safetensors" for folder in (tmp_path / "r", run))
    assert found.read_bytes() == wanted.read_bytes()


def test_nothing_that_comes_again_leaves_the_weights_at_rest(tagger):
    text = encode([Words(("Mara", "met"), document=1, tags=("O", "O"))], tagger.symbols)
    fit_agreement(tagger.model, tagger.symbols, text)
    assert not tagger.model.agreement.weight.any()


def test_texts_without_documents_make_taggers_that_know_of_none(tmp_path):
    tagging.train(tagged.settings(epochs=1), tagged.sources(tmp_path), tmp_path / "r")
    assert not tagging.load(tmp_path / "r").knows_documents


def test_classes_of_words_are_no_entities_that_could_agree(files, tmp_path):
    text = tagged.documents(20).replace("B-PER", "N").replace("B-ORG", "N").replace("I-ORG", "N")
    (tmp_path / "a.conll").write_text(text)
    sources = open_tagged_splits(str(tmp_path / "a.conll"))
    tagging.train(tagged.settings(epochs=1, scheme="plain"), sources, tmp_path / "r")
    assert not tagging.load(tmp_path / "r").knows_documents


def test_a_kept_text_keeps_its_documents(files, tmp_path):
    text = read_text(read_tagged(files / "valid.conll"))
    text.save(tmp_path / "valid.jsonl")
    assert reopen_text(tmp_path / "valid.jsonl") == text
    assert [one.document for one in text.sentences[:4]] == [1, 1, 2, 2]


def _scores(tagger, text):
    """The scores of each sentence, in order."""
    with torch.no_grad():
        found = list(all_scores(tagger.model, tagger.symbols, text))
    pairs = [(int(n), own) for chosen, many in found for n, own in zip(chosen, many, strict=True)]
    return [own for _, own in sorted(pairs, key=lambda pair: pair[0])]
