"""Word vectors as files and runs: converting them, looking into them, measuring them."""

import json

import pytest

from seqkit.tasks.runs import read_json
from tests.cli import words
from tests.cli.words import COUNTS, ROYAL

NORMS = [words.length(vector) for vector in ROYAL.values()]

QUESTIONS = """: royalty
man king woman queen
king man queen woman
man king woman girl
man king woman zebra
: gram1-age
Man boy Woman girl
boy apple girl pear
"""

PAIRS = """# two words and a score
king queen 9.5
man boy 7.25
apple pear 9
king\tapple\t1.5
girl pear 2
girl zebra 3
"""


@pytest.fixture
def vectors(tmp_path):
    return words.write_text(tmp_path / "royal.txt")


@pytest.fixture
def run(tmp_path):
    return words.write_run(tmp_path / "run")


@pytest.fixture
def questions(tmp_path):
    (tmp_path / "questions.txt").write_text(QUESTIONS)
    return tmp_path / "questions.txt"


@pytest.fixture
def pairs(tmp_path):
    (tmp_path / "pairs.txt").write_text(PAIRS)
    return tmp_path / "pairs.txt"


def in_json(seqkit, *arguments):
    result = seqkit(*arguments, "--json")
    assert (result.code, result.err) == (0, ""), result
    return json.loads(result.out)


def held(counts):
    """What is told of the vectors; `counts` are those of the words, or None."""
    known = counts or [None] * len(ROYAL)
    return {
        "words": 8,
        "dimension": 4,
        "tokens": counts and sum(counts),
        "norm": {
            "least": pytest.approx(min(NORMS)),
            "mean": pytest.approx(sum(NORMS) / 8),
            "greatest": pytest.approx(max(NORMS)),
        },
        "first": [
            [word, count, pytest.approx(norm)]
            for word, count, norm in zip(ROYAL, known, NORMS, strict=True)
        ],
    }


def test_every_form_holds_the_same(seqkit, vectors):
    """From text to each form, and from each form on to the next."""
    source = vectors
    for target in ("a.bin", "b.glove.txt", "c", "d.vec", "e.txt"):
        result = seqkit("vectors", "convert", source, target)
        assert (result.code, result.out, result.err) == (0, f"{target}\n", ""), result
        assert in_json(seqkit, "vectors", "show", target) == held(None)
        source = target


def test_a_run_is_converted_with_its_words_alone(seqkit, run):
    assert seqkit("vectors", "convert", run, "folder").code == 0
    assert in_json(seqkit, "vectors", "show", "folder") == held(COUNTS)
    assert seqkit("vectors", "convert", run, "words.vec").code == 0
    assert in_json(seqkit, "vectors", "show", "words.vec") == held(None)


def test_a_file_that_is_there_is_kept(seqkit, run, vectors):
    before = vectors.read_bytes()
    refused = seqkit("vectors", "convert", run, vectors)
    assert refused.code == 2 and "royal.txt: is there already" in refused.error
    assert vectors.read_bytes() == before
    vectors.write_text("rubbish")
    assert seqkit("vectors", "convert", run, vectors, "--force").code == 0
    assert in_json(seqkit, "vectors", "show", vectors) == held(None)


def test_the_embedding_of_a_language_model_is_converted(seqkit, trained):
    assert seqkit("vectors", "convert", trained, "words.vec").code == 0
    wanted = in_json(seqkit, "neighbors", trained, "fox", "--top", 3)
    assert in_json(seqkit, "neighbors", "words.vec", "fox", "--top", 3) == wanted


def test_words_that_come_twice_are_told_of_in_one_line(seqkit, tmp_path):
    (tmp_path / "twice.txt").write_text("a 1 2\nb 2 1\na 3 3\n")
    for command in (["convert", "twice.txt", "once.vec"], ["similarity", "twice.txt", "a", "b"]):
        result = seqkit("vectors", *command)
        assert result.code == 0 and result.out
        assert result.err == (
            "Warning: twice.txt: line 3 has the word 'a', which came before; the first of each is "
            "kept, 1 left out\n"
        )
    assert seqkit("vectors", "show", "once.vec").err == ""


