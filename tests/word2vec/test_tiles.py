"""One step of a tile against NumPy loops in float64."""

import os
import pathlib
import subprocess
import sys

import numba
import numpy as np
import pytest

from seqkit.word2vec.outputs import aligned
from seqkit.word2vec.tiles import (
    OUTPUTS,
    PATTERN,
    mean_row,
    prefetch,
    spread_change,
    tile_1,
    tile_2,
    tile_3,
    tile_4,
)


@numba.njit
def one(x, y, signs, rates, products, width):
    return tile_1(x, y, signs, rates, products, width)


@numba.njit
def two(x, y, signs, rates, products, width):
    return tile_2(x, y, signs, rates, products, width)


@numba.njit
def three(x, y, signs, rates, products, width):
    return tile_3(x, y, signs, rates, products, width)


@numba.njit
def four(x, y, signs, rates, products, width):
    return tile_4(x, y, signs, rates, products, width)


STEPS = {1: one, 2: two, 3: three, 4: four}


class Tile:
    """Two matrices, and which of their rows meet, with signs and rates."""

    def __init__(self, rows, seed=0, width=48, scale=0.5):
        generator = np.random.default_rng(seed)
        self.rows = rows
        self.inputs, self.outputs = aligned(10, width), aligned(10, width)
        self.inputs[:] = scale * generator.standard_normal((10, width))
        self.outputs[:] = scale * generator.standard_normal((10, width))
        self.x = generator.choice(10, rows, replace=False)
        self.y = generator.choice(10, OUTPUTS, replace=False)
        self.signs = generator.choice([-1.0, 1.0], (rows, OUTPUTS))
        self.rates = generator.uniform(0.01, 0.1, (rows, OUTPUTS))

    def run(self):
        """One step by the tile: (loss, whether a product is full)."""
        signs, rates = aligned(1, PATTERN)[0], aligned(1, PATTERN)[0]
        signs[: self.signs.size] = self.signs.ravel()
        rates[: self.rates.size] = self.rates.ravel()
        products = aligned(1, 32)[0].view(np.float64)
        products[:] = 1
        size = 4 * self.inputs.shape[1]
        x = self.inputs.ctypes.data + size * self.x
        y = self.outputs.ctypes.data + size * self.y
        width = self.inputs.shape[1]
        full = STEPS[self.rows](
            x.ctypes.data,
            y.ctypes.data,
            signs.ctypes.data,
            rates.ctypes.data,
            products.ctypes.data,
            width,
        )
        return float(np.log(products).sum()), full

    def oracle(self):
        """The same in float64, one pair after the other: (inputs, outputs, loss)."""
        old_x, old_y = self.inputs.astype(float), self.outputs.astype(float)
        inputs, outputs, loss = old_x.copy(), old_y.copy(), 0.0
        for j, other in enumerate(self.y):
            before = outputs[other].copy()
            for i, row in enumerate(self.x):
                z = self.signs[i, j] * (old_x[row] @ old_y[other])
                g = self.rates[i, j] * self.signs[i, j] * (1 - 1 / (1 + np.exp(-z)))
                inputs[row] += g * before
                outputs[other] += g * old_x[row]
                loss += np.log1p(np.exp(-z)) if self.rates[i, j] else 0.0
        return inputs, outputs, loss


def check(tile):
    inputs, outputs, loss = tile.oracle()
    found, full = tile.run()
    np.testing.assert_allclose(tile.inputs, inputs, rtol=1e-5, atol=2e-6)
    np.testing.assert_allclose(tile.outputs, outputs, rtol=1e-5, atol=2e-6)
    assert found == pytest.approx(loss, rel=2e-6)
    assert not full


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
@pytest.mark.parametrize("width", [16, 112])
def test_a_step_is_that_of_the_equations(rows, width):
    check(Tile(rows, seed=rows, width=width))


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_what_has_rate_0_neither_moves_nor_counts(rows):
    tile = Tile(rows)
    tile.rates[:, 3:] = 0
    before = tile.outputs[tile.y[3:]].copy()
    check(tile)
    np.testing.assert_array_equal(tile.outputs[tile.y[3:]], before)


def test_a_row_that_stands_twice_gets_both_updates():
    tile = Tile(4, seed=7)
    tile.x[2] = tile.x[0]
    tile.y[4] = tile.y[1]
    check(tile)


