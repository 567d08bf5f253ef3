"""One step of word2vec for a tile of rows: M input rows times 6 output rows, in registers.

A compiler does not keep the dot products of a tile in registers by itself, so the step is written
in LLVM's vectors (simd.py). Rows begin at multiples of 64 bytes and are padded with zeros, which no
step changes, to a multiple of 16 numbers. For rows x_i and y_j a step computes

z_ij = sign_ij * x_i . y_j;   g_ij = rate_ij * sign_ij * (1 - σ(z_ij));
x_i += sum_j g_ij * y_j;   y_j += sum_i g_ij * x_i   (with the rows as they were before the step),

which is gradient descent on -sum log σ(z_ij) (W2, W3). It multiplies 1 / σ(z_ij) into running
products, whose logarithms are the loss. A row that stands twice in a tile gets both of its updates
(the second y_j as changed by the first).
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from seqkit.word2vec.simd import F32, I1, I32, I64, Simd

LANES = 16
"""Numbers that the width of a row is a multiple of."""
ROWS = 4
"""The most input rows of a tile."""
OUTPUTS = 6
"""The output rows of a tile; where there are fewer, blank ones of rate 0 fill it up."""
PATTERN = 32
"""Room for the signs and the rates of a tile: those of x_i and y_j are at i * OUTPUTS + j."""

_STEEPEST = 28.0  # |z| beyond it counts as it, so that products of 1 / σ(z) stay numbers
_FULL = 1e100  # a running product beyond it is due for its logarithm


def _lanes(context: Any) -> int:
    """How many float32 numbers a register of the processor that is compiled for holds."""
    _, name, features = context.codegen().magic_tuple()
    return 16 if "+avx512f" in features or "avx512" in name else 8


def _gradients(s: Simd, products: list[Any], signs: Any, rates: Any) -> tuple[list[Any], Any]:
    """g of each dot product, `lanes` of them a vector; and the products of 1 / σ(z), by lane."""
    b, found, factors = s.b, [], s.all(1.0)
    for first in range(0, len(products), s.lanes):
        part = products[first : first + s.lanes]
        at = ir.Constant(I64, first)
        sign, rate = s.load(signs, at), s.load(rates, at)
        z = s.clamp(b.fmul(s.sums(part), sign), _STEEPEST)
        e = s.exp(b.fsub(s.all(0.0), z))
        inverse = b.fadd(e, s.all(1.0))  # 1 / σ(z)
        found.append(b.fmul(b.fmul(rate, sign), b.fdiv(e, inverse)))
        used = ir.Constant(ir.VectorType(I1, s.lanes), [k < len(part) for k in range(s.lanes)])
        counts = b.and_(used, b.fcmp_unordered("!=", rate, s.all(0.0)))
        factors = b.fmul(factors, b.select(counts, inverse, s.all(1.0)))
    return found, factors


def _remember(s: Simd, place: Any, factors: Any) -> Any:
    """Multiply factors into the running products; 1 if one of them is full, else 0 (int64)."""
    b = s.b
    pointer = b.inttoptr(place, s.doubles.as_pointer())
    products = b.fmul(b.load(pointer, align=64), b.fpext(factors, s.doubles))
    b.store(products, pointer, align=64)
    full = b.fcmp_ordered(">", products, ir.Constant(s.doubles, [_FULL] * s.lanes))
    mask = ir.IntType(s.lanes)
    return b.zext(b.icmp_unsigned("!=", b.bitcast(full, mask), ir.Constant(mask, 0)), I64)


def _step(s: Simd, x: list[Any], y: list[Any], signs: Any, rates: Any, width: Any) -> Any:
    """The whole step; the products of 1 / σ(z), by lane."""
    cells = [(i, j) for i in range(len(x)) for j in range(OUTPUTS)]

    def dots(k: Any, sums: list[Any]) -> list[Any]:
        xs, ys = [s.load(row, k) for row in x], [s.load(row, k) for row in y]
        return [s.fma(xs[i], ys[j], z) for (i, j), z in zip(cells, sums, strict=True)]

    products = s.loop(width, s.lanes, [s.all(0.0)] * len(cells), dots)
    vectors, factors = _gradients(s, products, signs, rates)
    g = {cell: s.lane(vectors[n // s.lanes], n % s.lanes) for n, cell in enumerate(cells)}

    def update(k: Any, _: list[Any]) -> list[Any]:
        xs, changes = [s.load(row, k) for row in x], [s.all(0.0)] * len(x)
        for j, row in enumerate(y):
            old = new = s.load(row, k)
            for i in range(len(x)):
                changes[i] = s.fma(g[i, j], old, changes[i])
                new = s.fma(g[i, j], xs[i], new)
            s.store(new, row, k)
        for row, change in zip(x, changes, strict=True):
            # Read anew: the same row may have been written a moment ago.
            s.store(s.b.fadd(s.load(row, k), change), row, k)
        return []

    s.loop(width, s.lanes, [], update)
    return factors


def _tile(rows: int) -> Any:
    """The function for so many input rows.

    All it takes are addresses, as int64: of the addresses of the rows x, of those of the 6 rows y,
    of the signs, of the rates and of the 16 running products (float64); and the width of a row.
    It returns whether a running product is full.
    """

    def tile(context, x, y, signs, rates, products, width):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            x, y, signs, rates, products, width = arguments
            s = Simd(builder, _lanes(context))
            inputs = [s.address(x, ir.Constant(I64, i)) for i in range(rows)]
            outputs = [s.address(y, ir.Constant(I64, j)) for j in range(OUTPUTS)]
            factors = _step(s, inputs, outputs, signs, rates, width)
            return _remember(s, products, factors)

        return types.int64(*[types.int64] * 6), generate

    tile.__name__ = tile.__qualname__ = f"tile_{rows}"
    return intrinsic(tile)


def _mean_row(context, target, rows, count, width):  # type: ignore[no-untyped-def]
    """Write the mean of `count` rows to two rows that follow each other, target and the next.

    All are addresses; `rows` is that of the rows' addresses. count and width are above 0.
    """

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        target, rows, count, width = arguments
        s = Simd(builder, _lanes(context))
        share = _share(s, count)

        def body(k: Any, _: list[Any]) -> list[Any]:
            def add(n: Any, total: list[Any]) -> list[Any]:
                return [builder.fadd(total[0], s.load(s.address(rows, n), k))]

            (total,) = s.loop(count, 1, [s.all(0.0)], add)
            mean = builder.fmul(total, share)
            s.store(mean, target, k)
            s.store(mean, target, builder.add(k, width))
            return []

        s.loop(width, s.lanes, [], body)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), generate


def _spread_change(context, target, rows, count, width, divide):  # type: ignore[no-untyped-def]
    """Add target less the row that follows it to `count` rows, with `divide` each its share.

    Addresses as for `mean_row`.
    """

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        target, rows, count, width, divide = arguments
        s = Simd(builder, _lanes(context))
        share = builder.select(divide, _share(s, count), s.all(1.0))

        def body(k: Any, _: list[Any]) -> list[Any]:
            before = s.load(target, builder.add(k, width))
            change = builder.fmul(builder.fsub(s.load(target, k), before), share)

            def add(n: Any, _: list[Any]) -> list[Any]:
                row = s.address(rows, n)
                s.store(builder.fadd(s.load(row, k), change), row, k)
                return []

            s.loop(count, 1, [], add)
            return []

        s.loop(width, s.lanes, [], body)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4, types.boolean), generate


def _share(s: Simd, count: Any) -> Any:
    """1 / count in all lanes."""
    one = s.b.fdiv(ir.Constant(F32, 1.0), s.b.sitofp(count, F32))
    first = s.b.insert_element(s.all(0.0), one, ir.Constant(I32, 0))
    return s.lane(first, 0)


def _prefetch(context, address):  # type: ignore[no-untyped-def]
    """Fetch the cache line at an address, which will be written to soon."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        byte = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte, I32, I32, I32])
        insert: Any = cgutils.get_or_insert_function
        function = insert(builder.module, kind, "llvm.prefetch.p0")
        flags = [ir.Constant(I32, flag) for flag in (1, 3, 1)]  # to write, keep close, data
        builder.call(function, [builder.inttoptr(arguments[0], byte), *flags])
        return context.get_dummy_value()

    return types.void(types.int64), generate


mean_row: Any = intrinsic(_mean_row)
spread_change: Any = intrinsic(_spread_change)
prefetch: Any = intrinsic(_prefetch)
tile_1: Any = _tile(1)
tile_2: Any = _tile(2)
tile_3: Any = _tile(3)
tile_4: Any = _tile(ROWS)
