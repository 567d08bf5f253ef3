"""From a run folder to a file of ONNX that other programs run without seqkit or torch."""

import os
import pathlib
from dataclasses import dataclass

import seqkit
from seqkit.files import atomic_write
from seqkit.tasks import classifying, imaging, language, tagging
from seqkit.tasks.exporting.checking import check
from seqkit.tasks.exporting.classifiers import ClassifierSubject
from seqkit.tasks.exporting.graph import OPSET, Graph, Value, libraries
from seqkit.tasks.exporting.images import ImageSubject
from seqkit.tasks.exporting.languages import LanguageSubject
from seqkit.tasks.exporting.subject import Subject
from seqkit.tasks.exporting.taggers import TaggerSubject
from seqkit.tasks.runs import Run

FORMAT = {"format": "seqkit-onnx", "version": "1"}


@dataclass(frozen=True)
class Exported:
    """A file that was written."""

    path: str
    size: int  # bytes
    task: str
    opset: int
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    difference: float  # the greatest between onnxruntime and seqkit, relative beyond 1


def export(
    run: str | os.PathLike[str], path: str | os.PathLike[str], replace: bool = False
) -> Exported:
    """Write the model of a finished run as one file of ONNX, with all that using it takes.

    The file is run in onnxruntime at two sizes of the batch and two lengths before it takes its
    name; the same run gives the same bytes. ValueError: no such run, a kind of model that cannot be
    exported, a `path` that is taken (unless `replace`), a model over 2 GB. RuntimeError: without
    onnx or onnxruntime, or where the file computes anything else than the model.
    """
    if pathlib.Path(path).exists() and not replace:
        raise ValueError(f"{path}: is there already; choose another name, or add --force")
    libraries()
    subject = open_subject(run)
    with atomic_write(path) as file:
        graph = Graph()
        subject.write(graph)
        metadata = subject.metadata()
        known = {**FORMAT, "seqkit": seqkit.__version__, **metadata}
        file.write(graph.model(known).SerializeToString(deterministic=True))
        size = file.tell()
        file.seek(0)
        difference = check(file.read(), subject)
    inputs, outputs = tuple(graph.inputs), tuple(graph.outputs)
    return Exported(str(path), size, metadata["task"], OPSET, inputs, outputs, difference)


def open_subject(path: str | os.PathLike[str]) -> Subject:
    """The model of a run, on the CPU; ValueError for a run that cannot be exported."""
    task = Run(path).read_config()["task"]
    match task:
        case "language":
            return LanguageSubject(language.load(path, "cpu"))
        case "imaging":
            return ImageSubject(imaging.load(path, "cpu"))
        case "classifying":
            return ClassifierSubject(classifying.load(path, "cpu"))
        case "tagging":
            return TaggerSubject(tagging.load(path, "cpu"))
        case "word2vec":
            raise ValueError(
                f"{path}: word vectors are a table, not a net; seqkit vectors convert {path} OUT "
                "writes it in a form that other programs read"
            )
    raise ValueError(
        f"{path}: a run of the task {task!r} cannot be exported; language models, taggers, "
        "classifiers and nets of images can"
    )
