"""How often words are kept and drawn, from their counts.

Arrays are over vocabulary ids, (V,); the first SPECIAL ids are <unk> and <eos>, which are not words
here: they are neither kept nor drawn.
"""

import numpy as np
import numpy.typing as npt

from seqkit.word2vec.config import Word2VecConfig

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

SPECIAL = 2
"""<unk> and <eos>."""


def keep_probabilities(counts: Counts, sample: float) -> Shares:
    """W5: the probability that a word of a text is kept, (V,); 1 for all words if sample is 0.

    min(1, sqrt(s / f) + s / f), f being the share of the word in the text (word2vec.c; Mikolov et
    al. 2013b, section 2.3, has a similar formula).
    """
    keep = np.zeros(len(counts))
    words = counts[SPECIAL:]
    if sample == 0:
        keep[SPECIAL:] = 1.0
        return keep
    ratio = sample * words.sum() / np.maximum(words, 1)
    keep[SPECIAL:] = np.minimum(np.sqrt(ratio) + ratio, 1.0)
    return keep


def noise_probabilities(counts: Counts, exponent: float) -> Shares:
    """W3: P(w) = f(w)^exponent / sum_j f(w_j)^exponent, (V,); 0 for special tokens."""
    words = np.maximum(counts[SPECIAL:], 1).astype(np.float64)
    weights = np.exp(exponent * (np.log(words) - np.log(words.max())))
    shares = np.zeros(len(counts))
    shares[SPECIAL:] = weights / weights.sum()
    return shares


def unigram_loss(config: Word2VecConfig, counts: Counts) -> float:
    """The least loss, in nats a prediction, of a model that knows only how frequent words are.

    With p the shares of words after subsampling: their entropy (W1, W2); or the optimum of W3,
    where a word t is true with weight p_t and noise with weight k q_t (1 - p_t).
    """
    kept = counts * keep_probabilities(counts, config.sample)
    p = kept[SPECIAL:] / kept[SPECIAL:].sum()
    p = p[p > 0]
    if config.loss != "ns":
        return float(-(p * np.log(p)).sum())
    q = noise_probabilities(counts, config.ns_exponent)[SPECIAL:][kept[SPECIAL:] > 0]
    noise = config.negative * q * (1 - p)
    return float((p * np.log1p(noise / p)).sum() + (noise * np.log1p(p / noise)).sum())


def alias_table(shares: Shares) -> npt.NDArray[np.int64]:
    """A table from which one look-up draws i with probability shares[i] (Walker 1977, Vose 1991).

    Entry i is one 64-bit number: above, a threshold t of 31 bits; below, another id j of 31 bits. A
    uniform entry i is drawn, and 31 random bits: below t they mean i, else j.
    """
    size = len(shares)
    scaled = shares * size
    threshold = np.ones(size)
    alias = np.arange(size)
    small = [i for i in range(size) if scaled[i] < 1]
    large = [i for i in range(size) if scaled[i] >= 1]
    while small and large:
        low, high = small.pop(), large[-1]
        threshold[low], alias[low] = scaled[low], high
        scaled[high] -= 1 - scaled[low]
        if scaled[high] < 1:
            small.append(large.pop())
    # What is left over is 1 but for rounding; a share of 0 must never be drawn all the same.
    best = int(np.argmax(shares))
    for i in small:
        threshold[i], alias[i] = (1.0, i) if shares[i] > 0 else (0.0, best)
    bits = np.minimum(np.round(threshold * 2**31), 2**31 - 1).astype(np.int64)
    # 31 random bits are below 2^31 - 1 but once in two thousand million: that must mean i too.
    alias = np.where(threshold >= 1, np.arange(size), alias)
    return (bits << 31) | alias
