"""The other tokenizers that need no training, and their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.text.tokenizers import NLTKTokenizer, build_tokenizer


@pytest.mark.parametrize("name", ["word", "whitespace", "char", "nltk:tweet"])
def test_a_tokenizer_keeps_the_name_it_is_built_by(name):
    assert build_tokenizer(name).name == name


@pytest.mark.parametrize("name", ["", "words", "Word", "subword", "nltk"])
def test_an_unknown_name_lists_the_known(name):
    with pytest.raises(ValueError, match=r"whitespace|nltk:treebank") as error:
        build_tokenizer(name)
    assert "\n" not in str(error.value)


def test_an_unknown_nltk_name_lists_the_known():
    with pytest.raises(ValueError, match=r"'nltk:best'.*nltk:nltk, nltk:toktok, nltk:treebank"):
        build_tokenizer("nltk:best")


@given(st.text())
def test_whitespace_is_that_of_bytes(line):
    tokens = build_tokenizer("whitespace").tokens(line)
    assert [token.encode() for token in tokens] == line.encode().split()
    assert build_tokenizer("whitespace").join(tokens).split(" ") == (tokens or [""])


@given(st.text())
def test_characters_are_put_together_exactly(line):
    characters = build_tokenizer("char")
    assert len(characters.tokens(line)) == len(line)
    assert characters.join(characters.tokens(line)) == line


@pytest.mark.parametrize("name", sorted(NLTKTokenizer.NAMES))
def test_nltk_tokenizers_are_those_of_nltk(name):
    import nltk.tokenize as theirs

    oracle = {
        "nltk": theirs.NLTKWordTokenizer().tokenize,
        "toktok": theirs.ToktokTokenizer().tokenize,
        "treebank": theirs.TreebankWordTokenizer().tokenize,
        "tweet": theirs.TweetTokenizer().tokenize,
        "wordpunct": theirs.wordpunct_tokenize,
    }[name]
    line = "They'll pay $5.50 (or not), won't they? :-)"
    tokenizer = build_tokenizer(f"nltk:{name}")
    assert tokenizer.tokens(line) == oracle(line)
    assert tokenizer.tokens("") == []
    assert "".join(tokenizer.join(tokenizer.tokens(line)).split()) == "".join(line.split())


def test_treebank_tokens_print_as_text():
    treebank = build_tokenizer("nltk:treebank")
    assert treebank.join(treebank.tokens("I don't know, do you?")) == "I don't know, do you?"
