"""Where a sample of a language model ends, unless the user says otherwise."""

from collections.abc import Sequence

from seqkit.decode.sampling import Stopping
from seqkit.tasks.language.trained import TrainedLanguageModel


def usual_length(model: TrainedLanguageModel) -> int:
    """The most tokens of a sample: about a long sentence, or some lines of characters."""
    return 500 if model.tokenizer.name == "char" else 100


def ending(
    model: TrainedLanguageModel, stops: Sequence[str] = (), lines: int | None = None
) -> Stopping:
    """The end of a sample: after some lines, or where a given text appears (L3).

    lines: None ends after one, but a model of characters goes on. ValueError for a stop text that
    spans lines where a model writes each line from its end.
    """
    if model.backward and any("\n" in text for text in stops):
        raise ValueError(
            "--stop: this run writes each line from its end, so a stop text must lie within a "
            "line; to end after some lines use --lines"
        )
    lines = lines or (None if model.tokenizer.name == "char" else 1)
    eos = model.vocabulary.eos

    def stop(ids: Sequence[int]) -> bool:
        if lines is not None and ids[-1] == eos and ids.count(eos) >= lines:
            return True
        return bool(stops) and any(text in model.text(ids) for text in stops)

    return Stopping(stop=stop)
