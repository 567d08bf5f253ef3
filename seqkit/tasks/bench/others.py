"""Rows of word vectors and of nets of images."""

import contextlib
from functools import partial

from seqkit.tasks import imaging, word2vec
from seqkit.tasks.bench.conditions import Setup
from seqkit.tasks.bench.row import Row, Subject, size_of
from seqkit.tasks.bench.stopwatch import Stopwatch
from seqkit.tasks.bench.timed import Enough, time_steps
from seqkit.tasks.imaging.images import read_images
from seqkit.tasks.word2vec.engines import engine_name

PATHS = {"tiles": "compiled", "torch": "torch"}
"""The engines of word vectors, as `seqkit doctor` calls them."""


def other_rows() -> list[Row]:
    """The rows, in the order of the table."""
    vectors = [
        Row(f"train-word2vec:{model}", f"word vectors, {what} ns", "words", partial(_train, model))
        for model, what in (("skipgram", "skip-gram"), ("cbow", "cbow"))
    ]
    return [
        *vectors,
        Row("train-image", "image net, training", "images", _train_images),
        Row("classify-image", "image net, classifying", "images", _classify_images),
    ]


class _Rounds(word2vec.Hooks):
    """Times the rounds of a training of word vectors, by its own clock."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch, self._seconds, self._words = watch, 0.0, 0.0

    def on_round(self, job: word2vec.Training) -> None:
        """Note what was done since the round before."""
        seconds = job.progress.seconds
        words = job.words_per_second * seconds
        self._watch.note(seconds - self._seconds, words - self._words)
        self._seconds, self._words = seconds, words
        if self._watch.full:
            raise Enough


def _train(model: str, setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    settings = word2vec.Word2VecSettings(model=model, **setup.endless)
    with word2vec.training(settings, setup.texts.words, folder) as job:
        with contextlib.suppress(Enough):
            job.run_to_end(_Rounds(watch))
        size = job.engine.inputs.size + job.engine.outputs.size
    return Subject(size, PATHS[engine_name(settings)], "fp32")


def _train_images(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    settings = imaging.ImageSettings(precision=setup.precision, **setup.endless)
    size = time_steps(imaging.training(settings, setup.texts.images, folder), watch)
    return Subject(size, "torch", setup.precision)


def _classify_images(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    settings = imaging.ImageSettings(precision=setup.precision, **setup.brief())
    imaging.train(settings, setup.texts.images, folder)
    net, images = imaging.load(folder, setup.device), read_images(setup.texts.images.valid)
    watch.time(lambda: sum(1 for _ in net.classify(images)))
    return Subject(size_of(net.model), "torch", "fp32")
