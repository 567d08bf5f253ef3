"""A prompt and what a model wrote beside it, put together as text in reading order."""

from collections.abc import Iterator, Sequence

from seqkit.tasks.language.trained import TrainedLanguageModel


def passage(
    model: TrainedLanguageModel, prompt: str, ids: Sequence[int], stops: Sequence[str] = ()
) -> str:
    """The prompt as it was typed and the text of the drawn ids, up to where a stop text came.

    A model that reads forward goes on behind the prompt. One that reads backward completes the
    last line of the prompt, writing what stands before it there; the lines above stay as they are,
    and further lines follow below, each written from its end. An `<eos>` at the end is not shown.
    """
    write = _before if model.backward else _after
    return write(model, prompt, ids, stops)


def _after(
    model: TrainedLanguageModel, prompt: str, ids: Sequence[int], stops: Sequence[str]
) -> str:
    read = model.ids(prompt)
    whole, start = model.text([*read, *ids]), model.text(read)
    added = whole[len(start) :] if whole.startswith(start) else " " + model.text(ids)
    for stop in stops:
        added = added.split(stop)[0]
    if ids and ids[-1] == model.vocabulary.eos:
        added = added.removesuffix("\n")
    return prompt + added


def _before(
    model: TrainedLanguageModel, prompt: str, ids: Sequence[int], stops: Sequence[str]
) -> str:
    above, line_feed, last = prompt.rpartition("\n")
    first, *others = _lines(ids, model.vocabulary.eos)
    read = model.ids(last)
    whole, end = model.text([*read, *first]), model.text(read)
    added = whole.removesuffix(end) if whole.endswith(end) else model.text(first) + " "
    added, *below = _until(stops, [added, *map(model.text, others)])
    return "\n".join([above + line_feed + added + last, *below])


def _lines(ids: Sequence[int], eos: int) -> list[list[int]]:
    """The ids of each line without its `<eos>`: of one line at least, if only an empty one."""
    lines: list[list[int]] = [[]]
    for number, id_ in enumerate(ids, start=1):
        if id_ != eos:
            lines[-1].append(id_)
        elif number < len(ids):
            lines.append([])
    return lines


def _until(stops: Sequence[str], lines: Sequence[str]) -> Iterator[str]:
    """The lines, each written from its end, up to where a stop text came."""
    for line in lines:
        kept = line
        for stop in stops:
            kept = kept.rpartition(stop)[2]
        yield kept
        if kept != line:
            break
