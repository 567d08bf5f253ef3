"""`classify-image`, and `evaluate`, `diagnose`, `inspect` and `plot` of nets of images."""

import json

import numpy as np
import pytest

from seqkit.cli import image_pictures
from seqkit.cli.main import run
from seqkit.corpora.idx import idx_blocks
from seqkit.tasks import imaging
from seqkit.tasks.imaging.images import read_images
from seqkit.tasks.runs import read_json
from seqkit.vision.build import ACTIVATIONS
from tests.report.test_curves import texts
from tests.tasks.pictured import KINDS, draw, settings, write

TRUNK = "conv 6x3 same, bn, relu, pool 2, flatten"
PNG = b"\x89PNG"


def train(folder, *options, **changes):
    """A run on 160 images that lie beside it."""
    from tests.cli.test_train_image import flags

    data = write(folder / "own", 160)
    arguments = ["train-image", data, "--valid", "0.25", "--out", folder / "run", "--quiet"]
    assert run(list(map(str, [*arguments, *flags(**changes), *options]))) == 0
    return folder / "run"


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    return train(tmp_path_factory.mktemp("classifier"))


@pytest.fixture(scope="module")
def siamese(tmp_path_factory):
    folder = tmp_path_factory.mktemp("siamese")
    return train(folder, "--model", "siamese", "--hold-out", "spot,lying", layers=TRUNK)


@pytest.fixture(scope="module")
def others():
    return draw("others", 12, 7)


@pytest.fixture(scope="module")
def answers(classifier, others):
    """What the library says of the other images."""
    return list(imaging.load(classifier, "cpu").classify(read_images(others)))


def save_png(folder, pictures):
    """The images as files of a folder, in their order."""
    image = pytest.importorskip("PIL.Image")
    folder.mkdir()
    paths = [folder / f"{k:02}.png" for k in range(len(pictures.labels))]
    for path, pixels in zip(paths, pictures.pixels, strict=True):
        image.fromarray(pixels[..., 0]).save(path)
    return paths


def cells(out):
    return [line.split("\t") for line in out.splitlines()]


def test_a_class_a_probability_and_a_place_a_line(seqkit, classifier, others, answers, tmp_path):
    paths = save_png(tmp_path / "f", others)
    result = seqkit("classify-image", classifier, "f", paths[3])
    assert (result.code, result.err) == (0, "")
    wanted = [[one.label, f"{max(one.probabilities):.4f}"] for one in [*answers, answers[3]]]
    assert [row[:2] for row in cells(result.out)] == wanted
    assert [row[2] for row in cells(result.out)] == [f"f/{p.name}" for p in paths] + [str(paths[3])]


def test_arrays_need_no_labels_and_one_image_can_be_chosen(
    seqkit, classifier, others, answers, tmp_path
):
    np.savez(tmp_path / "a.npz", images=others.pixels[..., 0])
    (tmp_path / "a.idx").write_bytes(b"".join(idx_blocks(others.pixels[..., 0])))
    for name in ("a.npz", "a.idx"):
        rows = cells(seqkit("classify-image", classifier, name).out)
        assert [row[0] for row in rows] == [one.label for one in answers]
        assert rows[4][2] == f"{name}, image 5"
        (row,) = cells(seqkit("classify-image", classifier, name, "--index", 5, "--top", 4).out)
        assert row[8] == f"{name}, image 5" and sorted(row[:8:2]) == sorted(KINDS)
        shares = [float(share) for share in row[1:8:2]]
        assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(1, abs=2e-4)
    message = seqkit("classify-image", classifier, "a.idx", "--index", 13).error
    assert message == "--index 13: a.idx has the images 1 to 12"


def test_json_is_an_object_a_line(seqkit, classifier, others, answers, tmp_path):
    np.savez(tmp_path / "a.npz", images=others.pixels)
    result = seqkit("classify-image", classifier, "a.npz", "--json")
    for line, one in zip(result.out.splitlines(), answers, strict=True):
        found = json.loads(line)
        assert found["image"].startswith("a.npz, image ") and found["label"] == one.label
        assert found["probability"] == max(one.probabilities)
        shares = dict(zip(sorted(KINDS), one.probabilities, strict=True))
        assert found["probabilities"] == shares
        assert next(iter(found["probabilities"])) == one.label


def test_a_siamese_net_recognises_by_a_gallery(seqkit, siamese, others, tmp_path):
    known = draw("known", 4, 9)
    paths = save_png(tmp_path / "f", others)
    for path, label in zip(save_png(tmp_path / "k", known), known.labels, strict=True):
        (tmp_path / "gallery" / label).mkdir(parents=True)
        path.rename(tmp_path / "gallery" / label / "one.png")
    result = seqkit("classify-image", siamese, "f", "--gallery", "gallery")
    assert (result.code, result.err) == (0, "")
    trained = imaging.load(siamese, "cpu")
    wanted = list(trained.recognise(read_images(known), read_images(others)))
    assert cells(result.out) == [
        [one.label, f"{one.distance:.4f}", f"f/{path.name}"]
        for one, path in zip(wanted, paths, strict=True)
    ]
    result = seqkit("classify-image", siamese, paths[0], "--gallery", "gallery", "--json")
    found = json.loads(result.out)
    assert {*found} == {"image", "label", "distance"}
    assert "add --gallery FOLDER" in seqkit("classify-image", siamese, "f").error
    options = ("--gallery", "gallery", "--top", 2)
    assert seqkit("classify-image", siamese, "f", *options).error.startswith("--top is for nets")


