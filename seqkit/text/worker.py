"""A process that numbers stretches of a text for another one: `python -m seqkit.text.worker`.

It reads and writes frames, 8 bytes for the length and then the content, on standard input and
output. In: how to read, as JSON; then stretches, each after the number of its first line (8 bytes).
Out, for each stretch: its ids; the table they belong to, or nothing where that goes on. At the end
of the input: the last table.
"""

import json
import signal
import struct
import sys
from typing import IO, Any

import numpy as np

from seqkit.text.backward import Backward
from seqkit.text.subwords import SubwordTokenizer
from seqkit.text.tally import Tally
from seqkit.text.tokenizers import Tokenizer, build_tokenizer

REFUSED = 2
"""The exit code where the text is at fault; standard error then says why."""
LENGTH = struct.Struct("<q")
"""How the length of a frame is written, and the number of a line."""


def can_be_sent(tokenizer: Tokenizer) -> bool:
    """Whether another process can be told how to build this tokenizer."""
    plain = tokenizer.tokenizer if isinstance(tokenizer, Backward) else tokenizer
    if isinstance(plain, SubwordTokenizer):
        return True
    try:
        return type(build_tokenizer(plain.name)) is type(plain)
    except ValueError:  # a tokenizer that a caller has made
        return False


def to_json(tokenizer: Tokenizer) -> Any:
    """Return what `from_json` builds the same tokenizer from."""
    if isinstance(tokenizer, Backward):
        return {"backward": to_json(tokenizer.tokenizer)}
    if isinstance(tokenizer, SubwordTokenizer):
        return {"subword": tokenizer.to_json()}
    return {"name": tokenizer.name}


def from_json(value: Any) -> Tokenizer:
    """Return the tokenizer that `to_json` was given."""
    if "backward" in value:
        return Backward(from_json(value["backward"]))
    if "subword" in value:
        return SubwordTokenizer.from_json(value["subword"])
    return build_tokenizer(value["name"])


def send(pipe: IO[bytes], *parts: Any) -> None:
    """Write one frame, its content in parts: bytes, or arrays."""
    views = [memoryview(part) for part in parts]
    pipe.write(LENGTH.pack(sum(view.nbytes for view in views)))
    for view in views:
        pipe.write(view)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Read one frame; None where the other side has ended."""
    length = pipe.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(length)
    data = pipe.read(size)
    return data if len(data) == size else None


def pack(table: Tally) -> list[Any]:
    """Return the parts of a frame that holds a table."""
    return [LENGTH.pack(table.counts.size), table.counts, table.ends, table.letters]


def unpack(data: bytes) -> Tally:
    """Return the table of a frame."""
    (K,) = LENGTH.unpack_from(data)
    counts = np.frombuffer(data, np.int64, K, 8)
    ends = np.frombuffer(data, np.int64, K + 1, 8 * (K + 1))
    return Tally(np.frombuffer(data, np.uint8, offset=8 * (2 * K + 2)), ends, counts)


def work(source: IO[bytes], sink: IO[bytes]) -> None:
    """Number stretches until the input ends."""
    from seqkit.text.numbering import new_numbering

    asked = json.loads(receive(source) or b"{}")
    tokenizer = from_json(asked["tokenizer"])
    numbering = new_numbering(tokenizer)
    while (frame := receive(source)) is not None:
        (line,) = LENGTH.unpack_from(frame)
        send(sink, numbering.number(frame[LENGTH.size :], line))
        full = numbering.size > asked["types"]
        send(sink, *(pack(numbering.tally()) if full else ()))
        if full:
            numbering = new_numbering(tokenizer)
    send(sink, *pack(numbering.tally()))


def main() -> int:
    """Work for whoever is at the other end of the pipes, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the other side ends this one
    try:
        work(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        return 1
    except ValueError as error:
        sys.stderr.write(str(error))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