def test_what_cannot_be_converted_leaves_nothing_behind(seqkit, tmp_path):
    (tmp_path / "cut.txt").write_text("2 2\nking 1 2\n")
    for target in ("out.bin", "out.vec", "out"):
        result = seqkit("vectors", "convert", "cut.txt", target)
        assert result.code == 2 and "cut.txt" in result.error
    result = seqkit("vectors", "convert", "nowhere.txt", "out.vec")
    assert result.code == 2 and "nowhere.txt" in result.error
    assert [path.name for path in tmp_path.iterdir()] == ["cut.txt"]


def test_show_prints_sizes_norms_and_the_first_words(seqkit, run):
    out = seqkit("vectors", "show", run, "--top", 2).out.splitlines()
    assert out == [
        "words      8",
        "dimension  4",
        "tokens     440",
        f"norm       {min(NORMS):.4g} to {max(NORMS):.4g}, mean {sum(NORMS) / 8:.4g}",
        "",
        "row  word   count   norm",
        "---  -----  -----  -----",
        f"  0  man       90  {NORMS[0]:.4g}",
        f"  1  woman     80  {NORMS[1]:.4g}",
    ]


def test_inspect_of_a_file_is_what_it_holds(seqkit, vectors):
    assert in_json(seqkit, "inspect", vectors) == held(None)
    shown = seqkit("inspect", vectors, "--types", 1).out
    assert shown == seqkit("vectors", "show", vectors, "--top", 1).out
    assert "tokens" not in shown and "-" in shown.splitlines()[-1]


def test_inspect_of_a_run_shows_settings_and_losses_too(seqkit, run):
    found = in_json(seqkit, "inspect", run)
    assert found.pop("config") == read_json(run / "config.json")
    assert [record["train"]["loss"] for record in found.pop("history")] == words.LOSSES
    assert found == held(COUNTS)
    out = seqkit("inspect", run, "--types", 3).out
    assert "skipgram" in out and "girl" not in out
    assert out.splitlines()[-1] == "train loss 2.5000 █▅▁ 2.0000"
    (run / "history.jsonl").unlink()
    assert "loss 2" not in seqkit("inspect", run).out


def test_inspect_knows_no_reach_of_vectors(seqkit, vectors, run):
    for path in (vectors, run):
        result = seqkit("inspect", path, "--reach")
        assert result.code == 2 and "--reach is for a language model" in result.error


def solve(first):
    """How many of QUESTIONS in each section are known and right, among the first words."""
    tallies = {}
    for line in QUESTIONS.lower().splitlines():
        if line.startswith(":"):
            name = line[2:]
            tallies[name] = [0, 0, 0]
            continue
        a, b, c, d = line.split()
        tallies[name][0] += 1
        if not {a, b, c, d} <= {*list(ROYAL)[:first]}:
            continue
        near = words.nearest({b: 1, a: -1, c: 1}, 8)
        answer = next(word for word, _ in near if word in list(ROYAL)[:first])
        tallies[name][1] += 1
        tallies[name][2] += answer == d
    return tallies


@pytest.mark.parametrize(("options", "first"), [([], 8), (["--restrict-vocab", 6], 6)])
def test_analogies_are_counted_by_section(seqkit, vectors, questions, options, first):
    found = in_json(seqkit, "evaluate", vectors, "--analogies", questions, *options)
    tallies = solve(first)
    assert [[s["name"], s["asked"], s["known"], s["right"]] for s in found["sections"]] == [
        [name, *tally] for name, tally in tallies.items()
    ]
    (asked, known, right), grammar = tallies["royalty"], tallies["gram1-age"]
    assert 0 < right < known < asked
    assert found["semantic"] == right / known
    assert found["syntactic"] == grammar[2] / grammar[1]
    assert found["analogies"] == (right + grammar[2]) / (known + grammar[1])
    assert found["analogies_coverage"] == (known + grammar[1]) / 6
    assert found["restrict_vocab"] == first and "spearman" not in found


