"""The one pass: compiled and plain loops agree with counting by hand."""

import collections
import contextlib
import json
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.text import numbering, scanner
from seqkit.text.lines import LONGEST
from seqkit.text.scanner import scan
from seqkit.text.tokenizers import build_tokenizer
from seqkit.text.vocabulary import Vocabulary
from seqkit.text.words import WordTokenizer

PIECES = [
    "\n",
    "\r\n",
    " ",
    "\t",
    "\v",
    "\f",
    "\x1c",
    "\u00a0",
    "a",
    "the",
    "é",
    "日",
    "😀",
    "<eos>",
]
TEXTS = st.one_of(
    st.lists(st.sampled_from([*PIECES, "<unk>", "don't"])).map("".join),
    st.text(st.characters(exclude_categories=["Cs"])),
).filter(lambda text: set(WordTokenizer().tokens(text)) - {"<eos>"})


def blocks_of(text, width):
    return [text[i : i + width].encode() for i in range(0, len(text), width)]


def tokens_by_hand(text, tokenizer):
    lines = text.removesuffix("\n").split("\n")
    return [
        token for line in lines for token in [*tokenizer.tokens(line.removesuffix("\r")), "<eos>"]
    ]


def tokens_of(found):
    types = list(found.counts)
    assert all(chunk.dtype == np.int32 for chunk in found.chunks())
    return [types[i] for chunk in found.chunks() for i in chunk]


@contextlib.contextmanager
def plain_loops():
    """As where numba cannot be imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "seqkit.text.kernels", None)
        yield


LOOPS = {"compiled": contextlib.nullcontext, "plain": plain_loops}


@pytest.mark.parametrize("loops", LOOPS)
@pytest.mark.parametrize("name", ["whitespace", "char", "word"])
@settings(deadline=None)
@given(
    text=TEXTS,
    width=st.integers(1, 40),
    piece=st.sampled_from([1, 2, 3, 7, numbering.PIECE]),
    types=st.sampled_from([1, 4, 1000]),
)
def test_a_scan_is_what_the_tokenizer_says(name, loops, text, width, piece, types):
    tokenizer = build_tokenizer(name)
    expected = tokens_by_hand(text, tokenizer)
    with pytest.MonkeyPatch.context() as patch, LOOPS[loops]():
        patch.setattr(numbering, "PIECE", piece)
        patch.setattr(scanner, "STRETCH", 5 * piece)
        patch.setattr(scanner, "TYPES", types)
        with contextlib.closing(scan(blocks_of(text, width), tokenizer)) as found:
            assert tokens_of(found) == expected
            assert found.counts == dict(collections.Counter(expected))
            assert found.tokens == len(expected)
            if len(found.store.tables) == 1:
                assert list(found.counts) == list(dict.fromkeys(["<eos>", *expected]))


@pytest.mark.parametrize("loops", LOOPS)
@pytest.mark.parametrize("name", ["whitespace", "char", "word"])
def test_tables_and_chunks_grow(name, loops, monkeypatch):
    """Many types, over many pieces and chunks."""
    monkeypatch.setattr(numbering, "PIECE", 7)
    monkeypatch.setattr(scanner, "CHUNK", 5)
    monkeypatch.setattr(scanner, "STRETCH", 900)
    words = [f"w{i * i % 997}é{chr(0x4E00 + i % 300)}" for i in range(3000)]
    text = "\n".join(" ".join(words[i : i + 7]) for i in range(0, 3000, 7))
    tokenizer = build_tokenizer(name)
    expected = tokens_by_hand(text, tokenizer)
    with LOOPS[loops](), contextlib.closing(scan(blocks_of(text, 100), tokenizer)) as found:
        assert tokens_of(found) == expected
        assert found.counts == dict(collections.Counter(expected))


ODD = "a<eos>b <eos>\t\tnaïve\x85\u00a0日 \x1c x\r\n\n\v😀\f😀 a\rb é\u3000é\n <unk> end"

WITHOUT_NUMBA = """
import contextlib, json, sys
sys.modules["numba"] = None
from seqkit.text.scanner import scan
from seqkit.text.tokenizers import build_tokenizer
text, name = sys.stdin.buffer.read(), sys.argv[1]
with contextlib.closing(scan([text], build_tokenizer(name))) as found:
    ids = [i for chunk in found.chunks() for i in chunk.tolist()]
    print(json.dumps([found.counts, ids]))
