"""Every panel answers as the command does that it names."""

import base64
import gzip
import io
import json
import math

import numpy as np
import pytest

from tests.serve.asked import GOLDEN, TASKS, golden, printed_json

NAMES = "Mara Kolb met Tilo in New Arden .\n\nBo 𝛼 saw Mara Kolb's hat; it isn't here."


def test_all_runs_are_listed_with_their_cards(site):
    status, _, body = site.send("GET", "/api/runs")
    listed = json.loads(body)
    assert status == 200 and [run["name"] for run in listed["runs"]] == list(TASKS)
    kinds = ["generate", "generate", "tag", "classify", "classify", "translate", "vectors", "image"]
    assert [run["kind"] for run in listed["runs"]] == kinds
    for run in listed["runs"]:
        (held,) = printed_json(run["card"]["command"])
        assert run["card"]["task"] == held["config"]["task"]
        shapes = held["parameters"].values() if "parameters" in held else []
        if shapes:
            assert run["card"]["parameters"] == sum(map(math.prod, shapes))
        assert set(run["card"]["settings"]) == {
            name for name, value in held["config"]["settings"].items() if value is not None
        }
        history = [(one["epoch"], one["train"]) for one in run["card"]["history"]]
        assert history == [(one["epoch"], one["train"]) for one in held["history"]]
    assert listed["limits"]["tokens"] == 512


def test_tags_are_those_of_the_command(site):
    found = site.answer("tagger", "tag", text=NAMES)
    entities = [
        {"start": one["start"], "stop": one["end"], "type": one["type"]}
        | {"confidence": one["confidence"]}
        for one in printed_json(found["command"])
    ]
    assert found["spans"] == entities and len(entities) > 2
    types = site_facts(site, "tagger")["types"]
    assert {span["type"] for span in entities} <= set(types)


def test_doubtful_entities_are_left_out(site):
    every = site.answer("tagger", "tag", text=NAMES)["spans"]
    least = sorted(span["confidence"] for span in every)[1]
    found = site.answer("tagger", "tag", text=NAMES, min_confidence=least)
    assert found["spans"] == [span for span in every if span["confidence"] >= least]
    assert len(printed_json(found["command"])) == len(found["spans"]) == len(every) - 1


@pytest.mark.parametrize("run", ["linear", "wide"])
@pytest.mark.parametrize("named", [False, True])
def test_labels_and_shares_are_those_of_the_command(site, run, named):
    text = "the red fox sees\na small lamp , it's  \u00e9t\u00e9"
    label = site_facts(site, run)["labels"][-1] if named else ""
    found = site.answer(run, "classify", text=text, label=label)
    (explained,) = printed_json(found["command"])
    assert found["explained"] == explained["label"]
    assert found["probabilities"][explained["label"]] == pytest.approx(explained["probability"])
    shares = [part["share"] for part in found["parts"] if part["share"] is not None]
    assert shares == pytest.approx([token["share"] for token in explained["tokens"]])
    assert found["score"] == pytest.approx(sum(shares) + found["bias"])
    assert "".join(part["text"] for part in found["parts"]) == explained["text"]
    (plain,) = printed_json(found["command"].replace(" --explain", "").split(" --label")[0])
    assert plain["probabilities"] == pytest.approx(found["probabilities"])


def test_translations_are_those_of_the_command(site):
    found = site.answer("translator", "translate", text="one two\n\nthree it's", beam=4, nbest=3)
    lines = printed_json(found["command"])
    assert len(lines) == 3
    for one, line in zip(found["lines"], lines, strict=True):
        assert one["source"] == line["source"]
        texts = [(t["text"], t["log_prob"], t["score"]) for t in line["translations"]]
        assert [tuple(t.values()) for t in one["translations"]] == texts
    assert len(found["lines"][0]["translations"]) == 3


def test_neighbours_and_analogies_are_those_of_the_commands(site):
    words = site_facts(site, "words")["first"][:3]
    found = site.answer("words", "neighbors", words=words[:2], top=4)
    assert [list(one.values()) for one in found["found"]] == [
        list(one.values()) for one in printed_json(found["command"])
    ]
    for method in ("add", "mul"):
        fields = dict(zip("abc", words, strict=True))
        found = site.answer("words", "analogy", **fields, method=method, top=2)
        (line,) = printed_json(found["command"])
        assert found["answers"] == line["answers"] and len(found["answers"]) == 2


def test_words_that_look_like_options(tmp_path):
    from seqkit.serve.asking import Asked
    from seqkit.serve.looking_up import VectorsPanel
    from seqkit.vectors import load

    path = tmp_path / "words.txt"
    path.write_text("3 2\n--top 1 0\n-x 0.9 0.1\nking 0 1\n")
    panel = VectorsPanel(str(path), load(path))
    found = panel.neighbors(Asked(b'{"words": ["--top"], "top": 1}'))
    (near,) = found["found"][0]["neighbors"]
    assert [list(near)] == printed_json(found["command"])[0]["neighbors"]


