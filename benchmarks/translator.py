"""Speed and memory of translators: seqkit against a plain PyTorch loop of the same size, in turn.

Both train the same network on the same pairs: bidirectional LSTM encoder, LSTM decoder with
Luong's attention, tied softmax, AdamW, label smoothing 0.1. The plain loop is what tutorials have:
batches of 64 pairs as they come, packed sources, one decoder step after another, `cross_entropy`;
greedy translation step by step. Each measurement is a process of its own (so that peak memory is
its own), the contestants take turns, medians count. So little trained, no translation would come to
its end; so each is made 20 words long.

    python benchmarks/translator.py SOURCE TARGET [--rounds 3] [--seconds 30] [--threads 1]
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import torch
from torch import nn

from seqkit.corpora.parallel_catalogue import open_parallel
from seqkit.models.translator import Translator
from seqkit.tasks.translating import SearchSettings, TrainedTranslator, TranslatorSettings
from seqkit.tasks.translating.encoding import EpochOfPairs, encode
from seqkit.tasks.translating.sides import learn_sides
from seqkit.train.memory import keep_freed_memory
from seqkit.train.optimizers import ClipNorm, build_optimizer

SIZE = TranslatorSettings(tokenizer="whitespace")
TRANSLATED, BATCH, EOS, WORDS = 256, 64, 1, 20
NEVER = -1e4
CONTESTANTS = ("torch fp32", "seqkit fp32", "seqkit bf16")


class PlainModel(nn.Module):
    """The network as a tutorial writes it."""

    def __init__(self, source_types: int, target_types: int) -> None:
        super().__init__()
        hidden, embed = SIZE.hidden, SIZE.embed
        self.source = nn.Embedding(source_types, embed)
        self.target = nn.Embedding(target_types, embed)
        self.encoder = nn.LSTM(embed, hidden // 2, batch_first=True, bidirectional=True)
        self.bridge_h, self.bridge_c = nn.Linear(2 * hidden, hidden), nn.Linear(2 * hidden, hidden)
        self.cell = nn.LSTMCell(embed, hidden)
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.combine = nn.Linear(2 * hidden, embed, bias=False)
        self.out = nn.Linear(embed, target_types)
        self.out.weight = self.target.weight
        self.drop = nn.Dropout(SIZE.dropout)

    def encode(self, source: torch.Tensor, lengths: torch.Tensor):
        packed = nn.utils.rnn.pack_padded_sequence(
            self.drop(self.source(source)), lengths, batch_first=True, enforce_sorted=False
        )
        output, (h, c) = self.encoder(packed)
        values, _ = nn.utils.rnn.pad_packed_sequence(output, batch_first=True)
        last = torch.cat([*h, *c], dim=1)
        state = torch.tanh(self.bridge_h(last)), torch.tanh(self.bridge_c(last))
        hidden = torch.arange(values.shape[1]) >= lengths[:, None]
        return self.drop(values), self.key(values), hidden, state

    def step(self, words, state, values, keys, hidden):
        state = self.cell(self.drop(self.target(words)), state)
        scores = torch.bmm(keys, state[0].unsqueeze(2)).squeeze(2)
        weights = scores.masked_fill(hidden, float("-inf")).softmax(dim=1)
        context = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
        seen = torch.tanh(self.combine(torch.cat([context, state[0]], dim=1)))
        return self.out(self.drop(seen)), state


class Plain:
    """Training and translating as a tutorial does it."""

    def __init__(self, encoded, types: tuple[int, int]) -> None:
        self.encoded, self.model = encoded, PlainModel(*types)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), SIZE.lr, weight_decay=0.0)
        self.batches = self._batches()

    def _batches(self) -> Iterator[list[int]]:
        while True:
            order = torch.randperm(len(self.encoded)).tolist()
            yield from (order[k : k + BATCH] for k in range(0, len(order), BATCH))

    def _padded(self, many: list[list[int]], value: int) -> torch.Tensor:
        rows = [torch.tensor(one) for one in many]
        return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=value)

    def step(self) -> int:
        chosen = next(self.batches)
        sources = [self.encoded.sources[k] for k in chosen]
        targets = self._padded([self.encoded.targets[k] for k in chosen], -100)
        lengths = torch.tensor([len(one) for one in sources])
        memory = self.model.encode(self._padded(sources, 0), lengths)
        *look, state = memory
        words, loss = torch.full((len(chosen),), EOS), torch.zeros(())
        for t in range(targets.shape[1]):
            logits, state = self.model.step(words, state, *look)
            loss = loss + nn.functional.cross_entropy(
                logits, targets[:, t], reduction="sum", label_smoothing=SIZE.label_smoothing
            )
            words = targets[:, t].clamp_min(0)
        self.optimizer.zero_grad()
        (loss / (targets >= 0).sum()).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), SIZE.clip)
        self.optimizer.step()
        return len(chosen)

    @torch.no_grad()
    def translate(self, batch: int) -> None:
        self.model.eval()
        self.model.out.bias[EOS] = NEVER
        for start in range(0, TRANSLATED, batch):
            sources = self.encoded.sources[start : start + batch]
            lengths = torch.tensor([len(one) for one in sources])
            *look, state = self.model.encode(self._padded(sources, 0), lengths)
            words = torch.full((len(sources),), EOS)
            for _ in range(WORDS):
                logits, state = self.model.step(words, state, *look)
                words = logits.argmax(dim=1)


class Ours:
    """The same by seqkit."""

    def __init__(self, encoded, sides, texts: list[str], dtype: torch.dtype) -> None:
        keep_freed_memory()
        types = len(sides.source.vocabulary), len(sides.target.vocabulary)
        self.encoded, self.texts = encoded, texts
        self.model = Translator(SIZE.model(*types))
        self.model.dtype = dtype
        self.optimizer = build_optimizer("adamw", self.model, SIZE.lr, 0.0)
        self.clip, self.parameters = ClipNorm(SIZE.clip), list(self.model.parameters())
        self.trained = TrainedTranslator(self.model, sides, (1_000, WORDS - 5))
        self.batches = self._batches()

    def _batches(self):
        for epoch in range(1_000):
            batches = EpochOfPairs(self.encoded, SIZE.batch_size, torch.device("cpu"), [0, epoch])
            yield from (batches[k] for k in range(len(batches)))

    def step(self) -> int:
        self.model.train()
        batch = next(self.batches)
        loss, count, _ = self.model.loss(batch)
        (loss / count).backward()
        self.clip(self.parameters)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return len(batch.source)

    def translate(self, batch: int) -> None:
        self.model.dtype = torch.float32  # as after training
        self.model.eval()
        with torch.no_grad():
            self.model.output_bias[EOS] = NEVER
        list(self.trained.translate(self.texts[:TRANSLATED], SearchSettings(beam=1), batch))


def measure(contestant: str, source: str, target: str, seconds: float, threads: int) -> dict:
    """Pairs a second in training, sentences a second in greedy translation, peak memory."""
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    pairs = list(open_parallel(source, target))
    sources, targets = [pair.source for pair in pairs], [pair.target for pair in pairs]
    sides = learn_sides(SIZE, sources, targets)
    encoded = encode(sides, sources, targets)
    library, precision = contestant.split()
    if library == "torch":
        types = len(sides.source.vocabulary), len(sides.target.vocabulary)
        it: Plain | Ours = Plain(encoded, types)
    else:
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        it = Ours(encoded, sides, sources, dtype)
    for _ in range(5):
        it.step()
    found = {"train": _rate(it.step, seconds)}
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for batch in (1, 64):
        start = time.perf_counter()
        it.translate(batch)
        found[f"batch {batch}"] = TRANSLATED / (time.perf_counter() - start)
    return found


def _rate(step: Callable[[], int], seconds: float) -> float:
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        done += step()
    return done / (time.perf_counter() - start)


def main() -> None:
    """Let the contestants take turns, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.contestant:
        each = (given.source, given.target, given.seconds, given.threads)
        print(json.dumps(measure(given.contestant, *each)))
        return
    found: dict[str, list[dict]] = {name: [] for name in CONTESTANTS}
    for _ in range(given.rounds):
        for name in CONTESTANTS:
            command = [sys.executable, __file__, *sys.argv[1:], "--contestant", name]
            found[name].append(json.loads(subprocess.check_output(command, text=True)))
    columns = list(found[CONTESTANTS[0]][0])
    base = {c: statistics.median(row[c] for row in found[CONTESTANTS[0]]) for c in columns}
    for name, rows in found.items():
        medians = {c: statistics.median(row[c] for row in rows) for c in columns}
        shown = (f"{c} {medians[c]:,.1f} (x {medians[c] / base[c]:.2f})" for c in columns)
        print(f"{name}: " + ", ".join(shown))
    print(f"torch {torch.__version__}, {given.threads} threads, medians of {given.rounds}")


if __name__ == "__main__":
    main()
