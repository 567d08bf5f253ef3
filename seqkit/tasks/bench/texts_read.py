"""Rows of what reads whole texts: taggers, classifiers, translators."""

from seqkit.tasks import classifying, tagging, translating
from seqkit.tasks.bench.conditions import Setup
from seqkit.tasks.bench.row import Row, Subject, size_of
from seqkit.tasks.bench.stopwatch import Stopwatch
from seqkit.tasks.bench.timed import time_steps
from seqkit.tasks.classifying.texts import read_texts as read_labelled
from seqkit.tasks.fast_paths import path_of
from seqkit.tasks.translating.texts import read_texts as read_pairs
from seqkit.tasks.translating.trained import SearchSettings

GREEDY = SearchSettings(beam=1)


def reading_rows() -> list[Row]:
    """The rows, in the order of the table."""
    return [
        Row("train-tagger", "tagger, training (each sentence read once)", "tokens", _train_tagger),
        Row("tag", "tagger, tagging", "tokens", _tag),
        Row("train-classifier", "classifier, training its net", "texts", _train_classifier),
        Row("classify", "classifier, classifying", "texts", _classify),
        Row("train-translator", "translator, training", "target tokens", _train_translator),
        Row("translate", "translator, translating greedily", "target tokens", _translate),
    ]


def _train_tagger(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    """Without R-Drop, which would begin somewhere in the middle and read each sentence twice."""
    settings = tagging.TaggerSettings(r_drop=0.0, **setup.endless)
    size = time_steps(tagging.training(settings, setup.texts.tagged, folder), watch)
    return Subject(size, path_of("lstm", setup.device), "fp32")


def _tag(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    settings = tagging.TaggerSettings(r_drop=0.0, **setup.brief())
    tagging.train(settings, setup.texts.tagged, folder)
    tagger, sentences = tagging.load(folder, setup.device), list(setup.texts.tagged.valid)
    watch.time(lambda: sum(len(found.tokens) for found in tagger.tag(sentences)))
    return Subject(size_of(tagger.model), path_of("lstm", setup.device), "fp32")


def _train_classifier(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    settings = classifying.ClassifierSettings(precision=setup.precision, **setup.endless)
    size = time_steps(classifying.training(settings, setup.texts.labelled, folder), watch)
    return Subject(size, path_of("lstm", setup.device, padded=True), setup.precision)


def _classify(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    settings = classifying.ClassifierSettings(precision=setup.precision, **setup.brief())
    with classifying.training(settings, setup.texts.labelled, folder) as job:
        job.finish(job.run_to_end())
        size = job.parameter_count
    classifier = classifying.load(folder, setup.device)
    texts = read_labelled(setup.texts.labelled.valid).texts
    watch.time(lambda: sum(1 for _ in classifier.classify(texts)))
    return Subject(size, path_of("lstm", setup.device, padded=True), "fp32")


def _train_translator(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    settings = translating.TranslatorSettings(precision=setup.precision, **setup.endless)
    size = time_steps(translating.training(settings, setup.texts.pairs, folder), watch)
    return Subject(size, path_of("lstm", setup.device), setup.precision)


def _translate(setup: Setup, folder: str, watch: Stopwatch) -> Subject:
    """By a net trained for a moment, so that it knows how long translations are."""
    brief = setup.brief(2 * setup.seconds)
    settings = translating.TranslatorSettings(precision=setup.precision, **brief)
    translating.train(settings, setup.texts.pairs, folder)
    translator = translating.load(folder, setup.device)
    lines = read_pairs(setup.texts.pairs.valid).sources
    watch.time(
        lambda: sum(
            len(found.candidates[0].tokens) + 1  # and <eos>
            for found in translator.translate(lines, GREEDY)
        )
    )
    return Subject(size_of(translator.model), path_of("lstm", setup.device), "fp32")
