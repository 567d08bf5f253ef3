"""Speed of every cell, forward and backward: against torch's layer, and against its own loop.

All contestants of one size take turns in one process, one pass of each a round; medians count. A
pass runs x (B, T, H) through one layer of width H and the gradient of its outputs, a fixed random
tensor, back to x and to every weight. The ratio is torch's time (or the loop's) over seqkit's, so
above 1 seqkit is faster. Where torch has the same equation the weights are copied and the outputs
compared first; the other gated units stand beside nn.GRU, which does about as much work, and a
peephole LSTM, whose peepholes start at zero, is compared with nn.LSTM. With bf16 torch's weights
are kept in bfloat16, seqkit's in float32 and cast in every pass. The targets are for a CPU.

    python benchmarks/cells.py [--rounds 21] [--threads 2] [--device cpu] [--precision fp32]
                               [--sizes 20x35x200 ...] [--json]
"""

import argparse
import datetime
import json
import pathlib
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numba
import torch
from torch import Tensor, nn

from seqkit.layers import CELLS, Cell
from seqkit.layers.unroll import unroll
from seqkit.report.terminal import table
from seqkit.train.memory import keep_freed_memory
from seqkit.train.precision import PRECISIONS

SIZES = ["20x35x200", "64x35x256", "32x70x400", "64x70x512"]
LOOP_SIZE = SIZES[0]  # where the readable loops run, too; else the first one chosen
LOOP_TARGET = 2.0
WARM = 3


@dataclass(frozen=True)
class Twin:
    """What of torch a cell runs against, and the ratio that it should reach."""

    layer: str
    rows: tuple[int, ...] = ()  # its gates in the order of torch; none: another equation
    target: float | None = None


TWINS = {
    "rnn": Twin("nn.RNN tanh", (0,), 1.0),
    "rnn-relu": Twin("nn.RNN relu", (0,)),
    "gru-simple": Twin("nn.GRU", target=1.0),
    "gru": Twin("nn.GRU", target=1.0),
    "gru-reset-after": Twin("nn.GRU", (0, 1, 2)),
    "lstm": Twin("nn.LSTM", (0, 1, 2, 3), 1.0),
    "lstm-peephole": Twin("nn.LSTM", (0, 1, 3, 2), 0.7),
    "lstm-peephole-diagonal": Twin("nn.LSTM", (0, 1, 3, 2), 0.7),
}

LAYERS: dict[str, Callable[[int], nn.RNNBase]] = {
    "nn.RNN tanh": lambda width: nn.RNN(width, width, batch_first=True),
    "nn.RNN relu": lambda width: nn.RNN(width, width, nonlinearity="relu", batch_first=True),
    "nn.GRU": lambda width: nn.GRU(width, width, batch_first=True),
    "nn.LSTM": lambda width: nn.LSTM(width, width, batch_first=True),
}


@dataclass
class Contestant:
    """Something that maps x (B, T, H) to outputs (B, T, H), its weights, and its times."""

    outputs: Callable[[Tensor], Tensor]
    module: nn.Module
    milliseconds: list[float] = field(default_factory=list)

    def run(self, x: Tensor, gradient: Tensor) -> float:
        """One pass forward and backward, in milliseconds."""
        x.grad = None
        self.module.zero_grad(set_to_none=True)
        if x.is_cuda:
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            torch.cuda.synchronize()
            start.record()
            self.outputs(x).backward(gradient)
            end.record()
            end.synchronize()
            return start.elapsed_time(end)
        begin = time.perf_counter()
        self.outputs(x).backward(gradient)
        return (time.perf_counter() - begin) * 1000

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def range(self) -> str:
        return f"{min(self.milliseconds):.2f}-{max(self.milliseconds):.2f}"


def copy_weights(cell: Cell, rows: tuple[int, ...], layer: nn.RNNBase) -> None:
    """Make `layer` compute what `cell` does; `rows` says which gate of the cell torch's are."""
    hidden = cell.hidden_size
    order = torch.cat([torch.arange(hidden) + gate * hidden for gate in rows])
    sign = torch.ones(len(order))
    if isinstance(layer, nn.GRU):
        sign[hidden : 2 * hidden] = -1  # its z is 1 - Γ_u
    with torch.no_grad():
        layer.weight_ih_l0.copy_(cell.input_weight[order] * sign[:, None])
        layer.weight_hh_l0.copy_(cell.recurrent_weight[order] * sign[:, None])
        layer.bias_ih_l0.copy_(cell.bias[order] * sign)
        layer.bias_hh_l0.zero_()
        if isinstance(layer, nn.GRU):
            layer.bias_hh_l0[2 * hidden :] = cell.recurrent_bias


def looped(cell: Cell) -> Callable[[Tensor], Tensor]:
    """The outputs of a cell by the readable loop."""

    def outputs(x: Tensor) -> Tensor:
        state = tuple(tensor.to(x) for tensor in cell.initial(len(x)))
        return unroll(cell, x, state, cell.weights(len(x)).to(x.dtype))[0]

    return outputs


