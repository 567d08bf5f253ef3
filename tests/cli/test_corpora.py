"""seqkit corpora show: what it says of smallworld."""

import json

import pytest

from seqkit.corpora import smallworld
from seqkit.corpora.smallworld import relations


@pytest.fixture
def small(monkeypatch):
    """Splits of some sentences; the questions, which are of the language, stay what they are."""
    asked = relations.questions()
    monkeypatch.setattr(relations, "questions", lambda: asked)
    for split in ("train", "valid", "test"):
        monkeypatch.setitem(smallworld.SENTENCES, split, 30)
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