def test_zero_asks_all_words(seqkit, vectors, questions, monkeypatch):
    from seqkit.vectors import evaluation

    limits, answer = [], evaluation.answer_analogies

    def spy(opened, sections, first):
        limits.append(first)
        return answer(opened, sections, first)

    monkeypatch.setattr(evaluation, "answer_analogies", spy)
    for options in ([], ["--restrict-vocab", 0], ["--restrict-vocab", 5]):
        in_json(seqkit, "evaluate", vectors, "--analogies", questions, *options)
    assert limits == [8, 8, 5]


def rank_correlation(scores):
    """Spearman's coefficient of cosines with scores by the sum of squared rank differences."""
    cosines = [words.cosine(ROYAL[one], ROYAL[other]) for one, other, _ in scores]
    given = [score for *_, score in scores]
    n = len(scores)
    squares = sum(
        (sorted(cosines).index(x) - sorted(given).index(y)) ** 2
        for x, y in zip(cosines, given, strict=True)
    )
    return 1 - 6 * squares / (n * (n * n - 1))


def test_similarities_are_ranked_as_people_rank_them(seqkit, run, pairs, tmp_path):
    lines = [line.split() for line in PAIRS.splitlines()[1:-1]]
    wanted = rank_correlation([(one, other, float(score)) for one, other, score in lines])
    assert 0 < wanted < 1
    found = in_json(seqkit, "evaluate", run, "--similarity", pairs)
    assert found["spearman"] == pytest.approx(wanted)
    assert found["spearman_coverage"] == 5 / 6 and "analogies" not in found
    turned = "king apple 9\nman boy 2\napple pear 1\n"
    (tmp_path / "turned.txt").write_text(turned)
    both = ["--similarity", pairs, "--similarity", "turned.txt"]
    found = in_json(seqkit, "evaluate", run, *both)
    assert [judged["spearman"] for judged in found["similarity"]] == [
        pytest.approx(wanted),
        pytest.approx(-1),
    ]
    assert found["spearman"] == pytest.approx((wanted - 1) / 2)
    assert found["spearman_coverage"] == 8 / 9


def test_a_measurement_as_tables(seqkit, vectors, questions, pairs):
    found = in_json(seqkit, "evaluate", vectors, "--similarity", pairs)
    result = seqkit("evaluate", vectors, "--analogies", questions, "--similarity", pairs)
    out = result.out.splitlines()
    assert out[0] == "8 words, 4 numbers each"
    assert out[2] == "analogies among the first 8 words"
    rows = {line.split()[0]: line.split()[1:] for line in out[5:10]}
    tallies = solve(8)
    tallies |= {"semantic": tallies["royalty"], "syntactic": tallies["gram1-age"]}
    tallies["total"] = [sum(pair) for pair in zip(*list(tallies.values())[:2], strict=True)]
    assert list(rows) == list(tallies)
    for name, (asked, known, right) in tallies.items():
        assert rows[name] == [str(asked), str(known), str(right), f"{right / known:.4g}"]
    assert out[-1].split()[:4] == [str(pairs), "6", "5", f"{found['spearman']:.4g}"]


def test_questions_and_pairs_that_no_word_knows(seqkit, vectors, tmp_path):
    (tmp_path / "q.txt").write_text("zebra yak zebras yaks\n")
    (tmp_path / "p.txt").write_text("zebra yak 5\nking queen 9\n")
    result = seqkit("evaluate", vectors, "--analogies", "q.txt", "--similarity", "p.txt", "--json")
    found = json.loads(result.out)
    assert result.code == 0 and found["analogies"] is None and found["spearman"] is None
    assert "semantic" not in found
    assert "q.txt: no question has all its four words" in result.err
    assert "p.txt: 1 pairs with both words known" in result.err
    gate = seqkit("evaluate", vectors, "--analogies", "q.txt", "--min", "analogies=0.1")
    assert gate.code == 2 and "no metric 'analogies'" in gate.err


