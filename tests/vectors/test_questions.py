"""Files of analogies and of pairs: every form that is read, every line that is refused."""

import pytest

from seqkit.vectors.questions import Pair, Section, read_analogies, read_pairs


def written(tmp_path, text):
    path = tmp_path / "q.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_analogies(tmp_path):
    text = (
        ": capital cities\nOslo Norway  Rome\tItaly\r\n\n#a #b c d\n: gram1\n: gram2-é\na b c d\n"
    )
    assert read_analogies(written(tmp_path, text)) == [
        Section("capital cities", [("Oslo", "Norway", "Rome", "Italy"), ("#a", "#b", "c", "d")]),
        Section("gram1", []),
        Section("gram2-é", [("a", "b", "c", "d")]),
    ]


def test_analogies_without_sections(tmp_path):
    found = read_analogies(written(tmp_path, "\ufeffa b c d"))
    assert found == [Section("questions", [("a", "b", "c", "d")])]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no analogy questions"),
        (": a\n: b\n", "holds no analogy questions"),
        (": a\n\na b c\n", "line 3 has 3 words, not 4"),
        ("a b c d e\n", "line 1 has 5 words, not 4"),
        (b"a b c d\n\xff b c d\n", "line 2 is not UTF-8"),
    ],
)
def test_bad_analogies(text, message, tmp_path):
    with pytest.raises(ValueError, match=message) as error:
        read_analogies(written(tmp_path, text))
    assert str(error.value).startswith(str(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "cat dog 7.5\nnew_york cab 3\n",
        "cat\tdog\t7.5\nnew_york\tcab\t3\n",
        "cat,dog,7.5\nnew_york,cab,3\n",
        "cat, dog, 7.5\nnew_york, cab, 3\n",
        "# how alike\nword 1\tword 2\tmean\ncat\tdog\t7.5\n\nnew_york\tcab\t3\n",
        "Word 1,Word 2,Human (mean)\ncat,dog,7.5\nnew_york,cab,3\n",
        "  cat   dog  7.50\r\nnew_york cab 3 n=10\r\n# the end\r\n",
    ],
)
def test_pairs(text, tmp_path):
    found = read_pairs(written(tmp_path, text))
    assert found == [Pair("cat", "dog", 7.5), Pair("new_york", "cab", 3.0)]


def test_words_of_pairs_may_hold_the_other_separators(tmp_path):
    found = read_pairs(written(tmp_path, "new york\tred, hot\t-1e1\n1,000 2,000 4\na b,c d,1\n"))
    assert found == [
        Pair("new york", "red, hot", -10.0),
        Pair("1,000", "2,000", 4.0),
        Pair("a b", "c d", 1.0),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no word pairs"),
        ("# a b 3\n", "holds no word pairs"),
        ("one two three\n", "holds no word pairs"),
        ("a b 1\n\na b\n", "line 3 is not two words and a number"),
        ("heading\nheading\na b 1\n", "line 2 is not two words and a number"),
        ("a b 1\na b nan\n", "line 2 is not two words and a number"),
        ("a b 1\na,,2\n", "line 2 is not two words and a number"),
        (b"a b 1\na\xff b 2\n", "line 2 is not UTF-8"),
    ],
)
def test_bad_pairs(text, message, tmp_path):
    with pytest.raises(ValueError, match=message) as error:
        read_pairs(written(tmp_path, text))
    assert str(error.value).startswith(str(tmp_path))
