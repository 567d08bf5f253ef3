"""seqkit corpora show: what it says of smallworld."""

import json

import pytest

from seqkit.corpora import smallworld
from seqkit.corpora.smallworld import relations, reviews, tagged
from seqkit.text.schemes import to_spans


@pytest.fixture
def small(monkeypatch):
    """Splits of some sentences; the questions, which are of the language, stay what they are."""
    asked = relations.questions()
    monkeypatch.setattr(relations, "questions", lambda version: asked)
    for split in ("train", "valid", "test"):
        monkeypatch.setitem(smallworld.SENTENCES, split, 30)
        monkeypatch.setitem(reviews.SIZES, split, 200)
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
