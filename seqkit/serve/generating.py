"""The panel of a language model: text that grows token by token, each with its surprisal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

from seqkit.decode.filters import SamplingConfig
from seqkit.decode.sampling import Token, sample
from seqkit.decode.step import State, Step
from seqkit.serve.asking import Asked
from seqkit.serve.commands import command
from seqkit.serve.limits import LIMITS, Limits
from seqkit.serve.panel import Answer, Events
from seqkit.tasks.language import TrainedLanguageModel, passage
from seqkit.tasks.language.ending import ending, usual_length

BESIDE = 5
"""Tokens shown as what might have come instead."""
STOPS, STOP = 8, 100
"""Stop texts, and characters of each."""


class GeneratePanel:
    """Draws as `seqkit sample` does: the same seed gives the same text."""

    kind = "generate"

    def __init__(self, path: str, model: TrainedLanguageModel, limits: Limits = LIMITS) -> None:
        self.path, self.model, self.limits = path, model.in_float64(), limits
        self.command = command("sample", path)
        self.usual = min(usual_length(model), limits.tokens)
        self.facts = {
            "backward": model.backward,
            "max_tokens": self.usual,
            "vocabulary": len(model.vocabulary),
        }
        self.answers: Mapping[str, Answer] = {}
        self.streams: Mapping[str, Events] = {"generate": self.generate}

    def generate(self, asked: Asked) -> Iterator[dict[str, Any]]:
        """A `start`, a `token` each, and `done` with the whole text (L3)."""
        prompt = asked.text("prompt", "", self.limits.text)
        stops = asked.texts("stop", STOPS, STOP)
        config = SamplingConfig(
            temperature=asked.number("temperature", 1.0, 0.01, 100),
            top_k=asked.whole("top_k", 0, 0, self.limits.top_k),
            top_p=asked.number("top_p", 1.0, 1e-6, 1),
            max_tokens=asked.whole("max_tokens", self.usual, 1, self.limits.tokens),
            seed=asked.whole("seed", 0, 0, 2**63 - 1),
            banned=(self.model.vocabulary.unk,),
        )
        asked.end()
        return self._events(prompt, stops, config)

    def _events(
        self, prompt: str, stops: Sequence[str], config: SamplingConfig
    ) -> Iterator[dict[str, Any]]:
        model = self.model
        ids = model.ids(prompt) if prompt else []
        yield {
            "event": "start",
            "prompt": prompt,
            "command": self._command(prompt, stops, config),
            "unknown": model.vocabulary.unk in ids,
        }
        seen: list[torch.Tensor] = []
        drawn: list[int] = []
        growing, log_prob, finished = Growing(model, prompt, stops), 0.0, False
        for token in self._tokens(ids, stops, config, seen):
            drawn.append(token.id)
            log_prob += token.log_prob
            finished = token.end == "stop"
            yield {
                "event": "token",
                "text": growing.piece(drawn, token.end is not None),
                "token": model.vocabulary.tokens([token.id])[0],
                "surprisal": -token.log_prob,  # nats
                "likeliest": self._likeliest(seen[0]),
            }
        text = passage(model, prompt, drawn, stops)
        figures = {"tokens": len(drawn), "log_prob": log_prob, "finished": finished}
        yield {"event": "done", "text": text, **figures}

    def _tokens(
        self,
        ids: Sequence[int],
        stops: Sequence[str],
        config: SamplingConfig,
        seen: list[torch.Tensor],
    ) -> Iterator[Token]:
        last, state = self.model.prime(ids, 1)
        step = _recording(self.model.model.step, seen)
        return sample(step, state, last, config, ending(self.model, stops))

    def _likeliest(self, log_probs: torch.Tensor) -> list[tuple[str, float]]:
        """The tokens that the model itself holds for the likeliest, and P of each."""
        best = log_probs.topk(min(BESIDE, len(log_probs)))  # (V,)
        tokens = self.model.vocabulary.tokens(best.indices.tolist())
        return list(zip(tokens, best.values.exp().tolist(), strict=True))

    def _command(self, prompt: str, stops: Sequence[str], config: SamplingConfig) -> str:
        options = [
            ("--prompt", prompt, ""),
            ("--temperature", config.temperature, 1.0),
            ("--top-k", config.top_k, 0),
            ("--top-p", config.top_p, 1.0),
            ("--max-tokens", config.max_tokens, usual_length(self.model)),
            ("--seed", config.seed, 0),
            *(("--stop", stop, "") for stop in stops),
        ]
        return command("sample", self.path, options=options)


class Growing:
    """The text as it grows, told in pieces: each goes behind (backward: before) those told.

    What a later token may still change, half a character of subwords for one, waits for it. A stop
    text may have been told in part when it is found; the whole text at the end is without it.
    """

    def __init__(self, model: TrainedLanguageModel, prompt: str, stops: Sequence[str]) -> None:
        self.model, self.prompt, self.stops = model, prompt, stops
        self._above = prompt.rpartition("\n")[0] if model.backward else ""
        self._told = prompt

    def piece(self, ids: Sequence[int], is_last: bool) -> str:
        """What the last of the drawn ids adds."""
        text = passage(self.model, self.prompt, ids, self.stops)
        before = self.model.backward
        if not before and not is_last:
            text = text.rstrip("\ufffd")
        new, old = text[len(self._above) :], self._told[len(self._above) :]
        if before and self._above:  # the line feed stays before the line
            new, old = new.removeprefix("\n"), old.removeprefix("\n")
        if not (new.endswith(old) if before else new.startswith(old)):
            return ""
        self._told = text
        return new[: len(new) - len(old)] if before else new[len(old) :]


def _recording(step: Step, seen: list[torch.Tensor]) -> Step:
    """The same step, which keeps the log-probabilities (V,) of its first row in `seen`."""

    def run(last: torch.Tensor, state: State) -> tuple[torch.Tensor, State]:
        log_probs, state = step(last, state)
        seen[:] = [log_probs[0]]
        return log_probs, state

    return run
