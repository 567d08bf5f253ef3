"""Random numbers inside the compiled loops."""

from typing import Any

import numba
import numpy as np

compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
"""How all loops of this folder are compiled: without Python's lock, kept on disk."""

_LOW31, _HALF = np.uint64(0x7FFFFFFF), np.uint64(32)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX, _MIX_AGAIN = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@compiled
def draw(state: Any) -> Any:
    """64 random bits; `state` is (1,) uint64, not 0 (xorshift64*, Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return x * np.uint64(0x2545F4914F6CDD1D)


@compiled
def seed(state: Any, key: Any) -> None:
    """Begin the random numbers of a key; near keys give unlike ones (splitmix64, Steele 2014)."""
    x = (np.uint64(key) + np.uint64(1)) * _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * _MIX
    x = (x ^ (x >> np.uint64(27))) * _MIX_AGAIN
    state[0] = (x ^ (x >> np.uint64(31))) | np.uint64(1)


@compiled
def below(state: Any, n: Any) -> Any:
    """A random integer from 0 to n - 1, n < 2^32."""
    return np.int64(((draw(state) >> _HALF) * np.uint64(n)) >> _HALF)


@compiled
def draw_word(state: Any, alias: Any) -> Any:
    """A word with the probability that a table of `frequencies.alias_table` gives it (W3)."""
    bits = draw(state)
    entry = np.int64(((bits >> _HALF) * np.uint64(len(alias))) >> _HALF)
    packed = alias[entry]
    if np.int64(bits & _LOW31) < packed >> 31:
        return entry
    return packed & 0x7FFFFFFF
