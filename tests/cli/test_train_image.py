"""`train-image`: what it prints and writes, going on with --resume, and bad input."""

import dataclasses
import gzip
import json
import re
import signal

import click
import numpy as np
import pytest

from seqkit.cli import imaging_report, train_image
from seqkit.corpora import shapes
from seqkit.corpora.idx import idx_blocks
from seqkit.tasks import imaging
from seqkit.tasks.imaging import ImageSettings
from seqkit.tasks.imaging.settings import MODELS
from seqkit.tasks.runs import Run, read_json
from seqkit.train.optimizers import OPTIMIZERS
from seqkit.train.precision import PRECISIONS
from seqkit.train.schedules import SCHEDULES
from seqkit.vision.layer_kinds import ACTIVATIONS
from tests.tasks.pictured import KINDS, SETTINGS, SIDE, draw, settings, write

PROMISED = {"run", "epochs", "seconds", "tokens_per_second", "train", "valid", "test"}


def flags(**changes):
    """The options of a small training; None leaves one out."""
    options = {**SETTINGS, **changes}
    return [
        part
        for name, value in options.items()
        if value is not None
        for part in (f"--{name.replace('_', '-')}", str(value))
    ]


@pytest.fixture
def train(seqkit):
    def call(*arguments, **changes):
        return seqkit("train-image", *arguments, *flags(**changes))

    return call


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return write(tmp_path_factory.mktemp("images") / "own", 160)


@pytest.fixture(scope="module")
def test_images(tmp_path_factory):
    return write(tmp_path_factory.mktemp("images") / "test", 40, 2)


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


def test_stdout_has_the_result_and_stderr_the_rest(train, images, test_images, tmp_path):
    result = train(images, "--test", test_images, "--out", "run")
    assert result.code == 0
    config, metrics = (read_json(tmp_path / "run" / f"{n}.json") for n in ("config", "metrics"))
    lines = result.out.splitlines()
    for line, name in zip(lines, ("valid", "test"), strict=False):
        own = metrics[name]
        assert line.startswith(f"{name:<6} accuracy {own['accuracy']:.4f} (95 %: ")
        assert f"; majority 0.2500), f1 {own['f1']:.4f}, loss {own['loss']:.4f}, " in line
    assert lines[3].split() == ["test", "precision", "recall", "f1", "gold", "predicted"]
    assert [line.split()[0] for line in lines[5:]] == sorted(KINDS)
    facts = dict(re.findall(r"^(\w+) {2,}(.+)$", result.err, re.MULTILINE))
    assert facts["corpus"] == "own.npz (train): images train 144, valid 16, test 40"
    assert facts["sha256"] == f"{config['corpus']['train']['sha256']} (train)"
    assert facts["images"] == "1 x 9 x 9 (channels x rows x columns)"
    assert facts["classes"] == "4: aslant 36, lying 36, spot 36, standing 36"
    parameters = 6 * 9 + 12 + 6 * 16 * 4 + 4
    assert facts["model"] == f"cnn: {parameters} parameters"
    assert facts["device"].startswith("cpu") and facts["device"].endswith("fp32, seed 0")
    assert facts["majority"].startswith("valid accuracy 0.2500")
    assert result.err.splitlines()[-1] == "next: seqkit classify-image run FILE"


def test_a_line_and_a_sample_an_epoch(train, images, tmp_path):
    lines = train(images, "--out", "run").err.splitlines()
    epochs = [number for number, line in enumerate(lines) if " epoch " in line]
    history = Run(tmp_path / "run").read_history()
    assert len(epochs) == len(history) == 3
    for number, record in zip(epochs, history, strict=True):
        valid, mark = record["valid"], "*" if record["best"] else " "
        assert (
            f"  valid {valid['loss']:.4f}  accuracy {valid['accuracy']:.4f}{mark}"
            in (lines[number])
        )
        assert " images/s  " in lines[number]
        found = re.fullmatch(
            r" {12}\S+, image \d+ -> (\w+) \(0\.\d{4}(?:, in truth (\w+))?\)", lines[number + 1]
        )
        assert found and {found[1], found[2] or "spot"} <= {*KINDS} and found[1] != found[2]


def test_json_is_one_object_with_what_is_promised(train, images, test_images, tmp_path):
    result = train(images, "--test", test_images, "--out", "run", "--json", "--quiet", epochs=1)
    assert (result.code, result.err) == (0, "")
    found = json.loads(result.out)
    assert {*found} >= PROMISED and (found["run"], found["epochs"]) == ("run", 1)
    for split in ("train", "valid", "test"):
        assert {"loss", "accuracy", "f1", "images", "by_label", "worst"} <= {*found[split]}
    assert found == read_json(tmp_path / "run" / "metrics.json")


