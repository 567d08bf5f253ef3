"""The speed of this machine on every kind of model, by generated texts and images."""

from seqkit.tasks.bench.conditions import Setup, Texts, build_setup
from seqkit.tasks.bench.machine import describe_machine
from seqkit.tasks.bench.measuring import Measured, measure
from seqkit.tasks.bench.rows import Row, choose
from seqkit.tasks.bench.stopwatch import STRETCHES, Speed

__all__ = [
    "STRETCHES",
    "Measured",
    "Row",
    "Setup",
    "Speed",
    "Texts",
    "build_setup",
    "choose",
    "describe_machine",
    "measure",
]
