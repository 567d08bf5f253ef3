"""`seqkit train-ner`: `seqkit train-tagger` by the name that many look for."""

import copy

from seqkit.cli import train_tagger

command = copy.copy(train_tagger.command)
command.name = "train-ner"
command.help = (command.help or "").replace("seqkit train-tagger", "seqkit train-ner")