def enter(x: Tensor, loops: bool) -> dict[str, Contestant]:
    """Every contestant for inputs like x (B, T, H), by name; exits if any two wrongly differ."""
    width = x.shape[-1]
    cells = {name: kind(width, width) for name, kind in CELLS.items()}
    layers = {name: make(width).to(x) for name, make in LAYERS.items()}
    for name, cell in cells.items():
        twin = make_twin(cell, TWINS[name]).to(x)
        cell.to(x.device)
        if TWINS[name].rows:
            compare(name, TWINS[name].layer, cell(x)[0], twin(x)[0])
        compare(name, "its loop", cell(x)[0], looped(cell)(x))
    entered = {n: Contestant(lambda x, c=c: c(x)[0], c) for n, c in cells.items()}
    entered |= {n: Contestant(lambda x, m=m: m(x)[0], m) for n, m in layers.items()}
    if loops:
        entered |= {f"{n} loop": Contestant(looped(cell), cell) for n, cell in cells.items()}
    return entered


def make_twin(cell: Cell, twin: Twin) -> nn.RNNBase:
    """torch's layer, with the weights of the cell if it has the same equation."""
    layer = LAYERS[twin.layer](cell.hidden_size)
    if twin.rows:
        copy_weights(cell, twin.rows, layer)
    return layer


def compare(name: str, other: str, ours: Tensor, theirs: Tensor) -> None:
    """Exit unless two outputs are equal within the rounding of their type."""
    apart = ((ours - theirs).abs().max() / theirs.abs().max()).item()
    allowed = 0.1 if ours.dtype == torch.bfloat16 else 1e-2 if ours.is_cuda else 1e-4
    if not apart < allowed:
        sys.exit(f"{name} and {other} disagree: by {apart:.1e} of the largest output")


def measure(size: str, given: argparse.Namespace, loops: bool) -> list[dict[str, object]]:
    """The rows of one size: each cell against its twin, and against its loop if asked for."""
    batch, positions, width = map(int, size.split("x"))
    torch.manual_seed(0)
    kind = {"device": given.device, "dtype": PRECISIONS[given.precision]}
    x = torch.randn(batch, positions, width, **kind).requires_grad_()
    gradient = torch.randn(batch, positions, width, **kind)
    entered = enter(x, loops)
    for done in range(WARM + given.rounds):
        for contestant in entered.values():
            milliseconds = contestant.run(x, gradient)
            if done >= WARM:
                contestant.milliseconds.append(milliseconds)
    rows = [row(size, name, twin.layer, twin.target, entered) for name, twin in TWINS.items()]
    if loops:
        rows += [row(size, name, f"{name} loop", LOOP_TARGET, entered) for name in TWINS]
    return rows


def row(
    size: str, name: str, other: str, target: float | None, entered: dict[str, Contestant]
) -> dict[str, object]:
    """One comparison in figures."""
    ours, theirs = entered[name], entered[other]
    return {
        "size": size,
        "cell": name,
        "ms": ours.median,
        "range": ours.range,
        "against": other,
        "its ms": theirs.median,
        "its range": theirs.range,
        "ratio": theirs.median / ours.median,
        "target": target,
    }


def facts(given: argparse.Namespace) -> dict[str, object]:
    """The machine, the versions and the settings that the figures belong to."""
    processor = platform.processor() or platform.machine()
    path = pathlib.Path("/proc/cpuinfo")
    if path.exists():
        names = [line for line in path.read_text().splitlines() if line.startswith("model name")]
        processor = names[0].split(":")[1].strip() if names else processor
    on_gpu = torch.device(given.device).type == "cuda"
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": processor,
        "capability": torch.backends.cpu.get_cpu_capability(),
        "gpu": torch.cuda.get_device_name(given.device) if on_gpu else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numba": numba.__version__,
        "threads": torch.get_num_threads(),
        "device": given.device,
        "precision": given.precision,
        "rounds": given.rounds,
    }


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--precision", choices=list(PRECISIONS), default="fp32")
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="BxTxH")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    given = options()
    keep_freed_memory()
    torch.set_num_threads(given.threads)
    with_loops = LOOP_SIZE if LOOP_SIZE in given.sizes else given.sizes[0]
    rows = []
    for size in given.sizes:
        print(f"{size} ...", file=sys.stderr)
        rows += measure(size, given, size == with_loops)
    if given.json:
        print(json.dumps({**facts(given), "rows": rows}))
        return
    print("\n".join(f"{name:<11} {value}" for name, value in facts(given).items() if value))
    names = list(rows[0])
    shown = [[f"{v:.2f}" if isinstance(v, float) else v for v in r.values()] for r in rows]
    print("\n" + table(shown, names))


if __name__ == "__main__":
    main()
