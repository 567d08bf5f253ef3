"""Convolution and pooling by plain loops (N4), in NumPy and float64."""

import numpy as np


def padded(x, p):
    """x (C, Y, X) with p zeros on every side of the rows and columns."""
    C, Y, X = x.shape
    around = np.zeros((C, Y + 2 * p, X + 2 * p))
    around[:, p : p + Y, p : p + X] = x
    return around


def windows(x, f, s):
    """Each place (i, j) of the output and the f x f window of x (C, Y, X) that it sees."""
    _, Y, X = x.shape
    for i, top in enumerate(range(0, Y - f + 1, s)):
        for j, left in enumerate(range(0, X - f + 1, s)):
            yield i, j, x[:, top : top + f, left : left + f]


def fitting(n, f, s):
    """How many filters of f fit n numbers, s apart, by counting."""
    return len(range(0, n - f + 1, s))


def convolve(x, weight, bias, p, s):
    """x (C, Y, X), weight (K, C, f, f), bias (K,) -> (K, Y', X'): the field's cross-correlation."""
    K, C, f, _ = weight.shape
    x = padded(x, p)
    z = np.zeros((K, fitting(x.shape[1], f, s), fitting(x.shape[2], f, s)))
    for i, j, window in windows(x, f, s):
        for k in range(K):
            total = bias[k]
            for c in range(C):
                for v in range(f):
                    for u in range(f):
                        total += weight[k, c, v, u] * window[c, v, u]
            z[k, i, j] = total
    return z


def pool(x, f, s, summary):
    """`summary` of the numbers of each window of each channel of x (C, Y, X)."""
    z = np.zeros((len(x), fitting(x.shape[1], f, s), fitting(x.shape[2], f, s)))
    for i, j, window in windows(x, f, s):
        for c in range(len(x)):
            z[c, i, j] = summary([window[c, v, u] for v in range(f) for u in range(f)])
    return z
