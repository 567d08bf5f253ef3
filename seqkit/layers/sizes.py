"""The sizes that a model may have."""

LARGEST = 1 << 28
"""With two sizes as large a matrix still has a number of bytes that the machine can count."""


def check_sizes(config: object, *names: str) -> None:
    """ValueError unless each of these fields of a configuration is from 1 up to LARGEST."""
    for name in names:
        size = getattr(config, name)
        if size < 1:
            raise ValueError(f"{name} must be 1 or more, got {size}")
        if size > LARGEST:
            raise ValueError(f"{name} must be {LARGEST:,} or less, got {size:.3g}")