def test_measured_vectors_are_a_gate(seqkit, vectors, questions, pairs):
    arguments = ["evaluate", vectors, "--analogies", questions, "--similarity", pairs]
    metrics = in_json(seqkit, *arguments)
    for name in ("analogies", "spearman", "semantic", "analogies_coverage"):
        above, below = metrics[name] + 0.01, metrics[name] - 0.01
        assert seqkit(*arguments, "--min", f"{name}={below}").code == 0
        assert seqkit(*arguments, "--max", f"{name}={above}").code == 0
        failed = seqkit(*arguments, "--min", f"{name}={above}")
        assert failed.code == 1 and f"{name}={above}: it is " in failed.err
    unknown = seqkit(*arguments, "--min", "perplexity=1")
    assert unknown.code == 2 and "there are: analogies" in unknown.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["VECTORS"], ": word vectors are measured by --analogies FILE, --similarity FILE"),
        (["RUN"], "word vectors are measured by --analogies FILE"),
        (["VECTORS", "text.txt"], "word vectors are measured by --analogies FILE"),
        (
            ["VECTORS", "t.txt", "--similarity", "PAIRS"],
            "DATA is for a model of text, ",
        ),
        (["RUN", "--analogies", "Q", "--batch-size", "3"], "--batch-size is for a model of text"),
        (["RUN", "--analogies", "Q", "--no-baselines"], "--baselines is for a model of text"),
        (["VECTORS", "--similarity", "PAIRS", "--restrict-vocab", "9"], "goes with --analogies"),
        (["MODEL", "t.txt", "--restrict-vocab", "9"], "DATA is for a model of text"),
        (["nowhere.bin", "--analogies", "Q"], "nowhere.bin: no such file or folder"),
        (["VECTORS", "--analogies", "nowhere.txt"], "nowhere.txt: No such file"),
        (["VECTORS", "--analogies", "PAIRS"], "pairs.txt: line 1"),
        (["VECTORS", "--similarity", "Q"], "questions.txt: line 2"),
        (["VECTORS", "--analogies", "Q", "--min", "analogies=good"], "write METRIC=VALUE"),
    ],
)
def test_what_does_not_go_together(
    seqkit, vectors, run, trained, questions, pairs, arguments, message
):
    known = {"VECTORS": vectors, "RUN": run, "MODEL": trained, "Q": questions, "PAIRS": pairs}
    result = seqkit("evaluate", *(known.get(word, word) for word in arguments))
    assert result.code == 2 and message in result.error


def test_a_model_of_text_needs_a_text(seqkit, trained):
    assert "Missing argument 'DATA'" in seqkit("evaluate", trained).usage_error


def test_the_embedding_of_a_language_model_can_be_measured(seqkit, trained, tmp_path):
    (tmp_path / "q.txt").write_text("red fox wet owl\nfox red owl wet\n")
    found = in_json(seqkit, "evaluate", trained, "--analogies", "q.txt")
    assert found["sections"][0]["known"] == 2


def test_damaged_runs_of_word_vectors(seqkit, run):
    weights, vocabulary = run / "model.safetensors", run / "vocabulary.json"
    whole = weights.read_bytes()
    for name, content, message in (  # the outputs are the last 160 bytes, and nobody asks for them
        (weights, whole[:100], "model.safetensors"),
        (weights, whole[:-161], "model.safetensors"),
        (vocabulary, b"{}", "vocabulary.json"),
        (vocabulary, b"{", "vocabulary.json"),
    ):
        before = name.read_bytes()
        name.write_bytes(content)
        for command in (["neighbors", run, "king"], ["inspect", run], ["vectors", "show", run]):
            result = seqkit(*command)
            assert result.code == 2 and message in result.error
        name.write_bytes(before)
    weights.unlink()
    result = seqkit("neighbors", run, "king")
    assert result.code == 2 and str(run) in result.error
