"""What stands before every route: who may ask, in what form, how much, and how long it may take.

The server listens for one person on one machine, and a browser on that machine visits strangers'
pages. So a page that comes under another name (DNS rebinding), a form or script of another page
(CSRF), and a request that is huge or never ends are all turned away here.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seqkit.serve.door import Door
from seqkit.serve.limits import LIMITS, Limits

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "connection": "close",  # no connection lies idle, and none begins a second request slowly
}
"""What every reply says. No CORS header: no other page may read one."""

DRAINED = 1 << 20
"""Bytes of a refused request that are read, and forgotten."""


class Refused(Exception):  # noqa: N818
    """A request that is turned away: the status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Guard:
    """An application behind the door. `log` is told each request in a line, without its text."""

    def __init__(
        self,
        app: ASGIApp,
        door: Door,
        limits: Limits = LIMITS,
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.app, self.door, self.limits, self.log = app, door, limits, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        reply, began = _Reply(send), time.perf_counter()
        try:
            async with asyncio.timeout(self.limits.whole):
                await self._answer(scope, receive, reply)
        except TimeoutError:  # the client does not read; the server closes what has begun
            if not reply.status:
                await reply.refuse(Refused(503, "this took too long"))
        finally:
            took = 1000 * (time.perf_counter() - began)
            status = reply.status or "gone"
            self.log(f"{scope['method']} {scope['path']} {status} {took:.0f} ms")

    async def _answer(self, scope: Scope, receive: Receive, reply: "_Reply") -> None:
        try:
            await self._check(scope, receive)
            body = await self._body(receive)
        except Refused as refused:
            await reply.refuse(refused)
        else:
            await self.app(scope, _again(body, receive), reply.send)

    async def _check(self, scope: Scope, receive: Receive) -> None:
        """Refuse what the head of a request says to be wrong, when its body has come."""
        try:
            self._check_head(scope)
        except Refused:
            await _drain(receive)
            raise

    def _check_head(self, scope: Scope) -> None:
        head = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = head.get("host", ""), head.get("origin")
        if not self.door.knows(host):
            raise Refused(403, "this server does not go by that name; use the address it printed")
        if origin is not None and origin.lower() not in _origins(host.lower()):
            raise Refused(403, "a page of another server may not ask here")
        if scope["path"].startswith("/api/") and not self.door.opens(head.get("authorization", "")):
            raise Refused(401, "this server wants its token: Authorization: Bearer TOKEN")
        if scope["method"] not in ("GET", "HEAD", "POST"):
            raise Refused(405, "only GET, HEAD and POST are answered")
        if scope["method"] != "POST":
            return
        kind = head.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refused(415, "send the request as application/json")
        length = head.get("content-length", "0")
        if len(length) > 9 or int(length) > self.limits.body:  # the server has checked its digits
            raise self._too_large()

    async def _body(self, receive: Receive) -> bytes:
        """The body of a request, which must come in time and not be too long."""
        body: bytes = b""
        try:
            async with asyncio.timeout(self.limits.socket):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refused(400, "the request ends too soon")
                    body += message.get("body", b"")
                    goes_on = message.get("more_body", False)
                    if len(body) > self.limits.body:
                        if goes_on:
                            await _drain(receive)
                        raise self._too_large()
                    if not goes_on:
                        return body
        except TimeoutError:
            raise Refused(408, f"the request took longer than {self.limits.socket:g} s") from None

    def _too_large(self) -> Refused:
        return Refused(413, f"the request is larger than {self.limits.body:,} bytes")


def _origins(host: str) -> tuple[str, str]:
    """What a browser says of a page that came from this server, by a tunnel with TLS perhaps."""
    return f"http://{host}", f"https://{host}"


async def _drain(receive: Receive) -> None:
    """Read on for a moment: who still sends when the connection closes does not see the reply."""
    left = DRAINED
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


class _Reply:
    """Sends a reply with the headers that all have."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def send(self, message: Message) -> None:
        """Pass a part of the reply on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", ()), *own]}
        await self._send(message)

    async def refuse(self, refused: Refused) -> None:
        """Reply with an error."""
        body = json.dumps({"error": refused.why}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await self.send(
            {"type": "http.response.start", "status": refused.status, "headers": headers}
        )
        await self.send({"type": "http.response.body", "body": body})


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that has been read, to be read by the application; then what comes after it."""
    told = False

    async def read() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return read
