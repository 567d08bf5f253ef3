"""Making, reopening and loading the net of a classifier: from scratch, or out of language models.

The one place that knows which kind a run has: one with --encoder is fine-tuned, else it is new.
"""

from typing import Any

from seqkit.models.classifier import ClassifierConfig
from seqkit.models.fine_tuned import FineTunedConfig
from seqkit.tasks.classifying import fine_tuning, recurrent
from seqkit.tasks.classifying.bodies import Bodies, kept_bodies
from seqkit.tasks.classifying.data import ClassifyingData
from seqkit.tasks.classifying.net import Model, NetScorer
from seqkit.tasks.classifying.net_training import NetTraining, label_weights
from seqkit.tasks.classifying.reading import Reader, read_reader
from seqkit.tasks.classifying.settings import ClassifierSettings
from seqkit.tasks.devices import choose_device
from seqkit.tasks.runs import Run
from seqkit.train.precision import PRECISIONS

AnyReader = Reader | Bodies


def new_reader(settings: ClassifierSettings, data: ClassifyingData) -> AnyReader:
    """What reads in a new training."""
    if settings.encoder:
        bodies = Bodies(settings.encoder, settings.max_tokens)
        bodies.check_level(settings.level)
        return bodies
    return recurrent.learn_reader(settings, data)


def kept_reader(run: Run, settings: ClassifierSettings) -> AnyReader:
    """What reads in a run."""
    if settings.encoder:
        return kept_bodies(run, settings.max_tokens)
    return read_reader(run, settings.level, settings.max_tokens)


def net_config(
    settings: ClassifierSettings, data: ClassifyingData, reader: AnyReader
) -> dict[str, Any]:
    """The configuration of the net, for config.json."""
    if isinstance(reader, Bodies):
        return fine_tuning.net_config(settings, data.labels, reader)
    return recurrent.net_config(settings, data, reader)


def new_net(
    settings: ClassifierSettings, data: ClassifyingData, config: dict[str, Any], reader: AnyReader
) -> NetTraining:
    """A net that has learnt nothing of the labels yet, and all that trains it."""
    weights, model = label_weights(settings, data), config["model"]
    device, dtype = choose_device(settings.device), PRECISIONS[config["precision"]]
    net: Model
    if isinstance(reader, Bodies):
        net = fine_tuning.build_net(model, weights)
        net.begin_from(reader.load_models())
        recipe = fine_tuning.recipe(settings, net.to(device))
    else:
        net = recurrent.build_net(model, weights)
        recurrent.begin(net, reader, settings)
        recipe = recurrent.recipe(settings, net.to(device))
    net.dtype = dtype
    return NetTraining(settings, data, NetScorer(net, reader), recipe)


def load_net(
    run: Run, config: dict[str, Any], settings: ClassifierSettings, device: str
) -> NetScorer:
    """The trained net of a run; ValueError where it is damaged."""
    reader = kept_reader(run, settings)
    build = fine_tuning.build_net if settings.encoder else recurrent.build_net
    net: Model = run.build(lambda: build(config["model"]))
    if _sizes(net.config) != _known(reader):
        raise ValueError(
            f"{run.path}: vocabularies of {_known(reader)} types, config.json says "
            f"{_sizes(net.config)}"
        )
    return NetScorer(net.to(choose_device(device)).eval(), reader)


def _sizes(config: ClassifierConfig | FineTunedConfig) -> list[int]:
    """The sizes of the vocabularies that a net was made for."""
    if isinstance(config, FineTunedConfig):
        return [body.vocabulary_size for body in config.bodies]
    return [config.words]


def _known(reader: AnyReader) -> list[int]:
    """The sizes of the vocabularies that a reader has."""
    if isinstance(reader, Bodies):
        return [config.vocabulary_size for config in reader.configs]
    return [len(reader.vocabulary)]