def test_the_card_and_the_notes_tell_where_the_run_comes_from(train, images, tmp_path):
    assert train(images, "--out", "run", "--valid", "0.2", "--quiet", epochs=1).code == 0
    card = (tmp_path / "run" / "README.md").read_text()
    assert "classifier of images (4 classes)" in card and "own.npz" in card
    assert "seqkit classify-image run FILE\n" in card and "nats an image" in card
    assert "| the commonest class |" in card
    assert read_json(tmp_path / "run" / "config.json")["notes"] == {
        **{"train": str(images), "valid": "0.2", "test": None, "labels": None},
        "synthetic": False,
    }


def test_a_siamese_net_is_told_by_classes_that_it_has_not_seen(train, images, tmp_path):
    options = ("--model", "siamese", "--hold-out", "spot,lying", "--valid", "0.2", "--out", "run")
    result = train(images, *options, layers="conv 6x3 same, bn, relu, pool 2, flatten", epochs=2)
    assert result.code == 0
    metrics = read_json(tmp_path / "run" / "metrics.json")["valid"]
    accuracy = f"accuracy {metrics['accuracy']:.4f} (2-way one-shot; chance 0.5000)"
    assert result.out == f"valid  {accuracy}, loss {metrics['loss']:.4f}\n"
    assert "held out    2: lying 8, spot 8 (valid), never seen in training\n" in result.err
    assert "chance      valid accuracy 0.5000" in result.err and " triplets/s " in result.err
    assert result.err.count("to one image of it") == 2
    assert result.err.endswith("next: seqkit classify-image run FILE --gallery FOLDER\n")
    card = (tmp_path / "run" / "README.md").read_text()
    assert "siamese net, one-shot recognition" in card and "| a class drawn at random |" in card


def test_a_trunk_is_kept_with_the_net_of_the_run(train, images, tmp_path):
    assert train(images, "--out", "first", "--quiet", epochs=1).code == 0
    result = train(images, "--from", "first", "--freeze", 1, "--out", "b", layers=None, epochs=2)
    assert result.code == 0
    assert "model       cnn, its trunk from first and frozen for 1 epoch: " in result.err
    result = train(images, "--from", "first", "--out", "c", layers=None, epochs=1)
    assert "its trunk from first and frozen: " in result.err
    first, last = (imaging.load(tmp_path / name, "cpu").model for name in ("first", "c"))
    for one, other in zip(first.trunk.parameters(), last.trunk.parameters(), strict=True):
        assert one.equal(other)
    assert "--layers goes with a net from scratch" in train(images, "--from", "first").error
    message = train(images, "--from", "nothing", layers=None).error
    assert message == "--from nothing: not a run folder (it has no config.json)"


def test_a_dry_run_shows_the_layers_and_writes_nothing(train, images, tmp_path):
    shown = json.loads(train(images, "--dry-run", "--json").out)
    assert (shown["images"], shown["classes"], shown["model"]) == (144, 4, "cnn")
    assert shown["table"][0] == {"layer": "conv 6x3 same", "output": [6, 9, 9], "parameters": 54}
    assert sum(row["parameters"] for row in shown["table"]) == shown["parameters"] == 454
    plain = train(images, "--dry-run").out
    assert "parameters         454\n" in plain
    rows = [line.split() for line in plain.splitlines()[-9:]]
    assert rows[0] == ["layer", "output", "parameters"] and rows[-1] == ["454"]
    assert ["flatten", "96", "0"] in rows and ["dense", "4", "4", "388"] in rows
    assert list(tmp_path.iterdir()) == []


def test_the_default_are_the_built_in_shapes(seqkit, tmp_path, monkeypatch):
    for split in shapes.SIZES:
        monkeypatch.setitem(shapes.SIZES, split, 20)
    shown = json.loads(seqkit("train-image", "--dry-run", "--json").out)
    assert (shown["images"], shown["classes"]) == (20, 10)
    layers = ("--layers", "pool 4, flatten, dense 10")
    result = seqkit("train-image", *layers, "--epochs", 1, "--threads", 1, "--quiet")
    assert result.code == 0
    assert read_json(tmp_path / "runs/image/config.json")["notes"]["synthetic"] is True


