"""A server on this machine that stands for those that corpora are fetched from."""

import contextlib
import dataclasses
import hashlib
import http.server
import threading

from seqkit.corpora.download_records import Download, RemoteFile


class Served:
    """What is served by path: bytes, or (status, headers, bytes); `asked` are the paths asked."""

    def __init__(self, port):
        self.answers, self.asked = {}, []
        self.base = f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def server():
    """Serve until the block ends."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            served.asked.append(self.path)
            answer = served.answers.get(self.path, (404, {}, b""))
            status, headers, data = answer if isinstance(answer, tuple) else (200, {}, answer)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(data)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        served = Served(running.server_port)
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            running.shutdown()
            thread.join()


def entry(served, kind="text", **files):
    """A corpus "small" of files by their names (dots as _), which the server has from now on."""
    listed = []
    for key, data in files.items():
        name = key.replace("_", ".")
        served.answers[f"/{name}"] = data
        digest = hashlib.sha256(data).hexdigest()
        listed.append(RemoteFile(name, f"{served.base}/{name}", len(data), digest))
    parts = {"train": tuple(file.name for file in listed)}
    return Download("small", kind, "a text", "here", "MIT", "", tuple(listed), parts)


def changed(download, **changes):
    """The same with its first file changed."""
    first, *others = download.files
    return dataclasses.replace(download, files=(dataclasses.replace(first, **changes), *others))
