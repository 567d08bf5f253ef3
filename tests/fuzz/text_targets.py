"""Readers of text: plain, in columns, labelled, parallel; and of what vocabularies are kept in."""

import gzip
import json
import pathlib
from collections.abc import Callable, Iterable

from seqkit.corpora.columns import TagColumns
from seqkit.corpora.corpus import measure
from seqkit.corpora.labelled import read_labelled
from seqkit.corpora.labelled_columns import LabelColumns
from seqkit.corpora.labelled_folder import read_labelled_folder
from seqkit.corpora.labelled_streaming import ArrivingText, arriving_form, read_arriving
from seqkit.corpora.parallel import read_parallel
from seqkit.corpora.readers import read_path
from seqkit.corpora.streaming import stream_text
from seqkit.corpora.tagged import read_tagged
from seqkit.text.incoming import blocks
from seqkit.text.streams import TokenStream, encode_new
from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.tokenizers import CharacterTokenizer, build_tokenizer
from seqkit.text.vocabulary import Vocabulary
from seqkit.vectors.questions import read_analogies, read_pairs
from tests.fuzz.forms import in_gzip, in_json, in_json_lines
from tests.fuzz.target import Target, of_file, put

PROSE = (
    "The owl sees a fox.\r\nA café, a naïve goat; \u4f60\u597d.\n\n\tTwo  lamps burn 12.5 hours.\n"
)
COLUMNS = "Ann N B-PER\nLee N I-PER\nsleeps V O\n\nin P O\nUlm N B-LOC\n. . O\n"
CONLLU = "# text = It is\n1-2\tIt's\t_\t_\n1\tIt\tPRON\tO\n2\tis\tVERB\tO\n\n1\tYes\tINTJ\tO\n"
CSV = 'text,label\n"good, old film",pos\n"a ""bad"" one\nin two lines",neg\nfine,pos\n'
TSV = "label\ttext\npos\tgood old film\nneg\ta bad one\n"
JSONL = '{"text": "good", "label": "pos"}\n{"text": "bad \\u00e9", "label": ["neg", "old"]}\n'
MARKED = "__label__a __label__b what a film\n__label__b none\n"
WORDS = "pos what a film\nneg none\n\npos fine\n"
TYPES = ["<unk>", "<eos>", "the", "fox", "owl"]
VOCABULARY = {
    "format": "seqkit vocabulary", "version": 1, "types": TYPES, "counts": [1, 3, 5, 2, 2],
}  # fmt: skip


def _all(records: Iterable[object]) -> int:
    return sum(1 for _ in records)


def _plain(path: pathlib.Path) -> object:
    corpus = read_path(path)
    return _all(corpus), measure(corpus)


def _other(encoding: str) -> Callable[[pathlib.Path], object]:
    return lambda path: _all(read_path(path, encoding))


def _folder(folder: pathlib.Path, data: bytes) -> object:
    inside = folder / "texts"
    inside.mkdir(exist_ok=True)
    half = len(data) // 2
    put(inside, "a.txt", data[:half])
    put(inside, "b.txt", data[half:])
    return measure(read_path(inside))


def _tagged(columns: TagColumns, comments: bool) -> Callable[[pathlib.Path], object]:
    def read(path: pathlib.Path) -> object:
        corpus = read_tagged(path, columns, comments=comments)
        return _all(corpus), corpus.warnings()

    return read


def _labelled(path: pathlib.Path) -> object:
    return _all(read_labelled(path))


def _separated(path: pathlib.Path) -> object:
    return _all(read_labelled(path, LabelColumns(("text",), "label", ",")))


def _arriving(path: pathlib.Path) -> object:
    text = ArrivingText(str(path))
    columns = LabelColumns(label=None)
    return _all(read_arriving(text, columns, arriving_form(text, columns)))


def _labelled_folder(folder: pathlib.Path, data: bytes) -> object:
    half = len(data) // 2
    for label, part in (("pos", data[:half]), ("neg", data[half:])):
        inside = folder / "labelled" / label
        inside.mkdir(parents=True, exist_ok=True)
        put(inside, "1.txt", part)
    return _all(read_labelled_folder(folder / "labelled"))