def test_idx_files_with_labels_beside_them_or_named(train, images, tmp_path):
    with np.load(images) as kept:
        pixels, names = kept["images"][..., 0], kept["labels"]
    numbers = np.unique(names, return_inverse=True)[1].astype(np.uint8)
    (tmp_path / "a-images-idx3-ubyte").write_bytes(b"".join(idx_blocks(pixels)))
    packed = gzip.compress(b"".join(idx_blocks(numbers)))
    (tmp_path / "a-labels-idx1-ubyte.gz").write_bytes(packed)
    assert train("a-images-idx3-ubyte", "--out", "one", "--quiet", epochs=1).code == 0
    (tmp_path / "a-labels-idx1-ubyte.gz").rename(tmp_path / "other")
    options = ("--labels", "other", "--out", "two", "--quiet")
    assert train("a-images-idx3-ubyte", *options, epochs=1).code == 0
    assert weights(tmp_path / "one") == weights(tmp_path / "two")
    assert imaging.load("two", "cpu").labels.names == ("0", "1", "2", "3")


# Stopping and going on.


@pytest.fixture
def stopped(train, images, monkeypatch):
    """What was printed of a run in the folder run, stopped by Ctrl-C after some steps."""
    step = imaging_report._Watcher.on_step

    def on_step(self, loop):
        step(self, loop)
        if loop.at.steps == 7:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(imaging_report._Watcher, "on_step", on_step)
        return train(images, "--out", "run", "--shift", 1)


def test_ctrl_c_saves_and_resume_goes_on(stopped, train, seqkit, images, tmp_path):
    assert stopped.code == 130 and stopped.out == "" and "Traceback" not in stopped.err
    assert "go on with: seqkit train-image --resume --out run\n" in stopped.err
    result = seqkit("train-image", "--resume", "--out", "run", "--json")
    assert result.code == 0 and json.loads(result.out)["epochs"] == 3
    assert train(images, "--out", "whole", "--shift", 1, "--quiet").code == 0
    assert weights(tmp_path / "run") == weights(tmp_path / "whole")
    again = seqkit("train-image", "--resume", "--out", "run", "--json")
    assert again.code == 0 and "finished already" in again.err and again.out == result.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--shift", 2], "--shift 2: the run in run began with 1;"),
        (["--flip"], "--flip: the run in run began with --no-flip;"),
        (["--model", "mlp"], "--model mlp: the run in run began with cnn;"),
        (["--labels", "x"], "--labels x: the run in run began with none;"),
        (["other.npz"], "TRAIN other.npz: the run in run began with "),
    ],
    ids=str,
)
def test_resuming_with_other_options_is_refused(stopped, seqkit, options, message):
    result = seqkit("train-image", "--resume", "--out", "run", *options)
    assert result.code == 2 and message in result.error


# Bad input.


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("conv 6x3, poool 2, flatten, dense 4", "layer 2, 'poool 2': 'poool' at word 1 is no kind"),
        ("conv 6, flatten, dense 4", "layer 1, 'conv 6': '6' at word 2 does not say how many"),
        ("conv 6x12, flatten, dense 4", "layer 1, 'conv 6x12': a filter of 12 is larger than its"),
        ("conv 6x3, dense 4", "layer 2, 'dense 4': W[l] is (n[l], n[l-1]), so it needs a vector"),
        ("flatten, dense 3", "the last layer is 'dense 3', but "),
    ],
)
def test_a_specification_that_makes_no_net(train, images, tmp_path, layers, message):
    result = train(images, "--out", "run", layers=layers)
    assert result.code == 2 and result.error.startswith(f"--layers: {message}")
    assert list(tmp_path.iterdir()) == []


def idx(path, array):
    path.write_bytes(b"".join(idx_blocks(array)))


def test_damaged_and_unfit_idx_files(train, tmp_path):
    pixels = draw("p", 24, 1).pixels[..., 0]
    whole = b"".join(idx_blocks(pixels))
    images, labels = tmp_path / "x-images-idx3-ubyte", tmp_path / "x-labels-idx1-ubyte"
    idx(labels, np.arange(24, dtype=np.uint8) % 4)
    for data, message in (
        (whole[:-10], "ends early"),
        (whole[:9], "ends early, inside its header"),
        (b"PK" + whole, "is no IDX file"),
        (gzip.compress(whole)[:-30], "is a damaged gzip file"),
    ):
        images.write_bytes(data)
        result = train(images.name)
        assert result.code == 2 and result.error.startswith(images.name) and message in result.error
    images.write_bytes(whole)
    idx(labels, np.arange(23, dtype=np.uint8) % 4)
    assert train(images.name).error == (
        f"{images.name} has 24 images but {labels.name} 23 labels; give the files that belong "
        "together"
    )
    idx(labels, np.zeros(24, np.uint8))
    assert train(images.name).error.startswith(f"{images.name}: every image has the label 0, so ")
    labels.unlink()
    assert f"no {labels.name} beside it" in train(images.name).error


