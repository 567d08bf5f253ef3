"""Where labels go beside the dots of a picture, so that none lies over another."""

import numpy as np

DOT = 2.5
"""What a dot keeps free around its centre, in points (72 to an inch)."""

RINGS = (5.5, 12.0, 20.0, 30.0, 42.0)
"""How far from its dot a label may stand, in points."""

_AIR = 1.0  # what a label keeps free around it
_ORDER = (0, 8, 4, 12, 2, 14, 6, 10, 1, 15, 7, 9, 3, 13, 5, 11)  # sixteenths of a turn
_ALONG = np.linspace(0.125, 1, 8)[:, None]  # where a line from dot to label is looked at

Place = tuple[float, float]


def place_labels(
    dots: np.ndarray, sizes: np.ndarray, frame: tuple[float, float], obstacles: np.ndarray
) -> list[Place | None]:
    """Where the centre of each label goes, or None where it would lie over another label.

    dots (N, 2), the sizes of the labels (N, 2) and obstacles (M, 2) are in points, within a frame
    (width, height) from (0, 0). One label after the other takes the first of its places that hides
    no dot and no obstacle, and to which a line from its dot crosses no label; or else the place
    with the fewest such faults. To the right of its dot comes first, then left, above, below,
    aslant, and farther off. So the first labels have the best places, and the same input always
    gives the same picture.
    """
    avoided = _boxes(np.concatenate([dots, obstacles]), DOT)  # (M, 4)
    taken = np.empty((0, 4))  # left, bottom, right and top of the labels placed
    places: list[Place | None] = []
    for dot, size in zip(dots, sizes, strict=True):
        centre = _best(dot, size, frame, avoided, taken)
        places.append(None if centre is None else (float(centre[0]), float(centre[1])))
        if centre is not None:
            taken = np.vstack([taken, _boxes(centre[None], size / 2 + _AIR)])
            avoided = np.vstack([avoided, _boxes(_line(dot, centre[None], size)[0], _AIR)])
    return places


def _best(
    dot: np.ndarray,
    size: np.ndarray,
    frame: tuple[float, float],
    avoided: np.ndarray,
    taken: np.ndarray,
) -> np.ndarray | None:
    """The centre (2,) of a label at its best place; None where every place is taken."""
    angles = np.array(_ORDER) * np.pi / 8
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)  # (16, 2)
    edges = ways / np.abs(ways).max(axis=1, keepdims=True) * size / 2  # (16, 2)
    around = _boxes(dot[None], RINGS[-1] + size + _AIR)  # nothing beyond it matters
    avoided, taken = avoided[_overlap(avoided, around)[:, 0]], taken[_overlap(taken, around)[:, 0]]
    best, fewest = None, np.inf
    for ring in RINGS:
        centres = dot + ways * ring + edges  # (16, 2)
        boxes = _boxes(centres, size / 2 + _AIR)  # (16, 4)
        line = _boxes(_line(dot, centres, size).reshape(-1, 2), 0.1)  # (128, 4)
        crossed = _overlap(line, taken).reshape(len(centres), -1).sum(axis=1)  # (16,)
        faults = _overlap(boxes, avoided).sum(axis=1) + crossed
        free = _within(boxes, frame) & ~_overlap(boxes, taken).any(axis=1)
        faults = np.where(free, faults, np.inf)
        if faults.min() < fewest:
            best, fewest = centres[faults.argmin()], faults.min()
        if fewest == 0:
            break
    return best


def _line(dot: np.ndarray, centres: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Points on the way from a dot to labels of one size around C centres: (C, 8, 2)."""
    ends = np.clip(dot, centres - size / 2, centres + size / 2)  # (C, 2)
    line: np.ndarray = dot + (ends - dot)[:, None] * _ALONG
    return line


def _boxes(centres: np.ndarray, reach: np.ndarray | float) -> np.ndarray:
    """Boxes (C, 4) that reach so far from their centres (C, 2): left, bottom, right, top."""
    return np.hstack([centres - reach, centres + reach])


def _within(boxes: np.ndarray, frame: tuple[float, float]) -> np.ndarray:
    """Which boxes (C, 4) lie in the frame: (C,)."""
    return np.asarray((boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2:] <= frame).all(axis=1))


def _overlap(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether boxes (C, 4) overlap others (P, 4): (C, P)."""
    low = np.maximum(some[:, None, :2], others[None, :, :2])  # (C, P, 2)
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    common: np.ndarray = (low < high).all(axis=2)
    return common