def _png(image):
    import PIL.Image

    file = io.BytesIO()
    PIL.Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def test_classes_are_those_of_the_command(site, tmp_path, monkeypatch):
    data = gzip.decompress((GOLDEN / "x-images-idx3-ubyte.gz").read_bytes())
    image = _png(np.frombuffer(data, np.uint8)[16:52].reshape(6, 6))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-my image.png").write_bytes(image)
    fields = {"image": base64.b64encode(image).decode(), "name": "-my image.png"}
    found = site.answer("images", "image", **fields)
    (line,) = printed_json(found["command"])
    assert found["label"] == line["label"]
    assert found["probabilities"] == pytest.approx(line["probabilities"])


def test_what_is_no_image_or_of_another_size(site):
    error = site.error("images", "image", image="@")
    assert error == "'image' is no base64; send a PNG or JPEG file in base64"
    text = base64.b64encode(b"x" * 99).decode()
    assert site.error("images", "image", image=text).startswith("the image is damaged, or no PNG")
    other = base64.b64encode(_png(np.zeros((3, 3), np.uint8))).decode()
    error = site.error("images", "image", image=other)
    assert error.startswith("the image: an image of 3 x 3 in grey, but the training has 6 x 6")


@pytest.mark.parametrize(
    ("run", "question", "fields", "error"),
    [
        ("tagger", "tag", {}, "the field 'text' is missing"),
        ("tagger", "tag", {"text": 3}, "'text' is to be a text, not 3"),
        ("tagger", "tag", {"text": "x", "beam": 2}, 'there is no field "beam"; leave it out'),
        ("linear", "classify", {"text": "x", "label": "q"}, "there is no label 'q' to explain"),
        ("linear", "classify", {"text": "x" * 2001}, "'text' has 2,001 characters; at most 2,000"),
        ("translator", "translate", {"text": "x", "beam": 99}, "'beam' is to be from 1 to 20"),
        ("translator", "translate", {"text": "\n" * 20}, "the text has 21 lines; at most 20"),
        ("translator", "translate", {"text": "x", "beam": 1, "nbest": 2}, "--nbest"),
        ("words", "neighbors", {"words": []}, "'words' names no word; name one"),
        ("words", "neighbors", {"words": ["qqq"]}, "'qqq' is not among the"),
        ("words", "neighbors", {"words": "fox"}, "'words' is to be a list of texts"),
        ("words", "analogy", {"a": "a", "b": "b"}, "the field 'c' is missing"),
        ("words", "analogy", {"a": "a", "b": "b", "c": "c", "method": "x"}, "'method' is one of"),
    ],
)
def test_a_wrong_request_is_told_in_a_line(site, run, question, fields, error):
    assert site.error(run, question, **fields).startswith(error)


def test_what_is_not_there_is_not_found(site):
    known = {"error": "this run is not asked that, but: tag"}
    assert site.ask("tagger", "generate") == (404, known)
    missing = {"error": "there is no such run; GET /api/runs lists them"}
    assert site.ask("none", "tag", text="x") == (404, missing)
    status, _, body = site.send("GET", "/api/tagger/tag")
    assert (status, body) == (405, b'{"error": "method not allowed"}')
    assert site.send("GET", "/nothing")[::2] == (404, b'{"error": "not found"}')


def test_runs_of_one_name_are_told_apart(tmp_path):
    from seqkit.serve.opening import open_runs

    odd = tmp_path / "runs"
    odd.symlink_to(GOLDEN / "words")
    spaced = tmp_path / "my <words>"
    spaced.mkdir()
    for file in (GOLDEN / "words").iterdir():
        (spaced / file.name).write_bytes(file.read_bytes())
    opened = open_runs([str(GOLDEN / "words"), str(odd), str(spaced)], "cpu", None)
    assert list(opened) == ["words", "words-2", "my-words"]


@pytest.mark.parametrize(
    ("kind", "error"),
    [("siamese", "a siamese net recognises by known images")],
)
def test_runs_that_a_page_cannot_ask(kind, error):
    with pytest.raises(ValueError, match=error):
        golden(kind)


def test_a_tagger_that_reads_columns_is_refused():
    from seqkit.serve.tagging import TagPanel
    from tests.cli.taggers import StandIn

    with pytest.raises(ValueError, match=r"runs/x: reads 2 further column\(s\) of each token"):
        TagPanel("runs/x", StandIn(2))


def site_facts(site, run):
    """What the page is told of a run."""
    runs = json.loads(site.send("GET", "/api/runs")[2])["runs"]
    return next(one["facts"] for one in runs if one["name"] == run)