def test_damaged_and_unfit_folders(train, tmp_path):
    image = pytest.importorskip("PIL.Image")
    pictures = draw("p", 24, 1)
    for k, label in enumerate(pictures.labels):
        (tmp_path / "f" / label).mkdir(parents=True, exist_ok=True)
        image.fromarray(pictures.pixels[k, ..., 0]).save(tmp_path / "f" / label / f"{k:02}.png")
    assert train("f", "--out", "run", "--valid", "0.2", "--quiet", epochs=1).code == 0
    path = tmp_path / "f" / "lying" / "00.png"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert train("f").error.startswith("f/lying/00.png is damaged, or no PNG or JPEG (")
    image.new("L", (SIDE, SIDE + 1)).save(path)
    assert "f/lying/00.png is 10 x 9, but f/aslant/02.png 9 x 9 " in train("f").error
    path.write_bytes(whole)
    (tmp_path / "one" / "lying").mkdir(parents=True)
    (tmp_path / "one" / "lying" / "a.png").write_bytes(whole)
    assert train("one").error.startswith("one holds one class alone, lying")
    assert "f/lying/00.png is one image" in train("f/lying/00.png").error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere"),
        (["smallworld"], "smallworld has no images: take shapes, "),
        (["--hold-out", "spot"], "--hold-out goes with --model siamese"),
        (["--hidden", "5"], "--hidden goes with --model mlp, not cnn: leave it out"),
        (["--freeze", "1"], "--freeze goes with --from RUN"),
        (["--model", "unet"], "unknown --model 'unet'"),
        (["--resume"], "--resume needs --out"),
    ],
    ids=str,
)
def test_options_and_names_that_cannot_be(train, images, arguments, message):
    given = arguments if not arguments[0].startswith("--") else [images, *arguments]
    result = train(*given)
    assert result.code == 2 and message in result.error


def test_held_out_classes_that_are_not_there(train, images):
    options = ("--model", "siamese", "--hold-out", "spot,dot", "--valid", "0.2")
    result = train(images, *options, layers="flatten, dense 8")
    assert result.code == 2 and result.error.startswith("--hold-out dot: no image of own.npz")
    result = train(images, *options[:3], "spot", *options[4:], layers="flatten, dense 8")
    assert result.code == 2 and "1 of 1 classes have as many; give more images" in result.error


# The options against the settings: no drift.

FIELDS = {field.name: field for field in dataclasses.fields(ImageSettings)}
OPTIONS = {p.name: p for p in train_image.command.params if isinstance(p, click.Option)}
OF_THE_COMMAND = {
    *("valid", "test", "labels", "out", "force", "resume", "dry_run", "quiet", "as_json", "config")
}
WORDS = {
    "model": "cnn; with --from, its",
    "layers": "two pairs of convolutions, then dense 256",
    "batch_norm": "batch-norm",
    "flip": "no-flip",
    "freeze": "never",
    "threads": "one a core",
}
"""What stands in brackets where it is not the default itself."""


def test_every_setting_is_an_option_and_the_other_way_round():
    assert set(OPTIONS) - OF_THE_COMMAND == set(FIELDS)
    assert len(train_image.SETTINGS) == len(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_the_default_in_brackets_is_the_default(name):
    found = re.search(r"\(([^()]*)\)\.?$", OPTIONS[name].help or "")
    assert found, OPTIONS[name].help
    shown, default = found[1], getattr(ImageSettings(), name)
    if name in WORDS:
        assert shown == WORDS[name]
    elif default is None:
        assert shown == "none"
    elif isinstance(default, str):
        assert shown == default
    else:
        assert float(shown) == default
    assert OPTIONS[name].default in (None, click.core.UNSET)


@pytest.mark.parametrize(
    ("option", "known"),
    [
        ("model", MODELS),
        ("activation", ACTIVATIONS),
        ("optimizer", OPTIMIZERS),
        ("schedule", SCHEDULES),
        ("precision", PRECISIONS),
    ],
)
def test_the_names_to_choose_from_are_all_there(option, known):
    shown = OPTIONS[option].help or ""
    for name in known:
        assert re.search(rf"(^|[ (]){re.escape(name)}([ ,.)]|$)", shown), (name, shown)


def test_a_program_gets_the_same_as_the_command(train, images, tmp_path):
    from seqkit.corpora.image_catalogue import open_image_splits

    assert train(images, "--out", "run", "--quiet").code == 0
    imaging.train(settings(), open_image_splits(str(images)), tmp_path / "library")
    assert weights(tmp_path / "run") == weights(tmp_path / "library")
