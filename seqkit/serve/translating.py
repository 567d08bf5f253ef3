"""The panel of a translator: the likeliest translations of each line."""

from collections.abc import Mapping
from typing import Any

from seqkit.serve.asking import Asked
from seqkit.serve.commands import command
from seqkit.serve.limits import LIMITS, Limits
from seqkit.serve.panel import Answer, Events
from seqkit.tasks.translating import Candidate, SearchSettings, TrainedTranslator, Translation


class TranslatePanel:
    """Translates as `seqkit translate` does."""

    kind = "translate"

    def __init__(self, path: str, translator: TrainedTranslator, limits: Limits = LIMITS) -> None:
        self.path, self.translator, self.limits = path, translator, limits
        self.command = command("translate", path)
        self.facts = {"attention": translator.model.attentive}
        self.answers: Mapping[str, Answer] = {"translate": self.translate}
        self.streams: Mapping[str, Events] = {}

    def translate(self, asked: Asked) -> dict[str, Any]:
        """For each line its translations, best first, with log P in nats and score (G4)."""
        text = asked.text("text", None, self.limits.text)
        beam = asked.whole("beam", 5, 1, self.limits.beam)
        nbest = asked.whole("nbest", 1, 1, self.limits.beam)
        asked.end()
        lines = [line.strip() for line in text.split("\n")]
        if len(lines) > self.limits.lines:
            raise ValueError(
                f"the text has {len(lines)} lines; at most {self.limits.lines} are taken"
            )
        settings = SearchSettings(beam=beam, nbest=nbest, max_tokens=self.limits.tokens)
        found = self.translator.translate(lines, settings)
        options = [
            ("--beam", beam, 5),
            ("--nbest", nbest, 1),
            ("--max-tokens", settings.max_tokens, SearchSettings.max_tokens),
        ]
        return {
            "lines": [_line(one) for one in found],
            "command": command("translate", self.path, options=options, text=text),
        }


def _line(found: Translation) -> dict[str, Any]:
    candidates = [_candidate(one) for one in found.candidates]
    return {"source": found.source, "cut": found.cut, "translations": candidates}


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"text": one.text, "log_prob": one.log_prob, "score": one.score}
