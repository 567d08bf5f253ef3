"""Finding the training and the validation text of a run again, for what needs one of them."""

from typing import TYPE_CHECKING

from seqkit.tasks.runs import Run

if TYPE_CHECKING:
    from seqkit.corpora.corpus import Corpus


def training_text(path: str) -> "Corpus":
    """The text a run was trained on, opened as it was then.

    ValueError if it came from standard input, is gone, or is no longer the same text.
    """
    from seqkit.corpora.catalogue import open_splits
    from seqkit.corpora.corpus import measure

    config = Run(path).read_config()
    notes = config.get("notes") or {"corpus": "-"}
    if notes["corpus"] == "-":
        raise ValueError(f"{path}: its training text cannot be read again (it was not a file)")
    splits = open_splits(notes["corpus"], notes["valid"], notes["test"], notes["encoding"])
    corpus = splits.train
    if measure(corpus).sha256 != config["corpus"]["train"]["sha256"]:
        raise ValueError(f"{notes['corpus']}: no longer the text that {path} was trained on")
    return corpus


def validation_text(path: str) -> "Corpus":
    """The text that a run chose its best epoch by, opened as it was then.

    ValueError if it came from standard input, is gone, or is no longer the same text.
    """
    from seqkit.corpora.catalogue import open_splits
    from seqkit.corpora.corpus import measure

    config = Run(path).read_config()
    notes = config.get("notes") or {"corpus": "-", "valid": "-"}
    if "-" in (notes["corpus"], notes["valid"]):
        raise ValueError(f"{path}: its validation text cannot be read again (it was not a file)")
    try:
        splits = open_splits(notes["corpus"], notes["valid"], notes["test"], notes["encoding"])
    except OSError as error:
        place = error.filename or error
        raise ValueError(f"{path}: its validation text cannot be read again ({place})") from error
    if measure(splits.valid).sha256 != config["corpus"]["valid"]["sha256"]:
        origin = notes["valid"] or notes["corpus"]
        raise ValueError(f"{origin}: no longer the text that {path} was validated on")
    return splits.valid
