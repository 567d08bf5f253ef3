"""The page of explanations, as a parser of HTML reads it."""

import re
import tracemalloc
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.report.explanation_html import ExplanationPage, explanation_page
from seqkit.report.terminal import printable
from tests.report.explained import Explained, Piece, explained


class Article:
    def __init__(self):
        self.parts, self.pieces = {"h2": "", "score": "", "text": "", "most": ""}, []


class Page(HTMLParser):
    """What a page holds: its tags, the text of each element, and the articles in it."""

    def __init__(self, source):
        super().__init__()
        self.open, self.tags, self.text, self.articles = [], [], {}, []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag != "meta":
            self.open.append((tag, attributes.get("class", tag)))
        if tag == "article":
            self.articles.append(Article())
        elif tag in ("mark", "span") and self.articles:
            start = len(self.articles[-1].parts["text"])
            self.articles[-1].pieces.append([tag, attributes, start, ""])

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for tag, name in self.open:
            self.text[tag] = self.text.get(tag, "") + data
            if self.articles and name in self.articles[-1].parts:
                self.articles[-1].parts[name] += data
        if self.articles and self.open and self.open[-1][0] in ("mark", "span"):
            self.articles[-1].pieces[-1][3] += data


def write(path, texts, title="letters.txt"):
    with explanation_page(path, title) as page:
        for text in texts:
            page.add(text)
    return Page(path.read_bytes().decode())


@pytest.fixture
def page(tmp_path):
    return lambda *arguments, **named: write(tmp_path / "page.html", *arguments, **named)


odd = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>&\r\n\"'/! ")))


@st.composite
def explanations(draw):
    text = draw(odd)
    places = sorted(draw(st.lists(st.integers(0, len(text)), unique=True, max_size=8)))
    pairs = zip(places[::2], places[1::2], strict=False)
    pieces = tuple(Piece(a, b, draw(st.floats(-5, 5))) for a, b in pairs)
    return Explained(text, pieces, label=draw(odd), method=draw(odd))


@given(st.lists(explanations(), max_size=3))
def test_the_page_holds_each_text_and_its_pieces_exactly(tmp_path_factory, texts):
    found = write(tmp_path_factory.getbasetemp() / "explained.html", texts)
    for article, text in zip(found.articles, texts, strict=True):
        assert article.parts["text"] == text.text
        assert article.parts["h2"] == f"{printable(text.label)} 93.2%"
        assert article.parts["score"].endswith(f"rest +0.500; {printable(text.method)}")
        for (_, attributes, start, inside), piece in zip(article.pieces, text.pieces, strict=True):
            assert (start, inside) == (piece.start, text.text[piece.start : piece.stop])
            assert attributes["title"] == f"{piece.share:+.3f}"


def test_colours_say_for_and_against(page):
    found = page([explained("loved a dull film", 2.0, 0.01, -1.0, 0.6)])
    article = found.articles[0]
    assert [(tag, a.get("class"), inside) for tag, a, _, inside in article.pieces] == [
        ("mark", "f s4", "loved"),
        ("span", None, "a"),
        ("mark", "a s2", "dull"),
        ("mark", "f s1", "film"),
    ]
    for name in ("f", "a", *(f"s{k}" for k in range(1, 5))):
        assert re.search(rf"^\.{name} {{ --(kind|tint): ", found.text["style"], re.MULTILINE)
    assert "mark.a { border-bottom:" in found.text["style"]  # not by colour alone
    assert article.parts["score"] == "score +1.250: tokens +0.750, rest +0.500; occlusion"
    most = article.parts["most"].replace("\xa0", " ")
    assert most == "strongest: loved +2.000 · dull -1.000 · film +0.600 · a +0.010"
    assert re.search("against the label −+[+]+ for it", found.text["header"])
    assert "1 text\n" in found.text["footer"]


def test_few_are_named_and_none_where_nothing_moves_the_score(page):
    long = explained("a b c d e f g h", *range(8))
    found = page([long, explained("a b", 0.0, 0.0), Explained("", ())])
    most = [article.parts["most"].replace("\xa0", " ") for article in found.articles]
    assert most[0].count("·") == 5 and most[0].startswith("strongest: h +7.000 · g +6.000")
    assert most[1:] == ["no token moves the score", "there is no text"]
    assert "3 texts\n" in found.text["footer"]


def test_it_stands_alone_and_nothing_gets_in(page):
    nasty = "</p><script>alert(1)</script><img onerror=x> & <b>"
    text = Explained(nasty, (Piece(0, len(nasty), 1.0),), label=f'"{nasty}', method=nasty)
    found = page([text], title=nasty)
    names = {tag for tag, _ in found.tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert sum(tag == "b" for tag, _ in found.tags) == 1
    for _, attributes in found.tags:
        assert {"href", "src", "style"}.isdisjoint(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in found.text["style"] and "@import" not in found.text["style"]
    policy = [a["content"] for _, a in found.tags if a.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert found.text["h1"] == found.text["title"] == nasty


def test_what_has_no_bytes_and_bare_carriage_returns(tmp_path):
    write(tmp_path / "page.html", [explained("one\rtwo \ud800", 1.0, 1.0)])
    written = (tmp_path / "page.html").read_bytes()
    assert b"one&#13;two" in written and b">&#55296;<" in written


def test_it_follows_the_screen_and_can_be_printed(page):
    style = page([]).text["style"]
    assert "color-scheme: light dark" in style
    assert "@media (prefers-color-scheme: dark)" in style and "@media print" in style
    assert "print-color-adjust: exact" in style and "white-space: pre-wrap" in style


def test_a_wrong_piece_leaves_the_older_page(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("older")
    with pytest.raises(ValueError, match=r"piece 2\.\.9 .* text of 3 characters"):
        write(path, [Explained("abc", (Piece(2, 9, 1.0),))])
    assert path.read_text() == "older" and list(tmp_path.iterdir()) == [path]


def test_memory_is_that_of_a_text(tmp_path):
    words = explained(" ".join(["<word>"] * 1000), *[1.0] * 1000)
    tracemalloc.start()
    with explanation_page(tmp_path / "page.html") as page:
        page.add(words)
        _, first = tracemalloc.get_traced_memory()
        for _ in range(60):
            page.add(words)
        _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * first < (tmp_path / "page.html").stat().st_size / 3


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def full(self, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ExplanationPage, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "page.html", [])
    assert list(tmp_path.iterdir()) == []
