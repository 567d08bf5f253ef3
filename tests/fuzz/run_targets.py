"""Run folders made by a stranger: each file of a run of each kind, mutated; loaded, then used."""

import hashlib
import pathlib
import shutil
from collections.abc import Callable

import numpy as np

from seqkit.sums import check_sums
from seqkit.tasks import classifying, imaging, language, tagging, translating
from seqkit.tasks.imaging.trained import unlabelled
from seqkit.tasks.runs import Run, read_json
from seqkit.tasks.word2vec.earlier import read_earlier
from seqkit.train.checkpoint import load_tree, save_tree
from seqkit.vectors.files import load
from tests.fuzz.forms import Form, in_json, in_json_lines, in_safetensors
from tests.fuzz.small_runs import KINDS, train
from tests.fuzz.target import Target, of_file, put

FORMS: dict[str, Form] = {
    ".json": in_json, ".jsonl": in_json_lines, ".safetensors": in_safetensors,
}  # fmt: skip
SHARE = 0.12
"""Of each file: to load a run takes longer than to read a text."""
SLOW = {"tagger": 0.03, "reader": 0.02}


def use(kind: str, run: pathlib.Path) -> object:
    """Load a run of a kind and let it work a little."""
    read_json(run / "metrics.json")
    match kind:
        case "language" | "subwords":
            model = language.load(run, "cpu")
            return list(model.score(["the red fox"])), model.sample_text(4)
        case "tagger" | "reader":
            return list(tagging.load(run, "cpu").tag_text("Ann Lee left Port Rust. Cy!"))
        case "linear" | "averaged" | "wide" | "tuned":
            return list(classifying.load(run, "cpu").classify(["the soup was warm .", ""]))
        case "translator":
            settings = translating.SearchSettings(beam=2, max_tokens=5)
            return list(translating.load(run, "cpu").translate(["the red cat"], settings))
        case "images":
            pixels = np.zeros((1, 6, 6, 1), np.uint8)
            return list(imaging.load(run, "cpu").classify(unlabelled(pixels, ["x"], "x")))
        case "siamese":
            pixels = np.zeros((1, 6, 6, 1), np.uint8)
            return imaging.load(run, "cpu").embeddings(unlabelled(pixels, ["x"], "x")).sum()
        case "words":
            found = load(run)
            return found.most_similar([found.index_to_key[0]], topn=2), read_earlier(run)
    raise AssertionError(kind)


def _reader(kind: str, whole: pathlib.Path, part: str) -> Callable[[pathlib.Path, bytes], object]:
    def read(folder: pathlib.Path, data: bytes) -> object:
        run = folder / "stranger"
        if not run.exists():
            shutil.copytree(whole, run)
        path = put(run / pathlib.PurePath(part).parent, pathlib.PurePath(part).name, data)
        if path.suffix == ".jsonl":
            return Run(run).read_history()
        try:
            return use(kind, run)
        except RuntimeError as error:  # finite weights may overflow, which shows in use alone
            if "its weights are damaged" in str(error):
                raise ValueError(f"{run}: {error}") from error
            raise

    return read


def run_targets(folder: pathlib.Path, kinds: tuple[str, ...] = KINDS) -> list[Target]:
    """A target for each file of a run of each kind; the runs are trained in `folder`."""
    targets = []
    for kind in kinds:
        whole = train(folder, kind)
        for path in sorted(whole.rglob("*.*")):
            if path.suffix in FORMS and path.name != "metrics.json":
                part = str(path.relative_to(whole))
                read, seeds = _reader(kind, whole, part), [path.read_bytes()]
                form = FORMS[path.suffix]
                names, share = (
                    ("stranger", "the vector of", "a vector holds"),
                    SLOW.get(kind, SHARE),
                )
                targets.append(Target(f"{kind}: {part}", seeds, read, names, form, share))
    return [*targets, _checkpoint(folder), _sums()]


def _sums() -> Target:
    """SHA256SUMS, which names files."""
    digest = hashlib.sha256(b"x").hexdigest()
    seed = f"{digest}  config.json\n{digest}  encoders/1/config.json\n{digest}  ../x\n"

    def read(path: pathlib.Path) -> None:
        put(path.parent, "config.json", b"x")
        check_sums(path, path.parent)

    return of_file("SHA256SUMS", [seed], read)


def _checkpoint(folder: pathlib.Path) -> Target:
    import torch

    path = folder / "seed.safetensors"
    save_tree(path, {"weights": [torch.ones(2, 2)], "progress": {"epoch": 1, "best": None}})
    read = of_file("state.safetensors", [path.read_bytes()], load_tree, in_safetensors)
    return read
