"""The pictures of the cells: what stands where, and which wire goes from where to where."""

from dataclasses import replace

from drawing import Box, Circle, Join, Picture, Port, Wire

A, C, X = (rf"${letter}^{{\langle t \rangle}}$" for letter in "acx")
A_BEFORE, C_BEFORE = (rf"${letter}^{{\langle t-1 \rangle}}$" for letter in "ac")
BOTH = r"$c^{\langle t \rangle} = a^{\langle t \rangle}$"
A_AND_X = r"$[a^{\langle t-1 \rangle}, x^{\langle t \rangle}]$"
C_AND_X = r"$[c^{\langle t-1 \rangle}, x^{\langle t \rangle}]$"
CANDIDATE = r"$\tilde{c}$"


def gate(x: float, y: float, letter: str) -> Box:
    """A gate Γ with its weights."""
    return Box(x, y, "σ", f"$W_{letter}, b_{letter}$", rf"$\Gamma_{letter}$")


def candidate(x: float, y: float) -> Box:
    """The candidate for the memory, c~, with its weights."""
    return Box(x, y, "tanh", "$W_c, b_c$", CANDIDATE)


def simple(function: str) -> Picture:
    """C1 with tanh or ReLU."""
    return Picture(
        size=(7.2, 2.2),
        nodes={
            "a before": Port(0.55, 1.45, A_BEFORE),
            "x": Port(0.55, 0.6, X),
            "join": Join(2.2, 1.45, A_AND_X),
            "new": Box(4.6, 1.45, function, "$W_a, b_a$"),
            "a": Port(6.65, 1.45, A),
        },
        wires=[
            Wire(["a before", "join"]),
            Wire(["x", (2.2, 0.6), "join"]),
            Wire(["join", "new"]),
            Wire(["new", "a"]),
        ],
        described=f"The state before and the input, joined, go through {function} and leave as a.",
    )


SIMPLE_GRU = Picture(
    size=(8.9, 5.6),
    nodes={
        "c before": Port(0.55, 4.9, C_BEFORE),
        "x": Port(0.55, 0.6, X),
        "join": Join(2.2, 1.3, C_AND_X),
        "u": gate(4.0, 2.2, "u"),
        "new": candidate(5.8, 2.2),
        "one minus": Circle(4.0, 4.1, "1−"),
        "keep": Circle(4.0, 4.9, "×"),
        "write": Circle(5.8, 3.4, "×"),
        "add": Circle(5.8, 4.9, "+"),
        "c": Port(7.95, 4.9, BOTH, half=(0.88, 0.2)),
    },
    wires=[
        Wire(["c before", "keep"], "memory"),
        Wire(["keep", "add"], "memory"),
        Wire(["add", "c"], "memory"),
        Wire(["x", (2.2, 0.6), "join"]),
        Wire([(2.2, 4.9), "join"]),
        Wire(["join", (5.8, 1.3), "new"]),
        Wire([(4.0, 1.3), "u"]),
        Wire(["u", "one minus"]),
        Wire(["one minus", "keep"]),
        Wire([(4.0, 3.4), "write"]),
        Wire(["new", "write"]),
        Wire(["write", "add"]),
    ],
    described="The update gate weighs the candidate against the old memory; their sum leaves.",
)

GRU = Picture(
    size=(10.6, 6.2),
    nodes={
        "c before": Port(0.55, 5.5, C_BEFORE),
        "x": Port(0.55, 0.6, X),
        "join": Join(2.2, 1.3, C_AND_X),
        "r": gate(3.8, 2.2, "r"),
        "u": gate(5.6, 2.2, "u"),
        "reset": Circle(3.8, 3.3, "×"),
        "join reset": Join(7.5, 1.3),
        "new": candidate(7.5, 2.2),
        "one minus": Circle(5.6, 4.7, "1−"),
        "keep": Circle(5.6, 5.5, "×"),
        "write": Circle(7.5, 4.0, "×"),
        "add": Circle(7.5, 5.5, "+"),
        "c": Port(9.65, 5.5, BOTH, half=(0.88, 0.2)),
    },
    wires=[
        Wire(["c before", "keep"], "memory"),
        Wire(["keep", "add"], "memory"),
        Wire(["add", "c"], "memory"),
        Wire(["x", (7.5, 0.6), "join reset"]),
        Wire([(2.2, 0.6), "join"]),
        Wire([(2.2, 5.5), "join"]),
        Wire(["join", (5.6, 1.3), "u"]),
        Wire([(3.8, 1.3), "r"]),
        Wire(["r", "reset"]),
        Wire([(3.8, 5.5), "reset"]),
        Wire(["reset", (6.55, 3.3), (6.55, 1.3), "join reset"]),
        Wire(["join reset", "new"]),
        Wire(["u", "one minus"]),
        Wire(["one minus", "keep"]),
        Wire([(5.6, 4.0), "write"]),
        Wire(["new", "write"]),
        Wire(["write", "add"]),
    ],
    described="The reset gate multiplies the old memory before it is joined with the input to "
    "make the candidate; the update gate weighs the candidate against the old memory.",
)

