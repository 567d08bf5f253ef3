"""Listening and serving until Ctrl-C."""

import errno
import ipaddress
import os
import socket

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from seqkit.serve.limits import LIMITS, Limits


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 is any free one.

    ValueError for an address that is none or may not be used, OSError for a port that is taken.
    """
    try:
        (family, kind, protocol, _, place), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )
    except OSError as error:
        raise ValueError(f"--host {host}: no address of this machine ({error})") from None
    listening = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # a port whose last server has just ended is free
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen()
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise OSError(
                f"--port {port}: another program listens there; name another port, or 0 for any"
            ) from None
        raise ValueError(f"--host {host} --port {port}: {error.strerror}; name others") from None
    return listening


def address(listening: socket.socket) -> str:
    """What to type into a browser."""
    host, port = listening.getsockname()[:2]
    name = f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    return f"http://{name}:{port}/"


def run(app: ASGIApp, listening: socket.socket, limits: Limits = LIMITS) -> None:
    """Serve until Ctrl-C, which ends what is being sent and raises KeyboardInterrupt."""
    server(app, limits).run(sockets=[listening])


def server(app: ASGIApp, limits: Limits = LIMITS) -> uvicorn.Server:
    """The server, which says nothing of its own and believes no proxy."""

    class Hasty(H11Protocol):
        """Closes a connection on which no whole head of a request has come in time."""

        def connection_made(self, transport) -> None:  # type: ignore[no-untyped-def]
            super().connection_made(transport)
            self.loop.call_later(limits.socket, self._close_idle)

        def _close_idle(self) -> None:
            if self.cycle is None:
                self.transport.close()

    config = uvicorn.Config(
        app,
        http=Hasty,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_graceful_shutdown=0,
    )
    return uvicorn.Server(config)
