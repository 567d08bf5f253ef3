"""A real server in a thread, questions to it, and what the command line prints for the same."""

import contextlib
import http.client
import io
import json
import pathlib
import shlex
import sys
import threading
import time

from seqkit.cli.main import run
from seqkit.serve.app import build_app
from seqkit.serve.door import door
from seqkit.serve.limits import LIMITS
from seqkit.serve.opening import open_runs
from seqkit.serve.running import bind, server
from seqkit.serve.slots import Slots

GOLDEN = pathlib.Path(__file__).parent.parent / "golden"
JSON = {"content-type": "application/json"}
TASKS = ("language", "subwords", "tagger", "linear", "wide", "translator", "words", "images")


def golden(*kinds, read_image=None, limits=LIMITS):
    """Small runs, opened; their names are those of their kinds."""
    return open_runs([str(GOLDEN / kind) for kind in kinds], "cpu", read_image, limits)


class Site:
    """A playground that listens on this machine until the block ends."""

    def __init__(self, runs, limits=LIMITS, token=None):
        self.lines, self.slots = [], Slots(limits.at_once)
        app = build_app(runs, self.slots, door("127.0.0.1", token), limits, self.lines.append)
        self._listening = bind("127.0.0.1", 0)
        self.port = self._listening.getsockname()[1]
        self._server = server(app, limits)
        sockets = {"sockets": [self._listening]}
        self._thread = threading.Thread(target=self._server.run, kwargs=sockets)

    def __enter__(self):
        self._thread.start()
        until(lambda: self._server.started)
        return self

    def __exit__(self, *reason):
        self._server.should_exit = True
        self._thread.join()

    def send(self, method, path, body=None, headers=None):
        """Status, headers and body of a reply."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port)) as line:
            line.request(method, path, body, headers or {})
            reply = line.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()

    def ask(self, run_, question, **fields):
        """Status and what was answered, or the events of a stream as pairs."""
        path = f"/api/{run_}/{question}"
        status, headers, body = self.send("POST", path, json.dumps(fields), JSON)
        if headers["content-type"].startswith("text/event-stream"):
            return status, events(body)
        return status, json.loads(body)

    def answer(self, run_, question, **fields):
        """What was answered to what is right."""
        status, found = self.ask(run_, question, **fields)
        assert status == 200, found
        return found

    def error(self, run_, question, **fields):
        """The line that says what is wrong with a request."""
        status, found = self.ask(run_, question, **fields)
        assert (status, list(found)) == (400, ["error"])
        assert "\n" not in found["error"] and "Traceback" not in found["error"]
        return found["error"]


def events(body):
    """Server-sent events: the name of each, and its data."""
    parts = [part.split("\n") for part in body.decode("ascii").split("\n\n")[:-1]]
    for name, data in parts:
        assert name.startswith("event: ") and data.startswith("data: ")
    return [(name[len("event: ") :], json.loads(data[len("data: ") :])) for name, data in parts]


def until(true, seconds=30):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def printed(command, *more):
    """What the command line that came with an answer prints, as a shell would run it."""
    words, text = shlex.split(command), ""
    if words[0] == "printf":
        assert words[1] == "%s\\n" and words[3] == "|"
        words, text = words[4:], words[2] + "\n"
    assert words[0] == "seqkit"
    before, out = sys.stdin, io.StringIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            assert run([*words[1:2], *more, *words[2:]]) == 0
    finally:
        sys.stdin = before
    return out.getvalue()


def printed_json(command):
    """The same as JSON, an object a line."""
    return [json.loads(line) for line in printed(command, "--json").splitlines()]