assert "seqkit.text.kernels" not in sys.modules
"""


@pytest.mark.parametrize("name", ["whitespace", "char"])
def test_without_numba_a_scan_is_the_same(name):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NUMBA, name],
        input=ODD.encode(),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
    )
    counts, ids = json.loads(done.stdout)
    with contextlib.closing(scan([ODD.encode()], build_tokenizer(name))) as found:
        assert list(counts.items()) == list(found.counts.items())
        assert len(found.store.tables) == 1
        assert ids == np.concatenate(list(found.chunks())).tolist()
    assert "seqkit.text.kernels" in sys.modules


def test_the_figures_of_a_text():
    text = "één twee\r\n\r\ndrie".encode()
    with contextlib.closing(scan([text], build_tokenizer("whitespace"))) as found:
        assert (found.tokens, found.lines, found.characters) == (6, 3, 15)
        assert found.size == len(text)


@pytest.mark.parametrize("name", ["whitespace", "char", "word"])
@pytest.mark.parametrize("text", ["", "\n", "\n\n\r\n"])
def test_a_text_without_tokens(name, text):
    with pytest.raises(ValueError, match="holds no tokens"):
        scan(blocks_of(text, 2), build_tokenizer(name))


@pytest.mark.parametrize("loops", LOOPS)
@pytest.mark.parametrize("width", [1000, 1 << 20])
def test_a_word_without_end_is_named_by_its_line(width, loops):
    tokenizer = build_tokenizer("whitespace")
    longest = "fine\n\n" + "x" * LONGEST + " ok\n"
    with LOOPS[loops]():
        with contextlib.closing(scan(blocks_of(longest, width), tokenizer)) as found:
            assert found.tokens == 6
        with pytest.raises(ValueError, match=r"^line 3: .*'xxxx.*65,536 bytes"):
            scan(blocks_of(longest.replace(" ", "x"), width), tokenizer)
        with pytest.raises(ValueError, match=r"^line 2: .*'yxxx.*65,536 bytes"):
            scan(blocks_of("ok\nfine\ty" + longest[6:], width), tokenizer)


@pytest.mark.parametrize("loops", LOOPS)
def test_a_long_line_may_be_set_off_by_tabs(loops):
    words = ["word"] * LONGEST
    with LOOPS[loops]():
        tokenizer = build_tokenizer("whitespace")
        with contextlib.closing(scan(["\t".join(words).encode()], tokenizer)) as found:
            assert found.counts == {"<eos>": 1, "word": LONGEST}


def test_memory_does_not_grow_with_the_text(monkeypatch):
    """One endless line, at word level in Python and at white space by the compiled loop."""
    monkeypatch.setattr(scanner, "CHUNK", 1 << 12)
    monkeypatch.setattr(scanner, "STRETCH", 1 << 12)
    block = b"the cat sat on the mat, " * 4_000

    for tokenizer, times in ((WordTokenizer(), 4), (build_tokenizer("whitespace"), 50)):
        scan([b"warm up"], tokenizer).close()
        peaks = []
        for n in (times, 4 * times):
            tracemalloc.start()
            scan((block for _ in range(n)), tokenizer).close()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < 1.1 * peaks[0] + 10_000


def test_published_counts_of_ptb(benchmark_data):
    counts = {}
    for part in ("train", "valid", "test"):
        text = (benchmark_data / "ptb" / f"ptb.{part}.txt").read_bytes()
        with contextlib.closing(scan([text], build_tokenizer("whitespace"))) as found:
            counts[part] = (found.lines, found.tokens)
            if part == "train":
                assert len(found.counts) == 10_000
                assert len(Vocabulary.from_counts(found.counts)) == 10_000
    assert counts == {"train": (42068, 929589), "valid": (3370, 73760), "test": (3761, 82430)}


def test_published_counts_of_wikitext_2(benchmark_data):
    import gzip

    for part, tokens in (("train", 2_088_628), ("valid", 217_646), ("test", 245_569)):
        data = gzip.decompress(
            (benchmark_data / "wikitext-2" / f"wiki.{part}.tokens.gz").read_bytes()
        )
        with contextlib.closing(scan([data], build_tokenizer("whitespace"))) as found:
            assert found.tokens == tokens
            assert len(found.counts) == 33_278 or part != "train"


def test_published_counts_of_tiny_shakespeare(benchmark_data):
    text = (benchmark_data / "char" / "tinyshakespeare.txt").read_bytes()
    with contextlib.closing(scan([text], build_tokenizer("char"))) as found:
        assert (len(found.counts), found.tokens, found.characters) == (65, 1_115_394, 1_115_394)
        assert sum(int(np.count_nonzero(chunk == 0)) for chunk in found.chunks()) == found.lines
