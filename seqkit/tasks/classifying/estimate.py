"""What a training would take, before it begins."""

from seqkit.tasks.classifying.data import ClassifyingData
from seqkit.tasks.classifying.labels import Labels
from seqkit.tasks.classifying.nets import net_config, new_net, new_reader
from seqkit.tasks.classifying.settings import ClassifierSettings
from seqkit.tasks.classifying.texts import Source, read_texts


def estimate(settings: ClassifierSettings, train: Source) -> dict[str, int]:
    """What training on a text would take: texts, types, parameters, bytes of memory, about."""
    texts = read_texts(train)
    data = ClassifyingData(Labels.of(texts.labels), {"train": texts})
    found = {"texts": len(texts), "labels": len(data.labels.names)}
    if settings.model != "recurrent":
        return {**found, "memory_bytes": 30 * texts.characters}
    reader = new_reader(settings, data)
    config = {"model": net_config(settings, data, reader), "precision": "fp32"}
    parameters = new_net(settings, data, config, reader).parameter_count
    copies = 5 + 2 * settings.optimizer.startswith("adam") + bool(settings.average)
    longest = settings.max_tokens or max(map(len, texts.texts))
    activations = settings.batch_size * longest * settings.layers * settings.hidden * 40
    memory = 4 * (copies * parameters + activations) + 30 * texts.characters
    return {
        **found,
        "parameters": parameters,
        "memory_bytes": memory,
    }