def _parallel(folder: pathlib.Path, data: bytes) -> object:
    half = len(data) // 2
    source = put(folder, "text.en", data[:half])
    return _all(read_parallel(str(source), str(put(folder, "text.fr", data[half:]))))


def _incoming(path: pathlib.Path) -> object:
    return _all(blocks(stream_text(str(path)), 64))


def _vocabulary(path: pathlib.Path) -> object:
    vocabulary = Vocabulary.load(path)
    return vocabulary.sha256, vocabulary.ids(["fox", "x"]), vocabulary.pad


def _stream(path: pathlib.Path) -> object:
    stream = TokenStream(path)
    return stream.count(0), stream.ids[: min(len(stream), 10)].sum()


def _tokenizers(folder: pathlib.Path, data: bytes) -> object:
    text = data.decode(errors="replace")
    found = [build_tokenizer(name) for name in ("word", "whitespace", "char")]
    return [one.join(one.tokens(line)) for one in found for line in text.split("\n")]


def token_stream(folder: pathlib.Path) -> bytes:
    """The bytes of a small token stream."""
    path = folder / "seed.tokens"
    encode_new([PROSE.encode()], CharacterTokenizer(), Vocabulary.from_counts, path)
    return path.read_bytes()


def subword_json() -> bytes:
    """A small tokenizer.json."""
    return json.dumps(SubwordTokenizer.train(["an owl and an owl"] * 3, 262).to_json()).encode()


def text_targets(folder: pathlib.Path) -> list[Target]:
    """Every reader of text; `folder` is for making seeds."""
    packed = [gzip.compress(seed.encode(), 1, mtime=0) for seed in (PROSE, PROSE * 3)]
    last = TagColumns(2, 4, (3,))
    return [
        of_file("plain.txt", [PROSE, "x\n"], _plain, share=3),
        of_file("packed.txt.gz", packed, _plain, in_gzip, 2),
        of_file("other.txt", [PROSE.encode("utf-16")], _other("utf-16"), title="utf-16"),
        of_file("latin.txt", [PROSE.encode("cp1252", "replace")], _other("cp1252"), title="cp1252"),
        Target("folder of text", [PROSE.encode() * 2], _folder, ("texts", "a.txt", "b.txt")),
        of_file("incoming.txt", [PROSE, "\n\n".join([PROSE] * 3)], _incoming),
        of_file("names.conll", [COLUMNS, CONLLU], _tagged(TagColumns(), False), share=3),
        of_file("tree.conllu", [CONLLU], _tagged(last, True), share=2),
        of_file("rows.csv", [CSV, CSV.replace(",", ";")], _labelled, share=3),
        of_file("rows.tsv", [TSV], _labelled, share=2),
        of_file("rows.jsonl", [JSONL], _labelled, in_json_lines, 3),
        of_file("many.csv", [CSV, 'text,label\na,"x,y"\n'], _separated, title="many labels"),
        of_file("lines", [MARKED, WORDS, TSV, JSONL], _labelled, share=2, title="label text"),
        of_file("arriving.csv", [CSV, "text\na\n"], _arriving, title="arriving texts"),
        Target("folder of labels", [PROSE.encode() * 2], _labelled_folder, ("labelled", "1.txt")),
        Target("parallel", [PROSE.encode() * 2], _parallel, ("text.en", "text.fr"), share=2),
        of_file("vocabulary.json", [json.dumps(VOCABULARY)], _vocabulary, in_json, 2),
        Target("tokenizer.json", [subword_json()], _read_subwords, (), in_json, 0.5),
        of_file("train.tokens", [token_stream(folder)], _stream, share=2),
        Target("tokenizers", [PROSE.encode(), WORDS.encode()], _tokenizers),
        of_file("questions.txt", [": a\nx y z w\n\n: b\np q r s\n"], read_analogies),
        of_file("pairs.txt", ["a b 1.5\nc d 2\n", "a\tb\t3\n", "a,b,4\n"], read_pairs),
    ]


def _read_subwords(folder: pathlib.Path, data: bytes) -> object:
    """As tasks do: what is no JSON is refused before."""
    from seqkit.files import parse_json

    tokenizer = SubwordTokenizer.from_json(parse_json(data))
    return tokenizer.join(tokenizer.tokens("an owl \u4f60 \U0001f600"))
