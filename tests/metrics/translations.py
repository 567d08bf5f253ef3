"""Made-up translations full of what tokenizers stumble over, and nothing else."""

import numpy as np

PIECES = [
    "a", "dog", "Dog", "the", "THE", "red", "sees", "über", "Ärger", "straße", "naïve",
    "日本", "語", "🙂", "don't", "'tis", "well-known", "x-", "-y", "12-14", "3.5", "1,000",
    ".5", "5.", "3.a", "a.3", "U.S.", "...", "a..5", ",", ".", "!", "?", ";", ":", "(", ")",
    "[x]", "{y}", '"q"', "“r”", "…", "—", "%", "$9", "1/2", "a/b", "&amp;", "&quot;",
    "&lt;b&gt;", "&amp;lt;", "&", "<skipped>", "#1", "@me", "a_b", "~", "^", "`c`", "|",
    "\\", "=", "+", "*", "1.000,50", "٣.٤", "a\u00a0b", "c\u3000d", "e\tf", "-\n", "g\nh",
    "½",
]  # fmt: skip


def pairs(seed, lines, references=1):
    """Hypotheses, and for each `references` references that share pieces with it."""
    random = np.random.default_rng(seed)

    def line(pieces):
        spaces = random.choice(["", " ", " ", " ", "  "], size=len(pieces))
        return "".join(piece + space for piece, space in zip(pieces, spaces, strict=True))

    def altered(pieces):
        kept = [piece for piece in pieces if random.random() < 0.85]
        for _ in range(random.integers(3)):
            kept.insert(int(random.integers(len(kept) + 1)), str(random.choice(PIECES)))
        return line(kept)

    hypotheses, wanted = [], []
    for _ in range(lines):
        pieces = [str(random.choice(PIECES)) for _ in range(random.integers(0, 15))]
        hypotheses.append(line(pieces))
        wanted.append([altered(pieces) for _ in range(references)])
    return hypotheses, wanted
