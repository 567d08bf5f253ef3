"""The n-gram baselines against dictionaries filled sentence by sentence."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.metrics import ngrams
from seqkit.metrics.ngrams import KneserNeyTrigram, Unigram

EOS = 0
START = -1


def zipf_stream(tokens, vocabulary_size, seed=0):
    """A stream with frequent and rare words, some sentences empty."""
    generator = np.random.default_rng(seed)
    weights = 1 / np.arange(1, vocabulary_size + 1)
    return generator.choice(vocabulary_size, tokens, p=weights / weights.sum()).astype(np.uint16)


class Oracle:
    """Modified Kneser-Ney in plain Python, with a begin mark that is no word."""

    def __init__(self, ids, vocabulary_size):
        self.size = vocabulary_size
        grams = Counter((*history, word) for history, word in self.events(ids))
        openings = {gram[1:]: count for gram, count in grams.items() if gram[1] == START}
        trigrams = {gram: count for gram, count in grams.items() if gram[1] != START}
        bigrams = Counter(gram[1:] for gram in trigrams) + Counter(openings)
        unigrams = Counter(gram[1:] for gram in bigrams)
        self.discounts = [self.discount(counts) for counts in (unigrams, bigrams, trigrams)]
        self.followers = defaultdict(dict)
        for counts in (unigrams, bigrams, trigrams):
            for gram, count in counts.items():
                self.followers[gram[:-1]][gram[-1]] = count

    @staticmethod
    def events(ids):
        history = (START, START)
        for word in map(int, ids):
            yield history, word
            history = (START, START) if word == EOS else (history[1], word)

    @staticmethod
    def discount(counts):
        n1, n2, n3, n4 = (sum(c == k for c in counts.values()) for k in (1, 2, 3, 4))
        if min(n1, n2, n3, n4) > 0:
            y = n1 / (n1 + 2 * n2)
            law = [1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3]
            if all(0 < d <= k for k, d in enumerate(law, 1)):  # part of the count
                return law
        return [0.5, 1.0, 1.5]

    def share(self, history, word):
        lower = self.share(history[1:], word) if history else 1 / self.size
        counts = self.followers.get(history)
        if not counts:
            return lower
        by_count = self.discounts[len(history)]
        freed = sum(by_count[min(count, 3) - 1] for count in counts.values())
        own = counts.get(word, 0)
        kept = own - by_count[min(own, 3) - 1] if own else 0
        return (kept + freed * lower) / sum(counts.values())

    def losses(self, ids):
        return [-math.log(self.share(history, word)) for history, word in self.events(ids)]


@pytest.mark.parametrize(("vocabulary_size", "lawful"), [(4, 0), (40, 2), (400, 3)])
def test_trigram_agrees_with_dictionaries(vocabulary_size, lawful):
    ids = zipf_stream(4000, vocabulary_size)
    fresh = zipf_stream(1000, vocabulary_size, seed=1)
    model, oracle = KneserNeyTrigram.fit(ids, vocabulary_size, EOS), Oracle(ids, vocabulary_size)
    np.testing.assert_allclose(model.losses(fresh), oracle.losses(fresh), rtol=1e-11)
    np.testing.assert_allclose(model.losses(ids), oracle.losses(ids), rtol=1e-11)
    assert model.perplexity(fresh) == pytest.approx(math.exp(np.mean(oracle.losses(fresh))))
    assert sum(discount != [0.5, 1.0, 1.5] for discount in oracle.discounts) == lawful


@pytest.mark.parametrize(
    ("counts_of_counts", "expected"),
    [
        ((8, 4, 2, 1), [0, 0.5, 1.25, 2]),
        ((8, 4, 2, 0), [0, 0.5, 1, 1.5]),
        ((4, 1, 4, 1), [0, 0.5, 1, 1.5]),  # by the law, a count of two would gain six
    ],
)
def test_discounts_follow_the_law_where_it_makes_sense(counts_of_counts, expected):
    counts = np.repeat([1, 2, 3, 4, 9], [*counts_of_counts, 5])
    assert ngrams._discounts(counts).tolist() == expected


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.lists(st.integers(0, 4)))
def test_trigram_agrees_with_dictionaries_on_scraps(ids, fresh):
    model, oracle = KneserNeyTrigram.fit(np.array(ids), 5, EOS), Oracle(ids, 5)
    losses = model.losses(np.array(fresh, np.uint32))
    np.testing.assert_allclose(losses, oracle.losses(fresh), rtol=1e-11)


@pytest.mark.parametrize("history", [(3, 1), (38, 39), (EOS, 2), (EOS, EOS), (39, EOS), (39, 1)])
def test_shares_sum_to_one_after_any_history(history):
    V = 40
    ids = zipf_stream(3000, V)
    model = KneserNeyTrigram.fit(ids[(ids < 38)], V, EOS)  # the last two words stay unseen
    triples = np.array([(*history, word) for word in range(V)])
    losses = np.concatenate([model.losses(triple)[2:] for triple in triples])
    assert np.exp(-losses).sum() == pytest.approx(1, rel=1e-12)
    assert np.all(np.isfinite(losses))


def test_history_stops_at_the_start_of_a_sentence():
    model = KneserNeyTrigram.fit(zipf_stream(3000, 20), 20, EOS)
    sentence = np.array([5, 3, 1, EOS])
    alone = model.losses(sentence)
    for before in ([7, EOS], [2, 2, 2, EOS], [EOS, EOS]):
        assert model.losses(np.array([*before, *sentence]))[-4:].tolist() == alone.tolist()


def test_streams_score_alike_in_pieces_and_in_any_integer_type(monkeypatch, tmp_path):
    ids = zipf_stream(500, 30)
    model = KneserNeyTrigram.fit(ids, 30, EOS)
    whole = model.losses(ids)
    monkeypatch.setattr(ngrams, "_PIECE", 7)
    assert model.losses(ids).tolist() == whole.tolist()
    unigram = Unigram.fit(ids, 30)
    ids.astype(np.uint32).tofile(tmp_path / "ids")
    for same in (ids.astype(np.int64), np.memmap(tmp_path / "ids", np.uint32, "r")):
        assert KneserNeyTrigram.fit(same, 30, EOS).losses(same).tolist() == whole.tolist()
        assert Unigram.fit(same, 30).losses(same).tolist() == unigram.losses(ids).tolist()


def test_limit_counts_the_first_tokens_and_says_so():
    ids = zipf_stream(900, 30)
    cut, short = KneserNeyTrigram.fit(ids, 30, EOS, limit=300), zipf_stream(900, 30)[:300]
    assert (cut.tokens, cut.truncated) == (300, True)
    assert cut.perplexity(ids) == KneserNeyTrigram.fit(short, 30, EOS).perplexity(ids)
    whole = KneserNeyTrigram.fit(ids, 30, EOS, limit=900)
    assert (whole.tokens, whole.truncated) == (900, False)


def test_packing_holds_up_to_the_largest_vocabulary():
    V = 2_642_245
    ids = np.array([V - 1, V - 2, V - 1, V - 3, V - 1, EOS] * 3, np.uint32)
    oracle = Oracle(ids, V)
    for same in (ids, ids.astype(np.int64)):
        model = KneserNeyTrigram.fit(same, V, EOS)
        np.testing.assert_allclose(model.losses(same), oracle.losses(ids), rtol=1e-11)
    with pytest.raises(ValueError, match="at most 2642245"):
        KneserNeyTrigram.fit(ids, V + 1, EOS)


def test_unigram_adds_one_to_every_count():
    ids = zipf_stream(300, 50)
    model = Unigram.fit(ids, 50)
    counts = Counter(ids.tolist())
    expected = [-math.log((counts[word] + 1) / 350) for word in range(50)]
    np.testing.assert_allclose(model.losses(np.arange(50)), expected, rtol=1e-12)
    assert model.tokens == 300
    mean = sum(expected[word] for word in ids) / 300
    assert model.perplexity(ids) == pytest.approx(math.exp(mean), rel=1e-12)


@pytest.mark.parametrize("ids", [np.array([1, 9, 2]), np.array([1, -1, 2])])
def test_ids_outside_the_vocabulary_are_refused(ids):
    unigram, trigram = (
        Unigram.fit(np.array([1, 0]), 9),
        KneserNeyTrigram.fit(np.array([1, 0]), 9, 0),
    )
    fitting = (lambda: Unigram.fit(ids, 9), lambda: KneserNeyTrigram.fit(ids, 9, EOS))
    for act in (*fitting, lambda: unigram.losses(ids), lambda: trigram.losses(ids)):
        with pytest.raises(ValueError, match=f"token id {ids[1]} is outside the vocabulary of 9"):
            act()


def test_empty_streams_and_a_strange_eos_are_refused():
    nothing, ids = np.zeros(0, np.uint16), np.array([1, 0])
    with pytest.raises(ValueError, match="stream is empty"):
        KneserNeyTrigram.fit(nothing, 9, EOS)
    with pytest.raises(ValueError, match="eos is 9"):
        KneserNeyTrigram.fit(ids, 9, 9)
    for model in (Unigram.fit(ids, 9), KneserNeyTrigram.fit(ids, 9, EOS)):
        with pytest.raises(ValueError, match="holds no token"):
            model.perplexity(nothing)


def test_trigram_perplexity_on_penn_treebank(benchmark_data):
    texts = {}
    for name in ("train", "test"):
        lines = (benchmark_data / "ptb" / f"ptb.{name}.txt").read_text().splitlines()
        texts[name] = [word for line in lines for word in (*line.split(), "<eos>")]
    words = {word: number for number, word in enumerate(sorted(set(texts["train"])))}
    train, test = (np.array([words[w] for w in texts[n]], np.uint16) for n in ("train", "test"))
    model = KneserNeyTrigram.fit(train, len(words), words["<eos>"])
    assert model.perplexity(test) == pytest.approx(148.3, abs=0.5)
