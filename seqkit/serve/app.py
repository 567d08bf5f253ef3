"""The routes: the page and its files, the runs, and the questions to them.

Nothing that a request says names a file: the page's files are read when the server starts, and a
run is known by the name that it was given then.
"""

import importlib.resources
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from seqkit.serve.asking import Asked
from seqkit.serve.door import Door
from seqkit.serve.guard import Guard
from seqkit.serve.limits import LIMITS, Limits
from seqkit.serve.opening import Opened
from seqkit.serve.slots import BusyError, Slots, answer, stream

MEDIA = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
FAILED = "this failed on the server; its terminal says more"

Log = Callable[[str], None]


def build_app(
    runs: Mapping[str, Opened],
    slots: Slots,
    door: Door,
    limits: Limits = LIMITS,
    log: Log = lambda line: None,
) -> Guard:
    """The playground as an ASGI application; `runs` by the names they have in addresses."""
    routes = Routes(runs, slots, limits, log)
    app = Starlette(
        routes=[
            Route("/", routes.page),
            Route("/static/{name}", routes.file),
            Route("/api/runs", routes.list_runs),
            Route("/api/{run}/{question}", routes.ask, methods=["POST"]),
        ],
        exception_handlers={HTTPException: _told},
    )
    return Guard(app, door, limits, log)


class Routes:
    """What is answered at each address."""

    def __init__(self, runs: Mapping[str, Opened], slots: Slots, limits: Limits, log: Log) -> None:
        self.runs, self.slots, self.limits, self.log = runs, slots, limits, log
        folder = importlib.resources.files("seqkit.serve") / "static"
        self.files = {file.name: file.read_bytes() for file in folder.iterdir()}

    async def page(self, request: Request) -> Response:
        """The page itself."""
        return self._file("index.html")

    async def file(self, request: Request) -> Response:
        """One of its files."""
        return self._file(request.path_params["name"])

    async def list_runs(self, request: Request) -> Response:
        """All runs: what they do, what a page must know to ask them, and their cards."""
        runs = [
            {
                "name": name,
                "path": run.path,
                "kind": run.panel.kind,
                "command": run.panel.command,
                "facts": run.panel.facts,
                "card": run.card,
            }
            for name, run in self.runs.items()
        ]
        return _json({"runs": runs, "limits": asdict(self.limits)})

    async def ask(self, request: Request) -> Response:
        """A question to a run."""
        name, question = request.path_params["run"], request.path_params["question"]
        run = self.runs.get(name)
        if run is None:
            return _error(404, "there is no such run; GET /api/runs lists them")
        panel = run.panel
        try:
            asked = Asked(await request.body())
            if question in panel.streams:
                pieces = run.taking_turns(panel.streams[question](asked))
                told = self._events(stream(self.slots, pieces, self.limits.answer))
                return StreamingResponse(told, media_type="text/event-stream")
            if question not in panel.answers:
                known = ", ".join([*panel.answers, *panel.streams])
                return _error(404, f"this run is not asked that, but: {known}")
            work = run.alone(lambda: panel.answers[question](asked))
            return _json(await answer(self.slots, work, self.limits.answer))
        except Exception as error:
            return self._failure(error)

    async def _events(self, pieces: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
        """Pieces as server-sent events; an error is the last of them."""
        try:
            async for piece in pieces:
                name = piece.pop("event")
                yield _event(name, piece)
        except Exception as error:
            yield _event("error", {"error": self._reason(error)[1]})

    def _file(self, name: str) -> Response:
        if name not in self.files:
            return _error(404, "there is no such page")
        return Response(self.files[name], media_type=MEDIA[name.rpartition(".")[2]])

    def _failure(self, error: Exception) -> Response:
        status, why = self._reason(error)
        response = _error(status, why)
        if status == 429:
            response.headers["retry-after"] = "1"
        return response

    def _reason(self, error: Exception) -> tuple[int, str]:
        """The status and the one line that tell of an error; what is unforeseen is logged."""
        if isinstance(error, BusyError):
            return 429, f"{self.limits.at_once} answers are being worked on; try again in a moment"
        if isinstance(error, TimeoutError):
            return 503, f"stopped: this took longer than {self.limits.answer:g} s; ask for less"
        if isinstance(error, ValueError):
            return 400, " ".join(str(error).split())
        self.log(f"failed: {type(error).__name__}: {' '.join(str(error).split())}")
        return 500, FAILED


async def _told(request: Request, error: Exception) -> Response:
    """A wrong address or method."""
    assert isinstance(error, HTTPException)
    return _error(error.status_code, error.detail.lower())


def _event(name: str, value: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {_dumped(value)}\n\n".encode()


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(_dumped(value), status, media_type="application/json")


def _error(status: int, why: str) -> Response:
    return _json({"error": why}, status)


def _dumped(value: dict[str, Any]) -> str:
    """Strict JSON in ASCII, in one line."""
    return json.dumps(value, allow_nan=False)
