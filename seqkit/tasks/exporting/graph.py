"""An ONNX graph that is written node by node: values go by their names, weights are constants."""

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

import seqkit

Array = npt.NDArray[Any]

OPSET, IR = 18, 8
"""The version of ONNX that files are written in, and that of its form: of 2022, so that programs
that are some years old read them."""
FLOAT, INT32, INT64 = 1, 6, 7
"""As ONNX numbers types of tensors."""
LARGEST = (1 << 31) - (1 << 20)
"""Bytes of weights and metadata that a file may hold: protobuf has no larger messages than 2 GB."""


@dataclass(frozen=True)
class Value:
    """An input or output: its name, the type of its numbers, and its shape, free sizes by name."""

    name: str
    kind: str  # float32, int64, uint8 or bool
    shape: tuple[str | int, ...]

    def __str__(self) -> str:
        return f"{self.name} {self.kind} ({', '.join(map(str, self.shape))})"


class Graph:
    """The nodes so far, their constants, inputs and outputs.

    `prefix` begins the names of all values that nodes give; that of a graph within another one must
    be its own. Such an inner graph sees the values of the outer one.
    """

    def __init__(self, prefix: str = "v") -> None:
        self._onnx, _ = libraries()
        self._prefix = prefix
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self.inputs: list[Value] = []
        self.outputs: list[Value] = []
        self.size = 0

    def input(self, name: str, kind: str, *shape: str | int) -> str:
        """Ask for an input; return its name."""
        self.inputs.append(Value(name, kind, shape))
        return name

    def output(self, value: str, name: str, kind: str, *shape: str | int) -> None:
        """Give a value out under a name."""
        self._nodes.append(self._onnx.helper.make_node("Identity", [value], [name]))
        self.outputs.append(Value(name, kind, shape))

    def constant(self, array: Array) -> str:
        """An array as a value."""
        name = f"{self._prefix}_constant_{len(self._constants) + 1}"
        self.size += array.nbytes
        check_size(self.size)
        tensor = self._onnx.numpy_helper.from_array(np.asarray(array, order="C"), name)
        self._constants.append(tensor)
        return name

    def weights(self, tensor: torch.Tensor) -> str:
        """Trained numbers as a value, in float32."""
        return self.constant(array_of(tensor))

    def ints(self, *numbers: int) -> str:
        """Whole numbers as a value, (N,): sizes and axes."""
        return self.constant(np.array(numbers, np.int64))

    def number(self, value: float) -> str:
        """One float32, of no dimension."""
        return self.constant(np.array(value, np.float32))

    def add(self, op: str, *inputs: str, attributes: Mapping[str, Any] | None = None) -> str:
        """Add a node with one output and return the name of that; `attributes` as ONNX has them."""
        return self.add_many(op, inputs, attributes or {}, 1)[0]

    def add_many(
        self, op: str, inputs: Sequence[str], attributes: Mapping[str, Any], outputs: int
    ) -> list[str]:
        """Add a node with several outputs, and return their names."""
        number = len(self._nodes) + 1
        names = [f"{self._prefix}_{op}_{number}_{k}" for k in range(outputs)]
        self._nodes.append(self._onnx.helper.make_node(op, inputs, names, **attributes))
        return names

    def linear(self, x: str, weight: torch.Tensor, bias: torch.Tensor | None) -> str:
        """x (..., D) times a weight (H, D), and a bias (H,): (..., H)."""
        product = self.add("MatMul", x, self.weights(weight.T))
        return product if bias is None else self.add("Add", product, self.weights(bias))

    def size_of(self, value: str, axis: int) -> str:
        """How long a value is along an axis: (1,)."""
        return self.add("Shape", value, attributes={"start": axis, "end": axis + 1})

    def proto(self, name: str) -> Any:
        """The graph as a message of protobuf."""
        inputs, outputs = map(self._infos, (self.inputs, self.outputs))
        return self._onnx.helper.make_graph(self._nodes, name, inputs, outputs, self._constants)

    def model(self, metadata: Mapping[str, Any]) -> Any:
        """The whole model; of the metadata, what is no text becomes JSON."""
        texts = {key: _text(value) for key, value in metadata.items()}
        check_size(self.size + sum(len(text.encode()) for text in texts.values()))
        helper = self._onnx.helper
        model = helper.make_model(
            self.proto("seqkit"),
            producer_name="seqkit",
            producer_version=seqkit.__version__,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR,
        )
        helper.set_model_props(model, texts)
        return model

    def _infos(self, values: Sequence[Value]) -> list[Any]:
        helper = self._onnx.helper
        kinds = [helper.np_dtype_to_tensor_dtype(np.dtype(value.kind)) for value in values]
        return [
            helper.make_tensor_value_info(value.name, kind, list(value.shape))
            for value, kind in zip(values, kinds, strict=True)
        ]


def libraries() -> tuple[Any, Any]:
    """onnx and onnxruntime; RuntimeError where one of them is not installed."""
    try:
        return importlib.import_module("onnx"), importlib.import_module("onnxruntime")
    except ModuleNotFoundError as error:
        raise RuntimeError(
            'export needs onnx and onnxruntime: pip install "seqkit[export]"'
        ) from error


def array_of(tensor: torch.Tensor) -> Array:
    """Trained numbers as a float32 array."""
    return tensor.detach().float().cpu().numpy()


def check_size(size: int) -> None:
    """ValueError for more bytes than a file of ONNX holds."""
    if size > LARGEST:
        raise ValueError(
            f"the model has {size / 1e9:.1f} GB, and a file of ONNX holds 2: train a smaller one, "
            "or one with a smaller vocabulary"
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
