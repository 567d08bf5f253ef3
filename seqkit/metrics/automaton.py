"""A suffix automaton of token ids: finds in one pass where two texts agree, at any length.

Built from one text (Blumer and others 1985) in time that grows with its length, then fed another
text of any size, token by token. The loops are compiled; the arrays stay plain NumPy.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Array = npt.NDArray

_EMPTY = np.uint64(2**64 - 1)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # odd, near 2^64 over the golden ratio


class Automaton(NamedTuple):
    """A text of S tokens as a machine that accepts all its substrings; state 0 is the empty one.

    A state stands for substrings that end at the same places of the text: the longest has
    `lengths[state]` tokens, and their suffixes too short for it belong to `links[state]`. A
    transition fills a slot of a hash table: `keys[slot]` holds state and token, `targets[slot]` the
    next state. `heads[state]` and `siblings[slot]` chain the slots of a state; -1 ends a chain.
    `prefixes[i]` is the state of the text's first i + 1 tokens. `matched[state]` is the length of
    the longest substring of the state met in the text fed, 0 for none; it ended at `ends[state]`.
    """

    lengths: Array
    links: Array
    heads: Array
    keys: Array
    targets: Array
    siblings: Array
    prefixes: Array
    matched: Array
    ends: Array


def build(text: Array) -> Automaton:
    """Return the automaton of `text` (S,), int64 ids from -1 to 2^32, S below 2^30."""
    assert len(text) < 2**30
    states = 2 * len(text) + 1
    slots = 1 << (6 * len(text) + 1).bit_length()  # at most half full: 3 S transitions
    automaton = Automaton(
        lengths=np.zeros(states, np.int32),
        links=np.full(states, -1, np.int32),
        heads=np.full(states, -1, np.int64),
        keys=np.full(slots, _EMPTY),
        targets=np.zeros(slots, np.int32),
        siblings=np.full(slots, -1, np.int64),
        prefixes=np.zeros(len(text), np.int32),
        matched=np.zeros(states, np.int32),
        ends=np.zeros(states, np.int64),
    )
    _extend(automaton, text)
    return automaton


@numba.njit(nogil=True, cache=True)
def feed(
    automaton: Automaton, tokens: Array, position: int, state: int, length: int
) -> tuple[int, int]:
    """Walk on over `tokens` (C,), int64, the first of which is number `position` of its text.

    `state` and `length` tell the longest match that ends before them (0 and 0 at the start) and
    come back for the next piece. Longest matches are noted in `matched` and `ends`, the first place
    among equals.
    """
    for token in tokens:
        slot = _find(automaton, state, token)
        while automaton.keys[slot] == _EMPTY and state != 0:
            state = automaton.links[state]
            length = automaton.lengths[state]
            slot = _find(automaton, state, token)
        if automaton.keys[slot] != _EMPTY:
            state = automaton.targets[slot]
            length += 1
        if length > automaton.matched[state]:
            automaton.matched[state] = length
            automaton.ends[state] = position
        position += 1
    return state, length


def settle(automaton: Automaton) -> None:
    """Spread what was fed: afterwards every state knows the longest suffix of it that was met."""
    _spread(automaton, np.argsort(automaton.lengths, kind="stable"))


@numba.njit(nogil=True, cache=True)
def _spread(automaton: Automaton, order: Array) -> None:
    matched, ends, links = automaton.matched, automaton.ends, automaton.links
    for state in order[::-1]:  # a match contains its suffixes
        link = links[state]
        if link >= 0 and matched[state] > 0 and matched[link] < automaton.lengths[link]:
            matched[link] = automaton.lengths[link]
            ends[link] = ends[state]
    for state in order:  # where nothing of a state was met, a shorter suffix may have been
        link = links[state]
        if link >= 0 and matched[state] == 0:
            matched[state] = matched[link]
            ends[state] = ends[link]


@numba.njit(nogil=True, cache=True)
def _find(automaton: Automaton, state: int, token: np.int64) -> np.int64:
    """Return the slot of the transition, or the empty slot where it would go."""
    key = _key(state, token)
    last = len(automaton.keys) - 1
    slot = np.int64((key * _SPREAD) >> np.uint64(24)) & last
    while automaton.keys[slot] != key and automaton.keys[slot] != _EMPTY:
        slot = (slot + 1) & last
    return slot


@numba.njit(nogil=True, cache=True)
def _key(state: int, token: np.int64) -> np.uint64:
    """Pack state (below 2^31) and token (-1 to 2^32) into 64 bits."""
    return (np.uint64(state) << np.uint64(33)) | np.uint64(token + 1)


@numba.njit(nogil=True, cache=True)
def _connect(automaton: Automaton, state: int, token: np.int64, target: int) -> None:
    """Add the transition, or turn it to `target` if it is there."""
    slot = _find(automaton, state, token)
    if automaton.keys[slot] == _EMPTY:
        automaton.keys[slot] = _key(state, token)
        automaton.siblings[slot] = automaton.heads[state]
        automaton.heads[state] = slot
    automaton.targets[slot] = target


@numba.njit(nogil=True, cache=True)
def _extend(automaton: Automaton, text: Array) -> None:
    """Build the automaton of `text` from that of nothing, one token after another."""
    lengths, links = automaton.lengths, automaton.links
    last, states = 0, 1
    for place, token in enumerate(text):
        new, states = states, states + 1
        lengths[new] = lengths[last] + 1
        state = last
        while state != -1 and automaton.keys[_find(automaton, state, token)] == _EMPTY:
            _connect(automaton, state, token, new)
            state = links[state]
        links[new] = 0
        if state != -1:
            target = automaton.targets[_find(automaton, state, token)]
            if lengths[target] != lengths[state] + 1:
                _split(automaton, state, token, states)
                target, states = states, states + 1
            links[new] = target
        automaton.prefixes[place] = last = new


@numba.njit(nogil=True, cache=True)
def _split(automaton: Automaton, state: int, token: np.int64, clone: int) -> None:
    """Move what `state` and its suffixes reach by `token` to a state of its own."""
    target = automaton.targets[_find(automaton, state, token)]
    automaton.lengths[clone] = automaton.lengths[state] + 1
    automaton.links[clone] = automaton.links[target]
    automaton.links[target] = clone
    slot = automaton.heads[target]
    while slot != -1:
        letter = np.int64(automaton.keys[slot] & np.uint64(2**33 - 1)) - 1
        _connect(automaton, clone, letter, automaton.targets[slot])
        slot = automaton.siblings[slot]
    while state != -1 and automaton.targets[_find(automaton, state, token)] == target:
        _connect(automaton, state, token, clone)
        state = automaton.links[state]
