"""Independent references, written from the equations alone: NumPy loops in float64.

A recurrent step takes x<t> (D,), the state of one sequence, and the matrices and biases of its
equation by name; W stands for [W_a | W_x], as in W @ [a, x]. Steps run on complex numbers too, so
that `gradient` can differentiate them: f(x + ih) = f(x) + ih f'(x), exact as h goes to nothing.
"""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
States = tuple[Array, ...]
Named = dict[str, Array]
Step = Callable[[Array, States, Named], States]


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def relu(z: Array) -> Array:
    return np.where(z.real > 0, z, 0)


def rnn(x: Array, state: States, p: Named) -> States:
    """C1 with tanh: (a,)."""
    (a,) = state
    return (np.tanh(p["W_a"] @ np.concatenate([a, x]) + p["b_a"]),)


def relu_rnn(x: Array, state: States, p: Named) -> States:
    """C1 with a rectifier: (a,)."""
    (a,) = state
    return (relu(p["W_a"] @ np.concatenate([a, x]) + p["b_a"]),)


def simple_gru(x: Array, state: States, p: Named) -> States:
    """C2: (c,)."""
    (c,) = state
    cx = np.concatenate([c, x])
    update = sigmoid(p["W_u"] @ cx + p["b_u"])
    return (update * np.tanh(p["W_c"] @ cx + p["b_c"]) + (1 - update) * c,)


def gru(x: Array, state: States, p: Named) -> States:
    """C3: (c,); the reset gate acts before the product."""
    (c,) = state
    cx = np.concatenate([c, x])
    reset = sigmoid(p["W_r"] @ cx + p["b_r"])
    update = sigmoid(p["W_u"] @ cx + p["b_u"])
    candidate = np.tanh(p["W_c"] @ np.concatenate([reset * c, x]) + p["b_c"])
    return (update * candidate + (1 - update) * c,)


def reset_after_gru(x: Array, state: States, p: Named) -> States:
    """C3': (c,); the reset gate acts after the product, which has a bias b_cc of its own."""
    (c,) = state
    cx = np.concatenate([c, x])
    reset = sigmoid(p["W_r"] @ cx + p["b_r"])
    update = sigmoid(p["W_u"] @ cx + p["b_u"])
    W_cc, W_cx = np.split(p["W_c"], [len(c)], axis=1)
    candidate = np.tanh(W_cx @ x + p["b_c"] + reset * (W_cc @ c + p["b_cc"]))
    return (update * candidate + (1 - update) * c,)


def lstm(x: Array, state: States, p: Named) -> States:
    """C4: (a, c)."""
    a, c = state
    ax = np.concatenate([a, x])
    candidate = np.tanh(p["W_c"] @ ax + p["b_c"])
    update, forget, output = (sigmoid(p[f"W_{g}"] @ ax + p[f"b_{g}"]) for g in "ufo")
    c = update * candidate + forget * c
    return output * np.tanh(c), c


def peephole_lstm(x: Array, state: States, p: Named) -> States:
    """C5: (a, c); W_u, W_f and W_o are (H, H + D + H), on [a, x, c]."""
    a, c = state
    axc = np.concatenate([a, x, c])
    candidate = np.tanh(p["W_c"] @ np.concatenate([a, x]) + p["b_c"])
    update, forget, output = (sigmoid(p[f"W_{g}"] @ axc + p[f"b_{g}"]) for g in "ufo")
    c = update * candidate + forget * c
    return output * np.tanh(c), c


def diagonal_peephole_lstm(x: Array, state: States, p: Named) -> States:
    """C5, diagonal: (a, c); p_u, p_f and p_o are (H,)."""
    a, c = state
    ax = np.concatenate([a, x])
    candidate = np.tanh(p["W_c"] @ ax + p["b_c"])
    update, forget, output = (
        sigmoid(p[f"W_{g}"] @ ax + p[f"p_{g}"] * c + p[f"b_{g}"]) for g in "ufo"
    )
    c = update * candidate + forget * c
    return output * np.tanh(c), c


