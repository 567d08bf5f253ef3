"""The same results as gensim's KeyedVectors, and files that each reads from the other."""

import numpy as np
import pytest

from seqkit.vectors import WordVectors, load, save
from seqkit.vectors.evaluation import answer_analogies, cos_mul, judge_pairs
from seqkit.vectors.questions import read_analogies, read_pairs
from tests.vectors.samples import close, drawn

gensim = pytest.importorskip("gensim.models", reason="gensim is not installed")
pytestmark = [  # of gensim's own code
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

VECTORS = drawn(200, 12, seed=5)
WORDS = VECTORS.index_to_key


def keyed(vectors):
    found = gensim.KeyedVectors(vectors.vector_size)
    found.add_vectors(list(vectors.index_to_key), np.array(vectors.vectors))
    return found


THEIRS = keyed(VECTORS)
GIVEN = np.arange(12, dtype=np.float32)


@pytest.mark.parametrize(
    "ask",
    [
        lambda v: v.most_similar("king"),
        lambda v: v.most_similar(positive=["woman", "king"], negative=["man"], topn=25),
        lambda v: v.most_similar(["w7", GIVEN], ["w9", "w9"], restrict_vocab=50),
        lambda v: v.most_similar(negative=["w4"], topn=300),
        lambda v: v.similar_by_vector(GIVEN, topn=7),
        lambda v: v.most_similar_cosmul(["woman", "king"], ["man"]),
        lambda v: v.most_similar_cosmul(["woman", "w8", "w9"], ["man", "w1"], topn=50),
        lambda v: v.most_similar_cosmul(["w5"], topn=5),
    ],
)
def test_words_and_scores(ask):
    wanted = ask(THEIRS)
    scale = max(1.0, *(abs(score) for _, score in wanted))
    close(ask(VECTORS), wanted, 1e-5 * scale)


@pytest.mark.parametrize(
    "ask",
    [
        lambda v: v.similarity("king", "queen"),
        lambda v: v.distance("king", "queen"),
        lambda v: v.n_similarity(["king", "w3", "w8"], ["queen", "apple"]),
        lambda v: v.distances("king"),
        lambda v: v.distances(GIVEN, ["king", "w100"]),
        lambda v: v.get_mean_vector(["king", "w3"], weights=[2, -1]),
        lambda v: v.get_mean_vector(["king", "w3"], pre_normalize=False, post_normalize=True),
        lambda v: v.get_vector("w9", norm=True),
        lambda v: v["w9"],
        lambda v: v[["w9", "king"]],
    ],
)
def test_numbers(ask):
    np.testing.assert_allclose(ask(VECTORS), ask(THEIRS), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "ask",
    [
        lambda v: v.doesnt_match(["king", "queen", "w3", "w5"]),
        lambda v: v.doesnt_match(WORDS[20:60]),
        lambda v: [v.rank("king", word) for word in WORDS[2:60]],
        lambda v: v.closer_than("pear", "w33"),
        lambda v: v.most_similar_to_given("king", WORDS[30:50]),
        lambda v: v.get_index("w9"),
        lambda v: v.key_to_index["w9"],
        lambda v: v.index_to_key[4],
        lambda v: v.vector_size,
        lambda v: v.vectors.shape,
        lambda v: len(v),
        lambda v: ("king" in v, "nope" in v),
    ],
)
def test_choices(ask):
    assert ask(VECTORS) == ask(THEIRS)


@pytest.mark.parametrize("ending", [".bin", ".vec", ".txt.gz"])
def test_gensim_reads_what_is_written_here(ending, tmp_path):
    save(VECTORS, tmp_path / f"v{ending}")
    found = gensim.KeyedVectors.load_word2vec_format(
        str(tmp_path / f"v{ending}"), binary=ending == ".bin"
    )
    assert found.index_to_key == WORDS
    assert found.vectors.tobytes() == VECTORS.vectors.tobytes()
    assert found.most_similar("king") == THEIRS.most_similar("king")


def test_gensim_reads_glove_written_here(tmp_path):
    save(VECTORS, tmp_path / "v.glove.txt")
    found = gensim.KeyedVectors.load_word2vec_format(str(tmp_path / "v.glove.txt"), no_header=True)
    assert found.index_to_key == WORDS
    assert found.vectors.tobytes() == VECTORS.vectors.tobytes()


@pytest.mark.parametrize(
    ("ending", "header"),
    [(".bin", True), (".vec", True), (".vec", False), (".txt.gz", True), (".glove.txt", False)],
)
def test_what_gensim_writes_is_read_here(ending, header, tmp_path):
    path = tmp_path / f"v{ending}"
    THEIRS.save_word2vec_format(str(path), binary=ending == ".bin", write_header=header)
    found = load(path)
    assert isinstance(found, WordVectors) and found.index_to_key == WORDS
    assert found.vectors.tobytes() == VECTORS.vectors.tobytes()
    close(found.most_similar("king"), THEIRS.most_similar("king"))


@pytest.fixture
def questions(tmp_path):
    random = np.random.default_rng(0)
    lines = []
    for section in ("places", "gram1", "gram2"):
        lines.append(f": {section}")
        for _ in range(150):
            lines.append(" ".join(WORDS[row] for row in random.permutation(34)[:4]))
    (tmp_path / "q.txt").write_text("\n".join(lines), "utf-8")
    return tmp_path / "q.txt"


@pytest.mark.parametrize("first", [30, 200])
def test_analogies(first, questions):
    found = answer_analogies(VECTORS, read_analogies(questions), first)
    _, theirs = THEIRS.evaluate_word_analogies(str(questions), restrict_vocab=first)
    wanted = [
        (part["section"], len(part["correct"]), len(part["correct"]) + len(part["incorrect"]))
        for part in theirs[:-1]
    ]
    assert [(part.name, part.right, part.known) for part in found] == wanted
    assert sum(part.right for part in found) > 0


def test_analogies_by_products(questions):
    """gensim evaluates by 3CosAdd alone, so each question is asked of it, among all words."""
    sections = read_analogies(questions)
    wanted = [
        sum(
            THEIRS.most_similar_cosmul([b, c], [a], topn=1)[0][0] == d
            for a, b, c, d in section.questions
        )
        for section in sections
    ]
    found = answer_analogies(VECTORS, sections, score=cos_mul)
    assert [part.right for part in found] == wanted
    assert sum(wanted) > 0


def test_pairs(tmp_path):
    random = np.random.default_rng(0)
    pairs = [(*random.permutation(WORDS)[:2], random.integers(0, 11)) for _ in range(80)]
    lines = ["\t".join(map(str, pair)) for pair in pairs] + ["king\tnobody\t3"]
    (tmp_path / "p.txt").write_text("\n".join(lines), "utf-8")
    found = judge_pairs(VECTORS, read_pairs(tmp_path / "p.txt"))
    pearson, spearman, missing = THEIRS.evaluate_word_pairs(str(tmp_path / "p.txt"))
    assert found.pearson == pytest.approx(pearson[0], abs=1e-6)
    assert found.spearman == pytest.approx(spearman[0], abs=1e-6)
    assert found.coverage == pytest.approx(1 - missing / 100)
