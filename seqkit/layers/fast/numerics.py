"""Numbers inside compiled loops: σ and tanh that the compiler can vectorize, and bfloat16.

numba compiles what is here into the loops of the cells. A loop of calls to the C library's exp and
tanh runs one number at a time; the same functions as plain arithmetic run sixteen at a time.
After a change here, `make clean`: numba's cache watches the file of each loop, not this one.
"""

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic, overload

compiled: Callable[..., Any] = numba.njit(
    cache=True, fastmath={"contract"}, error_model="numpy", nogil=True
)
"""Compile a loop: multiply-add in one instruction, x / 0 is infinity, nothing else relaxed."""

sums: Callable[..., Any] = numba.njit(
    cache=True, fastmath={"contract", "reassoc", "nsz"}, error_model="numpy", nogil=True
)
"""The same, but a sum may be added up in any order, so that many terms go at a time."""

ZERO, ONE = np.float32(0), np.float32(1)
"""A plain 0 or 1 would turn float32 arithmetic into float64; these leave either as it is."""


def load(row: Any, j: int) -> Any:
    """row[j] as a float; bfloat16 comes as int16, the upper half of a float32's bits."""
    return row[j]


def store(row: Any, j: int, value: Any) -> None:
    """row[j] = value, rounded to the nearest bfloat16, to even at ties, if that is its type."""
    row[j] = value


def sigmoid(x: Any) -> Any:
    """σ(x) = 1 / (1 + exp(-x))."""
    return 1 / (1 + math.exp(-x))


def tanh(x: Any) -> Any:
    """tanh(x) = e / (e + 2) with e = exp(2x) - 1."""
    return math.tanh(x)


def _reinterpret(source: Any, target: Any) -> Any:
    """A function, for compiled code, from a number to the one of another type with its bits."""

    def reinterpret(context, value):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            return builder.bitcast(arguments[0], context.get_value_type(target))

        return target(source), generate

    return intrinsic(reinterpret)


_to_float = _reinterpret(types.int32, types.float32)
_to_bits = _reinterpret(types.float32, types.int32)


@overload(load, inline="always")
def _load(row, j):  # type: ignore[no-untyped-def]
    if row.dtype == types.int16:
        return lambda row, j: _to_float(np.int32(np.int32(row[j]) << np.int32(16)))
    return lambda row, j: row[j]


@overload(store, inline="always")
def _store(row, j, value):  # type: ignore[no-untyped-def]
    def narrow(row, j, value):  # type: ignore[no-untyped-def]
        bits = _to_bits(value)
        odd = (bits >> np.int32(16)) & np.int32(1)
        row[j] = np.int16((bits + np.int32(0x7FFF) + odd) >> np.int32(16))

    def plain(row, j, value):  # type: ignore[no-untyped-def]
        row[j] = value

    return narrow if row.dtype == types.int16 else plain


_HALF, _TWO = np.float32(0.5), np.float32(2)
_LOG2_E = np.float32(1 / math.log(2))
_LN2_HIGH = np.float32(0.693359375)  # exact in 9 bits, so n * _LN2_HIGH is exact as well
_LN2_LOW = np.float32(math.log(2) - 0.693359375)
_C2, _C3, _C4, _C5, _C6, _C7 = (np.float32(1 / math.factorial(k)) for k in range(2, 8))


@compiled
def _expm1(y):  # type: ignore[no-untyped-def]
    """exp(y) - 1 in float32 for |y| <= 80, with a relative error below 2e-7.

    y = n ln 2 + r with |r| <= ln 2 / 2; exp(r) - 1 is its Taylor series; 2^n is put together from
    its bits.
    """
    n = np.floor(y * _LOG2_E + _HALF)
    r = y - n * _LN2_HIGH
    r = r - n * _LN2_LOW
    series = ((((_C7 * r + _C6) * r + _C5) * r + _C4) * r + _C3) * r + _C2
    series = series * r * r + r
    power = _to_float(np.int32((np.int32(n) + np.int32(127)) << np.int32(23)))
    return power * series + (power - ONE)


@overload(sigmoid, inline="always")
def _sigmoid(x):  # type: ignore[no-untyped-def]
    if x != types.float32:
        return lambda x: 1 / (1 + math.exp(-x))
    return lambda x: ONE / (_TWO + _expm1(min(max(-x, np.float32(-80)), np.float32(80))))


@overload(tanh, inline="always")
def _tanh(x):  # type: ignore[no-untyped-def]
    if x != types.float32:
        return lambda x: math.tanh(x)

    def single(x):  # type: ignore[no-untyped-def]
        e = _expm1(_TWO * min(max(x, np.float32(-10)), np.float32(10)))
        return e / (e + _TWO)

    return single
