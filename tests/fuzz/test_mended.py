"""Every input that once crashed a reader, or took what it should not, is refused in one line."""

import json
import struct
import zlib

import numpy as np
import pytest
import torch

from seqkit.corpora.image_arrays import read_npz
from seqkit.corpora.image_files import read_image
from seqkit.corpora.splitting import held_out
from seqkit.files import check_plain, parse_json, read_json
from seqkit.sums import check_sums
from seqkit.tasks import classifying, imaging, language, tagging, translating
from seqkit.tasks.checks import read_weights
from seqkit.tasks.classifying.texts import reopen_texts as reopen_labelled
from seqkit.tasks.runs import Run
from seqkit.tasks.tagging.sentences import reopen_text
from seqkit.tasks.translating.texts import reopen_texts as reopen_pairs
from seqkit.tasks.tuning import Known, read_parameter
from seqkit.text.streams import HEADER, TokenStream
from seqkit.text.vocabulary import Vocabulary
from seqkit.train.checkpoint import fitting, load_tree, save_tree
from seqkit.vectors.files import load
from seqkit.vision.specification import parse
from tests.fuzz.option_targets import called
from tests.tasks import texts

DEEP = "[" * 100_000


def changed(path, change):
    """Change the JSON in a file."""
    value = json.loads(path.read_text())
    path.write_text(json.dumps(change(value)))


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        "NaN",
        "[-Infinity]",
        "1" * 5000,
        "",
        b"\xff",
        '"\\ud83d"',
        '"\\UD83D \\udE00 \\uDc00"',
        b'"\xed"',
    ],
)
def test_json_that_python_reads_otherwise_or_not_at_all(tmp_path, text):
    with pytest.raises(ValueError) as caught:
        parse_json(text)
    assert type(caught.value) is not UnicodeDecodeError and "\n" not in str(caught.value)
    path = tmp_path / "x.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ValueError, match=r"x\.json: damaged, not JSON"):
        read_json(path)
    assert parse_json('{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}


@pytest.mark.parametrize("content", [DEEP, '{"types": NaN}'])
def test_a_vocabulary_nested_deeply(tmp_path, content):
    path = tmp_path / "vocabulary.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"vocabulary\.json: damaged or foreign vocabulary"):
        Vocabulary.load(path)


def test_a_history_nested_deeply_or_of_another_kind(stranger):
    run = stranger("language")
    lines = (
        DEEP,
        '{"epoch": "x", "train": {}, "valid": {}}',
        '{"epoch": 1, "train": 7, "valid": 7}',
    )
    for line in lines:
        (run / "history.jsonl").write_text(line + "\n")
        with pytest.raises(ValueError, match=r"history\.jsonl: damaged"):
            Run(run).read_history()
        with pytest.raises(ValueError, match=r"history\.jsonl: damaged"):
            called(["inspect", str(run)])


def test_a_header_of_tokens_nested_deeply(tmp_path):
    path = tmp_path / "x.tokens"
    path.write_bytes(b'{"a": ' + b"[" * (HEADER - 6))
    with pytest.raises(ValueError, match=r"x\.tokens: not a token stream"):
        TokenStream(path)


def test_links_that_stay_in_their_folder_are_followed(tmp_path):
    (tmp_path / "a").write_text("{}")
    (tmp_path / "b").symlink_to("a")
    check_plain(tmp_path / "b")
    (tmp_path / "folder").symlink_to(tmp_path)
    assert read_json(tmp_path / "folder" / "a") == {}
    (tmp_path / "c").symlink_to("c")
    with pytest.raises(ValueError, match="no such file"):
        check_plain(tmp_path / "c")


@pytest.mark.parametrize("outline", [DEEP, '{"list": 7}', '{"items": [[[], 1]]}', "{}", '{"x": 1}'])
def test_a_checkpoint_with_an_outline_that_is_none(tmp_path, outline):
    path = tmp_path / "state.safetensors"
    text = json.dumps({"__metadata__": {"tree": outline}}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    with pytest.raises(ValueError, match=r"state\.safetensors: not a seqkit checkpoint"):
        load_tree(path)


def test_a_checkpoint_of_another_training(tmp_path):
    path = tmp_path / "state.safetensors"
    save_tree(path, {"weights": [torch.ones(2)]})
    for use in (lambda tree: tree["progress"], lambda tree: torch.ones(3).copy_(*tree["weights"])):
        wanted = pytest.raises(ValueError, match=r"state\.safetensors: does not fit this training")
        with wanted, fitting(path):
            use(load_tree(path))


@pytest.mark.parametrize("reopen", [reopen_labelled, reopen_pairs, reopen_text])
@pytest.mark.parametrize("content", ["", "[]", "7\n", '["a", []]\n7\n', DEEP, "\xe9"])
def test_texts_of_an_unfinished_run_that_are_damaged(tmp_path, reopen, content):
    path = tmp_path / "train.jsonl"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(ValueError, match=r"train\.jsonl: damaged"):
        reopen(path)


@pytest.mark.parametrize(
    "part",
    [
        {"written": ["bioes"]}, {"written": 2**63}, {"written": True}, {"tags": [1.5, "O"]},
        {"tags": ["O", "O"]}, {"tags": []}, {"tags": "O"}, {"characters": 7},
    ],
)  # fmt: skip
def test_symbols_of_a_tagger_that_are_none(stranger, part):
    run = stranger("tagger")
    changed(run / "symbols.json", lambda value: {**value, **part})
    with pytest.raises(ValueError, match=r"symbols\.json: (damaged|has other symbols)"):
        tagging.load(run, "cpu")


def test_a_tagger_with_more_words_than_vectors(stranger):
    run = stranger("tagger")
    words = {"types": [*json.loads((run / "vocabulary.json").read_text())["types"], "zz"]}
    changed(
        run / "vocabulary.json", lambda value: {**value, **words, "counts": [*value["counts"], 0]}
    )
    with pytest.raises(ValueError, match="has other symbols than config"):
        tagging.load(run, "cpu")


@pytest.mark.parametrize("order", [10**30, -1, 0, 1.5, "2", None, True])
def test_lengths_of_n_grams_that_are_none(stranger, order):
    run = stranger("averaged")
    changed(run / "ngrams.json", lambda value: {**value, "order": order})
    with pytest.raises(ValueError, match=r"ngrams\.json: damaged"):
        classifying.load(run, "cpu")


@pytest.mark.parametrize("labels", [["bad"], ["bad", "good", "more"], [1, 2], "ab", [], ["a", ""]])
@pytest.mark.parametrize("kind", ["wide", "linear", "images"])
def test_other_labels_than_the_model_has(stranger, kind, labels):
    run = stranger(kind)
    changed(run / "symbols.json", lambda value: {**value, "labels": labels})
    with pytest.raises(ValueError, match=r"stranger/(symbols\.json|linear\.safetensors): "):
        (imaging if kind == "images" else classifying).load(run, "cpu")


@pytest.mark.parametrize("longest", [[1, 2**40], [0, 1], [1.5, 2], ["1", "2"], [1], None])
def test_a_longest_text_that_is_none(stranger, longest):
    run = stranger("translator")
    changed(run / "config.json", lambda value: {**value, "corpus": {"longest": longest}})
    with pytest.raises(ValueError, match=r"config\.json: damaged"):
        translating.load(run, "cpu")


@pytest.mark.parametrize("version", ["a\nb", "x" * 1000, None, [2]])
def test_a_version_of_many_lines(stranger, version):
    run = stranger("language")
    changed(run / "config.json", lambda value: {**value, "version": version, "seqkit": version})
    with pytest.raises(ValueError, match="a run of format version") as caught:
        language.load(run, "cpu")
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_layers_without_number_are_not_built(stranger):
    run = stranger("language")
    model = json.loads((run / "config.json").read_text())["model"]
    for changes in ({"layers": 60_000}, {"hidden": 50_000, "embed": 50_000}):
        changed(run / "config.json", lambda v, c=changes: {**v, "model": {**model, **c}})
        with pytest.raises(ValueError, match=r"config\.json"):
            language.load(run, "cpu")


def test_a_picture_of_a_few_bytes_is_not_unpacked_to_many(tmp_path):
    def chunk(kind, content):
        data = kind + content
        return struct.pack(">I", len(content)) + data + struct.pack(">I", zlib.crc32(data))

    head = struct.pack(">2I5B", 9000, 9000, 8, 2, 0, 0, 0)
    path = tmp_path / "x.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"x\x9c"))
    with pytest.raises(ValueError, match=r"x\.png is damaged.*too short for 9000 x 9000"):
        read_image(path)


def test_vectors_that_are_linked_or_nested(tmp_path):
    for content in (DEEP, '{"format": Infinity}'):
        (tmp_path / "vocabulary.json").write_text(content)
        with pytest.raises(ValueError, match=r"vocabulary\.json: damaged"):
            load(tmp_path)
    (tmp_path / "vocabulary.json").unlink()
    (tmp_path / "vocabulary.json").symlink_to("/dev/zero")
    with pytest.raises(ValueError, match=r"vocabulary\.json: is no plain file"):
        load(tmp_path)


def test_a_grid_of_countless_points():
    known = Known(("lr",))
    with pytest.raises(ValueError, match=r"--param lr=lin:0:1:1000000000: .* points"):
        read_parameter("lr=lin:0:1:1000000000", known)
    assert len(read_parameter("lr=lin:0:1:1000", known).grid()) == 1000


def test_numbers_of_countless_digits():
    # Read by what tries every split of the digits, these take minutes.
    digits = "1" * 300_000
    for text in (digits, f"{digits}x", f"{digits}.{digits}x", f"a={digits}x", f"0.{digits}%x"):
        assert held_out("x", text, None, False).texts == {"valid": text} or text == digits
        with pytest.raises(ValueError, match="--class-weights"):
            read_weights(f"a={text}", "NAME=NUMBER", "a=1")
        with pytest.raises(ValueError, match="layer 1"):
            parse(f"keep {text}")
    assert read_weights("a=b=1.,c=.5,d=10", "", "") == {"a=b": 1, "c": 0.5, "d": 10}


def test_an_npz_with_what_are_no_characters(tmp_path):
    path = tmp_path / "x.npz"
    labels = np.array([0x110000, 97], np.uint32).view("<U1")
    np.savez(path, images=np.zeros((2, 2, 2), np.uint8), labels=labels)
    with pytest.raises(ValueError, match=r"x\.npz: labels hold what are no characters"):
        read_npz(path)


def test_pieces_that_are_halves_of_characters(tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_text('{"types": ["\\ud83d"]}')
    with pytest.raises(ValueError, match=r"tokenizer\.json: .* half a surrogate pair"):
        read_json(path)


def test_sums_that_name_files_elsewhere(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "a/SHA256SUMS").write_text(
        f"{'0' * 64}  ../secret\n{'0' * 64}  /etc/passwd\n\n x\n"
    )
    check_sums(tmp_path / "a/SHA256SUMS", tmp_path / "a")


def test_a_run_whose_checkpoint_leads_elsewhere_is_not_trained_on(stranger, tmp_path):
    run, outside = stranger("language"), tmp_path / "outside"
    outside.mkdir()
    (outside / ".config").write_text("kept")
    (run / "metrics.json").unlink()
    (run / "checkpoint").symlink_to(outside)
    text = texts.write(tmp_path / "x.txt")
    for way in (["--resume"], [str(text), "--force"]):
        with pytest.raises(ValueError, match="checkpoint: is a link to another folder"):
            called(["train-lm", *way, "--out", str(run)])
    assert [path.name for path in outside.iterdir()] == [".config"]


def test_an_npz_is_never_unpickled(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, images=np.zeros((1, 2, 2), np.uint8), labels=np.array([{}], object))
    with pytest.raises(ValueError, match=r"x\.npz: labels are object"):
        read_npz(path)


@pytest.mark.parametrize("size", [2**63, 2**40, 10**30])
def test_sizes_that_no_machine_counts(tmp_path, size):
    text = texts.write(tmp_path / "x.txt")
    for option in ("--hidden", "--embed", "--layers"):
        with pytest.raises(ValueError, match=f"{option[2:]} must be 268,435,456 or less"):
            called(["train-lm", str(text), "--dry-run", "--no-tie", option, str(size)])