def test_steep_scores_are_cut_and_a_full_product_is_told():
    tile = Tile(1, width=16)
    tile.inputs[:], tile.outputs[:] = 3.0, 3.0  # every z is 144 or -144
    tile.signs[:] = -1
    loss, full = tile.run()
    assert loss == pytest.approx(6 * 28, rel=1e-6)
    assert np.isfinite(tile.inputs).all()
    assert not full  # 1e12 is far from the limit


def test_running_products_are_told_to_be_full_before_they_overflow():
    tile = Tile(4, width=16)
    tile.inputs[:], tile.outputs[:], tile.signs[:] = 3.0, 3.0, -1
    tile.rates[:] = 1e-30  # nothing moves, all counts
    signs, rates = aligned(1, PATTERN)[0], aligned(1, PATTERN)[0]
    signs[:], rates[:] = -1, 1e-30
    products = aligned(1, 32)[0].view(np.float64)
    products[:] = 1
    x = tile.inputs.ctypes.data + 4 * 16 * tile.x
    y = tile.outputs.ctypes.data + 4 * 16 * tile.y
    for _ in range(30):
        full = four(
            x.ctypes.data,
            y.ctypes.data,
            signs.ctypes.data,
            rates.ctypes.data,
            products.ctypes.data,
            16,
        )
        if full:
            break
    assert full
    assert np.isfinite(products).all()
    assert products.max() > 1e100


def test_rows_of_one_tile_are_as_many_tiles_of_one():
    """The input rows meet the same outputs; only the outputs' updates are summed at the end."""
    tile, single = Tile(4, seed=3), Tile(4, seed=3)
    tile.run()
    old = single.outputs.copy()
    for n in range(4):
        alone = Tile(1, seed=3)
        alone.inputs, alone.outputs[:] = single.inputs, old
        alone.x, alone.y = single.x[n : n + 1], single.y
        alone.signs, alone.rates = single.signs[n : n + 1], single.rates[n : n + 1]
        alone.run()
    np.testing.assert_allclose(tile.inputs, single.inputs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 7])
@pytest.mark.parametrize("divide", [False, True])
def test_a_mean_and_its_change_go_to_all_rows(count, divide):
    @numba.njit
    def call(target, rows, count, width, divide):
        mean_row(target, rows, count, width)

    @numba.njit
    def back(target, rows, count, width, divide):
        spread_change(target, rows, count, width, divide)

    generator = np.random.default_rng(1)
    matrix, hidden = aligned(9, 48), aligned(2, 48)
    matrix[:] = generator.standard_normal((9, 48))
    chosen = np.array([3, 0, 5, 8, 5, 1, 2])[:count]
    rows, old = matrix.ctypes.data + 4 * 48 * chosen, matrix.astype(float)
    call(hidden.ctypes.data, rows.ctypes.data, count, 48, divide)
    np.testing.assert_allclose(hidden[0], old[chosen].mean(axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(hidden[0], hidden[1])
    change = generator.standard_normal(48).astype(np.float32)
    hidden[0] += change
    back(hidden.ctypes.data, rows.ctypes.data, count, 48, divide)
    for row in chosen:
        old[row] += change / (count if divide else 1)
    np.testing.assert_allclose(matrix, old, rtol=1e-5, atol=2e-6)


def test_fetching_a_row_changes_nothing():
    @numba.njit
    def call(address):
        prefetch(address)

    row = np.arange(16, dtype=np.float32)
    call(row.ctypes.data)
    np.testing.assert_array_equal(row, np.arange(16))


@pytest.mark.skipif(
    "NUMBA_CPU_NAME" in os.environ, reason="this is the process with another processor"
)
def test_processors_without_avx512_get_the_same():
    """The tests of this file once more, compiled for a Haswell (8 lanes)."""
    if not _has_avx2():
        pytest.skip("this processor cannot run Haswell's instructions")
    environment = {
        **os.environ,
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "+avx2,+fma,+avx,+sse4.2",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", __file__]
    root = pathlib.Path(__file__).parents[2]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "skipped" in done.stdout and "passed" in done.stdout


def _has_avx2():
    import llvmlite.binding

    return llvmlite.binding.get_host_cpu_features().get("avx2", False)
