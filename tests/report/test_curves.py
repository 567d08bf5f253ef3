import math
import sys
import xml.etree.ElementTree as ET

import pytest

from seqkit.report.curves import learning_curves


def epoch(number, train, valid, **more):
    return {
        "epoch": number,
        "seconds": 1.5,
        "train": {"loss": train},
        "valid": {
            "loss": valid,
            "perplexity": None if valid is None else math.exp(min(valid, 500)),
        },
        "lr": 0.001,
        **more,
    }


HISTORY = [epoch(1, 5.0, 5.1), epoch(2, 4.0, 4.4), epoch(3, 3.5, 4.2), epoch(4, 3.2, 4.3)]


def texts(path):
    """The text of an SVG: matplotlib draws glyphs, and leaves the words in comments."""
    parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))
    root = ET.parse(path, parser).getroot()
    return [node.text.strip() for node in root.iter() if node.tag is ET.Comment]


def drawn(tmp_path, history=HISTORY, **options):
    path = tmp_path / "curves.svg"
    learning_curves(history, path, **options)
    return texts(path)


def test_every_line_is_named_and_every_axis_has_its_unit(tmp_path):
    words = drawn(tmp_path, title="runs/small")
    assert {"runs/small", "train", "valid", "epoch"} <= set(words)
    assert "loss, nats a token (perplexity)" in words
    assert "5 (148)" in words
    assert "learning rate" not in words  # it never changed


def test_the_lowest_validation_loss_is_marked(tmp_path):
    assert "best epoch 3: loss 4.2" in drawn(tmp_path)
    assert "best epoch 2: loss 4.4" in drawn(tmp_path, [*HISTORY[:2], epoch(3, 4.0, 4.4)])
    kept = [{**HISTORY[0], "best": True}, {**HISTORY[1], "best": False}]
    kept[0]["valid"] = {"loss": 5.0, "f1": 0.75}
    assert "best epoch 1: F1 0.75" in drawn(tmp_path, kept)


def test_baselines_and_entropy_are_levels_with_their_values(tmp_path):
    words = drawn(
        tmp_path,
        baselines={"trigram": {"loss": 4.75}, "majority": {"accuracy": 0.5}},
        entropy=3.1,
    )
    assert {"trigram 4.75", "entropy 3.1"} <= set(words)
    assert "majority 0.5" not in words  # no accuracy in this history, so no panel for it


def test_shares_and_a_changing_rate_get_panels_of_their_own(tmp_path):
    history = [
        {"epoch": n, "valid": {"loss": 1 / n, "accuracy": 1 - 0.5 / n, "f1": 0.8}, "lr": 0.1**n}
        for n in range(1, 4)
    ]
    words = drawn(tmp_path, history, baselines={"majority": {"accuracy": 0.4}})
    assert {"valid accuracy", "valid f1", "majority 0.4", "share of 1", "learning rate"} <= set(
        words
    )
    assert "loss, nats" in words
    assert not {"train", "train accuracy", "valid bleu"} & set(words)


@pytest.mark.parametrize("bad", [math.nan, math.inf, None])
def test_a_loss_that_is_not_finite_is_a_gap_with_a_mark(tmp_path, bad):
    words = drawn(tmp_path, [*HISTORY[:2], epoch(3, bad, bad)])
    assert "not finite" in words
    assert "best epoch 2: loss 4.4" in words
    assert "best epoch 2: loss 4.4" in drawn(tmp_path, [epoch(1, bad, bad), HISTORY[1]])
    assert "not finite" not in drawn(tmp_path)


@pytest.mark.parametrize(
    "history",
    [
        HISTORY[:1],
        [epoch(1, math.nan, math.nan)],
        [{"epoch": 7}],
        [{"epoch": 1, "train": {"loss": 0.0}, "valid": None}],
        [epoch(1, 1e4, 1e4)],
        [epoch(n, 1e-9 * n, 1e9 * n) for n in (1, 2)],
    ],
)
def test_odd_histories_are_drawn(tmp_path, history):
    assert "epoch" in drawn(tmp_path, history)


def test_text_is_literal(tmp_path):
    words = drawn(tmp_path, title="$x_1$ \x1b[31m", baselines={"$\\frac$": {"loss": 5.0}})
    assert "$x_1$ \\x1b[31m" in words
    assert "$\\frac$ 5" in words


def test_the_same_history_gives_the_same_bytes(tmp_path):
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        learning_curves(HISTORY, tmp_path / name)
    for ending in ("svg", "png"):
        first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
        assert first.read_bytes() == second.read_bytes()


def test_a_png_is_a_picture_with_ink(tmp_path):
    import matplotlib.image

    path = tmp_path / "curves.PNG"
    learning_curves(HISTORY, path)
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    pixels = matplotlib.image.imread(path)
    height, width = pixels.shape[:2]
    assert width > 1000
    assert height > 500
    blue = (abs(pixels[..., 0] - 0.0) < 0.1) & (abs(pixels[..., 2] - 0.7) < 0.1)
    assert blue.sum() > 500  # the training curve


@pytest.mark.parametrize("name", ["curves.pdf", "curves", "png"])
def test_another_ending_is_refused_before_anything_is_written(tmp_path, name):
    with pytest.raises(ValueError, match=rf"{name}: a plot is a \.png or \.svg file"):
        learning_curves(HISTORY, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_history_without_epochs_is_refused(tmp_path):
    with pytest.raises(ValueError, match="history is empty"):
        learning_curves([], tmp_path / "a.png")
    with pytest.raises(ValueError, match="entry 2 of the history has no number as its 'epoch'"):
        learning_curves([HISTORY[0], {"train": {}}], tmp_path / "a.png")


def test_a_failure_leaves_the_old_plot(tmp_path, monkeypatch):
    import matplotlib.figure

    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def full(self, file, **options):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(matplotlib.figure.Figure, "savefig", full)
    with pytest.raises(OSError, match="no space left"):
        learning_curves(HISTORY, path)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.png", b"old")]


def test_without_matplotlib_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(RuntimeError, match=r'pip install "seqkit\[plots\]"'):
        learning_curves(HISTORY, tmp_path / "a.png")


def test_settings_of_the_caller_survive(tmp_path):
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        before = dict(matplotlib.rcParams)
        learning_curves(HISTORY, tmp_path / "a.svg")
        assert dict(matplotlib.rcParams) == before