def over_time(step: Step, x: Array, state: States, p: Named) -> tuple[Array, States]:
    """A cell over x (T, D) of one sequence -> outputs (T, H), last state."""
    outputs = []
    for x_t in x:
        state = step(x_t, state, p)
        outputs.append(state[0])
    return np.array(outputs), state


def gradient(f: Callable[..., Array], *values: Array) -> list[Array]:
    """The gradient of a scalar f(*values) in each of the values, by complex steps."""
    step, found = 1e-30, []
    for i, value in enumerate(values):
        found.append(np.zeros(value.shape))
        for index in np.ndindex(value.shape):
            moved = [v.astype(complex) if i == j else v for j, v in enumerate(values)]
            moved[i][index] += step * 1j
            found[i][index] = np.imag(f(*moved)) / step
    return found


def log_softmax(z: Array) -> Array:
    """log(exp(z_k) / sum_j exp(z_j)) of one vector, the plain way."""
    return z - np.log(np.sum(np.exp(z)))


def language_model_losses(weights: dict, inputs: list[int], targets: list[int]) -> list[float]:
    """-log P(y<t> | y<1..t-1>) of a text under a deep language model (T4, C8), from zeros.

    `weights` has the arrays "embedding" (V, D), "output" (V, H) and "bias" (V,), and under "layers"
    for each layer its step, its matrices by name and its state before the first word.
    """
    x = weights["embedding"][inputs]
    for step, named, zeros in weights["layers"]:
        x, _ = over_time(step, x, zeros, named)
    logits = x @ weights["output"].T + weights["bias"]
    return [-log_softmax(z)[y] for z, y in zip(logits, targets, strict=True)]


def softmax(z: Array) -> Array:
    """exp(z_k) / sum_j exp(z_j) of one vector."""
    return np.exp(log_softmax(z))


def dot_score(query: Array, value: Array, p: Named) -> Array:
    """a^T W m, "general" of Luong et al. (2015), equation 8."""
    return query @ p["W"] @ value


def additive_score(query: Array, value: Array, p: Named) -> Array:
    """v^T tanh(W a + U m) of Bahdanau et al. (2015), appendix A.1.2."""
    return p["v"] @ np.tanh(p["W"] @ query + p["U"] @ value)


def attend(score: Callable, query: Array, values: Array, p: Named) -> tuple[Array, Array]:
    """One query (Q,) over the S real positions of a source (S, M): context (M,), weights (S,)."""
    weights = softmax(np.array([score(query, value, p) for value in values]))
    return sum(w * value for w, value in zip(weights, values, strict=True)), weights


def decode(weights: dict, x: Array, values: Array) -> tuple[Array, Array]:
    """The decoder of G4 over x (T, D), given what the encoder left: out<1..T>, weights (T, S).

    `weights` has under "layers" for each layer its step, its matrices and its first state; "output"
    is W of out = tanh(W [context, a]). "score" is None for a decoder that never looks back, else
    the score with its matrices; "feeding" says whether out<t-1> stands behind x<t> in the input.
    """
    steps = [step for step, _, _ in weights["layers"]]
    matrices = [named for _, named, _ in weights["layers"]]
    states = [state for _, _, state in weights["layers"]]
    outputs, looks = [], []
    for x_t in x:
        before = outputs[-1] if outputs else np.zeros(len(weights["output"]))
        a = np.concatenate([x_t, before]) if weights["feeding"] else x_t
        for i, step in enumerate(steps):
            states[i] = step(a, states[i], matrices[i])
            a = states[i][0]
        if weights["score"]:
            context, look = attend(weights["score"][0], a, values, weights["score"][1])
            a = np.concatenate([context, a])
            looks.append(look)
        outputs.append(np.tanh(weights["output"] @ a))
    return np.array(outputs), np.array(looks)


def cache_probabilities(
    hidden: Array, tokens: list[int], types: int, size: int, theta: float
) -> list[Array | None]:
    """p_cache of all types (V,) at each position of a text (Grave et al. 2017); None: empty."""
    found: list[Array | None] = []
    for now in range(len(tokens)):
        weights = np.zeros(types)
        for past in range(max(0, now - size), now):
            weights[tokens[past]] += np.exp(theta * np.dot(hidden[now], hidden[past]))
        found.append(weights / weights.sum() if now else None)
    return found
