"""Fetching: what is right lands whole, and of anything else nothing is left."""

import errno
import http.client
import re
import socket

import pytest

from seqkit.corpora import downloading
from seqkit.corpora.downloading import download
from tests.corpora.serving import changed, entry, server

TEXT, MORE = b"a mouse ran .\n" * 9_000, b"the end .\n"


@pytest.fixture
def served():
    with server() as running:
        yield running


@pytest.fixture
def home(monkeypatch, tmp_path):
    """Where downloads are kept; it is made when it is first needed."""
    monkeypatch.setenv("SEQKIT_DATA", str(tmp_path / "data"))
    for name in ("SEQKIT_OFFLINE", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "data"


def left(home):
    return sorted(str(path.relative_to(home)) for path in home.rglob("*"))


def test_all_files_land(served, home):
    small, came = entry(served, a_txt=TEXT, b_txt=MORE), []
    assert not small.is_here
    assert download(small, came.append) is True
    assert left(home) == ["small", "small/a.txt", "small/b.txt"]
    assert (home / "small/a.txt").read_bytes() == TEXT
    assert (home / "small/b.txt").read_bytes() == MORE
    assert sum(came) == small.size == len(TEXT) + len(MORE) and small.is_here
    assert max(came) <= 1 << 16
    assert (home / "small").stat().st_mode & 0o777 == 0o755


def test_what_is_here_is_not_fetched_again(served, home, monkeypatch):
    small = entry(served, a_txt=TEXT)
    download(small)
    monkeypatch.setenv("SEQKIT_OFFLINE", "1")
    assert download(small) is False and served.asked == ["/a.txt"]


def test_what_was_damaged_is_replaced(served, home):
    small = entry(served, a_txt=TEXT, b_txt=MORE)
    download(small)
    (home / "small/a.txt").write_bytes(TEXT[::-1])  # of the same size
    (home / "small/other").write_text("x")
    assert download(small) is True
    assert left(home) == ["small", "small/a.txt", "small/b.txt"]
    assert (home / "small/a.txt").read_bytes() == TEXT


@pytest.mark.parametrize("value", ["1", "yes"])
def test_offline_forbids_it(served, home, monkeypatch, value):
    monkeypatch.setenv("SEQKIT_OFFLINE", value)
    with pytest.raises(ValueError, match="small: SEQKIT_OFFLINE forbids downloads; unset it") as e:
        download(entry(served, a_txt=TEXT))
    assert "\n" not in str(e.value) and served.asked == [] and not home.exists()


@pytest.mark.parametrize("value", ["", "0"])
def test_offline_unset(served, home, monkeypatch, value):
    monkeypatch.setenv("SEQKIT_OFFLINE", value)
    assert download(entry(served, a_txt=TEXT))


def refused(small, match):
    with pytest.raises(RuntimeError, match=match) as found:
        download(small)
    assert "\n" not in str(found.value)
    return str(found.value)


def test_other_bytes_are_refused(served, home):
    small = entry(served, b_txt=MORE, a_txt=TEXT)
    served.answers["/a.txt"] = TEXT[:-2] + b"!\n"
    said = refused(small, r"a\.txt: not the file that it was, its sha256 is [0-9a-f]{64} and not ")
    assert small.files[1].sha256 in said
    assert served.asked == ["/b.txt", "/a.txt"] and left(home) == []


@pytest.mark.parametrize("headers", [{}, {"Content-Length": str(len(TEXT) * 50)}])
def test_more_bytes_are_not_even_read(served, home, headers, monkeypatch):
    small, took = entry(served, a_txt=TEXT), []
    served.answers["/a.txt"] = (200, headers, TEXT * 50)
    read = http.client.HTTPResponse.read

    def counting(self, amount):
        took.append(amount)
        return read(self, amount)

    monkeypatch.setattr(http.client.HTTPResponse, "read", counting)
    refused(small, f"longer than its {len(TEXT):,} bytes; not kept")
    assert len(took) <= len(TEXT) // (1 << 16) + 2 and left(home) == []


def test_a_connection_that_breaks_off(served, home):
    small = entry(served, a_txt=TEXT)
    served.answers["/a.txt"] = (200, {"Content-Length": str(len(TEXT))}, TEXT[:99])
    refused(small, r"a\.txt: (cannot be fetched|not the file)")
    assert left(home) == []


def test_an_error_of_the_server(served, home):
    refused(changed(entry(served, a_txt=TEXT), url=f"{served.base}/b"), "the server answers 404 N")
    assert left(home) == []


def test_nobody_answers(home, served, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # but nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/a.txt"
        refused(changed(entry(served, a_txt=TEXT), url=url), r"cannot be fetched \(.*HTTPS_PROXY")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setattr(downloading, "TIMEOUT", 0.05)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a.txt"
        refused(changed(entry(served, a_txt=TEXT), url=url), "timed out")
    assert left(home) == []


def test_a_redirect_of_the_same_scheme_is_followed(served, home):
    small = entry(served, a_txt=TEXT)
    served.answers["/a.txt"] = (302, {"Location": "/there"}, b"")
    served.answers["/there"] = TEXT
    assert download(small) and served.asked == ["/a.txt", "/there"]


@pytest.mark.parametrize("target", ["https://localhost/a.txt", "ftp://localhost/a.txt"])
def test_a_redirect_to_another_scheme_is_refused(served, home, target):
    """From https to http it is the same rule; here it is told from http."""
    small = entry(served, a_txt=TEXT)
    served.answers["/a.txt"] = (302, {"Location": target}, b"")
    refused(small, re.escape(f"a.txt: redirected to {target}, which is refused"))
    assert left(home) == []


def test_a_redirect_to_a_file_is_refused(served, home, tmp_path):
    (tmp_path / "a.txt").write_bytes(TEXT)
    small = entry(served, a_txt=TEXT)
    served.answers["/a.txt"] = (302, {"Location": (tmp_path / "a.txt").as_uri()}, b"")
    refused(small, "302 .* is not allowed")  # by urllib itself
    assert left(home) == []


def test_ctrl_c_leaves_nothing(served, home):
    def interrupt(size):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(entry(served, b_txt=MORE, a_txt=TEXT), interrupt)
    assert left(home) == []


def test_a_full_disk_leaves_nothing_and_is_no_fault_of_the_network(served, home, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left on device") as found:
        download(entry(served, a_txt=TEXT))
    assert found.value.filename == str(home) and left(home) == []


def test_a_folder_that_cannot_be_made(served, home):
    home.write_text("a file")
    with pytest.raises(FileExistsError):
        download(entry(served, a_txt=TEXT))
    assert served.asked == []


def test_a_proxy_of_the_environment_is_asked(served, home, monkeypatch):
    small = changed(entry(served, a_txt=TEXT), url="http://corpora.invalid/a.txt")
    served.answers["http://corpora.invalid/a.txt"] = TEXT
    monkeypatch.setenv("http_proxy", served.base)
    monkeypatch.delenv("no_proxy", raising=False)
    assert download(small) and served.asked == ["http://corpora.invalid/a.txt"]
