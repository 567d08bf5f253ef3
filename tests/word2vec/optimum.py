"""Where training must end: losses of word vectors at their optimum, in closed form.

All is about pairs: p (V, V) holds in p[c, t] the share of the pairs in which a context word c
predicts a word t. With D >= V every table of scores θ_t · e_c can be had, so that the best loss
follows from p alone. Texts are ids, 1 ending a sentence, words from 2 on.
"""

import numpy as np

EOS, FIRST = 1, 2


def markov_text(generator, words, length):
    """One sentence of a random Markov chain of first order over `words` words."""
    moves = generator.dirichlet(np.full(words, 0.7), size=words).cumsum(axis=1)
    ids, word = [], 0
    for u in generator.random(length):
        word = min(int(np.searchsorted(moves[word], u)), words - 1)
        ids.append(FIRST + word)
    return np.array([*ids, EOS], np.uint16)


def two_word_text(generator, words, sentences):
    """Sentences of two words, drawn together: a mean of context words is then one word."""
    together = generator.dirichlet(np.full(words * words, 0.5))
    drawn = generator.choice(words * words, sentences, p=together)
    first, second = FIRST + drawn // words, FIRST + drawn % words
    return np.stack([first, second, np.full(sentences, EOS)], axis=1).ravel().astype(np.uint16)


def pair_shares(ids, size, window):
    """p of a text, (V, V), where each word's reach is drawn from 1..window."""
    p, sentence = np.zeros((size, size)), []
    for word in [*ids.tolist(), EOS]:
        if word >= FIRST:
            sentence.append(word)
        elif word == EOS:
            for i, j in np.ndindex(len(sentence), 2 * window + 1):
                apart = j - window
                if apart and 0 <= i + apart < len(sentence):
                    p[sentence[i + apart], sentence[i]] += (window - abs(apart) + 1) / window
            sentence = []
    return p / p.sum()


def conditional_entropy(p):
    """H(t | c) in nats: the least loss of W1, and of W2 whatever the tree."""
    of_context = np.broadcast_to(p.sum(axis=1, keepdims=True), p.shape)
    met = p > 0
    return float((p[met] * np.log(of_context[met] / p[met])).sum())


def noise_weights(p, q, k):
    """W3: how much t counts as noise for c, (V, V); noise equal to the word does not count."""
    return k * q * (p.sum(axis=1, keepdims=True) - p)


def noise_optimum(p, q, k):
    """The least loss of W3 in nats a pair, at the scores log(p / noise_weights)."""
    noise = noise_weights(p, q, k)
    met = (p > 0) & (noise > 0)
    a, b = p[met], noise[met]
    return float((a * np.log1p(b / a) + b * np.log1p(a / b)).sum())


def softmax_loss(p, inputs, outputs):
    """W1: the mean loss of matrices (V, D) in nats a pair."""
    scores = (inputs @ outputs[FIRST:].T).astype(float)  # (V, words)
    return float((p[:, FIRST:] * (np.logaddexp.reduce(scores, axis=1)[:, None] - scores)).sum())


def noise_loss(p, q, k, inputs, outputs):
    """W3: the mean loss of matrices (V, D) in nats a pair."""
    scores = (inputs @ outputs.T).astype(float)  # (V, V)
    lost = p * np.logaddexp(0, -scores) + noise_weights(p, q, k) * np.logaddexp(0, scores)
    return float(lost.sum())


def tree_loss(p, tree, inputs, outputs):
    """W2: the mean loss of matrices (V, D) in nats a pair; `outputs` are nodes."""
    scores = (inputs @ outputs.T).astype(float)  # (V, V)
    lost = 0.0
    for word in range(FIRST, len(p)):
        for step in range(tree.offsets[word], tree.offsets[word + 1]):
            turn = tree.signs[step] * scores[:, tree.nodes[step]]
            lost += float((p[:, word] * np.logaddexp(0, -turn)).sum())
    return lost
