"""The data of a training: three labelled texts, and what may be said of them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.texts import LabelledTexts, Sources, read_texts, reopen_texts
from seqkit.tasks.runs import Run

NAMES = ("train", "valid", "test")
SHOWN = 5
"""Strange labels that a warning names."""


@dataclass(frozen=True)
class ClassifyingData:
    """The texts as they were read; `test` may be missing."""

    labels: Labels
    texts: dict[str, LabelledTexts]

    def describe(self) -> dict[str, Any]:
        """The size, the sha256 and the labels of each text."""
        return {
            name: {
                "texts": len(part),
                "characters": part.characters,
                "labels": dict(sorted(_counts(part).items())),
                "sha256": part.sha256(),
            }
            for name, part in self.texts.items()
        }

    def warnings(self) -> list[str]:
        """What users should know of the texts."""
        train = self.texts["train"]
        found = [warning for part in self.texts.values() for warning in part.warnings]
        single = [label for label, count in _counts(train).items() if count == 1]
        if single:
            found.append(
                f"{train.name}: only one text has the label {_few(single)}: too few to learn from"
            )
        for name, part in self.texts.items():
            if strange := sorted(set(_counts(part)) - set(self.labels.names)):
                found.append(
                    f"{part.name}: {name} has labels that the training text lacks, which cannot "
                    f"be found and count as wrong: {_few(strange)}"
                )
        return found

    def save(self, run: Run) -> None:
        """Write the texts into a run's checkpoint, where `reopen_data` finds them again."""
        for name, part in self.texts.items():
            part.save(run.checkpoint / f"{name}.jsonl")


def read_data(sources: Sources) -> ClassifyingData:
    """Read the texts; ValueError for texts that a classifier cannot be trained on."""
    texts = {"train": read_texts(sources.train)}
    for name, source in (("valid", sources.valid), ("test", sources.test)):
        if source is not None:
            texts[name] = read_texts(source)
    return ClassifyingData(_labels_of(texts["train"]), texts)


def reopen_data(run: Run) -> ClassifyingData:
    """The data of an unfinished run."""
    paths = {name: run.checkpoint / f"{name}.jsonl" for name in NAMES}
    texts = {name: reopen_texts(path) for name, path in paths.items() if path.exists()}
    if not {"train", "valid"} <= set(texts):
        raise ValueError(f"{run.checkpoint}: its texts are gone; train anew with --force")
    return ClassifyingData(_labels_of(texts["train"]), texts)


def _labels_of(train: LabelledTexts) -> Labels:
    labels = Labels.of(train.labels)
    if len(labels.names) < (1 if labels.many else 2):
        raise ValueError(
            f"{train.name}: its texts have {len(labels.names)} label, so there is nothing to "
            "learn; give texts of two labels or more"
        )
    if everywhere := [
        name for name, n in _counts(train).items() if labels.many and n == len(train)
    ]:
        raise ValueError(
            f"{train.name}: every text has the label {_few(everywhere)}, so nothing can be learnt "
            "of it; leave it out"
        )
    return labels


def _counts(part: LabelledTexts) -> Counter[str]:
    return Counter(label for own in part.labels for label in own)


def _few(labels: list[str]) -> str:
    return ", ".join(labels[:SHOWN]) + (f" and {len(labels) - SHOWN} more" * (len(labels) > SHOWN))