RESET_AFTER_GRU = Picture(
    size=(10.6, 6.9),
    nodes={
        "c before": Port(0.55, 6.2, C_BEFORE),
        "x": Port(0.55, 0.6, X),
        "join": Join(2.2, 1.8, C_AND_X),
        "r": gate(3.8, 2.8, "r"),
        "u": gate(5.6, 2.8, "u"),
        "recurrent": Box(3.8, 5.1, "", "$W_{cc}, b_{cc}$", half=(0.56, 0.3)),
        "reset": Circle(3.8, 4.0, "×"),
        "input": Box(7.5, 1.25, "", "$W_{cx}, b_c$", half=(0.56, 0.3)),
        "sum": Circle(7.5, 2.1, "+"),
        "new": Box(7.5, 3.0, "tanh", "", CANDIDATE, half=(0.47, 0.3)),
        "one minus": Circle(5.6, 5.4, "1−"),
        "keep": Circle(5.6, 6.2, "×"),
        "write": Circle(7.5, 4.7, "×"),
        "add": Circle(7.5, 6.2, "+"),
        "c": Port(9.65, 6.2, BOTH, half=(0.88, 0.2)),
    },
    wires=[
        Wire(["c before", "keep"], "memory"),
        Wire(["keep", "add"], "memory"),
        Wire(["add", "c"], "memory"),
        Wire(["x", (7.5, 0.6), "input"]),
        Wire(["input", "sum"]),
        Wire([(2.2, 0.6), "join"]),
        Wire([(2.2, 6.2), "join"]),
        Wire(["join", (5.6, 1.8), "u"]),
        Wire([(3.8, 1.8), "r"]),
        Wire(["r", "reset"]),
        Wire([(3.8, 6.2), "recurrent"]),
        Wire(["recurrent", "reset"]),
        Wire(["reset", (6.55, 4.0), (6.55, 2.1), "sum"]),
        Wire(["sum", "new"]),
        Wire(["u", "one minus"]),
        Wire(["one minus", "keep"]),
        Wire([(5.6, 4.7), "write"]),
        Wire(["new", "write"]),
        Wire(["write", "add"]),
    ],
    described="The reset gate multiplies the product of the old memory with its weights; the sum "
    "with that of the input makes the candidate; the update gate weighs it against the old memory.",
)


def lstm(described: str, raised: float = 0.0, aside: float = 0.0) -> Picture:
    """C4; for C5 its gates raised, and fed so far left of their middle, to make room."""
    y = 2.2 + raised
    return Picture(
        size=(11.5, 5.6 + raised),
        nodes={
            "c before": Port(0.55, y + 2.7, C_BEFORE),
            "a before": Port(0.55, 1.3, A_BEFORE),
            "x": Port(0.55, 0.6, X),
            "join": Join(2.2, 1.3, A_AND_X),
            "f": gate(4.0, y, "f"),
            "u": gate(5.4, y, "u"),
            "new": candidate(6.8, y),
            "o": gate(8.3, y, "o"),
            "forget": Circle(4.0, y + 2.7, "×"),
            "write": Circle(6.8, y + 1.2, "×"),
            "add": Circle(6.8, y + 2.7, "+"),
            "squash": Box(9.4, y + 1.98, "tanh", half=(0.42, 0.26)),
            "show": Circle(9.4, y + 1.2, "×"),
            "c": Port(10.95, y + 2.7, C),
            "a": Port(10.95, y + 1.2, A),
        },
        wires=[
            Wire(["c before", "forget"], "memory"),
            Wire(["forget", "add"], "memory"),
            Wire(["add", "c"], "memory"),
            Wire(["a before", "join"]),
            Wire(["x", (2.2, 0.6), "join"]),
            Wire(["join", (8.3 - aside, 1.3), "o"]),
            Wire([(4.0 - aside, 1.3), "f"]),
            Wire([(5.4 - aside, 1.3), "u"]),
            Wire([(6.8, 1.3), "new"]),
            Wire(["f", "forget"]),
            Wire(["u", (5.4, y + 1.2), "write"]),
            Wire(["new", "write"]),
            Wire(["write", "add"]),
            Wire(["o", (8.3, y + 1.2), "show"]),
            Wire([(9.4, y + 2.7), "squash"]),
            Wire(["squash", "show"]),
            Wire(["show", "a"]),
        ],
        described=described,
    )


def peephole(described: str, raised: float, weights: str = "") -> Picture:
    """C5: the LSTM with a rail that brings the memory to its gates; `weights`, one a unit."""
    aside, rail = 0.24, 1.8
    plain = lstm(described, raised, aside)
    top = plain.nodes["c before"].y
    begin, end = (2.9, top), plain.nodes["o"].x + aside
    nodes, wires = dict(plain.nodes), []
    for name in "ofu":
        x = plain.nodes[name].x + aside
        path = [begin, (begin[0], rail), (end, rail)] if name == "o" else [(x, rail)]
        if weights:
            nodes[name + "'"] = Circle(x, 2.4, "×", f"${weights}_{name}$", (0.14, 0.14))
            wires.append(Wire([name + "'", (x, 2.7), name], "peephole"))
            path.append(name + "'")
        else:
            path.append(name)
        wires.append(Wire(path, "peephole"))
    return replace(plain, nodes=nodes, wires=[*plain.wires[:3], *wires, *plain.wires[3:]])


PICTURES = {
    "rnn": simple("tanh"),
    "rnn-relu": simple("ReLU"),
    "gru-simple": SIMPLE_GRU,
    "gru": GRU,
    "gru-reset-after": RESET_AFTER_GRU,
    "lstm": lstm(
        "Three gates see the state before and the input: one forgets old memory, one lets the "
        "candidate in, one decides what of the memory leaves."
    ),
    "lstm-peephole": peephole("The LSTM, its three gates also fed with the old memory.", 0.6),
    "lstm-peephole-diagonal": peephole(
        "The LSTM, its three gates also fed with the old memory, times one weight a unit.",
        1.2,
        "p",
    ),
}
"""The picture of every cell, by the name users type."""
