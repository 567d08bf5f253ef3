"""seqkit corpora show: what it says of smallworld."""

import json
import re

import pytest

from seqkit.corpora import shapes, smallworld
from seqkit.corpora.dates import Dates
from seqkit.corpora.idx import read_idx_images
from seqkit.corpora.smallworld import relations, reviews, tagged, translation
from seqkit.text.schemes import to_spans


@pytest.fixture
def small(monkeypatch):
    """Splits of some sentences; the questions, which are of the language, stay what they are."""
    asked = relations.questions()
    monkeypatch.setattr(relations, "questions", lambda version: asked)
    for split in ("train", "valid", "test"):
        monkeypatch.setitem(smallworld.SENTENCES, split, 30)
        monkeypatch.setitem(reviews.SIZES, split, 200)
        monkeypatch.setitem(translation.SIZES, split, 20)
    return asked


def test_show_counts_the_questions_of_each_section(seqkit, small):
    sizes = {section: len(asked) for section, asked in small}
    found = json.loads(seqkit("corpora", "show", "smallworld", "--json", "--lines", 1).out)
    assert found["questions"] == sizes and found["lines"] == 30
    assert len(found["examples"]) == 1
    out = seqkit("corpora", "show", "smallworld", "--lines", 0).out.splitlines()
    facts = dict(line.split(maxsplit=1) for line in out)
    assert facts["questions"] == ", ".join(f"{name} {size}" for name, size in sizes.items())
    assert facts["synthetic"] == "True" and float(facts["nats_per_token"]) > 1


def test_show_of_the_second_version(seqkit, small):
    found = json.loads(seqkit("corpora", "show", "smallworld-2", "--json").out)
    assert found["name"] == "smallworld-2" and "questions" in found
    assert "tagged_sentences" not in found
    assert (
        found["nats_per_token"]
        == smallworld.SmallWorld(version=found["name"]).entropy.nats_per_token
    )


def test_show_says_what_is_labelled(seqkit, small, monkeypatch):
    monkeypatch.setitem(tagged.SIZES, "train", 50)
    found = json.loads(seqkit("corpora", "show", "smallworld", "--json").out)
    records = list(tagged.TaggedWorld())
    assert found["tagged_sentences"] == len(records) == 50
    names = [kind for record in records for _, _, kind in to_spans(record.tags, "iob2")]
    assert found["names"] == {name: names.count(name) for name in ("LOC", "MISC", "ORG", "PER")}
    assert found["parts_of_speech"] == len(set().union(*(record.features[0] for record in records)))


def test_show_tells_of_the_reviews(seqkit, small):
    found = json.loads(seqkit("corpora", "show", "smallworld", "--json").out)
    labels = [review.labels[0] for review in reviews.Reviews()]
    assert found["reviews"] == len(labels) == 200
    assert found["reviews_by_stars"] == {star: labels.count(star) for star in "12345"}
    best = [max(reviews.posterior(one.text).values()) for one in reviews.Reviews("test")]
    assert found["reviews_best_accuracy"] == round(sum(best) / 200, 4)
    texts = [review.text for review in reviews.Reviews()]
    both = sum(review.text in texts for review in reviews.Reviews("test"))
    assert found["reviews_also_in_train"] == round(both / 200, 4)


def test_show_tells_of_the_translations(seqkit, small):
    found = json.loads(seqkit("corpora", "show", "smallworld", "--json").out)
    pairs = list(translation.Translations())
    assert found["pairs"] == len(pairs) == 20
    for side in ("source", "target"):
        words = set(" ".join(getattr(pair, side) for pair in pairs).split())
        assert found[f"{side}_words"] == len(words)
    assert found["pair"] == f"{pairs[0].source} -> {pairs[0].target}"


def test_list_show_and_make_know_dates(seqkit, tmp_path):
    assert re.search("^dates +translator +dates written", seqkit("corpora", "list").out, re.M)
    found = json.loads(seqkit("corpora", "show", "dates", "--json", "--lines", 2).out)
    first = list(Dates(pairs=2))
    assert found["examples"] == [f"{pair.source} -> {pair.target}" for pair in first]
    assert found["pairs"] == 20_000 and found["synthetic"] is True
    assert "examples" not in seqkit("corpora", "show", "dates").out
    out = seqkit("corpora", "make", "dates", tmp_path, "--sentences", 2).out
    assert len(out.splitlines()) == 6
    lines = (tmp_path / "train.target").read_text().splitlines()
    assert lines == [pair.target for pair in first]


def test_list_show_and_make_know_shapes(seqkit, tmp_path, monkeypatch):
    for split in shapes.SIZES:
        monkeypatch.setitem(shapes.SIZES, split, 20)
    assert re.search("^shapes +image classifier +ten drawn", seqkit("corpora", "list").out, re.M)
    found = json.loads(seqkit("corpora", "show", "shapes", "--json", "--lines", 2).out)
    images = shapes.draw_shapes()
    assert found["images"] == 20 and found["images_by_class"] == dict.fromkeys(images.classes, 2)
    assert (found["height"], found["width"], found["channels"]) == (28, 28, 1)
    mean = f"{images.pixels[1].astype(float).mean():.0f}"
    assert found["examples"][1] == f"{images.labels[1]}, mean brightness {mean} of 255"
    assert "images_by_class arrow 2, circle 2" in seqkit("corpora", "show", "shapes").out
    out = seqkit("corpora", "make", "shapes", tmp_path, "--sentences", 10).out
    assert len(out.splitlines()) == 6
    assert len(read_idx_images(tmp_path / "train-images-idx3-ubyte.gz")) == 10
