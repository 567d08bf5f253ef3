"""The page of entities, as a parser of HTML reads it."""

import re
import tracemalloc
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.report.entities_html import EntityPage, Mark, entity_page

VOID = {"meta", "link", "br", "img"}
TYPES = ("LOC", "PER")


class Page(HTMLParser):
    """What a page holds: its tags, the text of each element, and the marks in its text."""

    def __init__(self, source):
        super().__init__()
        self.open, self.tags, self.text, self.marks = [], [], {}, []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "mark" and "main" in self.open:
            self.marks.append([dict(attrs), len(self.text.get("main", "")), ""])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        for tag in self.open:
            self.text[tag] = self.text.get(tag, "") + data
        if "main" in self.open and self.open[-1] == "mark":
            self.marks[-1][2] += data


def write(path, pieces, types=TYPES, title="letter.txt"):
    with entity_page(path, types, title) as page:
        for text, marks in pieces:
            page.add(text, marks)
    return Page(path.read_bytes().decode())


@pytest.fixture
def page(tmp_path):
    return lambda *arguments, **named: write(tmp_path / "page.html", *arguments, **named)


@st.composite
def pieces(draw):
    """A text with entities in it."""
    text = draw(st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>&\r\n\"' "))))
    places = sorted(draw(st.lists(st.integers(0, len(text)), unique=True, max_size=8)))
    pairs = zip(places[::2], places[1::2], strict=False)
    kind, confidence = st.sampled_from(TYPES), st.floats(0, 1)
    return text, [Mark(a, b, draw(kind), draw(confidence)) for a, b in pairs]


@given(st.lists(pieces(), max_size=4))
def test_the_text_of_the_page_is_the_input_exactly(tmp_path_factory, written):
    path = tmp_path_factory.getbasetemp() / "any.html"
    found = write(path, written)
    text = "".join(text for text, _ in written)
    assert found.text.get("main", "") == text
    begin, wanted = 0, []
    for piece, marks in written:
        wanted += [(begin + mark.start, piece[mark.start : mark.stop], mark) for mark in marks]
        begin += len(piece)
    for (attributes, start, inside), (at, surface, mark) in zip(found.marks, wanted, strict=True):
        assert (start, inside) == (at, surface)
        assert attributes["data-label"].split()[0] == mark.type
        assert ("unsure" in attributes["class"].split()) == (mark.confidence < 0.5)


def test_browsers_too_read_the_carriage_returns(tmp_path):
    """They turn a bare one into a line feed; Python's parser does not, so look at the bytes."""
    write(tmp_path / "page.html", [("one\r\ntwo\rthree", [])])
    assert b"one&#13;\ntwo&#13;three" in (tmp_path / "page.html").read_bytes()


def test_a_span_shows_its_type_beside_it_and_its_confidence(page):
    found = page([("Ann saw Ulm.", [Mark(0, 3, "PER", 0.974), Mark(8, 11, "LOC", 0.499)])])
    (ann, _, _), (ulm, _, _) = found.marks
    assert (ann["data-label"], ann["title"]) == ("PER", "PER, confidence 97.4%")
    assert (ulm["data-label"], ulm["title"]) == ("LOC 49%", "LOC, confidence 49.9%")
    assert ann["class"] != ulm["class"].split()[0]
    style = found.text["style"]
    assert "content: attr(data-label)" in style  # beside the span, yet no text
    assert re.search(r"mark\.unsure \{ border-bottom-style: dashed", style)
    for name in (ann["class"], ulm["class"].split()[0]):
        assert f".{name} {{ --kind: " in style
    assert "2 entities: PER 1, LOC 1" in found.text["footer"]
    assert "LOC PER" in found.text["header"] and "below 50%" in found.text["header"]


def test_it_stands_alone_without_scripts(page):
    found = page([("a <script>alert(1)</script> & <b>", [])], title="<script>x</script> & co")
    names = {tag for tag, _ in found.tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "b", "object"})
    for tag, attributes in found.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert {"href", "src"}.isdisjoint(attributes), tag
    assert "url(" not in found.text["style"] and "@import" not in found.text["style"]
    policy = [a["content"] for _, a in found.tags if a.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert found.text["h1"] == found.text["title"] == "<script>x</script> & co"
    assert ("meta", {"charset": "utf-8"}) in found.tags


def test_it_follows_the_screen_and_can_be_printed(page):
    style = page([]).text["style"]
    assert "color-scheme: light dark" in style
    assert "@media (prefers-color-scheme: dark)" in style and "@media print" in style
    assert "print-color-adjust: exact" in style and "white-space: pre-wrap" in style


def test_types_are_escaped_and_colours_come_round(page):
    types = tuple(f'"<{k}>&' for k in range(30))
    marks = [Mark(k, k + 1, kind, 0.1) for k, kind in enumerate(types)]
    found = page([("x" * 30, marks)], types=types)
    labels = [attributes["data-label"] for attributes, _, _ in found.marks]
    assert labels == [f"{kind} 10%" for kind in types]
    classes = {attributes["class"].split()[0] for attributes, _, _ in found.marks}
    assert len(classes) == 8
    assert {*re.findall(r"\.(k\d+) ", found.text["style"])} == classes


@pytest.mark.parametrize(
    ("marks", "message"),
    [
        ([Mark(1, 1, "PER", 1)], r"the entity 1\.\.1 \(PER\) is empty, overlaps"),
        ([Mark(0, 3, "PER", 1), Mark(2, 4, "PER", 1)], r"the entity 2\.\.4 "),
        ([Mark(2, 6, "PER", 1)], "leaves the text of 5 characters"),
        ([Mark(0, 1, "ORG", 1)], "the type 'ORG'; the page is for LOC, PER"),
    ],
)
def test_entities_that_cannot_be_shown(tmp_path, marks, message):
    path = tmp_path / "page.html"
    path.write_text("older")
    with pytest.raises(ValueError, match=message):
        write(path, [("abcde", marks)])
    assert path.read_text() == "older" and list(tmp_path.iterdir()) == [path]


def test_memory_is_that_of_a_piece(tmp_path):
    text = "Ann saw <Ulm>.\n" * 1000
    marks = [Mark(at, at + 3, "PER", 0.9) for at in range(0, len(text), 15)]
    tracemalloc.start()
    with entity_page(tmp_path / "page.html", TYPES) as page:
        page.add(text, marks)
        _, first = tracemalloc.get_traced_memory()
        for _ in range(60):
            page.add(text, marks)
        _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * first < (tmp_path / "page.html").stat().st_size / 5


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def full(self, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(EntityPage, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "page.html", [("a", [])])
    assert list(tmp_path.iterdir()) == []
