"""Measuring how far the gradients of runs reach, on their own validation text or on a given one."""


def reach_of(path: str, text: str | None, farthest: int) -> list[float]:
    """The norms of a run's gradients, 0 to `farthest` tokens back in a text (L5)."""
    from seqkit.cli.origin import validation_text
    from seqkit.cli.training_data import wanting_text
    from seqkit.corpora.catalogue import open_corpus
    from seqkit.tasks import language
    from seqkit.tasks.language.inside import measure_reach

    model = language.load(path, "cpu")
    if text is not None:
        return measure_reach(model, open_corpus(text, split="test"), farthest)
    with wanting_text():
        source = validation_text(path)
    return measure_reach(model, source, farthest)
