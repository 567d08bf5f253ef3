"""What a tagger is told of each token, as nodes of ONNX (G1): word, characters, shape, affixes."""

import math
from collections.abc import Mapping

import numpy as np

from seqkit.layers.characters import PAD, CharacterCNN, CharacterRNN
from seqkit.models.tagger import Tagger
from seqkit.models.token_vectors import FormEmbedding
from seqkit.tasks.exporting.graph import INT64, Graph, array_of
from seqkit.tasks.exporting.recurrent import padding_of, run_layer

Inputs = Mapping[str, str]
"""The inputs of a tagger by name."""


def token_vectors(graph: Graph, model: Tagger, inputs: Inputs) -> str:
    """What is known of each token by itself, (B, T, D), as `Tagger.vectors`."""
    words = graph.add("Gather", graph.weights(model.words.rows()), inputs["words"])
    parts = [words, graph.add("Gather", _forms(graph, model.forms, inputs), inputs["forms"])]
    for column, table in enumerate(model.features):
        place = graph.constant(np.array(column, np.int64))
        ids = graph.add("Gather", inputs["features"], place, attributes={"axis": 2})  # (B, T)
        parts.append(graph.add("Gather", graph.weights(table.weight), ids))  # type: ignore[arg-type]
    if model.states is not None:
        parts.append(graph.linear(inputs["states"], model.states.weight, model.states.bias))
    return graph.add("Concat", *parts, attributes={"axis": 2})


def _forms(graph: Graph, forms: FormEmbedding, inputs: Inputs) -> str:
    """The looks of each form: (F, D)."""
    parts = [graph.add("Gather", graph.weights(forms.shape.weight), inputs["shapes"])]
    if isinstance(forms.characters, CharacterCNN):
        parts.append(_convolved(graph, forms.characters, inputs["characters"]))
    if isinstance(forms.characters, CharacterRNN):
        parts.append(_read(graph, forms.characters, inputs["characters"]))
    if forms.affixes is not None:
        columns = graph.ints(*forms.columns.tolist())
        hashes = graph.add("Gather", inputs["hashes"], columns, attributes={"axis": 1})  # (F, 4)
        buckets = graph.add("Mod", hashes, graph.ints(forms.BUCKETS))
        rows = graph.add("Add", buckets, graph.ints(*forms.offsets.tolist()))
        found = graph.add("Gather", graph.weights(forms.affixes.weight), rows)  # (F, 4, 25)
        parts.append(graph.add("Flatten", found))
    return graph.add("Concat", *parts, attributes={"axis": 1})


def _convolved(graph: Graph, layer: CharacterCNN, characters: str) -> str:
    """As `CharacterCNN`: characters (F, C) -> (F, H)."""
    padding = graph.add("Equal", characters, graph.constant(np.array(PAD, np.int64)))  # (F, C)
    real = graph.add("Unsqueeze", graph.add("Not", padding), graph.ints(1))  # (F, 1, C)
    embedded = graph.add("Gather", graph.weights(layer.embedding.weight), characters)
    turned = graph.add("Transpose", embedded, attributes={"perm": [0, 2, 1]})  # (F, D, C)
    seen = graph.add("Where", real, turned, graph.number(0.0))
    filters = array_of(layer.filters.weight)  # (H, 3 D), the left one first
    filters = filters.reshape(len(filters), layer.width, -1).transpose(0, 2, 1)  # (H, D, 3)
    around = layer.width // 2
    weights = (graph.constant(filters), graph.weights(layer.filters.bias))
    scores = graph.add("Conv", seen, *weights, attributes={"pads": [around, around]})  # (F, H, C)
    lowest = graph.add("Where", real, scores, graph.number(-math.inf))
    return graph.add("ReduceMax", lowest, graph.ints(2), attributes={"keepdims": 0})


def _read(graph: Graph, layer: CharacterRNN, characters: str) -> str:
    """As `CharacterRNN`: characters (F, C) -> (F, H)."""
    padding = graph.add("Equal", characters, graph.constant(np.array(PAD, np.int64)))
    numbers = graph.add("Cast", graph.add("Not", padding), attributes={"to": INT64})
    lengths = graph.add("ReduceSum", numbers, graph.ints(1), attributes={"keepdims": 0})  # (F,)
    turned = graph.add("Transpose", characters)  # (C, F)
    embedded = graph.add("Gather", graph.weights(layer.embedding.weight), turned)  # (C, F, D)
    ran = run_layer(graph, layer.net, embedded, (), padding_of(graph, lengths, turned))
    return graph.add("Concat", *ran.ends, attributes={"axis": 1})
