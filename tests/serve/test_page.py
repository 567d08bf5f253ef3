"""The page: what the server sends of it, and that it keeps its own rules."""

import pathlib
import re

import pytest

import seqkit.serve
from seqkit.report import entities_html, explanation_html
from seqkit.report.explanation import STEPS

STATIC = pathlib.Path(seqkit.serve.__file__).parent / "static"
FILES = {path.name: path.read_text("utf-8") for path in STATIC.iterdir()}
SCRIPTS = {name: text for name, text in FILES.items() if name.endswith(".js")}
MEDIA = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "html": "text/html"}


@pytest.mark.parametrize("name", FILES)
def test_files_are_sent_as_they_are(site, name):
    status, headers, body = site.send("GET", f"/static/{name}")
    assert (status, body.decode()) == (200, FILES[name])
    assert headers["content-type"].split(";")[0] == MEDIA[name.split(".")[-1]]


def test_the_page_is_at_the_root(site):
    assert site.send("GET", "/")[2].decode() == FILES["index.html"]
    assert site.send("HEAD", "/")[::2] == (200, b"")


def test_nothing_comes_from_elsewhere():
    for name, text in FILES.items():
        links = set(re.findall(r"https?://[^\"'\s]+", text))
        assert links <= {"http://www.w3.org/2000/svg"}, name
        assert "@import" not in text and "url(" not in text


def test_every_file_that_is_named_is_there():
    named = {name for text in FILES.values() for name in re.findall(r"/static/([\w.]+)", text)}
    imported = {name for text in SCRIPTS.values() for name in re.findall(r'"\./([\w.]+)"', text)}
    assert named | imported == set(FILES) - {"index.html"}


def test_no_code_or_style_stands_in_the_page():
    page = FILES["index.html"]
    assert re.findall(r"<script(.*?)>(.*?)</script>", page, re.S) == [
        (' type="module" src="/static/app.js"', "")
    ]
    assert "<style" not in page and " style=" not in page and not re.search(r"\son\w+=", page)


@pytest.mark.parametrize("name", SCRIPTS)
def test_text_never_becomes_markup_or_code(name):
    text = SCRIPTS[name]
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "document.write",
        "srcdoc",
        "DOMParser",
    ):
        assert word not in text
    for word in (r"\beval\b", r"\bFunction\(", r"setTimeout\(['\"]", "createContextualFragment"):
        assert not re.search(word, text)
    assert not re.search(r"[{,]\s*style:|setAttribute\(\"style", text)


def test_colours_of_entities_are_those_of_the_report():
    found = re.findall(r"\.k(\d) \{ --kind: ([\d,]+); \}", FILES["style.css"])
    assert [(int(k), colour) for k, colour in found] == list(enumerate(entities_html._COLOURS))
    assert f"COLOURS = {len(entities_html._COLOURS)};" in SCRIPTS["tag.js"]
    assert f"UNSURE = {entities_html.UNSURE};" in SCRIPTS["tag.js"]


def test_colours_of_shares_are_those_of_the_report():
    style = FILES["style.css"]
    assert f".f {{ --kind: {explanation_html._FOR}; }}" in style
    assert f".a {{ --kind: {explanation_html._AGAINST};" in style
    tints = re.findall(r"\.s(\d) \{ background: rgba\(var\(--kind\), ([.\d]+)\)", style)
    assert [float(tint) for _, tint in tints] == list(explanation_html._TINTS)
    assert len(tints) == STEPS


def test_every_kind_of_panel_has_a_script():
    import seqkit.serve.classifying as classifying
    import seqkit.serve.generating as generating
    import seqkit.serve.imaging as imaging
    import seqkit.serve.looking_up as looking_up
    import seqkit.serve.tagging as tagging
    import seqkit.serve.translating as translating

    panels = [
        *(generating.GeneratePanel, tagging.TagPanel, classifying.ClassifyPanel),
        *(translating.TranslatePanel, looking_up.VectorsPanel, imaging.ImagePanel),
    ]
    named = re.findall(r"^  (\w+): \[", SCRIPTS["app.js"], re.M)
    assert named == [panel.kind for panel in panels]
