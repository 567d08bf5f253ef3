"""How far back does each cell remember? The copying and the adding problem at growing lags.

Copying (Hochreiter & Schmidhuber 1997; in the form of Arjovsky et al. 2016): ten symbols out of
eight, lag - 1 blanks, a mark, ten blanks; what must come out is blanks, and after the mark the ten
symbols. Loss: cross-entropy over all lag + 20 positions. Without memory: 10 log 8 / (lag + 20).

Adding (the same; Le et al. 2015): `lag` numbers from [0, 1), of which one in the first half and
one in the second carry a mark; what must come out at the end is their sum. Loss: squared error.
Always guessing 1: 1/6.

Every cell gets as many hidden units as make the number of parameters, output layer included, the
same; and the same batches, steps, learning rate (Adam's, one for each problem, from a few trials
with gru and lstm) and clipping, in fp32. A run ends early when its loss is below STOP of the loss
without memory; it has solved the lag below SOLVED. A cell none of whose seeds solved a lag is not
tried at a longer one. The runs are spread over processes of one thread each. Results are written
after every run, and a second call goes on where one was stopped.

    python benchmarks/memory.py [--json docs/memory.json] [--plot docs/memory.svg]
"""

import argparse
import bisect
import concurrent.futures
import dataclasses
import json
import math
import multiprocessing
import os
import pathlib
import statistics
import sys
import time

import torch
from torch import Tensor, nn

from seqkit.files import write_json
from seqkit.layers import CELLS

SYMBOLS, LENGTH = 8, 10  # of the copying problem
BLANK, MARK = SYMBOLS, SYMBOLS + 1
SOLVED, STOP, WORST = 0.1, 0.03, 10.0  # shares of the loss without memory; WORST: or not finite
EVERY, JUDGED = 25, 256  # steps from one look at the loss to the next, sequences looked at


@dataclasses.dataclass(frozen=True)
class Settings:
    """What all runs share; they can be compared only where it is the same."""

    parameters: int
    effort: float
    batch: int
    clip: float


class Copying:
    """Ten symbols, repeated after a lag."""

    inputs, outputs = SYMBOLS + 2, SYMBOLS + 1
    steps, lr = 2500, 0.02

    def __init__(self, lag: int) -> None:
        self.lag = lag
        self.baseline = LENGTH * math.log(SYMBOLS) / (lag + 2 * LENGTH)

    def batch(self, size: int, chance: torch.Generator) -> tuple[Tensor, Tensor]:
        symbols = torch.randint(SYMBOLS, (size, LENGTH), generator=chance)
        read = torch.full((size, self.lag + 2 * LENGTH), BLANK)  # (B, T)
        target = read.clone()
        read[:, :LENGTH], target[:, -LENGTH:] = symbols, symbols
        read[:, LENGTH + self.lag - 1] = MARK
        return nn.functional.one_hot(read, self.inputs).float(), target

    def loss(self, outputs: Tensor, readout: nn.Linear, target: Tensor) -> Tensor:
        return nn.functional.cross_entropy(readout(outputs).flatten(0, 1), target.flatten())


class Adding:
    """The sum of two marked numbers."""

    inputs, outputs, baseline = 2, 1, 1 / 6
    steps, lr = 800, 0.01

    def __init__(self, lag: int) -> None:
        self.lag = lag

    def batch(self, size: int, chance: torch.Generator) -> tuple[Tensor, Tensor]:
        x = torch.zeros(size, self.lag, 2)  # (B, T, 2): the number, and 1 where it is marked
        x[..., 0] = torch.rand(size, self.lag, generator=chance)
        half, rows = self.lag // 2, torch.arange(size)
        x[rows, torch.randint(half, (size,), generator=chance), 1] = 1
        x[rows, torch.randint(half, self.lag, (size,), generator=chance), 1] = 1
        return x, x.prod(dim=2).sum(dim=1)  # (B,)

    def loss(self, outputs: Tensor, readout: nn.Linear, target: Tensor) -> Tensor:
        return nn.functional.mse_loss(readout(outputs[:, -1]).squeeze(1), target)


PROBLEMS = {"copying": Copying, "adding": Adding}


def build(cell: str, inputs: int, hidden: int, outputs: int) -> nn.ModuleList:
    """A cell and its output layer."""
    return nn.ModuleList([CELLS[cell](inputs, hidden), nn.Linear(hidden, outputs)])


