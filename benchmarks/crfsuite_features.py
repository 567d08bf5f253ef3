"""What CRFsuite is told of each token: words, shapes and affixes, its own and its neighbours'."""

import functools
from collections.abc import Sequence
from typing import NamedTuple


class Look(NamedTuple):
    """What a word looks like; `near` is what it tells its neighbours, by distance."""

    own: list[str]
    near: dict[int, list[str]]
    word: str
    shape: str


@functools.cache
def look(word: str) -> Look:
    """Compute what depends on one word alone, once: most words come again."""
    lower = word.lower()
    shape = "".join(map(_kind, word))
    squeezed = "".join(c for i, c in enumerate(shape) if i == 0 or c != shape[i - 1])
    basic = [f"w={word}", f"l={lower}", f"s={shape}"]
    own = ["bias", *basic, f"q={squeezed}"]
    own += [f"p{n}={word[:n]}" for n in range(1, 5)] + [f"e{n}={word[-n:]}" for n in range(1, 5)]
    flags = {
        "hyphen": "-" in word,
        "digit": any(map(str.isdigit, word)),
        "digits": word.isdigit(),
        "title": word.istitle(),
        "upper": word.isupper(),
        "lower": word.islower(),
        "mixed": not (word.isupper() or word.islower() or word.istitle()),
    }
    own += [name for name, holds in flags.items() if holds]
    affixes = [f"p3={word[:3]}", f"e3={word[-3:]}"]
    near = {
        offset: [f"{offset}:{text}" for text in basic + (affixes if abs(offset) == 1 else [])]
        for offset in (-2, -1, 1, 2)
    }
    return Look(own, near, word, shape)


def features(tokens: Sequence[str]) -> list[list[str]]:
    """A list of features for each token of a sentence."""
    looks = [look("<s>"), look("<s>"), *map(look, tokens), look("</s>"), look("</s>")]
    rows = []
    for i in range(2, len(looks) - 2):
        before, here, after = looks[i - 1 : i + 2]
        shapes = before.shape, here.shape, after.shape
        rows.append(
            [
                *here.own,
                *(text for offset in (-2, -1, 1, 2) for text in looks[i + offset].near[offset]),
                f"-1w|w={before.word}|{here.word}",
                f"w|+1w={here.word}|{after.word}",
                f"-1s|s={shapes[0]}|{shapes[1]}",
                f"s|+1s={shapes[1]}|{shapes[2]}",
                f"s3={'|'.join(shapes)}",
            ]
        )
    rows[0].append(f"first={looks[2].shape}")
    return rows


def _kind(character: str) -> str:
    if character.isdigit():
        return "d"
    return "X" if character.isupper() else "x" if character.islower() else character
