"""What one request may ask for, so that no page and no script can tie the machine up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of every request; times are in seconds.

    body: bytes. socket: until a request has come in whole. answer: of computing one answer.
    whole: of everything together, for a client that does not read. at_once: answers computed side
    by side. connections: open at a time. text: characters of a prompt, or of lines to translate.
    explained: characters of a text to classify, which is read once for each of its tokens. A tagger
    reads as much as fits into a body. The others bound the options of the same names.
    """

    body: int = 64 * 1024
    socket: float = 10.0
    answer: float = 30.0
    whole: float = 45.0
    at_once: int = 2
    connections: int = 64
    tokens: int = 512
    top_k: int = 1000
    beam: int = 20
    top: int = 100
    lines: int = 20
    text: int = 5000
    explained: int = 2000


LIMITS = Limits()