def test_images_that_cannot_be_classified(seqkit, classifier, others, tmp_path):
    image = pytest.importorskip("PIL.Image")
    image.new("RGB", (9, 8)).save(tmp_path / "low.png")
    image.new("RGB", (9, 9)).save(tmp_path / "good.png")
    image.fromarray(others.pixels[0, ..., 0]).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:80])
    (tmp_path / "text.idx").write_bytes(b"words")
    (tmp_path / "labels.idx").write_bytes(b"".join(idx_blocks(np.zeros(3, np.uint8))))
    (tmp_path / "empty").mkdir()
    np.savez(tmp_path / "a.npz", pictures=others.pixels)
    np.savez(tmp_path / "big.npz", images=np.zeros((2, 9, 10), np.uint8))
    for name, message in (
        ("low.png", "low.png: an image of 8 x 9 in grey, but the training has 9 x 9 in grey"),
        ("big.npz", "big.npz, image 1: an image of 9 x 10 in grey, but the training has 9 x 9 "),
        ("cut.png", "cut.png is damaged, or no PNG or JPEG ("),
        ("text.idx", "text.idx is no IDX file"),
        ("labels.idx", "labels.idx holds no images but uint8 of shape (3,)"),
        ("empty", "empty holds no .png or .jpg or .jpeg file"),
        ("a.npz", "a.npz: no array 'images', it holds pictures; save images"),
        ("none.png", "none.png: No such file or directory"),
        ("none", "none: no such file"),
    ):
        result = seqkit("classify-image", classifier, name)
        assert result.code == 2 and result.error.startswith(message), result
    assert seqkit("classify-image", classifier, "good.png").code == 0
    message = seqkit("classify-image", classifier, "good.png", "--index", 1).error
    assert message == "--index 1 goes with a file of many images, not with good.png"
    message = seqkit("classify-image", classifier, "good.png", "--gallery", "empty").error
    assert message.startswith("--gallery is for a siamese net")


def test_runs_of_other_tasks_are_refused(seqkit, trained, classifier):
    message = seqkit("classify-image", trained, "shapes").error
    assert message == f"{trained}: a run of the task 'language', not 'imaging'"
    message = seqkit("classify", classifier, stdin="a text").error
    assert message == f"{classifier}: a run of the task 'imaging', not 'classifying'"
    message = seqkit("train-image", "--from", trained).error
    assert message == f"--from {trained}: a run of the task 'language', not 'imaging'"


# evaluate, diagnose, inspect.


def test_evaluate_shows_what_the_library_measures(seqkit, classifier, tmp_path):
    data = write(tmp_path / "new", 60, 5)
    result = seqkit("evaluate", classifier, "new.npz", "--class-weights", "spot=2", "--json")
    found = json.loads(result.out)
    wanted = imaging.load(classifier, "cpu").evaluate(draw("new", 60, 5), {"spot": 2.0})
    for name in ("loss", "accuracy", "f1", "weighted_error", "confusion_matrix", "by_label"):
        assert found[name] == wanted[name]
    plain = seqkit("evaluate", classifier, data).out
    low, high = wanted["accuracy_interval"]
    assert plain.startswith(
        f"accuracy           {wanted['accuracy']:.4f}  (95 %: {low:.4f} to {high:.4f}, bootstrap "
        f"over images)\nloss               {wanted['loss']:.4f}  nats an image\n"
    )
    for error in wanted["worst"]:
        number = error["place"].removeprefix("new, image ")
        said = f"{error['predicted'][0]} {error['confidence']:.4f}, in truth {error['gold'][0]}\n"
        assert f"\n{data}, image {number}: {said}" in plain
    assert seqkit("evaluate", classifier, "new.npz", "--min", "accuracy=1.1").code == 1
    message = seqkit("evaluate", classifier, "new.npz", "--class-weights", "dot=2").error
    assert message.startswith("--class-weights dot: no such class; there are: aslant, ")
    message = seqkit("evaluate", classifier, "new.npz", "--against", classifier).error
    assert message == f"--against is for a classifier, and {classifier} is a net of images"


def test_evaluate_of_a_siamese_net(seqkit, siamese, tmp_path):
    write(tmp_path / "new", 60, 5)
    wanted = imaging.load(siamese, "cpu").evaluate(draw("new", 60, 5))
    lines = seqkit("evaluate", siamese, "new.npz").out.splitlines()
    accuracy = f"{wanted['accuracy']:.4f}  4-way one-shot, one known image a class"
    assert lines[0] == f"accuracy           {accuracy}" and lines[-1].split() == ["images", "60"]
    message = seqkit("evaluate", siamese, "new.npz", "--class-weights", "spot=2").error
    assert message.startswith("--class-weights goes with nets that know their classes")


