"""What a written line is measured by: its references, one or several."""

from collections.abc import Sequence

References = Sequence[str | Sequence[str]]
"""For each line its one reference, or several."""


def as_lists(hypotheses: Sequence[str], references: References) -> list[list[str]]:
    """The references of each of N hypotheses as a list.

    Raises ValueError for another number of lines, and for a line without a reference.
    """
    if len(hypotheses) != len(references):
        raise ValueError(
            f"{len(hypotheses)} hypotheses and {len(references)} lines of references: "
            "give references for each hypothesis"
        )
    lists = [[line] if isinstance(line, str) else list(line) for line in references]
    if not all(lists):
        raise ValueError(f"line {lists.index([]) + 1} has no reference: give at least one")
    return lists
