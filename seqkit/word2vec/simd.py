"""Writing LLVM code over vectors of float32 lanes: what tiles.py is made of.

One vector fills one register: 16 lanes with AVX-512, else 8.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

F32, F64, I1, I32, I64 = (
    ir.FloatType(),
    ir.DoubleType(),
    ir.IntType(1),
    ir.IntType(32),
    ir.IntType(64),
)
_FUSE = ("contract",)  # a product and a sum may become one instruction
_ROUND = 12582912.0  # 1.5 * 2^23: adding it leaves no place for a fraction in a float32
_LN2 = math.log(2)


class Simd:
    """A builder of instructions over vectors of so many lanes."""

    def __init__(self, builder: Any, lanes: int) -> None:
        self.b, self.lanes = builder, lanes
        self.floats = ir.VectorType(F32, lanes)
        self.doubles = ir.VectorType(F64, lanes)
        self.integers = ir.VectorType(I32, lanes)

    def all(self, value: float) -> Any:
        """A constant in all lanes."""
        return ir.Constant(self.floats, [value] * self.lanes)

    def pointer(self, address: Any, index: Any, kind: Any) -> Any:
        """A pointer to a vector, `index` float32 numbers behind an address."""
        place = self.b.add(address, self.b.mul(index, ir.Constant(I64, 4)))
        return self.b.inttoptr(place, kind.as_pointer())

    def load(self, address: Any, index: Any) -> Any:
        """The vector `index` numbers behind an address."""
        return self.b.load(self.pointer(address, index, self.floats), align=4 * self.lanes)

    def store(self, value: Any, address: Any, index: Any) -> None:
        """Write a vector `index` numbers behind an address."""
        self.b.store(value, self.pointer(address, index, self.floats), align=4 * self.lanes)

    def fma(self, x: Any, y: Any, z: Any) -> Any:
        """x * y + z, in one instruction where there is one."""
        return self.b.fadd(self.b.fmul(x, y, flags=_FUSE), z, flags=_FUSE)

    def shuffle(self, u: Any, v: Any, places: Sequence[int]) -> Any:
        """A vector of chosen lanes of two, those of the second counted after the first's."""
        return self.b.shuffle_vector(u, v, ir.Constant(self.integers, list(places)))

    def lane(self, vector: Any, number: int) -> Any:
        """A vector with one lane's number in all lanes."""
        return self.shuffle(vector, vector, [number] * self.lanes)

    def clamp(self, x: Any, most: float) -> Any:
        """x within ±most; what is not a number stays so."""
        low, high = self.all(-most), self.all(most)
        x = self.b.select(self.b.fcmp_ordered("<", x, low), low, x)
        return self.b.select(self.b.fcmp_ordered(">", x, high), high, x)

    def sums(self, vectors: Sequence[Any]) -> Any:
        """The sum over the lanes of each of up to `lanes` vectors, that of vector k in lane k.

        Two vectors become one that holds half as many partial sums of each, again and again.
        """
        size = 1 << (len(vectors) - 1).bit_length()
        left = [*vectors, *[self.all(0.0)] * (size - len(vectors))]
        half = self.lanes // 2
        while len(left) > 1:
            low = [
                lane
                for group in range(0, self.lanes, 2 * half)
                for first in (group, self.lanes + group)
                for lane in range(first, first + half)
            ]
            high = [lane + half for lane in low]
            pairs = zip(left[: len(left) // 2], left[len(left) // 2 :], strict=True)
            left = [
                self.b.fadd(self.shuffle(u, v, low), self.shuffle(u, v, high)) for u, v in pairs
            ]
            half //= 2
        total = left[0]
        while half:  # fewer vectors than lanes: partial sums lie beside each other
            total = self.b.fadd(total, self.shuffle(total, total, self._swapped(half)))
            half //= 2
        apart = self.lanes // size
        return self.shuffle(total, total, [k * apart % self.lanes for k in range(self.lanes)])

    def _swapped(self, half: int) -> list[int]:
        """Each lane's partner at a distance of `half`."""
        return [lane ^ half for lane in range(self.lanes)]

    def exp(self, x: Any) -> Any:
        """exp(x) for |x| <= 87, to about 1e-7 of it: 2^n times a power series of what is left."""
        scaled = self.b.fmul(x, self.all(1 / _LN2))
        n = self.b.fsub(self.b.fadd(scaled, self.all(_ROUND)), self.all(_ROUND))
        rest = self.b.fmul(self.b.fsub(scaled, n), self.all(_LN2))  # within ln 2 / 2 of 0
        series = self.all(1 / math.factorial(6))
        for k in range(5, -1, -1):
            series = self.fma(series, rest, self.all(1 / math.factorial(k)))
        exponent = self.b.add(
            self.b.fptosi(n, self.integers), ir.Constant(self.integers, [127] * self.lanes)
        )
        bits = self.b.shl(exponent, ir.Constant(self.integers, [23] * self.lanes))
        return self.b.fmul(series, self.b.bitcast(bits, self.floats))

    def address(self, table: Any, number: Any) -> Any:
        """The 64-bit number at a place in a table of such numbers."""
        place = self.b.add(table, self.b.mul(number, ir.Constant(I64, 8)))
        return self.b.load(self.b.inttoptr(place, I64.as_pointer()))

    def loop(
        self,
        stop: Any,
        step: int,
        starts: Sequence[Any],
        body: Callable[[Any, list[Any]], list[Any]],
    ) -> list[Any]:
        """`for k in range(0, stop, step): values = body(k, values)`; the last values; stop > 0."""
        before, inside, after = (
            self.b.block,
            self.b.append_basic_block(),
            self.b.append_basic_block(),
        )
        self.b.branch(inside)
        self.b.position_at_end(inside)
        k = self.b.phi(I64)
        k.add_incoming(ir.Constant(I64, 0), before)
        values = [self.b.phi(start.type) for start in starts]
        results = body(k, values)
        following = self.b.add(k, ir.Constant(I64, step))
        k.add_incoming(following, self.b.block)
        for value, start, result in zip(values, starts, results, strict=True):
            value.add_incoming(start, before)
            value.add_incoming(result, self.b.block)
        self.b.cbranch(self.b.icmp_signed("<", following, stop), inside, after)
        self.b.position_at_end(after)
        return results
