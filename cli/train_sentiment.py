"""`seqkit train-sentiment`: `seqkit train-classifier` by the name that many look for."""

import copy

from seqkit.cli import train_classifier

command = copy.copy(train_classifier.command)
command.name = "train-sentiment"
command.help = (command.help or "").replace("seqkit train-classifier", "seqkit train-sentiment")
