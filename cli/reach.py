"""Measuring how far the gradients of runs reach, on their own validation text or on a given one."""

from typing import TYPE_CHECKING

from seqkit.tasks.runs import Run

if TYPE_CHECKING:
    from seqkit.corpora.corpus import Corpus


def validation_text(path: str) -> "Corpus":
    """The text that a run chose its best epoch by, opened as it was then.

    ValueError if it came from standard input, is gone, or is no longer the same text.
    """
    from seqkit.corpora.catalogue import open_splits
    from seqkit.corpora.corpus import measure

    config = Run(path).read_config()
    notes = config.get("notes") or {"corpus": "-", "valid": "-"}
    if "-" in (notes["corpus"], notes["valid"]):
        raise ValueError(
            f"{path}: its validation text cannot be read again (it was not a file); name a text "
            "with --text"
        )
    try:
        splits = open_splits(notes["corpus"], notes["valid"], notes["test"], notes["encoding"])
    except OSError as error:
        raise ValueError(
            f"{path}: its validation text cannot be read again ({error.filename or error}); name "
            "a text with --text"
        ) from error
    if measure(splits.valid).sha256 != config["corpus"]["valid"]["sha256"]:
        raise ValueError(
            f"{notes['valid'] or notes['corpus']}: no longer the text that {path} was validated "
            "on; name a text with --text"
        )
    return splits.valid


def reach_of(path: str, text: str | None, farthest: int) -> list[float]:
    """The norms of a run's gradients, 0 to `farthest` tokens back in a text (L5)."""
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.tasks import language
    from seqkit.tasks.language.inside import measure_reach

    model = language.load(path, "cpu")
    source = validation_text(path) if text is None else open_corpus(text, split="test")
    return measure_reach(model, source, farthest)
