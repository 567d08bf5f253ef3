"""Whether an error says that memory has run out, whoever noticed it, and what to do then."""

import errno

SIGNS = (
    "out of memory",  # CUDA
    "can't allocate memory",  # torch, on the CPU
    "could not create a primitive",  # oneDNN, which says no more; so do the next two
    "could not execute a primitive",
    "could not create a memory object",
    "Failed to allocate",
    "bad_alloc",
    "can't start new thread",  # there is no memory for its stack
    "Unable to allocate",  # numpy, where somebody has made another error of it
)
"""What errors of libraries say that have no type of their own."""

REMEDY = (
    "out of memory: close other programs, or train with a smaller --batch-size, --bptt or "
    "--hidden; an unfinished training goes on with --resume"
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether it is, or was raised because of, a lack of memory."""
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    said = str(error)
    if isinstance(error, RuntimeError) and any(sign in said for sign in SIGNS):
        return True
    return error.__cause__ is not None and is_out_of_memory(error.__cause__)
