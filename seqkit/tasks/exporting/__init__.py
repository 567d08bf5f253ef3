"""Trained models as files of ONNX: `export` a run for programs that have no seqkit or torch."""

from seqkit.tasks.exporting.exporting import Exported, export

__all__ = ["Exported", "export"]
