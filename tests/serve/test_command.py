"""The command: what it refuses, what it prints, and that Ctrl-C ends it at once."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from seqkit.cli.main import run
from tests.serve.asked import GOLDEN, JSON

LM = str(GOLDEN / "language")
ROOT = pathlib.Path(__file__).parent.parent.parent


@pytest.fixture
def error(capsys):
    """The one line that a call of the command ends with, and its code."""

    def call(*arguments):
        capsys.readouterr()
        code = run(["serve", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("Error: ") and err.count("\n") == 1, err
        return code, err.removeprefix("Error: ").rstrip("\n")

    return call


def test_a_folder_that_is_no_run(error, tmp_path):
    assert error(tmp_path) == (2, f"{tmp_path}: not a run folder (it has no config.json)")
    missing = tmp_path / "none"
    assert error(LM, missing) == (2, f"{missing}: not a run folder (it has no config.json)")


def test_a_damaged_run(error, tmp_path, capsys):
    copy = tmp_path / "copy"
    shutil.copytree(LM, copy)
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    code, line = error(copy)
    assert code == 2 and str(weights) in line
    assert run(["sample", str(copy)]) == 2
    assert capsys.readouterr().err == f"Error: {line}\n"


def test_a_port_in_use(error):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = f"--port {port}: another program listens there; name another port, or 0 for any"
        assert error(LM, "--port", port) == (1, line)


def test_an_address_that_is_not_here(error):
    code, line = error(LM, "--host", "192.0.2.1", "--token", "x" * 8, "--quiet")
    assert code == 2 and line.startswith("--host 192.0.2.1 --port 8000: "), line


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_want_a_token(error, host):
    line = f"--host {host} lets other machines in: add --token TEXT"
    assert error(LM, "--host", host) == (2, line)


@pytest.mark.parametrize("token", ["short", "with a space", "päßwörter", "line\nfeeds\n"])
def test_a_token_that_is_none(error, token):
    code, line = error(LM, "--token", token)
    assert code == 2 and line.startswith("--token: give 8 or more letters")


def test_the_extra_may_be_missing(error, monkeypatch):
    monkeypatch.setitem(sys.modules, "starlette", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert error(LM) == (2, 'the playground needs the extra: pip install "seqkit[serve]"')


def test_it_wants_a_run(capsys):
    assert run(["serve"]) == 2
    assert "Missing argument 'RUN...'" in capsys.readouterr().err


@pytest.fixture
def start(tmp_path):
    """Start `python -m seqkit serve …` on a free port: the process, the address it printed."""
    started = []

    def call(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "seqkit", "serve", *arguments, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
        )
        started.append(process)
        found = re.fullmatch(r"http://([\d.]+):(\d+)/\n", process.stdout.readline())
        assert found, process.stderr.read()
        return process, found[1], int(found[2])

    yield call
    for process in started:
        process.kill()
        process.communicate()


def _end(process):
    """Send Ctrl-C; return the code, the seconds until the end, and both outputs."""
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return process.returncode, time.monotonic() - began, out, err


def test_ctrl_c_ends_it(start):
    process, host, port = start(LM)
    with contextlib.closing(http.client.HTTPConnection(host, port)) as line:
        line.request("GET", "/api/runs")
        assert json.loads(line.getresponse().read())["runs"][0]["path"] == LM
    code, _, out, err = _end(process)
    assert (code, out) == (130, "")
    lines = [line for line in err.splitlines() if line]
    assert lines[0] == "Ctrl-C ends it" and lines[-1] == "interrupted"
    assert re.fullmatch(r"GET /api/runs 200 \d+ ms", lines[1]) and len(lines) == 3


def test_ctrl_c_in_the_middle_of_a_stream(start):
    process, host, port = start(LM, "--quiet")
    body = json.dumps(
        {"max_tokens": 512, "temperature": 100.0, "stop": ["qqq"], "prompt": "the " * 1200}
    )
    with contextlib.closing(http.client.HTTPConnection(host, port)) as line:
        line.request("POST", "/api/language/generate", body, JSON)
        assert line.getresponse().readline() == b"event: start\n"
        code, seconds, out, err = _end(process)
    assert (code, out, err.split()) == (130, "", ["interrupted"])
    assert seconds < 20  # a second, where nothing else runs


def test_ctrl_c_while_an_answer_is_computed(start):
    process, host, port = start(str(GOLDEN / "wide"), "--quiet")
    body = json.dumps({"text": "the red fox sees a lamp . " * 70})
    with contextlib.closing(http.client.HTTPConnection(host, port)) as line:
        line.request("POST", "/api/wide/classify", body, JSON)
        time.sleep(0.1)
        code, _, out, err = _end(process)
    assert (code, out, err.split()) == (130, "", ["interrupted"])


def test_a_server_for_other_machines_warns_and_asks_for_its_token(start):
    process, host, port = start(LM, "--host", "0.0.0.0", "--token", "open-sesame")
    assert host == "0.0.0.0"
    for headers, status in [({}, 401), ({"authorization": "Bearer open-sesame"}, 200)]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as line:
            line.request("GET", "/api/runs", headers=headers)
            assert line.getresponse().status == status
    code, _, _, err = _end(process)
    assert code == 130 and err.startswith("Warning: --host 0.0.0.0 lets other machines in; ")
    assert "open-sesame" not in err