def test_diagnose_and_inspect(seqkit, classifier, siamese, tmp_path):
    write(tmp_path / "new", 60, 5)
    found = json.loads(seqkit("diagnose", classifier, "--train-dev", "new.npz", "--json").out)
    metrics = read_json(classifier / "metrics.json")
    errors = {"train": metrics["train"], "dev": metrics["valid"]}
    errors["train_dev"] = imaging.load(classifier, "cpu").evaluate(draw("new", 60, 5))
    for name, part in errors.items():
        assert found["errors"][name] == pytest.approx(1 - part["accuracy"])
    assert seqkit("diagnose", siamese).code == 0
    held = json.loads(seqkit("inspect", classifier, "--json").out)
    assert held["classes"] == sorted(KINDS) and held["images"] == "1 x 9 x 9"
    assert held["parameters"]["head.weight"] == [4, 96]
    plain = seqkit("inspect", classifier).out
    assert "classes         aslant, lying, spot, standing\n" in plain and "valid accuracy " in plain


# Pictures.


def test_the_pictures_of_a_classifier(seqkit, classifier, tmp_path):
    pytest.importorskip("matplotlib")
    write(tmp_path / "new", 60, 5)
    for option in ("--filters", "--mistakes", "--confusion", "--reliability", None):
        options = [option] if option else []
        result = seqkit("plot", classifier, *options, "--out", "own.svg")
        assert (result.code, result.out) == (0, "own.svg\n"), result
    shares = imaging.load(classifier, "cpu").evaluate(draw("new", 60, 5))
    result = seqkit("plot", classifier, "--mistakes", "--text", "new.npz", "--out", "m.svg")
    words = texts(tmp_path / "m.svg")
    wrong = round(60 * (1 - shares["accuracy"]))
    shown = min(wrong, image_pictures.MISTAKES)
    assert f"{classifier} on new.npz: {shown} of {wrong} mistakes, surest first" in words
    assert f"taken for {shares['worst'][0]['predicted'][0]}" in words
    assert f"{shares['worst'][0]['confidence']:.1%}" in words
    seqkit("plot", classifier, "--confusion", "--text", "new.npz", "--out", "c.svg")
    assert f"{shares['accuracy']:.1%} of 60 images lie on the diagonal" in texts(tmp_path / "c.svg")


def test_pictures_that_cannot_be_drawn(seqkit, classifier, siamese, trained, tmp_path):
    pytest.importorskip("matplotlib")
    for option in ("--mistakes", "--confusion", "--reliability"):
        message = seqkit("plot", siamese, option).error
        assert (
            message == f"{siamese}: {option} is for nets that know their classes, this is siamese"
        )
    assert seqkit("plot", siamese, "--filters", "--out", "f.png").code == 0
    assert seqkit("plot", siamese, "--out", "l.svg").code == 0
    assert "loss, squared distance" in texts(tmp_path / "l.svg")
    message = seqkit("plot", trained, "--filters").error
    assert message == f"{trained}: a run of the task 'language', not 'imaging'"
    message = seqkit("plot", classifier, "--filters", "--mistakes").error
    assert message.startswith("--filters and --mistakes are different pictures")
    assert seqkit("plot", classifier, "--filters", "--text", "x").error.startswith("--text goes ")


@pytest.mark.parametrize(
    ("changes", "kinds", "title", "names"),
    [
        ({"model": "logistic"}, KINDS, "what speaks for each class, and against it", KINDS),
        ({"model": "logistic"}, KINDS[:2], "what speaks for standing, and against it", KINDS[1:2]),
        (
            {"model": "mlp", "hidden": "70"},
            KINDS,
            "70 units of the first layer, the 64 largest",
            (),
        ),
        ({"model": "resnet", "widths": "4"}, KINDS, "4 filters of the first layer", ()),
    ],
)
def test_filters_of_every_kind(seqkit, tmp_path, changes, kinds, title, names):
    pytest.importorskip("matplotlib")
    from tests.tasks.pictured import Sources

    given = Sources(draw("train", 40, 1, kinds), draw("valid", 20, 2, kinds))
    imaging.train(settings(layers=None, epochs=1, **changes), given, tmp_path / "run")
    assert seqkit("plot", "run", "--filters", "--out", "f.svg").code == 0
    words = texts(tmp_path / "f.svg")
    assert f"run: {title}" in words and set(names) <= set(words)
    assert not (set(KINDS) - set(names)) & set(words)


def test_the_first_weights_are_those_nearest_to_the_pixels(classifier):
    model = imaging.load(classifier, "cpu").model
    found = image_pictures.first_weights(model)
    assert found.shape == (6, 1, 3, 3) and "relu" in ACTIVATIONS
    np.testing.assert_array_equal(found, model.trunk[0].weight.detach().numpy())