def size(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def fitting(cell: str, inputs: int, outputs: int, parameters: int) -> int:
    """The most hidden units with which a model has no more than so many parameters."""

    def needed(hidden: int) -> int:
        with torch.device("meta"):  # shapes without numbers
            return size(build(cell, inputs, hidden, outputs))

    return bisect.bisect_right(range(1, 1000), parameters, key=needed)


def train(problem: str, cell: str, lag: int, seed: int, settings: Settings) -> dict:
    """One run, as a row of the results."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    task = PROBLEMS[problem](lag)
    hidden = fitting(cell, task.inputs, task.outputs, settings.parameters)
    model = build(cell, task.inputs, hidden, task.outputs)
    net, readout = model
    optimizer = torch.optim.Adam(model.parameters(), task.lr)
    chance = torch.Generator().manual_seed(1000 * seed + lag)  # the same batches for every cell
    judged = task.batch(JUDGED, torch.Generator().manual_seed(lag))
    start = time.perf_counter()
    steps = max(1, round(task.steps * settings.effort))
    for step in range(1, steps + 1):
        x, target = task.batch(settings.batch, chance)
        loss = task.loss(net(x)[0], readout, target)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        optimizer.step()
        if step % EVERY == 0 or step == steps:
            with torch.no_grad():
                share = task.loss(net(judged[0])[0], readout, judged[1]).item() / task.baseline
            if not STOP <= share < math.inf:  # solved, or not a number any more
                break
    return {
        "problem": problem,
        "cell": cell,
        "lag": lag,
        "seed": seed,
        "hidden": hidden,
        "parameters": size(model),
        "share": round(min(share, WORST), 4) if math.isfinite(share) else WORST,
        "steps": step,
        "seconds": round(time.perf_counter() - start, 2),
    }


def summary(results: list[dict]) -> list[dict]:
    """A row for every problem, cell and lag: the median share, its range, how many solved it."""
    groups: dict[tuple, list[dict]] = {}
    for row in sorted(results, key=lambda row: (row["problem"], list(CELLS).index(row["cell"]))):
        groups.setdefault((row["problem"], row["cell"], row["lag"]), []).append(row)
    return [
        {
            "problem": problem,
            "cell": cell,
            "lag": lag,
            "hidden": rows[0]["hidden"],
            "seeds": len(rows),
            "solved": sum(row["share"] < SOLVED for row in rows),
            "share": statistics.median(row["share"] for row in rows),
            "least": min(row["share"] for row in rows),
            "most": max(row["share"] for row in rows),
            "steps": statistics.median(row["steps"] for row in rows),
        }
        for (problem, cell, lag), rows in groups.items()
    ]


def show(rows: list[dict]) -> None:
    """The summary as a table for each problem."""
    for problem in dict.fromkeys(row["problem"] for row in rows):
        found = {(r["cell"], r["lag"]): r for r in rows if r["problem"] == problem}
        hidden = {cell: row["hidden"] for (cell, _), row in found.items()}
        lags = sorted({lag for _, lag in found})
        print(f"{problem + ', lag':<24}{'units':>6}" + "".join(f"{lag:>18}" for lag in lags))
        for cell, units in hidden.items():
            print(f"{cell:<24}{units:>6}" + "".join(short(found.get((cell, x))) for x in lags))


def short(row: dict | None) -> str:
    """Median share, how many solved it, median number of steps."""
    text = row and f"{row['share']:.3f} {row['solved']}/{row['seeds']} {row['steps']:g}"
    return f"{text or '-':>18}"


STYLES = {  # Okabe and Ito's colours; markers of eight shapes
    "rnn": ("#000000", "o"),
    "rnn-relu": ("#7F7F7F", "s"),
    "gru-simple": ("#56B4E9", "v"),
    "gru": ("#0072B2", "^"),
    "gru-reset-after": ("#009E73", "D"),
    "lstm": ("#D55E00", "P"),
    "lstm-peephole": ("#E69F00", "X"),
    "lstm-peephole-diagonal": ("#CC79A7", "*"),
}


def plot(rows: list[dict], path: str) -> None:
    """Lag along x, share of the loss without memory along y; bars span the seeds."""
    from seqkit.report.figure import GREY, save_figure

    problems = list(dict.fromkeys(row["problem"] for row in rows))
    lags = sorted({row["lag"] for row in rows})

    def draw(figure) -> None:
        panels = figure.subplots(1, len(problems), sharey=True, squeeze=False)[0]
        for axes, problem in zip(panels, problems, strict=True):
            axes.set(title=problem, xscale="log", yscale="log", xlabel="lag")
            axes.set_xticks(lags, [str(lag) for lag in lags])
            axes.minorticks_off()
            axes.axhline(1, color=GREY, linewidth=1)
            axes.axhline(SOLVED, color=GREY, linewidth=1, linestyle="--")
            for index, cell in enumerate(CELLS):
                own = [r for r in rows if (r["problem"], r["cell"]) == (problem, cell)]
                draw_cell(axes, cell, own, 1 + 0.025 * (index - 3.5))  # side by side
        left = panels[0]
        left.set_ylabel("share of the loss without memory")
        left.yaxis.set_major_formatter(lambda share, _: f"{share:g}")
        edge = panels[-1].get_yaxis_transform()
        for y, text in ((1, "no memory"), (SOLVED, "solved")):
            panels[-1].text(1.01, y, text, transform=edge, va="center", color=GREY)
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4)

    save_figure(path, draw, (4.6 * len(problems) + 0.6, 4.6))


def draw_cell(axes, cell: str, rows: list[dict], aside: float) -> None:
    """One line, its markers a little aside, so that lines of one height can be told apart."""
    colour, marker = STYLES[cell]
    rows = sorted(rows, key=lambda row: row["lag"])
    shares = [row["share"] for row in rows]
    below = [row["share"] - row["least"] for row in rows]
    above = [row["most"] - row["share"] for row in rows]
    places = [row["lag"] * aside for row in rows]
    axes.errorbar(
        places,
        shares,
        yerr=(below, above),
        color=colour,
        marker=marker,
        markersize=8 if marker in "*PX" else 6,
        markeredgecolor="white",
        markeredgewidth=0.6,
        linewidth=1.5,
        elinewidth=0.8,
        label=cell,
    )


class Results:
    """The rows so far, in a file that is whole after every run."""

    def __init__(self, path: str | None, settings: Settings) -> None:
        self.path, self.settings = path, dataclasses.asdict(settings)
        self.rows: list[dict] = []
        if path and pathlib.Path(path).exists():
            old = json.loads(pathlib.Path(path).read_text("utf-8"))
            if old["settings"] != self.settings:
                raise SystemExit(f"{path} was made with {old['settings']}; choose another --json")
            self.rows = old["results"]

    def get(self, job: tuple) -> dict | None:
        """The row of a job (problem, cell, lag, seed) that is done."""
        names = ("problem", "cell", "lag", "seed")
        return next((r for r in self.rows if tuple(r[name] for name in names) == job), None)

    def add(self, row: dict) -> None:
        self.rows.append(row)
        print(*(f"{name} {value}" for name, value in row.items()), file=sys.stderr, flush=True)
        if self.path:
            about = {"settings": self.settings, "torch": torch.__version__}
            rows = {"summary": summary(self.rows), "results": self.rows}
            write_json(self.path, {**about, **rows})


def run_all(given: argparse.Namespace, results: Results, settings: Settings) -> list[dict]:
    """Every job, the shortest lags first; the rows of those asked for."""
    alive = [(problem, cell) for problem in given.problems for cell in given.cells]
    asked = []
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(given.jobs, context) as pool:
        for lag in sorted(given.lags):
            jobs = [(*pair, lag, seed) for seed in range(given.seeds) for pair in alive]
            todo = [job for job in jobs if results.get(job) is None]
            futures = [pool.submit(train, *job, settings) for job in todo]
            try:
                for future in concurrent.futures.as_completed(futures):
                    results.add(future.result())
            except BaseException:  # Ctrl-C, say: what has not begun shall not
                pool.shutdown(cancel_futures=True)
                raise
            rows = [results.get(job) for job in jobs]
            asked += rows
            solved = {(r["problem"], r["cell"]) for r in rows if r["share"] < SOLVED}
            alive = [pair for pair in alive if pair in solved]
    return asked


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--problems", nargs="+", choices=PROBLEMS, default=list(PROBLEMS))
    parser.add_argument("--cells", nargs="+", choices=CELLS, default=list(CELLS))
    parser.add_argument("--lags", type=int, nargs="+", default=[10, 25, 50, 100, 200])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--parameters", type=int, default=20_000, help="of every model")
    parser.add_argument("--effort", type=float, default=1.0, help="times the steps of a problem")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--clip", type=float, default=1.0, help="largest norm of the gradient")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--json", help="the results; what is there already is not run again")
    parser.add_argument("--plot", help="a .svg or .png")
    given = parser.parse_args()
    settings = Settings(given.parameters, given.effort, given.batch, given.clip)
    os.environ["OMP_NUM_THREADS"] = "1"  # for the processes: two programs of many threads collide
    start = time.perf_counter()
    rows = summary(run_all(given, Results(given.json, settings), settings))
    show(rows)
    print(
        f"{(time.perf_counter() - start) / 60:.1f} minutes, torch {torch.__version__}, {settings}"
    )
    if given.plot:
        plot(rows, given.plot)


if __name__ == "__main__":
    main()
