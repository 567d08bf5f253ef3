"""Who may come in: the names that the server goes by, and its token.

A page of a stranger can have its own name point to this machine (DNS rebinding). The browser then
takes the server for that page's; but the Host header still has the stranger's name.
"""

import hmac
import ipaddress
import re
import socket
from dataclasses import dataclass

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(:\d+)?")


@dataclass(frozen=True)
class Door:
    """Under which names the server is known, and what a request to the API must bring along.

    names: in lower case. any_address: whether an address in digits will do, too, which no DNS
    rebinding can fake. token: what must be sent as `Authorization: Bearer TOKEN`; None: nothing.
    """

    names: frozenset[str]
    any_address: bool = False
    token: str | None = None

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server; the port may be that of a tunnel."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match[1].lower()
        return name in self.names or (self.any_address and _is_address(name.strip("[]")))

    def opens(self, authorization: str) -> bool:
        """Whether an Authorization header has the token."""
        if self.token is None:
            return True
        return hmac.compare_digest(authorization.encode(), f"Bearer {self.token}".encode())


def door(host: str, token: str | None = None) -> Door:
    """The door of a server that listens on `host`."""
    names = {"127.0.0.1", "localhost", "[::1]", host.lower(), f"[{host.lower()}]"}
    wide = not is_loopback(host)
    own = {socket.gethostname().lower()} if wide else set()
    return Door(frozenset(names | own), wide, token)


def is_loopback(host: str) -> bool:
    """Whether what listens there can be reached from this machine alone."""
    return host.lower() == "localhost" or (
        _is_address(host) and ipaddress.ip_address(host).is_loopback
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
