"""Tagged texts that are not what they should be: a wrong column, tags without end."""

import pytest

from seqkit.corpora.columns import TagColumns
from seqkit.corpora.tagged import read_tagged
from seqkit.tasks import tagging
from seqkit.tasks.tagging import sentences
from seqkit.tasks.tagging.data import read_data
from seqkit.tasks.tagging.sentences import read_text
from tests.tasks import tagged


def write(path, tags):
    """A file with these tags, each on a token of its own sentence."""
    path.write_text("".join(f"w{n} {tag}\n\n" for n, tag in enumerate(tags)))
    return path


def test_a_column_of_words_is_no_tag_set(tmp_path):
    path = write(tmp_path / "a.conll", ["O"] * 5_001)
    with pytest.raises(ValueError) as caught:
        tagging.estimate(tagged.settings(), read_tagged(path, TagColumns(tag=1, token=2)))
    assert str(caught.value) == (
        "a.conll: asks for 5,001 different tags, such as 'w0'; more than 5,000 are no tag set, so "
        "choose another --column"
    )


def test_the_tags_of_entities_are_counted_as_the_model_scores_them(tmp_path, monkeypatch):
    monkeypatch.setattr(sentences, "LARGEST", 9)
    fits = write(tmp_path / "two.conll", ["B-X", "O", "B-Y"])
    assert len(read_text(read_tagged(fits)).sentences) == 3  # O and four letters for each type
    path = write(tmp_path / "three.conll", ["B-X", "B-Y", "O", f"B-{'Z' * 99}", "O"])
    with pytest.raises(
        ValueError, match=r"three\.conll: asks for 13 different tags, such as 'B-X'"
    ):
        read_text(read_tagged(path))
    path = write(tmp_path / "long.conll", [f"B-{n}{'Z' * 99}" for n in range(3)])
    with pytest.raises(ValueError, match=r"such as 'B-0Z{37}\.\.\.'"):
        read_text(read_tagged(path))


@pytest.mark.parametrize("tag", ["O", "NOUN"])
def test_one_tag_alone_is_warned_of(tmp_path, tag):
    paths = [write(tmp_path / name, [tag] * 4) for name in ("train.conll", "valid.conll")]
    data = read_data(tagged.settings(), tagged.open_tagged_splits(*map(str, paths)))
    assert data.warnings() == [
        f"train.conll: every token is tagged {tag}, so there is nothing to learn; "
        "is --column right?"
    ]


def test_two_tags_bring_no_warning(tmp_path):
    paths = [write(tmp_path / name, ["O", "B-X"]) for name in ("train.conll", "valid.conll")]
    data = read_data(tagged.settings(), tagged.open_tagged_splits(*map(str, paths)))
    assert data.warnings() == []


def test_long_tags_are_clipped_in_warnings_and_errors(tmp_path):
    long = "x" * 300_000
    train = write(tmp_path / "train.conll", ["O", *(f"B-{n:02}" for n in range(30))])
    valid = write(tmp_path / "valid.conll", ["O", f"B-{long}"])
    data = read_data(tagged.settings(), tagged.open_tagged_splits(str(train), str(valid)))
    (warning,) = data.warnings()
    assert warning.endswith(f"which cannot be found: S-{'x' * 38}...")
    with pytest.raises(ValueError, match=r"there are: 00, 01, .*, 19, \.\.\.$"):
        data.symbols.weights({"TOWN": 2.0})
