"""Speed and memory of language-model training: seqkit against a plain PyTorch loop, in turn.

Both train the same network on the same tokens: 2 x 200 LSTM, tied, batch 20, bptt 35, dropout 0.2,
SGD with clipping. The plain loop is nn.LSTM, log_softmax and NLLLoss in fp32. Each measurement is
a process of its own (so that peak memory is its own), the contestants take turns, medians count.

    python benchmarks/lm.py TEXT [--rounds 5] [--steps 150]
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
from torch import nn

BATCH, BPTT, HIDDEN, WARM = 20, 35, 200, 10
CONTESTANTS = ("torch fp32", "seqkit fp32", "seqkit bf16")


class PlainModel(nn.Module):
    """The network as a textbook writes it."""

    def __init__(self, types: int) -> None:
        super().__init__()
        self.encoder = nn.Embedding(types, HIDDEN)
        self.drop = nn.Dropout(0.2)
        self.lstm = nn.LSTM(HIDDEN, HIDDEN, 2, dropout=0.2)
        self.decoder = nn.Linear(HIDDEN, types)
        self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)

    def forward(self, ids, state):
        output, state = self.lstm(self.drop(self.encoder(ids)), state)
        logits = self.decoder(self.drop(output))
        return torch.log_softmax(logits.view(-1, logits.shape[-1]), dim=1), state


def plain(ids: np.ndarray, types: int, steps: int) -> float:
    """Tokens per second of the plain loop."""
    rows = torch.from_numpy(ids.astype(np.int64))[: len(ids) // BATCH * BATCH]
    columns = rows.view(BATCH, -1).t().contiguous()  # time first, as the tutorial has it
    model, criterion = PlainModel(types), nn.NLLLoss()
    state = (torch.zeros(2, BATCH, HIDDEN), torch.zeros(2, BATCH, HIDDEN))
    for step in range(steps + WARM):
        if step == WARM:
            start = time.perf_counter()
        at = step * BPTT
        inputs, targets = columns[at : at + BPTT], columns[at + 1 : at + 1 + BPTT].reshape(-1)
        model.zero_grad()
        state = tuple(tensor.detach() for tensor in state)
        output, state = model(inputs, state)
        criterion(output, targets).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(parameter.grad, alpha=-1.0)
    return steps * BATCH * BPTT / (time.perf_counter() - start)


def ours(ids: np.ndarray, types: int, steps: int, dtype: torch.dtype) -> float:
    """Tokens per second of seqkit's loop."""
    from seqkit.models.language import LanguageModel, LanguageModelConfig
    from seqkit.tasks.language.data import WindowBatches
    from seqkit.text.windows import Windows
    from seqkit.train.averaging import WeightAverage
    from seqkit.train.loop import Hooks, Loop
    from seqkit.train.memory import keep_freed_memory
    from seqkit.train.optimizers import ClipNorm, build_optimizer
    from seqkit.train.recipe import Limits, Recipe
    from seqkit.train.schedules import constant

    class Clock(Hooks):
        def on_step(self, loop: Loop) -> None:
            if loop.at.steps == WARM:
                self.start = time.perf_counter()

    keep_freed_memory()
    model = LanguageModel(
        LanguageModelConfig(
            types,
            hidden=HIDDEN,
            embed=HIDDEN,
            dropout_input=0.2,
            dropout_layers=0.2,
            dropout_output=0.2,
        )
    )
    model.dtype = dtype
    part = ids[: (steps + WARM) * BATCH * BPTT]
    batches = WindowBatches(Windows(part, BATCH, BPTT), torch.device("cpu"))
    recipe = Recipe(
        model, build_optimizer("sgd", model, 1.0), constant, ClipNorm(0.25), WeightAverage(model, 0)
    )
    clock = Clock()
    seconds = []

    def evaluate() -> dict[str, float]:
        seconds.append(time.perf_counter() - clock.start)
        return {"loss": 0.0}

    Loop(recipe, lambda epoch: batches, evaluate, Limits(1), hooks=clock).fit()
    return steps * BATCH * BPTT / seconds[0]


def encode(path: str) -> tuple[np.ndarray, int]:
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.text.streams import encode_new
    from seqkit.text.tokenizers import build_tokenizer
    from seqkit.text.vocabulary import Vocabulary

    with tempfile.TemporaryDirectory() as folder:
        blocks = open_corpus(path).blocks()
        tokenizer = build_tokenizer("whitespace")

        def choose(counts):
            return Vocabulary.from_counts(counts, 10_000)

        stream, vocabulary = encode_new(blocks, tokenizer, choose, f"{folder}/text.tokens")
        return np.array(stream.ids), len(vocabulary)


def child(contestant: str, path: str, steps: int) -> None:
    """One measurement, as JSON."""
    torch.manual_seed(0)
    ids, types = encode(path)
    library, precision = contestant.split()
    if library == "torch":
        speed = plain(ids, types, steps)
    else:
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        speed = ours(ids, types, steps, dtype)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"speed": speed, "peak": peak}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--child")
    given = parser.parse_args()
    if given.child:
        child(given.child, given.text, given.steps)
        return
    results = {name: [] for name in CONTESTANTS}
    for _ in range(given.rounds):
        for name in CONTESTANTS:
            command = [sys.executable, __file__, given.text, "--steps", str(given.steps)]
            done = subprocess.run(
                [*command, "--child", name], check=True, capture_output=True, text=True
            )
            results[name].append(json.loads(done.stdout.splitlines()[-1]))
    base = statistics.median(r["speed"] for r in results["torch fp32"])
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {given.rounds} rounds")
    print(f"{'contestant':<12} {'tokens/s':>9} {'range':>15} {'ratio':>6} {'peak MB':>8}")
    for name, found in results.items():
        speeds = [r["speed"] for r in found]
        speed = statistics.median(speeds)
        peak = statistics.median(r["peak"] for r in found)
        spread = f"{min(speeds):,.0f}-{max(speeds):,.0f}"
        print(f"{name:<12} {speed:>9,.0f} {spread:>15} {speed / base:>6.2f} {peak:>8.0f}")


if __name__ == "__main__":
    main()
