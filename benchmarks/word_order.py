"""Does a model prefer a sentence to the same words shuffled? The share of cases in which it does.

python benchmarks/word_order.py RUN TEXT [--least 8] [--seed 0]
"""

import argparse
import random

from seqkit.corpora.catalogue import open_corpus
from seqkit.tasks import language


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("text")
    parser.add_argument("--least", type=int, default=8, help="shortest sentence, in words")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    lines = []
    for record in open_corpus(given.text):
        words = record.text.split()
        if len(words) >= given.least:
            shuffled = chance.sample(words, len(words))
            if shuffled != words:
                lines += [" ".join(words), " ".join(shuffled)]
    scores = [score.log_prob for score in language.load(given.run).score(lines)]
    wins = sum(real > mixed for real, mixed in zip(scores[::2], scores[1::2], strict=True))
    print(f"{wins} of {len(lines) // 2} sentences ({2 * wins / len(lines):.2%}) beat their shuffle")


if __name__ == "__main__":
    main()
