"""The safety rules: who is turned away, and what every reply says."""

import dataclasses
import json
import re
import socket
import threading

import pytest

from seqkit.serve.door import Door, door, is_loopback
from seqkit.serve.limits import LIMITS, Limits
from seqkit.serve.opening import Opened
from tests.serve.asked import JSON, Site, until

TOKEN = "open-sesame"


class Slow:
    """A panel whose answers wait until they are let go."""

    kind, facts, command = "tag", {}, "seqkit tag x"

    def __init__(self):
        self.free, self.begun, self.streamed = threading.Event(), 0, []
        self.answers = {"tag": self.tag, "fail": self.fail}
        self.streams = {"generate": self.generate}

    def tag(self, asked):
        self.begun += 1
        assert self.free.wait(30)
        return {"done": True}

    def fail(self, asked):
        raise RuntimeError("a secret\nof two lines")

    def generate(self, asked):
        def pieces():
            yield {"event": "start"}
            number = 0
            while not self.free.wait(0.005):
                number += 1
                self.streamed.append(number)
                yield {"event": "token", "text": "x" * 1000}
            yield {"event": "done"}

        return pieces()


@pytest.fixture
def slow():
    panel = Slow()
    yield panel
    panel.free.set()


def slow_site(slow, limits=LIMITS, token=None, runs=2):
    """A site with runs of their own that all answer by one slow panel."""
    return Site({f"slow{n}": Opened("x", slow, {}) for n in range(runs)}, limits, token)


def test_every_reply_has_the_headers(site):
    asked = [("GET", "/"), ("GET", "/api/runs"), ("GET", "/none"), ("POST", "/api/runs")]
    for method, path in asked:
        _, headers, _ = site.send(method, path)
        assert headers["content-security-policy"].startswith("default-src 'self'; ")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert not [name for name in headers if name.startswith("access-control-")]
        assert "server" not in headers


def test_only_its_own_names_are_answered(site):
    for host in ("127.0.0.1", f"localhost:{site.port}", "LOCALHOST:1", "[::1]:80"):
        assert site.send("GET", "/api/runs", headers={"Host": host})[0] == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.", "", "10.0.0.1", "a b"):
        for path in ("/", "/static/app.js", "/api/runs"):
            status, _, body = site.send("GET", path, headers={"Host": host})
            assert status == 403 and json.loads(body)["error"].startswith("this server does not")


def test_names_of_a_server_for_other_machines():
    wide = door("0.0.0.0", TOKEN)
    own = socket.gethostname()
    assert all(wide.knows(host) for host in ("10.1.2.3:8000", "[fe80::1]:8000", "localhost", own))
    assert not any(wide.knows(host) for host in ("evil.example", "10.1.2.3.evil.example", "::1"))
    assert door("box.local", TOKEN).knows("Box.Local:8000")
    assert not door("127.0.0.1").knows("10.1.2.3")
    assert door("127.0.0.1") == Door(frozenset({"127.0.0.1", "[127.0.0.1]", "localhost", "[::1]"}))


def test_what_only_this_machine_reaches():
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.1", "box.local", "")))


def test_a_page_of_another_server_may_not_ask(site):
    own, body = f"127.0.0.1:{site.port}", '{"text": "x"}'
    for origin, status in [
        (f"http://{own}", 200),
        (f"https://{own}", 200),
        ("http://evil.example", 403),
        ("http://localhost:3000", 403),
        ("null", 403),
        ("http://[", 403),
    ]:
        headers = {**JSON, "Origin": origin}
        assert site.send("POST", "/api/tagger/tag", body, headers)[0] == status, origin


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"]
)
def test_what_a_form_could_send_is_refused(site, kind):
    headers = {"content-type": kind} if kind else {}
    status, _, body = site.send("POST", "/api/tagger/tag", '{"text": "x"}', headers)
    assert (status, json.loads(body)) == (415, {"error": "send the request as application/json"})


def test_json_may_say_its_letters(site):
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert site.send("POST", "/api/tagger/tag", '{"text": "x"}', headers)[0] == 200


def test_other_methods_are_refused(site):
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        assert site.send(method, "/api/runs")[0] == 405


def test_a_body_is_bounded(site):
    room = LIMITS.body - len('{"text": ""}')
    for length, status in [(room, 200), (room + 1, 413), (20 * room, 413)]:
        text = ("x" * 9 + " ") * length
        body = json.dumps({"text": text[:length]})
        assert site.send("POST", "/api/tagger/tag", body, JSON)[0] == status


def test_a_body_in_chunks_is_bounded(site):
    pieces = [b'{"text": "', b"x" * LIMITS.body, b'"}']
    status, _, body = site.send("POST", "/api/tagger/tag", iter(pieces), JSON)
    assert (status, json.loads(body)["error"]) == (413, "the request is larger than 65,536 bytes")
    small = iter([b'{"text": "', b"a b", b'"}'])
    assert site.send("POST", "/api/tagger/tag", small, JSON)[0] == 200


def test_every_call_wants_the_token(slow):
    with slow_site(slow, token=TOKEN) as site:
        slow.free.set()
        calls = [("GET", "/api/runs", None), ("POST", "/api/slow0/tag", "{}")]
        for method, path, body in calls:
            for wrong in ({}, {"authorization": TOKEN}, {"authorization": "Bearer opén"}):
                status, _, told = site.send(method, path, body, {**JSON, **wrong})
                assert status == 401 and TOKEN.encode() not in told
            right = {**JSON, "authorization": f"Bearer {TOKEN}"}
            assert site.send(method, path, body, right)[0] == 200
        assert site.send("GET", "/")[0] == 200  # the page, which asks for it


