"""Search for hyper-parameters over any training command (O9): each trial a run of its own."""

from seqkit.tasks.tuning.folder import Folder, Settings
from seqkit.tasks.tuning.reading import Known, read_parameter
from seqkit.tasks.tuning.results import Metric, Result, metric_of, ranked, to_copy
from seqkit.tasks.tuning.running import Hooks, Tuning, resumed_tuning, tuning
from seqkit.tasks.tuning.search import METHODS, build_search
from seqkit.tasks.tuning.space import Choices, Parameter, Range
from seqkit.tasks.tuning.trials import words_of

__all__ = [
    "METHODS",
    "Choices",
    "Folder",
    "Hooks",
    "Known",
    "Metric",
    "Parameter",
    "Range",
    "Result",
    "Settings",
    "Tuning",
    "build_search",
    "metric_of",
    "ranked",
    "read_parameter",
    "resumed_tuning",
    "to_copy",
    "tuning",
    "words_of",
]
