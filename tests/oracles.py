"""Independent references, written from the equations alone: NumPy loops in float64."""

import numpy as np

Array = np.ndarray


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def lstm(
    x: Array, a: Array, c: Array, w_x: Array, w_a: Array, b: Array
) -> tuple[Array, Array, Array]:
    """C4 over x (T, D) for one sequence; gates stacked as update, forget, candidate, output."""
    H, outputs = len(a), []
    for x_t in x:
        z = w_x @ x_t + w_a @ a + b
        update, forget, output = sigmoid(z[:H]), sigmoid(z[H : 2 * H]), sigmoid(z[3 * H :])
        c = update * np.tanh(z[2 * H : 3 * H]) + forget * c
        a = output * np.tanh(c)
        outputs.append(a)
    return np.array(outputs), a, c


def log_softmax(z: Array) -> Array:
    """log(exp(z_k) / sum_j exp(z_j)) of one vector, the plain way."""
    return z - np.log(np.sum(np.exp(z)))


def language_model_losses(
    weights: dict[str, Array], inputs: list[int], targets: list[int]
) -> list[float]:
    """-log P(y<t> | y<1..t-1>) of a text under a deep LSTM language model (T4, C8), from zeros."""
    x = weights["embedding"][inputs]
    for w_x, w_a, b in weights["layers"]:
        zeros = np.zeros(w_a.shape[1])
        x, _, _ = lstm(x, zeros, zeros, w_x, w_a, b)
    logits = x @ weights["output"].T + weights["bias"]
    return [-log_softmax(z)[y] for z, y in zip(logits, targets, strict=True)]