@pytest.mark.parametrize(
    "body", ["", "[1]", "{", '"x"', "[" * 60_000, '{"text": NaN}', b"\xff\xfe"]
)
def test_what_is_no_object_is_told_in_a_line(site, body):
    status, _, told = site.send("POST", "/api/tagger/tag", body, JSON)
    assert status == 400 and list(json.loads(told)) == ["error"]


def test_a_third_answer_is_turned_away(slow):
    with slow_site(slow) as site:
        waiting = [threading.Thread(target=site.ask, args=(f"slow{n}", "tag")) for n in range(2)]
        for thread in waiting:
            thread.start()
        until(lambda: slow.begun == 2)
        for question in ("tag", "generate"):
            status, headers, body = site.send("POST", f"/api/slow0/{question}", "{}", JSON)
            assert (status, headers["retry-after"]) == (429, "1")
            assert json.loads(body)["error"].startswith("2 answers are being worked on")
        assert site.send("GET", "/api/runs")[0] == 200
        slow.free.set()
        for thread in waiting:
            thread.join()
        assert site.ask("slow0", "tag") == (200, {"done": True})


def test_an_answer_that_takes_too_long_keeps_its_slot_until_it_is_done(slow):
    limits = dataclasses.replace(LIMITS, answer=0.05, at_once=1)
    with slow_site(slow, limits) as site:
        status, told = site.ask("slow0", "tag")
        assert status == 503 and told["error"].startswith("stopped: this took longer than 0.05 s")
        assert site.ask("slow0", "tag")[0] == 429
        slow.free.set()
        assert site.slots.idle_within(30)
        assert site.ask("slow0", "tag")[0] == 200


def test_a_stream_that_takes_too_long_ends_with_an_error(slow):
    limits = dataclasses.replace(LIMITS, answer=0.05, at_once=1)
    with slow_site(slow, limits) as site:
        told = site.answer("slow0", "generate")
        assert told[0][0] == "start" and told[-1][0] == "error"
        assert told[-1][1]["error"].startswith("stopped: this took longer")
        assert site.slots.idle_within(30)


def test_who_hangs_up_frees_the_slot(slow):
    limits = dataclasses.replace(LIMITS, at_once=1)
    with slow_site(slow, limits) as site:
        with socket.create_connection(("127.0.0.1", site.port)) as line:
            line.sendall(_post("/api/slow0/generate", b"{}"))
            assert line.recv(100).startswith(b"HTTP/1.1 200 OK")
            until(lambda: len(slow.streamed) > 3)
        assert site.slots.idle_within(30)


def test_who_does_not_read_is_left(slow):
    limits = dataclasses.replace(LIMITS, answer=0.2, whole=0.4)
    with slow_site(slow, limits) as site:
        with socket.create_connection(("127.0.0.1", site.port)) as line:
            line.sendall(_post("/api/slow0/generate", b"{}"))
            until(lambda: any("/api/slow0/generate" in said for said in site.lines))
        assert site.slots.idle_within(30)


def _post(path, body, length=None):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    size = len(body) if length is None else length
    return f"{head}Content-Length: {size}\r\n\r\n".encode() + body


def _reply(line):
    parts = []
    while part := line.recv(4096):
        parts.append(part)
    return b"".join(parts)


def test_a_request_that_does_not_come_is_given_up(slow):
    with slow_site(slow, Limits(socket=0.1)) as site:
        for begun in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: local"):
            with socket.create_connection(("127.0.0.1", site.port)) as line:
                line.sendall(begun)
                assert _reply(line) == b""
        with socket.create_connection(("127.0.0.1", site.port)) as line:
            line.sendall(_post("/api/slow0/tag", b'{"te', 99))
            reply = _reply(line)
            assert reply.startswith(b"HTTP/1.1 408") and b"longer than 0.1 s" in reply
    assert slow.begun == 0


def test_a_request_cut_off_is_no_request(slow):
    with slow_site(slow) as site:
        with socket.create_connection(("127.0.0.1", site.port)) as line:
            line.sendall(_post("/api/slow0/tag", b"{}", 99))
            line.shutdown(socket.SHUT_WR)
        until(lambda: site.lines)
    assert slow.begun == 0


def test_a_failure_shows_nothing_of_itself(slow):
    with slow_site(slow) as site:
        error = {"error": "this failed on the server; its terminal says more"}
        assert site.ask("slow0", "fail") == (500, error)
        assert "failed: RuntimeError: a secret of two lines" in site.lines


def test_the_log_has_no_text_of_requests(slow):
    with slow_site(slow) as site:
        slow.free.set()
        site.ask("slow0", "tag", text="private")
        site.send("GET", "/none?private")
        until(lambda: len(site.lines) == 2)
        assert re.fullmatch(r"POST /api/slow0/tag 200 \d+ ms", site.lines[0])
        assert re.fullmatch(r"GET /none 404 \d+ ms", site.lines[1])


def test_no_request_names_a_file(site):
    for name in ("../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "app.py", ""):
        assert site.send("GET", f"/static/{name}")[0] == 404
